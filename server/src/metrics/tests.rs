//! The metrics explain themselves, and the dashboard shows what there is.

use std::collections::BTreeSet;

use serde_json::Value;
use threadline_core::error::Code;

use super::{Metrics, Share, Way};

/// Every name a sample can have, of metrics that were all used once.
fn names(text: &str) -> BTreeSet<&str> {
    let samples = text.lines().filter(|line| !line.starts_with('#'));
    samples
        .filter_map(|line| line.split(['{', ' ']).next())
        .collect()
}

fn used() -> String {
    let metrics = Metrics::new();
    metrics.frame(Way::In, 10);
    metrics.frame(Way::Out, 10);
    metrics.refused(Code::BadToken);
    metrics.answered(200, std::time::Duration::from_millis(3));
    let mut share = metrics.shares.hold();
    share.set(Share {
        sessions: 3,
        inbox: 2,
        work: 1,
        ..Share::default()
    });
    metrics.text().unwrap()
}

#[test]
fn every_metric_says_what_it_is() {
    let text = used();
    let helped: BTreeSet<&str> = text
        .lines()
        .filter_map(|line| line.strip_prefix("# HELP ")?.split(' ').next())
        .collect();
    for line in text.lines().filter_map(|line| line.strip_prefix("# TYPE ")) {
        let name = line.split(' ').next().unwrap();
        assert!(helped.contains(name), "{name} has no help");
        assert!(name.starts_with("threadline_"), "{name} is not ours");
    }
    assert!(helped.len() > 15, "{helped:?}");
}

#[test]
fn shares_sum_up_and_go_with_their_workspace() {
    let metrics = Metrics::new();
    let shown = |line: &str| metrics.text().unwrap().lines().any(|shown| shown == line);
    let (mut one, mut two) = (metrics.shares.hold(), metrics.shares.hold());
    let share = |sessions, inbox| Share {
        sessions,
        inbox,
        ..Share::default()
    };
    one.set(share(3, 5));
    two.set(share(4, 0));
    assert!(shown("threadline_sessions 7") && shown("threadline_workspaces 2"));
    one.set(share(1, 0));
    assert!(shown("threadline_sessions 5"));
    assert!(shown("threadline_queue_length{queue=\"inbox\"} 0"));
    drop(two);
    assert!(shown("threadline_sessions 1") && shown("threadline_workspaces 1"));
}

#[test]
fn the_dashboard_shows_what_there_is_and_all_of_it() {
    let dashboard: Value =
        serde_json::from_str(include_str!("../../deploy/dashboard.json")).unwrap();
    let mut queries = String::new();
    let panels = dashboard["panels"].as_array().unwrap();
    for panel in panels {
        assert!(panel["title"].is_string() && panel["description"].is_string());
        for target in panel["targets"].as_array().unwrap() {
            queries.push_str(target["expr"].as_str().unwrap());
            queries.push(' ');
        }
    }
    let text = used();
    let known = names(&text);
    let word = |c: char| !c.is_ascii_alphanumeric() && c != '_';
    let asked: BTreeSet<&str> = queries
        .split(word)
        .filter(|word| word.starts_with("threadline_"))
        .collect();
    for name in &asked {
        assert!(known.contains(name), "the dashboard asks for {name}");
    }
    let stem = |name: &'_ str| {
        let ends = ["_total", "_bucket", "_count", "_sum"];
        let end = ends.iter().find_map(|end| name.strip_suffix(end));
        end.unwrap_or(name).to_owned()
    };
    let shown: BTreeSet<String> = asked.iter().map(|name| stem(name)).collect();
    for name in known {
        assert!(shown.contains(&stem(name)), "{name} is on no panel");
    }
}

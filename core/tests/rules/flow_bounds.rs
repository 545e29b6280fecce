//! What customers and members cannot bring about by a flow: changes that nobody
//! takes, runs without end, and what is theirs to write and not to decide.

use std::collections::BTreeMap;

use crate::flows::{came, desk, flow_id, give, happens, runs, tasks};
use crate::refusals::refuses;
use crate::support::commands::{add_tag, plain, receive};
use crate::support::flows::{create, flow_draft, on_message, plan, put, run, tag};
use crate::support::{Given, Peer, Peers, ana, cleo, conversation};
use automerge::Change;
use threadline_core::command::Context;
use threadline_core::error::Code;
use threadline_core::flow::Happened;
use threadline_core::guard::{self, Actors, Gate, Naming};
use threadline_core::id::{ActivityId, DocumentId, Ids, RunIds};
use threadline_core::limits;
use threadline_core::model::{
    FlowAction, FlowTrigger, Item, ItemKind, Member, Priority, TaskPlan, TopicPlan,
};
use threadline_core::time::Timestamp;
use uuid::Uuid;

/// Ten actions with all that a customer wrote in each.
fn greedy(action: usize) -> FlowAction {
    let text = "{{message.text}}".to_owned();
    match action % 3 {
        0 => FlowAction::AddNote { text },
        1 => FlowAction::CreateTask {
            task: TaskPlan {
                description: text,
                ..plan("{{message.text}}")
            },
        },
        _ => FlowAction::LogTopic {
            topic: TopicPlan {
                subject: text.clone(),
                purpose: "issue".to_owned(),
                summary: text,
            },
        },
    }
}

/// A change passes the guard of who has all that was before it.
fn assert_passes(before: &mut Peer, member: &Member, change: &Change) {
    let incoming = guard::read(change.raw_bytes()).unwrap();
    let document = before.document.automerge();
    let bound = (change.actor_id().clone(), member.id.clone());
    let actors = Actors::of(document, &BTreeMap::from([bound]));
    let mut gate = Gate::new(conversation().into(), document, &actors);
    gate.admit(member, Naming::Author, &incoming).unwrap();
}

#[test]
fn however_much_a_customer_writes_the_run_passes_the_guard() {
    let lines = "a\n".repeat(25_000);
    let newlines = format!("a{}b", "\n".repeat(50_000));
    for text in [&"x".repeat(50_000), &"😀".repeat(25_000), &lines, &newlines] {
        for actions in [1, limits::FLOW_ACTIONS] {
            let actions = (0..actions).map(greedy).collect();
            let mut peers = desk([flow_draft("Flow", on_message(), actions)]);
            let server = peers.of("service");
            server.ok(receive(1, 10, text));
            let mut before = Peer::new(8, ana(), conversation().into());
            before.pull(server);
            let change = give(server, &run(flow_id(1), came(1)).command()).unwrap();
            assert_passes(&mut before, &server.member, &change);
            let (_, run) = runs(server).remove(0);
            assert_eq!(run.stopped, "");
            assert_eq!(server.document.view(), &server.document.rebuilt());
        }
    }
}

#[test]
fn of_a_long_text_the_beginning_is_told() {
    let mut peers = desk([flow_draft("Flow", on_message(), vec![greedy(0), greedy(1)])]);
    let text = format!("First\n\nsecond\n{}", "x".repeat(50_000));
    happens(&mut peers, "service", receive(1, 10, &text));
    let server = peers.of("service");
    let task = tasks(server)[0];
    let units = |text: &str| text.encode_utf16().count();
    assert_eq!(units(&task.description), limits::FLOW_TEXT_UNITS);
    assert!(task.description.starts_with("First\n\nsecond\nx"));
    assert!(task.description.ends_with("x…") && task.title.ends_with("x…"));
    let mut notes = server.view().of_kind(ItemKind::Note);
    let Some(Item::Note(note)) = notes.next() else {
        panic!("no note");
    };
    let told = plain(&note.spans);
    assert!(told.starts_with("\nFirst\nsecond\nx") && told.ends_with("x…"));
    assert!(units(&told) <= limits::FLOW_TEXT_UNITS);
}

#[test]
fn a_run_that_no_guard_would_take_tells_so_instead() {
    let mut peers = desk([flow_draft("Flow", on_message(), vec![create("Call")])]);
    let server = peers.of("service");
    server.ok(receive(1, 10, "Hello"));
    // More actions than the settings let anybody write.
    server.rules.flows[0].actions = (0..1_000).map(|_| create("Call")).collect();
    server.ok(run(flow_id(1), came(1)));
    let (_, run) = runs(server).remove(0);
    assert!(
        run.stopped.starts_with("change_too_large: "),
        "{}",
        run.stopped
    );
    assert_eq!(tasks(server).len(), 0);
}

#[test]
fn one_flow_that_has_its_fill_leaves_the_others_theirs() {
    let mut peers = desk([
        flow_draft("First", on_message(), vec![tag("new")]),
        flow_draft("Second", on_message(), vec![create("Write")]),
    ]);
    let server = peers.of("service");
    for number in 1..=limits::FLOW_RUNS as u8 + 1 {
        server.ok(receive(number, i64::from(number), "Again"));
        server.ok(run(flow_id(1), came(u64::from(number))));
    }
    server.ok(run(flow_id(2), came(1)));
    assert_eq!(tasks(server).len(), 1);
}

/// Ids that somebody has worked out before.
struct Foreseen(Vec<Uuid>);

impl Ids for Foreseen {
    fn next_id(&mut self) -> Uuid {
        self.0.remove(0)
    }
}

/// An agent tags the conversation under an id of the agent's choice.
fn tag_as(peers: &mut Peers, id: Uuid) {
    let ana = peers.of("ana");
    let mut ctx = Context {
        now: Timestamp::from_millis(5_000),
        member: &ana.member,
        ids: &mut Foreseen(vec![id]),
        workspace: &ana.rules,
    };
    let command = add_tag("mine").command();
    ana.document.execute(&mut ctx, &command).unwrap();
    peers.exchange();
}

#[test]
fn nobody_has_an_entry_replaced_by_a_run_or_keeps_a_run_from_being_told() {
    let flow = || flow_draft("Flow", FlowTrigger::FirstMessage {}, vec![tag("new")]);
    let foreseen = ActivityId::of_run(flow_id(1), conversation(), "first");
    let inside = RunIds::new(foreseen).next_id();

    let mut peers = desk([flow()]);
    tag_as(&mut peers, inside);
    happens(&mut peers, "service", receive(1, 10, "Where?"));
    let server = peers.of("service");
    let Some(Item::Activity(entry)) = server.view().item(ItemKind::Activity, inside) else {
        panic!("no entry");
    };
    assert_eq!(entry.by.as_str(), "ana", "it stays what it was");
    let (_, run) = runs(server).remove(0);
    assert!(run.stopped.starts_with("invalid: "), "{}", run.stopped);

    // Under the run's own id: that it cannot be told is refused, and so reported.
    let mut peers = desk([flow()]);
    tag_as(&mut peers, foreseen.0);
    let server = peers.of("service");
    server.ok(receive(1, 10, "Where?"));
    let command = crate::support::flows::run(flow_id(1), came(1)).command();
    refuses(server, &command, Code::Invalid, "");
}

#[test]
fn steps_see_what_those_before_them_did() {
    let tags = (0..limits::FLOW_ACTIONS).map(|number| tag(&number.to_string()));
    let mut peers = desk([flow_draft("Flow", on_message(), tags.collect())]);
    for number in 1..limits::TAGS {
        peers.of("ana").ok(add_tag(&format!("tag {number}")));
    }
    peers.exchange();
    happens(&mut peers, "service", receive(1, 10, "Hello"));
    let server = peers.of("service");
    let (_, run) = runs(server).remove(0);
    assert!(run.stopped.starts_with("too_long: "), "{}", run.stopped);
    assert_eq!(server.header().tags.len(), limits::TAGS - 1);
}

#[test]
fn what_a_customer_writes_decides_nothing() {
    let with = |assignee: &str, priority: &str| {
        let task = TaskPlan {
            assignee: assignee.to_owned(),
            priority: priority.to_owned(),
            ..plan("Call")
        };
        flow_draft("Flow", on_message(), vec![FlowAction::CreateTask { task }])
    };
    let mut admin = Peer::new(1, cleo(), DocumentId::Workspace);
    for name in [
        "message.text",
        "message.subject",
        "conversation.subject",
        "sender.name",
    ] {
        let text = format!("{{{{ {name} }}}}");
        for (flow, field) in [
            (with(&format!("member:{text}"), ""), "actions/0/assignee"),
            (with("", &text), "actions/0/priority"),
        ] {
            refuses(&mut admin, &put(flow).command(), Code::Invalid, field);
        }
    }
    // One that was written before this was refused.
    let mut peers = desk([with("", "")]);
    let server = peers.of("service");
    let FlowAction::CreateTask { task } = &mut server.rules.flows[0].actions[0] else {
        panic!("no task");
    };
    task.assignee = "member:{{message.text}}".to_owned();
    task.priority = "{{message.text}}".to_owned();
    happens(&mut peers, "service", receive(1, 10, "critical"));
    let task = tasks(peers.of("ana"))[0];
    assert_eq!((&task.assignee, task.priority), (&None, Priority::Medium));
    // What is no priority and nobody leaves the task without, and the run goes on.
    let mut peers = desk([with("{{conversation.status}}", "{{conversation.status}}")]);
    happens(&mut peers, "service", receive(1, 10, "Hello"));
    let task = tasks(peers.of("ana"))[0];
    assert_eq!((&task.assignee, task.priority), (&None, Priority::Medium));
}

#[test]
fn only_the_server_says_that_it_tells_what_was_long_told() {
    let mut peers = desk([flow_draft("Flow", on_message(), vec![tag("new")])]);
    let change = give(peers.of("ana"), &add_tag("vip").command()).unwrap();
    let mut expanded = change.decode();
    expanded.message = Some("erase".to_owned());
    let change = Change::from(expanded);
    assert_eq!(Happened::in_change(&change, false).len(), 1);
    assert_eq!(Happened::in_change(&change, true), []);
}

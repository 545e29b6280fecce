//! Blocks of the sample notes as spans.

use std::collections::BTreeMap;

use threadline_core::model::{Block as Marker, MarkValue, Marks, Span};

use super::files::{Block, Mark};

/// The mark around a mentioned member's name.
const MENTION: &str = "__ext__threadline_mention";

/// A note's text. Every block begins with its marker.
pub(super) fn spans(blocks: &[Block]) -> Vec<Span> {
    blocks
        .iter()
        .flat_map(|block| std::iter::once(marker(block)).chain(texts(block)))
        .collect()
}

fn marker(block: &Block) -> Span {
    let level = block
        .level
        .map(|level| ("level".to_owned(), MarkValue::Int(level)));
    Span::Block {
        value: Marker {
            block_type: block.block_type.clone(),
            parents: Vec::new(),
            attrs: level.into_iter().collect(),
            is_embed: false,
        },
    }
}

/// The block's text, cut wherever a mark begins or ends.
fn texts(block: &Block) -> Vec<Span> {
    let units: Vec<u16> = block.text.encode_utf16().collect();
    let edges = block.marks.iter().flat_map(|mark| [mark.start, mark.end]);
    let mut cuts: Vec<usize> = edges
        .chain([0, units.len()])
        .map(|at| at.min(units.len()))
        .collect();
    cuts.sort_unstable();
    cuts.dedup();
    let runs = cuts.windows(2).map(|cut| Span::Text {
        value: String::from_utf16_lossy(&units[cut[0]..cut[1]]),
        marks: marks_at(&block.marks, cut[0]),
    });
    runs.collect()
}

fn marks_at(marks: &[Mark], at: usize) -> Marks {
    let here = marks
        .iter()
        .filter(|mark| (mark.start..mark.end).contains(&at));
    let values = here.map(|mark| {
        let href = |href| MarkValue::Text(serde_json::json!({ "href": href }).to_string());
        match (&mark.member, &mark.href) {
            (Some(member), _) => (MENTION.to_owned(), MarkValue::Text(member.to_string())),
            (None, Some(to)) => (mark.name.clone(), href(to)),
            (None, None) => (mark.name.clone(), MarkValue::Bool(true)),
        }
    });
    values.collect::<BTreeMap<_, _>>()
}

//! Cuts an edit of prose into parts that each fit into a change. Every letter is
//! an operation, so a long text that somebody pastes is more than one may hold.

use automerge::{AutoCommit, ObjId, ReadDoc};

use super::{check_spans, spans, write};
use crate::error::Refusal;
use crate::limits;
use crate::model::{Block, MarkValue, Marks, Span, TextEdit};

#[cfg(test)]
mod tests;

/// What a part weighs at most, and an open run of keystrokes with all its parts,
/// in operations: half of what a change may hold, because a weight is no count.
pub(crate) const PART: usize = limits::CHANGE_OPS / 2;

/// Part of an edit, which is an edit to what the parts before it leave.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Part {
    pub(crate) edit: TextEdit,
    /// About how many operations it takes, large values counting as several.
    pub(crate) weight: usize,
}

/// The parts of an edit to a text, none of which weighs more than `most` unless
/// a single marker or mark does.
pub(crate) fn parts(doc: &AutoCommit, text: &ObjId, edit: TextEdit, most: usize) -> Vec<Part> {
    let mut weight = edit_weight(&edit);
    if matches!(edit, TextEdit::UpdateSpans { .. }) {
        weight += doc.length(text);
    }
    match edit {
        edit if weight <= most => vec![Part { edit, weight }],
        TextEdit::Splice { at, delete, insert } => {
            splices(&spans(doc, text), at, delete, &insert, most)
        }
        TextEdit::UpdateSpans { spans: wanted } => updates(&spans(doc, text), wanted, most),
        edit => vec![Part { edit, weight }],
    }
}

/// The beginning of a new text that fits into a change, where the whole does not.
pub(crate) fn beginning(spans: &[Span]) -> Result<Option<Vec<Span>>, Refusal> {
    check_spans(spans)?;
    if weight(spans) <= PART {
        return Ok(None);
    }
    let first = updates(&[], spans.to_vec(), PART).swap_remove(0);
    Ok(match first.edit {
        TextEdit::UpdateSpans { spans } => Some(spans),
        _ => None,
    })
}

/// Letters go before others come, so that the text is never longer than at one
/// of the two ends of the edit.
fn splices(have: &[Span], at: u32, delete: u32, insert: &str, most: usize) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut add = |at: u32, delete: u32, insert: String, weight: usize| {
        let edit = TextEdit::Splice { at, delete, insert };
        parts.push(Part { edit, weight });
    };
    // Nothing is cut between the two halves of a letter.
    let mut position = 0;
    let mut widths = pieces(have).into_iter().map(Piece::width);
    while position < at {
        position += widths.next().unwrap_or(1);
    }
    let mut rest = delete;
    while rest > 0 {
        let width: u32 = widths.by_ref().take(most).sum();
        // Past the end, only what is left of half a letter.
        let width = if width == 0 { rest } else { width.min(rest) };
        add(at, width, String::new(), most.min(width as usize));
        rest -= width;
    }
    let mut place = at;
    let mut letters = insert.chars().peekable();
    while letters.peek().is_some() {
        let part: String = letters.by_ref().take(most).collect();
        let width = part.encode_utf16().count();
        add(place, 0, part, most.min(width));
        place += u32::try_from(width).unwrap_or(u32::MAX);
    }
    parts
}

/// The text turns into the wanted one from its beginning to its end.
fn updates(have: &[Span], wanted: Vec<Span>, most: usize) -> Vec<Part> {
    let weight = write::weight(have, &wanted);
    if weight <= most {
        let edit = TextEdit::UpdateSpans { spans: wanted };
        return vec![Part { edit, weight }];
    }
    let (old, new) = (pieces(have), pieces(&wanted));
    let pairs = old.iter().zip(&new);
    let start = pairs.take_while(|(old, new)| old == new).count();
    let pairs = old[start..].iter().rev().zip(new[start..].iter().rev());
    let end = pairs.take_while(|(old, new)| old == new).count();
    let (old_end, new_end) = (old.len() - end, new.len() - end);
    let (mut gone, mut come) = (start, start);
    // What went goes ahead of what came, for the reason that `splices` names.
    let mut spare = 0_i64;
    let mut parts = Vec::new();
    while gone < old_end || come < new_end {
        let (from, mut weight, mut last) = ((gone, come), 0, None);
        loop {
            let next = new[..new_end].get(come);
            let goes = gone < old_end && next.is_none_or(|next| spare < i64::from(next.width()));
            let step = match next {
                _ if goes => old[gone].weight(None),
                Some(next) => next.weight(last),
                None => break,
            };
            if weight + step > most && from != (gone, come) {
                break;
            }
            weight += step;
            if goes {
                spare += i64::from(old[gone].width());
                gone += 1;
            } else {
                spare -= i64::from(new[come].width());
                last = Some(new[come]);
                come += 1;
            }
        }
        let text = new[..come].iter().chain(&old[gone..]).copied();
        let edit = TextEdit::UpdateSpans {
            spans: spans_of(text),
        };
        parts.push(Part { edit, weight });
    }
    parts
}

/// About how many operations an edit takes, but for what `UpdateSpans` removes.
pub(crate) fn edit_weight(edit: &TextEdit) -> usize {
    match edit {
        TextEdit::Splice { delete, insert, .. } => *delete as usize + insert.encode_utf16().count(),
        TextEdit::Mark { name, value, .. } => mark_weight(name, value),
        TextEdit::Unmark { name, .. } => mark_weight(name, &MarkValue::Null),
        TextEdit::UpdateSpans { spans } => weight(spans),
    }
}

/// About how many operations it takes to write a text.
pub(crate) fn weight(spans: &[Span]) -> usize {
    let of = |span: &Span| match span {
        Span::Text { value, marks } => value.encode_utf16().count() + marks_weight(marks),
        Span::Block { value } => block_weight(value),
    };
    spans.iter().map(of).sum()
}

/// The marker, its four fields, and what is in two of them.
pub(super) fn block_weight(block: &Block) -> usize {
    let parents = block.parents.iter().map(String::len);
    let attrs = block.attrs.iter().map(|(name, it)| name.len() + bytes(it));
    let bytes: usize = block.block_type.len() + parents.chain(attrs).sum::<usize>();
    5 + block.parents.len() + block.attrs.len() + bytes / limits::OP_BYTES
}

pub(super) fn marks_weight(marks: &Marks) -> usize {
    marks.iter().map(|(name, it)| mark_weight(name, it)).sum()
}

/// A mark begins and ends.
fn mark_weight(name: &str, value: &MarkValue) -> usize {
    2 + (name.len() + bytes(value)) / limits::OP_BYTES
}

fn bytes(value: &MarkValue) -> usize {
    match value {
        MarkValue::Text(text) => text.len(),
        _ => 0,
    }
}

/// A letter with its marks, or a block marker.
#[derive(Clone, Copy, PartialEq)]
enum Piece<'a> {
    Char(char, &'a Marks),
    Block(&'a Block),
}

impl Piece<'_> {
    /// Positions that it takes.
    fn width(self) -> u32 {
        match self {
            Piece::Char(c, _) => c.len_utf16() as u32,
            Piece::Block(_) => 1,
        }
    }

    /// About how many operations it takes behind another piece.
    fn weight(self, last: Option<Self>) -> usize {
        match (self, last) {
            (Piece::Char(_, marks), Some(Piece::Char(_, same))) if marks == same => 1,
            (Piece::Char(_, marks), _) => 1 + marks_weight(marks),
            (Piece::Block(block), _) => block_weight(block),
        }
    }
}

fn pieces(spans: &[Span]) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    for span in spans {
        match span {
            Span::Text { value, marks } => {
                pieces.extend(value.chars().map(|c| Piece::Char(c, marks)));
            }
            Span::Block { value } => pieces.push(Piece::Block(value)),
        }
    }
    pieces
}

fn spans_of<'a>(pieces: impl Iterator<Item = Piece<'a>>) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    for piece in pieces {
        match (piece, spans.last_mut()) {
            (Piece::Char(c, marks), Some(Span::Text { value, marks: same })) if marks == same => {
                value.push(c);
            }
            (Piece::Char(c, marks), _) => spans.push(Span::Text {
                value: c.to_string(),
                marks: marks.clone(),
            }),
            (Piece::Block(block), _) => spans.push(Span::Block {
                value: block.clone(),
            }),
        }
    }
    spans
}

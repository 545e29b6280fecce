//! Rich text in Automerge's public schema, to and from the plain data of the
//! model. Reading makes any span list presentable; writing is by edits.

mod parts;
mod write;

use std::collections::BTreeMap;
use std::collections::HashMap;

use automerge::hydrate;
use automerge::iter::Span as AmSpan;
use automerge::marks::{ExpandMark, Mark, MarkSet};
use automerge::transaction::Transactable;
use automerge::{AutoCommit, AutomergeError, ObjId, ReadDoc, ScalarValue};

pub(crate) use parts::{PART, Part, beginning, edit_weight, parts, weight};
pub(crate) use write::write;

use crate::error::{Code, Refusal};
use crate::limits;
use crate::model::{Block, Expand, MarkValue, Marks, Span, TextEdit};

/// The rich text of a text object, in order.
pub(crate) fn spans(doc: &AutoCommit, text: &ObjId) -> Vec<Span> {
    let Ok(spans) = doc.spans(text) else {
        return Vec::new();
    };
    let mut read: Vec<Span> = Vec::new();
    for span in spans {
        match span {
            AmSpan::Text { text, marks } => {
                let marks = marks.map(|set| read_marks(&set)).unwrap_or_default();
                match read.last_mut() {
                    // Apart in the document only by the trace of a removed mark.
                    Some(Span::Text { value, marks: last }) if *last == marks => {
                        value.push_str(&text);
                    }
                    _ => read.push(Span::Text { value: text, marks }),
                }
            }
            AmSpan::Block(map) => read.push(Span::Block {
                value: read_block(&map),
            }),
        }
    }
    read
}

fn read_marks(set: &MarkSet) -> Marks {
    // A null value is the trace of a removed mark.
    set.iter()
        .filter(|(_, value)| !matches!(value, ScalarValue::Null))
        .map(|(name, value)| (name.to_owned(), read_value(value)))
        .collect()
}

fn read_value(value: &ScalarValue) -> MarkValue {
    match value {
        ScalarValue::Str(text) => MarkValue::Text(text.to_string()),
        ScalarValue::Boolean(flag) => MarkValue::Bool(*flag),
        ScalarValue::Int(int) => whole(*int),
        ScalarValue::Uint(int) => i64::try_from(*int).map_or(MarkValue::Null, whole),
        _ => MarkValue::Null,
    }
}

/// A number, where JavaScript has the same one.
fn whole(int: i64) -> MarkValue {
    if int.unsigned_abs() < 1 << 53 {
        MarkValue::Int(int)
    } else {
        MarkValue::Null
    }
}

fn write_value(value: &MarkValue) -> ScalarValue {
    match value {
        MarkValue::Text(text) => ScalarValue::Str(text.as_str().into()),
        MarkValue::Bool(flag) => ScalarValue::Boolean(*flag),
        MarkValue::Int(int) => ScalarValue::Int(*int),
        MarkValue::Null => ScalarValue::Null,
    }
}

fn read_block(map: &hydrate::Map) -> Block {
    let mut block = Block {
        block_type: "paragraph".to_owned(),
        parents: Vec::new(),
        attrs: BTreeMap::new(),
        is_embed: false,
    };
    if let Some(hydrate::Value::Scalar(ScalarValue::Str(text))) = map.get("type") {
        block.block_type = text.to_string();
    }
    if let Some(hydrate::Value::List(parents)) = map.get("parents") {
        block.parents = parents
            .iter()
            .filter_map(|parent| match &parent.value {
                hydrate::Value::Scalar(ScalarValue::Str(text)) => Some(text.to_string()),
                _ => None,
            })
            .collect();
    }
    if let Some(hydrate::Value::Map(attrs)) = map.get("attrs") {
        for (name, attr) in attrs.iter() {
            if let hydrate::Value::Scalar(scalar) = &attr.value {
                block.attrs.insert(name.clone(), read_value(scalar));
            }
        }
    }
    if let Some(hydrate::Value::Scalar(ScalarValue::Boolean(flag))) = map.get("isEmbed") {
        block.is_embed = *flag;
    }
    block
}

fn write_block(block: &Block) -> hydrate::Map {
    let scalar = |text: &str| hydrate::Value::Scalar(ScalarValue::Str(text.into()));
    let parents: Vec<hydrate::Value> = block.parents.iter().map(|parent| scalar(parent)).collect();
    let attrs: HashMap<String, hydrate::Value> = block
        .attrs
        .iter()
        .map(|(name, value)| (name.clone(), hydrate::Value::Scalar(write_value(value))))
        .collect();
    hydrate::Map::from(HashMap::from([
        ("type".to_owned(), scalar(&block.block_type)),
        ("parents".to_owned(), hydrate::Value::List(parents.into())),
        ("attrs".to_owned(), hydrate::Value::Map(attrs.into())),
        (
            "isEmbed".to_owned(),
            hydrate::Value::Scalar(ScalarValue::Boolean(block.is_embed)),
        ),
    ]))
}

fn expand(expand: Expand) -> ExpandMark {
    match expand {
        Expand::None => ExpandMark::None,
        Expand::Before => ExpandMark::Before,
        Expand::After => ExpandMark::After,
        Expand::Both => ExpandMark::Both,
    }
}

/// The marks of a rich text.
pub(crate) const MARKS: [&str; 5] = ["strong", "em", "link", "code", "__ext__threadline_mention"];

/// Refuses spans that are too long, one of whose values is, or that have marks
/// which no text has.
pub(crate) fn check_spans(spans: &[Span]) -> Result<(), Refusal> {
    let names = |name: &String| MARKS.contains(&name.as_str());
    let marked = |span: &Span| match span {
        Span::Text { marks, .. } => marks.keys().all(names),
        Span::Block { .. } => true,
    };
    if !spans.iter().all(marked) {
        return Err(Refusal::new(Code::Invalid, "There is no such mark.").on("spans"));
    }
    let fits = length(spans) <= limits::PROSE_UNITS
        && spans.iter().all(|span| match span {
            Span::Text { marks, .. } => marks.values().all(value_fits),
            Span::Block { value } => {
                let mut words = value.parents.iter().chain(value.attrs.keys());
                value.block_type.len() <= limits::PROSE_WORD_BYTES
                    && words.all(|word| word.len() <= limits::PROSE_WORD_BYTES)
                    && value.attrs.values().all(value_fits)
                    && parts::block_weight(value) <= PART
            }
        });
    if fits {
        Ok(())
    } else {
        Err(Refusal::new(Code::TooLong, "The text is too long.").on("spans"))
    }
}

fn value_fits(value: &MarkValue) -> bool {
    match value {
        MarkValue::Text(text) => text.encode_utf16().count() <= limits::SCALAR_UNITS,
        _ => true,
    }
}

/// The length of spans in positions: UTF-16 code units, a block marker is one.
fn length(spans: &[Span]) -> usize {
    spans
        .iter()
        .map(|span| match span {
            Span::Text { value, .. } => value.encode_utf16().count(),
            Span::Block { .. } => 1,
        })
        .sum()
}

/// Refuses a list of edits to a text of `length` positions if one of them is
/// outside the text as those before it leave it, or makes it too long.
pub(crate) fn check_edits(mut length: usize, edits: &[TextEdit]) -> Result<(), Refusal> {
    let out_of_range = || Refusal::new(Code::Invalid, "The edit is outside the text.").on("edits");
    for edit in edits {
        match edit {
            TextEdit::Splice { at, delete, insert } => {
                let end = at.checked_add(*delete).ok_or_else(out_of_range)?;
                if end as usize > length {
                    return Err(out_of_range());
                }
                length = length - *delete as usize + insert.encode_utf16().count();
                if length > limits::PROSE_UNITS {
                    let text = "The text is too long.";
                    return Err(Refusal::new(Code::TooLong, text).on("edits"));
                }
            }
            TextEdit::Mark { start, end, .. } | TextEdit::Unmark { start, end, .. } => {
                if start >= end || *end as usize > length {
                    return Err(out_of_range());
                }
                if let TextEdit::Mark { name, .. } = edit
                    && !MARKS.contains(&name.as_str())
                {
                    let text = "There is no such mark.";
                    return Err(Refusal::new(Code::Invalid, text).on("edits"));
                }
                if let TextEdit::Mark { value, .. } = edit
                    && !value_fits(value)
                {
                    let text = "The mark is too long.";
                    return Err(Refusal::new(Code::TooLong, text).on("edits"));
                }
            }
            TextEdit::UpdateSpans { spans } => {
                check_spans(spans)?;
                length = self::length(spans);
            }
        }
    }
    Ok(())
}

/// Applies edits to a text object, all of them or, where one is refused, none.
pub(crate) fn edit(doc: &mut AutoCommit, text: &ObjId, edits: &[TextEdit]) -> Result<(), Refusal> {
    check_edits(doc.length(text), edits)?;
    for edit in edits {
        match edit {
            TextEdit::Splice { at, delete, insert } => doc
                .splice_text(text, *at as usize, *delete as isize, insert)
                .map_err(broken)?,
            TextEdit::Mark {
                start,
                end,
                name,
                value,
                expand: grow,
            } => {
                let (start, end) = (*start as usize, *end as usize);
                let mark = Mark::new(name.clone(), write_value(value), start, end);
                doc.mark(text, mark, expand(*grow)).map_err(broken)?;
            }
            TextEdit::Unmark {
                start,
                end,
                name,
                expand: grow,
            } => {
                let (start, end) = (*start as usize, *end as usize);
                doc.unmark(text, name, start, end, expand(*grow))
                    .map_err(broken)?;
            }
            TextEdit::UpdateSpans { spans } => write(doc, text, spans)?,
        }
    }
    Ok(())
}

/// An error of Automerge on a write that was checked before: the document is
/// not what it should be.
#[expect(clippy::needless_pass_by_value, reason = "the shape `map_err` takes")]
pub(crate) fn broken(error: AutomergeError) -> Refusal {
    Refusal::new(
        Code::Invalid,
        format!("The document could not be written: {error}"),
    )
}

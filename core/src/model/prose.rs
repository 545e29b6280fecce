use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::id::{MemberId, NoteId};
use crate::time::Timestamp;

/// The value of a mark or of a block's attribute: a scalar.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(untagged)]
#[cfg_attr(feature = "typescript", tsify(missing_as_null))]
pub enum MarkValue {
    /// `strong`, `em` and `code` are `true`.
    Bool(bool),
    /// A whole number, such as a heading's level.
    Int(i64),
    /// A link or mention is a JSON object in a string.
    Text(String),
    /// No value: the mark was removed.
    Null,
}

/// Marks by name.
pub type Marks = BTreeMap<String, MarkValue>;

/// A block marker of Automerge's public rich-text schema.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Block {
    /// `paragraph`, `heading`, `blockquote`, `code-block`, `ordered-list-item`, `unordered-list-item`.
    #[serde(rename = "type")]
    pub block_type: String,
    /// Types of the blocks this one lies in, outermost first.
    #[serde(default)]
    pub parents: Vec<String>,
    /// Scalars such as a heading's `level`.
    #[serde(default)]
    #[cfg_attr(feature = "typescript", tsify(type = "Record<string, MarkValue>"))]
    pub attrs: BTreeMap<String, MarkValue>,
    /// Whether it stands for itself rather than for the text after it.
    #[serde(default)]
    pub is_embed: bool,
}

/// A run of text with the same marks, or a block marker (one position long).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Span {
    /// Text.
    Text {
        /// The characters.
        value: String,
        /// Their marks.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        #[cfg_attr(
            feature = "typescript",
            tsify(optional, type = "Record<string, MarkValue>")
        )]
        marks: Marks,
    },
    /// A block marker.
    Block {
        /// The marker.
        value: Block,
    },
}

/// Which edges of a mark grow when text is typed there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "snake_case")]
pub enum Expand {
    /// Neither.
    None,
    /// The start.
    Before,
    /// The end.
    After,
    /// Both.
    Both,
}

/// One edit of prose. Positions are UTF-16 code units; a block marker counts 1.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(tag = "op", rename_all = "snake_case", deny_unknown_fields)]
pub enum TextEdit {
    /// Replaces `delete` units at `at` by `insert`.
    Splice {
        /// Position.
        at: u32,
        /// Units to remove.
        delete: u32,
        /// Text to put there.
        insert: String,
    },
    /// Sets a mark on `start..end`.
    Mark {
        /// First position.
        start: u32,
        /// Position after the last.
        end: u32,
        /// The mark's name.
        name: String,
        /// The mark's value.
        value: MarkValue,
        /// Which edges grow.
        expand: Expand,
    },
    /// Removes a mark from `start..end`.
    Unmark {
        /// First position.
        start: u32,
        /// Position after the last.
        end: u32,
        /// The mark's name.
        name: String,
        /// Which edges grew.
        expand: Expand,
    },
    /// Makes the whole prose equal to `spans` by the smallest difference.
    UpdateSpans {
        /// What it should be.
        spans: Vec<Span>,
    },
}

/// Who deleted something and when; what is left of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct Tombstone {
    /// The member.
    pub by: MemberId,
    /// The moment.
    pub at: Timestamp,
}

/// Private, team-only rich text (spec F2.4).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct Note {
    /// The id.
    pub id: NoteId,
    /// Who began it.
    pub by: MemberId,
    /// When it was begun.
    pub at: Timestamp,
    /// The note this one answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub parent: Option<NoteId>,
    /// The message it hands on to a teammate (spec F2.3).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub message: Option<crate::id::InteractionId>,
    /// Who edited it last, and when, where anybody did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub edited: Option<Tombstone>,
    /// The text; empty while the note is deleted.
    pub spans: Vec<Span>,
    /// Set while the note is deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub deleted: Option<Tombstone>,
}

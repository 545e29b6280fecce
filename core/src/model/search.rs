use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::ItemKind;
use crate::id::{ContactId, DocumentId};
use crate::time::Timestamp;

/// What a searchable text is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "snake_case")]
pub enum TextKind {
    /// A contact: name, addresses, tags and fields.
    Contact,
    /// A conversation: subject and tags.
    Conversation,
    /// A message or call.
    Interaction,
    /// A note.
    Note,
    /// A task.
    Task,
    /// A topic.
    Topic,
    /// An appointment.
    Appointment,
    /// A contact's opportunity.
    Opportunity,
}

impl TextKind {
    /// Every kind.
    pub const ALL: [TextKind; 8] = [
        TextKind::Contact,
        TextKind::Conversation,
        TextKind::Interaction,
        TextKind::Note,
        TextKind::Task,
        TextKind::Topic,
        TextKind::Appointment,
        TextKind::Opportunity,
    ];

    /// The kind's name, as it is serialised.
    pub fn as_str(self) -> &'static str {
        match self {
            TextKind::Contact => "contact",
            TextKind::Conversation => "conversation",
            TextKind::Interaction => "interaction",
            TextKind::Note => "note",
            TextKind::Task => "task",
            TextKind::Topic => "topic",
            TextKind::Appointment => "appointment",
            TextKind::Opportunity => "opportunity",
        }
    }

    /// The kind of an item's text; `None` for what is not searched.
    pub fn of_item(kind: ItemKind) -> Option<Self> {
        match kind {
            ItemKind::Interaction => Some(TextKind::Interaction),
            ItemKind::Note => Some(TextKind::Note),
            ItemKind::Task => Some(TextKind::Task),
            ItemKind::Topic => Some(TextKind::Topic),
            ItemKind::Appointment => Some(TextKind::Appointment),
            ItemKind::Opportunity => Some(TextKind::Opportunity),
            ItemKind::Activity => None,
        }
    }
}

/// A searchable text of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextEntry {
    /// What it is of.
    pub kind: TextKind,
    /// The id of that.
    pub id: Uuid,
    /// When that was sent, written or made.
    pub at: Timestamp,
    /// The text; empty where there is nothing to be found (any more).
    pub text: String,
}

/// Where something was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", tsify(missing_as_null))]
pub struct SearchHit {
    /// The document.
    pub doc: DocumentId,
    /// The contact it is about; `None` for an unlinked conversation.
    pub contact: Option<ContactId>,
    /// What was found.
    pub kind: TextKind,
    /// The id of that.
    #[cfg_attr(feature = "typescript", tsify(type = "string"))]
    pub id: Uuid,
    /// When that was sent, written or made.
    pub at: Timestamp,
    /// A piece of its text around the words found, on one line.
    pub snippet: String,
    /// Where the words found stand in the snippet: start and end in UTF-16
    /// code units, in order, apart from each other.
    pub matches: Vec<(u32, u32)>,
}

use serde::{Deserialize, Serialize};

use super::{Change, ConversationHeader, Item, Subject};
use crate::id::MemberId;
use crate::time::Timestamp;

/// A moment of a document's history: everything up to one of its changes (spec B4).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", tsify(missing_as_null))]
pub struct Moment {
    /// The change's hash in lower-case hex, which names the moment.
    pub hash: String,
    /// When the change was made, to the second.
    pub at: Timestamp,
    /// Who made it, where the change names its author.
    pub by: Option<MemberId>,
    /// The command that made it, by name (`set_owner`).
    pub action: String,
}

/// A conversation as it was.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct PastView {
    /// What the conversation was.
    pub header: ConversationHeader,
    /// A page of what it held, oldest first.
    pub items: Vec<Item>,
}

/// Something that happened between two moments.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", tsify(missing_as_null))]
pub struct Difference {
    /// When.
    pub at: Timestamp,
    /// Who did it; `None` for the contact.
    pub by: Option<MemberId>,
    /// The command that did it, by name (`create_task`).
    pub action: String,
    /// What it was done to; `None` for the conversation itself.
    pub subject: Option<Subject>,
    /// The field it changed, where it changed one.
    pub change: Option<Change>,
}

use serde::{Deserialize, Serialize};

use super::conversation::ItemKind;
use crate::id::{ActivityId, MemberId};
use crate::time::Timestamp;

/// What an activity is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Subject {
    /// What kind of thing.
    pub kind: ItemKind,
    /// Which one.
    #[serde(with = "uuid::serde::hyphenated")]
    #[cfg_attr(feature = "typescript", tsify(type = "string"))]
    pub id: uuid::Uuid,
}

/// What happened to a field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Change {
    /// The field's name.
    pub field: String,
    /// The old value as text; empty for none.
    pub from: String,
    /// The new value as text; empty for none.
    pub to: String,
}

/// One entry of the audit trail: who did what, when (spec F1.6, F2.9).
/// Append-only; written in the same change as what it tells of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct Activity {
    /// The id.
    pub id: ActivityId,
    /// Who did it.
    pub by: MemberId,
    /// When.
    pub at: Timestamp,
    /// The command that did it, by name (`create_task`).
    pub action: String,
    /// What it was done to; `None` for the conversation itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub subject: Option<Subject>,
    /// The field it changed, where it changed one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub change: Option<Change>,
}

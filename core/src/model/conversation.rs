use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Activity, Appointment, Identity, Interaction, Note, Priority, Task, Topic};
use crate::id::{ContactId, ConversationId, InteractionId, MemberId, TeamId};
use crate::time::Timestamp;

/// Where a conversation stands (spec §4).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "snake_case")]
pub enum ConversationStatus {
    /// In the inbox.
    #[default]
    Open,
    /// Completed: left the inbox, still readable and searchable.
    Closed,
}

/// Who closed a conversation, when, and what they had seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct Closed {
    /// The member.
    pub by: MemberId,
    /// The moment.
    pub at: Timestamp,
    /// The last interaction the closer had seen, where there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub last_seen: Option<InteractionId>,
}

/// Until when a conversation stays out of the inbox (spec F2.10).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct Snoozed {
    /// Who snoozed it.
    pub by: MemberId,
    /// When.
    pub at: Timestamp,
    /// The moment it comes back.
    pub until: Timestamp,
}

/// One of the values that were set at the same time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct ConflictValue {
    /// The value as text, as the field's command takes it; empty for none.
    pub value: String,
    /// Who set it, where the change names its author.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub by: Option<MemberId>,
    /// When it was set.
    pub at: Timestamp,
}

/// A field that several members set at once (spec B3). The first value is the
/// one that shows; setting the field again settles it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct Conflict {
    /// The field's name.
    pub field: String,
    /// All values, the shown one first.
    pub values: Vec<ConflictValue>,
}

/// Something in a document that could not be read. Reading goes on without it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct Problem {
    /// Where: keys joined by `/`.
    pub path: String,
    /// What was wrong there.
    pub text: String,
}

/// What a conversation is, without what it holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", tsify(missing_as_null))]
pub struct ConversationHeader {
    /// The id.
    pub id: ConversationId,
    /// The contact; `None` before the first change arrived and while the
    /// conversation is unlinked.
    pub contact: Option<ContactId>,
    /// The address an unlinked conversation is with (spec F3.3). Stays when it
    /// is linked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub identity: Option<Identity>,
    /// Which of the contact's conversations this is, from 0.
    pub ordinal: u32,
    /// A short title; for e-mail the first subject. Empty where none was set.
    pub subject: String,
    /// Open or closed, with an unseen inbound interaction winning over a close.
    pub status: ConversationStatus,
    /// Who closed it, while it is closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub closed: Option<Closed>,
    /// Until when it is out of the inbox. Gone as soon as something comes in
    /// that the member who snoozed it had not seen; stays when the time is over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub snoozed: Option<Snoozed>,
    /// The member who owns it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub owner: Option<MemberId>,
    /// The team it is with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub team: Option<TeamId>,
    /// How urgent it is.
    pub priority: Priority,
    /// Tags, sorted.
    pub tags: Vec<String>,
    /// Members who starred it, sorted.
    pub starred: Vec<MemberId>,
    /// Up to when each member has read.
    #[cfg_attr(feature = "typescript", tsify(type = "Record<MemberId, Timestamp>"))]
    pub read: BTreeMap<MemberId, Timestamp>,
    /// Items in the timeline.
    pub items: u32,
    /// Fields that several members set at once and nobody settled.
    pub conflicts: Vec<Conflict>,
    /// What could not be read in the header.
    pub problems: Vec<Problem>,
}

/// The kinds of things on a conversation's timeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "snake_case")]
pub enum ItemKind {
    /// A message or call.
    Interaction,
    /// A private note.
    Note,
    /// A task.
    Task,
    /// A topic.
    Topic,
    /// A scheduled meeting.
    Appointment,
    /// An entry of the audit trail.
    Activity,
    /// A deal. It lies in its contact's document and on no timeline.
    Opportunity,
}

/// One thing on a conversation's timeline. Ordered by (`at`, id).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(tag = "kind", content = "value", rename_all = "snake_case")]
pub enum Item {
    /// A message or call.
    Interaction(Interaction),
    /// A private note.
    Note(Note),
    /// A task.
    Task(Task),
    /// A topic.
    Topic(Topic),
    /// A scheduled meeting.
    Appointment(Appointment),
    /// An entry of the audit trail.
    Activity(Activity),
}

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Assignee, Channel, ContactStatus, ConversationStatus, Direction, ItemKind, Priority};
use crate::id::{ContactId, ConversationId, DocumentId, MemberId, TaskId, TeamId};
use crate::time::Timestamp;

/// The last thing that happened in a conversation, for its row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct LastItem {
    /// An interaction, note, task or topic.
    pub kind: ItemKind,
    /// In or out, for interactions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub direction: Option<Direction>,
    /// The member, where a member did it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub by: Option<MemberId>,
    /// The beginning of the text, on one line.
    pub text: String,
    /// When.
    pub at: Timestamp,
}

/// A task that is not finished, for the row of its conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct TaskMark {
    /// The task.
    pub id: TaskId,
    /// What is to be done.
    pub title: String,
    /// Who it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub assignee: Option<Assignee>,
    /// When it is due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub due_at: Option<Timestamp>,
}

/// A conversation in the inbox list. Computed from its document alone, the
/// same for every member; `unread` is worked out from it per member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", tsify(missing_as_null))]
pub struct ConversationRow {
    /// The conversation.
    pub id: ConversationId,
    /// Its contact; the name comes from the contact's row.
    pub contact: Option<ContactId>,
    /// A short title; empty where none was set.
    pub subject: String,
    /// Open or closed.
    pub status: ConversationStatus,
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
    /// Channel of the last interaction.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub channel: Option<Channel>,
    /// The last thing that happened, activities aside.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub last: Option<LastItem>,
    /// When the conversation last moved; the list's order.
    pub at: Timestamp,
    /// Times of the latest inbound interactions, newest first, at most 100.
    pub inbound: Vec<Timestamp>,
    /// Up to when each member has read.
    #[cfg_attr(feature = "typescript", tsify(type = "Record<MemberId, Timestamp>"))]
    pub read: BTreeMap<MemberId, Timestamp>,
    /// Unfinished tasks, at most 20, the earliest due first.
    pub tasks: Vec<TaskMark>,
    /// Whether anything in it was set by several members at once.
    pub conflicted: bool,
}

impl ConversationRow {
    /// How many inbound interactions `member` has not read.
    pub fn unread(&self, member: &MemberId) -> u32 {
        let read = self.read.get(member).copied();
        let unread = self
            .inbound
            .iter()
            .filter(|at| read.is_none_or(|read| **at > read))
            .count();
        u32::try_from(unread).unwrap_or(u32::MAX)
    }
}

/// A contact in lists, and the name behind a conversation's row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct ContactRow {
    /// The contact.
    pub id: ContactId,
    /// The name to show: the name, else an address.
    pub name: String,
    /// Company; empty where unknown.
    pub company: String,
    /// Active, archived or do-not-disturb.
    pub status: ContactStatus,
    /// Whether a member saved it.
    pub saved: bool,
}

/// A document's summary, computed by the core from the document.
#[cfg_attr(
    not(target_arch = "wasm32"),
    expect(
        clippy::large_enum_variant,
        reason = "nearly all rows are conversations"
    )
)]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(tag = "kind", content = "value", rename_all = "snake_case")]
pub enum Row {
    /// A conversation's.
    Conversation(ConversationRow),
    /// A contact's.
    Contact(ContactRow),
}

/// A row with its place in the workspace's sequence, as it is stored and sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RowEntry {
    /// The document.
    pub doc: DocumentId,
    /// The sequence number of its last change.
    pub seq: u64,
    /// The document's heads, each 32 bytes.
    pub heads: Vec<serde_bytes::ByteArray<32>>,
    /// The summary.
    pub row: Row,
}

/// Which conversations a list shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "snake_case")]
pub enum RowFilter {
    /// In the inbox.
    #[default]
    Open,
    /// Open and owned by the member.
    Mine,
    /// Open and owned by nobody.
    Unassigned,
    /// Open with something the member has not read.
    Unread,
    /// Completed.
    Closed,
    /// All.
    All,
}

/// A question to the inbox list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RowQuery {
    /// Which conversations.
    #[serde(default)]
    pub filter: RowFilter,
    /// Words to find in name, subject, tags and last line; empty for all.
    #[serde(default)]
    pub search: String,
    /// Rows to skip.
    #[serde(default)]
    pub offset: u32,
    /// Rows to return at most.
    pub limit: u32,
}

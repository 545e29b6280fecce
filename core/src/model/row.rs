use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    AppointmentStatus, Assignee, Attendee, Channel, ContactStatus, ConversationStatus, Direction,
    Identity, ItemKind, Money, OpportunityStatus, Priority, StageRef, TaskChannel, TaskStatus,
    TopicOrigin, TopicStatus,
};
use crate::id::{
    AppointmentId, ContactId, ConversationId, DocumentId, MemberId, OpportunityId, TaskId, TeamId,
    TopicId,
};
use crate::time::{Due, TimeSpan, Timestamp};

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

/// A task, for the row of its conversation and the Tasks page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct TaskMark {
    /// The task.
    pub id: TaskId,
    /// What is to be done.
    pub title: String,
    /// Where it stands.
    pub status: TaskStatus,
    /// How urgent it is.
    pub priority: Priority,
    /// One of the workspace's task types.
    pub task_type: String,
    /// The medium.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub channel: Option<TaskChannel>,
    /// Who it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub assignee: Option<Assignee>,
    /// When it is due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub due: Option<Due>,
    /// When it was made.
    pub at: Timestamp,
    /// Whether several members set a field of it at once.
    pub conflicted: bool,
}

/// A topic, for the row of its conversation and the Log page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct TopicMark {
    /// The topic.
    pub id: TopicId,
    /// A short title.
    pub subject: String,
    /// One of the workspace's purposes.
    pub purpose: String,
    /// Open or closed.
    pub status: TopicStatus,
    /// What it was logged from.
    pub origin: TopicOrigin,
    /// The member who owns it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub owner: Option<MemberId>,
    /// When the discussion began.
    pub start: Timestamp,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub end: Option<Timestamp>,
    /// The beginning of the summary, on one line.
    pub summary: String,
}

/// An appointment, for the row of its conversation and the calendar.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct AppointmentMark {
    /// The appointment.
    pub id: AppointmentId,
    /// What it is about.
    pub title: String,
    /// When it takes place.
    pub when: TimeSpan,
    /// Where it stands.
    pub status: AppointmentStatus,
    /// The member who holds it.
    pub organiser: MemberId,
    /// Who is asked to come.
    pub attendees: Vec<Attendee>,
    /// Where; empty where it has no place.
    pub place: String,
    /// Address of the video call; empty where there is none.
    pub link: String,
}

/// A deal, for the row of its contact and the board.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct OpportunityMark {
    /// The deal.
    pub id: OpportunityId,
    /// What it is.
    pub title: String,
    /// How far it is.
    pub stage: StageRef,
    /// What it is worth.
    pub value: Money,
    /// Open, won or lost.
    pub status: OpportunityStatus,
    /// The member who owns it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub owner: Option<MemberId>,
    /// The day it is expected to be won; empty where unknown.
    pub expected: String,
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
    /// Which of the contact's conversations it is, from 0.
    pub ordinal: u32,
    /// The address an unlinked conversation is with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub identity: Option<Identity>,
    /// A short title; empty where none was set.
    pub subject: String,
    /// Open or closed.
    pub status: ConversationStatus,
    /// When it comes back into the inbox, while it is snoozed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub snoozed_until: Option<Timestamp>,
    /// Members who starred it, sorted.
    pub starred: Vec<MemberId>,
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
    /// Up to when each member was mentioned in a note.
    #[cfg_attr(feature = "typescript", tsify(type = "Record<MemberId, Timestamp>"))]
    pub mentions: BTreeMap<MemberId, Timestamp>,
    /// When the oldest inbound interaction came that nobody answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub awaiting: Option<Timestamp>,
    /// Whether a message in it is marked as important.
    pub important: bool,
    /// Whether everything that came in is marked as unwanted.
    pub spam: bool,
    /// Messages out that failed or are held for their author.
    pub stuck: u32,
    /// Unfinished tasks, the earliest due first, then finished ones, the latest first; at most 50 and 10.
    pub tasks: Vec<TaskMark>,
    /// Topics, the latest first, at most 50.
    pub topics: Vec<TopicMark>,
    /// Appointments, the latest first, at most 50.
    pub appointments: Vec<AppointmentMark>,
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
    /// One of the workspace's contact types.
    #[serde(rename = "type")]
    pub contact_type: String,
    /// Active, archived or do-not-disturb.
    pub status: ContactStatus,
    /// Whether a member saved it.
    pub saved: bool,
    /// E-mail; empty where unknown.
    pub email: String,
    /// Phone; empty where unknown.
    pub phone: String,
    /// Addresses on channels, sorted.
    pub identities: Vec<Identity>,
    /// Tags, sorted.
    pub tags: Vec<String>,
    /// The contact this one is an alias of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub merged_into: Option<ContactId>,
    /// Deals, at most 50, open ones first.
    pub opportunities: Vec<OpportunityMark>,
    /// Whether anything in it was set by several members at once.
    pub conflicted: bool,
}

/// The workspace's own document in the sequence of rows. It is always open, so
/// its row says nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
pub struct WorkspaceRow {}

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
    /// The workspace's.
    Workspace(WorkspaceRow),
}

impl Row {
    /// The conversation's row, where it is one.
    pub fn into_conversation(self) -> Option<ConversationRow> {
        match self {
            Row::Conversation(row) => Some(row),
            Row::Contact(_) | Row::Workspace(_) => None,
        }
    }

    /// The contact's row, where it is one.
    pub fn into_contact(self) -> Option<ContactRow> {
        match self {
            Row::Contact(row) => Some(row),
            Row::Conversation(_) | Row::Workspace(_) => None,
        }
    }
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
    /// In the inbox: open, not snoozed, not spam.
    #[default]
    Open,
    /// In the inbox and owned by the member.
    Mine,
    /// In the inbox and owned by nobody.
    Unassigned,
    /// In the inbox with something the member has not read.
    Unread,
    /// Mentioned in a note since the member last read.
    Mentioned,
    /// Starred by the member, open or not.
    Starred,
    /// Snoozed, and the time is not over.
    Snoozed,
    /// Completed.
    Closed,
    /// Everything that came in is marked as unwanted.
    Spam,
    /// With addresses of people that nobody saved (spec F3.3).
    Unlinked,
    /// All.
    All,
}

/// The order of a list of conversations.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "snake_case")]
pub enum RowSort {
    /// What moved last comes first.
    #[default]
    Newest,
    /// What moved last comes last.
    Oldest,
    /// The longest unanswered first.
    Waiting,
    /// The most urgent first.
    Priority,
}

/// A question to the inbox list. Lists narrow: what is named in none of them
/// matches, and of each list that is not empty one has to fit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct RowQuery {
    /// Which conversations.
    pub filter: RowFilter,
    /// Words to find in name, addresses, subject, tags and last line, whatever
    /// their case and accents; empty for all.
    pub search: String,
    /// Channels of the last interaction.
    pub channels: Vec<Channel>,
    /// Contact types.
    pub contact_types: Vec<String>,
    /// Owners.
    pub owners: Vec<MemberId>,
    /// Teams.
    pub teams: Vec<TeamId>,
    /// Tags.
    pub tags: Vec<String>,
    /// Priorities.
    pub priorities: Vec<Priority>,
    /// Conversations with this contact and its aliases alone.
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub contact: Option<ContactId>,
    /// The order.
    pub sort: RowSort,
    /// The present moment, for what is snoozed.
    pub now: Timestamp,
    /// Rows to skip.
    pub offset: u32,
    /// Rows to return at most.
    pub limit: u32,
}

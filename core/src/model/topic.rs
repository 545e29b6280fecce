use serde::{Deserialize, Serialize};

use super::conversation::Conflict;
use crate::id::{InteractionId, MemberId, TaskId, TopicId};
use crate::time::Timestamp;

/// Whether a discussion goes on (spec F4.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "snake_case")]
pub enum TopicStatus {
    /// Goes on.
    #[default]
    Open,
    /// Finished.
    Closed,
}

/// What a topic was logged from (spec F0.3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "snake_case")]
pub enum TopicOrigin {
    /// A member, by hand.
    #[default]
    Manual,
    /// A finished task's outcome.
    Task,
    /// An e-mail.
    Email,
    /// A ticket of another system.
    Ticket,
    /// An automation.
    Flow,
}

/// The log of a finished or running discussion (spec S4).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct Topic {
    /// The id.
    pub id: TopicId,
    /// A short title.
    pub subject: String,
    /// One of the workspace's purposes (`enquiry`, `issue`, `feedback`).
    pub purpose: String,
    /// What happened; plain text that several people may edit.
    pub summary: String,
    /// Open or closed.
    pub status: TopicStatus,
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
    /// The message that began it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub first_message: Option<InteractionId>,
    /// The message that concluded it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub last_message: Option<InteractionId>,
    /// What it was logged from.
    pub origin: TopicOrigin,
    /// What it was logged from elsewhere: a ticket's number or address. Empty where nothing.
    pub reference: String,
    /// The task whose outcome it logs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub task: Option<TaskId>,
    /// Who logged it.
    pub by: MemberId,
    /// When it was logged.
    pub at: Timestamp,
    /// Fields that several members set at once and nobody settled.
    pub conflicts: Vec<Conflict>,
}

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::conversation::Conflict;
use crate::error::Refusal;
use crate::id::{MemberId, TaskId, TeamId, TopicId};
use crate::time::{Due, Timestamp};

/// How urgent something is (spec F1.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// Can wait.
    Low,
    /// The normal case.
    #[default]
    Medium,
    /// Soon.
    High,
    /// At once.
    Critical,
}

/// Where a task stands (spec F1.5).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "snake_case")]
pub enum TaskStatus {
    /// Planned.
    #[default]
    ToDo,
    /// Somebody is at it.
    InProgress,
    /// Finished.
    Done,
    /// Will not be done.
    Cancelled,
}

impl TaskStatus {
    /// Done or cancelled.
    pub fn is_final(self) -> bool {
        matches!(self, TaskStatus::Done | TaskStatus::Cancelled)
    }
}

/// The medium a task is about (spec F1.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "snake_case")]
pub enum TaskChannel {
    /// A phone call.
    Call,
    /// Any message.
    Message,
    /// WhatsApp.
    Whatsapp,
    /// E-mail.
    Email,
    /// SMS.
    Sms,
}

/// Who a task is for: one member, or any available member of a team.
/// Written `member:ana` or `team:support`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(try_from = "String", into = "String")]
#[cfg_attr(
    feature = "typescript",
    tsify(type = "`member:${string}` | `team:${string}`")
)]
pub enum Assignee {
    /// One member.
    Member(MemberId),
    /// A team.
    Team(TeamId),
}

impl fmt::Display for Assignee {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Assignee::Member(id) => write!(f, "member:{id}"),
            Assignee::Team(id) => write!(f, "team:{id}"),
        }
    }
}

impl FromStr for Assignee {
    type Err = Refusal;
    fn from_str(text: &str) -> Result<Self, Refusal> {
        match text.split_once(':') {
            Some(("member", id)) => Ok(Assignee::Member(id.parse()?)),
            Some(("team", id)) => Ok(Assignee::Team(id.parse()?)),
            _ => Err(Refusal::new(
                crate::error::Code::Invalid,
                "An assignee is member:… or team:….",
            )
            .on("assignee")),
        }
    }
}

impl TryFrom<String> for Assignee {
    type Error = Refusal;
    fn try_from(text: String) -> Result<Self, Refusal> {
        text.parse()
    }
}

impl From<Assignee> for String {
    fn from(assignee: Assignee) -> String {
        assignee.to_string()
    }
}

/// A planned activity, unfinished until it is done (spec S1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct Task {
    /// The id.
    pub id: TaskId,
    /// What is to be done, in a line.
    pub title: String,
    /// What is to be done, at length; plain text that several people may edit.
    pub description: String,
    /// The medium.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub channel: Option<TaskChannel>,
    /// One of the workspace's task types (`follow_up`, `internal`).
    pub task_type: String,
    /// How urgent it is.
    pub priority: Priority,
    /// Who it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub assignee: Option<Assignee>,
    /// When it is due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub due: Option<Due>,
    /// Where it stands.
    pub status: TaskStatus,
    /// Who made it.
    pub by: MemberId,
    /// When it was made.
    pub at: Timestamp,
    /// The topic that logs its outcome.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub topic: Option<TopicId>,
    /// Fields that several members set at once and nobody settled.
    pub conflicts: Vec<Conflict>,
}

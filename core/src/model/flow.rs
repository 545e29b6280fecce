use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{Channel, Priority, TaskChannel};
use crate::error::{Code, Refusal};
use crate::id::{ActivityId, FlowId, MemberId, TeamId};
use crate::schedule::DueUnit;

/// An automation: what sets it off, under which conditions, and what it does
/// (spec §1). It runs on the server and writes one conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct Flow {
    /// The id.
    pub id: FlowId,
    /// The name, for people.
    pub name: String,
    /// Whether it runs. What counts is the moment at which the server hears of what
    /// happened, which may be up to a day later.
    pub active: bool,
    /// What sets it off.
    pub trigger: FlowTrigger,
    /// All of them must hold when it runs.
    pub conditions: Vec<FlowCondition>,
    /// What it does, in order; all of it or nothing.
    pub actions: Vec<FlowAction>,
}

/// What sets a flow off.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(
    tag = "type",
    rename_all = "snake_case",
    rename_all_fields = "camelCase"
)]
#[cfg_attr(feature = "typescript", tsify(missing_as_null))]
pub enum FlowTrigger {
    /// A customer's message came in.
    MessageReceived {
        /// On this channel; `None` for all.
        #[serde(default)]
        #[cfg_attr(feature = "typescript", tsify(optional))]
        channel: Option<Channel>,
    },
    /// The conversation's first message came in.
    FirstMessage {},
    /// Somebody closed the conversation.
    ConversationClosed {},
    /// Somebody reopened the conversation, or a message did that its closer had
    /// not seen.
    ConversationReopened {},
    /// A topic was logged.
    TopicLogged {
        /// With this purpose; `None` for all.
        #[serde(default)]
        #[cfg_attr(feature = "typescript", tsify(optional))]
        purpose: Option<String>,
    },
    /// A task was done.
    TaskDone {
        /// Of this type; `None` for all.
        #[serde(default)]
        #[cfg_attr(feature = "typescript", tsify(optional))]
        task_type: Option<String>,
    },
    /// The conversation was given a tag.
    TagAdded {
        /// This one; `None` for all.
        #[serde(default)]
        #[cfg_attr(feature = "typescript", tsify(optional))]
        tag: Option<String>,
    },
}

/// What must hold for a flow to run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(
    tag = "type",
    rename_all = "snake_case",
    rename_all_fields = "camelCase"
)]
pub enum FlowCondition {
    /// Something has a value. What there is not has an empty one.
    Value {
        /// What, by the name of its placeholder (`message.text`).
        name: String,
        /// How it is compared; capital letters count as small ones.
        test: FlowTest,
        /// With what.
        text: String,
    },
    /// The conversation has a tag, or has not.
    Tag {
        /// The tag.
        tag: String,
        /// Whether it has.
        present: bool,
    },
}

/// How a value is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "snake_case")]
pub enum FlowTest {
    /// It is the text.
    Is,
    /// It is anything else.
    IsNot,
    /// The text is in it.
    Contains,
}

/// What a flow does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(
    tag = "type",
    rename_all = "snake_case",
    rename_all_fields = "camelCase"
)]
#[cfg_attr(feature = "typescript", tsify(missing_as_null))]
pub enum FlowAction {
    /// Plans a task (spec F1.4).
    CreateTask {
        /// Its properties.
        task: TaskPlan,
    },
    /// Logs a topic.
    LogTopic {
        /// Its properties.
        topic: TopicPlan,
    },
    /// Writes a note.
    AddNote {
        /// Its text, a line for each paragraph, with placeholders.
        text: String,
    },
    /// Adds a tag.
    AddTag {
        /// The tag.
        tag: String,
    },
    /// Removes a tag.
    RemoveTag {
        /// The tag.
        tag: String,
    },
    /// Sets or clears the owner.
    SetOwner {
        /// The owner.
        owner: Option<MemberId>,
    },
    /// Sets or clears the team.
    SetTeam {
        /// The team.
        team: Option<TeamId>,
    },
    /// Sets the priority.
    SetPriority {
        /// The priority.
        priority: Priority,
    },
    /// Closes the conversation, where it is open.
    Close {},
    /// Reopens the conversation, where it is closed.
    Reopen {},
}

/// The task that a flow plans. Its texts have placeholders such as
/// `{{message.subject}}`; one without a value stays visible in title and
/// description, and leaves priority and assignee as they are without. So does a
/// value that is no priority or assignee; what customers write is none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "typescript", tsify(missing_as_null))]
pub struct TaskPlan {
    /// What is to be done; of what does not fit in a line, the beginning.
    pub title: String,
    /// At length.
    #[serde(default)]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub description: String,
    /// The medium.
    #[serde(default)]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub channel: Option<TaskChannel>,
    /// One of the workspace's task types.
    pub task_type: String,
    /// A priority's word; empty for `medium`.
    #[serde(default)]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub priority: String,
    /// `member:…` or `team:…`; empty for nobody.
    #[serde(default)]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub assignee: String,
    /// When it is due, from the moment the flow runs.
    #[serde(default)]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub due: Option<DueIn>,
}

/// A relative due date: "in 2 business days".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DueIn {
    /// How many units, at most 10,000.
    pub amount: u32,
    /// The unit.
    pub unit: DueUnit,
}

/// The topic that a flow logs; its texts have placeholders.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TopicPlan {
    /// A short title; of what does not fit in a line, the beginning.
    pub subject: String,
    /// One of the workspace's purposes.
    pub purpose: String,
    /// What happened.
    #[serde(default)]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub summary: String,
}

/// What may set a flow off: the entry of a conversation that tells of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(tag = "kind", content = "id", rename_all = "snake_case")]
pub enum FlowEvent {
    /// A message that came in.
    Interaction(crate::id::InteractionId),
    /// Something that somebody did.
    Activity(ActivityId),
}

/// What a run of a flow came to. The activity `run_flow` has it as the new
/// value of the field `flow`, and the flow's name at that time as the old one.
/// Written `flow run step`, with what stopped it behind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FlowRun {
    /// Which flow ran.
    pub flow: FlowId,
    /// This run, which is also its activity.
    pub run: ActivityId,
    /// How many flows had to run one after the other for this one to run, from 1.
    pub step: u32,
    /// Why it did nothing, for people; empty where it did all of its actions.
    pub stopped: String,
}

impl FlowRun {
    /// Why it did nothing, as the refusal it was; `None` where it did all of its
    /// actions.
    pub fn refusal(&self) -> Option<Refusal> {
        let (code, text) = self.stopped.split_once(": ")?;
        let code = Code::ALL.iter().find(|each| each.as_str() == code)?;
        Some(Refusal::new(*code, text))
    }
}

impl fmt::Display for FlowRun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            flow,
            run,
            step,
            stopped,
        } = self;
        write!(f, "{flow} {run} {step}")?;
        if stopped.is_empty() {
            Ok(())
        } else {
            write!(f, " {stopped}")
        }
    }
}

impl FromStr for FlowRun {
    type Err = Refusal;
    fn from_str(text: &str) -> Result<Self, Refusal> {
        let mut words = text.splitn(4, ' ');
        let mut word = || words.next().unwrap_or_default();
        Ok(Self {
            flow: word().parse()?,
            run: word().parse()?,
            step: word()
                .parse()
                .map_err(|_| Refusal::new(Code::Invalid, "This is not a run of a flow."))?,
            stopped: word().to_owned(),
        })
    }
}

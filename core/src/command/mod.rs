//! Commands: what a person, the API, a channel or a flow asks for, as data.
//! One command writes one document in one Automerge change, or is refused and
//! writes nothing.

mod appointment;
pub(crate) mod check;
pub(crate) mod contact;
mod conversation;
mod draft;
mod execute;
mod flow;
mod inbound;
mod message;
mod note;
mod opportunity;
mod task;
mod to_contact;
mod to_conversation;
mod to_workspace;
mod topic;
mod workspace;

use serde::{Deserialize, Serialize};

pub use draft::{
    AppointmentDraft, AppointmentField, CallDraft, ChoiceDraft, ContactDraft, ContactField,
    CustomValue, FieldDraft, FlowDraft, OpportunityDraft, OpportunityField, PipelineDraft,
    PolicyField, TaskDraft, TaskField, TeamDraft, TemplateDraft, TopicDraft, TopicField, ViewDraft,
};
pub use inbound::{DeliveryFact, InboundMessage};
pub use to_contact::ContactCommand;
pub use to_conversation::ConversationCommand;
pub use to_workspace::WorkspaceCommand;

use crate::error::Refusal;
use crate::id::{ContactId, ConversationId, DocumentId, Ids, TaskId, TopicId};
use crate::model::{Member, WorkspaceView};
use crate::time::Timestamp;

/// Who acts, and when: everything a command may not find out by itself.
pub struct Context<'a> {
    /// The present moment.
    pub now: Timestamp,
    /// The acting member, with role and teams.
    pub member: &'a Member,
    /// The workspace's rules and lists.
    pub workspace: &'a WorkspaceView,
    /// Where new ids come from.
    pub ids: &'a mut dyn Ids,
}

/// A command and the document it goes to.
#[allow(clippy::large_enum_variant, reason = "a command lives for one call")]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(untagged)]
pub enum Command {
    /// To a conversation.
    Conversation {
        /// Which.
        conversation: ConversationId,
        /// What.
        #[serde(flatten)]
        command: ConversationCommand,
    },
    /// To a contact.
    Contact {
        /// Which.
        contact: ContactId,
        /// What.
        #[serde(flatten)]
        command: ContactCommand,
    },
    /// To the workspace.
    Workspace(WorkspaceCommand),
}

impl Command {
    /// The document the command writes.
    pub fn document(&self) -> DocumentId {
        match self {
            Command::Conversation { conversation, .. } => (*conversation).into(),
            Command::Contact { contact, .. } => (*contact).into(),
            Command::Workspace(_) => DocumentId::Workspace,
        }
    }
}

/// What a command made or did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct Outcome {
    /// The id of what was made (message, note, task, topic, …), where one was.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "uuid::serde::hyphenated::option"
    )]
    #[cfg_attr(feature = "typescript", tsify(optional, type = "string"))]
    pub created: Option<uuid::Uuid>,
    /// The topic that was logged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub topic: Option<TopicId>,
    /// The task that was planned beside it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub task: Option<TaskId>,
}

impl Outcome {
    /// The outcome of a command that made something.
    pub(crate) fn made(id: uuid::Uuid) -> Self {
        Self {
            created: Some(id),
            ..Self::default()
        }
    }
}

/// The result of executing a command.
pub type CommandResult = Result<Outcome, Refusal>;

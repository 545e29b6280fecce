//! Commands: what a person, the API, a channel or a flow asks for, as data.
//! One command writes one document in one Automerge change, or is refused and
//! writes nothing.

mod check;
mod contact;
mod conversation;
mod execute;
mod message;
mod note;
mod task;
mod topic;

use serde::{Deserialize, Serialize};

use crate::error::Refusal;
use crate::id::{
    ContactId, ConversationId, DocumentId, Ids, InteractionId, MemberId, NoteId, TaskId, TeamId,
    TopicId,
};
use crate::model::{
    Address, Assignee, Attachment, Channel, ContactStatus, Failure, Identity, Member, Priority,
    Span, TaskChannel, TaskStatus, TextEdit, TopicStatus,
};
use crate::time::{Due, Timestamp};

/// Who acts, and when: everything a command may not find out by itself.
pub struct Context<'a> {
    /// The present moment.
    pub now: Timestamp,
    /// The acting member, with role and teams.
    pub member: &'a Member,
    /// Where new ids come from.
    pub ids: &'a mut dyn Ids,
}

/// What a finished task is logged as (spec F0.2).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "typescript", tsify(missing_as_null))]
pub struct TopicDraft {
    /// A short title.
    pub subject: String,
    /// One of the workspace's purposes.
    pub purpose: String,
    /// What happened.
    pub summary: String,
    /// Open or closed; a finished task's outcome is closed.
    #[serde(default)]
    pub status: TopicStatus,
    /// When it began; the first message's time, or now.
    #[serde(default)]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub start: Option<Timestamp>,
    /// When it ended.
    #[serde(default)]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub end: Option<Timestamp>,
    /// The message that began it.
    #[serde(default)]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub first_message: Option<InteractionId>,
    /// The message that concluded it.
    #[serde(default)]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub last_message: Option<InteractionId>,
}

/// A new task's properties (spec F1.1).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "typescript", tsify(missing_as_null))]
pub struct TaskDraft {
    /// What is to be done, in a line.
    pub title: String,
    /// At length.
    #[serde(default)]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub description: String,
    /// The medium.
    #[serde(default)]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub channel: Option<TaskChannel>,
    /// `follow_up`, `internal` or another of the workspace's types.
    pub task_type: String,
    /// How urgent it is.
    pub priority: Priority,
    /// Who it is for.
    #[serde(default)]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub assignee: Option<Assignee>,
    /// When it is due.
    #[serde(default)]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub due: Option<Due>,
}

/// One property of a task to set; `null` clears it where it may be empty.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(tag = "field", content = "value", rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", tsify(missing_as_null))]
pub enum TaskField {
    /// The title.
    Title(String),
    /// The description, as a whole.
    Description(String),
    /// The medium.
    Channel(Option<TaskChannel>),
    /// The type.
    TaskType(String),
    /// The priority.
    Priority(Priority),
    /// The assignee.
    Assignee(Option<Assignee>),
    /// The due date.
    Due(Option<Due>),
}

/// A new contact's profile.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct ContactDraft {
    /// The name.
    pub name: String,
    /// Whether a member saves it.
    pub saved: bool,
    /// `lead`, `customer`, `partner`, `other`; empty for `other`.
    #[serde(rename = "type")]
    pub contact_type: String,
    /// E-mail.
    pub email: String,
    /// Phone.
    pub phone: String,
    /// Company.
    pub company: String,
    /// Addresses on channels.
    pub identities: Vec<Identity>,
    /// Tags.
    pub tags: Vec<String>,
}

/// One field of a contact to set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(tag = "field", content = "value", rename_all = "camelCase")]
pub enum ContactField {
    /// The name.
    Name(String),
    /// Saved or not.
    Saved(bool),
    /// The type.
    Type(String),
    /// The status.
    Status(ContactStatus),
    /// The e-mail.
    Email(String),
    /// The phone.
    Phone(String),
    /// The company.
    Company(String),
}

/// A message that a channel brought in. Server only.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "typescript", tsify(missing_as_null))]
pub struct InboundMessage {
    /// The id, derived by the channel from its own id so that a repeat is the same message.
    pub id: InteractionId,
    /// The channel.
    pub channel: Channel,
    /// When it was received.
    pub at: Timestamp,
    /// The sender.
    pub from: Address,
    /// Recipients.
    pub to: Vec<Address>,
    /// Copied recipients.
    #[serde(default)]
    pub cc: Vec<Address>,
    /// The subject; empty where the channel has none.
    #[serde(default)]
    pub subject: String,
    /// Plain text.
    pub text: String,
    /// HTML, already sanitised.
    #[serde(default)]
    pub html: Option<String>,
    /// Characters (UTF-16) of `text` before quotes and signature begin.
    #[serde(default)]
    pub visible: Option<u32>,
    /// The interaction it answers.
    #[serde(default)]
    pub in_reply_to: Option<InteractionId>,
    /// The channel's own id.
    #[serde(default)]
    pub external_id: Option<String>,
    /// Files.
    #[serde(default)]
    pub attachments: Vec<Attachment>,
    /// SHA-256 of the raw message in lower-case hex.
    #[serde(default)]
    pub raw: Option<String>,
}

/// A fact about the delivery of a message out. Facts only grow. Server only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(tag = "fact", rename_all = "snake_case")]
pub enum DeliveryFact {
    /// Handed to the provider.
    Sent,
    /// Reached the contact.
    Delivered,
    /// Read by the contact.
    Read,
    /// Could not be delivered.
    Failed(Failure),
}

/// What can be asked of a contact's document.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(
    tag = "type",
    rename_all = "snake_case",
    rename_all_fields = "camelCase"
)]
pub enum ContactCommand {
    /// Writes the profile of a new contact. `wrong_state` if it has one.
    CreateContact {
        /// The profile.
        draft: ContactDraft,
    },
    /// Sets one field.
    SetContactField {
        /// The field and its value.
        set: ContactField,
    },
    /// Adds an address; adding it twice changes nothing.
    AddIdentity {
        /// The address.
        identity: Identity,
    },
}

/// What can be asked of a conversation's document.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(
    tag = "type",
    rename_all = "snake_case",
    rename_all_fields = "camelCase"
)]
#[cfg_attr(feature = "typescript", tsify(missing_as_null))]
pub enum ConversationCommand {
    /// Begins the conversation with a contact. The id must be the derived one.
    /// `wrong_state` if it has begun.
    StartConversation {
        /// The contact.
        contact: ContactId,
        /// Which of the contact's conversations, from 0.
        ordinal: u32,
        /// A short title.
        subject: String,
    },
    /// Completes it. The list is what was on the closer's screen.
    CloseConversation {},
    /// Takes it back into the inbox.
    ReopenConversation {},
    /// Sets or clears the owner.
    SetOwner {
        /// The new owner.
        owner: Option<MemberId>,
    },
    /// Sets or clears the team.
    SetTeam {
        /// The new team.
        team: Option<TeamId>,
    },
    /// Sets the priority.
    SetConversationPriority {
        /// The new priority.
        priority: Priority,
    },
    /// Sets the subject.
    SetConversationSubject {
        /// The new subject.
        subject: String,
    },
    /// Adds a tag; adding wins over a concurrent removal.
    AddTag {
        /// The tag.
        tag: String,
    },
    /// Removes a tag.
    RemoveTag {
        /// The tag.
        tag: String,
    },
    /// Marks everything up to a moment as read by the acting member. Moving
    /// backwards is `mark unread`.
    MarkRead {
        /// The moment.
        up_to: Timestamp,
    },
    /// Queues a message to the contact.
    SendMessage {
        /// The channel.
        channel: Channel,
        /// Recipients; the first is the contact.
        to: Vec<Address>,
        /// The subject; empty where the channel has none.
        subject: String,
        /// The content as plain text.
        text: String,
        /// The interaction it answers.
        #[serde(default)]
        #[cfg_attr(feature = "typescript", tsify(optional))]
        in_reply_to: Option<InteractionId>,
    },
    /// Takes in a message that a channel brought. Receiving one twice changes nothing.
    ReceiveMessage {
        /// The message.
        message: Box<InboundMessage>,
    },
    /// Records how far delivery got.
    RecordDelivery {
        /// The message.
        interaction: InteractionId,
        /// The fact.
        fact: DeliveryFact,
    },
    /// Begins a note, or a reply to one.
    AddNote {
        /// The note it answers.
        #[serde(default)]
        #[cfg_attr(feature = "typescript", tsify(optional))]
        parent: Option<NoteId>,
        /// The text.
        spans: Vec<Span>,
    },
    /// Edits a note's text; positions are those of the moment.
    EditNote {
        /// The note.
        note: NoteId,
        /// The edits, in order.
        edits: Vec<TextEdit>,
    },
    /// Deletes a note, leaving a tombstone.
    DeleteNote {
        /// The note.
        note: NoteId,
    },
    /// Brings a deleted note back; admins only.
    RestoreNote {
        /// The note.
        note: NoteId,
    },
    /// Plans a task.
    CreateTask {
        /// Its properties.
        draft: TaskDraft,
    },
    /// Sets one property of a task.
    SetTaskField {
        /// The task.
        task: TaskId,
        /// The property and its value.
        set: TaskField,
    },
    /// Moves a task; reopening is moving to `to_do`.
    SetTaskStatus {
        /// The task.
        task: TaskId,
        /// The new status.
        status: TaskStatus,
    },
    /// Takes a team's task for oneself.
    ClaimTask {
        /// The task.
        task: TaskId,
    },
    /// Marks a task done and logs its outcome as a topic, in one change.
    FinishTask {
        /// The task.
        task: TaskId,
        /// The log; `None` to finish without one.
        #[serde(default)]
        #[cfg_attr(feature = "typescript", tsify(optional))]
        outcome: Option<TopicDraft>,
    },
    /// Logs a topic by hand.
    CreateTopic {
        /// Its properties.
        draft: TopicDraft,
    },
    /// Opens or closes a topic.
    SetTopicStatus {
        /// The topic.
        topic: TopicId,
        /// The new status.
        status: TopicStatus,
    },
}

/// A command and the document it goes to.
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
}

impl Command {
    /// The document the command writes.
    pub fn document(&self) -> DocumentId {
        match self {
            Command::Conversation { conversation, .. } => (*conversation).into(),
            Command::Contact { contact, .. } => (*contact).into(),
        }
    }
}

/// What a command made or did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct Outcome {
    /// The id of what was made (message, note, task, topic), where one was.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "uuid::serde::hyphenated::option"
    )]
    #[cfg_attr(feature = "typescript", tsify(optional, type = "string"))]
    pub created: Option<uuid::Uuid>,
    /// The topic that was logged with a finished task.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub topic: Option<TopicId>,
}

/// The result of executing a command.
pub type CommandResult = Result<Outcome, Refusal>;

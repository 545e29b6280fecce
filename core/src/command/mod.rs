//! Commands: what a person, the API, a channel or a flow asks for, as data.
//! One command writes one document in one Automerge change, or is refused and
//! writes nothing.

mod appointment;
mod check;
mod contact;
mod conversation;
mod draft;
mod execute;
mod inbound;
mod message;
mod note;
mod opportunity;
mod task;
mod topic;
mod workspace;

use serde::{Deserialize, Serialize};

pub use draft::{
    AppointmentDraft, AppointmentField, CallDraft, ChoiceDraft, ContactDraft, ContactField,
    CustomValue, FieldDraft, OpportunityDraft, OpportunityField, PipelineDraft, PolicyField,
    TaskDraft, TaskField, TeamDraft, TemplateDraft, TopicDraft, TopicField, ViewDraft,
};
pub use inbound::{DeliveryFact, InboundMessage};

use crate::error::Refusal;
use crate::id::{
    AppointmentId, ChoiceId, ContactId, ConversationId, DocumentId, Ids, InteractionId, MemberId,
    NoteId, OpportunityId, TaskId, TeamId, TemplateId, TopicId,
};
use crate::model::{
    Address, Answer, AppointmentStatus, Attachment, Channel, Guest, Identity, ListKind, Member,
    MessageFlag, Priority, Span, TaskStatus, TextEdit, TopicStatus, WorkspaceView,
};
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
    /// Removes an address.
    RemoveIdentity {
        /// The address.
        identity: Identity,
    },
    /// Adds a tag; adding wins over a concurrent removal.
    AddContactTag {
        /// The tag.
        tag: String,
    },
    /// Removes a tag.
    RemoveContactTag {
        /// The tag.
        tag: String,
    },
    /// Sets one of the workspace's custom fields. `invalid` if the value is not of its type.
    SetCustomField {
        /// The field and its value.
        set: CustomValue,
    },
    /// Makes this contact an alias of another one (spec §5). Nothing is moved, so it can be undone.
    MergeContact {
        /// The contact that stays.
        into: ContactId,
    },
    /// Undoes a merge.
    UnmergeContact {},
    /// Begins a deal.
    CreateOpportunity {
        /// Its properties.
        draft: OpportunityDraft,
    },
    /// Sets one property of a deal; setting the stage moves it.
    SetOpportunityField {
        /// The deal.
        opportunity: OpportunityId,
        /// The property and its value.
        set: OpportunityField,
    },
    /// Wins or loses a deal.
    CloseOpportunity {
        /// The deal.
        opportunity: OpportunityId,
        /// Won, or lost.
        won: bool,
        /// Why; a lost deal needs a reason.
        reason: String,
    },
    /// Takes a deal that was won or lost back into its pipeline.
    ReopenOpportunity {
        /// The deal.
        opportunity: OpportunityId,
    },
    /// Adds another contact to a deal.
    AddOpportunityContact {
        /// The deal.
        opportunity: OpportunityId,
        /// The contact.
        other: ContactId,
    },
    /// Removes another contact from a deal.
    RemoveOpportunityContact {
        /// The deal.
        opportunity: OpportunityId,
        /// The contact.
        other: ContactId,
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
    /// Begins a conversation with an address that nobody saved (spec F3.3). Linked to a
    /// contact later. `wrong_state` if it has begun.
    StartUnlinked {
        /// The address.
        identity: Identity,
        /// A short title.
        subject: String,
    },
    /// Links an unlinked conversation to a contact.
    LinkConversation {
        /// The contact.
        contact: ContactId,
    },
    /// Undoes the link.
    UnlinkConversation {},
    /// The acting member looks at it: marks it as read where the workspace's policy says so.
    OpenConversation {},
    /// Completes it. `topic_required` where the workspace wants a topic first.
    CloseConversation {
        /// The topic to log in the same change.
        #[serde(default)]
        #[cfg_attr(feature = "typescript", tsify(optional))]
        topic: Option<TopicDraft>,
    },
    /// Takes it out of the inbox until a moment, or until something comes in.
    SnoozeConversation {
        /// The moment; after now.
        until: Timestamp,
    },
    /// Ends the snooze.
    UnsnoozeConversation {},
    /// Stars it for the acting member, or takes the star off.
    StarConversation {
        /// Starred or not.
        starred: bool,
    },
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
        /// Files; their bytes go beside the documents.
        #[serde(default)]
        attachments: Vec<Attachment>,
    },
    /// Lets a held message go, knowing what has come since (spec B2). Its author only.
    ConfirmMessage {
        /// The message.
        interaction: InteractionId,
    },
    /// Takes a queued message back. Its author or an admin only.
    WithdrawMessage {
        /// The message.
        interaction: InteractionId,
    },
    /// Logs a call by hand.
    LogCall {
        /// The call.
        draft: CallDraft,
    },
    /// Marks a message, or takes the mark off.
    SetMessageFlag {
        /// The message.
        interaction: InteractionId,
        /// The mark.
        flag: MessageFlag,
        /// On or off.
        on: bool,
    },
    /// Deletes a message here, leaving a tombstone. What was sent stays sent.
    DeleteMessage {
        /// The message.
        interaction: InteractionId,
    },
    /// Brings a deleted message back.
    RestoreMessage {
        /// The message.
        interaction: InteractionId,
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
        /// The message it hands on to a teammate.
        #[serde(default)]
        #[cfg_attr(feature = "typescript", tsify(optional))]
        message: Option<InteractionId>,
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
    /// Marks a task done and logs its outcome as a topic, a note or both, in one change.
    FinishTask {
        /// The task.
        task: TaskId,
        /// The log; `None` to finish without one.
        #[serde(default)]
        #[cfg_attr(feature = "typescript", tsify(optional))]
        outcome: Option<TopicDraft>,
        /// A note; empty for none.
        #[serde(default)]
        note: Vec<Span>,
        /// The task that follows.
        #[serde(default)]
        #[cfg_attr(feature = "typescript", tsify(optional))]
        follow_up: Option<TaskDraft>,
    },
    /// Logs a topic, and plans the task that follows in the same change (spec F4.5).
    CreateTopic {
        /// Its properties.
        draft: TopicDraft,
        /// The task that follows.
        #[serde(default)]
        #[cfg_attr(feature = "typescript", tsify(optional))]
        follow_up: Option<TaskDraft>,
    },
    /// Sets one property of a topic.
    SetTopicField {
        /// The topic.
        topic: TopicId,
        /// The property and its value.
        set: TopicField,
    },
    /// Opens or closes a topic.
    SetTopicStatus {
        /// The topic.
        topic: TopicId,
        /// The new status.
        status: TopicStatus,
    },
    /// Books an appointment.
    BookAppointment {
        /// Its properties.
        draft: AppointmentDraft,
    },
    /// Sets one property of an appointment; setting `when` reschedules it and asks everybody again.
    SetAppointmentField {
        /// The appointment.
        appointment: AppointmentId,
        /// The property and its value.
        set: AppointmentField,
    },
    /// Completes or cancels an appointment, notes that the contact did not come, or takes that back.
    SetAppointmentStatus {
        /// The appointment.
        appointment: AppointmentId,
        /// The new status.
        status: AppointmentStatus,
    },
    /// Asks somebody to come; asking wins over a concurrent removal.
    AddAttendee {
        /// The appointment.
        appointment: AppointmentId,
        /// Who.
        who: Guest,
    },
    /// Takes somebody off the list.
    RemoveAttendee {
        /// The appointment.
        appointment: AppointmentId,
        /// Who.
        who: Guest,
    },
    /// Records an attendee's answer.
    AnswerAppointment {
        /// The appointment.
        appointment: AppointmentId,
        /// Who answers.
        who: Guest,
        /// The answer.
        answer: Answer,
    },
}

/// What can be asked of the workspace's document. Admins only, but for saved views.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(
    tag = "type",
    rename_all = "snake_case",
    rename_all_fields = "camelCase"
)]
pub enum WorkspaceCommand {
    /// Sets one of the rules.
    SetPolicy {
        /// The rule and its value.
        set: PolicyField,
    },
    /// Writes an entry of a list.
    PutChoice {
        /// The list.
        list: ListKind,
        /// The entry.
        choice: ChoiceDraft,
    },
    /// Writes a team.
    PutTeam {
        /// The team.
        team: TeamDraft,
    },
    /// Adds a member to a team; adding wins over a concurrent removal.
    AddTeamMember {
        /// The team.
        team: TeamId,
        /// The member.
        member: MemberId,
    },
    /// Removes a member from a team.
    RemoveTeamMember {
        /// The team.
        team: TeamId,
        /// The member.
        member: MemberId,
    },
    /// Writes a custom field.
    PutField {
        /// The field.
        field: FieldDraft,
    },
    /// Writes a pipeline and stages of it.
    PutPipeline {
        /// The pipeline.
        pipeline: PipelineDraft,
    },
    /// Writes a template.
    PutTemplate {
        /// The template.
        template: TemplateDraft,
    },
    /// Removes a template.
    RemoveTemplate {
        /// The template.
        template: TemplateId,
    },
    /// Writes a view of the acting member.
    SaveView {
        /// The view.
        view: ViewDraft,
    },
    /// Removes a view of the acting member.
    RemoveView {
        /// The view.
        view: ChoiceId,
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

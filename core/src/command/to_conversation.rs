//! Commands to a conversation's document.

use serde::{Deserialize, Serialize};

use super::{
    AppointmentDraft, AppointmentField, CallDraft, DeliveryFact, InboundMessage, TaskDraft,
    TaskField, TopicDraft, TopicField,
};
use crate::id::{
    AppointmentId, ContactId, FlowId, InteractionId, MemberId, NoteId, TaskId, TeamId, TopicId,
};
use crate::model::{
    Address, Answer, AppointmentStatus, Attachment, Channel, FlowEvent, Guest, Identity,
    MessageFlag, Priority, Span, TaskStatus, TextEdit, TopicStatus,
};
use crate::schedule::ZoneOffset;
use crate::time::Timestamp;

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
    /// Runs a flow for something that happened in the conversation, where the flow
    /// is on and its conditions hold. Server only. Running it twice changes nothing;
    /// what does not work out leaves an activity that says why, and nothing else.
    RunFlow {
        /// The flow.
        flow: FlowId,
        /// What happened.
        event: FlowEvent,
        /// How many flows ran one after the other for it to happen, this one counted.
        step: u32,
        /// The offsets of the workspace's zone around now, for due dates.
        #[serde(default)]
        offsets: Vec<ZoneOffset>,
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

//! Which rule answers which command.

use super::{Command, ContactCommand, ConversationCommand, Outcome};
use super::{contact, conversation, message, note, task, topic};
use crate::document::Writer;
use crate::error::Refusal;

impl Command {
    /// Writes the command, or refuses it. The caller rolls back on a refusal.
    pub(crate) fn execute(&self, w: &mut Writer<'_, '_>) -> Result<Outcome, Refusal> {
        match self {
            Command::Conversation { command, .. } => command.execute(w),
            Command::Contact { command, .. } => command.execute(w),
        }
    }

    /// The command's name, which is also its change's message.
    pub fn name(&self) -> &'static str {
        match self {
            Command::Conversation { command, .. } => command.name(),
            Command::Contact { command, .. } => command.name(),
        }
    }
}

impl ContactCommand {
    fn execute(&self, w: &mut Writer<'_, '_>) -> Result<Outcome, Refusal> {
        match self {
            Self::CreateContact { draft } => contact::create(w, draft),
            Self::SetContactField { set } => contact::set_field(w, set),
            Self::AddIdentity { identity } => contact::add_identity(w, identity),
        }
    }

    fn name(&self) -> &'static str {
        match self {
            Self::CreateContact { .. } => "create_contact",
            Self::SetContactField { .. } => "set_contact_field",
            Self::AddIdentity { .. } => "add_identity",
        }
    }
}

impl ConversationCommand {
    fn execute(&self, w: &mut Writer<'_, '_>) -> Result<Outcome, Refusal> {
        match self {
            Self::StartConversation {
                contact,
                ordinal,
                subject,
            } => conversation::start(w, *contact, *ordinal, subject),
            Self::CloseConversation {} => conversation::close(w),
            Self::ReopenConversation {} => conversation::reopen(w),
            Self::SetOwner { .. }
            | Self::SetTeam { .. }
            | Self::SetConversationPriority { .. }
            | Self::SetConversationSubject { .. } => self.set_state(w),
            Self::AddTag { tag } => conversation::tag(w, tag, true),
            Self::RemoveTag { tag } => conversation::tag(w, tag, false),
            Self::MarkRead { up_to } => conversation::mark_read(w, *up_to),
            Self::SendMessage { .. } => message::send(w, self),
            Self::ReceiveMessage { message } => message::receive(w, message),
            Self::RecordDelivery { interaction, fact } => {
                message::record_delivery(w, *interaction, fact)
            }
            Self::AddNote { parent, spans } => note::add(w, *parent, spans),
            Self::EditNote { note, edits } => note::edit(w, *note, edits),
            Self::DeleteNote { note } => note::delete(w, *note),
            Self::RestoreNote { note } => note::restore(w, *note),
            Self::CreateTask { draft } => task::create(w, draft),
            Self::SetTaskField { task, set } => task::set_field(w, *task, set),
            Self::SetTaskStatus { task, status } => task::set_status(w, *task, *status),
            Self::ClaimTask { task } => task::claim(w, *task),
            Self::FinishTask { task, outcome } => task::finish(w, *task, outcome.as_ref()),
            Self::CreateTopic { draft } => topic::create(w, draft),
            Self::SetTopicStatus { topic, status } => topic::set_status(w, *topic, *status),
        }
    }

    /// The commands that set one field of the conversation's state.
    fn set_state(&self, w: &mut Writer<'_, '_>) -> Result<Outcome, Refusal> {
        let header = &w.conversation()?.header;
        let text = |id: Option<String>| id.unwrap_or_default();
        let (field, from, to) = match self {
            Self::SetOwner { owner } => (
                "owner",
                text(header.owner.as_ref().map(ToString::to_string)),
                owner.as_ref().map(ToString::to_string),
            ),
            Self::SetTeam { team } => (
                "team",
                text(header.team.as_ref().map(ToString::to_string)),
                team.as_ref().map(ToString::to_string),
            ),
            Self::SetConversationPriority { priority } => (
                "priority",
                Writer::word(&header.priority),
                Some(Writer::word(priority)),
            ),
            Self::SetConversationSubject { subject } => (
                "subject",
                header.subject.clone(),
                Some(super::check::optional_line(subject, "subject")?),
            ),
            _ => return Ok(Outcome::default()),
        };
        conversation::set(w, self, field, from, to)
    }

    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::StartConversation { .. } => "start_conversation",
            Self::CloseConversation {} => "close_conversation",
            Self::ReopenConversation {} => "reopen_conversation",
            Self::SetOwner { .. } => "set_owner",
            Self::SetTeam { .. } => "set_team",
            Self::SetConversationPriority { .. } => "set_conversation_priority",
            Self::SetConversationSubject { .. } => "set_conversation_subject",
            Self::AddTag { .. } => "add_tag",
            Self::RemoveTag { .. } => "remove_tag",
            Self::MarkRead { .. } => "mark_read",
            Self::SendMessage { .. } => "send_message",
            Self::ReceiveMessage { .. } => "receive_message",
            Self::RecordDelivery { .. } => "record_delivery",
            Self::AddNote { .. } => "add_note",
            Self::EditNote { .. } => "edit_note",
            Self::DeleteNote { .. } => "delete_note",
            Self::RestoreNote { .. } => "restore_note",
            Self::CreateTask { .. } => "create_task",
            Self::SetTaskField { .. } => "set_task_field",
            Self::SetTaskStatus { .. } => "set_task_status",
            Self::ClaimTask { .. } => "claim_task",
            Self::FinishTask { .. } => "finish_task",
            Self::CreateTopic { .. } => "create_topic",
            Self::SetTopicStatus { .. } => "set_topic_status",
        }
    }
}

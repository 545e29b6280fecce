//! Which rule answers which command.

use super::{Command, ContactCommand, ConversationCommand, Outcome, WorkspaceCommand};
use super::{
    appointment, contact, conversation, flow, message, note, opportunity, task, topic, workspace,
};
use crate::document::Writer;
use crate::error::Refusal;

impl Command {
    /// Writes the command, or refuses it. The caller rolls back on a refusal.
    pub(crate) fn execute(&self, w: &mut Writer<'_, '_>) -> Result<Outcome, Refusal> {
        match self {
            Command::Conversation { command, .. } => command.execute(w),
            Command::Contact { command, .. } => command.execute(w),
            Command::Workspace(command) => workspace::execute(w, command),
        }
    }

    /// The command's name, which is also its change's message.
    pub fn name(&self) -> &'static str {
        match self {
            Command::Conversation { command, .. } => command.name(),
            Command::Contact { command, .. } => command.name(),
            Command::Workspace(command) => command.name(),
        }
    }

    /// Whether the command may be the first one of its document.
    pub(crate) fn begins(&self) -> bool {
        let first = [
            "start_conversation",
            "start_unlinked",
            "create_contact",
            "import_contact",
        ];
        matches!(self, Command::Workspace(_)) || first.contains(&self.name())
    }
}

impl ContactCommand {
    fn execute(&self, w: &mut Writer<'_, '_>) -> Result<Outcome, Refusal> {
        match self {
            Self::CreateContact { draft } => contact::create(w, draft),
            Self::ImportContact { draft } => contact::import(w, draft),
            Self::SetContactField { set } => contact::set_field(w, set),
            Self::AddIdentity { identity } => contact::identity(w, identity, true),
            Self::RemoveIdentity { identity } => contact::identity(w, identity, false),
            Self::AddContactTag { tag } => contact::tag(w, tag, true),
            Self::RemoveContactTag { tag } => contact::tag(w, tag, false),
            Self::SetCustomField { set } => contact::set_custom(w, set),
            Self::MergeContact { into } => contact::merge(w, Some(*into)),
            Self::UnmergeContact {} => contact::merge(w, None),
            Self::CreateOpportunity { draft } => opportunity::create(w, draft),
            Self::SetOpportunityField { opportunity, set } => {
                opportunity::set_field(w, *opportunity, set)
            }
            Self::CloseOpportunity {
                opportunity,
                won,
                reason,
            } => opportunity::close(w, *opportunity, *won, reason),
            Self::ReopenOpportunity { opportunity } => opportunity::reopen(w, *opportunity),
            Self::AddOpportunityContact { opportunity, other } => {
                opportunity::contact(w, *opportunity, *other, true)
            }
            Self::RemoveOpportunityContact { opportunity, other } => {
                opportunity::contact(w, *opportunity, *other, false)
            }
        }
    }

    fn name(&self) -> &'static str {
        match self {
            Self::CreateContact { .. } => "create_contact",
            Self::ImportContact { .. } => "import_contact",
            Self::SetContactField { .. } => "set_contact_field",
            Self::AddIdentity { .. } => "add_identity",
            Self::RemoveIdentity { .. } => "remove_identity",
            Self::AddContactTag { .. } => "add_contact_tag",
            Self::RemoveContactTag { .. } => "remove_contact_tag",
            Self::SetCustomField { .. } => "set_custom_field",
            Self::MergeContact { .. } => "merge_contact",
            Self::UnmergeContact {} => "unmerge_contact",
            Self::CreateOpportunity { .. } => "create_opportunity",
            Self::SetOpportunityField { .. } => "set_opportunity_field",
            Self::CloseOpportunity { .. } => "close_opportunity",
            Self::ReopenOpportunity { .. } => "reopen_opportunity",
            Self::AddOpportunityContact { .. } => "add_opportunity_contact",
            Self::RemoveOpportunityContact { .. } => "remove_opportunity_contact",
        }
    }
}

impl ConversationCommand {
    pub(super) fn execute(&self, w: &mut Writer<'_, '_>) -> Result<Outcome, Refusal> {
        match self {
            Self::StartConversation {
                contact,
                ordinal,
                subject,
            } => conversation::start(w, *contact, *ordinal, subject),
            Self::StartUnlinked { identity, subject } => {
                conversation::start_unlinked(w, identity, subject)
            }
            Self::LinkConversation { contact } => conversation::link(w, Some(*contact)),
            Self::UnlinkConversation {} => conversation::link(w, None),
            Self::OpenConversation {} => conversation::open(w),
            Self::CloseConversation { topic } => conversation::close(w, topic.as_ref()),
            Self::SnoozeConversation { until } => conversation::snooze(w, *until),
            Self::UnsnoozeConversation {} => conversation::unsnooze(w),
            Self::StarConversation { starred } => conversation::star(w, *starred),
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
            Self::ConfirmMessage { interaction } => message::confirm(w, *interaction),
            Self::WithdrawMessage { interaction } => message::withdraw(w, *interaction),
            Self::LogCall { draft } => message::log_call(w, draft),
            Self::SetMessageFlag {
                interaction,
                flag,
                on,
            } => message::set_flag(w, *interaction, *flag, *on),
            Self::DeleteMessage { interaction } => message::delete(w, *interaction),
            Self::RestoreMessage { interaction } => message::restore(w, *interaction),
            Self::RunFlow {
                flow,
                event,
                step,
                offsets,
            } => flow::run(w, *flow, *event, *step, offsets),
            Self::AddNote {
                parent,
                message,
                spans,
            } => note::add(w, *parent, *message, spans),
            Self::EditNote { note, edits } => note::edit(w, *note, edits),
            Self::DeleteNote { note } => note::delete(w, *note),
            Self::RestoreNote { note } => note::restore(w, *note),
            Self::CreateTask { draft } => task::create(w, draft),
            Self::SetTaskField { task, set } => task::set_field(w, *task, set),
            Self::SetTaskStatus { task, status } => task::set_status(w, *task, *status),
            Self::ClaimTask { task } => task::claim(w, *task),
            Self::FinishTask {
                task,
                outcome,
                note,
                follow_up,
            } => task::finish(w, *task, outcome.as_ref(), note, follow_up.as_ref()),
            Self::CreateTopic { draft, follow_up } => topic::create(w, draft, follow_up.as_ref()),
            Self::SetTopicField { topic, set } => topic::set_field(w, *topic, set),
            Self::SetTopicStatus { topic, status } => topic::set_status(w, *topic, *status),
            Self::BookAppointment { draft } => appointment::book(w, draft),
            Self::SetAppointmentField { appointment, set } => {
                appointment::set_field(w, *appointment, set)
            }
            Self::SetAppointmentStatus {
                appointment,
                status,
            } => appointment::set_status(w, *appointment, *status),
            Self::AddAttendee { appointment, who } => {
                appointment::attend(w, *appointment, who, true)
            }
            Self::RemoveAttendee { appointment, who } => {
                appointment::attend(w, *appointment, who, false)
            }
            Self::AnswerAppointment {
                appointment,
                who,
                answer,
            } => appointment::answer(w, *appointment, who, *answer),
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
            Self::StartUnlinked { .. } => "start_unlinked",
            Self::LinkConversation { .. } => "link_conversation",
            Self::UnlinkConversation {} => "unlink_conversation",
            Self::OpenConversation {} => "open_conversation",
            Self::CloseConversation { .. } => "close_conversation",
            Self::SnoozeConversation { .. } => "snooze_conversation",
            Self::UnsnoozeConversation {} => "unsnooze_conversation",
            Self::StarConversation { .. } => "star_conversation",
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
            Self::ConfirmMessage { .. } => "confirm_message",
            Self::WithdrawMessage { .. } => "withdraw_message",
            Self::LogCall { .. } => "log_call",
            Self::SetMessageFlag { .. } => "set_message_flag",
            Self::DeleteMessage { .. } => "delete_message",
            Self::RestoreMessage { .. } => "restore_message",
            Self::RunFlow { .. } => "run_flow",
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
            Self::SetTopicField { .. } => "set_topic_field",
            Self::SetTopicStatus { .. } => "set_topic_status",
            Self::BookAppointment { .. } => "book_appointment",
            Self::SetAppointmentField { .. } => "set_appointment_field",
            Self::SetAppointmentStatus { .. } => "set_appointment_status",
            Self::AddAttendee { .. } => "add_attendee",
            Self::RemoveAttendee { .. } => "remove_attendee",
            Self::AnswerAppointment { .. } => "answer_appointment",
        }
    }
}

impl WorkspaceCommand {
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::SetPolicy { .. } => "set_policy",
            Self::PutChoice { .. } => "put_choice",
            Self::PutTeam { .. } => "put_team",
            Self::AddTeamMember { .. } => "add_team_member",
            Self::RemoveTeamMember { .. } => "remove_team_member",
            Self::PutField { .. } => "put_field",
            Self::PutPipeline { .. } => "put_pipeline",
            Self::PutTemplate { .. } => "put_template",
            Self::RemoveTemplate { .. } => "remove_template",
            Self::PutFlow { .. } => "put_flow",
            Self::SwitchFlow { .. } => "switch_flow",
            Self::RemoveFlow { .. } => "remove_flow",
            Self::SaveView { .. } => "save_view",
            Self::RemoveView { .. } => "remove_view",
        }
    }
}

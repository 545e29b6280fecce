//! Commands as tests write them: short, with one thing each that matters.

use threadline_core::command::{
    AppointmentDraft, AppointmentField, CallDraft, ChoiceDraft, ContactCommand, ContactDraft,
    ConversationCommand, InboundMessage, OpportunityDraft, OpportunityField, PolicyField,
    TaskDraft, TaskField, TeamDraft, TemplateDraft, TopicDraft, ViewDraft, WorkspaceCommand,
};
use threadline_core::id::{AppointmentId, InteractionId, OpportunityId, TaskId};
use threadline_core::model::{
    Address, Block, Call, CallOutcome, Channel, Direction, Identity, ListKind, Marks, Money,
    Priority, Span, StageRef, TextEdit, TopicOrigin, TopicStatus,
};
use threadline_core::time::{Due, TimeSpan, Timestamp};
use uuid::Uuid;

use super::{at, contact, note};

/// Begins the conversation of all tests.
pub(crate) fn start(subject: &str) -> ConversationCommand {
    ConversationCommand::StartConversation {
        contact: contact(),
        ordinal: 0,
        subject: subject.to_owned(),
    }
}

/// Sets the owner by name; nobody for an empty one.
pub(crate) fn owner(name: &str) -> ConversationCommand {
    ConversationCommand::SetOwner {
        owner: name.parse().ok(),
    }
}

/// Adds a tag.
pub(crate) fn add_tag(tag: &str) -> ConversationCommand {
    ConversationCommand::AddTag {
        tag: tag.to_owned(),
    }
}

/// Removes a tag.
pub(crate) fn remove_tag(tag: &str) -> ConversationCommand {
    ConversationCommand::RemoveTag {
        tag: tag.to_owned(),
    }
}

/// An e-mail address.
pub(crate) fn address(name: &str) -> Address {
    Address {
        name: name.to_owned(),
        address: format!("{name}@example.com"),
    }
}

/// A reply by e-mail.
pub(crate) fn send(text: &str) -> ConversationCommand {
    ConversationCommand::SendMessage {
        channel: Channel::Email,
        to: vec![address("dora")],
        subject: "Re: An order".to_owned(),
        text: text.to_owned(),
        in_reply_to: None,
        attachments: Vec::new(),
    }
}

/// A message of the contact; the same number is the same message.
pub(crate) fn inbound(number: u8, at: Timestamp, text: &str) -> InboundMessage {
    InboundMessage {
        id: InteractionId(Uuid::from_u64_pair(0xe, u64::from(number))),
        channel: Channel::Email,
        at,
        from: address("dora"),
        to: vec![address("shop")],
        cc: Vec::new(),
        subject: "An order".to_owned(),
        text: text.to_owned(),
        html: None,
        visible: None,
        in_reply_to: None,
        external_id: Some(format!("{number}@mail.example.com")),
        attachments: Vec::new(),
        raw: None,
    }
}

/// Takes in a message of the contact.
pub(crate) fn receive(number: u8, seconds: i64, text: &str) -> ConversationCommand {
    ConversationCommand::ReceiveMessage {
        message: Box::new(inbound(number, at(seconds), text)),
    }
}

/// Text without marks.
pub(crate) fn words(text: &str) -> Span {
    Span::Text {
        value: text.to_owned(),
        marks: Marks::new(),
    }
}

/// A marker that begins a block.
pub(crate) fn block(block_type: &str) -> Span {
    Span::Block {
        value: Block {
            block_type: block_type.to_owned(),
            parents: Vec::new(),
            attrs: Default::default(),
            is_embed: false,
        },
    }
}

/// The text of spans; a marker is a line break.
pub(crate) fn plain(spans: &[Span]) -> String {
    spans
        .iter()
        .map(|span| match span {
            Span::Text { value, .. } => value.as_str(),
            Span::Block { .. } => "\n",
        })
        .collect()
}

/// Begins a note.
pub(crate) fn add_note(text: &str) -> ConversationCommand {
    ConversationCommand::AddNote {
        parent: None,
        spans: vec![words(text)],
        message: None,
    }
}

/// One splice of a note's text.
pub(crate) fn splice(at: u32, delete: u32, insert: &str) -> TextEdit {
    TextEdit::Splice {
        at,
        delete,
        insert: insert.to_owned(),
    }
}

/// Types in a note.
pub(crate) fn type_in(id: Uuid, at: u32, insert: &str) -> ConversationCommand {
    ConversationCommand::EditNote {
        note: note(id),
        edits: vec![splice(at, 0, insert)],
    }
}

/// A task's properties with nothing but a title.
pub(crate) fn task_draft(title: &str) -> TaskDraft {
    TaskDraft {
        title: title.to_owned(),
        description: String::new(),
        channel: None,
        task_type: "follow_up".to_owned(),
        priority: Priority::Medium,
        assignee: None,
        due: None,
    }
}

/// Plans a task.
pub(crate) fn create_task(title: &str) -> ConversationCommand {
    ConversationCommand::CreateTask {
        draft: task_draft(title),
    }
}

/// Plans a task for `member:…` or `team:…`.
pub(crate) fn create_task_for(assignee: &str) -> ConversationCommand {
    ConversationCommand::CreateTask {
        draft: TaskDraft {
            assignee: Some(assignee.parse().unwrap()),
            ..task_draft("Call back")
        },
    }
}

/// Sets one property of a task.
pub(crate) fn set_task(id: Uuid, set: TaskField) -> ConversationCommand {
    ConversationCommand::SetTaskField {
        task: TaskId(id),
        set,
    }
}

/// A due date as a moment.
pub(crate) fn due(seconds: i64) -> Due {
    Due {
        at: at(seconds),
        zone: "Europe/Lisbon".to_owned(),
        day: None,
    }
}

/// A topic with a subject and a summary.
pub(crate) fn topic_draft(subject: &str) -> TopicDraft {
    TopicDraft {
        subject: subject.to_owned(),
        purpose: "issue".to_owned(),
        summary: "It was sent again.".to_owned(),
        status: TopicStatus::Open,
        start: None,
        end: None,
        first_message: None,
        last_message: None,
        owner: None,
        origin: TopicOrigin::Manual,
        reference: String::new(),
    }
}

/// Writes a contact's profile.
pub(crate) fn create_contact(name: &str) -> ContactCommand {
    ContactCommand::CreateContact {
        draft: ContactDraft {
            name: name.to_owned(),
            email: "dora@example.com".to_owned(),
            identities: vec![identity("dora@example.com")],
            tags: vec!["vip".to_owned()],
            ..ContactDraft::default()
        },
    }
}

/// An address on e-mail.
pub(crate) fn identity(address: &str) -> Identity {
    Identity {
        channel: Channel::Email,
        address: address.to_owned(),
    }
}

/// A stretch of time in Lisbon.
pub(crate) fn span(start: i64, end: i64) -> TimeSpan {
    TimeSpan {
        start: at(start),
        end: at(end),
        zone: "Europe/Lisbon".to_owned(),
    }
}

/// An appointment of an hour with nobody.
pub(crate) fn appointment_draft(title: &str) -> AppointmentDraft {
    AppointmentDraft {
        title: title.to_owned(),
        when: span(3_600, 7_200),
        organiser: None,
        attendees: Vec::new(),
        place: String::new(),
        link: String::new(),
        agenda: String::new(),
    }
}

/// Books an appointment.
pub(crate) fn book(title: &str) -> ConversationCommand {
    ConversationCommand::BookAppointment {
        draft: appointment_draft(title),
    }
}

/// Sets one property of an appointment.
pub(crate) fn set_appointment(id: Uuid, set: AppointmentField) -> ConversationCommand {
    ConversationCommand::SetAppointmentField {
        appointment: AppointmentId(id),
        set,
    }
}

/// Asks `member:…`, `contact:…` or `email:…` to come.
pub(crate) fn add_attendee(id: Uuid, who: &str) -> ConversationCommand {
    ConversationCommand::AddAttendee {
        appointment: AppointmentId(id),
        who: who.parse().unwrap(),
    }
}

/// Takes somebody off the list.
pub(crate) fn remove_attendee(id: Uuid, who: &str) -> ConversationCommand {
    ConversationCommand::RemoveAttendee {
        appointment: AppointmentId(id),
        who: who.parse().unwrap(),
    }
}

/// A call of a minute that was answered.
pub(crate) fn call_draft(direction: Direction) -> CallDraft {
    CallDraft {
        direction,
        at: None,
        number: "+351 912 345 678".to_owned(),
        call: Call {
            outcome: CallOutcome::Answered,
            duration: 60,
            recording: String::new(),
        },
        text: "About the parcel".to_owned(),
    }
}

/// Logs a call.
pub(crate) fn log_call(direction: Direction) -> ConversationCommand {
    ConversationCommand::LogCall {
        draft: call_draft(direction),
    }
}

/// An amount in euros.
pub(crate) fn euros(amount: i64) -> Money {
    Money {
        amount,
        currency: "EUR".to_owned(),
    }
}

/// A stage of the pipeline that is there from the start.
pub(crate) fn stage(stage: &str) -> StageRef {
    StageRef {
        pipeline: "sales".parse().unwrap(),
        stage: stage.parse().unwrap(),
    }
}

/// A deal in its first stage.
pub(crate) fn deal_draft(title: &str) -> OpportunityDraft {
    OpportunityDraft {
        title: title.to_owned(),
        stage: stage("new"),
        value: euros(10_000),
        expected: String::new(),
        owner: None,
        contacts: Vec::new(),
    }
}

/// Begins a deal.
pub(crate) fn create_deal(title: &str) -> ContactCommand {
    ContactCommand::CreateOpportunity {
        draft: deal_draft(title),
    }
}

/// Sets one property of a deal.
pub(crate) fn set_deal(id: Uuid, set: OpportunityField) -> ContactCommand {
    ContactCommand::SetOpportunityField {
        opportunity: OpportunityId(id),
        set,
    }
}

/// Wins a deal, or loses it for a reason.
pub(crate) fn close_deal(id: Uuid, won: bool, reason: &str) -> ContactCommand {
    ContactCommand::CloseOpportunity {
        opportunity: OpportunityId(id),
        won,
        reason: reason.to_owned(),
    }
}

/// Sets a rule of the workspace.
pub(crate) fn policy(set: PolicyField) -> WorkspaceCommand {
    WorkspaceCommand::SetPolicy { set }
}

/// An entry of a list; a new one without an id.
pub(crate) fn choice_draft(id: &str, name: &str) -> ChoiceDraft {
    ChoiceDraft {
        id: id.parse().ok(),
        name: name.to_owned(),
        position: 5,
        archived: false,
    }
}

/// Writes an entry of a list.
pub(crate) fn put_choice(list: ListKind, choice: ChoiceDraft) -> WorkspaceCommand {
    WorkspaceCommand::PutChoice { list, choice }
}

/// Writes a team.
pub(crate) fn put_team(id: &str, name: &str) -> WorkspaceCommand {
    WorkspaceCommand::PutTeam {
        team: TeamDraft {
            id: id.parse().ok(),
            name: name.to_owned(),
            archived: false,
        },
    }
}

/// Adds a member to a team.
pub(crate) fn join_team(team: &str, member: &str) -> WorkspaceCommand {
    WorkspaceCommand::AddTeamMember {
        team: team.parse().unwrap(),
        member: member.parse().unwrap(),
    }
}

/// Removes a member from a team.
pub(crate) fn leave_team(team: &str, member: &str) -> WorkspaceCommand {
    WorkspaceCommand::RemoveTeamMember {
        team: team.parse().unwrap(),
        member: member.parse().unwrap(),
    }
}

/// A template for all channels.
pub(crate) fn template_draft(name: &str) -> TemplateDraft {
    TemplateDraft {
        id: None,
        name: name.to_owned(),
        channel: None,
        language: "en".to_owned(),
        subject: String::new(),
        text: "Hello {{contact.first_name}}".to_owned(),
    }
}

/// Saves a view of the inbox; a new one without an id.
pub(crate) fn save_view(id: &str, name: &str, query: &str) -> WorkspaceCommand {
    WorkspaceCommand::SaveView {
        view: ViewDraft {
            id: id.parse().ok(),
            name: name.to_owned(),
            shared: true,
            list: "inbox".to_owned(),
            query: query.to_owned(),
        },
    }
}

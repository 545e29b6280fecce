//! Commands of every kind, chosen by chance from what a member sees.

use threadline_core::command::{
    AppointmentDraft, AppointmentField, CallDraft, ChoiceDraft, Command, ContactCommand,
    ContactDraft, ContactField, ConversationCommand, OpportunityDraft, PolicyField, TaskDraft,
    TaskField, TopicDraft, TopicField, ViewDraft, WorkspaceCommand,
};
use threadline_core::id::{
    AppointmentId, ContactId, ConversationId, InteractionId, NoteId, TaskId, TopicId, WorkspaceId,
};
use threadline_core::model::{
    Address, Answer, AppointmentStatus, Block, Call, Channel, ContactStatus, Direction, Expand,
    Identity, Item, ListKind, MarkValue, MessageFlag, Money, Priority, Span, StageRef, TaskStatus,
    TextEdit, TopicOrigin, TopicStatus,
};
use threadline_core::replica::Replica;
use threadline_core::time::{Due, TimeSpan, Timestamp};

use crate::rng::Rng;

const WORDS: [&str; 6] = ["lamp", "chair", "refund", "tomorrow", "😀", "naïve"];
const TAGS: [&str; 3] = ["urgent", "vip", "lamps"];
const MEMBERS: [&str; 3] = ["ana", "ben", "cleo"];
const PRIORITIES: [Priority; 4] = [
    Priority::Low,
    Priority::Medium,
    Priority::High,
    Priority::Critical,
];

/// The contacts of the simulated workspace.
pub(crate) fn contacts(workspace: &WorkspaceId) -> Vec<ContactId> {
    ["rui@example.com", "eva@example.com"]
        .iter()
        .map(|address| ContactId::of_identity(workspace, "email", address))
        .collect()
}

/// Two conversations with each contact.
pub(crate) fn conversations(workspace: &WorkspaceId) -> Vec<(ContactId, u32, ConversationId)> {
    contacts(workspace)
        .into_iter()
        .flat_map(|contact| {
            (0..2).map(move |ordinal| {
                let id = ConversationId::of_contact(contact, ordinal);
                (contact, ordinal, id)
            })
        })
        .collect()
}

fn word(rng: &mut Rng) -> String {
    rng.pick(&WORDS).copied().unwrap_or_default().to_owned()
}

fn sentence(rng: &mut Rng) -> String {
    let words: Vec<String> = (0..=rng.below(6)).map(|_| word(rng)).collect();
    words.join(" ")
}

/// A command to a contact's document.
pub(crate) fn to_contact(rng: &mut Rng, contact: ContactId) -> Command {
    let identity = Identity {
        channel: Channel::Email,
        address: format!("{}@example.com", rng.below(4)),
    };
    let command = match rng.below(9) {
        0 => ContactCommand::CreateContact {
            draft: ContactDraft {
                name: sentence(rng),
                saved: rng.chance(50),
                contact_type: "customer".to_owned(),
                identities: vec![identity],
                tags: vec!["vip".to_owned()],
                ..ContactDraft::default()
            },
        },
        1 => ContactCommand::AddIdentity { identity },
        6 => ContactCommand::AddContactTag { tag: word(rng) },
        7 => ContactCommand::RemoveIdentity { identity },
        8 => deal(rng),
        n => ContactCommand::SetContactField {
            set: match n {
                2 => ContactField::Name(sentence(rng)),
                3 => ContactField::Saved(rng.chance(50)),
                4 => ContactField::Company(word(rng)),
                _ => ContactField::Status(ContactStatus::Active),
            },
        },
    };
    Command::Contact { contact, command }
}

/// A command to a conversation that a member has in memory.
pub(crate) fn to_conversation(
    rng: &mut Rng,
    replica: &Replica,
    now: Timestamp,
    (contact, ordinal, conversation): (ContactId, u32, ConversationId),
) -> Command {
    let items = replica.items(conversation, None, 200);
    let begun = replica
        .header(conversation)
        .is_some_and(|header| header.contact.is_some());
    let command = if begun {
        in_conversation(rng, &items, now)
    } else {
        ConversationCommand::StartConversation {
            contact,
            ordinal,
            subject: sentence(rng),
        }
    };
    Command::Conversation {
        conversation,
        command,
    }
}

fn in_conversation(rng: &mut Rng, items: &[&Item], now: Timestamp) -> ConversationCommand {
    type C = ConversationCommand;
    match rng.below(30) {
        0 => C::CloseConversation { topic: None },
        1 => C::ReopenConversation {},
        2 => C::SetOwner {
            owner: rng.pick(&MEMBERS).and_then(|name| name.parse().ok()),
        },
        3 => C::SetOwner { owner: None },
        4 => C::SetTeam {
            team: "support".parse().ok(),
        },
        5 => C::SetConversationPriority {
            priority: PRIORITIES[rng.below(4)],
        },
        6 => C::SetConversationSubject {
            subject: sentence(rng),
        },
        7 => C::AddTag {
            tag: TAGS[rng.below(3)].to_owned(),
        },
        8 => C::RemoveTag {
            tag: TAGS[rng.below(3)].to_owned(),
        },
        9 => C::MarkRead { up_to: now },
        10 | 11 => C::SendMessage {
            channel: Channel::Email,
            to: vec![Address {
                name: "Rui".to_owned(),
                address: "rui@example.com".to_owned(),
            }],
            subject: word(rng),
            text: sentence(rng),
            in_reply_to: None,
            attachments: Vec::new(),
        },
        12 => C::CreateTask { draft: task(rng) },
        13 => C::CreateTopic {
            draft: outcome(rng),
            follow_up: None,
        },
        14 | 15 => C::AddNote {
            parent: None,
            spans: spans(rng),
            message: None,
        },
        16 => C::OpenConversation {},
        17 => C::SnoozeConversation {
            until: now.plus_millis(rng.millis(1, 60_000)),
        },
        18 => C::StarConversation {
            starred: rng.chance(50),
        },
        19 => call(rng, now),
        20 => booking(rng, now),
        _ => with_item(rng, items).unwrap_or_else(|| C::AddNote {
            parent: None,
            spans: spans(rng),
            message: None,
        }),
    }
}

/// A command about something that is there.
fn with_item(rng: &mut Rng, items: &[&Item]) -> Option<ConversationCommand> {
    type C = ConversationCommand;
    Some(match *rng.pick(items)? {
        Item::Note(note) => match rng.below(8) {
            0 => C::DeleteNote { note: note.id },
            1 => C::RestoreNote { note: note.id },
            2 => C::AddNote {
                parent: Some(note.id),
                spans: spans(rng),
                message: None,
            },
            _ => C::EditNote {
                note: note.id,
                edits: edits(rng, note_length(&note.spans)),
            },
        },
        Item::Task(task) => on_task(rng, task.id),
        Item::Topic(topic) if rng.chance(50) => C::SetTopicField {
            topic: topic.id,
            set: match rng.below(3) {
                0 => TopicField::Subject(sentence(rng)),
                1 => TopicField::Summary(sentence(rng)),
                _ => TopicField::Owner(rng.pick(&MEMBERS).and_then(|name| name.parse().ok())),
            },
        },
        Item::Topic(topic) => C::SetTopicStatus {
            topic: TopicId(topic.id.0),
            status: if rng.chance(50) {
                TopicStatus::Open
            } else {
                TopicStatus::Closed
            },
        },
        Item::Interaction(message) if rng.chance(60) => on_message(rng, message.id),
        Item::Interaction(message) => C::SendMessage {
            channel: Channel::Email,
            to: vec![Address {
                name: String::new(),
                address: "rui@example.com".to_owned(),
            }],
            subject: String::new(),
            text: sentence(rng),
            in_reply_to: Some(message.id),
            attachments: Vec::new(),
        },
        Item::Appointment(it) => on_appointment(rng, it.id),
        Item::Activity(_) => return None,
    })
}

fn on_task(rng: &mut Rng, task: TaskId) -> ConversationCommand {
    type C = ConversationCommand;
    let set = |set| C::SetTaskField { task, set };
    match rng.below(9) {
        0 => C::ClaimTask { task },
        1 => C::FinishTask {
            task,
            outcome: rng.chance(70).then(|| outcome(rng)),
            note: Vec::new(),
            follow_up: None,
        },
        2 => C::SetTaskStatus {
            task,
            status: [TaskStatus::ToDo, TaskStatus::InProgress, TaskStatus::Done][rng.below(3)],
        },
        3 => set(TaskField::Title(sentence(rng))),
        4 => set(TaskField::Description(sentence(rng))),
        5 => set(TaskField::Priority(PRIORITIES[rng.below(4)])),
        6 => set(TaskField::Assignee(
            rng.pick(&["member:ana", "member:ben", "team:support"])
                .and_then(|assignee| assignee.parse().ok()),
        )),
        7 => set(TaskField::Channel(None)),
        _ => set(TaskField::Due(due(rng))),
    }
}

fn on_message(rng: &mut Rng, interaction: InteractionId) -> ConversationCommand {
    type C = ConversationCommand;
    match rng.below(6) {
        0 => C::DeleteMessage { interaction },
        1 => C::RestoreMessage { interaction },
        2 => C::ConfirmMessage { interaction },
        3 => C::WithdrawMessage { interaction },
        n => C::SetMessageFlag {
            interaction,
            flag: [MessageFlag::Important, MessageFlag::Spam][n % 2],
            on: rng.chance(50),
        },
    }
}

fn on_appointment(rng: &mut Rng, appointment: AppointmentId) -> ConversationCommand {
    type C = ConversationCommand;
    let set = |set| C::SetAppointmentField { appointment, set };
    let Ok(who) = "member:ana".parse() else {
        return C::OpenConversation {};
    };
    match rng.below(8) {
        0 => set(AppointmentField::Title(sentence(rng))),
        1 => set(AppointmentField::Place(word(rng))),
        2 => set(AppointmentField::Agenda(sentence(rng))),
        3 => set(AppointmentField::Notes(sentence(rng))),
        4 => C::AddAttendee { appointment, who },
        5 => C::RemoveAttendee { appointment, who },
        6 => C::AnswerAppointment {
            appointment,
            who,
            answer: [Answer::Accepted, Answer::Declined][rng.below(2)],
        },
        _ => C::SetAppointmentStatus {
            appointment,
            status: [AppointmentStatus::Scheduled, AppointmentStatus::Completed][rng.below(2)],
        },
    }
}

fn call(rng: &mut Rng, now: Timestamp) -> ConversationCommand {
    ConversationCommand::LogCall {
        draft: CallDraft {
            direction: [Direction::In, Direction::Out][rng.below(2)],
            at: Some(now),
            number: String::new(),
            call: Call::default(),
            text: sentence(rng),
        },
    }
}

fn booking(rng: &mut Rng, now: Timestamp) -> ConversationCommand {
    let start = now.plus_millis(rng.millis(1, 10_000_000));
    ConversationCommand::BookAppointment {
        draft: AppointmentDraft {
            title: sentence(rng),
            when: TimeSpan {
                start,
                end: start.plus_millis(3_600_000),
                zone: "Europe/Lisbon".to_owned(),
            },
            organiser: None,
            attendees: "email:eva@example.com".parse().into_iter().collect(),
            place: String::new(),
            link: String::new(),
            agenda: sentence(rng),
        },
    }
}

/// A deal in the pipeline that every workspace begins with.
fn deal(rng: &mut Rng) -> ContactCommand {
    let (Ok(pipeline), Ok(stage)) = ("sales".parse(), "offer".parse()) else {
        return ContactCommand::UnmergeContact {};
    };
    ContactCommand::CreateOpportunity {
        draft: OpportunityDraft {
            title: sentence(rng),
            stage: StageRef { pipeline, stage },
            value: Money {
                amount: rng.millis(0, 1_000_000),
                currency: "EUR".to_owned(),
            },
            expected: String::new(),
            owner: None,
            contacts: Vec::new(),
        },
    }
}

/// A command to the workspace's document: of everybody a saved view, of an
/// admin a setting too. Who is none is told so at once.
pub(crate) fn to_workspace(rng: &mut Rng) -> Command {
    type C = WorkspaceCommand;
    let id = |name: &str| name.parse().ok();
    Command::Workspace(match rng.below(4) {
        0 => C::SetPolicy {
            set: PolicyField::RequireTopicToClose(rng.chance(20)),
        },
        1 => C::PutChoice {
            list: ListKind::Purposes,
            choice: ChoiceDraft {
                id: id("feedback"),
                name: sentence(rng),
                position: 3,
                archived: rng.chance(50),
            },
        },
        _ => C::SaveView {
            view: ViewDraft {
                id: id("urgent"),
                name: sentence(rng),
                shared: rng.chance(50),
                list: "inbox".to_owned(),
                query: "{}".to_owned(),
            },
        },
    })
}

fn task(rng: &mut Rng) -> TaskDraft {
    TaskDraft {
        title: sentence(rng),
        description: sentence(rng),
        channel: None,
        task_type: "follow_up".to_owned(),
        priority: PRIORITIES[rng.below(4)],
        assignee: None,
        due: due(rng),
    }
}

fn due(rng: &mut Rng) -> Option<Due> {
    rng.chance(50).then(|| Due {
        at: Timestamp::from_millis(rng.millis(0, 4_000_000_000_000)),
        zone: "Europe/Lisbon".to_owned(),
        day: None,
    })
}

fn outcome(rng: &mut Rng) -> TopicDraft {
    TopicDraft {
        subject: sentence(rng),
        purpose: "enquiry".to_owned(),
        summary: sentence(rng),
        status: TopicStatus::Closed,
        start: None,
        end: None,
        first_message: None,
        last_message: None,
        owner: None,
        origin: TopicOrigin::Manual,
        reference: String::new(),
    }
}

fn spans(rng: &mut Rng) -> Vec<Span> {
    let mut all = Vec::new();
    for _ in 0..=rng.below(2) {
        let kind = *rng.pick(&["paragraph", "heading"]).unwrap_or(&"paragraph");
        all.push(Span::Block {
            value: Block {
                block_type: kind.to_owned(),
                parents: Vec::new(),
                attrs: std::collections::BTreeMap::new(),
                is_embed: false,
            },
        });
        all.push(Span::Text {
            value: sentence(rng),
            marks: std::collections::BTreeMap::new(),
        });
    }
    all
}

pub(crate) fn note_length(spans: &[Span]) -> u32 {
    let units = spans.iter().map(|span| match span {
        Span::Text { value, .. } => value.encode_utf16().count(),
        Span::Block { .. } => 1,
    });
    u32::try_from(units.sum::<usize>()).unwrap_or(0)
}

/// Edits of a note whose text has `length` units before them.
pub(crate) fn edits(rng: &mut Rng, length: u32) -> Vec<TextEdit> {
    let at = u32::try_from(rng.below(length as usize + 1)).unwrap_or(0);
    let rest = length - at;
    if rest > 1 && rng.chance(25) {
        let (name, value) = ("strong".to_owned(), MarkValue::Bool(true));
        return vec![TextEdit::Mark {
            start: at,
            end: at + 1,
            name,
            value,
            expand: Expand::After,
        }];
    }
    if rng.chance(10) {
        return vec![TextEdit::UpdateSpans { spans: spans(rng) }];
    }
    vec![TextEdit::Splice {
        at,
        delete: u32::try_from(rng.below(rest.min(3) as usize + 1)).unwrap_or(0),
        insert: word(rng),
    }]
}

/// The notes that can be typed in.
pub(crate) fn notes(replica: &Replica, conversation: ConversationId) -> Vec<NoteId> {
    replica
        .items(conversation, None, 200)
        .into_iter()
        .filter_map(|item| match item {
            Item::Note(note) if note.deleted.is_none() => Some(note.id),
            _ => None,
        })
        .collect()
}

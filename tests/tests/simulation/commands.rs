//! Commands of every kind, chosen by chance from what a member sees.

use threadline_core::command::{
    Command, ContactCommand, ContactDraft, ContactField, ConversationCommand, TaskDraft, TaskField,
    TopicDraft,
};
use threadline_core::id::{ContactId, ConversationId, NoteId, TaskId, TopicId, WorkspaceId};
use threadline_core::model::{
    Address, Block, Channel, ContactStatus, Expand, Identity, Item, MarkValue, Priority, Span,
    TaskStatus, TextEdit, TopicOrigin, TopicStatus,
};
use threadline_core::replica::Replica;
use threadline_core::time::{Due, Timestamp};

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
    let command = match rng.below(6) {
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
    match rng.below(24) {
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
        Item::Topic(topic) => C::SetTopicStatus {
            topic: TopicId(topic.id.0),
            status: if rng.chance(50) {
                TopicStatus::Open
            } else {
                TopicStatus::Closed
            },
        },
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
        Item::Appointment(_) | Item::Activity(_) => return None,
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

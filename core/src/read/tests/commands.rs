//! One of every command that a browser gives.

use super::*;

fn conversation_commands() -> Vec<ConversationCommand> {
    use ConversationCommand as C;
    let note = NoteId(uuid(3));
    let task_id = TaskId(uuid(5));
    let mut commands = vec![
        C::StartConversation {
            contact: ContactId(uuid(6)),
            ordinal: 1,
            subject: "s".to_owned(),
        },
        C::CloseConversation { topic: None },
        C::ReopenConversation {},
        C::SetOwner { owner: Some(ana()) },
        C::SetOwner { owner: None },
        C::SetTeam { team: None },
        C::SetConversationPriority {
            priority: Priority::Low,
        },
        C::SetConversationSubject {
            subject: "s".to_owned(),
        },
        C::AddTag {
            tag: "t".to_owned(),
        },
        C::RemoveTag {
            tag: "t".to_owned(),
        },
        C::MarkRead { up_to: at(9) },
        C::SendMessage {
            channel: Channel::Sms,
            to: vec![Address {
                name: String::new(),
                address: "a@b".to_owned(),
            }],
            subject: String::new(),
            text: "t".to_owned(),
            in_reply_to: Some(InteractionId(uuid(4))),
            attachments: Vec::new(),
        },
        C::AddNote {
            parent: Some(note),
            spans: vec![block(), span("x")],
            message: None,
        },
        C::EditNote {
            note,
            edits: vec![
                TextEdit::Splice {
                    at: 1,
                    delete: 2,
                    insert: "i".to_owned(),
                },
                TextEdit::Mark {
                    start: 0,
                    end: 1,
                    name: "em".to_owned(),
                    value: MarkValue::Bool(true),
                    expand: Expand::After,
                },
                TextEdit::Unmark {
                    start: 0,
                    end: 1,
                    name: "em".to_owned(),
                    expand: Expand::None,
                },
                TextEdit::UpdateSpans {
                    spans: vec![span("y")],
                },
            ],
        },
        C::DeleteNote { note },
        C::RestoreNote { note },
        C::CreateTask { draft: task() },
        C::SetTaskStatus {
            task: task_id,
            status: TaskStatus::ToDo,
        },
        C::ClaimTask { task: task_id },
        C::FinishTask {
            task: task_id,
            outcome: Some(topic()),
            note: Vec::new(),
            follow_up: None,
        },
        C::CreateTopic {
            draft: topic(),
            follow_up: None,
        },
        C::SetTopicStatus {
            topic: TopicId(uuid(7)),
            status: TopicStatus::Open,
        },
    ];
    commands.extend(
        [
            TaskField::Title("t".to_owned()),
            TaskField::Description("d".to_owned()),
            TaskField::Channel(None),
            TaskField::TaskType("internal".to_owned()),
            TaskField::Priority(Priority::High),
            TaskField::Assignee(Some(Assignee::Member(ana()))),
            TaskField::Due(task().due),
        ]
        .map(|set| C::SetTaskField { task: task_id, set }),
    );
    commands
}

fn contact_commands() -> Vec<ContactCommand> {
    use ContactCommand as C;
    let identity = Identity {
        channel: Channel::Whatsapp,
        address: "+3519".to_owned(),
    };
    let draft = ContactDraft {
        name: "n".to_owned(),
        saved: true,
        contact_type: "lead".to_owned(),
        identities: vec![identity.clone()],
        tags: vec!["t".to_owned()],
        fields: BTreeMap::from([("plan".parse().unwrap(), "gold".to_owned())]),
        ..ContactDraft::default()
    };
    let mut commands = vec![
        C::ImportContact {
            draft: draft.clone(),
        },
        C::CreateContact { draft },
        C::AddIdentity { identity },
    ];
    commands.extend(
        [
            ContactField::Name("n".to_owned()),
            ContactField::Saved(false),
            ContactField::Type("lead".to_owned()),
            ContactField::Status(ContactStatus::Dnd),
            ContactField::Email("e".to_owned()),
            ContactField::Phone("p".to_owned()),
            ContactField::Company("c".to_owned()),
        ]
        .map(|set| C::SetContactField { set }),
    );
    commands
}

pub(super) fn commands() -> Vec<Command> {
    let conversation = ConversationId(uuid(8));
    let contact = ContactId(uuid(9));
    let to_conversation = |command| Command::Conversation {
        conversation,
        command,
    };
    let to_contact = |command| Command::Contact { contact, command };
    let commands = conversation_commands().into_iter().map(to_conversation);
    commands
        .chain(contact_commands().into_iter().map(to_contact))
        .collect()
}

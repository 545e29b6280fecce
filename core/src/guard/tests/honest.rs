//! What our own clients make passes, alone and in batches, in any order that
//! keeps dependencies.

use super::*;
use crate::command::{TaskDraft, TaskField, TopicDraft};
use crate::model::{
    Address, Assignee, Channel, MarkValue, Priority, TaskChannel, TaskStatus, TopicOrigin,
    TopicStatus,
};
use crate::time::Due;

fn task() -> TaskDraft {
    TaskDraft {
        title: "Call back".to_owned(),
        description: "About the lamp".to_owned(),
        channel: Some(TaskChannel::Call),
        task_type: "follow_up".to_owned(),
        priority: Priority::High,
        assignee: Some("member:ben".parse::<Assignee>().unwrap()),
        due: Some(Due {
            at: Timestamp::from_millis(1_000_000),
            zone: "Europe/Lisbon".to_owned(),
            day: None,
        }),
    }
}

fn topic() -> TopicDraft {
    TopicDraft {
        subject: "Lamp".to_owned(),
        purpose: "enquiry".to_owned(),
        summary: "Wants a lamp.".to_owned(),
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

/// One of every command a member can give, in an order that works.
fn everything(desk: &mut Desk) -> Vec<Change> {
    type C = ConversationCommand;
    let mut all = vec![desk.make(start()).0];
    let mut make = |command: C| {
        let (change, created) = desk.make(command);
        all.push(change);
        created.unwrap_or_default()
    };
    make(subject("Lamp"));
    make(C::SetOwner {
        owner: Some("ben".parse().unwrap()),
    });
    make(C::SetOwner { owner: None });
    make(C::SetTeam {
        team: Some("support".parse().unwrap()),
    });
    make(C::SetConversationPriority {
        priority: Priority::Critical,
    });
    make(C::AddTag {
        tag: "lamps".to_owned(),
    });
    make(C::RemoveTag {
        tag: "lamps".to_owned(),
    });
    make(C::MarkRead {
        up_to: Timestamp::from_millis(4_000),
    });
    make(C::SendMessage {
        channel: Channel::Email,
        to: vec![Address {
            name: "Rui".to_owned(),
            address: "rui@example.com".to_owned(),
        }],
        subject: "Your lamp".to_owned(),
        text: "It has shipped.".to_owned(),
        in_reply_to: None,
        attachments: Vec::new(),
    });
    let first = make(note("He called twice."));
    make(splice(first, 3, 6, "wrote 😀"));
    make(C::EditNote {
        note: NoteId(first),
        edits: vec![
            TextEdit::Mark {
                start: 1,
                end: 4,
                name: "strong".to_owned(),
                value: MarkValue::Bool(true),
                expand: crate::model::Expand::After,
            },
            TextEdit::Unmark {
                start: 2,
                end: 3,
                name: "strong".to_owned(),
                expand: crate::model::Expand::After,
            },
        ],
    });
    let mut heading = spans("Rewritten in two lines");
    if let Some(Span::Block { value }) = heading.first_mut() {
        value.block_type = "heading".to_owned();
        value.attrs.insert("level".to_owned(), MarkValue::Int(2));
        value.parents = vec!["unordered-list-item".to_owned(), "blockquote".to_owned()];
    }
    heading.extend(spans("the second"));
    make(C::EditNote {
        note: NoteId(first),
        edits: vec![TextEdit::UpdateSpans { spans: heading }],
    });
    make(C::EditNote {
        note: NoteId(first),
        edits: vec![TextEdit::UpdateSpans {
            spans: spans("Back to one"),
        }],
    });
    make(C::AddNote {
        parent: Some(NoteId(first)),
        spans: Vec::new(),
        message: None,
    });
    make(C::DeleteNote {
        note: NoteId(first),
    });
    make(C::RestoreNote {
        note: NoteId(first),
    });
    let first = crate::id::TaskId(make(C::CreateTask { draft: task() }));
    for set in [
        TaskField::Title("Call again".to_owned()),
        TaskField::Description("About two lamps".to_owned()),
        TaskField::Channel(None),
        TaskField::TaskType("internal".to_owned()),
        TaskField::Priority(Priority::Low),
        TaskField::Assignee(Some("team:support".parse().unwrap())),
        TaskField::Due(None),
    ] {
        make(C::SetTaskField { task: first, set });
    }
    make(C::ClaimTask { task: first });
    make(C::SetTaskStatus {
        task: first,
        status: TaskStatus::InProgress,
    });
    make(C::FinishTask {
        task: first,
        outcome: Some(topic()),
        note: Vec::new(),
        follow_up: None,
    });
    let topic = crate::id::TopicId(make(C::CreateTopic {
        draft: topic(),
        follow_up: None,
    }));
    make(C::SetTopicStatus {
        topic,
        status: TopicStatus::Open,
    });
    make(C::CloseConversation { topic: None });
    make(C::ReopenConversation {});
    make(C::CloseConversation { topic: None });
    all
}

#[test]
fn every_command_passes_in_one_batch_and_one_by_one() {
    let mut ana = Desk::new(member("ana", Role::Admin), 1);
    let all = everything(&mut ana);
    let mut together = Server::new();
    assert_eq!(together.take(&ana.member, &all), Ok(()));
    let mut alone = Server::new();
    for change in &all {
        let name = change.message().unwrap_or_default().to_owned();
        let taken = alone.take(&ana.member, std::slice::from_ref(change));
        assert_eq!(taken, Ok(()), "{name}");
    }
    assert_eq!(together.document.view(), ana.document.view());
    assert_eq!(alone.document.view(), ana.document.view());
}

#[test]
fn two_members_who_worked_apart_both_pass() {
    let mut server = Server::new();
    let mut ana = Desk::new(member("ana", Role::Agent), 1);
    let mut ben = Desk::new(member("ben", Role::Agent), 2);
    let (begun, _) = ana.make(start());
    let (noted, id) = ana.make(note("One two three"));
    let id = id.unwrap();
    for change in [&begun, &noted] {
        ben.take(change);
    }
    server.take(&ana.member, &[begun, noted]).unwrap();
    let edits = |desk: &mut Desk, word: &str| -> Vec<Change> {
        vec![
            desk.make(subject(word)).0,
            desk.make(splice(id, 5, 3, word)).0,
            desk.make(subject("Settled")).0,
            desk.make(note(word)).0,
            desk.make(splice(id, 1, 2, word)).0,
        ]
    };
    let anas = edits(&mut ana, "lamp");
    let bens = edits(&mut ben, "chair");
    // Ben saw nothing of Ana's, so what he replaces is no longer on top.
    assert_eq!(server.take(&ana.member, &anas), Ok(()));
    assert_eq!(server.take(&ben.member, &bens), Ok(()));
    for change in &bens {
        ana.take(change);
    }
    assert_eq!(server.document.view(), ana.document.view());
}

#[test]
fn the_service_brings_messages_and_facts() {
    let mut service = Desk::new(member("mail", Role::Service), 9);
    let mut server = Server::new();
    let message = crate::command::InboundMessage {
        id: crate::id::InteractionId(Uuid::from_u128(77)),
        channel: Channel::Email,
        at: Timestamp::from_millis(4_000),
        from: Address {
            name: "Rui".to_owned(),
            address: "rui@example.com".to_owned(),
        },
        to: Vec::new(),
        cc: Vec::new(),
        subject: "Where?".to_owned(),
        text: "Where is it?".to_owned(),
        html: Some("<p>Where is it?</p>".to_owned()),
        visible: Some(12),
        in_reply_to: None,
        external_id: Some("abc@example.com".to_owned()),
        attachments: vec![crate::model::Attachment {
            blob: "ab".repeat(32),
            name: "photo.jpg".to_owned(),
            media_type: "image/jpeg".to_owned(),
            size: 12,
        }],
        raw: Some("cd".repeat(32)),
    };
    let receive = ConversationCommand::ReceiveMessage {
        message: Box::new(message),
    };
    let all = [service.make(start()).0, service.make(receive).0];
    assert_eq!(server.take(&service.member, &all), Ok(()));
    // The very same from an agent's session does not pass.
    let mut agent = service.member.clone();
    agent.role = Role::Agent;
    let mut server = Server::new();
    let refused = server.take(&agent, &all).unwrap_err();
    assert!(matches!(refused, Code::SchemaViolation | Code::Forbidden));
}

#[test]
fn a_conflict_is_settled_by_either_value() {
    // Automerge writes the one that shows as a deletion of the other.
    for kept in ["Lamp", "Chair"] {
        let (mut server, mut cleo, _) = conflict();
        let header = |server: &Server| server.document.conversation().unwrap().header.clone();
        assert_eq!(header(&server).conflicts.len(), 1);
        let (settled, _) = cleo.make(subject(kept));
        assert_eq!(server.take(&cleo.member, &[settled]), Ok(()));
        assert_eq!(header(&server).conflicts, []);
        assert_eq!(header(&server).subject, kept);
    }
}

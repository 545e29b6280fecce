//! Documents as version 1 wrote them. Their bytes are in storage and backups
//! of every age, so they open for ever and show what they showed.
//!
//! Written once, by `THREADLINE_WRITE_FIXTURES=1 cargo test --test fixtures`;
//! a later version gets a directory of its own beside `v1`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod support;

use std::path::PathBuf;

use serde_json::{Value, json};
use support::commands::{
    self, add_note, add_tag, block, create_task, create_task_for, owner, receive, send, set_task,
    type_in, words,
};
use support::{
    Peer, Peers, actor, ana, at, ben, cleo, contact, conversation, service, to_contact,
    to_conversation,
};
use threadline_core::command::{ContactCommand, ContactField, ConversationCommand as C};
use threadline_core::command::{DeliveryFact, TaskField};
use threadline_core::document::Document;
use threadline_core::id::{DocumentId, InteractionId, NoteId, TaskId};
use threadline_core::model::{MarkValue, Priority, Span, TaskStatus};

fn file(name: &str) -> PathBuf {
    let directory = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/v1");
    PathBuf::from(directory).join(name)
}

/// All that a document shows.
fn shown(document: &Document) -> Value {
    let row = document.row();
    match (document.conversation(), document.contact()) {
        (Some(view), _) => json!({
            "header": view.header,
            "items": view.page(None, usize::MAX),
            "row": row,
        }),
        (_, contact) => json!({ "contact": contact, "row": row }),
    }
}

/// A conversation with everything that version 1 knows, some of it disputed.
fn a_conversation() -> Peer {
    let mut peers = Peers::in_conversation([ana(), ben(), cleo(), service()]);
    let strong = [("strong".to_owned(), MarkValue::Bool(true))].into();
    let message = peers.of("service").made(receive(1, 10, "Where is it? 📦"));
    peers.exchange();

    let ana = peers.of("ana");
    let reply = ana.made(C::SendMessage {
        channel: threadline_core::model::Channel::Email,
        to: vec![commands::address("dora")],
        subject: "Re: An order".to_owned(),
        text: "On its way.".to_owned(),
        in_reply_to: Some(InteractionId(message)),
        attachments: Vec::new(),
    });
    let note = ana.made(C::AddNote {
        parent: None,
        spans: vec![
            block("heading"),
            words("Dora "),
            Span::Text {
                value: "called 📞".to_owned(),
                marks: strong,
            },
            block("paragraph"),
            words("شكرا"),
        ],
        message: None,
    });
    let free = ana.made(create_task("Call the carrier"));
    let teams = ana.made(create_task_for("team:support"));
    ana.ok(add_tag("vip"));
    peers.exchange();

    let ana = peers.of("ana");
    ana.ok(type_in(note, 1, "Today: "));
    ana.ok(owner("ana"));
    ana.ok(set_task(free, TaskField::Due(Some(commands::due(500)))));
    ana.ok(C::MarkRead { up_to: at(60) });
    let ben = peers.of("ben");
    ben.ok(type_in(note, 2, "?"));
    ben.ok(owner("ben"));
    ben.ok(set_task(free, TaskField::Due(Some(commands::due(900)))));
    ben.ok(C::AddNote {
        parent: Some(NoteId(note)),
        spans: vec![words("I know.")],
        message: None,
    });
    ben.ok(C::FinishTask {
        task: TaskId(teams),
        outcome: Some(commands::topic_draft("Reached the carrier")),
        note: Vec::new(),
        follow_up: None,
    });
    let cleo = peers.of("cleo");
    let wrong = cleo.made(add_note("Wrong thread"));
    cleo.ok(C::DeleteNote {
        note: NoteId(wrong),
    });
    cleo.ok(C::SetTaskStatus {
        task: TaskId(free),
        status: TaskStatus::InProgress,
    });
    cleo.ok(C::SetConversationPriority {
        priority: Priority::High,
    });
    cleo.ok(send("Anything else?"));
    cleo.ok(C::CloseConversation { topic: None });
    let server = peers.of("service");
    server.ok(C::RecordDelivery {
        interaction: InteractionId(reply),
        fact: DeliveryFact::Sent,
    });
    server.ok(receive(2, 40, "Thank you."));
    peers.exchange();
    peers.0.swap_remove(0)
}

/// A contact with a disputed name.
fn a_contact() -> Peer {
    let mut peers = Peers::new(contact().into(), [ana(), ben()]);
    let create = to_contact(commands::create_contact("Dora"));
    peers.0[0].execute(&create).unwrap();
    peers.exchange();
    for (side, name) in ["Dora Diaz", "D. Diaz"].into_iter().enumerate() {
        let set = ContactField::Name(name.to_owned());
        let command = to_contact(ContactCommand::SetContactField { set });
        peers.0[side].execute(&command).unwrap();
    }
    peers.exchange();
    peers.0.swap_remove(0)
}

fn write(name: &str, mut peer: Peer) {
    let log: Vec<u8> = peer
        .document
        .changes_since(&[])
        .iter()
        .flat_map(|change| change.raw_bytes().to_vec())
        .collect();
    let view = serde_json::to_string_pretty(&shown(&peer.document)).unwrap();
    std::fs::create_dir_all(file("")).unwrap();
    std::fs::write(file(&format!("{name}.changes")), log).unwrap();
    std::fs::write(file(&format!("{name}.json")), view + "\n").unwrap();
}

fn read(name: &str, id: DocumentId) -> Document {
    let log = std::fs::read(file(&format!("{name}.changes"))).unwrap();
    let document = Document::load(id, actor(9), &ana().id, [log]).unwrap();
    let expected = std::fs::read(file(&format!("{name}.json"))).unwrap();
    let expected: Value = serde_json::from_slice(&expected).unwrap();
    assert_eq!(shown(&document), expected, "{name}");
    document
}

#[test]
fn documents_of_version_1_open_for_ever() {
    if std::env::var_os("THREADLINE_WRITE_FIXTURES").is_some() {
        write("conversation", a_conversation());
        write("contact", a_contact());
    }
    read("contact", contact().into());
    read("conversation", conversation().into());
}

#[test]
fn documents_of_version_1_are_written_on() {
    let log = std::fs::read(file("conversation.changes")).unwrap();
    let mut peer = Peer::new(9, cleo(), conversation().into());
    peer.document = Document::load(conversation().into(), actor(9), &cleo().id, [log]).unwrap();
    peer.execute(&to_conversation(owner("ana"))).unwrap();
    assert_eq!(peer.header().owner, Some(ana().id));
    assert_eq!(peer.header().conflicts, []);
}

//! Documents as every version wrote them. Their bytes are in storage and backups
//! of every age, so they open for ever and show what they showed.
//!
//! The changes of a version are written once, those of the present one by
//! `THREADLINE_WRITE_FIXTURES=1 cargo test --test fixtures`. That also writes
//! what every document shows now, so that the difference shows in review: a new
//! field with its default, never a value that changed.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod support;

use std::collections::BTreeMap;
use std::path::PathBuf;

use automerge::transaction::Transactable;
use automerge::{AutoCommit, ObjId, ObjType, ROOT, ReadDoc};
use serde_json::{Value, json};
use support::commands::{
    self, add_note, add_tag, block, create_task, create_task_for, owner, receive, send, set_task,
    type_in, words,
};
use support::{
    Peer, Peers, actor, admin, ana, at, ben, cleo, contact, conversation, service, to_contact,
};
use threadline_core::bundle::Arrival;
use threadline_core::command::{
    AppointmentDraft, AppointmentField, ContactCommand, ContactField, ConversationCommand as C,
    DeliveryFact, OpportunityField, PolicyField, TaskField, WorkspaceCommand,
};
use threadline_core::document::Document;
use threadline_core::id::{ContactId, DocumentId, InteractionId, NoteId, TaskId};
use threadline_core::model::{
    ContactStatus, ConversationStatus, Direction, ItemKind, ListKind, MarkValue, MessageFlag,
    Priority, Span, TaskStatus, Threading,
};
use uuid::Uuid;

/// The versions whose documents are kept, the present one last.
const VERSIONS: [&str; 2] = ["v1", "v2"];

fn file(version: &str, name: &str) -> PathBuf {
    let directory = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures");
    PathBuf::from(directory).join(version).join(name)
}

/// All that a document shows.
fn shown(document: &Document) -> Value {
    let row = document.row().unwrap();
    match (document.conversation(), document.contact()) {
        (Some(view), _) => json!({
            "header": view.header,
            "items": view.page(None, usize::MAX),
            "row": row,
        }),
        (_, Some(contact)) => json!({ "contact": contact, "row": row }),
        _ => json!({ "workspace": document.workspace(), "row": row }),
    }
}

/// A conversation with everything that this version knows, some of it disputed.
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
    of_version_2(&mut peers, message, note);
    peers.0.swap_remove(0)
}

/// What came with version 2.
fn of_version_2(peers: &mut Peers, message: Uuid, note: Uuid) {
    let ana = peers.of("ana");
    let demo = ana.made(C::BookAppointment {
        draft: AppointmentDraft {
            attendees: vec!["email:eva@example.com".parse().unwrap()],
            place: "Lisbon".to_owned(),
            link: "https://meet.example.com/1".to_owned(),
            agenda: "The price".to_owned(),
            ..commands::appointment_draft("Demo")
        },
    });
    ana.ok(commands::log_call(Direction::In));
    ana.ok(C::AddNote {
        parent: None,
        message: Some(InteractionId(message)),
        spans: vec![words("For Ben")],
    });
    ana.ok(C::StarConversation { starred: true });
    peers.exchange();
    let ana = peers.of("ana");
    ana.ok(commands::set_appointment(
        demo,
        AppointmentField::Place("Porto".to_owned()),
    ));
    ana.ok(send("One more thing."));
    let ben = peers.of("ben");
    ben.ok(commands::set_appointment(
        demo,
        AppointmentField::Place("Faro".to_owned()),
    ));
    ben.ok(C::SetMessageFlag {
        interaction: InteractionId(message),
        flag: MessageFlag::Important,
        on: true,
    });
    ben.ok(type_in(note, 0, "@"));
    ben.ok(C::SnoozeConversation { until: at(86_400) });
    ben.ok(send("From me too."));
    peers.exchange();
}

/// A contact with a disputed name and a disputed deal.
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
    let deal = peers.0[0].made(commands::create_deal("Ten lamps"));
    peers.exchange();
    for (side, to) in ["qualified", "offer"].into_iter().enumerate() {
        let set = OpportunityField::Stage(commands::stage(to));
        peers.0[side].ok(commands::set_deal(deal, set));
    }
    peers.0[0].ok(ContactCommand::MergeContact {
        into: ContactId(Uuid::from_u128(7)),
    });
    peers.exchange();
    peers.0.swap_remove(0)
}

/// A workspace in which two admins chose.
fn a_workspace() -> Peer {
    let mut peers = Peers::new(DocumentId::Workspace, [admin("ana"), admin("ben")]);
    for (side, (name, zone)) in [("Ana's", "Europe/Lisbon"), ("Ben's", "Europe/Berlin")]
        .into_iter()
        .enumerate()
    {
        let peer = &mut peers.0[side];
        peer.ok(commands::policy(PolicyField::Zone(zone.to_owned())));
        peer.ok(commands::put_choice(
            ListKind::Purposes,
            commands::choice_draft("", name),
        ));
        peer.ok(commands::save_view("urgent", name, "{}"));
    }
    let ana = &mut peers.0[0];
    ana.ok(commands::put_team("sales", "Sales"));
    peers.exchange();
    let ana = &mut peers.0[0];
    ana.ok(commands::join_team("sales", "ben"));
    ana.ok(WorkspaceCommand::PutTemplate {
        template: commands::template_draft("Greeting"),
    });
    peers.0.swap_remove(0)
}

fn changes_of(mut peer: Peer) -> Vec<u8> {
    let changes = peer.document.changes_since(&[]);
    let raw = changes
        .iter()
        .flat_map(|change| change.raw_bytes().to_vec());
    raw.collect()
}

fn read(version: &str, name: &str, id: DocumentId) -> Document {
    let log = std::fs::read(file(version, &format!("{name}.changes"))).unwrap();
    Document::load(id, actor(9), &ana().id, [log]).unwrap()
}

/// Every kind of document that a version knows.
fn kinds(version: &str) -> Vec<(&'static str, DocumentId)> {
    let mut kinds = vec![
        ("contact", contact().into()),
        ("conversation", conversation().into()),
    ];
    if version != "v1" {
        kinds.push(("workspace", DocumentId::Workspace));
    }
    kinds
}

#[test]
fn documents_of_every_version_open_for_ever() {
    let writes = std::env::var_os("THREADLINE_WRITE_FIXTURES").is_some();
    if writes {
        std::fs::create_dir_all(file("v2", "")).unwrap();
        for (name, peer) in [
            ("contact", a_contact()),
            ("conversation", a_conversation()),
            ("workspace", a_workspace()),
        ] {
            let path = file("v2", &format!("{name}.changes"));
            std::fs::write(path, changes_of(peer)).unwrap();
        }
    }
    for version in VERSIONS {
        for (name, id) in kinds(version) {
            let shown = shown(&read(version, name, id));
            let path = file(version, &format!("{name}.json"));
            if writes {
                let text = serde_json::to_string_pretty(&shown).unwrap() + "\n";
                std::fs::write(&path, text).unwrap();
            }
            let expected: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
            assert_eq!(shown, expected, "{version} {name}");
        }
    }
}

/// A member with a document that somebody else's version wrote.
fn holder(id: DocumentId, document: Document) -> Peer {
    let mut peer = Peer::new(9, cleo(), id);
    peer.document = document;
    peer.document.set_actor(actor(9), &cleo().id);
    peer
}

#[test]
fn documents_of_version_1_are_written_on() {
    let id = conversation().into();
    let mut peer = holder(id, read("v1", "conversation", id));
    peer.ok(owner("ana"));
    assert_eq!(peer.header().owner, Some(ana().id));
    assert_eq!(peer.header().conflicts, []);
    // What came later finds its containers.
    let booked = peer.made(commands::book("Demo"));
    assert_eq!(peer.appointment(booked).title, "Demo");
    peer.ok(C::StarConversation { starred: true });
    assert_eq!(peer.header().starred, [cleo().id]);
    let call = peer.made(commands::log_call(Direction::Out));
    assert_eq!(peer.message(call).call.as_ref().unwrap().duration, 60);

    let id = contact().into();
    let mut peer = holder(id, read("v1", "contact", id));
    let deal = peer.made(commands::create_deal("Ten lamps"));
    assert_eq!(peer.deal(deal).title, "Ten lamps");
    assert_eq!(peer.contact().activities.len(), 1);
}

/// A document as a version that does not exist yet might write it.
fn of_a_later_version(id: DocumentId, write: impl Fn(&mut AutoCommit)) -> Document {
    let mut document = Document::begin(id, actor(8), &ben().id).unwrap();
    let mut later = AutoCommit::load(&document.save()).unwrap();
    later.set_actor(actor(7));
    write(&mut later);
    let change = later.get_last_local_change().unwrap();
    document.apply(vec![change]).unwrap();
    assert_eq!(document.view(), &document.rebuilt());
    document
}

fn map(doc: &AutoCommit, path: &[&str]) -> ObjId {
    path.iter().fold(ROOT, |obj, key| {
        doc.get(&obj, *key).unwrap().expect("a container").1
    })
}

/// The string under the last key of a path.
fn stored(peer: &mut Peer, path: &[&str]) -> String {
    let doc = peer.document.automerge();
    let (key, path) = path.split_last().unwrap();
    let obj = path.iter().fold(ROOT, |obj, key| {
        doc.get(&obj, *key).unwrap().expect("a container").1
    });
    let (value, _) = doc.get(&obj, *key).unwrap().expect("a value");
    value.into_string().unwrap()
}

#[test]
fn a_conversation_of_a_later_version_is_read_as_far_as_known_and_keeps_the_rest() {
    let (task, message) = (
        Uuid::from_u128(1).to_string(),
        Uuid::from_u128(2).to_string(),
    );
    let id = DocumentId::from(conversation());
    let document = of_a_later_version(id, |doc| {
        doc.put(ROOT, "mood", "sunny").unwrap();
        let about = map(doc, &["about"]);
        doc.put(&about, "contact", contact().to_string()).unwrap();
        doc.put(&about, "region", "EMEA").unwrap();
        let state = map(doc, &["state"]);
        doc.put(&state, "status", "hibernating").unwrap();
        doc.put(&state, "subject", "An order").unwrap();
        let tasks = map(doc, &["tasks"]);
        let entry = doc.put_object(&tasks, &task, ObjType::Map).unwrap();
        doc.put(&entry, "title", "Call").unwrap();
        doc.put(&entry, "status", "delegated").unwrap();
        doc.put(&entry, "colour", "red").unwrap();
        let messages = map(doc, &["interactions"]);
        let entry = doc.put_object(&messages, &message, ObjType::Map).unwrap();
        doc.put(&entry, "channel", "telepathy").unwrap();
        doc.put(&entry, "direction", "in").unwrap();
    });
    let mut peer = holder(id, document);
    assert_eq!(peer.header().subject, "An order");
    assert_eq!(peer.header().contact, Some(contact()));
    assert_eq!(peer.header().status, ConversationStatus::Open);
    // A message of a channel that nobody here knows does not show.
    assert_eq!(peer.view().of_kind(ItemKind::Interaction).count(), 0);
    let known = Uuid::from_u128(1);
    assert_eq!(peer.task(known).title, "Call");
    assert_eq!(peer.task(known).status, TaskStatus::ToDo);

    peer.ok(set_task(known, TaskField::Title("Ring".to_owned())));
    peer.ok(owner("ana"));
    for (path, value) in [
        (vec!["mood"], "sunny"),
        (vec!["about", "region"], "EMEA"),
        (vec!["state", "status"], "hibernating"),
        (vec!["tasks", &task, "colour"], "red"),
        (vec!["tasks", &task, "status"], "delegated"),
        (vec!["tasks", &task, "title"], "Ring"),
        (vec!["interactions", &message, "channel"], "telepathy"),
    ] {
        assert_eq!(stored(&mut peer, &path), value, "{path:?}");
    }
}

#[test]
fn a_contact_and_a_workspace_of_a_later_version_are_read_as_far_as_known() {
    let id = DocumentId::from(contact());
    let document = of_a_later_version(id, |doc| {
        let profile = map(doc, &["profile"]);
        doc.put(&profile, "name", "Dora").unwrap();
        doc.put(&profile, "status", "asleep").unwrap();
        doc.put(&profile, "pronouns", "she").unwrap();
        let addresses = map(doc, &["identities"]);
        doc.put(&addresses, "pigeon:coop 4", true).unwrap();
        doc.put(&addresses, "email:dora@example.com", true).unwrap();
    });
    let mut peer = holder(id, document);
    assert_eq!(peer.contact().name, "Dora");
    assert_eq!(peer.contact().status, ContactStatus::Active);
    assert_eq!(peer.contact().identities.len(), 1);
    let set = ContactField::Name("Dora Diaz".to_owned());
    peer.ok(ContactCommand::SetContactField { set });
    assert_eq!(stored(&mut peer, &["profile", "pronouns"]), "she");
    assert_eq!(stored(&mut peer, &["profile", "status"]), "asleep");

    let document = of_a_later_version(DocumentId::Workspace, |doc| {
        let settings = map(doc, &["settings"]);
        doc.put(&settings, "policy/threading", "braids").unwrap();
        doc.put(&settings, "policy/requireTopicToClose", "true")
            .unwrap();
        doc.put(&settings, "purpose/enquiry/colour", "red").unwrap();
        doc.put(&settings, "weather/today", "rain").unwrap();
    });
    let mut peer = holder(DocumentId::Workspace, document);
    assert_eq!(peer.settings().policies.threading, Threading::SingleThread);
    assert!(peer.settings().policies.require_topic_to_close);
    assert_eq!(peer.settings().purposes.len(), 3);
    peer.ok(commands::put_choice(
        ListKind::Purposes,
        commands::choice_draft("enquiry", "Question"),
    ));
    for (key, value) in [
        ("policy/threading", "braids"),
        ("purpose/enquiry/colour", "red"),
        ("weather/today", "rain"),
    ] {
        assert_eq!(stored(&mut peer, &["settings", key]), value);
    }
}

/// Clients and bundles of every version still come to this guard.
#[test]
fn the_guard_takes_what_every_version_wrote() {
    for version in VERSIONS {
        for (name, id) in kinds(version) {
            let mut document = read(version, name, id);
            let changes = document.changes_since(&[]).into_iter();
            let changes: Vec<_> = changes
                .map(|change| change.raw_bytes().to_vec().into())
                .collect();
            let empty = Document::begin(id, actor(9), &ana().id).unwrap();
            let arrival = Arrival::check(empty, &BTreeMap::new(), &changes);
            let arrival = arrival.unwrap_or_else(|refusal| {
                panic!("{version} {name}: {refusal} ({:?})", refusal.field)
            });
            assert_eq!(arrival.document.view(), document.view(), "{version} {name}");
        }
    }
}

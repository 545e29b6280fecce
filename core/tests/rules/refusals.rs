//! Every refusal, by whom, with which code, on which field.

use crate::support::commands::{
    self, add_tag, block, inbound, owner, receive, set_task, splice, task_draft, topic_draft,
    type_in, words,
};
use crate::support::{Peer, ana, at, contact, conversation, to_contact, to_conversation, vera};
use crate::{Scene, claim, edit, finish, log, one_of_each, record, scene, set_status};
use threadline_core::command::{
    Command, ContactCommand, ContactDraft, ContactField, ConversationCommand as C, DeliveryFact,
    TaskDraft, TaskField, TopicDraft,
};
use threadline_core::error::Code;
use threadline_core::id::{InteractionId, NoteId, TopicId};
use threadline_core::limits;
use threadline_core::model::{Address, Priority, TaskStatus, TextEdit, TopicStatus};
use threadline_core::time::Due;
use uuid::Uuid;

/// The command is refused with this code, on this field (none if empty), and
/// changes nothing.
pub(super) fn refuses(peer: &mut Peer, command: &Command, code: Code, field: &str) {
    let (heads, view) = (peer.document.heads(), peer.document.view().clone());
    let refusal = match peer.execute(command) {
        Ok(_) => panic!("accepted: {command:?}"),
        Err(refusal) => refusal,
    };
    let expected = (code, Some(field).filter(|field| !field.is_empty()));
    let got = (refusal.code, refusal.field.as_deref());
    assert_eq!(got, expected, "{command:?}: {}", refusal.text);
    assert!(!refusal.text.is_empty());
    assert_eq!(peer.document.heads(), heads, "{command:?}");
    assert_eq!(peer.document.view(), &view, "{command:?}");
    assert_eq!(peer.document.view(), &peer.document.rebuilt());
}

fn check(scene: &mut Scene, cases: Vec<(&str, C, Code, &str)>) {
    for (who, command, code, field) in cases {
        refuses(scene.peers.of(who), &to_conversation(command), code, field);
    }
}

fn long() -> String {
    "x".repeat(limits::LINE_UNITS + 1)
}

#[test]
fn a_viewer_may_do_nothing() {
    let mut scene = scene();
    let mut commands: Vec<Command> = one_of_each(&scene)
        .into_iter()
        .map(|(_, command)| to_conversation(command))
        .collect();
    commands.push(to_conversation(commands::start("Again")));
    for command in commands {
        refuses(scene.peers.of("vera"), &command, Code::Forbidden, "");
    }
    let mut viewer = Peer::new(1, vera(), contact().into());
    let create = to_contact(commands::create_contact("Dora"));
    refuses(&mut viewer, &create, Code::Forbidden, "");
}

#[test]
fn refusals_of_a_conversation() {
    let mut scene = scene();
    let (one, subject) = (Uuid::from_u128(1), "subject");
    let start = |contact: Uuid, ordinal| C::StartConversation {
        contact: threadline_core::id::ContactId(contact),
        ordinal,
        subject: String::new(),
    };
    let name = |subject: &str| C::SetConversationSubject {
        subject: subject.to_owned(),
    };
    check(
        &mut scene,
        vec![
            ("ana", commands::start("Again"), Code::WrongState, ""),
            ("ana", C::ReopenConversation {}, Code::WrongState, ""),
            ("ana", name(&long()), Code::TooLong, subject),
            ("ana", name("two\nlines"), Code::Invalid, subject),
            ("ana", add_tag("  "), Code::Invalid, "tag"),
            ("ana", add_tag(&long()), Code::TooLong, "tag"),
        ],
    );
    scene
        .peers
        .of("ana")
        .ok(C::CloseConversation { topic: None });
    let again = to_conversation(C::CloseConversation { topic: None });
    refuses(scene.peers.of("ana"), &again, Code::WrongState, "");

    let mut fresh = Peer::new(1, ana(), conversation().into());
    for command in [start(one, 0), start(contact().0, 1)] {
        let command = to_conversation(command);
        refuses(&mut fresh, &command, Code::Invalid, "conversation");
    }
    for number in 0..limits::TAGS {
        fresh.ok(add_tag(&format!("tag {number}")));
    }
    let one_more = to_conversation(add_tag("one more"));
    refuses(&mut fresh, &one_more, Code::TooLong, "tag");
}

#[test]
fn a_command_for_another_document_is_refused() {
    let mut peer = Peer::new(1, ana(), contact().into());
    let command = to_conversation(owner("ana"));
    refuses(&mut peer, &command, Code::NotFound, "");
}

#[test]
fn refusals_of_messages() {
    let mut scene = scene();
    let message =
        |to: Vec<Address>, subject: &str, text: &str, reply: Option<Uuid>| C::SendMessage {
            channel: threadline_core::model::Channel::Email,
            to,
            subject: subject.to_owned(),
            text: text.to_owned(),
            in_reply_to: reply.map(InteractionId),
            attachments: Vec::new(),
        };
    let dora = || vec![commands::address("dora")];
    let body = "x".repeat(limits::BODY_UNITS + 1);
    let crowd = vec![commands::address("dora"); limits::ADDRESSES + 1];
    let (note, out) = (scene.note, scene.message_out);
    let from_afar = |text: &str| {
        let mut message = inbound(7, at(1), text);
        message.html = Some("<p>Hello</p>".to_owned());
        message
    };
    let mut long_html = from_afar("Hello");
    long_html.html = Some(body.clone());
    let mut long_id = from_afar("Hello");
    long_id.external_id = Some(long());
    let bring = |message| C::ReceiveMessage {
        message: Box::new(message),
    };
    check(
        &mut scene,
        vec![
            (
                "ana",
                message(vec![], "", "Hi", None),
                Code::NoAddress,
                "to",
            ),
            ("ana", message(crowd, "", "Hi", None), Code::TooLong, "to"),
            (
                "ana",
                message(dora(), &long(), "Hi", None),
                Code::TooLong,
                "subject",
            ),
            (
                "ana",
                message(dora(), "", " \n", None),
                Code::Invalid,
                "text",
            ),
            (
                "ana",
                message(dora(), "", &body, None),
                Code::TooLong,
                "text",
            ),
            (
                "ana",
                message(dora(), "", "Hi", Some(note)),
                Code::NotFound,
                "inReplyTo",
            ),
            ("cleo", receive(3, 30, "Hello"), Code::Forbidden, ""),
            ("ana", receive(3, 30, "Hello"), Code::Forbidden, ""),
            ("service", bring(from_afar(&body)), Code::TooLong, "text"),
            ("service", bring(long_html), Code::TooLong, "html"),
            ("service", bring(long_id), Code::TooLong, "externalId"),
            ("cleo", record(out, DeliveryFact::Sent), Code::Forbidden, ""),
            (
                "service",
                record(note, DeliveryFact::Sent),
                Code::NotFound,
                "interaction",
            ),
        ],
    );
    let message_in = scene.message_in;
    check(
        &mut scene,
        vec![(
            "service",
            record(message_in, DeliveryFact::Sent),
            Code::NotFound,
            "interaction",
        )],
    );
}

#[test]
fn refusals_of_notes() {
    let mut scene = scene();
    let (note, deleted, task) = (scene.note, scene.deleted, scene.free);
    let reply = |parent: Uuid| C::AddNote {
        parent: Some(NoteId(parent)),
        spans: vec![words("Yes")],
        message: None,
    };
    let delete = |note| C::DeleteNote { note: NoteId(note) };
    let restore = |note| C::RestoreNote { note: NoteId(note) };
    let spans = vec![words(&"x".repeat(limits::PROSE_UNITS)), block("paragraph")];
    let everything = C::AddNote {
        parent: None,
        spans: spans.clone(),
        message: None,
    };
    let huge = "x".repeat(limits::PROSE_UNITS);
    check(
        &mut scene,
        vec![
            ("ana", reply(task), Code::NotFound, "note"),
            ("ana", reply(deleted), Code::WrongState, "note"),
            ("ana", everything, Code::TooLong, "spans"),
            ("ana", type_in(task, 0, "x"), Code::NotFound, "note"),
            ("ana", type_in(deleted, 0, "x"), Code::WrongState, "note"),
            ("ana", type_in(note, 10, "x"), Code::Invalid, "edits"),
            ("ana", edit(note, splice(8, 2, "")), Code::Invalid, "edits"),
            (
                "ana",
                edit(note, splice(u32::MAX, u32::MAX, "")),
                Code::Invalid,
                "edits",
            ),
            ("ana", type_in(note, 0, &huge), Code::TooLong, "edits"),
            (
                "ana",
                edit(note, TextEdit::UpdateSpans { spans }),
                Code::TooLong,
                "spans",
            ),
            ("ana", delete(task), Code::NotFound, "note"),
            ("ana", delete(deleted), Code::WrongState, "note"),
            ("ana", restore(deleted), Code::Forbidden, ""),
            ("service", restore(deleted), Code::Forbidden, ""),
            ("cleo", restore(note), Code::WrongState, "note"),
            ("cleo", restore(task), Code::NotFound, "note"),
        ],
    );
}

#[test]
fn an_edit_list_with_one_bad_edit_changes_nothing() {
    let mut scene = scene();
    let bad = C::EditNote {
        note: NoteId(scene.note),
        edits: vec![splice(0, 0, "Please "), splice(99, 0, "!")],
    };
    check(&mut scene, vec![("ana", bad, Code::Invalid, "edits")]);
}

#[test]
fn refusals_of_tasks() {
    let mut scene = scene();
    let (free, teams, bens, done) = (scene.free, scene.teams, scene.bens, scene.done);
    let (note, message) = (scene.note, scene.message_in);
    let make = |draft| C::CreateTask { draft };
    let draft = || task_draft("Call");
    let nowhere = || {
        Some(Due {
            zone: "Not a zone".to_owned(),
            ..commands::due(1)
        })
    };
    let no_day = Some(Due {
        day: Some("2026-02-30".to_owned()),
        ..commands::due(1)
    });
    let prose = "x".repeat(limits::PROSE_UNITS + 1);
    let odd = "two words".to_owned();
    let outcome = |subject: &str| Some(topic_draft(subject));
    let unknown = TaskField::Priority(Priority::Low);
    let (done_, cancelled) = (TaskStatus::Done, TaskStatus::Cancelled);
    check(
        &mut scene,
        vec![
            ("ana", make(task_draft("")), Code::Invalid, "title"),
            ("ana", make(task_draft(&long())), Code::TooLong, "title"),
            (
                "ana",
                make(TaskDraft {
                    description: prose.clone(),
                    ..draft()
                }),
                Code::TooLong,
                "description",
            ),
            (
                "ana",
                make(TaskDraft {
                    task_type: odd.clone(),
                    ..draft()
                }),
                Code::Invalid,
                "taskType",
            ),
            (
                "ana",
                make(TaskDraft {
                    due: nowhere(),
                    ..draft()
                }),
                Code::Invalid,
                "due",
            ),
            (
                "ana",
                make(TaskDraft {
                    due: no_day,
                    ..draft()
                }),
                Code::Invalid,
                "due",
            ),
            ("ana", set_task(note, unknown), Code::NotFound, "task"),
            (
                "ana",
                set_task(free, TaskField::Title(String::new())),
                Code::Invalid,
                "title",
            ),
            (
                "ana",
                set_task(free, TaskField::Title(long())),
                Code::TooLong,
                "title",
            ),
            (
                "ana",
                set_task(free, TaskField::Description(prose)),
                Code::TooLong,
                "description",
            ),
            (
                "ana",
                set_task(free, TaskField::TaskType(odd)),
                Code::Invalid,
                "taskType",
            ),
            (
                "ana",
                set_task(free, TaskField::Due(nowhere())),
                Code::Invalid,
                "due",
            ),
            ("ana", set_status(message, done_), Code::NotFound, "task"),
            (
                "ana",
                set_status(done, TaskStatus::InProgress),
                Code::WrongState,
                "status",
            ),
            (
                "ana",
                set_status(done, cancelled),
                Code::WrongState,
                "status",
            ),
            ("ana", set_status(bens, done_), Code::NotAssignee, ""),
            ("dan", set_status(teams, done_), Code::NotAssignee, ""),
            ("eva", set_status(teams, done_), Code::NotAssignee, ""),
            ("ana", claim(bens), Code::NotAssignee, ""),
            ("dan", claim(teams), Code::NotAssignee, ""),
            ("eva", claim(teams), Code::NotAssignee, ""),
            ("ana", claim(done), Code::WrongState, "task"),
            ("ana", claim(note), Code::NotFound, "task"),
            ("ana", finish(note, None), Code::NotFound, "task"),
            ("ana", finish(done, None), Code::WrongState, "task"),
            (
                "ana",
                finish(bens, outcome("Done for him")),
                Code::NotAssignee,
                "",
            ),
            ("dan", finish(teams, None), Code::NotAssignee, ""),
            // The task stays as it is if its log is refused.
            ("ana", finish(free, outcome("")), Code::Invalid, "subject"),
        ],
    );
}

#[test]
fn refusals_of_topics() {
    let mut scene = scene();
    let (note, first, last) = (scene.note, scene.message_in, scene.message_out);
    let draft = || topic_draft("Lost parcel");
    let message = |id| Some(InteractionId(id));
    let status = |topic| C::SetTopicStatus {
        topic: TopicId(topic),
        status: TopicStatus::Closed,
    };
    let purpose = "no such purpose".to_owned();
    let summary = "x".repeat(limits::PROSE_UNITS + 1);
    let backwards = TopicDraft {
        start: Some(at(9)),
        end: Some(at(8)),
        ..draft()
    };
    let crossed = TopicDraft {
        first_message: message(first),
        last_message: message(last),
        ..draft()
    };
    check(
        &mut scene,
        vec![
            ("ana", log(topic_draft(" ")), Code::Invalid, "subject"),
            ("ana", log(topic_draft(&long())), Code::TooLong, "subject"),
            (
                "ana",
                log(TopicDraft { purpose, ..draft() }),
                Code::Invalid,
                "purpose",
            ),
            (
                "ana",
                log(TopicDraft { summary, ..draft() }),
                Code::TooLong,
                "summary",
            ),
            (
                "ana",
                log(TopicDraft {
                    first_message: message(note),
                    ..draft()
                }),
                Code::NotFound,
                "firstMessage",
            ),
            (
                "ana",
                log(TopicDraft {
                    last_message: message(note),
                    ..draft()
                }),
                Code::NotFound,
                "lastMessage",
            ),
            ("ana", log(backwards), Code::Invalid, "end"),
            // The message in is of second 10, the one out of second 2.
            ("ana", log(crossed), Code::Invalid, "lastMessage"),
            ("ana", status(note), Code::NotFound, "topic"),
        ],
    );
}

#[test]
fn refusals_of_a_contact() {
    let draft = |draft| to_contact(ContactCommand::CreateContact { draft });
    let set = |set| to_contact(ContactCommand::SetContactField { set });
    let mut ana = Peer::new(1, ana(), contact().into());
    for (text, code) in [(long(), Code::TooLong), ("a\nb".to_owned(), Code::Invalid)] {
        let all = [
            ("name", ContactField::Name(text.clone())),
            ("email", ContactField::Email(text.clone())),
            ("phone", ContactField::Phone(text.clone())),
            ("company", ContactField::Company(text.clone())),
        ];
        for (field, value) in all {
            refuses(&mut ana, &set(value), code, field);
        }
        let name = ContactDraft {
            name: text,
            ..ContactDraft::default()
        };
        refuses(&mut ana, &draft(name), code, "name");
    }
    let word = "no such type".to_owned();
    let typed = ContactDraft {
        contact_type: word.clone(),
        ..ContactDraft::default()
    };
    let tagged = ContactDraft {
        tags: vec!["tag".to_owned(); limits::TAGS + 1],
        ..ContactDraft::default()
    };
    let nowhere = ContactDraft {
        identities: vec![commands::identity("")],
        ..ContactDraft::default()
    };
    refuses(&mut ana, &draft(typed), Code::Invalid, "type");
    refuses(
        &mut ana,
        &set(ContactField::Type(word)),
        Code::Invalid,
        "type",
    );
    refuses(&mut ana, &draft(tagged), Code::TooLong, "tags");
    refuses(&mut ana, &draft(nowhere), Code::Invalid, "identities");
}

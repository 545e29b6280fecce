//! What accepted commands do.

use crate::support::commands::{self, owner, receive, topic_draft};
use crate::support::{Peer, ana, at, contact, to_contact, to_conversation};
use crate::{claim, failed, finish, log, one_of_each, record, scene, set_status};
use threadline_core::command::{
    ContactCommand, ContactField, ConversationCommand as C, DeliveryFact, TopicDraft,
};
use threadline_core::error::Code;
use threadline_core::id::{InteractionId, TaskId};
use threadline_core::model::{
    Assignee, ContactStatus, ConversationStatus, DeliveryStatus, Item, ItemKind, TaskStatus,
    TextEdit, TopicOrigin, TopicStatus,
};

/// Commands that a second time change nothing; of the others some are then
/// refused, some do the same again.
const IDLE: &[&str] = &[
    "set_owner",
    "set_team",
    "set_conversation_priority",
    "set_conversation_subject",
    "add_tag",
    "remove_tag",
    "mark_read",
    "receive_message",
    "record_delivery",
    "set_task_field",
    "set_task_status",
    "claim_task",
    "set_topic_status",
    "set_topic_field",
    "open_conversation",
    "star_conversation",
    "set_message_flag",
    "set_appointment_field",
    "set_appointment_status",
    "add_attendee",
    "remove_attendee",
    "answer_appointment",
];

#[test]
fn one_command_is_one_change_named_like_it_and_an_idle_one_is_none() {
    let mut scene = scene();
    for (who, command) in one_of_each(&scene) {
        let command = to_conversation(command);
        let peer = scene.peers.of(who);
        let before = peer.document.heads();
        let change = peer.execute(&command).unwrap().change.unwrap();
        assert_eq!(change.message(), Some(command.name()));
        // Besides them it may name its actor's last change.
        assert!(before.iter().all(|head| change.deps().contains(head)));
        assert_eq!(peer.document.heads(), [change.hash()]);
        if IDLE.contains(&command.name()) {
            let again = peer.execute(&command).unwrap();
            assert!(again.change.is_none(), "{}", command.name());
            assert_eq!(peer.document.heads(), [change.hash()]);
        }
        scene.peers.exchange();
    }
}

#[test]
fn what_is_tracked_leaves_one_activity_with_its_author() {
    let untracked = [
        "mark_read",
        "open_conversation",
        "star_conversation",
        "log_call",
        "send_message",
        "receive_message",
        "record_delivery",
        "edit_note",
    ];
    let mut scene = scene();
    for (who, command) in one_of_each(&scene) {
        let name = to_conversation(command.clone()).name();
        let peer = scene.peers.of(who);
        let count = |peer: &Peer| peer.view().of_kind(ItemKind::Activity).count();
        let before = count(peer);
        peer.ok(command);
        // A finished task and the topic that logs it are two events.
        let expected = match name {
            "finish_task" => 2,
            name => usize::from(!untracked.contains(&name)),
        };
        assert_eq!(count(peer) - before, expected, "{name}");
        for item in peer.view().of_kind(ItemKind::Activity).skip(before) {
            let Item::Activity(activity) = item else {
                panic!("not an activity")
            };
            assert_eq!(activity.by.as_str(), who);
        }
        scene.peers.exchange();
    }
}

#[test]
fn delivery_goes_forward_and_never_back() {
    use DeliveryStatus::{Delivered, Failed, Queued, Read, Sent};
    let mut scene = scene();
    let message = scene.message_out;
    let status = |peer: &Peer| match peer.view().item(ItemKind::Interaction, message) {
        Some(Item::Interaction(it)) => (it.status.unwrap(), it.failure.is_some()),
        other => panic!("not a message: {other:?}"),
    };
    let server = scene.peers.of("service");
    assert_eq!(status(server), (Queued, false));
    for (fact, expected) in [
        (DeliveryFact::Sent, (Sent, false)),
        (failed(), (Failed, true)),
        (DeliveryFact::Sent, (Failed, true)),
        (DeliveryFact::Delivered, (Delivered, false)),
        (failed(), (Delivered, false)),
        (DeliveryFact::Read, (Read, false)),
        (DeliveryFact::Delivered, (Read, false)),
    ] {
        server.ok(record(message, fact));
        assert_eq!(status(server), expected);
    }
}

#[test]
fn a_conversation_is_closed_reopened_and_handed_over() {
    let mut scene = scene();
    let ana = scene.peers.of("ana");
    ana.ok(C::CloseConversation { topic: None });
    assert_eq!(ana.header().status, ConversationStatus::Closed);
    let closed = ana.header().closed.clone().unwrap();
    assert_eq!(closed.by.as_str(), "ana");
    assert_eq!(closed.last_seen, Some(InteractionId(scene.message_in)));
    ana.ok(C::ReopenConversation {});
    assert_eq!(ana.header().status, ConversationStatus::Open);
    assert_eq!(ana.header().closed, None);
    ana.ok(owner("ben"));
    assert_eq!(ana.header().owner, "ben".parse().ok());
    ana.ok(owner(""));
    assert_eq!(ana.header().owner, None);
}

#[test]
fn read_markers_move_both_ways() {
    let mut scene = scene();
    let ana = scene.peers.of("ana");
    for seconds in [50, 20] {
        ana.ok(C::MarkRead { up_to: at(seconds) });
        assert_eq!(ana.header().read[&ana.member.id], at(seconds));
    }
}

#[test]
fn a_message_received_twice_is_one_and_keeps_its_first_content() {
    let mut scene = scene();
    let server = scene.peers.of("service");
    let again = server.ok(receive(1, 99, "Something else"));
    assert_eq!(again.created, Some(scene.message_in));
    let interactions: Vec<&Item> = server.view().of_kind(ItemKind::Interaction).collect();
    assert_eq!(interactions.len(), 3);
    match server.view().item(ItemKind::Interaction, scene.message_in) {
        Some(Item::Interaction(it)) => assert_eq!(it.text, "Where is it?"),
        other => panic!("not a message: {other:?}"),
    }
}

#[test]
fn a_team_task_is_claimed_and_finished_by_whoever_is_available() {
    let mut scene = scene();
    let (teams, bens) = (scene.teams, scene.bens);
    let ana = scene.peers.of("ana");
    ana.ok(claim(teams));
    let mine = Some(Assignee::Member(ana.member.id.clone()));
    assert_eq!(ana.task(teams).assignee, mine);
    ana.ok(set_status(teams, TaskStatus::Done));
    ana.ok(set_status(teams, TaskStatus::ToDo));
    assert_eq!(ana.task(teams).status, TaskStatus::ToDo);
    // Anybody may cancel or begin; completing is the assignee's and an admin's.
    ana.ok(set_status(bens, TaskStatus::InProgress));
    scene.peers.of("cleo").ok(finish(bens, None));
}

#[test]
fn a_finished_task_and_its_log_are_linked_both_ways_in_one_change() {
    let mut scene = scene();
    let free = scene.free;
    let ana = scene.peers.of("ana");
    let draft = TopicDraft {
        status: TopicStatus::Closed,
        start: Some(at(5)),
        end: Some(at(6)),
        ..topic_draft("Reached her")
    };
    let topic = ana.ok(finish(free, Some(draft))).topic.unwrap();
    assert_eq!(ana.task(free).topic, Some(topic));
    assert_eq!(ana.task(free).status, TaskStatus::Done);
    let log = ana.topic(topic.0);
    assert_eq!(
        (log.task, log.origin),
        (Some(TaskId(free)), TopicOrigin::Task)
    );
    assert_eq!(
        (log.status, log.start, log.end),
        (TopicStatus::Closed, at(5), Some(at(6)))
    );
    assert_eq!(log.owner.as_ref(), Some(&ana.member.id));
}

#[test]
fn a_topic_of_messages_spans_them() {
    let mut scene = scene();
    let first = Some(InteractionId(scene.message_in));
    let ana = scene.peers.of("ana");
    let topic = ana.made(log(TopicDraft {
        first_message: first,
        last_message: first,
        ..topic_draft("Lost parcel")
    }));
    let topic = ana.topic(topic);
    assert_eq!((topic.start, topic.end), (at(10), Some(at(10))));
    assert_eq!((topic.first_message, topic.last_message), (first, first));
}

#[test]
fn a_contact_is_written_once_and_set_field_by_field() {
    let mut ana = Peer::new(1, ana(), contact().into());
    let create = to_contact(commands::create_contact(" Dora "));
    ana.execute(&create).unwrap();
    super::refusals::refuses(&mut ana, &create, Code::WrongState, "");
    for set in [
        ContactField::Name("Dora Diaz".to_owned()),
        ContactField::Saved(true),
        ContactField::Type("lead".to_owned()),
        ContactField::Status(ContactStatus::Dnd),
        ContactField::Email("d@example.com".to_owned()),
        ContactField::Phone("+351".to_owned()),
        ContactField::Company("Acme".to_owned()),
    ] {
        let command = to_contact(ContactCommand::SetContactField { set });
        assert!(ana.execute(&command).unwrap().change.is_some());
        assert!(
            ana.execute(&command).unwrap().change.is_none(),
            "{command:?}"
        );
    }
    let identity = to_contact(ContactCommand::AddIdentity {
        identity: commands::identity("dora@example.org"),
    });
    assert!(ana.execute(&identity).unwrap().change.is_some());
    assert!(ana.execute(&identity).unwrap().change.is_none());
    let view = ana.document.contact().unwrap();
    assert_eq!((view.name.as_str(), view.saved), ("Dora Diaz", true));
    assert_eq!(
        (view.contact_type.as_str(), view.status),
        ("lead", ContactStatus::Dnd)
    );
    assert_eq!(
        (view.email.as_str(), view.phone.as_str()),
        ("d@example.com", "+351")
    );
    assert_eq!(view.company, "Acme");
    assert_eq!(view.tags, ["vip"]);
    assert_eq!(view.identities.len(), 2);
}

#[test]
fn who_edits_a_note_is_told_once_a_minute() {
    let mut scene = scene();
    let note = scene.note;
    let stamp = |peer: &Peer| {
        let edited = peer.note(note).edited.as_ref();
        edited.map(|edited| (edited.by.to_string(), edited.at))
    };
    let ana = scene.peers.of("ana");
    assert_eq!(stamp(ana), None);
    // The clock takes a second for each command.
    for (clock, told_at) in [(99, 100), (100, 100), (158, 100), (159, 160), (219, 220)] {
        ana.clock = clock;
        ana.ok(crate::type_in(note, 0, "x"));
        assert_eq!(stamp(ana), Some(("ana".to_owned(), at(told_at))), "{clock}");
    }
    scene.peers.exchange();
    // Somebody else is told at once.
    let ben = scene.peers.of("ben");
    ben.clock = 221;
    ben.ok(crate::type_in(note, 0, "y"));
    assert_eq!(stamp(ben), Some(("ben".to_owned(), at(222))));
    // What changes nothing is nobody's edit.
    let spans = ben.note(note).spans.clone();
    let same = to_conversation(crate::edit(note, TextEdit::UpdateSpans { spans }));
    ben.clock = 900;
    assert!(ben.execute(&same).unwrap().change.is_none());
    assert_eq!(stamp(ben), Some(("ben".to_owned(), at(222))));
}

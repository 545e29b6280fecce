//! Where a conversation stands: snoozed, closed with a topic, linked.

use crate::refusals::refuses;
use crate::support::commands::{identity, policy, receive, topic_draft};
use crate::support::{Peer, Peers, ana, at, cleo, conversation, service, to_conversation};
use crate::{change, scene, told, walk};
use threadline_core::command::{ConversationCommand as C, PolicyField, TopicDraft};
use threadline_core::error::Code;
use threadline_core::id::{ContactId, DocumentId};
use threadline_core::model::{
    Channel, ConversationStatus, Identity, ItemKind, Priority, WorkspaceView,
};
use uuid::Uuid;

fn snooze(seconds: i64) -> C {
    C::SnoozeConversation { until: at(seconds) }
}

fn millis(seconds: i64) -> String {
    at(seconds).as_millis().to_string()
}

fn link(number: u128) -> C {
    C::LinkConversation {
        contact: ContactId(Uuid::from_u128(number)),
    }
}

fn topic_required() -> WorkspaceView {
    let mut admin = Peer::new(9, cleo(), DocumentId::Workspace);
    admin.ok(policy(PolicyField::RequireTopicToClose(true)));
    admin.settings().clone()
}

#[test]
fn refusals_of_a_snooze() {
    let mut scene = scene();
    let ana = scene.peers.of("ana");
    ana.clock = 100;
    for past in [-1, 100] {
        let command = to_conversation(snooze(past));
        refuses(ana, &command, Code::Invalid, "until");
    }
    let awake = to_conversation(C::UnsnoozeConversation {});
    refuses(ana, &awake, Code::WrongState, "");
    ana.ok(C::CloseConversation { topic: None });
    let closed = to_conversation(snooze(9_999));
    refuses(ana, &closed, Code::WrongState, "");
}

#[test]
fn a_snooze_tells_its_time_and_ends_with_a_message() {
    let mut scene = scene();
    let ana = scene.peers.of("ana");
    assert_eq!(told(ana, snooze(500)), change("snoozed", "", &millis(500)));
    let again = told(ana, snooze(900));
    assert_eq!(again, change("snoozed", &millis(500), &millis(900)));
    let awake = told(ana, C::UnsnoozeConversation {});
    assert_eq!(awake, change("snoozed", &millis(900), ""));
    ana.ok(snooze(900));
    scene.peers.exchange();
    scene.peers.of("service").ok(receive(2, 30, "Hello?"));
    scene.peers.exchange();
    assert_eq!(scene.peers.of("ana").header().snoozed, None);
}

#[test]
fn a_conversation_is_closed_without_a_topic_only_where_the_workspace_lets_it() {
    let mut peers = Peers::in_conversation([cleo(), ana(), service()]);
    for peer in &mut peers.0 {
        peer.rules = topic_required();
    }
    let bare = to_conversation(C::CloseConversation { topic: None });
    // The rule is the same for people and for the server's flows.
    for who in ["ana", "cleo", "service"] {
        refuses(peers.of(who), &bare, Code::TopicRequired, "topic");
    }
    let bad = C::CloseConversation {
        topic: Some(topic_draft("")),
    };
    let ana = peers.of("ana");
    refuses(ana, &to_conversation(bad), Code::Invalid, "subject");

    let with = C::CloseConversation {
        topic: Some(topic_draft("Lost parcel")),
    };
    let executed = ana.execute(&to_conversation(with)).unwrap();
    assert!(executed.change.is_some());
    let topic = executed.outcome.topic.unwrap();
    assert_eq!(ana.topic(topic.0).subject, "Lost parcel");
    assert_eq!(ana.header().status, ConversationStatus::Closed);
    // Once there is a topic, it may be closed again without another.
    ana.ok(C::ReopenConversation {});
    ana.ok(C::CloseConversation { topic: None });
    assert_eq!(ana.view().of_kind(ItemKind::Topic).count(), 1);
}

#[test]
fn refusals_of_unlinked_conversations() {
    let mut scene = scene();
    let ana = scene.peers.of("ana");
    let begun = to_conversation(C::StartUnlinked {
        identity: identity("dora@example.com"),
        subject: String::new(),
    });
    refuses(ana, &begun, Code::WrongState, "");
    for command in [link(7), C::UnlinkConversation {}] {
        let command = to_conversation(command);
        refuses(ana, &command, Code::WrongState, "conversation");
    }

    let mut fresh = Peer::new(1, crate::support::ana(), conversation().into());
    for (channel, address, code) in [
        (Channel::Email, "", Code::Invalid),
        (Channel::Email, "nobody", Code::Invalid),
        (Channel::Email, "a b@example.com", Code::Invalid),
        (Channel::Sms, "two\nlines", Code::Invalid),
        (Channel::Sms, &"9".repeat(1_001), Code::TooLong),
    ] {
        let address = address.to_owned();
        let command = to_conversation(C::StartUnlinked {
            identity: Identity { channel, address },
            subject: String::new(),
        });
        refuses(&mut fresh, &command, code, "identity");
    }
}

#[test]
fn an_unlinked_conversation_is_linked_and_unlinked_again() {
    let mut ana = Peer::new(1, ana(), conversation().into());
    let start = C::StartUnlinked {
        identity: identity("Dora@Example.com"),
        subject: "An order".to_owned(),
    };
    walk(
        &mut ana,
        vec![
            (to_conversation(start), 1),
            (to_conversation(link(7)), 1),
            (to_conversation(link(8)), 1),
            (to_conversation(C::UnlinkConversation {}), 1),
        ],
    );
    assert_eq!(ana.header().contact, None);
    let identity = ana.header().identity.clone().unwrap();
    assert_eq!(identity.address, "dora@example.com");
    let name = Uuid::from_u128(7).to_string();
    assert_eq!(told(&mut ana, link(7)), change("link", "", &name));
    let undone = told(&mut ana, C::UnlinkConversation {});
    assert_eq!(undone, change("link", &name, ""));
    // Nothing to undo: nothing written.
    let idle = to_conversation(C::UnlinkConversation {});
    assert!(ana.execute(&idle).unwrap().change.is_none());
}

#[test]
fn every_field_of_a_conversation_tells_old_and_new() {
    let mut scene = scene();
    let ana = scene.peers.of("ana");
    for (command, field, from, to) in [
        (crate::owner("ana"), "owner", "", "ana"),
        (crate::owner("ben"), "owner", "ana", "ben"),
        (crate::owner(""), "owner", "ben", ""),
        (
            C::SetTeam {
                team: "sales".parse().ok(),
            },
            "team",
            "",
            "sales",
        ),
        (
            C::SetConversationPriority {
                priority: Priority::High,
            },
            "priority",
            "medium",
            "high",
        ),
        (
            C::SetConversationSubject {
                subject: "Parcel".to_owned(),
            },
            "subject",
            "An order",
            "Parcel",
        ),
        (crate::add_tag("vip"), "tags", "", "vip"),
        (crate::remove_tag("vip"), "tags", "vip", ""),
        (
            C::CloseConversation {
                topic: None::<TopicDraft>,
            },
            "status",
            "open",
            "closed",
        ),
        (C::ReopenConversation {}, "status", "closed", "open"),
    ] {
        assert_eq!(told(ana, command), change(field, from, to));
    }
}

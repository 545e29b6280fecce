//! A conversation as it was, and what happened since (spec B4).
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod support;

use support::commands::{add_note, add_tag, owner, plain, receive, send, splice, type_in, words};
use support::{Counter, Peer, Peers, actor, ana, at, ben, commands, conversation, note, service};
use threadline_core::bundle::Bundle;
use threadline_core::command::{Command, ConversationCommand};
use threadline_core::document::View;
use threadline_core::error::Code;
use threadline_core::id::DocumentId;
use threadline_core::model::{Difference, Item, ItemKind, Moment, Span, TextEdit};
use threadline_core::replica::{Replica, Saved};
use threadline_core::sync::frame::{ServerFrame, Welcome};

fn doc() -> DocumentId {
    conversation().into()
}

fn actions(moments: &[Moment]) -> Vec<&str> {
    moments.iter().map(|it| it.action.as_str()).collect()
}

fn past_subject(peer: &mut Peer, moment: &Moment) -> (String, Option<String>, u32) {
    match peer.document.view_at(&moment.hash).unwrap() {
        View::Conversation(view) => (
            view.header.subject.clone(),
            view.header.owner.map(String::from),
            view.header.items,
        ),
        other => panic!("not a conversation: {other:?}"),
    }
}

#[test]
fn every_moment_shows_the_whole_view_as_it_was() {
    let mut peer = Peer::new(1, ana(), doc());
    // What the view was after each command, as it was then.
    let mut then = Vec::new();
    for command in [
        commands::start("An order"),
        owner("ben"),
        send("Hello"),
        add_tag("late"),
        add_note("Ask Ben"),
        ConversationCommand::CloseConversation { topic: None },
        ConversationCommand::ReopenConversation {},
    ] {
        peer.ok(command);
        then.push(peer.document.view().clone());
    }
    let now = peer.document.view().clone();
    let moments = peer.document.moments();
    assert_eq!(
        actions(&moments),
        [
            "start_conversation",
            "set_owner",
            "send_message",
            "add_tag",
            "add_note",
            "close_conversation",
            "reopen_conversation",
        ]
    );
    for (moment, (was, seconds)) in moments.iter().zip(then.iter().zip(1..)) {
        assert_eq!(&peer.document.view_at(&moment.hash).unwrap(), was);
        assert_eq!(
            (moment.at, moment.by.as_ref()),
            (at(seconds), Some(&ana().id))
        );
    }
    // Looking back changes nothing, and the document still takes commands.
    assert_eq!(peer.document.view(), &now);
    peer.ok(owner("ana"));
    assert_eq!(peer.document.view(), &peer.document.rebuilt());
}

#[test]
fn a_moment_holds_what_two_members_did_before_it() {
    let mut peers = Peers::in_conversation([ana(), ben()]);
    peers.of("ana").clock = 10;
    peers.of("ana").ok(owner("ana"));
    peers.of("ben").clock = 20;
    peers.of("ben").ok(commands::add_tag("vip"));
    peers.of("ana").clock = 30;
    peers.of("ana").ok(send("Hello"));
    peers.exchange();
    let mut of_both = Vec::new();
    for name in ["ana", "ben"] {
        let peer = peers.of(name);
        let moments = peer.document.moments();
        let last = moments.last().unwrap();
        assert_eq!(past_subject(peer, last).2, peer.header().items);
        of_both.push(moments);
    }
    // The same in both copies, in the order of time.
    assert_eq!(of_both[0], of_both[1]);
    assert_eq!(
        actions(&of_both[0]),
        ["start_conversation", "set_owner", "add_tag", "send_message"]
    );
    let ben = peers.of("ben");
    let View::Conversation(view) = ben.document.view_at(&of_both[0][2].hash).unwrap() else {
        panic!("not a conversation");
    };
    // Ana's owner is there although Ben had not heard of it.
    assert_eq!(view.header.owner, Some(ana().id));
    assert_eq!(view.header.tags, ["vip"]);
}

#[test]
fn a_run_of_edits_is_one_moment_and_reading_is_none() {
    let mut peers = Peers::in_conversation([ana(), ben()]);
    let ana = peers.of("ana");
    let id = ana.made(add_note("end"));
    for letter in ["c", "b", "a"] {
        ana.ok(type_in(id, 0, letter));
    }
    ana.ok(ConversationCommand::StarConversation { starred: true });
    ana.clock += 61;
    ana.ok(type_in(id, 0, "later "));
    peers.exchange();
    let ben = peers.of("ben");
    ben.clock = peers_clock(ben);
    ben.ok(type_in(id, 0, "ben "));
    let moments = ben.document.moments();
    assert_eq!(
        actions(&moments),
        [
            "start_conversation",
            "add_note",
            "edit_note",
            "edit_note",
            "edit_note"
        ]
    );
    let versions = ben.document.note_versions(note(id)).unwrap();
    assert_eq!(versions, moments[1..]);
    let texts: Vec<String> = versions
        .iter()
        .map(|it| plain(&ben.document.note_at(note(id), &it.hash).unwrap()))
        .collect();
    assert_eq!(texts, ["end", "abcend", "later abcend", "ben later abcend"]);
}

/// Right after the last edit of the other peer.
fn peers_clock(peer: &Peer) -> i64 {
    peer.clock + 70
}

#[test]
fn what_happened_between_two_moments_names_who_and_what() {
    let mut peers = Peers::in_conversation([ana(), ben(), service()]);
    let id = peers.of("ana").made(add_note("Ask"));
    peers.exchange();
    peers.of("ben").clock = 100;
    let ben = peers.of("ben");
    ben.ok(owner("ben"));
    ben.ok(type_in(id, 0, "x"));
    ben.ok(type_in(id, 0, "y"));
    ben.ok(send("Hello"));
    peers.exchange();
    let shop = peers.of("service");
    shop.clock = 200;
    shop.ok(receive(1, 200, "Thanks"));
    let moments = shop.document.moments();
    let (from, to) = (&moments[1].hash, &moments.last().unwrap().hash);
    let found = shop.document.between(from, to).unwrap();
    let told: Vec<(&str, Option<&str>)> = found
        .iter()
        .map(|it| (it.action.as_str(), it.by.as_ref().map(|by| by.as_str())))
        .collect();
    assert_eq!(
        told,
        [
            ("set_owner", Some("ben")),
            ("edit_note", Some("ben")),
            ("send_message", Some("ben")),
            ("receive_message", None),
        ]
    );
    let Difference {
        change, subject, ..
    } = &found[0];
    assert_eq!(change.as_ref().map(|it| it.to.as_str()), Some("ben"));
    assert!(subject.is_none());
    let edited = found[1].subject.as_ref().unwrap();
    assert_eq!((edited.kind, edited.id), (ItemKind::Note, id));
    assert_eq!(shop.document.between(to, to).unwrap(), []);
}

#[test]
fn an_unknown_moment_is_refused() {
    let mut peer = Peer::new(1, ana(), doc());
    peer.ok(commands::start("An order"));
    for hash in ["", "zz", &"0".repeat(64)] {
        let refusal = peer.document.view_at(hash).unwrap_err();
        assert_eq!(refusal.code, Code::NotFound, "{hash}");
        assert_eq!(refusal.field.as_deref(), Some("hash"));
    }
}

fn replica() -> Replica {
    let mut replica = Replica::new("acme".parse().unwrap(), actor(1), Box::new(Counter::new(1)));
    replica.restore(Saved::default());
    replica.connected("token".to_owned());
    let welcome = ServerFrame::Welcome(Welcome {
        session: 1,
        member: ana(),
        members: vec![ana(), ben()],
        epoch: "e1".to_owned(),
        now: at(0),
    });
    replica.receive(&welcome.encode(), at(0)).unwrap();
    replica.open(doc());
    replica.load(doc(), &[]).unwrap();
    replica
}

fn give(replica: &mut Replica, command: ConversationCommand, seconds: i64) -> Option<uuid::Uuid> {
    let command = Command::Conversation {
        conversation: conversation(),
        command,
    };
    replica.apply(command, at(seconds)).unwrap().created
}

#[test]
fn a_replica_looks_back_while_somebody_types_and_loses_nothing() {
    let mut replica = replica();
    give(&mut replica, commands::start("An order"), 1);
    let id = give(&mut replica, add_note("end"), 2).unwrap();
    let typed = splice(0, 0, "the ");
    replica
        .edit(conversation(), note(id), vec![typed.clone()], at(3))
        .unwrap();
    let waiting = replica.waiting().len();
    let moments = replica.moments(conversation());
    // The run of keystrokes became a change that the outbox knows.
    assert_eq!(
        actions(&moments),
        ["start_conversation", "add_note", "edit_note"]
    );
    assert_eq!(replica.waiting().len(), waiting + 1);
    let past = replica
        .past(conversation(), &moments[1].hash, None, 1)
        .unwrap();
    assert_eq!(past.items.len(), 1);
    assert_eq!(past.header.items, 3);
    let was = replica
        .note_at(conversation(), note(id), &moments[1].hash)
        .unwrap();
    assert_eq!(was, [words("end")]);
    // Typing goes on, and the old text is restored as an edit.
    replica
        .edit(conversation(), note(id), vec![typed], at(4))
        .unwrap();
    let restore = ConversationCommand::EditNote {
        note: note(id),
        edits: vec![TextEdit::UpdateSpans { spans: was }],
    };
    give(&mut replica, restore, 5);
    let text = |spans: &[Span]| plain(spans);
    assert_eq!(
        text(&replica.spans(conversation(), note(id)).unwrap()),
        "end"
    );
    let versions = replica.note_versions(conversation(), note(id)).unwrap();
    assert_eq!(actions(&versions), ["add_note", "edit_note"]);
    assert!(replica.past(conversation(), "?", None, 1).is_err());
}

#[test]
fn a_page_of_the_past_goes_on_before_its_first_item() {
    let mut replica = replica();
    give(&mut replica, commands::start("An order"), 1);
    for seconds in 2..8 {
        give(&mut replica, send("Hello"), seconds);
    }
    let moments = replica.moments(conversation());
    let hash = &moments[4].hash;
    let newest = replica.past(conversation(), hash, None, 2).unwrap();
    let times = |items: &[Item]| -> Vec<_> {
        items
            .iter()
            .map(|it| threadline_core::document::place(it).0)
            .collect()
    };
    assert_eq!(times(&newest.items), [at(4), at(5)]);
    let (first_at, first_id, _) = threadline_core::document::place(&newest.items[0]);
    let before = replica
        .past(conversation(), hash, Some((first_at, first_id)), 2)
        .unwrap();
    assert_eq!(times(&before.items), [at(2), at(3)]);
}

#[test]
fn a_bundle_of_what_is_in_memory_reads_back_with_its_history() {
    let mut replica = replica();
    give(&mut replica, commands::start("An order"), 1);
    let id = give(&mut replica, add_note("end"), 2).unwrap();
    replica
        .edit(conversation(), note(id), vec![splice(0, 0, "the ")], at(3))
        .unwrap();
    let bundle = Bundle::decode(&replica.export(&[doc()]).unwrap()).unwrap();
    assert_eq!(&bundle.workspace, replica.workspace());
    assert_eq!(bundle.members, [ana(), ben()]);
    let [document] = bundle.documents.as_slice() else {
        panic!("one document");
    };
    let mut peer = Peer::new(3, ben(), document.doc);
    let raw: Vec<Vec<u8>> = document.changes.iter().map(|it| it.to_vec()).collect();
    peer.document.apply(support::changes(&raw)).unwrap();
    assert_eq!(peer.text(id), "the end");
    assert_eq!(peer.document.moments(), replica.moments(conversation()));
    let elsewhere = DocumentId::Contact(support::contact());
    let refusal = replica.export(&[doc(), elsewhere]).unwrap_err();
    assert_eq!(refusal.code, Code::NotLoaded);
}

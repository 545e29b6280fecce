//! What can be searched: an index that takes in only what was touched is the
//! same as one made anew, and what was deleted is in neither.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod support;

use std::collections::BTreeMap;

use support::commands::{
    add_note, add_tag, create_contact, create_task, remove_tag, send, start, topic_draft, type_in,
};
use support::{Peer, Peers, ana, ben, contact, conversation, note, to_contact, to_conversation};
use threadline_core::command::{Command, ConversationCommand as C};
use threadline_core::document::Document;
use threadline_core::model::{TextEntry, TextKind};
use uuid::Uuid;

/// Texts by what they are of; without the empty ones.
#[derive(Debug, Default, PartialEq)]
struct Index(BTreeMap<(TextKind, Uuid), String>);

impl Index {
    fn take(&mut self, entries: Vec<TextEntry>) {
        for TextEntry { kind, id, text, .. } in entries {
            if text.is_empty() {
                self.0.remove(&(kind, id));
            } else {
                self.0.insert((kind, id), text);
            }
        }
    }

    fn of(document: &Document) -> Self {
        let mut index = Self::default();
        index.take(document.texts());
        index
    }

    fn finds(&self, word: &str) -> Vec<TextKind> {
        let found = self.0.iter().filter(|(_, text)| text.contains(word));
        found.map(|((kind, _), _)| *kind).collect()
    }
}

/// A peer and the index that follows its document.
struct Desk {
    peer: Peer,
    index: Index,
}

impl Desk {
    fn give(&mut self, command: &Command) -> Option<Uuid> {
        let done = self.peer.execute(command).unwrap();
        self.index
            .take(self.peer.document.texts_touched(&done.dirty));
        assert_eq!(self.index, Index::of(&self.peer.document));
        done.outcome.created
    }

    fn made(&mut self, command: C) -> Uuid {
        self.give(&to_conversation(command)).unwrap()
    }
}

#[test]
fn the_index_follows_every_command() {
    let mut desk = Desk {
        peer: Peer::new(1, ana(), conversation().into()),
        index: Index::default(),
    };
    desk.give(&to_conversation(start("Lemonade")));
    assert_eq!(desk.index.finds("Lemonade"), [TextKind::Conversation]);
    desk.give(&to_conversation(add_tag("vip")));
    assert_eq!(desk.index.finds("vip"), [TextKind::Conversation]);
    desk.give(&to_conversation(remove_tag("vip")));
    assert_eq!(desk.index.finds("vip"), []);

    let id = desk.made(add_note("A raspberry"));
    desk.give(&to_conversation(type_in(id, 0, "Two of them: ")));
    assert_eq!(desk.index.finds("raspberry"), [TextKind::Note]);
    desk.give(&to_conversation(C::DeleteNote { note: note(id) }));
    assert_eq!(desk.index.finds("raspberry"), []);

    desk.made(create_task("Order sugar"));
    assert_eq!(desk.index.finds("sugar"), [TextKind::Task]);
    let draft = topic_draft("The recipe");
    desk.made(C::CreateTopic {
        draft,
        follow_up: None,
    });
    assert_eq!(desk.index.finds("recipe"), [TextKind::Topic]);
    assert_eq!(desk.index.finds("sent again"), [TextKind::Topic]);
    desk.made(send("With ice, please"));
    assert_eq!(desk.index.finds("ice, please"), [TextKind::Interaction]);
    assert_eq!(
        desk.index.finds("dora@example.com"),
        [TextKind::Interaction]
    );
}

#[test]
fn the_index_follows_what_others_did() {
    let mut peers = Peers::in_conversation([ana(), ben()]);
    let id = peers.of("ana").made(add_note("A raspberry"));
    peers.exchange();
    let ben = peers.of("ben");
    ben.ok(add_tag("vip"));
    let mut index = Index::of(&ben.document);

    let ana = peers.of("ana");
    ana.ok(type_in(id, 0, "Not "));
    ana.made(create_task("Order sugar"));
    let changes = {
        let heads = peers.of("ben").document.heads();
        peers.of("ana").document.changes_since(&heads)
    };
    let ben = peers.of("ben");
    let dirty = ben.document.apply(changes).unwrap();
    index.take(ben.document.texts_touched(&dirty));
    assert_eq!(index, Index::of(&ben.document));
    assert_eq!(index.finds("Not A raspberry"), [TextKind::Note]);
    assert_eq!(index.finds("sugar"), [TextKind::Task]);
}

#[test]
fn a_contact_is_found_by_all_that_its_profile_says() {
    let mut peer = Peer::new(1, ana(), contact().into());
    peer.execute(&to_contact(create_contact("Dora"))).unwrap();
    let index = Index::of(&peer.document);
    for word in ["Dora", "dora@example.com", "vip"] {
        assert_eq!(index.finds(word), [TextKind::Contact], "{word}");
    }
}

//! A server that was restored from a backup gets back what it lost, and one
//! that is busy is asked again.

use automerge::Change;
use serde_bytes::ByteBuf;
use threadline_core::command::{Command, ConversationCommand};
use threadline_core::error::Code;
use threadline_core::id::{ContactId, ConversationId};
use threadline_core::replica::{KeptDocument, SpareQuery, SyncPhase};
use threadline_core::sync::frame::{Changes, ServerFrame};
use uuid::Uuid;

use crate::support::at;
use crate::support::commands::{add_note, add_tag};
use crate::{Desk, Server, begun, doc};

/// The restored server has nothing of the document.
fn has_nothing(desk: &mut Desk) {
    desk.hear(&ServerFrame::Changes(Changes {
        doc: doc(),
        changes: Vec::<ByteBuf>::new(),
        heads: Vec::new(),
        seq: 0,
        complete: true,
    }));
}

/// Ana's desk, at a server that has lost what it had acknowledged.
fn restored() -> Desk {
    let (mut desk, _, _) = begun();
    desk.disconnect();
    desk.pushed.clear();
    desk.connect_in("restored");
    desk
}

#[test]
fn a_busy_server_is_asked_again_for_a_document() {
    for code in [Code::Unavailable, Code::RateLimited] {
        let (mut desk, _, _) = begun();
        let before = desk.opened;
        desk.turn_away(code);
        assert_eq!(desk.opened, before);
        desk.wait();
        assert_eq!(desk.opened, before + 1);
        desk.wait();
        assert_eq!(desk.opened, before + 1, "once, until it says no again");
    }
    let (mut desk, _, _) = begun();
    let before = desk.opened;
    desk.turn_away(Code::Quarantined);
    for _ in 0..5 {
        desk.wait();
    }
    assert_eq!(desk.opened, before, "mending takes a while");
    desk.wait();
    assert_eq!(desk.opened, before + 1);
    let (mut desk, _, _) = begun();
    let before = desk.opened;
    desk.turn_away(Code::NotFound);
    desk.wait();
    assert_eq!(
        desk.opened, before,
        "what is not there is not asked for again"
    );
}

#[test]
fn a_restored_server_that_is_busy_still_gets_what_only_this_device_has() {
    let mut desk = restored();
    desk.turn_away(Code::Unavailable);
    assert!(desk.pushed.is_empty());
    assert_ne!(desk.replica.sync_state().state, SyncPhase::Synced);
    desk.wait();
    has_nothing(&mut desk);
    assert_eq!(desk.pushed.len(), 2, "the beginning and the note");
    let mut server = Server::new();
    server.settle(&mut desk);
    assert_eq!(desk.replica.sync_state().state, SyncPhase::Synced);
}

#[test]
fn what_builds_on_something_that_was_put_off_is_put_off_and_not_lost() {
    let mut desk = restored();
    has_nothing(&mut desk);
    let mut server = Server::new();
    let brought = std::mem::take(&mut desk.pushed);
    let hashes: Vec<_> = brought
        .iter()
        .map(|bytes| Change::from_bytes(bytes.clone()).unwrap().hash())
        .collect();
    desk.nack(hashes[0], Code::RateLimited);
    desk.nack(hashes[1], Code::MissingDependency);
    assert!(desk.pushed.is_empty(), "not before a while has passed");
    desk.wait();
    assert_eq!(desk.pushed, brought);
    server.settle(&mut desk);
    assert_eq!(desk.refused(), []);
    server.assert_same(&mut desk);
}

/// One that the restored server cannot load waits alone: the others are brought,
/// people work on, and nothing of it is given up.
#[test]
fn a_document_that_a_restored_server_has_set_aside_holds_nobody_up() {
    let mut desk = restored();
    desk.give(add_tag("late"));
    desk.turn_away(Code::Quarantined);
    assert_eq!(desk.replica.sync_state().state, SyncPhase::Syncing);
    let contact = ContactId(Uuid::from_u128(7));
    let conversation = ConversationId::of_contact(contact, 0);
    desk.replica.open(conversation.into());
    desk.work();
    let command = ConversationCommand::StartConversation {
        contact,
        ordinal: 0,
        subject: "Another".to_owned(),
    };
    let begin = Command::Conversation {
        conversation,
        command,
    };
    desk.replica.apply(begin, at(desk.clock)).unwrap();
    desk.work();
    assert_eq!(desk.pushed.len(), 1, "what was begun, and not the tag");
    desk.pushed.clear();

    let before = desk.opened;
    for _ in 0..6 {
        desk.wait();
    }
    assert_eq!(desk.opened, before + 1, "once it may be mended");
    has_nothing(&mut desk);
    let mut server = Server::new();
    let brought = server.take(&std::mem::take(&mut desk.pushed));
    assert_eq!(brought.len(), 2, "the beginning and the note");
    desk.ack(brought);
    let tag = server.take(&std::mem::take(&mut desk.pushed));
    desk.ack(tag);
    assert_eq!(desk.waiting(), ["start_conversation"]);
    server.assert_same(&mut desk);
}

#[test]
fn what_a_restored_server_may_have_lost_is_not_dropped_here() {
    let mut desk = restored();
    desk.turn_away(Code::Quarantined);
    desk.replica.close(doc());
    assert!(desk.replica.document(doc()).is_none());
    let query = SpareQuery {
        stored: vec![KeptDocument {
            doc: doc(),
            bytes: 2,
            last_used: at(0),
        }],
        budget: Some(1),
        needed: Vec::new(),
    };
    assert_eq!(desk.replica.spare(query).documents, []);
}

#[test]
fn a_document_that_is_closed_while_it_is_brought_is_brought_all_the_same() {
    let mut desk = restored();
    desk.replica.close(doc());
    desk.work();
    assert!(desk.replica.document(doc()).is_some());
    has_nothing(&mut desk);
    let brought = Server::new().take(&std::mem::take(&mut desk.pushed));
    assert_eq!(brought.len(), 2, "the beginning and the note");
    desk.ack(brought);
    assert!(desk.replica.document(doc()).is_none());
    assert_eq!(desk.replica.sync_state().state, SyncPhase::Synced);
}

#[test]
fn what_stands_on_another_tabs_pending_work_follows_it() {
    let (desk, _, _) = begun();
    let mut other = Desk::new(2, desk.storage);
    other.give(add_note("elsewhere"));
    // A third tab begins on what the two left on disk.
    let mut desk = Desk::new(3, other.storage.clone());
    desk.give(add_tag("late"));

    desk.connect_in("restored");
    has_nothing(&mut desk);
    let mut server = Server::new();
    let brought = server.take(&std::mem::take(&mut desk.pushed));
    assert_eq!(brought.len(), 2, "what was acknowledged");
    desk.ack(brought);
    assert_eq!(desk.refused(), []);
    assert_eq!(desk.waiting(), ["add_note", "add_tag"]);
    assert_eq!(desk.pushed.len(), 1, "the tag, once all is through");
}

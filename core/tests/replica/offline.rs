//! Without a connection, and back again.

use serde_bytes::ByteBuf;
use threadline_core::command::ConversationCommand as C;
use threadline_core::error::Code;
use threadline_core::id::{NoteId, TaskId};
use threadline_core::model::{Item, ItemKind, Role, TextEdit};
use threadline_core::replica::{Effect, SyncPhase};
use threadline_core::sync::frame::{Changes, Members, ServerFrame};

use crate::support::commands::{add_note, add_tag, create_task, start, topic_draft};
use crate::support::{ana, at, ben, conversation, to_conversation};
use crate::{Desk, Storage, begun, doc, wire};

#[test]
fn nobody_writes_before_the_first_welcome() {
    let mut desk = Desk::new(1, Storage::default());
    let command = to_conversation(start("An order"));
    let refusal = desk.replica.apply(command, at(1)).unwrap_err();
    assert_eq!(refusal.code, Code::NotLoaded);
}

#[test]
fn a_change_of_the_team_holds_at_once_and_after_a_restart() {
    let (mut desk, _, _) = begun();
    let mut lowered = ana();
    lowered.role = Role::Viewer;
    let members = vec![lowered, ben()];
    desk.hear(&ServerFrame::Members(Members { members }));
    let refused = |desk: &mut Desk| {
        let command = to_conversation(add_tag("vip"));
        desk.replica.apply(command, at(1)).unwrap_err().code
    };
    assert_eq!(refused(&mut desk), Code::Forbidden);
    let mut desk = Desk::new(2, desk.storage);
    assert_eq!(refused(&mut desk), Code::Forbidden);
}

#[test]
fn offline_work_survives_a_restart_and_reaches_the_server() {
    let (mut desk, mut server, note) = begun();
    desk.disconnect();
    desk.type_in(note, 6, " of the night");
    let (task, _) = desk.made(create_task("Call"));
    desk.give(C::FinishTask {
        task: TaskId(task),
        outcome: Some(topic_draft("Reached her")),
        note: Vec::new(),
        follow_up: None,
    });
    let waiting = ["edit_note", "create_task", "finish_task"];
    assert_eq!(desk.waiting(), waiting);
    assert_eq!(desk.replica.sync_state().state, SyncPhase::Offline);
    let view = desk.document().view().clone();
    let before = desk.storage;

    // The tab is closed; a new one opens, still offline.
    let mut desk = Desk::new(2, before);
    assert_eq!(desk.document().view(), &view);
    assert_eq!(desk.waiting(), waiting);
    assert_eq!(desk.text(note), "middle of the night");

    // The old tab is gone, so this one cares for what it left.
    let orphans = desk.storage.saved.outbox.clone();
    desk.replica.adopt(orphans);
    desk.give(add_tag("late"));
    desk.connect();
    server.settle(&mut desk);
    assert_eq!(server.document.view(), desk.document().view());
    assert_eq!(desk.replica.sync_state().state, SyncPhase::Synced);
}

#[test]
fn what_another_tab_left_is_its_own_until_it_is_adopted() {
    let (mut desk, mut server, _) = begun();
    desk.disconnect();
    desk.give(add_tag("late"));
    let mut other = Desk::new(2, desk.storage.clone());
    other.connect();
    assert!(other.pushed.is_empty());
    let orphans = other.storage.saved.outbox.clone();
    other.replica.adopt(orphans);
    other.work();
    assert_eq!(other.pushed.len(), 1);
    server.settle(&mut other);
}

#[test]
fn an_acknowledgement_takes_only_what_it_names() {
    let (mut desk, mut server, _) = begun();
    let (_, first) = desk.give(add_tag("one"));
    desk.give(add_tag("two"));
    desk.ack([first]);
    assert_eq!(desk.waiting(), ["add_tag"]);
    assert_eq!(desk.replica.sync_state().waiting, 1);
    // An unknown hash, and the same again, change nothing.
    desk.ack([first, automerge::ChangeHash([7; 32])]);
    assert_eq!(desk.waiting(), ["add_tag"]);
    server.settle(&mut desk);
}

#[test]
fn a_change_that_comes_back_from_the_server_is_confirmed() {
    let (mut desk, mut server, _) = begun();
    desk.give(add_tag("late"));
    desk.disconnect();
    // The server took it, but its acknowledgement was lost.
    server.take(&std::mem::take(&mut desk.pushed));
    let heads = desk.document().heads();
    let raw = desk.document().change(&heads[0]).unwrap();
    desk.connect();
    let frame = Changes {
        doc: doc(),
        changes: vec![ByteBuf::from(raw.raw_bytes().to_vec())],
        heads: heads.into_iter().map(wire).collect(),
        seq: 2,
        complete: true,
    };
    desk.hear(&ServerFrame::Changes(frame));
    assert_eq!(desk.waiting(), [] as [&str; 0]);
    server.assert_same(&mut desk);
}

#[test]
fn every_keystroke_of_a_run_is_one_change() {
    let (mut desk, mut server, note) = begun();
    for (position, key) in (6..).zip(["!", "?", "."]) {
        let edit = TextEdit::Splice {
            at: position,
            delete: 0,
            insert: key.to_owned(),
        };
        let now = at(10);
        let edited = desk
            .replica
            .edit(conversation(), NoteId(note), vec![edit], now);
        assert_eq!(edited, Ok(()));
    }
    assert_eq!(desk.text(note), "middle!?.");
    assert_eq!(desk.waiting(), [] as [&str; 0]);
    // A command closes the run.
    desk.give(add_note("Next"));
    assert_eq!(desk.waiting(), ["edit_note", "add_note"]);
    assert_eq!(desk.pushed.len(), 2);
    // And says whose run it was.
    let edited = match desk
        .document()
        .conversation()
        .unwrap()
        .item(ItemKind::Note, note)
    {
        Some(Item::Note(note)) => note.edited.clone().unwrap(),
        other => panic!("not a note: {other:?}"),
    };
    assert_eq!(edited.by, ana().id);
    server.settle(&mut desk);
}

#[test]
fn a_list_of_edits_with_one_outside_the_text_changes_nothing() {
    let (mut desk, _, note) = begun();
    let splice = |at, delete, insert: &str| TextEdit::Splice {
        at,
        delete,
        insert: insert.to_owned(),
    };
    for bad in [splice(99, 0, "!"), splice(10, 2, "")] {
        // The first edit leaves eleven units for the second.
        let edits = vec![splice(0, 0, "very "), bad];
        let refusal = desk
            .replica
            .edit(conversation(), NoteId(note), edits, at(10))
            .unwrap_err();
        assert_eq!(refusal.code, Code::Invalid);
        assert_eq!(refusal.field.as_deref(), Some("edits"));
        assert_eq!(desk.text(note), "middle");
    }
    desk.replica.commit(at(11));
    desk.work();
    assert_eq!(desk.waiting(), [] as [&str; 0]);
}

#[test]
fn what_comes_from_another_tab_shows_and_is_not_stored_twice() {
    let (mut desk, mut server, note) = begun();
    let mut other = Desk::new(2, desk.storage.clone());
    desk.type_in(note, 0, "the ");
    let bytes = desk.pushed.clone();
    other.replica.merge(doc(), &bytes);
    let effects = other.replica.take_effects();
    let stores = |effect: &Effect| matches!(effect, Effect::Store { .. });
    assert!(!effects.iter().any(stores));
    assert_eq!(other.text(note), "the middle");
    server.settle(&mut desk);
}

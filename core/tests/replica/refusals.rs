//! When the server says no: what was refused leaves the document and stays in
//! sight, everything else stands, and the server's guard takes it.

use automerge::Change;
use threadline_core::command::ConversationCommand as C;
use threadline_core::command::TaskField;
use threadline_core::error::Code;
use threadline_core::id::TaskId;

use crate::support::commands::{add_note, add_tag, create_task, owner, remove_tag, set_task};
use crate::support::{Peer, actor, ben, conversation, to_conversation};
use crate::{Desk, at, begun, doc};

/// The last changes that the desk pushed.
fn last(desk: &Desk, count: usize) -> Vec<Change> {
    let pushed = &desk.pushed[desk.pushed.len() - count..];
    crate::support::changes(pushed)
}

#[test]
fn a_refused_change_goes_and_what_came_before_and_after_it_stands() {
    let (mut desk, mut server, note) = begun();
    let before = desk.type_in(note, 0, "before ");
    let (_, refused) = desk.give(add_tag("late"));
    desk.type_in(note, 13, " after");
    let (second, _) = desk.made(add_note("New"));
    desk.type_in(second, 3, " note");

    desk.nack(refused, Code::Forbidden);

    assert_eq!(desk.refused(), [("add_tag", Code::Forbidden)]);
    assert_eq!(desk.storage.saved.refused.len(), 1);
    assert_eq!(desk.text(note), "before middle after");
    assert_eq!(desk.text(second), "New note");
    assert_eq!(
        desk.replica.header(conversation()).unwrap().tags,
        [] as [&str; 0]
    );
    let waiting = ["edit_note", "edit_note", "add_note", "edit_note"];
    assert_eq!(desk.waiting(), waiting);

    // What came before stands as it is; what came after has a new actor, whose
    // first change alone names the author.
    let rewritten = last(&desk, 3);
    assert!(desk.document().has(&before));
    for (change, seq) in rewritten.iter().zip(1..) {
        assert_eq!(change.seq(), seq);
        assert_eq!(change.actor_id(), desk.document().actor());
        assert_ne!(change.actor_id(), &actor(1));
        assert_eq!(!change.extra_bytes().is_empty(), seq == 1);
        let meta = desk.document().automerge();
        let author = meta.get_author_for_actor(change.actor_id()).unwrap();
        assert_eq!(author.as_bytes(), b"ana");
    }
    desk.forget_removed();
    server.settle(&mut desk);

    // And it is so after a restart.
    let mut again = Desk::new(2, desk.storage.clone());
    assert_eq!(again.document().view(), desk.document().view());
    assert_eq!(again.refused(), [("add_tag", Code::Forbidden)]);
}

#[test]
fn what_was_built_on_a_refused_thing_is_refused_with_it() {
    let (mut desk, mut server, note) = begun();
    let (made, refused) = desk.made(create_task("Call"));
    desk.give(set_task(made, TaskField::Title("Ring".to_owned())));
    desk.type_in(note, 6, "!");
    desk.give(C::FinishTask {
        task: TaskId(made),
        outcome: None,
        note: Vec::new(),
        follow_up: None,
    });
    desk.give(add_tag("late"));

    desk.nack(refused, Code::SchemaViolation);

    let expected = [
        ("create_task", Code::SchemaViolation),
        ("set_task_field", Code::DependsOnRefused),
        ("finish_task", Code::DependsOnRefused),
    ];
    assert_eq!(desk.refused(), expected);
    assert_eq!(desk.waiting(), ["edit_note", "add_tag"]);
    assert_eq!(desk.text(note), "middle!");
    desk.forget_removed();
    server.settle(&mut desk);
}

#[test]
fn typing_goes_on_beside_refused_typing() {
    let (mut desk, mut server, note) = begun();
    desk.type_in(note, 0, "1");
    let refused = desk.type_in(note, 1, "2");
    // Right behind the refused character: its place is gone with it.
    desk.type_in(note, 2, "3");
    desk.type_in(note, 9, "4");
    assert_eq!(desk.text(note), "123middle4");

    desk.nack(refused, Code::ChangeTooLarge);

    let expected = [
        ("edit_note", Code::ChangeTooLarge),
        ("edit_note", Code::DependsOnRefused),
    ];
    assert_eq!(desk.refused(), expected);
    assert_eq!(desk.text(note), "1middle4");
    desk.forget_removed();
    server.settle(&mut desk);
}

#[test]
fn a_field_set_again_after_a_refusal_keeps_the_later_value() {
    let (mut desk, mut server, _) = begun();
    desk.give(owner("ben"));
    let (_, refused) = desk.give(owner("ana"));
    desk.give(owner(""));
    desk.give(owner("cleo"));
    desk.nack(refused, Code::Forbidden);
    let header = desk.replica.header(conversation()).unwrap();
    assert_eq!(header.owner, "cleo".parse().ok());
    desk.forget_removed();
    server.settle(&mut desk);
    assert_eq!(desk.replica.header(conversation()).unwrap().conflicts, []);
}

#[test]
fn removing_what_was_never_added_does_not_reach_the_server() {
    let (mut desk, mut server, _) = begun();
    let (_, refused) = desk.give(add_tag("late"));
    desk.give(remove_tag("late"));
    desk.give(add_tag("vip"));
    desk.nack(refused, Code::Forbidden);
    let expected = [
        ("add_tag", Code::Forbidden),
        ("remove_tag", Code::DependsOnRefused),
    ];
    assert_eq!(desk.refused(), expected);
    assert_eq!(desk.replica.header(conversation()).unwrap().tags, ["vip"]);
    desk.forget_removed();
    server.settle(&mut desk);
}

#[test]
fn work_on_top_of_a_teammates_stands_too() {
    let (mut desk, mut server, note) = begun();
    let (_, refused) = desk.give(add_tag("late"));
    let mut colleague = Peer::new(7, ben(), doc());
    let known = server.document.changes_since(&[]);
    colleague.document.apply(known).unwrap();
    let typed = crate::support::commands::type_in(note, 6, " of Ben");
    let change = colleague.execute(&to_conversation(typed)).unwrap().change;
    let change = change.unwrap();
    server.actors.record(&change, &ben().id);
    server.document.apply(vec![change]).unwrap();
    server.send_news(&mut desk);
    // On top of both Ben's typing and her own refused tag.
    desk.type_in(note, 13, " and Ana");

    desk.nack(refused, Code::Forbidden);

    assert_eq!(desk.text(note), "middle of Ben and Ana");
    desk.forget_removed();
    server.settle(&mut desk);
}

#[test]
fn a_second_refusal_rewrites_what_the_first_rewrote() {
    let (mut desk, mut server, note) = begun();
    let (_, first) = desk.give(add_tag("one"));
    desk.type_in(note, 0, "a ");
    desk.give(add_tag("two"));
    desk.type_in(note, 8, " z");
    desk.nack(first, Code::Forbidden);
    let second = last(&desk, 2)[0].hash();
    desk.nack(second, Code::Forbidden);
    let both = [("add_tag", Code::Forbidden), ("add_tag", Code::Forbidden)];
    assert_eq!(desk.refused(), both);
    assert_eq!(desk.text(note), "a middle z");
    desk.forget_removed();
    server.settle(&mut desk);
}

#[test]
fn work_goes_on_after_a_refusal_and_in_a_reopened_document() {
    let (mut desk, mut server, note) = begun();
    let (_, refused) = desk.give(add_tag("late"));
    desk.type_in(note, 0, "the ");
    desk.nack(refused, Code::Forbidden);
    desk.type_in(note, 0, "in ");
    desk.forget_removed();
    server.settle(&mut desk);

    desk.replica.close(doc());
    desk.replica.open(doc());
    desk.work();
    desk.type_in(note, 0, "It was ");
    assert_eq!(desk.text(note), "It was in the middle");
    server.settle(&mut desk);
}

#[test]
fn who_only_pushes_to_an_erased_document_forgets_it_too() {
    let (mut desk, _, _) = begun();
    let (_, hash) = desk.give(add_tag("late"));
    desk.nack(hash, Code::Erased);
    assert_eq!(desk.refused(), [("add_tag", Code::Erased)]);
    assert_eq!(desk.waiting(), [] as [&str; 0]);
    assert!(desk.replica.document(doc()).is_none());
}

#[test]
fn an_answer_for_an_unknown_change_changes_nothing() {
    let (mut desk, mut server, _) = begun();
    desk.nack(automerge::ChangeHash([7; 32]), Code::Forbidden);
    assert_eq!(desk.refused(), []);
    server.assert_same(&mut desk);
}

#[test]
fn what_the_server_cannot_take_just_now_is_pushed_again() {
    for code in [Code::Unavailable, Code::RateLimited] {
        let (mut desk, mut server, _) = begun();
        let (_, hash) = desk.give(add_tag("late"));
        desk.pushed.clear();
        desk.nack(hash, code);
        assert_eq!(desk.refused(), []);
        assert_eq!(desk.waiting(), ["add_tag"]);
        desk.replica.tick(at(desk.clock + 1));
        desk.work();
        assert!(desk.pushed.is_empty());
        desk.replica.tick(at(desk.clock + 2));
        desk.work();
        assert_eq!(desk.pushed.len(), 1);
        server.settle(&mut desk);
    }
}

#[test]
fn what_is_for_a_document_that_was_set_aside_waits_until_it_is_mended() {
    let (mut desk, mut server, _) = begun();
    let (_, first) = desk.give(add_tag("one"));
    let (_, second) = desk.give(add_tag("two"));
    desk.pushed.clear();
    desk.nack(first, Code::Quarantined);
    desk.nack(second, Code::Quarantined);
    assert_eq!(desk.refused(), []);
    assert_eq!(desk.waiting(), ["add_tag", "add_tag"]);
    assert_eq!(desk.replica.sync_state().waiting, 2);
    for seconds in 1..60 {
        desk.replica.tick(at(desk.clock + seconds));
    }
    desk.work();
    assert!(desk.pushed.is_empty(), "mending takes a while");
    desk.replica.tick(at(desk.clock + 60));
    desk.work();
    server.settle(&mut desk);
}

#[test]
fn a_dependency_still_on_its_way_is_no_refusal() {
    let (mut desk, mut server, _) = begun();
    let (_, first) = desk.give(add_tag("one"));
    let (_, second) = desk.give(add_tag("two"));
    desk.pushed.clear();
    desk.nack(first, Code::Unavailable);
    desk.nack(second, Code::MissingDependency);
    assert_eq!(desk.refused(), []);
    desk.replica.tick(at(desk.clock + 2));
    desk.work();
    server.settle(&mut desk);
}

#[test]
fn another_tab_follows_a_refusal() {
    let (mut desk, mut server, note) = begun();
    let mut other = Desk::new(2, desk.storage.clone());
    let (_, refused) = desk.give(add_tag("late"));
    desk.type_in(note, 6, "!");
    other.replica.merge(doc(), &desk.pushed);
    other.work();
    assert_eq!(other.document().view(), desk.document().view());

    let old: Vec<String> = desk
        .storage
        .saved
        .outbox
        .iter()
        .map(|it| it.hash.clone())
        .collect();
    desk.nack(refused, Code::Forbidden);
    desk.forget_removed();
    other.replica.retract(doc(), &old);
    other.replica.merge(doc(), &desk.pushed);
    other.work();
    assert_eq!(other.document().heads(), desk.document().heads());
    assert_eq!(other.document().view(), desk.document().view());
    server.settle(&mut desk);
}

#[test]
fn a_refused_command_is_given_again_or_forgotten() {
    let (mut desk, mut server, _) = begun();
    for retry in [true, false] {
        let (_, refused) = desk.give(add_tag("late"));
        desk.nack(refused, Code::Forbidden);
        let id = desk.replica.refused()[0].id.clone();
        if retry {
            desk.replica.retry(&id, at(50)).unwrap();
        } else {
            desk.replica.discard(&id);
        }
        desk.work();
        assert_eq!(desk.refused(), []);
        assert!(desk.storage.saved.refused.is_empty());
        assert_eq!(desk.waiting().len(), usize::from(retry));
        let unknown = desk.replica.retry(&id, at(51)).unwrap_err();
        assert_eq!(unknown.code, Code::NotFound);
        desk.forget_removed();
        server.settle(&mut desk);
        if retry {
            desk.give(remove_tag("late"));
            server.settle(&mut desk);
        }
    }
}

#[test]
fn a_command_that_is_refused_here_again_stays_in_sight() {
    let (mut desk, mut server, _) = begun();
    let (made, refused) = desk.made(create_task("Call"));
    desk.give(set_task(made, TaskField::Title("Ring".to_owned())));
    desk.nack(refused, Code::Forbidden);
    let id = desk.replica.refused()[1].id.clone();
    // The task is not there any more.
    let refusal = desk.replica.retry(&id, at(50)).unwrap_err();
    assert_eq!(refusal.code, Code::NotFound);
    assert_eq!(desk.refused().len(), 2);
    desk.forget_removed();
    server.settle(&mut desk);
}

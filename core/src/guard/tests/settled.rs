//! A deletion of the values beside the one that shows settles a conflict, and is
//! told as that one. What counts is what its author had seen.

use super::told::at;
use super::*;
use crate::command::CustomValue;

/// The operation by which a change put the subject.
fn subject_op(change: &Change) -> OpId {
    let found = (change.start_op().get()..)
        .zip(change.decode().operations)
        .find(|(_, op)| op.key == Key::Map("subject".into()));
    OpId::new(found.unwrap().0, change.actor_id())
}

/// The change that sets a subject, made into one that deletes a value and tells
/// what the subject is now: so other Automerge programs settle a conflict.
fn deleting(set: &Change, value: &Change, told: &str) -> Change {
    remade(set, |it| {
        let op = at(&mut it.operations, "subject");
        op.action = OpType::Delete;
        op.pred = vec![subject_op(value)].into();
        at(&mut it.operations, "to").action = put(told);
    })
}

/// What the guard says when Cleo deletes Ana's subject beside Ben's, and tells
/// that it is `to` now.
fn settled_as(to: &str) -> Result<(), Code> {
    let (mut server, mut cleo, [_, lamp, _]) = conflict();
    let (set, _) = cleo.make(subject("Sofa"));
    server.take(&cleo.member, &[deleting(&set, &lamp, to)])
}

#[test]
fn a_settled_conflict_is_told_as_the_value_that_stays() {
    assert_eq!(settled_as("Chair"), Ok(()));
    for lie in ["Lamp", "Sofa", ""] {
        assert_eq!(settled_as(lie), Err(Code::SchemaViolation), "{lie}");
    }
}

#[test]
fn a_deletion_is_told_as_one_by_who_had_not_seen_the_value_beside() {
    let doc = DocumentId::from(ContactId(Uuid::nil()));
    let mut admin = Desk::with(DocumentId::Workspace, member("dora", Role::Admin), 9);
    admin.in_settings(super::roles::size());
    let rules = admin.document.workspace().unwrap().clone();
    let desk = |name: &str, actor| {
        let mut desk = Desk::with(doc, member(name, Role::Agent), actor);
        desk.rules = rules.clone();
        desk
    };
    let (mut ana, mut ben) = (desk("ana", 1), desk("ben", 2));
    let set = |value: Option<&str>| ContactCommand::SetCustomField {
        set: CustomValue {
            field: "size".parse().unwrap(),
            value: value.map(str::to_owned),
        },
    };
    let (large, _) = ana.on_card(set(Some("large")));
    ben.take(&large);
    let (small, _) = ana.on_card(set(Some("small")));
    let (none, _) = ben.on_card(set(None));
    let mut server = Server::of(doc);
    assert_eq!(server.take(&ana.member, &[large, small]), Ok(()));
    assert_eq!(server.take(&ben.member, &[none]), Ok(()));
    assert_eq!(server.document.contact().unwrap().fields["size"], "small");
}

/// Dora's copy of a conversation, with these changes in it.
fn dora(changes: &[Change]) -> Desk {
    let mut dora = Desk::new(member("dora", Role::Agent), 4);
    for change in changes {
        dora.take(change);
    }
    dora
}

#[test]
fn a_conflict_is_settled_beside_a_further_value_in_either_order() {
    for further in ["Stool", "Lamp"] {
        for dora_first in [true, false] {
            let (mut server, mut cleo, all) = conflict();
            let mut dora = dora(&all);
            let (set, _) = cleo.make(subject("Sofa"));
            let settled = deleting(&set, &all[1], "Chair");
            let (set, _) = dora.make(subject(further));
            let mut both = [(&cleo.member, settled), (&dora.member, set)];
            if dora_first {
                both.reverse();
            }
            for (member, change) in both {
                let taken = server.take(member, &[change]);
                assert_eq!(taken, Ok(()), "{further} {dora_first}");
            }
            // Dora had seen what Cleo kept, so hers is the later word.
            let header = &server.document.conversation().unwrap().header;
            assert_eq!((&*header.subject, header.conflicts.len()), (further, 0));
        }
    }
}

#[test]
fn a_conflict_is_settled_by_who_has_not_seen_a_third_value() {
    for dora_first in [true, false] {
        let (mut server, mut cleo, all) = conflict();
        // Dora had seen Lamp alone.
        let mut dora = dora(&all[..2]);
        let (set, _) = cleo.make(subject("Sofa"));
        let settled = deleting(&set, &all[1], "Chair");
        let (stool, _) = dora.make(subject("Stool"));
        let mut both = [(&cleo.member, settled), (&dora.member, stool)];
        if dora_first {
            both.reverse();
        }
        for (member, change) in both {
            assert_eq!(server.take(member, &[change]), Ok(()), "{dora_first}");
        }
        let header = &server.document.conversation().unwrap().header;
        assert_eq!(header.conflicts[0].values.len(), 2, "Chair and Stool");
    }
}

#[test]
fn the_value_that_shows_is_not_deleted_beside_the_others() {
    let (mut server, mut cleo, all) = conflict();
    let (set, _) = cleo.make(subject("Sofa"));
    // Somebody else may delete the older one at the same time, and then the
    // field would be empty.
    let emptied = deleting(&set, &all[2], "Lamp");
    let taken = server.take(&cleo.member, &[emptied]);
    assert_eq!(taken, Err(Code::SchemaViolation));
}

#[test]
fn a_tag_is_told_as_removed_where_nothing_of_it_is_left() {
    for is_partial in [false, true] {
        let mut server = Server::new();
        let desk = |name: &str, actor| Desk::new(member(name, Role::Agent), actor);
        let (mut ana, mut ben, mut cleo) = (desk("ana", 1), desk("ben", 2), desk("cleo", 3));
        let tag = "vip".to_owned();
        let begun = ana.make(start()).0;
        ben.take(&begun);
        let add = ConversationCommand::AddTag { tag: tag.clone() };
        let (one, other) = (ana.make(add.clone()).0, ben.make(add).0);
        for change in [&begun, &one, &other] {
            cleo.take(change);
        }
        server.take(&ana.member, &[begun, one]).unwrap();
        server.take(&ben.member, &[other]).unwrap();
        let removed = cleo.make(ConversationCommand::RemoveTag { tag }).0;
        let removed = remade(&removed, |it| {
            let op = at(&mut it.operations, "vip");
            assert_eq!(op.pred.len(), 2);
            let older = op.pred.iter().next().cloned();
            if is_partial {
                op.pred = older.into_iter().collect();
            }
        });
        let taken = server.take(&cleo.member, &[removed]);
        let expected = if is_partial {
            Err(Code::SchemaViolation)
        } else {
            Ok(())
        };
        assert_eq!(taken, expected, "partial: {is_partial}");
    }
}

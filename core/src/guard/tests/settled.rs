//! A deletion that leaves one of several values behind settles a conflict, and
//! is told as what it leaves, as far as its author could know.

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

/// What the guard says when Cleo deletes Ana's subject beside Ben's, as other
/// Automerge programs settle a conflict, and tells that it is `to` now.
fn settled_as(to: &str) -> Result<(), Code> {
    let (mut server, mut cleo, [lamp, _]) = conflict();
    let (set, _) = cleo.make(subject("Sofa"));
    let settled = remade(&set, |it| {
        let op = at(&mut it.operations, "subject");
        op.action = OpType::Delete;
        op.pred = vec![subject_op(&lamp)].into();
        at(&mut it.operations, "to").action = put(to);
    });
    server.take(&cleo.member, &[settled])
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

//! Changes of one batch are checked before any of them is in the document, so
//! what one does counts for the next as if it were.

use super::told::at;
use super::*;
use crate::model::{Channel, Identity};

type C = ConversationCommand;

fn owner(name: &str) -> C {
    C::SetOwner {
        owner: (!name.is_empty()).then(|| name.parse().unwrap()),
    }
}

/// The same change, deleting the owner where it put none.
fn deleting(change: &Change) -> Change {
    remade(change, |it| {
        at(&mut it.operations, "owner").action = OpType::Delete;
    })
}

/// A conversation that Ben owns, and Ben's own copy of it.
fn owned() -> (Server, Desk) {
    let mut server = Server::new();
    let mut ben = Desk::new(member("ben", Role::Agent), 1);
    let begun = [ben.make(start()).0, ben.make(owner("ben")).0];
    server.take(&ben.member, &begun).unwrap();
    (server, ben)
}

#[test]
fn a_field_that_stays_is_not_deleted_with_what_the_batch_put_in_it() {
    let (mut server, mut ben) = owned();
    let given = ben.make(owner("ana")).0;
    let taken = deleting(&ben.make(owner("")).0);
    let verdict = server.take(&ben.member, &[given, taken]);
    assert_eq!(verdict, Err(Code::SchemaViolation));

    // Nor with what the very same change put there.
    let (mut server, mut ben) = owned();
    let given = ben.make(owner("ana")).0;
    let put = OpId::new(given.start_op().get(), given.actor_id());
    let both = remade(&given, |it| {
        let first = it.operations[0].clone();
        assert_eq!(first.key, Key::Map("owner".into()));
        it.operations.push(Op {
            action: OpType::Delete,
            pred: vec![put].into(),
            ..first
        });
        at(&mut it.operations, "to").action = super::put("");
    });
    let verdict = server.take(&ben.member, &[both]);
    assert_eq!(verdict, Err(Code::SchemaViolation));
}

#[test]
fn what_is_said_once_is_said_once_in_a_batch_too() {
    let begin = |name: &str, actor: u8| {
        let mut desk = Desk::new(member(name, Role::Agent), actor);
        let identity = Identity {
            channel: Channel::Email,
            address: format!("{name}@example.com"),
        };
        let subject = String::new();
        desk.make(C::StartUnlinked { identity, subject }).0
    };
    let ben = member("ben", Role::Agent);
    // Neither author had seen the other's.
    let (one, other) = (begin("ben", 1), begin("ben", 2));
    let mut agreed = Server::new();
    assert_eq!(agreed.take(&ben, &[one.clone(), other]), Ok(()));
    let mut server = Server::new();
    let other = remade(&begin("ben", 2), |it| {
        at(&mut it.operations, "identity").action = put("email:eva@example.com");
    });
    let verdict = server.take(&ben, &[one, other]);
    assert_eq!(verdict, Err(Code::SchemaViolation));
}

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

/// Changes of Ana in a conversation that begins with them, each naming as many of
/// those before it as `named` finds, beside the last.
fn chain(length: usize, named: impl Fn(&[ChangeHash]) -> Vec<ChangeHash>) -> Vec<Change> {
    let mut ana = Desk::new(member("ana", Role::Agent), 1);
    let mut all = vec![ana.make(start()).0];
    for number in 1..length {
        let (change, _) = ana.make(subject(&number.to_string()));
        let known: Vec<ChangeHash> = all.iter().map(Change::hash).collect();
        let mut deps = named(&known);
        deps.push(known[number - 1]);
        deps.sort_unstable();
        deps.dedup();
        all.push(remade(&change, |it| it.deps = deps));
    }
    all
}

#[test]
fn naming_many_changes_again_and_again_costs_no_more_than_naming_the_last() {
    use crate::limits::{CHANGE_DEPS, GATE_WORK};
    let ana = member("ana", Role::Agent);
    // What the document has is named by all that follows, 63 at a time; or
    // what waits at the same gate, as many as were there last.
    let old = 150;
    let of_the_document = |known: &[ChangeHash]| {
        let from = known.len() * (CHANGE_DEPS - 1) % (old - CHANGE_DEPS);
        let named = known.get(from..from + CHANGE_DEPS - 1);
        named
            .filter(|_| known.len() >= old)
            .unwrap_or_default()
            .to_vec()
    };
    let of_the_batch = |known: &[ChangeHash]| {
        let from = known.len().saturating_sub(CHANGE_DEPS);
        known[from..].to_vec()
    };
    let all = [
        chain(old + 300, of_the_document),
        chain(old + 300, of_the_batch),
    ];
    for changes in all {
        let mut server = Server::new();
        server.take(&ana, &changes[..old]).unwrap();
        let mut rest = &changes[old..];
        let mut gates = 0;
        while !rest.is_empty() {
            let mut gate = Gate::new(doc(), server.document.automerge(), &server.actors);
            let mut passed = Vec::new();
            while let ([change, others @ ..], false) = (rest, gate.is_full()) {
                let incoming = read(change.raw_bytes()).unwrap();
                gate.admit(&ana, Naming::Author, &incoming).unwrap();
                passed.push(change.clone());
                rest = others;
            }
            // The last one before it was full looked at all the others had once.
            assert!(gate.work <= 2 * GATE_WORK, "{}", gate.work);
            gates += 1;
            server.document.apply(passed.clone()).unwrap();
            for change in &passed {
                server.actors.record(change, &ana.id);
            }
        }
        assert!(gates > 1);
        let header = &server.document.conversation().unwrap().header;
        assert_eq!(header.subject, (old + 299).to_string());
    }
}

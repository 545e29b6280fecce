//! Programs of the first version knew of no trail on a contact. What they made
//! offline passes as they made it; nobody gets around the trail by it.

use automerge::transaction::Transactable;
use automerge::{AutoCommit, ROOT, ReadDoc};

use super::told::silence;
use super::*;
use crate::command::{ContactDraft, ContactField};

fn contact() -> DocumentId {
    ContactId(Uuid::nil()).into()
}

fn create() -> ContactCommand {
    let draft = ContactDraft {
        name: "Rui".to_owned(),
        ..ContactDraft::default()
    };
    ContactCommand::CreateContact { draft }
}

fn set_email(email: &str) -> ContactCommand {
    let set = ContactField::Email(email.to_owned());
    ContactCommand::SetContactField { set }
}

/// A program of the first version, offline.
struct OldProgram(AutoCommit);

impl OldProgram {
    fn of(member: &Member, actor: u8) -> Self {
        let actor = ActorId::from([actor; 16]);
        Self(genesis::of_first_version(contact(), actor, &member.id))
    }

    fn put(&mut self, key: &str, value: impl Into<ScalarValue>) -> Change {
        let (_, profile) = self.0.get(ROOT, "profile").unwrap().unwrap();
        self.0.put(&profile, key, value).unwrap();
        self.0.commit();
        self.0.get_last_local_change().unwrap()
    }

    fn create(&mut self) -> Change {
        self.put("at", 4_000)
    }
}

/// What the server says to each of a member's changes when it comes alone.
fn one_by_one(server: &mut Server, member: &Member, changes: &[Change]) -> Vec<Result<(), Code>> {
    let alone = |change| server.take(member, std::slice::from_ref(change));
    changes.iter().map(alone).collect()
}

#[test]
fn a_contact_of_the_first_version_comes_in_as_many_batches_as_it_takes() {
    let ana = member("ana", Role::Agent);
    let mut old = OldProgram::of(&ana, 1);
    let all = [
        old.create(),
        old.put("name", "Rui"),
        old.put("email", "rui@example.com"),
    ];
    let mut together = Server::of(contact());
    assert_eq!(together.take(&ana, &all), Ok(()));
    let mut alone = Server::of(contact());
    assert_eq!(one_by_one(&mut alone, &ana, &all), [Ok(()); 3]);
    assert_eq!(alone.document.view(), together.document.view());
}

#[test]
fn who_knows_the_trail_tells_that_a_contact_was_made() {
    let mut ana = Desk::with(contact(), member("ana", Role::Agent), 1);
    let (made, _) = ana.on_card(create());
    let silent = remade(&made, |it| silence(&mut it.operations));
    let taken = Server::of(contact()).take(&ana.member, &[silent]);
    assert_eq!(taken, Err(Code::SchemaViolation));
}

#[test]
fn nobody_is_silent_about_a_contact_of_which_something_was_told() {
    let ana = member("ana", Role::Agent);
    let mut old = OldProgram::of(&ana, 1);
    let made = old.create();
    let mut server = Server::of(contact());
    server.take(&ana, std::slice::from_ref(&made)).unwrap();
    // Somebody else may not be silent from the beginning.
    let ben = member("ben", Role::Agent);
    let unseen = OldProgram::of(&ben, 2).put("email", "eva@example.com");
    assert_eq!(server.take(&ben, &[unseen]), Err(Code::SchemaViolation));

    let mut desk = Desk::with(contact(), ben, 3);
    desk.take(&made);
    let (told, _) = desk.on_card(set_email("rui@example.com"));
    let silent = old.put("email", "eva@example.com");
    assert_eq!(server.take(&desk.member, &[told]), Ok(()));
    assert_eq!(server.take(&ana, &[silent]), Err(Code::SchemaViolation));
}

#[test]
fn nobody_is_silent_in_one_batch_with_what_is_told() {
    let ana = member("ana", Role::Agent);
    let (mut old, mut new) = (
        OldProgram::of(&ana, 1),
        Desk::with(contact(), ana.clone(), 2),
    );
    let made = old.create();
    new.take(&made);
    let (told, _) = new.on_card(set_email("rui@example.com"));
    let silent = old.put("email", "eva@example.com");
    let taken = Server::of(contact()).take(&ana, &[made, told, silent]);
    assert_eq!(taken, Err(Code::SchemaViolation));
}

#[test]
fn who_cleans_up_a_lot_offline_is_not_refused() {
    let ana = member("ana", Role::Agent);
    let mut old = OldProgram::of(&ana, 1);
    let made = old.create();
    let keys: Vec<String> = (0..100).map(|number| format!("field {number}")).collect();
    let mut each = |act: fn(&mut AutoCommit, &automerge::ObjId, &str)| {
        let (_, fields) = old.0.get(ROOT, "fields").unwrap().unwrap();
        for key in &keys {
            act(&mut old.0, &fields, key);
        }
        old.0.commit();
        old.0.get_last_local_change().unwrap()
    };
    let filled = each(|doc, fields, key| doc.put(fields, key, "value").unwrap());
    let emptied = each(|doc, fields, key| doc.delete(fields, key).unwrap());
    let mut server = Server::of(contact());
    let taken = one_by_one(&mut server, &ana, &[made, filled, emptied]);
    assert_eq!(taken, [Ok(()); 3]);
    assert!(server.document.contact().unwrap().fields.is_empty());
}

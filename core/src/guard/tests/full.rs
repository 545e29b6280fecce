//! Sets hold so many entries and no more, counted as a batch leaves them.

use super::told::at;
use super::*;
use crate::command::ContactDraft;
use crate::limits;

fn contact() -> DocumentId {
    ContactId(Uuid::nil()).into()
}

/// A member makes the contact, knowing of nobody else who does, with so many
/// tags: "ana 0", "ana 1" …
fn create(name: &str, actor: u8, tags: usize) -> (Desk, Change) {
    let mut desk = Desk::with(contact(), member(name, Role::Agent), actor);
    let draft = ContactDraft {
        tags: (0..tags).map(|tag| format!("{name} {tag}")).collect(),
        ..ContactDraft::default()
    };
    let (made, _) = desk.on_card(ContactCommand::CreateContact { draft });
    (desk, made)
}

/// A contact to which Ana and Ben have each given as many tags as one may.
fn full() -> (Server, [(Desk, Change); 2]) {
    let mut server = Server::of(contact());
    let both = [("ana", 1), ("ben", 2)].map(|(name, actor)| create(name, actor, limits::TAGS));
    for (desk, made) in &both {
        let taken = server.take(&desk.member, std::slice::from_ref(made));
        assert_eq!(taken, Ok(()));
    }
    (server, both)
}

fn add(desk: &mut Desk, tag: &str) -> Change {
    let tag = tag.to_owned();
    desk.on_card(ContactCommand::AddContactTag { tag }).0
}

fn remove(desk: &mut Desk, tag: &str) -> Change {
    let tag = tag.to_owned();
    desk.on_card(ContactCommand::RemoveContactTag { tag }).0
}

#[test]
fn a_set_holds_what_two_may_put_in_apart_and_no_more() {
    let (mut server, _) = full();
    let (cleo, one_too_many) = create("cleo", 3, 1);
    let taken = server.take(&cleo.member, &[one_too_many]);
    assert_eq!(taken, Err(Code::TooLong));
    let (dora, none) = create("dora", 4, 0);
    assert_eq!(server.take(&dora.member, &[none]), Ok(()));
}

#[test]
fn a_full_set_does_not_grow_by_what_was_taken_out_of_it() {
    let (mut server, [(mut ana, made), (mut ben, _)]) = full();
    let out = remove(&mut ana, "ana 0");
    server.take(&ana.member, &[out]).unwrap();
    for change in [
        remove(&mut ben, "ben 0"),
        add(&mut ben, "ben 0"),
        remove(&mut ben, "ben 0"),
        add(&mut ben, "ben 0"),
    ] {
        assert_eq!(server.take(&ben.member, &[change]), Ok(()));
    }
    // One more fits, and then nothing, whatever it says that it replaces.
    let mut cleo = Desk::with(contact(), member("cleo", Role::Agent), 3);
    let one = add(&mut cleo, "cleo");
    server.take(&cleo.member, &[one]).unwrap();
    let again = remade(&add(&mut ana, "ana 0"), |it| {
        let put = (made.start_op().get()..)
            .zip(made.decode().operations)
            .find(|(_, op)| op.key == Key::Map("ana 0".into()));
        let put = OpId::new(put.unwrap().0, made.actor_id());
        at(&mut it.operations, "ana 0").pred = vec![put].into();
    });
    assert_eq!(server.take(&ana.member, &[again]), Err(Code::TooLong));
}

#[test]
fn what_a_batch_takes_out_makes_room_in_the_same_batch() {
    let (mut server, [_, (mut ben, _)]) = full();
    let all = [
        remove(&mut ben, "ben 0"),
        add(&mut ben, "ben 0"),
        remove(&mut ben, "ben 0"),
        add(&mut ben, "another"),
    ];
    assert_eq!(server.take(&ben.member, &all), Ok(()));
    // And no more than it took out.
    let mut cleo = Desk::with(contact(), member("cleo", Role::Agent), 3);
    let one_more = add(&mut cleo, "cleo");
    let taken = server.take(&cleo.member, &[one_more]);
    assert_eq!(taken, Err(Code::TooLong));
}

#[test]
fn a_field_holds_so_many_values_put_at_the_same_time_and_no_more() {
    let mut server = Server::new();
    let mut ana = Desk::new(member("ana", Role::Agent), 0xaa);
    let (begun, _) = ana.make(start());
    server
        .take(&ana.member, std::slice::from_ref(&begun))
        .unwrap();
    let most = u8::try_from(limits::VALUES).unwrap();
    for actor in 1..=most + 1 {
        // A member in another tab, which has heard of none of the others.
        let mut tab = Desk::new(ana.member.clone(), actor);
        tab.take(&begun);
        let (put, _) = tab.make(subject(&format!("Lamp {actor}")));
        let taken = server.take(&tab.member, std::slice::from_ref(&put));
        let expected = if actor > most {
            Err(Code::TooLong)
        } else {
            Ok(())
        };
        assert_eq!(taken, expected, "{actor}");
        if actor <= 10 {
            ana.take(&put);
        }
    }
    // Who replaces some of them makes room.
    let (chair, _) = ana.make(subject("Chair"));
    assert_eq!(server.take(&ana.member, &[chair]), Ok(()));
    let header = &server.document.conversation().unwrap().header;
    let values = usize::from(most) - 10 + 1;
    assert_eq!(header.conflicts[0].values.len(), values);
}

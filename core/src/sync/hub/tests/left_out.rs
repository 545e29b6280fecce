//! What storage will not take of a group commit is left out, and the others are
//! stored together.

use super::*;

#[test]
fn an_actor_of_somebody_else_fails_alone() {
    let mut rig = Rig::with_both();
    // Ben's actor 2 wrote elsewhere; now Ana's session uses it here.
    let elsewhere = ConversationId::of_contact(ContactId(Uuid::nil()), 1);
    let mut entry = Desk::new("ben", 2);
    let made = entry.make(start());
    rig.log.push(Entry {
        seq: 1,
        doc: elsewhere.into(),
        hash: guard::hash(&made),
        bytes: made.to_vec(),
        actor: ActorId::from([2; 16]),
        member: "ben".parse().unwrap(),
        session: None,
        received_at: at(0),
    });
    rig.hub.seq = 1;
    let good = Desk::new("ben", 3).make(start());
    let (other, good_too) = began(2, "ben", 4);
    // Whose actor it is goes on writing with it.
    let (third, own) = began(3, "ben", 2);
    let stolen = Desk::new("ana", 2).make(start());
    rig.inputs(vec![
        pushed(ANA, doc(), &stolen),
        pushed(BEN, doc(), &good),
        pushed(BEN, other, &good_too),
        pushed(BEN, third, &own),
    ]);
    let mut acks = acked(&rig.heard(BEN));
    acks.sort();
    let mut all = [hash(&good), hash(&good_too), hash(&own)];
    all.sort();
    assert_eq!(acks, all);
    let heard = rig.heard(ANA);
    assert_eq!(nacked(&heard), [(hash(&stolen), Code::ForeignActor)]);
    assert_eq!(rig.batches, 2, "the others are stored together");
}

/// Another conversation, and the change that began it.
fn began(ordinal: u32, name: &str, actor: u8) -> (DocumentId, ByteBuf) {
    let contact = ContactId(Uuid::nil());
    let doc = ConversationId::of_contact(contact, ordinal).into();
    let change = Desk::in_doc(doc, name, actor).make(ConversationCommand::StartConversation {
        contact,
        ordinal,
        subject: "Hello".to_owned(),
    });
    (doc, change)
}

/// A push of one change.
fn pushed(session: SessionId, doc: DocumentId, change: &ByteBuf) -> Input {
    let changes = vec![change.clone()];
    let bytes = ClientFrame::Push(Push { doc, changes }).encode();
    Input::Frame { session, bytes }
}

#[test]
fn a_document_that_finds_no_room_takes_no_other_with_it() {
    let mut rig = Rig::with_both();
    let (full, too_much) = began(1, "ana", 1);
    let good = Desk::new("ben", 2).make(start());
    let (other, good_too) = began(2, "ben", 3);
    rig.no_room_for = Some(full);
    rig.inputs(vec![
        pushed(ANA, full, &too_much),
        pushed(BEN, doc(), &good),
        pushed(BEN, other, &good_too),
    ]);
    assert_eq!(acked(&rig.heard(BEN)).len(), 2);
    let heard = rig.heard(ANA);
    assert_eq!(nacked(&heard), [(hash(&too_much), Code::QuotaExceeded)]);
    assert_eq!(rig.batches, 2, "the others are stored together");
}

//! Sessions that know nothing of each other make heads, and a change names all
//! that its author knows.

use super::*;

/// A conversation, and notes from more windows than a change may name heads, each
/// of which knows the conversation's beginning alone.
fn apart() -> Vec<ByteBuf> {
    let begun = Desk::new("ana", 250).make(start());
    let note = |actor| {
        let mut window = Desk::new("ana", actor);
        let change = automerge::Change::from_bytes(begun.to_vec()).unwrap();
        window.document.apply(vec![change]).unwrap();
        window.make(ConversationCommand::AddNote {
            parent: None,
            message: None,
            spans: Vec::new(),
        })
    };
    let notes: Vec<ByteBuf> = (1..=100).map(note).collect();
    [vec![begun], notes].concat()
}

/// Everything that the log has, in the document of somebody new.
fn reader(rig: &Rig) -> Desk {
    let mut desk = Desk::new("ana", 150);
    for entry in &rig.log {
        let change = automerge::Change::from_bytes(entry.bytes.clone()).unwrap();
        desk.document.apply(vec![change]).unwrap();
        assert!(desk.document.heads().len() <= limits::HEADS + 1);
    }
    desk
}

#[test]
fn a_document_that_very_many_wrote_in_apart_can_still_be_written_in() {
    for at_once in [true, false] {
        let mut rig = Rig::with_both();
        let pushes = apart().into_iter().map(|change| Input::Frame {
            session: ANA,
            bytes: push(&[&change]).encode(),
        });
        if at_once {
            rig.inputs(pushes.collect());
        } else {
            pushes.for_each(|push| rig.input(push));
        }
        assert_eq!(acked(&rig.heard(ANA)).len(), 101);

        let mut desk = reader(&rig);
        let next = desk.make(subject("Lamp"));
        rig.frame(ANA, &push(&[&next]));
        let heard = rig.heard(ANA);
        assert_eq!((acked(&heard), nacked(&heard)), (vec![hash(&next)], vec![]));
        let moments = desk.document.moments();
        assert!(moments.iter().all(|it| it.action != "join"), "{moments:?}");
    }
}

#[test]
fn what_joined_them_is_brought_back_after_a_restore() {
    let mut rig = Rig::with_both();
    for change in apart() {
        rig.frame(ANA, &push(&[&change]));
    }
    let kept: Vec<ByteBuf> = rig.log.drain(..).map(|it| it.bytes.into()).collect();
    assert!(kept.len() > 101);

    let mut restored = Rig::with_both();
    restored.hub.refill_until(restored.now.plus_millis(1_000));
    restored.frame(ANA, &push(&kept.iter().collect::<Vec<_>>()));
    let heard = restored.heard(ANA);
    assert_eq!(nacked(&heard), []);
    let back: BTreeSet<&[u8]> = restored.log.iter().map(|it| &it.bytes[..]).collect();
    assert!(kept.iter().all(|change| back.contains(&change[..])));
}

//! A change may name very many letters of a note, typed one by one by whoever.

use super::*;
use crate::id::NoteId;
use crate::model::{Item, ItemKind, TextEdit};

/// A change that edits a note.
fn edit(desk: &mut Desk, note: NoteId, at: u32, delete: u32, insert: &str) -> ByteBuf {
    let insert = insert.to_owned();
    let edits = vec![TextEdit::Splice { at, delete, insert }];
    desk.make(ConversationCommand::EditNote { note, edits })
}

#[test]
fn a_long_stretch_that_two_delete_at_the_same_time_is_gone() {
    let mut rig = Rig::with_both();
    let mut ana = Desk::new("ana", 1);
    let add = ConversationCommand::AddNote {
        parent: None,
        message: None,
        spans: Vec::new(),
    };
    let mut typed = vec![ana.make(start()), ana.make(add)];
    let view = ana.document.conversation().unwrap();
    let Some(Item::Note(note)) = view.of_kind(ItemKind::Note).next() else {
        panic!("there is a note");
    };
    let note = note.id;
    typed.extend((0..200).map(|at| edit(&mut ana, note, at, 0, "x")));
    rig.frame(ANA, &push(&typed.iter().collect::<Vec<_>>()));
    rig.frame(BEN, &open(Vec::new()));
    let mut ben = Desk::new("ben", 2);
    for news in changes(&rig.heard(BEN)) {
        ben.take(&news);
    }

    let bens = edit(&mut ben, note, 0, 200, "");
    let anas = edit(&mut ana, note, 0, 200, "y");
    rig.frame(BEN, &push(&[&bens]));
    rig.frame(ANA, &push(&[&anas]));
    assert_eq!(acked(&rig.heard(BEN)), [hash(&bens)]);
    let heard = rig.heard(ANA);
    assert_eq!(nacked(&heard), []);
    assert_eq!(acked(&heard).last(), Some(&hash(&anas)));
}

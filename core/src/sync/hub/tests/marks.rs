//! A change that breaks the document only once it is in it.

use automerge::legacy::{ElementId, Key};

use super::*;
use crate::model::{Block, Expand, Item, ItemKind, MarkValue, Span, TextEdit};

#[test]
fn a_mark_that_ends_before_it_begins_is_refused_and_leaves_nothing_behind() {
    let mut rig = Rig::with_both();
    let mut ana = Desk::new("ana", 1);
    let begun = ana.make(start());
    let block = Span::Block {
        value: Block {
            block_type: "paragraph".to_owned(),
            parents: Vec::new(),
            attrs: BTreeMap::new(),
            is_embed: false,
        },
    };
    let text = Span::Text {
        value: "One two".to_owned(),
        marks: BTreeMap::new(),
    };
    let noted = ana.make(ConversationCommand::AddNote {
        parent: None,
        spans: vec![block, text],
        message: None,
    });
    rig.frame(ANA, &push(&[&begun, &noted]));
    assert_eq!(acked(&rig.heard(ANA)).len(), 2);

    let mut ben = Desk::new("ben", 2);
    for change in [&begun, &noted] {
        let change = automerge::Change::from_bytes(change.to_vec()).unwrap();
        ben.document.apply(vec![change]).unwrap();
    }
    let view = ben.document.conversation().unwrap();
    let Some(Item::Note(note)) = view.of_kind(ItemKind::Note).next() else {
        panic!("the note is there");
    };
    let note = note.id;
    let marked = ben.execute(ConversationCommand::EditNote {
        note,
        edits: vec![TextEdit::Mark {
            start: 2,
            end: 4,
            name: "strong".to_owned(),
            value: MarkValue::Bool(true),
            expand: Expand::After,
        }],
    });
    let mut torn = marked.decode();
    let end = torn.operations.iter_mut();
    let mut end = end.filter(|op| matches!(op.action, automerge::legacy::OpType::MarkEnd(_)));
    end.next().unwrap().key = Key::Seq(ElementId::Head);
    let torn = ByteBuf::from(automerge::Change::from(torn).raw_bytes());
    // Whoever writes at the same time is not refused with it.
    let subject = ana.make(subject("Lamp"));
    let frames = [(BEN, push(&[&torn])), (ANA, push(&[&subject]))];
    let frames = frames.map(|(session, frame)| Input::Frame {
        session,
        bytes: frame.encode(),
    });
    rig.inputs(frames.to_vec());
    assert_eq!(
        nacked(&rig.heard(BEN)),
        [(hash(&torn), Code::SchemaViolation)]
    );
    assert_eq!(acked(&rig.heard(ANA)), [hash(&subject)]);
    assert_eq!(rig.log.len(), 3);

    let marked = ByteBuf::from(marked.raw_bytes());
    rig.frame(BEN, &push(&[&marked]));
    assert_eq!(acked(&rig.heard(BEN)), [hash(&marked)]);
    assert_eq!(rig.quarantined, []);
}

//! Parts applied one after the other make what the whole edit makes, and none of
//! them holds much more than it weighs.

use automerge::transaction::Transactable;
use automerge::{ActorId, ObjType, ROOT};
use proptest::prelude::*;

use super::super::{edit, write};
use super::*;

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[ab ]{1,60}",
        1 => prop::sample::select(vec!["e\u{301}", "👩‍👩‍👧", "🇵🇹🇪🇸", "😀😀😀", "שלום", "\r\n"])
            .prop_map(str::to_owned),
    ]
}

fn marks() -> impl Strategy<Value = Marks> {
    let link = MarkValue::Text(format!("{{\"href\":\"https://{}\"}}", "a".repeat(200)));
    let marks = vec![("strong", MarkValue::Bool(true)), ("link", link)];
    let marks = marks.into_iter().map(|(name, it)| (name.to_owned(), it));
    prop::sample::subsequence(marks.collect::<Vec<_>>(), 0..=2)
        .prop_map(|marks| marks.into_iter().collect())
}

fn block(kind: &str) -> Span {
    Span::Block {
        value: Block {
            block_type: kind.to_owned(),
            parents: vec!["blockquote".to_owned()],
            attrs: [("level".to_owned(), MarkValue::Int(1))].into(),
            is_embed: false,
        },
    }
}

fn prose() -> impl Strategy<Value = Vec<Span>> {
    let text = (text(), marks()).prop_map(|(value, marks)| Span::Text { value, marks });
    let block = prop::sample::select(vec!["paragraph", "heading"]).prop_map(block);
    prop::collection::vec(prop_oneof![3 => text, 1 => block], 0..12)
}

/// A document with one text.
fn document(spans: &[Span]) -> (AutoCommit, ObjId) {
    let mut doc = AutoCommit::new().with_actor(ActorId::from([1_u8; 16]));
    let text = doc.put_object(ROOT, "text", ObjType::Text).unwrap();
    write(&mut doc, &text, spans).unwrap();
    doc.commit();
    (doc, text)
}

/// Applies an edit in parts, each as a change.
fn apply(doc: &mut AutoCommit, text: &ObjId, whole: TextEdit, most: usize) {
    for Part { edit: part, weight } in parts(doc, text, whole, most) {
        assert!(weight <= most, "{weight} of {most}: {part:?}");
        edit(doc, text, &[part]).unwrap();
        let ops = doc.pending_ops();
        assert!(ops <= 2 * most, "{ops} operations weigh {weight}");
        doc.commit();
    }
}

/// The first place from `at` on that is in no letter.
fn edge(doc: &AutoCommit, text: &ObjId, at: u32) -> u32 {
    let mut edge = 0;
    for letter in doc.text(text).unwrap().chars() {
        if edge >= at {
            break;
        }
        edge += letter.len_utf16() as u32;
    }
    edge
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_text_becomes_what_is_wanted(old in prose(), new in prose(), most in 30..90_usize) {
        let (mut doc, text) = document(&old);
        let (mut whole, same_text) = document(&old);
        let wanted = TextEdit::UpdateSpans { spans: new };
        edit(&mut whole, &same_text, std::slice::from_ref(&wanted)).unwrap();
        apply(&mut doc, &text, wanted, most);
        prop_assert_eq!(spans(&doc, &text), spans(&whole, &same_text));
    }

    #[test]
    fn letters_go_and_come(
        old in prose(), at in 0..200_u32, delete in 0..200_u32, insert in "[a-z😀]{0,200}",
    ) {
        let (mut doc, text) = document(&old);
        let (mut whole, same_text) = document(&old);
        let [at, end] = [at, at + delete].map(|at| edge(&doc, &text, at));
        let splice = TextEdit::Splice { at, delete: end - at, insert };
        edit(&mut whole, &same_text, std::slice::from_ref(&splice)).unwrap();
        apply(&mut doc, &text, splice, 30);
        prop_assert_eq!(doc.text(&text).unwrap(), whole.text(&same_text).unwrap());
    }
}

#[test]
fn what_stays_is_not_written_again() {
    let words = |text: String| Span::Text {
        value: text,
        marks: Marks::new(),
    };
    let (first, last) = ("first ".repeat(50), " last".repeat(50));
    let around = |middle: &str| vec![block("paragraph"), words(format!("{first}{middle}{last}"))];
    let (mut doc, text) = document(&around("old"));
    let place = doc.get_cursor(&text, 500_usize, None).unwrap();
    let spans = around(&"new ".repeat(50));
    apply(&mut doc, &text, TextEdit::UpdateSpans { spans }, 30);
    // 300 letters and a marker are before the middle, and three were in it.
    let moved = doc.get_cursor_position(&text, &place, None).unwrap();
    assert_eq!(moved, 500 - 3 + 200);
}

//! Making a note equal to wanted spans: it is equal afterwards, and what a
//! teammate types elsewhere at the same time stays.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod support;

use proptest::prelude::*;
use support::commands::{plain, splice, words};
use support::{Peer, Peers, ana, ben, note};
use threadline_core::command::ConversationCommand as C;
use threadline_core::model::{Block, MarkValue, Marks, Span, TextEdit};
use uuid::Uuid;

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[ab ]{1,6}",
        1 => prop::sample::select(vec![
            "e\u{301}", "👩‍👩‍👧", "🇵🇹🇪🇸", "👍🏽", "שלום", "مرحبا", "한국어", "\u{301}", "\u{fffc}",
            "\r\n", "न्ही",
        ])
        .prop_map(str::to_owned),
    ]
}

fn marks() -> impl Strategy<Value = Marks> {
    let link = |href: &str| MarkValue::Text(format!("{{\"href\":\"{href}\"}}"));
    let yes = MarkValue::Bool(true);
    let one = prop::sample::select(vec![
        ("strong".to_owned(), yes.clone()),
        ("em".to_owned(), yes.clone()),
        ("code".to_owned(), yes),
        ("link".to_owned(), link("https://a.example")),
        ("link".to_owned(), link("https://b.example")),
    ]);
    prop_oneof![
        2 => Just(Marks::new()),
        1 => prop::collection::vec(one, 1..3).prop_map(|marks| marks.into_iter().collect()),
    ]
}

fn block() -> impl Strategy<Value = Span> {
    let types = ["paragraph", "heading", "unordered-list-item"];
    (prop::sample::select(types.to_vec()), 0..3_i64).prop_map(|(block_type, level)| Span::Block {
        value: Block {
            block_type: block_type.to_owned(),
            parents: (0..level).map(|_| "blockquote".to_owned()).collect(),
            attrs: [("level".to_owned(), MarkValue::Int(level))].into(),
            is_embed: false,
        },
    })
}

fn spans(most: usize) -> impl Strategy<Value = Vec<Span>> {
    let text = (text(), marks()).prop_map(|(value, marks)| Span::Text { value, marks });
    prop::collection::vec(prop_oneof![3 => text, 1 => block()], 0..most).prop_map(joined)
}

/// Neighbours with the same marks as one span.
fn joined(spans: Vec<Span>) -> Vec<Span> {
    let mut joined: Vec<Span> = Vec::new();
    for span in spans {
        match (joined.last_mut(), span) {
            (
                Some(Span::Text { value, marks }),
                Span::Text {
                    value: more,
                    marks: same,
                },
            ) if *marks == same => value.push_str(&more),
            (_, span) => joined.push(span),
        }
    }
    joined
}

fn begun(spans: Vec<Span>) -> (Peers, Uuid) {
    let mut peers = Peers::in_conversation([ana(), ben()]);
    let id = peers.of("ana").made(C::AddNote {
        parent: None,
        spans,
        message: None,
    });
    peers.exchange();
    (peers, id)
}

fn make_equal(peer: &mut Peer, id: Uuid, spans: &[Span]) {
    peer.ok(C::EditNote {
        note: note(id),
        edits: vec![TextEdit::UpdateSpans {
            spans: spans.to_vec(),
        }],
    });
}

fn units(text: &str) -> u32 {
    u32::try_from(text.encode_utf16().count()).unwrap()
}

/// The `pick`-th place between two code points.
fn place(text: &str, pick: usize) -> u32 {
    let places: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
    match places.get(pick % places.len().max(1)) {
        Some(at) => units(&text[..*at]),
        None => 0,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn a_note_becomes_what_is_wanted(
        old in spans(8), new in spans(8), newer in spans(8), ends in (spans(3), spans(3)),
    ) {
        let around = |middle: Vec<Span>| joined([ends.0.clone(), middle, ends.1.clone()].concat());
        let (mut peers, id) = begun(around(old.clone()));
        let ana = peers.of("ana");
        prop_assert_eq!(&ana.note(id).spans, &around(old));
        for wanted in [around(new), around(newer)] {
            make_equal(ana, id, &wanted);
            prop_assert_eq!(&ana.note(id).spans, &wanted);
            // Equal already: nothing to write.
            let heads = ana.document.heads();
            make_equal(ana, id, &wanted);
            prop_assert_eq!(ana.document.heads(), heads);
        }
    }

    #[test]
    fn typing_elsewhere_at_the_same_time_survives(
        middles in (spans(4), spans(4)), ends in (spans(4), spans(4)), picks in any::<(usize, usize)>(),
    ) {
        let with = |middle: &[Span]| {
            let (first, last) = (words("first "), words(" last"));
            joined([&[first][..], &ends.0, middle, &ends.1, &[last][..]].concat())
        };
        let (old, wanted) = (with(&middles.0), with(&middles.1));
        let (mut peers, id) = begun(old.clone());
        make_equal(peers.of("ana"), id, &wanted);

        let (whole, tail) = (plain(&old), plain(&ends.1));
        let before = place(&format!("first {}", plain(&ends.0)), picks.0);
        let after = units(&whole) - units(" last") - units(&tail) + place(&format!("{tail} last"), picks.1) + 1;
        peers.of("ben").ok(C::EditNote {
            note: note(id),
            edits: vec![splice(before, 0, "§"), splice(after.min(units(&whole) + 1), 0, "§")],
        });
        peers.exchange();

        let merged = peers.of("ana").text(id);
        prop_assert_eq!(merged.matches('§').count(), 2);
        prop_assert_eq!(merged.replace('§', ""), plain(&wanted));
    }
}

#[test]
fn a_middle_that_differs_all_over_is_replaced() {
    let long = |letter: &str| vec![words(&format!("a{}z", letter.repeat(3_000)))];
    let (mut peers, id) = begun(long("é"));
    make_equal(peers.of("ana"), id, &long("ü"));
    assert_eq!(peers.of("ana").note(id).spans, long("ü"));
}

#[test]
fn a_retyped_block_keeps_what_is_typed_in_it() {
    let with = |block_type: &str| vec![support::commands::block(block_type), words("Call back")];
    let (mut peers, id) = begun(with("paragraph"));
    make_equal(peers.of("ana"), id, &with("heading"));
    peers.of("ben").ok(C::EditNote {
        note: note(id),
        edits: vec![splice(10, 0, " today")],
    });
    peers.exchange();
    let expected = [
        support::commands::block("heading"),
        words("Call back today"),
    ];
    assert_eq!(peers.of("ana").note(id).spans, expected);
}

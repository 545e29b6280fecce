//! What is looked for: words, addresses, conversations.

use threadline_core::id::{ContactId, ConversationId, DocumentId};
use threadline_core::model::{
    Channel, ContactRow, Identity, Row, RowEntry, SearchHit, TextEntry, TextKind,
};
use threadline_core::sync::hub::{Batch, Entry};
use threadline_core::time::Timestamp;
use uuid::Uuid;

use super::{Database, append, batch, doc, entry, put, row, workspace};
use crate::store::{Search, Store, wait};

pub(super) fn text(kind: TextKind, item: u128, at: i64, text: &str) -> TextEntry {
    TextEntry {
        kind,
        id: Uuid::from_u128(item),
        at: Timestamp::from_millis(at),
        text: text.to_owned(),
    }
}

/// A change of a document by which these are its texts.
fn told(seq: u64, doc: DocumentId, texts: Vec<TextEntry>) -> Batch {
    Batch {
        texts: texts.into_iter().map(|text| (doc, text)).collect(),
        ..batch(vec![entry(seq, doc, "ana")])
    }
}

fn search(store: &dyn Store, words: &str) -> Vec<SearchHit> {
    let search = Search {
        words: words.to_owned(),
        kind: None,
        limit: 10,
    };
    store.search(&workspace(), &search).unwrap()
}

/// The items that were found, in order.
pub(super) fn items(store: &dyn Store, words: &str) -> Vec<u128> {
    let hits = search(store, words).into_iter();
    hits.map(|hit| hit.id.as_u128()).collect()
}

pub(super) fn texts_are_found_by_their_words(database: &dyn Database) {
    let store = database.open();
    let texts = vec![
        text(TextKind::Note, 1, 1_000, "Crème brûlée, cold; for Kim"),
        text(
            TextKind::Interaction,
            2,
            3_000,
            "Write to kim@mail.example about tea",
        ),
        text(TextKind::Note, 3, 2_000, "Teapots № 0042 – ЧАЙ und Grüße"),
        text(TextKind::Task, 4, 2_000, "mail.example kim: no address"),
    ];
    put(&*store, told(1, doc(1), texts)).unwrap();
    for (words, expect) in [
        ("creme", vec![1]),
        ("COLD brul", vec![1]),
        ("brul cold", vec![]),
        ("kim", vec![2, 4, 1]),
        ("kim@mail.example", vec![2]),
        ("tea", vec![2, 3]),
        ("te", vec![]),
        ("чай", vec![3]),
        ("0042", vec![3]),
        ("grusse", vec![]),
        ("gruße", vec![3]),
        ("tea OR cold", vec![]),
        ("\" * (", vec![]),
        ("", vec![]),
    ] {
        assert_eq!(items(&*store, words), expect, "{words:?}");
    }
    let hit = search(&*store, "brulee kim").remove(0);
    let expect = "Crème brûlée, cold; for Kim";
    assert_eq!((hit.snippet.as_str(), hit.kind), (expect, TextKind::Note));
    assert_eq!((hit.doc, hit.at), (doc(1), Timestamp::from_millis(1_000)));
    assert_eq!(hit.contact, Some(ContactId(Uuid::from_u128(1))));
    assert_eq!(hit.matches, [(6, 12), (24, 27)]);
    let few = Search {
        words: "kim".to_owned(),
        kind: None,
        limit: 2,
    };
    assert_eq!(store.search(&workspace(), &few).unwrap().len(), 2);
    let notes = Search {
        kind: Some(TextKind::Note),
        ..few
    };
    let found = store.search(&workspace(), &notes).unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].id, Uuid::from_u128(1));
}

pub(super) fn a_text_is_found_as_it_is_now(database: &dyn Database) {
    let store = database.open();
    let note = |words: &str| text(TextKind::Note, 1, 1_000, words);
    put(&*store, told(1, doc(1), vec![note("black tea")])).unwrap();
    // Twice in one batch: the last one counts.
    let twice = vec![note("black coffee"), note("green coffee")];
    put(&*store, told(2, doc(1), twice)).unwrap();
    assert_eq!(items(&*store, "black"), [0_u128; 0]);
    assert_eq!(items(&*store, "green coffee"), [1]);
    put(&*store, told(3, doc(1), vec![note("green coffee")])).unwrap();
    assert_eq!(items(&*store, "green"), [1]);
    put(&*store, told(4, doc(1), vec![note("")])).unwrap();
    assert_eq!(items(&*store, "green"), [0_u128; 0]);
}

/// Whoever writes texts chooses their times and ids, and may choose them so that a
/// store would keep all in one place.
pub(super) fn texts_that_want_one_place_are_all_found(database: &dyn Database) {
    let store = database.open();
    let alike = |n: u128| n << 64 | 7;
    let tea = |n: u128| {
        text(
            TextKind::Note,
            alike(n),
            1_000,
            &format!("tea number{n:02}"),
        )
    };
    put(&*store, told(1, doc(1), (0..20).map(tea).collect())).unwrap();
    let found = |n: u128| items(&*store, &format!("number{n:02}"));
    for n in 0..20 {
        assert_eq!(found(n), [alike(n)]);
    }
    let gone = text(TextKind::Note, alike(3), 1_000, "");
    let other = text(TextKind::Note, alike(4), 1_000, "coffee");
    put(&*store, told(2, doc(1), vec![gone, other])).unwrap();
    assert_eq!((found(3), found(4)), (vec![], vec![]));
    assert_eq!(items(&*store, "coffee"), [alike(4)]);
    assert_eq!(found(5), [alike(5)]);
}

/// A contact's row with one change.
fn contact(number: u128, change: impl FnOnce(&mut ContactRow)) -> RowEntry {
    let mut entry = row(1, doc(number));
    if let Row::Contact(row) = &mut entry.row {
        change(row);
    }
    entry
}

pub(super) fn conversation_row(id: ConversationId, contact: ContactId) -> Row {
    let json = serde_json::json!({ "kind": "conversation", "value": {
        "id": id, "contact": contact, "ordinal": 0, "subject": "", "status": "open",
        "starred": [], "priority": "medium", "tags": [], "at": 0, "inbound": [], "read": {},
        "mentions": {}, "important": false, "spam": false, "stuck": 0, "tasks": [],
        "topics": [], "appointments": [], "conflicted": false,
    } });
    serde_json::from_value(json).unwrap()
}

pub(super) fn contacts_are_found_by_their_addresses_and_conversations_by_their_contact(
    database: &dyn Database,
) {
    let store = database.open();
    let kim = Identity {
        address: "Kim@Mail.example".to_owned(),
        channel: Channel::Email,
    };
    let by_phone = Identity {
        channel: Channel::Sms,
        ..kim.clone()
    };
    let at = |identity: &Identity| {
        let found = store.contacts_at(&workspace(), identity).unwrap();
        found
            .iter()
            .map(|row| row.id.0.as_u128())
            .collect::<Vec<_>>()
    };
    let tell = |seq, row: RowEntry| {
        let told = Batch {
            entries: vec![Entry {
                seq: 1,
                ..entry(seq, row.doc, "ana")
            }],
            rows: vec![row],
            ..Batch::default()
        };
        put(&*store, told).unwrap();
    };
    tell(
        1,
        contact(1, |row| row.identities = vec![kim.clone(), kim.clone()]),
    );
    tell(2, contact(2, |row| row.identities = vec![kim.clone()]));
    assert_eq!(at(&kim), [1, 2]);
    assert_eq!(at(&by_phone), [0_u128; 0]);
    tell(3, contact(1, |row| row.identities = vec![by_phone.clone()]));
    assert_eq!(at(&kim), [2]);
    assert_eq!(at(&by_phone), [1]);

    let first = ContactId(Uuid::from_u128(1));
    tell(4, contact(2, |row| row.merged_into = Some(first)));
    let aliases = store.aliases(&workspace(), first).unwrap();
    assert_eq!(aliases, [ContactId(Uuid::from_u128(2))]);

    let conversation = ConversationId(Uuid::from_u128(9));
    let row = RowEntry {
        doc: conversation.into(),
        row: conversation_row(conversation, first),
        ..row(1, doc(1))
    };
    tell(5, row);
    let found = store.conversations(&workspace(), first).unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].id, conversation);
    let nobody = ContactId(Uuid::from_u128(3));
    assert!(
        store
            .conversations(&workspace(), nobody)
            .unwrap()
            .is_empty()
    );
}

pub(super) fn a_summary_counts_only_while_the_log_stands_still(database: &dyn Database) {
    let store = database.open();
    let note = |words: &str| vec![text(TextKind::Note, 1, 1_000, words)];
    put(&*store, told(1, doc(1), note("before"))).unwrap();
    append(&*store, vec![entry(2, doc(2), "ana")]).unwrap();
    assert!(store.stale(0, 10).unwrap().is_empty());
    database.execute("UPDATE documents SET summary = 0");
    let stale = store.stale(0, 1).unwrap();
    assert_eq!((stale[0].doc, &stale[0].workspace), (doc(1), &workspace()));
    let next = store.stale(stale[0].key, 10).unwrap();
    assert_eq!((next.len(), next[0].doc), (1, doc(2)));

    let summarise = |seq, words: &str| {
        let texts = note(words);
        let row = contact(1, |row| row.name = words.to_owned());
        let row = RowEntry { seq, ..row };
        wait(|done| store.put_summary(&workspace(), row, texts, done)).unwrap();
    };
    append(&*store, vec![entry(3, doc(1), "ana")]).unwrap();
    summarise(1, "too late");
    assert_eq!(items(&*store, "late"), [0_u128; 0]);
    assert_eq!(store.stale(0, 10).unwrap().len(), 2);
    summarise(3, "in time");
    assert_eq!(items(&*store, "time"), [1]);
    assert_eq!(items(&*store, "before"), [0_u128; 0]);
    let Some(Row::Contact(row)) = store.row(&workspace(), doc(1)).unwrap() else {
        panic!("the contact has a row");
    };
    assert_eq!(row.name, "in time");
    assert_eq!(store.stale(0, 10).unwrap().len(), 1);
}

//! Documents that are erased, and what is written in their place.

use threadline_core::error::{Code, Refusal};
use threadline_core::id::{ContactId, ConversationId, DocumentId, WorkspaceId};
use threadline_core::model::{Channel, Identity, Row, RowEntry, TextKind};
use threadline_core::sync::hub::{AppendError, Batch};
use threadline_core::time::Timestamp;
use uuid::Uuid;

use super::found::{conversation_row, items, text};
use super::kept::mail;
use super::{Database, append, batch, doc, entry, put, row, workspace};
use crate::store::{Erased, Erasure, Store, wait};

/// The conversation that [`mail`] of this number went to.
const CONVERSATION: ConversationId = ConversationId(Uuid::from_u128(1));

/// What erases a document, and writes another in its place.
fn erasure(gone: DocumentId, instead: DocumentId) -> Erasure {
    Erasure {
        documents: vec![gone],
        blobs: Vec::new(),
        batch: batch(vec![entry(1, instead, "threadline")]),
        at: Timestamp::from_millis(2_000),
    }
}

fn erase(store: &dyn Store, erasure: &Erasure) -> Result<Erased, Refusal> {
    store.erase(&workspace(), &mut |_| Ok(erasure.clone()))
}

fn code<T: std::fmt::Debug>(result: Result<T, Refusal>) -> Code {
    result.unwrap_err().code
}

pub(super) fn nothing_is_left_of_an_erased_document_but_its_name(database: &dyn Database) {
    let store = database.open();
    let kim = Identity {
        address: "kim@mail.example".to_owned(),
        channel: Channel::Email,
    };
    let mut contact = row(2, doc(1));
    if let Row::Contact(row) = &mut contact.row {
        row.identities = vec![kim.clone()];
    }
    let conversation = RowEntry {
        doc: CONVERSATION.into(),
        row: conversation_row(CONVERSATION, ContactId(Uuid::from_u128(1))),
        ..row(3, doc(1))
    };
    let note = |item, words| text(TextKind::Note, item, 1_000, words);
    let entries = vec![
        entry(1, doc(1), "ana"),
        entry(2, doc(1), "ana"),
        entry(3, CONVERSATION.into(), "ana"),
        entry(4, doc(2), "ana"),
    ];
    let all = Batch {
        entries,
        rows: vec![contact, conversation, row(4, doc(2))],
        texts: vec![
            (doc(1), note(1, "quetzal")),
            (CONVERSATION.into(), note(2, "quetzal feathers")),
            (doc(2), note(3, "wagtail")),
        ],
        ..Batch::default()
    };
    put(&*store, all).unwrap();
    let blobs = vec![([1; 32], vec![1; 90]), ([2; 32], vec![2; 10])];
    wait(|done| store.put_blobs(&workspace(), blobs, None, done)).unwrap();
    let record = || mail("a@mail.example", 1, &["kim@mail.example"]);
    wait(|done| store.put_mail(&workspace(), record(), done)).unwrap();

    let gone = Erasure {
        documents: vec![doc(1), CONVERSATION.into()],
        blobs: vec![[1; 32]],
        ..erasure(doc(1), doc(7))
    };
    let erased = erase(&*store, &gone).unwrap();
    let expect = Erased {
        documents: 2,
        changes: 3,
        texts: 2,
        blobs: 1,
        mails: 1,
        backups: erased.backups.clone(),
    };
    assert_eq!(erased, expect);

    for gone in [doc(1), CONVERSATION.into()] {
        assert_eq!(code(store.load(&workspace(), gone)), Code::Erased);
        assert_eq!(store.row(&workspace(), gone).unwrap(), None);
    }
    assert_eq!(store.documents(&workspace()).unwrap(), [doc(2), doc(7)]);
    let page = store.rows(&workspace(), 0, 10).unwrap();
    assert_eq!(page.rows, [row(4, doc(2)), row(5, doc(7))]);
    let log = store.log(&workspace(), 0, 10).unwrap();
    let seqs: Vec<u64> = log.entries.iter().map(|entry| entry.seq).collect();
    assert_eq!((seqs, log.cursor), (vec![4, 5], 5));
    assert_eq!(items(&*store, "quetzal"), [0_u128; 0]);
    assert_eq!(items(&*store, "wagtail"), [3]);
    assert!(store.contacts_at(&workspace(), &kim).unwrap().is_empty());
    assert_eq!(store.blobs(&workspace()).unwrap(), [[2; 32]]);
    let room = vec![([3; 32], vec![3; 90])];
    wait(|done| store.put_blobs(&workspace(), room, Some(100), done)).unwrap();

    // The mail that was being taken in meanwhile leaves no trace either.
    let saved = || store.saved_mail(&workspace(), "a@mail.example", "kim@mail.example");
    assert_eq!(saved().unwrap(), None);
    wait(|done| store.put_mail(&workspace(), record(), done)).unwrap();
    assert_eq!(saved().unwrap(), None);

    // The audit still has a place for every change.
    let audited = store.audited(&workspace(), 0, 10).unwrap();
    let told: Vec<_> = audited
        .iter()
        .map(|row| (row.seq, row.erased, row.change.is_some()))
        .collect();
    let expect = [
        (1, true, false),
        (2, true, false),
        (3, true, false),
        (4, false, true),
        (5, false, true),
    ];
    assert_eq!(told, expect);
    assert_eq!(store.unaudited(&workspace()).unwrap(), None);
    database.execute("UPDATE documents SET summary = 0");
    let stale = store.stale(0, 10).unwrap();
    let stale: Vec<_> = stale.iter().map(|stale| stale.doc).collect();
    assert_eq!(stale, [doc(2), doc(7)], "nobody tries to read the others");
}

pub(super) fn an_erasure_begins_an_epoch_of_its_workspace(database: &dyn Database) {
    let (store, other) = (database.open(), "marigold".parse::<WorkspaceId>().unwrap());
    append(&*store, vec![entry(1, doc(1), "ana")]).unwrap();
    let before = store.open(&workspace()).unwrap();
    assert_eq!(
        (before.erasures, store.open(&other).unwrap().epoch),
        (0, before.epoch.clone())
    );
    assert_eq!(store.pulse(&workspace()).unwrap().erasures, 0);

    erase(&*store, &erasure(doc(1), doc(2))).unwrap();
    let after = store.open(&workspace()).unwrap();
    assert_ne!(after.epoch, before.epoch);
    assert_eq!((after.erasures, after.seq), (1, 2));
    let pulse = store.pulse(&workspace()).unwrap();
    assert_eq!((pulse.erasures, pulse.seq), (1, 2));
    assert_eq!(store.open(&other).unwrap().epoch, before.epoch);
    drop(store);
    let again = database.open().open(&workspace()).unwrap();
    assert_eq!((again.erasures, again.epoch), (1, after.epoch));
}

pub(super) fn the_workspace_stands_still_while_an_erasure_is_planned(database: &dyn Database) {
    let store = database.open();
    append(&*store, vec![entry(1, doc(1), "ana")]).unwrap();
    let wrong = Refusal::new(Code::NotFound, "There is no such contact.");
    let given_up = store.erase(&workspace(), &mut |_| Err(wrong.clone()));
    assert_eq!(given_up, Err(wrong));
    let stored = store.load(&workspace(), doc(1)).unwrap().unwrap();
    assert_eq!(
        (stored.changes.len(), stored.seq),
        (1, 1),
        "nothing happened"
    );

    let (done, appended) = std::sync::mpsc::channel();
    let mut more = Some(batch(vec![
        entry(1, doc(1), "ana"),
        entry(2, doc(3), "ana"),
    ]));
    let erased = store.erase(&workspace(), &mut |seq| {
        // Somebody who writes meanwhile comes after it, and finds that it happened.
        if let Some(batch) = more.take() {
            let (done, known) = (done.clone(), vec![(doc(1), 1)]);
            let tell = Box::new(move |result| done.send(result).unwrap());
            let batch = Batch { known, ..batch };
            store.append(&workspace(), batch, None, tell);
        }
        assert_eq!((seq, store.pulse(&workspace()).unwrap().seq), (1, 1));
        Ok(erasure(doc(1), doc(2)))
    });
    assert_eq!(erased.unwrap().changes, 1);
    assert_eq!(appended.recv().unwrap(), Err(AppendError::Moved));
}

pub(super) fn an_erased_document_takes_nothing_from_an_old_copy(database: &dyn Database) {
    let store = database.open();
    append(&*store, vec![entry(1, doc(1), "ana")]).unwrap();
    erase(&*store, &erasure(doc(1), doc(2))).unwrap();
    // Of a process that has the document in memory, and of one that had none.
    for known in [1, 0] {
        let batch = Batch {
            known: vec![(doc(1), known)],
            ..batch(vec![entry(1, doc(1), "ana")])
        };
        assert_eq!(put(&*store, batch), Err(AppendError::Moved));
    }
    let texts = vec![text(TextKind::Note, 1, 1_000, "quetzal")];
    wait(|done| store.put_summary(&workspace(), row(1, doc(1)), texts, done)).unwrap();
    assert_eq!(store.row(&workspace(), doc(1)).unwrap(), None);
    assert_eq!(items(&*store, "quetzal"), [0_u128; 0]);
}

//! What is kept beside the log: blobs, mails, members.

use threadline_core::error::Code;
use threadline_core::id::{ContactId, ConversationId, InteractionId, WorkspaceId};
use threadline_core::model::{Channel, Identity, Member, Role, Row, TextEntry, TextKind};
use threadline_core::sync::hub::{AppendError, Batch, Entry, SessionId};
use threadline_core::time::Timestamp;
use uuid::Uuid;

use super::{Database, append, batch, doc, entry, put, workspace};
use crate::directory::Listed;
use crate::store::{Erasure, MailRecord, SavedMail, Search, wait};

pub(super) fn blobs_are_kept_once_and_counted(database: &dyn Database) {
    let store = database.open();
    let blob = |byte: u8, length: usize| ([byte; 32], vec![byte; length]);
    let keep = |blobs, quota| {
        wait(|done| store.put_blobs(&workspace(), blobs, quota, done))
            .map_err(|refusal| refusal.code)
    };
    assert_eq!(keep(vec![blob(2, 100), blob(1, 3)], Some(103)), Ok(()));
    assert_eq!(keep(vec![blob(1, 3)], Some(0)), Ok(()), "it is there");
    let more = vec![blob(3, 1), blob(4, 1)];
    assert_eq!(keep(more, Some(104)), Err(Code::QuotaExceeded));
    assert_eq!(store.blobs(&workspace()).unwrap(), [[1; 32], [2; 32]]);
    assert_eq!(
        keep(vec![blob(3, 1)], Some(104)),
        Ok(()),
        "it was not counted"
    );
    assert_eq!(
        keep(vec![blob(5, 0), blob(6, 9)], None),
        Ok(()),
        "customers' mails"
    );

    let head = store.blob_head(&workspace(), &[2; 32]).unwrap().unwrap();
    assert_eq!((head.bytes, head.beginning), (100, vec![2; 16]));
    let empty = store.blob_head(&workspace(), &[5; 32]).unwrap().unwrap();
    assert_eq!((empty.bytes, empty.beginning), (0, Vec::new()));
    assert_eq!(
        store.blob(&workspace(), &[2; 32]).unwrap(),
        Some(vec![2; 100])
    );
    assert_eq!(store.blob(&workspace(), &[9; 32]).unwrap(), None);
    assert!(store.blob_head(&workspace(), &[9; 32]).unwrap().is_none());
}

pub(super) fn members_bring_so_many_documents_and_the_server_more(database: &dyn Database) {
    let store = database.open();
    let bring = |numbers: &[u128], by_session: bool| {
        let entries = numbers.iter().map(|number| Entry {
            session: by_session.then_some(SessionId(1)),
            ..entry(1, doc(*number), "ana")
        });
        let (done, told) = std::sync::mpsc::channel();
        let tell = Box::new(move |result| done.send(result).unwrap());
        store.append(&workspace(), batch(entries.collect()), Some(3), tell);
        match told.recv().unwrap() {
            Ok(_) => Ok(()),
            Err(AppendError::Full { documents }) => Err(Vec::from_iter(documents)),
            Err(error) => panic!("{error:?}"),
        }
    };
    assert_eq!(bring(&[1, 2, 1], true), Ok(()));
    assert_eq!(bring(&[1, 3, 4], true), Err(vec![doc(4)]));
    assert_eq!(store.documents(&workspace()).unwrap(), [doc(1), doc(2)]);
    assert_eq!(bring(&[3], true), Ok(()), "what was refused is not counted");
    assert_eq!(bring(&[1, 2, 3], true), Ok(()), "what is there goes on");
    assert_eq!(bring(&[4], true), Err(vec![doc(4)]));
    assert_eq!(bring(&[5], false), Ok(()), "customers' mails");
    assert_eq!(bring(&[4], true), Err(vec![doc(4)]));

    // Who is erased makes room: what is left of them has it.
    let erasure = Erasure {
        documents: vec![doc(1), doc(2), doc(3)],
        blobs: Vec::new(),
        batch: Batch::default(),
        at: Timestamp::from_millis(1_000),
    };
    store
        .erase(&workspace(), &mut |_| Ok(erasure.clone()))
        .unwrap();
    assert_eq!(bring(&[6, 7], true), Ok(()));
    assert_eq!(bring(&[8], true), Err(vec![doc(8)]));
}

pub(super) fn mail(message_id: &str, conversation: u128, parties: &[&str]) -> MailRecord {
    MailRecord {
        message_id: message_id.to_owned(),
        contact: (conversation == 1).then_some(ContactId(Uuid::from_u128(7))),
        conversation: ConversationId(Uuid::from_u128(conversation)),
        interaction: InteractionId(Uuid::from_u128(conversation + 100)),
        parties: parties.iter().map(|party| (*party).to_owned()).collect(),
    }
}

pub(super) fn how_far_flows_have_run_only_grows(database: &dyn Database) {
    let store = database.open();
    let other = "elsewhere".parse().unwrap();
    assert_eq!(store.open(&workspace()).unwrap().flows, 0);
    // Two servers tell, the slower one last.
    for seq in [7, 5] {
        wait(|done| store.put_flows(&workspace(), seq, done)).unwrap();
    }
    drop(store);
    let store = database.open();
    assert_eq!(store.open(&workspace()).unwrap().flows, 7);
    assert_eq!(store.open(&other).unwrap().flows, 0);
}

pub(super) fn a_mail_is_known_by_its_first_message(database: &dyn Database) {
    let store = database.open();
    for record in [
        mail(
            "a@mail.example",
            1,
            &["kim@mail.example", "lee@mail.example"],
        ),
        mail("b@mail.example", 2, &["kim@mail.example"]),
        mail("a@mail.example", 3, &["kim@mail.example"]),
    ] {
        wait(|done| store.put_mail(&workspace(), record, done)).unwrap();
    }
    let find = |message_id, address| store.saved_mail(&workspace(), message_id, address).unwrap();
    let first = SavedMail {
        contact: Some(ContactId(Uuid::from_u128(7))),
        conversation: ConversationId(Uuid::from_u128(1)),
        interaction: InteractionId(Uuid::from_u128(101)),
        takes_part: true,
    };
    assert_eq!(find("a@mail.example", "lee@mail.example"), Some(first));
    let second = find("b@mail.example", "lee@mail.example").unwrap();
    assert_eq!((second.contact, second.takes_part), (None, false));
    assert_eq!(find("c@mail.example", "kim@mail.example"), None);
}

pub(super) fn no_text_is_too_strange_to_be_kept(database: &dyn Database) {
    let store = database.open();
    let long = "x".repeat(100_000);
    let strange = [
        "a\0b",
        "\\x00",
        "'); DROP TABLE rows; --",
        "\u{ffff}😀",
        "\u{345} \u{301}",
        &long,
    ];
    for (n, text) in (1..).zip(strange) {
        let record = mail(text, n, &[text]);
        wait(|done| store.put_mail(&workspace(), record, done)).unwrap();
        let found = store.saved_mail(&workspace(), text, text).unwrap().unwrap();
        assert!(found.takes_part, "{text:.20}");

        let seq = u64::try_from(n).unwrap();
        let mut one = batch(vec![entry(seq, doc(n), "ana")]);
        let Row::Contact(contact) = &mut one.rows[0].row else {
            panic!("a contact's row");
        };
        let identity = Identity {
            address: text.to_owned(),
            channel: Channel::Email,
        };
        contact.name = text.to_owned();
        contact.identities = vec![identity.clone()];
        let row = one.rows[0].row.clone();
        one.texts = vec![(
            doc(n),
            TextEntry {
                kind: TextKind::Note,
                id: Uuid::from_u128(u128::from(seq)),
                at: Timestamp::from_millis(1),
                text: text.to_owned(),
            },
        )];
        put(&*store, one).unwrap();
        assert_eq!(store.row(&workspace(), doc(n)).unwrap(), Some(row));
        let at = store.contacts_at(&workspace(), &identity).unwrap();
        assert_eq!(at.len(), 1, "{text:.20}");
    }
}

pub(super) fn workspaces_share_nothing(database: &dyn Database) {
    let store = database.open();
    let other: WorkspaceId = "larkspur.2".parse().unwrap();
    append(&*store, vec![entry(1, doc(1), "ana")]).unwrap();
    let blob = ([1; 32], vec![1]);
    wait(|done| store.put_blobs(&workspace(), vec![blob], None, done)).unwrap();
    wait(|done| store.put_mail(&workspace(), mail("a", 1, &["kim"]), done)).unwrap();
    let listed = Listed {
        member: Member::new("ana".parse().unwrap(), "Ana", Role::Agent),
        managed: true,
    };
    wait(|done| store.put_member(&workspace(), None, listed, done)).unwrap();

    let opened = store.open(&other).unwrap();
    assert_eq!((opened.seq, opened.members), (0, Vec::new()));
    assert_eq!(store.load(&other, doc(1)).unwrap(), None);
    assert_eq!(store.row(&other, doc(1)).unwrap(), None);
    assert_eq!(store.documents(&other).unwrap(), []);
    assert_eq!(store.rows(&other, 0, 10).unwrap().rows, []);
    assert_eq!(store.log(&other, 0, 10).unwrap().entries, []);
    assert_eq!(store.pulse(&other).unwrap().team, 0);
    assert_eq!(store.blob(&other, &[1; 32]).unwrap(), None);
    assert_eq!(store.saved_mail(&other, "a", "kim").unwrap(), None);
    let search = Search {
        words: "kim".to_owned(),
        kind: None,
        limit: 10,
    };
    assert_eq!(store.search(&other, &search).unwrap(), []);

    // The same document, actor and blob are others there.
    let same = Batch {
        known: vec![(doc(1), 0)],
        ..batch(vec![entry(1, doc(1), "ana")])
    };
    let appended = super::put_into(&*store, &other, same).unwrap();
    assert_eq!(appended.first, 1);
    assert_eq!(store.documents(&other).unwrap(), [doc(1)]);
    assert_eq!(store.documents(&workspace()).unwrap(), [doc(1)]);
}

//! What every store must keep to, tried on the embedded one.

use rusqlite::Connection;
use serde_bytes::ByteArray;
use tempfile::TempDir;
use threadline_core::error::{Code, Refusal};
use threadline_core::id::{ContactId, DocumentId, WorkspaceId};
use threadline_core::model::{
    Availability, ContactRow, ContactStatus, Member, Role, Row, RowEntry,
};
use threadline_core::sync::hub::{
    ActorId, AppendError, Appended, Batch, Entry, LogPage, Pulse, SessionId,
};
use threadline_core::time::Timestamp;
use uuid::Uuid;

use super::sqlite::OpenError;
use super::{Sqlite, Store, wait};
use crate::directory::Listed;
use crate::identity::{Revocation, Target, Ticket};

fn workspace() -> WorkspaceId {
    "larkspur".parse().unwrap()
}

fn doc(number: u128) -> DocumentId {
    ContactId(Uuid::from_u128(number)).into()
}

/// The change `seq` of the log, of `member`, whose actor is named after them.
fn entry(seq: u64, doc: DocumentId, member: &str) -> Entry {
    Entry {
        seq,
        doc,
        hash: [u8::try_from(seq).unwrap(); 32],
        bytes: format!("change {seq}").into_bytes(),
        actor: ActorId::from(member.as_bytes().to_vec()),
        member: member.parse().unwrap(),
        session: Some(SessionId(seq)),
        received_at: Timestamp::from_millis(1_000),
    }
}

fn row(seq: u64, doc: DocumentId) -> RowEntry {
    let DocumentId::Contact(id) = doc else {
        panic!("a contact's document");
    };
    RowEntry {
        doc,
        seq,
        heads: vec![ByteArray::new([7; 32]), ByteArray::new([8; 32])],
        row: Row::Contact(ContactRow {
            id,
            name: "Kim".to_owned(),
            company: String::new(),
            contact_type: "other".to_owned(),
            status: ContactStatus::Active,
            saved: true,
            email: String::new(),
            phone: String::new(),
            identities: Vec::new(),
            tags: Vec::new(),
            merged_into: None,
            opportunities: Vec::new(),
            conflicted: false,
        }),
    }
}

/// Entries and their rows, numbered as in a batch.
fn batch(mut entries: Vec<Entry>) -> Batch {
    for (seq, entry) in (1..).zip(&mut entries) {
        entry.seq = seq;
    }
    let rows = entries.iter().map(|entry| row(entry.seq, entry.doc));
    Batch {
        id: 1,
        rows: rows.collect(),
        entries,
        ..Batch::default()
    }
}

fn put(store: &Sqlite, batch: Batch) -> Result<Appended, AppendError> {
    let (done, appended) = std::sync::mpsc::channel();
    let done = Box::new(move |result| done.send(result).unwrap());
    store.append(&workspace(), batch, done);
    appended.recv().unwrap()
}

/// Appends entries to a log of which they are the continuation.
fn append(store: &Sqlite, entries: Vec<Entry>) -> Result<(), Code> {
    let first = entries[0].seq;
    match put(store, batch(entries)) {
        Ok(appended) => {
            assert_eq!(appended.first, first);
            Ok(())
        }
        Err(error) => Err(Refusal::from(error).code),
    }
}

#[test]
fn what_was_appended_is_there_after_opening_again() {
    let folder = TempDir::new().unwrap();
    let store = Sqlite::open(folder.path()).unwrap();
    let epoch = store.open(&workspace()).unwrap().epoch;
    append(
        &store,
        vec![entry(1, doc(1), "ana"), entry(2, doc(2), "ana")],
    )
    .unwrap();
    append(&store, vec![entry(3, doc(1), "ben")]).unwrap();
    drop(store);

    let store = Sqlite::open(folder.path()).unwrap();
    let opened = store.open(&workspace()).unwrap();
    assert_eq!((opened.seq, opened.epoch), (3, epoch));
    let stored = store.load(&workspace(), doc(1)).unwrap().unwrap();
    assert_eq!(stored.changes, [b"change 1", b"change 3"]);
    assert_eq!(stored.seq, 3);
    let owners: Vec<_> = stored
        .actors
        .iter()
        .map(|(_, member)| member.as_str())
        .collect();
    assert_eq!(owners, ["ana", "ben"]);
    assert_eq!(store.load(&workspace(), doc(9)).unwrap(), None);
    assert_eq!(
        store.load(&"another".parse().unwrap(), doc(1)).unwrap(),
        None
    );
}

#[test]
fn a_batch_is_numbered_from_one_and_placed_by_the_store() {
    let folder = TempDir::new().unwrap();
    let store = Sqlite::open(folder.path()).unwrap();
    append(&store, vec![entry(1, doc(1), "ana")]).unwrap();
    let pair = || batch(vec![entry(1, doc(1), "ana"), entry(2, doc(1), "ana")]);
    for wrong in [1, 3] {
        let mut batch = pair();
        batch.entries[1].seq = wrong;
        let refused = put(&store, batch).map_err(|error| Refusal::from(error).code);
        assert_eq!(refused, Err(Code::Invalid));
    }
    let stored = || store.load(&workspace(), doc(1)).unwrap().unwrap();
    assert_eq!(stored().changes.len(), 1);
    assert_eq!(put(&store, pair()), Ok(Appended { first: 2 }));
    assert_eq!(stored().seq, 3);
}

#[test]
fn a_batch_made_from_an_old_copy_is_not_taken() {
    let folder = TempDir::new().unwrap();
    let store = Sqlite::open(folder.path()).unwrap();
    let both = vec![entry(1, doc(1), "ana"), entry(2, doc(2), "ana")];
    append(&store, both).unwrap();
    append(&store, vec![entry(3, doc(1), "ben")]).unwrap();
    let knowing = |known: &[(DocumentId, u64)]| Batch {
        known: known.to_vec(),
        ..batch(vec![entry(1, doc(2), "ana"), entry(2, doc(1), "ana")])
    };
    let old = knowing(&[(doc(2), 2), (doc(1), 1)]);
    assert_eq!(put(&store, old), Err(AppendError::Moved));
    assert_eq!(
        store.pulse(&workspace()).unwrap().seq,
        3,
        "nothing of it is there"
    );
    let fresh = knowing(&[(doc(2), 2), (doc(1), 3), (doc(9), 0)]);
    assert_eq!(put(&store, fresh), Ok(Appended { first: 4 }));
}

#[test]
fn the_log_is_read_in_stretches_with_the_rows_that_moved_in_them() {
    let folder = TempDir::new().unwrap();
    let store = Sqlite::open(folder.path()).unwrap();
    for (seq, number) in [(1, 1), (2, 2), (3, 1), (4, 3)] {
        append(&store, vec![entry(seq, doc(number), "ana")]).unwrap();
    }
    let read = |after, limit| {
        let LogPage {
            entries,
            rows,
            cursor,
            complete,
        } = store.log(&workspace(), after, limit).unwrap();
        let entries: Vec<_> = entries.iter().map(|it| (it.seq, it.doc)).collect();
        let rows: Vec<_> = rows.iter().map(|row| row.seq).collect();
        (entries, rows, cursor, complete)
    };
    // The row of document 1 comes with its last change, not with its first.
    let first = vec![(1, doc(1)), (2, doc(2))];
    assert_eq!(read(0, 2), (first, vec![2], 2, false));
    let rest = vec![(3, doc(1)), (4, doc(3))];
    assert_eq!(read(2, 3), (rest, vec![3, 4], 4, true));
    assert_eq!(read(4, 3), (vec![], vec![], 4, true));
    let page = store.log(&workspace(), 3, 9).unwrap();
    assert_eq!(page.entries[0].bytes, b"change 4");
    assert_eq!(page.entries[0].actor, ActorId::from(b"ana".to_vec()));
    assert_eq!(page.entries[0].member.as_str(), "ana");
    assert_eq!(page.rows, [row(4, doc(3))]);
}

#[test]
fn the_pulse_tells_of_changes_and_of_the_team() {
    let folder = TempDir::new().unwrap();
    let store = Sqlite::open(folder.path()).unwrap();
    assert_eq!(store.pulse(&workspace()).unwrap(), Pulse::default());
    append(&store, vec![entry(1, doc(1), "ana")]).unwrap();
    let before = store.pulse(&workspace()).unwrap();
    assert_eq!(before.seq, 1);
    let member = Member::new("ana".parse().unwrap(), "Ana", Role::Agent);
    let listed = Listed {
        member,
        managed: false,
    };
    wait(|done| store.put_member(&workspace(), listed.clone(), done)).unwrap();
    let after = store.pulse(&workspace()).unwrap();
    assert_eq!((after.seq, after.team), (1, before.team + 1));
    assert_eq!(store.members(&workspace()).unwrap(), [listed]);
}

#[test]
fn an_actor_stays_with_its_first_member_in_all_documents() {
    let folder = TempDir::new().unwrap();
    let store = Sqlite::open(folder.path()).unwrap();
    append(&store, vec![entry(1, doc(1), "ana")]).unwrap();
    let stolen = Entry {
        actor: ActorId::from(b"ana".to_vec()),
        ..entry(3, doc(2), "ben")
    };
    assert_eq!(
        append(&store, vec![entry(2, doc(2), "ben"), stolen]),
        Err(Code::ForeignActor)
    );
    assert_eq!(
        store.load(&workspace(), doc(2)).unwrap(),
        None,
        "nothing of the batch was kept"
    );
}

#[test]
fn rows_come_in_sequence_each_document_once() {
    let folder = TempDir::new().unwrap();
    let store = Sqlite::open(folder.path()).unwrap();
    append(
        &store,
        (1..=4)
            .map(|seq| entry(seq, doc(seq.into()), "ana"))
            .collect(),
    )
    .unwrap();
    append(&store, vec![entry(5, doc(2), "ana")]).unwrap();
    for (after, limit, expect, cursor, complete) in [
        (0, 10, vec![1, 3, 4, 5], 5, true),
        (0, 2, vec![1, 3], 3, false),
        (3, 2, vec![4, 5], 5, false),
        (5, 2, vec![], 5, true),
    ] {
        let page = store.rows(&workspace(), after, limit).unwrap();
        let found: Vec<u64> = page.rows.iter().map(|row| row.seq).collect();
        assert_eq!(
            (found, page.cursor, page.complete),
            (expect, cursor, complete),
            "{after}, {limit}"
        );
    }
    let page = store.rows(&workspace(), 4, 1).unwrap();
    assert_eq!(page.rows, [row(5, doc(2))]);
}

#[test]
fn the_audit_chain_covers_every_change() {
    let folder = TempDir::new().unwrap();
    let store = Sqlite::open(folder.path()).unwrap();
    let entries: Vec<_> = (1..=3).map(|seq| entry(seq, doc(1), "ana")).collect();
    append(&store, entries[..2].to_vec()).unwrap();
    append(&store, entries[2..].to_vec()).unwrap();
    let mut rows = store.audited(&workspace(), 0, 10).unwrap();
    let mut previous = Vec::new();
    for (row, entry) in rows.iter().zip(&entries) {
        assert_eq!((row.seq, row.hash.as_slice()), (entry.seq, &entry.hash[..]));
        assert_eq!(row.link(&previous), row.digest);
        previous.clone_from(&row.digest);
    }
    let end = store.chain_end(&workspace()).unwrap();
    assert_eq!((end.seq, end.digest), (3, previous));
    rows[0].member = "ben".to_owned();
    assert_ne!(rows[0].link(&[]), rows[0].digest);
}

#[test]
fn a_row_that_cannot_be_read_takes_no_other_with_it() {
    let folder = TempDir::new().unwrap();
    let store = Sqlite::open(folder.path()).unwrap();
    append(
        &store,
        vec![entry(1, doc(1), "ana"), entry(2, doc(2), "ana")],
    )
    .unwrap();
    let database = Connection::open(folder.path().join("threadline.db")).unwrap();
    database
        .execute("UPDATE rows SET row = '{' WHERE seq = 1", [])
        .unwrap();
    let page = store.rows(&workspace(), 0, 10).unwrap();
    assert_eq!(page.rows, [row(2, doc(2))]);
    assert_eq!((page.cursor, page.complete), (2, true));
}

#[test]
fn one_folder_has_one_server_and_no_newer_schema() {
    let folder = TempDir::new().unwrap();
    let store = Sqlite::open(folder.path()).unwrap();
    assert!(matches!(
        Sqlite::open(folder.path()),
        Err(OpenError::Locked)
    ));
    drop(store);
    let database = Connection::open(folder.path().join("threadline.db")).unwrap();
    database.pragma_update(None, "user_version", 99).unwrap();
    drop(database);
    assert!(matches!(
        Sqlite::open(folder.path()),
        Err(OpenError::Newer(99))
    ));
}

#[test]
fn a_file_of_the_first_version_is_brought_up_to_date() {
    let folder = TempDir::new().unwrap();
    let database = Connection::open(folder.path().join("threadline.db")).unwrap();
    let first = include_str!("schema/1.sql");
    database.execute_batch(first).unwrap();
    database
        .execute_batch(
            r#"PRAGMA user_version = 1;
            INSERT INTO meta VALUES ('epoch', 'old');
            INSERT INTO workspaces (id, name) VALUES (1, 'larkspur');
            INSERT INTO blobs VALUES (1, x'00', x'010203');
            INSERT INTO members VALUES
              (1, 'ana', '{"id":"ana","name":"Ana","role":"agent","teams":["sales"],"available":true}'),
              (1, 'ben', '{"id":"ben","name":"Ben","role":"admin","teams":[],"available":false}');"#,
        )
        .unwrap();
    drop(database);
    let store = Sqlite::open(folder.path()).unwrap();
    let opened = store.open(&workspace()).unwrap();
    let ana = Member {
        teams: vec!["sales".parse().unwrap()],
        ..Member::new("ana".parse().unwrap(), "Ana", Role::Agent)
    };
    let ben = Member {
        availability: Availability::Away,
        ..Member::new("ben".parse().unwrap(), "Ben", Role::Admin)
    };
    let unmanaged = |member| Listed {
        member,
        managed: false,
    };
    assert_eq!(opened.epoch, "old");
    assert_eq!(opened.members, [unmanaged(ana), unmanaged(ben)]);
    let put = |bytes: &[u8], quota| {
        let blob = ([bytes.len() as u8; 32], bytes.to_vec());
        let kept = wait(|done| store.put_blobs(&workspace(), vec![blob], Some(quota), done));
        kept.map_err(|refusal| refusal.code)
    };
    assert_eq!(put(b"abcd", 6), Err(Code::QuotaExceeded), "3 are there");
    assert_eq!(put(b"abcd", 7), Ok(()));
}

#[test]
fn a_ticket_is_taken_once_and_only_in_its_workspace() {
    let folder = TempDir::new().unwrap();
    let store = Sqlite::open(folder.path()).unwrap();
    let ticket = |number: u8, expires: i64| Ticket {
        digest: [number; 32],
        claims: serde_json::from_value(serde_json::json!({
            "iss": "shop", "sub": "ana", "exp": 9, "jti": "1", "workspace": "larkspur",
            "role": "agent",
        }))
        .unwrap(),
        expires: Timestamp::from_millis(expires),
    };
    let put = |ticket, now| {
        let now = Timestamp::from_millis(now);
        wait(|done| store.put_ticket(&workspace(), ticket, now, done)).unwrap();
    };
    let take = |workspace: &WorkspaceId, number| store.take_ticket(workspace, &[number; 32]);
    put(ticket(1, 1_000), 0);
    put(ticket(2, 2_000), 0);
    let another: WorkspaceId = "another".parse().unwrap();
    assert_eq!(take(&another, 1).unwrap(), None);
    assert_eq!(take(&workspace(), 9).unwrap(), None);
    assert_eq!(take(&workspace(), 1).unwrap(), Some(ticket(1, 1_000)));
    assert_eq!(take(&workspace(), 1).unwrap(), None, "it was single-use");
    put(ticket(3, 9_000), 2_000);
    assert_eq!(take(&workspace(), 2).unwrap(), None, "its time was over");
}

#[test]
fn a_revocation_is_kept_until_its_time_is_over() {
    let folder = TempDir::new().unwrap();
    let store = Sqlite::open(folder.path()).unwrap();
    let at = |seconds: i64| Timestamp::from_millis(seconds * 1_000);
    let jti = Revocation::new(Target::Jti("7".to_owned()), at(0), 60);
    let ben = Revocation::new(Target::Member("ben".parse().unwrap()), at(30), 60);
    let again = Revocation::new(Target::Jti("7".to_owned()), at(60), 60);
    for (revocation, kept) in [
        (jti.clone(), vec![jti.clone()]),
        (ben.clone(), vec![jti, ben.clone()]),
        (again.clone(), vec![again, ben]),
    ] {
        wait(|done| store.put_revocation(&workspace(), revocation, done)).unwrap();
        assert_eq!(store.revocations(&workspace()).unwrap(), kept);
    }
    let another: WorkspaceId = "another".parse().unwrap();
    assert_eq!(store.revocations(&another).unwrap(), []);
}

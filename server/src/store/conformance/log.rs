//! The log, and what moves with it.

use threadline_core::error::{Code, Refusal};
use threadline_core::id::DocumentId;
use threadline_core::model::{Availability, Member, Role};
use threadline_core::sync::hub::{ActorId, AppendError, Appended, Batch, Entry, LogPage, Pulse};

use super::{Database, append, batch, doc, entry, put, row, workspace};
use crate::directory::Listed;
use crate::store::wait;

pub(super) fn what_was_appended_is_there_after_opening_again(database: &dyn Database) {
    let store = database.open();
    let epoch = store.open(&workspace()).unwrap().epoch;
    append(
        &*store,
        vec![entry(1, doc(1), "ana"), entry(2, doc(2), "ana")],
    )
    .unwrap();
    append(&*store, vec![entry(3, doc(1), "ben")]).unwrap();
    drop(store);

    let store = database.open();
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

pub(super) fn a_batch_is_numbered_from_one_and_placed_by_the_store(database: &dyn Database) {
    let store = database.open();
    append(&*store, vec![entry(1, doc(1), "ana")]).unwrap();
    let pair = || batch(vec![entry(1, doc(1), "ana"), entry(2, doc(1), "ana")]);
    for wrong in [1, 3] {
        let mut batch = pair();
        batch.entries[1].seq = wrong;
        let refused = put(&*store, batch).map_err(|error| Refusal::from(error).code);
        assert_eq!(refused, Err(Code::Invalid));
    }
    let stored = || store.load(&workspace(), doc(1)).unwrap().unwrap();
    assert_eq!(stored().changes.len(), 1);
    assert_eq!(put(&*store, pair()), Ok(Appended { first: 2 }));
    assert_eq!(stored().seq, 3);
}

pub(super) fn a_batch_made_from_an_old_copy_is_not_taken(database: &dyn Database) {
    let store = database.open();
    let both = vec![entry(1, doc(1), "ana"), entry(2, doc(2), "ana")];
    append(&*store, both).unwrap();
    append(&*store, vec![entry(3, doc(1), "ben")]).unwrap();
    let knowing = |known: &[(DocumentId, u64)]| Batch {
        known: known.to_vec(),
        ..batch(vec![entry(1, doc(2), "ana"), entry(2, doc(1), "ana")])
    };
    let old = knowing(&[(doc(2), 2), (doc(1), 1)]);
    assert_eq!(put(&*store, old), Err(AppendError::Moved));
    assert_eq!(
        store.pulse(&workspace()).unwrap().seq,
        3,
        "nothing of it is there"
    );
    let fresh = knowing(&[(doc(2), 2), (doc(1), 3), (doc(9), 0)]);
    assert_eq!(put(&*store, fresh), Ok(Appended { first: 4 }));
}

pub(super) fn the_log_is_read_in_stretches_with_the_rows_that_moved_in_them(
    database: &dyn Database,
) {
    let store = database.open();
    for (seq, number) in [(1, 1), (2, 2), (3, 1), (4, 3)] {
        append(&*store, vec![entry(seq, doc(number), "ana")]).unwrap();
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

pub(super) fn the_pulse_tells_of_changes_and_of_the_team(database: &dyn Database) {
    let store = database.open();
    assert_eq!(store.pulse(&workspace()).unwrap(), Pulse::default());
    append(&*store, vec![entry(1, doc(1), "ana")]).unwrap();
    let before = store.pulse(&workspace()).unwrap();
    assert_eq!(before.seq, 1);
    let member = Member::new("ana".parse().unwrap(), "Ana", Role::Agent);
    let listed = Listed {
        member,
        managed: false,
    };
    wait(|done| store.put_member(&workspace(), None, listed.clone(), done)).unwrap();
    let after = store.pulse(&workspace()).unwrap();
    assert_eq!((after.seq, after.team), (1, before.team + 1));
    assert_eq!(store.members(&workspace()).unwrap(), [listed]);
}

pub(super) fn a_member_is_replaced_only_by_who_knows_them(database: &dyn Database) {
    let store = database.open();
    let put = |before: Option<&Listed>, listed: &Listed| {
        let (before, listed) = (before.cloned(), listed.clone());
        wait(|done| store.put_member(&workspace(), before, listed, done))
            .map_err(|refusal| refusal.code)
    };
    let here = Listed {
        member: Member::new("ana".parse().unwrap(), "Ana", Role::Agent),
        managed: false,
    };
    let mut gone = here.clone();
    (gone.managed, gone.member.active) = (true, false);
    let mut away = here.clone();
    away.member.availability = Availability::Away;
    assert_eq!(put(None, &here), Ok(()));
    assert_eq!(put(Some(&here), &gone), Ok(()));
    assert_eq!(put(Some(&gone), &gone), Ok(()), "once more changes nothing");
    // Another process has not heard of it yet.
    assert_eq!(put(Some(&here), &away), Err(Code::Unavailable));
    assert_eq!(store.members(&workspace()).unwrap(), [gone]);
}

pub(super) fn an_actor_stays_with_its_first_member_in_all_documents(database: &dyn Database) {
    let store = database.open();
    append(&*store, vec![entry(1, doc(1), "ana")]).unwrap();
    let stolen = Entry {
        actor: ActorId::from(b"ana".to_vec()),
        ..entry(3, doc(2), "ben")
    };
    // Who is not the owner is named, so that what came with it is not lost: not
    // even the owner's own, whichever comes first.
    let foreign = AppendError::Foreign {
        actors: [(stolen.actor.clone(), stolen.member.clone())].into(),
    };
    let own = || entry(4, doc(3), "ana");
    for together in [
        vec![entry(2, doc(2), "ben"), stolen.clone(), own()],
        vec![own(), entry(2, doc(2), "ben"), stolen],
    ] {
        assert_eq!(put(&*store, batch(together)), Err(foreign.clone()));
    }
    // Of an actor that nobody has seen the first entry decides.
    let new = |member: &str| Entry {
        actor: ActorId::from(b"new".to_vec()),
        ..entry(2, doc(2), member)
    };
    let foreign = AppendError::Foreign {
        actors: [(new("ben").actor, new("ben").member)].into(),
    };
    let together = batch(vec![new("ana"), new("ben"), new("ana")]);
    assert_eq!(put(&*store, together), Err(foreign));
    assert_eq!(
        store.load(&workspace(), doc(2)).unwrap(),
        None,
        "nothing of the batch was kept"
    );
}

pub(super) fn rows_come_in_sequence_each_document_once(database: &dyn Database) {
    let store = database.open();
    append(
        &*store,
        (1..=4)
            .map(|seq| entry(seq, doc(seq.into()), "ana"))
            .collect(),
    )
    .unwrap();
    append(&*store, vec![entry(5, doc(2), "ana")]).unwrap();
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

pub(super) fn the_audit_chain_covers_every_change(database: &dyn Database) {
    let store = database.open();
    let entries: Vec<_> = (1..=3).map(|seq| entry(seq, doc(1), "ana")).collect();
    append(&*store, entries[..2].to_vec()).unwrap();
    append(&*store, entries[2..].to_vec()).unwrap();
    let mut rows = store.audited(&workspace(), 0, 10).unwrap();
    assert_eq!(rows.len(), 3);
    let mut previous = Vec::new();
    for (row, entry) in rows.iter().zip(&entries) {
        assert_eq!((row.seq, row.hash.as_slice()), (entry.seq, &entry.hash[..]));
        assert_eq!(row.link(&previous), row.digest);
        let change = row.change.as_ref().unwrap();
        assert_eq!((&change.0, change.1.as_str()), (&entry.bytes, "ana"));
        previous.clone_from(&row.digest);
    }
    let end = store.chain_end(&workspace()).unwrap();
    assert_eq!((end.seq, end.digest), (3, previous));
    rows[0].member = "ben".to_owned();
    assert_ne!(rows[0].link(&[]), rows[0].digest);

    assert_eq!(store.workspaces().unwrap(), [workspace()]);
    assert_eq!(store.damage().unwrap(), None);
    assert_eq!(store.unaudited(&workspace()).unwrap(), None);
    let listed = store.row_entry(&workspace(), doc(1)).unwrap();
    assert_eq!(listed, Some(row(3, doc(1))));
    database.execute("DELETE FROM audit WHERE seq = 2");
    let first = store.unaudited(&workspace()).unwrap();
    assert_eq!(first, Some((doc(1).to_string(), 2)));
}

pub(super) fn a_row_that_cannot_be_read_takes_no_other_with_it(database: &dyn Database) {
    let store = database.open();
    append(
        &*store,
        vec![entry(1, doc(1), "ana"), entry(2, doc(2), "ana")],
    )
    .unwrap();
    database.execute("UPDATE rows SET row = '{' WHERE seq = 1");
    let page = store.rows(&workspace(), 0, 10).unwrap();
    assert_eq!(page.rows, [row(2, doc(2))]);
    assert_eq!((page.cursor, page.complete), (2, true));
}

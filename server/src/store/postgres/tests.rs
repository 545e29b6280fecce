//! What only a shared database has to keep to.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use postgres::{Client, NoTls};
use threadline_core::error::Code;
use threadline_core::id::{ContactId, WorkspaceId};
use threadline_core::sync::hub::{AppendError, Batch};
use threadline_core::time::Timestamp;
use uuid::Uuid;

use super::address::Address;
use super::cluster::Cluster;
use super::link::Link;
use super::{OpenError, Postgres, erasure};
use crate::limits;
use crate::store::conformance::{Database, Shared, batch, cluster, entry, put_into};
use crate::store::{Erasure, Store};

/// How long a test waits for what must come.
const DEADLINE: Duration = Duration::from_secs(20);

#[expect(clippy::disallowed_methods, reason = "a deadline of the tests")]
fn until(mut happened: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !happened() {
        assert!(begun.elapsed() < DEADLINE, "it does not happen");
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn workspace(name: &str) -> WorkspaceId {
    name.parse().unwrap()
}

/// One change of the contact with this number.
fn change(number: u128, known: Option<u64>) -> Batch {
    let doc = ContactId(Uuid::from_u128(number)).into();
    Batch {
        known: known.into_iter().map(|seq| (doc, seq)).collect(),
        ..batch(vec![entry(1, doc, "ana")])
    }
}

#[test]
fn a_transaction_sees_only_the_workspace_it_named() {
    let database = Shared::new();
    let store = database.open();
    put_into(&*store, &workspace("larkspur"), change(1, None)).unwrap();
    let mut client = Client::connect(&database.0, NoTls).unwrap();
    let tables = client
        .query(
            "SELECT c.relname::text, c.relrowsecurity AND c.relforcerowsecurity FROM pg_class c
             JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'workspace'
             WHERE c.relkind = 'r'",
            &[],
        )
        .unwrap();
    assert!(tables.len() >= 13, "{} tables", tables.len());
    let mut count = |setting: &str, table: &str| -> i64 {
        let mut transaction = client.transaction().unwrap();
        transaction.batch_execute(setting).unwrap();
        let query = format!("SELECT count(*) FROM {table}");
        transaction.query_one(&query, &[]).unwrap().get(0)
    };
    let mut seen = BTreeSet::new();
    for table in &tables {
        let (name, kept): (&str, bool) = (table.get(0), table.get(1));
        assert!(kept, "{name} is under no policy");
        assert_eq!(count("", name), 0, "{name}, by who names no workspace");
        let other = "SET LOCAL threadline.workspace = 'marigold'";
        assert_eq!(count(other, name), 0, "{name}, by who names another");
        if count("SET LOCAL threadline.workspace = 'larkspur'", name) > 0 {
            seen.insert(name);
        }
    }
    let expect = [
        "actors",
        "audit",
        "changes",
        "documents",
        "rows",
        "workspaces",
    ];
    assert_eq!(seen, BTreeSet::from(expect));
    let smuggled = client.batch_execute(
        "BEGIN; SET LOCAL threadline.workspace = 'marigold';
         INSERT INTO blobs VALUES ('larkspur', '', '')",
    );
    let said = smuggled.unwrap_err();
    let said = said.as_db_error().unwrap().message();
    assert!(said.contains("row-level security"), "{said}");
}

#[test]
fn a_role_that_no_policy_holds_is_refused() {
    let database = Shared::new();
    let url = cluster().url("postgres", database.name());
    assert!(matches!(Postgres::open(&url), Err(OpenError::Bypass(_))));
}

#[test]
fn processes_that_start_at_once_migrate_once() {
    let database = Shared::new();
    let epochs: BTreeSet<String> = std::thread::scope(|scope| {
        let open = || database.open().open(&workspace("larkspur")).unwrap().epoch;
        let starting: Vec<_> = (0..4).map(|_| scope.spawn(open)).collect();
        let started = starting.into_iter();
        started.map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(epochs.len(), 1);
}

#[test]
fn a_newer_schema_is_refused() {
    let database = Shared::new();
    drop(database.open());
    database.execute("INSERT INTO migrations VALUES (99)");
    assert!(matches!(
        Postgres::open(&database.0),
        Err(OpenError::Newer(99))
    ));
}

/// What an administrator calls after a restore, see the page on backups.
#[test]
fn a_restored_database_begins_an_epoch_and_is_refilled_for_so_many_days() {
    let database = Shared::new();
    let before = database.open().open(&workspace("larkspur")).unwrap();
    assert_eq!(before.refill_until, None);
    let called = crate::clock::now();
    database.execute("CALL begin_epoch(7)");
    let store = database.open();
    let after = store.open(&workspace("larkspur")).unwrap();
    assert_ne!(after.epoch, before.epoch);
    let until = after.refill_until.unwrap();
    let later = until.as_millis() - called.as_millis() - crate::clock::days(7);
    assert!(later.abs() < 60_000, "{later} ms off");
    drop(store);
    let again = database.open().open(&workspace("larkspur")).unwrap();
    assert_eq!(
        (again.epoch, again.refill_until),
        (after.epoch, Some(until))
    );
}

#[test]
fn several_processes_number_one_log_without_a_gap() {
    const PROCESSES: u128 = 3;
    const CHANGES: u128 = 40;
    let database = Shared::new();
    let names = ["a", "b", "c", "d"].map(workspace);
    std::thread::scope(|scope| {
        for process in 0..PROCESSES {
            let (store, names) = (database.open(), &names);
            scope.spawn(move || {
                let (done, stored) = std::sync::mpsc::channel();
                for n in 0..CHANGES {
                    // In an order of each process's own, and all queued at once.
                    let name = &names[((n * (process + 1) + process) % 4) as usize];
                    let done = done.clone();
                    let tell = Box::new(move |result| done.send(result).unwrap());
                    store.append(name, change(process * CHANGES + n, Some(0)), None, tell);
                }
                for _ in 0..CHANGES {
                    stored.recv().unwrap().unwrap();
                }
            });
        }
    });
    let store = database.open();
    let mut all = 0;
    for name in &names {
        let page = store.log(name, 0, 1_000).unwrap();
        let seqs: Vec<u64> = page.entries.iter().map(|entry| entry.seq).collect();
        assert_eq!(seqs, (1..=page.cursor).collect::<Vec<_>>());
        all += seqs.len();
    }
    assert_eq!(all as u128, PROCESSES * CHANGES);
}

#[test]
fn of_two_processes_with_the_same_copy_one_is_told_to_look_again() {
    let database = Shared::new();
    let (one, two) = (database.open(), database.open());
    let name = workspace("larkspur");
    put_into(&*one, &name, change(1, Some(0))).unwrap();
    let late = put_into(&*two, &name, change(1, Some(0)));
    assert_eq!(late, Err(AppendError::Moved));
    put_into(&*two, &name, change(1, Some(1))).unwrap();
    assert_eq!(one.pulse(&name).unwrap().seq, 2);
}

/// Planning may take longer than a transaction may be idle and another may wait
/// for it; neither is given up for that, and no other workspace waits.
#[test]
fn while_one_process_plans_an_erasure_no_other_writes_in_its_workspace() {
    let database = Shared::new();
    let (one, two) = (database.open(), database.open());
    let name = workspace("larkspur");
    put_into(&*one, &name, change(1, Some(0))).unwrap();
    let (done, stored) = std::sync::mpsc::channel();
    let erased = one.erase(&name, &mut |seq| {
        let done = done.clone();
        let tell = Box::new(move |result| done.send(result).unwrap());
        two.append(&name, change(2, Some(0)), None, tell);
        put_into(&*two, &workspace("marigold"), change(2, Some(0))).unwrap();
        let longer = limits::DATABASE_SILENCE
            .max(limits::DATABASE_LOCK)
            .as_secs()
            + 1;
        let thinks = format!(
            "SELECT count(*) FROM pg_stat_activity
             WHERE datname = current_database() AND state = 'idle in transaction'
               AND clock_timestamp() - xact_start > interval '{longer} seconds'"
        );
        until(|| cluster().sql(database.name(), &thinks) == "1");
        assert!(stored.try_recv().is_err(), "it waits");
        assert_eq!((seq, two.pulse(&name).unwrap().seq), (1, 1));
        Ok(Erasure {
            documents: vec![ContactId(Uuid::from_u128(1)).into()],
            blobs: Vec::new(),
            batch: change(3, None),
            at: Timestamp::from_millis(1_000),
        })
    });
    erased.unwrap();
    assert_eq!(stored.recv().unwrap().unwrap().first, 3);
}

/// A superuser's transaction, which waits as long as it takes.
fn transaction(database: &Shared) -> Client {
    let admin = cluster().url("postgres", database.name());
    let mut client = Client::connect(&admin, NoTls).unwrap();
    let begin = "SET deadlock_timeout = '1min'; BEGIN";
    client.batch_execute(begin).unwrap();
    client
}

fn lock(client: &mut Client, workspace: &WorkspaceId) {
    let row = format!("SELECT 1 FROM workspaces WHERE workspace = '{workspace}' FOR UPDATE");
    client.batch_execute(&row).unwrap();
}

#[test]
fn a_workspace_that_another_process_has_locked_keeps_no_other_waiting() {
    let database = Shared::new();
    let store = database.open();
    let [locked, free] = ["larkspur", "marigold"].map(workspace);
    let mut other = transaction(&database);
    store.open(&locked).unwrap();
    lock(&mut other, &locked);
    // It also writes in it, as an erasure does.
    other
        .batch_execute("UPDATE workspaces SET blob_bytes = blob_bytes")
        .unwrap();
    let (done, stored) = std::sync::mpsc::channel();
    for number in 1..=2 {
        let done = done.clone();
        let tell = Box::new(move |result| done.send(result).unwrap());
        store.append(&locked, change(number, Some(0)), None, tell);
        // In one round with it, and in one where it has waited already.
        for more in [1, 2] {
            put_into(&*store, &free, change(number * 10 + more, Some(0))).unwrap();
        }
    }
    assert!(stored.try_recv().is_err(), "it is locked");
    other.batch_execute("ROLLBACK").unwrap();
    // In the order in which they came.
    for first in 1..=2 {
        assert_eq!(stored.recv().unwrap().unwrap().first, first);
    }
    assert_eq!(store.pulse(&free).unwrap().seq, 4);
}

#[test]
fn an_eraser_that_hangs_keeps_its_workspace_for_a_moment_only() {
    let database = Shared::new();
    let store = database.open();
    let name = workspace("larkspur");
    let epoch = store.open(&name).unwrap().epoch;
    let link = Link::new(Address::parse(&database.0).unwrap(), epoch);
    let mut connection = link.connect().unwrap();
    let mut eraser = connection.write().unwrap();
    eraser.enter(name.as_str()).unwrap();
    erasure::take_time(&mut eraser).unwrap();
    eraser
        .all("SELECT 1 FROM workspaces FOR UPDATE", &[])
        .unwrap();
    // Nothing is heard of it from now on.
    put_into(&*store, &name, change(1, Some(0))).unwrap();
    assert!(eraser.all("SELECT 1", &[]).is_err(), "it has lost its turn");
}

#[test]
fn a_transaction_that_is_in_the_way_of_another_is_done_again() {
    let database = Shared::new();
    let store = database.open();
    let name = workspace("larkspur");
    store.open(&name).unwrap();
    // Its own patience is long enough: the store's ends first.
    let mut other = transaction(&database);
    other.batch_execute("LOCK TABLE changes").unwrap();
    let (done, stored) = std::sync::mpsc::channel();
    let tell = Box::new(move |result| done.send(result).unwrap());
    store.append(&name, change(1, Some(0)), None, tell);
    let waiting = "SELECT count(*) FROM pg_stat_activity
                   WHERE datname = current_database() AND wait_event_type = 'Lock'";
    until(|| cluster().sql(database.name(), waiting) == "1");
    // It has the workspace and waits for the table; now the circle is closed.
    lock(&mut other, &name);
    other.batch_execute("ROLLBACK").unwrap();
    assert_eq!(stored.recv().unwrap().unwrap().first, 1);
}

#[test]
fn while_the_database_is_away_everything_is_refused_and_then_goes_on() {
    let mut cluster = Cluster::start();
    let store = Postgres::open(&cluster.database()).unwrap();
    let name = workspace("larkspur");
    let write = |number| put_into(&store, &name, change(number, Some(0)));
    write(1).unwrap();
    assert_eq!(store.pulse(&name).unwrap().seq, 1);

    cluster.stop_immediately();
    let Err(AppendError::Refused(refusal)) = write(2) else {
        panic!("nothing can be written");
    };
    assert_eq!(refusal.code, Code::Unavailable);
    assert_eq!(store.pulse(&name).unwrap_err().code, Code::Unavailable);

    cluster.start_again();
    until(|| write(3).is_ok());
    until(|| store.pulse(&name).is_ok());
    let entries = store.log(&name, 0, 10).unwrap().entries;
    let seqs: Vec<u64> = entries.iter().map(|entry| entry.seq).collect();
    assert_eq!(seqs, [1, 2]);
}

#[test]
fn another_database_in_its_place_is_left_alone() {
    let database = Shared::new();
    let store = database.open();
    let name = workspace("larkspur");
    put_into(&*store, &name, change(1, Some(0))).unwrap();
    database.execute(
        "UPDATE meta SET value = 'restored' WHERE key = 'epoch';
         SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = current_database() AND pid <> pg_backend_pid()",
    );
    assert!(put_into(&*store, &name, change(2, Some(0))).is_err());
    assert_eq!(store.pulse(&name).unwrap_err().code, Code::Unavailable);
    drop(store);
    let restarted = database.open();
    assert_eq!(restarted.open(&name).unwrap().epoch, "restored");
    put_into(&*restarted, &name, change(2, Some(0))).unwrap();
}

#[test]
fn the_search_goes_by_its_index_below_the_policy() {
    let database = Shared::new();
    drop(database.open());
    let mut client = Client::connect(&database.0, NoTls).unwrap();
    let plan = client
        .simple_query(
            "SET enable_seqscan = off; SET threadline.workspace = 'larkspur';
             SET threadline.search = '''tea''';
             EXPLAIN SELECT texts.text FROM words JOIN texts ON texts.id = words.text",
        )
        .unwrap();
    let plan = format!("{plan:?}");
    assert!(
        plan.contains("Bitmap Index Scan on words_by_lexeme"),
        "{plan}"
    );
}

#[test]
fn a_certificate_is_looked_at_where_the_address_asks_for_it() {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let (certificate, key) = (made.cert.pem(), made.signing_key.serialize_pem());
    let files = [("server.crt", certificate.as_str()), ("server.key", &key)];
    let cluster = Cluster::start_with(&["ssl=on"], &files);
    let url = cluster.database();
    let folder = tempfile::TempDir::new().unwrap();
    let roots = folder.path().join("roots.pem");
    std::fs::write(&roots, &certificate).unwrap();
    let trusting = format!("sslmode=verify-full&sslrootcert={}", roots.display());
    let named = url.replace("127.0.0.1", "localhost");
    for (address, opens) in [
        (format!("{named}?{trusting}"), true),
        // The right certificate for another name.
        (format!("{url}?{trusting}"), false),
        // One that nobody of those who are trusted has signed.
        (format!("{named}?sslmode=require"), false),
    ] {
        let opened = Postgres::open(&address);
        assert_eq!(opened.is_ok(), opens, "{address}: {:?}", opened.err());
    }
}

//! Backups of a running server, and what comes of one: everything that was
//! written after it is brought back by the clients, nothing comes twice, and
//! what nobody can bring is gone everywhere.

#![expect(
    clippy::unwrap_used,
    reason = "what fails here fails the test that asked for it"
)]

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use threadline_core::id::DocumentId;
use threadline_tests::client::Client;
use threadline_tests::desk::Desk;
use threadline_tests::operator::{threadline, verify};
use threadline_tests::pen::{Pen, hash};
use threadline_tests::server::Server;

fn backup(data: &Path, file: &Path) -> Result<String, String> {
    let (backup, out) = (["backup", "--data"].map(OsStr::new), OsStr::new("--out"));
    let args = backup.into_iter().chain([data.as_os_str(), out]);
    threadline(args.chain([file.as_os_str()]))
}

fn restore(data: &Path, file: &Path, refill_days: &str) -> Result<String, String> {
    let args = ["restore", "--refill-days", refill_days, "--data"].map(OsStr::new);
    threadline(args.into_iter().chain([data.as_os_str(), file.as_os_str()]))
}

/// The machine is lost; another one gets the backup and the address.
fn replace_by(server: &mut Server, file: &Path, refill_days: &str) {
    server.kill();
    let data = server.data().to_owned();
    std::fs::remove_file(data.join("threadline.db")).unwrap();
    // SQLite would take what is left of the old file for the new one's.
    let complaint = restore(&data, file, refill_days).unwrap_err();
    assert!(complaint.contains("-wal exists already"), "{complaint}");
    for left in ["threadline.db-wal", "threadline.db-shm"] {
        std::fs::remove_file(data.join(left)).unwrap();
    }
    restore(&data, file, refill_days).unwrap();
    server.restart();
}

/// Hashes of what the server has of a document, sorted.
async fn at(server: &Server, doc: DocumentId) -> Vec<String> {
    let mut reader = Client::agent(server, "reader").await;
    let changes = reader.fetch(doc, &[]).await;
    let mut hashes: Vec<String> = changes.iter().map(|change| hex(&hash(change))).collect();
    hashes.sort_unstable();
    hashes
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn folder() -> (TempDir, PathBuf) {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("backup.db");
    (folder, file)
}

#[tokio::test]
async fn a_restore_older_than_the_clients_is_refilled_by_them() {
    let (_folder, file) = folder();
    let mut server = Server::start();
    let (mut ana, mut ben, mut eve) = (
        Desk::new("ana", 1),
        Desk::new("ben", 2),
        Desk::new("eve", 3),
    );
    ana.connect(&server).await;
    let kim = ana.start("kim@mail.example");
    ana.note(kim, "before the backup");
    ana.settle().await;

    backup(server.data(), &file).unwrap();

    // What the backup lacks: Ana's note with Ben's on top of it, a conversation
    // that both have, and one that only Eve has and the others have heard of.
    ana.note(kim, "after the backup");
    let lee = ana.start("lee@mail.example");
    ana.settle().await;
    ben.connect(&server).await;
    ben.hold(kim.into()).await;
    ben.hold(lee.into()).await;
    ben.note(kim, "I saw that");
    ben.note(lee, "and that");
    ben.settle().await;
    eve.connect(&server).await;
    let zoe = eve.start("zoe@mail.example");
    eve.settle().await;
    for desk in [&mut ana, &mut ben] {
        desk.disconnect();
        desk.connect(&server).await;
        assert!(desk.row(zoe.into()).is_some(), "they have heard of Zoe");
    }
    ana.hold(kim.into()).await;
    ana.hold(lee.into()).await;
    let everything = [ben.stored(kim.into()), ben.stored(lee.into())];
    assert_eq!(
        everything,
        [at(&server, kim.into()).await, at(&server, lee.into()).await]
    );
    assert_eq!(everything.clone().map(|all| all.len()), [4, 2]);
    drop(eve);

    ana.disconnect();
    ben.disconnect();
    ana.note(kim, "written while there was no server");
    replace_by(&mut server, &file, "30");
    assert_eq!(at(&server, kim.into()).await.len(), 2, "as in the backup");

    // Ben comes first, from his disk alone, and brings what Ana wrote too.
    let mut ben = ben.reopen(4);
    ben.connect(&server).await;
    let refilled = [at(&server, kim.into()).await, at(&server, lee.into()).await];
    assert_eq!(refilled, everything, "each change is there, and once");
    assert_eq!(ben.row(zoe.into()), None, "nobody can bring that back");

    // Ana comes second: nothing is left to bring but what she wrote meanwhile.
    ana.connect(&server).await;
    assert_eq!(at(&server, kim.into()).await.len(), 5);
    assert_eq!(at(&server, lee.into()).await, everything[1]);
    assert_eq!(ana.replica.sync_state().refused, 0);
    let mut expected = vec![DocumentId::from(kim), lee.into()];
    expected.sort_unstable();
    assert_eq!(ana.rows(), expected);

    // From here on it is as it ever was.
    ben.hold(kim.into()).await;
    ben.note(kim, "and it goes on");
    ben.settle().await;
    ana.disconnect();
    ana.connect(&server).await;
    ana.hold(lee.into()).await;
    assert_eq!(ana.rows(), expected);
    let row = ben.row(kim.into()).unwrap().row.clone();
    assert_eq!(ana.row(kim.into()).unwrap().row, row);
    verify(server.data()).unwrap();
}

#[tokio::test]
async fn a_tab_that_is_closed_while_it_refills_begins_again() {
    let (_folder, file) = folder();
    let mut server = Server::start();
    let mut ana = Desk::new("ana", 1);
    ana.connect(&server).await;
    let first = ana.start("kim@mail.example");
    ana.settle().await;
    backup(server.data(), &file).unwrap();
    ana.note(first, "one");
    let second = ana.start("lee@mail.example");
    ana.settle().await;
    let everything = [ana.stored(first.into()), ana.stored(second.into())];
    ana.disconnect();
    replace_by(&mut server, &file, "30");

    // The rows of the new epoch have come, and nothing was answered yet.
    let mut ana = ana.reopen(2);
    ana.dial(&server).await;
    for _ in 0..2 {
        ana.step().await;
    }
    let mut ana = ana.reopen(3);
    ana.connect(&server).await;
    let refilled = [
        at(&server, first.into()).await,
        at(&server, second.into()).await,
    ];
    assert_eq!(refilled, everything);
}

#[tokio::test]
async fn once_the_time_for_refilling_is_over_everybody_brings_their_own() {
    let (_folder, file) = folder();
    let mut server = Server::start();
    let (mut ana, mut ben) = (Desk::new("ana", 1), Desk::new("ben", 2));
    ana.connect(&server).await;
    let kim = ana.start("kim@mail.example");
    ana.settle().await;
    backup(server.data(), &file).unwrap();
    ben.connect(&server).await;
    ben.hold(kim.into()).await;
    ben.note(kim, "Ben's own");
    ben.settle().await;
    ana.note(kim, "Ana's, beside it");
    ana.settle().await;
    let everything = at(&server, kim.into()).await;
    ben.disconnect();
    ben.connect(&server).await;
    ben.hold(kim.into()).await;
    ana.disconnect();
    ben.disconnect();

    replace_by(&mut server, &file, "0");
    ben.connect(&server).await;
    assert_eq!(at(&server, kim.into()).await.len(), 2, "without Ana's");
    ana.connect(&server).await;
    assert_eq!(at(&server, kim.into()).await, everything);
}

#[tokio::test]
async fn a_backup_under_load_is_whole() {
    let (_folder, file) = folder();
    let server = Server::start();
    let mut pen = Pen::new("ana", "kim@mail.example", 1);
    let doc = pen.doc();
    let mut client = Client::agent(&server, "ana").await;
    client.push_and_wait(doc, &[pen.start()]).await;
    let (data, taken) = (server.data().to_owned(), file.clone());
    let taking = tokio::task::spawn_blocking(move || backup(&data, &taken));
    let mut pushed = 0;
    while !taking.is_finished() || pushed < 100 {
        let change = pen.note("while it is taken");
        client.push_and_wait(doc, &[change]).await;
        pushed += 1;
    }
    taking.await.unwrap().unwrap();
    let again = backup(server.data(), &file);
    assert!(again.unwrap_err().contains("exists already"));

    let restored = TempDir::new().unwrap();
    let report = restore(restored.path(), &file, "30").unwrap();
    assert!(report.starts_with("whole: "), "{report}");
    verify(restored.path()).unwrap();
}

//! Backups: one file with everything at one moment, taken beside a running
//! server, and a fresh data folder made of one.

use std::fs::File;
use std::path::{Path, PathBuf};

use rusqlite::Connection;
use threadline_core::error::Refusal;
use threadline_core::time::Timestamp;

use super::folder::{connect, connect_beside, file};
use super::lock::Lock;
use super::migrations;
use super::sqlite::{OpenError, Sqlite};
use crate::verify::{self, Verified};
use crate::{clock, summary};

/// The key in `meta` of the moment until which a restored database is refilled.
pub(super) const REFILL_UNTIL: &str = "refill_until";
/// The key of when the database was restored, in milliseconds.
pub(super) const RESTORED: &str = "restored";

/// Why there is no backup, or nothing was restored.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BackupError {
    /// The database's reason.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The file system's reason.
    #[error("{0}: {1}")]
    File(PathBuf, std::io::Error),
    /// It would be overwritten.
    #[error("{0} exists already")]
    Exists(PathBuf),
    /// The backup is damaged.
    #[error("the backup does not verify: {0}")]
    Damaged(#[from] verify::Failure),
}

impl From<rusqlite::Error> for BackupError {
    fn from(error: rusqlite::Error) -> Self {
        BackupError::Open(error.into())
    }
}

impl From<Refusal> for BackupError {
    fn from(refusal: Refusal) -> Self {
        BackupError::Damaged(refusal.into())
    }
}

fn at(path: &Path) -> impl FnOnce(std::io::Error) -> BackupError {
    let path = path.to_owned();
    move |error| BackupError::File(path, error)
}

/// Writes the database of a folder into `out`, which must not exist, as it is
/// at one moment; changes go on meanwhile. Pages are written anew, so that
/// nothing that was deleted is in it. Notes the backup and how long it will be
/// kept in both files; first, so that none ever holds somebody unnoted.
pub(crate) fn backup(
    folder: &Path,
    out: &Path,
    kept_until: Option<Timestamp>,
) -> Result<(), BackupError> {
    if out.exists() {
        return Err(BackupError::Exists(out.to_owned()));
    }
    let out = &std::path::absolute(out).map_err(at(out))?;
    let database = connect(&file(folder))?;
    migrations::check(&database)?;
    let notes = connect_beside(folder)?;
    let kept_until = kept_until.map(Timestamp::as_millis);
    let row = (clock::now().as_millis(), out.to_string_lossy(), kept_until);
    notes.execute("INSERT INTO backups VALUES (?1, ?2, ?3)", row)?;
    write(&database, out)
}

/// Writes everything that a connection sees at one moment into a file, in
/// place of one that is there.
pub(super) fn write(database: &Connection, out: &Path) -> Result<(), BackupError> {
    // Half a backup shall not look like one.
    let part = out.with_added_extension("part");
    if part.exists() {
        std::fs::remove_file(&part).map_err(at(&part))?;
    }
    database.execute("VACUUM INTO ?1", [part.to_string_lossy()])?;
    make_lasting(&part, out)
}

/// Makes the database of a folder, which must have none, from a backup, and
/// checks it. It has an epoch of its own, so that clients bring what it lacks;
/// until `refill_until` also what others wrote.
pub(crate) fn restore(
    backup: &Path,
    folder: &Path,
    refill_until: Timestamp,
) -> Result<Verified, BackupError> {
    std::fs::create_dir_all(folder).map_err(at(folder))?;
    let _lock = Lock::take(folder)?;
    let target = file(folder);
    // A write-ahead log that was left alone would be read as the new file's.
    for left in ["", "-wal", "-shm"] {
        let mut name = target.clone().into_os_string();
        name.push(left);
        if Path::new(&name).exists() {
            return Err(BackupError::Exists(name.into()));
        }
    }
    // Everything happens in a folder beside, so that no server ever starts on
    // what is not yet whole.
    let draft = folder.join("restoring");
    if draft.exists() {
        std::fs::remove_dir_all(&draft).map_err(at(&draft))?;
    }
    std::fs::create_dir(&draft).map_err(at(&draft))?;
    std::fs::copy(backup, file(&draft)).map_err(at(backup))?;
    let store = Sqlite::open(&draft)?;
    summary::refresh(&store)?;
    let verified = verify::verify(&store)?;
    drop(store);
    begin_epoch(&file(&draft), refill_until)?;
    make_lasting(&file(&draft), &target)?;
    std::fs::remove_dir_all(&draft).map_err(at(&draft))?;
    Ok(verified)
}

/// Begins an epoch in which clients bring what they have: what this database
/// says is not what they last heard.
fn begin_epoch(path: &Path, refill_until: Timestamp) -> Result<(), BackupError> {
    let database = Connection::open(path)?;
    let epoch = clock::random::<16>().map_err(OpenError::Random)?;
    let update = "UPDATE meta SET value = ?1 WHERE key = 'epoch'";
    database.execute(update, [hex::encode(epoch)])?;
    for (key, moment) in [(REFILL_UNTIL, refill_until), (RESTORED, clock::now())] {
        let row = (key, moment.as_millis().to_string());
        database.execute("INSERT OR REPLACE INTO meta VALUES (?1, ?2)", row)?;
    }
    Ok(())
}

/// Writes a database's file anew, so that nothing that was deleted is left in
/// it or in its write-ahead log.
pub(crate) fn vacuum(folder: &Path) -> Result<(), BackupError> {
    let _lock = Lock::take(folder)?;
    let database = Connection::open(file(folder))?;
    database.execute_batch("VACUUM; PRAGMA wal_checkpoint(TRUNCATE);")?;
    Ok(())
}

/// Renames a file once every byte of it is on the disk.
fn make_lasting(from: &Path, to: &Path) -> Result<(), BackupError> {
    let sync = |path: &Path| File::open(path)?.sync_all();
    sync(from).map_err(at(from))?;
    std::fs::rename(from, to).map_err(at(to))?;
    match to.parent() {
        // The name itself is in the folder.
        Some(folder) if cfg!(unix) => sync(folder).map_err(at(folder)),
        _ => Ok(()),
    }
}

//! The database's file in its folder, connections to it, and what it says of itself.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, OptionalExtension};
use threadline_core::time::Timestamp;

use super::backup::{REFILL_UNTIL, RESTORED};
use super::synchronous::Synchronous;

/// How long a connection waits for a lock of another.
pub(super) const BUSY: Duration = Duration::from_secs(5);

/// The database's file in its folder.
pub(super) fn file(folder: &Path) -> PathBuf {
    folder.join("threadline.db")
}

/// A connection that writes nothing, also beside a server.
pub(super) fn connect(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY)?;
    Ok(connection)
}

/// A connection that writes, beside the server that may be running on the folder.
pub(super) fn connect_beside(folder: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(file(folder), flags)?;
    connection.busy_timeout(BUSY)?;
    connection.pragma_update(None, "synchronous", Synchronous::Full.word())?;
    Ok(connection)
}

/// What a database says of itself.
pub(super) struct Meta {
    /// Changes when it is restored from a backup.
    pub(super) epoch: String,
    /// Until when it is refilled; `None` for one that never was restored.
    pub(super) refill_until: Option<Timestamp>,
    /// When it was last restored.
    pub(super) restored: Option<Timestamp>,
}

impl Meta {
    /// Reads it.
    pub(super) fn read(connection: &Connection) -> rusqlite::Result<Self> {
        let mut value = connection.prepare("SELECT value FROM meta WHERE key = ?1")?;
        let epoch = value.query_row(["epoch"], |row| row.get(0))?;
        let mut moment = |key: &str| -> rusqlite::Result<Option<Timestamp>> {
            let text: Option<String> = value.query_row([key], |row| row.get(0)).optional()?;
            let millis = text.and_then(|text| text.parse().ok());
            Ok(millis.map(Timestamp::from_millis))
        };
        Ok(Self {
            epoch,
            refill_until: moment(REFILL_UNTIL)?,
            restored: moment(RESTORED)?,
        })
    }
}

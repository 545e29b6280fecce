//! Takes documents out of the file so that none of their bytes are left in it,
//! and refuses them for ever.

use std::fmt;

use rusqlite::Connection;
use threadline_core::error::{Code, Refusal};
use threadline_core::id::DocumentId;
use threadline_core::sync::hub::Batch;
use threadline_core::time::Timestamp;

use super::BlobId;
use super::log::{self, document_key};
use super::texts;
use super::writer::Failure;

/// What goes, and what is written in its place.
pub(crate) struct Erasure {
    /// The documents.
    pub(crate) documents: Vec<DocumentId>,
    /// Blobs that only they name.
    pub(crate) blobs: Vec<BlobId>,
    /// What is written anew.
    pub(crate) batch: Batch,
    /// When.
    pub(crate) at: Timestamp,
}

/// What an erasure took out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Erased {
    /// Documents, each written anew under another id.
    pub(crate) documents: usize,
    /// Changes of their logs; their hashes stay in the audit.
    pub(crate) changes: usize,
    /// Entries of the search index.
    pub(crate) texts: usize,
    /// Attachments and raw mails.
    pub(crate) blobs: usize,
    /// Records of which mail became which message, and who takes part.
    pub(crate) mails: usize,
    /// Backups that still hold all of it.
    pub(crate) backups: Vec<Backup>,
}

impl fmt::Display for Erased {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "erased: {} documents with {} changes, {} texts, {} blobs, {} mail records",
            self.documents, self.changes, self.texts, self.blobs, self.mails
        )?;
        for backup in &self.backups {
            match &backup.kept_until {
                Some(until) => write!(f, "still held until {until} by {}", backup.file)?,
                None => write!(f, "still held by {}", backup.file)?,
            }
            writeln!(f)?;
        }
        if self.backups.is_empty() {
            writeln!(
                f,
                "no backup that was taken with `threadline backup` holds it"
            )?;
        }
        Ok(())
    }
}

/// A backup that was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Backup {
    /// The file.
    pub(crate) file: String,
    /// The day (`YYYY-MM-DD`, UTC) by which it will have been deleted; `None`:
    /// nobody said.
    pub(crate) kept_until: Option<String>,
}

/// Removes and writes, in the transaction of `connection`.
pub(super) fn erase(
    connection: &Connection,
    workspace: i64,
    erasure: &mut Erasure,
) -> Result<Erased, Failure> {
    let mut erased = Erased {
        documents: erasure.documents.len(),
        ..Erased::default()
    };
    for doc in &erasure.documents {
        let key = document_key(connection, workspace, *doc)?;
        connection.execute(
            "INSERT INTO erased VALUES (?1, ?2)",
            (key, erasure.at.as_millis()),
        )?;
        let forget = |table: &str| {
            connection.execute(&format!("DELETE FROM {table} WHERE document = ?1"), [key])
        };
        erased.changes += forget("changes")?;
        erased.texts += forget("texts")?;
        forget("rows")?;
        forget("addresses")?;
        let id = doc.to_string();
        let (_, id) = id.split_once(':').unwrap_or_default();
        erased.mails += connection.execute(
            "DELETE FROM mail_ids WHERE workspace = ?1 AND ?2 IN (conversation, contact)",
            (workspace, id),
        )?;
        connection.execute(
            "DELETE FROM mail_parties WHERE workspace = ?1 AND conversation = ?2",
            (workspace, id),
        )?;
    }
    for blob in &erasure.blobs {
        connection.execute(
            "UPDATE workspaces SET blob_bytes = blob_bytes - coalesce(
               (SELECT length(bytes) FROM blobs WHERE workspace = ?1 AND sha256 = ?2), 0)
             WHERE id = ?1",
            (workspace, blob),
        )?;
        erased.blobs += connection.execute(
            "DELETE FROM blobs WHERE workspace = ?1 AND sha256 = ?2",
            (workspace, blob),
        )?;
    }
    log::append(connection, workspace, &mut erasure.batch)?;
    texts::put(connection, workspace, &erasure.batch.texts)?;
    // The index keeps words of what was deleted until it is built again.
    connection.execute("INSERT INTO words (words) VALUES ('rebuild')", [])?;
    erased.backups = backups(connection, erasure.at)?;
    Ok(erased)
}

/// Backups that may still exist at a moment.
fn backups(connection: &Connection, at: Timestamp) -> Result<Vec<Backup>, Failure> {
    let mut statement = connection.prepare_cached(
        "SELECT file, date(kept_until / 1000, 'unixepoch') FROM backups
         WHERE kept_until IS NULL OR kept_until > ?1 ORDER BY at",
    )?;
    let found = statement.query_map([at.as_millis()], |row| {
        Ok(Backup {
            file: row.get(0)?,
            kept_until: row.get(1)?,
        })
    })?;
    Ok(found.collect::<Result<_, _>>()?)
}

/// Refuses a document that was erased.
pub(super) fn check(connection: &Connection, document: i64) -> Result<(), Failure> {
    let erased = connection
        .prepare_cached("SELECT 1 FROM erased WHERE document = ?1")?
        .exists([document])?;
    if erased {
        let text = "The person whom the document was about was erased.";
        return Err(Refusal::new(Code::Erased, text).into());
    }
    Ok(())
}

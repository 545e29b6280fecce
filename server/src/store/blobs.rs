//! Blobs, and how much of them a workspace has.

use rusqlite::{Connection, OptionalExtension};
use threadline_core::error::{Code, Refusal};
use threadline_core::id::WorkspaceId;

use super::writer::Failure;
use super::{BlobHead, BlobId};

/// Every blob's name.
pub(super) fn all(
    connection: &Connection,
    workspace: &WorkspaceId,
) -> Result<Vec<BlobId>, Failure> {
    let mut statement = connection.prepare_cached(
        "SELECT sha256 FROM blobs
         WHERE workspace = (SELECT id FROM workspaces WHERE name = ?1) ORDER BY sha256",
    )?;
    let names = statement.query_map([workspace.as_str()], |row| row.get(0))?;
    Ok(names.collect::<Result<_, _>>()?)
}

/// A blob's bytes; see [`super::Store::blob`].
pub(super) fn find(
    connection: &Connection,
    workspace: &WorkspaceId,
    blob: &BlobId,
) -> Result<Option<Vec<u8>>, Failure> {
    let mut statement = connection.prepare_cached(
        "SELECT bytes FROM blobs WHERE sha256 = ?2
         AND workspace = (SELECT id FROM workspaces WHERE name = ?1)",
    )?;
    let bytes = statement.query_row((workspace.as_str(), blob), |row| row.get(0));
    Ok(bytes.optional()?)
}

/// A blob's length and beginning; see [`super::Store::blob_head`].
pub(super) fn head(
    connection: &Connection,
    workspace: &WorkspaceId,
    blob: &BlobId,
) -> Result<Option<BlobHead>, Failure> {
    let mut statement = connection.prepare_cached(
        "SELECT length(bytes), coalesce(substr(bytes, 1, 16), x'') FROM blobs WHERE sha256 = ?2
         AND workspace = (SELECT id FROM workspaces WHERE name = ?1)",
    )?;
    let head = statement.query_row((workspace.as_str(), blob), |row| {
        Ok(BlobHead {
            bytes: row.get::<_, i64>(0)?.cast_unsigned(),
            beginning: row.get(1)?,
        })
    });
    Ok(head.optional()?)
}

/// Keeps blobs; see [`super::Store::put_blobs`].
pub(super) fn put(
    connection: &Connection,
    workspace: i64,
    blobs: &[(BlobId, Vec<u8>)],
    quota: Option<u64>,
) -> Result<(), Failure> {
    let mut insert =
        connection.prepare_cached("INSERT OR IGNORE INTO blobs VALUES (?1, ?2, ?3)")?;
    let mut added: i64 = 0;
    for (id, bytes) in blobs {
        if insert.execute((workspace, id, bytes))? > 0 {
            added += i64::try_from(bytes.len()).unwrap_or(i64::MAX);
        }
    }
    let total: i64 = connection
        .prepare_cached(
            "UPDATE workspaces SET blob_bytes = blob_bytes + ?2 WHERE id = ?1 RETURNING blob_bytes",
        )?
        .query_row((workspace, added), |row| row.get(0))?;
    // What refuses here undoes the whole job, the insertion included.
    if added > 0 && quota.is_some_and(|quota| total.cast_unsigned() > quota) {
        let text = "The workspace's room for attachments is used up.";
        return Err(Refusal::new(Code::QuotaExceeded, text).into());
    }
    Ok(())
}

/// Removes blobs; returns how many there were.
pub(super) fn remove(
    connection: &Connection,
    workspace: i64,
    blobs: &[BlobId],
) -> Result<u64, Failure> {
    let mut removed = 0;
    for blob in blobs {
        connection.execute(
            "UPDATE workspaces SET blob_bytes = blob_bytes - coalesce(
               (SELECT length(bytes) FROM blobs WHERE workspace = ?1 AND sha256 = ?2), 0)
             WHERE id = ?1",
            (workspace, blob),
        )?;
        removed += connection.execute(
            "DELETE FROM blobs WHERE workspace = ?1 AND sha256 = ?2",
            (workspace, blob),
        )? as u64;
    }
    Ok(removed)
}

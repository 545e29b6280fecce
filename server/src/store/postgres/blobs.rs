//! Blobs, and how much of them a workspace has.

use std::collections::BTreeMap;

use threadline_core::error::{Code, Refusal};

use super::failure::Failure;
use super::session::Session;
use crate::store::{BlobHead, BlobId};

/// Every blob's name.
pub(super) fn all(session: &mut Session<'_>, workspace: &str) -> Result<Vec<BlobId>, Failure> {
    let found = session.all(
        "SELECT sha256 FROM blobs WHERE workspace = $1 ORDER BY sha256",
        &[&workspace],
    )?;
    let mut names = Vec::with_capacity(found.len());
    for row in found {
        // A name of another length cannot have been written by us.
        names.extend(BlobId::try_from(row.try_get::<_, &[u8]>(0)?).ok());
    }
    Ok(names)
}

/// A blob's bytes; see [`crate::store::Store::blob`].
pub(super) fn find(
    session: &mut Session<'_>,
    workspace: &str,
    blob: &BlobId,
) -> Result<Option<Vec<u8>>, Failure> {
    let found = session.first(
        "SELECT bytes FROM blobs WHERE workspace = $1 AND sha256 = $2",
        &[&workspace, &blob.as_slice()],
    )?;
    Ok(found.map(|row| row.try_get(0)).transpose()?)
}

/// A blob's length and beginning; see [`crate::store::Store::blob_head`].
pub(super) fn head(
    session: &mut Session<'_>,
    workspace: &str,
    blob: &BlobId,
) -> Result<Option<BlobHead>, Failure> {
    let found = session.first(
        "SELECT length(bytes)::bigint, substring(bytes FROM 1 FOR 16)
         FROM blobs WHERE workspace = $1 AND sha256 = $2",
        &[&workspace, &blob.as_slice()],
    )?;
    let Some(row) = found else {
        return Ok(None);
    };
    Ok(Some(BlobHead {
        bytes: row.try_get::<_, i64>(0)?.cast_unsigned(),
        beginning: row.try_get(1)?,
    }))
}

/// Keeps blobs; see [`crate::store::Store::put_blobs`].
pub(super) fn put(
    session: &mut Session<'_>,
    workspace: &str,
    blobs: &[(BlobId, Vec<u8>)],
    quota: Option<u64>,
) -> Result<(), Failure> {
    let blobs: BTreeMap<&[u8], &[u8]> = blobs
        .iter()
        .map(|(name, bytes)| (name.as_slice(), bytes.as_slice()))
        .collect();
    let mut added: i64 = 0;
    for (name, bytes) in blobs {
        let new = session.execute(
            "INSERT INTO blobs (workspace, sha256, bytes) VALUES ($1, $2, $3)
             ON CONFLICT DO NOTHING",
            &[&workspace, &name, &bytes],
        )?;
        if new > 0 {
            added += i64::try_from(bytes.len()).unwrap_or(i64::MAX);
        }
    }
    let total = session.one(
        "UPDATE workspaces SET blob_bytes = blob_bytes + $2 WHERE workspace = $1
         RETURNING blob_bytes",
        &[&workspace, &added],
    )?;
    let total: i64 = total.try_get(0)?;
    // What refuses here undoes the whole job, the insertion included.
    if added > 0 && quota.is_some_and(|quota| total.cast_unsigned() > quota) {
        let text = "The workspace's room for attachments is used up.";
        return Err(Refusal::new(Code::QuotaExceeded, text).into());
    }
    Ok(())
}

/// Removes blobs; returns how many there were.
pub(super) fn remove(
    session: &mut Session<'_>,
    workspace: &str,
    blobs: &[BlobId],
) -> Result<u64, Failure> {
    let names: Vec<&[u8]> = blobs.iter().map(BlobId::as_slice).collect();
    let removed = session.all(
        "DELETE FROM blobs WHERE workspace = $1 AND sha256 = ANY($2)
         RETURNING length(bytes)::bigint",
        &[&workspace, &names],
    )?;
    let mut bytes: i64 = 0;
    for row in &removed {
        bytes += row.try_get::<_, i64>(0)?;
    }
    session.execute(
        "UPDATE workspaces SET blob_bytes = blob_bytes - $2 WHERE workspace = $1",
        &[&workspace, &bytes],
    )?;
    Ok(removed.len() as u64)
}

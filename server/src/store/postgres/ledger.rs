//! What `verify` reads: the audit beside the log, as they are in the database.

use threadline_core::id::{DocumentId, WorkspaceId};
use threadline_core::model::RowEntry;
use threadline_core::sync::hub::SessionId;
use threadline_core::time::Timestamp;

use super::failure::Failure;
use super::session::Session;
use crate::store::moves::parse_row;
use crate::store::{Audited, ChainEnd};

/// See [`crate::store::Store::workspaces`].
pub(super) fn workspaces(session: &mut Session<'_>) -> Result<Vec<WorkspaceId>, Failure> {
    let found = session.all("SELECT workspace FROM workspaces ORDER BY workspace", &[])?;
    let mut names = Vec::with_capacity(found.len());
    for row in found {
        names.push(row.try_get::<_, &str>(0)?.parse()?);
    }
    Ok(names)
}

/// See [`crate::store::Store::chain_end`].
pub(super) fn chain_end(session: &mut Session<'_>, workspace: &str) -> Result<ChainEnd, Failure> {
    let end = session.one(
        "SELECT seq, digest FROM workspaces WHERE workspace = $1",
        &[&workspace],
    )?;
    Ok(ChainEnd {
        seq: end.try_get::<_, i64>(0)?.cast_unsigned(),
        digest: end.try_get(1)?,
    })
}

/// See [`crate::store::Store::audited`].
pub(super) fn audited(
    session: &mut Session<'_>,
    workspace: &str,
    after: u64,
    limit: usize,
) -> Result<Vec<Audited>, Failure> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let found = session.all(
        "SELECT audit.seq, documents.name, audit.hash, audit.member, audit.session,
                audit.received_at, audit.digest, changes.bytes, actors.member,
                documents.erased IS NOT NULL
         FROM audit
           JOIN documents ON documents.id = audit.document
           LEFT JOIN changes ON changes.workspace = audit.workspace
             AND changes.seq = audit.seq AND changes.document = audit.document
           LEFT JOIN actors ON actors.id = changes.actor
         WHERE audit.workspace = $1 AND audit.seq > $2 ORDER BY audit.seq LIMIT $3",
        &[&workspace, &after.cast_signed(), &limit],
    )?;
    let mut audited = Vec::with_capacity(found.len());
    for row in found {
        let session: Option<i64> = row.try_get(4)?;
        let bytes: Option<Vec<u8>> = row.try_get(7)?;
        let owner: Option<String> = row.try_get(8)?;
        audited.push(Audited {
            seq: row.try_get::<_, i64>(0)?.cast_unsigned(),
            doc: row.try_get(1)?,
            hash: row.try_get(2)?,
            member: row.try_get(3)?,
            session: session.map(|session| SessionId(session.cast_unsigned())),
            received_at: Timestamp::from_millis(row.try_get(5)?),
            digest: row.try_get(6)?,
            change: bytes.zip(owner),
            erased: row.try_get(9)?,
        });
    }
    Ok(audited)
}

/// See [`crate::store::Store::unaudited`].
pub(super) fn unaudited(
    session: &mut Session<'_>,
    workspace: &str,
) -> Result<Option<(String, u64)>, Failure> {
    let found = session.first(
        "SELECT documents.name, changes.seq
         FROM changes
           JOIN documents ON documents.id = changes.document
           LEFT JOIN audit ON audit.workspace = changes.workspace
             AND audit.seq = changes.seq AND audit.document = changes.document
         WHERE changes.workspace = $1 AND audit.seq IS NULL ORDER BY changes.seq LIMIT 1",
        &[&workspace],
    )?;
    let Some(row) = found else {
        return Ok(None);
    };
    let seq: i64 = row.try_get(1)?;
    Ok(Some((row.try_get(0)?, seq.cast_unsigned())))
}

/// See [`crate::store::Store::row_entry`].
pub(super) fn row_entry(
    session: &mut Session<'_>,
    workspace: &str,
    doc: DocumentId,
) -> Result<Option<RowEntry>, Failure> {
    let name = doc.to_string();
    let found = session.first(
        "SELECT rows.seq, rows.heads, rows.row
         FROM rows JOIN documents ON documents.id = rows.document
         WHERE documents.workspace = $1 AND documents.name = $2",
        &[&workspace, &name],
    )?;
    let Some(row) = found else {
        return Ok(None);
    };
    let seq: i64 = row.try_get(0)?;
    Ok(parse_row(
        &name,
        seq.cast_unsigned(),
        row.try_get(1)?,
        row.try_get(2)?,
    ))
}

//! What `verify` reads: the audit beside the log, as they are on the disk.

use rusqlite::{Connection, OptionalExtension};
use threadline_core::id::{DocumentId, WorkspaceId};
use threadline_core::model::RowEntry;
use threadline_core::sync::hub::SessionId;
use threadline_core::time::Timestamp;

use super::audit;
use super::moves::parse_row;
use super::writer::Failure;

/// An audit row and the change it is about. Texts are as they were found: an
/// id that cannot be one shall be told as that, and not end the reading.
pub(crate) struct Audited {
    /// Place in the workspace's sequence.
    pub(crate) seq: u64,
    /// The document's name, `kind:uuid`.
    pub(crate) doc: String,
    /// The change's hash.
    pub(crate) hash: Vec<u8>,
    /// Who made it.
    pub(crate) member: String,
    /// The session that brought it; `None`: the server itself.
    pub(crate) session: Option<SessionId>,
    /// When it arrived.
    pub(crate) received_at: Timestamp,
    /// The chain up to here; see `audit`.
    pub(crate) digest: Vec<u8>,
    /// The change in the log, and whose its actor is.
    pub(crate) change: Option<(Vec<u8>, String)>,
    /// Whether the document was erased, and its log with it.
    pub(crate) erased: bool,
}

impl Audited {
    /// The row's digest, recomputed, after a row with the digest `previous`.
    pub(crate) fn link(&self, previous: &[u8]) -> Vec<u8> {
        let record = audit::Record {
            doc: &self.doc,
            member: &self.member,
            seq: self.seq,
            hash: &self.hash,
            session: self.session,
            received_at: self.received_at,
        };
        audit::digest(previous, &record).to_vec()
    }
}

/// Where a workspace's chain ends.
pub(crate) struct ChainEnd {
    /// The last sequence number.
    pub(crate) seq: u64,
    /// The digest of its audit row; empty before the first.
    pub(crate) digest: Vec<u8>,
}

/// See [`super::Store::damage`].
pub(super) fn damage(connection: &Connection) -> Result<Option<String>, Failure> {
    let first: String = connection.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
    Ok((first != "ok").then_some(first))
}

/// See [`super::Store::workspaces`].
pub(super) fn workspaces(connection: &Connection) -> Result<Vec<WorkspaceId>, Failure> {
    let mut statement = connection.prepare_cached("SELECT name FROM workspaces ORDER BY id")?;
    let names = statement.query_map([], |row| row.get::<_, String>(0))?;
    names.map(|name| Ok(name?.parse()?)).collect()
}

/// See [`super::Store::chain_end`].
pub(super) fn chain_end(
    connection: &Connection,
    workspace: &WorkspaceId,
) -> Result<ChainEnd, Failure> {
    let end = connection
        .prepare_cached("SELECT seq, digest FROM workspaces WHERE name = ?1")?
        .query_row([workspace.as_str()], |row| {
            Ok(ChainEnd {
                seq: row.get::<_, i64>(0)?.cast_unsigned(),
                digest: row.get(1)?,
            })
        })?;
    Ok(end)
}

/// See [`super::Store::audited`].
pub(super) fn audited(
    connection: &Connection,
    workspace: &WorkspaceId,
    after: u64,
    limit: usize,
) -> Result<Vec<Audited>, Failure> {
    let mut statement = connection.prepare_cached(
        "SELECT audit.seq, documents.name, audit.hash, audit.member, audit.session,
                audit.received_at, audit.digest, changes.bytes, actors.member,
                audit.document IN (SELECT document FROM erased)
         FROM audit
           JOIN documents ON documents.id = audit.document
           LEFT JOIN changes ON changes.document = audit.document AND changes.seq = audit.seq
           LEFT JOIN actors ON actors.id = changes.actor
         WHERE audit.workspace = (SELECT id FROM workspaces WHERE name = ?1) AND audit.seq > ?2
         ORDER BY audit.seq LIMIT ?3",
    )?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let found = statement.query_map((workspace.as_str(), after.cast_signed(), limit), |row| {
        let session: Option<i64> = row.get(4)?;
        let bytes: Option<Vec<u8>> = row.get(7)?;
        let owner: Option<String> = row.get(8)?;
        Ok(Audited {
            seq: row.get::<_, i64>(0)?.cast_unsigned(),
            doc: row.get(1)?,
            hash: row.get(2)?,
            member: row.get(3)?,
            session: session.map(|session| SessionId(session.cast_unsigned())),
            received_at: Timestamp::from_millis(row.get(5)?),
            digest: row.get(6)?,
            change: bytes.zip(owner),
            erased: row.get(9)?,
        })
    })?;
    Ok(found.collect::<Result<_, _>>()?)
}

/// See [`super::Store::unaudited`].
pub(super) fn unaudited(
    connection: &Connection,
    workspace: &WorkspaceId,
) -> Result<Option<(String, u64)>, Failure> {
    let found = connection
        .prepare_cached(
            "SELECT documents.name, changes.seq
             FROM changes
               JOIN documents ON documents.id = changes.document
               LEFT JOIN audit ON audit.workspace = documents.workspace
                 AND audit.seq = changes.seq AND audit.document = changes.document
             WHERE documents.workspace = (SELECT id FROM workspaces WHERE name = ?1)
               AND audit.seq IS NULL
             ORDER BY changes.seq LIMIT 1",
        )?
        .query_row([workspace.as_str()], |row| {
            Ok((row.get(0)?, row.get::<_, i64>(1)?.cast_unsigned()))
        })
        .optional()?;
    Ok(found)
}

/// See [`super::Store::row_entry`].
pub(super) fn row_entry(
    connection: &Connection,
    workspace: &WorkspaceId,
    doc: DocumentId,
) -> Result<Option<RowEntry>, Failure> {
    let name = doc.to_string();
    let found = connection
        .prepare_cached(
            "SELECT rows.seq, rows.heads, rows.row
             FROM rows JOIN documents ON documents.id = rows.document
             WHERE documents.name = ?2
               AND documents.workspace = (SELECT id FROM workspaces WHERE name = ?1)",
        )?
        .query_row((workspace.as_str(), &name), |row| {
            Ok((
                row.get::<_, i64>(0)?.cast_unsigned(),
                row.get::<_, Vec<u8>>(1)?,
                row.get::<_, String>(2)?,
            ))
        })
        .optional()?;
    Ok(found.and_then(|(seq, heads, row)| parse_row(&name, seq, &heads, &row)))
}

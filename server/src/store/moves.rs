//! What has moved since somebody last looked: rows, the log, or anything at all.

use rusqlite::{Connection, OptionalExtension};
use serde_bytes::ByteArray;
use threadline_core::id::WorkspaceId;
use threadline_core::model::RowEntry;
use threadline_core::sync::hub::{ActorId, LogPage, Logged, Pulse};

use super::RowPage;
use super::log::{known_key, last_seq};
use super::writer::Failure;

/// What tells whether anything has happened; see [`super::Store::pulse`].
pub(super) fn pulse(connection: &Connection, workspace: &WorkspaceId) -> Result<Pulse, Failure> {
    let pulse = connection
        .prepare_cached("SELECT seq, team, revoked, erasures FROM workspaces WHERE name = ?1")?
        .query_row([workspace.as_str()], |row| {
            Ok(Pulse {
                seq: row.get::<_, i64>(0)?.cast_unsigned(),
                team: row.get::<_, i64>(1)?.cast_unsigned(),
                revoked: row.get::<_, i64>(2)?.cast_unsigned(),
                erasures: row.get::<_, i64>(3)?.cast_unsigned(),
            })
        })
        .optional()?;
    Ok(pulse.unwrap_or_default())
}

/// A stretch of the log; see [`super::Store::log`].
pub(super) fn page(
    connection: &Connection,
    workspace: &WorkspaceId,
    after: u64,
    limit: usize,
) -> Result<LogPage, Failure> {
    let snapshot = connection.unchecked_transaction()?;
    let key = known_key(&snapshot, workspace)?;
    let mut statement = snapshot.prepare_cached(
        "SELECT audit.seq, documents.name, changes.bytes, actors.actor, actors.member
         FROM audit
           JOIN documents ON documents.id = audit.document
           JOIN changes ON changes.document = audit.document AND changes.seq = audit.seq
           JOIN actors ON actors.id = changes.actor
         WHERE audit.workspace = ?1 AND audit.seq > ?2 ORDER BY audit.seq LIMIT ?3",
    )?;
    let most = i64::try_from(limit).unwrap_or(i64::MAX);
    let found = statement.query_map((key, after.cast_signed(), most), |row| {
        Ok((
            row.get::<_, i64>(0)?,
            row.get::<_, String>(1)?,
            row.get::<_, Vec<u8>>(2)?,
            row.get::<_, Vec<u8>>(3)?,
            row.get::<_, String>(4)?,
        ))
    })?;
    let mut entries = Vec::new();
    for found in found {
        let (seq, doc, bytes, actor, member) = found?;
        entries.push(Logged {
            seq: seq.cast_unsigned(),
            doc: doc.parse()?,
            bytes,
            actor: ActorId::from(actor),
            member: member.parse()?,
        });
    }
    let complete = entries.len() < limit;
    let cursor = match entries.last() {
        Some(last) if !complete => last.seq,
        _ => last_seq(&snapshot, key)?.max(after),
    };
    Ok(LogPage {
        rows: rows_between(&snapshot, key, after, cursor, usize::MAX)?.rows,
        entries,
        cursor,
        complete,
    })
}

/// Rows that moved; see [`super::Store::rows`].
pub(super) fn rows(
    connection: &Connection,
    workspace: &WorkspaceId,
    after: u64,
    limit: usize,
) -> Result<RowPage, Failure> {
    let key = known_key(connection, workspace)?;
    rows_between(connection, key, after, u64::MAX >> 1, limit)
}

/// Rows after one sequence number and up to another, at most `limit`.
fn rows_between(
    connection: &Connection,
    workspace: i64,
    after: u64,
    last: u64,
    limit: usize,
) -> Result<RowPage, Failure> {
    let mut statement = connection.prepare_cached(
        "SELECT documents.name, rows.seq, rows.heads, rows.row
         FROM rows JOIN documents ON documents.id = rows.document
         WHERE rows.workspace = ?1 AND rows.seq > ?2 AND rows.seq <= ?3
         ORDER BY rows.seq LIMIT ?4",
    )?;
    let most = i64::try_from(limit).unwrap_or(i64::MAX);
    let bounds = (workspace, after.cast_signed(), last.cast_signed(), most);
    let found = statement.query_map(bounds, |row| {
        Ok((
            row.get::<_, String>(0)?,
            row.get::<_, i64>(1)?,
            row.get::<_, Vec<u8>>(2)?,
            row.get::<_, String>(3)?,
        ))
    })?;
    let mut rows = Vec::new();
    let mut cursor = after;
    let mut seen = 0;
    for found in found {
        let (name, seq, heads, row) = found?;
        seen += 1;
        cursor = seq.cast_unsigned();
        match parse_row(&name, cursor, &heads, &row) {
            Some(entry) => rows.push(entry),
            // The list goes on without it; the row is written anew with the document's next change.
            None => tracing::error!(doc = name, "a row cannot be read"),
        }
    }
    Ok(RowPage {
        rows,
        cursor,
        complete: seen < limit,
    })
}

pub(super) fn parse_row(name: &str, seq: u64, heads: &[u8], row: &str) -> Option<RowEntry> {
    Some(RowEntry {
        doc: name.parse().ok()?,
        seq,
        heads: heads
            .chunks_exact(32)
            .filter_map(|head| head.try_into().ok().map(ByteArray::new))
            .collect(),
        row: serde_json::from_str(row).ok()?,
    })
}

//! How far the flows of a workspace have followed its log.

use rusqlite::Connection;

use super::writer::Failure;

/// See [`super::Opened::flows`].
pub(super) fn done(connection: &Connection, workspace: i64) -> rusqlite::Result<u64> {
    connection
        .prepare_cached("UPDATE workspaces SET flows = seq WHERE id = ?1 AND flows IS NULL")?
        .execute([workspace])?;
    let done: i64 = connection
        .prepare_cached("SELECT flows FROM workspaces WHERE id = ?1")?
        .query_row([workspace], |row| row.get(0))?;
    Ok(done.cast_unsigned())
}

/// See [`super::Store::put_flows`].
pub(super) fn put(connection: &Connection, workspace: i64, seq: u64) -> Result<(), Failure> {
    connection
        .prepare_cached("UPDATE workspaces SET flows = max(coalesce(flows, 0), ?2) WHERE id = ?1")?
        .execute((workspace, seq.cast_signed()))?;
    Ok(())
}

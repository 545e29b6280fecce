//! Who is on the team.

use rusqlite::{Connection, OptionalExtension, Row};

use super::writer::Failure;
use super::{replaceable, unavailable};
use crate::directory::Listed;

/// The team. An entry that cannot be read is left out: the member's next
/// token writes it anew.
pub(super) fn all(connection: &Connection, workspace: i64) -> rusqlite::Result<Vec<Listed>> {
    let mut statement = connection
        .prepare_cached("SELECT member, managed FROM members WHERE workspace = ?1 ORDER BY id")?;
    let entries = statement.query_map([workspace], read)?;
    entries.filter_map(Result::transpose).collect()
}

fn read(row: &Row<'_>) -> rusqlite::Result<Option<Listed>> {
    let (member, managed) = (row.get::<_, String>(0)?, row.get(1)?);
    let member = serde_json::from_str(&member).ok();
    Ok(member.map(|member| Listed { member, managed }))
}

/// Adds or replaces a member; see [`super::Store::put_member`].
pub(super) fn put(
    connection: &Connection,
    workspace: i64,
    before: Option<&Listed>,
    listed: &Listed,
) -> Result<(), Failure> {
    let Listed { member, managed } = listed;
    let stored = connection
        .prepare_cached("SELECT member, managed FROM members WHERE workspace = ?1 AND id = ?2")?
        .query_row((workspace, member.id.as_str()), read)
        .optional()?;
    replaceable(stored.flatten().as_ref(), before, listed)?;
    let text = serde_json::to_string(member).map_err(|_| unavailable())?;
    connection
        .prepare_cached("INSERT OR REPLACE INTO members VALUES (?1, ?2, ?3, ?4)")?
        .execute((workspace, member.id.as_str(), text, managed))?;
    connection
        .prepare_cached("UPDATE workspaces SET team = team + 1 WHERE id = ?1")?
        .execute([workspace])?;
    Ok(())
}

//! Who is on the team.

use rusqlite::Connection;

use super::unavailable;
use super::writer::Failure;
use crate::directory::Listed;

/// The team. An entry that cannot be read is left out: the member's next
/// token writes it anew.
pub(super) fn all(connection: &Connection, workspace: i64) -> rusqlite::Result<Vec<Listed>> {
    let mut statement = connection
        .prepare_cached("SELECT member, managed FROM members WHERE workspace = ?1 ORDER BY id")?;
    let entries = statement.query_map([workspace], |row| {
        Ok((row.get::<_, String>(0)?, row.get::<_, bool>(1)?))
    })?;
    let listed = entries.map(|entry| {
        let (member, managed) = entry?;
        let member = serde_json::from_str(&member).ok();
        Ok(member.map(|member| Listed { member, managed }))
    });
    listed.filter_map(Result::transpose).collect()
}

/// Adds or replaces a member.
pub(super) fn put(connection: &Connection, workspace: i64, listed: &Listed) -> Result<(), Failure> {
    let Listed { member, managed } = listed;
    let text = serde_json::to_string(member).map_err(|_| unavailable())?;
    connection
        .prepare_cached("INSERT OR REPLACE INTO members VALUES (?1, ?2, ?3, ?4)")?
        .execute((workspace, member.id.as_str(), text, managed))?;
    connection
        .prepare_cached("UPDATE workspaces SET team = team + 1 WHERE id = ?1")?
        .execute([workspace])?;
    Ok(())
}

//! Who is on the team.

use postgres::Row;

use super::failure::Failure;
use super::session::Session;
use crate::directory::Listed;
use crate::store::{replaceable, unavailable};

/// The team. An entry that cannot be read is left out: the member's next
/// token writes it anew.
pub(super) fn all(session: &mut Session<'_>, workspace: &str) -> Result<Vec<Listed>, Failure> {
    let found = session.all(
        "SELECT member, managed FROM members WHERE workspace = $1 ORDER BY id",
        &[&workspace],
    )?;
    let listed = found.iter().map(read);
    listed.filter_map(Result::transpose).collect()
}

fn read(row: &Row) -> Result<Option<Listed>, Failure> {
    let managed = row.try_get(1)?;
    let member = serde_json::from_str(row.try_get(0)?).ok();
    Ok(member.map(|member| Listed { member, managed }))
}

/// Adds or replaces a member, and lets other processes know; see
/// [`crate::store::Store::put_member`]. The workspace's row is locked, so that
/// nobody is between the look and the write.
pub(super) fn put(
    session: &mut Session<'_>,
    workspace: &str,
    before: Option<&Listed>,
    listed: &Listed,
) -> Result<(), Failure> {
    let Listed { member, managed } = listed;
    let stored = session.first(
        "SELECT member, managed FROM members WHERE workspace = $1 AND id = $2",
        &[&workspace, &member.id.as_str()],
    )?;
    let stored = stored.as_ref().map(read).transpose()?.flatten();
    replaceable(stored.as_ref(), before, listed)?;
    let text = serde_json::to_string(member).map_err(|_| unavailable())?;
    session.execute(
        "INSERT INTO members (workspace, id, member, managed) VALUES ($1, $2, $3, $4)
         ON CONFLICT (workspace, id) DO UPDATE
           SET member = excluded.member, managed = excluded.managed",
        &[&workspace, &member.id.as_str(), &text, managed],
    )?;
    session.execute(
        "UPDATE workspaces SET team = team + 1 WHERE workspace = $1",
        &[&workspace],
    )?;
    Ok(())
}

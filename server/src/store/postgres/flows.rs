//! How far the flows of a workspace have followed its log.

use super::failure::Failure;
use super::session::Session;

/// See [`crate::store::Opened::flows`].
pub(super) fn done(session: &mut Session<'_>, workspace: &str) -> Result<u64, Failure> {
    session.execute(
        "UPDATE workspaces SET flows = seq WHERE workspace = $1 AND flows IS NULL",
        &[&workspace],
    )?;
    let row = session.one(
        "SELECT flows FROM workspaces WHERE workspace = $1",
        &[&workspace],
    )?;
    let done: i64 = row.try_get(0)?;
    Ok(done.cast_unsigned())
}

/// See [`crate::store::Store::put_flows`].
pub(super) fn put(session: &mut Session<'_>, workspace: &str, seq: u64) -> Result<(), Failure> {
    session.execute(
        "UPDATE workspaces SET flows = GREATEST(coalesce(flows, 0), $2) WHERE workspace = $1",
        &[&workspace, &seq.cast_signed()],
    )?;
    Ok(())
}

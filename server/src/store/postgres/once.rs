//! Commands that are done once; see [`crate::store::Once`].

use threadline_core::command::Outcome;
use threadline_core::time::Timestamp;

use super::failure::Failure;
use super::session::Session;
use crate::store::once::{Kept, Once, Turn, write};
use crate::store::unavailable;

/// See [`crate::store::Store::claim`]. The workspace's row is locked, so of two
/// processes one finds the other's claim.
pub(super) fn claim(
    session: &mut Session<'_>,
    workspace: &str,
    once: &Once,
) -> Result<Turn, Failure> {
    let (member, key) = (once.member.as_str(), once.key.as_str());
    session.execute(
        "DELETE FROM once WHERE workspace = $1 AND at <= $2",
        &[&workspace, &once.forgotten()],
    )?;
    let found = session.first(
        "SELECT request, at, outcome FROM once
         WHERE workspace = $1 AND member = $2 AND key = $3",
        &[&workspace, &member, &key],
    )?;
    let kept = match found {
        None => None,
        Some(row) => Some(Kept {
            request: row.try_get(0)?,
            at: Timestamp::from_millis(row.try_get(1)?),
            outcome: row.try_get(2)?,
        }),
    };
    let claim = once.finds(kept).map_err(|_| unavailable())?;
    if claim == Turn::Yours {
        session.execute(
            "INSERT INTO once (workspace, member, key, request, ticket, at)
             VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (workspace, member, key) DO UPDATE
               SET request = excluded.request, ticket = excluded.ticket, at = excluded.at",
            &[
                &workspace,
                &member,
                &key,
                &once.request.as_slice(),
                &once.ticket.cast_signed(),
                &once.at.as_millis(),
            ],
        )?;
    }
    Ok(claim)
}

/// Notes what commands did, where they are to be done once.
pub(super) fn executed(
    session: &mut Session<'_>,
    workspace: &str,
    executed: &[(u64, Outcome)],
) -> Result<(), Failure> {
    for (ticket, outcome) in executed {
        session.execute(
            "UPDATE once SET outcome = $3
             WHERE workspace = $1 AND ticket = $2 AND outcome IS NULL",
            &[&workspace, &ticket.cast_signed(), &write(outcome)?],
        )?;
    }
    Ok(())
}

/// See [`crate::store::Store::settle`].
pub(super) fn settle(
    session: &mut Session<'_>,
    workspace: &str,
    ticket: u64,
    outcome: Option<Outcome>,
) -> Result<(), Failure> {
    if let Some(outcome) = outcome {
        return executed(session, workspace, &[(ticket, outcome)]);
    }
    session.execute(
        "DELETE FROM once WHERE workspace = $1 AND ticket = $2 AND outcome IS NULL",
        &[&workspace, &ticket.cast_signed()],
    )?;
    Ok(())
}

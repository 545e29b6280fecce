//! Revocations and tickets.

use threadline_core::time::Timestamp;

use super::failure::Failure;
use super::session::Session;
use super::text::key;
use crate::identity::{Revocation, Target, Ticket};
use crate::store::unavailable;

/// See [`crate::store::Store::put_revocation`].
pub(super) fn revoke(
    session: &mut Session<'_>,
    workspace: &str,
    revocation: &Revocation,
) -> Result<(), Failure> {
    let (kind, name) = match &revocation.target {
        Target::Jti(jti) => ("jti", jti.as_str()),
        Target::Member(member) => ("member", member.as_str()),
    };
    let (at, until) = (revocation.at.as_millis(), revocation.until.as_millis());
    session.execute(
        "DELETE FROM revocations WHERE workspace = $1 AND until <= $2",
        &[&workspace, &at],
    )?;
    session.execute(
        "INSERT INTO revocations (workspace, kind, name, at, until) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (workspace, kind, name) DO UPDATE
           SET at = GREATEST(revocations.at, excluded.at),
               until = GREATEST(revocations.until, excluded.until)",
        &[&workspace, &kind, &key(name), &at, &until],
    )?;
    session.execute(
        "UPDATE workspaces SET revoked = revoked + 1 WHERE workspace = $1",
        &[&workspace],
    )?;
    Ok(())
}

/// See [`crate::store::Store::revocations`].
pub(super) fn revocations(
    session: &mut Session<'_>,
    workspace: &str,
) -> Result<Vec<Revocation>, Failure> {
    let found = session.all(
        "SELECT kind, name, at, until FROM revocations WHERE workspace = $1 ORDER BY kind, name",
        &[&workspace],
    )?;
    let mut revocations = Vec::with_capacity(found.len());
    for row in found {
        let name: String = row.try_get(1)?;
        let target = match row.try_get(0)? {
            "member" => Target::Member(name.parse()?),
            _ => Target::Jti(name),
        };
        revocations.push(Revocation {
            target,
            at: Timestamp::from_millis(row.try_get(2)?),
            until: Timestamp::from_millis(row.try_get(3)?),
        });
    }
    Ok(revocations)
}

/// See [`crate::store::Store::put_ticket`].
pub(super) fn put_ticket(
    session: &mut Session<'_>,
    workspace: &str,
    ticket: &Ticket,
    now: Timestamp,
) -> Result<(), Failure> {
    let claims = ticket.keep().map_err(|_| unavailable())?;
    session.execute(
        "DELETE FROM tickets WHERE workspace = $1 AND expires <= $2",
        &[&workspace, &now.as_millis()],
    )?;
    session.execute(
        "INSERT INTO tickets (workspace, digest, claims, expires) VALUES ($1, $2, $3, $4)",
        &[
            &workspace,
            &ticket.digest.as_slice(),
            &claims,
            &ticket.expires.as_millis(),
        ],
    )?;
    Ok(())
}

/// Whether there is such a ticket: a guess shall cost no write.
pub(super) fn has_ticket(
    session: &mut Session<'_>,
    workspace: &str,
    digest: &[u8; 32],
) -> Result<bool, Failure> {
    let found = session.first(
        "SELECT 1 FROM tickets WHERE workspace = $1 AND digest = $2",
        &[&workspace, &digest.as_slice()],
    )?;
    Ok(found.is_some())
}

/// Removes a ticket; `None` where somebody else was faster.
pub(super) fn take_ticket(
    session: &mut Session<'_>,
    workspace: &str,
    digest: &[u8; 32],
) -> Result<Option<Ticket>, Failure> {
    let taken = session.first(
        "DELETE FROM tickets WHERE workspace = $1 AND digest = $2 RETURNING claims, expires",
        &[&workspace, &digest.as_slice()],
    )?;
    let Some(row) = taken else {
        return Ok(None);
    };
    Ok(Some(Ticket {
        digest: *digest,
        claims: Ticket::kept(row.try_get(0)?).map_err(|_| unavailable())?,
        expires: Timestamp::from_millis(row.try_get(1)?),
    }))
}

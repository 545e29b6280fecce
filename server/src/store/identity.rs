//! Revocations and tickets.

use std::path::Path;

use rusqlite::{Connection, OptionalExtension, TransactionBehavior};
use threadline_core::error::Refusal;
use threadline_core::id::WorkspaceId;
use threadline_core::time::Timestamp;

use super::folder::connect_beside;
use super::writer::Failure;
use super::{Store, unavailable, wait};
use crate::identity::{Revocation, Target, Ticket};

/// See [`super::Store::put_revocation`].
pub(super) fn revoke(
    connection: &Connection,
    workspace: i64,
    revocation: &Revocation,
) -> Result<(), Failure> {
    let (kind, name) = match &revocation.target {
        Target::Jti(jti) => ("jti", jti.as_str()),
        Target::Member(member) => ("member", member.as_str()),
    };
    let (at, until) = (revocation.at.as_millis(), revocation.until.as_millis());
    connection
        .prepare_cached("DELETE FROM revocations WHERE workspace = ?1 AND until <= ?2")?
        .execute((workspace, at))?;
    connection
        .prepare_cached(
            "INSERT INTO revocations VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT DO UPDATE
               SET at = max(at, excluded.at), until = max(until, excluded.until)",
        )?
        .execute((workspace, kind, name, at, until))?;
    connection
        .prepare_cached("UPDATE workspaces SET revoked = revoked + 1 WHERE id = ?1")?
        .execute([workspace])?;
    Ok(())
}

/// Writes a revocation into a folder's database beside the server that may be
/// running on it. The server sees it in its pulse.
pub(crate) fn revoke_beside(
    folder: &Path,
    workspace: &WorkspaceId,
    revocation: &Revocation,
) -> Result<(), BesideError> {
    let mut connection = connect_beside(folder)?;
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let key: Option<i64> = transaction
        .query_row(
            "SELECT id FROM workspaces WHERE name = ?1",
            [workspace.as_str()],
            |row| row.get(0),
        )
        .optional()?;
    let key = key.ok_or(BesideError::NoWorkspace)?;
    match revoke(&transaction, key, revocation) {
        Ok(()) => Ok(transaction.commit()?),
        Err(Failure::Database(error)) => Err(error.into()),
        Err(Failure::Refused(refusal)) => Err(BesideError::Refused(refusal)),
    }
}

/// The same in a database that servers share.
pub(crate) fn revoke_in(
    store: &dyn Store,
    workspace: &WorkspaceId,
    revocation: Revocation,
) -> Result<(), BesideError> {
    if !store.workspaces()?.contains(workspace) {
        return Err(BesideError::NoWorkspace);
    }
    Ok(wait(|done| {
        store.put_revocation(workspace, revocation, done);
    })?)
}

/// Why nothing was written beside a server.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BesideError {
    /// SQLite's reason.
    #[error("the database cannot be written: {0}")]
    Database(#[from] rusqlite::Error),
    /// A word mistyped, most likely.
    #[error("there is no such workspace in this database")]
    NoWorkspace,
    /// Storage's own.
    #[error(transparent)]
    Refused(#[from] Refusal),
}

/// See [`super::Store::revocations`].
pub(super) fn revocations(
    connection: &Connection,
    workspace: &WorkspaceId,
) -> Result<Vec<Revocation>, Failure> {
    let mut statement = connection.prepare_cached(
        "SELECT kind, name, at, until FROM revocations
         WHERE workspace = (SELECT id FROM workspaces WHERE name = ?1)",
    )?;
    let rows = statement.query_map([workspace.as_str()], |row| {
        Ok((
            row.get::<_, String>(0)?,
            row.get::<_, String>(1)?,
            row.get::<_, i64>(2)?,
            row.get::<_, i64>(3)?,
        ))
    })?;
    let mut revocations = Vec::new();
    for row in rows {
        let (kind, name, at, until) = row?;
        let target = match kind.as_str() {
            "member" => Target::Member(name.parse()?),
            _ => Target::Jti(name),
        };
        revocations.push(Revocation {
            target,
            at: Timestamp::from_millis(at),
            until: Timestamp::from_millis(until),
        });
    }
    Ok(revocations)
}

/// See [`super::Store::put_ticket`].
pub(super) fn put_ticket(
    connection: &Connection,
    workspace: i64,
    ticket: &Ticket,
    now: Timestamp,
) -> Result<(), Failure> {
    let claims = ticket.keep().map_err(|_| unavailable())?;
    connection
        .prepare_cached("DELETE FROM tickets WHERE workspace = ?1 AND expires <= ?2")?
        .execute((workspace, now.as_millis()))?;
    connection
        .prepare_cached("INSERT INTO tickets VALUES (?1, ?2, ?3, ?4)")?
        .execute((workspace, ticket.digest, claims, ticket.expires.as_millis()))?;
    Ok(())
}

/// Whether there is such a ticket: a guess shall cost no write.
pub(super) fn has_ticket(
    connection: &Connection,
    workspace: &WorkspaceId,
    digest: &[u8; 32],
) -> Result<bool, Failure> {
    let mut statement = connection.prepare_cached(
        "SELECT 1 FROM tickets
         WHERE workspace = (SELECT id FROM workspaces WHERE name = ?1) AND digest = ?2",
    )?;
    Ok(statement.exists((workspace.as_str(), digest))?)
}

/// Removes a ticket; `None` where somebody else was faster.
pub(super) fn take_ticket(
    connection: &Connection,
    workspace: i64,
    digest: &[u8; 32],
) -> Result<Option<Ticket>, Failure> {
    let taken = connection
        .prepare_cached(
            "DELETE FROM tickets WHERE workspace = ?1 AND digest = ?2 RETURNING claims, expires",
        )?
        .query_row((workspace, digest), |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?))
        })
        .optional()?;
    let Some((claims, expires)) = taken else {
        return Ok(None);
    };
    Ok(Some(Ticket {
        digest: *digest,
        claims: Ticket::kept(&claims).map_err(|_| unavailable())?,
        expires: Timestamp::from_millis(expires),
    }))
}

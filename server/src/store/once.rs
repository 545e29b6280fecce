//! Commands that are done once however often they are asked for. A request has
//! its key before its command is executed, and what that did is written in the
//! transaction of the change: after a crash, either both are there or neither.

use rusqlite::{Connection, OptionalExtension};
use threadline_core::command::Outcome;
use threadline_core::id::MemberId;
use threadline_core::time::Timestamp;

use super::unavailable;
use super::writer::Failure;
use crate::limits;

/// A request that is to be answered once.
pub(crate) struct Once {
    /// Who asks; others may use the same key.
    pub(crate) member: MemberId,
    /// The key that they gave it.
    pub(crate) key: String,
    /// SHA-256 of its body.
    pub(crate) request: [u8; 32],
    /// Its command's, drawn at random.
    pub(crate) ticket: u64,
    /// When it came.
    pub(crate) at: Timestamp,
}

/// What a request finds under its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Turn {
    /// Nothing, or one that its process never ended: it is this request's now.
    Yours,
    /// The same request, answered.
    Done(Outcome),
    /// The same request, which is being answered.
    UnderWay,
    /// Another request.
    Other,
}

/// What is kept of the request that has a key.
pub(super) struct Kept {
    pub(super) request: Vec<u8>,
    pub(super) at: Timestamp,
    pub(super) outcome: Option<String>,
}

impl Once {
    /// Keys that came before this moment are free again.
    pub(super) fn forgotten(&self) -> i64 {
        self.at.plus_millis(-limits::IDEMPOTENCY_MS).as_millis()
    }

    /// What this request finds where `kept` is.
    pub(super) fn finds(&self, kept: Option<Kept>) -> serde_json::Result<Turn> {
        let Some(kept) = kept else {
            return Ok(Turn::Yours);
        };
        let over = kept.at.plus_millis(limits::UNDER_WAY_MS) <= self.at;
        Ok(match kept.outcome {
            _ if kept.request != self.request => Turn::Other,
            Some(outcome) => Turn::Done(serde_json::from_str(&outcome)?),
            None if over => Turn::Yours,
            None => Turn::UnderWay,
        })
    }
}

/// An outcome as it is kept.
pub(super) fn write(outcome: &Outcome) -> Result<String, threadline_core::error::Refusal> {
    serde_json::to_string(outcome).map_err(|_| unavailable())
}

/// See [`super::Store::claim`].
pub(super) fn claim(connection: &Connection, workspace: i64, once: &Once) -> Result<Turn, Failure> {
    connection
        .prepare_cached("DELETE FROM once WHERE workspace = ?1 AND at <= ?2")?
        .execute((workspace, once.forgotten()))?;
    let kept = connection
        .prepare_cached(
            "SELECT request, at, outcome FROM once
             WHERE workspace = ?1 AND member = ?2 AND key = ?3",
        )?
        .query_row((workspace, once.member.as_str(), &once.key), |row| {
            Ok(Kept {
                request: row.get(0)?,
                at: Timestamp::from_millis(row.get(1)?),
                outcome: row.get(2)?,
            })
        })
        .optional()?;
    let claim = once.finds(kept).map_err(|_| unavailable())?;
    if claim == Turn::Yours {
        connection
            .prepare_cached("INSERT OR REPLACE INTO once VALUES (?1, ?2, ?3, ?4, ?5, ?6, NULL)")?
            .execute((
                workspace,
                once.member.as_str(),
                &once.key,
                once.request,
                once.ticket.cast_signed(),
                once.at.as_millis(),
            ))?;
    }
    Ok(claim)
}

/// Notes what commands did, where they are to be done once.
pub(super) fn executed(
    connection: &Connection,
    workspace: i64,
    executed: &[(u64, Outcome)],
) -> Result<(), Failure> {
    let mut statement = connection.prepare_cached(
        "UPDATE once SET outcome = ?3 WHERE workspace = ?1 AND ticket = ?2 AND outcome IS NULL",
    )?;
    for (ticket, outcome) in executed {
        statement.execute((workspace, ticket.cast_signed(), write(outcome)?))?;
    }
    Ok(())
}

/// See [`super::Store::settle`].
pub(super) fn settle(
    connection: &Connection,
    workspace: i64,
    ticket: u64,
    outcome: Option<Outcome>,
) -> Result<(), Failure> {
    if let Some(outcome) = outcome {
        return executed(connection, workspace, &[(ticket, outcome)]);
    }
    connection
        .prepare_cached(
            "DELETE FROM once WHERE workspace = ?1 AND ticket = ?2 AND outcome IS NULL",
        )?
        .execute((workspace, ticket.cast_signed()))?;
    Ok(())
}

//! Mails that wait to be sent. Any number of processes look here for work; a
//! row is one process's for as long as its claim lasts, and whoever has lost a
//! claim can do nothing in its name any more.
//!
//! A mail waits, is being sent, is settled (it is known what became of it, and
//! its document does not say so yet), and is over. The row then stays, so that
//! the same message is never sent again, whatever brings it back.

use rusqlite::Connection;
use threadline_core::command::DeliveryFact;
use threadline_core::error::Refusal;
use threadline_core::id::{ConversationId, InteractionId, WorkspaceId};
use threadline_core::limits::TAKE_BACK_MS;
use threadline_core::sync::hub::Batch;
use threadline_core::time::Timestamp;

use super::unavailable;
use super::writer::Failure;

/// A mail that a process has claimed.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Claim {
    /// The message.
    pub(crate) interaction: InteractionId,
    /// Its conversation.
    pub(crate) conversation: ConversationId,
    /// How many times it has been claimed; each time voids the claims before.
    pub(crate) attempt: u32,
    /// The workspace's sequence number of the last change that touched the message.
    pub(crate) touched: u64,
    /// Since when it has waited.
    pub(crate) since: Timestamp,
    /// How far it has come.
    pub(crate) stage: Stage,
}

/// How far a mail has come that is not over.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Stage {
    /// It was not given to anybody.
    Waiting,
    /// A process was about to hand it over, and may have done so.
    Sending,
    /// It is known what became of it.
    Settled(DeliveryFact),
}

/// What a process does to a mail that it has claimed.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Mark {
    /// It needs more time.
    Keep {
        /// When the claim is over.
        until: Timestamp,
    },
    /// It was not sent, and is to be claimed again.
    Later {
        /// Not before.
        at: Timestamp,
    },
    /// It is being handed over.
    Sending,
    /// It is known what became of it.
    Settled(DeliveryFact),
    /// Its document says what became of it.
    Over,
    /// It is not due any more. Forgotten, unless the message was touched since
    /// it was claimed: then it is to be looked at again.
    Gone,
}

impl Stage {
    /// Reads what was kept. Of what cannot be read nobody knows whether it was sent.
    pub(super) fn read(word: &str, fact: Option<&str>) -> Self {
        let fact = fact.and_then(|fact| serde_json::from_str(fact).ok());
        match (word, fact) {
            ("waiting", _) => Self::Waiting,
            ("settled", Some(fact)) => Self::Settled(fact),
            _ => Self::Sending,
        }
    }
}

/// When a mail that came at a moment may leave: its author may take it back for a while.
pub(super) fn first_due(since: Timestamp) -> i64 {
    since.plus_millis(TAKE_BACK_MS).as_millis()
}

/// A fact as it is kept.
pub(super) fn keep(fact: &DeliveryFact) -> Result<String, Refusal> {
    serde_json::to_string(fact).map_err(|_| unavailable())
}

/// Keeps the mails of a batch that was placed; see [`super::Store::append`].
pub(super) fn put(connection: &Connection, workspace: i64, batch: &Batch) -> Result<(), Failure> {
    let Some(last) = batch.entries.last() else {
        return Ok(());
    };
    let mut statement = connection.prepare_cached(
        "INSERT INTO outbox (workspace, interaction, conversation, stage, touched, since, due)
         VALUES (?1, ?2, ?3, 'waiting', ?4, ?5, ?6)
         ON CONFLICT DO UPDATE SET touched = excluded.touched",
    )?;
    for (conversation, interaction) in &batch.outgoing {
        statement.execute((
            workspace,
            interaction.to_string(),
            conversation.to_string(),
            last.seq.cast_signed(),
            last.received_at.as_millis(),
            first_due(last.received_at),
        ))?;
    }
    Ok(())
}

/// See [`super::Store::mail_due`].
pub(super) fn due(connection: &Connection, now: Timestamp) -> Result<Vec<WorkspaceId>, Failure> {
    let mut statement = connection.prepare_cached(
        "SELECT name FROM outbox JOIN workspaces ON workspaces.id = outbox.workspace
         WHERE stage <> 'over' AND due <= ?1 GROUP BY name ORDER BY min(due)",
    )?;
    let names = statement.query_map([now.as_millis()], |row| row.get::<_, String>(0))?;
    let mut workspaces = Vec::new();
    for name in names {
        workspaces.push(name?.parse()?);
    }
    Ok(workspaces)
}

/// See [`super::Store::claim_mail`].
pub(super) fn claim(
    connection: &Connection,
    workspace: i64,
    now: Timestamp,
    until: Timestamp,
    limit: usize,
) -> Result<Vec<Claim>, Failure> {
    let mut statement = connection.prepare_cached(
        "UPDATE outbox SET attempt = attempt + 1, due = ?3
         WHERE workspace = ?1 AND interaction IN (
           SELECT interaction FROM outbox
           WHERE workspace = ?1 AND stage <> 'over' AND due <= ?2 ORDER BY due LIMIT ?4
         )
         RETURNING interaction, conversation, attempt, touched, since, stage, fact",
    )?;
    let most = i64::try_from(limit).unwrap_or(i64::MAX);
    let parameters = (workspace, now.as_millis(), until.as_millis(), most);
    let mut rows = statement.query(parameters)?;
    let mut claims = Vec::new();
    while let Some(row) = rows.next()? {
        let (stage, fact): (String, Option<String>) = (row.get(5)?, row.get(6)?);
        claims.push(Claim {
            interaction: row.get::<_, String>(0)?.parse()?,
            conversation: row.get::<_, String>(1)?.parse()?,
            attempt: row.get(2)?,
            touched: row.get::<_, i64>(3)?.cast_unsigned(),
            since: Timestamp::from_millis(row.get(4)?),
            stage: Stage::read(&stage, fact.as_deref()),
        });
    }
    Ok(claims)
}

/// See [`super::Store::mark_mail`].
pub(super) fn mark(
    connection: &Connection,
    workspace: i64,
    claim: &Claim,
    mark: &Mark,
) -> Result<bool, Failure> {
    const HELD: &str = "workspace = ?1 AND interaction = ?2 AND attempt = ?3";
    let interaction = claim.interaction.to_string();
    let held = (workspace, interaction.as_str(), claim.attempt);
    let (workspace, interaction, attempt) = held;
    let set = |what: &str| format!("UPDATE outbox SET {what} WHERE {HELD}");
    let changed = match mark {
        Mark::Keep { until } => connection.prepare_cached(&set("due = ?4"))?.execute((
            workspace,
            interaction,
            attempt,
            until.as_millis(),
        ))?,
        Mark::Later { at } => connection
            .prepare_cached(&set("stage = 'waiting', due = ?4"))?
            .execute((workspace, interaction, attempt, at.as_millis()))?,
        Mark::Sending => connection
            .prepare_cached(&set("stage = 'sending'"))?
            .execute(held)?,
        Mark::Settled(fact) => connection
            .prepare_cached(&set("stage = 'settled', fact = ?4"))?
            .execute((workspace, interaction, attempt, keep(fact)?))?,
        Mark::Over => connection
            .prepare_cached(&set("stage = 'over', fact = NULL"))?
            .execute(held)?,
        Mark::Gone => {
            let forgotten = connection
                .prepare_cached(&format!("DELETE FROM outbox WHERE {HELD} AND touched = ?4"))?
                .execute((workspace, interaction, attempt, claim.touched.cast_signed()))?;
            let again = connection.prepare_cached(&set("due = 0"))?.execute(held)?;
            forgotten + again
        }
    };
    Ok(changed == 1)
}

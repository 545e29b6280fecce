//! Mails that wait to be sent: [`crate::store::outbox`] for the shared store.

use threadline_core::id::WorkspaceId;
use threadline_core::sync::hub::Batch;
use threadline_core::time::Timestamp;

use super::failure::Failure;
use super::session::Session;
use crate::store::outbox::{Claim, Mark, Stage, first_due, keep};

/// Keeps the mails of a batch that was placed; see [`crate::store::Store::append`].
pub(super) fn put(
    session: &mut Session<'_>,
    workspace: &str,
    batch: &Batch,
) -> Result<(), Failure> {
    let Some(last) = batch.entries.last().filter(|_| !batch.outgoing.is_empty()) else {
        return Ok(());
    };
    let mut outgoing = batch.outgoing.clone();
    // One statement may touch a row once.
    outgoing.sort_unstable();
    outgoing.dedup();
    let (conversations, interactions): (Vec<String>, Vec<String>) = outgoing
        .iter()
        .map(|(conversation, interaction)| (conversation.to_string(), interaction.to_string()))
        .unzip();
    session.execute(
        "INSERT INTO outbox (workspace, interaction, conversation, stage, touched, since, due)
         SELECT $1, interaction, conversation, 'waiting', $4, $5, $6
         FROM unnest($2::text[], $3::text[]) AS mail (interaction, conversation)
         ON CONFLICT (workspace, interaction) DO UPDATE SET touched = excluded.touched",
        &[
            &workspace,
            &interactions,
            &conversations,
            &last.seq.cast_signed(),
            &last.received_at.as_millis(),
            &first_due(last.received_at),
        ],
    )?;
    Ok(())
}

/// See [`crate::store::Store::mail_due`].
pub(super) fn due(session: &mut Session<'_>, now: Timestamp) -> Result<Vec<WorkspaceId>, Failure> {
    let found = session.all(
        "SELECT workspace FROM outbox WHERE stage <> 'over' AND due <= $1
         GROUP BY workspace ORDER BY min(due)",
        &[&now.as_millis()],
    )?;
    let mut workspaces = Vec::with_capacity(found.len());
    for row in found {
        workspaces.push(row.try_get::<_, &str>(0)?.parse()?);
    }
    Ok(workspaces)
}

/// See [`crate::store::Store::claim_mail`]. The workspace's row is locked, so
/// that no two processes claim at once.
pub(super) fn claim(
    session: &mut Session<'_>,
    workspace: &str,
    now: Timestamp,
    until: Timestamp,
    limit: usize,
) -> Result<Vec<Claim>, Failure> {
    let most = i64::try_from(limit).unwrap_or(i64::MAX);
    let found = session.all(
        "UPDATE outbox SET attempt = attempt + 1, due = $3
         WHERE workspace = $1 AND interaction IN (
           SELECT interaction FROM outbox
           WHERE workspace = $1 AND stage <> 'over' AND due <= $2 ORDER BY due LIMIT $4
         )
         RETURNING interaction, conversation, attempt, touched, since, stage, fact",
        &[&workspace, &now.as_millis(), &until.as_millis(), &most],
    )?;
    let mut claims = Vec::with_capacity(found.len());
    for row in found {
        claims.push(Claim {
            interaction: row.try_get::<_, &str>(0)?.parse()?,
            conversation: row.try_get::<_, &str>(1)?.parse()?,
            attempt: u32::try_from(row.try_get::<_, i64>(2)?).unwrap_or(u32::MAX),
            touched: row.try_get::<_, i64>(3)?.cast_unsigned(),
            since: Timestamp::from_millis(row.try_get(4)?),
            stage: Stage::read(row.try_get(5)?, row.try_get(6)?),
        });
    }
    Ok(claims)
}

/// See [`crate::store::Store::mark_mail`].
pub(super) fn mark(
    session: &mut Session<'_>,
    workspace: &str,
    claim: &Claim,
    mark: &Mark,
) -> Result<bool, Failure> {
    let interaction = claim.interaction.to_string();
    let attempt = i64::from(claim.attempt);
    let changed = match mark {
        Mark::Keep { until } => session.execute(
            "UPDATE outbox SET due = $4
             WHERE workspace = $1 AND interaction = $2 AND attempt = $3",
            &[&workspace, &interaction, &attempt, &until.as_millis()],
        )?,
        Mark::Later { at } => session.execute(
            "UPDATE outbox SET stage = 'waiting', due = $4
             WHERE workspace = $1 AND interaction = $2 AND attempt = $3",
            &[&workspace, &interaction, &attempt, &at.as_millis()],
        )?,
        Mark::Sending => session.execute(
            "UPDATE outbox SET stage = 'sending'
             WHERE workspace = $1 AND interaction = $2 AND attempt = $3",
            &[&workspace, &interaction, &attempt],
        )?,
        Mark::Settled(fact) => session.execute(
            "UPDATE outbox SET stage = 'settled', fact = $4
             WHERE workspace = $1 AND interaction = $2 AND attempt = $3",
            &[&workspace, &interaction, &attempt, &keep(fact)?],
        )?,
        Mark::Over => session.execute(
            "UPDATE outbox SET stage = 'over', fact = NULL
             WHERE workspace = $1 AND interaction = $2 AND attempt = $3",
            &[&workspace, &interaction, &attempt],
        )?,
        Mark::Gone => {
            let forgotten = session.execute(
                "DELETE FROM outbox
                 WHERE workspace = $1 AND interaction = $2 AND attempt = $3 AND touched = $4",
                &[
                    &workspace,
                    &interaction,
                    &attempt,
                    &claim.touched.cast_signed(),
                ],
            )?;
            forgotten
                + session.execute(
                    "UPDATE outbox SET due = 0
                     WHERE workspace = $1 AND interaction = $2 AND attempt = $3",
                    &[&workspace, &interaction, &attempt],
                )?
        }
    };
    Ok(changed == 1)
}

//! One mail's way out.
//!
//! No mail is sent twice, at the price that of one whose process ended, or
//! whose relay fell silent, between the mail's last line and the relay's answer
//! nobody knows whether it left: SMTP has nothing by which one could look. Such
//! a mail is shown as failed with this reason, and a person decides. So that
//! this holds whenever a process ends, it is durable that a mail is being
//! handed over before its first line is.

use std::sync::Arc;

use threadline_core::command::{Command, ConversationCommand, DeliveryFact};
use threadline_core::error::{Code, Refusal};
use threadline_core::id::WorkspaceId;
use threadline_core::model::Failure;
use threadline_core::time::Timestamp;

use super::prepare::{self, Prepared};
use super::relay::Refused;
use super::{Mailing, UNKNOWN};
use crate::app::App;
use crate::metrics::Mailed;
use crate::store::{Claim, Mark, Stage, Store, durable};
use crate::workspace::blocking;
use crate::{clock, limits};

/// A mail that this process has claimed.
pub(super) struct Delivery {
    pub(super) app: Arc<App>,
    pub(super) mailing: Arc<Mailing>,
    pub(super) workspace: WorkspaceId,
    pub(super) claim: Claim,
}

/// What an attempt came to.
enum End {
    /// It is known what became of it.
    Settled(DeliveryFact),
    /// It was not sent, and is to be tried again.
    Later,
    /// It is not due any more.
    Gone,
    /// Its document says already what became of it.
    Over,
    /// Somebody else has it now.
    Lost,
}

impl Delivery {
    /// Takes the mail as far as it comes now. Where storage fails, the claim
    /// runs out by itself, and whoever claims it next goes on from there.
    pub(super) async fn run(self) {
        let end = match &self.claim.stage {
            Stage::Waiting => self.while_kept(Box::pin(self.send())).await,
            Stage::Sending => self.look().await,
            Stage::Settled(fact) => Ok(End::Settled(fact.clone())),
        };
        let done = match end {
            Ok(End::Settled(fact)) => self.settle(fact).await,
            Ok(End::Later) => {
                self.app.metrics.mailed(Mailed::Later);
                let at = self.rested();
                self.mark(Mark::Later { at }).await.map(drop)
            }
            Ok(End::Gone) => self.mark(Mark::Gone).await.map(drop),
            Ok(End::Over) => self.mark(Mark::Over).await.map(drop),
            Ok(End::Lost) => Ok(()),
            Err(refusal) => Err(refusal),
        };
        if let Err(refusal) = done {
            let (workspace, interaction) = (&self.workspace, self.claim.interaction);
            tracing::warn!(%workspace, %interaction, code = refusal.code.as_str(), "a mail waits for storage");
        }
    }

    /// Renews the claim as long as something takes.
    async fn while_kept<T>(&self, work: impl Future<Output = T>) -> T {
        let mut renewal = tokio::time::interval(limits::MAIL_CLAIM / 3);
        renewal.reset();
        tokio::pin!(work);
        loop {
            tokio::select! {
                done = &mut work => return done,
                _ = renewal.tick() => {
                    let until = claimed_until();
                    // Whoever has lost the claim finds out before anything is sent.
                    let _ = self.mark(Mark::Keep { until }).await;
                }
            }
        }
    }

    async fn send(&self) -> Result<End, Refusal> {
        let waited = clock::now().as_millis() - self.claim.since.as_millis();
        if waited > limits::MAIL_PATIENCE_MS {
            let text = "It could not be sent within a day.";
            return Ok(failed("expired", text));
        }
        let from = self.mailing.from(&self.workspace).clone();
        let claim = self.claim.clone();
        let prepared = self
            .read(move |store, workspace| prepare::prepare(store, workspace, &claim, &from))
            .await?;
        let (letter, record) = match prepared {
            Prepared::Letter(letter, record) => (letter, record),
            Prepared::Never(failure) => return Ok(End::Settled(DeliveryFact::Failed(failure))),
            Prepared::NotYet => return Ok(End::Later),
            Prepared::NotDue => return Ok(End::Gone),
        };
        // Before it leaves: the answer may be quick.
        durable(|done| self.app.store.put_mail(&self.workspace, record, done)).await?;
        let offered = match self.mailing.relay.offer(&letter.envelope).await {
            Ok(offered) => offered,
            Err(refused) => return Ok(self.refused(refused)),
        };
        // The relay may have taken its time, in which the reply was taken back.
        let claim = self.claim.clone();
        let is_due = self.read(move |store, workspace| prepare::is_due(store, workspace, &claim));
        if !is_due.await? {
            return Ok(End::Gone);
        }
        match self.mark(Mark::Sending).await {
            Ok(true) => {}
            Ok(false) => return Ok(End::Lost),
            // It may be noted all the same; nothing was sent.
            Err(_) => return Ok(End::Later),
        }
        Ok(match offered.send(&letter.bytes).await {
            Ok(()) => End::Settled(DeliveryFact::Sent),
            Err(refused) => self.refused(refused),
        })
    }

    fn refused(&self, refused: Refused) -> End {
        match refused {
            Refused::ForGood(failure) => End::Settled(DeliveryFact::Failed(failure)),
            Refused::ForNow { why, .. } => {
                let (workspace, interaction) = (&self.workspace, self.claim.interaction);
                tracing::warn!(%workspace, %interaction, why, "a mail was not taken, and is tried again");
                End::Later
            }
            Refused::Unknown => unknown(),
        }
    }

    /// Looks what the document says of a mail whose process ended while it was
    /// handed over.
    async fn look(&self) -> Result<End, Refusal> {
        let claim = self.claim.clone();
        let queued = self
            .read(move |store, workspace| prepare::is_queued(store, workspace, &claim))
            .await?;
        Ok(if queued { unknown() } else { End::Over })
    }

    /// Keeps what became of the mail, and tells everybody.
    async fn settle(&self, fact: DeliveryFact) -> Result<(), Refusal> {
        if self.claim.stage == Stage::Waiting || self.claim.stage == Stage::Sending {
            self.app.metrics.mailed(mailed(&fact));
            // Where it cannot be kept it may yet be told, and that is what counts.
            let _ = self.mark(Mark::Settled(fact.clone())).await;
        }
        let workspace = self.app.workspace(&self.workspace).await?;
        let interaction = self.claim.interaction;
        let told = workspace
            .execute(Command::Conversation {
                conversation: self.claim.conversation,
                command: ConversationCommand::RecordDelivery { interaction, fact },
            })
            .await;
        match told {
            // What was erased meanwhile needs to hear nothing.
            Err(refusal) if !matches!(refusal.code, Code::Erased | Code::NotFound) => {
                let until = self.rested();
                self.mark(Mark::Keep { until }).await?;
                Err(refusal)
            }
            _ => self.mark(Mark::Over).await.map(drop),
        }
    }

    /// When it may be tried again.
    fn rested(&self) -> Timestamp {
        clock::now().plus_millis(pause_ms(self.claim.attempt))
    }

    /// See [`Store::mark_mail`].
    async fn mark(&self, mark: Mark) -> Result<bool, Refusal> {
        let claim = self.claim.clone();
        self.read(move |store, workspace| store.mark_mail(workspace, &claim, mark))
            .await
    }

    /// Does what waits for storage.
    async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&dyn Store, &WorkspaceId) -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, Refusal> {
        let (store, workspace) = (Arc::clone(&self.app.store), self.workspace.clone());
        let done = blocking(move || work(store.as_ref(), &workspace)).await;
        self.app.metrics.stored("outbox", &done);
        done
    }
}

/// Until when a claim lasts that is made or renewed now.
pub(super) fn claimed_until() -> Timestamp {
    let millis = limits::MAIL_CLAIM.as_millis();
    clock::now().plus_millis(i64::try_from(millis).unwrap_or(i64::MAX))
}

/// How long a mail rests after so many attempts: twice as long each time.
fn pause_ms(attempt: u32) -> i64 {
    let doubled = limits::MAIL_PAUSE_MS.checked_shl(attempt.saturating_sub(1).min(30));
    doubled.map_or(limits::MAIL_PAUSE_MOST_MS, |pause| {
        pause.min(limits::MAIL_PAUSE_MOST_MS)
    })
}

fn failed(code: &str, text: &str) -> End {
    End::Settled(DeliveryFact::Failed(Failure {
        code: code.to_owned(),
        text: text.to_owned(),
    }))
}

/// What is counted.
fn mailed(fact: &DeliveryFact) -> Mailed {
    match fact {
        DeliveryFact::Failed(failure) if failure.code == UNKNOWN => Mailed::Unknown,
        DeliveryFact::Failed(_) => Mailed::Failed,
        DeliveryFact::Sent | DeliveryFact::Delivered | DeliveryFact::Read => Mailed::Sent,
    }
}

/// See this module's description.
fn unknown() -> End {
    let text = "The connection to the mail server broke when it had the message: \
                it may have been sent or not. Ask before you send it again.";
    failed(UNKNOWN, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_an_hour() {
        let pauses: Vec<i64> = [1, 2, 3, 10, 11, 4_000_000]
            .map(|attempt| pause_ms(attempt) / 1_000)
            .to_vec();
        assert_eq!(pauses, [5, 10, 20, 2_560, 3_600, 3_600]);
    }
}

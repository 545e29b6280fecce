//! The e-mail channel, outbound: what agents wrote leaves by SMTP.
//!
//! Every process that has a relay looks for mails that are due and claims some.
//! `delivery` takes one through: `prepare` asks the core again, `letter` writes
//! it, and the `relay` gets it. What became of it goes into the document as the
//! server's command.

mod delivery;
mod letter;
mod prepare;
mod relay;

use std::collections::HashMap;
use std::sync::Arc;

use lettre::message::Mailbox;
use threadline_core::error::Refusal;
use threadline_core::id::WorkspaceId;
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval};

use self::delivery::Delivery;
use crate::app::App;
use crate::store::Claim;
use crate::workspace::blocking;
use crate::{clock, limits};

pub(crate) use relay::{Relay, RelayError};

/// The code of a failure of which nobody knows whether it is one.
const UNKNOWN: &str = "unknown";

/// By whom mails are taken, and from whom they are.
pub(crate) struct Mailing {
    /// Takes them.
    pub(crate) relay: Relay,
    /// Whose they are, and where answers go …
    pub(crate) from: Mailbox,
    /// … but for these workspaces.
    pub(crate) from_workspace: HashMap<WorkspaceId, Mailbox>,
}

impl Mailing {
    /// From whom a workspace's mails are.
    fn from(&self, workspace: &WorkspaceId) -> &Mailbox {
        self.from_workspace.get(workspace).unwrap_or(&self.from)
    }
}

/// Sends what is due until the server stops; what is under way then comes to its end.
pub(crate) async fn send(app: Arc<App>, mailing: Arc<Mailing>) {
    let mut tick = interval(limits::TICK);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut under_way = JoinSet::new();
    loop {
        tokio::select! {
            () = app.stopping.cancelled() => break,
            _ = tick.tick() => {}
            Some(_) = under_way.join_next() => {}
        }
        let free = limits::MAILS_AT_ONCE - under_way.len();
        // Who cannot be asked now is asked again with the next tick.
        for (workspace, claim) in claim(&app, free).await.unwrap_or_default() {
            let delivery = Delivery {
                app: Arc::clone(&app),
                mailing: Arc::clone(&mailing),
                workspace,
                claim,
            };
            under_way.spawn(delivery.run());
        }
    }
    under_way.join_all().await;
}

/// Claims mails that are due, of whatever workspaces.
async fn claim(app: &Arc<App>, most: usize) -> Result<Vec<(WorkspaceId, Claim)>, Refusal> {
    if most == 0 {
        return Ok(Vec::new());
    }
    let store = Arc::clone(&app.store);
    let claimed = blocking(move || {
        let now = clock::now();
        let until = delivery::claimed_until();
        let mut claimed: Vec<(WorkspaceId, Claim)> = Vec::new();
        for workspace in store.mail_due(now)? {
            let free = most - claimed.len();
            if free == 0 {
                break;
            }
            let claims = store.claim_mail(&workspace, now, until, free)?;
            claimed.extend(claims.into_iter().map(|claim| (workspace.clone(), claim)));
        }
        Ok(claimed)
    })
    .await;
    app.metrics.stored("outbox", &claimed);
    claimed
}

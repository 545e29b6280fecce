//! What running workspaces have at a moment. Each says what its own share is
//! once a second; what is shown is the sum, because workspaces are customers
//! and customers are nobody's labels.

use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use super::{Label, shown};

/// The sums.
#[derive(Clone)]
pub(crate) struct Shares {
    workspaces: Gauge,
    sessions: Gauge,
    documents: Gauge,
    quarantined: Gauge,
    queues: Family<Label, Gauge>,
    outbox_bytes: Gauge,
}

/// One workspace's share of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Share {
    /// Sessions.
    pub(crate) sessions: usize,
    /// Documents in memory.
    pub(crate) documents: usize,
    /// Documents that do not load and are set aside.
    pub(crate) quarantined: usize,
    /// Messages from sockets and requests that wait for the workspace.
    pub(crate) inbox: usize,
    /// Pushes, opens and commands that wait for a document or for storage.
    pub(crate) work: usize,
    /// Frames that wait for their socket.
    pub(crate) outbox: usize,
    /// Bytes of them.
    pub(crate) outbox_bytes: usize,
}

/// A share that counts as long as it is held.
pub(crate) struct Held {
    sums: Shares,
    share: Share,
}

impl Shares {
    pub(super) fn new(registry: &mut Registry) -> Self {
        let r = registry;
        Self {
            workspaces: shown(r, "workspaces", "Running workspaces"),
            sessions: shown(r, "sessions", "Sessions in workspaces"),
            documents: shown(r, "documents", "Documents in memory"),
            quarantined: shown(
                r,
                "documents_set_aside",
                "Documents that do not load at this moment",
            ),
            queues: shown(
                r,
                "queue_length",
                "What waits: messages for workspaces (inbox), work on documents (work), frames for sockets (outbox)",
            ),
            outbox_bytes: shown(
                r,
                "outbox_bytes",
                "Bytes of the frames that wait for sockets, counted for each socket though they share them",
            ),
        }
    }

    /// A workspace that has nothing yet.
    pub(crate) fn hold(&self) -> Held {
        self.workspaces.inc();
        Held {
            sums: self.clone(),
            share: Share::default(),
        }
    }
}

impl Held {
    /// Puts a new share in the place of the one before.
    pub(crate) fn set(&mut self, share: Share) {
        let (old, sums) = (self.share, &self.sums);
        let queue = |name| sums.queues.get_or_create_owned(&[("queue", name)]);
        for (gauge, before, now) in [
            (sums.sessions.clone(), old.sessions, share.sessions),
            (sums.documents.clone(), old.documents, share.documents),
            (sums.quarantined.clone(), old.quarantined, share.quarantined),
            (queue("inbox"), old.inbox, share.inbox),
            (queue("work"), old.work, share.work),
            (queue("outbox"), old.outbox, share.outbox),
            (
                sums.outbox_bytes.clone(),
                old.outbox_bytes,
                share.outbox_bytes,
            ),
        ] {
            if before != now {
                gauge.inc_by(now as i64 - before as i64);
            }
        }
        self.share = share;
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.set(Share::default());
        self.sums.workspaces.dec();
    }
}

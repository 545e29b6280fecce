//! Watches what goes into the hub and what comes out, to count and to time it.
//! At level `debug` the log shows the way of a push: its session's frame, the
//! batch it became part of, and the batch's end.

use std::collections::HashMap;
use std::sync::Arc;

use threadline_core::id::{DocumentId, WorkspaceId};
use threadline_core::sync::frame::ServerFrame;
use threadline_core::sync::hub::{AppendError, Appended, Batch, Hub, Input, Output, SessionId};
use threadline_core::time::Timestamp;
use tokio::time::Instant;

use crate::app::App;
use crate::clock;
use crate::metrics::{Held, Share};
use crate::sync::Outbox;

/// One workspace's lookout.
pub(super) struct Lookout {
    app: Arc<App>,
    workspace: WorkspaceId,
    share: Held,
    loading: HashMap<DocumentId, Instant>,
    storing: Option<Storing>,
}

/// A batch on its way to storage.
struct Storing {
    since: Instant,
    /// When each of its changes came from a client.
    received: Vec<Timestamp>,
    changes: u64,
    bytes: u64,
}

impl Lookout {
    pub(super) fn new(app: Arc<App>, workspace: WorkspaceId) -> Self {
        let share = app.metrics.shares.hold();
        Self {
            app,
            workspace,
            share,
            loading: HashMap::new(),
            storing: None,
        }
    }

    /// Something is about to go into the hub.
    pub(super) fn input(&mut self, input: &Input) {
        match input {
            Input::Frame { session, bytes } => {
                let (session, bytes) = (session.0, bytes.len());
                tracing::debug!(workspace = %self.workspace, session, bytes, "a frame");
            }
            Input::Loaded { doc, stored } => {
                let metrics = &self.app.metrics;
                metrics.stored("load", stored);
                if let Some(since) = self.loading.remove(doc) {
                    metrics.load.observe(since.elapsed().as_secs_f64());
                }
            }
            Input::LogRead(page) | Input::PastRead(page) => self.app.metrics.stored("log", page),
            Input::Stored { batch, result } => self.stored(*batch, result),
            _ => {}
        }
    }

    /// Something came out of it.
    pub(super) fn output(&mut self, output: &Output) {
        match output {
            Output::Send { session, frame } => {
                if let Some(code) = ServerFrame::refuses(frame) {
                    let session = session.0;
                    tracing::debug!(workspace = %self.workspace, session, %code, "refused");
                    self.app.metrics.refused(code);
                }
            }
            Output::Load { doc } => {
                self.loading.insert(*doc, Instant::now());
            }
            Output::Store(batch) => self.store(batch),
            Output::Quarantined { .. } => {
                self.app.metrics.quarantined.inc();
            }
            _ => {}
        }
    }

    fn store(&mut self, batch: &Batch) {
        let from_clients = batch.entries.iter().filter(|entry| entry.session.is_some());
        let changes = batch.entries.len() as u64;
        if tracing::enabled!(tracing::Level::DEBUG) {
            let mut sessions: Vec<u64> = from_clients
                .clone()
                .filter_map(|entry| entry.session.map(|session| session.0))
                .collect();
            sessions.dedup();
            tracing::debug!(workspace = %self.workspace, batch = batch.id, changes, ?sessions, "storing");
        }
        self.storing = Some(Storing {
            since: Instant::now(),
            received: from_clients.map(|entry| entry.received_at).collect(),
            changes,
            bytes: batch
                .entries
                .iter()
                .map(|entry| entry.bytes.len() as u64)
                .sum(),
        });
    }

    fn stored(&mut self, batch: u64, result: &Result<Appended, AppendError>) {
        let stored = result.is_ok();
        tracing::debug!(workspace = %self.workspace, batch, stored, "answered by storage");
        let metrics = &self.app.metrics;
        // Somebody else was faster, or a push may not pass: storage is well then.
        if let Err(AppendError::Refused(refusal)) = result {
            metrics.store_failed("append", refusal);
        }
        let Some(storing) = self.storing.take() else {
            return;
        };
        metrics
            .commit
            .observe(storing.since.elapsed().as_secs_f64());
        if !stored {
            return;
        }
        metrics.batch.observe(storing.changes as f64);
        metrics.changes.inc_by(storing.changes);
        metrics.change_bytes.inc_by(storing.bytes);
        let now = clock::now().as_millis();
        for received in storing.received {
            // A clock that was set back shows as no time at all.
            let waited = (now - received.as_millis()).max(0);
            metrics.push_ack.observe(waited as f64 / 1_000.0);
        }
    }

    /// About a second went by.
    pub(super) fn tick(&mut self, hub: &Hub, inbox: usize, outboxes: &HashMap<SessionId, Outbox>) {
        let stats = hub.stats();
        let mut share = Share {
            sessions: stats.sessions,
            documents: stats.documents,
            quarantined: stats.quarantined,
            work: stats.work,
            inbox,
            ..Share::default()
        };
        for outbox in outboxes.values() {
            let (frames, bytes) = outbox.waiting();
            share.outbox += frames;
            share.outbox_bytes += bytes;
        }
        self.share.set(share);
    }
}

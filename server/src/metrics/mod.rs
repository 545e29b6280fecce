//! What the server counts about itself, for Prometheus. No label holds
//! anything that a workspace, a member or a customer wrote, and none has more
//! values than this program names: codes, directions, queues.

mod serve;
mod shares;
#[cfg(test)]
mod tests;

use std::time::Duration;

use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::{Metric, Registry, Unit};
use threadline_core::error::{Code, Refusal};

pub(crate) use serve::serve;
pub(crate) use shares::{Held, Share, Shares};

/// One label with one value.
type Label = [(&'static str, &'static str); 1];

/// Everything that is counted.
pub(crate) struct Metrics {
    registry: Registry,
    /// Open sockets.
    pub(crate) sockets: Gauge,
    /// What all running workspaces have at this moment.
    pub(crate) shares: Shares,
    frames: Family<Label, Counter>,
    frame_bytes: Family<Label, Counter>,
    refusals: Family<Label, Counter>,
    requests: Family<[(&'static str, u16); 1], Counter>,
    /// Changes that became durable here.
    pub(crate) changes: Counter,
    /// Their bytes.
    pub(crate) change_bytes: Counter,
    store_errors: Family<Label, Counter>,
    mails: Family<Label, Counter>,
    /// Documents that were set aside.
    pub(crate) quarantined: Counter,
    /// Changes stored with one flush.
    pub(crate) batch: Histogram,
    /// Seconds from a change's arrival to its acknowledgement.
    pub(crate) push_ack: Histogram,
    /// Seconds that storing a batch took.
    pub(crate) commit: Histogram,
    /// Seconds that reading a document took.
    pub(crate) load: Histogram,
    /// Seconds from a frame's making to its leaving for the network.
    pub(crate) fan_out: Histogram,
    /// Seconds that answering a request took.
    pub(crate) answer: Histogram,
}

/// Which way a frame goes.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Way {
    /// From a client.
    In,
    /// To a client.
    Out,
}

/// What an attempt to send a mail came to.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Mailed {
    /// The relay took it.
    Sent,
    /// It will never be sent.
    Failed,
    /// Nobody knows.
    Unknown,
    /// It is tried again.
    Later,
}

impl Mailed {
    /// Every one of them.
    const ALL: [Self; 4] = [Self::Sent, Self::Failed, Self::Unknown, Self::Later];

    fn label(self) -> Label {
        let end = match self {
            Self::Sent => "sent",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
            Self::Later => "later",
        };
        [("end", end)]
    }
}

impl Metrics {
    /// Everything at zero, under the name by which it is shown.
    pub(crate) fn new() -> Self {
        let mut registry = Registry::with_prefix("threadline");
        let r = &mut registry;
        let metrics = Self {
            sockets: shown(r, "sockets", "Open sockets"),
            shares: Shares::new(r),
            frames: shown(r, "frames", "Frames by way"),
            frame_bytes: shown(r, "frame_bytes", "Bytes of frames by way"),
            refusals: shown(r, "refusals", "Refusals sent over sockets and HTTP by code"),
            requests: shown(r, "http_requests", "Answered requests under /v1 by status"),
            changes: shown(r, "changes", "Changes made durable"),
            change_bytes: shown(r, "change_bytes", "Bytes of changes made durable"),
            store_errors: shown(r, "store_errors", "What storage could not do, by operation"),
            mails: shown(r, "mails", "Attempts to send a mail, by what they came to"),
            quarantined: shown(
                r,
                "quarantined_documents",
                "Documents that did not load and were set aside",
            ),
            batch: counted(r, "batch_changes", "Changes stored at once"),
            push_ack: timed(
                r,
                "push_ack",
                "From a change's arrival to its acknowledgement",
            ),
            commit: timed(r, "commit", "Storing a batch"),
            load: timed(r, "load", "Reading a document"),
            fan_out: timed(
                r,
                "fan_out",
                "From a frame's making to its leaving for the network",
            ),
            answer: timed(r, "http_answer", "Answering a request under /v1"),
            registry: Registry::default(),
        };
        // What has not happened yet shows as zero, so that an alert can tell it
        // from what is not counted.
        for code in Code::ALL {
            drop(metrics.refusals.get_or_create(&[("code", code.as_str())]));
        }
        for end in Mailed::ALL {
            drop(metrics.mails.get_or_create(&end.label()));
        }
        for operation in ["load", "append", "log", "pulse", "rows", "outbox"] {
            let label = [("operation", operation)];
            drop(metrics.store_errors.get_or_create(&label));
        }
        Self {
            registry,
            ..metrics
        }
    }

    /// One frame more.
    pub(crate) fn frame(&self, way: Way, bytes: usize) {
        let label = [(
            "way",
            match way {
                Way::In => "in",
                Way::Out => "out",
            },
        )];
        self.frames.get_or_create(&label).inc();
        self.frame_bytes.get_or_create(&label).inc_by(bytes as u64);
    }

    /// One refusal more.
    pub(crate) fn refused(&self, code: Code) {
        self.refusals
            .get_or_create(&[("code", code.as_str())])
            .inc();
    }

    /// One answered request more.
    pub(crate) fn answered(&self, status: u16, took: Duration) {
        self.requests.get_or_create(&[("status", status)]).inc();
        self.answer.observe(took.as_secs_f64());
    }

    /// One attempt to send a mail more.
    pub(crate) fn mailed(&self, end: Mailed) {
        self.mails.get_or_create(&end.label()).inc();
    }

    /// What storage did; counts where it could not.
    pub(crate) fn stored<T>(&self, operation: &'static str, result: &Result<T, Refusal>) {
        if let Err(refusal) = result {
            self.store_failed(operation, refusal);
        }
    }

    /// Storage refused: counts where that was for want of storage, and not for
    /// what it was asked.
    pub(crate) fn store_failed(&self, operation: &'static str, refusal: &Refusal) {
        if matches!(refusal.code, Code::Unavailable | Code::Quarantined) {
            self.store_errors
                .get_or_create(&[("operation", operation)])
                .inc();
        }
    }

    /// Everything in the OpenMetrics text format.
    pub(crate) fn text(&self) -> Result<String, std::fmt::Error> {
        let mut text = String::new();
        encode(&mut text, &self.registry)?;
        Ok(text)
    }
}

/// A new metric, shown under a name.
fn shown<M: Metric + Clone + Default>(registry: &mut Registry, name: &str, help: &str) -> M {
    let metric = M::default();
    registry.register(name, help, metric.clone());
    metric
}

/// How many there are at once: one to two thousand.
fn counted(registry: &mut Registry, name: &str, help: &str) -> Histogram {
    let metric = Histogram::new(exponential_buckets(1.0, 2.0, 12));
    registry.register(name, help, metric.clone());
    metric
}

/// How long something takes: half a millisecond to eight seconds.
fn timed(registry: &mut Registry, name: &str, help: &str) -> Histogram {
    let metric = Histogram::new(exponential_buckets(0.0005, 2.0, 15));
    registry.register_with_unit(name, help, Unit::Seconds, metric.clone());
    metric
}

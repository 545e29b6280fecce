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
use prometheus_client::registry::{Registry, Unit};
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

impl Metrics {
    /// Everything at zero.
    pub(crate) fn new() -> Self {
        let mut registry = Registry::with_prefix("threadline");
        let metrics = Self {
            sockets: Gauge::default(),
            shares: Shares::new(&mut registry),
            frames: Family::default(),
            frame_bytes: Family::default(),
            refusals: Family::default(),
            requests: Family::default(),
            changes: Counter::default(),
            change_bytes: Counter::default(),
            store_errors: Family::default(),
            quarantined: Counter::default(),
            batch: Histogram::new(exponential_buckets(1.0, 2.0, 12)),
            push_ack: seconds(),
            commit: seconds(),
            load: seconds(),
            fan_out: seconds(),
            answer: seconds(),
            registry: Registry::default(),
        };
        metrics.register(&mut registry);
        Self {
            registry,
            ..metrics
        }
    }

    fn register(&self, registry: &mut Registry) {
        let m = self;
        registry.register("sockets", "Open sockets", m.sockets.clone());
        registry.register("frames", "Frames by way", m.frames.clone());
        registry.register(
            "frame_bytes",
            "Bytes of frames by way",
            m.frame_bytes.clone(),
        );
        registry.register(
            "refusals",
            "Refusals sent over sockets and HTTP by code",
            m.refusals.clone(),
        );
        registry.register(
            "http_requests",
            "Answered requests under /v1 by status",
            m.requests.clone(),
        );
        registry.register("changes", "Changes made durable", m.changes.clone());
        registry.register(
            "change_bytes",
            "Bytes of changes made durable",
            m.change_bytes.clone(),
        );
        registry.register(
            "store_errors",
            "What storage could not do, by operation",
            m.store_errors.clone(),
        );
        registry.register(
            "quarantined_documents",
            "Documents that did not load and were set aside",
            m.quarantined.clone(),
        );
        registry.register("batch_changes", "Changes stored at once", m.batch.clone());
        for (name, help, histogram) in [
            (
                "push_ack",
                "From a change's arrival to its acknowledgement",
                &m.push_ack,
            ),
            ("commit", "Storing a batch", &m.commit),
            ("load", "Reading a document", &m.load),
            (
                "fan_out",
                "From a frame's making to its leaving for the network",
                &m.fan_out,
            ),
            ("http_answer", "Answering a request under /v1", &m.answer),
        ] {
            registry.register_with_unit(name, help, Unit::Seconds, histogram.clone());
        }
        // What has not happened yet shows as zero, so that an alert can tell it
        // from what is not counted.
        for code in Code::ALL {
            drop(m.refusals.get_or_create(&[("code", code.as_str())]));
        }
        for operation in ["load", "append", "log", "pulse", "rows"] {
            drop(m.store_errors.get_or_create(&[("operation", operation)]));
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

/// Half a millisecond to eight seconds.
fn seconds() -> Histogram {
    Histogram::new(exponential_buckets(0.0005, 2.0, 15))
}

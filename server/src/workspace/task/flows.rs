//! Remembers how far flows have run, once a second at most: what is run again after
//! that changes nothing.

use threadline_core::error::Refusal;

use super::{Reply, Task};

/// What storage knows of how far flows have run.
#[derive(Default)]
pub(super) struct FlowsKept {
    /// The sequence number; `None` until this process has told it one.
    seq: Option<u64>,
    /// Whether another is on its way to it.
    writing: bool,
}

impl FlowsKept {
    /// Storage has answered; what it could not keep it is told again.
    pub(super) fn kept(&mut self, kept: Option<u64>) {
        self.writing = false;
        self.seq = kept.or(self.seq);
    }
}

impl Task {
    /// Tells storage how far flows have run, where it does not know.
    pub(super) fn keep_flows(&mut self) {
        let done = self.hub.flows_done();
        let Some(seq) = done.filter(|_| done != self.flows.seq && !self.flows.writing) else {
            return;
        };
        self.flows.writing = true;
        let replies = self.replies.clone();
        let done = Box::new(move |result: Result<(), Refusal>| {
            // Nobody waits for it once the workspace has stopped.
            let _ = replies.send(Reply::Flows {
                kept: result.map(|()| seq),
            });
        });
        self.app.store.put_flows(&self.id, seq, done);
    }
}

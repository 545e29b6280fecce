//! Ephemeral messages, as cursors are: they may be lost at any time, and come
//! by several ways.

use std::collections::HashMap;

use super::message::Ephemeral;
use crate::limits;
use crate::sync::bucket::{Bucket, Rate};
use crate::time::Timestamp;

const RATE: Rate = Rate {
    burst: limits::EPHEMERAL_BURST,
    per_second: limits::EPHEMERAL_PER_SECOND,
};

/// What a connection has heard, and how much more it may say.
#[derive(Debug)]
pub(super) struct Gossip {
    /// The last count of each run of each peer that messages are of.
    last: HashMap<(String, String), u64>,
    bucket: Bucket,
}

impl Gossip {
    pub(super) fn new(now: Timestamp) -> Self {
        Self {
            last: HashMap::new(),
            bucket: Bucket::full(RATE, now),
        }
    }

    /// Whether the peer's message is passed on: too many are lost.
    pub(super) fn admits(&mut self, now: Timestamp, word: &Ephemeral) -> bool {
        self.bucket.left(now) > 0 && self.is_new(word) && self.bucket.take(now, 1).is_ok()
    }

    /// Whether a message did not come before, by another way.
    pub(super) fn is_new(&mut self, word: &Ephemeral) -> bool {
        if self.last.len() >= limits::EPHEMERAL_SOURCES {
            // Each reader of the document looks as well.
            self.last.clear();
        }
        let source = (word.peer.clone(), word.session.clone());
        let last = self.last.entry(source).or_default();
        let new = word.count > *last;
        *last = word.count.max(*last);
        new
    }
}

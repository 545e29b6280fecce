//! What the server could not take or give just now: each document is brought
//! and asked for again after a while.

use std::collections::BTreeMap;

use crate::error::Code;
use crate::id::DocumentId;
use crate::time::Timestamp;

/// Milliseconds to wait for a server that was busy, or could not reach storage.
pub(super) const BUSY_MS: i64 = 2_000;
/// Milliseconds to wait for a document that the server has set aside: it takes a
/// while to mend one, and the server gives it by itself to who has it open.
const SET_ASIDE_MS: i64 = 60_000;

/// How long to wait before trying again after a refusal; nothing where it is
/// for good.
pub(super) fn pause(code: Code) -> Option<i64> {
    match code {
        Code::Unavailable | Code::RateLimited => Some(BUSY_MS),
        Code::Quarantined => Some(SET_ASIDE_MS),
        _ => None,
    }
}

/// The documents to be tried again.
#[derive(Debug, Default)]
pub(super) struct Later(BTreeMap<DocumentId, Again>);

/// When to try a document again, and what.
#[derive(Clone, Copy, Debug)]
struct Again {
    at: Timestamp,
    /// Whether the server is to be asked for it, and not only to be brought
    /// what waits.
    open: bool,
}

impl Later {
    /// Waits with what is to be brought of a document.
    pub(super) fn push(&mut self, doc: DocumentId, now: Timestamp, pause: i64) {
        self.put(doc, now, pause, false);
    }

    /// Waits with asking for it.
    pub(super) fn open(&mut self, doc: DocumentId, now: Timestamp, pause: i64) {
        self.put(doc, now, pause, true);
    }

    /// Of two moments the first counts: whoever was told to wait has waited then.
    fn put(&mut self, doc: DocumentId, now: Timestamp, pause: i64, open: bool) {
        let at = now.plus_millis(pause);
        let again = self.0.entry(doc).or_insert(Again { at, open });
        again.at = again.at.min(at);
        again.open |= open;
    }

    /// Nobody looks at a document any more: it is not asked for again.
    pub(super) fn close(&mut self, doc: DocumentId) {
        if let Some(again) = self.0.get_mut(&doc) {
            again.open = false;
        }
    }

    /// Forgets everything: a new session begins.
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    /// Takes out what is to be tried now: each document, and whether it is to be
    /// asked for.
    pub(super) fn take_due(&mut self, now: Timestamp) -> Vec<(DocumentId, bool)> {
        let due = |again: &Again| again.at <= now;
        let taken = self.0.iter().filter(|(_, again)| due(again));
        let taken = taken.map(|(doc, again)| (*doc, again.open)).collect();
        self.0.retain(|_, again| !due(again));
        taken
    }
}

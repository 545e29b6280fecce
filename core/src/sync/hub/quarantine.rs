//! Documents that do not load. Each is refused, and the others are not. It is
//! tried again by itself, after ever longer pauses, because what is damaged may
//! be mended while the server runs: a disk put right, a row written back from a
//! backup. Then it is served again, also to those who have asked meanwhile.

use std::collections::BTreeMap;

use super::Hub;
use super::port::{Output, SessionId};
use super::session::Stage;
use super::work::Work;
use crate::error::{Code, Refusal};
use crate::id::DocumentId;
use crate::limits;
use crate::time::Timestamp;

/// The documents that are set aside.
#[derive(Debug, Default)]
pub(super) struct Quarantine(BTreeMap<DocumentId, Stay>);

/// How long a document stays there.
#[derive(Debug)]
struct Stay {
    /// The moment from which on it may be tried again.
    until: Timestamp,
    /// Milliseconds from the last attempt to that moment.
    pause: i64,
}

impl Quarantine {
    /// Whether a document is set aside, or being tried again.
    pub(super) fn holds(&self, doc: DocumentId) -> bool {
        self.0.contains_key(&doc)
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether it is too early to try a document again.
    pub(super) fn refuses(&self, doc: DocumentId, now: Timestamp) -> bool {
        self.0.get(&doc).is_some_and(|stay| now < stay.until)
    }

    /// Notes an attempt that failed; tells whether it was the first.
    fn failed(&mut self, doc: DocumentId, now: Timestamp) -> bool {
        let before = self.0.get(&doc).map(|stay| stay.pause);
        let pause = before.map_or(limits::QUARANTINE_MS, |pause| {
            (2 * pause).min(limits::QUARANTINE_MOST_MS)
        });
        let until = now.plus_millis(pause);
        self.0.insert(doc, Stay { until, pause });
        before.is_none()
    }
}

impl Hub {
    /// Sets a document aside that did not load. `text` is for operators, who
    /// hear it once and not with every further attempt.
    pub(super) fn set_aside(
        &mut self,
        now: Timestamp,
        doc: DocumentId,
        text: String,
        out: &mut Vec<Output>,
    ) {
        self.documents.remove(&doc);
        if self.quarantine.failed(doc, now) {
            out.push(Output::Quarantined { doc, text });
        }
        self.refuse_all(doc, &refusal(), out);
    }

    /// Tries again to load what was set aside long enough.
    pub(super) fn try_again(&mut self, now: Timestamp, out: &mut Vec<Output>) {
        let aside = self.quarantine.0.keys().copied();
        let due: Vec<DocumentId> = aside
            .filter(|doc| !self.quarantine.refuses(*doc, now))
            .filter(|doc| !self.documents.contains_key(doc))
            .collect();
        for doc in due {
            self.load(doc, out);
        }
    }

    /// A document has loaded. Where it was set aside, whoever has it open was
    /// refused and is given it now, as a whole: what they had was not kept.
    pub(super) fn has_loaded(&mut self, doc: DocumentId, out: &mut Vec<Output>) {
        if self.quarantine.0.remove(&doc).is_none() {
            return;
        }
        out.push(Output::Mended { doc });
        let waits = |(session, stage): (&SessionId, &Stage)| match stage {
            Stage::Live(live) => live.open.contains(&doc) && !self.follows(*session, doc),
            _ => false,
        };
        let waiting = self.sessions.iter().filter(|entry| waits(*entry));
        let waiting: Vec<SessionId> = waiting.map(|(session, _)| *session).collect();
        for session in waiting {
            let have = Vec::new();
            self.enqueue(doc, Work::Open { session, have });
        }
    }

    /// Whether a session gets what comes for a document, or is about to.
    fn follows(&self, session: SessionId, doc: DocumentId) -> bool {
        let asks = |work: &Work| matches!(work, Work::Open { session: who, .. } if *who == session);
        let followers = self.followers.get(&doc);
        let work = self.work.get(&doc);
        followers.is_some_and(|followers| followers.contains(&session))
            || work.is_some_and(|queue| queue.iter().any(asks))
    }
}

/// What hears who asks for a document that is set aside.
pub(super) fn refusal() -> Refusal {
    let text = "The document is damaged and was set aside.";
    Refusal::new(Code::Quarantined, text)
}

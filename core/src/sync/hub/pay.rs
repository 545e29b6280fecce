//! What frames cost. Three buckets pay for each: the session's, so that one
//! client cannot drown the others; the document's, so that many clients
//! together cannot make one document too dear for those who read it; and the
//! workspace's, so that it leaves room for the process's other ones.

use std::collections::BTreeMap;

use super::Hub;
use super::port::SessionId;
use crate::id::DocumentId;
use crate::limits;
use crate::sync::bucket::{Bucket, Rate};
use crate::sync::frame::ClientFrame;
use crate::sync::price;
use crate::time::Timestamp;

/// What one session may ask for.
pub(super) const SESSION: Rate = Rate {
    burst: limits::PUSH_BURST,
    per_second: limits::PUSH_PER_SECOND,
};
const DOCUMENT: Rate = Rate {
    burst: limits::DOCUMENT_BURST,
    per_second: limits::DOCUMENT_PER_SECOND,
};
const WORKSPACE: Rate = Rate {
    burst: limits::WORKSPACE_BURST,
    per_second: limits::WORKSPACE_PER_SECOND,
};

/// The buckets that sessions share.
pub(super) struct Shared {
    workspace: Bucket,
    documents: BTreeMap<DocumentId, Bucket>,
}

impl Shared {
    /// Full ones.
    pub(super) fn new() -> Self {
        Self {
            workspace: Bucket::full(WORKSPACE, Timestamp::from_millis(0)),
            documents: BTreeMap::new(),
        }
    }

    /// A document's.
    pub(super) fn document(&mut self, now: Timestamp, doc: DocumentId) -> &mut Bucket {
        let bucket = self.documents.entry(doc);
        bucket.or_insert_with(|| Bucket::full(DOCUMENT, now))
    }

    /// Forgets those that are full again.
    pub(super) fn tick(&mut self, now: Timestamp) {
        self.documents.retain(|_, bucket| !bucket.is_full(now));
    }
}

/// Why a frame is not paid for.
pub(super) enum Broke {
    /// The session asked for too much; milliseconds until it has enough again.
    Session(u64),
    /// All sessions together did.
    Shared,
}

impl Hub {
    /// Pays for a frame: each change of a push counts, any other frame is one.
    pub(super) fn pay(
        &mut self,
        now: Timestamp,
        session: SessionId,
        frame: Option<&ClientFrame>,
    ) -> Result<(), Broke> {
        let (count, doc) = match frame {
            Some(ClientFrame::Push(push)) => (push.changes.len().max(1) as u64, Some(push.doc)),
            _ => (1, None),
        };
        if let Some(live) = self.live(session) {
            live.bucket.take(now, count).map_err(Broke::Session)?;
        }
        // Nobody sends these again, and each makes the next less work or none.
        if matches!(frame, Some(ClientFrame::Close(_) | ClientFrame::Token(_))) {
            return Ok(());
        }
        let shared = |_: u64| Broke::Shared;
        self.shared.workspace.take(now, count).map_err(shared)?;
        let Some(doc) = doc else { return Ok(()) };
        self.shared
            .document(now, doc)
            .take(now, count)
            .map_err(shared)
    }

    /// Pays for what a change claims to hold, before it is looked at: a few bytes
    /// can be ten thousand operations. A frame holds no more than fits, so nobody
    /// gets far into debt; who is in it with the next frame is sent away, or put
    /// off, as by too many frames.
    pub(super) fn pay_for_work(
        &mut self,
        now: Timestamp,
        session: SessionId,
        doc: DocumentId,
        ops: usize,
    ) {
        let price = price::of_work(ops);
        if let Some(live) = self.live(session) {
            live.bucket.spend(price);
        }
        self.shared.workspace.spend(price);
        self.shared.document(now, doc).spend(price);
    }
}

//! The documents in memory. Each stands alone: one that does not load, or in
//! which Automerge panics, takes nothing down but itself.

use std::collections::{BTreeMap, HashSet};

use automerge::{ActorId, Change, ChangeHash};

use super::Hub;
use super::port::{Logged, StoredDocument};
use crate::document::Document;
use crate::error::{Code, Refusal};
use crate::guard::{self, Actors};
use crate::id::{DocumentId, MemberId};
use crate::limits;
use crate::sync::frame::Hash;
use crate::time::Timestamp;

/// What is known of a document here.
pub(super) enum Slot {
    /// Storage was asked for it. Keeps what the log brought since, which the
    /// answer may not have.
    Loading(Vec<Logged>),
    /// It is in memory, exactly as durable as storage has it, but for the
    /// batch on its way.
    Held(Box<Held>),
}

/// A document in memory.
pub(super) struct Held {
    pub(super) document: Document,
    /// Whose actors write in it, and how far each has come.
    pub(super) actors: Actors,
    /// The workspace's sequence number of its last change.
    pub(super) seq: u64,
    /// The sum of its changes as they were loaded and came, in bytes.
    pub(super) bytes: usize,
    /// When somebody last cared.
    pub(super) used: Timestamp,
}

impl Held {
    /// Builds a document from what storage has. The error is for operators.
    pub(super) fn load(
        now: Timestamp,
        id: DocumentId,
        actor: ActorId,
        member: &MemberId,
        stored: Option<StoredDocument>,
    ) -> Result<Self, String> {
        let stored = stored.unwrap_or_default();
        let bytes = stored.changes.iter().map(Vec::len).sum();
        let mut document = stored.document(id, actor, member)?;
        let bound: BTreeMap<ActorId, MemberId> = stored.actors.into_iter().collect();
        let actors = Actors::of(document.automerge(), &bound);
        Ok(Self {
            document,
            actors,
            seq: stored.seq,
            bytes,
            used: now,
        })
    }

    /// Takes in what the log has of it beyond this copy.
    pub(super) fn take(&mut self, logged: &[Logged]) -> Result<(), Refusal> {
        let mut changes = Vec::new();
        for logged in logged.iter().filter(|logged| logged.seq > self.seq) {
            let change = Change::from_bytes(logged.bytes.clone())
                .map_err(|_| Refusal::new(Code::BadChange, "The log has no change there."))?;
            self.actors.record(&change, &logged.member);
            self.bytes += logged.bytes.len();
            changes.push(change);
        }
        if let Some(last) = logged.last() {
            self.seq = self.seq.max(last.seq);
        }
        if !changes.is_empty() {
            self.document.apply(changes)?;
        }
        Ok(())
    }

    /// The heads as frames carry them.
    pub(super) fn heads(&mut self) -> Vec<Hash> {
        let heads = self.document.heads();
        heads.into_iter().map(|head| Hash::new(head.0)).collect()
    }
}

impl Hub {
    /// Drops the documents from memory that nobody has cared for: all that were
    /// idle for long, and of the others the longest idle, as far as they are too many.
    pub(super) fn forget_idle(&mut self, now: Timestamp) {
        let (followers, work) = (&self.followers, &self.work);
        // One of the batch on its way would be loaded again without it, and then
        // counted as having it.
        let storing = self.storing.iter().flat_map(|it| &it.documents);
        let storing: HashSet<DocumentId> = storing.map(|(doc, _)| *doc).collect();
        let mut idle: Vec<(Timestamp, DocumentId, usize)> = Vec::new();
        for (doc, slot) in &self.documents {
            if let Slot::Held(held) = slot
                && *doc != DocumentId::Workspace
                && !followers.contains_key(doc)
                && !work.contains_key(doc)
                && !storing.contains(doc)
            {
                idle.push((held.used, *doc, limits::IDLE_EACH_BYTES + held.bytes));
            }
        }
        idle.sort_unstable();
        let mut room = limits::IDLE_BYTES;
        for (used, doc, bytes) in idle.into_iter().rev() {
            let idle = |millis| used.plus_millis(millis) <= now;
            let left = room.checked_sub(bytes);
            if idle(limits::IDLE_DOCUMENT_MS) || (left.is_none() && idle(limits::IDLE_LEAST_MS)) {
                self.documents.remove(&doc);
            } else {
                room = left.unwrap_or(0);
            }
        }
    }
}

impl StoredDocument {
    /// The document, once it is sure that every change is in it: Automerge
    /// leaves out what depends on something that is not there. The error is
    /// for operators. Automerge may panic on what is damaged: run this where a
    /// panic is caught.
    pub fn document(
        &self,
        id: DocumentId,
        actor: ActorId,
        member: &MemberId,
    ) -> Result<Document, String> {
        let mut document = Document::load(id, actor, member, &self.changes)
            .map_err(|refusal| refusal.to_string())?;
        for change in &self.changes {
            let hash = ChangeHash(guard::hash(change));
            if !document.has(&hash) {
                return Err(format!("the change {hash} is not whole"));
            }
        }
        Ok(document)
    }
}

/// Runs what touches Automerge. A panic in there becomes a refusal; the
/// document it was about must then be dropped, for it may be half changed.
pub(super) fn contained<T>(work: impl FnOnce() -> T) -> Result<T, Refusal> {
    guard::contained(work)
        .ok_or_else(|| Refusal::new(Code::BadChange, "The change breaks the document."))
}

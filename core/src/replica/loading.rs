//! Documents into memory, and out of it.

use automerge::Change;
use serde_bytes::ByteBuf;

use super::effect::Effect;
use super::{Replica, Slot};
use crate::document::{Document, actor_in};
use crate::error::Refusal;
use crate::id::DocumentId;

/// Chunks of a document from which on storage is asked to keep one snapshot
/// in their place.
const COMPACT_CHUNKS: usize = 64;

impl Replica {
    /// Wants a document in memory. True: it is. False: storage was asked for
    /// its chunks, see [`Replica::load`].
    pub fn open(&mut self, doc: DocumentId) -> bool {
        self.refill_wanted(doc);
        let here = self.want(doc);
        if self.unwatched.remove(&doc) {
            self.open_on_server(doc);
        }
        here
    }

    pub(super) fn want(&mut self, doc: DocumentId) -> bool {
        match self.docs.get(&doc) {
            Some(Slot::Ready(_)) => true,
            Some(Slot::Loading) => false,
            None => {
                self.docs.insert(doc, Slot::Loading);
                self.effects.push(Effect::Load { doc });
                false
            }
        }
    }

    /// Storage's answer to [`Effect::Load`]: every chunk it has, in any order.
    pub fn load(&mut self, doc: DocumentId, chunks: &[Vec<u8>]) -> Result<(), Refusal> {
        if !matches!(self.docs.get(&doc), Some(Slot::Loading)) {
            return Ok(());
        }
        // Forgotten first, so that a failure leaves a document that can be
        // opened again.
        self.docs.remove(&doc);
        let loaded = self.load_document(doc, chunks);
        if (chunks.is_empty() || loaded.is_err()) && self.refill_lacks(doc) {
            return loaded.map(drop);
        }
        let mut document = loaded?;
        // Loading costs by the number of changes. A pending change stays by
        // itself, because a refusal takes it out again.
        if chunks.len() > COMPACT_CHUNKS && !self.outbox.waits_for(doc) {
            let bytes = ByteBuf::from(document.save());
            self.effects.push(Effect::Compact { doc, bytes });
        }
        self.docs.insert(doc, Slot::Ready(Box::new(document)));
        let through = self.refill_loaded(doc);
        self.refresh_row(doc, false);
        self.emit_reset(doc);
        self.open_on_server(doc);
        if !through {
            self.push_document(doc);
        }
        Ok(())
    }

    fn load_document(&self, doc: DocumentId, chunks: &[Vec<u8>]) -> Result<Document, Refusal> {
        let member = self.writer_id()?;
        let actor = actor_in(&self.actor, doc);
        Document::load(doc, actor.clone(), &member, chunks).or_else(|_| {
            // One damaged chunk must not take the others along.
            let mut document = Document::begin(doc, actor, &member)?;
            let whole = chunks.iter().flat_map(|chunk| readable(chunk));
            document.apply(whole.collect())?;
            Ok(document)
        })
    }

    /// Nobody looks at a document any more: it leaves memory, or where something
    /// of it waits for the server as soon as it is closed after that is settled.
    pub fn close(&mut self, doc: DocumentId) {
        if doc == DocumentId::Workspace || self.is_drafted(doc) || !self.docs.contains_key(&doc) {
            return;
        }
        // One that is being brought to a restored server goes when that is done.
        if self.refill_unwanted(doc) {
            return;
        }
        let watched = !self.unwatched.contains(&doc);
        if self.outbox.waits_for(doc) {
            self.unwatched.insert(doc);
        } else {
            self.unwatched.remove(&doc);
            self.docs.remove(&doc);
        }
        self.later.close(doc);
        if watched {
            self.close_on_server(doc);
        }
    }
}

/// The changes of a stored chunk, which is one change or a snapshot; none
/// where it is damaged.
fn readable(chunk: &[u8]) -> Vec<Change> {
    match Change::try_from(chunk) {
        Ok(change) => vec![change],
        Err(_) => automerge::AutoCommit::load(chunk)
            .map(|mut snapshot| snapshot.get_changes(&[]))
            .unwrap_or_default(),
    }
}

//! Erases a person from a workspace: their documents are written anew without
//! them, under new ids, and what was there before is removed. What remains of a
//! document, the core says.
//!
//! Servers may be writing to the workspace meanwhile, where storage is shared.
//! So everything is found out beside them first, which may take its time, and
//! what has changed meanwhile again, until that is little; and once more while
//! storage keeps the workspace still.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use threadline_core::document::Document;
use threadline_core::erasure::{self, NewIds};
use threadline_core::error::{Code, Refusal};
use threadline_core::guard;
use threadline_core::id::{ContactId, ConversationId, DocumentId, Ids, WorkspaceId};
use threadline_core::model::RowEntry;
use threadline_core::sync::frame::Hash;
use threadline_core::sync::hub::{ActorId, Batch, Entry};

use crate::bundle::blobs_of;
use crate::clock::{self, RandomIds};
use crate::limits;
use crate::store::{BlobId, Erased, Erasure, Store, unavailable};
use crate::workspace::server_member;

/// Erases a contact, those that were merged into it, and their conversations.
/// Refused with `erased` where that was done before.
pub(crate) fn erase(
    store: &dyn Store,
    workspace: &WorkspaceId,
    contact: ContactId,
) -> Result<Erased, Refusal> {
    let mut planner = Planner::new(store, workspace, contact);
    planner.catch_up(|| Ok(store.pulse(workspace)?.seq))?;
    store.erase(workspace, &mut |seq| {
        planner.look(seq)?;
        Ok(planner.erasure())
    })
}

/// Finds out what is to be done, and keeps what it has found.
struct Planner<'a> {
    store: &'a dyn Store,
    workspace: &'a WorkspaceId,
    contact: ContactId,
    /// The sequence number up to which it has looked; `None` before the first look.
    seen: Option<u64>,
    /// The person's documents.
    gone: BTreeSet<DocumentId>,
    /// What their contacts and conversations are called from now on.
    ids: NewIds,
    /// What is written in place of each of them.
    rewritten: BTreeMap<DocumentId, Batch>,
    /// The blobs that each document names: theirs, and where there are any the
    /// others' conversations.
    blobs: BTreeMap<DocumentId, BTreeSet<BlobId>>,
}

impl<'a> Planner<'a> {
    /// One that has not looked yet.
    fn new(store: &'a dyn Store, workspace: &'a WorkspaceId, contact: ContactId) -> Self {
        Self {
            store,
            workspace,
            contact,
            seen: None,
            gone: BTreeSet::new(),
            ids: NewIds::new(),
            rewritten: BTreeMap::new(),
            blobs: BTreeMap::new(),
        }
    }

    /// Looks until little has happened meanwhile. `last` tells the workspace's
    /// last sequence number.
    fn catch_up(&mut self, mut last: impl FnMut() -> Result<u64, Refusal>) -> Result<(), Refusal> {
        let mut seq = last()?;
        for _ in 0..limits::ERASURE_LOOKS {
            self.look(seq)?;
            let now = last()?;
            if now.saturating_sub(seq) <= limits::ERASURE_MOVED {
                break;
            }
            seq = now;
        }
        Ok(())
    }

    /// Looks at the workspace as of a sequence number: at everything the first
    /// time, after that only at what has changed.
    fn look(&mut self, seq: u64) -> Result<(), Refusal> {
        if self.seen == Some(seq) {
            return Ok(());
        }
        self.find_person()?;
        if let Some(seen) = self.seen {
            for doc in self.changed_since(seen)? {
                self.rewritten.remove(&doc);
                self.blobs.remove(&doc);
            }
        }
        let (gone, ids) = self.everything()?;
        if gone != self.gone {
            // Documents name each other, so every one must learn the new ids.
            self.rewritten.clear();
            (self.gone, self.ids) = (gone, ids);
        }
        for doc in self.gone.clone() {
            if !self.rewritten.contains_key(&doc) {
                self.rewrite(doc)?;
            }
        }
        self.look_at_others()?;
        self.seen = Some(seq);
        Ok(())
    }

    /// What was found.
    fn erasure(&self) -> Erasure {
        let mut batch = Batch::default();
        for part in self.rewritten.values() {
            let mut part = part.clone();
            part.place_after(batch.entries.len() as u64);
            batch.entries.append(&mut part.entries);
            batch.rows.append(&mut part.rows);
            batch.texts.append(&mut part.texts);
        }
        // What others were sent too stays.
        let (mut blobs, mut kept) = (BTreeSet::new(), BTreeSet::new());
        for (doc, named) in &self.blobs {
            let side = if self.gone.contains(doc) {
                &mut blobs
            } else {
                &mut kept
            };
            side.extend(named);
        }
        Erasure {
            documents: self.gone.iter().copied().collect(),
            blobs: blobs.difference(&kept).copied().collect(),
            batch,
            at: clock::now(),
        }
    }

    fn find_person(&self) -> Result<(), Refusal> {
        let contact = self.contact.into();
        if self.store.row(self.workspace, contact)?.is_some() {
            return Ok(());
        }
        // Says `erased` where that is why there is no row.
        self.store.load(self.workspace, contact)?;
        let text = "There is no such contact.";
        Err(Refusal::new(Code::NotFound, text).on("contact"))
    }

    fn changed_since(&self, mut seq: u64) -> Result<BTreeSet<DocumentId>, Refusal> {
        let mut changed = BTreeSet::new();
        loop {
            let limit = threadline_core::limits::LOG_PAGE;
            let page = self.store.log(self.workspace, seq, limit)?;
            changed.extend(page.entries.iter().map(|logged| logged.doc));
            if page.complete {
                return Ok(changed);
            }
            seq = page.cursor;
        }
    }

    /// The person's documents, and new names for them. Contacts that were merged
    /// into each other all go.
    fn everything(&self) -> Result<(BTreeSet<DocumentId>, NewIds), Refusal> {
        let (mut gone, mut ids) = (BTreeSet::new(), NewIds::new());
        let mut contacts = vec![self.contact];
        while let Some(contact) = contacts.pop() {
            if !gone.insert(contact.into()) {
                continue;
            }
            let new = ContactId(RandomIds.next_id());
            ids.insert(contact.0, new.0);
            contacts.extend(self.store.aliases(self.workspace, contact)?);
            for conversation in self.store.conversations(self.workspace, contact)? {
                let derived = ConversationId::of_contact(new, conversation.ordinal);
                // An unlinked conversation may have an ordinal that is taken.
                let id = if ids.values().any(|taken| *taken == derived.0) {
                    RandomIds.next_id()
                } else {
                    derived.0
                };
                ids.insert(conversation.id.0, id);
                gone.insert(conversation.id.into());
            }
        }
        Ok((gone, ids))
    }

    /// Writes a document anew without the person.
    fn rewrite(&mut self, doc: DocumentId) -> Result<(), Refusal> {
        let mut document = self.load(doc)?;
        self.blobs.insert(doc, blobs_of(&document));
        let (server, now) = (server_member()?.id, clock::now());
        let actor = ActorId::from(clock::random::<16>().map_err(|_| unavailable())?);
        let mut new = erasure::without_person(&mut document, &self.ids, actor, &server, now)?;
        let id = new.id();
        let mut batch = Batch::default();
        for (seq, change) in (1..).zip(new.changes_since(&[])) {
            batch.entries.push(Entry {
                seq,
                doc: id,
                hash: change.hash().0,
                bytes: change.raw_bytes().to_vec(),
                actor: change.actor_id().clone(),
                member: server.clone(),
                session: None,
                received_at: now,
            });
        }
        let (seq, heads) = (batch.entries.len() as u64, new.heads());
        batch.rows.extend(new.row().map(|row| RowEntry {
            doc: id,
            seq,
            heads: heads.iter().map(|head| Hash::new(head.0)).collect(),
            row,
        }));
        let texts = new.texts().into_iter();
        batch.texts.extend(texts.map(|text| (id, text)));
        self.rewritten.insert(doc, batch);
        Ok(())
    }

    /// Finds out which blobs the others' conversations name, where the person's
    /// name any. What was found of documents that are there no more is forgotten.
    fn look_at_others(&mut self) -> Result<(), Refusal> {
        if self.blobs.values().all(BTreeSet::is_empty) {
            return Ok(());
        }
        let there = self.store.documents(self.workspace)?.into_iter();
        let there: BTreeSet<DocumentId> = there.collect();
        self.blobs.retain(|doc, _| there.contains(doc));
        for doc in there {
            if matches!(doc, DocumentId::Conversation(_)) && !self.blobs.contains_key(&doc) {
                self.blobs.insert(doc, blobs_of(&self.load(doc)?));
            }
        }
        Ok(())
    }

    fn load(&self, doc: DocumentId) -> Result<Document, Refusal> {
        let stored = self.store.load(self.workspace, doc)?.unwrap_or_default();
        let server = server_member()?.id;
        let loaded = guard::contained(|| stored.document(doc, ActorId::from([0; 16]), &server));
        loaded.and_then(Result::ok).ok_or_else(|| {
            let text = "A document does not load; see `threadline verify`.";
            Refusal::new(Code::Quarantined, text).on(doc.to_string())
        })
    }
}

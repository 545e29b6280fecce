//! Erases a person from a workspace: their documents are written anew without
//! them, under new ids, and what was there before is removed. What remains of a
//! document, the core says.
//!
//! Servers may be writing to the workspace meanwhile, where storage is shared.
//! So everything is found out twice: first beside them, which may take its time,
//! then while storage keeps the workspace still, when little is left to do.

use std::collections::BTreeSet;

use threadline_core::document::Document;
use threadline_core::erasure::{self, NewIds};
use threadline_core::error::{Code, Refusal};
use threadline_core::guard;
use threadline_core::id::{ContactId, ConversationId, DocumentId, Ids, WorkspaceId};
use threadline_core::model::RowEntry;
use threadline_core::sync::frame::Hash;
use threadline_core::sync::hub::{ActorId, Batch, Entry};
use threadline_core::time::Timestamp;

use crate::bundle::blobs_of;
use crate::clock::{self, RandomIds};
use crate::store::{BlobId, Erased, Erasure, Store, unavailable};
use crate::workspace::server_member;

/// Erases a contact, those that were merged into it, and their conversations.
pub(crate) fn erase(
    store: &dyn Store,
    workspace: &WorkspaceId,
    contact: ContactId,
) -> Result<Erased, Refusal> {
    let mut others = Others::default();
    let mut plan = |seq| plan(store, workspace, contact, seq, &mut others);
    plan(store.pulse(workspace)?.seq)?;
    store.erase(workspace, &mut plan)
}

/// What is to be done, as of a moment of the workspace.
fn plan(
    store: &dyn Store,
    workspace: &WorkspaceId,
    contact: ContactId,
    seq: u64,
    others: &mut Others,
) -> Result<Erasure, Refusal> {
    if store.row(workspace, contact.into())?.is_none() {
        let text = "There is no such contact.";
        return Err(Refusal::new(Code::NotFound, text).on("contact"));
    }
    let (gone, ids) = everything_of(store, workspace, contact)?;
    let mut rewriting = Rewriting {
        now: clock::now(),
        ids,
        blobs: BTreeSet::new(),
        batch: Batch::default(),
    };
    for doc in &gone {
        let mut document = load(store, workspace, *doc)?;
        rewriting.rewrite(&mut document)?;
    }
    let mut blobs = rewriting.blobs;
    if !blobs.is_empty() {
        // What others were sent too stays.
        others.look(store, workspace, &gone, seq)?;
        blobs.retain(|blob| !others.blobs.contains(blob));
    }
    Ok(Erasure {
        documents: gone.into_iter().collect(),
        blobs: blobs.into_iter().collect(),
        batch: rewriting.batch,
        at: rewriting.now,
    })
}

/// The blobs that conversations of others name, as far as they were looked at.
#[derive(Default)]
struct Others {
    blobs: BTreeSet<BlobId>,
    /// The sequence number up to which they were; `None` before the first look.
    seen: Option<u64>,
}

impl Others {
    /// Looks at every conversation, the second time only at those that have
    /// changed since the first.
    fn look(
        &mut self,
        store: &dyn Store,
        workspace: &WorkspaceId,
        gone: &BTreeSet<DocumentId>,
        seq: u64,
    ) -> Result<(), Refusal> {
        let documents = match self.seen {
            None => store.documents(workspace)?.into_iter().collect(),
            Some(seen) => changed_since(store, workspace, seen)?,
        };
        for doc in documents.difference(gone) {
            if matches!(doc, DocumentId::Conversation(_)) {
                self.blobs.extend(blobs_of(&load(store, workspace, *doc)?));
            }
        }
        self.seen = Some(seq);
        Ok(())
    }
}

fn changed_since(
    store: &dyn Store,
    workspace: &WorkspaceId,
    mut seq: u64,
) -> Result<BTreeSet<DocumentId>, Refusal> {
    let mut changed = BTreeSet::new();
    loop {
        let page = store.log(workspace, seq, threadline_core::limits::LOG_PAGE)?;
        changed.extend(page.entries.iter().map(|logged| logged.doc));
        if page.complete {
            return Ok(changed);
        }
        seq = page.cursor;
    }
}

/// The person's documents, and what their contacts and conversations are called
/// from now on. Contacts that were merged into each other all go.
fn everything_of(
    store: &dyn Store,
    workspace: &WorkspaceId,
    contact: ContactId,
) -> Result<(BTreeSet<DocumentId>, NewIds), Refusal> {
    let (mut gone, mut ids) = (BTreeSet::new(), NewIds::new());
    let mut contacts = vec![contact];
    while let Some(contact) = contacts.pop() {
        if !gone.insert(contact.into()) {
            continue;
        }
        let new = ContactId(RandomIds.next_id());
        ids.insert(contact.0, new.0);
        contacts.extend(store.aliases(workspace, contact)?);
        for conversation in store.conversations(workspace, contact)? {
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

fn load(store: &dyn Store, workspace: &WorkspaceId, doc: DocumentId) -> Result<Document, Refusal> {
    let stored = store.load(workspace, doc)?.unwrap_or_default();
    let server = server_member()?.id;
    let loaded = guard::contained(|| stored.document(doc, ActorId::from([0; 16]), &server));
    loaded.and_then(Result::ok).ok_or_else(|| {
        let text = "A document does not load; see `threadline verify`.";
        Refusal::new(Code::Quarantined, text).on(doc.to_string())
    })
}

/// What is written in place of what goes.
struct Rewriting {
    now: Timestamp,
    ids: NewIds,
    /// Everything that the old documents named.
    blobs: BTreeSet<BlobId>,
    batch: Batch,
}

impl Rewriting {
    fn rewrite(&mut self, document: &mut Document) -> Result<(), Refusal> {
        self.blobs.extend(blobs_of(document));
        let server = server_member()?;
        let actor = clock::random::<16>().map_err(|_| unavailable())?;
        let actor = ActorId::from(actor);
        let mut new = erasure::without_person(document, &self.ids, actor, &server.id, self.now)?;
        let doc = new.id();
        for change in new.changes_since(&[]) {
            self.batch.entries.push(Entry {
                seq: self.batch.entries.len() as u64 + 1,
                doc,
                hash: change.hash().0,
                bytes: change.raw_bytes().to_vec(),
                actor: change.actor_id().clone(),
                member: server.id.clone(),
                session: None,
                received_at: self.now,
            });
        }
        let (seq, heads) = (self.batch.entries.len() as u64, new.heads());
        self.batch.rows.extend(new.row().map(|row| RowEntry {
            doc,
            seq,
            heads: heads.iter().map(|head| Hash::new(head.0)).collect(),
            row,
        }));
        let texts = new.texts().into_iter();
        self.batch.texts.extend(texts.map(|text| (doc, text)));
        Ok(())
    }
}

//! Erases a person from a workspace, on a database that no server is using:
//! their documents are written anew without them, under new ids, and what was
//! there before is removed. What remains of a document, the core says.

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
use crate::store::{BlobId, Erased, Erasure, Sqlite, Store, unavailable};
use crate::workspace::server_member;

/// Erases a contact, those that were merged into it, and their conversations.
pub(crate) fn erase(
    store: &Sqlite,
    workspace: &WorkspaceId,
    contact: ContactId,
) -> Result<Erased, Refusal> {
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
        for doc in store.documents(workspace)? {
            if !gone.contains(&doc) && matches!(doc, DocumentId::Conversation(_)) {
                let others = blobs_of(&load(store, workspace, doc)?);
                blobs.retain(|blob| !others.contains(blob));
            }
        }
    }
    store.erase(
        workspace,
        Erasure {
            documents: gone.into_iter().collect(),
            blobs: blobs.into_iter().collect(),
            batch: rewriting.batch,
            at: rewriting.now,
        },
    )
}

/// The person's documents, and what their contacts and conversations are called
/// from now on. Contacts that were merged into each other all go.
fn everything_of(
    store: &Sqlite,
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

fn load(store: &Sqlite, workspace: &WorkspaceId, doc: DocumentId) -> Result<Document, Refusal> {
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

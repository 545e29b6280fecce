//! Bundles out of storage and into it. What a bundle is, the core says.

use std::collections::{BTreeMap, BTreeSet};

use threadline_core::bundle::{Arrival, Bundle, BundledBlob, BundledDocument, Writer};
use threadline_core::document::Document;
use threadline_core::error::{Code, Refusal};
use threadline_core::guard;
use threadline_core::id::{ConversationId, DocumentId, WorkspaceId};
use threadline_core::model::{Interaction, Item, ItemKind, Member, RowEntry};
use threadline_core::sync::frame::Hash;
use threadline_core::sync::hub::{ActorId, Appended, Batch, Entry, StoredDocument};
use threadline_core::time::Timestamp;

use crate::clock;
use crate::directory::Listed;
use crate::mail;
use crate::store::{BlobId, MailRecord, Store, append, wait};
use crate::workspace::server_member;

/// What a bundle shall hold.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scope {
    /// Only this conversation and its contact; the whole workspace where it is missing.
    pub(crate) conversation: Option<ConversationId>,
    /// Whether attachments and raw mails come along.
    pub(crate) blobs: bool,
}

/// Writes a bundle piece by piece to where `keep` puts it. Each document is as
/// it was at one moment, all of them not at the same. A document that is
/// damaged is left out, and named in the log.
pub(crate) fn export<E: From<Refusal>>(
    store: &dyn Store,
    workspace: &WorkspaceId,
    members: &[Member],
    scope: Scope,
    mut keep: impl FnMut(Vec<u8>) -> Result<(), E>,
) -> Result<(), E> {
    let (documents, blobs) = match scope.conversation {
        Some(conversation) => around(store, workspace, conversation)?,
        None => (store.documents(workspace)?, store.blobs(workspace)?),
    };
    let (mut writer, head) = Writer::begin(workspace, members);
    keep(head)?;
    for doc in documents {
        match store.load(workspace, doc) {
            Ok(stored) => {
                let StoredDocument {
                    changes, actors, ..
                } = stored.unwrap_or_default();
                keep(writer.document(&BundledDocument::new(doc, changes, actors)))?;
            }
            Err(refusal) if refusal.code == Code::Quarantined => {
                tracing::error!(%doc, "a damaged document is left out of the bundle");
            }
            Err(refusal) => return Err(refusal.into()),
        }
    }
    for blob in blobs.into_iter().filter(|_| scope.blobs) {
        if let Some(bytes) = store.blob(workspace, &blob)? {
            keep(writer.blob(&BundledBlob {
                sha256: blob.into(),
                bytes: bytes.into(),
            }))?;
        }
    }
    keep(writer.end())
}

/// A conversation and its contact, and the blobs that its messages name.
fn around(
    store: &dyn Store,
    workspace: &WorkspaceId,
    conversation: ConversationId,
) -> Result<(Vec<DocumentId>, Vec<BlobId>), Refusal> {
    let doc = DocumentId::from(conversation);
    let stored = store.load(workspace, doc)?.ok_or_else(|| {
        Refusal::new(Code::NotFound, "There is no such conversation.").on("conversation")
    })?;
    let document = load(doc, &stored)?;
    let contact = document.conversation().and_then(|view| view.header.contact);
    let blobs = blobs_of(&document);
    let documents = std::iter::once(doc).chain(contact.map(DocumentId::Contact));
    Ok((documents.collect(), blobs.into_iter().collect()))
}

/// The blobs that a document's messages name: attachments and raw mails.
pub(crate) fn blobs_of(document: &Document) -> BTreeSet<BlobId> {
    let mut blobs = BTreeSet::new();
    for message in messages(document) {
        let files = message.attachments.iter().map(|file| &file.blob);
        for name in files.chain(&message.raw) {
            let mut id: BlobId = [0; 32];
            if hex::decode_to_slice(name, &mut id).is_ok() {
                blobs.insert(id);
            }
        }
    }
    blobs
}

/// How much of a bundle was new.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Report {
    /// Documents of which something was new.
    pub(crate) documents: usize,
    /// Changes.
    pub(crate) changes: usize,
    /// Members nobody had heard of.
    pub(crate) members: usize,
}

/// Takes a bundle into a workspace: everything is checked before anything is
/// written, only what is missing is added, and all changes at once.
pub(crate) fn import(
    store: &dyn Store,
    workspace: &WorkspaceId,
    bundle: Bundle,
) -> Result<Report, Refusal> {
    let members = store.open(workspace)?.members;
    let mut arrived = Arrived {
        now: clock::now(),
        batch: Batch::default(),
        mails: Vec::new(),
        report: Report::default(),
    };
    for BundledDocument {
        doc,
        changes,
        actors,
    } in &bundle.documents
    {
        let stored = store.load(workspace, *doc)?.unwrap_or_default();
        let check = || {
            let document = load(*doc, &stored)?;
            let told = actors.iter().cloned();
            let told = told.map(|(actor, member)| (ActorId::from(actor.into_vec()), member));
            // Whose an actor is here already counts more.
            let bound: BTreeMap<_, _> = told.chain(stored.actors.iter().cloned()).collect();
            Arrival::check(document, &bound, changes)
        };
        let broken = || Refusal::new(Code::BadChange, "The history breaks the document.");
        let arrival = guard::contained(check).ok_or_else(|| broken().on(doc.to_string()))??;
        arrived.add(arrival, stored.seq);
    }
    let blobs = bundle.blobs.into_iter();
    let blobs = blobs.map(|blob| (blob.sha256.into_array(), blob.bytes.into_vec()));
    wait(|done| store.put_blobs(workspace, blobs.collect(), None, done))?;
    for member in bundle.members {
        if members.iter().all(|listed| listed.member.id != member.id) {
            let listed = Listed {
                member,
                managed: false,
            };
            wait(|done| store.put_member(workspace, None, listed, done))?;
            arrived.report.members += 1;
        }
    }
    if !arrived.batch.entries.is_empty() {
        let last = arrived.batch.entries.len() as u64 - 1;
        let Appended { first } = append(store, workspace, arrived.batch)?;
        // What a history tells has happened elsewhere, and sets no flow off here.
        wait(|done| store.put_flows(workspace, first + last, done))?;
    }
    for record in arrived.mails {
        wait(|done| store.put_mail(workspace, record, done))?;
    }
    Ok(arrived.report)
}

/// What is to be written once all is checked.
struct Arrived {
    now: Timestamp,
    batch: Batch,
    mails: Vec<MailRecord>,
    report: Report,
}

impl Arrived {
    /// Adds what is new in a document whose last change so far is `known`.
    fn add(&mut self, arrival: Arrival, known: u64) {
        let Arrival { mut document, new } = arrival;
        if new.is_empty() {
            return;
        }
        let doc = document.id();
        self.batch.known.push((doc, known));
        self.report.documents += 1;
        self.report.changes += new.len();
        for (change, author) in new {
            self.batch.entries.push(Entry {
                seq: self.batch.entries.len() as u64 + 1,
                doc,
                hash: change.hash().0,
                bytes: change.raw_bytes().to_vec(),
                actor: change.actor_id().clone(),
                member: author,
                session: None,
                received_at: self.now,
            });
        }
        if let Some(row) = document.row() {
            let heads = document.heads().into_iter();
            self.batch.rows.push(RowEntry {
                doc,
                seq: self.batch.entries.len() as u64,
                heads: heads.map(|head| Hash::new(head.0)).collect(),
                row,
            });
        }
        let texts = document.texts().into_iter();
        self.batch.texts.extend(texts.map(|text| (doc, text)));
        // So that answers to mails of the bundle find their conversation.
        if let Some(header) = document.conversation().map(|view| &view.header) {
            let records = messages(&document).filter_map(|message| mail::record(header, message));
            self.mails.extend(records);
        }
    }
}

fn messages(document: &Document) -> impl Iterator<Item = &Interaction> {
    let items = document.conversation().into_iter();
    let items = items.flat_map(|view| view.of_kind(ItemKind::Interaction));
    items.filter_map(|item| match item {
        Item::Interaction(message) => Some(message),
        _ => None,
    })
}

fn load(doc: DocumentId, stored: &StoredDocument) -> Result<Document, Refusal> {
    let server = server_member()?.id;
    Document::load(doc, ActorId::from([0; 16]), &server, &stored.changes)
}

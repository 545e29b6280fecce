//! A bundle: one file with a workspace, or a part of it, and its full history
//! (spec B6). CBOR (RFC 8949), one map:
//!
//! `{format, version, workspace, members, documents: [{doc, changes, actors?}], blobs: [{sha256, bytes}]}`
//!
//! The changes are the raw Automerge changes, dependencies first, each with the
//! name of its author in it; so whoever takes a bundle in can check every one.
//! Where an actor names nobody, as those of other programs, `actors` says whose it is.
//! Lists are of indefinite length, so that a bundle can be written as it is
//! read, and is never in memory as a whole where it is made.

use std::collections::{BTreeMap, BTreeSet};

use automerge::{ActorId, Change};
use serde::{Deserialize, Serialize};
use serde_bytes::{ByteArray, ByteBuf};
use sha2::{Digest, Sha256};

use crate::document::Document;
use crate::error::{Code, Refusal};
use crate::guard::{self, Actors, Gate};
use crate::id::{DocumentId, MemberId, WorkspaceId};
use crate::limits;
use crate::model::Member;

/// What `format` says in every bundle.
pub const FORMAT: &str = "threadline-bundle";
/// The version this build writes and reads.
pub const VERSION: u8 = 1;

/// CBOR: a map of six pairs, the beginning of a list of indefinite length, and its end.
const MAP_OF_SIX: u8 = 0xa6;
const LIST: u8 = 0x9f;
const BREAK: u8 = 0xff;

/// A bundle in memory.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bundle {
    format: String,
    version: u8,
    /// The workspace it was made of.
    pub workspace: WorkspaceId,
    /// Who was on the team then.
    pub members: Vec<Member>,
    /// The documents.
    pub documents: Vec<BundledDocument>,
    /// Attachments and raw mails, where they were asked for.
    pub blobs: Vec<BundledBlob>,
}

/// A document's history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BundledDocument {
    /// The document.
    pub doc: DocumentId,
    /// Its raw changes, dependencies first, without its kind's first change.
    pub changes: Vec<ByteBuf>,
    /// Actors that name nobody in their first change, and whose they are: such
    /// are those of other Automerge programs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub actors: Vec<(ByteBuf, MemberId)>,
}

impl BundledDocument {
    /// A document from what storage has of it; `bound` says whose its actors are.
    pub fn new(doc: DocumentId, changes: Vec<Vec<u8>>, bound: Vec<(ActorId, MemberId)>) -> Self {
        let nameless: BTreeSet<ActorId> = changes
            .iter()
            .filter_map(|bytes| guard::contained(|| Change::from_bytes(bytes.clone()).ok())?)
            .filter(|change| change.seq() == 1 && change.extra_bytes().is_empty())
            .map(|change| change.actor_id().clone())
            .collect();
        let actors = bound
            .into_iter()
            .filter(|(actor, _)| nameless.contains(actor))
            .map(|(actor, member)| (ByteBuf::from(actor.to_bytes()), member));
        Self {
            doc,
            actors: actors.collect(),
            changes: changes.into_iter().map(ByteBuf::from).collect(),
        }
    }
}

/// The bytes of an attachment or of a raw mail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BundledBlob {
    /// Their SHA-256.
    pub sha256: ByteArray<32>,
    /// The bytes.
    pub bytes: ByteBuf,
}

/// Writes a bundle piece by piece: what each step returns follows what the
/// steps before returned.
#[derive(Debug)]
pub struct Writer {
    in_blobs: bool,
}

impl Writer {
    /// Begins a bundle.
    pub fn begin(workspace: &WorkspaceId, members: &[Member]) -> (Self, Vec<u8>) {
        let mut bytes = vec![MAP_OF_SIX];
        put(&mut bytes, &"format");
        put(&mut bytes, &FORMAT);
        put(&mut bytes, &"version");
        put(&mut bytes, &VERSION);
        put(&mut bytes, &"workspace");
        put(&mut bytes, workspace);
        put(&mut bytes, &"members");
        put(&mut bytes, &members);
        put(&mut bytes, &"documents");
        bytes.push(LIST);
        (Self { in_blobs: false }, bytes)
    }

    /// Adds a document. All documents come before the first blob.
    pub fn document(&mut self, document: &BundledDocument) -> Vec<u8> {
        debug_assert!(!self.in_blobs, "documents come first");
        let mut bytes = Vec::new();
        put(&mut bytes, document);
        bytes
    }

    /// Adds a blob.
    pub fn blob(&mut self, blob: &BundledBlob) -> Vec<u8> {
        let mut bytes = self.begin_blobs();
        put(&mut bytes, blob);
        bytes
    }

    /// Ends the bundle.
    pub fn end(mut self) -> Vec<u8> {
        let mut bytes = self.begin_blobs();
        bytes.push(BREAK);
        bytes
    }

    fn begin_blobs(&mut self) -> Vec<u8> {
        let mut bytes = Vec::new();
        if !std::mem::replace(&mut self.in_blobs, true) {
            bytes.push(BREAK);
            put(&mut bytes, &"blobs");
            bytes.push(LIST);
        }
        bytes
    }
}

fn put<T: Serialize + ?Sized>(bytes: &mut Vec<u8>, value: &T) {
    bytes.extend(crate::sync::frame::cbor(&value));
}

impl Bundle {
    /// Reads a bundle. Nothing in it is trusted yet but its shape and the
    /// hashes of its blobs, and that no document comes twice; see
    /// [`Arrival::check`] for the changes. Refused with `too_long`,
    /// `unknown_version` or `invalid`.
    pub fn decode(mut bytes: &[u8]) -> Result<Self, Refusal> {
        if bytes.len() > limits::BUNDLE_BYTES {
            return Err(Refusal::new(Code::TooLong, "The bundle is too large."));
        }
        let unreadable = || {
            let text = "This is no bundle, or it is cut off or damaged.";
            Refusal::new(Code::Invalid, text)
        };
        let bundle: Self = ciborium::from_reader(&mut bytes).map_err(|_| unreadable())?;
        if bundle.format != FORMAT || !bytes.is_empty() {
            return Err(unreadable());
        }
        if bundle.version != VERSION {
            let text = format!("This program reads bundles of version {VERSION}.");
            return Err(Refusal::new(Code::UnknownVersion, text).on("version"));
        }
        let mut documents = BTreeSet::new();
        let twice = |document: &&BundledDocument| !documents.insert(document.doc);
        if let Some(document) = bundle.documents.iter().find(twice) {
            let text = "A document is there twice.";
            return Err(Refusal::new(Code::Invalid, text).on(document.doc.to_string()));
        }
        let other = |blob: &&BundledBlob| *blob.sha256 != *Sha256::digest(&blob.bytes);
        if let Some(blob) = bundle.blobs.iter().find(other) {
            let name: String = blob
                .sha256
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect();
            let text = "An attachment is not what its name says.";
            return Err(Refusal::new(Code::Invalid, text).on(name));
        }
        Ok(bundle)
    }
}

/// A document that a bundle brings news of, and what is new.
#[derive(Debug)]
pub struct Arrival {
    /// The document with everything in it.
    pub document: Document,
    /// The changes that were not there before and their authors, dependencies first.
    pub new: Vec<(Change, MemberId)>,
}

impl Arrival {
    /// Checks a document's history against the document as it is here, whose
    /// actors belong to `bound`. Every change that is new must pass the guard
    /// in its author's name. What the author was allowed at that time nobody
    /// can tell any more, so an admin's rights count, or else a channel's. What an
    /// erasure wrote anew ([`crate::erasure`]) says in one name what many had done:
    /// the schema holds for it, and who made the bundle vouches for the rest.
    ///
    /// The refusal of the first change that does not pass has the document and
    /// the change's hash as its field. Automerge may panic on what no guard
    /// foresaw: run this where a panic is caught.
    pub fn check(
        document: Document,
        bound: &BTreeMap<ActorId, MemberId>,
        changes: &[ByteBuf],
    ) -> Result<Self, Refusal> {
        let mut arrival = Self {
            document,
            new: Vec::new(),
        };
        let mut actors = Actors::of(arrival.document.automerge(), bound);
        let mut rest = changes;
        while !rest.is_empty() {
            rest = arrival.take_in(&mut actors, bound, rest)?;
        }
        Ok(arrival)
    }

    /// Takes in as much as may be applied at once, and returns the rest.
    fn take_in<'a>(
        &mut self,
        actors: &mut Actors,
        bound: &BTreeMap<ActorId, MemberId>,
        changes: &'a [ByteBuf],
    ) -> Result<&'a [ByteBuf], Refusal> {
        let id = self.document.id();
        let on = |refusal: Refusal, hash: [u8; 32]| {
            refusal.on(format!("{id} {}", automerge::ChangeHash(hash)))
        };
        let mut gate = Gate::new(id, self.document.automerge(), actors);
        let mut passed = Vec::new();
        let mut rest = changes;
        while let ([chunk, others @ ..], false) = (rest, gate.is_full()) {
            rest = others;
            let incoming =
                guard::read(chunk).map_err(|rejected| on(rejected.refusal, rejected.hash))?;
            if !gate.has(&incoming) {
                let author = gate
                    .admit_as_author(&incoming)
                    .map_err(|refusal| on(refusal, incoming.hash()))?;
                let owner = bound.get(incoming.change().actor_id());
                if owner.is_some_and(|owner| *owner != author) {
                    let text = "The change's actor belongs to another member.";
                    let refusal = Refusal::new(Code::ForeignAuthor, text);
                    return Err(on(refusal, incoming.hash()));
                }
                passed.push((incoming.change().clone(), author));
            }
        }
        let marks = gate.into_marks();
        for (change, author) in &passed {
            actors.record(change, author);
        }
        let changes = passed.iter().map(|(change, _)| change.clone()).collect();
        self.document.apply(changes)?;
        let torn = |refusal: Refusal| refusal.on(id.to_string());
        marks.check(self.document.automerge()).map_err(torn)?;
        self.new.append(&mut passed);
        Ok(rest)
    }
}

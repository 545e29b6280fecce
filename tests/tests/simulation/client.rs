//! One member's browser: a replica and the storage that outlives it.

use std::collections::{BTreeMap, BTreeSet};

use automerge::ActorId;
use threadline_core::error::Code;
use threadline_core::id::{DocumentId, WorkspaceId};
use threadline_core::model::Member;
use threadline_core::replica::{Effect, PendingEntry, Refused, Replica, Saved, StoredRow};
use threadline_core::time::Timestamp;

use crate::rng::Rng;

/// What the browser keeps on disk.
#[derive(Default)]
struct Storage {
    chunks: BTreeMap<DocumentId, BTreeMap<String, Vec<u8>>>,
    outbox: BTreeMap<String, PendingEntry>,
    refused: BTreeMap<String, Refused>,
    rows: BTreeMap<DocumentId, StoredRow>,
    cursor: u64,
    epoch: String,
    member: Option<Member>,
    members: Vec<Member>,
}

/// What the browser sends, or does to its socket.
pub(crate) enum Wire {
    Send(Vec<u8>),
    Disconnect,
}

/// A member's browser.
pub(crate) struct Client {
    pub(crate) name: String,
    pub(crate) replica: Replica,
    /// The connection, as far as the browser knows.
    pub(crate) connection: Option<u64>,
    /// Hashes the server ever confirmed to this browser.
    pub(crate) confirmed: BTreeSet<String>,
    /// Commands that changed something and reached the disk.
    pub(crate) given: usize,
    pub(crate) complete: BTreeSet<DocumentId>,
    pub(crate) open: BTreeSet<DocumentId>,
    workspace: WorkspaceId,
    storage: Storage,
}

impl Client {
    pub(crate) fn new(name: &str, workspace: &WorkspaceId, rng: &mut Rng) -> Self {
        Self {
            name: name.to_owned(),
            replica: fresh(workspace, rng),
            connection: None,
            confirmed: BTreeSet::new(),
            given: 0,
            complete: BTreeSet::new(),
            open: BTreeSet::new(),
            workspace: workspace.clone(),
            storage: Storage::default(),
        }
    }

    /// The tab is closed and opened again.
    pub(crate) fn restart(&mut self, rng: &mut Rng) -> Vec<Wire> {
        self.connection = None;
        self.complete.clear();
        self.replica = fresh(&self.workspace, rng);
        let storage = &self.storage;
        let outbox: Vec<PendingEntry> = storage.outbox.values().cloned().collect();
        self.replica.restore(Saved {
            epoch: storage.epoch.clone(),
            cursor: storage.cursor,
            member: storage.member.clone(),
            members: storage.members.clone(),
            rows: storage.rows.values().cloned().collect(),
            outbox: outbox.clone(),
            refused: storage.refused.values().cloned().collect(),
        });
        self.replica.adopt(outbox);
        for doc in self.open.clone() {
            self.replica.open(doc);
        }
        self.settle()
    }

    pub(crate) fn want(&mut self, doc: DocumentId) -> Vec<Wire> {
        self.open.insert(doc);
        self.replica.open(doc);
        self.settle()
    }

    pub(crate) fn receive(&mut self, frame: &[u8], now: Timestamp) -> Vec<Wire> {
        if let Err(refusal) = self.replica.receive(frame, now) {
            // Presence may come before the server knows that we are there.
            assert_eq!(refusal.code, Code::NotLoaded, "{refusal}");
        }
        self.settle()
    }

    /// Does what the replica wants. Storage takes all effects of one call
    /// together, before anything is sent.
    pub(crate) fn settle(&mut self) -> Vec<Wire> {
        let mut wire = Vec::new();
        loop {
            let effects = self.replica.take_effects();
            if effects.is_empty() {
                return wire;
            }
            let mut rewriting = false;
            for effect in effects {
                match effect {
                    Effect::Send { frame } => wire.push(Wire::Send(frame.into_vec())),
                    Effect::Disconnect { .. } => wire.push(Wire::Disconnect),
                    Effect::Load { doc } => self.load(doc),
                    Effect::Complete { doc } => {
                        self.complete.insert(doc);
                    }
                    other => self.keep(other, &mut rewriting),
                }
            }
        }
    }

    /// The tab dies in the middle of something: whatever was to be kept or
    /// sent is neither.
    pub(crate) fn forget_effects(&mut self) {
        self.replica.take_effects();
    }

    fn load(&mut self, doc: DocumentId) {
        let kept = self.storage.chunks.get(&doc);
        let chunks: Vec<Vec<u8>> = kept
            .map(|chunks| chunks.values().cloned().collect())
            .unwrap_or_default();
        self.replica
            .load(doc, &chunks)
            .expect("what was stored loads");
    }

    fn keep(&mut self, effect: Effect, rewriting: &mut bool) {
        let storage = &mut self.storage;
        match effect {
            Effect::Store {
                doc,
                chunks,
                pending,
                ..
            } => {
                let kept = storage.chunks.entry(doc).or_default();
                kept.extend(chunks.into_iter().map(|it| (it.hash, it.bytes.into_vec())));
                if !*rewriting {
                    self.given += pending.len();
                }
                let pending = pending.into_iter();
                storage
                    .outbox
                    .extend(pending.map(|it| (it.hash.clone(), it)));
            }
            Effect::Acked { hashes, .. } => {
                for hash in hashes {
                    storage.outbox.remove(&hash);
                    self.confirmed.insert(hash);
                }
            }
            Effect::Remove { doc, hashes } => {
                *rewriting = true;
                for hash in hashes {
                    storage.outbox.remove(&hash);
                    storage.chunks.entry(doc).or_default().remove(&hash);
                }
            }
            Effect::Rows {
                rows,
                cursor,
                epoch,
            } => {
                storage
                    .rows
                    .extend(rows.into_iter().map(|row| (row.doc, row)));
                storage.cursor = cursor;
                storage.epoch = epoch;
            }
            Effect::Session {
                member,
                members,
                epoch,
            } => {
                storage.member = Some(member);
                storage.members = members;
                storage.epoch = epoch;
            }
            Effect::Refused { refused } => {
                storage.refused.insert(refused.id.clone(), refused);
            }
            Effect::Discarded { id } => {
                storage.refused.remove(&id);
            }
            _ => {}
        }
    }
}

fn fresh(workspace: &WorkspaceId, rng: &mut Rng) -> Replica {
    let actor = ActorId::from(rng.bytes());
    Replica::new(workspace.clone(), actor, Box::new(rng.fork()))
}

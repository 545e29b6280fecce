//! Commands that the server has not confirmed, in the order they were given.

use std::collections::BTreeMap;

use automerge::ChangeHash;

use super::effect::{PendingEntry, Waiting};
use crate::id::DocumentId;

/// One unconfirmed command.
#[derive(Clone, Debug)]
pub(super) struct Pending {
    pub(super) entry: PendingEntry,
    /// Whether this replica cares for it, rather than another tab's.
    pub(super) mine: bool,
}

/// The outbox of a replica.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    entries: BTreeMap<ChangeHash, Pending>,
    next_order: u32,
}

impl Outbox {
    pub(super) fn next_order(&mut self) -> u32 {
        self.next_order += 1;
        self.next_order
    }

    /// Takes an entry in; one that is there may become ours.
    pub(super) fn insert(&mut self, entry: PendingEntry, mine: bool) {
        let Ok(hash) = entry.hash.parse() else { return };
        self.next_order = self.next_order.max(entry.order);
        let known = self.entries.entry(hash).or_insert(Pending { entry, mine });
        known.mine |= mine;
    }

    pub(super) fn remove(&mut self, hash: &ChangeHash) -> Option<Pending> {
        self.entries.remove(hash)
    }

    /// Takes out everything that waits for a document, oldest first.
    pub(super) fn take(&mut self, doc: DocumentId) -> Vec<Pending> {
        let (gone, stay) = std::mem::take(&mut self.entries)
            .into_iter()
            .partition(|(_, pending)| pending.entry.doc == doc);
        self.entries = stay;
        let gone: BTreeMap<ChangeHash, Pending> = gone;
        let mut gone: Vec<Pending> = gone.into_values().collect();
        gone.sort_by_key(|pending| (pending.entry.at, pending.entry.order));
        gone
    }

    pub(super) fn get(&self, hash: &ChangeHash) -> Option<&Pending> {
        self.entries.get(hash)
    }

    pub(super) fn contains(&self, hash: &ChangeHash) -> bool {
        self.entries.contains_key(hash)
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether anything waits for a document.
    pub(super) fn waits_for(&self, doc: DocumentId) -> bool {
        self.entries
            .values()
            .any(|pending| pending.entry.doc == doc)
    }

    /// The documents that something waits for.
    pub(super) fn documents(&self) -> Vec<DocumentId> {
        let mut docs: Vec<_> = self
            .entries
            .values()
            .map(|pending| pending.entry.doc)
            .collect();
        docs.sort_unstable();
        docs.dedup();
        docs
    }

    /// All entries for showing, oldest first.
    pub(super) fn waiting(&self) -> Vec<Waiting> {
        let mut entries: Vec<_> = self
            .entries
            .values()
            .map(|pending| &pending.entry)
            .collect();
        entries.sort_by(|a, b| (a.at, &a.actor, a.order).cmp(&(b.at, &b.actor, b.order)));
        entries
            .into_iter()
            .map(|entry| Waiting {
                hash: entry.hash.clone(),
                doc: entry.doc,
                at: entry.at,
                command: entry.command.clone(),
            })
            .collect()
    }
}

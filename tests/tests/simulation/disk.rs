//! The database: what is in it survives every server.

use std::collections::BTreeMap;

use threadline_core::id::DocumentId;
use threadline_core::model::{Member, RowEntry};
use threadline_core::sync::hub::{
    AppendError, Appended, Batch, Entry, LogPage, Logged, StoredDocument,
};

/// The log of one workspace, and what is computed from it.
pub(crate) struct Disk {
    pub(crate) log: Vec<Entry>,
    pub(crate) rows: BTreeMap<DocumentId, RowEntry>,
    pub(crate) members: Vec<Member>,
    /// How many batches came too late, because somebody else had written.
    pub(crate) conflicts: usize,
}

impl Disk {
    pub(crate) fn new(members: Vec<Member>) -> Self {
        Self {
            log: Vec::new(),
            rows: BTreeMap::new(),
            members,
            conflicts: 0,
        }
    }

    /// The last sequence number.
    pub(crate) fn seq(&self) -> u64 {
        self.log.last().map_or(0, |entry| entry.seq)
    }

    pub(crate) fn append(&mut self, mut batch: Batch) -> Result<Appended, AppendError> {
        let moved = |(doc, known): &(DocumentId, u64)| {
            let later = |entry: &Entry| entry.doc == *doc && entry.seq > *known;
            self.log.iter().any(later)
        };
        if batch.known.iter().any(moved) {
            self.conflicts += 1;
            return Err(AppendError::Moved);
        }
        let owner = |entry: &Entry| (entry.actor.clone(), entry.member.clone());
        let actors = batch.foreign(&self.log.iter().map(owner).collect());
        if !actors.is_empty() {
            return Err(AppendError::Foreign { actors });
        }
        let last = self.seq();
        batch.place_after(last);
        for entry in batch.entries {
            assert_eq!(entry.seq, self.seq() + 1, "the sequence has no gaps");
            self.log.push(entry);
        }
        let rows = batch.rows.into_iter();
        self.rows.extend(rows.map(|row| (row.doc, row)));
        Ok(Appended { first: last + 1 })
    }

    pub(crate) fn load(&self, doc: DocumentId) -> Option<StoredDocument> {
        let entries: Vec<&Entry> = self.log.iter().filter(|entry| entry.doc == doc).collect();
        let seq = entries.last()?.seq;
        let actor = |entry: &&Entry| (entry.actor.clone(), entry.member.clone());
        Some(StoredDocument {
            changes: entries.iter().map(|entry| entry.bytes.clone()).collect(),
            seq,
            actors: entries.iter().map(actor).collect(),
        })
    }

    pub(crate) fn page(&self, after: u64, limit: usize) -> LogPage {
        let behind = self.log.iter().filter(|entry| entry.seq > after);
        let entries: Vec<Logged> = behind.clone().take(limit).map(Logged::from).collect();
        let cursor = entries.last().map_or(after, |entry| entry.seq);
        LogPage {
            complete: cursor == self.seq().max(after),
            rows: self.rows_between(after, cursor),
            entries,
            cursor,
        }
    }

    /// Rows in sequence order.
    pub(crate) fn rows_between(&self, after: u64, last: u64) -> Vec<RowEntry> {
        let mut rows: Vec<RowEntry> = self.rows.values().cloned().collect();
        rows.retain(|row| after < row.seq && row.seq <= last);
        rows.sort_by_key(|row| row.seq);
        rows
    }
}

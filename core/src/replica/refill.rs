//! A server that was restored from a backup (a new epoch): what it lacks is
//! brought to it. Every document that had a row is looked through, one after
//! the other; where it has more than the server's heads, everything behind them
//! is pushed, whoever wrote it. The rows' own heads would not do to tell which:
//! a tab may have been closed between an acknowledgement and its row.
//!
//! Until all is through, storage keeps the rows and the cursor of the epoch
//! before, so that a tab that is closed meanwhile begins again with the next
//! connection. Nothing new is pushed of a document that is not through, because
//! it may stand on what is lost. One that the server has set aside holds nobody
//! up: the others come first, and people work on.

use std::collections::BTreeSet;

use automerge::{Change, ChangeHash};

use super::effect::{Effect, StoredRow};
use super::session::unwire;
use super::{Replica, Slot, later};
use crate::error::Code;
use crate::id::DocumentId;
use crate::limits;
use crate::sync::frame::{Hash, Nack};
use crate::time::Timestamp;

/// How far the refilling of a restored server is.
#[derive(Debug)]
pub(super) struct Refill {
    /// The new epoch.
    epoch: String,
    /// The cursor in it.
    cursor: u64,
    /// Documents that are not looked through yet.
    owed: BTreeSet<DocumentId>,
    /// Those of them that the server has set aside, until they are asked for again.
    aside: BTreeSet<DocumentId>,
    /// Documents of which the server has something.
    there: BTreeSet<DocumentId>,
    /// Rows that storage has not got yet.
    moved: BTreeSet<DocumentId>,
    /// The document that is being brought.
    bringing: Option<Bringing>,
}

/// A document on its way.
#[derive(Debug)]
struct Bringing {
    doc: DocumentId,
    /// Whether it was opened only for this.
    opened: bool,
    /// What the server said it has, once it did.
    have: Option<Vec<ChangeHash>>,
    /// Changes that were pushed and not answered.
    waits: BTreeSet<ChangeHash>,
}

impl Replica {
    /// The server has a new epoch.
    pub(super) fn begin_refill(&mut self, epoch: String) {
        // One that was interrupted still owes what it owed.
        let mut owed = self.refill.take().map(|it| it.owed).unwrap_or_default();
        owed.extend(self.rows.docs());
        owed.extend(self.docs.keys());
        self.refill = Some(Refill {
            epoch,
            cursor: 0,
            owed,
            aside: BTreeSet::new(),
            there: BTreeSet::new(),
            moved: BTreeSet::new(),
            bringing: None,
        });
    }

    /// Whether something is brought that can be brought now.
    pub(super) fn is_refilling(&self) -> bool {
        let refill = self.refill.as_ref();
        refill.is_some_and(|refill| refill.owed.len() > refill.aside.len())
    }

    /// Whether the server may lack what something new in a document stands on.
    pub(super) fn is_owed(&self, doc: DocumentId) -> bool {
        let refill = self.refill.as_ref();
        refill.is_some_and(|refill| refill.owed.contains(&doc))
    }

    /// The server showed a row.
    pub(super) fn refill_row(&mut self, doc: DocumentId) {
        if let Some(refill) = &mut self.refill {
            refill.there.insert(doc);
        }
    }

    /// The server's cursor moved.
    pub(super) fn move_cursor(&mut self, cursor: u64) {
        let own = match &mut self.refill {
            Some(refill) => &mut refill.cursor,
            None => &mut self.cursor,
        };
        *own = cursor.max(*own);
    }

    /// Rows are to be kept by storage; in a refill not yet.
    pub(super) fn keep_rows(&mut self, rows: Vec<StoredRow>) {
        match &mut self.refill {
            Some(refill) => refill.moved.extend(rows.iter().map(|row| row.doc)),
            None => self.effects.push(Effect::Rows {
                rows,
                cursor: self.cursor,
                epoch: self.epoch.clone(),
            }),
        }
    }

    /// Brings the next document, or ends when there is none.
    pub(super) fn refill_on(&mut self) {
        let Some(refill) = &mut self.refill else {
            return;
        };
        if refill.bringing.is_some() {
            return;
        }
        let Some(doc) = refill.owed.difference(&refill.aside).next().copied() else {
            if refill.owed.is_empty() {
                self.end_refill();
            } else {
                self.note_state();
            }
            return;
        };
        refill.bringing = Some(Bringing {
            doc,
            opened: self.unwatched.remove(&doc) || !self.docs.contains_key(&doc),
            have: None,
            waits: BTreeSet::new(),
        });
        if self.want(doc) {
            self.refill_loaded(doc);
            self.open_on_server(doc);
        }
    }

    /// A document is in memory: it is through at once where the server has all
    /// of it. True: it is, and what waited for it was pushed.
    pub(super) fn refill_loaded(&mut self, doc: DocumentId) -> bool {
        let through = self.bringing(doc).is_some() && self.is_all_there(doc);
        if through {
            self.brought(doc);
        }
        through
    }

    /// Whether the server's row was made from all that a document here has, but
    /// for what waits in the outbox.
    fn is_all_there(&mut self, doc: DocumentId) -> bool {
        let there = self
            .refill
            .as_ref()
            .is_some_and(|it| it.there.contains(&doc));
        self.close_draft(doc);
        let row = self.rows.get(doc).filter(|_| there);
        let heads = row.map(|row| row.heads.iter().filter_map(|head| head.parse().ok()));
        let heads: Vec<ChangeHash> = heads.into_iter().flatten().collect();
        let Some(Slot::Ready(document)) = self.docs.get_mut(&doc) else {
            return false;
        };
        let more = document.changes_since(&heads);
        more.iter()
            .all(|change| self.outbox.contains(&change.hash()))
    }

    /// Somebody looks at a document: it stays when it is through.
    pub(super) fn refill_wanted(&mut self, doc: DocumentId) {
        if let Some(bringing) = self.bringing(doc) {
            bringing.opened = false;
        }
    }

    /// Nobody looks at a document any more. True: it is being brought, and stays
    /// for as long as that takes.
    pub(super) fn refill_unwanted(&mut self, doc: DocumentId) -> bool {
        let bringing = self.bringing(doc);
        bringing.map(|bringing| bringing.opened = true).is_some()
    }

    /// The server has set a document aside: the others come first.
    pub(super) fn refill_set_aside(&mut self, doc: DocumentId) {
        let Some(refill) = &mut self.refill else {
            return;
        };
        if let Some(bringing) = refill.bringing.take_if(|it| it.doc == doc) {
            refill.aside.insert(doc);
            if bringing.opened {
                self.close(doc);
            }
            self.refill_on();
        }
    }

    /// There is nothing of a document that could be brought, or no way to.
    /// True: nobody else wanted it here.
    pub(super) fn refill_lacks(&mut self, doc: DocumentId) -> bool {
        let Some(opened) = self.bringing(doc).map(|bringing| bringing.opened) else {
            return false;
        };
        self.brought(doc);
        opened
    }

    /// The server told all that it has of a document.
    pub(super) fn refill_heard(&mut self, doc: DocumentId, heads: &[Hash]) {
        if let Some(bringing) = self.bringing(doc) {
            let heads = heads.iter().map(unwire);
            bringing.have.get_or_insert_with(|| heads.collect());
            self.bring(doc);
        }
    }

    /// Pushes the next changes that the server lacks, as many as one push may
    /// have, and none before those before are answered.
    fn bring(&mut self, doc: DocumentId) {
        let Some(bringing) = self.bringing(doc) else {
            return;
        };
        let (Some(have), true) = (bringing.have.clone(), bringing.waits.is_empty()) else {
            return;
        };
        self.close_draft(doc);
        let Some(Slot::Ready(document)) = self.docs.get_mut(&doc) else {
            return self.brought(doc);
        };
        let mut next = document.changes_since(&have);
        // What waits in the outbox follows when all is through. Only what
        // something acknowledged stands on was stored before, whatever its own
        // acknowledgement came to.
        let mut stored = BTreeSet::new();
        for change in next.iter().rev() {
            if stored.contains(&change.hash()) || !self.outbox.contains(&change.hash()) {
                stored.insert(change.hash());
                stored.extend(change.deps());
            }
        }
        next.retain(|change| stored.contains(&change.hash()));
        next.truncate(limits::PUSH_CHANGES);
        if next.is_empty() {
            return self.brought(doc);
        }
        if let Some(bringing) = self.bringing(doc) {
            bringing.waits = next.iter().map(Change::hash).collect();
        }
        let next = next.iter().map(|change| change.raw_bytes().to_vec());
        self.send_changes(doc, next.collect());
    }

    /// The server has these changes.
    pub(super) fn refill_acked(&mut self, doc: DocumentId, hashes: &[ChangeHash]) {
        let Some(bringing) = self.bringing(doc) else {
            return;
        };
        for hash in hashes {
            bringing.waits.remove(hash);
        }
        if let Some(have) = &mut bringing.have {
            have.extend(hashes);
        }
        self.bring(doc);
    }

    /// The server does not take a change. True: it was one that was brought.
    pub(super) fn refill_nacked(&mut self, nack: &Nack, now: Timestamp) -> bool {
        let hash = unwire(&nack.hash);
        let bringing = self.bringing(nack.doc);
        if !bringing.is_some_and(|it| it.waits.remove(&hash)) {
            return false;
        }
        // All that it builds on is here and was brought before it: the server has
        // put that off.
        let early = nack.refusal.code == Code::MissingDependency
            && self.document(nack.doc).is_some_and(|it| it.has(&hash));
        let pause = early.then_some(later::BUSY_MS);
        if let Some(pause) = pause.or_else(|| later::pause(nack.refusal.code)) {
            self.later.push(nack.doc, now, pause);
            if nack.refusal.code == Code::Quarantined {
                self.refill_set_aside(nack.doc);
            }
        } else {
            // It is lost for everybody; where a command waits, its author is told.
            self.refuse(nack.doc, hash, &nack.refusal);
            self.bring(nack.doc);
        }
        true
    }

    /// Time has passed: tries again what the server could not take of a document.
    /// True: the server had set it aside, and it is its turn again.
    pub(super) fn refill_again(&mut self, doc: DocumentId) -> bool {
        let refill = self.refill.as_mut();
        let was_aside = refill.is_some_and(|refill| refill.aside.remove(&doc));
        if was_aside {
            self.refill_on();
        } else {
            self.bring(doc);
        }
        was_aside
    }

    fn bringing(&mut self, doc: DocumentId) -> Option<&mut Bringing> {
        let bringing = self.refill.as_mut()?.bringing.as_mut()?;
        (bringing.doc == doc).then_some(bringing)
    }

    /// A document is through.
    fn brought(&mut self, doc: DocumentId) {
        let document = self.document(doc);
        let held = document.is_some_and(|document| !document.changes_since(&[]).is_empty());
        let Some(refill) = &mut self.refill else {
            return;
        };
        refill.owed.remove(&doc);
        if held {
            refill.there.insert(doc);
        }
        if refill.bringing.take().is_some_and(|it| it.opened) {
            self.close(doc);
        }
        self.push_document(doc);
        self.refill_on();
    }

    /// All is through: rows of what neither the server nor anything here has are
    /// forgotten, and storage learns of the new epoch.
    fn end_refill(&mut self) {
        let Some(refill) = self.refill.take() else {
            return;
        };
        let mut gone = self.rows.docs();
        gone.retain(|doc| !refill.there.contains(doc) && !self.outbox.waits_for(*doc));
        for doc in &gone {
            self.rows.remove(*doc);
        }
        self.epoch = refill.epoch;
        self.cursor = refill.cursor;
        let moved = refill.moved.iter().filter_map(|doc| self.rows.get(*doc));
        self.effects.push(Effect::Rows {
            rows: moved.cloned().collect(),
            cursor: self.cursor,
            epoch: self.epoch.clone(),
        });
        if !gone.is_empty() {
            self.effects.push(Effect::Forget { docs: gone });
        }
        self.effects.push(Effect::RowsChanged);
        self.note_session();
        self.note_state();
    }
}

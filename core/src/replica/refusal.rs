//! A refusal of the server: the refused command leaves the document and stays
//! visible to its author; everything else stands.

use std::collections::BTreeSet;

use automerge::{ActorId, Change, ChangeHash};
use serde_bytes::ByteBuf;

use super::effect::{Chunk, Effect, PendingEntry, Refused};
use super::outbox::Outbox;
use super::transplant::Transplant;
use super::{Replica, Slot, hex};
use crate::command::Outcome;
use crate::document::Document;
use crate::error::{Code, Refusal};
use crate::guard::author_footer;
use crate::id::DocumentId;
use crate::time::Timestamp;

impl Replica {
    /// Takes a refused change of ours out of a document.
    pub(super) fn refuse(&mut self, doc: DocumentId, hash: ChangeHash, refusal: &Refusal) {
        self.rebuild(doc, &BTreeSet::from([hash]), Some(refusal));
    }

    /// Another tab learnt that these changes were refused or rewritten.
    pub fn retract(&mut self, doc: DocumentId, hashes: &[String]) {
        let named = hashes.iter().filter_map(|hash| hash.parse().ok());
        let mut gone: BTreeSet<ChangeHash> = named.collect();
        // What is gone already was told already; answering it again would
        // make two tabs talk for ever.
        gone.retain(|hash| self.outbox.contains(hash) || self.holds(doc, hash));
        if !gone.is_empty() {
            self.rebuild(doc, &gone, None);
        }
    }

    fn holds(&mut self, doc: DocumentId, hash: &ChangeHash) -> bool {
        self.close_draft(doc);
        self.document(doc)
            .is_some_and(|document| document.has(hash))
    }

    /// Builds a document again without `gone`. With a refusal, our own gone
    /// commands are shown as refused for that reason; without one, another
    /// tab cares for them.
    fn rebuild(&mut self, doc: DocumentId, gone: &BTreeSet<ChangeHash>, refusal: Option<&Refusal>) {
        self.close_draft(doc);
        let Ok(member) = self.writer_id() else { return };
        // A new actor: the old one's next sequence number is spoilt.
        let actor = ActorId::from(self.ids.next_id().into_bytes());
        let mut outcome = Rebuilt::default();
        if let Some(Slot::Ready(document)) = self.docs.get_mut(&doc) {
            let first = {
                let first = crate::document::genesis::changes(doc).unwrap_or_default();
                first.last().map_or(0, automerge::Change::max_op)
            };
            let mut plan = Transplant::new(actor.clone(), author_footer(&member), first);
            for change in document.changes_since(&[]) {
                outcome.sort(&mut plan, change, &self.outbox, gone, refusal);
            }
            let kept = outcome.kept.iter().map(Change::raw_bytes);
            // Every change came out of a document that had accepted it.
            if let Ok(mut document) = Document::load(doc, actor, &member, kept) {
                let rewritten = outcome.rewritten.iter().map(|(change, _)| change.clone());
                if document.apply(rewritten.collect()).is_err() {
                    let orphaned = std::mem::take(&mut outcome.rewritten).into_iter();
                    outcome
                        .refused
                        .extend(orphaned.map(|(_, entry)| built_on_refused(entry)));
                }
                self.docs.insert(doc, Slot::Ready(Box::new(document)));
            }
        }
        for hash in outcome.removed.iter().chain(gone) {
            self.outbox.remove(hash);
        }
        let mut removed = outcome.removed;
        if refusal.is_some() {
            removed.extend(gone);
        }
        if !removed.is_empty() {
            let hashes = hex(removed);
            self.effects.push(Effect::Remove { doc, hashes });
        }
        self.keep_rewritten(doc, outcome.rewritten);
        for refused in outcome.refused {
            self.refused.push(refused.clone());
            self.effects.push(Effect::Refused { refused });
        }
        self.refresh_row(doc, false);
        self.emit_reset(doc);
        self.note_state();
    }

    fn keep_rewritten(&mut self, doc: DocumentId, rewritten: Vec<(Change, PendingEntry)>) {
        if rewritten.is_empty() {
            return;
        }
        let mut chunks = Vec::new();
        let mut pending = Vec::new();
        let mut frames = Vec::new();
        for (change, entry) in rewritten {
            let entry = PendingEntry {
                hash: change.hash().to_string(),
                actor: self.actor.to_hex_string(),
                order: self.outbox.next_order(),
                ..entry
            };
            let bytes = change.raw_bytes().to_vec();
            self.outbox.insert(entry.clone(), true);
            chunks.push(Chunk {
                hash: entry.hash.clone(),
                bytes: ByteBuf::from(bytes.clone()),
            });
            pending.push(entry);
            frames.push(bytes);
        }
        self.effects.push(Effect::Store {
            doc,
            chunks,
            pending,
            local: true,
        });
        self.push(doc, frames);
    }

    /// The person whom a document was about was erased: nothing of it stays here.
    /// Commands that wait for it are shown as refused.
    pub(super) fn forget_erased(&mut self, doc: DocumentId, refusal: &Refusal) {
        self.close_draft(doc);
        let waited = self.outbox.take(doc);
        if !waited.is_empty() {
            let hashes = waited.iter().map(|it| it.entry.hash.clone()).collect();
            self.effects.push(Effect::Remove { doc, hashes });
        }
        for pending in waited {
            if pending.mine {
                let refused = show(pending.entry, refusal.clone());
                self.refused.push(refused.clone());
                self.effects.push(Effect::Refused { refused });
            }
        }
        self.docs.remove(&doc);
        self.unwatched.remove(&doc);
        self.rows.remove(doc);
        self.effects.push(Effect::Forget { docs: vec![doc] });
        self.effects.push(Effect::RowsChanged);
        self.note_state();
    }

    /// Gives a refused command again; it is settled if it passes here.
    pub fn retry(&mut self, id: &str, now: Timestamp) -> Result<Outcome, Refusal> {
        let refused = self
            .refused
            .iter()
            .find(|refused| refused.id == id)
            .cloned()
            .ok_or_else(|| Refusal::new(Code::NotFound, "There is no such refused command."))?;
        let outcome = self.apply(refused.command, now)?;
        self.discard(id);
        Ok(outcome)
    }

    /// Forgets a refused command.
    pub fn discard(&mut self, id: &str) {
        let before = self.refused.len();
        self.refused.retain(|refused| refused.id != id);
        if self.refused.len() != before {
            self.effects.push(Effect::Discarded { id: id.to_owned() });
            self.note_state();
        }
    }
}

/// What becomes of a document's changes after a refusal.
#[derive(Default)]
struct Rebuilt {
    /// Those that stand as they are.
    kept: Vec<Change>,
    /// Ours that stand in a new form.
    rewritten: Vec<(Change, PendingEntry)>,
    /// Ours whose old form is gone.
    removed: Vec<ChangeHash>,
    refused: Vec<Refused>,
}

impl Rebuilt {
    /// Sorts one change; they come dependencies first.
    fn sort(
        &mut self,
        plan: &mut Transplant,
        change: Change,
        outbox: &Outbox,
        gone: &BTreeSet<ChangeHash>,
        refusal: Option<&Refusal>,
    ) {
        let hash = change.hash();
        let mine = outbox.get(&hash).filter(|pending| pending.mine);
        if gone.contains(&hash) {
            plan.refuse(&change);
            if let (Some(pending), Some(refusal)) = (mine, refusal) {
                self.refused
                    .push(show(pending.entry.clone(), refusal.clone()));
            }
            return;
        }
        if !plan.is_affected(&change) {
            plan.keep(&change);
            self.kept.push(change);
            return;
        }
        let Some(pending) = mine else {
            // Another tab's work, which that tab rewrites and shows us again.
            plan.refuse(&change);
            return;
        };
        self.removed.push(hash);
        match plan.rewrite(&change) {
            Some(new) => self.rewritten.push((new, pending.entry.clone())),
            None => {
                plan.refuse(&change);
                self.refused.push(built_on_refused(pending.entry.clone()));
            }
        }
    }
}

fn built_on_refused(entry: PendingEntry) -> Refused {
    let text = "This was built on a change that was refused.";
    show(entry, Refusal::new(Code::DependsOnRefused, text))
}

fn show(entry: PendingEntry, refusal: Refusal) -> Refused {
    Refused {
        id: entry.hash,
        doc: entry.doc,
        at: entry.at,
        command: entry.command,
        refusal,
    }
}

//! A refusal of the server: the refused command leaves the document and stays
//! visible to its author; everything else stands.

use std::collections::BTreeSet;

use automerge::transaction::{CommitOptions, Transactable};
use automerge::{ActorId, AutoCommit, Change, ChangeHash};
use serde_bytes::ByteBuf;

use super::effect::{Chunk, Effect, PendingEntry, Refused};
use super::transplant::Transplant;
use super::{Replica, Slot, hex};
use crate::command::Outcome;
use crate::document::Document;
use crate::error::{Code, Refusal};
use crate::id::{DocumentId, MemberId};
use crate::time::Timestamp;

impl Replica {
    /// Takes a refused change of ours out of a document.
    pub(super) fn refuse(&mut self, doc: DocumentId, hash: ChangeHash, refusal: &Refusal) {
        self.rebuild(doc, &BTreeSet::from([hash]), Some(refusal));
    }

    /// Another tab learnt that these changes were refused or rewritten.
    pub fn retract(&mut self, doc: DocumentId, hashes: &[String]) {
        let hashes: BTreeSet<ChangeHash> =
            hashes.iter().filter_map(|hash| hash.parse().ok()).collect();
        self.rebuild(doc, &hashes, None);
    }

    /// Builds a document again without `gone`. With a refusal, our own gone
    /// commands are shown as refused for that reason.
    fn rebuild(&mut self, doc: DocumentId, gone: &BTreeSet<ChangeHash>, refusal: Option<&Refusal>) {
        if let Some(draft) = &self.draft {
            let at = draft.last_edit;
            self.commit(at);
        }
        let Some(Slot::Ready(document)) = self.docs.get_mut(&doc) else {
            for hash in gone {
                self.outbox.remove(hash);
            }
            self.note_state();
            return;
        };
        let changes = document.changes_since(&[]);
        let outbox = &self.outbox;
        let (pending, base): (Vec<Change>, Vec<Change>) = changes
            .into_iter()
            .partition(|change| gone.contains(&change.hash()) || outbox.contains(&change.hash()));
        let Ok(member) = self.writer_id() else { return };
        // A new actor: the old one's next sequence number is spoilt.
        let actor = ActorId::from(self.ids.next_id().into_bytes());
        let base_max = base.iter().map(Change::max_op).max().unwrap_or(0);
        let genesis_max = crate::document::genesis::change(doc).map_or(0, |first| first.max_op());
        let mut plan = Transplant::new(
            actor.clone(),
            author_footer(&member),
            base_max.max(genesis_max),
        );

        let mut removed: Vec<ChangeHash> = Vec::new();
        let mut standing: Vec<Change> = Vec::new();
        let mut rewritten: Vec<(Change, PendingEntry)> = Vec::new();
        let mut refused: Vec<Refused> = Vec::new();
        for change in pending {
            let hash = change.hash();
            let entry = self.outbox.get(&hash).cloned();
            if gone.contains(&hash) {
                plan.refuse(&change);
                removed.push(hash);
                if let (Some(pending), Some(refusal)) = (entry, refusal) {
                    refused.push(show(pending.entry, refusal.clone()));
                }
            } else if !plan.is_affected(&change) {
                plan.keep(&change);
                standing.push(change);
            } else {
                removed.push(hash);
                let Some(pending) = entry.filter(|pending| pending.mine) else {
                    plan.refuse(&change);
                    continue;
                };
                match plan.rewrite(&change) {
                    Some(new) => rewritten.push((new, pending.entry)),
                    None => {
                        plan.refuse(&change);
                        let text = "This was built on a change that was refused.";
                        refused.push(show(
                            pending.entry,
                            Refusal::new(Code::DependsOnRefused, text),
                        ));
                    }
                }
            }
        }

        let chunks = base.iter().chain(&standing).map(Change::raw_bytes);
        let rebuilt = Document::load(doc, actor, &member, chunks).and_then(|mut document| {
            document.apply(rewritten.iter().map(|(change, _)| change.clone()).collect())?;
            Ok(document)
        });
        // Every change came out of a document that had accepted it.
        let Ok(document) = rebuilt else { return };
        self.docs.insert(doc, Slot::Ready(Box::new(document)));
        for hash in &removed {
            self.outbox.remove(hash);
        }
        self.effects.push(Effect::Remove {
            doc,
            hashes: hex(removed),
        });
        self.keep_rewritten(doc, rewritten);
        for refused in refused {
            self.refused.push(refused.clone());
            self.effects.push(Effect::Refused { refused });
        }
        self.refresh_row(doc);
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

fn show(entry: PendingEntry, refusal: Refusal) -> Refused {
    Refused {
        id: entry.hash,
        doc: entry.doc,
        at: entry.at,
        command: entry.command,
        refusal,
    }
}

/// What marks a member as the author, as Automerge writes it into an actor's
/// first change.
fn author_footer(member: &MemberId) -> Vec<u8> {
    let author = automerge::Author::from(member.as_str().as_bytes().to_vec());
    let mut doc = AutoCommit::new().with_author(Some(author));
    doc.set_actor(ActorId::from([0_u8; 16]));
    if doc.put(automerge::ROOT, "author", true).is_err() {
        return Vec::new();
    }
    doc.commit_with(CommitOptions::default().with_time(0));
    doc.get_last_local_change()
        .map(|change| change.extra_bytes().to_vec())
        .unwrap_or_default()
}

//! What a device keeps, and what goes when there is not enough room. These
//! are answers; the edge around the replica carries them out.
//!
//! The working set of a member is what they work on: conversations that are
//! open, snoozed, starred or theirs, and the contacts those are with. What is
//! outside goes first, what was used longest ago before the rest. What
//! somebody looks at, what the server has not confirmed and what a restored one
//! may have lost never goes.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::Replica;
use crate::id::{DocumentId, MemberId};
use crate::limits;
use crate::model::{Assignee, ConversationRow, ConversationStatus};
use crate::time::Timestamp;

/// Which part of the budget is left free after something had to go, so that
/// not every further change makes something go.
const SLACK: u64 = 8;

/// A document as storage has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct KeptDocument {
    /// The document.
    pub doc: DocumentId,
    /// The sum of its chunks, in bytes.
    #[cfg_attr(feature = "typescript", tsify(type = "number"))]
    pub bytes: u64,
    /// When somebody last opened it or wrote in it.
    pub last_used: Timestamp,
}

/// The question which documents may go.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase", default)]
pub struct SpareQuery {
    /// All that is stored.
    pub stored: Vec<KeptDocument>,
    /// Bytes that may stay; [`limits::DEVICE_BYTES`] where none are named.
    #[cfg_attr(feature = "typescript", tsify(type = "number", optional))]
    pub budget: Option<u64>,
    /// What may not go: documents that some tab has open, or that storage
    /// knows unconfirmed changes of.
    pub needed: Vec<DocumentId>,
}

/// Which documents may go.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct Spare {
    /// Those to drop, which is all of them or none.
    pub documents: Vec<DocumentId>,
    /// Whether more may be fetched ahead: not where even the working set is
    /// too much, because what is fetched would push out what was. Whoever asks
    /// remembers a no: once something went, the rest fits, and the next answer
    /// says yes.
    pub room: bool,
}

/// What a document is worth to this device; the least goes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Worth {
    Other,
    WorkingSet,
    Needed,
}

impl Replica {
    /// Which documents may be dropped from storage, so that the rest fits.
    pub fn spare(&self, query: SpareQuery) -> Spare {
        let budget = query.budget.unwrap_or(limits::DEVICE_BYTES);
        if total(&query.stored) <= budget {
            return Spare {
                documents: Vec::new(),
                room: true,
            };
        }
        let needed: BTreeSet<DocumentId> = query.needed.into_iter().collect();
        let working = self.working_set();
        choose(query.stored, budget, |doc| {
            let unsent = self.outbox.waits_for(doc) || self.is_owed(doc);
            let ours = self.docs.contains_key(&doc) || unsent;
            if doc == DocumentId::Workspace || ours || needed.contains(&doc) {
                Worth::Needed
            } else if working.contains(&doc) {
                Worth::WorkingSet
            } else {
                Worth::Other
            }
        })
    }

    /// Rows that storage may drop when there is no room at all: conversations
    /// outside the working set, those that moved longest ago first.
    pub fn spare_rows(&self) -> Vec<DocumentId> {
        let member = self.member.as_ref().map(|member| &member.id);
        let mut old: Vec<&ConversationRow> = self
            .rows
            .conversations()
            .filter(|row| !is_worked_on(row, member))
            .filter(|row| !self.outbox.waits_for(row.id.into()))
            .collect();
        old.sort_by_key(|row| (row.at, row.id));
        old.into_iter().map(|row| row.id.into()).collect()
    }

    /// Documents to have here before anybody asks for them, the most wanted
    /// first: at most `limit` conversations of the working set, the member's
    /// own before the others and the latest first, each with its contact.
    pub fn ahead(&self, limit: usize) -> Vec<DocumentId> {
        let member = self.member.as_ref().map(|member| &member.id);
        let mut worked_on: Vec<&ConversationRow> = self.worked_on().collect();
        worked_on.sort_by_key(|row| Reverse((is_theirs(row, member), row.at, row.id)));
        worked_on
            .into_iter()
            .take(limit)
            .flat_map(with_contact)
            .collect()
    }

    fn working_set(&self) -> BTreeSet<DocumentId> {
        self.worked_on().flat_map(with_contact).collect()
    }

    fn worked_on(&self) -> impl Iterator<Item = &ConversationRow> {
        let member = self.member.as_ref().map(|member| &member.id);
        self.rows
            .conversations()
            .filter(move |row| is_worked_on(row, member))
    }
}

fn with_contact(row: &ConversationRow) -> impl Iterator<Item = DocumentId> {
    [Some(row.id.into()), row.contact.map(DocumentId::Contact)]
        .into_iter()
        .flatten()
}

fn is_worked_on(row: &ConversationRow, member: Option<&MemberId>) -> bool {
    let waits = row.status == ConversationStatus::Open || row.snoozed_until.is_some();
    waits || is_theirs(row, member)
}

/// Whether a member owns a conversation, starred it, or has something to do in it.
fn is_theirs(row: &ConversationRow, member: Option<&MemberId>) -> bool {
    let Some(member) = member else { return false };
    let has_task = row.tasks.iter().any(|task| {
        let assigned = matches!(&task.assignee, Some(Assignee::Member(id)) if id == member);
        assigned && !task.status.is_final()
    });
    row.owner.as_ref() == Some(member) || row.starred.contains(member) || has_task
}

fn total(stored: &[KeptDocument]) -> u64 {
    stored.iter().map(|kept| kept.bytes).sum()
}

/// Chooses what goes of more than fits, from the least worth on.
fn choose(stored: Vec<KeptDocument>, budget: u64, worth: impl Fn(DocumentId) -> Worth) -> Spare {
    let mut left = total(&stored);
    let target = budget - budget / SLACK;
    let mut ranked: Vec<(Worth, KeptDocument)> = stored
        .into_iter()
        .map(|kept| (worth(kept.doc), kept))
        .filter(|(worth, _)| *worth < Worth::Needed)
        .collect();
    ranked.sort_by_key(|(worth, kept)| (*worth, kept.last_used, kept.doc));
    let mut documents = Vec::new();
    let mut room = true;
    for (worth, kept) in ranked {
        if left <= target {
            break;
        }
        left -= kept.bytes;
        room &= worth == Worth::Other;
        documents.push(kept.doc);
    }
    Spare {
        documents,
        room: room && left <= budget,
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::id::ConversationId;

    fn doc(number: u8) -> DocumentId {
        ConversationId(Uuid::from_bytes([number; 16])).into()
    }

    /// Documents of ten bytes, numbered in the order in which they were used.
    fn stored(count: u8) -> Vec<KeptDocument> {
        let kept = |number| KeptDocument {
            doc: doc(number),
            bytes: 10,
            last_used: Timestamp::from_millis(i64::from(number)),
        };
        (1..=count).map(kept).collect()
    }

    #[track_caller]
    fn check(worths: &[Worth], budget: u64, goes: &[u8], room: bool) {
        let count = u8::try_from(worths.len()).unwrap();
        let worth = |asked| worths[(1..=count).position(|number| doc(number) == asked).unwrap()];
        let spare = choose(stored(count), budget, worth);
        let documents = goes.iter().copied().map(doc).collect();
        assert_eq!(spare, Spare { documents, room });
    }

    #[test]
    fn what_was_used_longest_ago_goes_first_and_leaves_some_slack() {
        use Worth::Other;
        check(&[Other; 5], 40, &[1, 2], true);
    }

    #[test]
    fn the_working_set_goes_last_and_then_nothing_is_fetched_ahead() {
        use Worth::{Other, WorkingSet};
        check(&[WorkingSet, Other, WorkingSet, Other], 24, &[2, 4], true);
        check(
            &[WorkingSet, Other, WorkingSet, WorkingSet],
            24,
            &[2, 1],
            false,
        );
    }

    #[test]
    fn what_is_needed_stays_even_where_it_does_not_fit() {
        use Worth::{Needed, Other};
        check(&[Needed, Needed, Needed, Other], 20, &[4], false);
    }
}

//! Numbers over a conversation's interactions, kept with every item that comes
//! or goes: a row must not cost the whole thread.

use std::collections::{BTreeMap, BTreeSet};

use super::view::{Place, place};
use crate::id::MemberId;
use crate::model::{DeliveryStatus, Direction, Interaction, Item};
use crate::time::Timestamp;

/// What a conversation's interactions come to.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Tally {
    /// Places of what came in by itself. A call that a member logged is not
    /// news to the team.
    inbound: BTreeSet<Place>,
    /// All interactions.
    interactions: usize,
    /// How many of them each member wrote.
    written: BTreeMap<MemberId, usize>,
    /// Marked as important and not deleted.
    important: usize,
    /// Came in and neither marked as unwanted nor deleted.
    wanted: usize,
    /// Could not be delivered.
    failed: usize,
}

impl Tally {
    pub(super) fn add(&mut self, item: &Item) {
        let Item::Interaction(it) = item else { return };
        self.interactions += 1;
        match &it.by {
            Some(by) => *self.written.entry(by.clone()).or_default() += 1,
            None if it.direction == Direction::In => {
                self.inbound.insert(place(item));
            }
            None => {}
        }
        for (count, counts) in self.marks(it) {
            *count += usize::from(counts);
        }
    }

    pub(super) fn remove(&mut self, item: &Item) {
        let Item::Interaction(it) = item else { return };
        self.interactions -= 1;
        self.inbound.remove(&place(item));
        if let Some(count) = it.by.as_ref().and_then(|by| self.written.get_mut(by)) {
            *count -= 1;
        }
        self.written.retain(|_, count| *count > 0);
        for (count, counts) in self.marks(it) {
            *count -= usize::from(counts);
        }
    }

    fn marks(&mut self, it: &Interaction) -> [(&mut usize, bool); 3] {
        let came = it.direction == Direction::In && it.by.is_none();
        let stands = it.deleted.is_none();
        [
            (&mut self.important, it.important && stands),
            (&mut self.wanted, came && stands && !it.spam),
            (
                &mut self.failed,
                it.status == Some(DeliveryStatus::Failed) && it.withdrawn.is_none(),
            ),
        ]
    }

    /// Interactions that `member` did not write. The set only grows, so a
    /// greater number than before says that something came, as heads would.
    pub(crate) fn others(&self, member: &MemberId) -> usize {
        self.interactions - self.written.get(member).copied().unwrap_or(0)
    }

    /// What came in by itself.
    pub(crate) fn inbound(&self) -> usize {
        self.inbound.len()
    }

    /// The place of the first that came in by itself.
    pub(crate) fn first_inbound(&self) -> Option<&Place> {
        self.inbound.first()
    }

    /// Times of what came in by itself, newest first.
    pub(crate) fn inbound_newest_first(&self) -> impl Iterator<Item = Timestamp> {
        self.inbound.iter().rev().map(|(at, ..)| *at)
    }

    /// Whether a message is marked as important.
    pub(crate) fn is_important(&self) -> bool {
        self.important > 0
    }

    /// Whether something came in, and all of it is unwanted.
    pub(crate) fn is_spam(&self) -> bool {
        self.wanted == 0 && !self.inbound.is_empty()
    }

    /// Messages that could not be delivered.
    pub(crate) fn failed(&self) -> usize {
        self.failed
    }
}

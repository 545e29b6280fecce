//! What changes put under the keys of maps, and what they replaced. The gate
//! checks a batch before any of it is in the document, so what stands under a
//! key is what the document has, and what the batch did to it.

use std::collections::{HashMap, HashSet};

use automerge::ScalarValue;
use automerge::legacy::OpId;

use super::place::Slot;

/// A value under a key.
#[derive(Clone)]
pub(super) struct Standing {
    /// The operation that put it there.
    pub(super) id: OpId,
    /// `None` for an object.
    pub(super) scalar: Option<ScalarValue>,
}

/// The puts of a change, or of all changes of a batch.
#[derive(Default)]
pub(super) struct Puts {
    under: HashMap<Slot, Vec<Standing>>,
    replaced: HashSet<OpId>,
}

impl Puts {
    /// Notes a value under a map's key.
    pub(super) fn put(&mut self, slot: Slot, value: Standing) {
        self.under.entry(slot).or_default().push(value);
    }

    /// Notes what an operation replaces or deletes.
    pub(super) fn replace<'a>(&mut self, ops: impl Iterator<Item = &'a OpId>) {
        self.replaced.extend(ops.cloned());
    }

    /// Adds those of a later change.
    pub(super) fn extend(&mut self, later: Puts) {
        for (slot, values) in later.under {
            self.under.entry(slot).or_default().extend(values);
        }
        self.replaced.extend(later.replaced);
    }

    /// All that was put under a key, replaced or not.
    pub(super) fn under(&self, slot: &Slot) -> &[Standing] {
        self.under.get(slot).map_or(&[], Vec::as_slice)
    }

    /// Whether an operation's value was replaced or deleted.
    pub(super) fn has_replaced(&self, op: &OpId) -> bool {
        self.replaced.contains(op)
    }
}

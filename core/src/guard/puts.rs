//! What changes put under the keys of maps, and what they replaced. The gate
//! checks a batch before any of it is in the document, so what stands under a
//! key is what the document has, and what the batch did to it.

use std::collections::HashMap;

use automerge::legacy::OpId;
use automerge::{ChangeHash, ScalarValue};

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
    /// By which changes each operation's value was replaced or deleted.
    replaced: HashMap<OpId, Vec<ChangeHash>>,
}

impl Puts {
    /// Notes a value under a map's key.
    pub(super) fn put(&mut self, slot: Slot, value: Standing) {
        self.under.entry(slot).or_default().push(value);
    }

    /// Notes what an operation of a change replaces or deletes under a key. What
    /// the same change put there, nobody ever sees.
    pub(super) fn replace<'a>(
        &mut self,
        slot: &Slot,
        ops: impl Iterator<Item = &'a OpId>,
        by: ChangeHash,
    ) {
        for op in ops {
            let own = self.under.get_mut(slot);
            let own = own.and_then(|own| Some((own.iter().position(|it| it.id == *op)?, own)));
            match own {
                Some((at, own)) => drop(own.remove(at)),
                None => self.replaced.entry(op.clone()).or_default().push(by),
            }
        }
    }

    /// Adds those of a later change.
    pub(super) fn extend(&mut self, later: Puts) {
        for (slot, values) in later.under {
            self.under.entry(slot).or_default().extend(values);
        }
        for (op, by) in later.replaced {
            self.replaced.entry(op).or_default().extend(by);
        }
    }

    /// What was put under a key, replaced by later changes or not.
    pub(super) fn under(&self, slot: &Slot) -> &[Standing] {
        self.under.get(slot).map_or(&[], Vec::as_slice)
    }

    /// The changes that replaced or deleted an operation's value.
    pub(super) fn replaced_by(&self, op: &OpId) -> &[ChangeHash] {
        self.replaced.get(op).map_or(&[], Vec::as_slice)
    }
}

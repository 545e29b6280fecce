//! What changes cost of what a session may push. The hub charges it, and the
//! adapter of automerge-repo waits by the same price: its peers bring all that
//! they have at once and know of no limits, so what it lets through is never
//! too much for the hub.

use crate::limits;

/// Operations of a change that cost as much as a further change: more than
/// nearly every command writes.
const OPS_PER_TOKEN: usize = 50;

/// What a change of so many operations costs.
pub(super) fn of_change(ops: usize) -> u64 {
    1 + of_work(ops)
}

/// What the operations that a change claims to hold cost beyond the change itself.
/// One that claims more than any may hold is refused before they are looked at.
pub(super) fn of_work(ops: usize) -> u64 {
    (ops.min(limits::CHANGE_OPS) / OPS_PER_TOKEN) as u64
}

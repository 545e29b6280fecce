//! After a refusal: what was built on the refused change is rewritten to stand
//! without it.
//!
//! Running the commands again would move text edits to wrong places, because
//! their positions are those of a moment that is gone. So the changes are
//! transplanted instead: the same operations under a new actor, with every
//! reference to a rewritten operation following it. What refers to something
//! that the refused change made cannot be kept; it is refused with it.

use std::collections::{BTreeMap, HashMap};
use std::num::NonZeroU64;

use automerge::legacy::{ElementId, Key, ObjectId, Op, OpId, OpType};
use automerge::{ActorId, Change, ChangeHash};

/// Rewrites the changes of one document after a refusal.
pub(super) struct Transplant {
    actor: ActorId,
    /// What marks the author, for the new actor's first change.
    author_footer: Vec<u8>,
    seq: u64,
    max_op: u64,
    moved: Vec<Moved>,
    /// What each operation of a refused change had replaced, which is there
    /// again now.
    uncovered: HashMap<OpId, Vec<OpId>>,
    /// What became of a change: its substitutes as a dependency.
    substitutes: BTreeMap<ChangeHash, Vec<ChangeHash>>,
}

/// Where a removed change's operations went; nowhere for a refused one.
struct Moved {
    actor: ActorId,
    start: u64,
    len: u64,
    to: Option<u64>,
}

impl Transplant {
    /// `max_op` is the highest operation counter of the document without any
    /// of the removed changes.
    pub(super) fn new(actor: ActorId, author_footer: Vec<u8>, max_op: u64) -> Self {
        Self {
            actor,
            author_footer,
            seq: 0,
            max_op,
            moved: Vec::new(),
            uncovered: HashMap::new(),
            substitutes: BTreeMap::new(),
        }
    }

    /// Takes a change out for good.
    pub(super) fn refuse(&mut self, change: &Change) {
        let deps = self.deps(change);
        self.substitutes.insert(change.hash(), deps);
        for (op, counter) in change
            .decode()
            .operations
            .iter()
            .zip(change.start_op().get()..)
        {
            let replaced = self.replaced(op);
            let id = OpId::new(counter, change.actor_id());
            self.uncovered.insert(id, replaced);
        }
        self.moved.push(Moved::of(change, None));
    }

    /// A change that stays as it is.
    pub(super) fn keep(&mut self, change: &Change) {
        self.max_op = self.max_op.max(change.max_op());
    }

    /// Whether a change depends on one that is no longer there.
    pub(super) fn is_affected(&self, change: &Change) -> bool {
        change
            .deps()
            .iter()
            .any(|dep| self.substitutes.contains_key(dep))
    }

    /// The change rewritten, or `None` if it cannot stand alone; then the
    /// caller refuses it too.
    pub(super) fn rewrite(&mut self, change: &Change) -> Option<Change> {
        let mut expanded = change.decode();
        let start = self.max_op + 1;
        let own = Moved::of(change, Some(start));
        let len = own.len;
        self.moved.push(own);
        let rewritten: Option<Vec<Op>> = expanded
            .operations
            .into_iter()
            .map(|op| self.rewrite_op(op))
            .collect();
        let Some(operations) = rewritten else {
            self.moved.pop();
            return None;
        };
        expanded.operations = operations;
        expanded.deps = self.deps(change);
        expanded.deps.sort_unstable();
        expanded.deps.dedup();
        expanded.actor_id = self.actor.clone();
        expanded.start_op = NonZeroU64::new(start)?;
        expanded.hash = None;
        self.seq += 1;
        expanded.seq = self.seq;
        expanded.extra_bytes = if self.seq == 1 {
            self.author_footer.clone()
        } else {
            Vec::new()
        };
        let rewritten = Change::from(expanded);
        self.max_op = start + len - 1;
        self.substitutes
            .insert(change.hash(), vec![rewritten.hash()]);
        Some(rewritten)
    }

    fn deps(&self, change: &Change) -> Vec<ChangeHash> {
        change
            .deps()
            .iter()
            .flat_map(|dep| {
                self.substitutes
                    .get(dep)
                    .cloned()
                    .unwrap_or_else(|| vec![*dep])
            })
            .collect()
    }

    fn rewrite_op(&self, mut op: Op) -> Option<Op> {
        if let ObjectId::Id(id) = &op.obj {
            op.obj = ObjectId::Id(self.rewrite_id(id)?);
        }
        if let Key::Seq(ElementId::Id(id)) = &op.key {
            op.key = Key::Seq(ElementId::Id(self.rewrite_id(id)?));
        }
        op.pred = self.replaced(&op).into_iter().collect();
        // Nothing is left to delete, and a deletion of nothing is no operation.
        let idle = matches!(op.action, OpType::Delete) && op.pred.is_empty();
        (!idle).then_some(op)
    }

    /// What an operation replaces now: in place of what a refused change had
    /// set, whatever that had replaced.
    fn replaced(&self, op: &Op) -> Vec<OpId> {
        op.pred
            .iter()
            .flat_map(|id| match self.uncovered.get(id) {
                Some(replaced) => replaced.clone(),
                None => self.rewrite_id(id).into_iter().collect(),
            })
            .collect()
    }

    /// Where an operation is now; `None` if it is gone.
    fn rewrite_id(&self, id: &OpId) -> Option<OpId> {
        let moved = self.moved.iter().rev().find(|moved| {
            moved.actor == *id.actor()
                && (moved.start..moved.start + moved.len).contains(&id.counter())
        });
        match moved {
            None => Some(id.clone()),
            Some(moved) => moved
                .to
                .map(|to| OpId::new(to + (id.counter() - moved.start), &self.actor)),
        }
    }
}

impl Moved {
    fn of(change: &Change, to: Option<u64>) -> Self {
        Self {
            actor: change.actor_id().clone(),
            start: change.start_op().get(),
            len: change.len() as u64,
            to,
        }
    }
}

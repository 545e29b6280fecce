//! What an operation refers to: the operations it replaces and the element it
//! stands after. Each must exist, be where the operation is, and be among what
//! its author had seen; Automerge takes all three on trust.

use std::collections::HashMap;

use automerge::legacy::{ElementId, Key, ObjectId, Op, OpId, OpType};
use automerge::{Automerge, Change, ChangeHash, Cursor, ObjType, ReadDoc, ScalarValue};

use super::causal::Past;
use super::contained;
use super::gate::Pending;
use super::place::{Slot, ex_id, ex_obj, op_id};
use super::puts::{Puts, Standing};
use crate::error::{Code, Refusal};

/// Old changes that one change may make the guard take apart. An ordinary
/// command replaces a handful of values.
const OLD_CHANGES: usize = 64;

/// The slots that a change may refer to.
pub(super) struct Slots<'a> {
    doc: &'a Automerge,
    pending: &'a Pending,
    past: &'a Past,
    own: HashMap<OpId, Slot>,
    /// What this change put under keys of maps.
    puts: Puts,
    old: HashMap<ChangeHash, HashMap<OpId, Slot>>,
}

impl<'a> Slots<'a> {
    pub(super) fn new(doc: &'a Automerge, pending: &'a Pending, past: &'a Past) -> Self {
        Self {
            doc,
            pending,
            past,
            own: HashMap::new(),
            puts: Puts::default(),
            old: HashMap::new(),
        }
    }

    /// Notes what an operation of this change did to its slot.
    pub(super) fn note(&mut self, id: OpId, op: &Op, slot: Slot) {
        if matches!(op.action, OpType::Increment(_)) {
            return;
        }
        if slot.key.is_map_key() {
            self.puts.replace(op.pred.iter());
        }
        let scalar = match &op.action {
            OpType::Delete => return,
            OpType::Put(value) => Some(value.clone()),
            _ => None,
        };
        if slot.key.is_map_key() {
            let id = id.clone();
            self.puts.put(slot.clone(), Standing { id, scalar });
        }
        self.own.insert(id, slot);
    }

    /// What stands under a map's key, seen by the author or not: in the
    /// document, as the batch and this change so far leave it.
    pub(super) fn standing(&self, slot: &Slot) -> Vec<Standing> {
        let Key::Map(key) = &slot.key else {
            return Vec::new();
        };
        let here = self.doc.get_all(ex_obj(&slot.obj), key.as_str());
        let here = here.unwrap_or_default().into_iter();
        let here = here.filter_map(|(value, id)| {
            let scalar = value.as_scalar().cloned();
            op_id(&id).map(|id| Standing { id, scalar })
        });
        let batch = [self.pending.puts(), &self.puts];
        let put = batch.iter().flat_map(|puts| puts.under(slot)).cloned();
        let stands = |value: &Standing| !batch.iter().any(|puts| puts.has_replaced(&value.id));
        here.chain(put).filter(stands).collect()
    }

    /// Whether anything stands under a map's key.
    pub(super) fn is_filled(&self, slot: &Slot) -> bool {
        !self.standing(slot).is_empty()
    }

    /// Whether a deletion takes all that stands under a map's key.
    pub(super) fn empties(&self, op: &Op, slot: &Slot) -> bool {
        self.is_filled(slot) && self.stays(op, slot).is_empty()
    }

    /// Whether a put is of the value that stands there, or of the first one.
    pub(super) fn agrees(&self, op: &Op, slot: &Slot) -> bool {
        let OpType::Put(value) = &op.action else {
            return false;
        };
        let same = |it: &Standing| it.scalar.as_ref() == Some(value);
        *value != ScalarValue::Null && self.standing(slot).iter().all(same)
    }

    /// The values that a deletion leaves behind. Putting the value that shows
    /// over a conflict is written as a deletion of the values beside it.
    pub(super) fn stays(&self, op: &Op, slot: &Slot) -> Vec<Standing> {
        let mut stays = self.standing(slot);
        stays.retain(|value| op.pred.iter().all(|deleted| *deleted != value.id));
        stays
    }

    /// Where the change's operations put things.
    pub(super) fn into_filled(self) -> (HashMap<OpId, Slot>, Puts) {
        (self.own, self.puts)
    }

    /// Checks what an operation refers to.
    pub(super) fn check_references(
        &mut self,
        id: &OpId,
        op: &Op,
        slot: &Slot,
    ) -> Result<(), Refusal> {
        if let Key::Seq(ElementId::Id(element)) = &op.key {
            let place = Slot {
                obj: op.obj.clone(),
                key: op.key.clone(),
            };
            self.check_filled(element, &place)?;
        } else if matches!((&op.key, op.insert), (Key::Seq(ElementId::Head), false)) {
            return Err(stray());
        }
        if op.insert && !op.pred.is_empty() {
            return Err(stray());
        }
        // A deletion is kept only as a mark on what it deletes.
        if op.action == OpType::Delete && op.pred.is_empty() {
            return Err(stray());
        }
        for pred in op.pred.iter() {
            if pred == id {
                return Err(stray());
            }
            self.check_filled(pred, slot)?;
        }
        Ok(())
    }

    /// Whether the author had seen a value under a map's key.
    pub(super) fn has_seen_any(&self, slot: &Slot) -> bool {
        let seen = |value: &Standing| self.has_seen(&value.id);
        self.standing(slot).iter().any(seen)
    }

    /// Checks that the author had seen an operation from before this change.
    pub(super) fn check_seen(&self, op: &OpId) -> Result<(), Refusal> {
        if self.has_seen(op) {
            Ok(())
        } else {
            Err(stray())
        }
    }

    /// Whether the author had seen an operation, or this change made it.
    pub(super) fn has_seen(&self, op: &OpId) -> bool {
        if self.own.contains_key(op) {
            return true;
        }
        match self.pending.slot(op) {
            Some((_, change)) => self.past.has_pending(change),
            None => self.past.has_op(self.doc, &ex_id(op)),
        }
    }

    /// Checks that an operation filled a slot, and that the author had seen it.
    fn check_filled(&mut self, op: &OpId, slot: &Slot) -> Result<(), Refusal> {
        let fits = match (self.own.get(op), self.pending.slot(op)) {
            (Some(own), _) => own == slot,
            (None, Some((filled, _))) => {
                self.check_seen(op)?;
                filled == slot
            }
            (None, None) => {
                self.check_seen(op)?;
                self.fills_now(op, slot) || self.filled_once(op, slot)?
            }
        };
        if fits { Ok(()) } else { Err(stray()) }
    }

    /// Whether what an operation put is visible in a slot, or is an element of
    /// a text. This is how nearly all references end.
    fn fills_now(&self, op: &OpId, slot: &Slot) -> bool {
        let (op, obj) = (ex_id(op), ex_obj(&slot.obj));
        match &slot.key {
            Key::Map(key) => self
                .doc
                .get_all(obj, key.as_str())
                .is_ok_and(|all| all.iter().any(|(_, id)| *id == op)),
            Key::Seq(ElementId::Id(element)) => {
                let name = format!("{}@{}", element.counter(), element.actor());
                let Ok(cursor) = Cursor::try_from(name) else {
                    return false;
                };
                // Automerge asserts that the element is of this sequence.
                let at = contained(|| self.doc.get_cursor_position(&obj, &cursor, None).ok());
                match (self.doc.object_type(&obj), at.flatten()) {
                    // Texts hold insertions only, so an operation in one is an
                    // element, and the slot of an element is its own.
                    (Ok(ObjType::Text), Some(_)) => op == ex_id(element),
                    (Ok(ObjType::List), Some(at)) => self
                        .doc
                        .get_all(obj, at)
                        .is_ok_and(|all| all.iter().any(|(_, id)| *id == op)),
                    _ => false,
                }
            }
            Key::Seq(ElementId::Head) => false,
        }
    }

    /// Whether an operation put something into a slot long ago, found in the
    /// change that holds it.
    fn filled_once(&mut self, op: &OpId, slot: &Slot) -> Result<bool, Refusal> {
        let hash = self.doc.hash_for_opid(&ex_id(op)).ok_or_else(stray)?;
        if !self.old.contains_key(&hash) {
            if self.old.len() >= OLD_CHANGES {
                let text = "The change replaces too much at once.";
                return Err(Refusal::new(Code::ChangeTooLarge, text));
            }
            let change = self.doc.get_change_by_hash(&hash).ok_or_else(stray)?;
            self.old.insert(hash, filled_by(&change));
        }
        let filled = self.old.get(&hash).and_then(|slots| slots.get(op));
        Ok(filled == Some(slot))
    }
}

fn filled_by(change: &Change) -> HashMap<OpId, Slot> {
    let start = change.start_op().get();
    let ops = change.decode().operations;
    (start..)
        .zip(ops)
        .filter(|(_, op)| !matches!(op.action, OpType::Delete | OpType::Increment(_)))
        .map(|(counter, op)| {
            let id = OpId::new(counter, change.actor_id());
            let key = match (op.key, op.insert) {
                (Key::Seq(_), true) => Key::Seq(ElementId::Id(id.clone())),
                (key, _) => key,
            };
            let obj: ObjectId = op.obj;
            (id, Slot { obj, key })
        })
        .collect()
}

fn stray() -> Refusal {
    let text = "The change refers to what is not there.";
    Refusal::new(Code::SchemaViolation, text)
}

//! What an operation refers to: the operations it replaces and the element it
//! stands after. Each must exist, be where the operation is, and be among what
//! its author had seen; Automerge takes all three on trust.

use std::collections::{HashMap, HashSet};

use automerge::legacy::{ElementId, Key, ObjectId, Op, OpId, OpType};
use automerge::{Automerge, Change, ChangeHash, Cursor, ObjId, ObjType, ReadDoc, ScalarValue};

use super::causal::Past;
use super::contained;
use super::gate::Pending;
use super::place::{Slot, ex_id, ex_obj};
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
    /// Keys of maps that this change put something under, and what of it is there still.
    keys: HashMap<Slot, HashSet<ObjId>>,
    /// What this change took from under keys of maps, by replacing or deleting it.
    gone: HashMap<ObjId, Slot>,
    old: HashMap<ChangeHash, HashMap<OpId, Slot>>,
}

impl<'a> Slots<'a> {
    pub(super) fn new(doc: &'a Automerge, pending: &'a Pending, past: &'a Past) -> Self {
        Self {
            doc,
            pending,
            past,
            own: HashMap::new(),
            keys: HashMap::new(),
            gone: HashMap::new(),
            old: HashMap::new(),
        }
    }

    /// Notes where an operation of this change put something.
    pub(super) fn fill(&mut self, id: OpId, slot: Slot) {
        if slot.key.is_map_key() {
            let there = self.keys.entry(slot.clone()).or_default();
            there.insert(ex_id(&id));
        }
        self.own.insert(id, slot);
    }

    /// Notes what an operation of this change takes from under a map's key.
    pub(super) fn take(&mut self, op: &Op, slot: &Slot) {
        if !slot.key.is_map_key() {
            return;
        }
        for taken in op.pred.iter().map(ex_id) {
            if let Some(there) = self.keys.get_mut(slot) {
                there.remove(&taken);
            }
            self.gone.insert(taken, slot.clone());
        }
    }

    /// Whether there is something under a map's key, seen by the author or not.
    pub(super) fn is_filled(&self, slot: &Slot) -> bool {
        let Key::Map(key) = &slot.key else {
            return false;
        };
        self.keys.contains_key(slot)
            || self.pending.fills(slot)
            || matches!(self.doc.get(ex_obj(&slot.obj), key.as_str()), Ok(Some(_)))
    }

    /// Whether a put is of the value that the document has there, or of the
    /// first one.
    pub(super) fn agrees(&self, op: &Op, slot: &Slot) -> bool {
        let (Key::Map(key), OpType::Put(value)) = (&slot.key, &op.action) else {
            return false;
        };
        match self.doc.get(ex_obj(&slot.obj), key.as_str()) {
            Ok(Some((here, _))) => here.as_scalar().is_some_and(|here| here == value),
            _ => *value != ScalarValue::Null,
        }
    }

    /// Whether a deletion leaves a value behind. Putting the value that shows
    /// over a conflict is written as a deletion of the values beside it.
    pub(super) fn settles(&self, op: &Op, slot: &Slot) -> bool {
        let Key::Map(key) = &slot.key else {
            return false;
        };
        // What was taken before, by this change or its batch, does not stay.
        let stays = |id: &ObjId| {
            let deleted = op.pred.iter().any(|pred| ex_id(pred) == *id);
            !deleted && !self.gone.contains_key(id) && !self.pending.took(id)
        };
        let here = self.doc.get_all(ex_obj(&slot.obj), key.as_str());
        here.is_ok_and(|all| all.iter().any(|(_, id)| stays(id)))
            || self.keys.get(slot).is_some_and(|all| all.iter().any(stays))
            || self
                .pending
                .put(slot)
                .is_some_and(|all| all.iter().any(stays))
    }

    /// Where the change's operations put things, and what they took from where.
    pub(super) fn into_parts(self) -> (HashMap<OpId, Slot>, HashMap<ObjId, Slot>) {
        (self.own, self.gone)
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

    /// Checks that the author had seen an operation from before this change.
    pub(super) fn check_seen(&self, op: &OpId) -> Result<(), Refusal> {
        let seen = match self.pending.slot(op) {
            Some((_, change)) => self.past.has_pending(change),
            None => self.past.has_op(self.doc, &ex_id(op)),
        };
        if seen { Ok(()) } else { Err(stray()) }
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

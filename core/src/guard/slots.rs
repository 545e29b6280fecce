//! What an operation refers to: the operations it replaces and the element it
//! stands after. Each must exist, be where the operation is, and be among what
//! its author had seen; Automerge takes all three on trust.

use std::collections::{HashMap, HashSet};

use automerge::legacy::{ElementId, Key, ObjectId, Op, OpId, OpType};
use automerge::{Automerge, Change, ChangeHash, ObjId, ObjType, ReadDoc, ScalarValue, Value};

use super::causal::Past;
use super::gate::Pending;
use super::place::{Slot, ex_id, ex_obj, op_id, position};
use super::puts::{Puts, Standing};
use crate::error::{Code, Refusal};
use crate::limits;

/// Old changes that one change may make the guard take apart. An ordinary
/// command replaces a handful of values.
const OLD_CHANGES: usize = 64;

/// Places in the past of its author that one change may make the guard look at.
/// An ordinary command deletes a value or two.
const OLD_PLACES: usize = 64;

/// Elements of one text that are looked for one by one, which takes as long as the
/// text is. Of a change that names more, the text is read once for all of them.
const SINGLE_ELEMENTS: usize = 16;

/// What a change has asked about the elements of a text.
#[derive(Default)]
struct Elements {
    /// How many were looked for one by one.
    sought: usize,
    /// What the author found there, once it was read.
    found: Option<HashSet<OpId>>,
}

/// The slots that a change may refer to.
pub(super) struct Slots<'a> {
    doc: &'a Automerge,
    pending: &'a Pending,
    past: &'a Past<'a>,
    /// The change itself.
    change: ChangeHash,
    own: HashMap<OpId, Slot>,
    /// What this change put under keys of maps.
    puts: Puts,
    old: HashMap<ChangeHash, HashMap<OpId, Slot>>,
    /// What the author found in the document, where it was looked at.
    found: HashMap<Slot, Vec<Standing>>,
    elements: HashMap<ObjectId, Elements>,
}

impl<'a> Slots<'a> {
    pub(super) fn new(
        doc: &'a Automerge,
        pending: &'a Pending,
        past: &'a Past<'a>,
        change: ChangeHash,
    ) -> Self {
        Self {
            doc,
            pending,
            past,
            change,
            own: HashMap::new(),
            puts: Puts::default(),
            old: HashMap::new(),
            found: HashMap::new(),
            elements: HashMap::new(),
        }
    }

    /// Notes what an operation of this change did to its slot.
    pub(super) fn note(&mut self, id: OpId, op: &Op, slot: Slot) {
        if matches!(op.action, OpType::Increment(_)) {
            return;
        }
        if slot.key.is_map_key() {
            self.puts.replace(&slot, op.pred.iter(), self.change);
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
        let here = here.unwrap_or_default();
        let batch = [self.pending.puts(), &self.puts];
        let put = batch.iter().flat_map(|puts| puts.under(slot)).cloned();
        let gone = |id: &OpId| batch.iter().any(|puts| !puts.replaced_by(id).is_empty());
        let all = here.into_iter().filter_map(standing).chain(put);
        all.filter(|value| !gone(&value.id)).collect()
    }

    /// What stood under a map's key for the author, as this change so far
    /// leaves it, the last one put last: that is the one that showed.
    fn known(&mut self, slot: &Slot) -> Result<Vec<Standing>, Refusal> {
        let mut known = self.found(slot)?;
        known.retain(|value| self.puts.replaced_by(&value.id).is_empty());
        known.extend_from_slice(self.puts.under(slot));
        Ok(known)
    }

    /// What the author found under a map's key, in the order it was put.
    fn found(&mut self, slot: &Slot) -> Result<Vec<Standing>, Refusal> {
        if let Some(found) = self.found.get(slot) {
            return Ok(found.clone());
        }
        if self.found.len() >= OLD_PLACES && !self.past.has_all() {
            return Err(too_much());
        }
        let Key::Map(key) = &slot.key else {
            return Ok(Vec::new());
        };
        let batch = self.pending.puts();
        let here = self.past.get_all(&ex_obj(&slot.obj), key);
        let mut found: Vec<Standing> = here.into_iter().filter_map(standing).collect();
        let put = batch.under(slot).iter();
        found.extend(put.filter(|value| self.has_seen(&value.id)).cloned());
        let seen = |by: &ChangeHash| self.past.has_pending(by);
        found.retain(|value| !batch.replaced_by(&value.id).iter().any(seen));
        found.sort_by(|one, other| one.id.cmp(&other.id));
        self.found.insert(slot.clone(), found.clone());
        Ok(found)
    }

    /// Whether anything stands under a map's key.
    pub(super) fn is_filled(&self, slot: &Slot) -> bool {
        !self.puts.under(slot).is_empty() || !self.standing(slot).is_empty()
    }

    /// Whether a deletion takes all that stands under a map's key.
    pub(super) fn empties(&self, op: &Op, slot: &Slot) -> bool {
        let standing = self.standing(slot);
        let goes = |value: &Standing| op.pred.iter().any(|deleted| *deleted == value.id);
        !standing.is_empty() && standing.iter().all(goes)
    }

    /// Whether more values would stand under a map's key than anybody can choose
    /// among: each was put by somebody who had not seen the others, or says so.
    fn is_crowded(&self, op: &Op, slot: &Slot) -> bool {
        // In what this change makes nobody else has put anything.
        let is_new = matches!(&slot.obj, ObjectId::Id(obj) if self.own.contains_key(obj));
        let beside = |value: &Standing| op.pred.iter().all(|pred| *pred != value.id);
        !is_new
            && slot.key.is_map_key()
            && self.standing(slot).into_iter().filter(beside).count() >= limits::VALUES
    }

    /// Whether a put is of the value that stands there, or of the first one.
    pub(super) fn agrees(&self, op: &Op, slot: &Slot) -> bool {
        let OpType::Put(value) = &op.action else {
            return false;
        };
        let same = |it: &Standing| it.scalar.as_ref() == Some(value);
        *value != ScalarValue::Null && self.standing(slot).iter().all(same)
    }

    /// The value that a deletion leaves showing to its author, whatever others
    /// did at the same time.
    pub(super) fn kept(&mut self, op: &Op, slot: &Slot) -> Result<Option<Standing>, Refusal> {
        let mut known = self.known(slot)?;
        known.retain(|value| op.pred.iter().all(|deleted| *deleted != value.id));
        Ok(known.pop())
    }

    /// Whether a deletion settles a conflict: putting the value that shows is
    /// written as a deletion of those beside it, and they are older. Whoever
    /// keeps to that never empties a field, whatever others do at the same time:
    /// the last value that was put is nobody's to delete.
    pub(super) fn settles(&mut self, op: &Op, slot: &Slot) -> Result<bool, Refusal> {
        let kept = self.kept(op, slot)?;
        Ok(kept.is_some_and(|kept| op.pred.iter().all(|deleted| *deleted < kept.id)))
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
        // A change replaces what it put itself: nothing else stands beside it.
        let beside = |own: &Standing| op.pred.iter().all(|pred| *pred != own.id);
        let puts = matches!(op.action, OpType::Put(_) | OpType::Make(_));
        if puts && self.puts.under(slot).iter().any(beside) {
            return Err(stray());
        }
        if puts && self.is_crowded(op, slot) {
            return Err(crowded());
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
            None => self.past.has_op(&ex_id(op)),
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
    fn fills_now(&mut self, op: &OpId, slot: &Slot) -> bool {
        let (id, obj) = (ex_id(op), ex_obj(&slot.obj));
        match &slot.key {
            Key::Map(key) => self
                .doc
                .get_all(obj, key.as_str())
                .is_ok_and(|all| all.iter().any(|(_, it)| *it == id)),
            Key::Seq(ElementId::Id(element)) => match self.doc.object_type(&obj) {
                // Texts hold insertions only, so an operation in one is an
                // element, and the slot of an element is its own.
                Ok(ObjType::Text) => op == element && self.is_element(&slot.obj, element),
                Ok(ObjType::List) => position(self.doc, &obj, element)
                    .and_then(|at| self.doc.get_all(obj, at).ok())
                    .is_some_and(|all| all.iter().any(|(_, it)| *it == id)),
                _ => false,
            },
            Key::Seq(ElementId::Head) => false,
        }
    }

    /// Whether an element is in a text. Of many, those that the author did not find
    /// there either are left to the changes that hold them.
    fn is_element(&mut self, text: &ObjectId, element: &OpId) -> bool {
        let obj = ex_obj(text);
        let asked = self.elements.entry(text.clone()).or_default();
        if asked.sought < SINGLE_ELEMENTS {
            asked.sought += 1;
            return position(self.doc, &obj, element).is_some();
        }
        let found = asked.found.get_or_insert_with(|| self.past.elements(&obj));
        found.contains(element)
    }

    /// Whether an operation put something into a slot long ago, found in the
    /// change that holds it.
    fn filled_once(&mut self, op: &OpId, slot: &Slot) -> Result<bool, Refusal> {
        let hash = self.doc.hash_for_opid(&ex_id(op)).ok_or_else(stray)?;
        if !self.old.contains_key(&hash) {
            if self.old.len() >= OLD_CHANGES {
                return Err(too_much());
            }
            let change = self.doc.get_change_by_hash(&hash).ok_or_else(stray)?;
            self.old.insert(hash, filled_by(&change));
        }
        let filled = self.old.get(&hash).and_then(|slots| slots.get(op));
        Ok(filled == Some(slot))
    }
}

/// A value as Automerge gives it.
fn standing((value, id): (Value<'_>, ObjId)) -> Option<Standing> {
    let scalar = value.as_scalar().cloned();
    op_id(&id).map(|id| Standing { id, scalar })
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

fn crowded() -> Refusal {
    let text = "Too many values were put there at the same time.";
    Refusal::new(Code::TooLong, text)
}

fn too_much() -> Refusal {
    let text = "The change replaces too much at once.";
    Refusal::new(Code::ChangeTooLarge, text)
}

fn stray() -> Refusal {
    let text = "The change refers to what is not there.";
    Refusal::new(Code::SchemaViolation, text)
}

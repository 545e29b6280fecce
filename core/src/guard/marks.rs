//! The marks of rich texts. A mark is two operations, one right after the other:
//! its beginning, and its end, which has the next number. Automerge takes that on
//! trust too, and then loads no saved document in which an end has no beginning
//! or stands before it.
//!
//! That both are there shows in the change. Which one comes first does not: they
//! stand after elements that may be deleted, or that came in the same batch. So it
//! is asked once the changes are in the document.

use std::num::NonZeroU64;

use automerge::legacy::{Change as Expanded, ElementId, Key, ObjectId, Op, OpId, OpType};
use automerge::{ActorId, Automerge, Change};

use super::contained;
use super::place::{ex_obj, position};
use crate::error::{Code, Refusal};

/// A mark, by its two operations and the elements that they stand after.
#[derive(Clone)]
pub(super) struct Mark {
    text: ObjectId,
    begin: OpId,
    end: OpId,
    begins_after: ElementId,
    ends_after: ElementId,
}

/// The operations of one change, one after the other, as far as they are marks.
#[derive(Default)]
pub(super) struct Pairs {
    /// The beginning that the last operation was.
    begun: Option<(OpId, ObjectId, ElementId)>,
    whole: Vec<Mark>,
}

impl Pairs {
    /// Takes the next operation: after a beginning it is the end of the same
    /// mark, and there is no end elsewhere.
    pub(super) fn take(&mut self, id: &OpId, op: &Op) -> Result<(), Refusal> {
        let begun = self.begun.take();
        match (&op.action, begun, &op.key) {
            (OpType::MarkBegin(_), None, Key::Seq(element)) if op.insert => {
                self.begun = Some((id.clone(), op.obj.clone(), element.clone()));
            }
            (OpType::MarkEnd(_), Some((begin, text, begins_after)), Key::Seq(element))
                if op.insert && op.obj == text =>
            {
                self.whole.push(Mark {
                    text,
                    begin,
                    end: id.clone(),
                    begins_after,
                    ends_after: element.clone(),
                });
            }
            (OpType::MarkBegin(_) | OpType::MarkEnd(_), ..) | (_, Some(_), _) => {
                return Err(torn());
            }
            (_, None, _) => {}
        }
        Ok(())
    }

    /// The marks of the change.
    pub(super) fn finish(self) -> Result<Vec<Mark>, Refusal> {
        match self.begun {
            None => Ok(self.whole),
            Some(_) => Err(torn()),
        }
    }
}

/// The marks of changes that passed a gate.
#[derive(Default)]
pub struct Marks(Vec<Mark>);

impl Marks {
    pub(super) fn extend(&mut self, marks: Vec<Mark>) {
        self.0.extend(marks);
    }

    /// Checks that each begins before it ends, in the document that has them now.
    /// One that refuses them must be loaded again without them.
    pub fn check(&self, doc: &Automerge) -> Result<(), Refusal> {
        let mut unclear = Vec::new();
        for mark in &self.0 {
            match mark.is_in_order(doc) {
                Some(true) => {}
                Some(false) => return Err(torn()),
                None => unclear.push(mark),
            }
        }
        if unclear.is_empty() || contained(|| are_in_order(doc, &unclear)) == Some(Some(true)) {
            Ok(())
        } else {
            Err(torn())
        }
    }
}

impl Mark {
    /// Whether it begins before it ends, as far as visible elements tell. What is
    /// inserted stands right after its element: before all that its author knew
    /// to follow, and an end that was inserted later before its own beginning,
    /// unless that is what it stands after.
    fn is_in_order(&self, doc: &Automerge) -> Option<bool> {
        let text = ex_obj(&self.text);
        let (from, to) = match (&self.begins_after, &self.ends_after) {
            (_, ElementId::Id(element)) if *element == self.begin => return Some(true),
            (_, ElementId::Head) => return Some(false),
            (ElementId::Head, _) => return Some(true),
            (ElementId::Id(from), ElementId::Id(to)) => (from, to),
        };
        let (from, to) = (position(doc, &text, from)?, position(doc, &text, to)?);
        (from != to).then_some(from < to)
    }
}

/// Whether marks begin before they end where nothing visible is between: tried by
/// inserting something after each end of them into a copy.
fn are_in_order(doc: &Automerge, marks: &[&Mark]) -> Option<bool> {
    let deps = doc.get_heads();
    let max_op = deps
        .iter()
        .filter_map(|head| doc.get_change_meta_by_hash(head));
    let start = max_op.map(|change| change.max_op).max()? + 1;
    // No client's actor is as short.
    let actor = ActorId::from(*b"probe");
    let probe = |(text, after): (&ObjectId, &OpId)| Op {
        action: OpType::Put("|".into()),
        obj: text.clone(),
        key: Key::Seq(ElementId::Id(after.clone())),
        pred: Vec::new().into(),
        insert: true,
    };
    let ends = marks
        .iter()
        .flat_map(|mark| [(&mark.text, &mark.begin), (&mark.text, &mark.end)]);
    let change = Expanded {
        operations: ends.map(probe).collect(),
        actor_id: actor.clone(),
        hash: None,
        seq: 1,
        start_op: NonZeroU64::new(start)?,
        time: 0,
        message: None,
        deps,
        extra_bytes: Vec::new(),
        author: None,
    };
    let mut copy = doc.clone();
    copy.apply_changes([Change::from(change)]).ok()?;
    for (mark, counter) in marks.iter().zip((start..).step_by(2)) {
        let text = ex_obj(&mark.text);
        let at = |counter| position(&copy, &text, &OpId::new(counter, &actor));
        if at(counter)? > at(counter + 1)? {
            return Some(false);
        }
    }
    Some(true)
}

fn torn() -> Refusal {
    let text = "The change has a mark without its beginning or its end.";
    Refusal::new(Code::SchemaViolation, text)
}

//! Whether a change owes the audit trail anything. Contacts got theirs with
//! version 2, so who made one offline before that could not tell it.

use automerge::legacy::{Key, ObjectId};
use automerge::{ObjId, ROOT, ReadDoc};

use super::gate::{Origin, Seen};
use super::place::{Place, Slot, op_id};
use super::slots::Slots;
use crate::error::{Code, Refusal};
use crate::model::Member;

/// Whether the author had the trail. Who had not may make a contact and go on
/// with it, in as many batches as it takes, as a program of the first version
/// does that comes back. That ends where anybody has told anything of the
/// contact: to leave the trail out then would be a way around it. Only history
/// that was taken in before is not asked, and an erasure writes the trail anew.
pub(super) fn is_owed(seen: Seen<'_>, slots: &Slots<'_>, member: &Member) -> Result<bool, Refusal> {
    let is_free = matches!(seen.root.place, Place::Free { .. });
    if is_free || seen.origin == Origin::Rewriting {
        return Ok(false);
    }
    let Ok(Some((_, trail))) = seen.doc.get(ROOT, "activities") else {
        return Ok(false);
    };
    if seen.past.has_op(&trail) {
        return Ok(true);
    }
    if seen.origin != Origin::Author
        || !is_told(seen, &trail) && !is_begun_by_others(seen, slots, member)
    {
        return Ok(false);
    }
    let text = "The contact has an audit trail that the change does not know of.";
    Err(Refusal::new(Code::SchemaViolation, text).on("activities"))
}

/// Whether the trail has an entry, in the document or from this batch.
fn is_told(seen: Seen<'_>, trail: &ObjId) -> bool {
    let new = op_id(trail).map_or(0, |id| seen.pending.grown(&ObjectId::Id(id)));
    seen.doc.length(trail) > 0 || new > 0
}

/// Whether a contact is there that somebody else made.
fn is_begun_by_others(seen: Seen<'_>, slots: &Slots<'_>, member: &Member) -> bool {
    let Ok(Some((_, profile))) = seen.doc.get(ROOT, "profile") else {
        return false;
    };
    let Some(profile) = op_id(&profile) else {
        return false;
    };
    let moment = Slot {
        obj: ObjectId::Id(profile),
        key: Key::Map("at".into()),
    };
    let begun = slots.standing(&moment);
    begun
        .iter()
        .any(|it| seen.maker(&it.id) != Some(&member.id))
}

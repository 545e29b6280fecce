//! Whether a change owes the audit trail anything. Contacts got theirs with
//! version 2, so who made one offline before that could not tell it.

use automerge::legacy::{Key, ObjectId};
use automerge::{ROOT, ReadDoc};

use super::gate::Seen;
use super::place::{Place, Slot, op_id};
use super::slots::Slots;
use crate::error::{Code, Refusal};
use crate::model::Member;

/// Whether the author had the trail. Who had not may make a contact and go on
/// with it in the same batch, as a program of the first version does that comes
/// back. Later nobody may: to leave the trail out of what one has seen would be
/// a way around it. Only history that was taken in before is not asked.
pub(super) fn is_owed(seen: Seen<'_>, slots: &Slots<'_>, member: &Member) -> Result<bool, Refusal> {
    if matches!(seen.root.place, Place::Free { .. }) {
        return Ok(false);
    }
    let trail = seen.doc.get(ROOT, "activities");
    if matches!(trail, Ok(Some((_, id))) if seen.past.has_op(&id)) {
        return Ok(true);
    }
    if seen.is_history || !begun_by_others(seen, slots, member) {
        return Ok(false);
    }
    let text = "The contact has an audit trail that the change does not know of.";
    Err(Refusal::new(Code::SchemaViolation, text).on("activities"))
}

/// Whether a contact is there, but for what this member made in this batch,
/// maybe in several sessions.
fn begun_by_others(seen: Seen<'_>, slots: &Slots<'_>, member: &Member) -> bool {
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
    slots
        .standing(&moment)
        .iter()
        .any(|it| seen.pending.slot(&it.id).is_none() || seen.maker(&it.id) != Some(&member.id))
}

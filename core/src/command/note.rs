//! Private notes: rich text that several teammates edit at once.

use super::Outcome;
use crate::document::{Writer, check_spans};
use crate::error::{Code, Refusal};
use crate::id::{InteractionId, NoteId};
use crate::model::{Item, ItemKind, Note, Role, Span, TextEdit};

fn note<'a>(w: &Writer<'a, '_>, id: NoteId) -> Result<&'a Note, Refusal> {
    match w.conversation()?.item(ItemKind::Note, id.0) {
        Some(Item::Note(note)) => Ok(note),
        _ => Err(Refusal::new(Code::NotFound, "There is no such note.").on("note")),
    }
}

fn living<'a>(w: &Writer<'a, '_>, id: NoteId) -> Result<&'a Note, Refusal> {
    let note = note(w, id)?;
    if note.deleted.is_some() {
        return Err(Refusal::new(Code::WrongState, "The note was deleted.").on("note"));
    }
    Ok(note)
}

pub(super) fn add(
    w: &mut Writer<'_, '_>,
    parent: Option<NoteId>,
    message: Option<InteractionId>,
    spans: &[Span],
) -> Result<Outcome, Refusal> {
    check_spans(spans)?;
    if let Some(parent) = parent {
        living(w, parent)?;
    }
    let messages = w.conversation()?;
    if let Some(id) = message
        && messages.item(ItemKind::Interaction, id.0).is_none()
    {
        return Err(Refusal::new(Code::NotFound, "There is no such message.").on("message"));
    }
    let id = w.new_id();
    let entry = w.begin_entry(ItemKind::Note, id)?;
    if let Some(message) = message {
        w.put(&entry, "message", message.to_string())?;
    }
    if let Some(parent) = parent {
        w.put(&entry, "parent", parent.to_string())?;
    }
    w.put_prose(&entry, "text", spans)?;
    w.log("add_note", Some((ItemKind::Note, id)), None)?;
    Ok(Outcome::made(id))
}

pub(super) fn edit(
    w: &mut Writer<'_, '_>,
    id: NoteId,
    edits: &[TextEdit],
) -> Result<Outcome, Refusal> {
    living(w, id)?;
    w.edit_note(id, edits)?;
    Ok(Outcome::default())
}

pub(super) fn delete(w: &mut Writer<'_, '_>, id: NoteId) -> Result<Outcome, Refusal> {
    living(w, id)?;
    let entry = w.entry(ItemKind::Note, id.0)?;
    w.put_stamp(&entry, "deleted")?;
    w.log("delete_note", Some((ItemKind::Note, id.0)), None)?;
    Ok(Outcome::default())
}

pub(super) fn restore(w: &mut Writer<'_, '_>, id: NoteId) -> Result<Outcome, Refusal> {
    w.require(Role::Admin, "Only an admin brings a deleted note back.")?;
    if note(w, id)?.deleted.is_none() {
        return Err(Refusal::new(Code::WrongState, "The note was not deleted.").on("note"));
    }
    let entry = w.entry(ItemKind::Note, id.0)?;
    w.delete(&entry, "deleted")?;
    w.log("restore_note", Some((ItemKind::Note, id.0)), None)?;
    Ok(Outcome::default())
}

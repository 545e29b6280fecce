//! Appointments: booked, moved, answered, held or not (spec F2.7).

use super::{AppointmentDraft, AppointmentField, Outcome, check};
use crate::document::{FieldChange, Writer};
use crate::error::{Code, Refusal};
use crate::id::AppointmentId;
use crate::limits;
use crate::model::{Answer, Appointment, AppointmentStatus, Guest, Item, ItemKind};

fn appointment<'a>(w: &Writer<'a, '_>, id: AppointmentId) -> Result<&'a Appointment, Refusal> {
    match w.conversation()?.item(ItemKind::Appointment, id.0) {
        Some(Item::Appointment(it)) => Ok(it),
        _ => Err(Refusal::new(Code::NotFound, "There is no such appointment.").on("appointment")),
    }
}

/// An appointment that is still to come; what took place or was cancelled is
/// scheduled again before anything else.
fn scheduled<'a>(w: &Writer<'a, '_>, id: AppointmentId) -> Result<&'a Appointment, Refusal> {
    let it = appointment(w, id)?;
    if it.status != AppointmentStatus::Scheduled {
        let text = "The appointment is not scheduled any more.";
        return Err(Refusal::new(Code::WrongState, text).on("appointment"));
    }
    Ok(it)
}

pub(super) fn book(w: &mut Writer<'_, '_>, draft: &AppointmentDraft) -> Result<Outcome, Refusal> {
    let title = check::line(&draft.title, "title")?;
    let place = check::optional_line(&draft.place, "place")?;
    let link = check::optional_url(&draft.link, "link")?;
    check::within(&draft.agenda, limits::PROSE_UNITS, "agenda")?;
    draft.when.check()?;
    if draft.attendees.len() > limits::ATTENDEES {
        return Err(Refusal::new(Code::TooLong, "There are too many attendees.").on("attendees"));
    }
    let id = w.new_id();
    let entry = w.begin_entry(ItemKind::Appointment, id)?;
    let organiser = draft.organiser.clone().unwrap_or_else(|| w.me());
    w.put(&entry, "title", title)?;
    w.put(&entry, "when", draft.when.to_string())?;
    w.put(&entry, "organiser", organiser.as_str())?;
    w.put(&entry, "place", place)?;
    w.put(&entry, "link", link)?;
    w.put_text(&entry, "agenda", &draft.agenda)?;
    w.put_text(&entry, "notes", "")?;
    w.put_word(&entry, "status", &AppointmentStatus::Scheduled)?;
    let attendees = w.put_map(&entry, "attendees")?;
    for who in &draft.attendees {
        w.put_word(&attendees, &who.to_string(), &Answer::NeedsAction)?;
    }
    w.log("book_appointment", Some((ItemKind::Appointment, id)), None)?;
    Ok(Outcome::made(id))
}

pub(super) fn set_field(
    w: &mut Writer<'_, '_>,
    id: AppointmentId,
    set: &AppointmentField,
) -> Result<Outcome, Refusal> {
    // Notes are written afterwards; all else is about what is to come.
    let old = match set {
        AppointmentField::Notes(_) => appointment(w, id)?,
        _ => scheduled(w, id)?,
    };
    let (field, from, to) = match set {
        AppointmentField::Title(text) => ("title", old.title.clone(), check::line(text, "title")?),
        AppointmentField::When(when) => {
            when.check()?;
            ("when", old.when.to_string(), when.to_string())
        }
        AppointmentField::Organiser(member) => {
            ("organiser", old.organiser.to_string(), member.to_string())
        }
        AppointmentField::Place(text) => (
            "place",
            old.place.clone(),
            check::optional_line(text, "place")?,
        ),
        AppointmentField::Link(text) => {
            ("link", old.link.clone(), check::optional_url(text, "link")?)
        }
        AppointmentField::Agenda(text) => return set_prose(w, id, "agenda", &old.agenda, text),
        AppointmentField::Notes(text) => return set_prose(w, id, "notes", &old.notes, text),
    };
    let moved = field == "when" && from != to;
    put_field(w, old, "set_appointment_field", field, from, to)?;
    if moved {
        let entry = w.entry(ItemKind::Appointment, id.0)?;
        let answers = w.child(&entry, "attendees")?;
        for attendee in &old.attendees {
            w.put_word(&answers, &attendee.who.to_string(), &Answer::NeedsAction)?;
        }
    }
    Ok(Outcome::default())
}

fn set_prose(
    w: &mut Writer<'_, '_>,
    id: AppointmentId,
    field: &str,
    old: &str,
    text: &str,
) -> Result<Outcome, Refusal> {
    check::within(text, limits::PROSE_UNITS, field)?;
    if old != text {
        let entry = w.entry(ItemKind::Appointment, id.0)?;
        w.update_text(&entry, field, text)?;
        let subject = Some((ItemKind::Appointment, id.0));
        let change = Some((field, String::new(), String::new()));
        w.log("set_appointment_field", subject, change)?;
    }
    Ok(Outcome::default())
}

/// Writes one field and its activity; nothing where it is equal and undisputed.
fn put_field(
    w: &mut Writer<'_, '_>,
    old: &Appointment,
    action: &str,
    field: &str,
    from: String,
    to: String,
) -> Result<(), Refusal> {
    let entry = w.entry(ItemKind::Appointment, old.id.0)?;
    w.set_field(FieldChange {
        entry: &entry,
        action,
        subject: Some((ItemKind::Appointment, old.id.0)),
        field,
        from,
        to: Some(to),
        disputed: old.conflicts.iter().any(|conflict| conflict.field == field),
    })
}

pub(super) fn set_status(
    w: &mut Writer<'_, '_>,
    id: AppointmentId,
    status: AppointmentStatus,
) -> Result<Outcome, Refusal> {
    let old = appointment(w, id)?;
    let disputed = old
        .conflicts
        .iter()
        .any(|conflict| conflict.field == "status");
    let from_scheduled = old.status == AppointmentStatus::Scheduled;
    let to_scheduled = status == AppointmentStatus::Scheduled;
    if !from_scheduled && !to_scheduled && old.status != status && !disputed {
        let text = "The appointment is scheduled again before anything else.";
        return Err(Refusal::new(Code::WrongState, text).on("status"));
    }
    let (from, to) = (Writer::word(&old.status), Writer::word(&status));
    put_field(w, old, "set_appointment_status", "status", from, to)?;
    Ok(Outcome::default())
}

pub(super) fn attend(
    w: &mut Writer<'_, '_>,
    id: AppointmentId,
    who: &Guest,
    add: bool,
) -> Result<Outcome, Refusal> {
    let old = scheduled(w, id)?;
    if old.attendees.iter().any(|one| one.who == *who) == add {
        return Ok(Outcome::default());
    }
    if add && old.attendees.len() >= limits::ATTENDEES {
        return Err(Refusal::new(Code::TooLong, "There are too many attendees.").on("who"));
    }
    let entry = w.entry(ItemKind::Appointment, id.0)?;
    let attendees = w.child(&entry, "attendees")?;
    let name = who.to_string();
    let (action, from, to) = if add {
        w.put_word(&attendees, &name, &Answer::NeedsAction)?;
        ("add_attendee", String::new(), name)
    } else {
        w.delete(&attendees, &name)?;
        ("remove_attendee", name, String::new())
    };
    let subject = Some((ItemKind::Appointment, id.0));
    w.log(action, subject, Some(("attendees", from, to)))?;
    Ok(Outcome::default())
}

pub(super) fn answer(
    w: &mut Writer<'_, '_>,
    id: AppointmentId,
    who: &Guest,
    answer: Answer,
) -> Result<Outcome, Refusal> {
    let old = scheduled(w, id)?;
    let Some(attendee) = old.attendees.iter().find(|one| one.who == *who) else {
        return Err(Refusal::new(Code::NotFound, "They are not asked to come.").on("who"));
    };
    if attendee.answer == answer {
        return Ok(Outcome::default());
    }
    let entry = w.entry(ItemKind::Appointment, id.0)?;
    let attendees = w.child(&entry, "attendees")?;
    w.put_word(&attendees, &who.to_string(), &answer)?;
    let value = |answer: &Answer| format!("{who} {}", Writer::word(answer));
    let change = Some(("answer", value(&attendee.answer), value(&answer)));
    let subject = Some((ItemKind::Appointment, id.0));
    w.log("answer_appointment", subject, change)?;
    Ok(Outcome::default())
}

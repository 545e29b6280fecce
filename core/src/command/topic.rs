//! Topics: the log of finished and running discussions (spec S4).

use uuid::Uuid;

use super::{Outcome, TaskDraft, TopicDraft, TopicField, check, task};
use crate::document::{FieldChange, Writer};
use crate::error::{Code, Refusal};
use crate::id::{InteractionId, TaskId, TopicId};
use crate::limits;
use crate::model::{Item, ItemKind, ListKind, Role, Topic, TopicOrigin, TopicStatus};
use crate::time::Timestamp;

/// What a topic is logged from.
#[derive(Clone, Copy)]
pub(super) enum Source {
    /// What its draft says.
    Draft,
    /// A finished task.
    Task(TaskId),
}

pub(super) fn create(
    w: &mut Writer<'_, '_>,
    draft: &TopicDraft,
    follow_up: Option<&TaskDraft>,
) -> Result<Outcome, Refusal> {
    let id = write(w, draft, Source::Draft)?;
    let task = task::follow_up(w, follow_up)?;
    Ok(Outcome {
        created: Some(id),
        topic: Some(TopicId(id)),
        task,
    })
}

fn topic<'a>(w: &Writer<'a, '_>, id: TopicId) -> Result<&'a Topic, Refusal> {
    match w.conversation()?.item(ItemKind::Topic, id.0) {
        Some(Item::Topic(topic)) => Ok(topic),
        _ => Err(Refusal::new(Code::NotFound, "There is no such topic.").on("topic")),
    }
}

fn message_time(
    w: &Writer<'_, '_>,
    id: Option<InteractionId>,
    field: &str,
) -> Result<Option<Timestamp>, Refusal> {
    let Some(id) = id else { return Ok(None) };
    match w.conversation()?.item(ItemKind::Interaction, id.0) {
        Some(Item::Interaction(message)) => Ok(Some(message.at)),
        _ => Err(Refusal::new(Code::NotFound, "There is no such message.").on(field)),
    }
}

/// Writes a new topic with its activity and returns its id.
pub(super) fn write(
    w: &mut Writer<'_, '_>,
    draft: &TopicDraft,
    source: Source,
) -> Result<Uuid, Refusal> {
    let subject = check::line(&draft.subject, "subject")?;
    let purpose = check::choice(w.workspace(), ListKind::Purposes, &draft.purpose, "purpose")?;
    let reference = check::optional_line(&draft.reference, "reference")?;
    check_origin(w, draft.origin, source)?;
    check::within(&draft.summary, limits::PROSE_UNITS, "summary")?;
    let first = message_time(w, draft.first_message, "firstMessage")?;
    let last = message_time(w, draft.last_message, "lastMessage")?;
    check_messages(first, last)?;
    let start = draft.start.or(first).unwrap_or(w.now());
    let end = draft.end.or(last);
    check::not_before(end, start)?;
    let id = w.new_id();
    let entry = w.begin_entry(ItemKind::Topic, id)?;
    let owner = draft.owner.clone().unwrap_or_else(|| w.me());
    w.put(&entry, "subject", subject)?;
    w.put(&entry, "purpose", purpose)?;
    w.put_text(&entry, "summary", &draft.summary)?;
    w.put_word(&entry, "status", &draft.status)?;
    w.put(&entry, "owner", owner.as_str())?;
    w.put_time(&entry, "start", start)?;
    if let Some(end) = end {
        w.put_time(&entry, "end", end)?;
    }
    if let Some(id) = draft.first_message {
        w.put(&entry, "firstMessage", id.to_string())?;
    }
    if let Some(id) = draft.last_message {
        w.put(&entry, "lastMessage", id.to_string())?;
    }
    if !reference.is_empty() {
        w.put(&entry, "reference", reference)?;
    }
    match source {
        Source::Draft => w.put_word(&entry, "origin", &draft.origin)?,
        Source::Task(task) => {
            w.put_word(&entry, "origin", &TopicOrigin::Task)?;
            w.put(&entry, "task", task.to_string())?;
        }
    }
    w.log("create_topic", Some((ItemKind::Topic, id)), None)?;
    Ok(id)
}

pub(super) fn set_status(
    w: &mut Writer<'_, '_>,
    id: TopicId,
    status: TopicStatus,
) -> Result<Outcome, Refusal> {
    let old = topic(w, id)?;
    let (from, to) = (Writer::word(&old.status), Writer::word(&status));
    put_field(w, old, "set_topic_status", "status", from, Some(to))?;
    Ok(Outcome::default())
}

pub(super) fn set_field(
    w: &mut Writer<'_, '_>,
    id: TopicId,
    set: &TopicField,
) -> Result<Outcome, Refusal> {
    let old = topic(w, id)?;
    let text = |id: Option<InteractionId>| id.map(|id| id.to_string());
    let (field, from, to) = match set {
        TopicField::Subject(line) => (
            "subject",
            old.subject.clone(),
            Some(check::line(line, "subject")?),
        ),
        TopicField::Purpose(word) => (
            "purpose",
            old.purpose.clone(),
            Some(check::choice(
                w.workspace(),
                ListKind::Purposes,
                word,
                "purpose",
            )?),
        ),
        TopicField::Summary(text) => return set_summary(w, old, text),
        TopicField::Owner(owner) => (
            "owner",
            old.owner
                .as_ref()
                .map(ToString::to_string)
                .unwrap_or_default(),
            owner.as_ref().map(ToString::to_string),
        ),
        TopicField::Start(start) => {
            check::not_before(old.end, *start)?;
            return set_time(w, old, "start", Some(old.start), Some(*start));
        }
        TopicField::End(end) => {
            check::not_before(*end, old.start)?;
            return set_time(w, old, "end", old.end, *end);
        }
        TopicField::FirstMessage(first) => {
            let at = message_time(w, *first, "firstMessage")?;
            check_messages(at, message_time(w, old.last_message, "lastMessage")?)?;
            (
                "firstMessage",
                text(old.first_message).unwrap_or_default(),
                text(*first),
            )
        }
        TopicField::LastMessage(last) => {
            let at = message_time(w, *last, "lastMessage")?;
            check_messages(message_time(w, old.first_message, "firstMessage")?, at)?;
            (
                "lastMessage",
                text(old.last_message).unwrap_or_default(),
                text(*last),
            )
        }
        TopicField::Reference(line) => (
            "reference",
            old.reference.clone(),
            Some(check::optional_line(line, "reference")?),
        ),
    };
    put_field(w, old, "set_topic_field", field, from, to)?;
    Ok(Outcome::default())
}

fn set_summary(w: &mut Writer<'_, '_>, old: &Topic, text: &str) -> Result<Outcome, Refusal> {
    check::within(text, limits::PROSE_UNITS, "summary")?;
    if old.summary != text {
        let entry = w.entry(ItemKind::Topic, old.id.0)?;
        w.update_text(&entry, "summary", text)?;
        let change = Some(("summary", String::new(), String::new()));
        w.log("set_topic_field", Some((ItemKind::Topic, old.id.0)), change)?;
    }
    Ok(Outcome::default())
}

fn set_time(
    w: &mut Writer<'_, '_>,
    old: &Topic,
    field: &str,
    from: Option<Timestamp>,
    to: Option<Timestamp>,
) -> Result<Outcome, Refusal> {
    let disputed = old.conflicts.iter().any(|conflict| conflict.field == field);
    if from == to && !disputed {
        return Ok(Outcome::default());
    }
    let entry = w.entry(ItemKind::Topic, old.id.0)?;
    match to {
        Some(at) => w.put_time(&entry, field, at)?,
        None => w.put_option(&entry, field, None)?,
    }
    let text = |at: Option<Timestamp>| at.map(|at| at.as_millis().to_string());
    let change = (
        field,
        text(from).unwrap_or_default(),
        text(to).unwrap_or_default(),
    );
    w.log(
        "set_topic_field",
        Some((ItemKind::Topic, old.id.0)),
        Some(change),
    )?;
    Ok(Outcome::default())
}

fn put_field(
    w: &mut Writer<'_, '_>,
    old: &Topic,
    action: &str,
    field: &str,
    from: String,
    to: Option<String>,
) -> Result<(), Refusal> {
    let entry = w.entry(ItemKind::Topic, old.id.0)?;
    w.set_field(FieldChange {
        entry: &entry,
        action,
        subject: Some((ItemKind::Topic, old.id.0)),
        field,
        from,
        to,
        disputed: old.conflicts.iter().any(|conflict| conflict.field == field),
    })
}

fn check_messages(first: Option<Timestamp>, last: Option<Timestamp>) -> Result<(), Refusal> {
    if first.zip(last).is_some_and(|(first, last)| first > last) {
        let text = "The first message is not after the last.";
        return Err(Refusal::new(Code::Invalid, text).on("lastMessage"));
    }
    Ok(())
}

/// A finished task logs itself, and only an automation says that it is one.
fn check_origin(w: &Writer<'_, '_>, origin: TopicOrigin, source: Source) -> Result<(), Refusal> {
    let fits = match origin {
        TopicOrigin::Manual | TopicOrigin::Email | TopicOrigin::Ticket => true,
        TopicOrigin::Task => matches!(source, Source::Task(_)),
        TopicOrigin::Flow => w.member().role == Role::Service,
    };
    if fits {
        Ok(())
    } else {
        Err(Refusal::new(Code::Invalid, "A topic is not logged from that by hand.").on("origin"))
    }
}

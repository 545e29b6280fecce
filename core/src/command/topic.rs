//! Topics: the log of finished and running discussions (spec S4).

use uuid::Uuid;

use super::{Outcome, TopicDraft, check};
use crate::document::Writer;
use crate::error::{Code, Refusal};
use crate::id::{InteractionId, TaskId, TopicId};
use crate::limits;
use crate::model::{Item, ItemKind, TopicOrigin, TopicStatus};
use crate::time::Timestamp;

/// What a topic is logged from.
#[derive(Clone, Copy)]
pub(super) enum Source {
    /// By hand.
    Manual,
    /// A finished task.
    Task(TaskId),
}

pub(super) fn create(w: &mut Writer<'_, '_>, draft: &TopicDraft) -> Result<Outcome, Refusal> {
    let id = write(w, draft, Source::Manual)?;
    Ok(Outcome {
        created: Some(id),
        topic: Some(TopicId(id)),
    })
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
    let purpose = check::list_word(&draft.purpose, "purpose")?;
    check::within(&draft.summary, limits::PROSE_UNITS, "summary")?;
    let first = message_time(w, draft.first_message, "firstMessage")?;
    let last = message_time(w, draft.last_message, "lastMessage")?;
    if first.zip(last).is_some_and(|(first, last)| first > last) {
        let text = "The first message is not after the last.";
        return Err(Refusal::new(Code::Invalid, text).on("lastMessage"));
    }
    let start = draft.start.or(first).unwrap_or(w.now());
    let end = draft.end.or(last);
    if end.is_some_and(|end| end < start) {
        return Err(Refusal::new(Code::Invalid, "The end is not before the start.").on("end"));
    }
    let id = w.new_id();
    let entry = w.add_entry(ItemKind::Topic, id)?;
    let (me, now) = (w.me(), w.now());
    w.put(&entry, "by", me.as_str())?;
    w.put_time(&entry, "at", now)?;
    w.put(&entry, "subject", subject)?;
    w.put(&entry, "purpose", purpose)?;
    w.put_text(&entry, "summary", &draft.summary)?;
    w.put_word(&entry, "status", &draft.status)?;
    w.put(&entry, "owner", me.as_str())?;
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
    match source {
        Source::Manual => w.put_word(&entry, "origin", &TopicOrigin::Manual)?,
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
    let Some(Item::Topic(old)) = w.conversation()?.item(ItemKind::Topic, id.0) else {
        return Err(Refusal::new(Code::NotFound, "There is no such topic.").on("topic"));
    };
    let disputed = old
        .conflicts
        .iter()
        .any(|conflict| conflict.field == "status");
    if old.status == status && !disputed {
        return Ok(Outcome::default());
    }
    let entry = w.entry(ItemKind::Topic, id.0)?;
    let (from, to) = (Writer::word(&old.status), Writer::word(&status));
    w.put(&entry, "status", to.as_str())?;
    w.log(
        "set_topic_status",
        Some((ItemKind::Topic, id.0)),
        Some(("status", from, to)),
    )?;
    Ok(Outcome::default())
}

//! Begins, closes, reopens and assigns conversations.

use automerge::ScalarValue;

use super::{ConversationCommand, Outcome, check};
use crate::document::Writer;
use crate::error::{Code, Refusal};
use crate::id::{ContactId, ConversationId};
use crate::limits;
use crate::model::{ConversationHeader, ConversationStatus};

pub(super) fn start(
    w: &mut Writer<'_, '_>,
    contact: ContactId,
    ordinal: u32,
    subject: &str,
) -> Result<Outcome, Refusal> {
    let header = &w.conversation()?.header;
    if header.contact.is_some() {
        return Err(Refusal::new(
            Code::WrongState,
            "The conversation has begun.",
        ));
    }
    if header.id != ConversationId::of_contact(contact, ordinal) {
        let text = "A conversation's id follows from its contact and ordinal.";
        return Err(Refusal::new(Code::Invalid, text).on("conversation"));
    }
    let subject = check::optional_line(subject, "subject")?;
    let (about, state, now) = (w.root("about")?, w.root("state")?, w.now());
    w.put(&about, "contact", contact.to_string())?;
    w.put(&about, "ordinal", i64::from(ordinal))?;
    w.put_time(&about, "at", now)?;
    w.put(&state, "status", "open")?;
    w.put(&state, "subject", subject)?;
    w.log("start_conversation", None, None)?;
    Ok(Outcome::default())
}

pub(super) fn close(w: &mut Writer<'_, '_>) -> Result<Outcome, Refusal> {
    let view = w.conversation()?;
    let disputed = is_disputed(&view.header, "status");
    if view.header.status == ConversationStatus::Closed && !disputed {
        return Err(Refusal::new(
            Code::WrongState,
            "The conversation is closed.",
        ));
    }
    let last_seen = view.newest_first().find_map(|item| match item {
        crate::model::Item::Interaction(it) => Some(it.id),
        _ => None,
    });
    let inbound = i64::try_from(view.inbound_count()).unwrap_or(i64::MAX);
    let (state, me, now) = (w.root("state")?, w.me(), w.now());
    // Written even where the stored word is `closed`: an unseen message may
    // have reopened it without a change.
    w.put(&state, "status", "closed")?;
    let closed = w.put_map(&state, "closed")?;
    w.put(&closed, "by", me.as_str())?;
    w.put_time(&closed, "at", now)?;
    w.put(&closed, "inboundSeen", inbound)?;
    if let Some(id) = last_seen {
        w.put(&closed, "lastSeen", id.to_string())?;
    }
    w.log(
        "close_conversation",
        None,
        Some(("status", "open".into(), "closed".into())),
    )?;
    Ok(Outcome::default())
}

pub(super) fn reopen(w: &mut Writer<'_, '_>) -> Result<Outcome, Refusal> {
    let header = &w.conversation()?.header;
    if header.status == ConversationStatus::Open && !is_disputed(header, "status") {
        return Err(Refusal::new(Code::WrongState, "The conversation is open."));
    }
    let state = w.root("state")?;
    w.put(&state, "status", "open")?;
    w.log(
        "reopen_conversation",
        None,
        Some(("status", "closed".into(), "open".into())),
    )?;
    Ok(Outcome::default())
}

/// Whether several members set a field at once and nobody settled it. Setting
/// it to what shows settles it, so it is not refused as already so.
fn is_disputed(header: &ConversationHeader, field: &str) -> bool {
    header
        .conflicts
        .iter()
        .any(|conflict| conflict.field == field)
}

/// Sets one field of the state and logs it.
pub(super) fn set(
    w: &mut Writer<'_, '_>,
    command: &ConversationCommand,
    field: &'static str,
    from: String,
    to: Option<String>,
) -> Result<Outcome, Refusal> {
    let state = w.root("state")?;
    let settles = is_disputed(&w.conversation()?.header, field);
    let to_text = to.clone().unwrap_or_default();
    if from == to_text && !settles {
        return Ok(Outcome::default());
    }
    w.put_option(&state, field, to)?;
    w.log(command.name(), None, Some((field, from, to_text)))?;
    Ok(Outcome::default())
}

pub(super) fn tag(w: &mut Writer<'_, '_>, tag: &str, add: bool) -> Result<Outcome, Refusal> {
    let tag = check::line(tag, "tag")?;
    let tags = &w.conversation()?.header.tags;
    if tags.contains(&tag) == add {
        return Ok(Outcome::default());
    }
    if add && tags.len() >= limits::TAGS {
        return Err(Refusal::new(Code::TooLong, "There are too many tags.").on("tag"));
    }
    let table = w.root("tags")?;
    let (action, from, to) = if add {
        w.put(&table, &tag, ScalarValue::Boolean(true))?;
        ("add_tag", String::new(), tag)
    } else {
        w.delete(&table, &tag)?;
        ("remove_tag", tag, String::new())
    };
    w.log(action, None, Some(("tags", from, to)))?;
    Ok(Outcome::default())
}

/// Read markers are the member's own business and are not logged.
pub(super) fn mark_read(
    w: &mut Writer<'_, '_>,
    up_to: crate::time::Timestamp,
) -> Result<Outcome, Refusal> {
    let (read, me) = (w.root("read")?, w.me());
    w.put_time(&read, me.as_str(), up_to)?;
    Ok(Outcome::default())
}

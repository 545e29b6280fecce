//! Begins, closes, reopens and assigns conversations.

use automerge::ScalarValue;

use super::topic::{self, Source};
use super::{ConversationCommand, Outcome, TopicDraft, check};
use crate::document::{FieldChange, Writer, identity_key};
use crate::error::{Code, Refusal};
use crate::id::{ContactId, ConversationId, TopicId};
use crate::limits;
use crate::model::{ConversationHeader, ConversationStatus, Identity, Item, ReadPolicy};
use crate::time::Timestamp;

pub(super) fn start(
    w: &mut Writer<'_, '_>,
    contact: ContactId,
    ordinal: u32,
    subject: &str,
) -> Result<Outcome, Refusal> {
    let header = &w.conversation()?.header;
    check_unbegun(header)?;
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

fn check_unbegun(header: &ConversationHeader) -> Result<(), Refusal> {
    if header.contact.is_some() || header.identity.is_some() {
        return Err(Refusal::new(
            Code::WrongState,
            "The conversation has begun.",
        ));
    }
    Ok(())
}

/// Begins a conversation with an address that nobody saved (spec F3.3).
pub(super) fn start_unlinked(
    w: &mut Writer<'_, '_>,
    identity: &Identity,
    subject: &str,
) -> Result<Outcome, Refusal> {
    check_unbegun(&w.conversation()?.header)?;
    let identity = check::identity(identity, "identity")?;
    let subject = check::optional_line(subject, "subject")?;
    let (about, state, now) = (w.root("about")?, w.root("state")?, w.now());
    w.put(&about, "identity", identity_key(&identity))?;
    w.put_time(&about, "at", now)?;
    w.put(&state, "status", "open")?;
    w.put(&state, "subject", subject)?;
    w.log("start_unlinked", None, None)?;
    Ok(Outcome::default())
}

/// Links an unlinked conversation to a contact, or undoes that.
pub(super) fn link(w: &mut Writer<'_, '_>, contact: Option<ContactId>) -> Result<Outcome, Refusal> {
    let header = &w.conversation()?.header;
    if header.identity.is_none() {
        let text = "Only a conversation that began without a contact is linked to one.";
        return Err(Refusal::new(Code::WrongState, text).on("conversation"));
    }
    let about = w.root("about")?;
    let text = |contact: Option<ContactId>| contact.map(|id| id.to_string());
    w.set_field(FieldChange {
        entry: &about,
        action: if contact.is_some() {
            "link_conversation"
        } else {
            "unlink_conversation"
        },
        subject: None,
        field: "link",
        from: text(header.contact).unwrap_or_default(),
        to: text(contact),
        disputed: w.is_disputed(&about, "link"),
    })?;
    Ok(Outcome::default())
}

/// The member looks at it: read, where the policy says so and something is new.
pub(super) fn open(w: &mut Writer<'_, '_>) -> Result<Outcome, Refusal> {
    if w.workspace().policies.read_policy == ReadPolicy::OnReply {
        return Ok(Outcome::default());
    }
    read_all(w)
}

/// Marks what came in as read by the member, where something was not.
pub(super) fn read_all(w: &mut Writer<'_, '_>) -> Result<Outcome, Refusal> {
    let view = w.conversation()?;
    let newest = view.tally().inbound_newest_first().next();
    let mentioned = view.mentioned(w.member());
    let Some(up_to) = newest.max(mentioned) else {
        return Ok(Outcome::default());
    };
    let read = view.header.read.get(&w.member().id);
    if read.is_some_and(|read| *read >= up_to) {
        return Ok(Outcome::default());
    }
    mark_read(w, up_to)
}

/// Takes it out of the inbox until a moment, or until something comes in.
pub(super) fn snooze(w: &mut Writer<'_, '_>, until: Timestamp) -> Result<Outcome, Refusal> {
    let view = w.conversation()?;
    if view.header.status == ConversationStatus::Closed {
        let text = "The conversation is closed.";
        return Err(Refusal::new(Code::WrongState, text));
    }
    if until <= w.now() {
        let text = "A conversation is snoozed until later.";
        return Err(Refusal::new(Code::Invalid, text).on("until"));
    }
    let inbound = i64::try_from(view.inbound_count()).unwrap_or(i64::MAX);
    let from = snoozed_text(&view.header);
    let state = w.root("state")?;
    w.put_stamp(&state, "snoozed")?;
    let snoozed = w.child(&state, "snoozed")?;
    w.put_time(&snoozed, "until", until)?;
    w.put(&snoozed, "inboundSeen", inbound)?;
    let to = until.as_millis().to_string();
    w.log("snooze_conversation", None, Some(("snoozed", from, to)))?;
    Ok(Outcome::default())
}

pub(super) fn unsnooze(w: &mut Writer<'_, '_>) -> Result<Outcome, Refusal> {
    let header = &w.conversation()?.header;
    if header.snoozed.is_none() {
        let text = "The conversation is not snoozed.";
        return Err(Refusal::new(Code::WrongState, text));
    }
    let from = snoozed_text(header);
    let state = w.root("state")?;
    w.delete(&state, "snoozed")?;
    w.log(
        "unsnooze_conversation",
        None,
        Some(("snoozed", from, String::new())),
    )?;
    Ok(Outcome::default())
}

/// Until when it is snoozed, in milliseconds since 1970; empty for not.
fn snoozed_text(header: &ConversationHeader) -> String {
    let snoozed = header.snoozed.as_ref();
    snoozed
        .map(|snoozed| snoozed.until.as_millis().to_string())
        .unwrap_or_default()
}

/// Stars are the member's own business and are not logged.
pub(super) fn star(w: &mut Writer<'_, '_>, starred: bool) -> Result<Outcome, Refusal> {
    let me = w.me();
    if w.conversation()?.header.starred.contains(&me) != starred {
        let table = w.root("starred")?;
        w.put(&table, me.as_str(), ScalarValue::Boolean(starred))?;
    }
    Ok(Outcome::default())
}

pub(super) fn close(
    w: &mut Writer<'_, '_>,
    draft: Option<&TopicDraft>,
) -> Result<Outcome, Refusal> {
    let view = w.conversation()?;
    let disputed = is_disputed(&view.header, "status");
    if view.header.status == ConversationStatus::Closed && !disputed {
        return Err(Refusal::new(
            Code::WrongState,
            "The conversation is closed.",
        ));
    }
    let has_topic = w.count(&w.root("topics")?) > 0;
    if w.workspace().policies.require_topic_to_close && !has_topic && draft.is_none() {
        let text = "This workspace wants a topic before a conversation is closed.";
        return Err(Refusal::new(Code::TopicRequired, text).on("topic"));
    }
    let topic = match draft {
        Some(draft) => Some(TopicId(topic::write(w, draft, Source::Draft)?)),
        None => None,
    };
    let last_seen = view.newest_first().find_map(|item| match item {
        Item::Interaction(it) => Some(it.id),
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
    Ok(Outcome {
        topic,
        ..Outcome::default()
    })
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
    w.set_field(FieldChange {
        entry: &state,
        action: command.name(),
        subject: None,
        field,
        from,
        to,
        disputed: is_disputed(&w.conversation()?.header, field),
    })?;
    Ok(Outcome::default())
}

pub(super) fn tag(w: &mut Writer<'_, '_>, tag: &str, add: bool) -> Result<Outcome, Refusal> {
    let tag = check::line(tag, "tag")?;
    let table = w.root("tags")?;
    if w.has(&table, &tag) == add {
        return Ok(Outcome::default());
    }
    if add && w.count(&table) >= limits::TAGS {
        return Err(Refusal::new(Code::TooLong, "There are too many tags.").on("tag"));
    }
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
pub(super) fn mark_read(w: &mut Writer<'_, '_>, up_to: Timestamp) -> Result<Outcome, Refusal> {
    let (read, me) = (w.root("read")?, w.me());
    w.put_time(&read, me.as_str(), up_to)?;
    Ok(Outcome::default())
}

//! Messages: clients queue them, the server takes them in and records how far
//! they got.

use automerge::{ObjId, ScalarValue};

use super::conversation::read_all;
use super::{CallDraft, ConversationCommand, DeliveryFact, InboundMessage, Outcome, check};
use crate::document::{Writer, write_addresses};
use crate::error::{Code, Refusal};
use crate::id::InteractionId;
use crate::limits;
use crate::model::{
    Address, Attachment, Channel, DeliveryStatus, Direction, Interaction, Item, ItemKind,
    MessageFlag, ReadPolicy, Role,
};

fn check_addresses(addresses: &[Address], field: &str) -> Result<(), Refusal> {
    if addresses.len() > limits::ADDRESSES {
        return Err(Refusal::new(Code::TooLong, "There are too many addresses.").on(field));
    }
    for address in addresses {
        check::within(&address.name, limits::LINE_UNITS, field)?;
        check::within(&address.address, limits::LINE_UNITS, field)?;
    }
    Ok(())
}

fn message<'a>(w: &Writer<'a, '_>, id: InteractionId) -> Result<&'a Interaction, Refusal> {
    match w.conversation()?.item(ItemKind::Interaction, id.0) {
        Some(Item::Interaction(it)) => Ok(it),
        _ => Err(Refusal::new(Code::NotFound, "There is no such message.").on("interaction")),
    }
}

/// A member starts an interaction only on channels they qualify for (spec F3.4).
fn check_qualifies(w: &Writer<'_, '_>, channel: Channel) -> Result<(), Refusal> {
    if w.member().role == Role::Service || w.member().qualifies(channel) {
        return Ok(());
    }
    let text = "You do not qualify for this channel.";
    Err(Refusal::new(Code::ChannelNotQualified, text).on("channel"))
}

/// A body that fits into a change with all that stands beside it.
fn check_body(text: &str) -> Result<(), Refusal> {
    check::within(text, limits::BODY_UNITS, "text")?;
    if text.len() > limits::BODY_BYTES {
        return Err(Refusal::new(Code::TooLong, "The text is too long.").on("text"));
    }
    Ok(())
}

fn check_attachments(files: &[Attachment]) -> Result<(), Refusal> {
    if files.len() > limits::ATTACHMENTS {
        return Err(Refusal::new(Code::TooLong, "There are too many files.").on("attachments"));
    }
    for file in files {
        check::line(&file.name, "attachments")?;
        check::line(&file.media_type, "attachments")?;
        let hex = |b: u8| matches!(b, b'0'..=b'9' | b'a'..=b'f');
        if file.blob.len() != 64 || !file.blob.bytes().all(hex) {
            let text = "A file is named by its SHA-256.";
            return Err(Refusal::new(Code::Invalid, text).on("attachments"));
        }
        if file.size > limits::BLOB_BYTES {
            return Err(Refusal::new(Code::TooLong, "A file is too large.").on("attachments"));
        }
    }
    Ok(())
}

fn put_attachments(
    w: &mut Writer<'_, '_>,
    entry: &ObjId,
    attachments: &[Attachment],
) -> Result<(), Refusal> {
    if attachments.is_empty() {
        return Ok(());
    }
    let files = w.put_map(entry, "attachments")?;
    for file in attachments {
        let entry = w.put_map(&files, &file.blob)?;
        w.put(&entry, "name", file.name.as_str())?;
        w.put(&entry, "mediaType", file.media_type.as_str())?;
        w.put(&entry, "size", i64::try_from(file.size).unwrap_or(i64::MAX))?;
    }
    Ok(())
}

/// Writes how much of the conversation its author knows (spec B2).
fn put_seen(w: &mut Writer<'_, '_>, entry: &ObjId) -> Result<(), Refusal> {
    let seen = w.conversation()?.tally().others(&w.me());
    w.put(entry, "seen", i64::try_from(seen).unwrap_or(i64::MAX))
}

pub(super) fn send(
    w: &mut Writer<'_, '_>,
    command: &ConversationCommand,
) -> Result<Outcome, Refusal> {
    let ConversationCommand::SendMessage {
        channel,
        to,
        subject,
        text,
        in_reply_to,
        attachments,
    } = command
    else {
        return Err(Refusal::new(Code::Invalid, "This is not a message."));
    };
    check_qualifies(w, *channel)?;
    if *channel == Channel::Call {
        let text = "A call is logged, not sent.";
        return Err(Refusal::new(Code::Invalid, text).on("channel"));
    }
    check_attachments(attachments)?;
    check_addresses(to, "to")?;
    if to.iter().all(|address| address.address.trim().is_empty()) {
        return Err(Refusal::new(Code::NoAddress, "The message has no recipient.").on("to"));
    }
    let subject = check::optional_line(subject, "subject")?;
    if text.trim().is_empty() && attachments.is_empty() {
        return Err(Refusal::new(Code::Invalid, "The message is empty.").on("text"));
    }
    check_body(text)?;
    if let Some(id) = in_reply_to
        && w.conversation()?
            .item(ItemKind::Interaction, id.0)
            .is_none()
    {
        return Err(Refusal::new(Code::NotFound, "There is no such message.").on("inReplyTo"));
    }
    let id = w.new_id();
    let entry = w.add_entry(ItemKind::Interaction, id)?;
    let (me, now) = (w.me(), w.now());
    w.put_word(&entry, "channel", channel)?;
    w.put_word(&entry, "direction", &Direction::Out)?;
    w.put_time(&entry, "at", now)?;
    w.put(&entry, "by", me.as_str())?;
    w.put(&entry, "to", write_addresses(to))?;
    put_line(w, &entry, "subject", subject)?;
    w.put(&entry, "text", text.as_str())?;
    if let Some(id) = in_reply_to {
        w.put(&entry, "inReplyTo", id.to_string())?;
    }
    put_attachments(w, &entry, attachments)?;
    put_seen(w, &entry)?;
    let facts = w.put_map(&entry, "facts")?;
    w.put_time(&facts, "queuedAt", now)?;
    if w.workspace().policies.read_policy == ReadPolicy::OnReply {
        read_all(w)?;
    }
    Ok(Outcome::made(id))
}

pub(super) fn receive(
    w: &mut Writer<'_, '_>,
    message: &InboundMessage,
) -> Result<Outcome, Refusal> {
    w.require(Role::Service, "Only a channel brings messages in.")?;
    if w.conversation()?
        .item(ItemKind::Interaction, message.id.0)
        .is_some()
    {
        return Ok(Outcome::made(message.id.0));
    }
    check_addresses(std::slice::from_ref(&message.from), "from")?;
    check_addresses(&message.to, "to")?;
    check_addresses(&message.cc, "cc")?;
    check::within(&message.subject, limits::LINE_UNITS, "subject")?;
    check::within(&message.text, limits::BODY_UNITS, "text")?;
    if let Some(html) = &message.html {
        check::within(html, limits::BODY_UNITS, "html")?;
    }
    let entry = w.add_entry(ItemKind::Interaction, message.id.0)?;
    w.put_word(&entry, "channel", &message.channel)?;
    w.put_word(&entry, "direction", &Direction::In)?;
    w.put_time(&entry, "at", message.at)?;
    w.put(
        &entry,
        "from",
        write_addresses(std::slice::from_ref(&message.from)),
    )?;
    put_line(w, &entry, "to", write_addresses(&message.to))?;
    put_line(w, &entry, "cc", write_addresses(&message.cc))?;
    put_line(w, &entry, "subject", message.subject.clone())?;
    w.put(&entry, "text", message.text.as_str())?;
    if let Some(html) = &message.html {
        w.put(&entry, "html", html.as_str())?;
    }
    if let Some(units) = message.visible {
        w.put(&entry, "visible", i64::from(units))?;
    }
    if let Some(id) = message.in_reply_to {
        w.put(&entry, "inReplyTo", id.to_string())?;
    }
    if let Some(id) = &message.external_id {
        check::within(id, limits::LINE_UNITS, "externalId")?;
        w.put(&entry, "externalId", id.as_str())?;
    }
    if let Some(raw) = &message.raw {
        w.put(&entry, "raw", raw.as_str())?;
    }
    put_attachments(w, &entry, &message.attachments)?;
    Ok(Outcome::made(message.id.0))
}

pub(super) fn record_delivery(
    w: &mut Writer<'_, '_>,
    interaction: InteractionId,
    fact: &DeliveryFact,
) -> Result<Outcome, Refusal> {
    w.require(Role::Service, "Only the server records delivery.")?;
    match w.conversation()?.item(ItemKind::Interaction, interaction.0) {
        Some(Item::Interaction(it)) if it.direction == Direction::Out => {}
        _ => {
            return Err(Refusal::new(Code::NotFound, "There is no such message.").on("interaction"));
        }
    }
    let entry = w.entry(ItemKind::Interaction, interaction.0)?;
    let facts = w.child(&entry, "facts")?;
    let now = w.now();
    let key = match fact {
        DeliveryFact::Sent => "sentAt",
        DeliveryFact::Delivered => "deliveredAt",
        DeliveryFact::Read => "readAt",
        DeliveryFact::Failed(_) => "failed",
    };
    // Facts only grow: what is known keeps its first time.
    if w.has(&facts, key) {
        return Ok(Outcome::default());
    }
    if let DeliveryFact::Failed(failure) = fact {
        let failed = w.put_map(&facts, key)?;
        w.put(&failed, "code", failure.code.as_str())?;
        w.put(&failed, "text", failure.text.as_str())?;
        w.put_time(&failed, "at", now)?;
    } else {
        w.put_time(&facts, key, now)?;
    }
    Ok(Outcome::default())
}

/// Logs a call by hand (spec F3.2).
pub(super) fn log_call(w: &mut Writer<'_, '_>, draft: &CallDraft) -> Result<Outcome, Refusal> {
    check_qualifies(w, Channel::Call)?;
    let number = check::optional_line(&draft.number, "number")?;
    let recording = check::optional_url(&draft.call.recording, "recording")?;
    check_body(&draft.text)?;
    if draft.call.duration > limits::CALL_SECONDS {
        return Err(Refusal::new(Code::Invalid, "No call lasts that long.").on("duration"));
    }
    let at = draft.at.unwrap_or(w.now());
    if at > w.now() {
        let text = "A call is logged when it has begun.";
        return Err(Refusal::new(Code::Invalid, text).on("at"));
    }
    let id = w.new_id();
    let entry = w.add_entry(ItemKind::Interaction, id)?;
    let me = w.me();
    w.put_word(&entry, "channel", &Channel::Call)?;
    w.put_word(&entry, "direction", &Direction::Out)?;
    w.put_time(&entry, "at", at)?;
    w.put(&entry, "by", me.as_str())?;
    put_line(w, &entry, "to", number)?;
    put_line(w, &entry, "text", draft.text.clone())?;
    let call = w.put_map(&entry, "call")?;
    w.put_word(&call, "direction", &draft.direction)?;
    w.put_word(&call, "outcome", &draft.call.outcome)?;
    w.put(&call, "duration", i64::from(draft.call.duration))?;
    put_line(w, &call, "recording", recording)?;
    Ok(Outcome::made(id))
}

/// Lets a held message go (spec B2).
pub(super) fn confirm(w: &mut Writer<'_, '_>, id: InteractionId) -> Result<Outcome, Refusal> {
    let it = message(w, id)?;
    if it.by != Some(w.me()) {
        let text = "Only its author lets a held message go.";
        return Err(Refusal::new(Code::Forbidden, text).on("interaction"));
    }
    if !it.held {
        return Err(Refusal::new(Code::WrongState, "The message is not held.").on("interaction"));
    }
    let entry = w.entry(ItemKind::Interaction, id.0)?;
    put_seen(w, &entry)?;
    log(w, "confirm_message", id, None)?;
    Ok(Outcome::default())
}

/// Takes a message back before it was sent.
pub(super) fn withdraw(w: &mut Writer<'_, '_>, id: InteractionId) -> Result<Outcome, Refusal> {
    let it = message(w, id)?;
    if it.by != Some(w.me()) && w.member().role != Role::Admin {
        let text = "Only its author or an admin takes a message back.";
        return Err(Refusal::new(Code::Forbidden, text).on("interaction"));
    }
    if it.status != Some(DeliveryStatus::Queued) || it.withdrawn.is_some() {
        let text = "The message is not waiting to be sent.";
        return Err(Refusal::new(Code::WrongState, text).on("interaction"));
    }
    let entry = w.entry(ItemKind::Interaction, id.0)?;
    w.put_stamp(&entry, "withdrawn")?;
    log(w, "withdraw_message", id, None)?;
    Ok(Outcome::default())
}

pub(super) fn set_flag(
    w: &mut Writer<'_, '_>,
    id: InteractionId,
    flag: MessageFlag,
    on: bool,
) -> Result<Outcome, Refusal> {
    let it = message(w, id)?;
    let was = match flag {
        MessageFlag::Important => it.important,
        MessageFlag::Spam => it.spam,
    };
    if was == on {
        return Ok(Outcome::default());
    }
    if flag == MessageFlag::Spam && it.direction == Direction::Out {
        let text = "Only what came in can be unwanted.";
        return Err(Refusal::new(Code::WrongState, text).on("interaction"));
    }
    let entry = w.entry(ItemKind::Interaction, id.0)?;
    let field = Writer::word(&flag);
    w.put(&entry, &field, ScalarValue::Boolean(on))?;
    let change = (field.as_str(), was.to_string(), on.to_string());
    log(w, "set_message_flag", id, Some(change))?;
    Ok(Outcome::default())
}

pub(super) fn delete(w: &mut Writer<'_, '_>, id: InteractionId) -> Result<Outcome, Refusal> {
    if message(w, id)?.deleted.is_some() {
        return Err(Refusal::new(Code::WrongState, "The message was deleted.").on("interaction"));
    }
    let entry = w.entry(ItemKind::Interaction, id.0)?;
    w.put_stamp(&entry, "deleted")?;
    log(w, "delete_message", id, None)?;
    Ok(Outcome::default())
}

pub(super) fn restore(w: &mut Writer<'_, '_>, id: InteractionId) -> Result<Outcome, Refusal> {
    if message(w, id)?.deleted.is_none() {
        let text = "The message was not deleted.";
        return Err(Refusal::new(Code::WrongState, text).on("interaction"));
    }
    let entry = w.entry(ItemKind::Interaction, id.0)?;
    w.delete(&entry, "deleted")?;
    log(w, "restore_message", id, None)?;
    Ok(Outcome::default())
}

fn log(
    w: &mut Writer<'_, '_>,
    action: &str,
    id: InteractionId,
    change: Option<(&str, String, String)>,
) -> Result<(), Refusal> {
    w.log(action, Some((ItemKind::Interaction, id.0)), change)
}

/// Puts a text unless it is empty: an absent key reads the same and costs nothing.
fn put_line(w: &mut Writer<'_, '_>, obj: &ObjId, key: &str, text: String) -> Result<(), Refusal> {
    if text.is_empty() {
        Ok(())
    } else {
        w.put(obj, key, text)
    }
}

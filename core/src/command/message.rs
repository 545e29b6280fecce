//! Messages: clients queue them, the server takes them in and records how far
//! they got.

use automerge::ObjId;

use super::{ConversationCommand, DeliveryFact, InboundMessage, Outcome, check};
use crate::document::{Writer, write_addresses};
use crate::error::{Code, Refusal};
use crate::id::InteractionId;
use crate::limits;
use crate::model::{Address, Direction, Item, ItemKind, Role};

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
    } = command
    else {
        return Err(Refusal::new(Code::Invalid, "This is not a message."));
    };
    check_addresses(to, "to")?;
    if to.iter().all(|address| address.address.trim().is_empty()) {
        return Err(Refusal::new(Code::NoAddress, "The message has no recipient.").on("to"));
    }
    let subject = check::optional_line(subject, "subject")?;
    if text.trim().is_empty() {
        return Err(Refusal::new(Code::Invalid, "The message is empty.").on("text"));
    }
    check::within(text, limits::BODY_UNITS, "text")?;
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
    let facts = w.put_map(&entry, "facts")?;
    w.put_time(&facts, "queuedAt", now)?;
    Ok(Outcome {
        created: Some(id),
        topic: None,
    })
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
        return Ok(Outcome {
            created: Some(message.id.0),
            topic: None,
        });
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
    if !message.attachments.is_empty() {
        let files = w.put_map(&entry, "attachments")?;
        for file in &message.attachments {
            let entry = w.put_map(&files, &file.blob)?;
            w.put(&entry, "name", file.name.as_str())?;
            w.put(&entry, "mediaType", file.media_type.as_str())?;
            w.put(&entry, "size", i64::try_from(file.size).unwrap_or(i64::MAX))?;
        }
    }
    Ok(Outcome {
        created: Some(message.id.0),
        topic: None,
    })
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

/// Puts a text unless it is empty: an absent key reads the same and costs nothing.
fn put_line(w: &mut Writer<'_, '_>, obj: &ObjId, key: &str, text: String) -> Result<(), Refusal> {
    if text.is_empty() {
        Ok(())
    } else {
        w.put(obj, key, text)
    }
}

//! A message as a mail (RFC 5322, RFC 2045): what is written into it, and to whom.

use std::time::{Duration, UNIX_EPOCH};

use lettre::address::Envelope;
use lettre::message::header::{ContentTransferEncoding, ContentType};
use lettre::message::{Attachment, Body, Mailbox, MessageBuilder, MultiPart, SinglePart};
use lettre::{Address, Message};
use threadline_core::error::Code;
use threadline_core::id::InteractionId;
use threadline_core::limits::LINE_UNITS;
use threadline_core::model::{Direction, Failure, Interaction};
use threadline_core::outgoing::Outgoing;
use threadline_core::time::Timestamp;

use crate::limits;
use crate::mail::clean;

/// A mail ready to be handed over.
#[derive(Debug)]
pub(super) struct Letter {
    /// From whom and to whom the relay is told.
    pub(super) envelope: Envelope,
    /// The mail.
    pub(super) bytes: Vec<u8>,
}

/// The Message-ID of a message of ours, without angle brackets: the same
/// whenever and by whichever process it is sent. It cannot be guessed, as the
/// message's id is random; and who has it joins the thread only as one who
/// takes part (see `thread`).
pub(super) fn message_id(id: InteractionId, from: &Mailbox) -> String {
    format!("{id}@{}", from.email.domain())
}

/// Writes a mail that came to wait at a moment. `files` are the bytes of the
/// message's attachments in their order. The failure is for its author.
pub(super) fn write(
    mail: &Outgoing<'_>,
    from: &Mailbox,
    since: Timestamp,
    files: Vec<Vec<u8>>,
) -> Result<Letter, Failure> {
    let message = mail.message;
    let mut builder = Message::builder()
        .from(from.clone())
        .subject(clean::line(mail.subject, LINE_UNITS))
        .message_id(Some(bracketed(&message_id(message.id, from))))
        .date(UNIX_EPOCH + written(message.at, since));
    for to in &message.to {
        let address: Address = to.address.parse().map_err(|_| no_address(&to.address))?;
        let name = clean::line(&to.name, limits::MAIL_NAME_UNITS);
        let name = Some(name).filter(|name| !name.is_empty());
        builder = builder.to(Mailbox::new(name, address));
    }
    let builder = thread(builder, mail, from);
    let written = body(builder, message, files).ok_or_else(|| no_address(""))?;
    Ok(Letter {
        envelope: written.envelope().clone(),
        bytes: written.formatted(),
    })
}

/// When its author wrote it, by their clock, which may be wrong, but cannot be
/// later than that it came.
fn written(at: Timestamp, since: Timestamp) -> Duration {
    let millis = at.min(since).as_millis();
    Duration::from_millis(u64::try_from(millis).unwrap_or_default())
}

/// `In-Reply-To` and `References` (RFC 5322 §3.6.4).
fn thread(builder: MessageBuilder, mail: &Outgoing<'_>, from: &Mailbox) -> MessageBuilder {
    let ids = mail.thread.iter().filter_map(|mail| known_as(mail, from));
    let ids: Vec<String> = ids.map(|id| bracketed(&id)).collect();
    match ids.last() {
        Some(answered) => builder
            .in_reply_to(answered.clone())
            .references(ids.join(" ")),
        None => builder,
    }
}

/// The id by which the other side knows a mail; `None` where they have none,
/// or one that does not fit into a header.
fn known_as(mail: &Interaction, from: &Mailbox) -> Option<String> {
    match mail.direction {
        Direction::Out => Some(message_id(mail.id, from)),
        Direction::In => {
            let id = mail.external_id.clone()?;
            let plain = |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'<' | b'>');
            let fits = id.len() <= limits::MAIL_ID_BYTES && id.bytes().all(plain);
            Some(id).filter(|id| fits && !crate::mail::parse::is_made(id))
        }
    }
}

fn bracketed(id: &str) -> String {
    format!("<{id}>")
}

/// The text, and the files beside it; `None` where nobody is to have it.
fn body(builder: MessageBuilder, message: &Interaction, files: Vec<Vec<u8>>) -> Option<Message> {
    let text = SinglePart::plain(clean::block(&message.text, message.text.len()));
    if files.is_empty() {
        return builder.singlepart(text).ok();
    }
    let mut parts = MultiPart::mixed().singlepart(text);
    for (file, bytes) in message.attachments.iter().zip(files) {
        let kind = ContentType::parse(&file.media_type);
        let kind = kind.or_else(|_| ContentType::parse("application/octet-stream"));
        let name = clean::line(&file.name, limits::MAIL_NAME_UNITS);
        // Whatever else its lines were sent as, they might end the mail.
        let base64 = Body::new_with_encoding(bytes, ContentTransferEncoding::Base64).ok()?;
        parts = parts.singlepart(Attachment::new(name).body(base64, kind.ok()?));
    }
    builder.multipart(parts).ok()
}

fn no_address(address: &str) -> Failure {
    Failure {
        code: Code::NoAddress.as_str().to_owned(),
        text: match address {
            "" => "It has no recipient.".to_owned(),
            address => format!("“{address}” is no e-mail address."),
        },
    }
}

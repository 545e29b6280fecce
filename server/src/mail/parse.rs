//! Bytes to a message. Total: every input gives a message, with the best that
//! can be made of it. The raw bytes are kept beside it, so nothing is lost.

use std::borrow::Cow;
use std::panic::{AssertUnwindSafe, catch_unwind};

use mail_parser::{
    Addr, DateTime, HeaderName, HeaderValue, Message, MessageParser, MessagePart, MimeHeaders,
    PartType,
};
use sha2::{Digest, Sha256};
use threadline_core::limits::LINE_UNITS;
use threadline_core::model::Address;
use threadline_core::time::Timestamp;

use super::clean;
use super::html;
use crate::limits;

/// Who a mail is from where it does not say (a name that never resolves, RFC 2606).
const UNKNOWN_SENDER: &str = "unknown@sender.invalid";
/// The longest address (RFC 5321 §4.5.3.1, with the path's brackets) in UTF-16
/// units; what is longer is no address.
const ADDRESS_UNITS: usize = 320;
/// The longest Message-ID taken as it is: one line (RFC 5322 §2.1.1).
const MESSAGE_ID_BYTES: usize = 998;

/// A mail, read as well as it can be.
#[derive(Debug)]
pub(super) struct Mail {
    /// Message-ID without angle brackets; made from the content where it has none.
    pub(super) message_id: String,
    /// Message-IDs it answers: `In-Reply-To`, then `References` from the newest.
    pub(super) references: Vec<String>,
    /// When the last mail server received it, else when it was written, else now.
    pub(super) at: Timestamp,
    /// The sender; the address in lower case.
    pub(super) from: Address,
    /// Recipients.
    pub(super) to: Vec<Address>,
    /// Copied recipients.
    pub(super) cc: Vec<Address>,
    /// The subject on one line.
    pub(super) subject: String,
    /// The text, whole.
    pub(super) text: String,
    /// Sanitised HTML, where the mail has some.
    pub(super) html: Option<String>,
    /// Files that came with it.
    pub(super) files: Vec<File>,
}

/// A file that came with a mail.
#[derive(Debug)]
pub(super) struct File {
    /// For people; not a path.
    pub(super) name: String,
    /// Media type (RFC 6838).
    pub(super) media_type: String,
    /// The content.
    pub(super) bytes: Vec<u8>,
}

/// Reads a mail that arrived at `now`.
pub(super) fn parse(raw: &[u8], now: Timestamp) -> Mail {
    // The parser promises not to panic. A mail that proves it wrong is shown raw.
    let read = catch_unwind(AssertUnwindSafe(|| {
        let readable = with_readable_header(raw);
        let message = MessageParser::default().parse(readable.as_ref())?;
        Some(read(&message, raw, now))
    }));
    match read {
        Ok(Some(mail)) => mail,
        Ok(None) => unreadable(raw, now),
        Err(_) => {
            tracing::error!("the mail parser panicked; the mail is shown raw");
            unreadable(raw, now)
        }
    }
}

/// The mail with its header in UTF-8 (RFC 6532). Bytes beyond ASCII that are
/// not UTF-8 are taken for Windows-1252, which most who send them mean.
fn with_readable_header(raw: &[u8]) -> Cow<'_, [u8]> {
    let ends = [b"\r\n\r\n".as_slice(), b"\n\n"];
    let end = ends
        .iter()
        .filter_map(|end| raw.windows(end.len()).position(|at| at == *end))
        .min();
    let (header, rest) = raw.split_at(end.unwrap_or(raw.len()));
    if std::str::from_utf8(header).is_ok() {
        return Cow::Borrowed(raw);
    }
    let (header, _) = encoding_rs::WINDOWS_1252.decode_without_bom_handling(header);
    Cow::Owned([header.as_bytes(), rest].concat())
}

fn unreadable(raw: &[u8], now: Timestamp) -> Mail {
    Mail {
        message_id: made_id(raw),
        references: Vec::new(),
        at: now,
        from: unknown(String::new()),
        to: Vec::new(),
        cc: Vec::new(),
        subject: String::new(),
        text: clean::block(&String::from_utf8_lossy(raw), limits::MAIL_BODY_BYTES),
        html: None,
        files: Vec::new(),
    }
}

fn read(message: &Message<'_>, raw: &[u8], now: Timestamp) -> Mail {
    let (text, html) = bodies(message);
    let to = addresses(message.all_to(), limits::MAIL_RECIPIENTS);
    Mail {
        message_id: message
            .message_id()
            .or_else(|| message.header_raw(HeaderName::MessageId))
            .and_then(message_id)
            .unwrap_or_else(|| made_id(raw)),
        references: references(message),
        at: received(message, now),
        from: sender(message),
        cc: addresses(message.all_cc(), limits::MAIL_RECIPIENTS - to.len()),
        to,
        subject: clean::line(message.subject().unwrap_or_default(), LINE_UNITS),
        text,
        html,
        files: files(message),
    }
}

/// What follows the hash in an id that was made.
const MADE: &str = "@sha256.invalid";

/// An id that the same mail always gets.
pub(super) fn made_id(raw: &[u8]) -> String {
    format!("{}{MADE}", hex::encode(Sha256::digest(raw)))
}

/// Whether an id was made here: its sender does not know it.
pub(super) fn is_made(id: &str) -> bool {
    id.ends_with(MADE)
}

/// A Message-ID fit to be compared and kept.
fn message_id(id: &str) -> Option<String> {
    let id = id.trim().trim_start_matches('<').trim_end_matches('>');
    let fits = !id.is_empty() && id.len() <= MESSAGE_ID_BYTES && !id.contains(char::is_control);
    fits.then(|| id.to_owned())
}

fn references(message: &Message<'_>) -> Vec<String> {
    let ids = |value: &HeaderValue<'_>| -> Vec<String> {
        let list = value.as_text_list().unwrap_or_default();
        list.iter().filter_map(|id| message_id(id)).collect()
    };
    let answered = ids(message.in_reply_to());
    let thread = ids(message.references());
    let mut found = Vec::new();
    for id in answered.into_iter().chain(thread.into_iter().rev()) {
        if !found.contains(&id) {
            found.push(id);
        }
        if found.len() == limits::MAIL_REFERENCES {
            break;
        }
    }
    found
}

/// The newest `Received` says when it arrived; senders' own clocks are often
/// wrong. Never in the future, where it would stay above everything.
fn received(message: &Message<'_>, now: Timestamp) -> Timestamp {
    let millis = |date: &DateTime| {
        let seconds = date
            .is_valid()
            .then(|| date.to_timestamp())
            .filter(|seconds| *seconds > 0)?;
        Some(Timestamp::from_millis(seconds.saturating_mul(1_000)))
    };
    let hops = message
        .headers()
        .iter()
        .filter_map(|header| header.value.as_received());
    let arrived = hops.filter_map(|hop| hop.date.as_ref()).find_map(millis);
    arrived
        .or_else(|| message.date().and_then(millis))
        .unwrap_or(now)
        .min(now)
}

/// The first address of `From`, `Sender`, `Reply-To`, `Return-Path`; else what
/// looks like one in `From`. A name without an address is kept as the name of
/// an unknown sender.
fn sender(message: &Message<'_>) -> Address {
    let named = [message.from(), message.sender(), message.reply_to()];
    let mut candidates = named
        .into_iter()
        .flatten()
        .flat_map(mail_parser::Address::iter);
    if let Some(mut found) = candidates.find_map(address) {
        found.address = found.address.to_lowercase();
        return found;
    }
    let said = message.from().and_then(mail_parser::Address::first);
    let said = said.and_then(|from| from.name.as_deref().or(from.address.as_deref()));
    let name = clean::line(said.unwrap_or_default(), limits::MAIL_NAME_UNITS);
    let from = message.header_raw(HeaderName::From).unwrap_or_default();
    let known = message
        .return_address()
        .and_then(plausible)
        .or_else(|| buried_address(from));
    match known {
        Some(address) => Address {
            name,
            address: address.to_lowercase(),
        },
        None => unknown(name),
    }
}

/// An address in a header that is not written as it should be: in brackets,
/// with comments and spaces in it, or a word among others.
fn buried_address(header: &str) -> Option<String> {
    let bracketed = header
        .split_once('<')
        .and_then(|(_, rest)| rest.split_once('>'));
    let bracketed = bracketed.and_then(|(inside, _)| {
        let mut comments = 0_usize;
        let bare: String = inside
            .chars()
            .filter(|c| {
                comments += usize::from(*c == '(');
                let keep = comments == 0 && !c.is_whitespace();
                comments = comments.saturating_sub(usize::from(*c == ')'));
                keep
            })
            .collect();
        plausible(&bare)
    });
    bracketed.or_else(|| header.split_whitespace().find_map(plausible))
}

fn unknown(name: String) -> Address {
    Address {
        name,
        address: UNKNOWN_SENDER.to_owned(),
    }
}

fn addresses<'a>(
    lists: impl Iterator<Item = &'a mail_parser::Address<'a>>,
    most: usize,
) -> Vec<Address> {
    lists
        .flat_map(mail_parser::Address::iter)
        .filter_map(address)
        .take(most)
        .collect()
}

fn address(addr: &Addr<'_>) -> Option<Address> {
    Some(Address {
        address: plausible(addr.address.as_deref()?)?,
        name: clean::line(
            addr.name.as_deref().unwrap_or_default(),
            limits::MAIL_NAME_UNITS,
        ),
    })
}

/// Something that could be written back to: `local@domain`, without spaces.
fn plausible(text: &str) -> Option<String> {
    let text = text.trim().trim_start_matches('<').trim_end_matches('>');
    let (local, domain) = text.rsplit_once('@')?;
    let fits = !local.is_empty()
        && !domain.is_empty()
        && text.encode_utf16().count() <= ADDRESS_UNITS
        && !text.contains(|c: char| c.is_whitespace() || c.is_control());
    fits.then(|| text.to_owned())
}

/// The text, and the HTML where there is some. A mail in HTML alone is read
/// as text too.
fn bodies(message: &Message<'_>) -> (String, Option<String>) {
    let texts = message.text_bodies().filter_map(|part| match &part.body {
        PartType::Text(text) => Some(text.trim_end().to_owned()),
        PartType::Html(html) => Some(html_as_text(html)),
        _ => None,
    });
    let text = clean::block(
        &texts.collect::<Vec<_>>().join("\n\n"),
        limits::MAIL_BODY_BYTES,
    );
    let is_html = |part: &MessagePart<'_>| matches!(part.body, PartType::Html(_));
    if !message.html_bodies().any(is_html) {
        return (text, None);
    }
    let parts = message.html_bodies().filter_map(|part| match &part.body {
        PartType::Html(html) => Some(html::sanitise(html)),
        PartType::Text(text) => Some(Some(html::from_text(text))),
        _ => None,
    });
    // A part that cannot be shown leaves the text, which has them all.
    let html = parts
        .collect::<Option<Vec<_>>>()
        .map(|parts| parts.join("\n").replace('\0', ""));
    (
        text,
        html.filter(|html| html.len() <= limits::MAIL_BODY_BYTES),
    )
}

fn html_as_text(html: &str) -> String {
    match html::sanitise(html) {
        Some(sanitised) => html::to_text(&sanitised),
        None => html::to_text(&html[..html.floor_char_boundary(limits::MAIL_HTML_BYTES)]),
    }
}

fn files(message: &Message<'_>) -> Vec<File> {
    let parts = message.attachments().take(limits::MAIL_ATTACHMENTS);
    let files = parts.map(|part| {
        let media_type = part.content_type().map(|kind| match kind.subtype() {
            Some(subtype) => format!("{}/{subtype}", kind.ctype()),
            None => kind.ctype().to_owned(),
        });
        let bytes = match &part.body {
            PartType::Message(nested) => nested.raw_message().to_vec(),
            _ => part.contents().to_vec(),
        };
        // A name is for people; a path in it is somebody else's.
        let name = part.attachment_name().unwrap_or_default();
        let name = clean::line(
            name.rsplit(['/', '\\']).next().unwrap_or_default(),
            limits::MAIL_NAME_UNITS,
        );
        File {
            name: if name.is_empty() {
                "attachment".to_owned()
            } else {
                name
            },
            media_type: media_type
                .map(|kind| clean::line(&kind.to_ascii_lowercase(), limits::MAIL_NAME_UNITS))
                .unwrap_or_else(|| "application/octet-stream".to_owned()),
            bytes,
        }
    });
    files.collect()
}

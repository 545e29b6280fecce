//! The e-mail channel. Inbound: raw messages (RFC 5322) in, interactions out;
//! `out` is the other way.
//!
//! Malformed mail is the normal case. `parse` is total: whatever the bytes,
//! there is a message; `html` and `trim` make it fit to be shown; `thread`
//! finds the conversation; `ingest` is the route.

mod clean;
mod html;
mod ingest;
mod out;
mod parse;
mod thread;
mod trim;

use threadline_core::time::Timestamp;

pub(crate) use html::sanitise;
pub(crate) use ingest::{inbound, record};
pub(crate) use out::{Mailing, Relay, RelayError, send};
pub(crate) use trim::visible;

/// What is done to a raw mail before anything is kept: its text, its HTML where
/// it has some, cleaned, and how many UTF-16 units of the text come before
/// quotes and signature. Total, whatever the bytes; for the fuzz target.
pub fn take_apart(raw: &[u8], now: Timestamp) -> (String, Option<String>, Option<u32>) {
    let mail = parse::parse(raw, now);
    let visible = visible(&mail.text);
    (mail.text, mail.html, visible)
}

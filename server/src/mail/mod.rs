//! The e-mail channel, inbound: raw messages (RFC 5322) in, interactions out.
//!
//! Malformed mail is the normal case. `parse` is total: whatever the bytes,
//! there is a message; `html` and `trim` make it fit to be shown; `thread`
//! finds the conversation; `ingest` is the route.

mod clean;
mod html;
mod ingest;
mod parse;
mod thread;
mod trim;

pub(crate) use html::sanitise;
pub(crate) use ingest::{inbound, record};
pub(crate) use trim::visible;

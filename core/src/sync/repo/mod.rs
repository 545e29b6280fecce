//! The door for clients of automerge-repo: their protocol outside (WebSocket
//! protocol version 1, Automerge's sync messages), frames of the hub inside.
//! Sans-IO, as the hub is: what a peer brings passes the same guard, roles,
//! limits and storage as what our own clients push.
//!
//! Automerge itself runs nowhere here. Sync asks only which changes there are
//! and what they depend on, and that can be read from their headers.

mod codec;
mod effect;
mod exchange;
mod gossip;
mod graph;
mod message;
mod session;
#[cfg(test)]
mod tests;

pub use effect::Effect;
pub use message::Ephemeral;
pub use session::Session;

/// A change's hash.
type Hash = [u8; 32];

//! What a connection wants done.

use super::message::Ephemeral;
use crate::id::DocumentId;
use crate::sync::frame::ClientFrame;

/// What is to be done for a connection, in this order.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Send a binary message to the peer.
    Send(Vec<u8>),
    /// Hand a frame to the hub.
    Frame(ClientFrame),
    /// Find out which document has this name, and answer with
    /// [`Session::resolved`] before anything else.
    Resolve(String),
    /// Pass it on to the other sessions that have the document.
    Gossip(DocumentId, Ephemeral),
    /// Close the connection once everything before was sent.
    Close,
}

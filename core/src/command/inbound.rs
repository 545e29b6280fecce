//! What only the server's channels bring: messages, and how far delivery got.

use serde::{Deserialize, Serialize};

use crate::id::InteractionId;
use crate::model::{Address, Attachment, Channel, Failure};
use crate::time::Timestamp;

/// A message that a channel brought in. Server only.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "typescript", tsify(missing_as_null))]
pub struct InboundMessage {
    /// The id, derived by the channel from its own id so that a repeat is the same message.
    pub id: InteractionId,
    /// The channel.
    pub channel: Channel,
    /// When it was received.
    pub at: Timestamp,
    /// The sender.
    pub from: Address,
    /// Recipients.
    pub to: Vec<Address>,
    /// Copied recipients.
    #[serde(default)]
    pub cc: Vec<Address>,
    /// The subject; empty where the channel has none.
    #[serde(default)]
    pub subject: String,
    /// Plain text.
    pub text: String,
    /// HTML, already sanitised.
    #[serde(default)]
    pub html: Option<String>,
    /// Characters (UTF-16) of `text` before quotes and signature begin.
    #[serde(default)]
    pub visible: Option<u32>,
    /// The interaction it answers.
    #[serde(default)]
    pub in_reply_to: Option<InteractionId>,
    /// The channel's own id.
    #[serde(default)]
    pub external_id: Option<String>,
    /// Files.
    #[serde(default)]
    pub attachments: Vec<Attachment>,
    /// SHA-256 of the raw message in lower-case hex.
    #[serde(default)]
    pub raw: Option<String>,
}

/// A fact about the delivery of a message out. Facts only grow. Server only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(tag = "fact", rename_all = "snake_case")]
pub enum DeliveryFact {
    /// Handed to the provider.
    Sent,
    /// Reached the contact.
    Delivered,
    /// Read by the contact.
    Read,
    /// Could not be delivered.
    Failed(Failure),
}

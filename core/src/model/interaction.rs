use serde::{Deserialize, Serialize};

use super::Tombstone;
use crate::id::{InteractionId, MemberId};
use crate::time::Timestamp;

/// A way to exchange messages with a contact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// E-mail (RFC 5322).
    Email,
    /// SMS.
    Sms,
    /// WhatsApp.
    Whatsapp,
    /// Web chat.
    Webchat,
    /// A phone call.
    Call,
}

/// Who started the exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// From the contact.
    In,
    /// From the team.
    Out,
}

/// The furthest of the delivery facts (spec §4): `queued` < `sent` < `failed`
/// < `delivered` < `read`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "snake_case")]
pub enum DeliveryStatus {
    /// Written by a client, not yet sent.
    Queued,
    /// Handed to the provider.
    Sent,
    /// Could not be delivered.
    Failed,
    /// Reached the contact's device or mailbox.
    Delivered,
    /// Read by the contact.
    Read,
}

/// Why a message could not be delivered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Failure {
    /// The provider's code.
    pub code: String,
    /// A reason a person understands.
    pub text: String,
}

/// A participant of an interaction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Address {
    /// The display name; empty where none was given.
    #[serde(default)]
    pub name: String,
    /// The address on the channel.
    pub address: String,
}

/// A file that came with a message; the bytes are a blob beside the document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Attachment {
    /// SHA-256 of the bytes, in lower-case hex.
    pub blob: String,
    /// The file's name, for people; not a path.
    pub name: String,
    /// Media type (RFC 6838).
    pub media_type: String,
    /// Size in bytes.
    pub size: u64,
}

/// How a call ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "snake_case")]
pub enum CallOutcome {
    /// Somebody talked.
    #[default]
    Answered,
    /// Nobody picked up.
    NoAnswer,
    /// The line was busy.
    Busy,
    /// A message was left.
    Voicemail,
    /// The call did not get through.
    Failed,
}

/// What is particular to a call (spec F3.2).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Call {
    /// How it ended.
    pub outcome: CallOutcome,
    /// How long it lasted, in seconds.
    pub duration: u32,
    /// Address of the recording (`https`); empty where there is none.
    pub recording: String,
}

/// What a member may say of a message (spec F2.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "snake_case")]
pub enum MessageFlag {
    /// Important.
    Important,
    /// Unwanted.
    Spam,
}

/// One exchange on one channel (spec F3.2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct Interaction {
    /// The id.
    pub id: InteractionId,
    /// The channel.
    pub channel: Channel,
    /// From the contact or from the team.
    pub direction: Direction,
    /// When it was sent (out) or received (in).
    pub at: Timestamp,
    /// The member who wrote it, for messages out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub by: Option<MemberId>,
    /// The sender, for messages in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub from: Option<Address>,
    /// Recipients, in order.
    pub to: Vec<Address>,
    /// Copied recipients, in order.
    pub cc: Vec<Address>,
    /// The subject, on channels that have one; else empty.
    pub subject: String,
    /// The content as plain text.
    pub text: String,
    /// The content as HTML the server sanitised, where the message had some.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub html: Option<String>,
    /// Characters (UTF-16) of `text` before quotes and signature begin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub visible: Option<u32>,
    /// The interaction this one answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub in_reply_to: Option<InteractionId>,
    /// The channel's own id (e-mail: Message-ID without angle brackets).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub external_id: Option<String>,
    /// Files.
    pub attachments: Vec<Attachment>,
    /// SHA-256 of the raw message as it arrived, in lower-case hex.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub raw: Option<String>,
    /// How far delivery got, for messages out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub status: Option<DeliveryStatus>,
    /// Why delivery failed, where it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub failure: Option<Failure>,
    /// What is particular to a call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub call: Option<Call>,
    /// Marked as important.
    pub important: bool,
    /// Marked as unwanted.
    pub spam: bool,
    /// Set while it is deleted; its text then stays out of the view.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub deleted: Option<Tombstone>,
    /// Whether it waits for its author: since it was written, interactions came
    /// that the author had not seen (spec B2). Only while it is queued.
    pub held: bool,
    /// Set when its author took it back before it was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub withdrawn: Option<Tombstone>,
}

//! The frames of `/sync` (subprotocol `threadline.v1`): CBOR arrays
//! `[version, type, body]`. Version and type are read before the body, so that
//! a frame of another time gets a typed answer instead of a closed socket.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_bytes::{ByteArray, ByteBuf};

use crate::error::{Code, Refusal};
use crate::id::{ConversationId, DocumentId, MemberId, NoteId};
use crate::limits;
use crate::model::{Member, RowEntry};
use crate::time::Timestamp;

/// The version this build speaks.
pub const VERSION: u8 = 1;
/// The WebSocket subprotocol (RFC 6455 §1.9).
pub const SUBPROTOCOL: &str = "threadline.v1";

/// A change's hash (SHA-256), as 32 bytes of CBOR.
pub type Hash = ByteArray<32>;

/// The first frame of a session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello {
    /// A JWT signed by the host's back end.
    pub token: String,
    /// The database epoch the cursor belongs to; empty at the very first time.
    pub epoch: String,
    /// The last sequence number this client has rows of.
    pub cursor: u64,
}

/// Changes on their way to the server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Push {
    /// The document; begun with its kind's first change if nobody has it yet.
    pub doc: DocumentId,
    /// Raw changes, dependencies first.
    pub changes: Vec<ByteBuf>,
}

/// A wish to have a document and follow it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Open {
    /// The document.
    pub doc: DocumentId,
    /// Heads of what the client has; unknown ones are ignored.
    pub have: Vec<Hash>,
}

/// An end to following a document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Close {
    /// The document.
    pub doc: DocumentId,
}

/// Where a teammate is and what they do there. Never in a document.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Whereabouts {
    /// The note whose text they edit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub note: Option<NoteId>,
    /// Automerge cursor where their selection begins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub anchor: Option<String>,
    /// Automerge cursor where it ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub head: Option<String>,
    /// Whether they type a reply.
    #[serde(default)]
    pub typing: bool,
}

/// A client's presence in a conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Present {
    /// The conversation.
    pub conversation: ConversationId,
    /// What they do there; `None` when they leave.
    pub here: Option<Whereabouts>,
}

/// A fresh token for the open session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refresh {
    /// A JWT for the same member and workspace.
    pub token: String,
}

/// What a client sends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClientFrame {
    /// Begins the session.
    Hello(Hello),
    /// Brings changes.
    Push(Push),
    /// Opens a document.
    Open(Open),
    /// Closes a document.
    Close(Close),
    /// Tells where the member is.
    Presence(Present),
    /// Refreshes the token.
    Token(Refresh),
}

/// The server's answer to `hello`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Welcome {
    /// The session's number, for telling one's own presence from others'.
    pub session: u64,
    /// The member the token names.
    pub member: Member,
    /// Everyone on the team.
    pub members: Vec<Member>,
    /// The database's epoch.
    pub epoch: String,
    /// The server's clock.
    pub now: Timestamp,
}

/// Changes on their way to a client.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changes {
    /// The document.
    pub doc: DocumentId,
    /// Raw changes, dependencies first; the kind's first change is never sent.
    pub changes: Vec<ByteBuf>,
    /// The document's heads once these changes are in.
    pub heads: Vec<Hash>,
    /// The workspace's sequence number of the last of them.
    pub seq: u64,
    /// Whether the client now has all that the server has; `false` when more follow.
    pub complete: bool,
}

/// Changes are durable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ack {
    /// The document.
    pub doc: DocumentId,
    /// The changes' hashes.
    pub hashes: Vec<Hash>,
}

/// A change was refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Nack {
    /// The document.
    pub doc: DocumentId,
    /// The change's hash; where the chunk is no change, the SHA-256 of its bytes.
    pub hash: Hash,
    /// Why.
    pub refusal: Refusal,
}

/// Rows that moved, in sequence order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rows {
    /// The rows.
    pub rows: Vec<RowEntry>,
    /// The client's new cursor.
    pub cursor: u64,
    /// Whether the client now has every row; `false` when more follow by themselves.
    pub complete: bool,
}

/// A teammate's presence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Presence {
    /// The session it comes from.
    pub session: u64,
    /// The member.
    pub member: MemberId,
    /// The conversation.
    pub conversation: ConversationId,
    /// What they do there; `None` when they left.
    pub here: Option<Whereabouts>,
}

/// The end of the session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bye {
    /// Why.
    pub refusal: Refusal,
    /// Milliseconds to wait before coming back; `None` for not at all with this token.
    pub retry_after: Option<u64>,
}

/// What a server sends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ServerFrame {
    /// Accepts the session.
    Welcome(Welcome),
    /// Brings changes.
    Changes(Changes),
    /// Confirms changes.
    Ack(Ack),
    /// Refuses a change.
    Nack(Nack),
    /// Brings rows.
    Rows(Rows),
    /// Tells where a teammate is.
    Presence(Presence),
    /// Refuses a frame; the session goes on.
    Error(Refusal),
    /// Ends the session.
    Bye(Bye),
}

fn encode<T: Serialize>(kind: &str, body: &T) -> Vec<u8> {
    // Writing to a Vec does not fail, and every body is made of plain structs.
    minicbor_serde::to_vec((VERSION, kind, body)).unwrap_or_default()
}

/// Version and type of a frame, before its body is looked at.
fn head(bytes: &[u8]) -> Result<&str, Refusal> {
    let bad = || {
        Refusal::new(
            Code::BadFrame,
            "The frame is not CBOR of the expected shape.",
        )
    };
    if bytes.len() > limits::FRAME_BYTES {
        return Err(Refusal::new(Code::FrameTooLarge, "The frame is too large."));
    }
    let mut decoder = minicbor_serde::Deserializer::new(bytes);
    let inner = decoder.decoder_mut();
    if !matches!(inner.array(), Ok(Some(3))) {
        return Err(bad());
    }
    if inner.u8().map_err(|_| bad())? != VERSION {
        return Err(Refusal::new(
            Code::UnknownVersion,
            "This side speaks version 1.",
        ));
    }
    inner.str().map_err(|_| bad())
}

fn body<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Refusal> {
    // Strict: nothing may follow the frame.
    let mut decoder = minicbor_serde::Deserializer::new(bytes);
    let frame = <(u8, String, T)>::deserialize(&mut decoder);
    match frame {
        Ok((_, _, body)) if decoder.decoder().position() == bytes.len() => Ok(body),
        _ => Err(Refusal::new(
            Code::BadFrame,
            "The frame's body is not of the expected shape.",
        )),
    }
}

fn unknown(kind: &str) -> Refusal {
    let kind: String = kind.chars().take(32).collect();
    Refusal::new(
        Code::UnknownType,
        format!("Frames of type “{kind}” are not known here."),
    )
}

impl ClientFrame {
    /// The frame's bytes.
    pub fn encode(&self) -> Vec<u8> {
        match self {
            ClientFrame::Hello(body) => encode("hello", body),
            ClientFrame::Push(body) => encode("push", body),
            ClientFrame::Open(body) => encode("open", body),
            ClientFrame::Close(body) => encode("close", body),
            ClientFrame::Presence(body) => encode("presence", body),
            ClientFrame::Token(body) => encode("token", body),
        }
    }

    /// Reads a frame.
    pub fn decode(bytes: &[u8]) -> Result<Self, Refusal> {
        Ok(match head(bytes)? {
            "hello" => ClientFrame::Hello(body(bytes)?),
            "push" => ClientFrame::Push(body(bytes)?),
            "open" => ClientFrame::Open(body(bytes)?),
            "close" => ClientFrame::Close(body(bytes)?),
            "presence" => ClientFrame::Presence(body(bytes)?),
            "token" => ClientFrame::Token(body(bytes)?),
            other => return Err(unknown(other)),
        })
    }
}

impl ServerFrame {
    /// The frame's bytes.
    pub fn encode(&self) -> Vec<u8> {
        match self {
            ServerFrame::Welcome(body) => encode("welcome", body),
            ServerFrame::Changes(body) => encode("changes", body),
            ServerFrame::Ack(body) => encode("ack", body),
            ServerFrame::Nack(body) => encode("nack", body),
            ServerFrame::Rows(body) => encode("rows", body),
            ServerFrame::Presence(body) => encode("presence", body),
            ServerFrame::Error(body) => encode("error", body),
            ServerFrame::Bye(body) => encode("bye", body),
        }
    }

    /// Reads a frame.
    pub fn decode(bytes: &[u8]) -> Result<Self, Refusal> {
        Ok(match head(bytes)? {
            "welcome" => ServerFrame::Welcome(body(bytes)?),
            "changes" => ServerFrame::Changes(body(bytes)?),
            "ack" => ServerFrame::Ack(body(bytes)?),
            "nack" => ServerFrame::Nack(body(bytes)?),
            "rows" => ServerFrame::Rows(body(bytes)?),
            "presence" => ServerFrame::Presence(body(bytes)?),
            "error" => ServerFrame::Error(body(bytes)?),
            "bye" => ServerFrame::Bye(body(bytes)?),
            other => return Err(unknown(other)),
        })
    }
}

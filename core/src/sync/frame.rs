//! The frames of `/sync` (subprotocol `threadline.v1`): CBOR arrays
//! `[version, type, body]`. Version and type are read before the body, so that
//! a frame of another time gets a typed answer instead of a closed socket.

use ciborium::Value;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Serialize};
use serde_bytes::{ByteArray, ByteBuf};

use crate::error::{Code, Refusal};
use crate::id::{ConversationId, DocumentId, MemberId, NoteId};
use crate::limits;
use crate::model::{Member, RowEntry};
use crate::read::Read;
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
    /// The document's heads once these changes are in; empty where more has
    /// happened to it already, which follows.
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

/// The team changed: the whole directory, as it is now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Members {
    /// Everyone on the team, the receiver included.
    pub members: Vec<Member>,
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
#[serde(rename_all = "camelCase")]
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
    /// Tells who is on the team now.
    Members(Members),
    /// Tells where a teammate is.
    Presence(Presence),
    /// Refuses a frame; the session goes on.
    Error(Refusal),
    /// Ends the session.
    Bye(Bye),
}

/// The bytes of a value, as CBOR.
pub(crate) fn cbor<T: Serialize>(value: &T) -> Vec<u8> {
    let mut bytes = Vec::new();
    // Writing to a Vec does not fail, and every body is made of plain structs.
    if ciborium::into_writer(value, &mut bytes).is_err() {
        bytes.clear();
    }
    bytes
}

fn encode<T: Serialize>(kind: &str, body: &T) -> Vec<u8> {
    cbor(&(VERSION, kind, body))
}

/// Reads what is the whole of `bytes`: nothing may follow it.
pub(crate) fn whole<T: DeserializeOwned>(mut bytes: &[u8]) -> Option<T> {
    let value = ciborium::from_reader(&mut bytes).ok()?;
    bytes.is_empty().then_some(value)
}

/// The type of a frame of this version, and its body unread.
fn parts<T: DeserializeOwned>(bytes: &[u8]) -> Result<(String, T), Refusal> {
    if bytes.len() > limits::FRAME_BYTES {
        return Err(Refusal::new(Code::FrameTooLarge, "The frame is too large."));
    }
    match whole::<(u8, String, T)>(bytes) {
        Some((VERSION, kind, body)) => Ok((kind, body)),
        Some(_) => Err(Refusal::new(
            Code::UnknownVersion,
            "This side speaks version 1.",
        )),
        None => Err(Refusal::new(
            Code::BadFrame,
            "The frame is not CBOR of the expected shape.",
        )),
    }
}

fn body<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Refusal> {
    match whole::<(u8, String, T)>(bytes) {
        Some((_, _, body)) => Ok(body),
        None => Err(bad_body()),
    }
}

/// A body that browsers read, with the reader that is small to download.
fn small<T: Read>(body: Value) -> Result<T, Refusal> {
    T::read(body).map_err(|_| bad_body())
}

fn bad_body() -> Refusal {
    Refusal::new(
        Code::BadFrame,
        "The frame's body is not of the expected shape.",
    )
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
        let (kind, _) = parts::<IgnoredAny>(bytes)?;
        Ok(match kind.as_str() {
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
            ServerFrame::Members(body) => encode("members", body),
            ServerFrame::Presence(body) => encode("presence", body),
            ServerFrame::Error(body) => encode("error", body),
            ServerFrame::Bye(body) => encode("bye", body),
        }
    }

    /// Reads a frame.
    pub fn decode(bytes: &[u8]) -> Result<Self, Refusal> {
        let (kind, body) = parts(bytes)?;
        Ok(match kind.as_str() {
            "welcome" => ServerFrame::Welcome(small(body)?),
            "changes" => ServerFrame::Changes(small(body)?),
            "ack" => ServerFrame::Ack(small(body)?),
            "nack" => ServerFrame::Nack(small(body)?),
            "rows" => ServerFrame::Rows(small(body)?),
            "members" => ServerFrame::Members(small(body)?),
            "presence" => ServerFrame::Presence(small(body)?),
            "error" => ServerFrame::Error(small(body)?),
            "bye" => ServerFrame::Bye(small(body)?),
            other => return Err(unknown(other)),
        })
    }

    /// The code with which an encoded frame refuses something, if it does;
    /// for those who count. Frames of other types are not decoded.
    pub fn refuses(bytes: &[u8]) -> Option<Code> {
        // The array and the version take a byte each, the length of a short
        // text is in its first byte (RFC 8949 §3.1).
        let kind = bytes.get(2..)?;
        let refusal = [b"\x64nack".as_slice(), b"\x65error", b"\x63bye"];
        if !refusal.iter().any(|start| kind.starts_with(start)) {
            return None;
        }
        match Self::decode(bytes).ok()? {
            ServerFrame::Nack(nack) => Some(nack.refusal.code),
            ServerFrame::Error(refusal) => Some(refusal.code),
            ServerFrame::Bye(bye) => Some(bye.refusal.code),
            _ => None,
        }
    }
}

//! The messages of automerge-repo's WebSocket protocol, version 1: CBOR maps
//! with a `type`, as the package `@automerge/automerge-repo-network-websocket`
//! writes them.

use serde::{Deserialize, Serialize};
use serde_bytes::{ByteBuf, Bytes};

use crate::error::{Code, Refusal};
use crate::limits;
use crate::sync::frame::{cbor, whole};

/// The only version of the protocol.
pub(super) const PROTOCOL: &str = "1";

/// What a peer says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Said {
    /// The first message.
    Join {
        /// The peer's id, of its own choosing.
        peer: String,
        /// Whether it speaks [`PROTOCOL`].
        speaks: bool,
    },
    /// Its part of a document's sync.
    Sync {
        peer: String,
        document: String,
        /// Whether it has nothing of the document, and asks for it.
        request: bool,
        /// An Automerge sync message.
        data: Vec<u8>,
    },
    /// Something for the document's other readers.
    Ephemeral(Ephemeral),
    /// It goes.
    Leave,
    /// Nothing that asks for anything: that it has no such document, or
    /// gossip about the heads of third parties.
    Nothing,
}

/// What passes between readers of a document and is kept nowhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ephemeral {
    /// The peer that made it.
    pub peer: String,
    /// A random name of that peer's run.
    pub session: String,
    /// Rises with every message of the run; tells what was there before.
    pub count: u64,
    /// The document, as the peers name it.
    pub document: String,
    /// Whatever it is.
    pub data: Vec<u8>,
}

/// Every field that any message has.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Fields {
    r#type: String,
    #[serde(default)]
    sender_id: Option<String>,
    #[serde(default)]
    document_id: Option<String>,
    #[serde(default)]
    data: Option<ByteBuf>,
    #[serde(default)]
    session_id: Option<String>,
    #[serde(default)]
    count: Option<u64>,
    /// Missing at a peer that is older than versions: it speaks the first.
    #[serde(default)]
    supported_protocol_versions: Option<Vec<String>>,
}

/// Reads a message.
pub(super) fn read(bytes: &[u8]) -> Result<Said, Refusal> {
    let fields: Fields = whole(bytes).ok_or_else(malformed)?;
    let peer = || name(fields.sender_id.clone());
    let document = || name(fields.document_id.clone());
    let data = || fields.data.clone().map(ByteBuf::into_vec);
    Ok(match fields.r#type.as_str() {
        "join" => Said::Join {
            peer: peer()?,
            speaks: fields
                .supported_protocol_versions
                .is_none_or(|all| all.iter().any(|version| version == PROTOCOL)),
        },
        kind @ ("sync" | "request") => Said::Sync {
            peer: peer()?,
            document: document()?,
            request: kind == "request",
            data: data().ok_or_else(malformed)?,
        },
        "ephemeral" => Said::Ephemeral(Ephemeral {
            peer: peer()?,
            session: name(fields.session_id.clone())?,
            count: fields.count.ok_or_else(malformed)?,
            document: document()?,
            data: data().ok_or_else(malformed)?,
        }),
        "leave" => Said::Leave,
        "doc-unavailable" | "remote-subscription-change" | "remote-heads-changed" => Said::Nothing,
        _ => {
            let text = "Messages of this type are not known here.";
            return Err(Refusal::new(Code::UnknownType, text));
        }
    })
}

/// A name that a peer gives to something: present, and of bearable length.
fn name(given: Option<String>) -> Result<String, Refusal> {
    given
        .filter(|name| !name.is_empty() && name.len() <= limits::REPO_NAME_BYTES)
        .ok_or_else(malformed)
}

fn malformed() -> Refusal {
    let text = "The message is not CBOR of the expected shape.";
    Refusal::new(Code::BadFrame, text)
}

/// What is said to a peer.
#[derive(Serialize)]
#[serde(
    tag = "type",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
pub(super) enum Say<'a> {
    /// Answers `join`.
    Peer {
        sender_id: &'a str,
        target_id: &'a str,
        peer_metadata: Metadata<'a>,
        selected_protocol_version: &'a str,
    },
    /// Our part of a document's sync.
    Sync {
        sender_id: &'a str,
        target_id: &'a str,
        document_id: &'a str,
        data: &'a Bytes,
    },
    /// There is no such document, or it may not be seen.
    DocUnavailable {
        sender_id: &'a str,
        target_id: &'a str,
        document_id: &'a str,
    },
    /// Another reader's word.
    Ephemeral {
        sender_id: &'a str,
        target_id: &'a str,
        document_id: &'a str,
        session_id: &'a str,
        count: u64,
        data: &'a Bytes,
    },
    /// Something was refused.
    Error {
        sender_id: &'a str,
        target_id: &'a str,
        message: &'a str,
    },
}

/// By what a peer remembers how far it has come with us.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Metadata<'a> {
    pub(super) storage_id: &'a str,
    pub(super) is_ephemeral: bool,
}

impl Say<'_> {
    pub(super) fn encode(&self) -> Vec<u8> {
        cbor(self)
    }
}

#[cfg(test)]
mod tests {
    use ciborium::{Value, cbor};

    use super::*;

    fn bytes(value: &Value) -> Vec<u8> {
        let mut bytes = Vec::new();
        ciborium::into_writer(value, &mut bytes).unwrap();
        bytes
    }

    #[test]
    fn a_join_as_the_package_writes_it_is_read() {
        // cbor-x 1.6 of {type, senderId, peerMetadata: {storageId: undefined,
        // isEphemeral: true}, supportedProtocolVersions}: `undefined` is f7.
        let mut join = bytes(
            &cbor!({
                "type" => "join",
                "senderId" => "peer-1",
                "peerMetadata" => {"storageId" => "?", "isEphemeral" => true},
                "supportedProtocolVersions" => ["1"],
            })
            .unwrap(),
        );
        let place = join.windows(2).position(|pair| pair == b"\x61?").unwrap();
        join.splice(place..place + 2, [0xf7]);
        let said = Said::Join {
            peer: "peer-1".to_owned(),
            speaks: true,
        };
        assert_eq!(read(&join), Ok(said));
    }

    #[test]
    fn what_is_no_message_gets_a_code() {
        for (value, code) in [
            (cbor!([1, 2]), Code::BadFrame),
            (cbor!({"type" => "sync", "senderId" => "a"}), Code::BadFrame),
            (cbor!({"type" => "join", "senderId" => ""}), Code::BadFrame),
            (cbor!({"type" => "dance"}), Code::UnknownType),
            (
                cbor!({"type" => "join", "senderId" => "x".repeat(1_000)}),
                Code::BadFrame,
            ),
        ] {
            let value = value.unwrap();
            let refused = read(&bytes(&value)).unwrap_err();
            assert_eq!(refused.code, code, "{value:?}");
        }
        assert_eq!(read(&[0xbf]).unwrap_err().code, Code::BadFrame);
    }
}

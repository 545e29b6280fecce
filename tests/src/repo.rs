//! A client of automerge-repo's WebSocket protocol (version 1) that says what it
//! is told to: no repository behind it, so that tests see every answer.

use std::net::SocketAddr;

use automerge::ChangeHash;
use automerge::sync::{ChunkList, Have, Message, MessageVersion};
use ciborium::{Value, cbor};
use futures_util::{SinkExt, StreamExt};
use serde::Deserialize;
use serde_bytes::ByteBuf;
use threadline_core::error::Code;
use threadline_core::id::{DocumentId, WorkspaceId};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message as Binary;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::handshake::client::Request;
use tokio_tungstenite::tungstenite::http::header::AUTHORIZATION;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::client::DEADLINE;
use crate::pen::hash;

/// One connection.
pub struct Peer {
    me: String,
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

/// What the server says, as far as tests look at it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Heard {
    r#type: String,
    document_id: Option<String>,
    data: Option<ByteBuf>,
    message: Option<String>,
}

/// What a document of a workspace is called: 16 bytes in base58 with a checksum.
pub fn name(workspace: &str, doc: DocumentId) -> String {
    let workspace: WorkspaceId = workspace.parse().expect("a workspace's id");
    let id = match doc {
        DocumentId::Workspace => workspace.document(),
        DocumentId::Contact(id) => id.0,
        DocumentId::Conversation(id) => id.0,
        DocumentId::Free(id) => id,
    };
    bs58::encode(id.as_bytes()).with_check().into_string()
}

/// A ticket for the member whom a token names; `None` where the server gives none.
pub async fn ticket(at: SocketAddr, workspace: &str, token: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct Issued {
        ticket: String,
    }
    let url = format!("http://{at}/v1/workspaces/{workspace}/tickets");
    let request = reqwest::Client::new().post(url).bearer_auth(token);
    let answer = request.send().await.expect("the server answers");
    answer.json().await.ok().map(|it: Issued| it.ticket)
}

impl Peer {
    /// Opens a connection with a ticket and joins under a name of its own choosing.
    /// `Err` is what the server says to a ticket that it does not take.
    pub async fn join(at: SocketAddr, ticket: &str, me: &str) -> Result<Self, Code> {
        let url = format!("ws://{at}/automerge-repo?ticket={ticket}");
        Self::enter(request(&url), me).await
    }

    /// The same with a token in the request's head, as no browser can send it.
    pub async fn sign_in(at: SocketAddr, token: &str, me: &str) -> Result<Self, Code> {
        let url = format!("ws://{at}/automerge-repo");
        Self::enter(bearing(token, request(&url)), me).await
    }

    /// The same with a ticket, and a token that is for a proxy on the way.
    pub async fn join_past(
        proxy: &str,
        at: SocketAddr,
        ticket: &str,
        me: &str,
    ) -> Result<Self, Code> {
        let url = format!("ws://{at}/automerge-repo?ticket={ticket}");
        Self::enter(bearing(proxy, request(&url)), me).await
    }

    async fn enter(request: Request, me: &str) -> Result<Self, Code> {
        let (socket, _) = connect_async(request).await.expect("the socket opens");
        let me = me.to_owned();
        let mut peer = Self { me, socket };
        let join = cbor!({
            "type" => "join",
            "senderId" => peer.me,
            "peerMetadata" => {},
            "supportedProtocolVersions" => ["1"],
        });
        peer.say(join.expect("plain words")).await;
        let heard = peer.next().await;
        match heard.r#type.as_str() {
            "peer" => Ok(peer),
            _ => Err(heard.code()),
        }
    }

    /// Brings a change to a document, and waits until it is durable, or for the
    /// refusal. After one the server takes nothing more for the document on this
    /// connection.
    pub async fn bring(&mut self, document: &str, change: &[u8]) -> Result<(), Code> {
        let hash = ChangeHash(hash(change));
        let mut message = nothing();
        message.heads = vec![hash];
        message.changes = change.to_vec().into();
        self.sync("sync", document, message).await;
        loop {
            let heard = self.next().await;
            match heard.sync(document) {
                Some(message) if message.heads.contains(&hash) => return Ok(()),
                None if heard.r#type == "error" => return Err(heard.code()),
                _ => {}
            }
        }
    }

    /// Asks for all of a document: whether there is one that may be seen.
    pub async fn ask(&mut self, document: &str) -> bool {
        let mut message = nothing();
        message.have = vec![Have::default()];
        self.sync("request", document, message).await;
        loop {
            let heard = self.next().await;
            if heard.sync(document).is_some() {
                return true;
            }
            if heard.r#type == "doc-unavailable" && heard.document_id.as_deref() == Some(document) {
                return false;
            }
        }
    }

    /// Says something to those who have a document open, once it was asked for here.
    pub async fn whisper(&mut self, document: &str, word: &str) {
        let said = cbor!({
            "type" => "ephemeral",
            "senderId" => self.me,
            "targetId" => "the-server",
            "documentId" => document,
            "sessionId" => "the-only-one",
            "count" => 1,
            "data" => Value::Bytes(word.into()),
        });
        self.say(said.expect("plain words")).await;
    }

    /// Waits until somebody says a word.
    pub async fn overhear(&mut self, word: &str) {
        let is_it = |heard: &Heard| {
            let data = heard.data.as_ref();
            heard.r#type == "ephemeral" && data.is_some_and(|data| *data == word.as_bytes())
        };
        while !is_it(&self.next().await) {}
    }

    async fn sync(&mut self, kind: &str, document: &str, message: Message) {
        let said = cbor!({
            "type" => kind,
            "senderId" => self.me,
            "targetId" => "the-server",
            "documentId" => document,
            "data" => Value::Bytes(message.encode()),
        });
        self.say(said.expect("plain words")).await;
    }

    async fn say(&mut self, said: Value) {
        let mut bytes = Vec::new();
        ciborium::into_writer(&said, &mut bytes).expect("a Vec takes it");
        let sent = self.socket.send(Binary::binary(bytes)).await;
        sent.expect("the socket is open");
    }

    async fn next(&mut self) -> Heard {
        let next = async {
            loop {
                match self.socket.next().await {
                    Some(Ok(Binary::Binary(bytes))) => return bytes,
                    Some(Ok(Binary::Ping(_) | Binary::Pong(_))) => {}
                    other => panic!("the connection ended: {other:?}"),
                }
            }
        };
        let bytes = tokio::time::timeout(DEADLINE, next).await;
        let bytes = bytes.expect("the server answers in time");
        ciborium::from_reader(&*bytes).expect("the server's messages decode")
    }
}

impl Heard {
    /// The sync message about a document, where it is one.
    fn sync(&self, document: &str) -> Option<Message> {
        let about = self.document_id.as_deref() == Some(document);
        let data = self
            .data
            .as_ref()
            .filter(|_| about && self.r#type == "sync")?;
        Some(Message::decode(data).expect("it is a sync message"))
    }

    /// The code of an error: its first word.
    fn code(&self) -> Code {
        let text = self.message.as_deref().unwrap_or_default();
        let word = text.split([' ', ':']).next().unwrap_or_default();
        let code = Code::ALL.iter().find(|code| code.as_str() == word);
        *code.unwrap_or_else(|| panic!("{}: {text}", self.r#type))
    }
}

/// A sync message that says and asks for nothing.
fn nothing() -> Message {
    Message {
        heads: Vec::new(),
        need: Vec::new(),
        have: Vec::new(),
        changes: ChunkList::empty(),
        flags: None,
        version: MessageVersion::V1,
    }
}

fn bearing(token: &str, mut request: Request) -> Request {
    let value = format!("Bearer {token}");
    let value = value.parse().expect("a token has plain letters");
    request.headers_mut().insert(AUTHORIZATION, value);
    request
}

fn request(url: &str) -> Request {
    url.into_client_request().expect("an address")
}

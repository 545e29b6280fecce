//! A client that speaks `threadline.v1` and nothing else: no replica, no
//! reconnecting, so that tests see every frame.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_bytes::{ByteArray, ByteBuf};
use threadline_core::id::DocumentId;
use threadline_core::model::Role;
use threadline_core::sync::frame::{
    ClientFrame, Close, Hello, Open, Push, SUBPROTOCOL, ServerFrame, Welcome,
};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::server::{Server, WORKSPACE, token};

/// How long a test waits for what must come.
pub(crate) const DEADLINE: Duration = Duration::from_secs(60);

/// What came from the server.
#[derive(Debug, PartialEq)]
pub enum Incoming {
    /// A frame.
    Frame(ServerFrame),
    /// The end of the connection, with the reason of the close frame if there was one.
    Closed(Option<String>),
}

/// One connection.
pub struct Client {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    passes_over_rows: bool,
}

impl Client {
    /// Opens a socket and says nothing. `origin` is sent as a browser would.
    pub async fn dial(server: &Server, origin: Option<&str>) -> Result<Self, Error> {
        Self::dial_url(&format!("ws://{}/sync", server.address()), origin).await
    }

    /// The same by address.
    pub async fn dial_url(url: &str, origin: Option<&str>) -> Result<Self, Error> {
        let origin = origin.map(|origin| ("origin", origin));
        Self::dial_with(url, origin.as_slice()).await
    }

    /// The same with headers of one's own.
    pub async fn dial_with(url: &str, more: &[(&'static str, &str)]) -> Result<Self, Error> {
        let mut request = url.into_client_request()?;
        let headers = request.headers_mut();
        headers.insert("sec-websocket-protocol", SUBPROTOCOL.parse()?);
        for (name, value) in more {
            headers.insert(*name, value.parse()?);
        }
        let (socket, _) = connect_async(request).await?;
        Ok(Self {
            socket,
            passes_over_rows: false,
        })
    }

    /// A session of an agent of the usual workspace, rows included.
    pub async fn agent(server: &Server, member: &str) -> Self {
        Self::with_token(server, &Self::agents_token(member))
            .await
            .0
    }

    /// A good token of an agent of the usual workspace.
    pub fn agents_token(member: &str) -> String {
        token(WORKSPACE, member, Role::Agent)
    }

    /// A session with a token that is accepted.
    pub async fn with_token(server: &Server, token: &str) -> (Self, Welcome) {
        let mut client = Self::dial(server, None).await.expect("the socket opens");
        client.hello(token).await;
        match client.next().await {
            Incoming::Frame(ServerFrame::Welcome(welcome)) => (client, welcome),
            other => panic!("no welcome but {other:?}"),
        }
    }

    /// From now on rows are dropped as they come: a program that is thousands of
    /// agents would do little but read their lists.
    pub fn passing_over_rows(mut self) -> Self {
        self.passes_over_rows = true;
        self
    }

    /// Sends `hello` with a token.
    pub async fn hello(&mut self, token: &str) {
        let hello = Hello {
            token: token.to_owned(),
            epoch: String::new(),
            cursor: 0,
        };
        self.send(&ClientFrame::Hello(hello)).await;
    }

    /// Sends a frame.
    pub async fn send(&mut self, frame: &ClientFrame) {
        self.send_message(Message::binary(frame.encode()))
            .await
            .expect("the socket is open");
    }

    /// Sends a WebSocket message of any kind.
    pub async fn send_message(&mut self, message: Message) -> Result<(), Error> {
        self.socket.send(message).await
    }

    /// Pushes raw changes.
    pub async fn push(&mut self, doc: DocumentId, changes: &[Vec<u8>]) {
        let changes = changes.iter().cloned().map(ByteBuf::from).collect();
        self.send(&ClientFrame::Push(Push { doc, changes })).await;
    }

    /// Opens a document of which one has `have`.
    pub async fn open(&mut self, doc: DocumentId, have: &[[u8; 32]]) {
        let have = have.iter().copied().map(ByteArray::new).collect();
        self.send(&ClientFrame::Open(Open { doc, have })).await;
    }

    /// What comes next. Panics when nothing comes.
    pub async fn next(&mut self) -> Incoming {
        let next = tokio::time::timeout(DEADLINE, self.next_message()).await;
        next.expect("the server answers in time")
    }

    async fn next_message(&mut self) -> Incoming {
        loop {
            match self.socket.next().await {
                Some(Ok(Message::Binary(bytes))) if self.passes_over_rows && is_rows(&bytes) => {}
                Some(Ok(Message::Binary(bytes))) => {
                    let frame = ServerFrame::decode(&bytes).expect("the server's frames decode");
                    return Incoming::Frame(frame);
                }
                Some(Ok(Message::Close(frame))) => {
                    return Incoming::Closed(frame.map(|frame| frame.reason.to_string()));
                }
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Incoming::Closed(None),
            }
        }
    }

    /// Reads until `pick` finds what the test waits for. Panics when the
    /// connection ends before.
    pub async fn until<T>(&mut self, mut pick: impl FnMut(ServerFrame) -> Option<T>) -> T {
        loop {
            match self.next().await {
                Incoming::Frame(frame) => {
                    if let Some(found) = pick(frame) {
                        return found;
                    }
                }
                Incoming::Closed(reason) => panic!("the connection ended: {reason:?}"),
            }
        }
    }

    /// Every change of a document that the server has and `have` does not. The
    /// document is closed again: nothing of it comes by itself afterwards.
    pub async fn fetch(&mut self, doc: DocumentId, have: &[[u8; 32]]) -> Vec<Vec<u8>> {
        self.open(doc, have).await;
        let mut fetched = Vec::new();
        self.until(|frame| match frame {
            ServerFrame::Changes(changes) if changes.doc == doc => {
                fetched.extend(changes.changes.into_iter().map(ByteBuf::into_vec));
                changes.complete.then_some(())
            }
            _ => None,
        })
        .await;
        self.send(&ClientFrame::Close(Close { doc })).await;
        fetched
    }

    /// Pushes changes and waits until all are durable.
    pub async fn push_and_wait(&mut self, doc: DocumentId, changes: &[Vec<u8>]) {
        self.push(doc, changes).await;
        let mut missing = changes.len();
        self.until(|frame| match frame {
            ServerFrame::Ack(ack) if ack.doc == doc => {
                missing = missing.saturating_sub(ack.hashes.len());
                (missing == 0).then_some(())
            }
            ServerFrame::Nack(nack) => panic!("refused: {}", nack.refusal),
            _ => None,
        })
        .await;
    }
}

/// Whether an encoded frame brings rows: array and version take a byte each,
/// then comes a text of four (RFC 8949 §3.1).
fn is_rows(frame: &[u8]) -> bool {
    frame
        .get(2..)
        .is_some_and(|kind| kind.starts_with(b"\x64rows"))
}

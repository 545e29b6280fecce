//! `/sync`: a WebSocket (RFC 6455, subprotocol `threadline.v1`) between a
//! client and its workspace. Here are sockets and queues; what frames mean is
//! the hub's business, but for the first one, which names the workspace.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::body::Bytes;
use axum::extract::State;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade, close_code};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use threadline_core::error::{Code, Refusal};
use threadline_core::id::WorkspaceId;
use threadline_core::limits::SESSION_QUEUE;
use threadline_core::sync::frame::{Bye, ClientFrame, SUBPROTOCOL, ServerFrame};
use threadline_core::sync::hub::SessionId;
use tokio::sync::mpsc;
use tokio::time::{Instant, interval_at, timeout};
use tokio_util::sync::CancellationToken;

use crate::admission::{Address, Peer, Place};
use crate::app::App;
use crate::clock;
use crate::identity::Claims;
use crate::limits;
use crate::metrics::{Metrics, Way};
use crate::problem::Problem;
use crate::workspace::Workspace;

/// The way to one session's socket: a bounded queue that never waits. A
/// session that does not keep up is told to resync.
#[derive(Clone)]
pub(crate) struct Outbox {
    frames: mpsc::Sender<Outgoing>,
    waiting_bytes: Arc<AtomicUsize>,
    overflow: CancellationToken,
}

/// What comes out of an [`Outbox`].
pub(crate) enum Outgoing {
    /// A frame for the session, and when it was made.
    Frame(Bytes, Instant),
    /// The end of it.
    Close,
}

impl Outbox {
    /// An empty outbox, and the end where things come out.
    pub(crate) fn new() -> (Self, mpsc::Receiver<Outgoing>) {
        let (frames, queue) = mpsc::channel(SESSION_QUEUE);
        let outbox = Self {
            frames,
            waiting_bytes: Arc::default(),
            overflow: CancellationToken::new(),
        };
        (outbox, queue)
    }

    /// Queues a frame.
    pub(crate) fn send(&self, frame: impl Into<Bytes>) {
        let frame = frame.into();
        let bytes = frame.len();
        let waiting = self.waiting_bytes.fetch_add(bytes, Ordering::Relaxed) + bytes;
        if waiting > limits::SESSION_QUEUE_BYTES
            || self
                .frames
                .try_send(Outgoing::Frame(frame, Instant::now()))
                .is_err()
        {
            self.overflow.cancel();
        }
    }

    /// Counts a frame of so many bytes as taken out.
    pub(crate) fn taken(&self, bytes: usize) {
        self.waiting_bytes.fetch_sub(bytes, Ordering::Relaxed);
    }

    /// Waits until more came than was taken out.
    pub(crate) async fn overflowed(&self) {
        self.overflow.cancelled().await;
    }

    /// Closes the socket once everything before was sent.
    pub(crate) fn close(&self) {
        if self.frames.try_send(Outgoing::Close).is_err() {
            self.overflow.cancel();
        }
    }

    /// Frames and bytes that wait for the socket.
    pub(crate) fn waiting(&self) -> (usize, usize) {
        let frames = self.frames.max_capacity() - self.frames.capacity();
        (frames, self.waiting_bytes.load(Ordering::Relaxed))
    }

    /// Tells the client to come back and ask again, ahead of all that waits.
    pub(crate) fn resync(&self) {
        self.overflow.cancel();
    }
}

/// The route.
pub(crate) async fn connect(
    State(app): State<Arc<App>>,
    peer: Peer,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    if !app.origins.admits(&headers) {
        return Problem::forbidden().into_response();
    }
    let address = app.admission.address(peer, &headers);
    let place = app.admission.connect(address);
    upgrade
        .protocols([SUBPROTOCOL])
        .read_buffer_size(limits::SOCKET_BUFFER_BYTES)
        .max_message_size(limits::SOCKET_MESSAGE_BYTES)
        .max_frame_size(limits::SOCKET_MESSAGE_BYTES)
        .on_upgrade(async move |socket| {
            let tasks = app.tasks.clone();
            // Tracked, so that a shutdown waits for the farewell.
            tasks.track_future(serve(app, socket, place, headers)).await;
        })
}

/// Who came in, and the place they take up while they stay.
struct Entered {
    workspace: Workspace,
    hello: Bytes,
    _place: Place<WorkspaceId>,
}

async fn serve(
    app: Arc<App>,
    socket: WebSocket,
    place: Result<Option<Place<Address>>, Refusal>,
    headers: HeaderMap,
) {
    let (mut sink, mut stream) = socket.split();
    app.metrics.sockets.inc();
    // The place is held to the very end: a socket that is turned away is open
    // for a while yet.
    let greeted = match &place {
        Ok(_) => greet(&app, &mut stream, headers).await,
        Err(full) => Err(full.clone()),
    };
    match greeted {
        Ok(entered) => run(&app, entered, sink, &mut stream).await,
        Err(refusal) => {
            app.metrics.refused(refusal.code);
            farewell(&mut sink, refusal).await;
        }
    }
    // Closing a connection that still holds unread bytes would reset it, and
    // the peer would lose the farewell.
    let _ = timeout(limits::FAREWELL, async {
        while let Some(Ok(_)) = stream.next().await {}
    })
    .await;
    app.metrics.sockets.dec();
}

/// Waits for the first frame, and lets in whom it names.
async fn greet(
    app: &Arc<App>,
    stream: &mut SplitStream<WebSocket>,
    headers: HeaderMap,
) -> Result<Entered, Refusal> {
    let hello = tokio::select! {
        () = app.stopping.cancelled() => Err(Refusal::new(Code::GoingAway, "The server is going away.")),
        hello = timeout(limits::HELLO, first_frame(stream)) => {
            hello.unwrap_or_else(|_| Err(Refusal::new(Code::UnexpectedFrame, "No hello came in time.")))
        }
    }?;
    let claims = named(app, &hello)?;
    if !app.origins.admits_to(&claims.workspace, &headers) {
        let text = "This origin is not allowed.";
        return Err(Refusal::new(Code::Forbidden, text));
    }
    let place = app.admission.enter(&claims.workspace)?;
    Ok(Entered {
        workspace: app.workspace(&claims.workspace).await?,
        hello,
        _place: place,
    })
}

/// Reads up to the first message; a refusal where it is not a binary one.
async fn first_frame(stream: &mut SplitStream<WebSocket>) -> Result<Bytes, Refusal> {
    loop {
        match stream.next().await {
            Some(Ok(Message::Binary(bytes))) => return Ok(bytes),
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
            Some(Ok(Message::Text(_))) => return Err(text_frame()),
            Some(Err(error)) => return Err(broken(&error)),
            Some(Ok(Message::Close(_))) | None => {
                return Err(Refusal::new(
                    Code::UnexpectedFrame,
                    "The socket was closed before hello.",
                ));
            }
        }
    }
}

/// What the token in `hello` says. The workspace reads it again with the
/// frame, and decides what it allows.
fn named(app: &App, hello: &[u8]) -> Result<Claims, Refusal> {
    let ClientFrame::Hello(body) = ClientFrame::decode(hello)? else {
        return Err(Refusal::new(
            Code::UnexpectedFrame,
            "The first frame must be hello.",
        ));
    };
    app.keys.verify(&body.token, clock::now())
}

async fn run(
    app: &App,
    entered: Entered,
    sink: SplitSink<WebSocket, Message>,
    stream: &mut SplitStream<WebSocket>,
) {
    let Entered {
        workspace, hello, ..
    } = &entered;
    let session = app.next_session();
    let (outbox, queue) = Outbox::new();
    if workspace.connect(session, outbox.clone()).await.is_err() {
        return;
    }
    // The receiving side ends with the sending side, which is told when to.
    tokio::select! {
        () = send(app, sink, queue, &outbox) => {}
        () = receive(app, workspace, session, hello.clone(), stream, &outbox) => {}
    }
    workspace.disconnect(session).await;
}

/// Carries frames from the socket to the workspace until the socket is gone.
async fn receive(
    app: &App,
    workspace: &Workspace,
    session: SessionId,
    hello: Bytes,
    stream: &mut SplitStream<WebSocket>,
    outbox: &Outbox,
) {
    app.metrics.frame(Way::In, hello.len());
    if workspace.frame(session, hello.into()).await.is_err() {
        return tokio::time::sleep(limits::SHUTDOWN).await;
    }
    loop {
        let message = tokio::select! {
            // From now on frames stay unread; the farewell comes from the workspace.
            () = app.stopping.cancelled() => return std::future::pending().await,
            message = timeout(limits::SILENCE, stream.next()) => message,
        };
        match message {
            Ok(Some(Ok(Message::Binary(bytes)))) => {
                app.metrics.frame(Way::In, bytes.len());
                tracing::trace!(session = session.0, bytes = bytes.len(), "a frame came");
                // The workspace ends: its last words, and what it has stored
                // meanwhile, are still to be said.
                if workspace.frame(session, bytes.into()).await.is_err() {
                    return tokio::time::sleep(limits::SHUTDOWN).await;
                }
            }
            Ok(Some(Ok(Message::Text(_)))) => {
                outbox.send(ServerFrame::Error(text_frame()).encode());
            }
            Ok(Some(Ok(Message::Ping(_) | Message::Pong(_)))) => {}
            Ok(Some(Err(error))) => {
                let refusal = broken(&error);
                outbox.send(
                    ServerFrame::Bye(Bye {
                        refusal,
                        retry_after: Some(limits::RETRY_MS),
                    })
                    .encode(),
                );
                outbox.close();
                // The sending side ends the session when that is through.
                return std::future::pending().await;
            }
            Ok(Some(Ok(Message::Close(_))) | None) | Err(_) => return,
        }
    }
}

/// Carries frames from the queue to the socket until it is told to close.
async fn send(
    app: &App,
    mut sink: SplitSink<WebSocket, Message>,
    mut queue: mpsc::Receiver<Outgoing>,
    outbox: &Outbox,
) {
    let mut ping = interval_at(Instant::now() + limits::PING, limits::PING);
    let mut waiting = Vec::new();
    loop {
        let mut quiet = false;
        let open = tokio::select! {
            biased;
            () = outbox.overflow.cancelled() => {
                let refusal = Refusal::new(Code::Resync, "This connection fell behind; reconnect.");
                app.metrics.refused(refusal.code);
                return farewell(&mut sink, refusal).await;
            }
            taken = queue.recv_many(&mut waiting, limits::SOCKET_WRITE_FRAMES) => taken > 0,
            _ = ping.tick() => {
                quiet = true;
                true
            }
        };
        if !open {
            return;
        }
        // A socket that takes nothing must still notice the overflow.
        tokio::select! {
            written = write(&app.metrics, &mut sink, &mut waiting, quiet, outbox) => match written {
                Ok(true) => {}
                Ok(false) => return close(&mut sink, "").await,
                Err(_) => return,
            },
            () = outbox.overflow.cancelled() => {}
        }
    }
}

/// Writes all that waits with one flush: frames that come together leave
/// together; a ping where it was quiet. `false` where the connection shall be closed.
async fn write(
    metrics: &Metrics,
    sink: &mut SplitSink<WebSocket, Message>,
    waiting: &mut Vec<Outgoing>,
    quiet: bool,
    outbox: &Outbox,
) -> Result<bool, axum::Error> {
    if quiet {
        sink.feed(Message::Ping(Bytes::new())).await?;
    }
    let mut made = None;
    for outgoing in waiting.drain(..) {
        match outgoing {
            Outgoing::Frame(frame, at) => {
                metrics.frame(Way::Out, frame.len());
                made = made.or(Some(at));
                outbox.taken(frame.len());
                sink.feed(Message::Binary(frame)).await?;
            }
            Outgoing::Close => {
                sink.flush().await?;
                return Ok(false);
            }
        }
    }
    sink.flush().await?;
    // The oldest of them stands for all that left together.
    if let Some(made) = made {
        metrics.fan_out.observe(made.elapsed().as_secs_f64());
    }
    Ok(true)
}

/// Says why, and closes the sending side.
async fn farewell(sink: &mut SplitSink<WebSocket, Message>, refusal: Refusal) {
    let code = refusal.code;
    let retry_after = match code {
        Code::BadToken | Code::TokenExpired | Code::Forbidden | Code::UnknownVersion => None,
        _ => Some(limits::RETRY_MS),
    };
    let bye = ServerFrame::Bye(Bye {
        refusal,
        retry_after,
    })
    .encode();
    // A peer that is gone or does not read needs no farewell.
    let _ = timeout(limits::FAREWELL, sink.send(Message::Binary(bye.into()))).await;
    close(sink, code.as_str()).await;
}

async fn close(sink: &mut SplitSink<WebSocket, Message>, reason: &'static str) {
    let frame = CloseFrame {
        code: if reason.is_empty() {
            close_code::NORMAL
        } else {
            close_code::POLICY
        },
        reason: reason.into(),
    };
    let _ = timeout(limits::FAREWELL, async {
        sink.send(Message::Close(Some(frame))).await?;
        sink.close().await
    })
    .await;
}

fn text_frame() -> Refusal {
    Refusal::new(Code::BadFrame, "Frames are binary.")
}

/// What a socket error means to the peer.
fn broken(error: &axum::Error) -> Refusal {
    let text = error.to_string();
    tracing::debug!(error = text, "a socket broke");
    // The WebSocket library tells the reason in words only.
    if text.contains("too long") || text.contains("too large") || text.contains("too big") {
        Refusal::new(Code::FrameTooLarge, "The frame is too large.")
    } else {
        Refusal::new(Code::BadFrame, "The message is not one of this protocol.")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_that_reads_nothing_is_told_to_resync() {
        let (outbox, _queue) = Outbox::new();
        for _ in 0..SESSION_QUEUE {
            outbox.send(vec![0]);
        }
        assert!(!outbox.overflow.is_cancelled(), "a full queue still holds");
        outbox.send(vec![0]);
        assert!(outbox.overflow.is_cancelled(), "one more does not fit");

        let (outbox, _queue) = Outbox::new();
        outbox.send(vec![0; limits::SESSION_QUEUE_BYTES]);
        assert!(!outbox.overflow.is_cancelled());
        outbox.send(vec![0]);
        assert!(outbox.overflow.is_cancelled(), "bytes are bounded too");
    }
}

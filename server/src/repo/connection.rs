//! One connection: messages from the socket and frames from the workspace in,
//! what the adapter makes of them out.

use std::collections::VecDeque;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::ws::{Message, WebSocket};
use futures_util::{SinkExt, StreamExt};
use threadline_core::error::{Code, Refusal};
use threadline_core::id::WorkspaceId;
use threadline_core::sync::frame::{Bye, ClientFrame, Hello, ServerFrame};
use threadline_core::sync::hub::SessionId;
use threadline_core::sync::repo::{Effect, Session};
use tokio::sync::{broadcast, mpsc};
use tokio::time::{Instant, interval_at, sleep, timeout};

use super::name;
use crate::app::App;
use crate::identity::Claims;
use crate::store::unavailable;
use crate::sync::{Outbox, Outgoing};
use crate::workspace::{Gossip, Workspace};
use crate::{clock, limits};

/// A peer whose member is known.
pub(super) struct Connection {
    app: Arc<App>,
    workspace: Workspace,
    id: WorkspaceId,
    session_id: SessionId,
    session: Session,
    outbox: Outbox,
    queue: mpsc::Receiver<Outgoing>,
    gossip: broadcast::Receiver<Gossip>,
}

/// Why a connection ends: nothing more is to be said on it.
struct Over;

impl From<axum::Error> for Over {
    fn from(_: axum::Error) -> Self {
        Over
    }
}

impl From<Refusal> for Over {
    fn from(_: Refusal) -> Self {
        Over
    }
}

/// What came.
enum News {
    Message(Message),
    Frames(Vec<Outgoing>),
    Gossip(Gossip),
    Turn,
    Ping,
}

impl Connection {
    /// Begins a session of the workspace for a peer with these claims.
    pub(super) async fn begin(
        app: Arc<App>,
        workspace: Workspace,
        claims: Claims,
    ) -> Result<Self, Refusal> {
        let session_id = app.next_session();
        let (outbox, mut queue) = Outbox::new();
        let gossip = workspace.gossip().subscribe();
        let id = claims.workspace.clone();
        workspace
            .connect_as(session_id, outbox.clone(), claims)
            .await?;
        let hello = Hello {
            token: String::new(),
            epoch: String::new(),
            cursor: 0,
        };
        workspace
            .frame(session_id, ClientFrame::Hello(hello).encode())
            .await?;
        let epoch = match welcome(&outbox, &mut queue).await {
            Ok(epoch) => epoch,
            Err(refusal) => {
                workspace.disconnect(session_id).await;
                return Err(refusal);
            }
        };
        // One client may be connected to two workspaces, and after a restore
        // what it remembers of us counts no more.
        let me = format!("threadline.{id}.{epoch}");
        let session = Session::new(clock::now(), me.clone(), me);
        Ok(Self {
            app,
            workspace,
            id,
            session_id,
            session,
            outbox,
            queue,
            gossip,
        })
    }

    /// Carries messages until either side ends it. The socket is still to be
    /// closed then.
    pub(super) async fn run(mut self, socket: &mut WebSocket) {
        let (app, outbox) = (Arc::clone(&self.app), self.outbox.clone());
        tokio::select! {
            _ = self.exchange(socket) => {}
            // What was pushed becomes durable all the same; the peer finds it
            // when it is back.
            () = app.stopping.cancelled() => {}
            () = outbox.overflowed() => {
                tracing::debug!("a peer of automerge-repo fell behind");
            }
        }
        self.workspace.disconnect(self.session_id).await;
    }

    async fn exchange(&mut self, socket: &mut WebSocket) -> Result<(), Over> {
        let mut ping = interval_at(Instant::now() + limits::REPO_PING, limits::REPO_PING);
        let mut heard = Instant::now();
        loop {
            let pause = self.session.pause(clock::now());
            let effects = match self.next(socket, &mut ping, pause).await? {
                News::Message(message) => {
                    heard = Instant::now();
                    match message {
                        Message::Binary(bytes) => self.session.receive(clock::now(), &bytes),
                        Message::Close(_) => return Err(Over),
                        Message::Text(_) | Message::Ping(_) | Message::Pong(_) => continue,
                    }
                }
                News::Frames(frames) => self.frames(frames)?,
                News::Gossip(Gossip { from, doc, word }) if from != self.session_id => {
                    self.session.gossip(doc, &word)
                }
                News::Gossip(_) => continue,
                News::Turn => self.session.tick(clock::now()),
                News::Ping if heard.elapsed() > limits::REPO_SILENCE && pause == 0 => {
                    return Err(Over);
                }
                News::Ping => {
                    socket.send(Message::Ping(Bytes::new())).await?;
                    continue;
                }
            };
            self.carry_out(socket, effects).await?;
        }
    }

    async fn next(
        &mut self,
        socket: &mut WebSocket,
        ping: &mut tokio::time::Interval,
        pause: u64,
    ) -> Result<News, Over> {
        let mut frames = Vec::new();
        let wait = match pause {
            0 => limits::REPO_TURN,
            pause => limits::REPO_TURN.min(std::time::Duration::from_millis(pause)),
        };
        let waits = pause > 0 || self.session.has_backlog();
        tokio::select! {
            // What came while storage kept us waiting counts before the silence does.
            biased;
            message = socket.next(), if pause == 0 => match message {
                Some(Ok(message)) => Ok(News::Message(message)),
                Some(Err(_)) | None => Err(Over),
            },
            taken = self.queue.recv_many(&mut frames, limits::SOCKET_WRITE_FRAMES) => match taken {
                0 => Err(Over),
                _ => Ok(News::Frames(frames)),
            },
            gossip = self.gossip.recv() => match gossip {
                Ok(gossip) => Ok(News::Gossip(gossip)),
                // Some were missed: they may be lost at any time.
                Err(broadcast::error::RecvError::Lagged(_)) => Ok(News::Turn),
                Err(broadcast::error::RecvError::Closed) => Err(Over),
            },
            _ = ping.tick() => Ok(News::Ping),
            () = sleep(wait), if waits => Ok(News::Turn),
        }
    }

    /// Hands frames of the workspace to the adapter.
    fn frames(&mut self, frames: Vec<Outgoing>) -> Result<Vec<Effect>, Over> {
        let mut effects = Vec::new();
        for outgoing in frames {
            match outgoing {
                Outgoing::Frame(bytes, _) => {
                    self.outbox.taken(bytes.len());
                    let frame = ServerFrame::decode(&bytes)?;
                    effects.extend(self.session.frame(clock::now(), frame));
                }
                Outgoing::Close => effects.push(Effect::Close),
            }
        }
        Ok(effects)
    }

    /// Does what the adapter wants; what is for the peer leaves with one flush.
    async fn carry_out(
        &mut self,
        socket: &mut WebSocket,
        effects: Vec<Effect>,
    ) -> Result<(), Over> {
        let mut waiting = VecDeque::from(effects);
        let mut over = false;
        while let Some(effect) = waiting.pop_front() {
            match effect {
                Effect::Send(message) => {
                    let sent = socket.feed(Message::Binary(message.into()));
                    timeout(limits::REPO_STALL, sent)
                        .await
                        .map_err(|_| Over)??;
                }
                Effect::Frame(frame) => {
                    let frame = frame.encode();
                    self.workspace.frame(self.session_id, frame).await?;
                }
                Effect::Resolve(name) => {
                    let more = match name::resolve(&self.app, &self.id, &name).await {
                        Ok(doc) => self.session.resolved(&name, doc),
                        Err(refusal) => self.session.frame(clock::now(), bye(refusal)),
                    };
                    waiting.extend(more);
                }
                Effect::Gossip(doc, word) => {
                    // Nobody else may be there to hear it.
                    let _ = self.workspace.gossip().send(Gossip {
                        from: self.session_id,
                        doc,
                        word: Arc::new(word),
                    });
                }
                Effect::Close => {
                    over = true;
                    break;
                }
            }
        }
        timeout(limits::REPO_STALL, socket.flush())
            .await
            .map_err(|_| Over)??;
        if over { Err(Over) } else { Ok(()) }
    }
}

/// Waits for the workspace's welcome: the database's epoch.
async fn welcome(outbox: &Outbox, queue: &mut mpsc::Receiver<Outgoing>) -> Result<String, Refusal> {
    while let Some(Outgoing::Frame(bytes, _)) = queue.recv().await {
        outbox.taken(bytes.len());
        match ServerFrame::decode(&bytes)? {
            ServerFrame::Welcome(welcome) => return Ok(welcome.epoch),
            ServerFrame::Bye(bye) => return Err(bye.refusal),
            _ => {}
        }
    }
    Err(unavailable())
}

/// The end that a refusal is.
fn bye(refusal: Refusal) -> ServerFrame {
    debug_assert_eq!(refusal.code, Code::Unavailable);
    ServerFrame::Bye(Bye {
        refusal,
        retry_after: Some(limits::RETRY_MS),
    })
}

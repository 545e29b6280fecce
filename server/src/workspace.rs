//! One task per workspace runs the core's hub: inputs from sockets and
//! channels in, frames and storage out. Everything it decides, the core decides.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use threadline_core::command::{Command, Outcome};
use threadline_core::error::{Code, Refusal};
use threadline_core::id::{MemberId, WorkspaceId};
use threadline_core::model::{Member, Role};
use threadline_core::sync::frame::{Bye, ServerFrame};
use threadline_core::sync::hub::{ActorId, Grant, Hub, Input, Output, SessionId};
use tokio::sync::{mpsc, oneshot};

use crate::app::App;
use crate::clock::{self, RandomIds};
use crate::limits;
use crate::store::{Opened, unavailable};
use crate::sync::Outbox;
use crate::token::{Claims, bad_token};

/// What comes to a workspace from outside.
enum Message {
    /// A socket with a token for this workspace, and its first frame.
    Connect {
        session: SessionId,
        outbox: Outbox,
    },
    Frame {
        session: SessionId,
        bytes: Vec<u8>,
    },
    Disconnect {
        session: SessionId,
    },
    Execute {
        command: Command,
        answer: oneshot::Sender<Result<Outcome, Refusal>>,
    },
}

/// A handle to a running workspace.
#[derive(Clone)]
pub(crate) struct Workspace {
    messages: mpsc::Sender<Message>,
}

impl Workspace {
    /// Whether the task behind it still takes messages.
    pub(crate) fn is_running(&self) -> bool {
        !self.messages.is_closed()
    }

    /// Brings a socket in. Its frames follow, the first one being `hello`.
    pub(crate) async fn connect(&self, session: SessionId, outbox: Outbox) -> Result<(), Refusal> {
        self.send(Message::Connect { session, outbox }).await
    }

    /// Hands over a frame; waits while the workspace has its hands full.
    pub(crate) async fn frame(&self, session: SessionId, bytes: Vec<u8>) -> Result<(), Refusal> {
        self.send(Message::Frame { session, bytes }).await
    }

    /// Tells that a socket is gone.
    pub(crate) async fn disconnect(&self, session: SessionId) {
        // A workspace that has stopped has forgotten the session already.
        let _ = self.send(Message::Disconnect { session }).await;
    }

    /// Executes a command as the server. Answered when it is durable.
    pub(crate) async fn execute(&self, command: Command) -> Result<Outcome, Refusal> {
        let (answer, outcome) = oneshot::channel();
        self.send(Message::Execute { command, answer }).await?;
        outcome.await.map_err(|_| unavailable())?
    }

    async fn send(&self, message: Message) -> Result<(), Refusal> {
        self.messages.send(message).await.map_err(|_| unavailable())
    }
}

/// Opens a workspace and starts its task.
pub(crate) async fn start(app: Arc<App>, id: WorkspaceId) -> Result<Workspace, Refusal> {
    let opened = blocking({
        let (store, id) = (Arc::clone(&app.store), id.clone());
        move || store.open(&id)
    })
    .await?;
    let actor = clock::random::<16>().map_err(|error| {
        tracing::error!(%error, "no random bytes for an actor");
        unavailable()
    })?;
    let (messages, inbox) = mpsc::channel(limits::WORKSPACE_QUEUE);
    let (replies, answers) = mpsc::unbounded_channel();
    let Opened {
        epoch,
        seq,
        members,
    } = opened;
    let server = server_member()?;
    let hub = Hub::new(
        epoch,
        seq,
        members.clone(),
        server.id.clone(),
        ActorId::from(actor),
        Box::new(RandomIds),
    );
    let task = Task {
        server,
        hub,
        members,
        outboxes: HashMap::new(),
        executing: HashMap::new(),
        tickets: 0,
        storing: false,
        ahead: 0,
        replies,
        app: Arc::clone(&app),
        id,
    };
    app.tasks.spawn(task.run(inbox, answers));
    Ok(Workspace { messages })
}

/// In whose name the server writes what channels bring.
pub(crate) fn server_member() -> Result<Member, Refusal> {
    let id: MemberId = "threadline".parse()?;
    let name = id.as_str().to_owned();
    Ok(Member::new(id, name, Role::Service))
}

/// Runs what waits for the disk where it keeps nobody else waiting.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Refusal> + Send + 'static,
) -> Result<T, Refusal> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|error| {
            tracing::error!(%error, "reading from storage panicked");
            Err(unavailable())
        })
}

struct Task {
    id: WorkspaceId,
    app: Arc<App>,
    hub: Hub,
    server: Member,
    members: Vec<Member>,
    outboxes: HashMap<SessionId, Outbox>,
    executing: HashMap<u64, oneshot::Sender<Result<Outcome, Refusal>>>,
    tickets: u64,
    /// Whether a batch is on its way to the disk.
    storing: bool,
    /// Messages taken since it left.
    ahead: usize,
    replies: mpsc::UnboundedSender<Input>,
}

impl Task {
    async fn run(
        mut self,
        mut inbox: mpsc::Receiver<Message>,
        mut answers: mpsc::UnboundedReceiver<Input>,
    ) {
        let mut tick = tokio::time::interval(limits::TICK);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                biased;
                () = self.app.stopping.cancelled() => break,
                Some(answer) = answers.recv() => self.answer(answer),
                Some(message) = inbox.recv(), if self.ahead < limits::WORKSPACE_AHEAD => self.message(message),
                _ = tick.tick() => self.feed(Input::Tick),
            }
            // Whatever else has come meanwhile shares the round, and its commit.
            for _ in 0..limits::WORKSPACE_ROUND {
                if let Ok(answer) = answers.try_recv() {
                    self.answer(answer);
                } else if self.ahead < limits::WORKSPACE_AHEAD
                    && let Ok(message) = inbox.try_recv()
                {
                    self.message(message);
                } else {
                    break;
                }
            }
            self.flush();
        }
        inbox.close();
        self.finish(&mut answers).await;
    }

    /// Lets the disk finish what it has, tells everybody, and ends.
    async fn finish(mut self, answers: &mut mpsc::UnboundedReceiver<Input>) {
        let drained = async {
            while self.storing {
                let Some(answer) = answers.recv().await else {
                    break;
                };
                self.answer(answer);
                self.flush();
            }
        };
        if tokio::time::timeout(limits::SHUTDOWN / 2, drained)
            .await
            .is_err()
        {
            tracing::warn!(workspace = %self.id, "storage did not finish before the shutdown");
        }
        let bye = ServerFrame::Bye(Bye {
            refusal: Refusal::new(Code::GoingAway, "The server is going away; come back soon."),
            retry_after: Some(limits::RETRY_MS),
        })
        .encode();
        for outbox in self.outboxes.values() {
            outbox.send(bye.clone());
            outbox.close();
        }
    }

    fn message(&mut self, message: Message) {
        if self.storing {
            self.ahead += 1;
        }
        match message {
            Message::Connect { session, outbox } => {
                self.outboxes.insert(session, outbox);
                self.feed(Input::Connected { session });
            }
            Message::Frame { session, bytes } => {
                // Frames that were on their way when the session was closed are not for the hub.
                if self.outboxes.contains_key(&session) {
                    self.feed(Input::Frame { session, bytes });
                }
            }
            Message::Disconnect { session } => {
                self.outboxes.remove(&session);
                self.feed(Input::Disconnected { session });
            }
            Message::Execute { command, answer } => {
                self.tickets += 1;
                self.executing.insert(self.tickets, answer);
                self.feed(Input::Execute {
                    ticket: self.tickets,
                    member: self.server.clone(),
                    command,
                });
            }
        }
    }

    fn answer(&mut self, answer: Input) {
        if matches!(answer, Input::Stored { .. }) {
            self.storing = false;
            self.ahead = 0;
        }
        self.feed(answer);
    }

    fn feed(&mut self, input: Input) {
        let outputs = self.hub.handle(clock::now(), input);
        self.carry_out(outputs);
    }

    fn flush(&mut self) {
        let outputs = self.hub.flush(clock::now());
        self.carry_out(outputs);
    }

    fn carry_out(&mut self, outputs: Vec<Output>) {
        let mut waiting = VecDeque::from(outputs);
        while let Some(output) = waiting.pop_front() {
            match output {
                Output::Send { session, frame } => {
                    if let Some(outbox) = self.outboxes.get(&session) {
                        outbox.send(frame);
                    }
                }
                Output::Close { session } => {
                    if let Some(outbox) = self.outboxes.remove(&session) {
                        outbox.close();
                    }
                }
                Output::Authenticate { session, token } => {
                    let grant = self.authenticate(&token);
                    if let Ok(grant) = &grant {
                        let joined = self.enrol(&grant.member);
                        waiting.extend(joined);
                    }
                    let more = self
                        .hub
                        .handle(clock::now(), Input::Authenticated { session, grant });
                    waiting.extend(more);
                }
                Output::Load { doc } => {
                    let (store, id, replies) = (
                        Arc::clone(&self.app.store),
                        self.id.clone(),
                        self.replies.clone(),
                    );
                    self.app.tasks.spawn(async move {
                        let stored = blocking(move || store.load(&id, doc)).await;
                        // Nobody waits for it once the workspace has stopped.
                        let _ = replies.send(Input::Loaded { doc, stored });
                    });
                }
                Output::Store(batch) => {
                    self.storing = true;
                    let (id, replies) = (batch.id, self.replies.clone());
                    let done = Box::new(move |result| {
                        let _ = replies.send(Input::Stored { batch: id, result });
                    });
                    self.app.store.append(&self.id, batch, done);
                }
                Output::ReadRows {
                    session,
                    after,
                    limit,
                } => self.read_rows(session, after, limit),
                Output::Executed { ticket, result } => {
                    if let Some(answer) = self.executing.remove(&ticket) {
                        // The request may have been given up; the command holds regardless.
                        let _ = answer.send(result);
                    }
                }
                Output::Quarantined { doc, text } => {
                    tracing::error!(workspace = %self.id, %doc, text, "a document is set aside");
                }
            }
        }
    }

    fn authenticate(&self, token: &str) -> Result<Grant, Refusal> {
        let claims = self.app.keys.verify(token, clock::now())?;
        if claims.workspace != self.id {
            return Err(bad_token());
        }
        let expires = claims.expires();
        Ok(Grant {
            member: self.known_as(&claims),
            expires,
        })
    }

    /// The member as the token describes them, with what only the directory knows.
    fn known_as(&self, claims: &Claims) -> Member {
        let mut member = claims.member();
        if let Some(known) = self.members.iter().find(|known| known.id == member.id) {
            member.availability = known.availability;
            member.channels.clone_from(&known.channels);
            member.active = known.active;
            if claims.teams.is_none() {
                member.teams.clone_from(&known.teams);
            }
            if claims.name.is_none() {
                member.name.clone_from(&known.name);
            }
        }
        member
    }

    /// Adds the member to the directory, or brings it up to date.
    fn enrol(&mut self, member: &Member) -> Vec<Output> {
        match self.members.iter_mut().find(|known| known.id == member.id) {
            Some(known) if known == member => return Vec::new(),
            Some(known) => known.clone_from(member),
            None => self.members.push(member.clone()),
        }
        // Lost in a crash, it is written again with the member's next token.
        let failed = Box::new(|result: Result<(), Refusal>| {
            if result.is_err() {
                tracing::warn!("a member was not written to the directory");
            }
        });
        self.app.store.put_member(&self.id, member.clone(), failed);
        let members = self.members.clone();
        self.hub.handle(clock::now(), Input::Directory { members })
    }

    fn read_rows(&self, session: SessionId, after: u64, limit: usize) {
        let (store, id, replies) = (
            Arc::clone(&self.app.store),
            self.id.clone(),
            self.replies.clone(),
        );
        let slow = self.outboxes.get(&session).cloned();
        self.app.tasks.spawn(async move {
            match blocking(move || store.rows(&id, after, limit)).await {
                Ok(page) => {
                    let _ = replies.send(Input::RowsRead {
                        session,
                        rows: page.rows,
                        cursor: page.cursor,
                        complete: page.complete,
                    });
                }
                // Without its rows the session is of no use: it comes back and asks again.
                Err(_) => {
                    if let Some(outbox) = slow {
                        outbox.resync();
                    }
                }
            }
        });
    }
}

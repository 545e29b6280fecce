//! The task behind a running workspace: takes messages in rounds, feeds the
//! hub, does what it wants done.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use threadline_core::command::Outcome;
use threadline_core::error::{Code, Refusal};
use threadline_core::id::WorkspaceId;
use threadline_core::model::Member;
use threadline_core::sync::frame::{Bye, ServerFrame};
use threadline_core::sync::hub::{Grant, Hub, Input, Output, Pulse, SessionId};
use tokio::sync::{mpsc, oneshot, watch};

use super::{Message, blocking};
use crate::app::App;
use crate::clock;
use crate::directory::{Directory, Edit, Listed};
use crate::limits;
use crate::store::{Store, unavailable};
use crate::sync::Outbox;
use crate::token::{Claims, bad_token};

/// What a workspace waited for.
pub(super) enum Reply {
    /// The hub did.
    Hub(Input),
    /// What storage says has happened; `None` where it cannot say.
    Pulse(Option<Pulse>),
    /// The team, as it was when the pulse had `count` and this process had
    /// made `edits`.
    Team {
        count: u64,
        edits: u64,
        listed: Vec<Listed>,
    },
    /// A member's entry is written, or was not.
    Enrolled,
}

/// One running workspace.
pub(super) struct Task {
    id: WorkspaceId,
    app: Arc<App>,
    hub: Hub,
    server: Member,
    directory: watch::Sender<Directory>,
    outboxes: HashMap<SessionId, Outbox>,
    executing: HashMap<u64, oneshot::Sender<Result<Outcome, Refusal>>>,
    tickets: u64,
    /// Whether a batch is on its way to the disk.
    storing: bool,
    /// Messages taken since it left.
    ahead: usize,
    /// The count of the team as this process knows it.
    team: u64,
    /// Entries of members that this process ever wrote.
    edits: u64,
    /// Those of them that are on their way to the disk.
    enrolling: usize,
    /// Whether storage is being asked for its pulse.
    listening: bool,
    replies: mpsc::UnboundedSender<Reply>,
}

impl Task {
    /// A workspace that nobody has connected to yet.
    pub(super) fn new(
        app: Arc<App>,
        id: WorkspaceId,
        hub: Hub,
        server: Member,
        directory: watch::Sender<Directory>,
        replies: mpsc::UnboundedSender<Reply>,
    ) -> Self {
        Self {
            id,
            app,
            hub,
            server,
            directory,
            outboxes: HashMap::new(),
            executing: HashMap::new(),
            tickets: 0,
            storing: false,
            ahead: 0,
            team: 0,
            edits: 0,
            enrolling: 0,
            listening: false,
            replies,
        }
    }

    /// Runs until the server stops.
    pub(super) async fn run(
        mut self,
        mut inbox: mpsc::Receiver<Message>,
        mut answers: mpsc::UnboundedReceiver<Reply>,
    ) {
        let mut tick = tokio::time::interval(limits::TICK);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                biased;
                () = self.app.stopping.cancelled() => break,
                Some(answer) = answers.recv() => self.answer(answer),
                Some(message) = inbox.recv(), if self.ahead < limits::WORKSPACE_AHEAD => self.message(message),
                _ = tick.tick() => self.tick(),
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
    async fn finish(mut self, answers: &mut mpsc::UnboundedReceiver<Reply>) {
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
            Message::Edit { by, edit, answer } => self.edit(&by, edit, answer),
        }
    }

    fn answer(&mut self, answer: Reply) {
        match answer {
            Reply::Hub(input) => {
                if matches!(input, Input::Stored { .. }) {
                    self.storing = false;
                    self.ahead = 0;
                }
                self.feed(input);
            }
            Reply::Pulse(pulse) => {
                self.listening = false;
                if let Some(pulse) = pulse {
                    self.heard(pulse);
                }
            }
            // A team that was read before this process changed it would undo that; the next
            // pulse tells of both.
            Reply::Team {
                count,
                edits,
                listed,
            } if edits == self.edits && self.enrolling == 0 => {
                self.take_team(count, listed);
            }
            Reply::Team { .. } => {}
            Reply::Enrolled => self.enrolling -= 1,
        }
    }

    fn tick(&mut self) {
        self.listen();
        self.feed(Input::Tick);
    }

    /// Asks storage whether other servers have written. Hints may be lost, so
    /// this is what brings their work here, at the latest.
    fn listen(&mut self) {
        if !std::mem::replace(&mut self.listening, true) {
            self.read(
                |store, id| store.pulse(id),
                |pulse| Reply::Pulse(pulse.ok()),
            );
        }
    }

    fn heard(&mut self, pulse: Pulse) {
        self.feed(Input::Moved { seq: pulse.seq });
        let (count, edits) = (pulse.team, self.edits);
        if count != self.team {
            self.read(
                |store, id| store.members(id),
                move |listed| match listed {
                    Ok(listed) => Reply::Team {
                        count,
                        edits,
                        listed,
                    },
                    // It is read with the next pulse.
                    Err(_) => Reply::Pulse(None),
                },
            );
        }
    }

    /// Takes in the team as storage has it.
    fn take_team(&mut self, count: u64, listed: Vec<Listed>) {
        self.team = count;
        self.directory.send_replace(Directory::new(listed));
        let outputs = self.announce();
        self.carry_out(outputs);
    }

    /// Reads from storage and answers to this task.
    fn read<T: Send + 'static>(
        &self,
        query: impl FnOnce(&dyn Store, &WorkspaceId) -> Result<T, Refusal> + Send + 'static,
        reply: impl FnOnce(Result<T, Refusal>) -> Reply + Send + 'static,
    ) {
        let (store, id) = (Arc::clone(&self.app.store), self.id.clone());
        let replies = self.replies.clone();
        self.app.tasks.spawn(async move {
            let read = blocking(move || query(&*store, &id)).await;
            // Nobody waits for it once the workspace has stopped.
            let _ = replies.send(reply(read));
        });
    }

    /// Writes a member's entry, and tells when that is done.
    fn put_member(
        &mut self,
        listed: Listed,
        told: impl FnOnce(Result<(), Refusal>) + Send + 'static,
    ) {
        self.edits += 1;
        self.enrolling += 1;
        let replies = self.replies.clone();
        let done = Box::new(move |result| {
            told(result);
            // Nobody waits for it once the workspace has stopped.
            let _ = replies.send(Reply::Enrolled);
        });
        self.app.store.put_member(&self.id, listed, done);
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
                    let grant = grant.and_then(|grant| {
                        waiting.extend(self.enrol(&grant.member)?);
                        Ok(grant)
                    });
                    let more = self
                        .hub
                        .handle(clock::now(), Input::Authenticated { session, grant });
                    waiting.extend(more);
                }
                Output::Load { doc } => self.read(
                    move |store, id| store.load(id, doc),
                    move |stored| Reply::Hub(Input::Loaded { doc, stored }),
                ),
                Output::ReadLog { after, limit } => self.read(
                    move |store, id| store.log(id, after, limit),
                    |page| Reply::Hub(Input::LogRead(page)),
                ),
                Output::Store(batch) => {
                    self.storing = true;
                    let (id, replies) = (batch.id, self.replies.clone());
                    let done = Box::new(move |result| {
                        let _ = replies.send(Reply::Hub(Input::Stored { batch: id, result }));
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
            member: self.directory.borrow().known_as(&claims),
            expires,
        })
    }

    /// Adds the member to the directory, or brings it up to date.
    fn enrol(&mut self, member: &Member) -> Result<Vec<Output>, Refusal> {
        let mut enrolled = Ok(None);
        self.directory.send_if_modified(|directory| {
            enrolled = directory.enrol(member);
            matches!(enrolled, Ok(Some(_)))
        });
        let Some(listed) = enrolled? else {
            return Ok(Vec::new());
        };
        // Lost in a crash, it is written again with the member's next token.
        self.put_member(listed, |result| {
            if result.is_err() {
                tracing::warn!("a member was not written to the directory");
            }
        });
        Ok(self.announce())
    }

    /// Changes the directory, and answers once storage has the change.
    fn edit(&mut self, by: &Claims, edit: Edit, answer: oneshot::Sender<Result<Member, Refusal>>) {
        let mut edited = Err(unavailable());
        self.directory.send_if_modified(|directory| {
            edited = directory.edit(by, edit);
            edited.is_ok()
        });
        match edited {
            Ok(listed) => {
                let member = listed.member.clone();
                self.put_member(listed, move |result| {
                    // The request may have been given up; the change holds regardless.
                    let _ = answer.send(result.map(|()| member));
                });
                let outputs = self.announce();
                self.carry_out(outputs);
            }
            Err(refusal) => {
                // The request may have been given up.
                let _ = answer.send(Err(refusal));
            }
        }
    }

    /// Lets the hub know the team as it is now.
    fn announce(&mut self) -> Vec<Output> {
        let members = self.directory.borrow().members();
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
                    let _ = replies.send(Reply::Hub(Input::RowsRead {
                        session,
                        rows: page.rows,
                        cursor: page.cursor,
                        complete: page.complete,
                    }));
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

//! The task behind a running workspace: takes messages in rounds, feeds the
//! hub, does what it wants done.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use threadline_core::command::Outcome;
use threadline_core::error::{Code, Refusal};
use threadline_core::id::WorkspaceId;
use threadline_core::model::{Member, Role};
use threadline_core::sync::frame::{Bye, ServerFrame};
use threadline_core::sync::hub::{Client, Grant, Hub, Input, Output, SessionId};
use tokio::sync::{mpsc, oneshot, watch};

use super::{Message, blocking};
use crate::app::App;
use crate::clock;
use crate::directory::{Directory, Edit};
use crate::identity::{Claims, Revocation, bad_token};
use crate::limits;
use crate::store::unavailable;
use crate::sync::Outbox;

/// One running workspace.
pub(super) struct Task {
    id: WorkspaceId,
    app: Arc<App>,
    hub: Hub,
    server: Member,
    directory: watch::Sender<Directory>,
    outboxes: HashMap<SessionId, Outbox>,
    /// What each session was admitted with.
    claims: HashMap<SessionId, Claims>,
    executing: HashMap<u64, oneshot::Sender<Result<Outcome, Refusal>>>,
    tickets: u64,
    /// Whether a batch is on its way to the disk.
    storing: bool,
    /// Messages taken since it left.
    ahead: usize,
    replies: mpsc::UnboundedSender<Input>,
}

impl Task {
    /// A workspace that nobody has connected to yet.
    pub(super) fn new(
        app: Arc<App>,
        id: WorkspaceId,
        hub: Hub,
        server: Member,
        directory: watch::Sender<Directory>,
        replies: mpsc::UnboundedSender<Input>,
    ) -> Self {
        Self {
            id,
            app,
            hub,
            server,
            directory,
            outboxes: HashMap::new(),
            claims: HashMap::new(),
            executing: HashMap::new(),
            tickets: 0,
            storing: false,
            ahead: 0,
            replies,
        }
    }

    /// Runs until the server stops.
    pub(super) async fn run(
        mut self,
        mut inbox: mpsc::Receiver<Message>,
        mut answers: mpsc::UnboundedReceiver<Input>,
    ) {
        let mut tick = tokio::time::interval(limits::TICK);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut keys = self.app.keys.changes();
        loop {
            tokio::select! {
                biased;
                () = self.app.stopping.cancelled() => break,
                Some(answer) = answers.recv() => self.answer(answer),
                Some(message) = inbox.recv(), if self.ahead < limits::WORKSPACE_AHEAD => self.message(message),
                Ok(()) = keys.changed() => self.end_revoked(),
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
            Message::Connect {
                session,
                outbox,
                claims,
            } => {
                self.outboxes.insert(session, outbox);
                self.claims.extend(claims.map(|claims| (session, claims)));
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
                self.claims.remove(&session);
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
            Message::Revoke {
                by,
                revocation,
                answer,
            } => self.revoke(&by, revocation, answer),
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
                    let grant = self.authenticate(session, &token);
                    let grant = grant.and_then(|grant| {
                        waiting.extend(self.enrol(&grant.member)?);
                        Ok(grant)
                    });
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

    /// What a session may do that shows a token, or that came with a ticket
    /// and shows none.
    fn authenticate(&mut self, session: SessionId, token: &str) -> Result<Grant, Refusal> {
        let admitted = self.claims.get(&session).filter(|_| token.is_empty());
        let free = self.app.free_documents;
        let (claims, client) = match admitted {
            Some(claims) => (claims.clone(), Client::Repo { free }),
            None => (self.app.keys.verify(token, clock::now())?, Client::Native),
        };
        let directory = self.directory.borrow();
        if claims.workspace != self.id || directory.revoked().covers(&claims) {
            return Err(bad_token());
        }
        let grant = Grant {
            member: directory.known_as(&claims),
            expires: claims.expires(),
            client,
        };
        drop(directory);
        self.claims.insert(session, claims);
        Ok(grant)
    }

    /// Takes tokens back, and answers once storage knows.
    fn revoke(
        &mut self,
        by: &Claims,
        revocation: Revocation,
        answer: oneshot::Sender<Result<(), Refusal>>,
    ) {
        let admitted = self.directory.borrow().admit(by);
        if let Err(refusal) = admitted.and_then(|member| only_admins(&member)) {
            // The request may have been given up.
            let _ = answer.send(Err(refusal));
            return;
        }
        self.directory
            .send_modify(|directory| directory.revoked_mut().add(&revocation));
        self.end_revoked();
        let done = Box::new(move |result| {
            // The request may have been given up; the revocation holds regardless.
            let _ = answer.send(result);
        });
        self.app.store.put_revocation(&self.id, revocation, done);
    }

    /// Ends the sessions whose token counts no more: it was revoked, or the key
    /// that signed it was withdrawn.
    fn end_revoked(&mut self) {
        let directory = self.directory.borrow();
        let over =
            |claims: &Claims| directory.revoked().covers(claims) || !self.app.keys.know(claims);
        let over: Vec<SessionId> = self
            .claims
            .iter()
            .filter(|(_, claims)| over(claims))
            .map(|(session, _)| *session)
            .collect();
        drop(directory);
        for session in over {
            self.claims.remove(&session);
            self.feed(Input::Revoked { session });
        }
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
        let failed = Box::new(|result: Result<(), Refusal>| {
            if result.is_err() {
                tracing::warn!("a member was not written to the directory");
            }
        });
        self.app.store.put_member(&self.id, listed, failed);
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
                let done = Box::new(move |result: Result<(), Refusal>| {
                    // The request may have been given up; the change holds regardless.
                    let _ = answer.send(result.map(|()| member));
                });
                self.app.store.put_member(&self.id, listed, done);
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

fn only_admins(member: &Member) -> Result<(), Refusal> {
    if member.role == Role::Admin {
        return Ok(());
    }
    let text = "Only an admin takes tokens back.";
    Err(Refusal::new(Code::Forbidden, text))
}

//! The task behind a running workspace: takes messages in rounds, feeds the
//! hub, does what it wants done.

mod flows;
mod hints;
mod team;

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;

use threadline_core::command::Outcome;
use threadline_core::error::Refusal;
use threadline_core::id::WorkspaceId;
use threadline_core::model::Member;
use threadline_core::sync::hub::{Hub, Input, Output, Pulse, SessionId};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::Instant;

use self::flows::FlowsKept;
use self::team::Team;
use super::lookout::Lookout;
use super::{Message, blocking};
use crate::app::App;
use crate::directory::Directory;
use crate::identity::{Claims, Revocation};
use crate::limits;
use crate::store::Store;
use crate::sync::Outbox;
use crate::{bus, clock};

/// What a workspace waited for.
#[allow(clippy::large_enum_variant, reason = "a reply lives for one call")]
pub(super) enum Reply {
    /// The hub did.
    Hub(Input),
    /// What storage says has happened, where it can say.
    Pulse(Result<Pulse, Refusal>),
    /// The team was read.
    Team(Team),
    /// A change of the team is written, or could not be.
    Written { kept: bool },
    /// How far flows have run is kept, or could not be.
    Flows { kept: Result<u64, Refusal> },
    /// Storage could not keep a revocation.
    Unkept(Revocation),
}

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
    /// Sessions that came in by a ticket instead of a token. No other may do
    /// without: it would be taken for a client whose changes name nobody.
    ticketed: HashSet<SessionId>,
    executing: HashMap<u64, oneshot::Sender<Result<Outcome, Refusal>>>,
    tickets: u64,
    /// Messages taken since the hub fell behind.
    ahead: usize,
    /// The pulse of which this process has the team, and whose erasures it
    /// knows of.
    pulse: Pulse,
    /// Whether a person was erased since: documents in memory are not what is
    /// stored, and the workspace ends, to begin anew with who asks for it next.
    outdated: bool,
    /// When somebody last needed it.
    used: Instant,
    /// Whether nobody did for so long that it was let go of, and ends.
    let_go: bool,
    /// Changes of the team that this process ever made.
    edits: u64,
    /// Those of them that are on their way to the disk.
    writing: usize,
    /// What holds here and storage could not keep; it is asked again.
    unkept: Vec<Revocation>,
    flows: FlowsKept,
    /// Whether storage is being asked for its pulse.
    listening: bool,
    lookout: Lookout,
    replies: mpsc::UnboundedSender<Reply>,
}

impl Task {
    /// A workspace that nobody has connected to yet. Of the pulse only the
    /// erasures are known.
    pub(super) fn new(
        app: Arc<App>,
        id: WorkspaceId,
        hub: Hub,
        server: Member,
        pulse: Pulse,
        directory: watch::Sender<Directory>,
        replies: mpsc::UnboundedSender<Reply>,
    ) -> Self {
        Self {
            lookout: Lookout::new(Arc::clone(&app), id.clone()),
            id,
            app,
            hub,
            server,
            directory,
            outboxes: HashMap::new(),
            claims: HashMap::new(),
            ticketed: HashSet::new(),
            executing: HashMap::new(),
            tickets: 0,
            ahead: 0,
            pulse,
            outdated: false,
            used: Instant::now(),
            let_go: false,
            edits: 0,
            writing: 0,
            unkept: Vec::new(),
            flows: FlowsKept::default(),
            listening: false,
            replies,
        }
    }

    /// Runs until the server stops, nobody needs the workspace any more, or a
    /// person is erased from it.
    pub(super) async fn run(
        mut self,
        mut inbox: mpsc::Receiver<Message>,
        mut answers: mpsc::UnboundedReceiver<Reply>,
    ) {
        let mut tick = tokio::time::interval(limits::TICK);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut keys = self.app.keys.changes();
        let mut hints = self.app.bus.subscribe(&bus::moves(&self.id));
        let mut present = self.app.bus.subscribe(&bus::presence(&self.id));
        loop {
            tokio::select! {
                biased;
                () = self.app.stopping.cancelled() => break,
                // Both are rare; behind messages they would wait as long as those keep coming.
                Ok(()) = keys.changed() => self.end_revoked(),
                _ = tick.tick() => self.tick(inbox.len()),
                Some(answer) = answers.recv() => self.answer(answer),
                Some(hint) = hints.recv() => self.hint(&hint),
                Some(presence) = present.recv() => self.present_elsewhere(&presence),
                Some(message) = inbox.recv(), if self.ahead < limits::WORKSPACE_AHEAD => self.message(message),
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
            if !self.hub.is_behind() {
                self.ahead = 0;
            }
            if self.outdated || self.let_go {
                break;
            }
        }
        inbox.close();
        self.finish(inbox, &mut answers).await;
    }

    /// Lets the disk finish what it has, tells everybody, and ends.
    async fn finish(
        mut self,
        mut inbox: mpsc::Receiver<Message>,
        answers: &mut mpsc::UnboundedReceiver<Reply>,
    ) {
        self.keep_again();
        let drained = async {
            while self.hub.waits_for_storage() {
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
            tracing::warn!(workspace = %self.id, "storage did not finish before the end");
        }
        // Who came last is told as well; what they brought they bring again.
        while let Ok(message) = inbox.try_recv() {
            self.message(message);
        }
        self.feed(Input::GoingAway);
    }

    fn message(&mut self, message: Message) {
        if self.hub.is_behind() {
            self.ahead += 1;
        }
        self.used = Instant::now();
        match message {
            Message::Connect {
                session,
                outbox,
                claims,
            } => {
                self.outboxes.insert(session, outbox);
                if let Some(claims) = claims {
                    self.claims.insert(session, claims);
                    self.ticketed.insert(session);
                }
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
                self.ticketed.remove(&session);
                self.feed(Input::Disconnected { session });
            }
            Message::Execute {
                by,
                ticket,
                command,
                answer,
            } => match self.acting(by.as_ref()) {
                Ok(member) => {
                    self.tickets += 1;
                    let ticket = ticket.unwrap_or(self.tickets);
                    self.executing.insert(ticket, answer);
                    self.feed(Input::Execute {
                        ticket,
                        member,
                        command: *command,
                    });
                }
                Err(refusal) => {
                    // The request may have been given up.
                    let _ = answer.send(Err(refusal));
                }
            },
            Message::Edit { by, edit, answer } => self.edit(&by, edit, answer),
            Message::Revoke {
                by,
                revocation,
                answer,
            } => self.revoke(&by, revocation, answer),
        }
    }

    fn answer(&mut self, answer: Reply) {
        match answer {
            Reply::Hub(input) => self.feed(input),
            Reply::Pulse(pulse) => {
                self.listening = false;
                self.app.metrics.stored("pulse", &pulse);
                if let Ok(pulse) = pulse {
                    self.outdated |= pulse.erasures != self.pulse.erasures;
                    self.feed(Input::Moved { seq: pulse.seq });
                    self.look_for_team(pulse);
                }
            }
            Reply::Team(team) => self.take_team(team),
            Reply::Written { kept } => {
                self.writing -= 1;
                // What holds here is not what storage has: the next pulse brings that.
                if !kept {
                    self.pulse.team = u64::MAX;
                }
            }
            Reply::Flows { kept } => self.flows.kept(kept.ok()),
            Reply::Unkept(revocation) => self.unkept.push(revocation),
        }
    }

    fn tick(&mut self, waiting: usize) {
        self.listen();
        self.lookout.tick(&self.hub, waiting, &self.outboxes);
        self.feed(Input::Tick);
        self.let_go = waiting == 0 && self.is_idle() && self.app.let_go(&self.id);
        self.keep_again();
        self.keep_flows();
    }

    /// Whether nobody has needed the workspace for a while, and nothing of what
    /// they gave it to do is under way.
    fn is_idle(&self) -> bool {
        let stats = self.hub.stats();
        let busy = stats.sessions > 0
            || stats.work > 0
            || self.hub.waits_for_storage()
            || self.hub.flows_wait()
            || self.writing > 0
            || !self.unkept.is_empty()
            || !self.executing.is_empty();
        !busy && self.used.elapsed() >= self.app.idle_workspace
    }

    /// Asks storage whether other servers have written. Hints may be lost, so
    /// this is what brings their work here, at the latest.
    fn listen(&mut self) {
        if !std::mem::replace(&mut self.listening, true) {
            self.read(|store, id| store.pulse(id), Reply::Pulse);
        }
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

    fn feed(&mut self, input: Input) {
        self.lookout.input(&input);
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
            self.lookout.output(&output);
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
                Output::Load { doc } => self.read(
                    move |store, id| store.load(id, doc),
                    move |stored| Reply::Hub(Input::Loaded { doc, stored }),
                ),
                Output::ReadLog { after, limit } => self.read(
                    move |store, id| store.log(id, after, limit),
                    |page| Reply::Hub(Input::LogRead(page)),
                ),
                Output::ReadPast { after, limit } => self.read(
                    move |store, id| store.log(id, after, limit),
                    |page| Reply::Hub(Input::PastRead(page)),
                ),
                Output::Store(batch) => {
                    let (id, replies) = (batch.id, self.replies.clone());
                    let hint = self.moved(batch.entries.len() as u64);
                    let done = Box::new(move |result| {
                        hint(&result);
                        let _ = replies.send(Reply::Hub(Input::Stored { batch: id, result }));
                    });
                    let quota = Some(self.app.max_documents);
                    self.app.store.append(&self.id, batch, quota, done);
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
                Output::Present(presence) => self.present(presence),
                Output::Quarantined { doc, text } => {
                    tracing::error!(workspace = %self.id, %doc, text, "a document is set aside");
                }
                Output::FlowFailed { doc, text } => {
                    tracing::error!(workspace = %self.id, %doc, text, "a flow did not run");
                }
                Output::Mended { doc } => {
                    tracing::info!(workspace = %self.id, %doc, "a document that was set aside is served again");
                }
            }
        }
    }

    fn read_rows(&self, session: SessionId, after: u64, limit: usize) {
        let (store, id, replies) = (
            Arc::clone(&self.app.store),
            self.id.clone(),
            self.replies.clone(),
        );
        let slow = self.outboxes.get(&session).cloned();
        let app = Arc::clone(&self.app);
        self.app.tasks.spawn(async move {
            let read = blocking(move || store.rows(&id, after, limit)).await;
            app.metrics.stored("rows", &read);
            match read {
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

//! The server's end of the session, for one workspace. Sans-IO: inputs go in,
//! outputs come out, and the process around it owns sockets, tokens and
//! storage.
//!
//! Nothing that is not durable is seen by anybody: work on documents waits
//! while a batch is on its way to storage, and gathers there into the next
//! one. That is the group commit, and the reason why no answer here ever has
//! to tell stored from unstored.

mod documents;
mod door;
mod flows;
mod intake;
mod lag;
mod log;
mod pay;
mod port;
mod presence;
mod push;
mod quarantine;
mod rows;
mod rules;
mod session;
mod stats;
mod storing;
#[cfg(test)]
mod tests;
mod work;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use bytes::Bytes;

pub use automerge::ActorId;
pub use port::{
    AppendError, Appended, Batch, Client, Entry, Grant, Input, LogPage, Logged, Output, Pulse,
    SessionId, StoredDocument,
};
pub use stats::Stats;

use self::documents::{Held, Slot, contained};
use self::door::RETRY_MS;
use self::flows::Flows;
use self::pay::Shared;
use self::presence::Elsewhere;
use self::quarantine::Quarantine;
use self::rows::Telling;
use self::session::{Live, Stage};
use self::storing::Storing;
use self::work::Work;
use crate::error::{Code, Refusal};
use crate::id::{DocumentId, Ids, MemberId};
use crate::limits;
use crate::model::{Member, WorkspaceView};
use crate::sync::frame::{Ack, Members, Nack, ServerFrame};
use crate::time::Timestamp;

/// One workspace's sessions and documents.
pub struct Hub {
    epoch: String,
    /// The sequence number up to which everything in the log was told here.
    seq: u64,
    /// The highest sequence number heard of since the log was last read.
    heard: u64,
    reading: Reading,
    /// Whether a session came that knows more than this server, see
    /// [`session::Feed::Ahead`].
    ahead: bool,
    /// Whether a batch may leave although others are heard of: after the log
    /// was read it is our turn, or those who write more would shut us out.
    turn: bool,
    /// How many times in a row somebody else was faster.
    conflicts: u32,
    members: Vec<Member>,
    /// Stands for the server until a command names its member.
    server: MemberId,
    actor: ActorId,
    ids: Box<dyn Ids + Send>,
    /// What the workspace's document says, for the server's own commands.
    rules: Arc<WorkspaceView>,
    sessions: BTreeMap<SessionId, Stage>,
    documents: BTreeMap<DocumentId, Slot>,
    quarantine: Quarantine,
    /// Sessions that have a document and get what comes for it.
    followers: BTreeMap<DocumentId, BTreeSet<SessionId>>,
    work: BTreeMap<DocumentId, VecDeque<Work>>,
    /// What waits for the log to be read, in the order in which it came.
    lacking: Vec<(DocumentId, Work)>,
    /// How many of a document's next works are done alone, because it broke under
    /// one of them.
    suspects: BTreeMap<DocumentId, usize>,
    storing: Option<Storing>,
    batches: u64,
    telling: Telling,
    elsewhere: Elsewhere,
    /// What all sessions together may ask for.
    shared: Shared,
    /// Until when members bring back what others wrote.
    refill_until: Option<Timestamp>,
    /// `None` where the process does not run flows.
    flows: Option<Flows>,
}

/// Whether the log is being read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reading {
    No,
    Yes,
    /// Storage could not; it is asked again with the next tick.
    Failed,
}

impl Hub {
    /// A hub without sessions. `seq` is the workspace's last sequence number,
    /// `server` the member that stands for the server itself, `actor` a fresh
    /// random one of 16 bytes for the server's own commands.
    pub fn new(
        epoch: String,
        seq: u64,
        members: Vec<Member>,
        server: MemberId,
        actor: ActorId,
        ids: Box<dyn Ids + Send>,
    ) -> Self {
        Self {
            epoch,
            seq,
            heard: 0,
            reading: Reading::No,
            ahead: false,
            turn: false,
            conflicts: 0,
            members,
            server,
            actor,
            ids,
            rules: Arc::default(),
            sessions: BTreeMap::new(),
            documents: BTreeMap::new(),
            quarantine: Quarantine::default(),
            followers: BTreeMap::new(),
            work: BTreeMap::new(),
            lacking: Vec::new(),
            suspects: BTreeMap::new(),
            storing: None,
            batches: 0,
            telling: Telling::default(),
            elsewhere: Elsewhere::default(),
            shared: Shared::new(),
            refill_until: None,
            flows: None,
        }
    }

    /// The database was restored from a backup: until that moment any member
    /// who writes may bring changes of others, which pass in their author's
    /// name. Somebody who would forge one could do so only now, and the audit
    /// names the session that brought it.
    pub fn refill_until(&mut self, until: Timestamp) {
        self.refill_until = Some(until);
    }

    /// Takes one input. Work on documents waits for [`Hub::flush`].
    pub fn handle(&mut self, now: Timestamp, input: Input) -> Vec<Output> {
        let mut out = Vec::new();
        match input {
            Input::Connected { session } => {
                self.sessions.insert(session, Stage::Silent(now));
            }
            Input::Frame { session, bytes } => self.frame(now, session, &bytes, &mut out),
            Input::Disconnected { session } => {
                self.leave(session, &mut out);
                self.sessions.remove(&session);
            }
            Input::Authenticated { session, grant } => {
                self.authenticated(now, session, grant, &mut out);
            }
            Input::Revoked { session } => self.revoked(session, &mut out),
            Input::Loaded { doc, stored } => self.loaded(now, doc, stored, &mut out),
            Input::Stored { batch, result } => self.stored(batch, result, &mut out),
            Input::Moved { seq } => self.heard = self.heard.max(seq),
            Input::LogRead(read) => self.log_read(read, &mut out),
            Input::PastRead(read) => self.past_read(now, read),
            Input::RowsRead {
                session,
                rows,
                cursor,
                complete,
            } => self.rows_read(session, rows, cursor, complete, &mut out),
            Input::Execute {
                ticket,
                member,
                command,
            } => self.execute(now, ticket, member, command),
            Input::Present(presence) => self.present_elsewhere(now, presence, &mut out),
            Input::Directory { members } => self.directory(members, &mut out),
            Input::Tick => self.tick(now, &mut out),
            Input::GoingAway => self.going_away(&mut out),
        }
        self.tell_rows(now, &mut out);
        self.settle_flows(&mut out);
        out
    }

    /// Does the work that gathered: call it once after each round of inputs.
    /// What came for one document is checked, applied and stored together.
    pub fn flush(&mut self, now: Timestamp) -> Vec<Output> {
        let mut out = Vec::new();
        self.want_documents(now, &mut out);
        if self.storing.is_none() {
            self.answer_opens(now, &mut out);
            let late = self.is_late();
            if self.reading != Reading::Yes && (!late || std::mem::take(&mut self.turn)) {
                self.commit(now, &mut out);
                // Work that broke its document is done again on another copy.
                self.want_documents(now, &mut out);
            }
        }
        self.catch_up(&mut out);
        self.follow_flows(&mut out);
        self.settle_flows(&mut out);
        out
    }

    /// Whether a batch is on its way, or waits to be told of.
    pub fn waits_for_storage(&self) -> bool {
        self.storing.is_some()
    }

    /// Whether what comes now gathers in memory, because the log is being read or
    /// could not be, or more is queued than the next batch takes soon: whoever
    /// feeds the hub must not let it grow without end.
    pub fn is_behind(&self) -> bool {
        let queued = || self.work.values().map(VecDeque::len).sum::<usize>();
        self.reading != Reading::No || queued() > limits::QUEUED_WORK
    }

    fn live(&mut self, session: SessionId) -> Option<&mut Live> {
        match self.sessions.get_mut(&session) {
            Some(Stage::Live(live)) => Some(live),
            _ => None,
        }
    }

    /// Takes in the new directory: what a member may do from now on is
    /// decided by it, and whoever left the team leaves.
    fn directory(&mut self, members: Vec<Member>, out: &mut Vec<Output>) {
        let mut gone = Vec::new();
        for (session, stage) in &mut self.sessions {
            let Stage::Live(live) = stage else { continue };
            if let Some(member) = members.iter().find(|member| member.id == live.member.id) {
                live.member = member.clone();
            }
            if !live.member.active {
                gone.push(*session);
            }
        }
        for session in gone {
            self.left_the_team(session, out);
        }
        if self.members != members {
            self.members = members;
            self.tell_team(out);
        }
    }

    /// Sends the directory to everybody.
    fn tell_team(&self, out: &mut Vec<Output>) {
        let members = self.members.clone();
        let frame = Bytes::from(ServerFrame::Members(Members { members }).encode());
        let live = |(session, stage): (&SessionId, &Stage)| {
            matches!(stage, Stage::Live(_)).then_some(*session)
        };
        out.extend(self.sessions.iter().filter_map(live).map(|session| {
            let frame = frame.clone();
            Output::Send { session, frame }
        }));
    }

    fn tick(&mut self, now: Timestamp, out: &mut Vec<Output>) {
        self.shared.tick(now);
        let due: Vec<(SessionId, bool)> = self
            .sessions
            .iter()
            .filter_map(|(session, stage)| match stage {
                Stage::Silent(since) if since.plus_millis(limits::HELLO_MS) <= now => {
                    Some((*session, false))
                }
                Stage::Live(live) if live.expires <= now => Some((*session, true)),
                _ => None,
            })
            .collect();
        for (session, had_token) in due {
            if had_token {
                self.expired(session, out);
            } else {
                let refusal = Refusal::new(Code::UnexpectedFrame, "No hello came.");
                self.end(session, refusal, Some(RETRY_MS), out);
            }
        }
        if self.reading == Reading::Failed {
            self.reading = Reading::No;
        }
        self.forget_idle(now);
        self.try_again(now, out);
        self.flows_again(now, out);
        self.keep_present(now, out);
    }

    /// Takes a session out of everything it was in.
    fn leave(&mut self, session: SessionId, out: &mut Vec<Output>) {
        let open: Vec<DocumentId> = self
            .live(session)
            .map(|live| live.open.iter().copied().collect())
            .unwrap_or_default();
        for doc in open {
            self.close(session, doc, out);
        }
    }

    /// Asks storage for the documents that have work and are not here.
    fn want_documents(&mut self, now: Timestamp, out: &mut Vec<Output>) {
        if self.work.is_empty() {
            return;
        }
        let mut wanted: BTreeSet<DocumentId> = self.work.keys().copied().collect();
        wanted.insert(DocumentId::Workspace);
        for doc in wanted {
            if self.documents.contains_key(&doc) {
                continue;
            }
            if self.quarantine.refuses(doc, now) {
                self.refuse_all(doc, &quarantine::refusal(), out);
            } else {
                self.load(doc, out);
            }
        }
    }

    fn load(&mut self, doc: DocumentId, out: &mut Vec<Output>) {
        self.documents.insert(doc, Slot::Loading(Vec::new()));
        out.push(Output::Load { doc });
    }

    fn loaded(
        &mut self,
        now: Timestamp,
        doc: DocumentId,
        stored: Result<Option<StoredDocument>, Refusal>,
        out: &mut Vec<Output>,
    ) {
        let Some(Slot::Loading(meanwhile)) = self.documents.get_mut(&doc) else {
            return;
        };
        let meanwhile = std::mem::take(meanwhile);
        let (actor, server) = (self.actor.clone(), &self.server);
        let held = match stored {
            Ok(stored) => contained(|| Held::load(now, doc, actor, server, stored))
                .unwrap_or_else(|panic| Err(panic.to_string())),
            Err(refusal) if refusal.code == Code::Quarantined => Err(refusal.to_string()),
            // Nothing is wrong with the document, or nobody knows.
            Err(refusal) => {
                self.documents.remove(&doc);
                self.refuse_all(doc, &refusal, out);
                return;
            }
        };
        match held {
            Ok(held) => {
                self.documents.insert(doc, Slot::Held(Box::new(held)));
                if doc == DocumentId::Workspace {
                    self.read_rules();
                }
                self.learn(doc, &meanwhile);
                self.has_loaded(doc, out);
            }
            Err(text) => self.set_aside(now, doc, text, out),
        }
    }

    /// Answers everything that waits for a document with one refusal.
    fn refuse_all(&mut self, doc: DocumentId, refusal: &Refusal, out: &mut Vec<Output>) {
        self.suspects.remove(&doc);
        for work in self.work.remove(&doc).into_iter().flatten() {
            work.refuse(doc, refusal, out);
        }
    }
}

fn send(out: &mut Vec<Output>, session: SessionId, frame: &ServerFrame) {
    out.push(Output::Send {
        session,
        frame: frame.encode().into(),
    });
}

fn nack(
    out: &mut Vec<Output>,
    session: SessionId,
    doc: DocumentId,
    hash: [u8; 32],
    refusal: Refusal,
) {
    let nack = Nack {
        doc,
        hash: hash.into(),
        refusal,
    };
    send(out, session, &ServerFrame::Nack(nack));
}

fn ack(out: &mut Vec<Output>, session: SessionId, doc: DocumentId, hashes: &[[u8; 32]]) {
    if !hashes.is_empty() {
        let hashes = hashes.iter().map(|hash| (*hash).into()).collect();
        send(out, session, &ServerFrame::Ack(Ack { doc, hashes }));
    }
}

//! Two sessions, a store in memory, and everything that may go wrong.

use super::*;
use crate::document::Document;
use crate::guard;
use crate::id::{ContactId, ConversationId, Counter};
use crate::model::{Availability, Priority, Role, Row, RowEntry, WorkspaceView};
use crate::sync::frame::{
    Changes, ClientFrame, Close, Hash, Hello, Open, Presence, Present, Push, Refresh, Rows,
    Whereabouts,
};
use serde_bytes::ByteBuf;
use uuid::Uuid;

use self::frames::*;
use crate::command::{
    Command, CommandResult, Context, ConversationCommand, PolicyField, WorkspaceCommand,
};

const ANA: SessionId = SessionId(1);
const BEN: SessionId = SessionId(2);

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis)
}

fn member(name: &str, role: Role) -> Member {
    Member::new(name.parse().unwrap(), name, role)
}

fn conversation() -> ConversationId {
    ConversationId::of_contact(ContactId(Uuid::nil()), 0)
}

fn doc() -> DocumentId {
    conversation().into()
}

fn start() -> ConversationCommand {
    ConversationCommand::StartConversation {
        contact: ContactId(Uuid::nil()),
        ordinal: 0,
        subject: "Hello".to_owned(),
    }
}

fn subject(subject: &str) -> ConversationCommand {
    ConversationCommand::SetConversationSubject {
        subject: subject.to_owned(),
    }
}

/// A member's own copy of the conversation.
struct Desk {
    document: Document,
    member: Member,
    ids: Counter,
}

impl Desk {
    fn new(name: &str, actor: u8) -> Self {
        Self::in_doc(doc(), name, actor)
    }

    fn in_doc(doc: DocumentId, name: &str, actor: u8) -> Self {
        let member = member(name, Role::Agent);
        let actor_id = ActorId::from([actor; 16]);
        Self {
            document: Document::begin(doc, actor_id, &member.id).unwrap(),
            member,
            ids: Counter(u128::from(actor) << 64),
        }
    }

    fn make(&mut self, command: ConversationCommand) -> ByteBuf {
        let change = self.execute(command);
        ByteBuf::from(change.raw_bytes())
    }

    fn execute(&mut self, command: ConversationCommand) -> automerge::Change {
        let DocumentId::Conversation(conversation) = self.document.id() else {
            panic!("a conversation's document");
        };
        let command = Command::Conversation {
            conversation,
            command,
        };
        let mut ctx = Context {
            now: at(5_000),
            member: &self.member,
            ids: &mut self.ids,
            workspace: &WorkspaceView::default(),
        };
        let executed = self.document.execute(&mut ctx, &command).unwrap();
        executed.change.unwrap()
    }

    fn take(&mut self, changes: &Changes) {
        let read = |bytes: &ByteBuf| automerge::Change::from_bytes(bytes.to_vec()).unwrap();
        let changes = changes.changes.iter().map(read).collect();
        self.document.apply(changes).unwrap();
    }
}

/// What the process around a hub does, without sockets or files.
struct Rig {
    hub: Hub,
    now: Timestamp,
    log: Vec<Entry>,
    rows: BTreeMap<DocumentId, RowEntry>,
    damaged: BTreeSet<DocumentId>,
    /// Batches stay here instead of being stored.
    held_back: Option<Vec<Batch>>,
    fail_with: Option<Refusal>,
    /// There is no room for this document.
    no_room_for: Option<DocumentId>,
    /// The next batch is stored, and told to have failed.
    lose_answer: bool,
    /// Who writes before each batch here is stored, and how often.
    faster: Option<(Desk, usize)>,
    /// What is read of the log stays here instead of being told.
    log_back: Option<Vec<LogPage>>,
    log_fails: bool,
    /// Documents are not loaded.
    load_back: bool,
    /// What was to be loaded, and when.
    loads: Vec<(DocumentId, Timestamp)>,
    sent: Vec<(SessionId, ServerFrame)>,
    closed: Vec<SessionId>,
    results: Vec<(u64, CommandResult)>,
    /// What the other servers were told.
    told: Vec<Presence>,
    quarantined: Vec<DocumentId>,
    mended: Vec<DocumentId>,
    /// Why runs of flows were given up.
    failed: Vec<String>,
    batches: usize,
}

impl Rig {
    fn new() -> Self {
        let members = vec![member("ana", Role::Agent), member("ben", Role::Agent)];
        let server = "server".parse().unwrap();
        let actor = ActorId::from([200; 16]);
        let ids = Box::new(Counter(1 << 100));
        Self {
            hub: Hub::new("epoch".to_owned(), 0, members, server, actor, ids),
            now: at(1_000),
            log: Vec::new(),
            rows: BTreeMap::new(),
            damaged: BTreeSet::new(),
            held_back: None,
            fail_with: None,
            no_room_for: None,
            lose_answer: false,
            faster: None,
            log_back: None,
            log_fails: false,
            load_back: false,
            loads: Vec::new(),
            sent: Vec::new(),
            closed: Vec::new(),
            results: Vec::new(),
            told: Vec::new(),
            quarantined: Vec::new(),
            mended: Vec::new(),
            failed: Vec::new(),
            batches: 0,
        }
    }

    /// Both members connected and welcomed.
    fn with_both() -> Self {
        let mut rig = Self::new();
        rig.join(ANA, "ana", Role::Agent);
        rig.join(BEN, "ben", Role::Agent);
        rig
    }

    fn join(&mut self, session: SessionId, name: &str, role: Role) {
        self.input(Input::Connected { session });
        let token = format!("{name}:{role:?}");
        self.frame(session, &hello(&token, "", 0));
    }

    fn frame(&mut self, session: SessionId, frame: &ClientFrame) {
        let bytes = frame.encode();
        self.input(Input::Frame { session, bytes });
    }

    fn input(&mut self, input: Input) {
        self.inputs(vec![input]);
    }

    /// One round: all inputs, then a flush, then what follows from it.
    fn inputs(&mut self, inputs: Vec<Input>) {
        let mut waiting: VecDeque<Input> = inputs.into();
        while !waiting.is_empty() {
            let mut out = Vec::new();
            for input in std::mem::take(&mut waiting) {
                out.extend(self.hub.handle(self.now, input));
            }
            out.extend(self.hub.flush(self.now));
            for output in out {
                waiting.extend(self.output(output));
            }
        }
    }

    fn output(&mut self, output: Output) -> Option<Input> {
        match output {
            Output::Send { session, frame } => {
                let frame = ServerFrame::decode(&frame).unwrap();
                self.sent.push((session, frame));
                None
            }
            Output::Close { session } => {
                self.closed.push(session);
                Some(Input::Disconnected { session })
            }
            Output::Authenticate { session, token } => {
                let grant = match token.split_once(':') {
                    Some((name, role)) => {
                        let role = match role {
                            "Viewer" => Role::Viewer,
                            _ => Role::Agent,
                        };
                        let member = member(name, role);
                        let expires = self.now.plus_millis(60_000);
                        Ok(Grant {
                            member,
                            expires,
                            client: Client::Native,
                        })
                    }
                    None => Err(Refusal::new(Code::BadToken, "No.")),
                };
                Some(Input::Authenticated { session, grant })
            }
            Output::Load { doc } => {
                self.loads.push((doc, self.now));
                let stored = Ok(self.load(doc));
                (!self.load_back).then_some(Input::Loaded { doc, stored })
            }
            Output::Store(batch) => self.store(batch),
            Output::ReadLog { .. } if self.log_fails => {
                let refusal = Refusal::new(Code::Unavailable, "No.");
                Some(Input::LogRead(Err(refusal)))
            }
            Output::ReadLog { after, limit } => {
                let page = self.read_log(after, limit);
                if let Some(back) = &mut self.log_back {
                    back.push(page);
                    return None;
                }
                Some(Input::LogRead(Ok(page)))
            }
            Output::ReadPast { after, limit } => {
                Some(Input::PastRead(Ok(self.read_log(after, limit))))
            }
            Output::FlowFailed { text, .. } => {
                self.failed.push(text);
                None
            }
            Output::ReadRows {
                session,
                after,
                limit,
            } => {
                let mut rows: Vec<RowEntry> = self.rows.values().cloned().collect();
                rows.retain(|row| row.seq > after);
                rows.sort_by_key(|row| row.seq);
                let complete = rows.len() <= limit;
                rows.truncate(limit);
                let cursor = rows.last().map_or(after, |row| row.seq);
                Some(Input::RowsRead {
                    session,
                    rows,
                    cursor,
                    complete,
                })
            }
            Output::Executed { ticket, result } => {
                self.results.push((ticket, result));
                None
            }
            Output::Quarantined { doc, .. } => {
                self.quarantined.push(doc);
                None
            }
            Output::Present(presence) => {
                self.told.push(presence);
                None
            }
            Output::Mended { doc } => {
                self.mended.push(doc);
                None
            }
        }
    }

    fn load(&self, doc: DocumentId) -> Option<StoredDocument> {
        let entries: Vec<&Entry> = self.log.iter().filter(|entry| entry.doc == doc).collect();
        let mut changes: Vec<Vec<u8>> = entries.iter().map(|entry| entry.bytes.clone()).collect();
        if self.damaged.contains(&doc) {
            changes.remove(0);
        }
        Some(StoredDocument {
            changes,
            seq: entries.last()?.seq,
            actors: entries
                .iter()
                .map(|entry| (entry.actor.clone(), entry.member.clone()))
                .collect(),
        })
    }

    fn store(&mut self, batch: Batch) -> Option<Input> {
        if let Some(held) = &mut self.held_back {
            held.push(batch);
            return None;
        }
        self.batches += 1;
        let id = batch.id;
        if let Some((mut desk, times @ 1..)) = self.faster.take() {
            self.elsewhere(&mut desk, subject(&times.to_string()));
            self.faster = Some((desk, times - 1));
        }
        let result = match self.fail_with.take() {
            Some(refusal) => Err(AppendError::Refused(refusal)),
            None => self.append(batch),
        };
        let result = match std::mem::take(&mut self.lose_answer) {
            true => Err(AppendError::Refused(Refusal::new(
                Code::Unavailable,
                "Lost.",
            ))),
            false => result,
        };
        Some(Input::Stored { batch: id, result })
    }

    fn append(&mut self, mut batch: Batch) -> Result<Appended, AppendError> {
        let known = &self.log;
        let owner = |entry: &Entry| (entry.actor.clone(), entry.member.clone());
        let actors = batch.foreign(&known.iter().map(owner).collect());
        if !actors.is_empty() {
            return Err(AppendError::Foreign { actors });
        }
        let docs = batch.entries.iter().map(|entry| entry.doc);
        let documents: BTreeSet<DocumentId> =
            docs.filter(|doc| Some(*doc) == self.no_room_for).collect();
        if !documents.is_empty() {
            return Err(AppendError::Full { documents });
        }
        let moved = |(doc, seq): &(DocumentId, u64)| {
            let later = |entry: &Entry| entry.doc == *doc && entry.seq > *seq;
            known.iter().any(later)
        };
        if batch.known.iter().any(moved) {
            return Err(AppendError::Moved);
        }
        let last = known.last().map_or(0, |entry| entry.seq);
        batch.place_after(last);
        for entry in batch.entries {
            let last = self.log.last().map_or(0, |entry| entry.seq);
            assert_eq!(entry.seq, last + 1, "the sequence has no gaps");
            self.log.push(entry);
        }
        for row in batch.rows {
            self.rows.insert(row.doc, row);
        }
        Ok(Appended { first: last + 1 })
    }

    fn read_log(&self, after: u64, limit: usize) -> LogPage {
        let behind = self.log.iter().filter(|entry| entry.seq > after);
        let entries: Vec<Logged> = behind.clone().take(limit).map(Logged::from).collect();
        let complete = entries.len() == behind.count();
        let cursor = entries.last().map_or(after, |entry| entry.seq);
        let mut rows: Vec<RowEntry> = self.rows.values().cloned().collect();
        rows.retain(|row| after < row.seq && row.seq <= cursor);
        rows.sort_by_key(|row| row.seq);
        LogPage {
            entries,
            rows,
            cursor,
            complete,
        }
    }

    /// Another server stores what a member does there.
    fn elsewhere(&mut self, desk: &mut Desk, command: ConversationCommand) -> ByteBuf {
        let change = desk.execute(command);
        let bytes = change.raw_bytes().to_vec();
        let doc = desk.document.id();
        let heads = desk.document.heads();
        let batch = Batch {
            entries: vec![Entry {
                seq: 1,
                doc,
                hash: change.hash().0,
                bytes: bytes.clone(),
                actor: change.actor_id().clone(),
                member: desk.member.id.clone(),
                session: None,
                received_at: self.now,
            }],
            rows: vec![RowEntry {
                doc,
                seq: 1,
                heads: heads.iter().map(|head| Hash::new(head.0)).collect(),
                row: desk.document.row().unwrap(),
            }],
            ..Batch::default()
        };
        self.append(batch).unwrap();
        ByteBuf::from(bytes)
    }

    /// Another server, which has not looked into the log since it was empty.
    fn on_same_storage(&self) -> Self {
        Self {
            log: self.log.clone(),
            rows: self.rows.clone(),
            ..Self::new()
        }
    }

    /// Tells what was read of the log.
    fn release_log(&mut self) {
        for page in self.log_back.take().unwrap_or_default() {
            self.input(Input::LogRead(Ok(page)));
        }
    }

    /// Lets held batches through.
    fn release(&mut self) {
        for batch in self.held_back.take().unwrap_or_default() {
            let stored = self.store(batch);
            self.inputs(stored.into_iter().collect());
        }
    }

    /// What a session was sent since the last time this was asked.
    fn heard(&mut self, session: SessionId) -> Vec<ServerFrame> {
        let (these, rest) = std::mem::take(&mut self.sent)
            .into_iter()
            .partition(|(to, _)| *to == session);
        self.sent = rest;
        let these: Vec<(SessionId, ServerFrame)> = these;
        these.into_iter().map(|(_, frame)| frame).collect()
    }
}

mod crowd;
mod documents;
mod flow_bounds;
mod flows;
mod frames;
mod heads;
mod lag;
mod left_out;
mod letters;
mod marks;
mod presence;
mod quarantine;
mod refill;
mod returning;
mod servers;
mod sessions;

//! Two sessions, a store in memory, and everything that may go wrong.

use super::*;
use crate::document::Document;
use crate::id::{ContactId, ConversationId};
use crate::model::{Availability, Priority, Role, Row, RowEntry, WorkspaceView};
use crate::sync::frame::{
    Changes, ClientFrame, Close, Hash, Hello, Present, Refresh, Rows, Whereabouts,
};
use serde_bytes::ByteBuf;
use uuid::Uuid;

use crate::command::{CommandResult, Context, ConversationCommand, PolicyField, WorkspaceCommand};

const ANA: SessionId = SessionId(1);
const BEN: SessionId = SessionId(2);

struct Counter(u128);

impl Ids for Counter {
    fn next_id(&mut self) -> Uuid {
        self.0 += 1;
        Uuid::from_u128(self.0)
    }
}

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
        let member = member(name, Role::Agent);
        let actor_id = ActorId::from([actor; 16]);
        Self {
            document: Document::begin(doc(), actor_id, &member.id).unwrap(),
            member,
            ids: Counter(u128::from(actor) << 64),
        }
    }

    fn make(&mut self, command: ConversationCommand) -> ByteBuf {
        let command = Command::Conversation {
            conversation: conversation(),
            command,
        };
        let mut ctx = Context {
            now: at(5_000),
            member: &self.member,
            ids: &mut self.ids,
            workspace: &WorkspaceView::default(),
        };
        let executed = self.document.execute(&mut ctx, &command).unwrap();
        ByteBuf::from(executed.change.unwrap().raw_bytes())
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
    sent: Vec<(SessionId, ServerFrame)>,
    closed: Vec<SessionId>,
    results: Vec<(u64, CommandResult)>,
    quarantined: Vec<DocumentId>,
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
            sent: Vec::new(),
            closed: Vec::new(),
            results: Vec::new(),
            quarantined: Vec::new(),
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
            Output::Load { doc } => Some(Input::Loaded {
                doc,
                stored: Ok(self.load(doc)),
            }),
            Output::Store(batch) => self.store(batch),
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
        }
    }

    fn load(&self, doc: DocumentId) -> Option<StoredDocument> {
        let entries: Vec<&Entry> = self.log.iter().filter(|entry| entry.doc == doc).collect();
        let mut changes: Vec<Vec<u8>> = entries.iter().map(|entry| entry.bytes.clone()).collect();
        if self.damaged.contains(&doc) {
            changes.remove(0);
        }
        Some(StoredDocument {
            snapshot: None,
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
        let foreign = |entry: &Entry| {
            let same = |old: &&Entry| old.actor == entry.actor && old.member != entry.member;
            self.log.iter().find(same).is_some()
        };
        let result = match self.fail_with.take() {
            Some(refusal) => Err(refusal),
            None if batch.entries.iter().any(foreign) => {
                Err(Refusal::new(Code::ForeignActor, "Bound to another member."))
            }
            None => Ok(()),
        };
        if result.is_ok() {
            for entry in batch.entries {
                let last = self.log.last().map_or(0, |entry| entry.seq);
                assert_eq!(entry.seq, last + 1, "the sequence has no gaps");
                self.log.push(entry);
            }
            for row in batch.rows {
                self.rows.insert(row.doc, row);
            }
        }
        let batch = batch.id;
        Some(Input::Stored { batch, result })
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

fn hello(token: &str, epoch: &str, cursor: u64) -> ClientFrame {
    ClientFrame::Hello(Hello {
        token: token.to_owned(),
        epoch: epoch.to_owned(),
        cursor,
    })
}

fn push(changes: &[&ByteBuf]) -> ClientFrame {
    ClientFrame::Push(Push {
        doc: doc(),
        changes: changes.iter().map(|change| (*change).clone()).collect(),
    })
}

fn open(have: Vec<Hash>) -> ClientFrame {
    ClientFrame::Open(Open { doc: doc(), have })
}

fn hash(change: &ByteBuf) -> Hash {
    guard::hash(change).into()
}

fn acked(frames: &[ServerFrame]) -> Vec<Hash> {
    let of = |frame: &ServerFrame| match frame {
        ServerFrame::Ack(ack) => ack.hashes.clone(),
        _ => Vec::new(),
    };
    frames.iter().flat_map(of).collect()
}

fn nacked(frames: &[ServerFrame]) -> Vec<(Hash, Code)> {
    let of = |frame: &ServerFrame| match frame {
        ServerFrame::Nack(nack) => Some((nack.hash, nack.refusal.code)),
        _ => None,
    };
    frames.iter().filter_map(of).collect()
}

fn changes(frames: &[ServerFrame]) -> Vec<Changes> {
    let of = |frame: &ServerFrame| match frame {
        ServerFrame::Changes(changes) => Some(changes.clone()),
        _ => None,
    };
    frames.iter().filter_map(of).collect()
}

fn rows(frames: &[ServerFrame]) -> Vec<Rows> {
    let of = |frame: &ServerFrame| match frame {
        ServerFrame::Rows(rows) => Some(rows.clone()),
        _ => None,
    };
    frames.iter().filter_map(of).collect()
}

fn errors(frames: &[ServerFrame]) -> Vec<Code> {
    let of = |frame: &ServerFrame| match frame {
        ServerFrame::Error(refusal) => Some(refusal.code),
        ServerFrame::Bye(bye) => Some(bye.refusal.code),
        _ => None,
    };
    frames.iter().filter_map(of).collect()
}

mod documents;
mod sessions;

//! Stories of a replica, with the server's frames fed by hand: what happens
//! offline, on a restart, and when the server says no.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

#[path = "../support/mod.rs"]
mod support;

mod chance;
mod long_texts;
mod offline;
mod refusals;
mod restored;

use std::collections::BTreeMap;

use automerge::{Change, ChangeHash};
use serde_bytes::{ByteArray, ByteBuf};
use support::{Counter, actor, ana, at, ben, conversation, to_conversation};
use threadline_core::command::{ConversationCommand, Outcome};
use threadline_core::document::Document;
use threadline_core::error::{Code, Refusal};
use threadline_core::guard::{self, Actors, Gate};
use threadline_core::id::{DocumentId, NoteId, WorkspaceId};
use threadline_core::model::TextEdit;
use threadline_core::replica::{Effect, Replica, Saved};
use threadline_core::sync::frame::{Ack, Changes, ClientFrame, Nack, Rows, ServerFrame, Welcome};
use uuid::Uuid;

/// The document of all stories.
fn doc() -> DocumentId {
    conversation().into()
}

fn workspace() -> WorkspaceId {
    "shop".parse().unwrap()
}

fn wire(hash: ChangeHash) -> ByteArray<32> {
    ByteArray::new(hash.0)
}

/// What a browser keeps on disk.
#[derive(Clone, Default)]
struct Storage {
    chunks: BTreeMap<DocumentId, BTreeMap<String, Vec<u8>>>,
    saved: Saved,
}

impl Storage {
    fn keep(&mut self, effect: &Effect) {
        let saved = &mut self.saved;
        match effect {
            Effect::Store {
                doc,
                chunks,
                pending,
                ..
            } => {
                let kept = self.chunks.entry(*doc).or_default();
                for chunk in chunks {
                    kept.insert(chunk.hash.clone(), chunk.bytes.to_vec());
                }
                saved.outbox.extend(pending.iter().cloned());
            }
            Effect::Acked { hashes, .. } => {
                saved.outbox.retain(|entry| !hashes.contains(&entry.hash));
            }
            Effect::Remove { doc, hashes } => {
                let kept = self.chunks.entry(*doc).or_default();
                kept.retain(|hash, _| !hashes.contains(hash));
                saved.outbox.retain(|entry| !hashes.contains(&entry.hash));
            }
            Effect::Rows {
                rows,
                cursor,
                epoch,
            } => {
                for row in rows {
                    saved.rows.retain(|known| known.doc != row.doc);
                    saved.rows.push(row.clone());
                }
                (saved.cursor, saved.epoch) = (*cursor, epoch.clone());
            }
            Effect::Forget { docs } => saved.rows.retain(|row| !docs.contains(&row.doc)),
            Effect::Session {
                member,
                members,
                epoch,
            } => {
                saved.member = Some(member.clone());
                saved.members.clone_from(members);
                saved.epoch.clone_from(epoch);
            }
            Effect::Refused { refused } => saved.refused.push(refused.clone()),
            Effect::Discarded { id } => saved.refused.retain(|refused| refused.id != *id),
            _ => {}
        }
    }
}

/// Ana's browser tab: a replica, its disk and its end of the socket.
struct Desk {
    replica: Replica,
    storage: Storage,
    /// Changes that were pushed and nobody took yet.
    pushed: Vec<Vec<u8>>,
    /// How often the document was opened on the server.
    opened: usize,
    clock: i64,
}

impl Desk {
    /// A tab on what another one left on disk.
    fn new(number: u8, storage: Storage) -> Self {
        let ids = Box::new(Counter::new(0x1000 + u64::from(number)));
        let mut replica = Replica::new(workspace(), actor(number), ids);
        replica.restore(storage.saved.clone());
        let mut desk = Self {
            replica,
            storage,
            pushed: Vec::new(),
            opened: 0,
            clock: 0,
        };
        desk.replica.open(doc());
        desk.work();
        desk
    }

    /// A first tab that is online.
    fn online(number: u8) -> Self {
        let mut desk = Self::new(number, Storage::default());
        desk.connect();
        desk
    }

    /// Does what the replica wants done.
    fn work(&mut self) {
        loop {
            let effects = self.replica.take_effects();
            if effects.is_empty() {
                return;
            }
            for effect in effects {
                self.storage.keep(&effect);
                match effect {
                    Effect::Load { doc } => {
                        let chunks = self.storage.chunks.get(&doc).cloned();
                        let chunks: Vec<Vec<u8>> =
                            chunks.unwrap_or_default().into_values().collect();
                        self.replica.load(doc, &chunks).unwrap();
                    }
                    Effect::Send { frame } => match ClientFrame::decode(&frame).unwrap() {
                        ClientFrame::Push(push) => {
                            let changes = push.changes.into_iter().map(ByteBuf::into_vec);
                            self.pushed.extend(changes);
                        }
                        ClientFrame::Open(open) if open.doc == crate::doc() => self.opened += 1,
                        _ => {}
                    },
                    _ => {}
                }
            }
        }
    }

    fn connect(&mut self) {
        self.connect_in("epoch");
    }

    /// Connects to a server that was restored if the epoch is a new one.
    fn connect_in(&mut self, epoch: &str) {
        self.replica.connected("token".to_owned());
        self.hear(&ServerFrame::Welcome(Welcome {
            session: 1,
            member: ana(),
            members: vec![ana(), ben()],
            epoch: epoch.to_owned(),
            now: at(0),
        }));
        self.hear(&ServerFrame::Rows(Rows {
            rows: Vec::new(),
            cursor: 0,
            complete: true,
        }));
    }

    fn disconnect(&mut self) {
        self.replica.disconnected();
        self.work();
    }

    fn hear(&mut self, frame: &ServerFrame) {
        let now = at(self.clock);
        self.replica.receive(&frame.encode(), now).unwrap();
        self.work();
    }

    /// The server does not open the document.
    fn turn_away(&mut self, code: Code) {
        let refusal = Refusal::new(code, "Not now.").on(doc().to_string());
        let frame = ServerFrame::Error(refusal).encode();
        let told = self.replica.receive(&frame, at(self.clock)).unwrap_err();
        assert_eq!(told.code, code);
        self.work();
    }

    /// Time passes, until what the server could not do is tried again.
    fn wait(&mut self) {
        self.clock += 10;
        self.replica.tick(at(self.clock));
        self.work();
    }

    fn ack(&mut self, hashes: impl IntoIterator<Item = ChangeHash>) {
        let hashes = hashes.into_iter().map(wire).collect();
        self.hear(&ServerFrame::Ack(Ack { doc: doc(), hashes }));
    }

    fn nack(&mut self, hash: ChangeHash, code: Code) {
        self.hear(&ServerFrame::Nack(Nack {
            doc: doc(),
            hash: wire(hash),
            refusal: Refusal::new(code, "The server says no."),
        }));
    }

    /// Gives a command and returns what it made and its change's hash.
    fn give(&mut self, command: ConversationCommand) -> (Outcome, ChangeHash) {
        self.clock += 1;
        let now = at(self.clock);
        let outcome = self.replica.apply(to_conversation(command), now).unwrap();
        self.work();
        (outcome, self.last_hash())
    }

    /// Gives a command that makes something.
    fn made(&mut self, command: ConversationCommand) -> (Uuid, ChangeHash) {
        let (outcome, hash) = self.give(command);
        (outcome.created.unwrap(), hash)
    }

    /// Types in a note, as one run of keystrokes.
    fn type_in(&mut self, note: Uuid, at_unit: u32, text: &str) -> ChangeHash {
        self.clock += 1;
        let edit = TextEdit::Splice {
            at: at_unit,
            delete: 0,
            insert: text.to_owned(),
        };
        let now = at(self.clock);
        self.replica
            .edit(conversation(), NoteId(note), vec![edit], now)
            .unwrap();
        self.replica.commit(now);
        self.work();
        self.last_hash()
    }

    /// Keeps of what was pushed what still waits, in the order of pushing.
    fn forget_removed(&mut self) {
        let waiting: Vec<String> = self
            .replica
            .waiting()
            .into_iter()
            .map(|waiting| waiting.hash)
            .collect();
        self.pushed.retain(|bytes| {
            let hash = Change::from_bytes(bytes.clone()).unwrap().hash();
            waiting.contains(&hash.to_string())
        });
    }

    fn last_hash(&self) -> ChangeHash {
        let entry = self.storage.saved.outbox.last().unwrap();
        entry.hash.parse().unwrap()
    }

    fn document(&mut self) -> &mut Document {
        self.replica.document(doc()).unwrap()
    }

    fn text(&self, note: Uuid) -> String {
        let spans = self.replica.spans(conversation(), NoteId(note)).unwrap();
        support::commands::plain(&spans)
    }

    /// Names of the commands that wait for the server.
    fn waiting(&self) -> Vec<&'static str> {
        let waiting = self.replica.waiting();
        waiting
            .iter()
            .map(|waiting| waiting.command.name())
            .collect()
    }

    /// Names and codes of the commands that were refused.
    fn refused(&self) -> Vec<(&'static str, Code)> {
        let refused = self.replica.refused().iter();
        refused
            .map(|refused| (refused.command.name(), refused.refusal.code))
            .collect()
    }
}

/// The server's copy of the document, behind its guard.
struct Server {
    document: Document,
    actors: Actors,
}

impl Server {
    fn new() -> Self {
        let mut document = Document::begin(doc(), actor(0xee), &ana().id).unwrap();
        let actors = Actors::of(document.automerge(), &BTreeMap::new());
        Self { document, actors }
    }

    /// Takes in Ana's changes; every one must pass the guard.
    fn take(&mut self, changes: &[Vec<u8>]) -> Vec<ChangeHash> {
        let member = ana();
        let mut hashes = Vec::new();
        for bytes in changes {
            let change = Change::from_bytes(bytes.clone()).unwrap();
            let incoming = guard::read(bytes)
                .unwrap_or_else(|_| panic!("the guard cannot read {}", change.hash()));
            let mut gate = Gate::new(doc(), self.document.automerge(), &self.actors);
            if let Err(refusal) = gate.admit(&member, guard::Naming::Author, &incoming) {
                panic!("the guard refuses {:?}: {refusal}", change.message());
            }
            self.actors.record(&change, &member.id);
            hashes.push(change.hash());
            self.document.apply(vec![change]).unwrap();
        }
        hashes
    }

    /// Takes and confirms everything that the desk pushed; then both must
    /// have the same.
    fn settle(&mut self, desk: &mut Desk) {
        let pushed = std::mem::take(&mut desk.pushed);
        let hashes = self.take(&pushed);
        desk.ack(hashes);
        assert_eq!(desk.waiting(), [] as [&str; 0]);
        assert!(desk.storage.saved.outbox.is_empty());
        self.assert_same(desk);
    }

    fn assert_same(&mut self, desk: &mut Desk) {
        assert_eq!(desk.document().heads(), self.document.heads());
        assert_eq!(desk.document().view(), self.document.view());
        let rebuilt = desk.document().rebuilt();
        assert_eq!(desk.document().view(), &rebuilt);
    }

    /// What the desk does not have yet, as the server sends it.
    fn send_news(&mut self, desk: &mut Desk) {
        let changes = self.document.changes_since(&desk.document().heads());
        let changes = changes
            .iter()
            .map(|change| ByteBuf::from(change.raw_bytes().to_vec()))
            .collect();
        let heads = self.document.heads().into_iter().map(wire).collect();
        desk.hear(&ServerFrame::Changes(Changes {
            doc: doc(),
            changes,
            heads,
            seq: 1,
            complete: true,
        }));
    }
}

/// A desk and a server that agree on a conversation with a note `middle`.
fn begun() -> (Desk, Server, Uuid) {
    let (mut desk, mut server) = (Desk::online(1), Server::new());
    desk.give(support::commands::start("An order"));
    let (note, _) = desk.made(support::commands::add_note("middle"));
    server.settle(&mut desk);
    (desk, server, note)
}

//! A member at work: a replica, the disk under it, and a socket to the real
//! server. Everything a browser does, without the browser.

use std::collections::BTreeMap;

use automerge::ActorId;
use threadline_core::command::{Command, ConversationCommand};
use threadline_core::document::Document;
use threadline_core::error::Refusal;
use threadline_core::id::{ContactId, ConversationId, DocumentId, Ids};
use threadline_core::model::Role;
use threadline_core::replica::{Effect, Replica, Saved, StoredRow, SyncPhase};
use threadline_core::sync::frame::ServerFrame;
use threadline_core::time::Timestamp;
use tokio_tungstenite::tungstenite::Message;
use uuid::Uuid;

use crate::client::{Client, Incoming};
use crate::pen::paragraph;
use crate::server::{Server, WORKSPACE, token};

/// A moment in 2026 from which desks count on.
const START_MS: i64 = 1_790_000_000_000;

/// Ids that are the same in every run, and others at every desk.
struct Counter(u128);

impl Ids for Counter {
    fn next_id(&mut self) -> Uuid {
        self.0 += 1;
        Uuid::from_u128(self.0)
    }
}

/// What outlives a tab.
#[derive(Default)]
struct Disk {
    saved: Saved,
    chunks: BTreeMap<DocumentId, BTreeMap<String, Vec<u8>>>,
}

impl Disk {
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
                kept.extend(chunks.iter().map(|it| (it.hash.clone(), it.bytes.to_vec())));
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
                saved
                    .rows
                    .retain(|known| rows.iter().all(|row| row.doc != known.doc));
                saved.rows.extend(rows.iter().cloned());
                (saved.cursor, saved.epoch) = (*cursor, epoch.clone());
            }
            Effect::Forget { docs } => {
                saved.rows.retain(|row| !docs.contains(&row.doc));
                self.chunks.retain(|doc, _| !docs.contains(doc));
            }
            Effect::Session {
                member,
                members,
                epoch,
            } => {
                saved.member = Some(member.clone());
                saved.members.clone_from(members);
                saved.epoch.clone_from(epoch);
            }
            _ => {}
        }
    }
}

/// One member's tab.
pub struct Desk {
    /// The replica in it.
    pub replica: Replica,
    disk: Disk,
    member: String,
    client: Option<Client>,
    outgoing: Vec<Vec<u8>>,
    clock: i64,
    /// What the server complained of.
    pub complaints: Vec<Refusal>,
}

impl Desk {
    /// A first tab of an agent, offline. `number` stands for what is random
    /// elsewhere, and must differ between desks of one test.
    pub fn new(member: &str, number: u8) -> Self {
        Self::on(Disk::default(), member, number)
    }

    /// The tab is closed, and another is opened on the same disk.
    pub fn reopen(self, number: u8) -> Self {
        let clock = self.clock;
        let entries = self.disk.saved.outbox.clone();
        let mut desk = Self::on(self.disk, &self.member, number);
        desk.clock = clock;
        desk.replica.adopt(entries);
        desk
    }

    fn on(disk: Disk, member: &str, number: u8) -> Self {
        let workspace = WORKSPACE.parse().expect("a workspace's id");
        let actor = ActorId::from([number; 16]);
        let ids = Box::new(Counter(u128::from(number) << 64));
        let mut replica = Replica::new(workspace, actor, ids);
        replica.restore(disk.saved.clone());
        Self {
            replica,
            disk,
            member: member.to_owned(),
            client: None,
            outgoing: Vec::new(),
            clock: i64::from(number),
            complaints: Vec::new(),
        }
    }

    /// Goes online, and waits until nothing is left to do.
    pub async fn connect(&mut self, server: &Server) {
        self.dial(server).await;
        self.settle().await;
    }

    /// Goes online, and says no more than hello.
    pub async fn dial(&mut self, server: &Server) {
        let client = Client::dial(server, None).await;
        self.client = Some(client.expect("the socket opens"));
        let token = token(WORKSPACE, &self.member, Role::Agent);
        self.replica.connected(token);
    }

    /// Goes offline.
    pub fn disconnect(&mut self) {
        self.client = None;
        self.replica.disconnected();
        self.work();
    }

    /// Works until the server has everything of ours and we have every row.
    pub async fn settle(&mut self) {
        self.until(|desk, _| desk.replica.sync_state().state == SyncPhase::Synced)
            .await;
    }

    /// Opens a document and waits until all of it is here.
    pub async fn hold(&mut self, doc: DocumentId) {
        if !self.replica.open(doc) {
            self.until(|_, seen| {
                let complete = |effect: &Effect| *effect == Effect::Complete { doc };
                seen.iter().any(complete)
            })
            .await;
        }
    }

    /// Takes one frame of the server.
    pub async fn step(&mut self) -> Vec<Effect> {
        let mut seen = self.work();
        let client = self.client.as_mut().expect("the desk is online");
        for frame in self.outgoing.drain(..) {
            let sent = client.send_message(Message::binary(frame)).await;
            sent.expect("the socket is open");
        }
        match client.next().await {
            Incoming::Frame(frame) => self.hear(&frame),
            Incoming::Closed(reason) => panic!("the connection ended: {reason:?}"),
        }
        seen.extend(self.work());
        seen
    }

    /// Works until the server ends the session; what it says.
    pub async fn sent_away(&mut self) -> Refusal {
        loop {
            let ended = self
                .step()
                .await
                .into_iter()
                .find_map(|effect| match effect {
                    Effect::Disconnect { refusal, .. } => Some(refusal),
                    _ => None,
                });
            if let Some(refusal) = ended {
                return refusal;
            }
        }
    }

    async fn until(&mut self, done: impl Fn(&Self, &[Effect]) -> bool) {
        let mut seen = self.work();
        while !done(self, &seen) || !self.outgoing.is_empty() {
            seen = self.step().await;
        }
    }

    fn hear(&mut self, frame: &ServerFrame) {
        let heard = self.replica.receive(&frame.encode(), self.now());
        self.complaints.extend(heard.err());
    }

    /// Does what the replica wants; returns that.
    fn work(&mut self) -> Vec<Effect> {
        let mut seen = Vec::new();
        loop {
            let effects = self.replica.take_effects();
            if effects.is_empty() {
                return seen;
            }
            for effect in &effects {
                self.disk.keep(effect);
                match effect {
                    Effect::Load { doc } => {
                        let chunks = self.disk.chunks.get(doc).cloned().unwrap_or_default();
                        let chunks: Vec<_> = chunks.into_values().collect();
                        self.replica.load(*doc, &chunks).expect("chunks load");
                    }
                    Effect::Send { frame } => self.outgoing.push(frame.to_vec()),
                    _ => {}
                }
            }
            seen.extend(effects);
        }
    }

    fn now(&self) -> Timestamp {
        Timestamp::from_millis(START_MS + self.clock * 1_000)
    }

    /// Gives a command to a conversation, which is begun if it is new.
    pub fn give(&mut self, conversation: ConversationId, command: ConversationCommand) {
        self.clock += 10;
        self.replica.open(conversation.into());
        self.work();
        let command = Command::Conversation {
            conversation,
            command,
        };
        let given = self.replica.apply(command, self.now());
        given.expect("the command passes");
        self.work();
    }

    /// Begins the conversation with a contact.
    pub fn start(&mut self, contact: &str) -> ConversationId {
        let (contact, conversation) = with(contact);
        self.give(
            conversation,
            ConversationCommand::StartConversation {
                contact,
                ordinal: 0,
                subject: "Hello".to_owned(),
            },
        );
        conversation
    }

    /// Adds a note.
    pub fn note(&mut self, conversation: ConversationId, text: &str) {
        self.give(
            conversation,
            ConversationCommand::AddNote {
                parent: None,
                spans: paragraph(text),
                message: None,
            },
        );
    }

    /// The documents that have a row on disk.
    pub fn rows(&self) -> Vec<DocumentId> {
        let mut docs: Vec<_> = self.disk.saved.rows.iter().map(|row| row.doc).collect();
        docs.sort_unstable();
        docs
    }

    /// A row on disk.
    pub fn row(&self, doc: DocumentId) -> Option<&StoredRow> {
        self.disk.saved.rows.iter().find(|row| row.doc == doc)
    }

    /// Hashes of every change of a document on disk, sorted.
    pub fn stored(&self, doc: DocumentId) -> Vec<String> {
        let chunks = self.disk.chunks.get(&doc);
        chunks
            .map(|chunks| chunks.keys().cloned().collect())
            .unwrap_or_default()
    }

    /// A document in memory.
    pub fn document(&mut self, doc: DocumentId) -> &mut Document {
        self.replica.document(doc).expect("the document is open")
    }
}

/// A contact by address, and the first conversation with them.
fn with(contact: &str) -> (ContactId, ConversationId) {
    let workspace = WORKSPACE.parse().expect("a workspace's id");
    let contact = ContactId::of_identity(&workspace, "email", contact);
    (contact, ConversationId::of_contact(contact, 0))
}

//! The replica: one member's copy of a workspace, and the one door of the
//! core. Commands and frames go in, effects come out; the edge around it owns
//! sockets, storage and timers.
//!
//! Everything a member does is in a document at once and in the outbox until
//! the server confirms it. What the server refuses is taken out again, what
//! was built on it is rewritten to stand without it ([`transplant`]), and the
//! refused command stays visible until its author settles it.

mod draft;
mod effect;
mod engagement;
mod history;
mod keep;
mod later;
mod loading;
mod notices;
mod outbox;
mod presence;
mod reads;
mod refill;
mod refusal;
mod routes;
mod rows;
mod search;
mod session;
mod transplant;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use automerge::{ActorId, Change, ChangeHash};
use serde_bytes::ByteBuf;

pub use effect::{
    Chunk, Effect, PendingEntry, Person, Refused, Saved, StoredRow, SyncPhase, SyncState, Waiting,
};
pub use engagement::{Engagement, EngagementLevel, EngagementWeek};
pub use keep::{KeptDocument, Spare, SpareQuery};
pub use notices::{Notice, NoticeKind};
pub use rows::{
    Board, BoardDeal, BoardQuery, BoardSum, CalendarEntry, CalendarQuery, ContactListRow,
    ContactPage, ContactQuery, ContactSort, Duplicate, InboxRow, RowCounts, RowPage, TaskCounts,
    TaskGroup, TaskGroups, TaskPage, TaskQuery, TaskRow, TaskScope, TaskSort, TopicPage,
    TopicQuery, TopicRow,
};
pub use search::Found;

use crate::command::{Command, Context, ConversationCommand, Outcome};
use crate::document::{Dirty, Document};
use crate::error::{Code, Refusal};
use crate::id::{DocumentId, Ids, MemberId, WorkspaceId};
use crate::model::{ContactStatus, Member, WorkspaceView};
use crate::time::Timestamp;
use draft::Draft;
use later::Later;
use outbox::Outbox;
use presence::PresenceBoard;
use refill::Refill;
use rows::RowIndex;
use session::Link;

/// A document's place in the replica.
enum Slot {
    /// Storage was asked for its chunks.
    Loading,
    /// In memory.
    Ready(Box<Document>),
}

/// One member's copy of a workspace.
pub struct Replica {
    workspace: WorkspaceId,
    /// The actor of this tab session; it also names the session in the outbox.
    actor: ActorId,
    ids: Box<dyn Ids + Send>,
    member: Option<Member>,
    members: Vec<Member>,
    epoch: String,
    cursor: u64,
    docs: BTreeMap<DocumentId, Slot>,
    /// Those in memory that nobody looks at, only for what waits for the server.
    /// They are pushed without being open there, however many they are: a session
    /// may have only so many open.
    unwatched: BTreeSet<DocumentId>,
    /// What the workspace's document says, whatever else is in memory.
    rules: Arc<WorkspaceView>,
    rows: RowIndex,
    outbox: Outbox,
    refused: Vec<Refused>,
    draft: Option<Draft>,
    link: Link,
    later: Later,
    /// While a restored server is brought what it lacks; `epoch` and `cursor`
    /// are those of before until it has it.
    refill: Option<Refill>,
    presence: PresenceBoard,
    effects: Vec<Effect>,
    last_state: Option<SyncState>,
}

impl Replica {
    /// A replica for one tab session. `actor` is fresh and random: an actor
    /// used before may have written what storage lost, and a sequence number
    /// used twice wedges a document.
    pub fn new(workspace: WorkspaceId, actor: ActorId, ids: Box<dyn Ids + Send>) -> Self {
        Self {
            workspace,
            actor,
            ids,
            member: None,
            members: Vec::new(),
            epoch: String::new(),
            cursor: 0,
            docs: BTreeMap::new(),
            unwatched: BTreeSet::new(),
            rules: Arc::default(),
            rows: RowIndex::default(),
            outbox: Outbox::default(),
            refused: Vec::new(),
            draft: None,
            link: Link::default(),
            later: Later::default(),
            refill: None,
            presence: PresenceBoard::default(),
            effects: Vec::new(),
            last_state: None,
        }
    }

    /// The workspace this is a copy of.
    pub fn workspace(&self) -> &WorkspaceId {
        &self.workspace
    }

    /// Takes in what storage kept. Call it once, before anything else. The
    /// outbox's entries belong to tab sessions; those whose session is gone
    /// are cared for after [`Replica::adopt`].
    pub fn restore(&mut self, saved: Saved) {
        self.epoch = saved.epoch;
        self.cursor = saved.cursor;
        self.member = saved.member;
        self.members = saved.members;
        self.refused = saved.refused;
        for row in saved.rows {
            self.rows.set(row);
        }
        for entry in saved.outbox {
            self.outbox.insert(entry, false);
        }
        self.effects.push(Effect::RowsChanged);
        // Its rules are asked by every command.
        self.open(DocumentId::Workspace);
        self.note_state();
    }

    /// Cares for commands of tab sessions that are gone: loads their documents
    /// and pushes them.
    pub fn adopt(&mut self, entries: Vec<PendingEntry>) {
        for entry in entries {
            let doc = entry.doc;
            self.outbox.insert(entry, true);
            if !self.docs.contains_key(&doc) {
                self.unwatched.insert(doc);
            }
            if self.want(doc) {
                self.push_document(doc);
            }
        }
        self.note_state();
    }

    /// Executes a command: at once visible, pending until the server confirms.
    pub fn apply(&mut self, command: Command, now: Timestamp) -> Result<Outcome, Refusal> {
        self.commit(now);
        match command {
            Command::Conversation {
                conversation,
                command:
                    ConversationCommand::AddNote {
                        parent,
                        spans,
                        message,
                    },
            } => self.add_note(conversation, parent, message, spans, now),
            Command::Conversation {
                conversation,
                command: ConversationCommand::EditNote { note, edits },
            } => self.edit_note(conversation, note, edits, now),
            command => self.give(command, now),
        }
    }

    /// Executes a command as one change.
    fn give(&mut self, command: Command, now: Timestamp) -> Result<Outcome, Refusal> {
        let member = self.member.clone().ok_or_else(not_signed_in)?;
        let doc = command.document();
        self.check_disturbs(&command)?;
        let workspace = Arc::clone(&self.rules);
        let Some(Slot::Ready(document)) = self.docs.get_mut(&doc) else {
            return Err(not_loaded());
        };
        let mut ctx = Context {
            now,
            member: &member,
            workspace: &workspace,
            ids: self.ids.as_mut(),
        };
        let executed = document.execute(&mut ctx, &command)?;
        if let Some(change) = executed.change {
            self.record(doc, &change, command, now);
            self.emit_changed(doc, &executed.dirty);
        }
        Ok(executed.outcome)
    }

    /// A contact that does not want to be written to is not (spec §4). The
    /// status is in another document than the conversation, so it is asked
    /// here and not by the command.
    fn check_disturbs(&self, command: &Command) -> Result<(), Refusal> {
        let Command::Conversation {
            conversation,
            command: ConversationCommand::SendMessage { .. },
        } = command
        else {
            return Ok(());
        };
        let contact = self.header(*conversation).and_then(|header| header.contact);
        let status = contact.and_then(|id| match self.contact(id) {
            Some(view) => Some(view.status),
            None => self.rows.contact(Some(id)).map(|row| row.status),
        });
        if status == Some(ContactStatus::Dnd) {
            let text = "The contact does not want to be written to.";
            return Err(Refusal::new(Code::ContactDnd, text));
        }
        Ok(())
    }

    /// Puts a new change of ours into the outbox, storage and the socket.
    fn record(&mut self, doc: DocumentId, change: &Change, command: Command, now: Timestamp) {
        let hash = change.hash();
        let entry = PendingEntry {
            hash: hash.to_string(),
            doc,
            actor: self.actor.to_hex_string(),
            at: now,
            command,
            order: self.outbox.next_order(),
        };
        let bytes = change.raw_bytes().to_vec();
        self.outbox.insert(entry.clone(), true);
        self.effects.push(Effect::Store {
            doc,
            chunks: vec![Chunk {
                hash: entry.hash.clone(),
                bytes: ByteBuf::from(bytes.clone()),
            }],
            pending: vec![entry],
            local: true,
        });
        self.push(doc, vec![bytes]);
        self.refresh_row(doc, false);
        self.note_state();
    }

    /// Takes in changes that another tab of this browser made or received.
    /// They are shown here; the other tab cares for them.
    pub fn merge(&mut self, doc: DocumentId, changes: &[Vec<u8>]) {
        self.integrate(doc, changes, false);
    }

    /// Applies foreign changes to a document in memory; returns those that
    /// were new. `news` says that nobody here has heard of them.
    fn integrate(&mut self, doc: DocumentId, changes: &[Vec<u8>], news: bool) -> Vec<Change> {
        self.close_draft(doc);
        let Some(Slot::Ready(document)) = self.docs.get_mut(&doc) else {
            return Vec::new();
        };
        let new: Vec<Change> = changes
            .iter()
            .filter_map(|bytes| Change::from_bytes(bytes.clone()).ok())
            .filter(|change| !document.has(&change.hash()))
            .collect();
        if new.is_empty() {
            return new;
        }
        match document.apply(new.clone()) {
            Ok(dirty) => {
                self.refresh_row(doc, news);
                self.emit_changed(doc, &dirty);
                new
            }
            Err(_) => Vec::new(),
        }
    }

    fn emit_changed(&mut self, doc: DocumentId, dirty: &Dirty) {
        let Some(Slot::Ready(document)) = self.docs.get(&doc) else {
            return;
        };
        if let Some(view) = document.workspace() {
            self.rules = Arc::new(view.clone());
        }
        let items = document
            .conversation()
            .map(|view| {
                dirty
                    .items
                    .iter()
                    .filter_map(|(kind, id)| view.item(*kind, *id).cloned())
                    .collect()
            })
            .unwrap_or_default();
        self.effects.push(Effect::Changed {
            doc,
            items,
            header: document.conversation().map(|view| view.header.clone()),
            contact: document.contact().cloned(),
            reset: false,
        });
    }

    fn emit_reset(&mut self, doc: DocumentId) {
        let Some(Slot::Ready(document)) = self.docs.get(&doc) else {
            return;
        };
        if let Some(view) = document.workspace() {
            self.rules = Arc::new(view.clone());
        }
        self.effects.push(Effect::Changed {
            doc,
            items: Vec::new(),
            header: document.conversation().map(|view| view.header.clone()),
            contact: document.contact().cloned(),
            reset: true,
        });
    }

    /// The row of a document in memory follows the document, once that has all
    /// that the row was made from. `news` says that somebody else moved it.
    fn refresh_row(&mut self, doc: DocumentId, news: bool) {
        let (seq, heads) = self
            .rows
            .get(doc)
            .map(|known| (known.seq, known.heads.clone()))
            .unwrap_or_default();
        if !self.outranks_row(doc, &heads) {
            return;
        }
        let Some(row) = self.ready(doc).and_then(|document| document.row()) else {
            return;
        };
        if self.rows.get(doc).is_some_and(|known| known.row == row) {
            return;
        }
        let stored = StoredRow {
            doc,
            seq,
            heads,
            row,
        };
        if news {
            self.notify(&stored.row);
        }
        self.rows.set(stored.clone());
        self.keep_rows(vec![stored]);
        self.effects.push(Effect::RowsChanged);
    }

    /// Whether a document in memory knows its row better than a row made from
    /// `heads`: it has those changes, or work of ours on top of what the server
    /// sends.
    fn outranks_row(&mut self, doc: DocumentId, heads: &[String]) -> bool {
        if self.is_drafted(doc) {
            return true;
        }
        let Some(Slot::Ready(document)) = self.docs.get_mut(&doc) else {
            return false;
        };
        let mut heads = heads.iter().filter_map(|head| head.parse().ok());
        let ours = self.outbox.waits_for(doc) && !self.unwatched.contains(&doc);
        ours || heads.all(|head| document.has(&head))
    }

    fn ready(&self, doc: DocumentId) -> Option<&Document> {
        match self.docs.get(&doc) {
            Some(Slot::Ready(document)) => Some(document),
            _ => None,
        }
    }

    /// Who writes here; before the first welcome nobody does, and a document
    /// may still be read.
    fn writer_id(&self) -> Result<MemberId, Refusal> {
        match &self.member {
            Some(member) => Ok(member.id.clone()),
            None => MemberId::try_from("nobody".to_owned()),
        }
    }

    /// A document in memory, for checks and exports.
    pub fn document(&mut self, doc: DocumentId) -> Option<&mut Document> {
        match self.docs.get_mut(&doc) {
            Some(Slot::Ready(document)) => Some(document),
            _ => None,
        }
    }

    /// What is to be done now, in order.
    pub fn take_effects(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.effects)
    }

    /// How far this replica is from the server.
    pub fn sync_state(&self) -> SyncState {
        let waiting = self.outbox.len();
        let state = match (&self.link, waiting) {
            (
                Link::Up {
                    rows_complete: true,
                    ..
                },
                0,
            ) if !self.is_refilling() => SyncPhase::Synced,
            (Link::Up { .. }, _) => SyncPhase::Syncing,
            _ => SyncPhase::Offline,
        };
        SyncState {
            state,
            waiting: u32::try_from(waiting).unwrap_or(u32::MAX),
            refused: u32::try_from(self.refused.len()).unwrap_or(u32::MAX),
        }
    }

    fn note_state(&mut self) {
        let state = self.sync_state();
        if self.last_state != Some(state) {
            self.last_state = Some(state);
            self.effects.push(Effect::SyncState);
        }
    }
}

fn not_loaded() -> Refusal {
    Refusal::new(Code::NotLoaded, "The document is not open here.")
}

fn not_signed_in() -> Refusal {
    Refusal::new(Code::NotLoaded, "Nobody has signed in here yet.")
}

fn hex(hashes: impl IntoIterator<Item = ChangeHash>) -> Vec<String> {
    hashes.into_iter().map(|hash| hash.to_string()).collect()
}

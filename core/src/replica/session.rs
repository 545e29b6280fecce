//! The client's end of the session: says hello, opens what is in memory,
//! pushes what waits, takes in what comes.

use std::collections::BTreeSet;

use automerge::ChangeHash;
use serde_bytes::{ByteArray, ByteBuf};

use super::effect::{Chunk, Effect, StoredRow};
use super::{Replica, Slot, hex, later};
use crate::document::{Document, actor_in};
use crate::error::{Code, Refusal};
use crate::id::DocumentId;
use crate::limits;
use crate::model::Member;
use crate::sync::frame::{
    Ack, Bye, Changes, ClientFrame, Close, Hash, Hello, Members, Nack, Open, Push, Refresh, Rows,
    ServerFrame, Welcome,
};
use crate::time::Timestamp;

/// Bytes of changes in one push; well below a frame's limit.
const PUSH_BYTES: usize = limits::FRAME_BYTES * 3 / 4;

/// The state of the connection.
#[derive(Debug, Default)]
pub(super) enum Link {
    /// No connection.
    #[default]
    Down,
    /// Hello was said.
    Greeting,
    /// Welcomed.
    Up {
        /// Our session's number.
        session: u64,
        /// Whether every row that moved has come.
        rows_complete: bool,
        /// Whether the first rows ever are coming, of which nothing is news.
        first: bool,
    },
}

pub(super) fn wire(hash: &ChangeHash) -> Hash {
    ByteArray::new(hash.0)
}

pub(super) fn unwire(hash: &Hash) -> ChangeHash {
    ChangeHash(**hash)
}

impl Replica {
    /// The socket is open: says hello.
    pub fn connected(&mut self, token: String) {
        self.link = Link::Greeting;
        let hello = Hello {
            token,
            epoch: self.epoch.clone(),
            cursor: self.cursor,
        };
        self.send(&ClientFrame::Hello(hello));
        self.note_state();
    }

    /// Brings a fresh token to the open session.
    pub fn refresh_token(&mut self, token: String) {
        self.send_if_up(&ClientFrame::Token(Refresh { token }));
    }

    /// The socket is gone. Everything goes on; the outbox waits.
    pub fn disconnected(&mut self) {
        self.link = Link::Down;
        self.forget_presence();
        self.note_state();
    }

    /// Time passes: pushes again what the server could not take, and opens
    /// again what it could not give.
    pub fn tick(&mut self, now: Timestamp) {
        for (doc, open) in self.later.take_due(now) {
            if self.refill_again(doc) {
                continue;
            }
            if open {
                self.open_on_server(doc);
            }
            self.push_document(doc);
        }
    }

    /// Takes in a frame from the server.
    pub fn receive(&mut self, bytes: &[u8], now: Timestamp) -> Result<(), Refusal> {
        match ServerFrame::decode(bytes)? {
            ServerFrame::Welcome(welcome) => self.on_welcome(welcome),
            ServerFrame::Changes(changes) => self.on_changes(changes),
            ServerFrame::Ack(ack) => self.on_ack(&ack),
            ServerFrame::Nack(nack) => self.on_nack(&nack, now),
            ServerFrame::Rows(rows) => self.on_rows(rows),
            ServerFrame::Members(Members { members }) => self.on_members(members),
            ServerFrame::Presence(presence) => {
                let own =
                    matches!(self.link, Link::Up { session, .. } if session == presence.session);
                if !own {
                    self.on_presence(presence);
                }
            }
            ServerFrame::Error(refusal) => {
                let doc = refusal.field.as_ref().and_then(|doc| doc.parse().ok());
                if let Some(doc) = doc {
                    self.not_opened(doc, &refusal, now);
                }
                return Err(refusal);
            }
            ServerFrame::Bye(Bye {
                refusal,
                retry_after,
            }) => {
                let wants_token = matches!(refusal.code, Code::BadToken | Code::TokenExpired);
                self.effects.push(Effect::Disconnect {
                    refusal,
                    retry_after,
                    wants_token,
                });
            }
        }
        self.note_state();
        Ok(())
    }

    /// The server does not open a document, for good or just now.
    fn not_opened(&mut self, doc: DocumentId, refusal: &Refusal, now: Timestamp) {
        if let Some(pause) = later::pause(refusal.code) {
            self.later.open(doc, now, pause);
            if refusal.code == Code::Quarantined {
                self.refill_set_aside(doc);
            }
            return;
        }
        if refusal.code == Code::Erased {
            self.forget_erased(doc, refusal);
        }
        self.refill_lacks(doc);
    }

    fn on_welcome(&mut self, welcome: Welcome) {
        if self.epoch.is_empty() {
            self.epoch.clone_from(&welcome.epoch);
        }
        if welcome.epoch == self.epoch {
            self.refill = None;
        } else {
            self.begin_refill(welcome.epoch);
        }
        self.link = Link::Up {
            session: welcome.session,
            rows_complete: false,
            first: self.cursor == 0,
        };
        if self.member.as_ref().map(|member| &member.id) != Some(&welcome.member.id) {
            let drafted = self.draft.as_ref().map(|draft| draft.conversation);
            if let Some(conversation) = drafted {
                self.close_draft(conversation.into());
            }
            let actor = self.actor.clone();
            for (doc, slot) in &mut self.docs {
                if let Slot::Ready(document) = slot {
                    document.set_actor(actor_in(&actor, *doc), &welcome.member.id);
                }
            }
        }
        self.member = Some(welcome.member);
        self.members = welcome.members;
        self.note_session();
        self.later.clear();
        let open: Vec<DocumentId> = self.docs.keys().copied().collect();
        for doc in open {
            self.open_on_server(doc);
        }
        self.push_everything();
        self.repeat_presence();
    }

    /// The team changed, and with it perhaps what this member may do.
    fn on_members(&mut self, members: Vec<Member>) {
        if let Some(own) = &mut self.member
            && let Some(now) = members.iter().find(|member| member.id == own.id)
        {
            own.clone_from(now);
        }
        self.members = members;
        self.note_session();
    }

    pub(super) fn note_session(&mut self) {
        if let Some(member) = self.member.clone() {
            self.effects.push(Effect::Session {
                member,
                members: self.members.clone(),
                epoch: self.epoch.clone(),
            });
        }
    }

    /// Asks the server for what it has beyond ours, and to be kept informed.
    pub(super) fn open_on_server(&mut self, doc: DocumentId) {
        if !matches!(self.link, Link::Up { .. }) || self.unwatched.contains(&doc) {
            return;
        }
        self.close_draft(doc);
        let Some(Slot::Ready(document)) = self.docs.get_mut(&doc) else {
            return;
        };
        // Heads the server may not know yet say nothing to it, so pending
        // changes are replaced by what they stand on.
        let mut heads: BTreeSet<ChangeHash> = BTreeSet::new();
        let mut look = document.heads();
        while let Some(hash) = look.pop() {
            match document.change(&hash) {
                Some(change) if self.outbox.contains(&hash) => look.extend(change.deps()),
                _ => {
                    heads.insert(hash);
                }
            }
        }
        let have = heads.iter().map(wire).collect();
        self.send(&ClientFrame::Open(Open { doc, have }));
    }

    pub(super) fn close_on_server(&mut self, doc: DocumentId) {
        self.send_if_up(&ClientFrame::Close(Close { doc }));
    }

    fn on_changes(&mut self, changes: Changes) {
        let Changes {
            doc,
            changes,
            heads,
            complete,
            ..
        } = changes;
        let bytes: Vec<Vec<u8>> = changes.into_iter().map(ByteBuf::into_vec).collect();
        let news = self.hears_news();
        let new = self.integrate(doc, &bytes, news);
        if !new.is_empty() {
            let chunks = new
                .into_iter()
                .map(|change| Chunk {
                    hash: change.hash().to_string(),
                    bytes: ByteBuf::from(change.raw_bytes()),
                })
                .collect();
            self.effects.push(Effect::Store {
                doc,
                chunks,
                pending: Vec::new(),
                local: false,
            });
        }
        // What the server sends is durable: an acknowledgement may have been lost.
        let sent: Vec<ChangeHash> = bytes
            .iter()
            .filter_map(|bytes| automerge::Change::from_bytes(bytes.clone()).ok())
            .map(|change| change.hash())
            .filter(|hash| self.outbox.contains(hash))
            .collect();
        self.confirm(doc, &sent);
        if complete {
            self.effects.push(Effect::Complete { doc });
            self.refill_heard(doc, &heads);
        }
    }

    fn on_ack(&mut self, ack: &Ack) {
        let hashes: Vec<ChangeHash> = ack.hashes.iter().map(unwire).collect();
        self.confirm(ack.doc, &hashes);
        self.refill_acked(ack.doc, &hashes);
    }

    fn confirm(&mut self, doc: DocumentId, hashes: &[ChangeHash]) {
        let known: Vec<ChangeHash> = hashes
            .iter()
            .copied()
            .filter(|hash| self.outbox.remove(hash).is_some())
            .collect();
        if !known.is_empty() {
            self.effects.push(Effect::Acked {
                doc,
                hashes: hex(known),
            });
            self.effects.push(Effect::RowsChanged);
        }
    }

    fn on_nack(&mut self, nack: &Nack, now: Timestamp) {
        if self.refill_nacked(nack, now) {
            return;
        }
        let hash = unwire(&nack.hash);
        let Some(pending) = self.outbox.get(&hash) else {
            return;
        };
        // Another tab's command is that tab's to rewrite; it tells us.
        if !pending.mine {
            return;
        }
        if nack.refusal.code == Code::Erased {
            self.forget_erased(nack.doc, &nack.refusal);
            return;
        }
        let pause = match nack.refusal.code {
            Code::MissingDependency if self.stands_on_pending(nack.doc, &hash) => {
                Some(later::BUSY_MS)
            }
            code => later::pause(code),
        };
        match pause {
            Some(pause) => self.later.push(nack.doc, now, pause),
            None => self.refuse(nack.doc, hash, &nack.refusal),
        }
    }

    /// Whether a change depends on one that is still on its way.
    fn stands_on_pending(&mut self, doc: DocumentId, hash: &ChangeHash) -> bool {
        self.close_draft(doc);
        let Some(Slot::Ready(document)) = self.docs.get_mut(&doc) else {
            return false;
        };
        let Some(change) = document.change(hash) else {
            return false;
        };
        change.deps().iter().any(|dep| self.outbox.contains(dep))
    }

    /// Whether what comes now was not there when the member first signed in
    /// here, nor when the server was restored.
    fn hears_news(&self) -> bool {
        !self.is_refilling() && matches!(self.link, Link::Up { first: false, .. })
    }

    fn on_rows(&mut self, rows: Rows) {
        let news = self.hears_news();
        let mut stored = Vec::with_capacity(rows.rows.len());
        for entry in rows.rows {
            let heads = hex(entry.heads.iter().map(unwire));
            self.refill_row(entry.doc);
            let row = match self.ready(entry.doc).and_then(Document::row) {
                Some(row) if self.outranks_row(entry.doc, &heads) => row,
                _ => entry.row,
            };
            let row = StoredRow {
                doc: entry.doc,
                seq: entry.seq,
                heads,
                row,
            };
            if news {
                self.notify(&row.row);
            }
            self.rows.set(row.clone());
            stored.push(row);
        }
        self.move_cursor(rows.cursor);
        if let Link::Up {
            rows_complete,
            first,
            ..
        } = &mut self.link
        {
            *rows_complete = rows.complete;
            *first &= !rows.complete;
        }
        self.keep_rows(stored);
        self.effects.push(Effect::RowsChanged);
        if rows.complete {
            self.refill_on();
        }
    }

    /// Pushes everything of ours that waits and is in memory.
    pub(super) fn push_everything(&mut self) {
        for doc in self.outbox.documents() {
            self.push_document(doc);
        }
    }

    /// Pushes what waits for a document, dependencies first.
    pub(super) fn push_document(&mut self, doc: DocumentId) {
        if !matches!(self.link, Link::Up { .. }) || !self.outbox.waits_for(doc) {
            return;
        }
        self.close_draft(doc);
        let outbox = &self.outbox;
        let Some(Slot::Ready(document)) = self.docs.get_mut(&doc) else {
            return;
        };
        let mine = |hash: &ChangeHash| outbox.get(hash).is_some_and(|pending| pending.mine);
        let changes: Vec<Vec<u8>> = document
            .changes_since(&[])
            .into_iter()
            .filter(|change| mine(&change.hash()))
            .map(|change| change.raw_bytes().to_vec())
            .collect();
        self.push(doc, changes);
    }

    /// Pushes changes of ours, but none to a server that may lack what they
    /// stand on: they follow when that is there.
    pub(super) fn push(&mut self, doc: DocumentId, changes: Vec<Vec<u8>>) {
        if !self.is_owed(doc) {
            self.send_changes(doc, changes);
        }
    }

    /// Sends changes in as few frames as fit.
    pub(super) fn send_changes(&mut self, doc: DocumentId, changes: Vec<Vec<u8>>) {
        let mut batch: Vec<ByteBuf> = Vec::new();
        let mut size = 0;
        for bytes in changes {
            let full = size + bytes.len() > PUSH_BYTES || batch.len() == limits::PUSH_CHANGES;
            if full && !batch.is_empty() {
                let changes = std::mem::take(&mut batch);
                self.send_if_up(&ClientFrame::Push(Push { doc, changes }));
                size = 0;
            }
            size += bytes.len();
            batch.push(ByteBuf::from(bytes));
        }
        if !batch.is_empty() {
            self.send_if_up(&ClientFrame::Push(Push {
                doc,
                changes: batch,
            }));
        }
    }

    pub(super) fn send_if_up(&mut self, frame: &ClientFrame) {
        if matches!(self.link, Link::Up { .. }) {
            self.send(frame);
        }
    }

    fn send(&mut self, frame: &ClientFrame) {
        self.effects.push(Effect::Send {
            frame: ByteBuf::from(frame.encode()),
        });
    }
}

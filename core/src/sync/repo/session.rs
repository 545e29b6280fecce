//! One connection of a client of automerge-repo.

mod refused;

use std::collections::BTreeMap;

use serde_bytes::{ByteBuf, Bytes};

use super::codec;
use super::effect::Effect;
use super::exchange::Exchange;
use super::gossip::Gossip;
use super::message::{self, Ephemeral, Metadata, PROTOCOL, Said, Say};
use crate::document::genesis;
use crate::error::{Code, Refusal};
use crate::guard;
use crate::id::DocumentId;
use crate::limits;
use crate::sync::bucket::{Bucket, Rate};
use crate::sync::frame::{Changes, ClientFrame, Open, Push, ServerFrame};
use crate::sync::price;
use crate::time::Timestamp;

/// Messages that are read. Who is too fast waits; nobody is cut off for it.
const READING: Rate = Rate {
    burst: limits::REPO_BURST,
    per_second: limits::REPO_PER_SECOND,
};
/// What is handed on, by its price: half of what the hub admits, which ends the
/// sessions that ask for more. The other half is for what comes of reading.
const PUSHING: Rate = Rate {
    burst: limits::PUSH_BURST / 2,
    per_second: limits::PUSH_PER_SECOND / 2,
};

/// The state of a connection.
#[derive(Debug)]
pub struct Session {
    /// How we call ourselves; differs between workspaces, for one client may
    /// be connected to two.
    me: String,
    /// Names our storage: a peer remembers under it how far it has come.
    storage: String,
    /// How the peer calls itself, once it has joined.
    peer: Option<String>,
    documents: BTreeMap<String, Slot>,
    names: BTreeMap<DocumentId, String>,
    /// A message whose document is being looked for.
    unresolved: Option<Part>,
    gossip: Gossip,
    now: Timestamp,
    reading: Bucket,
    pushing: Bucket,
}

/// A peer's message about a document.
#[derive(Debug)]
struct Part {
    request: bool,
    message: codec::Message,
}

/// A document that a peer has asked for.
#[derive(Debug)]
enum Slot {
    Open(Box<Document>),
    /// A change was refused: nothing more is exchanged on this connection.
    Stopped,
}

#[derive(Debug)]
struct Document {
    doc: DocumentId,
    exchange: Exchange,
    /// Whether all that the hub has is here.
    complete: bool,
    /// Whether the peer asked for it and has no answer yet.
    requested: bool,
}

impl Session {
    /// A connection on which nothing was said yet. `me` names this end of it,
    /// `storage` what the documents are kept in: another one after a restore.
    pub fn new(now: Timestamp, me: String, storage: String) -> Self {
        Self {
            me,
            storage,
            peer: None,
            documents: BTreeMap::new(),
            names: BTreeMap::new(),
            unresolved: None,
            gossip: Gossip::new(now),
            now,
            reading: Bucket::full(READING, now),
            pushing: Bucket::full(PUSHING, now),
        }
    }

    /// Milliseconds to wait before the peer's next message is read: it has
    /// asked for more than its share.
    pub fn pause(&mut self, now: Timestamp) -> u64 {
        self.reading.wait(now, 1)
    }

    /// Whether changes wait for their turn; [`Session::tick`] takes it.
    pub fn has_backlog(&self) -> bool {
        self.open().any(|document| document.exchange.has_ready())
    }

    /// A little time went by.
    pub fn tick(&mut self, now: Timestamp) -> Vec<Effect> {
        self.now = now;
        let ready = |(name, slot): (&String, &Slot)| match slot {
            Slot::Open(document) if document.exchange.has_ready() => Some(name.clone()),
            _ => None,
        };
        let waiting: Vec<String> = self.documents.iter().filter_map(ready).collect();
        let mut out = Vec::new();
        for name in waiting {
            self.proceed(&name, &mut out);
        }
        out
    }

    /// Takes a message from the peer.
    pub fn receive(&mut self, now: Timestamp, bytes: &[u8]) -> Vec<Effect> {
        self.now = now;
        self.reading.spend(1);
        let mut out = Vec::new();
        match message::read(bytes) {
            Ok(said) => self.said(said, &mut out),
            Err(refusal) => self.error(&refusal, None, &mut out),
        }
        out
    }

    fn said(&mut self, said: Said, out: &mut Vec<Effect>) {
        match (said, &self.peer) {
            (Said::Leave, _) => out.push(Effect::Close),
            (Said::Join { peer, speaks }, None) => self.join(peer, speaks, out),
            (Said::Join { .. }, Some(_)) | (_, None) => {
                let text = "A connection begins with one join.";
                let refusal = Refusal::new(Code::UnexpectedFrame, text);
                self.error(&refusal, None, out);
                out.push(Effect::Close);
            }
            (
                Said::Sync {
                    peer,
                    document,
                    request,
                    data,
                },
                Some(joined),
            ) if peer == *joined => self.sync(document, request, &data, out),
            // In whosever name: a peer passes on what peers behind it say, and they
            // know by the name what they have heard.
            (Said::Ephemeral(word), Some(_)) => self.ephemeral(word, out),
            // In another's name, or nothing that asks for an answer.
            (Said::Sync { .. } | Said::Nothing, Some(_)) => {}
        }
    }

    fn join(&mut self, peer: String, speaks: bool, out: &mut Vec<Effect>) {
        self.peer = Some(peer);
        if !speaks {
            let text = "unsupported protocol version";
            self.error(&Refusal::new(Code::UnknownVersion, text), None, out);
            out.push(Effect::Close);
            return;
        }
        let metadata = Metadata {
            storage_id: &self.storage,
            is_ephemeral: false,
        };
        let welcome = Say::Peer {
            sender_id: &self.me,
            target_id: self.target(),
            peer_metadata: metadata,
            selected_protocol_version: PROTOCOL,
        };
        out.push(Effect::Send(welcome.encode()));
    }

    fn sync(&mut self, name: String, request: bool, data: &[u8], out: &mut Vec<Effect>) {
        let message = match codec::read(data) {
            Ok(message) => message,
            Err(refusal) => return self.stop(&name, &refusal, out),
        };
        let part = Part { request, message };
        match self.documents.get(&name) {
            Some(Slot::Open(_)) => self.hear(&name, part, out),
            Some(Slot::Stopped) => {
                let text = "A change was refused before: connect anew to go on.";
                let refusal = Refusal::new(Code::DependsOnRefused, text);
                self.error(&refusal, Some(&name), out);
            }
            None if self.documents.len() >= limits::OPEN_DOCUMENTS => {
                let refusal = Refusal::new(Code::RateLimited, "Too many documents are open.");
                self.error(&refusal, Some(&name), out);
                self.unavailable(&name, out);
            }
            None => {
                self.unresolved = Some(part);
                out.push(Effect::Resolve(name));
            }
        }
    }

    /// The answer to [`Effect::Resolve`]; `None` where there is no such
    /// document, and none may be made.
    pub fn resolved(&mut self, name: &str, doc: Option<DocumentId>) -> Vec<Effect> {
        let mut out = Vec::new();
        let Some(part) = self.unresolved.take() else {
            return out;
        };
        // Two names may lead to one document, but only one can be synced under.
        let Some(doc) = doc.filter(|doc| !self.names.contains_key(doc)) else {
            self.unavailable(name, &mut out);
            return out;
        };
        let mut exchange = Exchange::default();
        for first in genesis::versions(doc) {
            let known = guard::outline(first).is_ok_and(|first| exchange.add(first));
            debug_assert!(known, "the first changes are whole");
        }
        let document = Document {
            doc,
            exchange,
            complete: false,
            requested: false,
        };
        self.names.insert(doc, name.to_owned());
        self.documents
            .insert(name.to_owned(), Slot::Open(Box::new(document)));
        out.push(Effect::Frame(ClientFrame::Open(Open {
            doc,
            have: Vec::new(),
        })));
        self.hear(name, part, &mut out);
        out
    }

    fn hear(&mut self, name: &str, part: Part, out: &mut Vec<Effect>) {
        let Some(Slot::Open(document)) = self.documents.get_mut(name) else {
            return;
        };
        document.requested |= part.request;
        let heard = document.exchange.hear(part.message);
        match heard.and_then(|()| self.check_room()) {
            Ok(()) => self.proceed(name, out),
            Err(refusal) => self.stop(name, &refusal, out),
        }
    }

    /// Refuses where all that is open is too much to keep.
    fn check_room(&self) -> Result<(), Refusal> {
        let kept: usize = self.open().map(|document| document.exchange.size()).sum();
        if kept <= limits::REPO_OPEN_BYTES {
            return Ok(());
        }
        let text = "The open documents are too large together.";
        Err(Refusal::new(Code::RateLimited, text))
    }

    /// Takes a frame from the hub.
    pub fn frame(&mut self, now: Timestamp, frame: ServerFrame) -> Vec<Effect> {
        self.now = now;
        let mut out = Vec::new();
        match frame {
            ServerFrame::Changes(changes) => self.changes(&changes, &mut out),
            ServerFrame::Ack(ack) => {
                if let Some((name, document)) = self.named(ack.doc) {
                    let hashes = ack.hashes.iter().map(|hash| hash.into_array());
                    let whole = document.exchange.acked(hashes);
                    self.go_on(&name, whole, &mut out);
                }
            }
            ServerFrame::Nack(nack) => self.refused(nack.doc, &nack.refusal, &mut out),
            ServerFrame::Error(refusal) => {
                let doc = refusal.field.as_deref().and_then(|doc| doc.parse().ok());
                match doc {
                    Some(doc) => self.refused(doc, &refusal, &mut out),
                    None => self.error(&refusal, None, &mut out),
                }
            }
            ServerFrame::Bye(bye) => {
                self.error(&bye.refusal, None, &mut out);
                out.push(Effect::Close);
            }
            // An automerge-repo client has no use for these.
            ServerFrame::Welcome(_)
            | ServerFrame::Rows(_)
            | ServerFrame::Members(_)
            | ServerFrame::Presence(_) => {}
        }
        out
    }

    fn changes(&mut self, changes: &Changes, out: &mut Vec<Effect>) {
        let room = self.check_room();
        let Some((name, document)) = self.named(changes.doc) else {
            return;
        };
        if let Err(refusal) = room {
            return self.stop(&name, &refusal, out);
        }
        let mut take = |change: &ByteBuf| {
            guard::outline(change).is_ok_and(|change| document.exchange.add(change))
        };
        let whole = changes.changes.iter().all(&mut take);
        document.exchange.settled();
        document.complete |= changes.complete;
        self.go_on(&name, whole, out);
    }

    /// Goes on with a document after news from the hub.
    fn go_on(&mut self, name: &str, whole: bool, out: &mut Vec<Effect>) {
        if whole {
            self.proceed(name, out);
        } else {
            let text = "What came of the document has gaps.";
            self.stop(name, &Refusal::new(Code::Unavailable, text), out);
        }
    }

    /// Does what can be done for a document now.
    fn proceed(&mut self, name: &str, out: &mut Vec<Effect>) {
        self.push(name, out);
        let Some(Slot::Open(document)) = self.documents.get_mut(name) else {
            return;
        };
        let busy = document.exchange.awaits_hub() || document.exchange.has_ready();
        if !document.complete || busy {
            return;
        }
        let requested = std::mem::take(&mut document.requested);
        if requested && document.exchange.is_empty() {
            self.unavailable(name, out);
            return;
        }
        let said = document.exchange.say();
        // Looking through a history is what costs: a thousand of it count as
        // one message more.
        self.reading
            .spend(document.exchange.take_examined() as u64 / 1_000);
        if let Some(data) = said {
            let message = Say::Sync {
                sender_id: &self.me,
                target_id: self.target(),
                document_id: name,
                data: Bytes::new(&data),
            };
            out.push(Effect::Send(message.encode()));
        }
    }

    /// Hands the hub what it may have now, in frames of its size.
    fn push(&mut self, name: &str, out: &mut Vec<Effect>) {
        let mut left = u64::from(self.pushing.left(self.now));
        let Some(Slot::Open(document)) = self.documents.get_mut(name) else {
            return;
        };
        if !document.complete {
            return;
        }
        while left > 0 {
            let mut room = limits::FRAME_BYTES * 3 / 4;
            let mut changes = Vec::new();
            let mut ops = 0;
            while left > 0
                && changes.len() < limits::PUSH_CHANGES
                // So that the next one fits, whatever it holds.
                && ops <= limits::PUSH_OPS - limits::CHANGE_OPS
                && let Some(change) = document.exchange.next(room)
            {
                // The last one may cost more than is left; the next waits for it.
                let price = price::of_change(change.ops);
                self.pushing.spend(price);
                left = left.saturating_sub(price);
                room -= change.bytes.len();
                ops += change.ops.min(limits::CHANGE_OPS);
                changes.push(ByteBuf::from(change.bytes));
            }
            if changes.is_empty() {
                return;
            }
            let doc = document.doc;
            out.push(Effect::Frame(ClientFrame::Push(Push { doc, changes })));
        }
    }

    /// Takes another session's ephemeral message.
    pub fn gossip(&mut self, doc: DocumentId, word: &Ephemeral) -> Vec<Effect> {
        let own = self.peer.as_ref() == Some(&word.peer);
        let Some((name, document)) = self.named(doc) else {
            return Vec::new();
        };
        if !document.complete || own || !self.gossip.is_new(word) {
            return Vec::new();
        }
        let message = Say::Ephemeral {
            sender_id: &word.peer,
            target_id: self.target(),
            document_id: &name,
            session_id: &word.session,
            count: word.count,
            data: Bytes::new(&word.data),
        };
        vec![Effect::Send(message.encode())]
    }

    fn ephemeral(&mut self, word: Ephemeral, out: &mut Vec<Effect>) {
        if word.data.len() > limits::EPHEMERAL_BYTES {
            let refusal = Refusal::new(Code::TooLong, "The ephemeral message is too long.");
            return self.error(&refusal, Some(&word.document), out);
        }
        let doc = match self.documents.get(&word.document) {
            Some(Slot::Open(document)) if document.complete => document.doc,
            _ => return,
        };
        if self.gossip.admits(self.now, &word) {
            out.push(Effect::Gossip(doc, word));
        }
    }

    fn open(&self) -> impl Iterator<Item = &Document> {
        self.documents.values().filter_map(|slot| match slot {
            Slot::Open(document) => Some(&**document),
            Slot::Stopped => None,
        })
    }

    fn named(&mut self, doc: DocumentId) -> Option<(String, &mut Document)> {
        let name = self.names.get(&doc)?;
        match self.documents.get_mut(name) {
            Some(Slot::Open(document)) => Some((name.clone(), document)),
            _ => None,
        }
    }

    fn target(&self) -> &str {
        self.peer.as_deref().unwrap_or_default()
    }
}

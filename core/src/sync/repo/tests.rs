//! The adapter between Automerge's own sync, as a client of automerge-repo
//! runs it, and a hub that stores what it is pushed, or does not.

mod refused;

use automerge::sync::{self, SyncDoc};
use automerge::transaction::Transactable;
use automerge::{AutoCommit, ObjType, ROOT, ReadDoc};
use ciborium::{Value, cbor};
use serde_bytes::ByteBuf;
use uuid::Uuid;

use super::*;
use crate::error::{Code, Refusal};
use crate::guard;
use crate::id::DocumentId;
use crate::limits;
use crate::sync::frame::{Ack, Changes, ClientFrame, Nack, ServerFrame};
use crate::time::Timestamp;

const NAME: &str = "the-document";
const DOC: DocumentId = DocumentId::Free(Uuid::from_u128(1));

fn now() -> Timestamp {
    Timestamp::from_millis(1_000)
}

/// What the hub has.
#[derive(Default)]
struct Hub {
    log: Vec<Vec<u8>>,
    /// The document does not load.
    set_aside: bool,
}

impl Hub {
    fn changes(&self, changes: &[Vec<u8>]) -> ServerFrame {
        ServerFrame::Changes(Changes {
            doc: DOC,
            changes: changes.iter().cloned().map(ByteBuf::from).collect(),
            heads: Vec::new(),
            seq: self.log.len() as u64,
            complete: true,
        })
    }
}

/// A client of automerge-repo on its connection.
struct Peer {
    doc: AutoCommit,
    state: sync::State,
    session: Session,
    /// Pushed and not answered yet.
    pushed: Vec<Vec<u8>>,
    errors: Vec<String>,
    unavailable: usize,
    closed: bool,
}

impl Peer {
    fn new(name: &str) -> Self {
        let mut peer = Self {
            doc: AutoCommit::new(),
            state: sync::State::new(),
            session: Session::new(now(), "server".to_owned(), "storage".to_owned()),
            pushed: Vec::new(),
            errors: Vec::new(),
            unavailable: 0,
            closed: false,
        };
        let join = cbor!({
            "type" => "join",
            "senderId" => name,
            "supportedProtocolVersions" => ["1"],
        });
        let welcome = peer.session.receive(now(), &bytes(&join.unwrap()));
        assert!(matches!(welcome.as_slice(), [Effect::Send(_)]));
        peer
    }

    fn write(&mut self, key: &str) {
        self.doc.put(ROOT, key, true).unwrap();
        self.doc.commit();
    }

    fn has(&self, key: &str) -> bool {
        self.doc.get(ROOT, key).unwrap().is_some()
    }

    /// Says what Automerge has to say, if anything.
    fn speak(&mut self, name: &str, hub: &Hub) -> bool {
        let Some(message) = self.doc.sync().generate_sync_message(&mut self.state) else {
            return false;
        };
        self.say(name, "sync", message.encode(), hub);
        true
    }

    fn say(&mut self, name: &str, kind: &str, data: Vec<u8>, hub: &Hub) {
        let message = cbor!({
            "type" => kind,
            "senderId" => name,
            "documentId" => NAME,
            "data" => Value::Bytes(data),
        });
        let effects = self.session.receive(now(), &bytes(&message.unwrap()));
        self.carry_out(effects, hub);
    }

    fn frame(&mut self, frame: ServerFrame, hub: &Hub) {
        let effects = self.session.frame(now(), frame);
        self.carry_out(effects, hub);
    }

    fn carry_out(&mut self, effects: Vec<Effect>, hub: &Hub) {
        for effect in effects {
            match effect {
                Effect::Resolve(name) => {
                    let more = self.session.resolved(&name, Some(DOC));
                    self.carry_out(more, hub);
                }
                Effect::Frame(ClientFrame::Open(_)) if hub.set_aside => {
                    let refusal = Refusal::new(Code::Quarantined, "It is damaged.");
                    self.frame(ServerFrame::Error(refusal.on(DOC.to_string())), hub);
                }
                Effect::Frame(ClientFrame::Open(_)) => self.frame(hub.changes(&hub.log), hub),
                Effect::Frame(ClientFrame::Push(push)) => {
                    let changes = push.changes.into_iter().map(ByteBuf::into_vec);
                    self.pushed.extend(changes);
                }
                Effect::Send(message) => self.hear(&message),
                Effect::Close => self.closed = true,
                Effect::Frame(_) | Effect::Gossip(..) => {}
            }
        }
    }

    fn hear(&mut self, message: &[u8]) {
        let said: Value = ciborium::from_reader(message).unwrap();
        let field = |name: &str| {
            let fields = said.as_map().unwrap().iter();
            let mut named = fields.filter(|(key, _)| key.as_text() == Some(name));
            named.next().map(|(_, value)| value.clone())
        };
        match field("type").unwrap().as_text().unwrap() {
            "sync" => {
                let data = field("data").unwrap().into_bytes().unwrap();
                let message = sync::Message::decode(&data).unwrap();
                let mut doc = self.doc.sync();
                doc.receive_sync_message(&mut self.state, message).unwrap();
            }
            "error" => {
                let text = field("message").unwrap().into_text().unwrap();
                self.errors.push(text);
            }
            "doc-unavailable" => self.unavailable += 1,
            other => panic!("what is {other}?"),
        }
    }

    /// The hub stores what was pushed; what it stored it returns.
    fn store(&mut self, hub: &mut Hub) -> Vec<Vec<u8>> {
        let stored = std::mem::take(&mut self.pushed);
        if stored.is_empty() {
            return stored;
        }
        hub.log.extend(stored.iter().cloned());
        let hashes = stored.iter().map(|change| guard::hash(change).into());
        let ack = ServerFrame::Ack(Ack {
            doc: DOC,
            hashes: hashes.collect(),
        });
        self.frame(ack, hub);
        stored
    }
}

fn bytes(value: &Value) -> Vec<u8> {
    let mut bytes = Vec::new();
    ciborium::into_writer(value, &mut bytes).unwrap();
    bytes
}

/// Lets peers and hub talk until nobody has anything to say.
fn settle(peers: &mut [(&str, &mut Peer)], hub: &mut Hub) {
    for _ in 0..50 {
        let mut quiet = true;
        for this in 0..peers.len() {
            let (name, peer) = &mut peers[this];
            quiet &= !peer.speak(name, hub);
            let stored = peer.store(hub);
            for (other, (_, peer)) in peers.iter_mut().enumerate() {
                if other != this && !stored.is_empty() {
                    peer.frame(hub.changes(&stored), hub);
                }
            }
        }
        if quiet {
            return;
        }
    }
    panic!("they talk without end");
}

#[test]
fn what_a_peer_brings_counts_only_once_it_is_durable() {
    let (mut hub, mut ana) = (Hub::default(), Peer::new("ana"));
    ana.write("mine");
    ana.speak("ana", &hub);
    assert!(ana.speak("ana", &hub) || ana.pushed.len() == 1);
    assert_eq!(ana.pushed.len(), 1);
    let heads = ana.doc.get_heads();
    assert_ne!(ana.state.their_heads.as_ref(), Some(&heads), "not yet");
    ana.store(&mut hub);
    assert_eq!(ana.state.their_heads.as_ref(), Some(&heads));
}

#[test]
fn peers_meet_whatever_each_did_alone() {
    let mut hub = Hub::default();
    let (mut ana, mut ben) = (Peer::new("ana"), Peer::new("ben"));
    for number in 0..40 {
        ana.write(&format!("ana {number}"));
        ben.write(&format!("ben {number}"));
    }
    settle(&mut [("ana", &mut ana), ("ben", &mut ben)], &mut hub);
    for number in 0..300 {
        ana.write(&format!("more {number}"));
        if number % 7 == 0 {
            ben.write(&format!("less {number}"));
            settle(&mut [("ana", &mut ana), ("ben", &mut ben)], &mut hub);
        }
    }
    settle(&mut [("ana", &mut ana), ("ben", &mut ben)], &mut hub);
    assert_eq!(ana.doc.get_heads(), ben.doc.get_heads());
    assert!(ben.has("more 299") && ana.has("less 294"));
    assert_eq!(hub.log.len(), 80 + 300 + 43, "each change is stored once");
}

#[test]
fn a_new_connection_goes_on_where_the_last_one_ended() {
    let mut hub = Hub::default();
    let mut ana = Peer::new("ana");
    ana.write("before");
    settle(&mut [("ana", &mut ana)], &mut hub);
    let mut again = Peer::new("ana");
    again.doc = ana.doc;
    // What automerge-repo keeps of a sync: the shared heads.
    again.state = sync::State::decode(&ana.state.encode()).unwrap();
    again.write("after");
    settle(&mut [("ana", &mut again)], &mut hub);
    assert_eq!(hub.log.len(), 2);
}

#[test]
fn a_hub_that_was_restored_gets_back_what_it_lost() {
    let mut hub = Hub::default();
    let mut ana = Peer::new("ana");
    for key in ["a", "b", "c"] {
        ana.write(key);
    }
    settle(&mut [("ana", &mut ana)], &mut hub);
    hub.log.truncate(1);
    let mut again = Peer::new("ana");
    again.doc = ana.doc;
    again.state = sync::State::decode(&ana.state.encode()).unwrap();
    settle(&mut [("ana", &mut again)], &mut hub);
    assert_eq!(hub.log.len(), 3);
}

#[test]
fn a_change_waits_for_the_one_before_it() {
    let (hub, mut ana) = (Hub::default(), Peer::new("ana"));
    let mut author = AutoCommit::new();
    for key in ["a", "b", "c"] {
        author.put(ROOT, key, 1).unwrap();
        author.commit();
    }
    let all = author.get_changes(&[]);
    let bring = |changes: Vec<&[u8]>| {
        let draft = codec::Draft {
            heads: &[all[2].hash().0],
            need: &[],
            have: &[],
            changes,
        };
        draft.encode()
    };
    let last = bring(vec![all[2].raw_bytes(), all[1].raw_bytes()]);
    ana.say("ana", "sync", last, &hub);
    assert!(ana.pushed.is_empty(), "they depend on what is not here");
    assert_eq!(ana.state.their_need, Some(vec![all[0].hash()]));
    ana.say("ana", "sync", bring(vec![all[0].raw_bytes()]), &hub);
    let pushed: Vec<[u8; 32]> = ana
        .pushed
        .iter()
        .map(|change| guard::hash(change))
        .collect();
    let order: Vec<[u8; 32]> = all.iter().map(|change| change.hash().0).collect();
    assert_eq!(pushed, order);
}

#[test]
fn who_asks_for_nothing_that_is_there_is_told() {
    let (hub, mut ana) = (Hub::default(), Peer::new("ana"));
    let asked = ana.doc.sync().generate_sync_message(&mut ana.state);
    ana.say("ana", "request", asked.unwrap().encode(), &hub);
    assert_eq!(ana.unavailable, 1);
    // Somebody makes it, and it comes by itself.
    let mut ben = Peer::new("ben");
    ben.write("here");
    let mut hub = hub;
    settle(&mut [("ana", &mut ana), ("ben", &mut ben)], &mut hub);
    assert!(ana.has("here"));
}

#[test]
fn many_changes_are_pushed_no_faster_than_the_hub_admits() {
    let (hub, mut ana) = (Hub::default(), Peer::new("ana"));
    for number in 0..3_000 {
        ana.write(&format!("key {number}"));
    }
    ana.speak("ana", &hub);
    ana.speak("ana", &hub);
    let at_once = ana.pushed.len();
    assert!(at_once < limits::PUSH_BURST as usize);
    assert!(ana.session.has_backlog());
    let effects = ana.session.tick(now().plus_millis(60_000));
    ana.carry_out(effects, &hub);
    assert_eq!(ana.pushed.len(), 3_000);
}

#[test]
fn much_work_waits_for_its_turn_as_many_changes_do() {
    let (hub, mut ana) = (Hub::default(), Peer::new("ana"));
    let text = ana.doc.put_object(ROOT, "text", ObjType::Text).unwrap();
    ana.doc.commit();
    // Each of these changes counts as 201 at the hub.
    let letters = "a".repeat(limits::CHANGE_OPS);
    for _ in 0..20 {
        ana.doc.splice_text(&text, 0, 0, &letters).unwrap();
        ana.doc.commit();
    }
    ana.speak("ana", &hub);
    ana.speak("ana", &hub);
    let half = |seconds: u32| limits::PUSH_BURST / 2 + seconds * limits::PUSH_PER_SECOND / 2;
    for seconds in 0..10 {
        assert!(ana.pushed.len() <= half(seconds) as usize / 201 + 2);
        assert_eq!(ana.session.has_backlog(), ana.pushed.len() < 21);
        let then = now().plus_millis(1_000 * i64::from(seconds + 1));
        let effects = ana.session.tick(then);
        ana.carry_out(effects, &hub);
    }
    assert_eq!((ana.pushed.len(), ana.closed), (21, false));
}

#[test]
fn a_peer_is_answered_when_another_brought_the_rest_of_its_changes() {
    let (mut hub, mut ana) = (Hub::default(), Peer::new("ana"));
    for number in 0..3_000 {
        ana.write(&format!("key {number}"));
    }
    ana.speak("ana", &hub);
    ana.speak("ana", &hub);
    ana.store(&mut hub);
    assert!(ana.session.has_backlog());
    let all = ana.doc.get_changes(&[]).into_iter();
    let rest = all.skip(hub.log.len());
    let rest: Vec<Vec<u8>> = rest.map(|change| change.raw_bytes().to_vec()).collect();
    hub.log.extend(rest.iter().cloned());
    ana.frame(hub.changes(&rest), &hub);
    // Nothing else comes: only time passes.
    let effects = ana.session.tick(now().plus_millis(60_000));
    ana.carry_out(effects, &hub);
    let heads = ana.doc.get_heads();
    assert_eq!(ana.state.their_heads.as_ref(), Some(&heads));
    assert!(!ana.session.has_backlog());
}

#[test]
fn what_a_peer_brings_into_many_documents_is_bounded_together() {
    let mut ana = Peer::new("ana");
    let mut author = AutoCommit::new();
    author.put(ROOT, "first", 1).unwrap();
    author.commit();
    // What it depends on never comes, so it waits.
    let missing = author.get_heads()[0];
    let mut number = 0_u8;
    let mut change = || {
        number += 1;
        author.put(ROOT, "blob", vec![number; 200 << 10]).unwrap();
        author.commit();
        author.get_last_local_change().unwrap().raw_bytes().to_vec()
    };
    let changes: Vec<Vec<u8>> = (0..39).map(|_| change()).collect();
    let message = codec::Draft {
        heads: &[missing.0],
        need: &[],
        have: &[],
        changes: changes.iter().map(Vec::as_slice).collect(),
    };
    let data = message.encode();
    let mut stopped = None;
    for document in 0..limits::OPEN_DOCUMENTS {
        let name = format!("document {document}");
        let message = cbor!({
            "type" => "sync",
            "senderId" => "ana",
            "documentId" => name.as_str(),
            "data" => Value::Bytes(data.clone()),
        });
        let asked = ana.session.receive(now(), &bytes(&message.unwrap()));
        assert_eq!(asked, [Effect::Resolve(name.clone())]);
        let doc = DocumentId::Free(Uuid::from_u128(document as u128 + 1));
        let told = ana.session.resolved(&name, Some(doc));
        if told.iter().any(|effect| matches!(effect, Effect::Send(_))) {
            stopped = Some(document * data.len());
            break;
        }
    }
    let kept = stopped.unwrap();
    assert!(kept <= limits::REPO_OPEN_BYTES, "{kept} bytes");
}

#[test]
fn an_ephemeral_message_is_passed_on_once() {
    let (hub, mut ana) = (Hub::default(), Peer::new("ana"));
    ana.write("mine");
    ana.speak("ana", &hub);
    let word = |count: u64, size: usize| {
        let word = cbor!({
            "type" => "ephemeral",
            "senderId" => "ana",
            "documentId" => NAME,
            "sessionId" => "run",
            "count" => count,
            "data" => Value::Bytes(vec![1; size]),
        });
        bytes(&word.unwrap())
    };
    let first = ana.session.receive(now(), &word(1, 10));
    let [Effect::Gossip(DOC, first)] = first.as_slice() else {
        panic!("{first:?}")
    };
    assert_eq!(ana.session.receive(now(), &word(1, 10)), [], "said before");
    let long = ana
        .session
        .receive(now(), &word(2, limits::EPHEMERAL_BYTES + 1));
    assert!(matches!(long.as_slice(), [Effect::Send(_)]), "an error");
    let flood: usize = (3..500)
        .map(|count| ana.session.receive(now(), &word(count, 10)).len())
        .sum();
    assert!(flood < limits::EPHEMERAL_BURST as usize);

    let mut ben = Peer::new("ben");
    assert_eq!(ben.session.gossip(DOC, first), [], "not open there");
    ben.speak("ben", &hub);
    assert_eq!(ben.session.gossip(DOC, first).len(), 1);
    assert_eq!(ben.session.gossip(DOC, first), []);
}

//! A client of ours that comes back with more unsent work than it may have
//! documents open: all of it arrives, and what a person looks at comes at once.

use super::*;
use crate::replica::{Effect, Replica, Saved, SyncPhase};

/// A browser tab, and what it keeps on disk.
struct Tab {
    replica: Replica,
    chunks: BTreeMap<DocumentId, Vec<Vec<u8>>>,
    saved: Saved,
    outgoing: Vec<Vec<u8>>,
    complete: BTreeSet<DocumentId>,
}

impl Tab {
    /// A tab on what another one left on disk, which is gone.
    fn new(number: u8, chunks: BTreeMap<DocumentId, Vec<Vec<u8>>>, saved: Saved) -> Self {
        let ids = Box::new(Counter(u128::from(number) << 96));
        let actor = ActorId::from([number; 16]);
        let mut replica = Replica::new("larkspur".parse().unwrap(), actor, ids);
        replica.restore(saved.clone());
        replica.adopt(saved.outbox.clone());
        let mut tab = Self {
            replica,
            chunks,
            saved,
            outgoing: Vec::new(),
            complete: BTreeSet::new(),
        };
        tab.work();
        tab
    }

    fn open(&mut self, doc: DocumentId) {
        self.replica.open(doc);
        self.work();
    }

    /// Begins a conversation that nobody looks at afterwards.
    fn begin(&mut self, ordinal: u32) -> DocumentId {
        let contact = ContactId(Uuid::nil());
        let conversation = ConversationId::of_contact(contact, ordinal);
        self.open(conversation.into());
        let command = Command::Conversation {
            conversation,
            command: ConversationCommand::StartConversation {
                contact,
                ordinal,
                subject: "Hello".to_owned(),
            },
        };
        self.replica.apply(command, at(5_000)).unwrap();
        self.replica.close(conversation.into());
        self.work();
        conversation.into()
    }

    /// Does what the replica wants done.
    fn work(&mut self) {
        loop {
            let effects = self.replica.take_effects();
            if effects.is_empty() {
                return;
            }
            for effect in effects {
                self.carry_out(effect);
            }
        }
    }

    fn carry_out(&mut self, effect: Effect) {
        let saved = &mut self.saved;
        match effect {
            Effect::Load { doc } => {
                let chunks = self.chunks.get(&doc).cloned().unwrap_or_default();
                self.replica.load(doc, &chunks).unwrap();
            }
            Effect::Store {
                doc,
                chunks,
                pending,
                ..
            } => {
                let bytes = chunks.into_iter().map(|chunk| chunk.bytes.into_vec());
                self.chunks.entry(doc).or_default().extend(bytes);
                saved.outbox.extend(pending);
            }
            Effect::Acked { hashes, .. } => {
                saved.outbox.retain(|entry| !hashes.contains(&entry.hash));
            }
            Effect::Rows {
                rows,
                cursor,
                epoch,
            } => {
                saved.rows.extend(rows);
                (saved.cursor, saved.epoch) = (cursor, epoch);
            }
            Effect::Send { frame } => self.outgoing.push(frame.into_vec()),
            Effect::Complete { doc } => {
                self.complete.insert(doc);
            }
            _ => {}
        }
    }

    /// Talks to the server until both have nothing more to say.
    fn talk(&mut self, rig: &mut Rig) {
        rig.input(Input::Connected { session: ANA });
        self.replica.connected("ana:Agent".to_owned());
        self.work();
        while !self.outgoing.is_empty() {
            let frames = std::mem::take(&mut self.outgoing);
            let inputs = frames.into_iter().map(|bytes| Input::Frame {
                session: ANA,
                bytes,
            });
            rig.inputs(inputs.collect());
            for frame in rig.heard(ANA) {
                let heard = self.replica.receive(&frame.encode(), rig.now);
                assert_eq!(heard, Ok(()), "nothing is asked for that is not given");
                self.work();
            }
        }
    }
}

/// Comes back to a server whose epoch is `epoch`, which the tab knows as
/// another one where the server was restored.
#[track_caller]
fn all_of_it_arrives_in(epoch: &str) {
    let saved = Saved {
        epoch: epoch.to_owned(),
        member: Some(member("ana", Role::Agent)),
        ..Saved::default()
    };
    let mut tab = Tab::new(1, BTreeMap::new(), saved);
    let count = u32::try_from(limits::OPEN_DOCUMENTS).unwrap() + 40;
    let docs: Vec<DocumentId> = (0..count).map(|ordinal| tab.begin(ordinal)).collect();
    assert_eq!(tab.saved.outbox.len(), docs.len());

    let mut tab = Tab::new(2, tab.chunks, tab.saved);
    // Whichever comes last, the person looks at it.
    let looked_at = *docs.iter().max().unwrap();
    tab.open(looked_at);
    let mut rig = Rig::new();
    tab.talk(&mut rig);
    assert_eq!(tab.saved.outbox, [], "everything was acknowledged");
    assert_eq!(tab.replica.sync_state().state, SyncPhase::Synced);
    let stored: BTreeSet<DocumentId> = rig.log.iter().map(|entry| entry.doc).collect();
    assert_eq!(stored, docs.into_iter().collect());
    assert!(tab.complete.contains(&looked_at));
}

#[test]
fn unsent_work_in_more_documents_than_may_be_open_arrives() {
    all_of_it_arrives_in("epoch");
}

#[test]
fn it_arrives_at_a_restored_server_as_well() {
    all_of_it_arrives_in("before");
}

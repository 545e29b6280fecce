//! What is found out while storage keeps the workspace still: only what has
//! changed since it was found out before.

use tempfile::TempDir;
use threadline_core::command::{
    Command, ContactCommand, ContactDraft, Context, ConversationCommand,
};
use threadline_core::document::Document;
use threadline_core::model::WorkspaceView;
use uuid::Uuid;

use super::*;
use crate::store::Sqlite;

fn workspace() -> WorkspaceId {
    "larkspur".parse().unwrap()
}

fn kim() -> ContactId {
    ContactId(Uuid::from_u128(1))
}

fn lee() -> ContactId {
    ContactId(Uuid::from_u128(2))
}

/// A document in storage, and a copy of it to write in.
struct Written<'a> {
    store: &'a dyn Store,
    document: Document,
}

impl<'a> Written<'a> {
    fn begin(store: &'a dyn Store, doc: DocumentId) -> Self {
        let actor = ActorId::from(clock::random::<16>().unwrap());
        let server = server_member().unwrap();
        let document = Document::begin(doc, actor, &server.id).unwrap();
        Self { store, document }
    }

    fn contact(store: &'a dyn Store, contact: ContactId) -> Self {
        let mut written = Self::begin(store, contact.into());
        let draft = ContactDraft {
            name: "Somebody".to_owned(),
            ..ContactDraft::default()
        };
        let command = ContactCommand::CreateContact { draft };
        written.give(&Command::Contact { contact, command });
        written
    }

    fn conversation(store: &'a dyn Store, contact: ContactId, ordinal: u32) -> Self {
        let id = ConversationId::of_contact(contact, ordinal);
        let mut written = Self::begin(store, id.into());
        let subject = "Hello".to_owned();
        written.say(ConversationCommand::StartConversation {
            contact,
            ordinal,
            subject,
        });
        written
    }

    fn note(&mut self) {
        self.say(ConversationCommand::AddNote {
            parent: None,
            spans: Vec::new(),
            message: None,
        });
    }

    fn say(&mut self, command: ConversationCommand) {
        let DocumentId::Conversation(conversation) = self.document.id() else {
            panic!("a conversation's document");
        };
        self.give(&Command::Conversation {
            conversation,
            command,
        });
    }

    /// Executes a command and stores what it made.
    fn give(&mut self, command: &Command) {
        let server = server_member().unwrap();
        let mut context = Context {
            now: clock::now(),
            member: &server,
            ids: &mut RandomIds,
            workspace: &WorkspaceView::default(),
        };
        let executed = self.document.execute(&mut context, command).unwrap();
        let change = executed.change.unwrap();
        let doc = self.document.id();
        let heads = self.document.heads().into_iter();
        let row = RowEntry {
            doc,
            seq: 1,
            heads: heads.map(|head| Hash::new(head.0)).collect(),
            row: self.document.row().unwrap(),
        };
        let entry = Entry {
            seq: 1,
            doc,
            hash: change.hash().0,
            bytes: change.raw_bytes().to_vec(),
            actor: change.actor_id().clone(),
            member: server.id.clone(),
            session: None,
            received_at: clock::now(),
        };
        let batch = Batch {
            entries: vec![entry],
            rows: vec![row],
            ..Batch::default()
        };
        let (done, stored) = std::sync::mpsc::channel();
        let done = Box::new(move |result| done.send(result).unwrap());
        self.store.append(&workspace(), batch, None, done);
        stored.recv().unwrap().unwrap();
    }
}

#[test]
fn only_what_has_changed_is_written_anew_a_second_time() {
    let folder = TempDir::new().unwrap();
    let store = Sqlite::open(folder.path()).unwrap();
    let contact = Written::contact(&store, kim()).document.id();
    let mut hers = Written::conversation(&store, kim(), 0);
    let mut others = Written::conversation(&store, lee(), 0);
    let conversation = hers.document.id();

    let workspace = workspace();
    let mut planner = Planner::new(&store, &workspace, kim());
    let look = |planner: &mut Planner<'_>| {
        planner.look(store.pulse(&workspace).unwrap().seq).unwrap();
        planner.rewritten.clone()
    };
    // New ids and actors are random: what is written anew differs.
    let first = look(&mut planner);
    let docs: Vec<DocumentId> = first.keys().copied().collect();
    assert_eq!(BTreeSet::from_iter(docs), [contact, conversation].into());
    assert_eq!(look(&mut planner), first, "nothing has happened");

    others.note();
    assert_eq!(look(&mut planner), first, "it was somebody else's");

    hers.note();
    let second = look(&mut planner);
    assert_eq!(second[&contact], first[&contact]);
    assert_ne!(second[&conversation], first[&conversation]);
    let id = |batch: &Batch| batch.entries[0].doc;
    assert_eq!(id(&second[&conversation]), id(&first[&conversation]));

    Written::conversation(&store, kim(), 1);
    let third = look(&mut planner);
    assert_eq!(third.len(), 3);
    assert_ne!(
        id(&third[&contact]),
        id(&second[&contact]),
        "all has new names"
    );
    let batch = planner.erasure().batch;
    let numbers: Vec<u64> = batch.entries.iter().map(|entry| entry.seq).collect();
    assert_eq!(numbers, (1..=numbers.len() as u64).collect::<Vec<_>>());
    let erased = store.erase(&workspace, &mut |_| Ok(planner.erasure()));
    assert_eq!(erased.unwrap().documents, 3);

    let again = erase(&store, &workspace, kim()).unwrap_err();
    assert_eq!(again.code, Code::Erased);
    let stranger = ContactId(Uuid::from_u128(9));
    let unknown = erase(&store, &workspace, stranger).unwrap_err();
    assert_eq!(unknown.code, Code::NotFound);
}

#[test]
fn an_erasure_looks_again_until_little_has_happened_meanwhile() {
    let folder = TempDir::new().unwrap();
    let store = Sqlite::open(folder.path()).unwrap();
    Written::contact(&store, kim());
    let mut hers = Written::conversation(&store, kim(), 0);
    let workspace = workspace();
    let mut planner = Planner::new(&store, &workspace, kim());
    // How much happens before each time that storage is asked.
    let mut happens = [0, limits::ERASURE_MOVED + 1, limits::ERASURE_MOVED, 9].into_iter();
    let mut last = || {
        for _ in 0..happens.next().unwrap() {
            hers.note();
        }
        Ok(store.pulse(&workspace)?.seq)
    };
    planner.catch_up(&mut last).unwrap();
    // It has not seen what came last, and did not ask again.
    let now = store.pulse(&workspace).unwrap().seq;
    assert_eq!(planner.seen, Some(now - limits::ERASURE_MOVED));
    assert_eq!(happens.next(), Some(9));
}

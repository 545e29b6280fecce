//! Honest changes pass; changes that are wrong in one way each do not.

use std::collections::BTreeMap;

use automerge::legacy::{ElementId, Key, ObjectId, Op, OpId, OpType};
use automerge::{ActorId, Change, ChangeHash, ExpandedChange, ObjType, ScalarValue};
use uuid::Uuid;

use super::*;
use crate::command::{Command, ContactCommand, Context, ConversationCommand, WorkspaceCommand};
use crate::document::{Document, genesis};
use crate::error::{Code, Refusal};
use crate::id::{ContactId, ConversationId, Counter, DocumentId, NoteId};
use crate::model::{Block, Member, Role, Span, TextEdit, WorkspaceView};
use crate::time::Timestamp;

mod batch;
mod beginning;
mod bytes;
mod first_version;
mod free;
mod full;
mod honest;
mod hostile;
mod marks;
mod roles;
mod settled;
mod told;
mod version_2;

fn conversation() -> ConversationId {
    ConversationId::of_contact(ContactId(Uuid::nil()), 0)
}

fn doc() -> DocumentId {
    conversation().into()
}

fn member(name: &str, role: Role) -> Member {
    Member {
        teams: vec!["support".parse().unwrap()],
        ..Member::new(name.parse().unwrap(), name, role)
    }
}

fn spans(text: &str) -> Vec<Span> {
    let block = Block {
        block_type: "paragraph".to_owned(),
        parents: vec!["blockquote".to_owned()],
        attrs: BTreeMap::new(),
        is_embed: false,
    };
    vec![
        Span::Block { value: block },
        Span::Text {
            value: text.to_owned(),
            marks: BTreeMap::new(),
        },
    ]
}

/// A member's copy of a document.
struct Desk {
    document: Document,
    member: Member,
    /// The workspace's rules, as the member knows them.
    rules: WorkspaceView,
    ids: Counter,
}

impl Desk {
    fn new(member: Member, actor: u8) -> Self {
        Self::with(doc(), member, actor)
    }

    fn with(doc: DocumentId, member: Member, actor: u8) -> Self {
        let id = ActorId::from([actor; 16]);
        Self {
            document: Document::begin(doc, id, &member.id).unwrap(),
            member,
            rules: WorkspaceView::default(),
            ids: Counter(u128::from(actor) << 64),
        }
    }

    fn make(&mut self, command: ConversationCommand) -> (Change, Option<Uuid>) {
        self.give(&Command::Conversation {
            conversation: conversation(),
            command,
        })
    }

    fn on_card(&mut self, command: ContactCommand) -> (Change, Option<Uuid>) {
        self.give(&Command::Contact {
            contact: ContactId(Uuid::nil()),
            command,
        })
    }

    fn in_settings(&mut self, command: WorkspaceCommand) -> (Change, Option<Uuid>) {
        self.give(&Command::Workspace(command))
    }

    fn give(&mut self, command: &Command) -> (Change, Option<Uuid>) {
        let mut ctx = Context {
            now: Timestamp::from_millis(5_000),
            member: &self.member,
            ids: &mut self.ids,
            workspace: &self.rules,
        };
        let executed = self.document.execute(&mut ctx, command).unwrap();
        let change = executed.change;
        let change = change.unwrap_or_else(|| panic!("nothing to write: {command:?}"));
        (change, executed.outcome.created)
    }

    fn take(&mut self, change: &Change) {
        self.document.apply(vec![change.clone()]).unwrap();
    }
}

/// The server's copy, behind the gate.
struct Server {
    document: Document,
    actors: Actors,
}

impl Server {
    fn new() -> Self {
        Self::of(doc())
    }

    fn of(doc: DocumentId) -> Self {
        let nobody = "server".parse().unwrap();
        let mut document = Document::begin(doc, ActorId::from([200; 16]), &nobody).unwrap();
        let actors = Actors::of(document.automerge(), &BTreeMap::new());
        Self { document, actors }
    }

    /// What the gate says to one change of a member.
    fn refusal(&mut self, member: &Member, change: &Change) -> Result<(), Refusal> {
        let mut gate = Gate::new(self.document.id(), self.document.automerge(), &self.actors);
        let incoming = read(change.raw_bytes()).map_err(|rejected| rejected.refusal)?;
        gate.admit(member, Naming::Author, &incoming)
    }

    /// Checks a member's changes as one batch and applies what passed.
    fn take(&mut self, member: &Member, changes: &[Change]) -> Result<(), Code> {
        let mut gate = Gate::new(self.document.id(), self.document.automerge(), &self.actors);
        let mut passed = Vec::new();
        let mut result = Ok(());
        for change in changes {
            let admitted = read(change.raw_bytes())
                .map_err(|rejected| rejected.refusal)
                .and_then(|incoming| gate.admit(member, Naming::Author, &incoming));
            match admitted {
                Ok(()) => passed.push(change.clone()),
                Err(refusal) => {
                    result = Err(refusal.code);
                    break;
                }
            }
        }
        let marks = gate.into_marks();
        self.document.apply(passed.clone()).unwrap();
        for change in &passed {
            self.actors.record(change, &member.id);
        }
        let marks = marks.check(self.document.automerge());
        result.and(marks.map_err(|refusal| refusal.code))
    }
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

/// A conversation whose subject Ana and Ben have set at the same time, to Lamp
/// and to Chair, which shows; the changes it is made of; and Cleo's copy.
fn conflict() -> (Server, Desk, [Change; 3]) {
    let mut server = Server::new();
    let mut ana = Desk::new(member("ana", Role::Agent), 1);
    let mut ben = Desk::new(member("ben", Role::Agent), 2);
    let mut cleo = Desk::new(member("cleo", Role::Agent), 3);
    let (begun, _) = ana.make(start());
    ben.take(&begun);
    let (lamp, _) = ana.make(subject("Lamp"));
    let (chair, _) = ben.make(subject("Chair"));
    for change in [&begun, &lamp, &chair] {
        cleo.take(change);
    }
    let all = [begun, lamp, chair];
    server.take(&ana.member, &all[..2]).unwrap();
    server.take(&ben.member, &all[2..]).unwrap();
    (server, cleo, all)
}

fn note(text: &str) -> ConversationCommand {
    ConversationCommand::AddNote {
        parent: None,
        spans: spans(text),
        message: None,
    }
}

fn remade(change: &Change, mutate: impl FnOnce(&mut ExpandedChange)) -> Change {
    let mut expanded = change.decode();
    mutate(&mut expanded);
    Change::from(expanded)
}

fn put(value: &str) -> OpType {
    OpType::Put(ScalarValue::Str(value.into()))
}

fn splice(note: Uuid, at: u32, delete: u32, insert: &str) -> ConversationCommand {
    ConversationCommand::EditNote {
        note: NoteId(note),
        edits: vec![TextEdit::Splice {
            at,
            delete,
            insert: insert.to_owned(),
        }],
    }
}

//! What the tests of the core share: people, ids from a counter, and peers
//! that exchange changes without a server.
#![allow(dead_code, reason = "every test binary uses its own part of this")]

pub(crate) mod commands;
pub(crate) mod draw;
pub(crate) mod flows;

use automerge::{ActorId, Change};
use threadline_core::command::{
    Command, ContactCommand, Context, ConversationCommand, Outcome, WorkspaceCommand,
};
use threadline_core::document::{ConversationView, Document, Executed};
use threadline_core::error::Refusal;
use threadline_core::id::{ContactId, ConversationId, DocumentId, Ids, NoteId, TaskId, TopicId};
use threadline_core::model::{
    Appointment, Availability, ContactView, ConversationHeader, Interaction, Item, ItemKind,
    Member, Note, Opportunity, Role, Task, Topic, WorkspaceView,
};
use threadline_core::time::Timestamp;
use uuid::Uuid;

/// Ids in order: the series in the upper half, a count in the lower.
pub(crate) struct Counter {
    series: u64,
    next: u64,
}

impl Counter {
    /// A series of its own, so that two counters never give the same id.
    pub(crate) fn new(series: u64) -> Self {
        Self { series, next: 0 }
    }
}

impl Ids for Counter {
    fn next_id(&mut self) -> Uuid {
        self.next += 1;
        Uuid::from_u64_pair(self.series, self.next)
    }
}

/// The tests' clock: so many seconds after its beginning.
pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_millis(1_790_000_000_000 + seconds * 1_000)
}

/// An actor by number.
pub(crate) fn actor(number: u8) -> ActorId {
    ActorId::from([number; 16])
}

fn member(name: &str, role: Role) -> Member {
    Member {
        teams: vec!["support".parse().unwrap()],
        ..Member::new(name.parse().unwrap(), name, role)
    }
}

/// An agent of the team `support`.
pub(crate) fn ana() -> Member {
    member("ana", Role::Agent)
}

/// Another agent of the team `support`.
pub(crate) fn ben() -> Member {
    member("ben", Role::Agent)
}

/// An admin.
pub(crate) fn cleo() -> Member {
    member("cleo", Role::Admin)
}

/// An admin by name.
pub(crate) fn admin(name: &str) -> Member {
    member(name, Role::Admin)
}

/// An agent of the team `support` who is away.
pub(crate) fn dan() -> Member {
    Member {
        availability: Availability::Away,
        ..member("dan", Role::Agent)
    }
}

/// An agent of no team.
pub(crate) fn eva() -> Member {
    Member {
        teams: Vec::new(),
        ..member("eva", Role::Agent)
    }
}

/// A viewer.
pub(crate) fn vera() -> Member {
    member("vera", Role::Viewer)
}

/// The server and its channels.
pub(crate) fn service() -> Member {
    member("service", Role::Service)
}

/// The contact of all tests.
pub(crate) fn contact() -> ContactId {
    ContactId(Uuid::from_u128(0xc0))
}

/// The first conversation with [`contact`].
pub(crate) fn conversation() -> ConversationId {
    ConversationId::of_contact(contact(), 0)
}

/// A command to the conversation of all tests.
pub(crate) fn to_conversation(command: ConversationCommand) -> Command {
    Command::Conversation {
        conversation: conversation(),
        command,
    }
}

/// A command to the contact of all tests.
pub(crate) fn to_contact(command: ContactCommand) -> Command {
    Command::Contact {
        contact: contact(),
        command,
    }
}

/// What can be given to a [`Peer`] as a command to one of the tests' documents.
pub(crate) trait Given: std::fmt::Debug {
    fn command(self) -> Command;
}

impl Given for ConversationCommand {
    fn command(self) -> Command {
        to_conversation(self)
    }
}

impl Given for ContactCommand {
    fn command(self) -> Command {
        to_contact(self)
    }
}

impl Given for WorkspaceCommand {
    fn command(self) -> Command {
        Command::Workspace(self)
    }
}

/// A member with a copy of one document.
pub(crate) struct Peer {
    pub(crate) member: Member,
    pub(crate) document: Document,
    /// The workspace's rules, as the peer knows them.
    pub(crate) rules: WorkspaceView,
    /// Seconds on the clock; every command takes one.
    pub(crate) clock: i64,
    ids: Counter,
}

impl Peer {
    /// A peer with nothing but the document's first change. `number` makes
    /// its actor and its ids.
    pub(crate) fn new(number: u8, member: Member, id: DocumentId) -> Self {
        let document = Document::begin(id, actor(number), &member.id).unwrap();
        Self {
            member,
            document,
            rules: WorkspaceView::default(),
            clock: 0,
            ids: Counter::new(u64::from(number)),
        }
    }

    /// Gives a command.
    pub(crate) fn execute(&mut self, command: &Command) -> Result<Executed, Refusal> {
        self.clock += 1;
        let mut ctx = Context {
            now: at(self.clock),
            member: &self.member,
            ids: &mut self.ids,
            workspace: &self.rules,
        };
        self.document.execute(&mut ctx, command)
    }

    /// Gives a command that must be accepted.
    pub(crate) fn ok(&mut self, command: impl Given) -> Outcome {
        let name = format!("{command:?}");
        match self.execute(&command.command()) {
            Ok(executed) => executed.outcome,
            Err(refusal) => panic!("{name}: {refusal}"),
        }
    }

    /// Gives a command that makes something, and returns the thing's id.
    pub(crate) fn made(&mut self, command: impl Given) -> Uuid {
        self.ok(command).created.expect("the command makes a thing")
    }

    /// Takes in all that another peer has.
    pub(crate) fn pull(&mut self, other: &mut Peer) {
        let changes = other.document.changes_since(&self.document.heads());
        self.document.apply(changes).unwrap();
    }

    /// The conversation.
    pub(crate) fn view(&self) -> &ConversationView {
        self.document.conversation().expect("a conversation")
    }

    /// The conversation's header.
    pub(crate) fn header(&self) -> &ConversationHeader {
        &self.view().header
    }

    /// A task.
    pub(crate) fn task(&self, id: Uuid) -> &Task {
        match self.view().item(ItemKind::Task, id) {
            Some(Item::Task(task)) => task,
            other => panic!("not a task: {other:?}"),
        }
    }

    /// A note.
    pub(crate) fn note(&self, id: Uuid) -> &Note {
        match self.view().item(ItemKind::Note, id) {
            Some(Item::Note(note)) => note,
            other => panic!("not a note: {other:?}"),
        }
    }

    /// A topic.
    pub(crate) fn topic(&self, id: Uuid) -> &Topic {
        match self.view().item(ItemKind::Topic, id) {
            Some(Item::Topic(topic)) => topic,
            other => panic!("not a topic: {other:?}"),
        }
    }

    /// A message or call.
    pub(crate) fn message(&self, id: Uuid) -> &Interaction {
        match self.view().item(ItemKind::Interaction, id) {
            Some(Item::Interaction(it)) => it,
            other => panic!("not a message: {other:?}"),
        }
    }

    /// An appointment.
    pub(crate) fn appointment(&self, id: Uuid) -> &Appointment {
        match self.view().item(ItemKind::Appointment, id) {
            Some(Item::Appointment(it)) => it,
            other => panic!("not an appointment: {other:?}"),
        }
    }

    /// The contact.
    pub(crate) fn contact(&self) -> &ContactView {
        self.document.contact().expect("a contact")
    }

    /// A deal of the contact.
    pub(crate) fn deal(&self, id: Uuid) -> &Opportunity {
        let mut deals = self.contact().opportunities.iter();
        deals.find(|deal| deal.id.0 == id).expect("a deal")
    }

    /// The settings.
    pub(crate) fn settings(&self) -> &WorkspaceView {
        self.document.workspace().expect("the workspace")
    }

    /// A note's text without marks and markers.
    pub(crate) fn text(&self, id: Uuid) -> String {
        commands::plain(&self.note(id).spans)
    }
}

/// Several peers with copies of one document.
pub(crate) struct Peers(pub(crate) Vec<Peer>);

impl Peers {
    /// One peer for each member, all at the document's beginning.
    pub(crate) fn new(id: DocumentId, members: impl IntoIterator<Item = Member>) -> Self {
        let numbered = members.into_iter().zip(1..);
        Self(
            numbered
                .map(|(member, number)| Peer::new(number, member, id))
                .collect(),
        )
    }

    /// One peer for each member, all with the conversation begun by the first.
    pub(crate) fn in_conversation(members: impl IntoIterator<Item = Member>) -> Self {
        let mut peers = Self::new(conversation().into(), members);
        peers.0[0].ok(commands::start("An order"));
        peers.exchange();
        peers
    }

    /// The peer of a member.
    pub(crate) fn of(&mut self, member: &str) -> &mut Peer {
        self.0
            .iter_mut()
            .find(|peer| peer.member.id.as_str() == member)
            .expect("a peer for the member")
    }

    /// Everybody gets everything; then all copies must be the same.
    pub(crate) fn exchange(&mut self) {
        let (first, others) = self.0.split_first_mut().expect("somebody");
        for other in &mut *others {
            first.pull(other);
        }
        for other in others {
            other.pull(first);
        }
        self.assert_equal();
    }

    /// All copies have the same heads, views and rows, and every view is the
    /// one that a fresh look at its document gives.
    pub(crate) fn assert_equal(&mut self) {
        let heads = self.0[0].document.heads();
        for peer in &mut self.0 {
            assert_eq!(peer.document.heads(), heads);
        }
        for peer in &self.0 {
            assert_eq!(peer.document.view(), &peer.document.rebuilt());
            assert_eq!(peer.document.view(), self.0[0].document.view());
            assert_eq!(peer.document.row(), self.0[0].document.row());
        }
    }
}

/// Raw changes again as changes.
pub(crate) fn changes(raw: &[Vec<u8>]) -> Vec<Change> {
    raw.iter()
        .map(|bytes| Change::from_bytes(bytes.clone()).unwrap())
        .collect()
}

/// Typed ids of what a test made.
pub(crate) fn note(id: Uuid) -> NoteId {
    NoteId(id)
}

/// See [`note`].
pub(crate) fn task(id: Uuid) -> TaskId {
    TaskId(id)
}

/// See [`note`].
pub(crate) fn topic(id: Uuid) -> TopicId {
    TopicId(id)
}

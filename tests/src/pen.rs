//! Writes changes as a member's own program would, without a server in sight.

use automerge::ActorId;
use threadline_core::command::{Command, Context, ConversationCommand};
use threadline_core::document::Document;
use threadline_core::id::{ContactId, ConversationId, DocumentId, Ids};
use threadline_core::model::{Block, Member, Role, Span, WorkspaceView};
use threadline_core::time::Timestamp;
use uuid::Uuid;

use crate::server::{WORKSPACE, seconds};

/// A moment in 2026 from which tests count on.
const START_MS: i64 = 1_790_000_000_000;

/// Ids that are the same in every run.
struct Counter(u128);

impl Ids for Counter {
    fn next_id(&mut self) -> Uuid {
        self.0 += 1;
        Uuid::from_u128(self.0)
    }
}

/// A member's copy of one conversation.
pub struct Pen {
    /// The copy.
    pub document: Document,
    member: Member,
    contact: ContactId,
    conversation: ConversationId,
    ids: Counter,
    now: Timestamp,
}

impl Pen {
    /// An empty copy of the conversation with the contact called `contact`, in
    /// the hands of `member`. `number` must differ between pens of one test:
    /// it stands for what is random elsewhere.
    pub fn new(member: &str, contact: &str, number: u64) -> Self {
        let workspace = WORKSPACE.parse().expect("a workspace's id");
        let contact = ContactId::of_identity(&workspace, "email", contact);
        let conversation = ConversationId::of_contact(contact, 0);
        let id = member.parse().expect("a member's id");
        let member = Member::new(id, member, Role::Agent);
        let actor = ActorId::from(u128::from(number).to_be_bytes());
        let document =
            Document::begin(conversation.into(), actor, &member.id).expect("a document begins");
        Self {
            document,
            member,
            contact,
            conversation,
            ids: Counter(u128::from(number) << 64),
            now: Timestamp::from_millis(START_MS),
        }
    }

    /// An empty copy of another document, in the hands of a member whose client
    /// takes them for this role.
    pub fn elsewhere(member: &str, doc: DocumentId, role: Role, number: u64) -> Self {
        let mut pen = Self::new(member, "nobody@mail.example", number);
        let actor = ActorId::from(u128::from(number).to_be_bytes());
        pen.member.role = role;
        pen.document = Document::begin(doc, actor, &pen.member.id).expect("a document begins");
        pen
    }

    /// The same with the real clock's time on its own, for servers that compare. Its
    /// first command counts as a moment ago.
    pub fn at_present(mut self) -> Self {
        let seconds = i64::try_from(seconds()).expect("a time of this age");
        self.now = Timestamp::from_millis((seconds - 2) * 1_000);
        self
    }

    /// The document's id.
    pub fn doc(&self) -> DocumentId {
        self.document.id()
    }

    /// The raw change that a command makes.
    pub fn write(&mut self, command: ConversationCommand) -> Vec<u8> {
        let conversation = self.conversation;
        self.give(&Command::Conversation {
            conversation,
            command,
        })
    }

    /// The same for a command to any document.
    pub fn give(&mut self, command: &Command) -> Vec<u8> {
        self.now = self.now.plus_millis(1_000);
        let mut context = Context {
            now: self.now,
            member: &self.member,
            ids: &mut self.ids,
            workspace: &WorkspaceView::default(),
        };
        let done = self
            .document
            .execute(&mut context, command)
            .expect("the command passes");
        done.change
            .expect("the command changes something")
            .raw_bytes()
            .to_vec()
    }

    /// Begins the conversation.
    pub fn start(&mut self) -> Vec<u8> {
        self.write(ConversationCommand::StartConversation {
            contact: self.contact,
            ordinal: 0,
            subject: "Hello".to_owned(),
        })
    }

    /// Adds a note.
    pub fn note(&mut self, text: &str) -> Vec<u8> {
        self.write(ConversationCommand::AddNote {
            parent: None,
            spans: paragraph(text),
            message: None,
        })
    }

    /// Takes in raw changes of others.
    pub fn receive(&mut self, changes: &[Vec<u8>]) {
        let changes = changes
            .iter()
            .map(|bytes| automerge::Change::try_from(bytes.as_slice()));
        let changes = changes
            .collect::<Result<Vec<_>, _>>()
            .expect("changes decode");
        self.document.apply(changes).expect("changes apply");
    }

    /// The copy's heads.
    pub fn heads(&mut self) -> Vec<[u8; 32]> {
        self.document
            .heads()
            .into_iter()
            .map(|head| head.0)
            .collect()
    }
}

/// A raw change's hash.
pub fn hash(change: &[u8]) -> [u8; 32] {
    automerge::Change::try_from(change)
        .expect("the change decodes")
        .hash()
        .0
}

/// A note's text of one paragraph.
pub fn paragraph(text: &str) -> Vec<Span> {
    let marker = Block {
        block_type: "paragraph".to_owned(),
        parents: Vec::new(),
        attrs: Default::default(),
        is_embed: false,
    };
    vec![
        Span::Block { value: marker },
        Span::Text {
            value: text.to_owned(),
            marks: Default::default(),
        },
    ]
}

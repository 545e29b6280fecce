//! The shape of the documents, in one place: the commands write by it, the
//! reader reads by it, and the server's guard checks every operation of every
//! change from outside against it.

mod contact;
mod conversation;
mod trail;
mod workspace;

pub use contact::CONTACT;
pub use conversation::CONVERSATION;
pub use trail::{On, Says, Told};
pub use workspace::WORKSPACE;

pub(crate) use trail::declares;

use crate::id::DocumentId;
use crate::limits;

/// The shape of a kind of document; `None` for a free document, which has any.
pub fn of(id: DocumentId) -> Option<&'static Node> {
    match id {
        DocumentId::Conversation(_) => Some(&CONVERSATION),
        DocumentId::Contact(_) => Some(&CONTACT),
        DocumentId::Workspace => Some(&WORKSPACE),
        DocumentId::Free(_) => None,
    }
}

/// Who may write a field or entry, beyond holding a role that writes at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Write {
    /// Nobody: it comes with the document's first change.
    Genesis,
    /// Any writing member, at any time.
    Member,
    /// Any writing member, once: what is there is never changed, though two
    /// may write the same at the same time.
    Once,
    /// Only in the change that creates the entry it lies in.
    Created,
    /// Any writing member who had seen no value there, so that what is there is
    /// never changed, though two may begin the same at the same time.
    First,
    /// As [`Write::Created`], and the value is the author's own member id.
    Author,
    /// Only who made the entry it lies in.
    Owner,
    /// Only who made the entry it lies in, or an admin.
    OwnerOrAdmin,
    /// Only the service role, in the change that creates the entry it lies in.
    ServiceCreated,
    /// Only the service role, at any time.
    Service,
    /// Only an admin.
    Admin,
    /// Only by the author, under the author's own member id as key, alone or
    /// followed by `/` and a name.
    OwnKey,
    /// As [`Write::Created`], and the value is a channel that the author
    /// qualifies for (spec F3.4).
    Channel,
}

/// What a table's keys look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// A hyphenated lower-case UUID.
    Uuid,
    /// A member's id.
    Member,
    /// A line of text.
    Line,
    /// SHA-256 in lower-case hex.
    Sha256,
}

/// What a place in a document holds.
#[derive(Clone, Copy, Debug)]
pub enum Node {
    /// A map with fixed keys.
    Record(&'static [Field]),
    /// A map from ids to entries of one shape.
    Table(&'static Table),
    /// Automerge text of at most so many UTF-16 units, with marks; with block
    /// markers where `rich`.
    Text {
        /// The longest allowed, in UTF-16 code units.
        units: usize,
        /// Whether block markers are allowed.
        rich: bool,
    },
    /// A string scalar of at most so many UTF-16 units, or null.
    Str(usize),
    /// One of a list of words; the second list is for the service role alone.
    Word(&'static [&'static str], &'static [&'static str]),
    /// A 64-bit integer, or null.
    Int,
    /// A boolean.
    Bool,
}

/// A fixed key of a record.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// The key.
    pub name: &'static str,
    /// What it holds.
    pub node: Node,
    /// Who may write it.
    pub write: Write,
    /// Who may delete it; `None` for nobody.
    pub delete: Option<Write>,
    /// The activities one of which a write to it owes; none for what is not tracked.
    pub told: &'static [Told],
}

impl Field {
    const fn told(mut self, told: &'static [Told]) -> Self {
        self.told = told;
        self
    }

    const fn deleted_by(mut self, rule: Write) -> Self {
        self.delete = Some(rule);
        self
    }
}

/// A map keyed by ids.
#[derive(Clone, Copy, Debug)]
pub struct Table {
    /// What its keys look like.
    pub key: Key,
    /// What its entries are.
    pub entry: Node,
    /// Who may add an entry. An entry that exists is never replaced unless
    /// `replace` says so.
    pub add: Write,
    /// Whether an entry's value may be put again (sets and scalar entries).
    pub replace: bool,
    /// Who may remove an entry; `None` for nobody.
    pub remove: Option<Write>,
    /// How many entries there may be. Members who add at the same time do not
    /// know of each other, so up to twice as many pass.
    pub most: usize,
    /// What kind of thing its entries are, by the word that activities about
    /// them have as their subject's kind; `None` for no things of their own.
    pub kind: Option<&'static str>,
    /// The activities one of which an entry owes that is added, put or removed.
    pub told: &'static [Told],
}

impl Table {
    /// A set: keys that any writing member adds and removes.
    const fn set(key: Key, most: usize, told: &'static [Told]) -> Self {
        Self {
            key,
            entry: Node::Bool,
            add: Write::Member,
            replace: true,
            remove: Some(Write::Member),
            most,
            kind: None,
            told,
        }
    }
}

const fn field(name: &'static str, node: Node, write: Write) -> Field {
    Field {
        name,
        node,
        write,
        delete: None,
        told: &[],
    }
}

const ID: Node = Node::Str(64);
const LINE: Node = Node::Str(limits::LINE_UNITS);
const SCALAR: Node = Node::Str(limits::SCALAR_UNITS);
const BODY: Node = Node::Str(limits::BODY_UNITS);
const PLAIN: Node = Node::Text {
    units: limits::PROSE_UNITS,
    rich: false,
};
const RICH: Node = Node::Text {
    units: limits::PROSE_UNITS,
    rich: true,
};

/// Words of a priority.
pub const PRIORITIES: &[&str] = &["low", "medium", "high", "critical"];

const ACTIVITY: Node = Node::Record(&[
    field("by", ID, Write::Author),
    field("at", Node::Int, Write::Created),
    field("action", ID, Write::Created),
    field("subjectKind", ID, Write::Created),
    field("subjectId", ID, Write::Created),
    // Longer than an id: a setting's whole key, a stage's for one.
    field("field", LINE, Write::Created),
    field("from", SCALAR, Write::Created),
    field("to", SCALAR, Write::Created),
]);

/// A table of things that members make and nobody replaces or removes.
const fn entries(entry: Node, kind: &'static str, told: &'static [Told]) -> Table {
    Table {
        key: Key::Uuid,
        entry,
        add: Write::Member,
        replace: false,
        remove: None,
        // Only the document's size bounds them.
        most: usize::MAX / 4,
        kind: Some(kind),
        told,
    }
}

/// The audit trail: append-only, every entry signed by its author.
const ACTIVITIES: Table = entries(ACTIVITY, TRAIL, &[]);

/// The kind of the audit trail's own entries.
pub const TRAIL: &str = "activity";

impl Node {
    /// The field of a record by its key.
    pub fn field(&self, name: &str) -> Option<&'static Field> {
        match self {
            Node::Record(fields) => fields.iter().find(|field| field.name == name),
            _ => None,
        }
    }
}

//! The shape of the documents, in one place: the commands write by it, the
//! reader reads by it, and the server's guard checks every operation of every
//! change from outside against it.

use crate::limits;

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
    /// As [`Write::Created`], and the value is the author's own member id.
    Author,
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
}

const fn field(name: &'static str, node: Node, write: Write) -> Field {
    Field {
        name,
        node,
        write,
        delete: None,
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
const CHANNELS: &[&str] = &["email", "sms", "whatsapp", "webchat", "call"];

const TAGS: Node = Node::Table(&Table {
    key: Key::Line,
    entry: Node::Bool,
    add: Write::Member,
    replace: true,
    remove: Some(Write::Member),
});

const ABOUT: Node = Node::Record(&[
    field("contact", ID, Write::Once),
    field("ordinal", Node::Int, Write::Once),
    field("at", Node::Int, Write::Member),
    field("identity", LINE, Write::Once),
    field("link", ID, Write::Member),
]);

const CLOSED: Node = Node::Record(&[
    field("by", ID, Write::Author),
    field("at", Node::Int, Write::Created),
    field("lastSeen", ID, Write::Created),
    field("inboundSeen", Node::Int, Write::Created),
]);

const SNOOZED: Node = Node::Record(&[
    field("by", ID, Write::Author),
    field("at", Node::Int, Write::Created),
    field("until", Node::Int, Write::Created),
    field("inboundSeen", Node::Int, Write::Created),
]);

const STATE: Node = Node::Record(&[
    field(
        "status",
        Node::Word(&["open", "closed"], &[]),
        Write::Member,
    ),
    field("closed", CLOSED, Write::Member),
    Field {
        name: "snoozed",
        node: SNOOZED,
        write: Write::Member,
        delete: Some(Write::Member),
    },
    field("subject", LINE, Write::Member),
    field("owner", ID, Write::Member),
    field("team", ID, Write::Member),
    field("priority", Node::Word(PRIORITIES, &[]), Write::Member),
]);

const FAILED: Node = Node::Record(&[
    field("code", LINE, Write::ServiceCreated),
    field("text", SCALAR, Write::ServiceCreated),
    field("at", Node::Int, Write::ServiceCreated),
]);

const FACTS: Node = Node::Record(&[
    field("queuedAt", Node::Int, Write::Created),
    field("sentAt", Node::Int, Write::Service),
    field("deliveredAt", Node::Int, Write::Service),
    field("readAt", Node::Int, Write::Service),
    field("failed", FAILED, Write::Service),
]);

const ATTACHMENTS: Node = Node::Table(&Table {
    key: Key::Sha256,
    entry: Node::Record(&[
        field("name", LINE, Write::Created),
        field("mediaType", LINE, Write::Created),
        field("size", Node::Int, Write::Created),
    ]),
    add: Write::Created,
    replace: false,
    remove: None,
});

/// Who did something, and when; put once and taken away as a whole.
const STAMP: Node = Node::Record(&[
    field("by", ID, Write::Author),
    field("at", Node::Int, Write::Created),
]);

const CALL: Node = Node::Record(&[
    // A call that a member logs is written by that member whoever called, so
    // the direction of the entry, which only a channel sets to `in`, says nothing.
    field("direction", Node::Word(&["in", "out"], &[]), Write::Created),
    field(
        "outcome",
        Node::Word(
            &["answered", "no_answer", "busy", "voicemail", "failed"],
            &[],
        ),
        Write::Created,
    ),
    field("duration", Node::Int, Write::Created),
    field("recording", SCALAR, Write::Created),
]);

const INTERACTION: Node = Node::Record(&[
    field("channel", Node::Word(CHANNELS, &[]), Write::Channel),
    field("direction", Node::Word(&["out"], &["in"]), Write::Created),
    field("at", Node::Int, Write::Created),
    field("by", ID, Write::Author),
    field("from", SCALAR, Write::ServiceCreated),
    field("to", BODY, Write::Created),
    field("cc", BODY, Write::Created),
    field("subject", LINE, Write::Created),
    field("text", BODY, Write::Created),
    field("html", BODY, Write::ServiceCreated),
    field("visible", Node::Int, Write::ServiceCreated),
    field("inReplyTo", ID, Write::Created),
    field("externalId", LINE, Write::ServiceCreated),
    field("raw", ID, Write::ServiceCreated),
    field("attachments", ATTACHMENTS, Write::Created),
    field("facts", FACTS, Write::Created),
    field("call", CALL, Write::Created),
    field("seen", Node::Int, Write::Member),
    field("important", Node::Bool, Write::Member),
    field("spam", Node::Bool, Write::Member),
    Field {
        name: "deleted",
        node: STAMP,
        write: Write::Member,
        delete: Some(Write::Member),
    },
    field("withdrawn", STAMP, Write::Member),
]);

const NOTE: Node = Node::Record(&[
    field("by", ID, Write::Author),
    field("at", Node::Int, Write::Created),
    field("parent", ID, Write::Created),
    field("message", ID, Write::Created),
    field("text", RICH, Write::Created),
    field("edited", STAMP, Write::Member),
    Field {
        name: "deleted",
        node: STAMP,
        write: Write::Member,
        delete: Some(Write::Admin),
    },
]);

const TASK: Node = Node::Record(&[
    field("by", ID, Write::Author),
    field("at", Node::Int, Write::Created),
    field("title", LINE, Write::Member),
    field("description", PLAIN, Write::Created),
    field(
        "channel",
        Node::Word(&["call", "message", "whatsapp", "email", "sms"], &[]),
        Write::Member,
    ),
    field("taskType", ID, Write::Member),
    field("priority", Node::Word(PRIORITIES, &[]), Write::Member),
    field("assignee", Node::Str(80), Write::Member),
    field("due", Node::Str(160), Write::Member),
    field(
        "status",
        Node::Word(&["to_do", "in_progress", "done", "cancelled"], &[]),
        Write::Member,
    ),
    field("topic", ID, Write::Member),
]);

const TOPIC: Node = Node::Record(&[
    field("by", ID, Write::Author),
    field("at", Node::Int, Write::Created),
    field("subject", LINE, Write::Member),
    field("purpose", ID, Write::Member),
    field("summary", PLAIN, Write::Created),
    field(
        "status",
        Node::Word(&["open", "closed"], &[]),
        Write::Member,
    ),
    field("owner", ID, Write::Member),
    field("start", Node::Int, Write::Member),
    field("end", Node::Int, Write::Member),
    field("firstMessage", ID, Write::Member),
    field("lastMessage", ID, Write::Member),
    field(
        "origin",
        Node::Word(&["manual", "task", "email", "ticket", "flow"], &[]),
        Write::Created,
    ),
    field("reference", LINE, Write::Member),
    field("task", ID, Write::Created),
]);

const ATTENDEES: Node = Node::Table(&Table {
    key: Key::Line,
    entry: Node::Word(&["needs_action", "accepted", "declined", "tentative"], &[]),
    add: Write::Member,
    replace: true,
    remove: Some(Write::Member),
});

const APPOINTMENT: Node = Node::Record(&[
    field("by", ID, Write::Author),
    field("at", Node::Int, Write::Created),
    field("title", LINE, Write::Member),
    field("when", Node::Str(160), Write::Member),
    field("organiser", ID, Write::Member),
    field("attendees", ATTENDEES, Write::Created),
    field("place", LINE, Write::Member),
    field("link", SCALAR, Write::Member),
    field("agenda", PLAIN, Write::Created),
    field("notes", PLAIN, Write::Created),
    field(
        "status",
        Node::Word(&["scheduled", "completed", "cancelled", "no_show"], &[]),
        Write::Member,
    ),
]);

const OPPORTUNITY: Node = Node::Record(&[
    field("by", ID, Write::Author),
    field("at", Node::Int, Write::Created),
    field("title", LINE, Write::Member),
    field("stage", Node::Str(160), Write::Member),
    field("value", Node::Str(32), Write::Member),
    field(
        "status",
        Node::Word(&["open", "won", "lost"], &[]),
        Write::Member,
    ),
    field("reason", SCALAR, Write::Member),
    field("closedAt", Node::Int, Write::Member),
    field("expected", Node::Str(16), Write::Member),
    field("owner", ID, Write::Member),
    field(
        "contacts",
        Node::Table(&Table {
            key: Key::Uuid,
            entry: Node::Bool,
            add: Write::Member,
            replace: true,
            remove: Some(Write::Member),
        }),
        Write::Created,
    ),
]);

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

const fn entries(entry: Node) -> Table {
    Table {
        key: Key::Uuid,
        entry,
        add: Write::Member,
        replace: false,
        remove: None,
    }
}

/// A conversation's document.
pub const CONVERSATION: Node = Node::Record(&[
    field("kind", ID, Write::Genesis),
    field("version", Node::Int, Write::Genesis),
    field("about", ABOUT, Write::Genesis),
    field("state", STATE, Write::Genesis),
    field("tags", TAGS, Write::Genesis),
    field(
        "read",
        Node::Table(&Table {
            key: Key::Member,
            entry: Node::Int,
            add: Write::OwnKey,
            replace: true,
            remove: None,
        }),
        Write::Genesis,
    ),
    field(
        "interactions",
        Node::Table(&entries(INTERACTION)),
        Write::Genesis,
    ),
    field("notes", Node::Table(&entries(NOTE)), Write::Genesis),
    field("tasks", Node::Table(&entries(TASK)), Write::Genesis),
    field("topics", Node::Table(&entries(TOPIC)), Write::Genesis),
    field(
        "activities",
        Node::Table(&entries(ACTIVITY)),
        Write::Genesis,
    ),
    // Of version 2.
    field(
        "appointments",
        Node::Table(&entries(APPOINTMENT)),
        Write::Genesis,
    ),
    field(
        "starred",
        Node::Table(&Table {
            key: Key::Member,
            entry: Node::Bool,
            add: Write::OwnKey,
            replace: true,
            remove: None,
        }),
        Write::Genesis,
    ),
]);

const PROFILE: Node = Node::Record(&[
    field("at", Node::Int, Write::Member),
    field("name", LINE, Write::Member),
    field("saved", Node::Bool, Write::Member),
    field("type", ID, Write::Member),
    field(
        "status",
        Node::Word(&["active", "archived", "dnd"], &[]),
        Write::Member,
    ),
    field("email", LINE, Write::Member),
    field("phone", LINE, Write::Member),
    field("company", LINE, Write::Member),
    field("mergedInto", ID, Write::Member),
]);

/// A contact's document.
pub const CONTACT: Node = Node::Record(&[
    field("kind", ID, Write::Genesis),
    field("version", Node::Int, Write::Genesis),
    field("profile", PROFILE, Write::Genesis),
    field(
        "identities",
        Node::Table(&Table {
            key: Key::Line,
            entry: Node::Bool,
            add: Write::Member,
            replace: true,
            remove: Some(Write::Member),
        }),
        Write::Genesis,
    ),
    field("tags", TAGS, Write::Genesis),
    field(
        "fields",
        Node::Table(&Table {
            key: Key::Line,
            entry: SCALAR,
            add: Write::Member,
            replace: true,
            remove: Some(Write::Member),
        }),
        Write::Genesis,
    ),
    // Of version 2.
    field(
        "activities",
        Node::Table(&entries(ACTIVITY)),
        Write::Genesis,
    ),
    field(
        "opportunities",
        Node::Table(&entries(OPPORTUNITY)),
        Write::Genesis,
    ),
]);

const VIEW: Node = Node::Record(&[
    field("name", LINE, Write::Created),
    field("shared", Node::Bool, Write::Created),
    field("list", ID, Write::Created),
    field("query", SCALAR, Write::Created),
]);

/// The workspace's document. Settings are one flat table of words under keys
/// like `purpose/enquiry/name`: with a map for every entry, two admins who
/// touch an entry for the first time at once would each make the map, and one
/// of the two would be hidden.
pub const WORKSPACE: Node = Node::Record(&[
    field("kind", ID, Write::Genesis),
    field("version", Node::Int, Write::Genesis),
    field(
        "settings",
        Node::Table(&Table {
            key: Key::Line,
            entry: SCALAR,
            add: Write::Admin,
            replace: true,
            remove: Some(Write::Admin),
        }),
        Write::Genesis,
    ),
    field(
        "views",
        Node::Table(&Table {
            key: Key::Line,
            entry: VIEW,
            add: Write::OwnKey,
            replace: true,
            remove: Some(Write::OwnKey),
        }),
        Write::Genesis,
    ),
    field(
        "activities",
        Node::Table(&entries(ACTIVITY)),
        Write::Genesis,
    ),
]);

impl Node {
    /// The field of a record by its key.
    pub fn field(&self, name: &str) -> Option<&'static Field> {
        match self {
            Node::Record(fields) => fields.iter().find(|field| field.name == name),
            _ => None,
        }
    }
}

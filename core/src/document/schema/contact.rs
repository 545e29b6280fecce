//! A contact's document.

use super::{ACTIVITY, ID, Key, LINE, Node, SCALAR, TAGS, Table, Write, entries, field};

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

//! The workspace's document.

use super::{ACTIVITY, ID, Key, LINE, Node, SCALAR, Table, Write, entries, field};

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

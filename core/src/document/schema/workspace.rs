//! The workspace's document.

use super::trail::{told, value};
use super::{ACTIVITIES, ID, Key, LINE, Node, SCALAR, Says, Table, Write, field};
use crate::limits;

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
            entry: SCALAR,
            add: Write::Admin,
            remove: Some(Write::Admin),
            ..Table::set(
                Key::Line,
                limits::SETTINGS,
                &[
                    value("set_policy"),
                    value("put_choice"),
                    value("put_team"),
                    told("add_team_member", Says::Becomes(&["true"])),
                    told("remove_team_member", Says::Becomes(&[""])),
                    value("put_field"),
                    value("put_pipeline"),
                    value("put_template"),
                    told("remove_template", Says::Becomes(&[""])),
                    value("put_flow"),
                    value("switch_flow"),
                    told("remove_flow", Says::Becomes(&[""])),
                ],
            )
        }),
        Write::Genesis,
    ),
    field(
        "views",
        Node::Table(&Table {
            entry: VIEW,
            add: Write::OwnKey,
            remove: Some(Write::OwnKey),
            ..Table::set(
                Key::Line,
                limits::SETTINGS,
                &[
                    told("save_view", Says::Essence("views")).on_put(),
                    told("remove_view", Says::Essence("views")).on_removal(),
                ],
            )
        }),
        Write::Genesis,
    ),
    field("activities", Node::Table(&ACTIVITIES), Write::Genesis),
]);

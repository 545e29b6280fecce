//! A contact's document.

use super::trail::{deed, told, value};
use super::{
    ACTIVITIES, Field, ID, Key, LINE, Node, SCALAR, Says, Table, Told, Write, entries, field,
};
use crate::limits;

const SET_DEAL: &[Told] = &[value("set_opportunity_field")];

/// A field of a deal that is set by itself.
const fn of_deal(name: &'static str, node: Node) -> Field {
    field(name, node, Write::Member).told(SET_DEAL)
}

/// What goes along with the end of a deal.
const OF_THE_END: &[Told] = &[
    told("close_opportunity", Says::Along(Some("status"), &[])),
    told("reopen_opportunity", Says::Along(Some("status"), &[])),
];

const OPPORTUNITY: Node = Node::Record(&[
    field("by", ID, Write::Author),
    field("at", Node::Int, Write::Created),
    of_deal("title", LINE),
    of_deal("stage", Node::Str(160)),
    of_deal("value", Node::Str(32)),
    field(
        "status",
        Node::Word(&["open", "won", "lost"], &[]),
        Write::Member,
    )
    .told(&[
        told("close_opportunity", Says::Becomes(&["won", "lost"])),
        told("reopen_opportunity", Says::Becomes(&["open"])),
    ]),
    field("reason", SCALAR, Write::Member).told(OF_THE_END),
    field("closedAt", Node::Int, Write::Member).told(OF_THE_END),
    of_deal("expected", Node::Str(16)),
    of_deal("owner", ID),
    field(
        "contacts",
        Node::Table(&Table::set(
            Key::Uuid,
            limits::ADDRESSES,
            &[
                told("add_opportunity_contact", Says::Key).on_put(),
                told("remove_opportunity_contact", Says::Key).on_removal(),
            ],
        )),
        Write::Created,
    ),
]);

/// What goes along with the beginning of a contact. Its essence is the moment
/// in the profile, which is put once: so nothing later is told as a beginning.
const CREATED: Told = told("create_contact", Says::Along(None, &[]));

const SET_PROFILE: &[Told] = &[CREATED, value("set_contact_field")];

/// A field of the profile.
const fn of_profile(name: &'static str, node: Node) -> Field {
    field(name, node, Write::Member).told(SET_PROFILE)
}

const PROFILE: Node = Node::Record(&[
    field("at", Node::Int, Write::First).told(&[deed("create_contact")]),
    of_profile("name", LINE),
    of_profile("saved", Node::Bool),
    of_profile("type", ID),
    of_profile("status", Node::Word(&["active", "archived", "dnd"], &[])),
    of_profile("email", LINE),
    of_profile("phone", LINE),
    of_profile("company", LINE),
    field("mergedInto", ID, Write::Member).told(&[
        value("merge_contact"),
        told("unmerge_contact", Says::Becomes(&[""])),
    ]),
]);

/// A contact's document.
pub const CONTACT: Node = Node::Record(&[
    field("kind", ID, Write::Genesis),
    field("version", Node::Int, Write::Genesis),
    field("profile", PROFILE, Write::Genesis),
    field(
        "identities",
        Node::Table(&Table::set(
            Key::Line,
            limits::ADDRESSES,
            &[
                CREATED.on_put(),
                told("add_identity", Says::Key).on_put(),
                told("remove_identity", Says::Key).on_removal(),
            ],
        )),
        Write::Genesis,
    ),
    field(
        "tags",
        Node::Table(&Table::set(
            Key::Line,
            limits::TAGS,
            &[
                CREATED.on_put(),
                told("add_contact_tag", Says::Key).on_put(),
                told("remove_contact_tag", Says::Key).on_removal(),
            ],
        )),
        Write::Genesis,
    ),
    field(
        "fields",
        Node::Table(&Table {
            entry: SCALAR,
            ..Table::set(
                Key::Line,
                limits::CUSTOM_VALUES,
                &[told("set_custom_field", Says::Entry)],
            )
        }),
        Write::Genesis,
    ),
    // Of version 2.
    field("activities", Node::Table(&ACTIVITIES), Write::Genesis),
    field(
        "opportunities",
        Node::Table(&entries(
            OPPORTUNITY,
            "opportunity",
            &[deed("create_opportunity")],
        )),
        Write::Genesis,
    ),
]);

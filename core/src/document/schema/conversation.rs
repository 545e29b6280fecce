//! A conversation's document.

use super::trail::{deed, told, value};
use super::{
    ACTIVITIES, BODY, Field, ID, Key, LINE, Node, PLAIN, PRIORITIES, RICH, SCALAR, Says, Table,
    Told, Write, entries, field,
};
use crate::limits;

const CHANNELS: &[&str] = &["email", "sms", "whatsapp", "webchat", "call"];

/// What goes along with the beginning of a conversation. Its essence is the
/// moment, which is put once: so nothing later is told as a beginning.
const BEGUN: [Told; 2] = [begun("start_conversation"), begun("start_unlinked")];

const fn begun(action: &'static str) -> Told {
    told(action, Says::Along(None, &[]))
}

/// A conversation begins open.
const OPEN: Says = Says::Along(None, &["open"]);

const ABOUT: Node = Node::Record(&[
    field("contact", ID, Write::Once).told(&[begun("start_conversation")]),
    field("ordinal", Node::Int, Write::Once).told(&BEGUN),
    field("at", Node::Int, Write::First)
        .told(&[deed("start_conversation"), deed("start_unlinked")]),
    field("identity", LINE, Write::Once).told(&[begun("start_unlinked")]),
    field("link", ID, Write::Member).told(&[
        value("link_conversation"),
        told("unlink_conversation", Says::Becomes(&[""])),
    ]),
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
    )
    .told(&[
        told("start_conversation", OPEN),
        told("start_unlinked", OPEN),
        told("close_conversation", Says::Becomes(&["closed"])),
        told("reopen_conversation", Says::Becomes(&["open"])),
    ]),
    // An unseen message reopens without a change, so closing again may leave
    // the stored status as it is.
    field("closed", CLOSED, Write::Member)
        .told(&[told("close_conversation", Says::Essence("status"))]),
    field("snoozed", SNOOZED, Write::Member)
        .deleted_by(Write::Member)
        .told(&[
            value("snooze_conversation").on_put(),
            value("unsnooze_conversation").on_removal(),
        ]),
    field("subject", LINE, Write::Member).told(&[
        BEGUN[0],
        BEGUN[1],
        value("set_conversation_subject"),
    ]),
    field("owner", ID, Write::Member).told(&[value("set_owner")]),
    field("team", ID, Write::Member).told(&[value("set_team")]),
    field("priority", Node::Word(PRIORITIES, &[]), Write::Member)
        .told(&[value("set_conversation_priority")]),
    // The last run of a flow. It is written for its activity, which has to tell of
    // something.
    field("flow", SCALAR, Write::Service).told(&[value("run_flow")]),
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
    most: limits::ATTACHMENTS,
    kind: None,
    told: &[],
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
    field("seen", Node::Int, Write::Owner).told(&[deed("confirm_message")]),
    field("important", Node::Bool, Write::Member).told(&[value("set_message_flag")]),
    field("spam", Node::Bool, Write::Member).told(&[value("set_message_flag")]),
    field("deleted", STAMP, Write::Member)
        .deleted_by(Write::Member)
        .told(&[
            deed("delete_message").on_put(),
            deed("restore_message").on_removal(),
        ]),
    field("withdrawn", STAMP, Write::OwnerOrAdmin).told(&[deed("withdraw_message")]),
]);

const NOTE: Node = Node::Record(&[
    field("by", ID, Write::Author),
    field("at", Node::Int, Write::Created),
    field("parent", ID, Write::Created),
    field("message", ID, Write::Created),
    // Keystrokes are told by the stamp and the history, not by the trail.
    field("text", RICH, Write::Created),
    field("edited", STAMP, Write::Member),
    field("deleted", STAMP, Write::Member)
        .deleted_by(Write::Admin)
        .told(&[
            deed("delete_note").on_put(),
            deed("restore_note").on_removal(),
        ]),
]);

const SET_TASK: &[Told] = &[value("set_task_field")];

/// A field of a task that is set by itself.
const fn of_task(name: &'static str, node: Node, write: Write) -> Field {
    field(name, node, write).told(SET_TASK)
}

const TASK: Node = Node::Record(&[
    field("by", ID, Write::Author),
    field("at", Node::Int, Write::Created),
    of_task("title", LINE, Write::Member),
    of_task("description", PLAIN, Write::Created),
    of_task(
        "channel",
        Node::Word(&["call", "message", "whatsapp", "email", "sms"], &[]),
        Write::Member,
    ),
    of_task("taskType", ID, Write::Member),
    of_task("priority", Node::Word(PRIORITIES, &[]), Write::Member),
    field("assignee", Node::Str(80), Write::Member)
        .told(&[value("set_task_field"), value("claim_task")]),
    of_task("due", Node::Str(160), Write::Member),
    field(
        "status",
        Node::Word(&["to_do", "in_progress", "done", "cancelled"], &[]),
        Write::Member,
    )
    .told(&[value("set_task_status")]),
    field("topic", ID, Write::Member)
        .told(&[told("set_task_status", Says::Along(Some("status"), &[]))]),
]);

const SET_TOPIC: &[Told] = &[value("set_topic_field")];

/// A field of a topic that is set by itself.
const fn of_topic(name: &'static str, node: Node, write: Write) -> Field {
    field(name, node, write).told(SET_TOPIC)
}

const TOPIC: Node = Node::Record(&[
    field("by", ID, Write::Author),
    field("at", Node::Int, Write::Created),
    of_topic("subject", LINE, Write::Member),
    of_topic("purpose", ID, Write::Member),
    of_topic("summary", PLAIN, Write::Created),
    field(
        "status",
        Node::Word(&["open", "closed"], &[]),
        Write::Member,
    )
    .told(&[value("set_topic_status")]),
    of_topic("owner", ID, Write::Member),
    of_topic("start", Node::Int, Write::Member),
    of_topic("end", Node::Int, Write::Member),
    of_topic("firstMessage", ID, Write::Member),
    of_topic("lastMessage", ID, Write::Member),
    field(
        "origin",
        Node::Word(&["manual", "task", "email", "ticket"], &["flow"]),
        Write::Created,
    ),
    of_topic("reference", LINE, Write::Member),
    field("task", ID, Write::Created),
]);

const ATTENDEES: Node = Node::Table(&Table {
    entry: Node::Word(&["needs_action", "accepted", "declined", "tentative"], &[]),
    ..Table::set(
        Key::Line,
        limits::ATTENDEES,
        &[
            told("add_attendee", Says::Key).on_put(),
            told("remove_attendee", Says::Key).on_removal(),
            told("answer_appointment", Says::Answer).on_put(),
            // Who moves an appointment asks everybody again.
            told(
                "set_appointment_field",
                Says::Along(Some("when"), &["needs_action"]),
            )
            .on_put(),
        ],
    )
});

const SET_APPOINTMENT: &[Told] = &[value("set_appointment_field")];

/// A field of an appointment that is set by itself.
const fn of_appointment(name: &'static str, node: Node, write: Write) -> Field {
    field(name, node, write).told(SET_APPOINTMENT)
}

const APPOINTMENT: Node = Node::Record(&[
    field("by", ID, Write::Author),
    field("at", Node::Int, Write::Created),
    of_appointment("title", LINE, Write::Member),
    of_appointment("when", Node::Str(160), Write::Member),
    of_appointment("organiser", ID, Write::Member),
    field("attendees", ATTENDEES, Write::Created),
    of_appointment("place", LINE, Write::Member),
    of_appointment("link", SCALAR, Write::Member),
    of_appointment("agenda", PLAIN, Write::Created),
    of_appointment("notes", PLAIN, Write::Created),
    field(
        "status",
        Node::Word(&["scheduled", "completed", "cancelled", "no_show"], &[]),
        Write::Member,
    )
    .told(&[value("set_appointment_status")]),
]);

/// A member's own mark on the conversation, which nobody else's trail is about.
const fn own(entry: Node) -> Table {
    Table {
        key: Key::Member,
        entry,
        add: Write::OwnKey,
        replace: true,
        remove: None,
        most: usize::MAX / 4,
        kind: None,
        told: &[],
    }
}

/// A conversation's document.
pub const CONVERSATION: Node = Node::Record(&[
    field("kind", ID, Write::Genesis),
    field("version", Node::Int, Write::Genesis),
    field("about", ABOUT, Write::Genesis),
    field("state", STATE, Write::Genesis),
    field(
        "tags",
        Node::Table(&Table::set(
            Key::Line,
            limits::TAGS,
            &[
                told("add_tag", Says::Key).on_put(),
                told("remove_tag", Says::Key).on_removal(),
            ],
        )),
        Write::Genesis,
    ),
    field("read", Node::Table(&own(Node::Int)), Write::Genesis),
    // A message is its own entry on the timeline.
    field(
        "interactions",
        Node::Table(&entries(INTERACTION, "interaction", &[])),
        Write::Genesis,
    ),
    field(
        "notes",
        Node::Table(&entries(NOTE, "note", &[deed("add_note")])),
        Write::Genesis,
    ),
    field(
        "tasks",
        Node::Table(&entries(TASK, "task", &[deed("create_task")])),
        Write::Genesis,
    ),
    field(
        "topics",
        Node::Table(&entries(TOPIC, "topic", &[deed("create_topic")])),
        Write::Genesis,
    ),
    field("activities", Node::Table(&ACTIVITIES), Write::Genesis),
    // Of version 2.
    field(
        "appointments",
        Node::Table(&entries(
            APPOINTMENT,
            "appointment",
            &[deed("book_appointment")],
        )),
        Write::Genesis,
    ),
    field("starred", Node::Table(&own(Node::Bool)), Write::Genesis),
]);

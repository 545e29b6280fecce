//! A conversation's document.

use super::{
    ACTIVITY, BODY, Field, ID, Key, LINE, Node, PLAIN, PRIORITIES, RICH, SCALAR, TAGS, Table,
    Write, entries, field,
};

const CHANNELS: &[&str] = &["email", "sms", "whatsapp", "webchat", "call"];

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

//! Reads a conversation's document, thing by thing. Every read is total.

use automerge::{AutoCommit, ObjType};
use uuid::Uuid;

use super::address;
use super::conflict::conflicts;
use super::prose;
use super::read::{Reader, word_of};
use crate::id::{
    ActivityId, AppointmentId, ConversationId, InteractionId, MemberId, NoteId, TaskId, TopicId,
};
use crate::model::{
    Activity, Appointment, Attachment, Attendee, Call, Change, Closed, Conflict,
    ConversationHeader, ConversationStatus, DeliveryStatus, Direction, Failure, Interaction, Item,
    ItemKind, Note, Snoozed, Subject, Task, TaskStatus, Tombstone, Topic,
};
use crate::time::{TimeSpan, Timestamp};

/// Fields of the header that show a conflict.
const HEADER_CONFLICTS: &[&str] = &["status", "subject", "owner", "team", "priority"];
/// Fields of an appointment that show a conflict.
const APPOINTMENT_CONFLICTS: &[&str] = &["title", "when", "organiser", "place", "link", "status"];
/// Fields of a task that show a conflict.
const TASK_CONFLICTS: &[&str] = &[
    "title", "channel", "taskType", "priority", "assignee", "due", "status",
];
/// Fields of a topic that show a conflict.
const TOPIC_CONFLICTS: &[&str] = &[
    "subject",
    "purpose",
    "owner",
    "status",
    "start",
    "end",
    "firstMessage",
    "lastMessage",
    "reference",
];

/// The member behind things whose author cannot be read.
pub(crate) const UNKNOWN_MEMBER: &str = "unknown";

/// The container of each kind of item, in the order of [`ItemKind`].
pub(crate) const TABLES: [(ItemKind, &str); 6] = [
    (ItemKind::Interaction, "interactions"),
    (ItemKind::Note, "notes"),
    (ItemKind::Task, "tasks"),
    (ItemKind::Topic, "topics"),
    (ItemKind::Appointment, "appointments"),
    (ItemKind::Activity, "activities"),
];

/// The container's key of a kind of item.
pub(crate) fn table(kind: ItemKind) -> &'static str {
    match kind {
        ItemKind::Interaction => "interactions",
        ItemKind::Note => "notes",
        ItemKind::Task => "tasks",
        ItemKind::Topic => "topics",
        ItemKind::Appointment => "appointments",
        ItemKind::Activity => "activities",
        ItemKind::Opportunity => "opportunities",
    }
}

/// Reads the header. `inbound` is the number of inbound interactions in the
/// document, `items` that of all items: an inbound interaction that the closer
/// had not seen beats the close (spec §5).
pub(crate) fn header(
    doc: &AutoCommit,
    id: ConversationId,
    inbound: usize,
    items: usize,
) -> ConversationHeader {
    let root = Reader::root(doc).whole();
    let about = root.map("about").map(Reader::whole);
    let state = root.map("state").map(Reader::whole);
    let mut header = ConversationHeader {
        id,
        contact: about
            .as_ref()
            .and_then(|about| about.id("contact").or_else(|| about.id("link"))),
        identity: about
            .as_ref()
            .and_then(|about| super::contact::identity(&about.text("identity")?)),
        ordinal: about
            .as_ref()
            .and_then(|about| about.int("ordinal"))
            .and_then(|n| u32::try_from(n).ok())
            .unwrap_or(0),
        subject: String::new(),
        status: ConversationStatus::Open,
        closed: None,
        snoozed: None,
        owner: None,
        team: None,
        priority: crate::model::Priority::default(),
        tags: root
            .map("tags")
            .map(|tags| tags.keys().collect())
            .unwrap_or_default(),
        starred: Vec::new(),
        read: std::collections::BTreeMap::new(),
        items: u32::try_from(items).unwrap_or(u32::MAX),
        conflicts: Vec::new(),
        problems: Vec::new(),
    };
    if let Some(read) = root.map("read").map(Reader::whole) {
        // Of markers set at the same time the furthest counts (spec §5).
        let marker = |member: String| Some((member.parse().ok()?, read.latest(&member)?));
        header.read = read.keys().filter_map(marker).collect();
    }
    if let Some(starred) = root.map("starred").map(Reader::whole) {
        header.starred = starred
            .keys()
            .filter(|member| starred.flag(member))
            .filter_map(|member| member.parse().ok())
            .collect();
    }
    let Some(state) = state else {
        header.problems.push(root.problem("state", "missing"));
        return header;
    };
    header.subject = state.line("subject");
    header.owner = state.id("owner");
    header.team = state.id("team");
    header.priority = state.word("priority").unwrap_or_default();
    header.conflicts = conflicts(&state, HEADER_CONFLICTS);
    if let Some(about) = &about {
        header.conflicts.extend(conflicts(about, &["link"]));
    }
    let inbound = i64::try_from(inbound).unwrap_or(i64::MAX);
    if let Some(snoozed) = state.map("snoozed")
        && inbound <= state.most_of_all("snoozed", "inboundSeen").unwrap_or(0)
    {
        header.snoozed = Some(Snoozed {
            by: member(&snoozed, "by"),
            at: snoozed.time("at").unwrap_or_default(),
            until: snoozed.time("until").unwrap_or_default(),
        });
    }
    if state.word("status") == Some(ConversationStatus::Closed) {
        let closed = state.map("closed");
        // Of two who closed at once, what either had seen was seen.
        let seen = state.most_of_all("closed", "inboundSeen").unwrap_or(0);
        if inbound <= seen {
            header.status = ConversationStatus::Closed;
            header.closed = closed.map(|closed| Closed {
                by: member(&closed, "by"),
                at: closed.time("at").unwrap_or_default(),
                last_seen: closed.id("lastSeen"),
            });
        }
    }
    header
}

/// Who closed a conversation, and when, that is open all the same: something came in
/// that they had not seen. `None` where nobody had closed it, or somebody reopened it.
pub(crate) fn overruled_close(
    doc: &AutoCommit,
    header: &ConversationHeader,
) -> Option<(MemberId, Timestamp)> {
    let state = Reader::root(doc).map("state")?.whole();
    let stored = state.word::<ConversationStatus>("status")?;
    let closed = state.map("closed")?;
    let overruled =
        stored == ConversationStatus::Closed && header.status == ConversationStatus::Open;
    overruled.then_some((member(&closed, "by"), closed.time("at")?))
}

pub(super) fn member(entry: &Reader<'_>, key: &str) -> MemberId {
    let unknown = || MemberId::try_from(UNKNOWN_MEMBER.to_owned());
    entry
        .id(key)
        .or_else(|| unknown().ok())
        .unwrap_or_else(|| unreachable!("the constant is a valid id"))
}

/// The entry of an item in its table, where there is one.
pub(super) fn entry(doc: &AutoCommit, kind: ItemKind, id: Uuid) -> Option<Reader<'_>> {
    let table = Reader::root(doc).map(table(kind))?;
    Some(table.map(&id.to_string())?.whole())
}

/// Reads one item; `None` where the entry has no readable shape.
pub(super) fn item(entry: &Reader<'_>, kind: ItemKind, id: Uuid) -> Option<Item> {
    Some(match kind {
        ItemKind::Interaction => Item::Interaction(interaction(entry, id)?),
        ItemKind::Note => Item::Note(note(entry, id)),
        ItemKind::Task => Item::Task(task(entry, id)),
        ItemKind::Topic => Item::Topic(topic(entry, id)),
        ItemKind::Appointment => Item::Appointment(appointment(entry, id)?),
        ItemKind::Activity => Item::Activity(activity(entry, id)),
        ItemKind::Opportunity => return None,
    })
}

fn interaction(entry: &Reader<'_>, id: Uuid) -> Option<Interaction> {
    let call = entry.map("call").map(Reader::whole);
    // Who called is said by the call itself.
    let said: Option<Direction> = call.as_ref().and_then(|call| call.word("direction"));
    let direction = said.or_else(|| entry.word("direction"))?;
    let deleted = entry.map("deleted").map(|stamp| tombstone(&stamp));
    let content = |key: &str| match &deleted {
        Some(_) => String::new(),
        None => entry.line(key),
    };
    let facts = entry.map("facts").map(Reader::whole);
    let failure = facts
        .as_ref()
        .and_then(|facts| facts.map("failed"))
        .map(|failed| Failure {
            code: failed.line("code"),
            text: failed.line("text"),
        });
    let has = |key: &str| facts.as_ref().is_some_and(|facts| facts.int(key).is_some());
    // Facts only grow; the shown status is the furthest along (spec §4).
    let status = (direction == Direction::Out && call.is_none()).then(|| {
        if has("readAt") {
            DeliveryStatus::Read
        } else if has("deliveredAt") {
            DeliveryStatus::Delivered
        } else if failure.is_some() {
            DeliveryStatus::Failed
        } else if has("sentAt") {
            DeliveryStatus::Sent
        } else {
            DeliveryStatus::Queued
        }
    });
    let files = entry.map("attachments").filter(|_| deleted.is_none());
    let attachments = files.map(|files| {
        let file = |blob: String| {
            let file = files.map(&blob)?.whole();
            Some(Attachment {
                name: file.line("name"),
                media_type: file.line("mediaType"),
                size: file
                    .int("size")
                    .and_then(|size| u64::try_from(size).ok())
                    .unwrap_or(0),
                blob,
            })
        };
        files.keys().filter_map(file).collect()
    });
    Some(Interaction {
        id: InteractionId(id),
        channel: entry.word("channel")?,
        direction,
        at: entry.time("at").unwrap_or_default(),
        by: entry.id("by"),
        from: address::parse(&entry.line("from")).into_iter().next(),
        to: address::parse(&entry.line("to")),
        cc: address::parse(&entry.line("cc")),
        subject: entry.line("subject"),
        text: content("text"),
        html: entry.text("html").filter(|_| deleted.is_none()),
        visible: entry
            .int("visible")
            .and_then(|units| u32::try_from(units).ok()),
        in_reply_to: entry.id("inReplyTo"),
        external_id: entry.text("externalId"),
        attachments: attachments.unwrap_or_default(),
        raw: entry.text("raw"),
        status,
        failure: failure.filter(|_| status == Some(DeliveryStatus::Failed)),
        call: call.map(|call| Call {
            outcome: call.word("outcome").unwrap_or_default(),
            duration: call
                .int("duration")
                .and_then(|seconds| u32::try_from(seconds).ok())
                .unwrap_or(0),
            recording: call.line("recording"),
        }),
        important: entry.flag("important"),
        spam: entry.flag("spam"),
        deleted,
        // The view knows what else came; see `ConversationView`.
        held: false,
        withdrawn: entry.map("withdrawn").map(|stamp| tombstone(&stamp)),
    })
}

/// How many interactions not by its author the author of a message had seen;
/// `None` where the message does not say.
pub(super) fn seen(message: &Reader<'_>) -> Option<usize> {
    usize::try_from(message.int("seen")?).ok()
}

fn tombstone(stamp: &Reader<'_>) -> Tombstone {
    Tombstone {
        by: member(stamp, "by"),
        at: stamp.time("at").unwrap_or_default(),
    }
}

fn note(entry: &Reader<'_>, id: Uuid) -> Note {
    let deleted = entry.map("deleted").map(|stamp| tombstone(&stamp));
    let spans = match entry.object("text", ObjType::Text) {
        Some(text) if deleted.is_none() => prose::spans(entry.doc, &text.obj),
        _ => Vec::new(),
    };
    Note {
        id: NoteId(id),
        by: member(entry, "by"),
        at: entry.time("at").unwrap_or_default(),
        parent: entry.id("parent"),
        message: entry.id("message"),
        edited: entry.map("edited").map(|stamp| tombstone(&stamp)),
        spans,
        deleted,
    }
}

fn task(entry: &Reader<'_>, id: Uuid) -> Task {
    let mut conflicts = conflicts(entry, TASK_CONFLICTS);
    let mut status: TaskStatus = entry.word("status").unwrap_or_default();
    let beside = conflicts
        .iter_mut()
        .find(|conflict| conflict.field == "status");
    if let Some(Conflict { values, .. }) = beside {
        let done = word_of(&TaskStatus::Done);
        // `done` beats whatever was set at the same time (spec §5), and the
        // value that shows comes first.
        values.sort_by_key(|value| value.value != done);
        if values[0].value == done {
            status = TaskStatus::Done;
        }
    }
    Task {
        id: TaskId(id),
        title: entry.line("title"),
        description: entry.prose("description"),
        channel: entry.word("channel"),
        task_type: entry.line("taskType"),
        priority: entry.word("priority").unwrap_or_default(),
        assignee: entry.id("assignee"),
        due: entry
            .text("due")
            .and_then(|due| crate::time::Due::parse(&due)),
        status,
        by: member(entry, "by"),
        at: entry.time("at").unwrap_or_default(),
        topic: entry.id("topic"),
        conflicts,
    }
}

fn topic(entry: &Reader<'_>, id: Uuid) -> Topic {
    let at = entry.time("at").unwrap_or_default();
    Topic {
        id: TopicId(id),
        subject: entry.line("subject"),
        purpose: entry.line("purpose"),
        summary: entry.prose("summary"),
        status: entry.word("status").unwrap_or_default(),
        owner: entry.id("owner"),
        start: entry.time("start").unwrap_or(at),
        end: entry.time("end"),
        first_message: entry.id("firstMessage"),
        last_message: entry.id("lastMessage"),
        origin: entry.word("origin").unwrap_or_default(),
        reference: entry.line("reference"),
        task: entry.id("task"),
        by: member(entry, "by"),
        at,
        conflicts: conflicts(entry, TOPIC_CONFLICTS),
    }
}

fn appointment(entry: &Reader<'_>, id: Uuid) -> Option<Appointment> {
    let by = member(entry, "by");
    let attendees = entry.map("attendees").map(|answers| {
        let attendee = |who: String| {
            Some(Attendee {
                answer: answers.word(&who).unwrap_or_default(),
                who: who.parse().ok()?,
            })
        };
        answers.keys().filter_map(attendee).collect()
    });
    Some(Appointment {
        id: AppointmentId(id),
        at: entry.time("at").unwrap_or_default(),
        title: entry.line("title"),
        when: TimeSpan::parse(&entry.line("when"))?,
        organiser: entry.id("organiser").unwrap_or_else(|| by.clone()),
        by,
        attendees: attendees.unwrap_or_default(),
        place: entry.line("place"),
        link: entry.line("link"),
        agenda: entry.prose("agenda"),
        notes: entry.prose("notes"),
        status: entry.word("status").unwrap_or_default(),
        conflicts: conflicts(entry, APPOINTMENT_CONFLICTS),
    })
}

pub(super) fn activity(entry: &Reader<'_>, id: Uuid) -> Activity {
    let subject = entry
        .word("subjectKind")
        .zip(entry.id("subjectId"))
        .map(|(kind, id)| Subject { kind, id });
    let change = entry.text("field").map(|field| Change {
        field,
        from: entry.line("from"),
        to: entry.line("to"),
    });
    Activity {
        id: ActivityId(id),
        by: member(entry, "by"),
        at: entry.time("at").unwrap_or_default(),
        action: entry.line("action"),
        subject,
        change,
    }
}

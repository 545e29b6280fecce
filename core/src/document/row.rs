//! A conversation's row, computed from its view alone.

use std::collections::BTreeMap;

use super::view::ConversationView;
use crate::id::MemberId;
use crate::model::{
    Appointment, AppointmentMark, ConversationRow, Direction, Interaction, Item, ItemKind,
    LastItem, MarkValue, Span, Task, TaskMark, Topic, TopicMark,
};
use crate::time::Timestamp;

const LAST_CHARS: usize = 140;
const INBOUND: usize = 100;
/// Unfinished tasks in a row.
const TASKS: usize = 50;
/// Finished tasks in a row.
const FINISHED: usize = 10;
const TOPICS: usize = 50;
const APPOINTMENTS: usize = 50;
/// The mark around a member's name in a note.
const MENTION: &str = "__ext__threadline_mention";

/// The row of a conversation.
pub(crate) fn row(view: &ConversationView) -> ConversationRow {
    let header = &view.header;
    let last = view.newest_first().find_map(last_item);
    let newest_message = messages(view).next();
    let conflicted = !header.conflicts.is_empty()
        || tasks(view).any(|task| !task.conflicts.is_empty())
        || topics(view).any(|topic| !topic.conflicts.is_empty())
        || appointments(view).any(|it| !it.conflicts.is_empty());
    let tally = view.tally();
    let begun = Timestamp::default();
    ConversationRow {
        id: header.id,
        contact: header.contact,
        ordinal: header.ordinal,
        identity: header.identity.clone(),
        subject: header.subject.clone(),
        status: header.status,
        snoozed_until: header.snoozed.as_ref().map(|snoozed| snoozed.until),
        starred: header.starred.clone(),
        owner: header.owner.clone(),
        team: header.team.clone(),
        priority: header.priority,
        tags: header.tags.clone(),
        channel: newest_message.map(|it| it.channel),
        at: last.as_ref().map_or(begun, |last| last.at),
        last,
        inbound: tally.inbound_newest_first().take(INBOUND).collect(),
        read: header.read.clone(),
        mentions: mentions(view),
        awaiting: awaiting(view),
        important: tally.is_important(),
        spam: tally.is_spam(),
        stuck: u32::try_from(tally.failed() + view.held().count()).unwrap_or(u32::MAX),
        tasks: task_marks(view),
        topics: topic_marks(view),
        appointments: appointment_marks(view),
        conflicted,
    }
}

/// Messages and calls from the newest back.
fn messages(view: &ConversationView) -> impl Iterator<Item = &Interaction> {
    view.newest_first().filter_map(|item| match item {
        Item::Interaction(it) => Some(it),
        _ => None,
    })
}

fn tasks(view: &ConversationView) -> impl Iterator<Item = &Task> {
    view.of_kind(ItemKind::Task).filter_map(|item| match item {
        Item::Task(task) => Some(task),
        _ => None,
    })
}

fn topics(view: &ConversationView) -> impl Iterator<Item = &Topic> {
    view.of_kind(ItemKind::Topic).filter_map(|item| match item {
        Item::Topic(topic) => Some(topic),
        _ => None,
    })
}

fn appointments(view: &ConversationView) -> impl Iterator<Item = &Appointment> {
    let all = view.of_kind(ItemKind::Appointment);
    all.filter_map(|item| match item {
        Item::Appointment(it) => Some(it),
        _ => None,
    })
}

/// When each member was last mentioned by somebody else.
pub(super) fn mentions(view: &ConversationView) -> BTreeMap<MemberId, Timestamp> {
    let mut mentions = BTreeMap::new();
    for item in view.of_kind(ItemKind::Note) {
        let Item::Note(note) = item else { continue };
        let edited = note.edited.as_ref().map_or(note.at, |edited| edited.at);
        for span in &note.spans {
            let Span::Text { marks, .. } = span else {
                continue;
            };
            let Some(MarkValue::Text(name)) = marks.get(MENTION) else {
                continue;
            };
            let Ok(member) = name.parse::<MemberId>() else {
                continue;
            };
            if member != note.by {
                let at = mentions.entry(member).or_insert(edited);
                *at = edited.max(*at);
            }
        }
    }
    mentions
}

/// When the oldest message came that nobody answered since.
fn awaiting(view: &ConversationView) -> Option<Timestamp> {
    let unanswered = messages(view)
        .filter(|it| it.withdrawn.is_none() && it.deleted.is_none() && !it.spam)
        .take_while(|it| it.direction == Direction::In);
    unanswered
        .filter(|it| it.by.is_none())
        .last()
        .map(|it| it.at)
}

fn task_marks(view: &ConversationView) -> Vec<TaskMark> {
    let (mut finished, mut open): (Vec<&Task>, Vec<&Task>) =
        tasks(view).partition(|task| task.status.is_final());
    open.sort_by_key(|task| {
        let due = task.due.as_ref().map_or(i64::MAX, |due| due.at.as_millis());
        (due, task.id)
    });
    finished.sort_by_key(|task| std::cmp::Reverse((task.at, task.id)));
    let open = open.into_iter().take(TASKS);
    open.chain(finished.into_iter().take(FINISHED))
        .map(task_mark)
        .collect()
}

fn task_mark(task: &Task) -> TaskMark {
    TaskMark {
        id: task.id,
        title: task.title.clone(),
        status: task.status,
        priority: task.priority,
        task_type: task.task_type.clone(),
        channel: task.channel,
        assignee: task.assignee.clone(),
        due: task.due.clone(),
        at: task.at,
        conflicted: !task.conflicts.is_empty(),
    }
}

fn topic_marks(view: &ConversationView) -> Vec<TopicMark> {
    let mut all: Vec<&Topic> = topics(view).collect();
    all.sort_by_key(|topic| std::cmp::Reverse((topic.start, topic.id)));
    let mark = |topic: &Topic| TopicMark {
        id: topic.id,
        subject: topic.subject.clone(),
        purpose: topic.purpose.clone(),
        status: topic.status,
        origin: topic.origin,
        owner: topic.owner.clone(),
        start: topic.start,
        end: topic.end,
        summary: line(&topic.summary),
    };
    all.into_iter().take(TOPICS).map(mark).collect()
}

fn appointment_marks(view: &ConversationView) -> Vec<AppointmentMark> {
    let mut all: Vec<&Appointment> = appointments(view).collect();
    all.sort_by_key(|it| std::cmp::Reverse((it.when.start, it.id)));
    let mark = |it: &Appointment| AppointmentMark {
        id: it.id,
        title: it.title.clone(),
        when: it.when.clone(),
        status: it.status,
        organiser: it.organiser.clone(),
        attendees: it.attendees.clone(),
        place: it.place.clone(),
        link: it.link.clone(),
    };
    all.into_iter().take(APPOINTMENTS).map(mark).collect()
}

/// What an item says in the row; `None` for what a row does not tell of.
fn last_item(item: &Item) -> Option<LastItem> {
    let last = |kind, by, text: &str, at| LastItem {
        kind,
        direction: None,
        by,
        text: line(text),
        at,
    };
    match item {
        Item::Interaction(it) => Some(LastItem {
            direction: Some(it.direction),
            ..last(
                ItemKind::Interaction,
                it.by.clone(),
                message_line(it),
                it.at,
            )
        }),
        Item::Note(note) if note.deleted.is_none() => Some(last(
            ItemKind::Note,
            Some(note.by.clone()),
            &plain(&note.spans),
            note.at,
        )),
        Item::Task(task) => Some(last(
            ItemKind::Task,
            Some(task.by.clone()),
            &task.title,
            task.at,
        )),
        Item::Topic(it) => Some(last(
            ItemKind::Topic,
            Some(it.by.clone()),
            &it.subject,
            it.at,
        )),
        Item::Appointment(it) => Some(last(
            ItemKind::Appointment,
            Some(it.by.clone()),
            &it.title,
            it.at,
        )),
        Item::Note(_) | Item::Activity(_) => None,
    }
}

fn message_line(message: &Interaction) -> &str {
    if message.text.trim().is_empty() && message.direction == Direction::In {
        &message.subject
    } else {
        &message.text
    }
}

fn plain(spans: &[Span]) -> String {
    spans
        .iter()
        .map(|span| match span {
            Span::Text { value, .. } => value.as_str(),
            Span::Block { .. } => "\n",
        })
        .collect()
}

/// The beginning of a text, on one line.
fn line(text: &str) -> String {
    let mut line = String::new();
    for word in text.split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
        if line.chars().nth(LAST_CHARS).is_some() {
            return line.chars().take(LAST_CHARS).collect();
        }
    }
    line
}

//! A conversation's row, computed from its view alone.

use super::view::ConversationView;
use crate::model::{
    ConversationRow, Direction, Interaction, Item, ItemKind, LastItem, Span, Task, TaskMark,
};
use crate::time::Timestamp;

const LAST_CHARS: usize = 140;
const INBOUND: usize = 100;
const TASKS: usize = 20;

/// The row of a conversation.
pub(crate) fn row(view: &ConversationView) -> ConversationRow {
    let header = &view.header;
    let last = view.newest_first().find_map(last_item);
    let newest_message = view.newest_first().find_map(|item| match item {
        Item::Interaction(it) => Some(it),
        _ => None,
    });
    let mut open: Vec<&Task> = tasks(view).filter(|task| !task.status.is_final()).collect();
    open.sort_by_key(|task| {
        (
            task.due.as_ref().map_or(i64::MAX, |due| due.at.as_millis()),
            task.id,
        )
    });
    let conflicted = !header.conflicts.is_empty()
        || tasks(view).any(|task| !task.conflicts.is_empty())
        || view
            .of_kind(ItemKind::Topic)
            .any(|item| matches!(item, Item::Topic(topic) if !topic.conflicts.is_empty()));
    ConversationRow {
        id: header.id,
        contact: header.contact,
        subject: header.subject.clone(),
        status: header.status,
        owner: header.owner.clone(),
        team: header.team.clone(),
        priority: header.priority,
        tags: header.tags.clone(),
        channel: newest_message.map(|it| it.channel),
        at: last.as_ref().map_or(Timestamp::default(), |last| last.at),
        last,
        inbound: view.inbound_newest_first().take(INBOUND).collect(),
        read: header.read.clone(),
        tasks: open.into_iter().take(TASKS).map(task_mark).collect(),
        conflicted,
    }
}

fn tasks(view: &ConversationView) -> impl Iterator<Item = &Task> {
    view.of_kind(ItemKind::Task).filter_map(|item| match item {
        Item::Task(task) => Some(task),
        _ => None,
    })
}

fn task_mark(task: &Task) -> TaskMark {
    TaskMark {
        id: task.id,
        title: task.title.clone(),
        assignee: task.assignee.clone(),
        due_at: task.due.as_ref().map(|due| due.at),
    }
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

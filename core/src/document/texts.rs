//! What can be searched in a document: one text for each thing in it. What is
//! deleted has an empty one, so that an index forgets it.

use uuid::Uuid;

use super::{ConversationView, Dirty, Document, View, place};
use crate::model::{Address, ContactView, Interaction, Item, ItemKind, Span, TextEntry, TextKind};
use crate::time::Timestamp;

/// Raised whenever rows or texts are computed from documents differently, so
/// that storage computes those it has anew.
pub const SUMMARY_VERSION: i64 = 2;

impl Document {
    /// Every text of the document.
    pub fn texts(&self) -> Vec<TextEntry> {
        match &self.view {
            View::Conversation(view) => {
                let items = view.newest_first().filter_map(item);
                std::iter::once(about(view)).chain(items).collect()
            }
            View::Contact(view) => contact(view),
            View::Workspace(_) | View::Free => Vec::new(),
        }
    }

    /// The texts of what was touched, whether they differ or not.
    pub fn texts_touched(&self, dirty: &Dirty) -> Vec<TextEntry> {
        match &self.view {
            View::Conversation(view) => {
                let about = dirty.header.then(|| about(view));
                let items = dirty.items.iter();
                let items = items.filter_map(|(kind, id)| touched(view, *kind, *id));
                about.into_iter().chain(items).collect()
            }
            View::Contact(_) | View::Workspace(_) | View::Free => self.texts(),
        }
    }
}

fn touched(view: &ConversationView, kind: ItemKind, id: Uuid) -> Option<TextEntry> {
    match view.item(kind, id) {
        Some(found) => item(found),
        // It is of no readable shape any more.
        None => Some(TextEntry {
            kind: TextKind::of_item(kind)?,
            id,
            at: Timestamp::default(),
            text: String::new(),
        }),
    }
}

fn item(item: &Item) -> Option<TextEntry> {
    let text = match item {
        Item::Interaction(it) => message(it),
        // A deleted note has no spans.
        Item::Note(note) => plain(&note.spans),
        Item::Task(task) => lines([task.title.as_str(), &task.description]),
        Item::Topic(topic) => lines([topic.subject.as_str(), &topic.summary, &topic.reference]),
        Item::Appointment(it) => lines([it.title.as_str(), &it.place, &it.agenda, &it.notes]),
        Item::Activity(_) => return None,
    };
    let (at, id, kind) = place(item);
    Some(TextEntry {
        kind: TextKind::of_item(kind)?,
        id,
        at,
        text,
    })
}

fn about(view: &ConversationView) -> TextEntry {
    let header = &view.header;
    let tags = header.tags.iter().map(String::as_str);
    TextEntry {
        kind: TextKind::Conversation,
        id: header.id.0,
        at: view.began().unwrap_or_default(),
        text: lines([header.subject.as_str()].into_iter().chain(tags)),
    }
}

fn contact(view: &ContactView) -> Vec<TextEntry> {
    let profile = [view.name.as_str(), &view.company, &view.email, &view.phone];
    let addresses = view.identities.iter().map(|it| it.address.as_str());
    let more = view.tags.iter().chain(view.fields.values());
    let more = more.map(String::as_str);
    let about = TextEntry {
        kind: TextKind::Contact,
        id: view.id.0,
        at: view.created_at,
        text: lines(profile.into_iter().chain(addresses).chain(more)),
    };
    let opportunities = view.opportunities.iter().map(|it| TextEntry {
        kind: TextKind::Opportunity,
        id: it.id.0,
        at: it.at,
        text: lines([it.title.as_str(), &it.reason]),
    });
    std::iter::once(about).chain(opportunities).collect()
}

fn message(message: &Interaction) -> String {
    if message.deleted.is_some() {
        return String::new();
    }
    let people = message.from.iter().chain(&message.to).chain(&message.cc);
    let people = people.flat_map(|Address { name, address }| [name.as_str(), address]);
    let files = message.attachments.iter().map(|file| file.name.as_str());
    // The words first: a snippet shows the beginning where all matches are alike.
    let words = [message.subject.as_str(), &message.text];
    lines(words.into_iter().chain(files).chain(people))
}

fn plain(spans: &[Span]) -> String {
    let text: String = spans
        .iter()
        .map(|span| match span {
            Span::Text { value, .. } => value.as_str(),
            Span::Block { .. } => "\n",
        })
        .collect();
    text.trim().to_owned()
}

/// What is not empty, one below the other.
fn lines<'a>(parts: impl IntoIterator<Item = &'a str>) -> String {
    let mut text = String::new();
    for part in parts.into_iter().filter(|part| !part.is_empty()) {
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(part);
    }
    text
}

//! The lists: rows of documents, asked with filters and words. The inbox, the
//! Tasks and Log pages, contacts, the calendar and the board all come from the
//! rows alone, so they need no document in memory.

mod board;
mod calendar;
mod contacts;
mod inbox;
mod tasks;
mod topics;

use std::collections::BTreeMap;

pub use board::{Board, BoardDeal, BoardQuery, BoardSum};
pub use calendar::{CalendarEntry, CalendarQuery};
pub use contacts::{ContactListRow, ContactPage, ContactQuery, ContactSort, Duplicate};
pub use inbox::{InboxRow, RowCounts, RowPage};
pub use tasks::{
    TaskCounts, TaskGroup, TaskGroups, TaskPage, TaskQuery, TaskRow, TaskScope, TaskSort,
};
pub use topics::{TopicPage, TopicQuery, TopicRow};

use super::effect::StoredRow;
use crate::id::{ContactId, DocumentId};
use crate::model::{ContactRow, ConversationRow, Row};

/// All rows a replica holds.
#[derive(Debug, Default)]
pub(super) struct RowIndex {
    /// Boxed, so that this map is the same code as that of the documents.
    rows: BTreeMap<DocumentId, Box<StoredRow>>,
}

impl RowIndex {
    pub(super) fn get(&self, doc: DocumentId) -> Option<&StoredRow> {
        self.rows.get(&doc).map(Box::as_ref)
    }

    pub(super) fn set(&mut self, row: StoredRow) {
        self.rows.insert(row.doc, Box::new(row));
    }

    pub(super) fn remove(&mut self, doc: DocumentId) {
        self.rows.remove(&doc);
    }

    /// Every document that has a row.
    pub(super) fn docs(&self) -> Vec<DocumentId> {
        self.rows.keys().copied().collect()
    }

    pub(super) fn contact(&self, id: Option<ContactId>) -> Option<&ContactRow> {
        match &self.rows.get(&DocumentId::Contact(id?))?.row {
            Row::Contact(row) => Some(row),
            _ => None,
        }
    }

    /// The contact that stands for `id`: itself, or what it was merged into. A
    /// chain of merges ends; members who merged two contacts into each other
    /// at once made a circle, in which the least id stands for all.
    pub(super) fn resolve(&self, id: ContactId) -> ContactId {
        let mut seen = vec![id];
        let mut last = id;
        while let Some(next) = self.contact(Some(last)).and_then(|row| row.merged_into) {
            if let Some(begin) = seen.iter().position(|one| *one == next) {
                return seen[begin..].iter().copied().min().unwrap_or(next);
            }
            seen.push(next);
            last = next;
        }
        last
    }

    /// Conversations that have begun.
    pub(super) fn conversations(&self) -> impl Iterator<Item = &ConversationRow> {
        self.rows.values().filter_map(|stored| match &stored.row {
            Row::Conversation(row) if row.contact.is_some() || row.identity.is_some() => Some(row),
            _ => None,
        })
    }

    /// All contacts, aliases too.
    pub(super) fn contacts(&self) -> impl Iterator<Item = &ContactRow> {
        self.rows.values().filter_map(|stored| match &stored.row {
            Row::Contact(row) => Some(row),
            _ => None,
        })
    }

    /// The name to show over a conversation: its contact's, else its address.
    pub(super) fn name(&self, row: &ConversationRow) -> String {
        let contact = row.contact.map(|id| self.resolve(id));
        match (self.contact(contact), &row.identity) {
            (Some(contact), _) => contact.name.clone(),
            (None, Some(identity)) => identity.address.clone(),
            (None, None) => String::new(),
        }
    }
}

/// Words that all have to be somewhere in a text, whatever case and accents.
pub(super) struct Words(Vec<String>);

impl Words {
    pub(super) fn of(search: &str) -> Self {
        Self(search.split_whitespace().map(fold).collect())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The words, folded.
    pub(super) fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// Whether every word is somewhere in the texts.
    pub(super) fn are_in<'t>(&self, texts: impl IntoIterator<Item = &'t str>) -> bool {
        if self.0.is_empty() {
            return true;
        }
        let mut all = String::new();
        for text in texts {
            all.push_str(&fold(text));
            all.push(' ');
        }
        self.0.iter().all(|word| all.contains(word.as_str()))
    }
}

/// A text as search compares it: lower case, without the accents of Latin
/// letters. A full decomposition (UAX #15) would be 60 KB of tables in every
/// browser; the server's search has it.
pub(super) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.chars() {
        fold_char(c, &mut folded);
    }
    folded
}

/// Appends what a letter is to search: a letter, several, or nothing.
pub(super) fn fold_char(c: char, folded: &mut String) {
    for c in c.to_lowercase() {
        match c {
            'à'..='å' | 'ā' | 'ă' | 'ą' => folded.push('a'),
            'æ' => folded.push_str("ae"),
            'ç' | 'ć' | 'ĉ' | 'ċ' | 'č' => folded.push('c'),
            'ð' | 'ď' | 'đ' => folded.push('d'),
            'è'..='ë' | 'ē' | 'ĕ' | 'ė' | 'ę' | 'ě' => folded.push('e'),
            'ĝ' | 'ğ' | 'ġ' | 'ģ' => folded.push('g'),
            'ì'..='ï' | 'ĩ' | 'ī' | 'ĭ' | 'į' | 'ı' => folded.push('i'),
            'ł' | 'ĺ' | 'ļ' | 'ľ' => folded.push('l'),
            'ñ' | 'ń' | 'ņ' | 'ň' => folded.push('n'),
            'ò'..='ö' | 'ø' | 'ō' | 'ŏ' | 'ő' => folded.push('o'),
            'œ' => folded.push_str("oe"),
            'ŕ' | 'ř' => folded.push('r'),
            'ś' | 'ŝ' | 'ş' | 'š' | 'ș' => folded.push('s'),
            'ß' => folded.push_str("ss"),
            'ţ' | 'ť' | 'ț' => folded.push('t'),
            'ù'..='ü' | 'ũ' | 'ū' | 'ŭ' | 'ů' | 'ű' | 'ų' => folded.push('u'),
            'ý' | 'ÿ' => folded.push('y'),
            'ź' | 'ż' | 'ž' => folded.push('z'),
            // Combining marks stand behind their letter.
            '\u{300}'..='\u{36f}' => {}
            c => folded.push(c),
        }
    }
}

/// Whether a list of choices lets a value pass: an empty one lets all.
pub(super) fn admits<T: PartialEq>(choices: &[T], value: &T) -> bool {
    choices.is_empty() || choices.contains(value)
}

/// As [`admits`], for a value that may be missing.
pub(super) fn admits_some<T: PartialEq>(choices: &[T], value: Option<&T>) -> bool {
    choices.is_empty() || value.is_some_and(|value| choices.contains(value))
}

/// A page of a list and how long the list is.
pub(super) fn page<T>(all: Vec<T>, offset: u32, limit: u32) -> (Vec<T>, u32) {
    let total = u32::try_from(all.len()).unwrap_or(u32::MAX);
    let page = all.into_iter().skip(offset as usize).take(limit as usize);
    (page.collect(), total)
}

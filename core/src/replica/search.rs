//! Search over what a replica holds (spec F2.11): whole documents in memory, and
//! of the others what their rows say. The server's search knows all; this one
//! also answers offline.

use std::cmp::Reverse;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::rows::{Words, fold_char};
use super::{Replica, Slot};
use crate::id::{ContactId, DocumentId};
use crate::model::{ContactRow, ConversationRow, Row, SearchHit, TextEntry, TextKind};
use crate::time::Timestamp;

/// Characters of a snippet.
const SNIPPET: usize = 160;
/// Characters of it before the first word found.
const LEAD: usize = 40;

/// Where something was found, with the name to show over it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct Found {
    /// Where, and what.
    #[serde(flatten)]
    pub hit: SearchHit,
    /// The contact's name, or the address of an unlinked conversation.
    pub name: String,
}

impl Replica {
    /// What holds every one of the words, whatever their case and accents: contacts
    /// first, then the latest. Nothing is found by no words.
    pub fn search(&self, search: &str, limit: usize) -> Vec<Found> {
        let words = Words::of(search);
        if words.is_empty() {
            return Vec::new();
        }
        let mut entries: Vec<(DocumentId, TextEntry)> = Vec::new();
        let mut take = |doc: DocumentId, texts: Vec<TextEntry>| {
            let found = texts
                .into_iter()
                .filter(|it| words.are_in([it.text.as_str()]));
            entries.extend(found.map(|it| (doc, it)));
        };
        for (doc, slot) in &self.docs {
            if let Slot::Ready(document) = slot {
                take(*doc, document.texts());
            }
        }
        for row in self.rows.conversations() {
            let doc = row.id.into();
            if self.ready(doc).is_none() {
                take(doc, of_conversation(row));
            }
        }
        for row in self.rows.contacts() {
            let doc = row.id.into();
            if self.ready(doc).is_none() {
                take(doc, vec![of_contact(row)]);
            }
        }
        entries
            .sort_by_key(|(doc, it)| (it.kind != TextKind::Contact, Reverse((it.at, it.id)), *doc));
        let found = entries
            .into_iter()
            .filter_map(|(doc, it)| self.found(doc, &it, &words));
        found.take(limit).collect()
    }

    /// A hit ready to draw; `None` for an alias, whose contact is found itself.
    fn found(&self, doc: DocumentId, it: &TextEntry, words: &Words) -> Option<Found> {
        let (contact, name) = match (doc, self.rows.get(doc).map(|stored| &stored.row)) {
            (_, Some(Row::Conversation(row))) => (row.contact, self.rows.name(row)),
            (_, Some(Row::Contact(row))) if row.merged_into.is_some() => return None,
            (_, Some(Row::Contact(row))) => (Some(row.id), row.name.clone()),
            _ => (None, String::new()),
        };
        let (snippet, matches) = snippet(&it.text, words);
        Some(Found {
            hit: SearchHit {
                doc,
                contact: contact.map(|id: ContactId| self.rows.resolve(id)),
                kind: it.kind,
                id: it.id,
                at: it.at,
                snippet,
                matches,
            },
            name,
        })
    }
}

/// What a conversation's row says: its subject, tags and last line, and what it
/// lists.
fn of_conversation(row: &ConversationRow) -> Vec<TextEntry> {
    let entry = |kind, id: Uuid, at, texts: &[&str]| TextEntry {
        kind,
        id,
        at,
        text: texts.join("\n"),
    };
    let mut about = vec![row.subject.as_str()];
    about.extend(row.tags.iter().map(String::as_str));
    about.extend(row.last.iter().map(|last| last.text.as_str()));
    let mut texts = vec![entry(TextKind::Conversation, row.id.0, row.at, &about)];
    for it in &row.tasks {
        texts.push(entry(TextKind::Task, it.id.0, it.at, &[&it.title]));
    }
    for it in &row.topics {
        let says = [it.subject.as_str(), &it.summary];
        texts.push(entry(TextKind::Topic, it.id.0, it.start, &says));
    }
    for it in &row.appointments {
        let says = [it.title.as_str(), &it.place];
        texts.push(entry(TextKind::Appointment, it.id.0, it.when.start, &says));
    }
    texts
}

fn of_contact(row: &ContactRow) -> TextEntry {
    let mut says = vec![row.name.as_str(), &row.company, &row.email, &row.phone];
    says.extend(row.identities.iter().map(|it| it.address.as_str()));
    says.extend(row.tags.iter().map(String::as_str));
    says.retain(|text| !text.is_empty());
    TextEntry {
        kind: TextKind::Contact,
        id: row.id.0,
        at: Timestamp::default(),
        text: says.join("\n"),
    }
}

/// The piece of a text around the first word found, on one line, and where the
/// words stand in it, in UTF-16 code units.
fn snippet(text: &str, words: &Words) -> (String, Vec<(u32, u32)>) {
    let line: Vec<char> = text
        .split_whitespace()
        .flat_map(|word| word.chars().chain([' ']))
        .collect();
    let mut folded = String::new();
    // The character that each byte of the folded text comes from.
    let mut from: Vec<usize> = Vec::new();
    for (place, c) in line.iter().enumerate() {
        fold_char(*c, &mut folded);
        from.resize(folded.len(), place);
    }
    let mut matches: Vec<(usize, usize)> = words
        .iter()
        .flat_map(|word| folded.match_indices(word))
        .map(|(at, word)| (from[at], from[at + word.len() - 1] + 1))
        .collect();
    matches.sort_unstable();
    let first = matches.first().map_or(0, |(begin, _)| *begin);
    let mut begin = first.saturating_sub(LEAD);
    // Not in the middle of a word, if there is a space before the first match.
    if begin > 0
        && let Some(space) = line[begin..first].iter().position(|c| *c == ' ')
    {
        begin += space + 1;
    }
    let end = line.len().min(begin + SNIPPET);
    let mut piece = String::new();
    let mut units = 0;
    // Where in the piece each of its characters begins, and where the last ends.
    let mut starts = Vec::with_capacity(SNIPPET + 1);
    if begin > 0 {
        piece.push('…');
        units = 1;
    }
    for c in &line[begin..end] {
        starts.push(units);
        piece.push(*c);
        units += if c.len_utf16() == 2 { 2 } else { 1 };
    }
    starts.push(units);
    let mut shown: Vec<(u32, u32)> = Vec::new();
    for (from, to) in matches {
        if from >= end {
            break;
        }
        let (from, to) = (starts[from - begin], starts[to.min(end) - begin]);
        match shown.last_mut() {
            Some(last) if from <= last.1 => last.1 = last.1.max(to),
            _ => shown.push((from, to)),
        }
    }
    if end < line.len() {
        piece.push('…');
    }
    piece.truncate(piece.trim_end().len());
    (piece, shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The snippet, with brackets around what was found.
    fn marked(text: &str, search: &str) -> String {
        let (piece, matches) = snippet(text, &Words::of(search));
        let mut units: Vec<u16> = piece.encode_utf16().collect();
        for (from, to) in matches.into_iter().rev() {
            units.insert(to as usize, u16::from(b']'));
            units.insert(from as usize, u16::from(b'['));
        }
        String::from_utf16(&units).unwrap()
    }

    #[test]
    fn a_snippet_marks_the_words_whatever_their_case_and_accents() {
        let table = [
            ("Green tea", "TEA", "Green [tea]"),
            (
                "Zoë\n said  naïve 😀 words",
                "zoe words",
                "[Zoë] said naïve 😀 [words]",
            ),
            // One letter that folds to two, and two words that meet.
            ("Straße", "strass", "[Straß]e"),
            ("teapot", "tea pot teap", "[teapot]"),
            ("no such", "word", "no such"),
            ("", "word", ""),
        ];
        for (text, search, expected) in table {
            assert_eq!(marked(text, search), expected);
        }
    }

    #[test]
    fn a_long_text_is_cut_around_the_first_word_found() {
        let before = "before ".repeat(50);
        let behind = "behind ".repeat(50);
        let found = marked(&format!("{before}needle {behind}needle"), "needle");
        assert!(found.starts_with("…before "), "{found}");
        assert!(found.ends_with('…'), "{found}");
        assert_eq!(found.matches("[needle]").count(), 1);
        assert!(found.chars().count() <= SNIPPET + 4);
        // A word beyond the piece's end is cut with it.
        let cut = marked(&format!("a {}", "b".repeat(SNIPPET)), &"b".repeat(SNIPPET));
        assert!(cut.ends_with("b]…"), "{cut}");
    }
}

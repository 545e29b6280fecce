//! The inbox list: rows of documents, asked with filters and words.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::effect::StoredRow;
use crate::id::{ContactId, DocumentId, MemberId};
use crate::model::{ContactRow, ConversationRow, ConversationStatus, Row, RowFilter, RowQuery};

/// A row ready to draw: the contact's name joined in, unread worked out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct InboxRow {
    /// The conversation's row.
    #[serde(flatten)]
    pub row: ConversationRow,
    /// The contact's name; empty where unknown.
    pub name: String,
    /// The contact's company; empty where unknown.
    pub company: String,
    /// Inbound interactions the member has not read.
    pub unread: u32,
    /// Whether work on it waits for the server.
    pub waiting: bool,
}

/// How many conversations each filter has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "snake_case")]
pub struct RowCounts {
    /// In the inbox.
    pub open: u32,
    /// Open and the member's.
    pub mine: u32,
    /// Open and nobody's.
    pub unassigned: u32,
    /// Open with something unread.
    pub unread: u32,
    /// Completed.
    pub closed: u32,
    /// All.
    pub all: u32,
}

/// The answer to a [`RowQuery`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct RowPage {
    /// The page's rows, the latest first.
    pub rows: Vec<InboxRow>,
    /// Rows that match, over all pages.
    pub total: u32,
    /// Rows of each filter, whatever the query's words.
    pub counts: RowCounts,
}

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

    pub(super) fn contact(&self, id: Option<ContactId>) -> Option<&ContactRow> {
        match &self.rows.get(&DocumentId::Contact(id?))?.row {
            Row::Contact(row) => Some(row),
            Row::Conversation(_) => None,
        }
    }

    /// Answers a query for a member.
    pub(super) fn query(
        &self,
        query: &RowQuery,
        member: Option<&MemberId>,
        waits: impl Fn(DocumentId) -> bool,
    ) -> RowPage {
        let words: Vec<String> = query
            .search
            .split_whitespace()
            .map(str::to_lowercase)
            .collect();
        let mut counts = RowCounts::default();
        let mut found: Vec<(&ConversationRow, u32)> = Vec::new();
        for stored in self.rows.values() {
            let Row::Conversation(row) = &stored.row else {
                continue;
            };
            if row.contact.is_none() {
                continue;
            }
            let unread = member.map_or(0, |member| row.unread(member));
            counts.add(row, member, unread);
            if matches(query.filter, row, member, unread) && self.says(row, &words) {
                found.push((row, unread));
            }
        }
        found.sort_unstable_by_key(|(row, _)| std::cmp::Reverse((row.at, row.id)));
        let total = u32::try_from(found.len()).unwrap_or(u32::MAX);
        let page = found
            .into_iter()
            .skip(query.offset as usize)
            .take(query.limit as usize);
        let rows = page
            .map(|(row, unread)| {
                let contact = self.contact(row.contact);
                InboxRow {
                    name: contact
                        .map(|contact| contact.name.clone())
                        .unwrap_or_default(),
                    company: contact
                        .map(|contact| contact.company.clone())
                        .unwrap_or_default(),
                    unread,
                    waiting: waits(row.id.into()),
                    row: row.clone(),
                }
            })
            .collect();
        RowPage {
            rows,
            total,
            counts,
        }
    }

    /// Whether every word is somewhere in the row.
    fn says(&self, row: &ConversationRow, words: &[String]) -> bool {
        if words.is_empty() {
            return true;
        }
        let mut text = format!("{} {}", row.subject, row.tags.join(" "));
        if let Some(contact) = self.contact(row.contact) {
            text.extend([" ", &contact.name, " ", &contact.company]);
        }
        if let Some(last) = &row.last {
            text.extend([" ", &last.text]);
        }
        let text = text.to_lowercase();
        words.iter().all(|word| text.contains(word.as_str()))
    }
}

fn matches(
    filter: RowFilter,
    row: &ConversationRow,
    member: Option<&MemberId>,
    unread: u32,
) -> bool {
    let open = row.status == ConversationStatus::Open;
    match filter {
        RowFilter::Open => open,
        RowFilter::Mine => open && member.is_some() && row.owner.as_ref() == member,
        RowFilter::Unassigned => open && row.owner.is_none(),
        RowFilter::Unread => open && unread > 0,
        RowFilter::Closed => !open,
        RowFilter::All => true,
    }
}

impl RowCounts {
    fn add(&mut self, row: &ConversationRow, member: Option<&MemberId>, unread: u32) {
        for (filter, count) in [
            (RowFilter::Open, &mut self.open),
            (RowFilter::Mine, &mut self.mine),
            (RowFilter::Unassigned, &mut self.unassigned),
            (RowFilter::Unread, &mut self.unread),
            (RowFilter::Closed, &mut self.closed),
            (RowFilter::All, &mut self.all),
        ] {
            *count += u32::from(matches(filter, row, member, unread));
        }
    }
}

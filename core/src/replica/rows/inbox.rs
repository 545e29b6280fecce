//! The inbox list.

use std::cmp::Reverse;

use serde::{Deserialize, Serialize};

use super::{RowIndex, Words, admits, admits_some};
use crate::id::{DocumentId, MemberId};
use crate::model::{ConversationRow, ConversationStatus, RowFilter, RowQuery, RowSort};
use crate::time::Timestamp;

/// A row ready to draw: the contact's name joined in, unread worked out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct InboxRow {
    /// The conversation's row.
    #[serde(flatten)]
    pub row: ConversationRow,
    /// The contact's name, or the address of an unlinked conversation; empty where unknown.
    pub name: String,
    /// The contact's company; empty where unknown.
    pub company: String,
    /// The contact's type; empty where unknown.
    pub contact_type: String,
    /// Inbound interactions the member has not read.
    pub unread: u32,
    /// Whether a note mentions the member since they last read.
    pub mentioned: bool,
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
    /// In the inbox and the member's.
    pub mine: u32,
    /// In the inbox and nobody's.
    pub unassigned: u32,
    /// In the inbox with something unread.
    pub unread: u32,
    /// With a mention since the member last read.
    pub mentioned: u32,
    /// Starred by the member.
    pub starred: u32,
    /// Snoozed.
    pub snoozed: u32,
    /// Completed.
    pub closed: u32,
    /// Unwanted.
    pub spam: u32,
    /// With people that nobody saved.
    pub unlinked: u32,
    /// All.
    pub all: u32,
}

/// The answer to a [`RowQuery`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct RowPage {
    /// The page's rows, in the query's order.
    pub rows: Vec<InboxRow>,
    /// Rows that match, over all pages.
    pub total: u32,
    /// Rows of each filter, whatever else the query asks.
    pub counts: RowCounts,
}

/// What a filter asks of a row, worked out once.
struct Facts {
    /// Open, not snoozed and wanted.
    inbox: bool,
    mine: bool,
    unread: u32,
    mentioned: bool,
    starred: bool,
    snoozed: bool,
}

impl Facts {
    fn of(row: &ConversationRow, member: Option<&MemberId>, now: Timestamp) -> Self {
        let open = row.status == ConversationStatus::Open;
        let snoozed = open && row.snoozed_until.is_some_and(|until| until > now);
        let read = member.and_then(|member| row.read.get(member));
        let mentioned = member.and_then(|member| row.mentions.get(member));
        Self {
            inbox: open && !snoozed && !row.spam,
            mine: member.is_some() && row.owner.as_ref() == member,
            unread: member.map_or(0, |member| row.unread(member)),
            mentioned: mentioned.is_some_and(|at| read.is_none_or(|read| read < at)),
            starred: member.is_some_and(|member| row.starred.contains(member)),
            snoozed,
        }
    }

    fn matches(&self, filter: RowFilter, row: &ConversationRow) -> bool {
        match filter {
            RowFilter::Open => self.inbox,
            RowFilter::Mine => self.inbox && self.mine,
            RowFilter::Unassigned => self.inbox && row.owner.is_none(),
            RowFilter::Unread => self.inbox && self.unread > 0,
            RowFilter::Mentioned => self.mentioned,
            RowFilter::Starred => self.starred,
            RowFilter::Snoozed => self.snoozed,
            RowFilter::Closed => row.status == ConversationStatus::Closed,
            RowFilter::Spam => row.spam,
            RowFilter::Unlinked => row.contact.is_none(),
            RowFilter::All => true,
        }
    }
}

impl RowIndex {
    /// Answers a query for a member.
    pub(in crate::replica) fn query(
        &self,
        query: &RowQuery,
        member: Option<&MemberId>,
        waits: impl Fn(DocumentId) -> bool,
    ) -> RowPage {
        let words = Words::of(&query.search);
        let contact = query.contact.map(|id| self.resolve(id));
        let mut counts = RowCounts::default();
        let mut found: Vec<(&ConversationRow, Facts)> = Vec::new();
        for row in self.conversations() {
            let facts = Facts::of(row, member, query.now);
            counts.add(row, &facts);
            let of_contact = contact.is_none() || row.contact.map(|id| self.resolve(id)) == contact;
            if of_contact
                && facts.matches(query.filter, row)
                && self.narrows(query, row)
                && self.says(row, &words)
            {
                found.push((row, facts));
            }
        }
        sort(&mut found, query.sort);
        let total = u32::try_from(found.len()).unwrap_or(u32::MAX);
        let page = found
            .into_iter()
            .skip(query.offset as usize)
            .take(query.limit as usize);
        let rows = page
            .map(|(row, facts)| {
                let contact = self.contact(row.contact.map(|id| self.resolve(id)));
                InboxRow {
                    name: self.name(row),
                    company: contact.map(|it| it.company.clone()).unwrap_or_default(),
                    contact_type: contact
                        .map(|it| it.contact_type.clone())
                        .unwrap_or_default(),
                    unread: facts.unread,
                    mentioned: facts.mentioned,
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

    /// Whether a row fits every list of the query.
    fn narrows(&self, query: &RowQuery, row: &ConversationRow) -> bool {
        let contact = || self.contact(row.contact);
        admits_some(&query.channels, row.channel.as_ref())
            && admits_some(&query.owners, row.owner.as_ref())
            && admits_some(&query.teams, row.team.as_ref())
            && admits(&query.priorities, &row.priority)
            && (query.tags.is_empty() || query.tags.iter().any(|tag| row.tags.contains(tag)))
            && (query.contact_types.is_empty()
                || admits_some(&query.contact_types, contact().map(|it| &it.contact_type)))
    }

    /// Whether every word is somewhere in the row.
    fn says(&self, row: &ConversationRow, words: &Words) -> bool {
        let contact = self.contact(row.contact);
        let of_contact = contact.into_iter().flat_map(|it| {
            let addresses = it
                .identities
                .iter()
                .map(|identity| identity.address.as_str());
            [it.name.as_str(), &it.company, &it.email, &it.phone]
                .into_iter()
                .chain(addresses)
        });
        let identity = row.identity.iter().map(|it| it.address.as_str());
        let last = row.last.iter().map(|last| last.text.as_str());
        let tags = row.tags.iter().map(String::as_str);
        let subject = std::iter::once(row.subject.as_str());
        words.are_in(
            subject
                .chain(of_contact)
                .chain(identity)
                .chain(last)
                .chain(tags),
        )
    }
}

fn sort(found: &mut [(&ConversationRow, Facts)], by: RowSort) {
    match by {
        RowSort::Newest => found.sort_unstable_by_key(|(row, _)| Reverse((row.at, row.id))),
        RowSort::Oldest => found.sort_unstable_by_key(|(row, _)| (row.at, row.id)),
        RowSort::Waiting => found.sort_unstable_by_key(|(row, _)| {
            (
                row.awaiting.is_none(),
                row.awaiting,
                Reverse(row.at),
                row.id,
            )
        }),
        RowSort::Priority => {
            found.sort_unstable_by_key(|(row, _)| Reverse((row.priority, row.at, row.id)));
        }
    }
}

impl RowCounts {
    fn add(&mut self, row: &ConversationRow, facts: &Facts) {
        for (filter, count) in [
            (RowFilter::Open, &mut self.open),
            (RowFilter::Mine, &mut self.mine),
            (RowFilter::Unassigned, &mut self.unassigned),
            (RowFilter::Unread, &mut self.unread),
            (RowFilter::Mentioned, &mut self.mentioned),
            (RowFilter::Starred, &mut self.starred),
            (RowFilter::Snoozed, &mut self.snoozed),
            (RowFilter::Closed, &mut self.closed),
            (RowFilter::Spam, &mut self.spam),
            (RowFilter::Unlinked, &mut self.unlinked),
            (RowFilter::All, &mut self.all),
        ] {
            *count += u32::from(facts.matches(filter, row));
        }
    }
}

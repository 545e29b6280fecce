//! The list of contacts, and who may be the same person twice.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{RowIndex, Words, admits, fold, page};
use crate::id::ContactId;
use crate::model::{ContactRow, ContactStatus};
use crate::time::Timestamp;

/// The order of a list of contacts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "snake_case")]
pub enum ContactSort {
    /// By name.
    #[default]
    Name,
    /// Who was last in touch comes first.
    Recent,
}

/// A question to the list of contacts. A list that is empty lets all pass,
/// but archived contacts show only where they are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct ContactQuery {
    /// Contact types.
    pub types: Vec<String>,
    /// Statuses; with none, all but archived.
    pub statuses: Vec<ContactStatus>,
    /// Tags; one has to fit.
    pub tags: Vec<String>,
    /// Only those that a member saved, or only the others.
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub saved: Option<bool>,
    /// Words to find in name, company, addresses and tags.
    pub search: String,
    /// The order.
    pub sort: ContactSort,
    /// Contacts to skip.
    pub offset: u32,
    /// Contacts to return at most.
    pub limit: u32,
}

/// A contact ready to draw.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct ContactListRow {
    /// The contact.
    #[serde(flatten)]
    pub contact: ContactRow,
    /// Conversations with it and its aliases.
    pub conversations: u32,
    /// When something last happened with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub last_at: Option<Timestamp>,
}

/// The answer to a [`ContactQuery`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct ContactPage {
    /// The page's contacts. Aliases are left out.
    pub contacts: Vec<ContactListRow>,
    /// Contacts that match, over all pages.
    pub total: u32,
}

/// A contact that may be the same person as another one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct Duplicate {
    /// The other contact.
    pub contact: ContactRow,
    /// What they share: `email`, `phone`, `identity` or `name`.
    pub reason: String,
}

impl RowIndex {
    /// Answers a question to the list of contacts.
    pub(in crate::replica) fn contact_list(&self, query: &ContactQuery) -> ContactPage {
        let words = Words::of(&query.search);
        let mut touched: BTreeMap<ContactId, (u32, Timestamp)> = BTreeMap::new();
        for row in self.conversations() {
            if let Some(id) = row.contact {
                let entry = touched.entry(self.resolve(id)).or_default();
                *entry = (entry.0 + 1, entry.1.max(row.at));
            }
        }
        let mut found: Vec<ContactListRow> = self
            .contacts()
            .filter(|row| row.merged_into.is_none() && query.narrows(row) && says(row, &words))
            .map(|row| {
                let touched = touched.get(&row.id);
                ContactListRow {
                    contact: row.clone(),
                    conversations: touched.map_or(0, |(count, _)| *count),
                    last_at: touched.map(|(_, at)| *at),
                }
            })
            .collect();
        match query.sort {
            ContactSort::Name => {
                found.sort_by_cached_key(|row| (fold(&row.contact.name), row.contact.id));
            }
            ContactSort::Recent => {
                found.sort_by_key(|row| Reverse((row.last_at, row.contact.id)));
            }
        }
        let (contacts, total) = page(found, query.offset, query.limit);
        ContactPage { contacts, total }
    }

    /// Contacts that may be the same person as `id`. They are suggested; a
    /// member merges them, nothing does it by itself (spec §5).
    pub(in crate::replica) fn duplicates(&self, id: ContactId) -> Vec<Duplicate> {
        let Some(one) = self.contact(Some(id)) else {
            return Vec::new();
        };
        let others = self
            .contacts()
            .filter(|other| other.id != id && other.merged_into.is_none());
        let duplicate = |other: &ContactRow| {
            Some(Duplicate {
                reason: shared(one, other)?.to_owned(),
                contact: other.clone(),
            })
        };
        others.filter_map(duplicate).take(20).collect()
    }
}

/// What two contacts share that two people rarely do.
fn shared(one: &ContactRow, other: &ContactRow) -> Option<&'static str> {
    let same = |a: &str, b: &str| !a.is_empty() && fold(a) == fold(b);
    let digits = |text: &str| -> String { text.chars().filter(char::is_ascii_digit).collect() };
    let phone = digits(&one.phone);
    if same(&one.email, &other.email) {
        Some("email")
    } else if phone.len() >= 6 && phone == digits(&other.phone) {
        Some("phone")
    } else if one
        .identities
        .iter()
        .any(|it| other.identities.contains(it))
    {
        Some("identity")
    } else if same(&one.name, &other.name) && one.name.contains(' ') {
        Some("name")
    } else {
        None
    }
}

fn says(row: &ContactRow, words: &Words) -> bool {
    let addresses = row
        .identities
        .iter()
        .map(|identity| identity.address.as_str());
    let tags = row.tags.iter().map(String::as_str);
    words.are_in(
        [row.name.as_str(), &row.company, &row.email, &row.phone]
            .into_iter()
            .chain(addresses)
            .chain(tags),
    )
}

impl ContactQuery {
    fn narrows(&self, row: &ContactRow) -> bool {
        let status = if self.statuses.is_empty() {
            row.status != ContactStatus::Archived
        } else {
            self.statuses.contains(&row.status)
        };
        status
            && admits(&self.types, &row.contact_type)
            && self.saved.is_none_or(|saved| row.saved == saved)
            && (self.tags.is_empty() || self.tags.iter().any(|tag| row.tags.contains(tag)))
    }
}

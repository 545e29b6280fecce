//! The Log page: what has happened, in the whole workspace (spec F0.3, F4.6).

use std::cmp::Reverse;

use serde::{Deserialize, Serialize};

use super::{RowIndex, Words, admits, admits_some, page};
use crate::id::{ContactId, ConversationId, MemberId};
use crate::model::{TopicMark, TopicOrigin, TopicStatus};
use crate::time::Timestamp;

/// A question to the log. A list that is empty lets all pass.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct TopicQuery {
    /// Purposes.
    pub purposes: Vec<String>,
    /// Owners.
    pub owners: Vec<MemberId>,
    /// Statuses.
    pub statuses: Vec<TopicStatus>,
    /// What they were logged from.
    pub origins: Vec<TopicOrigin>,
    /// Topics that began at this moment or later.
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub from: Option<Timestamp>,
    /// Topics that began before this moment.
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub to: Option<Timestamp>,
    /// Topics with this contact and its aliases alone.
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub contact: Option<ContactId>,
    /// Words to find in subject, summary and contact.
    pub search: String,
    /// Topics to skip.
    pub offset: u32,
    /// Topics to return at most.
    pub limit: u32,
}

/// A topic ready to draw.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct TopicRow {
    /// The topic.
    #[serde(flatten)]
    pub topic: TopicMark,
    /// Its conversation.
    pub conversation: ConversationId,
    /// The conversation's contact.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub contact: Option<ContactId>,
    /// The contact's name.
    pub name: String,
}

/// The answer to a [`TopicQuery`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct TopicPage {
    /// The page's topics, the latest first.
    pub topics: Vec<TopicRow>,
    /// Topics that match, over all pages.
    pub total: u32,
}

impl RowIndex {
    /// Answers a question to the log.
    pub(in crate::replica) fn topics(&self, query: &TopicQuery) -> TopicPage {
        let words = Words::of(&query.search);
        let contact = query.contact.map(|id| self.resolve(id));
        let mut found = Vec::new();
        for row in self.conversations() {
            if contact.is_some() && row.contact.map(|id| self.resolve(id)) != contact {
                continue;
            }
            let name = self.name(row);
            for topic in row.topics.iter().filter(|topic| query.narrows(topic)) {
                if words.are_in([topic.subject.as_str(), &topic.summary, &name]) {
                    found.push(TopicRow {
                        topic: topic.clone(),
                        conversation: row.id,
                        contact: row.contact,
                        name: name.clone(),
                    });
                }
            }
        }
        found.sort_by_key(|row| Reverse((row.topic.start, row.topic.id)));
        let (topics, total) = page(found, query.offset, query.limit);
        TopicPage { topics, total }
    }
}

impl TopicQuery {
    fn narrows(&self, topic: &TopicMark) -> bool {
        admits(&self.purposes, &topic.purpose)
            && admits(&self.statuses, &topic.status)
            && admits(&self.origins, &topic.origin)
            && admits_some(&self.owners, topic.owner.as_ref())
            && self.from.is_none_or(|from| topic.start >= from)
            && self.to.is_none_or(|to| topic.start < to)
    }
}

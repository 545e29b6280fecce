//! One connection: who it is, how much it may ask for, what it follows.

use std::collections::{BTreeMap, BTreeSet};

use super::pay::SESSION;
use super::port::{Client, Grant};
use crate::id::{ConversationId, DocumentId};
use crate::model::Member;
use crate::sync::bucket::Bucket;
use crate::sync::frame::{Hello, Whereabouts};
use crate::time::Timestamp;

/// Where a connection stands.
#[derive(Debug)]
pub(super) enum Stage {
    /// Nothing was said yet; the moment it was opened.
    Silent(Timestamp),
    /// The token of its `hello` is being verified.
    Verifying(Hello),
    /// The member is known.
    Live(Box<Live>),
    /// `bye` was sent; what still arrives is ignored.
    Ended,
}

/// How far a session is with the rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Feed {
    /// It has rows that this server has not heard of, if it speaks the truth:
    /// the log is read first.
    Ahead,
    /// A page is being read; `moved` when a commit came meanwhile.
    Reading {
        /// Whether what is being read may lack the latest commit.
        moved: bool,
    },
    /// Every commit's rows are sent as they come.
    Following,
    /// The session's program knows no rows.
    Off,
}

/// A session with a member.
#[derive(Debug)]
pub(super) struct Live {
    pub(super) member: Member,
    pub(super) expires: Timestamp,
    pub(super) client: Client,
    pub(super) feed: Feed,
    /// The sequence number up to which it has every row.
    pub(super) cursor: u64,
    /// Documents it asked for.
    pub(super) open: BTreeSet<DocumentId>,
    /// Where its member is.
    pub(super) here: BTreeMap<ConversationId, Whereabouts>,
    pub(super) bucket: Bucket,
}

impl Live {
    pub(super) fn new(now: Timestamp, grant: Grant) -> Self {
        Self {
            member: grant.member,
            expires: grant.expires,
            client: grant.client,
            feed: match grant.client {
                Client::Native => Feed::Reading { moved: false },
                Client::Repo { .. } => Feed::Off,
            },
            cursor: 0,
            open: BTreeSet::new(),
            here: BTreeMap::new(),
            bucket: Bucket::full(SESSION, now),
        }
    }

    /// Whether a document is of a kind that the session may have at all.
    pub(super) fn admits(&self, doc: DocumentId) -> bool {
        !matches!(doc, DocumentId::Free(_)) || self.client == Client::Repo { free: true }
    }
}

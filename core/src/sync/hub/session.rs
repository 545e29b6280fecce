//! One connection: who it is, how much it may ask for, what it follows.

use std::collections::{BTreeMap, BTreeSet};

use super::port::{Client, Grant};
use crate::id::{ConversationId, DocumentId};
use crate::limits;
use crate::model::Member;
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
    bucket: Bucket,
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
            bucket: Bucket::full(now),
        }
    }

    /// Whether a document is of a kind that the session may have at all.
    pub(super) fn admits(&self, doc: DocumentId) -> bool {
        !matches!(doc, DocumentId::Free(_)) || self.client == Client::Repo { free: true }
    }

    /// Pays for a frame with that many changes. `Err` holds the milliseconds
    /// until it could be paid.
    pub(super) fn pay(&mut self, now: Timestamp, changes: usize) -> Result<(), u64> {
        self.bucket.take(now, changes.max(1) as u64)
    }
}

/// A token bucket that counts thousandths, so that it fills by milliseconds.
#[derive(Debug)]
struct Bucket {
    thousandths: u64,
    at: Timestamp,
}

const BURST: u64 = limits::PUSH_BURST as u64 * 1_000;
const PER_MILLISECOND: u64 = limits::PUSH_PER_SECOND as u64;

impl Bucket {
    fn full(now: Timestamp) -> Self {
        Self {
            thousandths: BURST,
            at: now,
        }
    }

    fn take(&mut self, now: Timestamp, count: u64) -> Result<(), u64> {
        // A clock that was set back fills nothing and takes nothing away.
        let passed = now.as_millis().saturating_sub(self.at.as_millis()).max(0);
        let gained = (passed as u64).saturating_mul(PER_MILLISECOND);
        self.thousandths = self.thousandths.saturating_add(gained).min(BURST);
        self.at = now;
        let price = count.saturating_mul(1_000);
        if price <= self.thousandths {
            self.thousandths -= price;
            return Ok(());
        }
        Err((price - self.thousandths).div_ceil(PER_MILLISECOND))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_says_when_it_can_pay_again() {
        let mut bucket = Bucket::full(Timestamp::from_millis(0));
        let burst = u64::from(limits::PUSH_BURST);
        assert_eq!(bucket.take(Timestamp::from_millis(0), burst), Ok(()));
        let wait = bucket.take(Timestamp::from_millis(0), 10).unwrap_err();
        assert!(wait > 0);
        let later = Timestamp::from_millis(i64::try_from(wait).unwrap());
        assert_eq!(bucket.take(later, 10), Ok(()));
        assert!(bucket.take(later, 10).is_err());
    }
}

//! Tokens taken back before their time: one by its id, or all that a member
//! has so far.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use threadline_core::id::MemberId;
use threadline_core::time::Timestamp;

use super::claims::{Claims, from_seconds};
use crate::limits;

/// What is taken back.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
pub(crate) enum Target {
    /// The token with this `jti`.
    Jti(String),
    /// Every token of the member that does not say (`iat`) that it was signed
    /// later.
    Member(MemberId),
}

/// One of them, as storage keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Revocation {
    /// What is taken back.
    pub(crate) target: Target,
    /// When.
    pub(crate) at: Timestamp,
    /// When no such token can be valid any more, so that this is forgotten:
    /// tokens may end as far ahead as is allowed, by a clock that is not ours.
    pub(crate) until: Timestamp,
}

impl Revocation {
    /// Takes something back now. `longest_life` is that of tokens, in seconds.
    pub(crate) fn new(target: Target, now: Timestamp, longest_life: u64) -> Self {
        let life = longest_life.saturating_add(limits::CLOCK_SKEW_SECONDS);
        let life = i64::try_from(life.saturating_mul(1_000)).unwrap_or(i64::MAX);
        Self {
            target,
            at: now,
            until: now.plus_millis(life),
        }
    }
}

/// Everything that is taken back in one workspace.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Revoked {
    tokens: BTreeSet<String>,
    members: BTreeMap<MemberId, Timestamp>,
}

impl Revoked {
    /// Takes one more back.
    pub(crate) fn add(&mut self, revocation: &Revocation) {
        match &revocation.target {
            Target::Jti(jti) => {
                self.tokens.insert(jti.clone());
            }
            Target::Member(member) => {
                let at = self.members.entry(member.clone()).or_insert(revocation.at);
                *at = (*at).max(revocation.at);
            }
        }
    }

    /// Whether a token is worth nothing any more.
    pub(crate) fn covers(&self, claims: &Claims) -> bool {
        let later = |at: &Timestamp| claims.iat.is_some_and(|iat| from_seconds(iat) > *at);
        self.tokens.contains(&claims.jti)
            || self.members.get(&claims.sub).is_some_and(|at| !later(at))
    }
}

impl FromIterator<Revocation> for Revoked {
    fn from_iter<I: IntoIterator<Item = Revocation>>(revocations: I) -> Self {
        let mut revoked = Self::default();
        for revocation in revocations {
            revoked.add(&revocation);
        }
        revoked
    }
}

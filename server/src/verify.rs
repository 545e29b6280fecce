//! Whether storage is what it was when it was written: the audit chain, the
//! log under it, and what is computed from the log. Reads only, a little at a
//! time, so that it runs beside a server.

use std::collections::BTreeSet;
use std::fmt;

use threadline_core::error::{Code, Refusal};
use threadline_core::guard;
use threadline_core::id::{DocumentId, WorkspaceId};

use crate::store::{Audited, Store};
use crate::{limits, summary};

/// What was looked through.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Verified {
    /// Workspaces.
    pub(crate) workspaces: usize,
    /// Links of their audit chains, each with its change.
    pub(crate) changes: u64,
    /// Documents, each with its row.
    pub(crate) documents: usize,
}

impl fmt::Display for Verified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Verified {
            workspaces,
            changes,
            documents,
        } = self;
        write!(
            f,
            "whole: {changes} changes in {documents} documents of {workspaces} workspaces"
        )
    }
}

/// Why storage does not verify.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The first thing that is not as it should be.
    Differs {
        /// Where: a workspace, and in it a sequence number or a document.
        place: String,
        /// What is wrong there.
        what: String,
    },
    /// Storage could not be read; the cause is in the log.
    Unreadable(Refusal),
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Differs { place, what } => write!(f, "{place}: {what}"),
            Failure::Unreadable(refusal) => write!(f, "{refusal}"),
        }
    }
}

impl std::error::Error for Failure {}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Failure::Unreadable(refusal)
    }
}

fn differs<T>(place: impl fmt::Display, what: impl Into<String>) -> Result<T, Failure> {
    Err(Failure::Differs {
        place: place.to_string(),
        what: what.into(),
    })
}

/// Looks through everything, and stops at the first difference.
pub(crate) fn verify(store: &dyn Store) -> Result<Verified, Failure> {
    if let Some(damage) = store.damage()? {
        return differs("the database", damage);
    }
    let stale = stale(store)?;
    let mut verified = Verified::default();
    for workspace in store.workspaces()? {
        verified.workspaces += 1;
        verified.changes += chain(store, &workspace)?;
        for doc in store.documents(&workspace)? {
            let dated = stale.contains(&(workspace.clone(), doc));
            document(store, &workspace, doc, !dated)?;
            verified.documents += 1;
        }
    }
    Ok(verified)
}

/// Documents whose row another version of the program computed; a server of
/// this version computes it anew when it starts.
fn stale(store: &dyn Store) -> Result<BTreeSet<(WorkspaceId, DocumentId)>, Refusal> {
    let mut all = BTreeSet::new();
    let mut after = 0;
    loop {
        let page = store.stale(after, limits::VERIFY_PAGE)?;
        let Some(last) = page.last() else {
            return Ok(all);
        };
        after = last.key;
        all.extend(page.into_iter().map(|stale| (stale.workspace, stale.doc)));
    }
}

/// Recomputes a workspace's chain and compares every change with it. Returns
/// its length.
fn chain(store: &dyn Store, workspace: &WorkspaceId) -> Result<u64, Failure> {
    // Read first: what a running server appends meanwhile lies behind it.
    let end = store.chain_end(workspace)?;
    let (mut seq, mut digest) = (0, Vec::new());
    loop {
        let page = store.audited(workspace, seq, limits::VERIFY_PAGE)?;
        if page.is_empty() {
            break;
        }
        for row in page {
            seq += 1;
            let place = format!("{workspace}, change {seq}");
            digest = link(&place, seq, &digest, &row)?;
            if seq == end.seq && digest != end.digest {
                return differs(
                    place,
                    "the chain does not end in the workspace's last digest",
                );
            }
        }
    }
    if seq < end.seq {
        let what = format!("the audit ends here, the log at change {}", end.seq);
        return differs(format!("{workspace}, change {seq}"), what);
    }
    if let Some((doc, seq)) = store.unaudited(workspace)? {
        let what = format!("it is in the log of {doc}, and the audit has no row for it");
        return differs(format!("{workspace}, change {seq}"), what);
    }
    Ok(seq)
}

/// Checks one row after the digest `previous`; returns its own.
fn link(place: &str, seq: u64, previous: &[u8], row: &Audited) -> Result<Vec<u8>, Failure> {
    if row.seq != seq {
        return differs(
            place,
            format!("the next audit row is that of change {}", row.seq),
        );
    }
    let recomputed = row.link(previous);
    if row.digest != recomputed {
        return differs(
            place,
            "the audit row's digest is not that of the row and those before",
        );
    }
    let Some((bytes, owner)) = &row.change else {
        if row.erased {
            return Ok(recomputed);
        }
        return differs(place, format!("the log of {} lacks it", row.doc));
    };
    if guard::hash(bytes).as_slice() != row.hash {
        return differs(
            place,
            format!("its bytes in the log of {} are others", row.doc),
        );
    }
    if *owner != row.member {
        let what = format!("its actor is {owner}'s, the audit names {}", row.member);
        return differs(place, what);
    }
    Ok(recomputed)
}

/// Loads a document and compares its row, if that is one of this program's.
fn document(
    store: &dyn Store,
    workspace: &WorkspaceId,
    doc: DocumentId,
    with_row: bool,
) -> Result<(), Failure> {
    let place = format!("{workspace}, {doc}");
    // A running server may append between the two readings.
    for _ in 0..limits::VERIFY_ATTEMPTS {
        let stored = match store.load(workspace, doc) {
            Ok(stored) => stored.unwrap_or_default(),
            Err(refusal) if refusal.code == Code::Quarantined => {
                return differs(place, refusal.to_string());
            }
            Err(refusal) => return Err(refusal.into()),
        };
        // One that only channels or texts have named.
        if stored.changes.is_empty() {
            return Ok(());
        }
        let row = store.row_entry(workspace, doc)?;
        if row.as_ref().is_some_and(|row| row.seq > stored.seq) {
            continue;
        }
        let computed = match guard::contained(|| summary::compute(doc, &stored)) {
            Some(Ok(computed)) => computed.map(|(row, _)| row),
            Some(Err(what)) => return differs(place, what),
            None => return differs(place, "loading it panics"),
        };
        return match (&row, &computed) {
            (None, Some(_)) => differs(place, "it has no row that can be read"),
            _ if row == computed || !with_row => Ok(()),
            _ => differs(place, "its row is not what the document says"),
        };
    }
    Err(Refusal::new(Code::Unavailable, format!("{doc} never rests long enough.")).into())
}

//! Work that fails here and may only be early: it needs what another server has
//! stored, and this one has not heard of it. A client that changes servers is
//! often faster than the hint of what it did last, and whoever asks the API twice
//! may ask two servers. Such work is not refused before the log was read to its
//! end; then it is done again, and what it comes to counts.
//!
//! So is what its author may not do, for they may have been allowed to when
//! another server stored it: what is stored is acknowledged, not refused.

use std::collections::{BTreeSet, HashSet};

use automerge::ChangeHash;

use super::Hub;
use super::work::Work;
use crate::document::Document;
use crate::id::DocumentId;
use crate::model::{Member, Role};

impl Work {
    /// Whether it has waited for the log once: what is not here then is nowhere.
    pub(super) fn has_waited(&self) -> bool {
        match self {
            Work::Push { waited, .. } | Work::Execute { waited, .. } => *waited,
            Work::Open { .. } => false,
        }
    }

    fn wait(&mut self, has_waited: bool) {
        match self {
            Work::Push { waited, .. } | Work::Execute { waited, .. } => *waited = has_waited,
            Work::Open { .. } => {}
        }
    }
}

/// The places of those pushes that build on changes which neither the document
/// nor a push before them has, or whose author may not write there, and which have
/// not waited. Such a push waits as a whole, and so does what builds on it.
pub(super) fn lacking(
    doc: DocumentId,
    document: &mut Document,
    pushes: &[Work],
) -> BTreeSet<usize> {
    let mut brought: HashSet<ChangeHash> = HashSet::new();
    let mut lacking = BTreeSet::new();
    for (place, push) in pushes.iter().enumerate() {
        let Work::Push {
            changes, member, ..
        } = push
        else {
            continue;
        };
        let changes = || changes.iter().map(|incoming| incoming.change());
        let own: HashSet<ChangeHash> = changes().map(automerge::Change::hash).collect();
        let mut deps = changes().flat_map(automerge::Change::deps);
        let mut whole =
            || deps.all(|dep| own.contains(dep) || brought.contains(dep) || document.has(dep));
        if push.has_waited() || (may_write(member, doc) && whole()) {
            brought.extend(own);
        } else {
            lacking.insert(place);
        }
    }
    lacking
}

/// Whether nothing in a document is refused for what its author is. The guard
/// decides about each change; this only tells what it may refuse.
fn may_write(member: &Member, doc: DocumentId) -> bool {
    match doc {
        DocumentId::Workspace => member.role == Role::Admin,
        _ => member.role.writes(),
    }
}

impl Hub {
    /// Lets the works in some places wait for the log; returns the others.
    pub(super) fn let_wait(
        &mut self,
        doc: DocumentId,
        works: Vec<Work>,
        places: &BTreeSet<usize>,
    ) -> Vec<Work> {
        let mut done = Vec::with_capacity(works.len());
        for (place, mut work) in works.into_iter().enumerate() {
            if places.contains(&place) {
                work.wait(true);
                self.lacking.push((doc, work));
            } else {
                done.push(work);
            }
        }
        done
    }

    /// Other works of a document are done again: what waits builds on them, maybe,
    /// and follows them as if it had just come.
    pub(super) fn wait_anew(&mut self, doc: DocumentId) {
        let waiting = self.lacking.extract_if(.., |(of, _)| *of == doc);
        for (_, mut work) in waiting.collect::<Vec<_>>().into_iter().rev() {
            work.wait(false);
            self.work.entry(doc).or_default().push_front(work);
        }
    }

    /// Everything in the log is here, or was when the last batch was appended to
    /// it: what waited for that is done again, before all that has come since.
    pub(super) fn do_again(&mut self) {
        for (doc, work) in std::mem::take(&mut self.lacking).into_iter().rev() {
            self.work.entry(doc).or_default().push_front(work);
        }
    }
}

//! Ties a change to what is known: whose it is, that it is its actor's next,
//! and what it may have seen.

use std::collections::HashSet;

use automerge::{Automerge, Change, ChangeHash, ObjId, ReadDoc, Value};

use super::actors::Actors;
use super::chunk::Incoming;
use super::gate::Pending;
use crate::error::{Code, Refusal};
use crate::id::MemberId;
use crate::model::Member;

/// How a change tells whose it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Naming {
    /// Its actor's first change names the author.
    Author,
    /// By its actor alone, which belongs to the member who brings its first
    /// change: other Automerge programs name no author.
    Actor,
}

/// What the author of a change had seen when making it.
pub(super) struct Past {
    /// Changes of the document that it had not; `None` when it had all.
    unseen: Option<HashSet<ChangeHash>>,
    /// Changes of the document behind which lies all that it had of it.
    heads: Vec<ChangeHash>,
    /// Changes of the batch that it had.
    pending: HashSet<ChangeHash>,
}

impl Past {
    pub(super) fn has_pending(&self, change: &ChangeHash) -> bool {
        self.pending.contains(change)
    }

    /// What the author found under a key of a map in the document.
    pub(super) fn get_all<'d>(
        &self,
        doc: &'d Automerge,
        obj: &ObjId,
        key: &str,
    ) -> Vec<(Value<'d>, ObjId)> {
        let found = match &self.unseen {
            None => doc.get_all(obj, key),
            Some(_) => doc.get_all_at(obj, key, &self.heads),
        };
        found.unwrap_or_default()
    }

    /// Whether all of the document had been seen.
    pub(super) fn has_all(&self) -> bool {
        self.unseen.is_none()
    }

    /// Whether an operation of the document had been seen.
    pub(super) fn has_op(&self, doc: &Automerge, op: &ObjId) -> bool {
        doc.hash_for_opid(op)
            .is_some_and(|change| self.has_change(&change))
    }

    fn has_change(&self, change: &ChangeHash) -> bool {
        self.unseen
            .as_ref()
            .is_none_or(|unseen| !unseen.contains(change))
    }
}

/// Checks author, actor, sequence, dependencies and counters.
pub(super) fn check(
    doc: &Automerge,
    actors: &Actors,
    pending: &Pending,
    member: &Member,
    naming: Naming,
    incoming: &Incoming,
) -> Result<Past, Refusal> {
    let past = past(doc, pending, incoming)?;
    check_actor(actors, pending, member, incoming, &past)?;
    check_author(member, naming, incoming.change())?;
    check_counter(doc, actors, pending, incoming)?;
    Ok(past)
}

fn past(doc: &Automerge, pending: &Pending, incoming: &Incoming) -> Result<Past, Refusal> {
    let mut seen = HashSet::new();
    let mut base = Vec::new();
    let mut queue: Vec<ChangeHash> = incoming.change().deps().to_vec();
    while let Some(dep) = queue.pop() {
        if let Some(change) = pending.change(&dep) {
            if seen.insert(dep) {
                queue.extend(change.deps());
            }
        } else if doc.get_change_meta_by_hash(&dep).is_some() {
            base.push(dep);
        } else {
            return Err(missing());
        }
    }
    // Nearly every change was made by somebody who had everything.
    let had_all = doc.get_heads().iter().all(|head| base.contains(head));
    let unseen = (!had_all).then(|| {
        doc.get_changes_meta(&base)
            .into_iter()
            .map(|change| change.hash)
            .collect()
    });
    Ok(Past {
        unseen,
        heads: base,
        pending: seen,
    })
}

fn check_actor(
    actors: &Actors,
    pending: &Pending,
    member: &Member,
    incoming: &Incoming,
    past: &Past,
) -> Result<(), Refusal> {
    let change = incoming.change();
    let id = change.actor_id();
    let known = pending.actor(id).or_else(|| actors.get(id));
    if known.is_some_and(|known| known.member.as_ref() != Some(&member.id)) {
        let text = "The change's actor belongs to another member.";
        return Err(Refusal::new(Code::ForeignActor, text));
    }
    if id.to_bytes().len() != 16 {
        return Err(Refusal::new(Code::BadChange, "An actor has 16 bytes."));
    }
    if change.seq() != known.map_or(1, |known| known.seq + 1) {
        let text = "The change is not its actor's next.";
        return Err(Refusal::new(Code::BadSequence, text));
    }
    // An actor's changes are one line: who gets the second has the first.
    let follows = known.is_none_or(|known| {
        past.has_pending(&known.last) || in_document(pending, past, known.last)
    });
    if !follows {
        return Err(missing());
    }
    Ok(())
}

/// Automerge names the author in an actor's first change and nowhere else.
fn check_author(member: &Member, naming: Naming, change: &Change) -> Result<(), Refusal> {
    let named = change.extra_bytes();
    let fits = match (change.seq(), naming) {
        (1, Naming::Author) => named == author_footer(&member.id),
        (1, Naming::Actor) => named.is_empty() || named == author_footer(&member.id),
        _ => named.is_empty(),
    };
    if fits {
        return Ok(());
    }
    let text = "The change's author is another member.";
    Err(Refusal::new(Code::ForeignAuthor, text))
}

fn in_document(pending: &Pending, past: &Past, change: ChangeHash) -> bool {
    pending.change(&change).is_none() && past.has_change(&change)
}

/// The footer by which an actor's first change names its author, as Automerge
/// writes it: kind 1, length, bytes. A member's id has at most 64 bytes, so the
/// length is one byte.
pub(crate) fn author_footer(member: &MemberId) -> Vec<u8> {
    let name = member.as_str().as_bytes();
    let mut footer = vec![1, name.len() as u8];
    footer.extend_from_slice(name);
    footer
}

/// Whom a change names as its author; only an actor's first change does.
pub fn author(change: &Change) -> Option<MemberId> {
    match change.extra_bytes() {
        [1, length, name @ ..] if name.len() == usize::from(*length) => {
            std::str::from_utf8(name).ok()?.parse().ok()
        }
        _ => None,
    }
}

fn check_counter(
    doc: &Automerge,
    actors: &Actors,
    pending: &Pending,
    incoming: &Incoming,
) -> Result<(), Refusal> {
    let change = incoming.change();
    let start = change.start_op().get();
    let max_op = |dep: &ChangeHash| match pending.change(dep) {
        Some(change) => change.max_op(),
        None => doc
            .get_change_meta_by_hash(dep)
            .map_or(0, |change| change.max_op),
    };
    let floor = change.deps().iter().map(max_op).max().unwrap_or(0);
    let ceiling = actors.max_op().max(pending.max_op()) + 1;
    if start <= floor || start > ceiling {
        let text = "The change's operations are not numbered in sequence.";
        return Err(Refusal::new(Code::BadStartOp, text));
    }
    Ok(())
}

pub(super) fn missing() -> Refusal {
    let text = "The change depends on one that is not here.";
    Refusal::new(Code::MissingDependency, text)
}

//! Ties a change to what is known: whose it is, that it is its actor's next,
//! and what it may have seen.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet, HashSet};

use automerge::legacy::OpId;
use automerge::{ActorId, Automerge, Change, ChangeHash, ObjId, ReadDoc, Value};

use super::actors::Actors;
use super::gate::Pending;
use super::place::op_id;
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

/// What a change builds on.
#[derive(Default)]
pub(super) struct Reach {
    /// Changes of the document, by which it had all that came before them, in
    /// order.
    base: Vec<ChangeHash>,
    /// How far it had each actor's changes of the batch. An actor's changes are
    /// one line, so who had one had those before it.
    batch: BTreeMap<ActorId, u64>,
    /// What was looked at to gather this, in entries.
    work: usize,
}

impl Reach {
    fn of(doc: &Automerge, pending: &Pending, change: &Change) -> Result<Self, Refusal> {
        // Named twice, a dependency would be gathered twice; and nothing is
        // gathered for a change that cannot pass.
        let deps: BTreeSet<&ChangeHash> = change.deps().iter().collect();
        let known = |dep: &ChangeHash| {
            pending.get(dep).is_some() || doc.get_change_meta_by_hash(dep).is_some()
        };
        if !deps.iter().all(|dep| known(dep)) {
            return Err(missing());
        }
        let mut reach = Self::default();
        let mut base = BTreeSet::new();
        for dep in deps {
            reach.work += 1;
            let Some((change, before)) = pending.get(dep) else {
                base.insert(*dep);
                continue;
            };
            reach.work += before.base.len() + before.batch.len();
            base.extend(&before.base);
            for (actor, seq) in &before.batch {
                reach.extend_to(actor, *seq);
            }
            reach.extend_to(change.actor_id(), change.seq());
        }
        reach.base = base.into_iter().collect();
        Ok(reach)
    }

    fn extend_to(&mut self, actor: &ActorId, seq: u64) {
        let known = self.batch.entry(actor.clone()).or_default();
        *known = seq.max(*known);
    }

    fn has(&self, change: &ChangeHash) -> bool {
        self.base.binary_search(change).is_ok()
    }
}

/// What the author of a change had seen when making it.
pub(super) struct Past<'a> {
    doc: &'a Automerge,
    actors: &'a Actors,
    pending: &'a Pending,
    change: &'a Change,
    reach: Reach,
    /// Whether it had all of the document, as nearly every author has.
    has_all: bool,
    /// Changes of the document that it had not. Gathered when something is asked
    /// that does not go without: it takes as long as there are changes.
    unseen: OnceCell<HashSet<ChangeHash>>,
}

impl<'a> Past<'a> {
    /// What the author of `change` had seen; `heads` are the document's.
    pub(super) fn of(
        doc: &'a Automerge,
        heads: &[ChangeHash],
        actors: &'a Actors,
        pending: &'a Pending,
        change: &'a Change,
    ) -> Result<Self, Refusal> {
        let reach = Reach::of(doc, pending, change)?;
        Ok(Self {
            doc,
            actors,
            pending,
            change,
            has_all: heads.iter().all(|head| reach.has(head)),
            reach,
            unseen: OnceCell::new(),
        })
    }

    /// What was looked at to know it, in entries.
    pub(super) fn work(&self) -> usize {
        self.reach.work
    }

    /// Whether a change of the batch had been seen.
    pub(super) fn has_pending(&self, change: &ChangeHash) -> bool {
        let Some((change, _)) = self.pending.get(change) else {
            return false;
        };
        let reached = self.reach.batch.get(change.actor_id());
        reached.is_some_and(|seq| *seq >= change.seq())
    }

    /// What the author found under a key of a map in the document.
    pub(super) fn get_all(&self, obj: &ObjId, key: &str) -> Vec<(Value<'a>, ObjId)> {
        let found = if self.has_all {
            self.doc.get_all(obj, key)
        } else {
            self.doc.get_all_at(obj, key, &self.reach.base)
        };
        found.unwrap_or_default()
    }

    /// What the author found in a text of the document.
    pub(super) fn elements(&self, text: &ObjId) -> HashSet<OpId> {
        let found = if self.has_all {
            self.doc.list_range(text, ..)
        } else {
            self.doc.list_range_at(text, .., &self.reach.base)
        };
        found.filter_map(|element| op_id(&element.id())).collect()
    }

    /// Whether all of the document had been seen.
    pub(super) fn has_all(&self) -> bool {
        self.has_all
    }

    /// Whether an operation of the document had been seen.
    pub(super) fn has_op(&self, op: &ObjId) -> bool {
        let Some(change) = self.doc.hash_for_opid(op) else {
            return false;
        };
        // All that is the author's own was seen with the last of it.
        let own = matches!(op, ObjId::Id(_, actor, _) if actor == self.change.actor_id());
        own || self.actors.genesis() == Some(&change) || self.has_change(&change)
    }

    fn has_change(&self, change: &ChangeHash) -> bool {
        if self.has_all || self.reach.has(change) {
            return true;
        }
        let unseen = self.unseen.get_or_init(|| {
            let unseen = self.doc.get_changes_meta(&self.reach.base);
            unseen.into_iter().map(|change| change.hash).collect()
        });
        !unseen.contains(change)
    }

    pub(super) fn into_reach(self) -> Reach {
        self.reach
    }
}

/// Checks author, actor, sequence, dependencies and counters.
pub(super) fn check(past: &Past<'_>, member: &Member, naming: Naming) -> Result<(), Refusal> {
    check_actor(past, member)?;
    check_author(member, naming, past.change)?;
    check_counter(past)
}

fn check_actor(past: &Past<'_>, member: &Member) -> Result<(), Refusal> {
    let Past {
        actors,
        pending,
        change,
        ..
    } = past;
    let id = change.actor_id();
    let known = pending.actor(id).or_else(|| actors.get(id));
    if known.is_some_and(|known| known.member.as_ref() != Some(&member.id)) {
        let text = "The change's actor belongs to another member.";
        return Err(Refusal::new(Code::ForeignActor, text));
    }
    if change.seq() != known.map_or(1, |known| known.seq + 1) {
        let text = "The change is not its actor's next.";
        return Err(Refusal::new(Code::BadSequence, text));
    }
    // An actor's changes are one line: who gets the second has the first.
    let follows = known.is_none_or(|known| {
        past.has_pending(&known.last)
            || pending.get(&known.last).is_none() && past.has_change(&known.last)
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

fn check_counter(past: &Past<'_>) -> Result<(), Refusal> {
    let Past {
        doc,
        actors,
        pending,
        change,
        ..
    } = past;
    let start = change.start_op().get();
    let max_op = |dep: &ChangeHash| match pending.get(dep) {
        Some((change, _)) => change.max_op(),
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

//! Who writes in a document: each actor belongs to one member and counts its
//! changes without gaps.

use std::collections::{BTreeMap, HashMap};

use automerge::{ActorId, Automerge, Change, ChangeHash};

use crate::erasure;
use crate::id::MemberId;

/// How far an actor has come.
#[derive(Clone, Debug)]
pub(super) struct Actor {
    /// `None` for the actor of the first change, who is nobody.
    pub(super) member: Option<MemberId>,
    pub(super) seq: u64,
    /// Its last change.
    pub(super) last: ChangeHash,
    /// Whether each of its changes says that an erasure wrote it.
    pub(super) erases: bool,
}

impl Actor {
    /// A member's actor whose last change is this one, and as far as that tells.
    pub(super) fn after(change: &Change, member: &MemberId) -> Self {
        Self {
            member: Some(member.clone()),
            seq: change.seq(),
            last: change.hash(),
            erases: erasure::rewrites(change.message()),
        }
    }
}

/// The actors of one document, and the highest operation counter in it.
#[derive(Clone, Debug, Default)]
pub struct Actors {
    actors: HashMap<ActorId, Actor>,
    /// Whose the actors are that have written nothing yet.
    expected: BTreeMap<ActorId, MemberId>,
    /// The change of nobody that all others build on; free documents have none.
    genesis: Option<ChangeHash>,
    max_op: u64,
}

impl Actors {
    /// The actors of a document; `bound` says whose they are, and may say it
    /// of some that are still to come.
    pub fn of(doc: &Automerge, bound: &BTreeMap<ActorId, MemberId>) -> Self {
        let mut all = Self::default();
        for change in doc.get_changes_meta(&[]) {
            let id = change.actor.into_owned();
            let actor = Actor {
                member: bound.get(&id).cloned(),
                seq: change.seq,
                last: change.hash,
                erases: erasure::rewrites(change.message.as_deref()),
            };
            all.advance(id, actor, change.max_op);
        }
        let to_come = |(actor, _): &(&ActorId, &MemberId)| !all.actors.contains_key(*actor);
        let expected = bound.iter().filter(to_come);
        all.expected = expected
            .map(|(actor, member)| (actor.clone(), member.clone()))
            .collect();
        all
    }

    /// A change went in.
    pub fn record(&mut self, change: &Change, member: &MemberId) {
        let actor = Actor::after(change, member);
        self.advance(change.actor_id().clone(), actor, change.max_op());
    }

    fn advance(&mut self, id: ActorId, mut actor: Actor, max_op: u64) {
        self.max_op = self.max_op.max(max_op);
        if actor.member.is_none() {
            self.genesis.get_or_insert(actor.last);
        }
        let known = self.actors.get(&id);
        if known.is_none_or(|known| known.seq < actor.seq) {
            actor.erases &= known.is_none_or(|known| known.erases);
            self.actors.insert(id, actor);
        }
    }

    /// Whether nobody has written anything but this actor in an erasure.
    pub(super) fn are_erased_by(&self, id: &ActorId) -> bool {
        let mut all = self.actors.iter();
        all.all(|(known, it)| it.member.is_none() || known == id && it.erases)
    }

    pub(super) fn get(&self, actor: &ActorId) -> Option<&Actor> {
        self.actors.get(actor)
    }

    /// Whose an actor is that has written nothing yet, where that was said.
    pub(super) fn expected(&self, actor: &ActorId) -> Option<&MemberId> {
        self.expected.get(actor)
    }

    /// The first change, where all others build on it.
    pub(super) fn genesis(&self) -> Option<&ChangeHash> {
        self.genesis.as_ref()
    }

    pub(super) fn max_op(&self) -> u64 {
        self.max_op
    }
}

//! Who writes in a document: each actor belongs to one member and counts its
//! changes without gaps.

use std::collections::{BTreeMap, HashMap};

use automerge::{ActorId, Automerge, Change, ChangeHash};

use crate::id::MemberId;

/// How far an actor has come.
#[derive(Clone, Debug)]
pub(super) struct Actor {
    /// `None` for the actor of the first change, who is nobody.
    pub(super) member: Option<MemberId>,
    pub(super) seq: u64,
    /// Its last change.
    pub(super) last: ChangeHash,
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
            let actor = change.actor.into_owned();
            let member = bound.get(&actor).cloned();
            all.advance(actor, member, change.seq, change.hash, change.max_op);
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
        let actor = change.actor_id().clone();
        let member = Some(member.clone());
        self.advance(actor, member, change.seq(), change.hash(), change.max_op());
    }

    fn advance(
        &mut self,
        actor: ActorId,
        member: Option<MemberId>,
        seq: u64,
        last: ChangeHash,
        max_op: u64,
    ) {
        self.max_op = self.max_op.max(max_op);
        if member.is_none() {
            self.genesis.get_or_insert(last);
        }
        let known = self.actors.get(&actor);
        if known.is_none_or(|known| known.seq < seq) {
            self.actors.insert(actor, Actor { member, seq, last });
        }
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

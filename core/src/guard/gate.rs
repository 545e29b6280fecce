//! The gate of one document for one batch: changes pass one after the other
//! and are applied together, so what passed counts as known for the next.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};

use automerge::legacy::{ObjectId, OpId};
use automerge::{ActorId, Automerge, Change, ChangeHash, ReadDoc};

use super::actors::{Actor, Actors};
use super::causal::{Naming, Past, Reach};
use super::chunk::Incoming;
use super::marks::{Mark, Marks};
use super::place::{Place, Site, Slot, ex_obj};
use super::puts::Puts;
use super::{causal, shape};
use crate::document::schema;
use crate::erasure;
use crate::error::{Code, Refusal};
use crate::id::{DocumentId, MemberId};
use crate::limits;
use crate::model::{Member, Role};

/// Checks changes against a document and each other. What passed is applied, and
/// then its marks are checked ([`Gate::into_marks`]).
pub struct Gate<'a> {
    doc: &'a Automerge,
    heads: Vec<ChangeHash>,
    /// The heads with what passed.
    tips: HashSet<ChangeHash>,
    root: Site,
    actors: &'a Actors,
    pending: Pending,
    /// What was looked at to know what each change builds on, in entries.
    pub(super) work: usize,
}

impl<'a> Gate<'a> {
    /// A gate before a document as it is now.
    pub fn new(id: DocumentId, doc: &'a Automerge, actors: &'a Actors) -> Self {
        let heads = doc.get_heads();
        Self {
            doc,
            tips: heads.iter().copied().collect(),
            heads,
            root: Site::root(schema::of(id)),
            actors,
            pending: Pending::default(),
            work: 0,
        }
    }

    /// Whether what passed must be applied now, and a new gate begun for what
    /// follows. Each change is held against those that wait here, and carries
    /// along what they build on: an author who names many of them in every
    /// change makes that grow with the square of what waits. Nor may more heads
    /// come together than one change can join.
    pub fn is_full(&self) -> bool {
        self.pending.changes.len() >= limits::GATE_CHANGES
            || self.work >= limits::GATE_WORK
            || self.tips.len() > limits::HEADS
    }

    /// What is still to be checked once what passed was applied.
    pub fn into_marks(self) -> Marks {
        self.pending.marks
    }

    /// Whether the change is in the document already, or passed just now.
    pub fn has(&self, incoming: &Incoming) -> bool {
        let hash = incoming.change().hash();
        self.pending.get(&hash).is_some() || self.doc.get_change_meta_by_hash(&hash).is_some()
    }

    /// Lets a member's change pass, or says why not.
    pub fn admit(
        &mut self,
        member: &Member,
        naming: Naming,
        incoming: &Incoming,
    ) -> Result<(), Refusal> {
        self.check(member, naming, incoming, Origin::Author)
    }

    /// Lets a member's change pass that was stored before, and is lost there: it
    /// owes nothing that the programs of its time did not know.
    pub fn admit_again(
        &mut self,
        member: &Member,
        naming: Naming,
        incoming: &Incoming,
    ) -> Result<(), Refusal> {
        self.check(member, naming, incoming, Origin::Storage)
    }

    fn check(
        &mut self,
        member: &Member,
        naming: Naming,
        incoming: &Incoming,
        origin: Origin,
    ) -> Result<(), Refusal> {
        if !member.role.writes() {
            return Err(Refusal::new(Code::Forbidden, "Viewers change nothing."));
        }
        // Every kind but a free document begins with a change that all share.
        let change = incoming.change();
        let free = matches!(self.root.place, Place::Free { .. });
        if change.deps().is_empty() && !free {
            return Err(causal::missing());
        }
        // Other programs name their actors as they like.
        let bytes = change.actor_id().to_bytes().len();
        let named = free && (1..=limits::FREE_ACTOR_BYTES).contains(&bytes);
        if bytes != 16 && !named {
            let text = "The actor's name has not the length of one.";
            return Err(Refusal::new(Code::BadChange, text));
        }
        let past = Past::of(self.doc, &self.heads, self.actors, &self.pending, change)?;
        // What is refused after this was work too.
        self.work += past.work();
        causal::check(&past, member, naming)?;
        let seen = Seen {
            doc: self.doc,
            root: &self.root,
            actors: self.actors,
            pending: &self.pending,
            past: &past,
            origin,
        };
        let shape = shape::check(seen, member, incoming)?;
        let reach = past.into_reach();
        for dep in change.deps() {
            self.tips.remove(dep);
        }
        self.tips.insert(change.hash());
        self.pending.add(member, change, reach, shape);
        Ok(())
    }

    /// Lets a change of somebody who is not here pass, in the name of whom its
    /// actor belongs to, or which it gave itself with its first one, and returns
    /// that name. What the author was allowed at that time nobody can tell any
    /// more, so an admin's rights count, or else a channel's. What an erasure wrote
    /// anew, before anybody else wrote there, says what many had done; whoever
    /// stored it vouches for that.
    pub fn admit_as_author(&mut self, incoming: &Incoming) -> Result<MemberId, Refusal> {
        let change = incoming.change();
        let actor = change.actor_id();
        let known = self.pending.actor(actor).or_else(|| self.actors.get(actor));
        let known = known.and_then(|actor| actor.member.clone());
        let known = known.or_else(|| self.actors.expected(actor).cloned());
        let author = known.or_else(|| causal::author(change)).ok_or_else(|| {
            let text = "The change does not name its author.";
            Refusal::new(Code::ForeignAuthor, text)
        })?;
        let member = |role| Member::new(author.clone(), author.as_str(), role);
        let origin = if self.rewrites(change) {
            Origin::Rewriting
        } else {
            Origin::Storage
        };
        let mut check = |role| self.check(&member(role), Naming::Actor, incoming, origin);
        if let Err(refusal) = check(Role::Admin) {
            check(Role::Service).map_err(|_| refusal)?;
        }
        Ok(author)
    }

    /// Whether an erasure writes the document anew with this change: it says so,
    /// and so does all that is here, of the same actor. Beside what others wrote
    /// the word is anybody's, and gives no more than any other.
    fn rewrites(&self, change: &Change) -> bool {
        let actor = change.actor_id();
        let mut waiting = self.pending.actors.iter();
        erasure::rewrites(change.message())
            && self.actors.are_erased_by(actor)
            && waiting.all(|(known, it)| known == actor && it.erases)
    }
}

/// What a change is held against.
#[derive(Clone, Copy)]
pub(super) struct Seen<'a> {
    pub(super) doc: &'a Automerge,
    pub(super) root: &'a Site,
    actors: &'a Actors,
    pub(super) pending: &'a Pending,
    pub(super) past: &'a Past<'a>,
    pub(super) origin: Origin,
}

/// Where a change comes from.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    /// From its author, for the first time.
    Author,
    /// From where it had been taken in before, here or elsewhere.
    Storage,
    /// From there too, and an erasure wrote it.
    Rewriting,
}

impl Seen<'_> {
    /// Who made an object: an actor belongs to one member.
    pub(super) fn maker(&self, obj: &OpId) -> Option<&MemberId> {
        let actor = obj.actor();
        let known = self.pending.actor(actor).or_else(|| self.actors.get(actor));
        known.and_then(|known| known.member.as_ref())
    }

    /// How long a text is, in UTF-16 code units, or a table, in entries, with what
    /// passed so far.
    pub(super) fn length(&self, obj: &ObjectId) -> i64 {
        let mut lengths = self.pending.lengths.borrow_mut();
        let here = lengths
            .entry(obj.clone())
            .or_insert_with(|| self.doc.length(ex_obj(obj)) as i64);
        *here + self.pending.grown(obj)
    }
}

/// What passed in this batch.
#[derive(Default)]
pub(super) struct Pending {
    changes: HashMap<ChangeHash, (Change, Reach)>,
    actors: HashMap<ActorId, Actor>,
    /// Where each operation put something, and in which change.
    slots: HashMap<OpId, (Slot, ChangeHash)>,
    puts: Puts,
    objects: HashMap<OpId, Site>,
    /// How long texts and tables of the document are, which is counted once for
    /// all changes of the batch.
    lengths: RefCell<HashMap<ObjectId, i64>>,
    /// By how much each text grew, in UTF-16 code units, and each table, in entries.
    grown: HashMap<ObjectId, i64>,
    marks: Marks,
    max_op: u64,
}

/// What one change adds to [`Pending`].
#[derive(Default)]
pub(super) struct Shape {
    pub(super) slots: HashMap<OpId, Slot>,
    pub(super) puts: Puts,
    pub(super) objects: HashMap<OpId, Site>,
    pub(super) grown: HashMap<ObjectId, i64>,
    pub(super) marks: Vec<Mark>,
}

impl Pending {
    fn add(&mut self, member: &Member, change: &Change, reach: Reach, shape: Shape) {
        let hash = change.hash();
        let mut actor = Actor::after(change, &member.id);
        let known = self.actors.get(change.actor_id());
        actor.erases &= known.is_none_or(|known| known.erases);
        self.actors.insert(change.actor_id().clone(), actor);
        self.max_op = self.max_op.max(change.max_op());
        self.puts.extend(shape.puts);
        let slots = shape.slots.into_iter();
        self.slots
            .extend(slots.map(|(op, slot)| (op, (slot, hash))));
        self.objects.extend(shape.objects);
        self.marks.extend(shape.marks);
        for (obj, by) in shape.grown {
            *self.grown.entry(obj).or_default() += by;
        }
        self.changes.insert(hash, (change.clone(), reach));
    }

    /// A change, and what it builds on.
    pub(super) fn get(&self, hash: &ChangeHash) -> Option<&(Change, Reach)> {
        self.changes.get(hash)
    }

    pub(super) fn actor(&self, id: &ActorId) -> Option<&Actor> {
        self.actors.get(id)
    }

    pub(super) fn slot(&self, op: &OpId) -> Option<&(Slot, ChangeHash)> {
        self.slots.get(op)
    }

    pub(super) fn object(&self, op: &OpId) -> Option<&Site> {
        self.objects.get(op)
    }

    pub(super) fn grown(&self, obj: &ObjectId) -> i64 {
        self.grown.get(obj).copied().unwrap_or(0)
    }

    pub(super) fn puts(&self) -> &Puts {
        &self.puts
    }

    pub(super) fn max_op(&self) -> u64 {
        self.max_op
    }
}

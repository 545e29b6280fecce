//! A conversation's view, kept up to date from patches: a change costs what it
//! touched, never the whole document.

use std::collections::{BTreeMap, BTreeSet};

use automerge::legacy::{ObjectId, Op, OpType};
use automerge::{AutoCommit, Change, ObjId, Patch, PatchAction, Prop, ReadDoc};
use uuid::Uuid;

use super::conversation;
use super::read::Reader;
use super::tally::Tally;
use crate::id::ConversationId;
use crate::model::{ConversationHeader, DeliveryStatus, Interaction, Item, ItemKind};
use crate::time::Timestamp;

/// An item's place on the timeline.
pub(crate) type Place = (Timestamp, Uuid, ItemKind);

/// What a batch of patches touched.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dirty {
    /// Something outside the tables of items.
    pub header: bool,
    /// Items by kind and id.
    pub items: BTreeSet<(ItemKind, Uuid)>,
}

impl Dirty {
    /// What `patches` touched.
    pub fn from_patches(patches: &[Patch]) -> Self {
        let mut dirty = Dirty::default();
        for patch in patches {
            let mut keys = patch.path.iter().filter_map(|(_, prop)| map_key(prop));
            let last = match &patch.action {
                PatchAction::PutMap { key, .. } | PatchAction::DeleteMap { key } => {
                    Some(key.as_str())
                }
                PatchAction::Conflict { prop } | PatchAction::Increment { prop, .. } => {
                    map_key(prop)
                }
                _ => None,
            };
            let table = keys.next();
            let id = keys.next().or(last);
            let kind = conversation::TABLES
                .iter()
                .find(|(_, name)| Some(*name) == table);
            match (kind, id.and_then(|id| Uuid::parse_str(id).ok())) {
                (Some((kind, _)), Some(id)) => {
                    dirty.items.insert((*kind, id));
                }
                _ => dirty.header = true,
            }
        }
        dirty
    }

    /// Adds what something else touched.
    pub fn add(&mut self, other: Dirty) {
        self.header |= other.header;
        self.items.extend(other.items);
    }

    /// Adds the items that hold these texts.
    pub(super) fn add_texts(&mut self, doc: &AutoCommit, texts: &BTreeSet<ObjId>) {
        for text in texts {
            self.items.extend(place_of_text(doc, text));
        }
    }
}

/// The item that holds a text.
pub(super) fn place_of_text(doc: &AutoCommit, text: &ObjId) -> Option<(ItemKind, Uuid)> {
    let path = doc.parents(text).ok()?.path();
    let mut keys = path.iter().filter_map(|(_, prop)| map_key(prop));
    let table = keys.next();
    let (kind, _) = conversation::TABLES
        .iter()
        .find(|(_, name)| Some(*name) == table)?;
    let id = Uuid::parse_str(keys.next()?).ok()?;
    Some((*kind, id))
}

/// The texts that changes mark. A mark on a text that was edited elsewhere at
/// the same time may come without a patch.
pub(super) fn marked_texts(changes: &[Change]) -> BTreeSet<ObjId> {
    let marked = |op: Op| match (op.action, op.obj) {
        (OpType::MarkBegin(_) | OpType::MarkEnd(_), ObjectId::Id(text)) => {
            Some(ObjId::Id(text.counter(), text.actor().clone(), 0))
        }
        _ => None,
    };
    changes
        .iter()
        .flat_map(|change| change.decode().operations)
        .filter_map(marked)
        .collect()
}

fn map_key(prop: &Prop) -> Option<&str> {
    match prop {
        Prop::Map(key) => Some(key),
        Prop::Seq(_) => None,
    }
}

/// When an item stands on the timeline, and its id.
pub fn place(item: &Item) -> Place {
    match item {
        Item::Interaction(it) => (it.at, it.id.0, ItemKind::Interaction),
        Item::Note(it) => (it.at, it.id.0, ItemKind::Note),
        Item::Task(it) => (it.at, it.id.0, ItemKind::Task),
        Item::Topic(it) => (it.at, it.id.0, ItemKind::Topic),
        Item::Appointment(it) => (it.at, it.id.0, ItemKind::Appointment),
        Item::Activity(it) => (it.at, it.id.0, ItemKind::Activity),
    }
}

/// All that a conversation's document says.
#[derive(Clone, Debug, PartialEq)]
pub struct ConversationView {
    /// What the conversation is.
    pub header: ConversationHeader,
    items: BTreeMap<(ItemKind, Uuid), Item>,
    timeline: BTreeSet<Place>,
    tally: Tally,
    /// Queued messages, with the number of interactions not by their author
    /// that the author had seen.
    queued: BTreeMap<Uuid, usize>,
}

impl ConversationView {
    /// Reads a whole document.
    pub fn build(doc: &AutoCommit, id: ConversationId) -> Self {
        let mut view = Self {
            header: conversation::header(doc, id, 0, 0),
            items: BTreeMap::new(),
            timeline: BTreeSet::new(),
            tally: Tally::default(),
            queued: BTreeMap::new(),
        };
        let root = Reader::root(doc);
        for (kind, table) in conversation::TABLES {
            let Some(entries) = root.map(table) else {
                view.header.problems.push(root.problem(table, "missing"));
                continue;
            };
            for id in entries.keys().filter_map(|key| Uuid::parse_str(&key).ok()) {
                view.read_item(doc, kind, id);
            }
        }
        let problems = std::mem::take(&mut view.header.problems);
        view.read_header(doc);
        view.header.problems = problems;
        view.hold(&mut Dirty::default());
        view
    }

    /// Reads again what `dirty` names, and adds to it what the audit trail says
    /// was touched besides: not every change to a conflict gives a patch.
    pub fn refresh(&mut self, doc: &AutoCommit, dirty: &mut Dirty) {
        let mut subjects = BTreeSet::new();
        for (kind, id) in &dirty.items {
            self.read_item(doc, *kind, *id);
            if let Some(Item::Activity(activity)) = self.item(*kind, *id) {
                let subject = activity.subject.as_ref();
                subjects.extend(subject.map(|subject| (subject.kind, subject.id)));
            }
        }
        for (kind, id) in subjects.difference(&dirty.items) {
            self.read_item(doc, *kind, *id);
        }
        dirty.items.append(&mut subjects);
        self.hold(dirty);
        let problems = std::mem::take(&mut self.header.problems);
        self.read_header(doc);
        self.header.problems = problems;
    }

    /// The view as it was in `past`, to which `patches` lead back. Not every
    /// change to a conflict or a mark gives a patch, so what the audit trail
    /// names since, and every note, is read in any case.
    pub(super) fn back_to(&self, past: &AutoCommit, patches: &[Patch]) -> Self {
        let mut dirty = Dirty::from_patches(patches);
        let subjects: Vec<(ItemKind, Uuid)> = dirty
            .items
            .iter()
            .filter_map(|(kind, id)| match self.item(*kind, *id)? {
                Item::Activity(activity) => activity.subject.as_ref(),
                _ => None,
            })
            .map(|subject| (subject.kind, subject.id))
            .collect();
        dirty.items.extend(subjects);
        let notes = self.of_kind(ItemKind::Note).map(place);
        dirty.items.extend(notes.map(|(_, id, kind)| (kind, id)));
        let mut view = self.clone();
        view.refresh(past, &mut dirty);
        view
    }

    fn read_header(&mut self, doc: &AutoCommit) {
        let inbound = self.tally.inbound();
        self.header = conversation::header(doc, self.header.id, inbound, self.timeline.len());
    }

    fn read_item(&mut self, doc: &AutoCommit, kind: ItemKind, id: Uuid) {
        if let Some(old) = self.items.remove(&(kind, id)) {
            let at = place(&old);
            self.timeline.remove(&at);
            self.tally.remove(&old);
            self.queued.remove(&id);
        }
        let Some(entry) = conversation::entry(doc, kind, id) else {
            return;
        };
        let Some(item) = conversation::item(&entry, kind, id) else {
            return;
        };
        let at = place(&item);
        self.timeline.insert(at);
        self.tally.add(&item);
        if let Item::Interaction(it) = &item {
            let leaves = it.status == Some(DeliveryStatus::Queued) && it.withdrawn.is_none();
            let seen = conversation::seen(&entry).filter(|_| leaves);
            self.queued.extend(seen.map(|seen| (id, seen)));
        }
        self.items.insert((kind, id), item);
    }

    /// Works out which queued messages wait for their author (spec B2).
    fn hold(&mut self, dirty: &mut Dirty) {
        let others = |view: &Self, id: Uuid| match view.item(ItemKind::Interaction, id) {
            Some(Item::Interaction(it)) => it.by.as_ref().map_or(0, |by| view.tally.others(by)),
            _ => 0,
        };
        let held: Vec<(Uuid, bool)> = self
            .queued
            .iter()
            .map(|(id, seen)| (*id, others(self, *id) > *seen))
            .collect();
        for (id, held) in held {
            if let Some(Item::Interaction(it)) = self.items.get_mut(&(ItemKind::Interaction, id))
                && it.held != held
            {
                it.held = held;
                dirty.items.insert((ItemKind::Interaction, id));
            }
        }
    }

    /// One item.
    pub fn item(&self, kind: ItemKind, id: Uuid) -> Option<&Item> {
        self.items.get(&(kind, id))
    }

    /// All items of a kind, by id.
    pub fn of_kind(&self, kind: ItemKind) -> impl DoubleEndedIterator<Item = &Item> {
        self.items
            .range((kind, Uuid::nil())..=(kind, Uuid::max()))
            .map(|(_, item)| item)
    }

    /// The newest `limit` items before a place (all of them without one),
    /// oldest first.
    pub fn page(&self, before: Option<(Timestamp, Uuid)>, limit: usize) -> Vec<&Item> {
        let newest_first: Box<dyn Iterator<Item = &Place>> = match before {
            Some((at, id)) => {
                Box::new(self.timeline.range(..(at, id, ItemKind::Interaction)).rev())
            }
            None => Box::new(self.timeline.iter().rev()),
        };
        let mut page: Vec<&Item> = newest_first
            .take(limit)
            .filter_map(|(_, id, kind)| self.items.get(&(*kind, *id)))
            .collect();
        page.reverse();
        page
    }

    /// Items from the newest back.
    pub fn newest_first(&self) -> impl Iterator<Item = &Item> {
        self.timeline
            .iter()
            .rev()
            .filter_map(|(_, id, kind)| self.items.get(&(*kind, *id)))
    }

    /// Numbers over the interactions.
    pub(crate) fn tally(&self) -> &Tally {
        &self.tally
    }

    /// When the first thing on the timeline was.
    pub fn began(&self) -> Option<Timestamp> {
        self.timeline.first().map(|(at, ..)| *at)
    }

    /// When a member was last mentioned in a note by somebody else.
    pub(crate) fn mentioned(
        &self,
        member: &crate::model::Member,
    ) -> Option<crate::time::Timestamp> {
        super::row::mentions(self).get(&member.id).copied()
    }

    /// Inbound interactions.
    pub fn inbound_count(&self) -> usize {
        self.tally.inbound()
    }

    /// Queued messages that wait for their author (spec B2).
    pub fn held(&self) -> impl Iterator<Item = &Interaction> {
        let queued = self.queued.keys();
        queued.filter_map(|id| match self.item(ItemKind::Interaction, *id) {
            Some(Item::Interaction(it)) if it.held => Some(it),
            _ => None,
        })
    }
}

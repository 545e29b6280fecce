//! Every operation against the schema and the member's role. Operations, not
//! patches: a patch hides what loses a conflict or goes to a deleted object,
//! and both can come back.

use std::collections::{HashMap, HashSet};

use automerge::legacy::{ElementId, Key as OpKey, ObjectId, Op, OpId, OpType};
use automerge::{ObjType, ReadDoc, ScalarValue};
use uuid::Uuid;

use super::chunk::Incoming;
use super::gate::{Origin, Seen, Shape};
use super::marks::Pairs;
use super::owed::{Left, Owed};
use super::place::{Place, Site, Slot, ex_obj};
use super::slots::Slots;
use super::trail;
use crate::document::MARKS;
use crate::document::schema::{Key, Node, TRAIL, Table, Told, Write};
use crate::error::{Code, Refusal};
use crate::id::MemberId;
use crate::limits;
use crate::model::{Member, Role};

/// Checks every operation of a change.
pub(super) fn check(
    seen: Seen<'_>,
    member: &Member,
    incoming: &Incoming,
) -> Result<Shape, Refusal> {
    let mut checker = Checker {
        seen,
        member,
        slots: Slots::new(seen.doc, seen.pending, seen.past, incoming.change().hash()),
        shape: Shape::default(),
        sites: HashMap::new(),
        unsigned: HashSet::new(),
        owed: Owed::default(),
        owes_trail: false,
        marks: Pairs::default(),
    };
    checker.owes_trail = trail::is_owed(seen, &checker.slots, member)?;
    let actor = incoming.change().actor_id();
    let start = incoming.change().start_op().get();
    for (counter, op) in (start..).zip(incoming.ops()) {
        checker.check_op(OpId::new(counter, actor), op)?;
    }
    checker.finish()
}

/// An object an operation goes to.
#[derive(Clone)]
struct Target {
    site: Site,
    /// Whether this very change makes it.
    new: bool,
}

struct Checker<'a> {
    seen: Seen<'a>,
    member: &'a Member,
    slots: Slots<'a>,
    shape: Shape,
    /// Objects of the document that this change writes to.
    sites: HashMap<OpId, Site>,
    /// New records that must name their author, until they do.
    unsigned: HashSet<OpId>,
    owed: Owed,
    /// Whether the change owes the audit trail what it does.
    owes_trail: bool,
    marks: Pairs,
}

impl Checker<'_> {
    fn check_op(&mut self, id: OpId, op: &Op) -> Result<(), Refusal> {
        let target = self.target(&op.obj)?;
        let slot = match (&op.key, op.insert) {
            (OpKey::Map(_), true) => return Err(outside("insert")),
            (OpKey::Seq(_), true) => OpKey::Seq(ElementId::Id(id.clone())),
            (key, false) => key.clone(),
        };
        let slot = Slot {
            obj: op.obj.clone(),
            key: slot,
        };
        self.slots.check_references(&id, op, &slot)?;
        self.marks.take(&id, op)?;
        match (target.site.place, &op.key) {
            (Place::Node(Node::Record(_)), OpKey::Map(key)) => {
                self.in_record(&target, key, op, &slot)?;
            }
            (Place::Node(Node::Table(table)), OpKey::Map(key)) => {
                self.in_table(&target, table, key, op, &slot)?;
            }
            (Place::Node(Node::Text { rich, .. }), OpKey::Seq(_)) => {
                self.in_text(&target, *rich, op)?;
            }
            (Place::Block, OpKey::Map(key)) => in_block(key, op)?,
            (Place::Parents, OpKey::Seq(_)) => in_parents(op)?,
            (Place::Attrs, OpKey::Map(key)) => in_attrs(key, op)?,
            (Place::Free { kind, .. }, key) if key.is_map_key() != kind.is_sequence() => {
                in_free(kind, op)?;
            }
            _ => return Err(outside("a key of another kind")),
        }
        if let OpType::Make(kind) = op.action {
            self.made(id.clone(), &target.site, &op.key, kind)?;
        }
        self.slots.note(id, op, slot);
        Ok(())
    }

    /// What an operation's object is, and that its author had seen it.
    fn target(&mut self, obj: &ObjectId) -> Result<Target, Refusal> {
        let ObjectId::Id(id) = obj else {
            return Ok(Target {
                site: self.seen.root.clone(),
                new: false,
            });
        };
        if let Some(site) = self.shape.objects.get(id) {
            return Ok(Target {
                site: site.clone(),
                new: true,
            });
        }
        let site = match self.sites.get(id) {
            Some(site) => site.clone(),
            None => {
                self.slots.check_seen(id)?;
                let site = match self.seen.pending.object(id) {
                    Some(site) => site.clone(),
                    None => {
                        let (doc, obj) = (self.seen.doc, ex_obj(obj));
                        let parents = doc.parents(&obj).map_err(|_| unknown())?;
                        let site = self.seen.root.at(&parents.path()).ok_or_else(unknown)?;
                        site.of_kind(doc.object_type(&obj).map_err(|_| unknown())?)
                    }
                };
                self.sites.insert(id.clone(), site.clone());
                site
            }
        };
        Ok(Target { site, new: false })
    }

    /// Notes a new object and what it owes.
    fn made(&mut self, id: OpId, parent: &Site, key: &OpKey, kind: ObjType) -> Result<(), Refusal> {
        let site = match key {
            OpKey::Map(key) => parent.under(key),
            OpKey::Seq(_) => parent.inside(),
        };
        let site = site.ok_or_else(|| outside("an object"))?.of_kind(kind);
        if let Place::Node(Node::Record(fields)) = site.place
            && fields.iter().any(|field| field.write == Write::Author)
        {
            self.unsigned.insert(id.clone());
        }
        if let (Place::Node(Node::Table(table)), OpKey::Map(key)) = (parent.place, key)
            && table.kind == Some(TRAIL)
            && self.owes_trail
        {
            self.owed.began(id.clone(), parent.path_to(key));
        }
        self.shape.objects.insert(id, site);
        Ok(())
    }

    fn in_record(
        &mut self,
        target: &Target,
        key: &str,
        op: &Op,
        slot: &Slot,
    ) -> Result<(), Refusal> {
        let Place::Node(node) = target.site.place else {
            return Err(outside(key));
        };
        let field = node.field(key).ok_or_else(|| outside(key))?;
        if op.action == OpType::Delete {
            let rule = match field.delete {
                None if self.slots.settles(op, slot)? => Some(field.write),
                rule => rule,
            };
            self.may(rule.ok_or_else(|| outside(key))?, target, key, op, slot)?;
        } else {
            self.check_value(&field.node, key, op)?;
            self.may(field.write, target, key, op, slot)?;
            if field.write == Write::Once && !self.slots.agrees(op, slot) {
                return Err(outside(key));
            }
        }
        if let ObjectId::Id(record) = &op.obj {
            if field.write == Write::Author {
                self.unsigned.remove(record);
            }
            self.owed.says(record, key, &op.action);
        }
        self.wrote(target, key, field.told, op, slot)
    }

    fn in_table(
        &mut self,
        target: &Target,
        table: &'static Table,
        key: &str,
        op: &Op,
        slot: &Slot,
    ) -> Result<(), Refusal> {
        if !key_fits(table.key, key) {
            return Err(outside(key));
        }
        if op.action == OpType::Delete {
            let rule = match table.remove {
                None if table.replace && self.slots.settles(op, slot)? => Some(table.add),
                rule => rule,
            };
            self.may(rule.ok_or_else(|| outside(key))?, target, key, op, slot)?;
            if self.slots.empties(op, slot) {
                self.grow(&op.obj, -1);
            }
        } else {
            self.check_value(&table.entry, key, op)?;
            self.may(table.add, target, key, op, slot)?;
            // An entry put beside another one, as if both had been made at the same
            // time, would hide it. Only the server makes entries with derived ids.
            let service = self.member.role == Role::Service;
            let is_filled = self.slots.is_filled(slot);
            let replaces = !op.pred.is_empty() || !service && is_filled;
            if replaces && !table.replace {
                return Err(outside(key));
            }
            // An entry that was removed made room, and takes it when it comes again.
            if !is_filled {
                self.grow(&op.obj, 1);
            }
        }
        self.wrote(target, key, table.told, op, slot)
    }

    /// Notes what is owed for a write to what was there before.
    fn wrote(
        &mut self,
        target: &Target,
        key: &str,
        told: &'static [Told],
        op: &Op,
        slot: &Slot,
    ) -> Result<(), Refusal> {
        // What a change makes is told as a whole.
        if target.new || told.is_empty() || !self.owes_trail {
            return Ok(());
        }
        let left = match &op.action {
            OpType::Delete => match self.slots.kept(op, slot)? {
                None => Left::Nothing,
                Some(kept) => Left::Other(Box::new(Left::of(kept.scalar.as_ref()))),
            },
            OpType::Put(value) => Left::of(Some(value)),
            _ => Left::Map,
        };
        self.owed.wrote(&target.site, key, told, slot, left);
        Ok(())
    }

    fn grow(&mut self, obj: &ObjectId, by: i64) {
        *self.shape.grown.entry(obj.clone()).or_default() += by;
    }

    fn in_text(&mut self, target: &Target, rich: bool, op: &Op) -> Result<(), Refusal> {
        let by = match (&op.action, op.insert) {
            (OpType::Put(ScalarValue::Str(text)), true) if units(text) <= 2 => units(text) as i64,
            (OpType::Make(ObjType::Map), true) if rich => 1,
            (OpType::MarkBegin(mark), true) if rich => {
                if !MARKS.contains(&mark.name.as_str()) || !scalar_fits(&mark.value) {
                    return Err(outside(&mark.name));
                }
                0
            }
            (OpType::MarkEnd(_), true) if rich => 0,
            // What is deleted may have been gone already, so it makes no room here.
            (OpType::Delete, false) => 0,
            _ => return Err(outside("text")),
        };
        self.grow(&op.obj, by);
        if !target.new && !target.site.told.is_empty() && self.owes_trail {
            let whole = Slot {
                obj: op.obj.clone(),
                key: OpKey::Seq(ElementId::Head),
            };
            self.owed.edited(&target.site, whole);
        }
        Ok(())
    }

    fn check_value(&self, node: &Node, key: &str, op: &Op) -> Result<(), Refusal> {
        let fits = match (node, &op.action) {
            (Node::Record(_) | Node::Table(_), OpType::Make(ObjType::Map)) => true,
            (Node::Text { .. }, OpType::Make(ObjType::Text)) => true,
            (Node::Str(_) | Node::Int | Node::Word(..), OpType::Put(ScalarValue::Null)) => true,
            (Node::Str(most), OpType::Put(ScalarValue::Str(text))) => units(text) <= *most,
            (Node::Word(all, service), OpType::Put(ScalarValue::Str(word))) => {
                all.contains(&word.as_str())
                    || self.member.role == Role::Service && service.contains(&word.as_str())
            }
            (Node::Int, OpType::Put(ScalarValue::Int(_) | ScalarValue::Uint(_))) => true,
            (Node::Bool, OpType::Put(ScalarValue::Boolean(_))) => true,
            _ => false,
        };
        if fits { Ok(()) } else { Err(outside(key)) }
    }

    /// Whether the member may do what a rule is for.
    fn may(
        &self,
        rule: Write,
        target: &Target,
        key: &str,
        op: &Op,
        slot: &Slot,
    ) -> Result<(), Refusal> {
        let new = target.new;
        let service = self.member.role == Role::Service;
        let admin = self.member.role == Role::Admin;
        let allowed = match rule {
            Write::Genesis => false,
            Write::Member | Write::Once => true,
            Write::Created => new,
            Write::Author => new && names(op, &self.member.id),
            Write::ServiceCreated => new && service,
            Write::Service => service,
            Write::First => op.pred.is_empty() && !self.slots.has_seen_any(slot),
            Write::Owner => new || self.made_by_author(&op.obj),
            Write::OwnerOrAdmin => new || admin || self.made_by_author(&op.obj),
            Write::Admin => admin,
            Write::OwnKey => self.owns(key),
            Write::Channel => new && self.qualifies(op),
        };
        if allowed || rule != Write::Genesis && self.rewrites(&op.obj) {
            return Ok(());
        }
        let text = "The change writes what its author may not write.";
        Err(Refusal::new(Code::Forbidden, text).on(key))
    }

    /// Whether the author of the change is who made an object.
    fn made_by_author(&self, obj: &ObjectId) -> bool {
        matches!(obj, ObjectId::Id(id) if self.seen.maker(id) == Some(&self.member.id))
    }

    /// Whether an erasure writes this, and not into what others made.
    fn rewrites(&self, obj: &ObjectId) -> bool {
        let maker = match obj {
            ObjectId::Root => None,
            ObjectId::Id(id) => self.seen.maker(id),
        };
        let is_own = maker.is_none_or(|maker| *maker == self.member.id);
        self.seen.origin == Origin::Rewriting && is_own
    }

    /// Whether a key is the author's id, alone or with a name behind it.
    fn owns(&self, key: &str) -> bool {
        key.split('/').next() == Some(self.member.id.as_str())
    }

    /// Whether an operation writes a channel that the author qualifies for.
    fn qualifies(&self, op: &Op) -> bool {
        let channel = match &op.action {
            OpType::Put(ScalarValue::Str(word)) => crate::document::word(word),
            _ => None,
        };
        self.member.role == Role::Service
            || channel.is_some_and(|channel| self.member.qualifies(channel))
    }

    fn finish(mut self) -> Result<Shape, Refusal> {
        let signs = self.member.role != Role::Service && self.seen.origin != Origin::Rewriting;
        if !self.unsigned.is_empty() && signs {
            let text = "The change makes something without saying who did.";
            return Err(Refusal::new(Code::SchemaViolation, text).on("by"));
        }
        for (obj, by) in &self.shape.grown {
            let ObjectId::Id(id) = obj else { continue };
            let site = self.shape.objects.get(id).or_else(|| self.sites.get(id));
            let most = match site.map(|site| site.place) {
                Some(Place::Node(Node::Text { units, .. })) => *units,
                Some(Place::Node(Node::Table(table))) => table.most,
                _ => continue,
            };
            // Two members may fill it at the same time, neither knowing.
            if *by > 0 && self.seen.length(obj) + by > 2 * most as i64 {
                return Err(Refusal::new(Code::TooLong, "This is too long."));
            }
        }
        self.shape.marks = std::mem::take(&mut self.marks).finish()?;
        std::mem::take(&mut self.owed).settle()?;
        (self.shape.slots, self.shape.puts) = self.slots.into_filled();
        Ok(self.shape)
    }
}

fn in_free(kind: ObjType, op: &Op) -> Result<(), Refusal> {
    match &op.action {
        OpType::MarkBegin(_) | OpType::MarkEnd(_) if kind != ObjType::Text => {
            Err(outside("a mark"))
        }
        _ => Ok(()),
    }
}

fn in_block(key: &str, op: &Op) -> Result<(), Refusal> {
    let fits = match (key, &op.action) {
        (_, OpType::Delete) => true,
        ("type", OpType::Put(ScalarValue::Str(text))) => units(text) <= 64,
        ("parents", OpType::Make(ObjType::List)) => true,
        ("attrs", OpType::Make(ObjType::Map)) => true,
        ("isEmbed", OpType::Put(ScalarValue::Boolean(_))) => true,
        _ => false,
    };
    if fits { Ok(()) } else { Err(outside(key)) }
}

fn in_parents(op: &Op) -> Result<(), Refusal> {
    match &op.action {
        OpType::Delete => Ok(()),
        OpType::Put(ScalarValue::Str(text)) if units(text) <= 64 => Ok(()),
        _ => Err(outside("parents")),
    }
}

fn in_attrs(key: &str, op: &Op) -> Result<(), Refusal> {
    match &op.action {
        OpType::Delete => Ok(()),
        OpType::Put(value) if key.len() <= 64 && scalar_fits(value) => Ok(()),
        _ => Err(outside("attrs")),
    }
}

fn scalar_fits(value: &ScalarValue) -> bool {
    match value {
        ScalarValue::Str(text) => units(text) <= limits::SCALAR_UNITS,
        ScalarValue::Int(_) | ScalarValue::Uint(_) => true,
        ScalarValue::Boolean(_) | ScalarValue::Null => true,
        _ => false,
    }
}

fn names(op: &Op, member: &MemberId) -> bool {
    matches!(&op.action, OpType::Put(ScalarValue::Str(name)) if name.as_str() == member.as_str())
}

fn key_fits(kind: Key, key: &str) -> bool {
    let hex = |text: &str| text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    match kind {
        Key::Uuid => Uuid::parse_str(key).is_ok_and(|id| id.to_string() == key),
        Key::Member => key.parse::<MemberId>().is_ok(),
        Key::Line => !key.is_empty() && units(key) <= limits::LINE_UNITS,
        Key::Sha256 => key.len() == 64 && hex(key),
    }
}

fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

fn outside(key: &str) -> Refusal {
    let key: String = key.chars().take(64).collect();
    let text = "The change writes what the schema does not have.";
    Refusal::new(Code::SchemaViolation, text).on(key)
}

fn unknown() -> Refusal {
    let text = "The change writes to something that is not in the document.";
    Refusal::new(Code::SchemaViolation, text)
}

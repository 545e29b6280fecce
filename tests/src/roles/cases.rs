//! One change for every path, operation and member, made by the schema: what is
//! told with it is what the schema says, so that only the writing itself is
//! judged.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::atomic::{AtomicU64, Ordering};

use automerge::transaction::Transactable;
use automerge::{ActorId, Author, AutoCommit, ObjId, ObjType, ROOT, ReadDoc, ScalarValue, Value};
use threadline_core::document::schema::{self, Field, Key, Node, On, Says, Table, Told};
use threadline_core::model::Member;
use uuid::Uuid;

use super::scene::Scene;

/// What is done to a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Op {
    /// Something is put where nothing is.
    Add,
    /// Something is put over what is there.
    Replace,
    /// It is taken away.
    Remove,
    /// It is put in the change that makes the entry it lies in.
    With,
    /// Its text is edited.
    Edit,
}

/// One thing that is tried.
pub struct Case {
    /// The path, by the names of the schema; `*` stands for a key.
    pub path: String,
    /// What is tried there.
    pub op: Op,
    base: Rc<AutoCommit>,
    spot: Spot,
}

/// A place of a document.
#[derive(Clone)]
struct Spot {
    obj: ObjId,
    /// The last name on the way to `obj`.
    parent: String,
    key: String,
    kind: SpotKind,
    node: &'static Node,
    told: &'static [Told],
    subject: Option<(String, String)>,
    /// The value now, where it is a scalar.
    value: Option<ScalarValue>,
    /// How well it stands for its path: absent, there, made by Ana.
    rank: u8,
    /// From the table of entries it lies in down to it.
    within: Vec<(&'static Node, String)>,
}

#[derive(Clone)]
enum SpotKind {
    Field,
    Entry(&'static Table),
}

/// Every case of a document.
pub fn cases(scene: &mut Scene) -> Vec<Case> {
    let root = schema::of(scene.document.id()).expect("its kind has a schema");
    let base = scene.document.save();
    let doc = Rc::new(AutoCommit::load(&base).expect("the scene loads"));
    let mut spots = BTreeMap::new();
    let walk = Walk {
        doc: &doc,
        spots: &mut spots,
    };
    walk.start(root, scene.kind);
    let mut all = Vec::new();
    for (path, spot) in spots {
        for op in spot.ops() {
            all.push(Case {
                path: path.clone(),
                op,
                base: Rc::clone(&doc),
                spot: spot.clone(),
            });
        }
    }
    all
}

struct Walk<'a> {
    doc: &'a AutoCommit,
    spots: &'a mut BTreeMap<String, Spot>,
}

impl Walk<'_> {
    fn start(mut self, root: &'static Node, name: &str) {
        let top = Spot {
            obj: ROOT,
            parent: String::new(),
            key: String::new(),
            kind: SpotKind::Field,
            node: root,
            told: &[],
            subject: None,
            value: None,
            rank: 0,
            within: Vec::new(),
        };
        self.below(&top, Some(&ROOT), name, 1);
    }

    /// Visits what lies under a spot, whose object is `here` where it is there.
    fn below(&mut self, spot: &Spot, here: Option<&ObjId>, path: &str, rank: u8) {
        match spot.node {
            Node::Record(fields) => {
                for field in *fields {
                    self.field(spot, here, field, path, rank);
                }
            }
            Node::Table(table) => {
                let keys: Vec<String> = match here {
                    Some(obj) => self.doc.keys(obj).collect(),
                    None => Vec::new(),
                };
                let path = format!("{path}/*");
                for key in keys.iter().map(String::as_str).chain(["new"]) {
                    self.entry(spot, here, table, key, &path, rank);
                }
            }
            _ => {}
        }
    }

    fn field(
        &mut self,
        parent: &Spot,
        here: Option<&ObjId>,
        field: &'static Field,
        path: &str,
        rank: u8,
    ) {
        let mut within = parent.within.clone();
        if !within.is_empty() {
            within.push((&field.node, field.name.to_owned()));
        }
        let spot = Spot {
            obj: here.cloned().unwrap_or(ROOT),
            parent: parent.key.clone(),
            key: field.name.to_owned(),
            kind: SpotKind::Field,
            node: &field.node,
            told: field.told,
            subject: parent.subject.clone(),
            value: None,
            rank,
            within,
        };
        self.visit(spot, here, &format!("{path}/{}", field.name));
    }

    fn entry(
        &mut self,
        parent: &Spot,
        here: Option<&ObjId>,
        table: &'static Table,
        key: &str,
        path: &str,
        rank: u8,
    ) {
        let subject = table.kind.map(|kind| (kind.to_owned(), key.to_owned()));
        let mut within = parent.within.clone();
        let is_entry = matches!(table.entry, Node::Record(_)) && within.is_empty();
        if is_entry {
            within.push((parent.node, parent.key.clone()));
        } else if !within.is_empty() {
            within.push((&table.entry, "*".to_owned()));
        }
        let by_ana = |obj: &ObjId| match self.doc.get(obj, "by") {
            Ok(Some((Value::Scalar(by), _))) => by.as_str() == Some("ana"),
            _ => key.starts_with("ana"),
        };
        let entry = here.and_then(|obj| self.doc.get(obj, key).ok().flatten());
        let rank = match entry {
            Some((_, obj)) if is_entry && by_ana(&obj) => 2,
            _ => rank,
        };
        let spot = Spot {
            obj: here.cloned().unwrap_or(ROOT),
            parent: parent.key.clone(),
            key: key.to_owned(),
            kind: SpotKind::Entry(table),
            node: &table.entry,
            told: table.told,
            subject: subject.or_else(|| parent.subject.clone()),
            value: None,
            rank,
            within,
        };
        self.visit(spot, here, path);
    }

    /// Keeps the best spot of each path and goes on below it.
    fn visit(&mut self, mut spot: Spot, here: Option<&ObjId>, path: &str) {
        let found = here.and_then(|obj| self.doc.get(obj, &*spot.key).ok().flatten());
        let (rank, mut child) = (spot.rank, None);
        match found {
            Some((Value::Scalar(value), _)) => spot.value = Some(value.into_owned()),
            Some((Value::Object(_), obj)) => child = Some(obj),
            None => spot.rank = 0,
        }
        let better = |known: &Spot| known.rank < spot.rank;
        if self.spots.get(path).is_none_or(better) {
            self.spots.insert(path.to_owned(), spot.clone());
        }
        self.below(&spot, child.as_ref(), path, rank);
    }
}

impl Spot {
    fn ops(&self) -> Vec<Op> {
        let mut ops = Vec::new();
        let there = self.rank > 0;
        if there {
            ops.extend([Op::Replace, Op::Remove]);
        }
        let table = matches!(self.kind, SpotKind::Entry(_));
        // A field of an entry that none has is put with a new one only.
        if table && there || !there && self.within.is_empty() {
            ops.push(Op::Add);
        }
        if self.within.len() > 1 {
            ops.push(Op::With);
        }
        if matches!(self.node, Node::Text { .. }) && there {
            ops.push(Op::Edit);
        }
        ops
    }

    /// What the place holds in other words.
    fn other(&self, node: &Node, name: &str, member: &Member) -> ScalarValue {
        let is = |value: &ScalarValue| self.value.as_ref() == Some(value);
        match node {
            Node::Word(words, _) => {
                let words = words.iter().map(|word| ScalarValue::from(*word));
                let mut others = words.filter(|word| !is(word));
                others.next().unwrap_or(ScalarValue::Null)
            }
            Node::Int => ScalarValue::Int(match self.value {
                Some(ScalarValue::Int(now)) => now + 1,
                _ => 7,
            }),
            Node::Bool => ScalarValue::Boolean(!is(&ScalarValue::Boolean(true))),
            _ if name == "by" && !is(&member.id.as_str().into()) => member.id.as_str().into(),
            _ => ScalarValue::from("other"),
        }
    }
}

/// Draws a new number, so that no two changes have one actor or id.
fn fresh() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// A key that a table does not have yet.
fn new_key(key: Key, name: &str, member: &Member) -> String {
    let number = fresh();
    match key {
        Key::Uuid => Uuid::from_u128(u128::from(number) << 32).to_string(),
        Key::Member => member.id.to_string(),
        Key::Line if name == "views" => format!("{}/new", member.id),
        Key::Line => format!("new {number}"),
        Key::Sha256 => format!("{number:064x}"),
    }
}

impl Case {
    /// The change by which a member tries it.
    pub fn change(&self, member: &Member) -> Vec<u8> {
        let mut doc = AutoCommit::clone(&self.base);
        let author = member.id.as_str().as_bytes().to_vec();
        doc.set_author(Some(Author::from(author)));
        doc.set_actor(ActorId::from(
            Uuid::from_u128(u128::from(fresh()) << 64 | 1).into_bytes(),
        ));
        let mut pen = Pen {
            doc: &mut doc,
            member,
        };
        pen.write(&self.spot, self.op);
        doc.commit();
        let change = doc.get_last_local_change();
        let change = change.unwrap_or_else(|| panic!("{} {:?} wrote nothing", self.path, self.op));
        change.raw_bytes().to_vec()
    }
}

/// Writes a member's change.
struct Pen<'a> {
    doc: &'a mut AutoCommit,
    member: &'a Member,
}

impl Pen<'_> {
    fn write(&mut self, spot: &Spot, op: Op) {
        match op {
            Op::Replace => {
                self.put(spot, &spot.obj, &spot.key);
                self.tell(spot, &spot.key, true);
            }
            Op::Remove => {
                self.doc.delete(&spot.obj, &*spot.key).expect("it is there");
                self.tell(spot, &spot.key, false);
            }
            Op::Add => {
                let key = match spot.kind {
                    SpotKind::Entry(table) => new_key(table.key, &spot.parent, self.member),
                    SpotKind::Field => spot.key.clone(),
                };
                self.put(spot, &spot.obj, &key);
                self.tell(spot, &key, true);
            }
            Op::Edit => {
                let (_, text) = self
                    .doc
                    .get(&spot.obj, &*spot.key)
                    .ok()
                    .flatten()
                    .expect("a text");
                self.doc
                    .splice_text(&text, 0, 0, "x")
                    .expect("a text takes it");
                self.tell(spot, &spot.key, true);
            }
            Op::With => self.make(spot),
        }
    }

    /// Puts another value, or a new object that names its author where it must.
    fn put(&mut self, spot: &Spot, obj: &ObjId, key: &str) {
        match spot.node {
            Node::Record(_) => {
                let record = self.doc.put_object(obj, key, ObjType::Map).expect("a map");
                self.sign(spot.node, &record);
            }
            Node::Table(_) => {
                self.doc.put_object(obj, key, ObjType::Map).expect("a map");
            }
            Node::Text { .. } => {
                self.doc
                    .put_object(obj, key, ObjType::Text)
                    .expect("a text");
            }
            node => {
                let value = spot.other(node, key, self.member);
                self.doc.put(obj, key, value).expect("a scalar");
            }
        }
    }

    fn sign(&mut self, node: &Node, record: &ObjId) {
        if node.field("by").is_some() {
            let me = self.member.id.as_str();
            self.doc.put(record, "by", me).expect("a signature");
        }
    }

    /// A new entry with nothing in it but its author and the spot.
    fn make(&mut self, spot: &Spot) {
        let (Node::Table(table), table_name) = &spot.within[0] else {
            panic!("entries lie in a table");
        };
        let (_, tables) = self
            .doc
            .get(ROOT, table_name)
            .ok()
            .flatten()
            .expect("a table");
        let key = new_key(table.key, table_name, self.member);
        let mut here = self
            .doc
            .put_object(&tables, &key, ObjType::Map)
            .expect("a map");
        self.sign(&table.entry, &here);
        let (last, way) = spot.within[1..].split_last().expect("a path in the entry");
        let mut around = &table.entry;
        for (node, name) in way {
            let name = self.key_in(around, name);
            here = self
                .doc
                .put_object(&here, name, ObjType::Map)
                .expect("a map");
            self.sign(node, &here);
            around = node;
        }
        let name = self.key_in(around, &last.1);
        let mut value = spot.clone();
        value.value = None;
        self.put(&value, &here, &name);
        let subject = table.kind.map(|kind| (kind.to_owned(), key.clone()));
        self.log(table.told, subject, table_name, &key, true, "");
    }

    fn key_in(&self, around: &Node, name: &str) -> String {
        match around {
            Node::Table(table) if name == "*" => new_key(table.key, "", self.member),
            _ => name.to_owned(),
        }
    }

    /// Tells of a write what the schema wants told.
    fn tell(&mut self, spot: &Spot, key: &str, put: bool) {
        let to = match self.doc.get(&spot.obj, key) {
            Ok(Some((Value::Scalar(value), _))) => text(value.as_ref()),
            _ => String::new(),
        };
        let subject = match spot.kind {
            SpotKind::Entry(Table {
                kind: Some(kind), ..
            }) => Some(((*kind).to_owned(), key.to_owned())),
            _ => spot.subject.clone(),
        };
        self.log(spot.told, subject, &spot.parent, key, put, &to);
    }

    fn log(
        &mut self,
        told: &[Told],
        subject: Option<(String, String)>,
        parent: &str,
        key: &str,
        put: bool,
        to: &str,
    ) {
        let fits = |told: &&Told| {
            let on = told.on == On::Any || (told.on == On::Put) == put;
            on && match told.says {
                Says::Becomes(words) => words.contains(&to),
                Says::Along(..) => false,
                _ => true,
            }
        };
        let Some(told) = told.iter().find(fits) else {
            return;
        };
        let (gone, came) = if put { ("", key) } else { (key, "") };
        let change = match told.says {
            Says::Deed | Says::Along(..) => None,
            Says::Value | Says::Becomes(_) => Some((key.to_owned(), "", to.to_owned())),
            Says::Entry => Some((format!("{parent}/{key}"), "", to.to_owned())),
            Says::Key => Some((parent.to_owned(), gone, came.to_owned())),
            Says::Answer => Some(("answer".to_owned(), "", format!("{key} {to}"))),
            Says::Essence(field) => Some((field.to_owned(), "", to.to_owned())),
        };
        let (_, trail) = self
            .doc
            .get(ROOT, "activities")
            .ok()
            .flatten()
            .expect("a trail");
        let id = new_key(Key::Uuid, "", self.member);
        let entry = self
            .doc
            .put_object(&trail, id, ObjType::Map)
            .expect("a map");
        let mut say = |key: &str, text: &str| self.doc.put(&entry, key, text).expect("a word");
        say("by", self.member.id.as_str());
        say("action", told.action);
        if let Some((kind, id)) = subject {
            say("subjectKind", &kind);
            say("subjectId", &id);
        }
        if let Some((field, from, to)) = change {
            say("field", &field);
            say("from", from);
            say("to", &to);
        }
    }
}

fn text(value: &ScalarValue) -> String {
    match value {
        ScalarValue::Str(text) => text.to_string(),
        ScalarValue::Int(int) => int.to_string(),
        ScalarValue::Boolean(flag) => flag.to_string(),
        _ => String::new(),
    }
}

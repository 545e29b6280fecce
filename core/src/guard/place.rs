//! Where things are in a document: objects by the schema that rules them, and
//! the slots that operations fill.

use std::sync::Arc;

use automerge::legacy::{Key, ObjectId, OpId};
use automerge::{Automerge, Cursor, ObjId, ObjType, Prop, ReadDoc};

use super::contained;
use crate::document::schema::{Node, Told};
use crate::limits;

/// What an object of a document is.
#[derive(Clone, Copy, Debug)]
pub(super) enum Place {
    /// A record, table or text of the schema.
    Node(&'static Node),
    /// A block marker in a rich text.
    Block,
    /// The list of a block's parents.
    Parents,
    /// A block's attributes.
    Attrs,
    /// An object of a free document, so many objects below the root.
    Free {
        /// What it is: no schema says so.
        kind: ObjType,
        /// 0 for the root.
        depth: usize,
    },
}

impl Place {
    /// What lies under a key of a map here; `None` where the schema has nothing.
    fn under(self, key: &str) -> Option<Place> {
        match (self, key) {
            (Place::Node(Node::Table(table)), _) => Some(Place::Node(&table.entry)),
            (Place::Node(node), _) => node.field(key).map(|field| Place::Node(&field.node)),
            (Place::Block, "parents") => Some(Place::Parents),
            (Place::Block, "attrs") => Some(Place::Attrs),
            (Place::Free { .. }, _) => self.deeper(),
            _ => None,
        }
    }

    /// An object in one of a free document, where it may nest any deeper.
    fn deeper(self) -> Option<Place> {
        match self {
            Place::Free { kind, depth } if depth < limits::FREE_DEPTH => Some(Place::Free {
                kind,
                depth: depth + 1,
            }),
            _ => None,
        }
    }
}

/// The thing of a document that something belongs to: its kind's word and its id.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Subject {
    pub(super) kind: &'static str,
    pub(super) id: Arc<str>,
}

/// An object of a document: what it is and where it lies.
#[derive(Clone, Debug)]
pub(super) struct Site {
    pub(super) place: Place,
    /// The keys that lead to it, with slashes between.
    path: Arc<str>,
    /// The thing it belongs to; `None` for the document itself.
    pub(super) subject: Option<Subject>,
    /// What a change to its elements owes, where it is a text.
    pub(super) told: &'static [Told],
}

impl Site {
    /// A document's root; without a schema, a free document's.
    pub(super) fn root(node: Option<&'static Node>) -> Self {
        let free = Place::Free {
            kind: ObjType::Map,
            depth: 0,
        };
        Self {
            place: node.map_or(free, Place::Node),
            path: "".into(),
            subject: None,
            told: &[],
        }
    }

    /// What lies under a key of a map here; `None` where the schema has nothing.
    pub(super) fn under(&self, key: &str) -> Option<Site> {
        let place = self.place.under(key)?;
        Some(match self.place {
            Place::Node(node) => Site {
                place,
                path: self.path_to(key).into(),
                subject: self.subject_of(key),
                told: node.field(key).map_or(&[], |field| field.told),
            },
            _ => Site {
                place,
                ..self.clone()
            },
        })
    }

    /// What an object in a sequence here is.
    pub(super) fn inside(&self) -> Option<Site> {
        match self.place {
            Place::Node(Node::Text { rich: true, .. }) => Some(Site {
                place: Place::Block,
                ..self.clone()
            }),
            place => place.deeper().map(|place| Site {
                place,
                ..self.clone()
            }),
        }
    }

    /// The same, for an object of this kind. In a free document nothing else
    /// says what it is.
    pub(super) fn of_kind(mut self, made: ObjType) -> Self {
        if let Place::Free { kind, .. } = &mut self.place {
            *kind = made;
        }
        self
    }

    /// What lies at the end of a path.
    pub(super) fn at(&self, path: &[(ObjId, Prop)]) -> Option<Site> {
        path.iter()
            .try_fold(self.clone(), |site, (_, prop)| match prop {
                Prop::Map(key) => site.under(key),
                Prop::Seq(_) => site.inside(),
            })
    }

    /// The thing that what lies under a key here belongs to.
    pub(super) fn subject_of(&self, key: &str) -> Option<Subject> {
        match self.place {
            Place::Node(Node::Table(table)) if table.kind.is_some() => {
                table.kind.map(|kind| Subject {
                    kind,
                    id: key.into(),
                })
            }
            _ => self.subject.clone(),
        }
    }

    /// The last key that leads here. Keys of the schema have no slash.
    pub(super) fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or_default()
    }

    /// The keys that lead to what lies under one more.
    pub(super) fn path_to(&self, key: &str) -> String {
        match &*self.path {
            "" => key.to_owned(),
            path => format!("{path}/{key}"),
        }
    }
}

/// A key of a map or an element of a sequence: what an operation fills, and
/// what the operations it replaces must have filled.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Slot {
    pub(super) obj: ObjectId,
    pub(super) key: Key,
}

/// An operation's or object's id as the document takes it.
pub(super) fn ex_id(op: &OpId) -> ObjId {
    ObjId::Id(op.counter(), op.actor().clone(), 0)
}

/// The operation behind an id of the document's; `None` for the root.
pub(super) fn op_id(id: &ObjId) -> Option<OpId> {
    match id {
        ObjId::Root => None,
        ObjId::Id(counter, actor, _) => Some(OpId::new(*counter, actor)),
    }
}

/// An object's id as the document takes it.
pub(super) fn ex_obj(obj: &ObjectId) -> ObjId {
    match obj {
        ObjectId::Root => ObjId::Root,
        ObjectId::Id(op) => ex_id(op),
    }
}

/// Where an element of a sequence is, or what follows it once it was deleted.
pub(super) fn position(doc: &Automerge, obj: &ObjId, element: &OpId) -> Option<usize> {
    let name = format!("{}@{}", element.counter(), element.actor());
    let cursor = Cursor::try_from(name).ok()?;
    // Automerge asserts that the element is of this sequence.
    contained(|| doc.get_cursor_position(obj, &cursor, None).ok())?
}

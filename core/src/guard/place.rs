//! Where things are in a document: objects by the schema that rules them, and
//! the slots that operations fill.

use automerge::legacy::{Key, ObjectId, OpId};
use automerge::{ObjId, ObjType, Prop};

use crate::document::schema::Node;
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
    pub(super) fn under(self, key: &str) -> Option<Place> {
        match (self, key) {
            (Place::Node(Node::Table(table)), _) => Some(Place::Node(&table.entry)),
            (Place::Node(node), _) => node.field(key).map(|field| Place::Node(&field.node)),
            (Place::Block, "parents") => Some(Place::Parents),
            (Place::Block, "attrs") => Some(Place::Attrs),
            (Place::Free { .. }, _) => self.deeper(),
            _ => None,
        }
    }

    /// An object in one of a free document, where it may nest any deeper. What
    /// it is, its maker says.
    fn deeper(self) -> Option<Place> {
        match self {
            Place::Free { kind, depth } if depth < limits::FREE_DEPTH => Some(Place::Free {
                kind,
                depth: depth + 1,
            }),
            _ => None,
        }
    }

    /// The same place, of a free document's object of this kind.
    pub(super) fn of_kind(self, made: ObjType) -> Place {
        match self {
            Place::Free { depth, .. } => Place::Free { kind: made, depth },
            place => place,
        }
    }

    /// What an object in a sequence here is.
    pub(super) fn inside(self) -> Option<Place> {
        match self {
            Place::Node(Node::Text { rich: true, .. }) => Some(Place::Block),
            _ => self.deeper(),
        }
    }

    /// What lies at the end of a path.
    pub(super) fn at(self, path: &[(ObjId, Prop)]) -> Option<Place> {
        path.iter().try_fold(self, |place, (_, prop)| match prop {
            Prop::Map(key) => place.under(key),
            Prop::Seq(_) => place.inside(),
        })
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

/// An object's id as the document takes it.
pub(super) fn ex_obj(obj: &ObjectId) -> ObjId {
    match obj {
        ObjectId::Root => ObjId::Root,
        ObjectId::Id(op) => ex_id(op),
    }
}

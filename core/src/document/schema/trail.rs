//! What the audit trail tells (spec F1.6, F2.9). The schema names, beside every
//! tracked place, the activities one of which a write there owes in its own
//! change. Commands log only what is declared here, and the guard refuses a
//! change that keeps silent, or that tells what it does not do.

use super::Node;

/// An activity that a write owes.
#[derive(Clone, Copy, Debug)]
pub struct Told {
    /// Its action: the command's name.
    pub action: &'static str,
    /// What it says of the write.
    pub says: Says,
    /// The writes it tells of.
    pub on: On,
}

/// Which writes an activity tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum On {
    /// All.
    Any,
    /// Something is put.
    Put,
    /// Something is taken away.
    Removal,
}

/// What an activity says of a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Says {
    /// What was done to the subject, naming no field.
    Deed,
    /// As field the place's key; as `to` the new value, empty for none and for
    /// an edited text.
    Value,
    /// As [`Says::Value`], and the new value is one of these words.
    Becomes(&'static [&'static str]),
    /// As field the table's name, a slash and the key; as `to` the new value.
    Entry,
    /// As field the table's name; the key as `to` when it comes and as `from`
    /// when it goes.
    Key,
    /// As field `answer`; as `to` the key, a space and the new value.
    Answer,
    /// As field this one, whatever its values: the write is the essence of it.
    Essence(&'static str),
    /// As field this one, or none: the write goes along with the essence and
    /// does not prove it. Its value is one of these words, where there are any.
    Along(Option<&'static str>, &'static [&'static str]),
}

pub(super) const fn told(action: &'static str, says: Says) -> Told {
    Told {
        action,
        says,
        on: On::Any,
    }
}

pub(super) const fn deed(action: &'static str) -> Told {
    told(action, Says::Deed)
}

pub(super) const fn value(action: &'static str) -> Told {
    told(action, Says::Value)
}

impl Told {
    pub(super) const fn on_put(mut self) -> Self {
        self.on = On::Put;
        self
    }

    pub(super) const fn on_removal(mut self) -> Self {
        self.on = On::Removal;
        self
    }
}

/// Whether some place of things of this kind, or of the document itself, owes
/// an activity of this action.
pub(crate) fn declares(node: &Node, kind: Option<&str>, action: &str) -> bool {
    below(node, None, kind, action)
}

fn below(node: &Node, of: Option<&str>, kind: Option<&str>, action: &str) -> bool {
    let owes = |of: Option<&str>, told: &[Told]| {
        of == kind && told.iter().any(|told| told.action == action)
    };
    match node {
        Node::Record(fields) => fields
            .iter()
            .any(|field| owes(of, field.told) || below(&field.node, of, kind, action)),
        Node::Table(table) => {
            let of = table.kind.or(of);
            owes(of, table.told) || below(&table.entry, of, kind, action)
        }
        _ => false,
    }
}

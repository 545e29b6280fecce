//! Erasing a person: what remains of a document when everything that says who
//! somebody is, or what they wrote or was written about them, is taken out.
//!
//! What remains makes reports stay true: how much happened, when, through which
//! channel and in which state it is, for which purpose, and who of the team did
//! it. So numbers, moments, flags and words of a list are kept, and of the
//! strings those that name a member, a team, an entry of the workspace's lists
//! or another thing by its id ([`KEPT`]). Every other string goes: names and
//! addresses, subjects and bodies, notes, titles, descriptions, tags, custom
//! fields, file names and the files' hashes. A field that a later program adds
//! goes too, until it is named here.
//!
//! Ids that are made of an address would still tell it to who guesses, so the
//! documents get new ones; things inside keep theirs, because topics, replies
//! and the audit trail name them.

use std::collections::BTreeMap;

use automerge::transaction::Transactable;
use automerge::{
    ActorId, AutoCommit, Automerge, AutomergeError, Change, ObjId, ObjType, ROOT, ReadDoc, Value,
};
use uuid::Uuid;

use crate::document::schema::{self, Field, Key, Node, Table};
use crate::document::{Document, commit, genesis, set_actor};
use crate::error::{Code, Refusal};
use crate::id::{ContactId, ConversationId, DocumentId, MemberId};
use crate::time::Timestamp;

#[cfg(test)]
mod tests;

/// Which contact or conversation is called what from now on.
pub type NewIds = BTreeMap<Uuid, Uuid>;

/// Strings that name no person outside the team, by their field.
const KEPT: &[&str] = &[
    "action",
    "assignee",
    "by",
    "contact",
    "due",
    "expected",
    "field",
    "firstMessage",
    "inReplyTo",
    "lastMessage",
    "lastSeen",
    "link",
    "mergedInto",
    "message",
    "organiser",
    "owner",
    "parent",
    "purpose",
    "stage",
    "subjectId",
    "subjectKind",
    "task",
    "taskType",
    "team",
    "topic",
    "type",
    "value",
    "when",
];
/// Kept words that the audit trail may tell the old and new value of.
const WORDS: &[&str] = &["channel", "priority", "status"];
/// Fields of those names whose content is a web address.
const PLACES: &[&str] = &["appointments"];
/// The message of the changes that write a document anew.
const MESSAGE: &str = "erase";
/// Entries in one change: as many as stay below the limits of a change.
const ENTRIES: usize = 200;

/// The document as it is without the person, under its new id. Its changes are
/// by `member`, one for some entries each.
pub fn without_person(
    document: &mut Document,
    ids: &NewIds,
    actor: ActorId,
    member: &MemberId,
    now: Timestamp,
) -> Result<Document, Refusal> {
    let id = renamed(document.id(), ids);
    let unwritable = |_: AutomergeError| Refusal::new(Code::Invalid, "It cannot be written anew.");
    let mut to = AutoCommit::load(&genesis::versions(id).concat()).map_err(unwritable)?;
    set_actor(&mut to, actor.clone(), member);
    let mut copy = Copy {
        from: document.automerge(),
        to,
        ids,
        entries: 0,
        now,
    };
    let Node::Record(fields) = root(id) else {
        return Err(Refusal::new(Code::Invalid, "A document is a record."));
    };
    copy.record(&ROOT, &ROOT, fields, "").map_err(unwritable)?;
    commit(&mut copy.to, MESSAGE, now);
    let changes = copy.to.get_changes(&[]);
    let changes = changes.iter().map(Change::raw_bytes);
    Document::load(id, actor, member, changes)
}

/// Whether a change's message says that it writes a document anew. Then it brings
/// what many did before, all in the name of whoever erased.
pub(crate) fn rewrites(message: Option<&str>) -> bool {
    message == Some(MESSAGE)
}

/// What a document is called from now on.
pub fn renamed(id: DocumentId, ids: &NewIds) -> DocumentId {
    let new = |id: Uuid| ids.get(&id).copied().unwrap_or(id);
    match id {
        DocumentId::Contact(id) => ContactId(new(id.0)).into(),
        DocumentId::Conversation(id) => ConversationId(new(id.0)).into(),
        other => other,
    }
}

fn root(id: DocumentId) -> Node {
    match id {
        DocumentId::Contact(_) => schema::CONTACT,
        DocumentId::Conversation(_) => schema::CONVERSATION,
        _ => schema::WORKSPACE,
    }
}

struct Copy<'a> {
    from: &'a Automerge,
    to: AutoCommit,
    ids: &'a NewIds,
    /// Entries of tables since the last change.
    entries: usize,
    now: Timestamp,
}

impl Copy<'_> {
    /// Copies a record's fields; `table` is the name of the table it is in.
    fn record(
        &mut self,
        from: &ObjId,
        to: &ObjId,
        fields: &[Field],
        table: &str,
    ) -> Result<(), AutomergeError> {
        for field in fields {
            let Some((value, obj)) = self.from.get(from, field.name)? else {
                continue;
            };
            match (&field.node, value) {
                (Node::Record(inner), Value::Object(ObjType::Map)) => {
                    let to = self.container(to, field.name)?;
                    self.record(&obj, &to, inner, table)?;
                }
                (Node::Table(inner), Value::Object(ObjType::Map)) => {
                    let to = self.container(to, field.name)?;
                    self.table(&obj, &to, inner, field.name)?;
                }
                // Its author is known still, and that there was something.
                (Node::Text { .. }, Value::Object(ObjType::Text)) => {
                    self.to.put_object(to, field.name, ObjType::Text)?;
                }
                // The first change has put the kind's version.
                (Node::Int | Node::Bool | Node::Word(..), Value::Scalar(value))
                    if field.write != schema::Write::Genesis =>
                {
                    self.to.put(to, field.name, value.into_owned())?;
                }
                (Node::Str(_), Value::Scalar(value)) => {
                    let tells = self.tells(from, field.name, table)?;
                    if let Some(text) = value.as_str().filter(|_| tells) {
                        let text = self.renamed(text);
                        self.to.put(to, field.name, text)?;
                    }
                }
                // Of another shape than the schema's: nobody could read it.
                _ => {}
            }
        }
        Ok(())
    }

    /// Whether a string stays.
    fn tells(&self, entry: &ObjId, name: &str, table: &str) -> Result<bool, AutomergeError> {
        if name == "link" && PLACES.contains(&table) {
            return Ok(false);
        }
        // What the audit trail says of a field is kept where the field is.
        if matches!(name, "from" | "to") && table == "activities" {
            let field = self.from.get(entry, "field")?;
            let field = field.and_then(|(field, _)| field.as_str().map(str::to_owned));
            let kind = self.from.get(entry, "subjectKind")?;
            let is_place = kind.is_some_and(|(kind, _)| kind.as_str() == Some("appointment"));
            return Ok(field.is_some_and(|field| match field.as_str() {
                "link" => !is_place,
                field => WORDS.contains(&field) || KEPT.contains(&field),
            }));
        }
        Ok(KEPT.contains(&name))
    }

    fn table(
        &mut self,
        from: &ObjId,
        to: &ObjId,
        table: &Table,
        name: &str,
    ) -> Result<(), AutomergeError> {
        let keys: Vec<String> = self.from.keys(from).collect();
        for key in keys {
            let named = match table.key {
                Key::Uuid | Key::Member => true,
                // Attendees of the team; an address or a tag is the person's,
                // whatever it begins with.
                Key::Line => name == "attendees" && key.starts_with("member:"),
                Key::Sha256 => false,
            };
            let Some((value, obj)) = self.from.get(from, key.as_str())?.filter(|_| named) else {
                continue;
            };
            let key = self.renamed(&key);
            match (&table.entry, value) {
                (Node::Record(fields), Value::Object(ObjType::Map)) => {
                    let entry = self.to.put_object(to, key.as_str(), ObjType::Map)?;
                    self.record(&obj, &entry, fields, name)?;
                    self.next_entry();
                }
                (Node::Int | Node::Bool | Node::Word(..), Value::Scalar(value)) => {
                    self.to.put(to, key.as_str(), value.into_owned())?;
                    self.next_entry();
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// A map that the first change has made, or a new one.
    fn container(&mut self, to: &ObjId, key: &str) -> Result<ObjId, AutomergeError> {
        match self.to.get(to, key)? {
            Some((Value::Object(ObjType::Map), obj)) => Ok(obj),
            _ => self.to.put_object(to, key, ObjType::Map),
        }
    }

    fn next_entry(&mut self) {
        self.entries += 1;
        if self.entries.is_multiple_of(ENTRIES) {
            commit(&mut self.to, MESSAGE, self.now);
        }
    }

    /// A string with the new id in place of the old one, if it is one.
    fn renamed(&self, text: &str) -> String {
        let new = |text: &str| {
            let id: Uuid = text.parse().ok()?;
            self.ids.get(&id)
        };
        new(text).map_or_else(|| text.to_owned(), Uuid::to_string)
    }
}

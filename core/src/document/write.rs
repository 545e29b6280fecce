//! What commands write with: typed puts that leave alone what is equal, and
//! the activity that a tracked change owes.

use automerge::transaction::{CommitOptions, Transactable};
use automerge::{AutoCommit, Change, ObjId, ObjType, ReadDoc, ScalarValue, Value};
use uuid::Uuid;

use super::prose::{self, broken};
use super::read::Reader;
use super::{View, conversation, plain, schema};
use crate::command::{CommandResult, Context};
use crate::error::{Code, Refusal};
use crate::guard;
use crate::id::{Ids, MemberId, NoteId};
use crate::limits;
use crate::model::{ContactView, ItemKind, Member, Role, Span, WorkspaceView};
use crate::time::Timestamp;

/// How long a member's edits of a note count as one, in milliseconds.
const EDIT_STAMP_MS: i64 = 60_000;

/// A tracked field to set.
pub(crate) struct FieldChange<'f> {
    /// The map it lies in.
    pub(crate) entry: &'f ObjId,
    /// The command's name.
    pub(crate) action: &'f str,
    /// What the map is about; `None` for the document itself.
    pub(crate) subject: Option<(ItemKind, Uuid)>,
    /// Its key.
    pub(crate) field: &'f str,
    /// What it is, as text.
    pub(crate) from: String,
    /// What it shall be; `None` for nothing.
    pub(crate) to: Option<String>,
    /// Whether several values stand in it.
    pub(crate) disputed: bool,
}

/// A document open for one command.
pub(crate) struct Writer<'a, 'c> {
    doc: &'a mut AutoCommit,
    view: &'a View,
    ctx: &'a mut Context<'c>,
    /// Bytes of the keys and values that were put, beside the letters of texts.
    bytes: usize,
}

impl<'a, 'c> Writer<'a, 'c> {
    pub(crate) fn new(doc: &'a mut AutoCommit, view: &'a View, ctx: &'a mut Context<'c>) -> Self {
        Self {
            doc,
            view,
            ctx,
            bytes: 0,
        }
    }

    /// The conversation as it was before this command.
    pub(crate) fn conversation(&self) -> Result<&'a super::ConversationView, Refusal> {
        match self.view {
            View::Conversation(view) => Ok(view),
            _ => Err(Refusal::new(Code::NotFound, "This is not a conversation.")),
        }
    }

    /// The contact as it was before this command.
    pub(crate) fn contact(&self) -> Result<&'a ContactView, Refusal> {
        match self.view {
            View::Contact(view) => Ok(view),
            _ => Err(Refusal::new(Code::NotFound, "This is not a contact.")),
        }
    }

    /// The workspace's rules and lists, which commands to all documents ask.
    pub(crate) fn workspace(&self) -> &'a WorkspaceView {
        match self.view {
            View::Workspace(view) => view,
            _ => self.ctx.workspace,
        }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.ctx.now
    }

    pub(crate) fn member(&self) -> &Member {
        self.ctx.member
    }

    pub(crate) fn me(&self) -> MemberId {
        self.ctx.member.id.clone()
    }

    /// Refuses everyone but `role`.
    pub(crate) fn require(&self, role: Role, text: &str) -> Result<(), Refusal> {
        if self.ctx.member.role == role {
            Ok(())
        } else {
            Err(Refusal::new(Code::Forbidden, text))
        }
    }

    /// Who closed the conversation and when, where something overrules that.
    pub(crate) fn overruled_close(&self) -> Option<(MemberId, Timestamp)> {
        let header = &self.conversation().ok()?.header;
        conversation::overruled_close(self.doc, header)
    }

    /// Does one of several steps of a command, with ids from `ids`. Its view is the one
    /// before the command: what a step asks of those before it, it asks of the document
    /// (see [`Writer::count`] and [`Writer::has`]), which costs no look at all of it.
    pub(crate) fn step(
        &mut self,
        ids: &mut dyn Ids,
        step: impl FnOnce(&mut Writer<'_, '_>) -> CommandResult,
    ) -> CommandResult {
        let mut ctx = Context {
            now: self.ctx.now,
            member: self.ctx.member,
            workspace: self.ctx.workspace,
            ids,
        };
        let mut writer = Writer::new(self.doc, self.view, &mut ctx);
        let result = step(&mut writer);
        self.bytes += writer.bytes;
        result
    }

    /// Takes back all that the command has written so far.
    pub(crate) fn start_over(&mut self) {
        self.doc.rollback();
        self.bytes = 0;
    }

    pub(crate) fn new_id(&mut self) -> Uuid {
        self.ctx.ids.next_id()
    }

    /// A container of the root.
    pub(crate) fn root(&self, key: &str) -> Result<ObjId, Refusal> {
        Reader::root(self.doc)
            .map(key)
            .map(|map| map.obj)
            .ok_or_else(|| Refusal::new(Code::Invalid, "The document lacks a container."))
    }

    /// An existing entry of a table of items.
    pub(crate) fn entry(&self, kind: ItemKind, id: Uuid) -> Result<ObjId, Refusal> {
        Reader::root(self.doc)
            .map(conversation::table(kind))
            .and_then(|table| table.map(&id.to_string()))
            .map(|entry| entry.obj)
            .ok_or_else(|| Refusal::new(Code::NotFound, "There is no such thing here."))
    }

    /// A new entry of a table of items. One that exists is never replaced, whoever
    /// could tell its id before.
    pub(crate) fn add_entry(&mut self, kind: ItemKind, id: Uuid) -> Result<ObjId, Refusal> {
        let table = self.root(conversation::table(kind))?;
        if self.has(&table, &id.to_string()) {
            return Err(Refusal::new(Code::Invalid, "This is there already."));
        }
        self.put_map(&table, &id.to_string())
    }

    /// Puts a scalar. Leaves alone what is equal and undisputed, so that an
    /// idle save writes nothing, and a repeated one settles a conflict.
    pub(crate) fn put(
        &mut self,
        obj: &ObjId,
        key: &str,
        value: impl Into<ScalarValue>,
    ) -> Result<(), Refusal> {
        let value = value.into();
        let all = self.doc.get_all(obj, key).map_err(broken)?;
        let mut scalars: Vec<ScalarValue> = all
            .iter()
            .filter_map(|(value, _)| match value {
                Value::Scalar(scalar) => Some(scalar.as_ref().clone()),
                Value::Object(_) => None,
            })
            .collect();
        // Automerge lists the one that shows last.
        let shown = scalars.pop();
        if shown.as_ref() == Some(&value) {
            // To put what shows, Automerge deletes what does not, and nobody may
            // delete a field. So one of the others shows for a moment.
            let Some(other) = scalars.into_iter().find(|other| *other != value) else {
                return Ok(());
            };
            self.doc.put(obj, key, other).map_err(broken)?;
        } else if all.is_empty() && value == ScalarValue::Null {
            return Ok(());
        }
        self.bytes += key.len() + value.as_str().map_or(0, str::len);
        self.doc.put(obj, key, value).map_err(broken)
    }

    /// Puts a string, or null for none.
    pub(crate) fn put_option(
        &mut self,
        obj: &ObjId,
        key: &str,
        value: Option<String>,
    ) -> Result<(), Refusal> {
        self.put(obj, key, value.map_or(ScalarValue::Null, ScalarValue::from))
    }

    /// The word of an enum without data.
    pub(crate) fn word<T: serde::Serialize>(value: &T) -> String {
        super::read::word_of(value)
    }

    /// Puts the word of an enum without data.
    pub(crate) fn put_word<T: serde::Serialize>(
        &mut self,
        obj: &ObjId,
        key: &str,
        value: &T,
    ) -> Result<(), Refusal> {
        self.put(obj, key, Self::word(value))
    }

    /// The string under a key.
    pub(crate) fn text(&self, obj: &ObjId, key: &str) -> Option<String> {
        match self.doc.get(obj, key) {
            Ok(Some((Value::Scalar(scalar), _))) => scalar.as_str().map(str::to_owned),
            _ => None,
        }
    }

    /// Whether several values stand under a key that are not all the same.
    pub(crate) fn is_disputed(&self, obj: &ObjId, key: &str) -> bool {
        let differ = |all: Vec<(Value<'_>, _)>| all.iter().any(|(value, _)| *value != all[0].0);
        self.doc.get_all(obj, key).is_ok_and(differ)
    }

    /// Whether a key holds anything.
    pub(crate) fn has(&self, obj: &ObjId, key: &str) -> bool {
        matches!(self.doc.get(obj, key), Ok(Some(_)))
    }

    /// How many keys a map holds.
    pub(crate) fn count(&self, obj: &ObjId) -> usize {
        self.doc.length(obj)
    }

    /// The map under a key.
    pub(crate) fn child(&self, obj: &ObjId, key: &str) -> Result<ObjId, Refusal> {
        match self.doc.get(obj, key).map_err(broken)? {
            Some((Value::Object(ObjType::Map), child)) => Ok(child),
            _ => Err(Refusal::new(Code::NotFound, "The entry lacks a part.")),
        }
    }

    /// Puts a moment.
    pub(crate) fn put_time(
        &mut self,
        obj: &ObjId,
        key: &str,
        at: Timestamp,
    ) -> Result<(), Refusal> {
        self.put(obj, key, at.as_millis())
    }

    /// Puts a new map.
    pub(crate) fn put_map(&mut self, obj: &ObjId, key: &str) -> Result<ObjId, Refusal> {
        self.bytes += key.len();
        self.doc.put_object(obj, key, ObjType::Map).map_err(broken)
    }

    /// Removes a key.
    pub(crate) fn delete(&mut self, obj: &ObjId, key: &str) -> Result<(), Refusal> {
        self.doc.delete(obj, key).map_err(broken)
    }

    /// Puts a new text that several people may edit.
    pub(crate) fn put_text(&mut self, obj: &ObjId, key: &str, text: &str) -> Result<(), Refusal> {
        let object = self
            .doc
            .put_object(obj, key, ObjType::Text)
            .map_err(broken)?;
        self.doc.splice_text(&object, 0, 0, text).map_err(broken)
    }

    /// Makes a text equal to another by their differences.
    pub(crate) fn update_text(
        &mut self,
        obj: &ObjId,
        key: &str,
        text: &str,
    ) -> Result<(), Refusal> {
        match self.doc.get(obj, key).map_err(broken)? {
            Some((Value::Object(ObjType::Text), object)) => {
                plain::update(self.doc, &object, text).map_err(broken)
            }
            _ => self.put_text(obj, key, text),
        }
    }

    /// Puts a new rich text.
    pub(crate) fn put_prose(
        &mut self,
        obj: &ObjId,
        key: &str,
        spans: &[Span],
    ) -> Result<(), Refusal> {
        let object = self
            .doc
            .put_object(obj, key, ObjType::Text)
            .map_err(broken)?;
        self.bytes += prose::weight(spans) * limits::OP_BYTES;
        prose::write(self.doc, &object, spans)
    }

    /// Edits a note's text, and says who did where that changes anything.
    pub(crate) fn edit_note(
        &mut self,
        note: NoteId,
        edits: &[crate::model::TextEdit],
    ) -> Result<(), Refusal> {
        let entry = self.entry(ItemKind::Note, note.0)?;
        let Some((Value::Object(ObjType::Text), text)) =
            self.doc.get(&entry, "text").map_err(broken)?
        else {
            return Err(Refusal::new(Code::NotFound, "There is no such text."));
        };
        self.bytes += edits.iter().map(prose::edit_weight).sum::<usize>() * limits::OP_BYTES;
        prose::edit(self.doc, &text, edits)?;
        stamp_edit(self.doc, note, &self.ctx.member.id, self.ctx.now)
    }

    /// Puts who does this, and when.
    pub(crate) fn put_stamp(&mut self, obj: &ObjId, key: &str) -> Result<(), Refusal> {
        put_stamp(self.doc, obj, key, &self.ctx.member.id, self.ctx.now)
    }

    /// A new entry of a table of items that says who made it, and when.
    pub(crate) fn begin_entry(&mut self, kind: ItemKind, id: Uuid) -> Result<ObjId, Refusal> {
        let entry = self.add_entry(kind, id)?;
        let (me, now) = (self.me(), self.now());
        self.put(&entry, "by", me.as_str())?;
        self.put_time(&entry, "at", now)?;
        Ok(entry)
    }

    /// Sets a tracked field of an entry and writes its activity. Does nothing
    /// where the value is the same and undisputed.
    pub(crate) fn set_field(&mut self, set: FieldChange<'_>) -> Result<(), Refusal> {
        let to_text = set.to.clone().unwrap_or_default();
        if set.from == to_text && !set.disputed {
            return Ok(());
        }
        self.put_option(set.entry, set.field, set.to)?;
        self.log(
            set.action,
            set.subject,
            Some((set.field, set.from, to_text)),
        )
    }

    /// Writes the audit trail's entry for what this command does: one of those
    /// that the schema declares for what it writes.
    pub(crate) fn log(
        &mut self,
        action: &str,
        subject: Option<(ItemKind, Uuid)>,
        change: Option<(&str, String, String)>,
    ) -> Result<(), Refusal> {
        let id = self.new_id();
        self.log_as(id, action, subject, change)
    }

    /// The same with an id of one's own.
    pub(crate) fn log_as(
        &mut self,
        id: Uuid,
        action: &str,
        subject: Option<(ItemKind, Uuid)>,
        change: Option<(&str, String, String)>,
    ) -> Result<(), Refusal> {
        let kind = subject.map(|(kind, _)| super::read::word_of(&kind));
        let root = match self.view {
            View::Conversation(_) => Some(&schema::CONVERSATION),
            View::Contact(_) => Some(&schema::CONTACT),
            View::Workspace(_) => Some(&schema::WORKSPACE),
            View::Free => None,
        };
        debug_assert!(
            root.is_some_and(|root| schema::declares(root, kind.as_deref(), action)),
            "the schema has no write that {action} tells of"
        );
        let entry = self.add_entry(ItemKind::Activity, id)?;
        let (me, now) = (self.me(), self.now());
        self.put(&entry, "by", me.as_str())?;
        self.put_time(&entry, "at", now)?;
        self.put(&entry, "action", action)?;
        if let Some((kind, id)) = subject {
            self.put(&entry, "subjectKind", super::read::word_of(&kind))?;
            self.put(&entry, "subjectId", id.to_string())?;
        }
        if let Some((field, from, to)) = change {
            self.put(&entry, "field", field)?;
            self.put(&entry, "from", cut(&from))?;
            self.put(&entry, "to", cut(&to))?;
        }
        Ok(())
    }

    /// Refuses what was written where the guard would refuse it for its size as one
    /// change of this name.
    pub(crate) fn check_size(&self, name: &str) -> Result<(), Refusal> {
        let weight = self.doc.pending_ops() + self.bytes / limits::OP_BYTES;
        if weight <= limits::CHANGE_OPS / 2 {
            return Ok(());
        }
        // Only a change that was made can be measured, and none can be taken
        // back, so one that may be too large is made on a copy first.
        let change = commit(&mut self.doc.clone(), name, self.ctx.now);
        change.as_ref().map_or(Ok(()), guard::check_size)
    }

    /// Closes the command's one change; `None` where nothing was written. Refuses
    /// one that is too large, see [`Writer::check_size`]; the caller rolls back.
    pub(crate) fn commit(self, name: &str) -> Result<Option<Change>, Refusal> {
        self.check_size(name)?;
        Ok(commit(self.doc, name, self.ctx.now))
    }
}

fn put_stamp(
    doc: &mut AutoCommit,
    obj: &ObjId,
    key: &str,
    by: &MemberId,
    at: Timestamp,
) -> Result<(), Refusal> {
    let stamp = doc.put_object(obj, key, ObjType::Map).map_err(broken)?;
    doc.put(&stamp, "by", by.as_str()).map_err(broken)?;
    doc.put(&stamp, "at", at.as_millis()).map_err(broken)
}

/// Says in a note who edits it and when, in the open change, where that writes
/// anything. One stamp stands for all that a member edits within a minute, because a run of keystrokes is
/// a change every few seconds and every stamp stays in the document for ever.
pub(crate) fn stamp_edit(
    doc: &mut AutoCommit,
    note: NoteId,
    by: &MemberId,
    now: Timestamp,
) -> Result<(), Refusal> {
    let notes = Reader::root(doc).map(conversation::table(ItemKind::Note));
    let Some(entry) = notes.and_then(|notes| notes.map(&note.to_string())) else {
        return Ok(());
    };
    let is_told = entry.map("edited").is_some_and(|stamp| {
        let at = stamp.time("at").unwrap_or_default();
        stamp.id::<MemberId>("by").as_ref() == Some(by)
            && now.as_millis() - at.as_millis() < EDIT_STAMP_MS
    });
    let entry = entry.obj;
    if is_told || doc.pending_ops() == 0 {
        return Ok(());
    }
    put_stamp(doc, &entry, "edited", by, now)
}

/// The beginning of a value, as long as an activity may tell it.
fn cut(value: &str) -> String {
    let mut units = 0;
    let fits = |c: &char| {
        units += c.len_utf16();
        units <= limits::SCALAR_UNITS
    };
    value.chars().take_while(fits).collect()
}

/// Closes the open change, if there is one.
pub(crate) fn commit(doc: &mut AutoCommit, name: &str, now: Timestamp) -> Option<Change> {
    if doc.pending_ops() == 0 {
        doc.rollback();
        return None;
    }
    let hash = doc.commit_with(named(name, now))?;
    doc.get_change_by_hash(&hash)
}

/// What a change says of itself: its command's name, and when it was made, in
/// whole seconds.
pub(crate) fn named(name: &str, now: Timestamp) -> CommitOptions {
    CommitOptions::default()
        .with_message(name)
        .with_time(now.as_millis().div_euclid(1000))
}

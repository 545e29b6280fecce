//! One document: Automerge inside, plain data outside.
//!
//! Reading never fails: any mergeable document gives a view. Writing goes
//! through commands alone, one Automerge change each. Views follow patches.

mod address;
mod conflict;
mod contact;
mod conversation;
pub mod genesis;
mod history;
mod plain;
mod prose;
mod read;
mod row;
pub mod schema;
mod tally;
mod texts;
mod view;
mod workspace;
mod write;

use std::collections::BTreeSet;

use automerge::{ActorId, Author, AutoCommit, Change, ChangeHash, ObjId, ObjType, ReadDoc};

use uuid::Uuid;

pub use texts::SUMMARY_VERSION;
pub use view::{ConversationView, Dirty, place};

pub(crate) use address::format as write_addresses;
pub(crate) use contact::{identity_key, money_text, stage_text};
pub(crate) use prose::{MARKS, PART, Part, beginning, check_spans};
pub(crate) use read::{word, word_of};
pub(crate) use workspace::{hours_text, list_key};
pub(crate) use write::{FieldChange, Writer, commit};

use crate::command::{Command, Context, Outcome};
use crate::error::{Code, Refusal};
use crate::id::{DocumentId, MemberId, NoteId};
use crate::model::{ContactView, Row, Span, TextEdit, WorkspaceRow, WorkspaceView};

/// What a change is named that only joins others.
const JOIN: &str = "join";

/// What a document says, as its kind.
#[derive(Clone, Debug, PartialEq)]
pub enum View {
    /// A conversation.
    Conversation(ConversationView),
    /// A contact.
    Contact(ContactView),
    /// The workspace.
    Workspace(WorkspaceView),
    /// A free document: what it says is nobody's business here.
    Free,
}

/// What a command did: its outcome and its change, `None` where there was
/// nothing to write.
#[derive(Debug)]
pub struct Executed {
    /// What was made.
    pub outcome: Outcome,
    /// The one change.
    pub change: Option<Change>,
    /// What it touched.
    pub dirty: Dirty,
}

/// A document in memory, with its view.
#[derive(Debug)]
pub struct Document {
    id: DocumentId,
    doc: AutoCommit,
    view: View,
}

impl Document {
    /// A document with nothing but its kind's first change.
    pub fn begin(id: DocumentId, actor: ActorId, member: &MemberId) -> Result<Self, Refusal> {
        let none: [&[u8]; 0] = [];
        Self::load(id, actor, member, none)
    }

    /// A document from what storage kept: a snapshot, raw changes, or both, in
    /// any order. What depends on a chunk that is not there stays out.
    pub fn load(
        id: DocumentId,
        actor: ActorId,
        member: &MemberId,
        chunks: impl IntoIterator<Item = impl AsRef<[u8]>>,
    ) -> Result<Self, Refusal> {
        let unreadable = |_| Refusal::new(Code::Quarantined, "The document cannot be loaded.");
        // Automerge reads a snapshot at once that comes first, and one that comes
        // after anything else change by change: at 10,000 of them, 12 times slower.
        let mut bytes = Vec::new();
        let mut rest = genesis::versions(id).concat();
        for chunk in chunks {
            let chunk = chunk.as_ref();
            let part = if is_snapshot(chunk) {
                &mut bytes
            } else {
                &mut rest
            };
            part.extend_from_slice(chunk);
        }
        bytes.append(&mut rest);
        let mut doc = AutoCommit::load(&bytes).map_err(unreadable)?;
        set_actor(&mut doc, actor, member);
        doc.update_diff_cursor();
        let view = build(&doc, id);
        Ok(Self { id, doc, view })
    }

    /// The document's id.
    pub fn id(&self) -> DocumentId {
        self.id
    }

    /// What the document says.
    pub fn view(&self) -> &View {
        &self.view
    }

    /// The view, if this is a conversation.
    pub fn conversation(&self) -> Option<&ConversationView> {
        match &self.view {
            View::Conversation(view) => Some(view),
            _ => None,
        }
    }

    /// The view, if this is a contact.
    pub fn contact(&self) -> Option<&ContactView> {
        match &self.view {
            View::Contact(view) => Some(view),
            _ => None,
        }
    }

    /// The view, if this is the workspace's document.
    pub fn workspace(&self) -> Option<&WorkspaceView> {
        match &self.view {
            View::Workspace(view) => Some(view),
            _ => None,
        }
    }

    /// The view, read from scratch; equal to [`Document::view`].
    pub fn rebuilt(&self) -> View {
        build(&self.doc, self.id)
    }

    /// The summary for lists; `None` for a free document, which is in none.
    pub fn row(&self) -> Option<Row> {
        match &self.view {
            View::Conversation(view) => Some(Row::Conversation(row::row(view))),
            View::Contact(view) => Some(Row::Contact(contact::row(view))),
            View::Workspace(_) => Some(Row::Workspace(WorkspaceRow {})),
            View::Free => None,
        }
    }

    /// Executes a command as one change, or refuses and changes nothing.
    pub fn execute(
        &mut self,
        ctx: &mut Context<'_>,
        command: &Command,
    ) -> Result<Executed, Refusal> {
        if command.document() != self.id {
            return Err(Refusal::new(
                Code::NotFound,
                "The command is for another document.",
            ));
        }
        if !ctx.member.role.writes() {
            return Err(Refusal::new(Code::Forbidden, "Viewers change nothing."));
        }
        self.follow(false, &BTreeSet::new());
        let mut writer = Writer::new(&mut self.doc, &self.view, ctx);
        let written = command.execute(&mut writer).and_then(|outcome| {
            let change = writer.commit(command.name())?;
            Ok((outcome, change))
        });
        match written {
            Ok((outcome, change)) => {
                let dirty = self.follow(change.is_some(), &BTreeSet::new());
                Ok(Executed {
                    outcome,
                    change,
                    dirty,
                })
            }
            Err(refusal) => {
                self.doc.rollback();
                Err(refusal)
            }
        }
    }

    /// Applies changes as one batch; what waits for a missing dependency is
    /// kept and applied when that comes.
    pub fn apply(&mut self, changes: Vec<Change>) -> Result<Dirty, Refusal> {
        let marked = view::marked_texts(&changes);
        self.doc
            .apply_changes_batch(changes)
            .map_err(|_| Refusal::new(Code::BadChange, "The changes cannot be applied."))?;
        Ok(self.follow(true, &marked))
    }

    /// Brings the view up to date and tells what was touched. A change may come
    /// without a patch: one that adds a value which does not win to a conflict,
    /// or settles a conflict by the value that shows. So after one (`changed`)
    /// the fields that nothing else leads to are read in any case, and so are
    /// the items of texts that were `marked`.
    fn follow(&mut self, changed: bool, marked: &BTreeSet<ObjId>) -> Dirty {
        let mut dirty = Dirty::from_patches(&self.doc.diff_incremental());
        dirty.header |= changed;
        dirty.add_texts(&self.doc, marked);
        if dirty == Dirty::default() {
            return dirty;
        }
        match &mut self.view {
            View::Conversation(view) => view.refresh(&self.doc, &mut dirty),
            View::Contact(_) | View::Workspace(_) => self.view = build(&self.doc, self.id),
            View::Free => {}
        }
        dirty
    }

    /// The heads, sorted.
    pub fn heads(&mut self) -> Vec<ChangeHash> {
        self.doc.get_heads()
    }

    /// Joins the heads by a change without operations.
    pub fn join_heads(&mut self, now: crate::time::Timestamp) -> Option<Change> {
        let hash = self.doc.empty_change(write::named(JOIN, now));
        self.change(&hash)
    }

    /// The changes that a holder of `have` lacks, dependencies first. Unknown
    /// heads are ignored; the first change, which everybody has, is left out.
    pub fn changes_since(&mut self, have: &[ChangeHash]) -> Vec<Change> {
        let known: Vec<ChangeHash> = have.iter().filter(|hash| self.has(hash)).copied().collect();
        let mut changes = self.doc.get_changes(&known);
        if known.is_empty() {
            changes.retain(|change| !genesis::begins(self.id, change.raw_bytes()));
        }
        changes
    }

    /// Whether a change is in the document.
    pub fn has(&mut self, hash: &ChangeHash) -> bool {
        self.doc.get_change_meta_by_hash(hash).is_some()
    }

    /// One change.
    pub fn change(&mut self, hash: &ChangeHash) -> Option<Change> {
        self.doc.get_change_by_hash(hash)
    }

    /// The whole document as one snapshot.
    pub fn save(&mut self) -> Vec<u8> {
        self.doc.save()
    }

    /// The Automerge document, for checks that only read.
    pub fn automerge(&mut self) -> &automerge::Automerge {
        self.doc.document()
    }

    /// From here on this document writes as `actor` of `member`.
    pub fn set_actor(&mut self, actor: ActorId, member: &MemberId) {
        set_actor(&mut self.doc, actor, member);
    }

    /// The actor this document writes as.
    pub fn actor(&self) -> &ActorId {
        self.doc.get_actor()
    }

    /// Refuses edits to a note that cannot all be applied.
    pub(crate) fn check_draft(&self, note: NoteId, edits: &[TextEdit]) -> Result<(), Refusal> {
        prose::check_edits(self.doc.length(note_text(&self.doc, note)?), edits)
    }

    /// An edit to a note as parts that each fit into a change.
    pub(crate) fn parts(&self, note: NoteId, edit: TextEdit) -> Result<Vec<Part>, Refusal> {
        let text = note_text(&self.doc, note)?;
        Ok(prose::parts(&self.doc, &text, edit, PART))
    }

    /// Applies a keystroke to a note at once, without closing the change. The
    /// caller closes it with [`Document::execute`] or [`Document::commit_draft`].
    pub(crate) fn draft(&mut self, note: NoteId, edit: &TextEdit) -> Result<(), Refusal> {
        let text = note_text(&self.doc, note)?;
        prose::edit(&mut self.doc, &text, std::slice::from_ref(edit))
    }

    /// Closes the open draft of `member` as one change named like the command.
    pub fn commit_draft(
        &mut self,
        note: NoteId,
        member: &MemberId,
        now: crate::time::Timestamp,
    ) -> (Option<Change>, Dirty) {
        // What was typed is not lost for a stamp that cannot be put.
        write::stamp_edit(&mut self.doc, note, member, now).ok();
        let change = write::commit(&mut self.doc, "edit_note", now);
        let dirty = self.follow(false, &BTreeSet::new());
        (change, dirty)
    }

    /// A note's text now, the open draft included.
    pub fn spans(&self, note: NoteId) -> Result<Vec<Span>, Refusal> {
        Ok(prose::spans(&self.doc, &note_text(&self.doc, note)?))
    }

    /// A stable name for a position in a note's text. Past the last character it
    /// names the end, where an empty note's caret stands.
    pub fn cursor(&self, note: NoteId, at: usize) -> Result<String, Refusal> {
        use automerge::CursorPosition;
        let text = note_text(&self.doc, note)?;
        let position = if at < self.doc.length(&text) {
            CursorPosition::Index(at)
        } else {
            CursorPosition::End
        };
        self.doc
            .get_cursor(&text, position, None)
            .map(|cursor| cursor.to_string())
            .map_err(|_| Refusal::new(Code::Invalid, "There is no such position.").on("at"))
    }

    /// Where a cursor stands now; `None` where its text is gone.
    pub fn position(&self, note: NoteId, cursor: &str) -> Option<usize> {
        let cursor = automerge::Cursor::try_from(cursor).ok()?;
        let text = note_text(&self.doc, note).ok()?;
        self.doc.get_cursor_position(&text, &cursor, None).ok()
    }
}

/// Whether a chunk is a whole document. After the magic bytes and the checksum
/// it says what it is (Automerge's binary format, "Chunks").
fn is_snapshot(chunk: &[u8]) -> bool {
    chunk.get(8) == Some(&0)
}

/// A note's text object.
fn note_text(doc: &AutoCommit, note: NoteId) -> Result<ObjId, Refusal> {
    read::Reader::root(doc)
        .map("notes")
        .and_then(|notes| notes.map(&note.to_string()))
        .and_then(|note| note.object("text", ObjType::Text))
        .map(|text| text.obj)
        .ok_or_else(|| Refusal::new(Code::NotFound, "There is no such note.").on("note"))
}

/// A session's actor in one document. Were it the same in all of them, the same
/// first command given to two documents in one second would be the same change,
/// and its hash could not tell the two apart.
pub fn actor_in(session: &ActorId, doc: DocumentId) -> ActorId {
    let mut name = session.to_bytes().to_vec();
    name.extend_from_slice(doc.to_string().as_bytes());
    ActorId::from(Uuid::new_v5(&Uuid::NAMESPACE_OID, &name).into_bytes())
}

fn build(doc: &AutoCommit, id: DocumentId) -> View {
    match id {
        DocumentId::Conversation(id) => View::Conversation(ConversationView::build(doc, id)),
        DocumentId::Contact(id) => View::Contact(contact::contact(doc, id)),
        DocumentId::Workspace => View::Workspace(workspace::workspace(doc)),
        DocumentId::Free(_) => View::Free,
    }
}

/// From here on a document writes as `actor` of `member`.
pub(crate) fn set_actor(doc: &mut AutoCommit, actor: ActorId, member: &MemberId) {
    // Setting the author draws a random actor, so the actor comes second.
    doc.set_author(Some(Author::from(member.as_str().as_bytes().to_vec())));
    doc.set_actor(actor);
}

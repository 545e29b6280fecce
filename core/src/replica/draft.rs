//! Typing in a note: every keystroke is in the document at once, and a run of
//! them becomes one change and one command, because the number of changes is
//! what loading and syncing cost.

use super::{Replica, Slot, not_loaded, not_signed_in};
use crate::command::{Command, ConversationCommand, Outcome};
use crate::document::{PART, Part, beginning};
use crate::error::{Code, Refusal};
use crate::id::{ConversationId, DocumentId, InteractionId, NoteId};
use crate::model::{Item, ItemKind, Span, TextEdit};
use crate::time::Timestamp;

/// An open run of keystrokes.
pub(super) struct Draft {
    pub(super) conversation: ConversationId,
    note: NoteId,
    edits: Vec<TextEdit>,
    /// About how many operations they took.
    weight: usize,
    pub(super) last_edit: Timestamp,
}

impl Replica {
    /// Applies keystrokes at once, all or none. [`Replica::commit`] closes the run; so does
    /// any command, any change from elsewhere, a keystroke in another note, and one
    /// that makes the run more than a change may hold: a long text that is pasted
    /// becomes several.
    pub fn edit(
        &mut self,
        conversation: ConversationId,
        note: NoteId,
        edits: Vec<TextEdit>,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let same = |draft: &Draft| draft.conversation == conversation && draft.note == note;
        if !self.draft.as_ref().is_some_and(same) {
            self.commit(now);
            self.check_editable(conversation, note)?;
        }
        let doc = conversation.into();
        let document = self.ready(doc).ok_or_else(not_loaded)?;
        document.check_draft(note, &edits)?;
        for edit in edits {
            let document = self.ready(doc).ok_or_else(not_loaded)?;
            for part in document.parts(note, edit)? {
                self.edit_part(conversation, note, part, now)?;
            }
        }
        Ok(())
    }

    fn edit_part(
        &mut self,
        conversation: ConversationId,
        note: NoteId,
        Part { edit, weight }: Part,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let fits = |draft: &Draft| draft.weight + weight <= PART;
        if !self.draft.as_ref().is_some_and(fits) {
            self.commit(now);
        }
        let Some(Slot::Ready(document)) = self.docs.get_mut(&conversation.into()) else {
            return Err(not_loaded());
        };
        let draft = self.draft.get_or_insert_with(|| Draft {
            conversation,
            note,
            edits: Vec::new(),
            weight: 0,
            last_edit: now,
        });
        document.draft(note, &edit)?;
        draft.last_edit = now;
        draft.weight += weight;
        draft.edits.push(edit);
        Ok(())
    }

    /// Edits a note as a command does: the run is closed at once.
    pub(super) fn edit_note(
        &mut self,
        conversation: ConversationId,
        note: NoteId,
        edits: Vec<TextEdit>,
        now: Timestamp,
    ) -> Result<Outcome, Refusal> {
        self.edit(conversation, note, edits, now)?;
        self.commit(now);
        Ok(Outcome::default())
    }

    /// Adds a note. What of its text is more than a change may hold follows as edits.
    pub(super) fn add_note(
        &mut self,
        conversation: ConversationId,
        parent: Option<NoteId>,
        message: Option<InteractionId>,
        spans: Vec<Span>,
        now: Timestamp,
    ) -> Result<Outcome, Refusal> {
        let begun = beginning(&spans)?;
        let add = |spans| Command::Conversation {
            conversation,
            command: ConversationCommand::AddNote {
                parent,
                spans,
                message,
            },
        };
        let Some(begun) = begun else {
            return self.give(add(spans), now);
        };
        let outcome = self.give(add(begun), now)?;
        if let Some(note) = outcome.created {
            let rest = vec![TextEdit::UpdateSpans { spans }];
            self.edit_note(conversation, NoteId(note), rest, now)?;
        }
        Ok(outcome)
    }

    fn check_editable(&self, conversation: ConversationId, note: NoteId) -> Result<(), Refusal> {
        let member = self.member.as_ref().ok_or_else(not_signed_in)?;
        self.ready(conversation.into()).ok_or_else(not_loaded)?;
        if !member.role.writes() {
            return Err(Refusal::new(Code::Forbidden, "Viewers change nothing."));
        }
        match self.item(conversation, ItemKind::Note, note.0) {
            Some(Item::Note(note)) if note.deleted.is_none() => Ok(()),
            Some(_) => Err(Refusal::new(Code::WrongState, "The note was deleted.").on("note")),
            None => Err(Refusal::new(Code::NotFound, "There is no such note.").on("note")),
        }
    }

    /// Closes the open run of keystrokes as one change.
    pub fn commit(&mut self, now: Timestamp) {
        let Some(draft) = self.draft.take() else {
            return;
        };
        let doc = DocumentId::from(draft.conversation);
        let (Some(member), Some(Slot::Ready(document))) = (&self.member, self.docs.get_mut(&doc))
        else {
            return;
        };
        let (change, dirty) = document.commit_draft(draft.note, &member.id, now);
        if let Some(change) = change {
            let command = Command::Conversation {
                conversation: draft.conversation,
                command: ConversationCommand::EditNote {
                    note: draft.note,
                    edits: draft.edits,
                },
            };
            self.record(doc, &change, command, now);
            self.emit_changed(doc, &dirty);
        }
    }

    /// Whether an open run of keystrokes is in this document. Whatever looks
    /// at the changes of such a document must close the run before: Automerge
    /// would close it by itself, as a change that no outbox knows and nobody
    /// ever pushes.
    pub(super) fn is_drafted(&self, doc: DocumentId) -> bool {
        let draft = self.draft.as_ref();
        draft.is_some_and(|draft| DocumentId::from(draft.conversation) == doc)
    }

    /// Closes the open run, if it is in this document.
    pub(super) fn close_draft(&mut self, doc: DocumentId) {
        if self.is_drafted(doc) {
            let last_edit = self.draft.as_ref().map(|draft| draft.last_edit);
            self.commit(last_edit.unwrap_or_default());
        }
    }

    /// A note's text now, the open run included.
    pub fn spans(&self, conversation: ConversationId, note: NoteId) -> Result<Vec<Span>, Refusal> {
        self.ready(conversation.into())
            .ok_or_else(not_loaded)?
            .spans(note)
    }

    /// A stable name for a position in a note's text.
    pub fn cursor(
        &self,
        conversation: ConversationId,
        note: NoteId,
        at: usize,
    ) -> Result<String, Refusal> {
        self.ready(conversation.into())
            .ok_or_else(not_loaded)?
            .cursor(note, at)
    }

    /// Where a cursor stands now.
    pub fn position(
        &self,
        conversation: ConversationId,
        note: NoteId,
        cursor: &str,
    ) -> Option<usize> {
        self.ready(conversation.into())?.position(note, cursor)
    }
}

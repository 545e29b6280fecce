//! The past of what is in memory (spec B4). Looking at changes closes the open
//! run of keystrokes of that document first.

use uuid::Uuid;

use super::{Replica, not_loaded};
use crate::bundle::{self, BundledDocument};
use crate::document::{Document, View};
use crate::error::Refusal;
use crate::id::{ConversationId, DocumentId, NoteId};
use crate::model::{Difference, Moment, PastView, Span};
use crate::time::Timestamp;

impl Replica {
    /// Every moment of a conversation, oldest first; none while it is not in memory.
    pub fn moments(&mut self, conversation: ConversationId) -> Vec<Moment> {
        let document = self.at_rest(conversation);
        document.map(Document::moments).unwrap_or_default()
    }

    /// A conversation as it was at a moment: its header, and the newest `limit`
    /// items before a place. `not_found` for a moment it never had.
    pub fn past(
        &mut self,
        conversation: ConversationId,
        moment: &str,
        before: Option<(Timestamp, Uuid)>,
        limit: usize,
    ) -> Result<PastView, Refusal> {
        match self.at_rest(conversation)?.view_at(moment)? {
            View::Conversation(view) => Ok(PastView {
                items: view.page(before, limit).into_iter().cloned().collect(),
                header: view.header,
            }),
            _ => Err(not_loaded()),
        }
    }

    /// What happened after one moment and up to another, in the order of time.
    pub fn between(
        &mut self,
        conversation: ConversationId,
        from: &str,
        to: &str,
    ) -> Result<Vec<Difference>, Refusal> {
        self.at_rest(conversation)?.between(from, to)
    }

    /// The moments at which a note's text changed, oldest first.
    pub fn note_versions(
        &mut self,
        conversation: ConversationId,
        note: NoteId,
    ) -> Result<Vec<Moment>, Refusal> {
        self.at_rest(conversation)?.note_versions(note)
    }

    /// A note's text as it was. To restore it is to make the text equal to it.
    pub fn note_at(
        &mut self,
        conversation: ConversationId,
        note: NoteId,
        moment: &str,
    ) -> Result<Vec<Span>, Refusal> {
        self.at_rest(conversation)?.note_at(note, moment)
    }

    /// A bundle of documents in memory with their full history (spec B6), without
    /// attachments. `not_loaded` where one of them is not in memory.
    pub fn export(&mut self, docs: &[DocumentId]) -> Result<Vec<u8>, Refusal> {
        let (mut writer, mut bytes) = bundle::Writer::begin(&self.workspace, &self.members);
        for doc in docs {
            self.close_draft(*doc);
            let changes = self
                .document(*doc)
                .ok_or_else(not_loaded)?
                .changes_since(&[]);
            let raw = changes.iter().map(|it| it.raw_bytes().to_vec().into());
            bytes.extend(writer.document(&BundledDocument {
                doc: *doc,
                changes: raw.collect(),
                // Whose an actor is beyond what it says, only the server knows.
                actors: Vec::new(),
            }));
        }
        bytes.extend(writer.end());
        Ok(bytes)
    }

    /// A conversation in memory without an open run of keystrokes.
    fn at_rest(&mut self, conversation: ConversationId) -> Result<&mut Document, Refusal> {
        self.close_draft(conversation.into());
        self.document(conversation.into()).ok_or_else(not_loaded)
    }
}

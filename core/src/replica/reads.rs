//! What a replica answers. Reads never fail and change nothing.

use uuid::Uuid;

use super::rows::{
    Board, BoardQuery, CalendarEntry, CalendarQuery, ContactPage, ContactQuery, Duplicate, RowPage,
    TaskPage, TaskQuery, TopicPage, TopicQuery,
};
use super::{Refused, Replica, Waiting};
use crate::document::Document;
use crate::id::{ContactId, ConversationId};
use crate::model::{
    ContactView, ConversationHeader, Item, ItemKind, Member, RowQuery, WorkspaceView,
};
use crate::time::Timestamp;

impl Replica {
    /// A conversation's header; `None` while it is not in memory.
    pub fn header(&self, conversation: ConversationId) -> Option<&ConversationHeader> {
        self.ready(conversation.into())?
            .conversation()
            .map(|view| &view.header)
    }

    /// The newest `limit` items before a place, oldest first.
    pub fn items(
        &self,
        conversation: ConversationId,
        before: Option<(Timestamp, Uuid)>,
        limit: usize,
    ) -> Vec<&Item> {
        self.ready(conversation.into())
            .and_then(Document::conversation)
            .map(|view| view.page(before, limit))
            .unwrap_or_default()
    }

    /// One item.
    pub fn item(&self, conversation: ConversationId, kind: ItemKind, id: Uuid) -> Option<&Item> {
        self.ready(conversation.into())?
            .conversation()?
            .item(kind, id)
    }

    /// A contact; `None` while it is not in memory.
    pub fn contact(&self, contact: ContactId) -> Option<&ContactView> {
        self.ready(contact.into())?.contact()
    }

    /// The workspace's rules and lists; the start values before its document came.
    pub fn rules(&self) -> &WorkspaceView {
        &self.rules
    }

    /// Answers a question to the inbox list.
    pub fn rows(&self, query: &RowQuery) -> RowPage {
        let member = self.member.as_ref().map(|member| &member.id);
        self.rows
            .query(query, member, |doc| self.outbox.waits_for(doc))
    }

    /// Answers a question to the list of tasks.
    pub fn tasks(&self, query: &TaskQuery) -> TaskPage {
        self.rows.tasks(query, self.member.as_ref(), &self.rules)
    }

    /// Answers a question to the log.
    pub fn topics(&self, query: &TopicQuery) -> TopicPage {
        self.rows.topics(query)
    }

    /// Answers a question to the list of contacts.
    pub fn contacts(&self, query: &ContactQuery) -> ContactPage {
        self.rows.contact_list(query)
    }

    /// Contacts that may be the same person as this one.
    pub fn duplicates(&self, contact: ContactId) -> Vec<Duplicate> {
        self.rows.duplicates(contact)
    }

    /// Appointments and due tasks of a stretch of time.
    pub fn calendar(&self, query: &CalendarQuery) -> Vec<CalendarEntry> {
        self.rows.calendar(query)
    }

    /// Answers a question to the board of opportunities.
    pub fn board(&self, query: &BoardQuery) -> Board {
        self.rows.board(query)
    }

    /// Who we are and who is on the team; `None` before the first welcome.
    pub fn session(&self) -> Option<(&Member, &[Member])> {
        self.member
            .as_ref()
            .map(|member| (member, self.members.as_slice()))
    }

    /// Unconfirmed commands, oldest first.
    pub fn waiting(&self) -> Vec<Waiting> {
        self.outbox.waiting()
    }

    /// Refused commands that nobody settled, oldest first.
    pub fn refused(&self) -> &[Refused] {
        &self.refused
    }
}

//! Writes documents in other people's names and at other times.

use std::collections::HashMap;

use serde_bytes::ByteArray;
use threadline_core::command::{Command, Context, Outcome};
use threadline_core::document::{Document, View};
use threadline_core::error::Refusal;
use threadline_core::id::{DocumentId, MemberId};
use threadline_core::model::{Member, Role, RowEntry, WorkspaceView};
use threadline_core::sync::hub::{ActorId, Batch, Entry};
use threadline_core::time::Timestamp;

use super::SeedError;
use crate::clock::{self, RandomIds};
use crate::workspace::server_member;

/// Gathers what becomes one batch of the log.
pub(super) struct Scribe {
    /// The moment the sample times count back from.
    pub(super) now: Timestamp,
    /// The server, which writes what channels bring.
    pub(super) server: Member,
    admin: Option<MemberId>,
    authors: HashMap<MemberId, (Member, ActorId)>,
    /// The settings that commands follow.
    rules: WorkspaceView,
    batch: Batch,
}

impl Scribe {
    /// Nothing written yet.
    pub(super) fn new(members: &[Member], now: Timestamp) -> Result<Self, SeedError> {
        let server = server_member()?;
        let mut authors = HashMap::new();
        for member in members.iter().chain([&server]) {
            // An actor belongs to one member, in all documents.
            let actor = ActorId::from(clock::random::<16>()?);
            authors.insert(member.id.clone(), (member.clone(), actor));
        }
        let admin = members.iter().find(|member| member.role == Role::Admin);
        Ok(Self {
            now,
            server,
            admin: admin.map(|member| member.id.clone()),
            authors,
            rules: WorkspaceView::default(),
            batch: Batch::default(),
        })
    }

    /// The member behind a key of the files.
    pub(super) fn member(&self, key: &MemberId) -> Result<&Member, SeedError> {
        let author = self.authors.get(key).map(|(member, _)| member);
        author.ok_or_else(|| SeedError::Content(format!("no member “{key}”")))
    }

    /// Whoever may do everything; the first of the file.
    pub(super) fn admin(&self) -> Result<MemberId, SeedError> {
        let admin = self.admin.clone();
        admin.ok_or_else(|| SeedError::Content("no admin".to_owned()))
    }

    /// A new document.
    pub(super) fn begin(&self, doc: DocumentId) -> Result<Document, SeedError> {
        let (server, actor) = self.author(&self.server.id)?;
        Ok(Document::begin(doc, actor.clone(), &server.id)?)
    }

    /// Executes a command as `by` at `at`.
    pub(super) fn execute(
        &mut self,
        doc: &mut Document,
        by: &MemberId,
        at: Timestamp,
        command: &Command,
    ) -> Result<Outcome, SeedError> {
        let (member, actor) = self.author(by)?;
        let (member, actor) = (member.clone(), actor.clone());
        doc.set_actor(actor.clone(), &member.id);
        let mut context = Context {
            now: at,
            member: &member,
            ids: &mut RandomIds,
            workspace: &self.rules,
        };
        let done = doc
            .execute(&mut context, command)
            .map_err(|refusal: Refusal| {
                SeedError::Content(format!("{} by {by} was refused: {refusal}", command.name()))
            })?;
        if let View::Workspace(view) = doc.view() {
            self.rules = view.clone();
        }
        if let Some(change) = done.change {
            self.batch.entries.push(Entry {
                seq: self.batch.entries.len() as u64 + 1,
                doc: doc.id(),
                hash: change.hash().0,
                bytes: change.raw_bytes().to_vec(),
                actor,
                member: member.id,
                session: None,
                received_at: at,
            });
        }
        Ok(done.outcome)
    }

    /// Lists a document that is complete.
    pub(super) fn list(&mut self, doc: &mut Document) {
        // Nobody else must have begun it meanwhile.
        self.batch.known.push((doc.id(), 0));
        let texts = doc.texts().into_iter();
        self.batch.texts.extend(texts.map(|text| (doc.id(), text)));
        let Some(row) = doc.row() else { return };
        self.batch.rows.push(RowEntry {
            doc: doc.id(),
            seq: self.batch.entries.len() as u64,
            heads: doc
                .heads()
                .into_iter()
                .map(|head| ByteArray::new(head.0))
                .collect(),
            row,
        });
    }

    /// All of it.
    pub(super) fn finish(self) -> Batch {
        self.batch
    }

    fn author(&self, id: &MemberId) -> Result<&(Member, ActorId), SeedError> {
        self.authors
            .get(id)
            .ok_or_else(|| SeedError::Content(format!("no member “{id}”")))
    }
}

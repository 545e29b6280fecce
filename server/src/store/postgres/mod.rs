//! The shared store: one PostgreSQL database, any number of processes.
//!
//! Writes go through one thread a process and commit together; each commit
//! locks the rows of its workspaces, which gives out the sequence numbers. A
//! workspace that another process has locked waits by itself.
//! Row-level security keeps workspaces apart below every statement.

mod address;
mod blobs;
#[cfg(test)]
#[allow(
    dead_code,
    unreachable_pub,
    reason = "tests of processes use the same file"
)]
pub(super) mod cluster;
mod desk;
mod documents;
mod erasure;
mod failure;
mod flows;
mod identity;
mod ledger;
mod link;
mod log;
mod mail;
mod members;
mod migrate;
mod once;
mod outbox;
mod pool;
mod rows;
mod session;
#[cfg(test)]
mod tests;
mod text;
mod texts;
mod words;
mod writer;

use std::sync::Arc;

use postgres::Client;
use threadline_core::command::Outcome;
use threadline_core::error::Refusal;
use threadline_core::id::{ContactId, DocumentId, WorkspaceId};
use threadline_core::model::{
    ContactRow, ConversationRow, Identity, Row, RowEntry, SearchHit, TextEntry,
};
use threadline_core::sync::hub::{Batch, LogPage, Pulse, StoredDocument};
use threadline_core::time::Timestamp;

use self::address::{Address, AddressError};
use self::failure::{Failure, reason};
use self::link::Link;
use self::pool::Pool;
use self::session::{ALL, Session};
use self::writer::Writer;
use super::erasure::question;
use super::{
    Appending, Audited, BlobHead, BlobId, ChainEnd, Claim, Done, Erased, MailRecord, Mark, Once,
    Opened, Plan, RowPage, SavedMail, Search, Stale, Store, Turn, unavailable,
};
use crate::directory::Listed;
use crate::identity::{Revocation, Ticket};

/// Why the database cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OpenError {
    /// The address is of no use.
    #[error(transparent)]
    Address(#[from] AddressError),
    /// PostgreSQL's reason.
    #[error("the database cannot be opened: {}", reason(.0))]
    Database(#[from] postgres::Error),
    /// The writing thread does not start.
    #[error("the system starts no thread: {0}")]
    Thread(#[from] std::io::Error),
    /// Before the features this needs.
    #[error("this is PostgreSQL {0}; 15 or newer is needed")]
    Old(i32),
    /// Texts would be lost in it.
    #[error("the database's encoding is {0}; UTF8 is needed")]
    Encoding(String),
    /// Policies do not hold for it.
    #[error(
        "the role {0} is a superuser or may bypass row-level security, \
         which keeps workspaces apart; use a role that may not"
    )]
    Bypass(String),
    /// It shall only be looked at, and is not as this program knows it.
    #[error(
        "the database has version {0} of {known}; a server brings it up to date when it starts",
        known = migrate::SCHEMA_VERSION
    )]
    Older(i32),
    /// A newer program wrote it.
    #[error("the database has version {0}; this program knows up to {known}", known = migrate::SCHEMA_VERSION)]
    Newer(i32),
    /// It has our tables and not our facts.
    #[error("the database has no epoch: it was not made by this program")]
    Foreign,
    /// No random source for the epoch.
    #[error("the operating system gives no random bytes: {0}")]
    Random(#[from] getrandom::Error),
}

/// A database that several servers share.
pub(crate) struct Postgres {
    epoch: String,
    refill_until: Option<Timestamp>,
    restored: Option<Timestamp>,
    link: Arc<Link>,
    writer: Writer,
    readers: Pool,
}

impl Postgres {
    /// Opens a database by its address, and brings it up to date.
    pub(crate) fn open(url: &str) -> Result<Self, OpenError> {
        let address = Address::parse(url)?;
        let mut client = link::connect(&address)?;
        migrate::migrate(&mut client)?;
        Self::on(address, &mut client)
    }

    /// Opens a database that is up to date, to look at what is in it.
    pub(crate) fn look(url: &str) -> Result<Self, OpenError> {
        let address = Address::parse(url)?;
        let mut client = link::connect(&address)?;
        migrate::check(&mut client)?;
        Self::on(address, &mut client)
    }

    /// Leaves as little as can be of what was deleted, beside servers that use
    /// the database: not its words, and its bytes only until their room is
    /// written over.
    pub(crate) fn sweep(url: &str) -> Result<(), OpenError> {
        let mut client = link::connect(&Address::parse(url)?)?;
        Ok(erasure::sweep(&mut client)?)
    }

    fn on(address: Address, client: &mut Client) -> Result<Self, OpenError> {
        let epoch = link::meta(client, "epoch")?.ok_or(OpenError::Foreign)?;
        let refill_until = link::moment(client, "refill_until")?;
        let restored = link::moment(client, "restored")?;
        let link = Arc::new(Link::new(address, epoch.clone()));
        Ok(Self {
            epoch,
            refill_until,
            restored,
            writer: Writer::start(Arc::clone(&link))?,
            link,
            readers: Pool::new(),
        })
    }

    fn read<T>(
        &self,
        workspace: &WorkspaceId,
        query: impl Fn(&mut Session<'_>, &str) -> Result<T, Failure>,
    ) -> Result<T, Refusal> {
        let name = workspace.as_str();
        self.readers
            .read(&self.link, name, |session| query(session, name))
    }

    fn write(
        &self,
        workspace: &WorkspaceId,
        mut work: impl FnMut(&mut Session<'_>, &str) -> Result<(), Failure> + Send + 'static,
        done: Done,
    ) {
        let name = workspace.clone();
        self.writer.submit(
            workspace,
            move |session| work(session, name.as_str()),
            move |result| done(result.map_err(Failure::refusal)),
        );
    }

    /// Writes, and waits for what comes of it.
    fn ask<T: Send + 'static>(
        &self,
        workspace: &WorkspaceId,
        mut work: impl FnMut(&mut Session<'_>, &str) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Refusal> {
        let (done, answer) = std::sync::mpsc::channel();
        let name = workspace.clone();
        self.writer.submit(
            workspace,
            move |session| work(session, name.as_str()),
            move |result| {
                // The receiver waits below.
                let _ = done.send(result.map_err(Failure::refusal));
            },
        );
        answer.recv().map_err(|_| unavailable())?
    }
}

impl Store for Postgres {
    fn open(&self, workspace: &WorkspaceId) -> Result<Opened, Refusal> {
        let (epoch, refill_until) = (self.epoch.clone(), self.refill_until);
        self.ask(workspace, move |session, name| {
            let Pulse { seq, erasures, .. } = log::pulse(session, name)?;
            let members = members::all(session, name)?;
            let flows = flows::done(session, name)?;
            Ok(Opened {
                epoch: Opened::epoch(&epoch, erasures),
                seq,
                members,
                refill_until,
                erasures,
                flows,
            })
        })
    }

    fn load(
        &self,
        workspace: &WorkspaceId,
        doc: DocumentId,
    ) -> Result<Option<StoredDocument>, Refusal> {
        self.read(workspace, |session, name| log::load(session, name, doc))
    }

    fn rows(&self, workspace: &WorkspaceId, after: u64, limit: usize) -> Result<RowPage, Refusal> {
        self.read(workspace, |session, name| {
            rows::page(session, name, after, limit)
        })
    }

    fn documents(&self, workspace: &WorkspaceId) -> Result<Vec<DocumentId>, Refusal> {
        self.read(workspace, documents::all)
    }

    fn blobs(&self, workspace: &WorkspaceId) -> Result<Vec<BlobId>, Refusal> {
        self.read(workspace, blobs::all)
    }

    fn blob_head(
        &self,
        workspace: &WorkspaceId,
        blob: &BlobId,
    ) -> Result<Option<BlobHead>, Refusal> {
        self.read(workspace, |session, name| blobs::head(session, name, blob))
    }

    fn blob(&self, workspace: &WorkspaceId, blob: &BlobId) -> Result<Option<Vec<u8>>, Refusal> {
        self.read(workspace, |session, name| blobs::find(session, name, blob))
    }

    fn row(&self, workspace: &WorkspaceId, doc: DocumentId) -> Result<Option<Row>, Refusal> {
        self.read(workspace, |session, name| rows::find(session, name, doc))
    }

    fn contacts_at(
        &self,
        workspace: &WorkspaceId,
        identity: &Identity,
    ) -> Result<Vec<ContactRow>, Refusal> {
        self.read(workspace, |session, name| {
            rows::contacts_at(session, name, identity)
        })
    }

    fn aliases(
        &self,
        workspace: &WorkspaceId,
        contact: ContactId,
    ) -> Result<Vec<ContactId>, Refusal> {
        self.read(workspace, |session, name| {
            rows::aliases(session, name, contact)
        })
    }

    fn conversations(
        &self,
        workspace: &WorkspaceId,
        contact: ContactId,
    ) -> Result<Vec<ConversationRow>, Refusal> {
        self.read(workspace, |session, name| {
            rows::conversations(session, name, contact)
        })
    }

    fn saved_mail(
        &self,
        workspace: &WorkspaceId,
        message_id: &str,
        address: &str,
    ) -> Result<Option<SavedMail>, Refusal> {
        self.read(workspace, |session, name| {
            mail::find(session, name, message_id, address)
        })
    }

    fn search(&self, workspace: &WorkspaceId, search: &Search) -> Result<Vec<SearchHit>, Refusal> {
        self.read(workspace, |session, _| {
            texts::find(session, workspace, search)
        })
    }

    fn stale(&self, after: i64, limit: usize) -> Result<Vec<Stale>, Refusal> {
        self.readers.read(&self.link, ALL, |session| {
            documents::stale(session, after, limit)
        })
    }

    /// Its pages are PostgreSQL's to check (`data_checksums`, `pg_amcheck`).
    fn damage(&self) -> Result<Option<String>, Refusal> {
        Ok(None)
    }

    fn workspaces(&self) -> Result<Vec<WorkspaceId>, Refusal> {
        self.readers.read(&self.link, ALL, ledger::workspaces)
    }

    fn chain_end(&self, workspace: &WorkspaceId) -> Result<ChainEnd, Refusal> {
        self.read(workspace, ledger::chain_end)
    }

    fn audited(
        &self,
        workspace: &WorkspaceId,
        after: u64,
        limit: usize,
    ) -> Result<Vec<Audited>, Refusal> {
        self.read(workspace, |session, name| {
            ledger::audited(session, name, after, limit)
        })
    }

    fn unaudited(&self, workspace: &WorkspaceId) -> Result<Option<(String, u64)>, Refusal> {
        self.read(workspace, ledger::unaudited)
    }

    fn row_entry(
        &self,
        workspace: &WorkspaceId,
        doc: DocumentId,
    ) -> Result<Option<RowEntry>, Refusal> {
        self.read(workspace, |session, name| {
            ledger::row_entry(session, name, doc)
        })
    }

    fn log(&self, workspace: &WorkspaceId, after: u64, limit: usize) -> Result<LogPage, Refusal> {
        self.read(workspace, |session, name| {
            log::page(session, name, after, limit)
        })
    }

    fn pulse(&self, workspace: &WorkspaceId) -> Result<Pulse, Refusal> {
        self.read(workspace, log::pulse)
    }

    fn members(&self, workspace: &WorkspaceId) -> Result<Vec<Listed>, Refusal> {
        self.read(workspace, members::all)
    }

    fn append(&self, workspace: &WorkspaceId, batch: Batch, quota: Option<u64>, done: Appending) {
        let name = workspace.clone();
        self.writer.submit(
            workspace,
            // A copy, because it may have to be done again with other numbers.
            move |session| log::append(session, name.as_str(), batch.clone(), quota),
            move |result| done(result.map_err(Failure::append_error)),
        );
    }

    fn erase(&self, workspace: &WorkspaceId, plan: Plan<'_>) -> Result<Erased, Refusal> {
        let (question, answer) = question();
        let (done, erased) = std::sync::mpsc::channel();
        let name = workspace.clone();
        self.writer.submit(
            workspace,
            move |session| {
                let name = name.as_str();
                erasure::take_time(session)?;
                let seq = log::pulse(session, name)?.seq;
                let erasure = question.ask(seq, || erasure::still_here(session))?;
                erasure::erase(session, name, erasure)
            },
            move |result| {
                // The receiver waits below.
                let _ = done.send(result.map_err(Failure::refusal));
            },
        );
        answer.give(plan)?;
        erased.recv().map_err(|_| unavailable())?
    }

    fn put_member(
        &self,
        workspace: &WorkspaceId,
        before: Option<Listed>,
        listed: Listed,
        done: Done,
    ) {
        let work = move |session: &mut Session<'_>, name: &str| {
            members::put(session, name, before.as_ref(), &listed)
        };
        self.write(workspace, work, done);
    }

    fn put_blobs(
        &self,
        workspace: &WorkspaceId,
        blobs: Vec<(BlobId, Vec<u8>)>,
        quota: Option<u64>,
        done: Done,
    ) {
        let work =
            move |session: &mut Session<'_>, name: &str| blobs::put(session, name, &blobs, quota);
        self.write(workspace, work, done);
    }

    fn put_summary(
        &self,
        workspace: &WorkspaceId,
        row: RowEntry,
        texts: Vec<TextEntry>,
        done: Done,
    ) {
        let work = move |session: &mut Session<'_>, name: &str| {
            texts::replace(session, name, &row, &texts)
        };
        self.write(workspace, work, done);
    }

    fn put_mail(&self, workspace: &WorkspaceId, record: MailRecord, done: Done) {
        let work = move |session: &mut Session<'_>, name: &str| mail::put(session, name, &record);
        self.write(workspace, work, done);
    }

    fn put_flows(&self, workspace: &WorkspaceId, seq: u64, done: Done) {
        let work = move |session: &mut Session<'_>, name: &str| flows::put(session, name, seq);
        self.write(workspace, work, done);
    }

    fn claim(&self, workspace: &WorkspaceId, once: Once) -> Result<Turn, Refusal> {
        self.ask(workspace, move |session, name| {
            once::claim(session, name, &once)
        })
    }

    fn settle(&self, workspace: &WorkspaceId, ticket: u64, outcome: Option<Outcome>, done: Done) {
        let work = move |session: &mut Session<'_>, name: &str| {
            once::settle(session, name, ticket, outcome.clone())
        };
        self.write(workspace, work, done);
    }

    fn restored(&self) -> Option<Timestamp> {
        self.restored
    }

    fn mail_due(&self, now: Timestamp) -> Result<Vec<WorkspaceId>, Refusal> {
        self.readers
            .read(&self.link, ALL, |session| outbox::due(session, now))
    }

    fn claim_mail(
        &self,
        workspace: &WorkspaceId,
        now: Timestamp,
        until: Timestamp,
        limit: usize,
    ) -> Result<Vec<Claim>, Refusal> {
        self.ask(workspace, move |session, name| {
            outbox::claim(session, name, now, until, limit)
        })
    }

    fn mark_mail(
        &self,
        workspace: &WorkspaceId,
        claim: &Claim,
        mark: Mark,
    ) -> Result<bool, Refusal> {
        let claim = claim.clone();
        self.ask(workspace, move |session, name| {
            outbox::mark(session, name, &claim, &mark)
        })
    }

    fn put_revocation(&self, workspace: &WorkspaceId, revocation: Revocation, done: Done) {
        let work = move |session: &mut Session<'_>, name: &str| {
            identity::revoke(session, name, &revocation)
        };
        self.write(workspace, work, done);
    }

    fn revocations(&self, workspace: &WorkspaceId) -> Result<Vec<Revocation>, Refusal> {
        self.read(workspace, identity::revocations)
    }

    fn put_ticket(&self, workspace: &WorkspaceId, ticket: Ticket, now: Timestamp, done: Done) {
        let work = move |session: &mut Session<'_>, name: &str| {
            identity::put_ticket(session, name, &ticket, now)
        };
        self.write(workspace, work, done);
    }

    fn take_ticket(
        &self,
        workspace: &WorkspaceId,
        digest: &[u8; 32],
    ) -> Result<Option<Ticket>, Refusal> {
        if !self.read(workspace, |session, name| {
            identity::has_ticket(session, name, digest)
        })? {
            return Ok(None);
        }
        let digest = *digest;
        self.ask(workspace, move |session, name| {
            identity::take_ticket(session, name, &digest)
        })
    }
}

//! The embedded store: one SQLite file in write-ahead-log mode, flushed to
//! disk before anything counts as written.

use std::path::{Path, PathBuf};
use std::sync::Mutex;

use rusqlite::Connection;
use threadline_core::command::Outcome;
use threadline_core::error::Refusal;
use threadline_core::id::{ContactId, DocumentId, WorkspaceId};
use threadline_core::model::{
    ContactRow, ConversationRow, Identity, Row, RowEntry, SearchHit, TextEntry,
};
use threadline_core::sync::hub::{AppendError, Batch, LogPage, Pulse, StoredDocument};
use threadline_core::time::Timestamp;

use super::folder::{BUSY, Meta, connect, file};
use super::lock::Lock;
use super::migrations::SCHEMA_VERSION;
use super::writer::{Failure, Writer};
use super::{
    Appending, Audited, BlobHead, BlobId, ChainEnd, Claim, Done, Erased, MailRecord, Mark, Once,
    Opened, Plan, RowPage, SavedMail, Search, Stale, Store, Synchronous, Turn, blobs, erasure,
    flows, identity, ledger, log, mail, members, migrations, moves, once, outbox, texts, threads,
    unavailable, wait,
};
use crate::directory::Listed;
use crate::identity::{Revocation, Ticket};

/// Connections kept for the next reads; more are opened when many read at once.
const IDLE_READERS: usize = 4;

/// Why the database cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OpenError {
    /// SQLite's reason.
    #[error("the database cannot be opened: {0}")]
    Database(#[from] rusqlite::Error),
    /// The copy that is kept of an older file cannot be made.
    #[error("an older database is not touched without a copy of it: {0}")]
    Copy(String),
    /// The operating system's reason.
    #[error("the data folder cannot be used: {0}")]
    Folder(#[from] std::io::Error),
    /// Another server runs on the same data.
    #[error("another server is using this data folder")]
    Locked,
    /// A newer program wrote it.
    #[error("the database has version {0}; this program knows up to {SCHEMA_VERSION}")]
    Newer(i64),
    /// An older program wrote it, and it shall only be read.
    #[error(
        "the database has version {0} of {SCHEMA_VERSION}; a server brings it up to date when it starts"
    )]
    Older(i64),
    /// No random source for the epoch.
    #[error("the operating system gives no random bytes: {0}")]
    Random(#[from] getrandom::Error),
}

/// A database in a folder.
pub(crate) struct Sqlite {
    path: PathBuf,
    meta: Meta,
    // Dropped before the writer: the last connection to be closed empties the
    // write-ahead log, and one that only reads cannot.
    readers: Mutex<Vec<Connection>>,
    /// `None` where the database was opened for reading only.
    writer: Option<Writer>,
    // Held as long as the store lives.
    _lock: Option<Lock>,
}

impl Sqlite {
    /// Opens or creates the database in a folder, which is created where it is missing.
    pub(crate) fn open(folder: &Path) -> Result<Self, OpenError> {
        Self::open_with(folder, Synchronous::Full)
    }

    /// The same, with a commit that waits less for the disk than it should.
    pub(crate) fn open_with(folder: &Path, synchronous: Synchronous) -> Result<Self, OpenError> {
        std::fs::create_dir_all(folder)?;
        let lock = Lock::take(folder)?;
        let path = file(folder);
        let mut connection = Connection::open(&path)?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", synchronous.word())?;
        connection.pragma_update(None, "foreign_keys", true)?;
        connection.busy_timeout(BUSY)?;
        migrations::run(&mut connection, &path)?;
        Ok(Self {
            path,
            meta: Meta::read(&connection)?,
            readers: Mutex::new(Vec::new()),
            writer: Some(Writer::start(connection)?),
            _lock: Some(lock),
        })
    }

    /// Opens the database in a folder for reading only, also where a server
    /// is using it. Writes are refused with `unavailable`.
    pub(crate) fn look(folder: &Path) -> Result<Self, OpenError> {
        let path = file(folder);
        let connection = connect(&path)?;
        migrations::check(&connection)?;
        Ok(Self {
            path,
            meta: Meta::read(&connection)?,
            readers: Mutex::new(vec![connection]),
            writer: None,
            _lock: None,
        })
    }

    /// Reads on a connection of one's own, so that no reader waits for another.
    fn read<T>(&self, query: impl FnOnce(&Connection) -> Result<T, Failure>) -> Result<T, Refusal> {
        let idle = self
            .readers
            .lock()
            .ok()
            .and_then(|mut readers| readers.pop());
        let result = match idle.map_or_else(|| connect(&self.path), Ok) {
            Ok(connection) => {
                let result = query(&connection);
                if let Ok(mut readers) = self.readers.lock()
                    && readers.len() < IDLE_READERS
                {
                    readers.push(connection);
                }
                result
            }
            Err(error) => Err(Failure::Database(error)),
        };
        result.map_err(|failure| match failure {
            Failure::Refused(refusal) => refusal,
            Failure::Database(error) => {
                tracing::error!(%error, "a read failed");
                unavailable()
            }
        })
    }

    fn write(
        &self,
        workspace: &WorkspaceId,
        work: impl FnOnce(&Connection, i64) -> Result<(), Failure> + Send + 'static,
        done: Done,
    ) {
        let workspace = workspace.clone();
        let work = Box::new(move |connection: &Connection| {
            let key = log::workspace_key(connection, &workspace)?;
            work(connection, key)
        });
        match &self.writer {
            Some(writer) => writer.submit(work, done),
            None => done(Err(unavailable())),
        }
    }

    /// Writes, and waits until what comes of it is durable.
    fn ask<T: Send + 'static>(
        &self,
        workspace: &WorkspaceId,
        work: impl FnOnce(&Connection, i64) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Refusal> {
        let (tell, told) = std::sync::mpsc::channel();
        let work = move |connection: &Connection, key| {
            // The receiver waits below.
            let _ = tell.send(work(connection, key)?);
            Ok(())
        };
        wait(|done| self.write(workspace, work, done))?;
        told.recv().map_err(|_| unavailable())
    }
}

impl Store for Sqlite {
    fn open(&self, workspace: &WorkspaceId) -> Result<Opened, Refusal> {
        let (epoch, refill_until) = (self.meta.epoch.clone(), self.meta.refill_until);
        let name = workspace.clone();
        self.ask(workspace, move |connection, key| {
            let Pulse { seq, erasures, .. } = moves::pulse(connection, &name)?;
            Ok(Opened {
                epoch: Opened::epoch(&epoch, erasures),
                seq,
                members: members::all(connection, key)?,
                refill_until,
                erasures,
                flows: flows::done(connection, key)?,
            })
        })
    }

    fn load(
        &self,
        workspace: &WorkspaceId,
        doc: DocumentId,
    ) -> Result<Option<StoredDocument>, Refusal> {
        self.read(|connection| log::load(connection, workspace, doc))
    }

    fn rows(&self, workspace: &WorkspaceId, after: u64, limit: usize) -> Result<RowPage, Refusal> {
        self.read(|connection| moves::rows(connection, workspace, after, limit))
    }

    fn log(&self, workspace: &WorkspaceId, after: u64, limit: usize) -> Result<LogPage, Refusal> {
        self.read(|connection| moves::page(connection, workspace, after, limit))
    }

    fn pulse(&self, workspace: &WorkspaceId) -> Result<Pulse, Refusal> {
        self.read(|connection| moves::pulse(connection, workspace))
    }

    fn members(&self, workspace: &WorkspaceId) -> Result<Vec<Listed>, Refusal> {
        self.read(|connection| {
            Ok(members::all(
                connection,
                log::known_key(connection, workspace)?,
            )?)
        })
    }

    fn documents(&self, workspace: &WorkspaceId) -> Result<Vec<DocumentId>, Refusal> {
        self.read(|connection| log::documents(connection, workspace))
    }

    fn blobs(&self, workspace: &WorkspaceId) -> Result<Vec<BlobId>, Refusal> {
        self.read(|connection| blobs::all(connection, workspace))
    }

    fn blob(&self, workspace: &WorkspaceId, blob: &BlobId) -> Result<Option<Vec<u8>>, Refusal> {
        self.read(|connection| blobs::find(connection, workspace, blob))
    }

    fn blob_head(
        &self,
        workspace: &WorkspaceId,
        blob: &BlobId,
    ) -> Result<Option<BlobHead>, Refusal> {
        self.read(|connection| blobs::head(connection, workspace, blob))
    }

    fn search(&self, workspace: &WorkspaceId, search: &Search) -> Result<Vec<SearchHit>, Refusal> {
        self.read(|connection| texts::find(connection, workspace, search))
    }

    fn stale(&self, after: i64, limit: usize) -> Result<Vec<Stale>, Refusal> {
        self.read(|connection| texts::stale(connection, after, limit))
    }

    fn row(&self, workspace: &WorkspaceId, doc: DocumentId) -> Result<Option<Row>, Refusal> {
        self.read(|connection| log::row(connection, workspace, doc))
    }

    fn contacts_at(
        &self,
        workspace: &WorkspaceId,
        identity: &Identity,
    ) -> Result<Vec<ContactRow>, Refusal> {
        self.read(|connection| threads::contacts_at(connection, workspace, identity))
    }

    fn aliases(
        &self,
        workspace: &WorkspaceId,
        contact: ContactId,
    ) -> Result<Vec<ContactId>, Refusal> {
        self.read(|connection| threads::aliases(connection, workspace, contact))
    }

    fn conversations(
        &self,
        workspace: &WorkspaceId,
        contact: ContactId,
    ) -> Result<Vec<ConversationRow>, Refusal> {
        self.read(|connection| threads::conversations(connection, workspace, contact))
    }

    fn saved_mail(
        &self,
        workspace: &WorkspaceId,
        message_id: &str,
        address: &str,
    ) -> Result<Option<SavedMail>, Refusal> {
        self.read(|connection| mail::find(connection, workspace, message_id, address))
    }

    fn damage(&self) -> Result<Option<String>, Refusal> {
        self.read(ledger::damage)
    }

    fn workspaces(&self) -> Result<Vec<WorkspaceId>, Refusal> {
        self.read(ledger::workspaces)
    }

    fn chain_end(&self, workspace: &WorkspaceId) -> Result<ChainEnd, Refusal> {
        self.read(|connection| ledger::chain_end(connection, workspace))
    }

    fn audited(
        &self,
        workspace: &WorkspaceId,
        after: u64,
        limit: usize,
    ) -> Result<Vec<Audited>, Refusal> {
        self.read(|connection| ledger::audited(connection, workspace, after, limit))
    }

    fn unaudited(&self, workspace: &WorkspaceId) -> Result<Option<(String, u64)>, Refusal> {
        self.read(|connection| ledger::unaudited(connection, workspace))
    }

    fn row_entry(
        &self,
        workspace: &WorkspaceId,
        doc: DocumentId,
    ) -> Result<Option<RowEntry>, Refusal> {
        self.read(|connection| ledger::row_entry(connection, workspace, doc))
    }

    fn append(
        &self,
        workspace: &WorkspaceId,
        mut batch: Batch,
        quota: Option<u64>,
        done: Appending,
    ) {
        // The writer tells whether the work is durable; what it came to goes past it.
        let (tell, told) = std::sync::mpsc::channel();
        self.write(
            workspace,
            move |connection, key| {
                let appended = log::append(connection, key, &mut batch, quota)?;
                if appended.is_ok() {
                    texts::put(connection, key, &batch.texts)?;
                    once::executed(connection, key, &batch.executed)?;
                    outbox::put(connection, key, &batch)?;
                }
                // The receiver is asked below.
                let _ = tell.send(appended);
                Ok(())
            },
            Box::new(move |result| {
                done(match (result, told.try_recv()) {
                    (Ok(()), Ok(appended)) => appended,
                    (Ok(()), Err(_)) => Err(AppendError::Refused(unavailable())),
                    (Err(refusal), _) => Err(AppendError::Refused(refusal)),
                });
            }),
        );
    }

    fn erase(&self, workspace: &WorkspaceId, plan: Plan<'_>) -> Result<Erased, Refusal> {
        let (question, answer) = erasure::question();
        let (tell, told) = std::sync::mpsc::channel();
        let (done, durable) = std::sync::mpsc::channel();
        let work = move |connection: &Connection, key| {
            let mut erasure =
                question.ask(log::last_seq(connection, key)?, || Ok::<_, Refusal>(()))?;
            // The receivers of both wait below.
            let _ = tell.send(erasure::erase(connection, key, &mut erasure)?);
            Ok(())
        };
        let done = move |result| {
            let _ = done.send(result);
        };
        self.write(workspace, work, Box::new(done));
        answer.give(plan)?;
        durable.recv().map_err(|_| unavailable())??;
        told.recv().map_err(|_| unavailable())
    }

    fn put_member(
        &self,
        workspace: &WorkspaceId,
        before: Option<Listed>,
        listed: Listed,
        done: Done,
    ) {
        self.write(
            workspace,
            move |connection, key| members::put(connection, key, before.as_ref(), &listed),
            done,
        );
    }

    fn put_blobs(
        &self,
        workspace: &WorkspaceId,
        blobs: Vec<(BlobId, Vec<u8>)>,
        quota: Option<u64>,
        done: Done,
    ) {
        self.write(
            workspace,
            move |connection, key| blobs::put(connection, key, &blobs, quota),
            done,
        );
    }

    fn put_summary(
        &self,
        workspace: &WorkspaceId,
        row: RowEntry,
        texts: Vec<TextEntry>,
        done: Done,
    ) {
        self.write(
            workspace,
            move |connection, key| texts::replace(connection, key, row, &texts),
            done,
        );
    }

    fn put_mail(&self, workspace: &WorkspaceId, record: MailRecord, done: Done) {
        self.write(
            workspace,
            move |connection, key| mail::put(connection, key, &record),
            done,
        );
    }

    fn restored(&self) -> Option<Timestamp> {
        self.meta.restored
    }

    fn mail_due(&self, now: Timestamp) -> Result<Vec<WorkspaceId>, Refusal> {
        self.read(|connection| outbox::due(connection, now))
    }

    fn claim_mail(
        &self,
        workspace: &WorkspaceId,
        now: Timestamp,
        until: Timestamp,
        limit: usize,
    ) -> Result<Vec<Claim>, Refusal> {
        self.ask(workspace, move |connection, key| {
            outbox::claim(connection, key, now, until, limit)
        })
    }

    fn mark_mail(
        &self,
        workspace: &WorkspaceId,
        claim: &Claim,
        mark: Mark,
    ) -> Result<bool, Refusal> {
        let claim = claim.clone();
        self.ask(workspace, move |connection, key| {
            outbox::mark(connection, key, &claim, &mark)
        })
    }

    fn claim(&self, workspace: &WorkspaceId, once: Once) -> Result<Turn, Refusal> {
        self.ask(workspace, move |connection, key| {
            once::claim(connection, key, &once)
        })
    }

    fn settle(&self, workspace: &WorkspaceId, ticket: u64, outcome: Option<Outcome>, done: Done) {
        self.write(
            workspace,
            move |connection, key| once::settle(connection, key, ticket, outcome),
            done,
        );
    }

    fn put_revocation(&self, workspace: &WorkspaceId, revocation: Revocation, done: Done) {
        let work =
            move |connection: &Connection, key| identity::revoke(connection, key, &revocation);
        self.write(workspace, work, done);
    }

    fn put_flows(&self, workspace: &WorkspaceId, seq: u64, done: Done) {
        let work = move |connection: &Connection, key| flows::put(connection, key, seq);
        self.write(workspace, work, done);
    }

    fn revocations(&self, workspace: &WorkspaceId) -> Result<Vec<Revocation>, Refusal> {
        self.read(|connection| identity::revocations(connection, workspace))
    }

    fn put_ticket(&self, workspace: &WorkspaceId, ticket: Ticket, now: Timestamp, done: Done) {
        self.write(
            workspace,
            move |connection, key| identity::put_ticket(connection, key, &ticket, now),
            done,
        );
    }

    fn take_ticket(
        &self,
        workspace: &WorkspaceId,
        digest: &[u8; 32],
    ) -> Result<Option<Ticket>, Refusal> {
        if !self.read(|connection| identity::has_ticket(connection, workspace, digest))? {
            return Ok(None);
        }
        // It is out only when its removal would survive a power cut.
        let digest = *digest;
        self.ask(workspace, move |connection, key| {
            identity::take_ticket(connection, key, &digest)
        })
    }
}

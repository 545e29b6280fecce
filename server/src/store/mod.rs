//! Where the server's truth is kept: an append-only log of changes, with what
//! is computed from it beside it.
//!
//! Reads block until the disk answers: call them off the async threads. Writes
//! are queued, and call back once they are durable.

mod audit;
mod backup;
mod blobs;
#[cfg(test)]
mod conformance;
mod erasure;
mod flows;
mod folder;
mod identity;
mod ledger;
mod lock;
mod log;
mod mail;
mod members;
mod migrations;
mod moves;
mod once;
mod outbox;
mod postgres;
mod snippet;
mod sqlite;
mod synchronous;
#[cfg(test)]
mod tests;
mod texts;
mod threads;
mod writer;

use std::collections::BTreeSet;

use threadline_core::command::Outcome;
use threadline_core::error::{Code, Refusal};
use threadline_core::id::{ContactId, DocumentId, WorkspaceId};
use threadline_core::model::{
    ContactRow, ConversationRow, Identity, Row, RowEntry, SearchHit, TextEntry,
};
use threadline_core::sync::hub::{AppendError, Appended, Batch, LogPage, Pulse, StoredDocument};
use threadline_core::time::Timestamp;

use crate::directory::Listed;
use crate::identity::{Revocation, Ticket};

pub(crate) use backup::{backup, restore, vacuum};
pub(crate) use erasure::{Erased, Erasure, Plan};
pub(crate) use identity::{revoke_beside, revoke_in};
pub(crate) use ledger::{Audited, ChainEnd};
pub(crate) use mail::{MailRecord, SavedMail};
pub(crate) use once::{Once, Turn};
pub(crate) use outbox::{Claim, Mark, Stage};
pub(crate) use postgres::Postgres;
pub(crate) use sqlite::Sqlite;
pub(crate) use synchronous::Synchronous;
pub(crate) use texts::{Search, Stale};

/// Called once when a write is durable, or refused and undone as a whole.
pub(crate) type Done = Box<dyn FnOnce(Result<(), Refusal>) + Send>;

/// Called once when a batch is durable, or was not taken.
pub(crate) type Appending = Box<dyn FnOnce(Result<Appended, AppendError>) + Send>;

/// A blob's name: the SHA-256 of its bytes.
pub(crate) type BlobId = [u8; 32];

/// What can be told of a blob without reading it.
pub(crate) struct BlobHead {
    /// Its length.
    pub(crate) bytes: u64,
    /// Its first 16 bytes.
    pub(crate) beginning: Vec<u8>,
}

/// What a workspace's hub starts from.
pub(crate) struct Opened {
    /// Changes when the database is restored from a backup, and when a person is
    /// erased from the workspace; clients compare it.
    pub(crate) epoch: String,
    /// The sequence number of the last change; 0 before the first.
    pub(crate) seq: u64,
    /// The team as far as it is known.
    pub(crate) members: Vec<Listed>,
    /// Until when members bring back what others wrote and a restored database
    /// lacks; `None` for one that never was restored.
    pub(crate) refill_until: Option<Timestamp>,
    /// How many people were erased so far; see [`Pulse::erasures`].
    pub(crate) erasures: u64,
    /// The sequence number up to which flows have run. For a workspace that was never
    /// opened since there are flows, its last: what happened before sets none off.
    pub(crate) flows: u64,
}

impl Opened {
    /// What clients are told as the epoch. An erasure begins one as well: of its
    /// workspace only, and every process finds out the same name for it.
    fn epoch(database: &str, erasures: u64) -> String {
        match erasures {
            0 => database.to_owned(),
            count => format!("{database}.{count}"),
        }
    }
}

/// A page of rows in sequence order.
pub(crate) struct RowPage {
    /// The rows.
    pub(crate) rows: Vec<RowEntry>,
    /// The sequence number up to which the page is complete.
    pub(crate) cursor: u64,
    /// Whether there are no more.
    pub(crate) complete: bool,
}

/// The server's storage. `unavailable` means: nothing happened, try again.
pub(crate) trait Store: Send + Sync {
    /// Opens a workspace, creating it where it is new. Waits for all writes
    /// queued so far, so that what it returns is the latest.
    fn open(&self, workspace: &WorkspaceId) -> Result<Opened, Refusal>;

    /// A document's log; `None` where it has none. `quarantined` where it
    /// is damaged, `erased` where the person it was about was erased.
    fn load(
        &self,
        workspace: &WorkspaceId,
        doc: DocumentId,
    ) -> Result<Option<StoredDocument>, Refusal>;

    /// Rows that moved after `after`, at most `limit`.
    fn rows(&self, workspace: &WorkspaceId, after: u64, limit: usize) -> Result<RowPage, Refusal>;

    /// Every document that has a log and was not erased.
    fn documents(&self, workspace: &WorkspaceId) -> Result<Vec<DocumentId>, Refusal>;

    /// Every blob's name.
    fn blobs(&self, workspace: &WorkspaceId) -> Result<Vec<BlobId>, Refusal>;

    /// A blob's length and beginning; `None` where there is none.
    fn blob_head(
        &self,
        workspace: &WorkspaceId,
        blob: &BlobId,
    ) -> Result<Option<BlobHead>, Refusal>;

    /// A blob's bytes; `None` where there is none.
    fn blob(&self, workspace: &WorkspaceId, blob: &BlobId) -> Result<Option<Vec<u8>>, Refusal>;

    /// A document's row; `None` where it has none that can be read.
    fn row(&self, workspace: &WorkspaceId, doc: DocumentId) -> Result<Option<Row>, Refusal>;

    /// The contacts that have an address.
    fn contacts_at(
        &self,
        workspace: &WorkspaceId,
        identity: &Identity,
    ) -> Result<Vec<ContactRow>, Refusal>;

    /// The contacts that were merged into one.
    fn aliases(
        &self,
        workspace: &WorkspaceId,
        contact: ContactId,
    ) -> Result<Vec<ContactId>, Refusal>;

    /// A contact's own conversations.
    fn conversations(
        &self,
        workspace: &WorkspaceId,
        contact: ContactId,
    ) -> Result<Vec<ConversationRow>, Refusal>;

    /// What the first of these Message-IDs that is known became, and whether
    /// `address` takes part in that conversation.
    fn saved_mail(
        &self,
        workspace: &WorkspaceId,
        message_id: &str,
        address: &str,
    ) -> Result<Option<SavedMail>, Refusal>;

    /// What has the words, the newest first. No words find nothing.
    fn search(&self, workspace: &WorkspaceId, search: &Search) -> Result<Vec<SearchHit>, Refusal>;

    /// Documents of all workspaces whose row and texts are not as this program
    /// computes them, in the order of their keys, after a key; at most `limit`.
    fn stale(&self, after: i64, limit: usize) -> Result<Vec<Stale>, Refusal>;

    /// What storage itself finds wrong with its files, in its words.
    fn damage(&self) -> Result<Option<String>, Refusal>;

    /// Every workspace.
    fn workspaces(&self) -> Result<Vec<WorkspaceId>, Refusal>;

    /// The end of a workspace's audit chain.
    fn chain_end(&self, workspace: &WorkspaceId) -> Result<ChainEnd, Refusal>;

    /// Audit rows after a sequence number with their changes, at most `limit`.
    fn audited(
        &self,
        workspace: &WorkspaceId,
        after: u64,
        limit: usize,
    ) -> Result<Vec<Audited>, Refusal>;

    /// The first change of a log that the audit does not name: its document
    /// and sequence number.
    fn unaudited(&self, workspace: &WorkspaceId) -> Result<Option<(String, u64)>, Refusal>;

    /// A document's row with the place and heads it was computed at; `None`
    /// where it has none that can be read.
    fn row_entry(
        &self,
        workspace: &WorkspaceId,
        doc: DocumentId,
    ) -> Result<Option<RowEntry>, Refusal>;

    /// A stretch of the log after `after`, at most `limit` entries, with
    /// everything in it of one moment.
    fn log(&self, workspace: &WorkspaceId, after: u64, limit: usize) -> Result<LogPage, Refusal>;

    /// Whether anything has happened; asked every second for every open workspace.
    fn pulse(&self, workspace: &WorkspaceId) -> Result<Pulse, Refusal>;

    /// The team, as far as it is known.
    fn members(&self, workspace: &WorkspaceId) -> Result<Vec<Listed>, Refusal>;

    /// Appends a batch: log, audit, actors, rows, texts, mails and what its commands did
    /// that are done once, all or nothing, and numbers it. Not taken where a document
    /// has moved on, where actors belong
    /// to somebody else, where sessions would bring the workspace to more
    /// documents than the quota, if there is one, and with `invalid` where its
    /// own numbers are not 1, 2, 3 …
    fn append(&self, workspace: &WorkspaceId, batch: Batch, quota: Option<u64>, done: Appending);

    /// Takes a person's documents out, writes what is left of them, and begins
    /// an epoch of the workspace; the pulse tells. The documents are refused
    /// with `erased` from then on, and a batch made from an old copy of one is
    /// not taken. `plan` says what is to be done as of the sequence number it is
    /// given: nobody writes in the workspace before it is done. It may be asked
    /// again, and where it refuses, nothing happens.
    fn erase(&self, workspace: &WorkspaceId, plan: Plan<'_>) -> Result<Erased, Refusal>;

    /// Adds a member, or replaces `before`, which is what the caller knew of
    /// them; the pulse tells. Refused with `unavailable` where storage has
    /// something else: another process was faster, and may have taken away what
    /// this one would give back.
    fn put_member(
        &self,
        workspace: &WorkspaceId,
        before: Option<Listed>,
        listed: Listed,
        done: Done,
    );

    /// Keeps blobs. Keeping one twice changes nothing. Refused with
    /// `quota_exceeded` where the workspace's blobs would come to more bytes
    /// than the quota, if there is one.
    fn put_blobs(
        &self,
        workspace: &WorkspaceId,
        blobs: Vec<(BlobId, Vec<u8>)>,
        quota: Option<u64>,
        done: Done,
    );

    /// Replaces a document's row and texts, which were computed from its log up
    /// to the row's sequence number; does nothing where the log has gone on.
    fn put_summary(
        &self,
        workspace: &WorkspaceId,
        row: RowEntry,
        texts: Vec<TextEntry>,
        done: Done,
    );

    /// Remembers what a mail became; nothing of one whose conversation was
    /// erased meanwhile.
    fn put_mail(&self, workspace: &WorkspaceId, record: MailRecord, done: Done);

    /// Remembers that flows have run up to a sequence number. Of several that are told
    /// the furthest counts: what one server has run no other needs to.
    fn put_flows(&self, workspace: &WorkspaceId, seq: u64, done: Done);

    /// Gives a request its key, unless another has it or the same was answered;
    /// and forgets those whose day is over.
    fn claim(&self, workspace: &WorkspaceId, once: Once) -> Result<Turn, Refusal>;

    /// Notes what became of a command that was to be done once, by its ticket:
    /// what it did, or `None` where it was refused, and its key is free again.
    /// What was noted with its change stays.
    fn settle(&self, workspace: &WorkspaceId, ticket: u64, outcome: Option<Outcome>, done: Done);

    /// When the database was last restored from a backup; `None` for never.
    fn restored(&self) -> Option<Timestamp>;

    /// Workspaces with mails that are due at a moment, the longest due first.
    /// Asked every second by every process that sends.
    fn mail_due(&self, now: Timestamp) -> Result<Vec<WorkspaceId>, Refusal>;

    /// Claims mails that are due, at most `limit`, until a moment: nobody else is
    /// given them before.
    fn claim_mail(
        &self,
        workspace: &WorkspaceId,
        now: Timestamp,
        until: Timestamp,
        limit: usize,
    ) -> Result<Vec<Claim>, Refusal>;

    /// Notes what a process does to a mail that it has claimed; once it answers,
    /// that is durable. False, and nothing happened, where the claim is lost.
    fn mark_mail(
        &self,
        workspace: &WorkspaceId,
        claim: &Claim,
        mark: Mark,
    ) -> Result<bool, Refusal>;

    /// Keeps a revocation, and forgets those whose time is over by then.
    fn put_revocation(&self, workspace: &WorkspaceId, revocation: Revocation, done: Done);

    /// What is revoked in a workspace.
    fn revocations(&self, workspace: &WorkspaceId) -> Result<Vec<Revocation>, Refusal>;

    /// Keeps a ticket, and forgets those whose time is over.
    fn put_ticket(&self, workspace: &WorkspaceId, ticket: Ticket, now: Timestamp, done: Done);

    /// Removes a ticket and hands it out, once and never again, whatever
    /// becomes of the process; `None` where there is none.
    fn take_ticket(
        &self,
        workspace: &WorkspaceId,
        digest: &[u8; 32],
    ) -> Result<Option<Ticket>, Refusal>;
}

/// The documents of a batch that find no room in a workspace that has
/// `documents` already: new ones that sessions brought, beyond the quota. What
/// the server itself writes, such as customers' mails, is taken regardless.
/// `known` gives those of some documents that are there.
fn without_room<E>(
    batch: &Batch,
    documents: u64,
    quota: Option<u64>,
    known: impl FnOnce(&BTreeSet<DocumentId>) -> Result<BTreeSet<DocumentId>, E>,
) -> Result<BTreeSet<DocumentId>, E> {
    let mut without = BTreeSet::new();
    let touched: BTreeSet<DocumentId> = batch.entries.iter().map(|entry| entry.doc).collect();
    let quota = quota.unwrap_or(u64::MAX);
    // Nearly always there is room for all, and nobody needs to look.
    if documents.saturating_add(touched.len() as u64) <= quota {
        return Ok(without);
    }
    let mut seen = known(&touched)?;
    let mut count = documents;
    for entry in &batch.entries {
        if !seen.insert(entry.doc) {
            continue;
        }
        if entry.session.is_some() && count >= quota {
            without.insert(entry.doc);
        } else {
            count += 1;
        }
    }
    Ok(without)
}

/// Appends a batch of the server's own where a thread may block.
pub(crate) fn append(
    store: &dyn Store,
    workspace: &WorkspaceId,
    batch: Batch,
) -> Result<Appended, Refusal> {
    let (done, appended) = std::sync::mpsc::channel();
    let tell = move |result| {
        // The receiver waits below.
        let _ = done.send(result);
    };
    store.append(workspace, batch, None, Box::new(tell));
    Ok(appended.recv().map_err(|_| unavailable())??)
}

/// Waits until a write is durable.
pub(crate) async fn durable(write: impl FnOnce(Done)) -> Result<(), Refusal> {
    let (done, written) = tokio::sync::oneshot::channel();
    write(Box::new(move |result| {
        // The request may have been given up meanwhile.
        let _ = done.send(result);
    }));
    written.await.map_err(|_| unavailable())?
}

/// The same where a thread may block.
pub(crate) fn wait(write: impl FnOnce(Done)) -> Result<(), Refusal> {
    let (done, written) = std::sync::mpsc::channel();
    write(Box::new(move |result| {
        // The receiver waits below.
        let _ = done.send(result);
    }));
    written.recv().map_err(|_| unavailable())?
}

/// What a caller hears when the disk does not answer; the cause is in the log.
pub(crate) fn unavailable() -> Refusal {
    Refusal::new(Code::Unavailable, "Storage cannot do this now; try again.")
}

/// Whether a member may be replaced whom storage has as `stored`; see
/// [`Store::put_member`].
fn replaceable(
    stored: Option<&Listed>,
    before: Option<&Listed>,
    after: &Listed,
) -> Result<(), Refusal> {
    if stored.is_none() || stored == before || stored == Some(after) {
        return Ok(());
    }
    let text = "The team has changed meanwhile; try again.";
    Err(Refusal::new(Code::Unavailable, text))
}

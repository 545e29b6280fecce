//! Takes documents out of the file so that none of their bytes are left in it,
//! and refuses them for ever.

use std::fmt;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};

use rusqlite::Connection;
use threadline_core::error::{Code, Refusal};
use threadline_core::id::DocumentId;
use threadline_core::sync::hub::Batch;
use threadline_core::time::Timestamp;

use super::log::{self, document_key};
use super::writer::Failure;
use super::{BlobId, blobs, texts, unavailable};
use crate::limits;

/// What goes, and what is written in its place.
#[derive(Clone)]
pub(crate) struct Erasure {
    /// The documents.
    pub(crate) documents: Vec<DocumentId>,
    /// Blobs that only they name.
    pub(crate) blobs: Vec<BlobId>,
    /// What is written anew.
    pub(crate) batch: Batch,
    /// When.
    pub(crate) at: Timestamp,
}

impl Erasure {
    /// The contacts and conversations as mail records name them.
    pub(super) fn ids(&self) -> Vec<String> {
        let id = |doc: &DocumentId| match doc {
            DocumentId::Contact(id) => Some(id.to_string()),
            DocumentId::Conversation(id) => Some(id.to_string()),
            DocumentId::Workspace | DocumentId::Free(_) => None,
        };
        self.documents.iter().filter_map(id).collect()
    }
}

/// Finds out what is to be done, as of a sequence number of the workspace.
pub(crate) type Plan<'a> = &'a mut dyn FnMut(u64) -> Result<Erasure, Refusal>;

/// The writing thread's end of a plan: it keeps the workspace still and waits.
pub(super) struct Question {
    seq: Sender<u64>,
    /// What was planned, and as of when.
    erasure: Receiver<(u64, Erasure)>,
}

/// The end of who plans.
pub(super) struct Answer {
    seq: Receiver<u64>,
    erasure: Sender<(u64, Erasure)>,
}

/// Both ends.
pub(super) fn question() -> (Question, Answer) {
    let (ask, seq) = channel();
    let (answer, erasure) = channel();
    let question = Question { seq: ask, erasure };
    let answer = Answer {
        seq,
        erasure: answer,
    };
    (question, answer)
}

impl Question {
    /// Waits for what is to be done as of a sequence number; refused where the
    /// plan was given up. Meanwhile `beat` is called every few seconds, to show
    /// those who wait for the workspace that it is not kept in vain. When it fails,
    /// one may ask again: what comes late of the first plan is no answer to that.
    pub(super) fn ask<E: From<Refusal>>(
        &self,
        seq: u64,
        mut beat: impl FnMut() -> Result<(), E>,
    ) -> Result<Erasure, E> {
        self.seq.send(seq).map_err(|_| unavailable())?;
        loop {
            match self.erasure.recv_timeout(limits::ERASURE_BEAT) {
                Ok((of, erasure)) if of == seq => return Ok(erasure),
                Ok(_) => {}
                Err(RecvTimeoutError::Timeout) => beat()?,
                Err(RecvTimeoutError::Disconnected) => return Err(unavailable().into()),
            }
        }
    }
}

impl Answer {
    /// Answers until nobody asks any more.
    pub(super) fn give(self, plan: Plan<'_>) -> Result<(), Refusal> {
        while let Ok(seq) = self.seq.recv() {
            // Who has asked may have given up.
            let _ = self.erasure.send((seq, plan(seq)?));
        }
        Ok(())
    }
}

/// What an erasure took out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Erased {
    /// Documents, each written anew under another id.
    pub(crate) documents: usize,
    /// Changes of their logs; their hashes stay in the audit.
    pub(crate) changes: u64,
    /// Entries of the search index.
    pub(crate) texts: u64,
    /// Attachments and raw mails.
    pub(crate) blobs: u64,
    /// Records of which mail became which message, and who takes part.
    pub(crate) mails: u64,
    /// Backups that still hold all of it; `None` where others than this program
    /// make them.
    pub(crate) backups: Option<Vec<Backup>>,
}

impl fmt::Display for Erased {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "erased: {} documents with {} changes, {} texts, {} blobs, {} mail records",
            self.documents, self.changes, self.texts, self.blobs, self.mails
        )?;
        let Some(backups) = &self.backups else {
            return writeln!(
                f,
                "still held by every backup of the database that was made before, and by its archived log"
            );
        };
        for backup in backups {
            match &backup.kept_until {
                Some(until) => write!(f, "still held until {until} by {}", backup.file)?,
                None => write!(f, "still held by {}", backup.file)?,
            }
            writeln!(f)?;
        }
        if backups.is_empty() {
            writeln!(
                f,
                "no backup that was taken with `threadline backup` holds it"
            )?;
        }
        Ok(())
    }
}

/// A backup that was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Backup {
    /// The file.
    pub(crate) file: String,
    /// The day (`YYYY-MM-DD`, UTC) by which it will have been deleted; `None`:
    /// nobody said.
    pub(crate) kept_until: Option<String>,
}

/// What hears who asks for a document that was erased.
pub(super) fn refusal() -> Refusal {
    let text = "The person whom the document was about was erased.";
    Refusal::new(Code::Erased, text)
}

/// Removes and writes, in the transaction of `connection`; see
/// [`super::Store::erase`].
pub(super) fn erase(
    connection: &Connection,
    workspace: i64,
    erasure: &mut Erasure,
) -> Result<Erased, Failure> {
    let mut erased = Erased {
        documents: erasure.documents.len(),
        ..Erased::default()
    };
    let mut keys = Vec::with_capacity(erasure.documents.len());
    for doc in &erasure.documents {
        let key = document_key(connection, workspace, *doc)?;
        keys.push(key);
        connection.execute(
            "INSERT INTO erased VALUES (?1, ?2)",
            (key, erasure.at.as_millis()),
        )?;
        let forget = |table: &str| -> rusqlite::Result<u64> {
            let statement = format!("DELETE FROM {table} WHERE document = ?1");
            Ok(connection.execute(&statement, [key])? as u64)
        };
        erased.changes += forget("changes")?;
        erased.texts += forget("texts")?;
        forget("rows")?;
        forget("addresses")?;
    }
    for id in erasure.ids() {
        erased.mails += connection.execute(
            "DELETE FROM mail_ids WHERE workspace = ?1 AND ?2 IN (conversation, contact)",
            (workspace, &id),
        )? as u64;
        connection.execute(
            "DELETE FROM mail_parties WHERE workspace = ?1 AND conversation = ?2",
            (workspace, &id),
        )?;
        connection.execute(
            "DELETE FROM outbox WHERE workspace = ?1 AND conversation = ?2",
            (workspace, &id),
        )?;
    }
    erased.blobs = blobs::remove(connection, workspace, &erasure.blobs)?;
    log::append(connection, workspace, &mut erasure.batch, None)?.map_err(Refusal::from)?;
    texts::put(connection, workspace, &erasure.batch.texts)?;
    // Whoever has an old copy in memory finds that the document has moved on.
    let last = log::last_seq(connection, workspace)?.cast_signed();
    for key in keys {
        connection.execute("UPDATE documents SET seq = ?2 WHERE id = ?1", (key, last))?;
    }
    connection.execute(
        "UPDATE workspaces SET erasures = erasures + 1, documents = documents - ?2 WHERE id = ?1",
        (workspace, (erasure.documents.len() as u64).cast_signed()),
    )?;
    // The index keeps words of what was deleted until it is built again.
    connection.execute("INSERT INTO words (words) VALUES ('rebuild')", [])?;
    erased.backups = Some(backups(connection, erasure.at)?);
    Ok(erased)
}

/// Backups that may still exist at a moment.
fn backups(connection: &Connection, at: Timestamp) -> Result<Vec<Backup>, Failure> {
    let mut statement = connection.prepare_cached(
        "SELECT file, date(kept_until / 1000, 'unixepoch') FROM backups
         WHERE kept_until IS NULL OR kept_until > ?1 ORDER BY at",
    )?;
    let found = statement.query_map([at.as_millis()], |row| {
        Ok(Backup {
            file: row.get(0)?,
            kept_until: row.get(1)?,
        })
    })?;
    Ok(found.collect::<Result<_, _>>()?)
}

/// Whether a document was erased.
pub(super) fn is_erased(
    connection: &Connection,
    workspace: i64,
    doc: DocumentId,
) -> rusqlite::Result<bool> {
    connection
        .prepare_cached(
            "SELECT 1 FROM documents JOIN erased ON erased.document = documents.id
             WHERE documents.workspace = ?1 AND documents.name = ?2",
        )?
        .exists((workspace, doc.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_that_comes_too_late_is_no_answer_to_who_asks_again() {
        let (question, answer) = question();
        let (go_on, lost) = channel();
        let asking = std::thread::spawn(move || {
            let first = question.ask(100, || {
                go_on.send(()).unwrap();
                Err(unavailable())
            });
            assert!(first.is_err(), "the connection broke while it was planned");
            question.ask(120, || Ok::<_, Refusal>(())).unwrap()
        });
        let mut plan = |seq: u64| {
            if seq == 100 {
                lost.recv().unwrap();
            }
            Ok(Erasure {
                documents: Vec::new(),
                blobs: Vec::new(),
                batch: Batch::default(),
                at: Timestamp::from_millis(seq.cast_signed()),
            })
        };
        answer.give(&mut plan).unwrap();
        assert_eq!(asking.join().unwrap().at, Timestamp::from_millis(120));
    }
}

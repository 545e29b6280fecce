//! The one thread that writes. It takes whatever waits, commits it in one
//! transaction, and only then answers each: many writers, one flush to disk.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;

use rusqlite::{Connection, TransactionBehavior};
use threadline_core::error::Refusal;

use super::{Done, unavailable};
use crate::limits;

/// Why a job could not be done.
pub(super) enum Failure {
    /// It may not pass; the others of its round are not concerned.
    Refused(Refusal),
    /// The database failed.
    Database(rusqlite::Error),
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Self {
        Failure::Database(error)
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Failure::Refused(refusal)
    }
}

/// What to write; all or nothing.
pub(super) type Work = Box<dyn FnOnce(&Connection) -> Result<(), Failure> + Send>;

struct Job {
    work: Work,
    done: Done,
}

/// The queue to the writing thread. Dropping it lets the thread finish what
/// is queued, and waits for that.
pub(super) struct Writer {
    jobs: Option<Sender<Job>>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    /// Starts the thread.
    pub(super) fn start(connection: Connection) -> std::io::Result<Self> {
        let (jobs, queue) = channel();
        let thread = std::thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || run(connection, &queue))?;
        Ok(Self {
            jobs: Some(jobs),
            thread: Some(thread),
        })
    }

    /// Queues a job. The queue's length is bounded by its users: a workspace
    /// waits for its batches, and a request for its answer.
    pub(super) fn submit(&self, work: Work, done: Done) {
        let job = Job { work, done };
        let rejected = match &self.jobs {
            Some(jobs) => jobs.send(job).err().map(|rejected| rejected.0),
            None => Some(job),
        };
        // The thread is gone only when it panicked.
        if let Some(job) = rejected {
            (job.done)(Err(unavailable()));
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(Err(_)) = self.thread.take().map(JoinHandle::join) {
            tracing::error!("the writing thread had panicked");
        }
    }
}

fn run(mut connection: Connection, queue: &Receiver<Job>) {
    while let Ok(first) = queue.recv() {
        let rest = queue.try_iter().take(limits::COMMIT_JOBS - 1);
        let round: Vec<Job> = std::iter::once(first).chain(rest).collect();
        let (work, done): (Vec<_>, Vec<_>) =
            round.into_iter().map(|job| (job.work, job.done)).unzip();
        let results = commit(&mut connection, work);
        for (done, result) in done.into_iter().zip(results) {
            done(result);
        }
    }
}

/// Does everything in one transaction, each job in a savepoint of its own, so
/// that a refused one takes no other with it.
fn commit(connection: &mut Connection, work: Vec<Work>) -> Vec<Result<(), Refusal>> {
    let jobs = work.len();
    let round = || -> rusqlite::Result<Vec<Result<(), Refusal>>> {
        // Taking the lock at once waits for another program, such as a backup that
        // notes itself or a revocation; a transaction that began by reading would fail instead.
        let mut transaction =
            connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut results = Vec::with_capacity(jobs);
        for work in work {
            let savepoint = transaction.savepoint()?;
            results.push(match work(&savepoint) {
                Ok(()) => {
                    savepoint.commit()?;
                    Ok(())
                }
                Err(Failure::Refused(refusal)) => Err(refusal),
                // A full or failing disk may end the whole transaction; what came
                // after would each be committed by itself, and told as failed.
                Err(Failure::Database(error)) if savepoint.is_autocommit() => return Err(error),
                Err(Failure::Database(error)) => {
                    tracing::error!(%error, "a write failed");
                    Err(unavailable())
                }
            });
        }
        transaction.commit()?;
        Ok(results)
    };
    round().unwrap_or_else(|error| {
        tracing::error!(%error, jobs, "a transaction failed; nothing of it was kept");
        vec![Err(unavailable()); jobs]
    })
}

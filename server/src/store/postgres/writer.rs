//! The one thread of a process that writes. It takes whatever waits, commits
//! it in one transaction, and only then answers each: many writers, one flush.
//!
//! Nothing is ever waited for while the database is away: what is queued is
//! refused, and the first job after its return finds it.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;

use threadline_core::error::{Code, Refusal};
use threadline_core::id::WorkspaceId;

use super::failure::{Failure, reason};
use super::link::Link;
use super::session::{ALL, Connection, Session};
use crate::limits;
use crate::store::unavailable;

/// Something to write in a workspace, whose row is locked; all or nothing.
/// Done again where the transaction collided with another.
pub(super) trait Job: Send {
    /// The workspace.
    fn workspace(&self) -> &WorkspaceId;
    /// Writes.
    fn run(&mut self, session: &mut Session<'_>) -> Result<(), Failure>;
    /// Answers, once it is durable or undone.
    fn finish(self: Box<Self>, result: Result<(), Failure>);
}

/// A job made of two functions: what to write, and who hears of it.
struct Task<W, T, D> {
    workspace: WorkspaceId,
    work: W,
    outcome: Option<T>,
    done: D,
}

impl<W, T, D> Job for Task<W, T, D>
where
    W: FnMut(&mut Session<'_>) -> Result<T, Failure> + Send,
    T: Send,
    D: FnOnce(Result<T, Failure>) + Send,
{
    fn workspace(&self) -> &WorkspaceId {
        &self.workspace
    }

    fn run(&mut self, session: &mut Session<'_>) -> Result<(), Failure> {
        self.outcome = Some((self.work)(session)?);
        Ok(())
    }

    fn finish(self: Box<Self>, result: Result<(), Failure>) {
        let outcome = self.outcome;
        (self.done)(result.and_then(|()| outcome.ok_or_else(|| unavailable().into())));
    }
}

/// The queue to the writing thread. Dropping it lets the thread finish what
/// is queued, and waits for that.
pub(super) struct Writer {
    jobs: Option<Sender<Box<dyn Job>>>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    /// Starts the thread.
    pub(super) fn start(link: Arc<Link>) -> std::io::Result<Self> {
        let (jobs, queue) = channel();
        let thread = std::thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || run(link, &queue))?;
        Ok(Self {
            jobs: Some(jobs),
            thread: Some(thread),
        })
    }

    /// Queues a job. The queue's length is bounded by its users: a workspace
    /// waits for its batches, and a request for its answer.
    pub(super) fn submit<T: Send + 'static>(
        &self,
        workspace: &WorkspaceId,
        work: impl FnMut(&mut Session<'_>) -> Result<T, Failure> + Send + 'static,
        done: impl FnOnce(Result<T, Failure>) + Send + 'static,
    ) {
        let job: Box<dyn Job> = Box::new(Task {
            workspace: workspace.clone(),
            work,
            outcome: None,
            done,
        });
        let rejected = match &self.jobs {
            Some(jobs) => jobs.send(job).err().map(|rejected| rejected.0),
            None => Some(job),
        };
        // The thread is gone only when it panicked.
        if let Some(job) = rejected {
            job.finish(Err(unavailable().into()));
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

fn run(link: Arc<Link>, queue: &Receiver<Box<dyn Job>>) {
    let mut desk = Desk {
        link,
        connection: None,
        known: HashSet::new(),
    };
    while let Ok(first) = queue.recv() {
        let rest = queue.try_iter().take(limits::COMMIT_JOBS - 1);
        let mut round: Vec<Box<dyn Job>> = std::iter::once(first).chain(rest).collect();
        let results = desk.write(&mut round);
        for (job, result) in round.into_iter().zip(results) {
            job.finish(result);
        }
    }
}

/// Where the thread works.
struct Desk {
    link: Arc<Link>,
    connection: Option<Connection>,
    /// Workspaces that have their row.
    known: HashSet<WorkspaceId>,
}

type Results = Vec<Result<(), Failure>>;

impl Desk {
    /// Does a round, as often as it takes; each job hears what became of it.
    fn write(&mut self, round: &mut [Box<dyn Job>]) -> Results {
        let mut refusal = unavailable();
        for _ in 0..limits::DATABASE_ATTEMPTS {
            let connection = match self.connection.take() {
                Some(connection) => Some(connection),
                None => self.link.connect().ok(),
            };
            let Some(mut connection) = connection else {
                break;
            };
            match attempt(&mut connection, &mut self.known, round) {
                Ok(Attempt::Committed(results)) => {
                    self.connection = Some(connection);
                    return results;
                }
                // It may have been committed all the same. Who is told
                // `unavailable` asks again, and storage knows what it has.
                Ok(Attempt::Unknown) => break,
                // Nothing was kept. A connection that was idle may have died
                // long ago; a collision leaves it in order.
                Err(failure) => {
                    let lost = failure.is_lost();
                    if let Failure::Database(error) = &failure {
                        tracing::warn!(error = reason(error), "a transaction is done again");
                    }
                    if !lost {
                        self.connection = Some(connection);
                    }
                    if failure.is_collision() {
                        refusal = kept_waiting();
                    } else if !lost {
                        refusal = unavailable();
                        break;
                    }
                }
            }
        }
        round.iter().map(|_| Err(refusal.clone().into())).collect()
    }
}

/// What hears who had no turn, however often it was tried.
fn kept_waiting() -> Refusal {
    let text = "Other servers, or an erasure, kept the workspace busy; try again.";
    Refusal::new(Code::Unavailable, text)
}

/// What became of a transaction that got as far as its end.
enum Attempt {
    Committed(Results),
    /// The answer to the commit was lost.
    Unknown,
}

/// Does everything in one transaction, each job in a savepoint of its own, so
/// that a refused one takes no other with it.
fn attempt(
    connection: &mut Connection,
    known: &mut HashSet<WorkspaceId>,
    round: &mut [Box<dyn Job>],
) -> Result<Attempt, Failure> {
    let workspaces: BTreeSet<&WorkspaceId> = round.iter().map(|job| job.workspace()).collect();
    let names: Vec<&str> = workspaces.iter().map(|name| name.as_str()).collect();
    if workspaces.iter().any(|name| !known.contains(*name)) {
        add_workspaces(connection, &names)?;
        known.extend(workspaces.iter().map(|name| (*name).clone()));
    }
    let mut transaction = connection.write()?;
    lock(&mut transaction, &names)?;
    let mut results = Vec::with_capacity(round.len());
    let mut inside: Option<WorkspaceId> = None;
    for job in round {
        if inside.as_ref() != Some(job.workspace()) {
            transaction.enter(job.workspace().as_str())?;
            inside = Some(job.workspace().clone());
        }
        let mut savepoint = transaction.savepoint()?;
        results.push(match job.run(&mut savepoint) {
            Ok(()) => {
                savepoint.commit()?;
                Ok(())
            }
            Err(failure) if failure.is_lost() || failure.is_collision() => return Err(failure),
            Err(failure) => {
                if let Failure::Database(error) = &failure {
                    tracing::error!(error = reason(error), "a write failed");
                }
                savepoint.undo()?;
                Err(failure)
            }
        });
    }
    match transaction.commit() {
        Ok(()) => Ok(Attempt::Committed(results)),
        Err(failure) if failure.is_lost() => {
            tracing::error!("the answer to a commit was lost");
            Ok(Attempt::Unknown)
        }
        Err(failure) => Err(failure),
    }
}

/// Makes the rows of workspaces that have none, in a transaction of its own:
/// then every row that is to be locked is there to be locked.
fn add_workspaces(connection: &mut Connection, names: &[&str]) -> Result<(), Failure> {
    let mut transaction = connection.write()?;
    transaction.enter(ALL)?;
    transaction.execute(
        "INSERT INTO workspaces (workspace) SELECT unnest($1::text[]) ON CONFLICT DO NOTHING",
        &[&names],
    )?;
    transaction.commit()
}

/// Locks the rows of workspaces, always in the order of their names: two
/// processes that need the same ones wait for each other, never in a circle.
fn lock(transaction: &mut Session<'_>, names: &[&str]) -> Result<(), Failure> {
    transaction.enter(ALL)?;
    transaction.all(
        "SELECT 1 FROM workspaces WHERE workspace = ANY($1) ORDER BY workspace FOR UPDATE",
        &[&names],
    )?;
    Ok(())
}

//! Where the writing thread works: what waits for its turn, and one transaction
//! after the other.
//!
//! A workspace that another process has locked keeps only its own jobs waiting.
//! They stay in the line while the others' are done, and now and then the thread
//! queues for that workspace's lock, so that its turn comes however busy the
//! other processes are; for a moment only, and while it has locked nothing, so
//! that no two processes ever wait for each other.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use threadline_core::error::{Code, Refusal};
use threadline_core::id::WorkspaceId;

use super::failure::{Failure, reason};
use super::link::Link;
use super::session::{ALL, Connection, Session};
use super::writer::Job;
use crate::limits;
use crate::store::unavailable;

/// The work of the writing thread.
pub(super) struct Desk {
    link: Arc<Link>,
    connection: Option<Connection>,
    /// Workspaces that have their row.
    known: HashSet<WorkspaceId>,
    /// What waits; in each workspace in the order in which it came.
    line: Vec<Waiting>,
    /// Workspaces that others had locked when they were last looked at.
    busy: HashMap<WorkspaceId, Busy>,
}

struct Waiting {
    job: Box<dyn Job>,
    since: Instant,
}

/// When to queue for a workspace's lock, and how long not to after that.
#[derive(Clone, Copy)]
struct Busy {
    next: Instant,
    pause: Duration,
}

/// What became of a transaction that got as far as its end.
enum Attempt {
    /// What the first jobs of the line came to.
    Committed(Vec<Result<(), Failure>>),
    /// The answer to the commit was lost.
    Unknown,
}

#[expect(
    clippy::disallowed_methods,
    reason = "the edge of the program: how long something has waited"
)]
fn now() -> Instant {
    Instant::now()
}

impl Desk {
    /// Without work, and without a connection yet.
    pub(super) fn new(link: Arc<Link>) -> Self {
        Self {
            link,
            connection: None,
            known: HashSet::new(),
            line: Vec::new(),
            busy: HashMap::new(),
        }
    }

    /// Puts jobs at the end of the line.
    pub(super) fn add(&mut self, jobs: impl Iterator<Item = Box<dyn Job>>) {
        let since = now();
        self.line.extend(jobs.map(|job| Waiting { job, since }));
    }

    /// How long the next round has time unless another job comes; `None` where
    /// there is nothing to do.
    pub(super) fn pause(&self) -> Option<Duration> {
        let now = now();
        let until = |waiting: &Waiting| {
            let busy = self.busy.get(waiting.job.workspace());
            busy.map_or(Duration::ZERO, |busy| {
                let until = busy.next.saturating_duration_since(now);
                until.min(limits::DATABASE_PAUSE)
            })
        };
        self.line.iter().map(until).min()
    }

    /// Does what can be done in one round, as often as it takes; each of its jobs
    /// hears what became of it.
    pub(super) fn write(&mut self) {
        self.give_up();
        let mut refusal = unavailable();
        for _ in 0..limits::DATABASE_ATTEMPTS {
            let connection = match self.connection.take() {
                Some(connection) => Some(connection),
                None => self.link.connect().ok(),
            };
            let Some(mut connection) = connection else {
                break;
            };
            match self.attempt(&mut connection) {
                Ok(Attempt::Committed(results)) => {
                    self.connection = Some(connection);
                    let done = self.line.drain(..results.len());
                    for (Waiting { job, .. }, result) in done.zip(results) {
                        job.finish(result);
                    }
                    return;
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
        for Waiting { job, .. } in self.line.drain(..) {
            job.finish(Err(refusal.clone().into()));
        }
    }

    /// Refuses what has waited for its workspace too long.
    fn give_up(&mut self) {
        let now = now();
        let too_long = |waiting: &mut Waiting| now - waiting.since > limits::DATABASE_PATIENCE;
        for Waiting { job, .. } in self.line.extract_if(.., too_long) {
            tracing::warn!(workspace = %job.workspace(), "a workspace was kept busy too long");
            job.finish(Err(kept_waiting().into()));
        }
    }

    /// Does the jobs of all workspaces that can be locked in one transaction,
    /// each in a savepoint of its own, so that a refused one takes no other with
    /// it. They are at the front of the line afterwards.
    fn attempt(&mut self, connection: &mut Connection) -> Result<Attempt, Failure> {
        let jobs = self.line.iter().map(|waiting| waiting.job.workspace());
        let workspaces: BTreeSet<WorkspaceId> = jobs.cloned().collect();
        let names: Vec<&str> = workspaces.iter().map(WorkspaceId::as_str).collect();
        if workspaces.iter().any(|name| !self.known.contains(name)) {
            add_workspaces(connection, &names)?;
            self.known.extend(workspaces.iter().cloned());
        }
        let mut transaction = connection.write()?;
        transaction.enter(ALL)?;
        if let Some(workspace) = self.due(&workspaces) {
            self.queue_for(&mut transaction, &workspace)?;
        }
        let locked = lock(&mut transaction, &names)?;
        self.note(&workspaces, &locked);
        let ours = |waiting: &mut Waiting| locked.contains(waiting.job.workspace().as_str());
        let mut round: Vec<Waiting> = self.line.extract_if(.., ours).collect();
        let count = round.len().min(limits::COMMIT_JOBS);
        round.append(&mut self.line);
        self.line = round;
        let mut results = Vec::with_capacity(count);
        let mut inside: Option<WorkspaceId> = None;
        for Waiting { job, .. } in &mut self.line[..count] {
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

    /// The busy workspace that it is time to queue for.
    fn due(&self, workspaces: &BTreeSet<WorkspaceId>) -> Option<WorkspaceId> {
        let now = now();
        let busy = workspaces.iter().filter_map(|name| {
            let next = self.busy.get(name)?.next;
            (next <= now).then_some((next, name))
        });
        busy.min().map(|(_, name)| name.clone())
    }

    /// Queues for a workspace's lock for a moment. Nothing is locked yet.
    fn queue_for(
        &mut self,
        transaction: &mut Session<'_>,
        workspace: &WorkspaceId,
    ) -> Result<(), Failure> {
        let mut savepoint = transaction.savepoint()?;
        savepoint.set(
            "lock_timeout",
            &limits::DATABASE_TURN.as_millis().to_string(),
        )?;
        let locked = savepoint.all(
            "SELECT 1 FROM workspaces WHERE workspace = $1 FOR UPDATE",
            &[&workspace.as_str()],
        );
        match locked {
            Ok(_) => {
                savepoint.set(
                    "lock_timeout",
                    &limits::DATABASE_LOCK.as_millis().to_string(),
                )?;
                savepoint.commit()
            }
            Err(failure) if failure.is_locked() => {
                if let Some(busy) = self.busy.get_mut(workspace) {
                    busy.next = now() + busy.pause;
                    busy.pause = (busy.pause * 2).min(limits::DATABASE_PAUSE_MOST);
                }
                savepoint.undo()
            }
            Err(failure) => Err(failure),
        }
    }

    /// Notes which workspaces are busy; the first time they are queued for at once.
    fn note(&mut self, workspaces: &BTreeSet<WorkspaceId>, locked: &BTreeSet<String>) {
        self.busy.retain(|name, _| workspaces.contains(name));
        for name in workspaces {
            if locked.contains(name.as_str()) {
                self.busy.remove(name);
            } else {
                self.busy.entry(name.clone()).or_insert_with(|| Busy {
                    next: now(),
                    pause: limits::DATABASE_PAUSE,
                });
            }
        }
    }
}

/// What hears who had no turn, however long it waited.
fn kept_waiting() -> Refusal {
    let text = "Other servers, or an erasure, kept the workspace busy; try again.";
    Refusal::new(Code::Unavailable, text)
}

/// Makes the rows of workspaces that have none, in a transaction of its own:
/// then every row that is to be locked is there to be locked. Those that are
/// there are not tried: that would wait for whoever is changing one.
fn add_workspaces(connection: &mut Connection, names: &[&str]) -> Result<(), Failure> {
    let mut transaction = connection.write()?;
    transaction.enter(ALL)?;
    transaction.execute(
        "INSERT INTO workspaces (workspace)
           SELECT name FROM unnest($1::text[]) AS name
           WHERE NOT EXISTS (SELECT 1 FROM workspaces WHERE workspace = name)
         ON CONFLICT DO NOTHING",
        &[&names],
    )?;
    transaction.commit()
}

/// Locks the rows of those workspaces that nobody else has locked; their names.
fn lock(transaction: &mut Session<'_>, names: &[&str]) -> Result<BTreeSet<String>, Failure> {
    let locked = transaction.all(
        "SELECT workspace FROM workspaces WHERE workspace = ANY($1) FOR UPDATE SKIP LOCKED",
        &[&names],
    )?;
    let names = locked.iter().map(|row| Ok(row.try_get(0)?));
    names.collect()
}

//! The one thread of a process that writes. It takes whatever waits, commits
//! it in one transaction, and only then answers each: many writers, one flush.
//!
//! Nothing is ever waited for while the database is away: what is queued is
//! refused, and the first job after its return finds it. Nor does a workspace
//! wait for another one that somebody else has locked; see [`Desk`].

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;

use threadline_core::id::WorkspaceId;

use super::desk::Desk;
use super::failure::Failure;
use super::link::Link;
use super::session::Session;
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
    let mut desk = Desk::new(link);
    loop {
        let next = match desk.pause() {
            None => queue.recv().map_err(|_| RecvTimeoutError::Disconnected),
            Some(pause) => queue.recv_timeout(pause),
        };
        if matches!(next, Err(RecvTimeoutError::Disconnected)) {
            // What was queued is finished before the thread ends.
            match desk.pause() {
                None => return,
                Some(pause) => std::thread::sleep(pause),
            }
        }
        desk.add(next.into_iter().chain(queue.try_iter()));
        desk.write();
    }
}

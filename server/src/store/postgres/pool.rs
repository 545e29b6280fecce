//! Connections that read: at most so many at once, kept for the next reader.

use std::sync::{Condvar, Mutex};

use threadline_core::error::Refusal;

use super::failure::{Failure, reason};
use super::link::Link;
use super::session::{Connection, Session};
use crate::limits;
use crate::store::unavailable;

/// The reading connections of a process.
pub(super) struct Pool {
    state: Mutex<State>,
    returned: Condvar,
}

#[derive(Default)]
struct State {
    idle: Vec<Connection>,
    /// Turns that are taken, whether they have a connection yet or not.
    taken: usize,
}

impl Pool {
    /// Without any connection yet.
    pub(super) fn new() -> Self {
        Self {
            state: Mutex::default(),
            returned: Condvar::new(),
        }
    }

    /// Reads in a transaction of its own. A query may run twice: a connection
    /// that was kept may have died since, which only shows when it is used.
    pub(super) fn read<T>(
        &self,
        link: &Link,
        workspace: &str,
        query: impl Fn(&mut Session<'_>) -> Result<T, Failure>,
    ) -> Result<T, Refusal> {
        let mut turn = self.turn()?;
        if let Some(kept) = turn.connection.take()
            && let Some(result) = turn.attempt(kept, workspace, &query)
        {
            return told(result);
        }
        let fresh = link.connect().map_err(|_| unavailable())?;
        match turn.attempt(fresh, workspace, &query) {
            Some(result) => told(result),
            None => Err(unavailable()),
        }
    }

    /// Waits for its turn; refused where it does not come in time.
    fn turn(&self) -> Result<Turn<'_>, Refusal> {
        let state = self.state.lock().map_err(|_| unavailable())?;
        let (mut state, waited) = self
            .returned
            .wait_timeout_while(state, limits::DATABASE_LOCK, |state| {
                state.taken >= limits::DATABASE_READERS
            })
            .map_err(|_| unavailable())?;
        if waited.timed_out() {
            tracing::warn!("a read did not get its turn");
            return Err(unavailable());
        }
        state.taken += 1;
        Ok(Turn {
            connection: state.idle.pop(),
            pool: self,
        })
    }
}

fn told<T>(result: Result<T, Failure>) -> Result<T, Refusal> {
    result.map_err(|failure| {
        if let Failure::Database(error) = &failure {
            tracing::error!(error = reason(error), "a read failed");
        }
        failure.refusal()
    })
}

/// A reader's turn. Its end is the next one's.
struct Turn<'a> {
    pool: &'a Pool,
    connection: Option<Connection>,
}

impl Turn<'_> {
    /// Reads over a connection, which is kept; `None` where it turned out to be dead.
    fn attempt<T>(
        &mut self,
        mut connection: Connection,
        workspace: &str,
        query: impl Fn(&mut Session<'_>) -> Result<T, Failure>,
    ) -> Option<Result<T, Failure>> {
        let result = connection
            .read(workspace)
            .and_then(|mut session| query(&mut session));
        match &result {
            Err(failure) if failure.is_lost() => None,
            _ => {
                self.connection = Some(connection);
                Some(result)
            }
        }
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        if let Ok(mut state) = self.pool.state.lock() {
            state.taken -= 1;
            state.idle.extend(self.connection.take());
        }
        self.pool.returned.notify_one();
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        let Ok(state) = self.state.get_mut() else {
            return;
        };
        let idle = std::mem::take(&mut state.idle);
        // The library says goodbye to the database on a runtime of its own,
        // which it cannot do where the last owner of the store is a task.
        let closing = std::thread::spawn(move || drop(idle));
        if closing.join().is_err() {
            tracing::warn!("connections to the database were not closed");
        }
    }
}

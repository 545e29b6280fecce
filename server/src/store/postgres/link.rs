//! The way to the database: new connections, and what happens while there are none.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use postgres::Client;
use threadline_core::time::Timestamp;

use super::address::Address;
use super::failure::reason;
use super::session::Connection;
use crate::limits;

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
pub(super) enum LinkError {
    /// It was tried a moment ago, in vain.
    #[error("the database was away a moment ago")]
    Away,
    /// The library's reason.
    #[error("{}", reason(.0))]
    Database(#[from] postgres::Error),
    /// It was restored, or another was put in its place: what this process
    /// remembers is not what is there.
    #[error("this is not the database that the server was started on; start it again")]
    Replaced,
}

/// What a connection is told before anything else. The database looks for a
/// client that it hears nothing of as the client does for the database: what a
/// machine that is gone has locked shall not stay so. The last statement keeps
/// the promise that acknowledgements make; an operator may ask for more of the
/// database, not for less.
fn setup() -> String {
    format!(
        "SET statement_timeout = {};
         SET lock_timeout = {};
         SET idle_in_transaction_session_timeout = {silence};
         SET tcp_user_timeout = {silence};
         SET tcp_keepalives_idle = {keepalive};
         SET tcp_keepalives_interval = {keepalive};
         SET tcp_keepalives_count = 2;
         SELECT set_config('synchronous_commit', 'on', false)
           WHERE current_setting('synchronous_commit') = 'off';",
        limits::DATABASE_STATEMENT.as_millis(),
        limits::DATABASE_LOCK.as_millis(),
        silence = limits::DATABASE_SILENCE.as_millis(),
        keepalive = limits::DATABASE_SILENCE.as_secs() / 2,
    )
}

/// Makes connections; while the database is away, only now and then.
pub(super) struct Link {
    address: Address,
    /// The epoch of the database that the server was started on.
    epoch: String,
    away: Mutex<Option<Away>>,
}

#[derive(Clone, Copy)]
struct Away {
    until: Instant,
    pause: Duration,
}

/// A connection without statements: for the start, and for [`Link`].
pub(super) fn connect(address: &Address) -> Result<Client, postgres::Error> {
    let mut client = address.config.connect(address.tls.clone())?;
    client.batch_execute(&setup())?;
    Ok(client)
}

impl Link {
    /// To a database of which nothing is expected but its epoch.
    pub(super) fn new(address: Address, epoch: String) -> Self {
        Self {
            address,
            epoch,
            away: Mutex::new(None),
        }
    }

    /// A new connection. Fails at once where one was tried in vain a moment
    /// ago: who waits for an answer shall have it, and a database that comes
    /// back shall not be run over.
    #[expect(
        clippy::disallowed_methods,
        reason = "the edge of the program: how long ago something failed"
    )]
    pub(super) fn connect(&self) -> Result<Connection, LinkError> {
        let now = Instant::now();
        let before = self.away.lock().ok().and_then(|away| *away);
        if before.is_some_and(|away| now < away.until) {
            return Err(LinkError::Away);
        }
        let connected = self.try_connect();
        let pause = match (&connected, before) {
            (Ok(_), _) => None,
            (Err(_), None) => Some(limits::DATABASE_PAUSE),
            (Err(_), Some(away)) => Some((away.pause * 2).min(limits::DATABASE_PAUSE_MOST)),
        };
        if let Ok(mut away) = self.away.lock() {
            *away = pause.map(|pause| Away {
                until: Instant::now() + pause,
                pause,
            });
        }
        if let Err(error) = &connected {
            tracing::error!(%error, "the database cannot be reached");
        } else if before.is_some() {
            tracing::info!("the database is back");
        }
        connected
    }

    fn try_connect(&self) -> Result<Connection, LinkError> {
        let mut client = connect(&self.address)?;
        if meta(&mut client, "epoch")?.as_ref() != Some(&self.epoch) {
            return Err(LinkError::Replaced);
        }
        Ok(Connection::new(client))
    }
}

/// A fact about the database, where it is known.
pub(super) fn meta(client: &mut Client, key: &str) -> Result<Option<String>, postgres::Error> {
    client
        .query_opt("SELECT value FROM meta WHERE key = $1", &[&key])?
        .map(|row| row.try_get(0))
        .transpose()
}

/// A moment that the database knows of, kept in milliseconds.
pub(super) fn moment(client: &mut Client, key: &str) -> Result<Option<Timestamp>, postgres::Error> {
    let millis = meta(client, key)?.and_then(|text| text.parse().ok());
    Ok(millis.map(Timestamp::from_millis))
}

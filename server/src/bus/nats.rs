//! NATS as the bus. It reconnects by itself, for ever.

use std::time::Duration;

use async_nats::connection::State;
use async_nats::{Client, ConnectError, ConnectOptions, Event};
use futures_util::StreamExt;
use tokio::sync::mpsc::{self, Sender, error::TrySendError};

use super::{Bus, Heard};

/// Calls that wait to be sent, and of one subject to be heard. What is more is
/// lost: the newest hint tells all that the older ones did.
const WAITING: usize = 256;
/// How long one call may take before it is given up.
const CALL: Duration = Duration::from_secs(1);
/// How often a connection is tried.
const PAUSE: Duration = Duration::from_secs(1);

/// A connection to a NATS server, or to none for the time being.
pub(crate) struct Nats {
    client: Client,
    calls: Sender<(String, Vec<u8>)>,
}

impl Nats {
    /// Begins to connect. A server that is not there is no error: it may come.
    /// Called in a runtime, which carries the connection.
    pub(crate) async fn connect(url: &str) -> Result<Self, ConnectError> {
        let client = ConnectOptions::new()
            .name("threadline")
            // A process knows what it said itself.
            .no_echo()
            .retry_on_initial_connect()
            .reconnect_delay_callback(|_| PAUSE)
            .subscription_capacity(WAITING)
            .event_callback(|event| async move { report(&event) })
            .connect(url)
            .await?;
        let (calls, mut waiting) = mpsc::channel::<(String, Vec<u8>)>(WAITING);
        let sender = client.clone();
        tokio::spawn(async move {
            while let Some((subject, payload)) = waiting.recv().await {
                // The library would keep it for later, when it is of no more use.
                if sender.connection_state() == State::Connected {
                    let call = sender.publish(subject, payload.into());
                    // Whether it arrives, nobody knows anyway.
                    let _ = tokio::time::timeout(CALL, call).await;
                }
            }
        });
        Ok(Self { client, calls })
    }
}

impl Bus for Nats {
    fn publish(&self, subject: &str, payload: Vec<u8>) {
        // A full queue means that the bus does not keep up: the poll will.
        let _ = self.calls.try_send((subject.to_owned(), payload));
    }

    fn subscribe(&self, subject: &str) -> Heard {
        let (tell, heard) = mpsc::channel(WAITING);
        let (client, subject) = (self.client.clone(), subject.to_owned());
        tokio::spawn(async move {
            let mut messages = match client.subscribe(subject).await {
                Ok(messages) => messages,
                Err(error) => return tracing::error!(%error, "nothing will be heard on the bus"),
            };
            loop {
                let message = tokio::select! {
                    () = tell.closed() => return,
                    message = messages.next() => message,
                };
                let Some(message) = message else { return };
                if let Err(TrySendError::Closed(_)) = tell.try_send(message.payload.into()) {
                    return;
                }
            }
        });
        heard
    }
}

fn report(event: &Event) {
    match event {
        Event::Connected => tracing::info!("the bus is there"),
        Event::Disconnected => tracing::warn!("the bus is away; the database is asked instead"),
        other => tracing::debug!(event = %other, "the bus"),
    }
}

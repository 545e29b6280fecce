//! What server processes that share a database call out to each other: that
//! something has happened in a document, never what; and who is present where,
//! which is kept nowhere. A call may be lost, repeated or late. Each process also
//! asks the database every second, so a hint only saves time; and who is present
//! is told again and again.

mod nats;
#[cfg(test)]
#[allow(
    dead_code,
    unreachable_pub,
    reason = "tests of processes use the same file"
)]
mod service;

use threadline_core::id::WorkspaceId;
use tokio::sync::mpsc;

pub(crate) use nats::Nats;

/// What one process hears of the others about one subject.
pub(crate) type Heard = mpsc::Receiver<Vec<u8>>;

/// A way to the other processes. Nothing here waits or fails: what cannot be
/// said or heard is lost.
pub(crate) trait Bus: Send + Sync {
    /// Calls out to the other processes.
    fn publish(&self, subject: &str, payload: Vec<u8>);

    /// Hears what the others call out, until the receiver is dropped. Ends at
    /// once where there are no others.
    fn subscribe(&self, subject: &str) -> Heard;
}

/// The bus of a process that is alone.
pub(crate) struct Alone;

impl Bus for Alone {
    fn publish(&self, _subject: &str, _payload: Vec<u8>) {}

    fn subscribe(&self, _subject: &str) -> Heard {
        mpsc::channel(1).1
    }
}

/// Called on [`moves`] where team or revocations have changed, and not the log.
pub(crate) const EDITED: &[u8] = b"edited";

/// Where it is called that a workspace has moved. The payload is the sequence
/// number it has come to, in decimal digits, or [`EDITED`].
pub(crate) fn moves(workspace: &WorkspaceId) -> String {
    // A dot in the name would divide the subject.
    format!("threadline.{}", workspace.as_str().replace('.', "/"))
}

/// Where it is called who is present in a workspace. The payload is a frame of
/// presence, as clients get it. Apart from [`moves`], so that those who type
/// much push no hint out of a queue.
pub(crate) fn presence(workspace: &WorkspaceId) -> String {
    moves(workspace).replacen('.', ".presence.", 1)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::service::Service;
    use super::*;

    /// Calls until the other side has heard, because a hint may be lost.
    async fn arrives(from: &Nats, heard: &mut Heard, word: &str) {
        let all = async {
            loop {
                from.publish("threadline.larkspur", word.into());
                let next = tokio::time::timeout(Duration::from_millis(100), heard.recv());
                if let Ok(Some(payload)) = next.await
                    && payload == word.as_bytes()
                {
                    return;
                }
            }
        };
        let heard = tokio::time::timeout(Duration::from_secs(20), all).await;
        assert!(heard.is_ok(), "{word} is not heard");
    }

    #[test]
    fn each_workspace_has_a_subject_of_its_own() {
        let subject = |name: &str| moves(&name.parse().unwrap());
        assert_eq!(subject("larkspur"), "threadline.larkspur");
        // No two names meet, and none has an empty token, which NATS refuses.
        assert_eq!(subject("..a"), "threadline.//a");
        assert_eq!(presence(&"..a".parse().unwrap()), "threadline.presence.//a");
    }

    #[tokio::test]
    async fn who_is_alone_hears_nothing_and_does_not_wait_for_it() {
        let mut heard = Alone.subscribe("threadline.larkspur");
        Alone.publish("threadline.larkspur", b"1".to_vec());
        assert_eq!(heard.recv().await, None);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn what_one_process_calls_the_others_hear_also_after_the_bus_was_away() {
        let mut service = Service::start();
        let one = Nats::connect(&service.url()).await.unwrap();
        let two = Nats::connect(&service.url()).await.unwrap();
        let mut at_one = one.subscribe("threadline.larkspur");
        let mut at_two = two.subscribe("threadline.larkspur");
        arrives(&one, &mut at_two, "1").await;
        arrives(&two, &mut at_one, "2").await;
        assert!(at_one.try_recv().is_err(), "nobody hears oneself");

        service.kill();
        for n in 0..10_000 {
            // Nobody hears it, and nobody waits for that.
            one.publish("threadline.larkspur", format!("lost {n}").into_bytes());
        }
        service.start_again();
        arrives(&one, &mut at_two, "3").await;
    }

    #[tokio::test]
    async fn a_bus_that_is_not_there_keeps_nobody_from_starting() {
        let mut service = Service::start();
        service.kill();
        let alone = Nats::connect(&service.url()).await.unwrap();
        let mut heard = alone.subscribe("threadline.larkspur");
        alone.publish("threadline.larkspur", b"1".to_vec());
        assert!(heard.try_recv().is_err());
        assert!(Nats::connect("not an address").await.is_err());
    }
}

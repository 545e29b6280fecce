//! SIGKILL at random moments while clients push: what was acknowledged is
//! there afterwards, every time.

use std::collections::HashSet;
use std::time::Duration;

use threadline_core::id::DocumentId;
use threadline_core::sync::frame::{ClientFrame, Push, ServerFrame};
use threadline_tests::client::{Client, Incoming};
use threadline_tests::pen::{Pen, hash};
use threadline_tests::server::Server;
use tokio_tungstenite::tungstenite::Message;

const ROUNDS: u64 = 100;
const CLIENTS: u64 = 3;
/// The longest a round pushes before the kill.
const PUSHING_MS: u64 = 200;
/// Changes under way at once, for each client.
const UNDER_WAY: usize = 16;

/// Numbers that look random and are the same in every run (an LCG of Knuth's).
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }
}

/// What one client was promised.
struct Promised {
    doc: DocumentId,
    acknowledged: HashSet<[u8; 32]>,
}

/// Pushes until the connection breaks.
async fn push_until_killed(mut client: Client, mut pen: Pen) -> Promised {
    let doc = pen.doc();
    let mut acknowledged = HashSet::new();
    let start = pen.start();
    client.push(doc, &[start]).await;
    let mut under_way = 1;
    for n in 0.. {
        while under_way < UNDER_WAY {
            let change = pen.note(&format!("note {n}"));
            let changes = vec![change.into()];
            let frame = ClientFrame::Push(Push { doc, changes });
            let message = Message::binary(frame.encode());
            if client.send_message(message).await.is_err() {
                return Promised { doc, acknowledged };
            }
            under_way += 1;
        }
        match client.next().await {
            Incoming::Frame(ServerFrame::Ack(ack)) => {
                under_way -= ack.hashes.len();
                acknowledged.extend(ack.hashes.iter().map(|hash| **hash));
            }
            Incoming::Frame(ServerFrame::Nack(nack)) => panic!("refused: {}", nack.refusal),
            Incoming::Frame(_) => {}
            Incoming::Closed(_) => break,
        }
    }
    Promised { doc, acknowledged }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_by_sigkill() {
    let seed = std::env::var("THREADLINE_SEED")
        .ok()
        .and_then(|seed| seed.parse().ok())
        .unwrap_or(20_261_122);
    println!("THREADLINE_SEED={seed}");
    let mut dice = Dice(seed);
    let mut server = Server::start();
    let mut promised: Vec<Promised> = Vec::new();
    let (mut acknowledged, mut lost) = (0, 0);
    for round in 0..ROUNDS {
        let mut clients = Vec::new();
        for number in 0..CLIENTS {
            let client = Client::agent(&server, &format!("agent{number}")).await;
            let id = round * CLIENTS + number + 1;
            let pen = Pen::new(
                &format!("agent{number}"),
                &format!("contact{id}@mail.example"),
                id,
            );
            clients.push(tokio::spawn(push_until_killed(client, pen)));
        }
        tokio::time::sleep(Duration::from_millis(dice.below(PUSHING_MS))).await;
        server.kill();
        for client in clients {
            promised.push(client.await.unwrap());
        }
        server.restart();
        // What the last round was promised; all rounds are looked at in the end.
        let recent = promised.len() - CLIENTS as usize;
        lost += missing(&server, &promised[recent..]).await;
    }
    lost += missing(&server, &promised).await;
    for promise in &promised {
        acknowledged += promise.acknowledged.len();
    }
    println!("{ROUNDS} × SIGKILL: {acknowledged} changes acknowledged, {lost} lost");
    assert_eq!(lost, 0);
    assert!(acknowledged > 1_000, "too few changes to say anything");
}

/// How many acknowledged changes the server no longer has.
async fn missing(server: &Server, promised: &[Promised]) -> usize {
    let mut client = Client::agent(server, "auditor").await;
    let mut missing = 0;
    for promise in promised {
        let stored = client.fetch(promise.doc, &[]).await;
        let stored: HashSet<_> = stored.iter().map(|change| hash(change)).collect();
        missing += promise.acknowledged.difference(&stored).count();
    }
    missing
}

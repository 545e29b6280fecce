//! A ledger of what a server acknowledged while it is killed over and over:
//! whatever is in it must be there afterwards.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use threadline_core::error::Code;
use threadline_core::id::DocumentId;
use threadline_core::sync::frame::{ClientFrame, Push, ServerFrame};
use tokio::sync::Semaphore;
use tokio_tungstenite::tungstenite::Message;

use crate::client::{Client, Incoming};
use crate::pen::{Pen, hash};
use crate::server::Server;

const CLIENTS: u64 = 3;
/// Changes that are acknowledged in every round before its end is near.
const AT_LEAST: u32 = 10;
/// The longest a round goes on pushing after that.
const PUSHING_MS: u64 = 200;
/// How long a round may take for what is acknowledged at least.
const DEADLINE: Duration = Duration::from_secs(60);
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

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ledger {
    /// How often the server was ended.
    pub ends: u64,
    /// Changes it had acknowledged.
    pub acknowledged: usize,
    /// Those of them that it no longer has.
    pub lost: usize,
}

impl Ledger {
    /// Whether enough was acknowledged for nothing lost to say something.
    pub fn is_telling(&self) -> bool {
        self.acknowledged as u64 > 5 * self.ends
    }
}

/// How often to end a server: what `KILLS` says, else `usual`.
pub fn kills(usual: u64) -> u64 {
    let asked = std::env::var("KILLS").ok();
    asked.and_then(|kills| kills.parse().ok()).unwrap_or(usual)
}

/// Lets clients push, ends the server at a random moment with `end`, which
/// starts it again, and looks whether it has everything; `ends` times. The
/// moments depend on `THREADLINE_SEED`.
pub async fn keep(server: &mut Server, ends: u64, mut end: impl FnMut(&mut Server)) -> Ledger {
    let seed = std::env::var("THREADLINE_SEED").ok();
    let seed = seed
        .and_then(|seed| seed.parse().ok())
        .unwrap_or(20_261_122);
    println!("THREADLINE_SEED={seed}");
    let mut dice = Dice(seed);
    let mut promised: Vec<Promised> = Vec::new();
    let mut lost = 0;
    for round in 0..ends {
        let mut clients = Vec::new();
        let acknowledged = Arc::new(Semaphore::new(0));
        for number in 0..CLIENTS {
            let member = format!("agent{number}");
            let client = Client::agent(server, &member).await;
            let id = round * CLIENTS + number + 1;
            let pen = Pen::new(&member, &format!("contact{id}@mail.example"), id);
            let acknowledged = Arc::clone(&acknowledged);
            clients.push(tokio::spawn(push_until_the_end(client, pen, acknowledged)));
        }
        let telling = acknowledged.acquire_many(AT_LEAST);
        let telling = tokio::time::timeout(DEADLINE, telling).await;
        assert!(telling.is_ok(), "round {round} acknowledges nothing");
        // The moment is the test's input, not something it waits for.
        tokio::time::sleep(Duration::from_millis(dice.below(PUSHING_MS))).await;
        end(server);
        for client in clients {
            promised.push(client.await.expect("nothing is refused"));
        }
        // What the last round was promised; all rounds are looked at in the end.
        let recent = promised.len() - CLIENTS as usize;
        lost += missing(server, &promised[recent..]).await;
    }
    lost += missing(server, &promised).await;
    let acknowledged = promised.iter().map(|it| it.acknowledged.len()).sum();
    let ledger = Ledger {
        ends,
        acknowledged,
        lost,
    };
    println!("{ledger:?}");
    ledger
}

/// What one client was promised.
struct Promised {
    doc: DocumentId,
    acknowledged: HashSet<[u8; 32]>,
}

/// Pushes until the connection breaks; `told` has a permit for each change that
/// was acknowledged.
async fn push_until_the_end(mut client: Client, mut pen: Pen, told: Arc<Semaphore>) -> Promised {
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
                told.add_permits(ack.hashes.len());
                acknowledged.extend(ack.hashes.iter().map(|hash| **hash));
            }
            // Storage is away: the round is over.
            Incoming::Frame(ServerFrame::Nack(nack)) if nack.refusal.code == Code::Unavailable => {
                break;
            }
            Incoming::Frame(ServerFrame::Nack(nack)) => panic!("refused: {}", nack.refusal),
            Incoming::Frame(_) => {}
            Incoming::Closed(_) => break,
        }
    }
    Promised { doc, acknowledged }
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

//! What the server does in a second, on this machine: durable changes, the
//! processor time each costs, how soon others see one, and how long a stranger
//! waits for a long conversation. Run it with `make bench`.

#![expect(
    clippy::unwrap_used,
    reason = "a measurement that fails shall stop and say where"
)]

use std::collections::HashMap;
use std::time::Duration;

use threadline_core::id::DocumentId;
use threadline_core::sync::frame::ServerFrame;
use threadline_tests::client::Client;
use threadline_tests::pen::{Pen, hash};
use threadline_tests::server::Server;
use tokio::time::{Instant, interval, sleep};

/// Documents written at once, each by two clients.
const DOCUMENTS: u64 = 20;
/// Changes each of those clients brings.
const CHANGES: usize = 500;
/// Changes of one client on their way at once.
const UNDER_WAY: usize = 32;
/// Who writes and who reads in the fan-out.
const WRITERS: u64 = 4;
const READERS: usize = 20;
/// Changes of each writer, and the pause between them.
const SPOKEN: usize = 120;
const PAUSE: Duration = Duration::from_millis(25);
/// Messages of the long conversation.
const LONG: usize = 1_000;

#[tokio::main]
async fn main() {
    println!("\nServer ({})", machine());
    throughput().await;
    fan_out().await;
    cold_open().await;
}

/// Prints a figure, and whether it keeps its bar: at most, or at least, that much.
fn figure(name: &str, value: f64, unit: &str, bar: Option<f64>) {
    let verdict = bar.map_or(String::new(), |bar| {
        let kept = if value <= bar { "kept" } else { "MISSED" };
        format!("  (bar {bar} {unit}: {kept})")
    });
    println!("  {name:<56} {value:>10.1} {unit}{verdict}");
}

async fn throughput() {
    let server = Server::start();
    let mut writers = Vec::new();
    for document in 0..DOCUMENTS {
        let contact = format!("contact{document}@mail.example");
        let mut first = Pen::new("agent0", &contact, document * 2 + 1);
        let start = first.start();
        let mut second = Pen::new("agent1", &contact, document * 2 + 2);
        second.receive(std::slice::from_ref(&start));
        let mut client = Client::agent(&server, "agent0").await;
        client.push_and_wait(first.doc(), &[start]).await;
        writers.push((client, messages(&mut first), first.doc()));
        let client = Client::agent(&server, "agent1").await;
        writers.push((client, messages(&mut second), second.doc()));
    }
    let total = writers.len() * CHANGES;
    let (begun, cpu) = (Instant::now(), server.cpu_seconds());
    let mut running = Vec::new();
    for (client, changes, doc) in writers {
        running.push(tokio::spawn(push_all(client, changes, doc)));
    }
    for writer in running {
        writer.await.unwrap();
    }
    let seconds = begun.elapsed().as_secs_f64();
    let each = (server.cpu_seconds() - cpu) * 1e6 / total as f64;
    figure(
        "durable changes, 20 documents × 2 clients",
        total as f64 / seconds,
        "/s",
        None,
    );
    figure("server processor time for each", each, "µs", Some(150.0));
}

fn messages(pen: &mut Pen) -> Vec<Vec<u8>> {
    (0..CHANGES)
        .map(|n| pen.message(&format!("{n}: {}", "a few words ".repeat(20))))
        .collect()
}

/// Pushes changes one by one, some under way at once, until all are durable.
async fn push_all(mut client: Client, changes: Vec<Vec<u8>>, doc: DocumentId) {
    let mut waiting = changes.into_iter();
    let (mut under_way, mut done) = (0, 0);
    while done < CHANGES {
        while under_way < UNDER_WAY
            && let Some(change) = waiting.next()
        {
            client.push(doc, &[change]).await;
            under_way += 1;
        }
        let acknowledged = client.until(|frame| match frame {
            ServerFrame::Ack(ack) => Some(ack.hashes.len()),
            ServerFrame::Nack(nack) => panic!("refused: {}", nack.refusal),
            _ => None,
        });
        let acknowledged = acknowledged.await;
        under_way -= acknowledged;
        done += acknowledged;
    }
}

async fn fan_out() {
    let server = Server::start();
    let mut first = Pen::new("agent0", "kim@mail.example", 1);
    let start = first.start();
    let doc = first.doc();
    let mut client = Client::agent(&server, "agent0").await;
    client
        .push_and_wait(doc, std::slice::from_ref(&start))
        .await;

    let mut readers = Vec::new();
    for reader in 0..READERS {
        let mut client = Client::agent(&server, &format!("reader{reader}")).await;
        client.open(doc, &[]).await;
        client
            .until(|frame| matches!(frame, ServerFrame::Changes(_)).then_some(()))
            .await;
        readers.push(tokio::spawn(listen(client)));
    }
    let mut writers = Vec::new();
    for writer in 0..WRITERS {
        let member = format!("agent{writer}");
        let mut pen = Pen::new(&member, "kim@mail.example", writer + 2);
        pen.receive(std::slice::from_ref(&start));
        let client = Client::agent(&server, &member).await;
        writers.push(tokio::spawn(speak(client, pen)));
    }
    let mut sent = HashMap::new();
    for writer in writers {
        sent.extend(writer.await.unwrap());
    }
    let mut delays = Vec::new();
    for reader in readers {
        let heard = reader.await.unwrap();
        delays.extend(
            heard
                .iter()
                .map(|(hash, at)| at.duration_since(sent[hash]).as_secs_f64() * 1e3),
        );
    }
    delays.sort_by(f64::total_cmp);
    let at = |share: f64| delays[((delays.len() - 1) as f64 * share) as usize];
    figure(
        "commit → visible, 4 writers, 20 readers, half within",
        at(0.5),
        "ms",
        Some(4.0),
    );
    figure("the same, 99 of 100 within", at(0.99), "ms", Some(27.0));
}

/// Writes at a steady pace; when each change was sent.
async fn speak(mut client: Client, mut pen: Pen) -> HashMap<[u8; 32], Instant> {
    let doc = pen.doc();
    let mut sent = HashMap::new();
    let mut pace = interval(PAUSE);
    for n in 0..SPOKEN {
        let change = pen.message(&format!("{n}"));
        pace.tick().await;
        sent.insert(hash(&change), Instant::now());
        client.push(doc, &[change]).await;
    }
    // Its acknowledgements need not be read for the readers to hear it.
    sleep(Duration::from_secs(1)).await;
    sent
}

/// Listens until everybody has spoken; when each change was heard.
async fn listen(mut client: Client) -> Vec<([u8; 32], Instant)> {
    let mut heard = Vec::new();
    while heard.len() < WRITERS as usize * SPOKEN {
        let changes = client.until(|frame| match frame {
            ServerFrame::Changes(changes) => Some(changes.changes),
            _ => None,
        });
        let changes = changes.await;
        let now = Instant::now();
        heard.extend(changes.iter().map(|change| (hash(change), now)));
    }
    heard
}

async fn cold_open() {
    let mut server = Server::start();
    let mut pen = Pen::new("agent0", "kim@mail.example", 1);
    let mut changes = vec![pen.start()];
    changes.extend((0..LONG).map(|n| pen.message(&format!("{n}: {}", "a few words ".repeat(20)))));
    let mut client = Client::agent(&server, "agent0").await;
    for part in changes.chunks(200) {
        client.push_and_wait(pen.doc(), part).await;
    }
    server.kill();
    server.restart();
    let mut client = Client::agent(&server, "stranger").await;
    let begun = Instant::now();
    let fetched = client.fetch(pen.doc(), &[]).await;
    let milliseconds = begun.elapsed().as_secs_f64() * 1e3;
    assert_eq!(fetched.len(), changes.len());
    figure(
        "1,000 messages to a stranger, server just started",
        milliseconds,
        "ms",
        Some(82.0),
    );
}

/// The processor, because a figure without its machine says nothing.
fn machine() -> String {
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let models: Vec<&str> = info
        .lines()
        .filter_map(|line| line.strip_prefix("model name"))
        .collect();
    let model = models.first().map_or("unknown processor", |model| {
        model.trim_start_matches([' ', '\t', ':'])
    });
    format!("{} × {model}", models.len().max(1))
}

//! From a writer's push to the sight of it: 4 writers and 20 readers on one
//! document, commit included; then once more beside readers that have stopped
//! reading, who must not slow anybody else down.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use threadline_core::sync::frame::ServerFrame;
use threadline_tests::client::Client;
use threadline_tests::pen::{Pen, hash};
use threadline_tests::server::Server;
use tokio::task::JoinSet;

use crate::report;
use crate::throughput::message;

const WRITERS: u64 = 4;
const READERS: usize = 20;
const CHANGES_EACH: usize = 50;
/// Between two changes of one writer.
const PAUSE: Duration = Duration::from_millis(40);

/// Readers that follow the document and take nothing from their socket.
const STALLED: usize = 2;

/// Measures and prints.
pub(crate) async fn run() {
    report::heading("Fan-out, 4 writers and 20 readers on one document");
    let alone = measure(0).await;
    let at = |share| report::percentile(&alone, share);
    report::figure(
        "push → seen, half of them within",
        at(0.5),
        "ms",
        "at most 4",
    );
    report::figure(
        "push → seen, 99 of 100 within",
        at(0.99),
        "ms",
        "at most 27",
    );
    let beside = measure(STALLED).await;
    let ratio = report::percentile(&beside, 0.99) / at(0.99);
    report::figure("the same beside stalled readers", ratio, "×", "at most 1.2");
}

/// Sorted milliseconds from push to sight.
async fn measure(stalled: usize) -> Vec<f64> {
    let server = Server::start();
    let sent: Arc<Mutex<HashMap<[u8; 32], Instant>>> = Arc::default();
    let mut writers = Vec::new();
    for number in 1..=WRITERS {
        let mut pen = Pen::new("ana", "kim@example.com", number);
        let changes: Vec<_> = (0..CHANGES_EACH).map(|_| pen.write(message())).collect();
        writers.push((Client::agent(&server, "ana").await, pen.doc(), changes));
    }
    let doc = writers[0].1;
    let expected = usize::try_from(WRITERS).expect("a small number") * CHANGES_EACH;
    let mut silent = Vec::with_capacity(stalled);
    for _ in 0..stalled {
        let mut client = Client::agent(&server, "ben").await;
        client.open(doc, &[]).await;
        silent.push(client);
    }
    let mut readers: JoinSet<Vec<f64>> = JoinSet::new();
    for _ in 0..READERS {
        let mut client = Client::agent(&server, "ben").await;
        client.open(doc, &[]).await;
        client
            .until(|frame| matches!(frame, ServerFrame::Changes(_)).then_some(()))
            .await;
        let sent = Arc::clone(&sent);
        readers.spawn(async move {
            let mut latencies = Vec::with_capacity(expected);
            while latencies.len() < expected {
                let changes = client
                    .until(|frame| match frame {
                        ServerFrame::Changes(changes) => Some(changes.changes),
                        _ => None,
                    })
                    .await;
                let seen = Instant::now();
                let sent = sent.lock().expect("no writer panicked");
                latencies.extend(
                    changes
                        .iter()
                        .filter_map(|change| sent.get(&hash(change)))
                        .map(|at| (seen - *at).as_secs_f64() * 1e3),
                );
            }
            latencies
        });
    }
    let mut writing = JoinSet::new();
    for (mut client, doc, changes) in writers {
        let sent = Arc::clone(&sent);
        writing.spawn(async move {
            for change in changes {
                let name = hash(&change);
                sent.lock()
                    .expect("no writer panicked")
                    .insert(name, Instant::now());
                client.push(doc, &[change]).await;
                tokio::time::sleep(PAUSE).await;
            }
        });
    }
    while let Some(done) = writing.join_next().await {
        done.expect("a writer finishes");
    }
    let mut latencies = Vec::new();
    while let Some(seen) = readers.join_next().await {
        latencies.extend(seen.expect("a reader finishes"));
    }
    latencies.sort_by(f64::total_cmp);
    latencies
}

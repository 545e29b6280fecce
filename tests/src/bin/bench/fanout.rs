//! From a writer's push to the sight of it, commit included: 4 writers and 20
//! readers on one document, and 2,000 people at work on 200; each once more
//! beside readers that have stopped reading, who must not slow anybody else down.
//! Rows are sent to all of them and read by none.

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

/// Who works on what, and how fast.
#[derive(Clone, Copy)]
struct Scene {
    documents: usize,
    /// Of each document.
    writers: usize,
    readers: usize,
    /// Readers that follow a document and take nothing from their socket, in all.
    stalled: usize,
    changes_each: usize,
    /// Between two changes of one writer.
    pause: Duration,
}

const ROOM: Scene = Scene {
    documents: 1,
    writers: 4,
    readers: 20,
    stalled: 0,
    changes_each: 50,
    pause: Duration::from_millis(40),
};

/// A hundred changes a second, as two thousand agents write them.
const CROWD: Scene = Scene {
    documents: 200,
    writers: 2,
    readers: 8,
    stalled: 0,
    changes_each: 5,
    pause: Duration::from_secs(4),
};

/// Measures and prints.
pub(crate) async fn run() {
    report::heading("Fan-out, 4 writers and 20 readers on one document");
    compare(ROOM, 2, "at most 4", "at most 27").await;
    report::heading("2,000 people at work on 200 documents");
    compare(CROWD, 20, "", "").await;
}

/// Prints a scene's percentiles, and what becomes of the worst beside `stalled`.
async fn compare(scene: Scene, stalled: usize, half: &str, nearly_all: &str) {
    let alone = measure(scene).await;
    let at = |share| report::percentile(&alone, share);
    report::figure("push → seen, half of them within", at(0.5), "ms", half);
    let name = "push → seen, 99 of 100 within";
    report::figure(name, at(0.99), "ms", nearly_all);
    let beside = measure(Scene { stalled, ..scene }).await;
    let ratio = report::percentile(&beside, 0.99) / at(0.99);
    let name = format!("the same beside {stalled} stalled readers");
    report::figure(&name, ratio, "×", "at most 1.2");
}

/// Sorted milliseconds from push to sight.
async fn measure(scene: Scene) -> Vec<f64> {
    let server = Server::start();
    let sent: Arc<Mutex<HashMap<[u8; 32], Instant>>> = Arc::default();
    let mut writers = Vec::new();
    let mut readers: JoinSet<Vec<f64>> = JoinSet::new();
    let mut silent = Vec::with_capacity(scene.stalled);
    for document in 0..scene.documents {
        let address = format!("{document}@example.com");
        let mut doc = None;
        for writer in 0..scene.writers {
            let number = document * scene.writers + writer + 1;
            let mut pen = Pen::new("ana", &address, number as u64);
            let changes: Vec<_> = (0..scene.changes_each)
                .map(|_| pen.write(message()))
                .collect();
            let client = Client::agent(&server, "ana").await.passing_over_rows();
            writers.push((client, pen.doc(), changes));
            doc = Some(pen.doc());
        }
        let doc = doc.expect("a scene has writers");
        while silent.len() * scene.documents < scene.stalled * (document + 1) {
            let mut client = Client::agent(&server, "ben").await;
            client.open(doc, &[]).await;
            silent.push(client);
        }
        for _ in 0..scene.readers {
            let mut client = Client::agent(&server, "ben").await.passing_over_rows();
            client.open(doc, &[]).await;
            client
                .until(|frame| matches!(frame, ServerFrame::Changes(_)).then_some(()))
                .await;
            let expected = scene.writers * scene.changes_each;
            readers.spawn(see(client, expected, Arc::clone(&sent)));
        }
    }
    let mut writing = JoinSet::new();
    let all = writers.len();
    for (number, (mut client, doc, changes)) in writers.into_iter().enumerate() {
        let sent = Arc::clone(&sent);
        // Not all at once, as people do not write.
        let first = scene.pause * number as u32 / all as u32;
        writing.spawn(async move {
            tokio::time::sleep(first).await;
            for change in changes {
                let name = hash(&change);
                sent.lock()
                    .expect("no writer panicked")
                    .insert(name, Instant::now());
                client.push(doc, &[change]).await;
                rest(&mut client, scene.pause).await;
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

/// A writer takes what comes, too, while it thinks of its next change.
async fn rest(client: &mut Client, pause: Duration) {
    let _ = tokio::time::timeout(pause, client.until(|_| None::<()>)).await;
}

/// The milliseconds from push to sight of the `expected` changes of a document.
async fn see(
    mut client: Client,
    expected: usize,
    sent: Arc<Mutex<HashMap<[u8; 32], Instant>>>,
) -> Vec<f64> {
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
}

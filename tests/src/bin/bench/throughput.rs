//! Durable changes per second: 20 documents, two clients each, every change
//! acknowledged only after its commit.

use std::time::{Duration, Instant};

use threadline_core::command::ConversationCommand;
use threadline_core::model::{Address, Channel};
use threadline_core::sync::frame::ServerFrame;
use threadline_tests::client::Client;
use threadline_tests::pen::Pen;
use threadline_tests::server::Server;
use tokio::task::JoinSet;

use crate::report;

const DOCUMENTS: u64 = 20;
const CLIENTS_EACH: u64 = 2;
const CHANGES_EACH: usize = 400;
/// Changes under way at once, for each client.
const UNDER_WAY: usize = 16;

/// A message of about 440 bytes, the ordinary change.
pub(crate) fn message() -> ConversationCommand {
    ConversationCommand::SendMessage {
        channel: Channel::Email,
        to: vec![Address {
            name: String::new(),
            address: "kim@example.com".to_owned(),
        }],
        subject: String::new(),
        text: "The parcel left on Monday and should be with you soon. ".repeat(4),
        in_reply_to: None,
        attachments: Vec::new(),
    }
}

/// Measures and prints.
pub(crate) async fn run() {
    report::heading("Durable changes, 20 documents × 2 clients");
    let server = Server::start();
    let mut ready = Vec::new();
    for document in 0..DOCUMENTS {
        for client in 0..CLIENTS_EACH {
            let number = document * CLIENTS_EACH + client + 1;
            let mut pen = Pen::new("ana", &format!("{document}@example.com"), number);
            let changes: Vec<_> = (0..CHANGES_EACH).map(|_| pen.write(message())).collect();
            ready.push((Client::agent(&server, "ana").await, pen.doc(), changes));
        }
    }
    let before = cpu(&server);
    let start = Instant::now();
    let mut running = JoinSet::new();
    for (mut client, doc, changes) in ready {
        running.spawn(async move {
            let mut acknowledged = 0;
            let mut rest = changes.chunks(1);
            for change in rest.by_ref().take(UNDER_WAY) {
                client.push(doc, change).await;
            }
            while acknowledged < CHANGES_EACH {
                let hashes = client
                    .until(|frame| match frame {
                        ServerFrame::Ack(ack) => Some(ack.hashes.len()),
                        ServerFrame::Nack(nack) => panic!("refused: {}", nack.refusal),
                        _ => None,
                    })
                    .await;
                acknowledged += hashes;
                for change in rest.by_ref().take(hashes) {
                    client.push(doc, change).await;
                }
            }
        });
    }
    while let Some(done) = running.join_next().await {
        done.expect("a client finishes");
    }
    let took = start.elapsed();
    let changes = (DOCUMENTS * CLIENTS_EACH) as f64 * CHANGES_EACH as f64;
    let spent = cpu(&server) - before;
    report::figure(
        "acknowledged changes per second",
        changes / took.as_secs_f64(),
        "/s",
        "4,080 where Hocuspocus, which answers before it stores, did as many",
    );
    report::figure(
        "server CPU per acknowledged change",
        spent.as_secs_f64() * 1e6 / changes,
        "µs",
        "at most 150",
    );
}

/// Processor time the server has used, user and system.
fn cpu(server: &Server) -> Duration {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", server.pid())).unwrap_or_default();
    // The name in brackets may hold spaces; utime and stime are fields 14 and 15 of all.
    let fields = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    let ticks: u64 = fields
        .split_whitespace()
        .skip(11)
        .take(2)
        .filter_map(|ticks| ticks.parse::<u64>().ok())
        .sum();
    // Linux counts in hundredths of a second (USER_HZ).
    Duration::from_millis(ticks * 10)
}

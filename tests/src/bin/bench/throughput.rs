//! Durable changes per second, two clients a document, every change
//! acknowledged only after its commit; and how that grows with the documents.
//! Rows are sent to every client, and read by none.

use std::time::Instant;

use threadline_core::command::ConversationCommand;
use threadline_core::model::{Address, Channel};
use threadline_core::sync::frame::ServerFrame;
use threadline_tests::client::Client;
use threadline_tests::pen::Pen;
use threadline_tests::server::Server;
use tokio::task::JoinSet;

use crate::{process, report};

/// The documents of each run; the budget is about twenty.
const DOCUMENTS: [u64; 4] = [20, 1, 200, 1_000];
const CLIENTS_EACH: u64 = 2;
/// Changes of a whole run.
const CHANGES: u64 = 16_000;
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
    for documents in DOCUMENTS {
        run_with(documents).await;
    }
}

async fn run_with(documents: u64) {
    report::heading(&format!(
        "Durable changes, {documents} documents × 2 clients"
    ));
    let each = CHANGES / (documents * CLIENTS_EACH);
    let changes_each = usize::try_from(each).expect("a small number");
    let server = Server::start();
    let mut ready = Vec::new();
    for document in 0..documents {
        for client in 0..CLIENTS_EACH {
            let number = document * CLIENTS_EACH + client + 1;
            let mut pen = Pen::new("ana", &format!("{document}@example.com"), number);
            let changes: Vec<_> = (0..changes_each).map(|_| pen.write(message())).collect();
            let client = Client::agent(&server, "ana").await.passing_over_rows();
            ready.push((client, pen.doc(), changes));
        }
    }
    let before = process::cpu(server.pid());
    let start = Instant::now();
    let mut running = JoinSet::new();
    for (mut client, doc, changes) in ready {
        running.spawn(async move {
            let mut acknowledged = 0;
            let mut rest = changes.chunks(1);
            for change in rest.by_ref().take(UNDER_WAY) {
                client.push(doc, change).await;
            }
            while acknowledged < changes_each {
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
    let changes = (documents * CLIENTS_EACH * each) as f64;
    let spent = process::cpu(server.pid()) - before;
    report::figure(
        "acknowledged changes per second",
        changes / took.as_secs_f64(),
        "/s",
        "for 20: 4,080, where Hocuspocus, which answers before it stores, did as many",
    );
    report::figure(
        "server CPU per acknowledged change",
        spent.as_secs_f64() * 1e6 / changes,
        "µs",
        "at most 150",
    );
}

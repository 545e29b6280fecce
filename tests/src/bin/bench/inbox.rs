//! A workspace of 100,000 conversations: how long a program that comes for the
//! first time waits for its list, what one waits for that comes again, and the
//! search. `tests/bench/lists.mjs` measures the browser's own lists of as many.

use std::time::Instant;

use reqwest::Method;
use threadline_core::command::ConversationCommand;
use threadline_core::model::{Address, Channel, Role};
use threadline_core::sync::frame::{ClientFrame, Hello, ServerFrame};
use threadline_tests::api::Api;
use threadline_tests::client::Client;
use threadline_tests::pen::Pen;
use threadline_tests::server::Server;
use tokio::task::JoinSet;

use crate::{process, report};

const CONVERSATIONS: u64 = 100_000;
/// Who makes them, each as many.
const MAKERS: u64 = 20;
/// Conversations under way at once, for each maker.
const UNDER_WAY: u64 = 16;
/// One in so many is found by a rare word.
const RARE: u64 = 1_000;
/// How often a search is asked.
const SEARCHES: usize = 20;

/// Measures and prints.
pub(crate) async fn run() {
    report::heading("A workspace of 100,000 conversations");
    let server = Server::start();
    let mut making = JoinSet::new();
    for maker in 0..MAKERS {
        let client = Client::agent(&server, "ana").await.passing_over_rows();
        making.spawn(make(client, maker));
    }
    while let Some(done) = making.join_next().await {
        done.expect("a maker finishes");
    }
    let memory = process::memory(server.pid()) as f64 / f64::from(1 << 20);
    report::figure("memory of the server after they came in", memory, "MiB", "");
    list(&server).await;
    search(&server).await;
}

/// Starts conversations, of one short message each.
async fn make(mut client: Client, maker: u64) {
    let each = CONVERSATIONS / MAKERS;
    let mut under_way = 0;
    for number in maker * each..(maker + 1) * each {
        let address = format!("{number}@example.com");
        let mut pen = Pen::new("ana", &address, number + 1);
        let word = if number % RARE == 0 {
            "marmalade"
        } else {
            "parcel"
        };
        let message = ConversationCommand::SendMessage {
            channel: Channel::Email,
            to: vec![Address {
                name: String::new(),
                address,
            }],
            subject: format!("Order {number}"),
            text: format!("The {word} of order {number} left on Monday."),
            in_reply_to: None,
            attachments: Vec::new(),
        };
        let changes = [pen.start(), pen.write(message)];
        client.push(pen.doc(), &changes).await;
        under_way += 1;
        if under_way == UNDER_WAY {
            acknowledged(&mut client).await;
            under_way -= 1;
        }
    }
    for _ in 0..under_way {
        acknowledged(&mut client).await;
    }
}

async fn acknowledged(client: &mut Client) {
    let acknowledged = client.until(|frame| match frame {
        ServerFrame::Ack(_) => Some(()),
        ServerFrame::Nack(nack) => panic!("refused: {}", nack.refusal),
        _ => None,
    });
    acknowledged.await;
}

/// How long a program waits for its first page of the list, and for all of it.
async fn list(server: &Server) {
    let (mut client, welcome) = Client::with_token(server, &Client::agents_token("ben")).await;
    let start = Instant::now();
    let mut first = None;
    let mut rows = 0;
    let cursor = client
        .until(|frame| match frame {
            ServerFrame::Rows(page) => {
                first.get_or_insert_with(|| start.elapsed());
                rows += page.rows.len() as u64;
                page.complete.then_some(page.cursor)
            }
            _ => None,
        })
        .await;
    let all = start.elapsed();
    assert!(rows >= CONVERSATIONS, "every conversation has a row");
    let first = first.expect("a page came").as_secs_f64() * 1e3;
    report::figure("first page of a first list", first, "ms", "");
    report::figure("all of its rows", all.as_secs_f64(), "s", "");

    let mut client = Client::dial(server, None).await.expect("the socket opens");
    let start = Instant::now();
    let hello = Hello {
        token: Client::agents_token("ben"),
        epoch: welcome.epoch,
        cursor,
    };
    client.send(&ClientFrame::Hello(hello)).await;
    let complete = client.until(|frame| match frame {
        ServerFrame::Rows(page) => page.complete.then_some(()),
        _ => None,
    });
    complete.await;
    let again = start.elapsed().as_secs_f64() * 1e3;
    report::figure("a list that is up to date", again, "ms", "");
}

async fn search(server: &Server) {
    let api = Api::new(server, "ben", Role::Agent);
    for (name, words) in [
        ("search: a word of 100 of them", "marmalade"),
        ("search: two words of nearly all of them", "parcel monday"),
        ("search: the beginning of a number", "order 777"),
    ] {
        let mut took = Vec::with_capacity(SEARCHES);
        for _ in 0..SEARCHES {
            let start = Instant::now();
            let request = api.request(Method::GET, "/search").query(&[("q", words)]);
            let answer = request.send().await.expect("the server answers");
            let found: serde_json::Value = answer.json().await.expect("the answer is JSON");
            let hits = found["hits"].as_array().expect("it lists what it found");
            assert!(!hits.is_empty(), "{words} is found");
            took.push(start.elapsed().as_secs_f64() * 1e3);
        }
        took.sort_by(f64::total_cmp);
        report::figure(name, report::percentile(&took, 0.5), "ms", "");
    }
}

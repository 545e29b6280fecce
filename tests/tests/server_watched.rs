//! What an operator sees of a server: numbers, readiness, a log; and nothing
//! of what people wrote or who they are.

#![expect(
    clippy::unwrap_used,
    reason = "what fails here fails the test that asked for it"
)]

use std::collections::BTreeMap;
use std::time::Duration;

use reqwest::Method;
use serde_json::json;
use sha2::{Digest, Sha256};
use threadline_core::error::Code;
use threadline_core::model::Role;
use threadline_core::sync::frame::ServerFrame;
use threadline_tests::api::Api;
use threadline_tests::client::Client;
use threadline_tests::cluster::Cluster;
use threadline_tests::pen::Pen;
use threadline_tests::server::{SECRET, Server, WORKSPACE, claims, free_address, sign, token};
use tokio_tungstenite::tungstenite::Message;

/// The samples at `/metrics` by their name and labels.
async fn samples(metrics: &str) -> BTreeMap<String, f64> {
    let text = reqwest::get(metrics).await.unwrap().text().await.unwrap();
    let samples = text.lines().filter(|line| !line.starts_with('#'));
    let sample = |line: &str| {
        let (name, value) = line.rsplit_once(' ').unwrap();
        (name.to_owned(), value.parse().unwrap())
    };
    samples.map(sample).collect()
}

/// Reads the metrics until they say what the test waits for.
async fn until(metrics: &str, what: &str, fits: impl Fn(&BTreeMap<String, f64>) -> bool) {
    let mut last = BTreeMap::new();
    let read = async {
        loop {
            last = samples(metrics).await;
            if fits(&last) {
                return;
            }
        }
    };
    let read = tokio::time::timeout(Duration::from_secs(20), read).await;
    assert!(read.is_ok(), "{what}: {last:#?}");
}

#[tokio::test]
async fn the_metrics_tell_what_a_session_did() {
    let address = free_address().to_string();
    let server = Server::start_with(&["--metrics-listen", &address]);
    let metrics = format!("http://{address}/metrics");
    let mut ana = Client::agent(&server, "ana").await;
    let mut pen = Pen::new("ana", "kim@mail.example", 1);
    let first = pen.start();
    ana.push_and_wait(pen.doc(), &[first]).await;
    ana.push(pen.doc(), &[b"no change".to_vec()]).await;
    let refused = ana.until(|frame| match frame {
        ServerFrame::Nack(nack) => Some(nack.refusal.code),
        _ => None,
    });
    assert_eq!(refused.await, Code::BadChange);
    let stranger = Api::new(&server, "mallory", Role::Viewer);
    let (status, _) = stranger.put("/members/ana", &json!({})).await;
    assert_eq!(status.as_u16(), 422);

    let is = |samples: &BTreeMap<String, f64>, name: &str, value: f64| {
        samples.get(&format!("threadline_{name}")) == Some(&value)
    };
    until(&metrics, "counted", |samples| {
        is(samples, "sockets", 1.0)
            && is(samples, "sessions", 1.0)
            && is(samples, "workspaces", 1.0)
            && is(samples, "documents", 2.0)
            && is(samples, "changes_total", 1.0)
            && is(samples, "push_ack_seconds_count", 1.0)
            && is(samples, "commit_seconds_count", 1.0)
            && is(samples, "refusals_total{code=\"bad_change\"}", 1.0)
            && is(samples, "refusals_total{code=\"invalid\"}", 1.0)
            && is(samples, "refusals_total{code=\"resync\"}", 0.0)
            && is(samples, "http_requests_total{status=\"422\"}", 1.0)
            && is(samples, "frames_total{way=\"in\"}", 3.0)
            && is(samples, "store_errors_total{operation=\"append\"}", 0.0)
    })
    .await;
    drop(ana);
    until(&metrics, "gone", |samples| {
        is(samples, "sockets", 0.0) && is(samples, "sessions", 0.0)
    })
    .await;
    // Members do not read them.
    let public = reqwest::get(server.url("/metrics")).await.unwrap();
    assert_eq!(public.status().as_u16(), 404);
}

/// A document whose log has one wrong bit is refused and shown, and by itself
/// there again when the bit is right. `flip` turns it over in the second change.
async fn set_aside_until_mended(mut server: Server, metrics: &str, flip: impl Fn(&Server)) {
    let mut broken = Pen::new("ana", "kim@mail.example", 1);
    let mut whole = Pen::new("ana", "lee@mail.example", 2);
    let mut ana = Client::agent(&server, "ana").await;
    let changes = [broken.start(), broken.note("one"), broken.note("two")];
    ana.push_and_wait(broken.doc(), &changes).await;
    server.kill();
    flip(&server);
    server.restart();

    let mut ana = Client::agent(&server, "ana").await;
    ana.open(broken.doc(), &[]).await;
    let refused = ana.until(|frame| match frame {
        ServerFrame::Error(refusal) => Some(refusal.code),
        _ => None,
    });
    assert_eq!(refused.await, Code::Quarantined);
    let change = broken.note("three");
    ana.push(broken.doc(), std::slice::from_ref(&change)).await;
    let refused = ana.until(|frame| match frame {
        ServerFrame::Nack(nack) => Some(nack.refusal.code),
        _ => None,
    });
    assert_eq!(refused.await, Code::Quarantined, "its author is told");
    ana.push_and_wait(whole.doc(), &[whole.start()]).await;
    let shown = |now: f64| {
        move |samples: &BTreeMap<String, f64>| {
            samples.get("threadline_documents_set_aside") == Some(&now)
                && samples.get("threadline_quarantined_documents_total") == Some(&1.0)
        }
    };
    until(metrics, "set aside", shown(1.0)).await;

    flip(&server);
    let mut came = Vec::new();
    ana.until(|frame| match frame {
        ServerFrame::Changes(frame) => {
            came.extend(frame.changes.into_iter().map(|bytes| bytes.into_vec()));
            frame.complete.then_some(())
        }
        _ => None,
    })
    .await;
    assert_eq!(came, changes);
    ana.push_and_wait(broken.doc(), &[change]).await;
    until(metrics, "mended", shown(0.0)).await;
}

#[tokio::test]
async fn a_damaged_document_is_shown_and_there_again_once_it_is_mended() {
    let address = free_address().to_string();
    let server = Server::start_with(&["--metrics-listen", &address]);
    let metrics = format!("http://{address}/metrics");
    set_aside_until_mended(server, &metrics, |server| {
        let file = server.data().join("threadline.db");
        let database = rusqlite::Connection::open(file).unwrap();
        let read = "SELECT bytes FROM changes WHERE seq = 2";
        let mut bytes: Vec<u8> = database.query_row(read, [], |row| row.get(0)).unwrap();
        bytes[20] ^= 1;
        let write = "UPDATE changes SET bytes = ?1 WHERE seq = 2";
        assert_eq!(database.execute(write, [bytes]).unwrap(), 1);
    })
    .await;
}

#[tokio::test]
async fn so_it_is_on_postgresql() {
    let cluster = Cluster::start();
    let database = cluster.database();
    let name = database.rsplit('/').next().unwrap();
    let address = free_address().to_string();
    let server = Server::shared(&database, &["--metrics-listen", &address]);
    let metrics = format!("http://{address}/metrics");
    set_aside_until_mended(server, &metrics, |_| {
        let flip = "UPDATE changes SET bytes = set_byte(bytes, 20, get_byte(bytes, 20) # 1)
                    WHERE seq = 2";
        cluster.sql(name, flip);
    })
    .await;
}

#[tokio::test]
async fn a_server_that_ends_is_not_ready() {
    let server = Server::start();
    for path in ["/healthz", "/readyz"] {
        let answer = reqwest::get(server.url(path)).await.unwrap();
        assert_eq!(answer.status().as_u16(), 200, "{path}");
    }
    // A file that is no database any more, as after a disk's end.
    for file in ["threadline.db", "threadline.db-wal", "threadline.db-shm"] {
        let file = server.data().join(file);
        std::fs::write(file, [0xff; 65_536]).unwrap();
    }
    let ready = reqwest::get(server.url("/readyz")).await.unwrap();
    assert_eq!(ready.status().as_u16(), 503);
    let alive = reqwest::get(server.url("/healthz")).await.unwrap();
    assert_eq!(
        alive.status().as_u16(),
        200,
        "the process is there all the same"
    );
}

/// A word that occurs nowhere by accident.
fn canary(what: &str) -> String {
    format!("Qanary{what}zwitscher")
}

#[tokio::test]
async fn neither_log_nor_metrics_hold_anything_personal() {
    let address = free_address().to_string();
    let mut server = Server::start_talkative(&["--metrics-listen", &address]);

    // Somebody with a name of their own, who works.
    let mut named = claims(WORKSPACE, &canary("Member"), Role::Agent);
    named.name = Some(canary("Name"));
    named.jti = canary("TokenId");
    named.teams = Some(vec![canary("Team").parse().unwrap()]);
    let token_text = sign(&named, SECRET);
    let (mut client, _) = Client::with_token(&server, &token_text).await;
    let contact = format!("{}@mail.example", canary("Contact"));
    let mut pen = Pen::new(&canary("Member"), &contact, 1);
    let changes = [pen.start(), pen.note(&canary("Note"))];
    client.push_and_wait(pen.doc(), &changes).await;

    // Frames, tokens and bodies that are none.
    client
        .push(pen.doc(), &[canary("Change").into_bytes()])
        .await;
    let garbage = Message::binary(canary("Frame").into_bytes());
    client.send_message(garbage).await.unwrap();
    client
        .send_message(Message::text(canary("Text")))
        .await
        .unwrap();
    let mut refusals = 0;
    client
        .until(|frame| {
            refusals += u32::from(matches!(
                frame,
                ServerFrame::Nack(_) | ServerFrame::Error(_)
            ));
            (refusals == 3).then_some(())
        })
        .await;
    let mut stranger = Client::dial(&server, None).await.unwrap();
    stranger
        .hello(&format!("e30.{}.x", canary("BadToken")))
        .await;
    stranger.next().await;
    let http = reqwest::Client::new();
    let base = server.url(&format!("/v1/workspaces/{WORKSPACE}"));
    for (method, path, body) in [
        (
            Method::PUT,
            format!("/members/{}", canary("Path")),
            canary("Body"),
        ),
        (
            Method::PUT,
            "/members/x".to_owned(),
            json!({ "name": canary("Field"), "role": canary("Role") }).to_string(),
        ),
        (
            Method::GET,
            format!("/search?q={}", canary("Words")),
            String::new(),
        ),
        (
            Method::GET,
            format!("/search?limit={}", canary("Limit")),
            String::new(),
        ),
        (
            Method::PUT,
            format!("/blobs/{}", hex::encode(Sha256::digest(canary("Blob")))),
            canary("Blob"),
        ),
        (
            Method::POST,
            "/revocations".to_owned(),
            json!({ "jti": canary("Revoked") }).to_string(),
        ),
    ] {
        let cleo = token(WORKSPACE, "cleo", Role::Admin);
        let request = http.request(method, format!("{base}{path}")).body(body);
        request.bearer_auth(cleo).send().await.unwrap();
    }
    let ticket = http
        .post(format!("{base}/tickets"))
        .bearer_auth(&token_text);
    let ticket: serde_json::Value = ticket.send().await.unwrap().json().await.unwrap();
    let ticket = ticket["ticket"].as_str().unwrap();

    // A customer's mail, whole and broken.
    for raw in [
        format!(
            "From: {} <{}@mail.example>\r\nTo: {}@shop.example\r\nSubject: {}\r\n\
             Message-ID: <{}@mail.example>\r\n\r\n{}\r\n",
            canary("Sender"),
            canary("Address"),
            canary("To"),
            canary("Subject"),
            canary("MessageId"),
            canary("Mail"),
        ),
        format!(
            "From: {}@mail.example\r\nTo: team@shop.example\r\nContent-Type: text/html\r\n\r\n\
             <p title=\"{}\">{}</p>\r\n",
            canary("Writer"),
            canary("Title"),
            canary("Paragraph"),
        ),
        canary("NoMail"),
    ] {
        let relay = token(WORKSPACE, "relay", Role::Service);
        let request = http
            .post(format!("{base}/channels/email/inbound"))
            .body(raw);
        request.bearer_auth(relay).send().await.unwrap();
    }
    let metrics = reqwest::get(format!("http://{address}/metrics"))
        .await
        .unwrap();
    let metrics = metrics.text().await.unwrap();
    server.stop();

    let said = server.said();
    for told in ["a frame came", "storing", "answered by storage", "refused"] {
        assert!(said.contains(told), "the log tells nothing of {told}");
    }
    for text in [&said, &metrics] {
        let lines: Vec<&str> = text
            .lines()
            .filter(|line| line.contains("Qanary"))
            .collect();
        assert!(lines.is_empty(), "{lines:#?}");
        for secret in [token_text.as_str(), &token_text[..40], SECRET, &ticket[9..]] {
            assert!(!text.contains(secret), "a token, ticket or secret");
        }
    }
}

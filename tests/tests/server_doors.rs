//! What is not there and what may not be seen look the same, on every route:
//! nobody can find out by asking who else is a customer here.

#![expect(
    clippy::unwrap_used,
    reason = "what fails here fails the test that asked for it"
)]

use std::collections::BTreeMap;

use reqwest::Method;
use serde_json::json;
use sha2::{Digest, Sha256};
use threadline_core::model::Role;
use threadline_core::sync::frame::ServerFrame;
use threadline_tests::api::Api;
use threadline_tests::client::{Client, Incoming};
use threadline_tests::pen::Pen;
use threadline_tests::server::{SECRET, Server, WORKSPACE, claims, sign, token};

/// An answer: everything of it that a stranger can compare.
#[derive(Debug, PartialEq)]
struct Answer {
    status: u16,
    headers: BTreeMap<String, String>,
    body: String,
}

/// Every route under a workspace, with a body that would do.
fn routes() -> Vec<(Method, String, String)> {
    let blob = format!("/blobs/{}", hex::encode(Sha256::digest(b"bytes")));
    let profile = json!({ "name": "Dan", "role": "agent" }).to_string();
    let availability = json!({ "availability": "busy" }).to_string();
    let revocation = json!({ "member": "dan" }).to_string();
    let route = |method, path: &str, body: &str| (method, path.to_owned(), body.to_owned());
    vec![
        route(Method::GET, "/members", ""),
        route(Method::PUT, "/members/dan", &profile),
        route(Method::PUT, "/me/availability", &availability),
        route(Method::GET, "/search?q=kim", ""),
        route(Method::GET, &blob, ""),
        route(Method::HEAD, &blob, ""),
        route(Method::PUT, &blob, "bytes"),
        route(Method::GET, "/export", ""),
        route(
            Method::POST,
            "/channels/email/inbound",
            "From: a@b.example\r\n\r\nHi",
        ),
        route(Method::POST, "/tickets", ""),
        route(Method::POST, "/revocations", &revocation),
    ]
}

async fn ask(
    server: &Server,
    (method, path, body): &(Method, String, String),
    workspace: &str,
    token: Option<&str>,
) -> Answer {
    let url = server.url(&format!("/v1/workspaces/{workspace}{path}"));
    let mut request = reqwest::Client::new()
        .request(method.clone(), url)
        .body(body.clone());
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    let answer = request.send().await.unwrap();
    // The time of day, and how much this very token has asked already, are no
    // secrets of the workspace.
    let own = ["date", "ratelimit", "ratelimit-policy"];
    let headers = answer.headers().iter();
    let headers = headers
        .filter(|(name, _)| !own.contains(&name.as_str()))
        .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()));
    Answer {
        status: answer.status().as_u16(),
        headers: headers.collect(),
        body: answer.text().await.unwrap(),
    }
}

#[tokio::test]
async fn missing_and_forbidden_workspaces_answer_alike_on_every_route() {
    let server = Server::start();
    let _here = Client::agent(&server, "ana").await;
    let admin = Api::new(&server, "cleo", Role::Admin);
    let gone = json!({ "name": "Gus", "role": "agent", "active": false });
    assert_eq!(admin.put("/members/gus", &gone).await.0.as_u16(), 200);

    let stranger = token("another", "mallory", Role::Admin);
    let left = token(WORKSPACE, "gus", Role::Admin);
    let mut over = claims(WORKSPACE, "ana", Role::Admin);
    over.exp = 1_600_000_000;
    let over = sign(&over, SECRET);
    for route in routes() {
        let expect = ask(&server, &route, "nowhere", None).await;
        assert_eq!(expect.status, 401, "{route:?}");
        for (whose, workspace, token) in [
            ("nobody's", WORKSPACE, None),
            ("a stranger's", WORKSPACE, Some(stranger.as_str())),
            ("a stranger's", "nowhere", Some(stranger.as_str())),
            ("a stranger's", "no%20id", Some(stranger.as_str())),
            ("one that is none", WORKSPACE, Some("let me in")),
            ("one that is over", WORKSPACE, Some(over.as_str())),
            ("that of who left", WORKSPACE, Some(left.as_str())),
        ] {
            let answer = ask(&server, &route, workspace, token).await;
            assert_eq!(answer, expect, "{route:?} of {workspace}, token: {whose}");
        }
    }
}

#[tokio::test]
async fn missing_and_foreign_things_answer_alike() {
    let server = Server::start();
    let mut ana = Client::agent(&server, "ana").await;
    let mut pen = Pen::new("ana", "kim@mail.example", 1);
    let first = pen.start();
    ana.push_and_wait(pen.doc(), &[first]).await;
    let kept = format!("/blobs/{}", hex::encode(Sha256::digest(b"bytes")));
    let api = Api::new(&server, "ana", Role::Agent);
    assert_eq!(api.put_bytes(&kept, b"bytes".to_vec()).await.status(), 204);

    // A blob that another workspace has, one that nobody has, and no name of one.
    let stranger = token("another", "mallory", Role::Admin);
    let of = |path: &str, method| (method, path.to_owned(), String::new());
    for method in [Method::GET, Method::HEAD] {
        let missing = format!("/blobs/{}", "00".repeat(32));
        let expect = ask(
            &server,
            &of(&missing, method.clone()),
            "another",
            Some(&stranger),
        )
        .await;
        assert_eq!(expect.status, 404);
        for path in [kept.as_str(), "/blobs/none"] {
            let answer = ask(
                &server,
                &of(path, method.clone()),
                "another",
                Some(&stranger),
            )
            .await;
            assert_eq!(answer, expect, "{method} {path}");
        }
    }

    // A document that another workspace has, and one that nobody has.
    let (mut mallory, _) = Client::with_token(&server, &stranger).await;
    let mut answers = Vec::new();
    for doc in [pen.doc(), Pen::new("ana", "nobody@mail.example", 2).doc()] {
        mallory.open(doc, &[]).await;
        let answer = mallory.until(|frame| match frame {
            ServerFrame::Changes(changes) if changes.doc == doc => Some((
                changes.changes.len(),
                changes.heads.len(),
                changes.seq,
                changes.complete,
            )),
            _ => None,
        });
        answers.push(answer.await);
    }
    assert_eq!(answers[0], answers[1]);
}

#[tokio::test]
async fn a_workspace_with_its_own_pages_admits_no_other() {
    let (shop, other) = ("https://shop.example", "https://other.example");
    let narrowed = format!("{WORKSPACE}={shop}");
    let server = Server::start_with(&[
        "--allow-origin",
        shop,
        "--allow-origin",
        other,
        "--workspace-origin",
        &narrowed,
    ]);
    for (workspace, origin, admitted) in [
        (WORKSPACE, shop, true),
        (WORKSPACE, other, false),
        ("another", other, true),
    ] {
        let token = token(workspace, "ana", Role::Agent);
        let mut client = Client::dial(&server, Some(origin)).await.unwrap();
        client.hello(&token).await;
        let welcome = match client.next().await {
            Incoming::Frame(ServerFrame::Welcome(_)) => true,
            Incoming::Frame(ServerFrame::Bye(bye)) => {
                assert_eq!(bye.refusal.code.as_str(), "forbidden");
                assert_eq!(bye.retry_after, None);
                false
            }
            other => panic!("neither welcome nor bye: {other:?}"),
        };
        assert_eq!(welcome, admitted, "{origin} to {workspace}");
        let request = reqwest::Client::new()
            .get(server.url(&format!("/v1/workspaces/{workspace}/members")))
            .header("origin", origin)
            .bearer_auth(&token);
        let status = request.send().await.unwrap().status().as_u16();
        assert_eq!(
            status,
            if admitted { 200 } else { 403 },
            "{origin} to {workspace}"
        );
    }
}

//! Who asks too much is told so, and keeps nobody else from asking; a mail that
//! brings too much comes in with what fits.

#![expect(
    clippy::unwrap_used,
    reason = "what fails here fails the test that asked for it"
)]

use reqwest::Method;
use reqwest::header::HeaderMap;
use serde_json::{Value, json};
use threadline_core::error::Code;
use threadline_core::model::Role;
use threadline_core::sync::frame::ServerFrame;
use threadline_tests::api::Api;
use threadline_tests::client::{Client, Incoming};
use threadline_tests::mailbox::Mailbox;
use threadline_tests::pen::Pen;
use threadline_tests::server::{Server, WORKSPACE, token};
use tokio::task::JoinSet;

/// So many requests that even a slow machine cannot answer them before the
/// allowance, ten at once and one more each second, is used up.
const MANY: usize = 40;

/// Asks for the team, with a token and, through a proxy, from an address.
async fn ask(server: &Server, token: &str, from: &str) -> (u16, HeaderMap, Value) {
    let path = format!("/v1/workspaces/{WORKSPACE}/members");
    let request = reqwest::Client::new()
        .get(server.url(&path))
        .bearer_auth(token)
        .header("x-forwarded-for", from);
    answer(request).await
}

/// Asks for the team with many tokens at once, all from one address.
async fn ask_together(
    server: &Server,
    tokens: impl Iterator<Item = String>,
    from: &str,
) -> Vec<(u16, HeaderMap, Value)> {
    let url = server.url(&format!("/v1/workspaces/{WORKSPACE}/members"));
    let client = reqwest::Client::new();
    let requests = tokens.map(|token| {
        let request = client.get(&url).bearer_auth(token);
        answer(request.header("x-forwarded-for", from))
    });
    requests.collect::<JoinSet<_>>().join_all().await
}

async fn answer(request: reqwest::RequestBuilder) -> (u16, HeaderMap, Value) {
    let answer = request.send().await.unwrap();
    let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
    (status, headers, answer.json().await.unwrap())
}

#[tokio::test]
async fn a_token_that_asks_too_often_waits_and_others_do_not() {
    let server = Server::start_with(&["--requests-per-token", "1"]);
    let (ana, ben) = (Client::agents_token("ana"), Client::agents_token("ben"));
    let answers = ask_together(&server, std::iter::repeat_n(ana, MANY), "").await;
    for (_, headers, _) in &answers {
        assert_eq!(headers["ratelimit-policy"], "\"token\";q=10;w=10");
    }
    let (answered, refused): (Vec<_>, Vec<_>) =
        answers.into_iter().partition(|(status, ..)| *status == 200);
    assert!(answered.len() >= 10, "{} at once", answered.len());
    let (status, headers, problem) = refused.first().expect("so many are too many");
    assert_eq!(*status, 429);
    assert_eq!(headers["retry-after"], "1");
    assert_eq!(headers["ratelimit"], "\"token\";r=0;t=10");
    assert_eq!(headers["content-type"], "application/problem+json");
    assert_eq!(
        (&problem["code"], &problem["status"]),
        (&json!("rate_limited"), &json!(429))
    );
    assert_eq!(ask(&server, &ben, "").await.0, 200);
}

#[tokio::test]
async fn an_address_that_asks_too_often_waits_whatever_token_it_shows() {
    let server = Server::start_with(&["--proxies", "1", "--requests-per-address", "1"]);
    let (office, home) = ("6.6.6.6, 203.0.113.1", "203.0.113.2");
    let tokens = (0..MANY).map(|number| Client::agents_token(&format!("member-{number}")));
    let answers = ask_together(&server, tokens, office).await;
    let (answered, refused): (Vec<_>, Vec<_>) = answers
        .iter()
        .map(|(status, ..)| *status)
        .partition(|status| *status == 200);
    assert!(answered.len() >= 10, "{} at once", answered.len());
    assert!(refused.contains(&429), "so many are too many");
    assert!(refused.iter().all(|status| *status == 429), "{refused:?}");
    let ana = Client::agents_token("ana");
    assert_eq!(ask(&server, &ana, home).await.0, 200);
}

/// Says `hello` from an address; the refusal if there is one.
async fn enter(server: &Server, member: &str, from: &str) -> Result<Client, (Code, Option<u64>)> {
    let url = format!("ws://{}/sync", server.address());
    let mut client = Client::dial_with(&url, &[("x-forwarded-for", from)])
        .await
        .unwrap();
    client.hello(&token(WORKSPACE, member, Role::Agent)).await;
    match client.next().await {
        Incoming::Frame(ServerFrame::Welcome(_)) => Ok(client),
        Incoming::Frame(ServerFrame::Bye(bye)) => Err((bye.refusal.code, bye.retry_after)),
        other => panic!("neither welcome nor bye: {other:?}"),
    }
}

#[tokio::test]
async fn a_workspace_and_an_address_have_so_many_sockets() {
    for (args, elsewhere) in [
        (
            &["--sockets-per-workspace", "2"][..],
            Err(Code::RateLimited),
        ),
        (&["--sockets-per-address", "2", "--proxies", "1"], Ok(())),
    ] {
        let server = Server::start_with(args);
        let here = "203.0.113.1";
        let first = enter(&server, "ana", here).await.unwrap();
        let _second = enter(&server, "ana", here).await.unwrap();
        let (code, retry_after) = enter(&server, "ben", here).await.err().unwrap();
        assert_eq!(code, Code::RateLimited);
        assert!(retry_after.is_some(), "it is worth another try");
        let other = enter(&server, "ben", "203.0.113.2").await;
        assert_eq!(other.map(|_| ()).map_err(|(code, _)| code), elsewhere);

        drop(first);
        let free = async { while enter(&server, "ben", here).await.is_err() {} };
        let free = tokio::time::timeout(std::time::Duration::from_secs(20), free);
        free.await.expect("who leaves makes room");
    }
}

#[tokio::test]
async fn a_workspace_has_so_many_documents_and_takes_mails_all_the_same() {
    let server = Server::start_with(&["--max-documents", "2"]);
    let mut ana = Client::agent(&server, "ana").await;
    let mut pens = [1, 2, 3].map(|n| Pen::new("ana", &format!("contact{n}@mail.example"), n));
    let begun = pens.each_mut().map(|pen| (pen.doc(), pen.start()));
    for (doc, change) in &begun[..2] {
        ana.push_and_wait(*doc, std::slice::from_ref(change)).await;
    }
    let (third, change) = &begun[2];
    ana.push(*third, std::slice::from_ref(change)).await;
    let refusal = ana.until(|frame| match frame {
        ServerFrame::Nack(nack) => Some(nack.refusal),
        ServerFrame::Ack(_) => panic!("one document too many was taken"),
        _ => None,
    });
    let refusal = refusal.await;
    assert_eq!(refusal.code, Code::QuotaExceeded);
    assert!(refusal.text.contains("documents"), "{refusal}");
    let note = pens[0].note("what is there goes on");
    ana.push_and_wait(begun[0].0, &[note]).await;

    let relay = Api::new(&server, "relay", Role::Service);
    let request = relay.request(Method::POST, "/channels/email/inbound");
    let request = request.header("content-type", "message/rfc822");
    let mail = "From: kim@mail.example\r\nMessage-ID: <1@mail.example>\r\n\r\nHello\r\n";
    assert_eq!(request.body(mail).send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn a_mail_that_is_as_large_as_it_may_be_in_everything_fits_into_one_change() {
    let mailbox = Mailbox::open();
    let name = "語".repeat(100);
    let address = |local: String| format!("\"{name}\" <{local}@mail.example>");
    // What is longer than an address may be in bytes is none.
    let to: Vec<String> = (0..100)
        .map(|_| address("語".repeat(300)))
        .chain((0..100).map(|_| address("a".repeat(305))))
        .collect();
    let files = (0..60).map(|n| {
        format!(
            "--b\r\nContent-Type: application/{n:x>88}\r\n\
             Content-Disposition: attachment; filename=\"{name}\"\r\n\r\nFile {n}\r\n"
        )
    });
    let raw = format!(
        "Message-ID: <{}@x>\r\nFrom: {}\r\nTo: {}\r\nSubject: {}\r\n\
         Content-Type: multipart/mixed; boundary=b\r\n\r\n\
         --b\r\nContent-Type: multipart/alternative; boundary=c\r\n\r\n\
         --c\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{}\r\n\
         --c\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>{}</p>\r\n--c--\r\n{}--b--\r\n",
        "a".repeat(990),
        address("a".repeat(305)),
        to.join(",\r\n "),
        "語".repeat(2_000),
        "語".repeat(100_000),
        "x".repeat((80 << 10) - 20),
        files.collect::<String>(),
    );
    let answer = mailbox.post(raw).await;
    let message = mailbox.read(&answer).await;
    assert!(message.text.len() > 80_000);
    assert!(message.html.is_some_and(|html| html.len() > 80_000));
    assert_eq!((message.to.len(), message.attachments.len()), (80, 40));
    assert_eq!(message.to[0].name, name);
}

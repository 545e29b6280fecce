//! Keys that change, tokens that end or are taken back: what it does to
//! sockets that are open.

#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "what fails here fails the test that asked for it"
)]

use std::process::Command;
use std::time::Duration;

use jsonwebtoken::{Algorithm, EncodingKey, Header};
use reqwest::Method;
use serde_json::{Value, json};
use tempfile::TempDir;
use threadline_core::error::Code;
use threadline_core::model::Role;
use threadline_core::sync::frame::{Bye, ClientFrame, Refresh, ServerFrame};
use threadline_server::identity::Claims;
use threadline_tests::api::Api;
use threadline_tests::client::{Client, Incoming};
use threadline_tests::repo::{self, Peer};
use threadline_tests::server::{SECRET, Server, WORKSPACE, binary, claims, seconds, sign, token};

/// Within which a revocation has to reach every socket.
const WITHIN: Duration = Duration::from_secs(5);
/// The secret before the present one.
const BEFORE: &str = "the secret of before, thirty-two bytes and more";
/// Two Ed25519 keys made with `openssl genpkey` for these tests: the private
/// one (PKCS #8) and its public part.
const KEYS: [(&str, &str, &str); 2] = [
    (
        "spring",
        "302e020100300506032b6570042204202b5b6595709509774674e22a91b415c9776578f2b9dd548391a35f04cea38775",
        "nNDskFMowaKnIkwiHpw6t4zXKJ_44ENKEr-eo-nUnF4",
    ),
    (
        "autumn",
        "302e020100300506032b657004220420551c5f06cfa86006392f39d4af9cf3318d40013e8202170d824988cb8c1b9a7b",
        "vCD2rhrkNRVKI4PsaPVeMFjT884r5rx2yA3GhPqNJpg",
    ),
];

/// A token that the host signed with one of its keys.
fn published(key: usize, claims: &Claims) -> String {
    let (kid, private, _) = KEYS[key];
    let mut header = Header::new(Algorithm::EdDSA);
    header.kid = Some(kid.to_owned());
    let private = EncodingKey::from_ed_der(&hex::decode(private).unwrap());
    jsonwebtoken::encode(&header, claims, &private).unwrap()
}

/// The file in which the host publishes some of its keys.
fn key_set(keys: &[usize]) -> String {
    let public = |key: &usize| {
        let (kid, _, x) = KEYS[*key];
        json!({ "kty": "OKP", "crv": "Ed25519", "use": "sig", "kid": kid, "x": x })
    };
    let keys: Vec<Value> = keys.iter().map(public).collect();
    json!({ "keys": keys }).to_string()
}

/// The farewell that ends a session.
async fn farewell(client: &mut Client) -> Bye {
    let bye = client.until(|frame| match frame {
        ServerFrame::Bye(bye) => Some(bye),
        _ => None,
    });
    bye.await
}

/// Whether a token opens a session.
async fn opens(server: &Server, token: &str) -> bool {
    let mut client = Client::dial(server, None).await.unwrap();
    client.hello(token).await;
    matches!(
        client.next().await,
        Incoming::Frame(ServerFrame::Welcome(_))
    )
}

/// A session that shows another token, and the refusal if there is one.
async fn refreshed(client: &mut Client, token: String) -> Option<Code> {
    client.send(&ClientFrame::Token(Refresh { token })).await;
    // Frames are answered in order: an unknown one marks the end of the answer.
    let marker = ClientFrame::Hello(threadline_core::sync::frame::Hello {
        token: String::new(),
        epoch: String::new(),
        cursor: 0,
    });
    client.send(&marker).await;
    let answer = client.until(|frame| match frame {
        ServerFrame::Error(refusal) => Some(refusal.code),
        ServerFrame::Bye(bye) => Some(bye.refusal.code),
        _ => None,
    });
    Some(answer.await).filter(|code| *code != Code::UnexpectedFrame)
}

#[tokio::test]
async fn two_secrets_are_good_while_hosts_change_over() {
    let server = Server::start_with(&["--previous-secret", BEFORE]);
    let ana = claims(WORKSPACE, "ana", Role::Agent);
    assert!(opens(&server, &sign(&ana, SECRET)).await);
    assert!(opens(&server, &sign(&ana, BEFORE)).await);
    assert!(
        !opens(
            &server,
            &sign(&ana, "a third one, of thirty-two bytes or more")
        )
        .await
    );
}

#[tokio::test]
async fn a_key_that_the_host_withdraws_ends_the_sessions_it_opened() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("jwks.json");
    std::fs::write(&file, key_set(&[0])).unwrap();
    let server = Server::start_with(&["--jwks", file.to_str().unwrap()]);
    let ana = claims(WORKSPACE, "ana", Role::Agent);
    let (mut old, _) = Client::with_token(&server, &published(0, &ana)).await;
    assert!(!opens(&server, &published(1, &ana)).await);

    std::fs::write(&file, key_set(&[0, 1])).unwrap();
    server.reload();
    let new = until_open(&server, &published(1, &ana)).await;
    assert!(opens(&server, &published(0, &ana)).await, "both are good");

    std::fs::write(&file, key_set(&[1])).unwrap();
    server.reload();
    let bye = farewell(&mut old).await;
    assert_eq!((bye.refusal.code, bye.retry_after), (Code::BadToken, None));
    assert!(!opens(&server, &published(0, &ana)).await);
    let mut new = new;
    assert_eq!(refreshed(&mut new, published(1, &ana)).await, None);
}

/// Tries until a token opens a session: a signal is not answered.
async fn until_open(server: &Server, token: &str) -> Client {
    let session = async {
        loop {
            let mut client = Client::dial(server, None).await.unwrap();
            client.hello(token).await;
            if let Incoming::Frame(ServerFrame::Welcome(_)) = client.next().await {
                return client;
            }
        }
    };
    let session = tokio::time::timeout(Duration::from_secs(20), session);
    session.await.expect("the token becomes good")
}

#[tokio::test]
async fn a_session_lives_as_long_as_the_token_it_showed_last() {
    let server = Server::start();
    let ana = claims(WORKSPACE, "ana", Role::Agent);
    let (mut session, _) = Client::with_token(&server, &sign(&ana, SECRET)).await;
    let ben = token(WORKSPACE, "ben", Role::Agent);
    let (mut other, _) = Client::with_token(&server, &sign(&ana, SECRET)).await;
    assert_eq!(
        refreshed(&mut other, ben).await,
        Some(Code::BadToken),
        "a session has one member"
    );
    let forged = sign(&ana, "another secret of thirty-two bytes or more");
    assert_eq!(
        refreshed(&mut session, forged).await,
        Some(Code::BadToken),
        "refused, but the token of before still stands"
    );

    let mut short = ana.clone();
    short.exp = seconds() + 6;
    assert_eq!(refreshed(&mut session, sign(&short, SECRET)).await, None);
    let bye = farewell(&mut session).await;
    assert_eq!(
        (bye.refusal.code, bye.retry_after),
        (Code::TokenExpired, None)
    );
    assert!(seconds() >= short.exp, "not before its time");
}

#[tokio::test]
async fn an_admin_takes_a_token_back_and_its_socket_closes() {
    let server = Server::start();
    let admin = Api::new(&server, "cleo", Role::Admin);
    let mut stolen = claims(WORKSPACE, "ana", Role::Agent);
    stolen.jti = "stolen".to_owned();
    let stolen = sign(&stolen, SECRET);
    let (mut thief, _) = Client::with_token(&server, &stolen).await;
    let mut ana = Client::agent(&server, "ana").await;
    let anas = token(WORKSPACE, "ana", Role::Agent);

    let agent = Api::new(&server, "ben", Role::Agent);
    let body = json!({ "jti": "stolen" });
    let (status, problem) = post(&agent, "/revocations", &body).await;
    assert_eq!((status, &problem["code"]), (403, &json!("forbidden")));
    for wrong in [
        json!({}),
        json!({ "jti": "" }),
        json!({ "jti": "1", "member": "ana" }),
    ] {
        assert_eq!(post(&admin, "/revocations", &wrong).await.0, 422, "{wrong}");
    }

    let (status, taken) = post(&admin, "/revocations", &body).await;
    assert_eq!(status, 201);
    assert!(taken["until"].as_u64().unwrap() > seconds() * 1_000);
    let bye = tokio::time::timeout(WITHIN, farewell(&mut thief)).await;
    assert_eq!(bye.expect("in time").refusal.code, Code::BadToken);
    assert!(!opens(&server, &stolen).await);
    let ticket = format!("/v1/workspaces/{WORKSPACE}/tickets");
    let ticket = reqwest::Client::new().post(server.url(&ticket));
    let answer = ticket.bearer_auth(&stolen).send().await.unwrap();
    assert_eq!(answer.status(), 401, "nor does it open anything else");

    // Her other session is not concerned; until all she has is taken back.
    assert_eq!(refreshed(&mut ana, anas.clone()).await, None);
    let (status, _) = post(&admin, "/revocations", &json!({ "member": "ana" })).await;
    assert_eq!(status, 201);
    let bye = tokio::time::timeout(WITHIN, farewell(&mut ana)).await;
    assert_eq!(bye.expect("in time").refusal.code, Code::BadToken);
    assert!(!opens(&server, &anas).await);
    let mut later = claims(WORKSPACE, "ana", Role::Agent);
    later.iat = Some(seconds() + 2);
    assert!(
        opens(&server, &sign(&later, SECRET)).await,
        "signed afterwards"
    );
}

#[tokio::test]
async fn an_operator_takes_tokens_back_while_the_server_runs() {
    let server = Server::start();
    let mut ana = Client::agent(&server, "ana").await;
    let anas = token(WORKSPACE, "ana", Role::Agent);
    let revoke = |args: &[&str]| {
        let mut command = Command::new(binary());
        command.arg("revoke").arg("--data").arg(server.data());
        command.args(args).output().unwrap()
    };
    for (args, complaint) in [
        (&["--workspace", WORKSPACE][..], "--jti"),
        (
            &["--workspace", "nowhere", "--member", "ana"],
            "no such workspace",
        ),
    ] {
        let output = revoke(args);
        assert!(!output.status.success(), "{args:?}");
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.contains(complaint), "{args:?}: {said}");
    }

    let output = revoke(&["--workspace", WORKSPACE, "--member", "ana"]);
    assert!(output.status.success(), "{output:?}");
    let bye = tokio::time::timeout(WITHIN, farewell(&mut ana)).await;
    assert_eq!(bye.expect("in time").refusal.code, Code::BadToken);
    assert!(!opens(&server, &anas).await);
}

#[tokio::test]
async fn a_revocation_outlives_the_process() {
    let mut server = Server::start();
    let admin = Api::new(&server, "cleo", Role::Admin);
    let anas = token(WORKSPACE, "ana", Role::Agent);
    let body = json!({ "member": "ana" });
    assert_eq!(post(&admin, "/revocations", &body).await.0, 201);
    server.kill();
    server.restart();
    assert!(!opens(&server, &anas).await);
    assert!(opens(&server, &token(WORKSPACE, "ben", Role::Agent)).await);
}

#[tokio::test]
async fn every_member_gets_tickets_and_each_is_another_one() {
    let server = Server::start();
    let viewer = Api::new(&server, "vera", Role::Viewer);
    let mut seen = Vec::new();
    for _ in 0..3 {
        let (status, issued) = post(&viewer, "/tickets", &Value::Null).await;
        assert_eq!(status, 201);
        let ticket = issued["ticket"].as_str().unwrap().to_owned();
        assert!(ticket.starts_with("larkspur.") && ticket.len() == 9 + 64);
        let left = issued["expires"].as_u64().unwrap() - seconds() * 1_000;
        assert!((50_000..=61_000).contains(&left), "{left} ms");
        assert!(!seen.contains(&ticket));
        seen.push(ticket);
    }
    // Storage holds none of them, only what recognises them.
    let database = std::fs::read(server.data().join("threadline.db")).unwrap();
    let journal = std::fs::read(server.data().join("threadline.db-wal")).unwrap();
    for ticket in &seen {
        let random = &ticket.as_bytes()[9..];
        let raw = hex::decode(random).unwrap();
        for needle in [random, &raw] {
            let holds = |bytes: &[u8]| bytes.windows(needle.len()).any(|part| part == needle);
            assert!(!holds(&database) && !holds(&journal));
        }
    }
}

#[tokio::test]
async fn a_program_that_is_no_browser_may_show_its_token_to_the_adapter() {
    let server = Server::start();
    let at = server.address();
    let anas = token(WORKSPACE, "ana", Role::Agent);
    let ana = Peer::sign_in(at, &anas, "anas-script").await;
    assert!(ana.is_ok(), "as often as it likes");
    assert!(Peer::sign_in(at, &anas, "anas-other").await.is_ok());
    let ticket = repo::ticket(at, WORKSPACE, &anas).await.unwrap();
    let tab = Peer::join_past("for-the-proxy", at, &ticket, "anas-tab").await;
    assert!(tab.is_ok(), "the ticket is for this server");

    let mut over = claims(WORKSPACE, "ana", Role::Agent);
    over.exp = seconds();
    let refused = Peer::sign_in(at, &sign(&over, SECRET), "late").await;
    assert_eq!(refused.err(), Some(Code::TokenExpired));
    let forged = sign(&claims(WORKSPACE, "ana", Role::Admin), BEFORE);
    let refused = Peer::sign_in(at, &forged, "thief").await;
    assert_eq!(refused.err(), Some(Code::BadToken));
}

async fn post(api: &Api<'_>, path: &str, body: &Value) -> (u16, Value) {
    let request = api.request(Method::POST, path).json(body);
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

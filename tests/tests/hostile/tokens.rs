//! Tokens that are not the bearer's, and pages that are not listed.

use threadline_core::error::Code;
use threadline_core::model::Role;
use threadline_core::sync::frame::ServerFrame;
use threadline_tests::client::{Client, Incoming};
use threadline_tests::server::{SECRET, WORKSPACE, claims, sign, token};
use tokio_tungstenite::tungstenite::Error;

use crate::stage::{Stage, answer};

/// `{"alg":"none","typ":"JWT"}`, and the same for HS384, RS256 and a key that
/// the token names itself (`{"alg":"HS256","kid":"../../dev/null","typ":"JWT"}`).
const NONE: &str = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0";
const HS384: &str = "eyJhbGciOiJIUzM4NCIsInR5cCI6IkpXVCJ9";
const RS256: &str = "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9";
const KID: &str = "eyJhbGciOiJIUzI1NiIsImtpZCI6Ii4uLy4uL2Rldi9udWxsIiwidHlwIjoiSldUIn0";

/// A token's payload and signature under another header.
fn under(header: &str, token: &str) -> String {
    let (_, rest) = token.split_once('.').unwrap();
    format!("{header}.{rest}")
}

#[tokio::test]
async fn a_token_that_is_not_good_opens_nothing() {
    let mut stage = Stage::set().await;
    let good = token(WORKSPACE, "mallory", Role::Agent);
    let mut expired = claims(WORKSPACE, "ana", Role::Admin);
    expired.exp = 1_600_000_000;
    // The payload of an admin's token behind a viewer's signature.
    let admin = sign(
        &claims(WORKSPACE, "mallory", Role::Admin),
        "of another server, as long as ours",
    );
    let (payload, _) = admin.rsplit_once('.').unwrap();
    let (_, signature) = good.rsplit_once('.').unwrap();
    let promoted = format!("{payload}.{signature}");
    let (unsigned, _) = good.rsplit_once('.').unwrap();
    for (name, token, expect) in [
        ("nothing", String::new(), Code::BadToken),
        ("two dots", "..".to_owned(), Code::BadToken),
        ("900 KiB of dots", ".".repeat(900 << 10), Code::BadToken),
        (
            "no algorithm",
            format!("{}.", under(NONE, unsigned)),
            Code::BadToken,
        ),
        (
            "no algorithm, and a signature",
            under(NONE, &good),
            Code::BadToken,
        ),
        ("another algorithm", under(HS384, &good), Code::BadToken),
        (
            "a public key's algorithm",
            under(RS256, &good),
            Code::BadToken,
        ),
        (
            "a key of one's own choice",
            under(KID, &good),
            Code::BadToken,
        ),
        ("another's secret", admin, Code::BadToken),
        ("a payload that was not signed", promoted, Code::BadToken),
        (
            "a token that was stolen long ago",
            sign(&expired, SECRET),
            Code::TokenExpired,
        ),
    ] {
        let mut thief = Client::dial(&stage.server, None).await.unwrap();
        thief.hello(&token).await;
        let (refused, ()) = tokio::join!(answer(&mut thief), stage.victims.work());
        assert_eq!(refused, (expect, true), "{name}");
    }
    stage.unharmed().await;
}

#[tokio::test]
async fn a_token_of_another_workspace_finds_nothing_here() {
    let mut stage = Stage::set().await;
    let doc = stage.doc();
    let foreign = token("another", "mallory", Role::Admin);
    let (mut stranger, _) = Client::with_token(&stage.server, &foreign).await;
    // The document of that name there is another one, and is empty.
    assert_eq!(stranger.fetch(doc, &[]).await, Vec::<Vec<u8>>::new());
    let mut pen = stage.pen();
    let change = pen.note("Hello from outside.");
    stranger.push(doc, &[change]).await;
    let code = stranger.until(|frame| match frame {
        ServerFrame::Nack(nack) => Some(nack.refusal.code),
        _ => None,
    });
    assert_eq!(code.await, Code::MissingDependency);
    stage.unharmed().await;
}

#[tokio::test]
async fn a_page_that_is_not_listed_does_not_connect() {
    let mut stage = Stage::set_with(&["--allow-origin", "https://shop.example"]).await;
    for origin in [
        "https://evil.example",
        "https://shop.example.evil",
        "http://shop.example",
        "https://shop.example:8443",
        "https://SHOP.example.",
        "null",
    ] {
        match Client::dial(&stage.server, Some(origin)).await {
            Err(Error::Http(response)) => assert_eq!(response.status(), 403, "{origin}"),
            Err(error) => panic!("{origin}: {error}"),
            Ok(_) => panic!("{origin} was let in"),
        }
    }
    stage.unharmed().await;
}

#[tokio::test]
async fn who_begins_with_anything_but_hello_is_shown_out() {
    let mut stage = Stage::set().await;
    let doc = stage.doc();
    let change = stage.pen().note("No hello.");
    let mut rude = Client::dial(&stage.server, None).await.unwrap();
    rude.push(doc, &[change]).await;
    assert_eq!(answer(&mut rude).await, (Code::UnexpectedFrame, true));
    assert!(matches!(rude.next().await, Incoming::Closed(_)));
    stage.unharmed().await;
}

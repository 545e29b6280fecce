//! Whoever may not come in learns nothing but that.

#![expect(
    clippy::unwrap_used,
    reason = "what fails here fails the test that asked for it"
)]

use threadline_core::error::Code;
use threadline_core::model::Role;
use threadline_core::sync::frame::{ClientFrame, Refresh, ServerFrame};
use threadline_tests::client::{Client, Incoming};
use threadline_tests::pen::Pen;
use threadline_tests::server::{SECRET, Server, WORKSPACE, claims, sign, token};
use tokio_tungstenite::tungstenite::Error;

/// Says `hello` with a token that shall not pass; the code of the answer.
async fn turned_away(server: &Server, token: &str) -> Code {
    let mut client = Client::dial(server, None).await.unwrap();
    client.hello(token).await;
    let Incoming::Frame(ServerFrame::Bye(bye)) = client.next().await else {
        panic!("the token was accepted: {token}");
    };
    assert_eq!(
        bye.retry_after, None,
        "the same token shall not be tried again"
    );
    let closed = client.next().await;
    assert_eq!(
        closed,
        Incoming::Closed(Some(bye.refusal.code.to_string())),
        "nothing follows but the close"
    );
    bye.refusal.code
}

#[tokio::test]
async fn a_token_that_does_not_fit_is_turned_away_with_a_code() {
    let server = Server::start();
    let good = claims(WORKSPACE, "ana", Role::Agent);
    let mut expired = good.clone();
    expired.exp = 1_600_000_000;
    let unsigned = {
        // {"alg":"none"} with good claims and no signature.
        let parts: Vec<String> = sign(&good, SECRET).split('.').map(str::to_owned).collect();
        format!("eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.{}.", parts[1])
    };
    let mut tampered = token(WORKSPACE, "ana", Role::Viewer).into_bytes();
    let middle = tampered.len() / 2;
    tampered[middle] = if tampered[middle] == b'A' { b'B' } else { b'A' };
    for (what, token, expect) in [
        ("missing", String::new(), Code::BadToken),
        ("not a token", "let me in".to_owned(), Code::BadToken),
        (
            "another secret",
            sign(&good, "another secret of thirty-two bytes or more"),
            Code::BadToken,
        ),
        ("no signature", unsigned, Code::BadToken),
        (
            "tampered with",
            String::from_utf8(tampered).unwrap(),
            Code::BadToken,
        ),
        ("expired", sign(&expired, SECRET), Code::TokenExpired),
        (
            "expired and badly signed",
            sign(&expired, "another secret of thirty-two bytes or more"),
            Code::BadToken,
        ),
    ] {
        assert_eq!(turned_away(&server, &token).await, expect, "{what}");
    }
}

#[tokio::test]
async fn a_token_for_another_workspace_sees_nothing_of_this_one() {
    let server = Server::start();
    let mut ana = Client::agent(&server, "ana").await;
    let mut pen = Pen::new("ana", "kim@mail.example", 1);
    let first = pen.start();
    ana.push_and_wait(pen.doc(), &[first]).await;

    let stranger = token("another", "ana", Role::Admin);
    let (mut stranger, welcome) = Client::with_token(&server, &stranger).await;
    assert_eq!(
        welcome
            .members
            .iter()
            .filter(|member| member.id.as_str() != "ana")
            .count(),
        0
    );
    let rows = stranger.until(|frame| match frame {
        ServerFrame::Rows(rows) => Some(rows),
        _ => None,
    });
    assert_eq!(rows.await.rows, []);
    assert_eq!(stranger.fetch(pen.doc(), &[]).await, Vec::<Vec<u8>>::new());
}

#[tokio::test]
async fn a_session_cannot_be_refreshed_into_another_workspace() {
    let server = Server::start();
    let mut ana = Client::agent(&server, "ana").await;
    let token = token("another", "ana", Role::Agent);
    ana.send(&ClientFrame::Token(Refresh { token })).await;
    let refusal = ana.until(|frame| match frame {
        ServerFrame::Error(refusal) => Some(refusal),
        ServerFrame::Bye(bye) => Some(bye.refusal),
        _ => None,
    });
    assert_eq!(refusal.await.code, Code::BadToken);
}

#[tokio::test]
async fn only_listed_pages_connect() {
    let server = Server::start_with(&["--allow-origin", "https://shop.example"]);
    let own = server.url("");
    for (origin, admitted) in [
        (None, true),
        (Some("https://shop.example"), true),
        (Some(own.as_str()), true),
        (Some("http://shop.example"), false),
        (Some("https://shop.example.evil"), false),
        (Some("null"), false),
    ] {
        match Client::dial(&server, origin).await {
            Ok(_) => assert!(admitted, "{origin:?} was let in"),
            Err(Error::Http(response)) => {
                assert!(!admitted, "{origin:?} was turned away");
                assert_eq!(response.status(), 403);
            }
            Err(error) => panic!("{origin:?}: {error}"),
        }
    }
}

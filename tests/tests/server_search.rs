//! Search over HTTP: what is found, what is not any more, and by whom.

#![expect(
    clippy::unwrap_used,
    reason = "what fails here fails the test that asked for it"
)]

use proptest::prelude::*;
use reqwest::Method;
use serde_json::json;
use threadline_core::command::ConversationCommand;
use threadline_core::model::{Item, ItemKind, Role, SearchHit, TextKind};
use threadline_core::sync::frame::ServerFrame;
use threadline_tests::api::Api;
use threadline_tests::client::Client;
use threadline_tests::pen::Pen;
use threadline_tests::server::{Server, WORKSPACE, token};

/// What a search finds; `more` are further parameters.
async fn search(api: &Api<'_>, words: &str, more: &[(&str, &str)]) -> Vec<SearchHit> {
    let request = api.request(Method::GET, "/search").query(&[("q", words)]);
    let response = request.query(more).send().await.unwrap();
    assert_eq!(response.status(), 200, "{words:?}");
    let found: serde_json::Value = response.json().await.unwrap();
    serde_json::from_value(found["hits"].clone()).unwrap()
}

/// The kinds of what a search finds, in order.
async fn kinds(api: &Api<'_>, words: &str) -> Vec<TextKind> {
    let hits = search(api, words, &[]).await;
    hits.iter().map(|hit| hit.kind).collect()
}

/// The pieces of the snippet that match.
fn matched(hit: &SearchHit) -> Vec<String> {
    let units: Vec<u16> = hit.snippet.encode_utf16().collect();
    let piece = |(start, end): &(u32, u32)| &units[*start as usize..*end as usize];
    hit.matches
        .iter()
        .map(|range| String::from_utf16_lossy(piece(range)))
        .collect()
}

async fn post_mail(server: &Server, subject: &str, text: &str) {
    let relay = Api::new(server, "relay", Role::Service);
    let raw = format!(
        "From: Kim Novák <kim@mail.example>\r\nTo: shop@larkspur.example\r\n\
         Subject: {subject}\r\nMessage-ID: <{subject}@mail.example>\r\n\
         Content-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n"
    );
    let request = relay
        .request(Method::POST, "/channels/email/inbound")
        .body(raw);
    assert_eq!(request.send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn everything_is_found_where_it_is_and_nothing_that_was_deleted() {
    let server = Server::start();
    let ana = Api::new(&server, "ana", Role::Agent);
    post_mail(
        &server,
        "Marmalade",
        "The crème brûlée 😀 of the house arrived cold.",
    )
    .await;

    let hits = search(&ana, "creme", &[]).await;
    assert_eq!(hits.len(), 1, "accents do not matter");
    assert_eq!(hits[0].kind, TextKind::Interaction);
    assert_eq!(matched(&hits[0]), ["crème"]);
    assert!(hits[0].contact.is_some());
    let hits = search(&ana, "COLD brul", &[]).await;
    assert_eq!(
        matched(&hits[0]),
        ["brûlée", "cold"],
        "the last word may be a beginning"
    );
    assert_eq!(kinds(&ana, "cold brule bru").await, []);
    assert_eq!(
        search(&ana, "kim@mail.example", &[]).await.len(),
        2,
        "the sender and the mail"
    );

    // The newest first, one kind alone, and no more than asked for.
    let mut client = Client::agent(&server, "ana").await;
    let mut pen = Pen::new("ana", "lea@mail.example", 1);
    let first = pen.start();
    let note = pen.note("No marmalade left");
    client.push_and_wait(pen.doc(), &[first, note]).await;
    let all = kinds(&ana, "marmalade").await;
    assert_eq!(
        all.len(),
        3,
        "the mail, its conversation's subject and the note: {all:?}"
    );
    let only = search(&ana, "marmalade", &[("kind", "note")]).await;
    assert_eq!(
        only.iter().map(|hit| hit.kind).collect::<Vec<_>>(),
        [TextKind::Note]
    );
    assert_eq!(only[0].doc, pen.doc());
    assert_eq!(search(&ana, "marmalade", &[("limit", "2")]).await.len(), 2);

    // A deleted note is gone.
    let view = pen.document.conversation().unwrap();
    let Some(Item::Note(note)) = view.of_kind(ItemKind::Note).next().cloned() else {
        panic!("the note is in its conversation");
    };
    let note = note.id;
    let gone = pen.write(ConversationCommand::DeleteNote { note });
    client.push_and_wait(pen.doc(), &[gone]).await;
    assert_eq!(search(&ana, "marmalade", &[("kind", "note")]).await, []);
}

#[tokio::test]
async fn only_the_team_searches_and_only_its_own_workspace() {
    let server = Server::start();
    post_mail(&server, "Marmalade", "Where is it?").await;
    let vera = Api::new(&server, "vera", Role::Viewer);
    assert!(!search(&vera, "marmalade", &[]).await.is_empty());
    let stranger = token("another", "ana", Role::Admin);
    for (workspace, expected) in [("larkspur", 401), ("another", 200)] {
        let url = server.url(&format!("/v1/workspaces/{workspace}/search?q=marmalade"));
        let request = vera.http.get(url).bearer_auth(&stranger);
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), expected);
        if expected == 200 {
            let found: serde_json::Value = response.json().await.unwrap();
            assert_eq!(found, json!({ "hits": [] }));
        }
    }
}

#[tokio::test]
async fn what_another_version_computed_is_computed_anew() {
    let mut server = Server::start();
    post_mail(&server, "Marmalade", "Where is it?").await;
    let before = kinds(&Api::new(&server, "ana", Role::Agent), "marmalade").await;
    server.stop();
    let database = rusqlite::Connection::open(server.data().join("threadline.db")).unwrap();
    database
        .execute_batch(
            "DELETE FROM texts; UPDATE documents SET summary = 0; UPDATE rows SET row = '{}';",
        )
        .unwrap();
    drop(database);
    server.restart();
    let ana = Api::new(&server, "ana", Role::Agent);
    assert_eq!(kinds(&ana, "marmalade").await, before);
    let (mut client, _) = Client::with_token(&server, &token(WORKSPACE, "ana", Role::Agent)).await;
    let rows = client.until(|frame| match frame {
        ServerFrame::Rows(rows) => Some(rows.rows),
        _ => None,
    });
    assert_eq!(rows.await.len(), 2, "the contact and the conversation");
}

#[tokio::test]
async fn whatever_is_typed_is_answered() {
    let server = Server::start();
    post_mail(&server, "Marmalade", "Where is it?").await;
    let ana = Api::new(&server, "ana", Role::Agent);
    for typed in [
        "",
        " ",
        "\"",
        "\"\"",
        "*",
        "a*",
        "^a",
        "NEAR(a b)",
        "a AND",
        "OR",
        "NOT a",
        "text:a",
        "{text}:a",
        "a + b",
        "-a",
        "(",
        ")",
        "a\0b",
        "\u{2}",
        "'; DROP TABLE texts; --",
        "\u{300}",
        "e\u{301}",
        "😀",
        "ⅷ",
        "\u{e000}",
        "\u{ad}",
        "़",
        "ﷺ",
    ] {
        search(&ana, typed, &[]).await;
    }
    for (query, code) in [
        ("q=a&kind=secret", "invalid"),
        ("q=a&limit=-1", "invalid"),
        ("kind=note", "invalid"),
        (&format!("q={}", "a".repeat(501)), "too_long"),
    ] {
        let (status, problem) = ana.get(&format!("/search?{query}")).await;
        assert_eq!(
            (status.as_u16(), problem["code"].as_str()),
            (422, Some(code)),
            "{query}"
        );
    }
}

#[test]
fn no_words_break_the_search() {
    let server = Server::start();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let ana = Api::new(&server, "ana", Role::Agent);
    runtime.block_on(post_mail(&server, "Marmalade", "Where is it?"));
    proptest!(ProptestConfig::with_cases(300), |(typed in any::<String>())| {
        runtime.block_on(search(&ana, &typed, &[]));
    });
}

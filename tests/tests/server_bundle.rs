//! A workspace leaves one server as a file and arrives at another.

#![expect(
    clippy::unwrap_used,
    reason = "what fails here fails the test that asked for it"
)]

use std::path::Path;
use std::process::{Command, Output};

use reqwest::Method;
use sha2::{Digest, Sha256};
use tempfile::TempDir;
use threadline_core::bundle::Bundle;
use threadline_core::id::DocumentId;
use threadline_core::model::{Role, RowEntry};
use threadline_core::sync::frame::ServerFrame;
use threadline_tests::api::Api;
use threadline_tests::client::Client;
use threadline_tests::pen::Pen;
use threadline_tests::server::{SECRET, Server, WORKSPACE, binary, token};

fn threadline(args: &[&str], data: &Path) -> Output {
    let mut command = Command::new(binary());
    command.args(args).arg("--data").arg(data);
    command.env("THREADLINE_SECRET", SECRET).output().unwrap()
}

fn import(file: &Path, workspace: &str, data: &Path) -> Output {
    let file = file.to_str().unwrap();
    threadline(&["import", "--workspace", workspace, file], data)
}

async fn post_mail(server: &Server, workspace: &str, id: &str, more: &str) -> serde_json::Value {
    let raw = format!(
        "From: Kim <kim@mail.example>\r\nTo: shop@larkspur.example\r\nSubject: Marmalade\r\n\
         Message-ID: <{id}@mail.example>\r\n{more}\r\nWhere is it?\r\n"
    );
    let url = server.url(&format!(
        "/v1/workspaces/{workspace}/channels/email/inbound"
    ));
    let request = reqwest::Client::new().post(url).body(raw);
    let request = request.bearer_auth(token(workspace, "relay", Role::Service));
    request.send().await.unwrap().json().await.unwrap()
}

/// A server with a mail, a conversation two have written in, and an attachment.
async fn full() -> (Server, Pen) {
    let server = Server::start();
    post_mail(&server, WORKSPACE, "first", "").await;
    let mut ana = Client::agent(&server, "ana").await;
    let mut ben = Client::agent(&server, "ben").await;
    let mut pen = Pen::new("ana", "lea@mail.example", 1);
    let changes = [pen.start(), pen.note("A raspberry")];
    ana.push_and_wait(pen.doc(), &changes).await;
    let mut other = Pen::new("ben", "lea@mail.example", 2);
    other.receive(&changes);
    ben.push_and_wait(pen.doc(), &[other.note("Two of them")])
        .await;
    let file = b"An invoice.".to_vec();
    let hash: String = Sha256::digest(&file)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let api = Api::new(&server, "ana", Role::Agent);
    let kept = api.put_bytes(&format!("/blobs/{hash}"), file).await;
    assert_eq!(kept.status(), 204);
    (server, pen)
}

async fn exported(server: &Server, query: &str) -> Vec<u8> {
    let cleo = Api::new(server, "cleo", Role::Admin);
    let request = cleo.request(Method::GET, &format!("/export{query}"));
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status(), 200);
    answer.bytes().await.unwrap().to_vec()
}

/// Every row of a workspace, by document, without its place in the sequence.
async fn rows(server: &Server, workspace: &str) -> Vec<RowEntry> {
    let token = token(workspace, "vera", Role::Viewer);
    let (mut client, _) = Client::with_token(server, &token).await;
    let mut rows = Vec::new();
    client
        .until(|frame| match frame {
            ServerFrame::Rows(page) => {
                rows.extend(page.rows);
                page.complete.then_some(())
            }
            _ => None,
        })
        .await;
    rows.sort_by_key(|row| row.doc);
    rows.iter_mut().for_each(|row| row.seq = 0);
    rows
}

#[tokio::test]
async fn what_was_exported_is_the_same_elsewhere_and_goes_on_there() {
    let (mut server, pen) = full().await;
    let before = rows(&server, WORKSPACE).await;
    let bundle = exported(&server, "").await;
    server.stop();
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("larkspur.threadline");
    let args = [
        "export",
        "--workspace",
        WORKSPACE,
        "--out",
        file.to_str().unwrap(),
    ];
    let output = threadline(&args, server.data());
    assert!(output.status.success(), "{output:?}");
    let written = Bundle::decode(&std::fs::read(&file).unwrap()).unwrap();
    let streamed = Bundle::decode(&bundle).unwrap();
    assert_eq!(written.documents, streamed.documents);
    assert_eq!(written.blobs, streamed.blobs);
    assert_eq!(written.blobs.len(), 2, "the raw mail and the attachment");
    let again = threadline(&args, server.data());
    assert!(!again.status.success(), "a file that exists is left alone");

    // Into another server, and into another workspace of the same one.
    let mut other = Server::start();
    other.stop();
    for (workspace, data) in [(WORKSPACE, other.data()), ("copy", server.data())] {
        let output = import(&file, workspace, data);
        let report = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{output:?}");
        assert!(!report.starts_with("new: 0 changes"), "{report}");
        let output = import(&file, workspace, data);
        let report = String::from_utf8_lossy(&output.stdout).into_owned();
        assert_eq!(report, "new: 0 changes in 0 documents, 0 members\n");
    }
    server.restart();
    other.restart();
    assert_eq!(rows(&other, WORKSPACE).await, before);
    assert_eq!(rows(&server, "copy").await, before);

    // Search finds it, members write on, and an answer finds its conversation.
    let ana = Api::new(&other, "ana", Role::Agent);
    let (_, found) = ana.get("/search?q=raspberry").await;
    assert_eq!(found["hits"][0]["doc"], pen.doc().to_string());
    let mut ben = Client::agent(&other, "ben").await;
    let have = ben.fetch(pen.doc(), &[]).await;
    let mut goes_on = Pen::new("ben", "lea@mail.example", 3);
    goes_on.receive(&have);
    ben.push_and_wait(pen.doc(), &[goes_on.note("And a third")])
        .await;
    let first = post_mail(&other, WORKSPACE, "first", "").await;
    assert_eq!(first["duplicate"], true);
    let header = "In-Reply-To: <first@mail.example>\r\n";
    let answer = post_mail(&other, WORKSPACE, "second", header).await;
    assert_eq!(answer["conversation"], first["conversation"]);
}

#[tokio::test]
async fn one_conversation_leaves_with_its_contact_alone() {
    let (server, _) = full().await;
    let mail = post_mail(&server, WORKSPACE, "first", "").await;
    let conversation = mail["conversation"].as_str().unwrap();
    let query = format!("?conversation={conversation}");
    let bundle = Bundle::decode(&exported(&server, &query).await).unwrap();
    let documents: Vec<DocumentId> = bundle.documents.iter().map(|it| it.doc).collect();
    let expected: Vec<DocumentId> = [
        format!("conversation:{conversation}"),
        format!("contact:{}", mail["contact"].as_str().unwrap()),
    ]
    .iter()
    .map(|doc| doc.parse().unwrap())
    .collect();
    assert_eq!(documents, expected);
    assert_eq!(bundle.blobs.len(), 1, "the raw mail");
    let without = exported(&server, &format!("{query}&blobs=false")).await;
    assert_eq!(Bundle::decode(&without).unwrap().blobs, []);
}

#[tokio::test]
async fn only_an_admin_exports_and_only_what_is_there() {
    let (server, _) = full().await;
    let nobody = "?conversation=0198f2c4-7b1e-7c3a-9d55-2f8e6a1b4c70";
    for (role, query, status) in [
        (Role::Agent, "", 403),
        (Role::Service, "", 403),
        (Role::Admin, nobody, 404),
        (Role::Admin, "?conversation=7", 422),
    ] {
        let api = Api::new(&server, "cleo", role);
        let answer = api.get(&format!("/export{query}")).await;
        assert_eq!(answer.0.as_u16(), status, "{role:?} {query}");
    }
}

#[tokio::test]
async fn a_file_that_was_tampered_with_changes_nothing() {
    let (server, pen) = full().await;
    let bytes = exported(&server, "").await;
    // A letter of the note, deep in one of the changes.
    let at = bytes.windows(9).position(|it| it == b"raspberry").unwrap();
    let mut tampered = bytes.clone();
    tampered[at] = b'R';
    let cut = bytes[..bytes.len() - 1].to_vec();

    let mut other = Server::start();
    other.stop();
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("bundle");
    for (bytes, reason) in [(tampered, "bad_change"), (cut, "invalid")] {
        std::fs::write(&file, bytes).unwrap();
        let output = import(&file, WORKSPACE, other.data());
        assert_eq!(output.status.code(), Some(1));
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(told.contains(reason), "{told}");
    }
    other.restart();
    assert_eq!(rows(&other, WORKSPACE).await, []);
    let mut ana = Client::agent(&other, "ana").await;
    assert_eq!(ana.fetch(pen.doc(), &[]).await, Vec::<Vec<u8>>::new());
}

//! A person is erased: no byte of them is left in the database or in anything
//! sent, what the team did is still counted, and the old documents are refused
//! for ever.

#![expect(
    clippy::unwrap_used,
    reason = "what fails here fails the test that asked for it"
)]

use std::path::Path;

use reqwest::Method;
use threadline_core::command::ConversationCommand;
use threadline_core::document::Document;
use threadline_core::error::Code;
use threadline_core::id::{ConversationId, DocumentId};
use threadline_core::model::{Item, Role, Row};
use threadline_core::sync::frame::ServerFrame;
use threadline_core::sync::hub::ActorId;
use threadline_tests::api::Api;
use threadline_tests::client::Client;
use threadline_tests::desk::Desk;
use threadline_tests::mailbox::Answer;
use threadline_tests::operator::{threadline, verify};
use threadline_tests::server::{Server, WORKSPACE};

/// What stands for the person, wherever something of theirs can be.
const CANARY: &str = "quetzal";
/// The same in an attachment's base64, which is kept in the raw mail.
const IN_BASE64: &str = "cXVldHphbA";
/// What stands for somebody else, who stays.
const OTHER: &str = "wagtail";

fn mail(who: &str, attachment: &str) -> String {
    format!(
        "From: Kim {who} <kim@{who}.example>\r\nTo: team@shop.example\r\n\
         Message-ID: <first@{who}.example>\r\nSubject: About {who}\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=b\r\n\r\n\
         --b\r\nContent-Type: text/plain\r\n\r\nI am {who}.\r\n\
         --b\r\nContent-Type: application/pdf; name={who}.pdf\r\n\
         Content-Disposition: attachment; filename={who}.pdf\r\n\
         Content-Transfer-Encoding: base64\r\n\r\n{attachment}\r\n--b--\r\n"
    )
}

async fn post(server: &Server, mail: String) -> Answer {
    let api = Api::new(server, "relay", Role::Service);
    let request = api.request(Method::POST, "/channels/email/inbound");
    let request = request.header("content-type", "message/rfc822").body(mail);
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), 200);
    response.json().await.unwrap()
}

/// How often a word is in the files of a folder.
fn count(folder: &Path, word: &str) -> usize {
    let entries = std::fs::read_dir(folder).unwrap();
    let found =
        entries.map(|entry| occurrences(&std::fs::read(entry.unwrap().path()).unwrap(), word));
    found.sum()
}

fn occurrences(bytes: &[u8], word: &str) -> usize {
    let windows = bytes.windows(word.len());
    windows
        .filter(|window| window.eq_ignore_ascii_case(word.as_bytes()))
        .count()
}

fn erase(server: &Server, answer: &Answer) -> Result<String, String> {
    let contact = answer.contact.to_string();
    let args = [
        "erase",
        "--workspace",
        WORKSPACE,
        "--contact",
        &contact,
        "--data",
    ];
    let args = args.iter().map(AsRef::as_ref);
    threadline(args.chain([server.data().as_os_str()]))
}

async fn read(client: &mut Client, id: ConversationId) -> Document {
    let changes = client.fetch(id.into(), &[]).await;
    let sent = changes.concat();
    assert_eq!(occurrences(&sent, CANARY), 0, "in what was sent");
    let actor = ActorId::from([9; 16]);
    Document::load(id.into(), actor, &"reader".parse().unwrap(), changes).unwrap()
}

#[tokio::test]
async fn nothing_of_an_erased_person_is_left() {
    let mut server = Server::start();
    let kim = post(&server, mail(CANARY, IN_BASE64)).await;
    let lee = post(&server, mail(OTHER, "d2FndGFpbA")).await;
    let (mut ana, mut ben) = (Desk::new("ana", 1), Desk::new("ben", 2));
    ana.connect(&server).await;
    ana.hold(kim.conversation.into()).await;
    ana.note(kim.conversation, &format!("{CANARY} is angry"));
    for tag in [CANARY, OTHER] {
        ana.give(
            kim.conversation,
            ConversationCommand::AddTag {
                tag: tag.to_owned(),
            },
        );
    }
    ana.settle().await;
    ben.connect(&server).await;
    ben.hold(kim.conversation.into()).await;
    let backup = server.data().join("kept.backup");
    let (data, file) = (server.data().as_os_str(), backup.as_os_str());
    let args = ["backup", "--keep-days", "30", "--data"]
        .iter()
        .map(AsRef::as_ref);
    threadline(args.chain([data, "--out".as_ref(), file])).unwrap();
    ana.disconnect();
    ben.disconnect();
    ana.note(kim.conversation, "written when nobody knew");

    assert!(erase(&server, &kim).unwrap_err().contains("another server"));
    assert!(server.stop().success());
    assert!(
        count(server.data(), CANARY) > 10,
        "the search would find it"
    );
    let report = erase(&server, &kim).unwrap();
    assert!(report.starts_with("erased: 2 documents with "), "{report}");
    assert!(
        report.contains("kept.backup") && report.contains("still held until"),
        "{report}"
    );
    std::fs::remove_file(&backup).unwrap();
    for word in [CANARY, IN_BASE64] {
        assert_eq!(
            count(server.data(), word),
            0,
            "{word} is left in the database"
        );
    }
    assert!(
        count(server.data(), OTHER) > 10,
        "the others are as they were"
    );
    verify(server.data()).unwrap();
    assert!(
        erase(&server, &kim).unwrap_err().contains("not_found"),
        "it is gone already"
    );
    server.restart();

    // What the team did is still there, under other ids.
    let mut eve = Client::agent(&server, "eve").await;
    let rows = eve.until(|frame| match frame {
        ServerFrame::Rows(rows) => Some(rows.rows),
        _ => None,
    });
    let rows = rows.await;
    assert_eq!(rows.len(), 4, "two contacts and their conversations");
    assert_eq!(occurrences(&serde_json::to_vec(&rows).unwrap(), CANARY), 0);
    let rewritten = rows.iter().find_map(|entry| match &entry.row {
        Row::Conversation(row) if row.id != lee.conversation => Some(row.clone()),
        _ => None,
    });
    let rewritten = rewritten.unwrap();
    assert_ne!(rewritten.id, kim.conversation);
    assert_ne!(rewritten.contact, Some(kim.contact));
    let document = read(&mut eve, rewritten.id).await;
    let view = document.conversation().unwrap();
    let items: Vec<&Item> = view.newest_first().collect();
    let notes = items.iter().filter(|item| match item {
        Item::Note(note) => note.by.as_str() == "ana" && note.spans.is_empty(),
        _ => false,
    });
    assert_eq!(notes.count(), 1);
    let messages = items.iter().filter(|item| match item {
        Item::Interaction(it) => it.text.is_empty() && it.from.is_none() && it.at.as_millis() > 0,
        _ => false,
    });
    assert_eq!(messages.count(), 1);
    assert!(view.header.tags.is_empty());
    read(&mut eve, lee.conversation).await;
    let blobs = Api::new(&server, "eve", Role::Agent);
    let (_, found) = blobs.get(&format!("/search?q={CANARY}")).await;
    assert_eq!(found["hits"].as_array().map(Vec::len), Some(0));

    // Who still has it is told, forgets it, and sees what was not sent any more.
    let old: DocumentId = kim.conversation.into();
    ana.connect(&server).await;
    assert_eq!(ana.stored(old), Vec::<String>::new());
    assert_eq!(ana.row(old), None);
    assert_eq!(
        ana.complaints.last().map(|refusal| refusal.code),
        Some(Code::Erased)
    );
    assert_eq!(ana.replica.sync_state().refused, 1);
    let mut ben = ben.reopen(3);
    ben.connect(&server).await;
    assert_eq!(ben.stored(old), Vec::<String>::new());
    assert_eq!(ben.row(old), None);
    assert_eq!(ben.rows().len(), 4);

    // Nothing brings it back, and somebody who writes again is somebody new.
    let mut mallory = threadline_tests::pen::Pen::new("eve", "nobody@mail.example", 9);
    let change = mallory.start();
    eve.push(old, &[change]).await;
    let refused = eve.until(|frame| match frame {
        ServerFrame::Nack(nack) => Some(nack.refusal.code),
        ServerFrame::Ack(_) => panic!("an erased document took a change"),
        _ => None,
    });
    assert_eq!(refused.await, Code::Erased);
    let again = post(&server, mail(CANARY, IN_BASE64)).await;
    assert_ne!(again.contact, kim.contact);
    let document = eve.fetch(again.conversation.into(), &[]).await;
    assert!(!document.is_empty());
}

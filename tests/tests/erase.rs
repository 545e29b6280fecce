//! A person is erased: nothing of them is left in the database or in anything
//! sent, what the team did is still counted, and the old documents are refused
//! for ever. From a folder before its server starts again, from a shared
//! database while servers run.

#![expect(
    clippy::unwrap_used,
    reason = "what fails here fails the test that asked for it"
)]

use std::ffi::OsStr;
use std::path::Path;

use reqwest::Method;
use threadline_core::command::{Command, ConversationCommand};
use threadline_core::document::Document;
use threadline_core::error::Code;
use threadline_core::id::{ContactId, ConversationId, DocumentId};
use threadline_core::model::{Item, Role, Row, RowEntry};
use threadline_core::sync::frame::ServerFrame;
use threadline_core::sync::hub::ActorId;
use threadline_tests::api::Api;
use threadline_tests::client::Client;
use threadline_tests::cluster::Cluster;
use threadline_tests::desk::Desk;
use threadline_tests::mailbox::Answer;
use threadline_tests::operator::{threadline, verify};
use threadline_tests::pen::{Pen, paragraph};
use threadline_tests::server::{Server, WORKSPACE};
use tokio::sync::oneshot;
use uuid::Uuid;

/// What stands for the person, wherever something of theirs can be.
const CANARY: &str = "quetzal";
/// The same in an attachment's base64, which is kept in the raw mail.
const IN_BASE64: &str = "cXVldHphbA";
/// What stands for somebody else, who stays.
const OTHER: &str = "wagtail";
/// The same in base64.
const OTHER_IN_BASE64: &str = "d2FndGFpbA";

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

/// How often a word is in a dump of a database, as text or as bytes.
fn count_dumped(dump: &str, word: &str) -> usize {
    occurrences(dump.as_bytes(), word) + dump.matches(&hex::encode(word)).count()
}

/// `threadline erase` on what `storage` names.
fn erase(storage: [&OsStr; 2], contact: ContactId) -> Result<String, String> {
    let contact = contact.to_string();
    let args = ["erase", "--workspace", WORKSPACE, "--contact", &contact];
    threadline(args.iter().map(AsRef::as_ref).chain(storage))
}

fn folder(server: &Server) -> [&OsStr; 2] {
    ["--data".as_ref(), server.data().as_os_str()]
}

async fn read(client: &mut Client, id: ConversationId) -> Document {
    let changes = client.fetch(id.into(), &[]).await;
    let sent = changes.concat();
    assert_eq!(occurrences(&sent, CANARY), 0, "in what was sent");
    let actor = ActorId::from([9; 16]);
    Document::load(id.into(), actor, &"reader".parse().unwrap(), changes).unwrap()
}

/// Every row, as a session gets them that begins now.
async fn rows(client: &mut Client) -> Vec<RowEntry> {
    let rows = client.until(|frame| match frame {
        ServerFrame::Rows(rows) => Some(rows.rows),
        _ => None,
    });
    rows.await
}

/// What the team did is still there, under other ids, and tells nothing of Kim.
async fn only_what_counts_is_left(server: &Server, kim: &Answer, lee: &Answer) {
    let mut eve = Client::agent(server, "eve").await;
    let rows = rows(&mut eve).await;
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
    let api = Api::new(server, "eve", Role::Agent);
    let (_, found) = api.get(&format!("/search?q={CANARY}")).await;
    assert_eq!(found["hits"].as_array().map(Vec::len), Some(0));
}

/// The old documents take nothing, and somebody who writes again is somebody new.
async fn nothing_brings_it_back(server: &Server, kim: &Answer) {
    let mut eve = Client::agent(server, "eve").await;
    let old: DocumentId = kim.conversation.into();
    let change = Pen::new("eve", "nobody@mail.example", 9).start();
    eve.push(old, &[change]).await;
    let refused = eve.until(|frame| match frame {
        ServerFrame::Nack(nack) => Some(nack.refusal.code),
        ServerFrame::Ack(_) => panic!("an erased document took a change"),
        _ => None,
    });
    assert_eq!(refused.await, Code::Erased);
    let again = post(server, mail(CANARY, IN_BASE64)).await;
    assert_ne!(again.contact, kim.contact);
    let document = eve.fetch(again.conversation.into(), &[]).await;
    assert!(!document.is_empty());
}

/// Adds notes to a conversation, one after the other, for as long as the server
/// takes them and the session lasts. `begun` hears of the first that it took.
async fn write_until_sent_away(
    mut client: Client,
    conversation: ConversationId,
    begun: oneshot::Sender<()>,
) {
    let mut begun = Some(begun);
    let doc = conversation.into();
    let mut pen = Pen::elsewhere("cleo", doc, Role::Agent, 7);
    pen.receive(&client.fetch(doc, &[]).await);
    loop {
        let change = pen.give(&Command::Conversation {
            conversation,
            command: ConversationCommand::AddNote {
                parent: None,
                spans: paragraph("written while it was erased"),
                message: None,
            },
        });
        client.push(doc, &[change]).await;
        let taken = client.until(|frame| match frame {
            ServerFrame::Ack(_) => Some(true),
            ServerFrame::Nack(nack) => {
                assert_eq!(nack.refusal.code, Code::Erased);
                Some(false)
            }
            ServerFrame::Bye(bye) => {
                assert_eq!(bye.refusal.code, Code::GoingAway);
                Some(false)
            }
            _ => None,
        });
        if !taken.await {
            return;
        }
        if let Some(begun) = begun.take() {
            begun.send(()).unwrap();
        }
    }
}

/// Who still had it has forgotten it.
fn has_forgotten(desk: &Desk, kim: &Answer) {
    let old: DocumentId = kim.conversation.into();
    assert_eq!(desk.stored(old), Vec::<String>::new());
    assert_eq!(desk.row(old), None);
}

#[tokio::test]
async fn nothing_of_an_erased_person_is_left() {
    let mut server = Server::start();
    let kim = post(&server, mail(CANARY, IN_BASE64)).await;
    let lee = post(&server, mail(OTHER, OTHER_IN_BASE64)).await;
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

    let running = erase(folder(&server), kim.contact).unwrap_err();
    assert!(running.contains("another server"), "{running}");
    assert!(server.stop().success());
    assert!(
        count(server.data(), CANARY) > 10,
        "the search would find it"
    );
    let report = erase(folder(&server), kim.contact).unwrap();
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
    let twice = erase(folder(&server), kim.contact).unwrap();
    assert!(twice.starts_with("erased before"), "{twice}");
    let nobody = erase(folder(&server), ContactId(Uuid::nil())).unwrap_err();
    assert!(nobody.contains("not_found"), "{nobody}");
    server.restart();
    only_what_counts_is_left(&server, &kim, &lee).await;

    // Who still has it is told, forgets it, and sees what was not sent any more.
    ana.connect(&server).await;
    has_forgotten(&ana, &kim);
    assert_eq!(
        ana.complaints.last().map(|refusal| refusal.code),
        Some(Code::Erased)
    );
    assert_eq!(ana.replica.sync_state().refused, 1);
    let mut ben = ben.reopen(3);
    ben.connect(&server).await;
    has_forgotten(&ben, &kim);
    assert_eq!(ben.rows().len(), 4);
    nothing_brings_it_back(&server, &kim).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_is_erased_from_a_shared_database_while_servers_run() {
    let cluster = Cluster::start();
    let database = cluster.database();
    let name = database.rsplit('/').next().unwrap();
    let storage: [&OsStr; 2] = ["--database".as_ref(), database.as_ref()];
    // Without a bus: what servers find out by asking is enough.
    let start = || Server::shared(&database, &[]);
    let (one, two) = (start(), start());
    let kim = post(&one, mail(CANARY, IN_BASE64)).await;
    let lee = post(&two, mail(OTHER, OTHER_IN_BASE64)).await;
    let (mut ana, mut ben) = (Desk::new("ana", 1), Desk::new("ben", 2));
    ana.connect(&one).await;
    ana.hold(kim.conversation.into()).await;
    ana.note(kim.conversation, &format!("{CANARY} is angry"));
    let tag = CANARY.to_owned();
    ana.give(kim.conversation, ConversationCommand::AddTag { tag });
    ana.settle().await;
    ana.disconnect();
    ana.note(kim.conversation, "written when nobody knew");
    ben.connect(&two).await;
    ben.hold(kim.conversation.into()).await;
    let cleo = Client::agent(&one, "cleo").await;

    assert!(
        count_dumped(&cluster.dump(name), CANARY) > 10,
        "the search would find it"
    );
    // One writes all the time, through a server that has the document in memory.
    let (begun, has_begun) = oneshot::channel();
    let writing = tokio::spawn(write_until_sent_away(cleo, kim.conversation, begun));
    has_begun.await.unwrap();
    let erasing = tokio::task::spawn_blocking({
        let (database, contact) = (database.clone(), kim.contact);
        move || erase(["--database".as_ref(), database.as_ref()], contact)
    });
    let dismissed = ben.sent_away().await;
    assert_eq!(dismissed.code, Code::GoingAway);
    let report = erasing.await.unwrap().unwrap();
    assert!(report.starts_with("erased: 2 documents with "), "{report}");
    assert!(report.contains("every backup of the database"), "{report}");
    writing.await.unwrap();

    let dump = cluster.dump(name);
    for word in [CANARY, IN_BASE64] {
        assert_eq!(count_dumped(&dump, word), 0, "{word} is left");
    }
    assert!(
        count_dumped(&dump, OTHER) > 10,
        "the others are as they were"
    );
    threadline(["verify".as_ref()].into_iter().chain(storage)).unwrap();
    let twice = erase(storage, kim.contact).unwrap();
    assert!(twice.starts_with("erased before"), "{twice}");
    only_what_counts_is_left(&one, &kim, &lee).await;
    only_what_counts_is_left(&two, &kim, &lee).await;

    // Who still has it forgets it, and sees what was not sent any more.
    ben.disconnect();
    ben.note(kim.conversation, "written when nobody knew");
    for (desk, server) in [(&mut ana, &two), (&mut ben, &one)] {
        desk.connect(server).await;
        has_forgotten(desk, &kim);
        assert_eq!(desk.rows().len(), 4, "{:?}", desk.rows());
        assert_eq!(desk.replica.sync_state().refused, 1);
    }
    nothing_brings_it_back(&two, &kim).await;
    let dump = cluster.dump(name);
    for word in ["nobody knew", "while it was erased"] {
        assert_eq!(count_dumped(&dump, word), 0, "what was refused is nowhere");
    }
}

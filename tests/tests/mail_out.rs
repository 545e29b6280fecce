//! Agents' replies leave by a real mail server: once, with what the other side
//! needs to keep the thread together, and nothing that is the team's.

#![expect(
    clippy::expect_used,
    reason = "what fails here fails the test that asked for it"
)]

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use mail_parser::{Message, MessageParser, MimeHeaders};
use sha2::{Digest, Sha256};
use tempfile::TempDir;
use threadline_core::command::{Command, ConversationCommand as C};
use threadline_core::document::Document;
use threadline_core::id::{ConversationId, DocumentId, InteractionId, MemberId};
use threadline_core::model::{
    Address, Attachment, Channel, DeliveryStatus, Interaction, Item, ItemKind, Role,
};
use threadline_core::sync::hub::ActorId;
use threadline_tests::api::Api;
use threadline_tests::client::Client;
use threadline_tests::cluster::Cluster;
use threadline_tests::mailbox::Mailbox;
use threadline_tests::operator::threadline;
use threadline_tests::pen::Pen;
use threadline_tests::relay::{Mail, Relay};
use threadline_tests::server::Server;

/// How long a test waits for what must come.
const DEADLINE: Duration = Duration::from_secs(120);
/// What no customer may ever read.
const CANARY: &str = "canary-of-a-note";
/// Mails that one process hands over at one time; see the server's limits.
const AT_ONCE: usize = 4;

/// Waits on a condition.
async fn until<T>(what: &str, mut happened: impl AsyncFnMut() -> Option<T>) -> T {
    let waiting = async {
        loop {
            if let Some(happened) = happened().await {
                return happened;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    match tokio::time::timeout(DEADLINE, waiting).await {
        Ok(happened) => happened,
        Err(_) => panic!("{what}: it does not happen"),
    }
}

fn sending(relay: &Relay) -> Server {
    let args = relay.args();
    Server::start_talkative(&args.each_ref().map(String::as_str))
}

/// A number that no other pen has.
fn number() -> u64 {
    static LAST: AtomicU64 = AtomicU64::new(1_000);
    LAST.fetch_add(1, Ordering::Relaxed)
}

/// An agent's copy of a conversation.
async fn pen(server: &Server, conversation: ConversationId) -> (Client, Pen) {
    let mut client = Client::agent(server, "ana").await;
    let pen = Pen::elsewhere("ana", conversation.into(), Role::Agent, number());
    let mut pen = pen.at_present();
    pen.receive(&client.fetch(conversation.into(), &[]).await);
    (client, pen)
}

fn reply(to: &str, answers: Option<InteractionId>, text: &str) -> C {
    C::SendMessage {
        channel: Channel::Email,
        to: vec![Address {
            name: "Kim Berg".to_owned(),
            address: to.to_owned(),
        }],
        subject: "Re: Größe?".to_owned(),
        text: text.to_owned(),
        in_reply_to: answers,
        attachments: Vec::new(),
    }
}

/// Writes to a conversation; the message that it made, if any.
fn write(pen: &mut Pen, conversation: ConversationId, command: C) -> (Vec<u8>, InteractionId) {
    let before: Vec<InteractionId> = messages(&pen.document).map(|it| it.id).collect();
    let change = pen.give(&Command::Conversation {
        conversation,
        command,
    });
    let made = messages(&pen.document).find(|it| !before.contains(&it.id));
    (
        change,
        made.map_or(InteractionId(uuid::Uuid::nil()), |it| it.id),
    )
}

fn messages(document: &Document) -> impl Iterator<Item = &Interaction> {
    let view = document.conversation().expect("a conversation");
    view.of_kind(ItemKind::Interaction)
        .filter_map(|item| match item {
            Item::Interaction(message) => Some(message),
            _ => None,
        })
}

/// Gives a command to a conversation as an agent; the message that it made.
async fn give(server: &Server, conversation: ConversationId, command: C) -> InteractionId {
    let (mut client, mut pen) = pen(server, conversation).await;
    let (change, made) = write(&mut pen, conversation, command);
    client.push_and_wait(conversation.into(), &[change]).await;
    made
}

async fn settled(
    mailbox: &Mailbox,
    conversation: ConversationId,
    message: InteractionId,
) -> Interaction {
    until("something becomes of the mail", async || {
        let message = mailbox.message(conversation, message).await;
        (message.status != Some(DeliveryStatus::Queued)).then_some(message)
    })
    .await
}

fn read(mail: &Mail) -> Message<'_> {
    let read = MessageParser::default().parse(mail.raw.as_bytes());
    read.expect("it is a mail")
}

fn ids<'a>(value: &'a mail_parser::HeaderValue<'_>) -> Vec<&'a str> {
    value
        .as_text_list()
        .unwrap_or_default()
        .iter()
        .map(AsRef::as_ref)
        .collect()
}

fn inbound(id: &str, from: &str, more: &[&str], text: &str) -> String {
    let mut headers = vec![
        format!("Message-ID: <{id}>"),
        format!("From: Kim Berg <{from}>"),
        "To: hello@shop.example".to_owned(),
        "Subject: =?utf-8?q?Gr=C3=B6=C3=9Fe=3F?=".to_owned(),
    ];
    headers.extend(more.iter().map(|header| (*header).to_owned()));
    format!("{}\r\n\r\n{text}", headers.join("\r\n"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reply_leaves_once_and_the_customers_answer_joins_its_thread() {
    let relay = Relay::start();
    let mailbox = Mailbox::on(sending(&relay));
    let asked = inbound("one@mail.example", "kim@mail.example", &[], "Which size?");
    let asked = mailbox.post(asked).await;
    let conversation = asked.conversation;
    let server = mailbox.server();
    let paragraph = threadline_tests::pen::paragraph(CANARY);
    let note = C::AddNote {
        parent: None,
        spans: paragraph,
        message: Some(asked.interaction),
    };
    give(server, conversation, note).await;
    let photo = b"a photo\r\n.\r\nof a tin".to_vec();
    let blob = hex::encode(Sha256::digest(&photo));
    let stored = Api::new(server, "ana", Role::Agent);
    let stored = stored
        .put_bytes(&format!("/blobs/{blob}"), photo.clone())
        .await;
    assert!(stored.status().is_success());
    let mut command = reply(
        "kim@mail.example",
        Some(asked.interaction),
        "Größe 3.\n.\nAna",
    );
    if let C::SendMessage { attachments, .. } = &mut command {
        attachments.push(Attachment {
            blob,
            name: "größe\r\nBcc: eve@mail.example.jpg".replace("\r\n", " "),
            media_type: "image/jpeg".to_owned(),
            size: photo.len() as u64,
        });
    }
    let answer = give(server, conversation, command).await;
    let shown = settled(&mailbox, conversation, answer).await;
    assert_eq!(
        (shown.status, shown.failure),
        (Some(DeliveryStatus::Sent), None)
    );

    let mails = relay.mails();
    let [mail] = mails.as_slice() else {
        panic!("one mail: {mails:?}");
    };
    assert_eq!(mail.from, "hello@shop.example");
    assert_eq!(mail.to, ["kim@mail.example"]);
    let first = read(mail);
    let from = first.from().and_then(|from| from.first()).unwrap();
    assert_eq!(from.name(), Some("Larkspur Teas"));
    assert_eq!(first.subject(), Some("Re: Größe?"));
    let text = first.body_text(0).unwrap().replace("\r\n", "\n");
    assert_eq!(text.trim_end(), "Größe 3.\n.\nAna");
    assert_eq!(ids(first.in_reply_to()), ["one@mail.example"]);
    assert_eq!(ids(first.references()), ["one@mail.example"]);
    assert!(!mail.raw.contains("Auto-Submitted"), "a person wrote it");
    let file = first.attachment(0).unwrap();
    assert_eq!(file.contents(), photo);
    assert!(file.attachment_name().unwrap().starts_with("größe"));
    let known_as = first.message_id().unwrap().to_owned();

    // The answer, which names the reply alone.
    let more = format!("In-Reply-To: <{known_as}>");
    let thanks = inbound("two@mail.example", "kim@mail.example", &[&more], "Thanks");
    let thanks = mailbox.post(thanks).await;
    assert_eq!(thanks.conversation, conversation);
    assert_eq!(mailbox.read(&thanks).await.in_reply_to, Some(answer));
    // Somebody else who got hold of the id is not let in.
    let eve = inbound("three@mail.example", "eve@mail.example", &[&more], "Hi");
    assert_ne!(mailbox.post(eve).await.conversation, conversation);

    let server = mailbox.server();
    let again = reply(
        "kim@mail.example",
        Some(thanks.interaction),
        "With pleasure.",
    );
    let again = give(server, conversation, again).await;
    settled(&mailbox, conversation, again).await;
    let mails = relay.mails();
    assert_eq!(mails.len(), 2, "each once");
    let thread = ["one@mail.example", &known_as, "two@mail.example"];
    assert_eq!(ids(read(&mails[1]).references()), thread);
    for mail in &mails {
        assert!(!mail.raw.contains(CANARY));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_becomes_of_a_mail_is_shown_to_the_team() {
    let relay = Relay::start();
    let mailbox = Mailbox::on(sending(&relay));
    let asked = inbound("one@mail.example", "kim@mail.example", &[], "Hello?");
    let conversation = mailbox.post(asked).await.conversation;
    let server = mailbox.server();
    let (mut client, mut desk) = pen(server, conversation).await;
    let mut changes = Vec::new();
    let mut send = |to: &str| {
        let (change, made) = write(&mut desk, conversation, reply(to, None, to));
        changes.push(change);
        made
    };
    let busy = send("busy@mail.example");
    let full = send("full@mail.example");
    let gone = send("gone@mail.example");
    let silent = send("silent@mail.example");
    let nowhere = send("not an address");
    let withdrawn = send("withdrawn@mail.example");
    let (change, _) = write(
        &mut desk,
        conversation,
        C::WithdrawMessage {
            interaction: withdrawn,
        },
    );
    changes.push(change);
    client.push_and_wait(conversation.into(), &changes).await;

    for message in [busy, full] {
        let shown = settled(&mailbox, conversation, message).await;
        assert_eq!(shown.status, Some(DeliveryStatus::Sent), "taken in the end");
    }
    for (message, code, said) in [
        (gone, "550", "gone@mail.example does not live here"),
        (nowhere, "no_address", "“not an address”"),
        (silent, "unknown", "sent or not"),
    ] {
        let shown = settled(&mailbox, conversation, message).await;
        assert_eq!(shown.status, Some(DeliveryStatus::Failed));
        let failure = shown.failure.unwrap();
        assert_eq!(failure.code, code);
        assert!(failure.text.contains(said), "{}", failure.text);
    }
    let shown = mailbox.message(conversation, withdrawn).await;
    assert_eq!(shown.status, Some(DeliveryStatus::Queued));
    let mut to: Vec<String> = relay.mails().into_iter().flat_map(|mail| mail.to).collect();
    to.sort();
    let once = [
        "busy@mail.example",
        "full@mail.example",
        "silent@mail.example",
    ];
    assert_eq!(to, once);

    // The log tells the operator what to look after, and nothing that is people's.
    let said = mailbox.server().said();
    assert!(said.contains("a mail was not taken") && said.contains("451"));
    for personal in [
        "mail.example",
        "not an address",
        "Größe",
        "p@ss",
        "p%40ss",
        "shop:",
    ] {
        assert!(!said.contains(personal), "{personal} is in the log");
    }
}

/// A conversation with mails to so many.
struct Batch {
    doc: DocumentId,
    changes: Vec<Vec<u8>>,
}

fn batch(contact: usize, mails: usize) -> Batch {
    let pen = Pen::new("ana", &format!("{contact}@mail.example"), number());
    let mut pen = pen.at_present();
    let mut changes = vec![pen.start()];
    for mail in 0..mails {
        let to = format!("slow-{contact}-{mail}@mail.example");
        changes.push(pen.write(reply(&to, None, "Your order is on its way.")));
    }
    Batch {
        doc: pen.doc(),
        changes,
    }
}

/// What became of every mail of a conversation, by whom it is to.
async fn became(server: &Server, doc: DocumentId) -> Vec<(String, Interaction)> {
    let changes = Client::agent(server, "ben").await.fetch(doc, &[]).await;
    let reader: MemberId = "reader".parse().expect("a member's id");
    let document = Document::load(doc, ActorId::from([9; 16]), &reader, changes);
    let document = document.expect("the conversation loads");
    let mails = messages(&document).map(|it| (it.to[0].address.clone(), it.clone()));
    mails.collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_servers_send_each_mail_once_also_when_one_of_them_is_killed() {
    const CONTACTS: usize = 10;
    const MAILS: usize = 20;
    let relay = Relay::start();
    let cluster = Cluster::start();
    let database = cluster.database();
    let args = relay.args();
    let start = || Server::shared(&database, &args.each_ref().map(String::as_str));
    let (mut one, two) = (start(), start());
    let mut ana = Client::agent(&two, "ana").await;
    let batches: Vec<Batch> = (0..CONTACTS).map(|contact| batch(contact, MAILS)).collect();
    for Batch { doc, changes } in &batches {
        ana.push_and_wait(*doc, changes).await;
    }
    until("both are sending", async || {
        (relay.mails().len() >= CONTACTS * MAILS / 4).then_some(())
    })
    .await;
    one.kill();
    let mut ends = BTreeMap::new();
    for Batch { doc, .. } in &batches {
        let of_it = until("something becomes of every mail", async || {
            let mails = became(&two, *doc).await;
            let queued =
                |(_, it): &(String, Interaction)| it.status == Some(DeliveryStatus::Queued);
            (!mails.iter().any(queued)).then_some(mails)
        })
        .await;
        ends.extend(of_it);
    }
    assert_eq!(ends.len(), CONTACTS * MAILS);
    let mut taken: BTreeMap<String, usize> = BTreeMap::new();
    for mail in relay.mails() {
        *taken.entry(mail.to[0].clone()).or_default() += 1;
    }
    assert!(taken.values().all(|count| *count == 1), "none twice");
    let mut unknown = 0;
    for (to, message) in &ends {
        match (message.status, &message.failure) {
            (Some(DeliveryStatus::Sent), _) => assert!(taken.contains_key(to), "{to}: lost"),
            // What the killed server was handing over: it says so itself.
            (Some(DeliveryStatus::Failed), Some(failure)) if failure.code == "unknown" => {
                unknown += 1;
            }
            other => panic!("{to}: {other:?}"),
        }
    }
    assert!(unknown <= AT_ONCE, "{unknown} are in doubt");
    println!("{} mails taken once each, {unknown} in doubt", taken.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_may_have_left_before_a_restore_is_not_sent_again() {
    let relay = Relay::start();
    let old = Mailbox::open();
    let asked = inbound("one@mail.example", "kim@mail.example", &[], "Hello?");
    let conversation = old.post(asked).await.conversation;
    let waiting = reply("kim@mail.example", None, "Hello!");
    let waiting = give(old.server(), conversation, waiting).await;
    let shown = old.message(conversation, waiting).await;
    assert_eq!(
        shown.status,
        Some(DeliveryStatus::Queued),
        "nobody takes it"
    );

    let folder = TempDir::new().unwrap();
    let file = folder.path().join("backup.db");
    let (from, out) = (old.server().data().as_os_str(), file.as_os_str());
    threadline([
        "backup".as_ref(),
        "--data".as_ref(),
        from,
        "--out".as_ref(),
        out,
    ])
    .unwrap();
    let mut server = sending(&relay);
    server.kill();
    for entry in std::fs::read_dir(server.data()).unwrap() {
        let entry = entry.unwrap();
        if entry
            .file_name()
            .to_string_lossy()
            .starts_with("threadline.db")
        {
            std::fs::remove_file(entry.path()).unwrap();
        }
    }
    let to = server.data().as_os_str();
    threadline(["restore".as_ref(), "--data".as_ref(), to, out]).unwrap();
    server.restart();
    let restored = Mailbox::on(server);
    let shown = settled(&restored, conversation, waiting).await;
    let Some(failure) = &shown.failure else {
        panic!("{shown:?}");
    };
    assert_eq!(failure.code, "unknown");
    assert!(failure.text.contains("restored"), "{}", failure.text);
    assert!(relay.mails().is_empty());
}

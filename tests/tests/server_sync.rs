//! Changes through the real server: they arrive, they stay, and damage stays
//! where it is.

use threadline_core::command::ConversationCommand;
use threadline_core::error::Code;
use threadline_core::sync::frame::{Rows, ServerFrame};
use threadline_tests::client::{Client, Incoming};
use threadline_tests::pen::{Pen, hash};
use threadline_tests::server::Server;

async fn rows(client: &mut Client) -> Rows {
    client
        .until(|frame| match frame {
            ServerFrame::Rows(rows) => Some(rows),
            _ => None,
        })
        .await
}

#[tokio::test]
async fn two_clients_come_to_the_same_document() {
    let server = Server::start();
    let mut ana = Client::agent(&server, "ana").await;
    let mut ben = Client::agent(&server, "ben").await;
    let mut at_ana = Pen::new("ana", "kim@mail.example", 1);
    let mut at_ben = Pen::new("ben", "kim@mail.example", 2);
    let doc = at_ana.doc();

    let start = at_ana.start();
    ana.push_and_wait(doc, &[start]).await;
    at_ben.receive(&ben.fetch(doc, &[]).await);

    // Both write before they have heard of each other.
    let by_ana = at_ana.note("from Ana");
    let by_ben = at_ben.note("from Ben");
    ana.push_and_wait(doc, &[by_ana]).await;
    ben.push_and_wait(doc, &[by_ben]).await;

    let heads = at_ana.heads();
    at_ana.receive(&ana.fetch(doc, &heads).await);
    let heads = at_ben.heads();
    at_ben.receive(&ben.fetch(doc, &heads).await);
    assert_eq!(at_ana.heads(), at_ben.heads());
    assert_eq!(at_ana.document.view(), at_ben.document.view());
}

#[tokio::test]
async fn who_follows_a_document_hears_of_a_change_once_it_is_durable() {
    let server = Server::start();
    let mut ana = Client::agent(&server, "ana").await;
    let mut ben = Client::agent(&server, "ben").await;
    let mut pen = Pen::new("ana", "kim@mail.example", 1);
    ben.open(pen.doc(), &[]).await;
    ben.until(|frame| matches!(frame, ServerFrame::Changes(_)).then_some(()))
        .await;
    let change = pen.start();
    ana.push(pen.doc(), std::slice::from_ref(&change)).await;
    let heard = ben.until(|frame| match frame {
        ServerFrame::Changes(changes) if !changes.changes.is_empty() => Some(changes.changes),
        _ => None,
    });
    assert_eq!(heard.await, [change]);
}

#[tokio::test]
async fn a_change_in_somebody_elses_name_is_refused() {
    let server = Server::start();
    let mut ana = Client::agent(&server, "ana").await;
    let mut ben = Client::agent(&server, "ben").await;
    let mut pen = Pen::new("ana", "kim@mail.example", 1);
    let start = pen.start();

    // Ben brings Ana's change, signed as hers.
    ben.push(pen.doc(), std::slice::from_ref(&start)).await;
    let nack = |frame| match frame {
        ServerFrame::Nack(nack) => Some(nack),
        ServerFrame::Ack(_) => panic!("the change was taken"),
        _ => None,
    };
    let refused = ben.until(nack).await;
    assert_eq!(*refused.hash, hash(&start));
    assert_eq!(refused.refusal.code, Code::ForeignAuthor);

    // Once the actor is hers, her next change is refused from him for that.
    ana.push_and_wait(pen.doc(), &[start]).await;
    let next = pen.write(ConversationCommand::AddTag {
        tag: "mine".to_owned(),
    });
    ben.push(pen.doc(), std::slice::from_ref(&next)).await;
    let refused = ben.until(nack).await;
    assert_eq!(refused.refusal.code, Code::ForeignActor);

    // She herself may bring it.
    ana.push_and_wait(pen.doc(), &[next]).await;
}

#[tokio::test]
async fn a_restart_keeps_everything() {
    let mut server = Server::start();
    let mut ana = Client::agent(&server, "ana").await;
    let mut pen = Pen::new("ana", "kim@mail.example", 1);
    let mut changes = vec![pen.start()];
    changes.extend((0..20).map(|n| pen.note(&format!("note {n}"))));
    ana.push_and_wait(pen.doc(), &changes).await;

    server.kill();
    server.restart();

    let mut ben = Client::agent(&server, "ben").await;
    let listed = rows(&mut ben).await;
    assert_eq!(listed.rows.len(), 1);
    assert_eq!(listed.cursor, 21);
    assert_eq!(Some(&listed.rows[0].row), pen.document.row().as_ref());
    let mut copy = Pen::new("ben", "kim@mail.example", 2);
    copy.receive(&ben.fetch(pen.doc(), &[]).await);
    assert_eq!(copy.document.view(), pen.document.view());
}

#[tokio::test]
async fn a_damaged_document_is_set_aside_and_the_others_are_served() {
    let mut server = Server::start();
    let mut ana = Client::agent(&server, "ana").await;
    let mut broken = Pen::new("ana", "kim@mail.example", 1);
    let mut whole = Pen::new("ana", "lee@mail.example", 2);
    for pen in [&mut broken, &mut whole] {
        let changes = [pen.start(), pen.note("one"), pen.note("two")];
        ana.push_and_wait(pen.doc(), &changes).await;
    }
    server.kill();
    let database = rusqlite::Connection::open(server.data().join("threadline.db")).unwrap();
    let damaged = database
        .execute(
            "UPDATE changes SET bytes = zeroblob(length(bytes)) WHERE seq = 2
             AND document = (SELECT id FROM documents WHERE name = ?1)",
            [broken.doc().to_string()],
        )
        .unwrap();
    assert_eq!(damaged, 1);
    drop(database);
    server.restart();

    let mut ben = Client::agent(&server, "ben").await;
    ben.open(broken.doc(), &[]).await;
    let refusal = ben
        .until(|frame| match frame {
            ServerFrame::Error(refusal) => Some(refusal),
            ServerFrame::Changes(_) => panic!("the damaged document was served"),
            _ => None,
        })
        .await;
    assert_eq!(refusal.code, Code::Quarantined);
    assert_eq!(refusal.field, Some(broken.doc().to_string()));

    let mut copy = Pen::new("ben", "lee@mail.example", 3);
    copy.receive(&ben.fetch(whole.doc(), &[]).await);
    assert_eq!(copy.document.view(), whole.document.view());
    let note = copy.note("and it goes on");
    ben.push_and_wait(whole.doc(), &[note]).await;
}

#[tokio::test]
async fn a_shutdown_answers_what_was_taken_and_says_goodbye() {
    let mut server = Server::start();
    let mut ana = Client::agent(&server, "ana").await;
    let mut pen = Pen::new("ana", "kim@mail.example", 1);
    let change = pen.start();
    ana.push_and_wait(pen.doc(), std::slice::from_ref(&change))
        .await;

    let stopping = tokio::task::spawn_blocking(move || {
        let status = server.stop();
        (server, status)
    });
    let bye = ana.until(|frame| match frame {
        ServerFrame::Bye(bye) => Some(bye),
        _ => None,
    });
    let bye = bye.await;
    assert_eq!(bye.refusal.code, Code::GoingAway);
    assert!(bye.retry_after.is_some(), "clients shall come back");
    assert!(matches!(ana.next().await, Incoming::Closed(_)));
    drop(ana);
    let (mut server, status) = stopping.await.unwrap();
    assert!(status.success(), "{status}");

    server.restart();
    let mut ben = Client::agent(&server, "ben").await;
    assert_eq!(ben.fetch(pen.doc(), &[]).await, [change]);
}

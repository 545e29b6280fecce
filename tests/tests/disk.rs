//! A disk that is full or broken: the server takes nothing it could lose, goes
//! on reading, and is back by itself when the disk is.

#![cfg(target_os = "linux")]

use std::collections::HashSet;

use threadline_core::error::Code;
use threadline_core::id::DocumentId;
use threadline_core::sync::frame::ServerFrame;
use threadline_tests::client::Client;
use threadline_tests::disk::{BROKEN, Disk, FULL};
use threadline_tests::operator::verify;
use threadline_tests::pen::{Pen, hash};
use threadline_tests::server::Server;

/// Pushes a change: whether it was acknowledged, or else could not be stored.
async fn push(client: &mut Client, doc: DocumentId, change: &[u8]) -> bool {
    client.push(doc, &[change.to_vec()]).await;
    client
        .until(|frame| match frame {
            ServerFrame::Ack(ack) if ack.doc == doc => Some(true),
            ServerFrame::Nack(nack) if nack.refusal.code == Code::Unavailable => Some(false),
            ServerFrame::Nack(nack) => panic!("refused: {}", nack.refusal),
            _ => None,
        })
        .await
}

#[tokio::test]
async fn a_full_disk_refuses_writes_and_keeps_reads() {
    let disk = Disk::new();
    let server = Server::start_under(&[], |data| disk.variables(data));
    let mut ana = Client::agent(&server, "ana").await;
    let mut pen = Pen::new("ana", "kim@mail.example", 1);
    let start = pen.start();
    ana.push_and_wait(pen.doc(), std::slice::from_ref(&start))
        .await;

    for error in [FULL, BROKEN] {
        let stored = ana.fetch(pen.doc(), &[]).await;
        disk.fail(error);
        let note = pen.note("for which there is no room");
        assert!(!push(&mut ana, pen.doc(), &note).await);
        // Who comes now reads everything that there was.
        let mut ben = Client::agent(&server, "ben").await;
        let rows = ben.until(|frame| match frame {
            ServerFrame::Rows(rows) => Some(rows.rows),
            _ => None,
        });
        assert_eq!(rows.await.len(), 1);
        assert_eq!(ben.fetch(pen.doc(), &[]).await, stored);

        disk.mend();
        assert!(
            push(&mut ana, pen.doc(), &note).await,
            "it is back by itself"
        );
    }
    assert_eq!(ana.fetch(pen.doc(), &[]).await.len(), 3);
}

#[tokio::test]
async fn each_write_fails_once_and_nothing_acknowledged_is_lost() {
    let disk = Disk::new();
    let mut server = Server::start_under(&[], |data| disk.variables(data));
    let mut ana = Client::agent(&server, "ana").await;
    let mut pen = Pen::new("ana", "kim@mail.example", 1);
    ana.push_and_wait(pen.doc(), &[pen.start()]).await;
    let mut acknowledged = HashSet::new();
    let (mut refused, mut n) = (0, 0);
    for error in [BROKEN, FULL] {
        for nth in 1.. {
            disk.fail_once(nth, error);
            n += 1;
            let change = pen.note(&format!("note {n}"));
            let mut pushed = push(&mut ana, pen.doc(), &change).await;
            let reached = !disk.is_armed();
            disk.mend();
            while !pushed {
                refused += 1;
                pushed = push(&mut ana, pen.doc(), &change).await;
            }
            acknowledged.insert(hash(&change));
            // Where fewer writes made a commit, all of them have had their turn.
            if !reached {
                break;
            }
        }
    }
    println!("{n} changes, {refused} of them refused at first");
    assert!(refused > 10, "too few failed to say anything");
    let kept = |stored: Vec<Vec<u8>>| {
        let stored: HashSet<_> = stored.iter().map(|change| hash(change)).collect();
        acknowledged.is_subset(&stored)
    };
    assert!(kept(ana.fetch(pen.doc(), &[]).await));
    disk.cut_power(&mut server);
    let mut ben = Client::agent(&server, "ben").await;
    assert!(kept(ben.fetch(pen.doc(), &[]).await));
    verify(server.data()).unwrap();
}

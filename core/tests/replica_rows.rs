//! What the inbox list says while documents are still on their way.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod support;

use serde_bytes::ByteArray;
use support::{Counter, Peer, actor, ana, ben, commands, conversation, to_conversation};
use threadline_core::command::{Command, ConversationCommand};
use threadline_core::id::DocumentId;
use threadline_core::model::{RowEntry, RowFilter, RowQuery};
use threadline_core::replica::{Replica, Saved};
use threadline_core::sync::frame::{Changes, Rows, ServerFrame, Welcome};

fn doc() -> DocumentId {
    conversation().into()
}

fn rename(subject: &str) -> Command {
    to_conversation(ConversationCommand::SetConversationSubject {
        subject: subject.to_owned(),
    })
}

/// A teammate's copy, with this subject.
fn teammate(subject: &str) -> Peer {
    let mut peer = Peer::new(2, ben(), doc());
    peer.execute(&to_conversation(commands::start(subject)))
        .unwrap();
    peer
}

/// A replica that was welcomed.
fn replica() -> Replica {
    let mut replica = Replica::new("acme".parse().unwrap(), actor(1), Box::new(Counter::new(1)));
    replica.restore(Saved::default());
    replica.connected("token".to_owned());
    let welcome = Welcome {
        session: 1,
        member: ana(),
        members: vec![ana(), ben()],
        epoch: "e1".to_owned(),
        now: support::at(0),
    };
    receive(&mut replica, &ServerFrame::Welcome(welcome));
    replica
}

fn receive(replica: &mut Replica, frame: &ServerFrame) {
    replica.receive(&frame.encode(), support::at(0)).unwrap();
}

/// The server's row of the teammate's copy.
fn rows(peer: &mut Peer) -> ServerFrame {
    let heads = peer.document.heads();
    ServerFrame::Rows(Rows {
        rows: vec![RowEntry {
            doc: doc(),
            seq: 1,
            heads: heads.iter().map(|head| ByteArray::new(head.0)).collect(),
            row: peer.document.row().unwrap(),
        }],
        cursor: 1,
        complete: true,
    })
}

fn changes(peer: &mut Peer) -> ServerFrame {
    let heads = peer.document.heads();
    let changes = peer.document.changes_since(&[]);
    ServerFrame::Changes(Changes {
        doc: doc(),
        changes: changes
            .iter()
            .map(|change| change.raw_bytes().to_vec().into())
            .collect(),
        heads: heads.iter().map(|head| ByteArray::new(head.0)).collect(),
        seq: 1,
        complete: true,
    })
}

fn subjects(replica: &Replica) -> Vec<String> {
    let query = RowQuery {
        filter: RowFilter::All,
        limit: 10,
        ..RowQuery::default()
    };
    let page = replica.rows(&query);
    page.rows.into_iter().map(|row| row.row.subject).collect()
}

#[test]
fn a_row_stays_while_its_document_is_fetched() {
    let mut replica = replica();
    let mut peer = teammate("An order");
    receive(&mut replica, &rows(&mut peer));
    replica.open(doc());
    replica.load(doc(), &[]).unwrap();
    assert_eq!(subjects(&replica), ["An order"]);
}

#[test]
fn an_old_copy_of_a_document_does_not_bring_its_old_row_back() {
    let mut replica = replica();
    let mut peer = teammate("An order");
    let old: Vec<Vec<u8>> = peer
        .document
        .changes_since(&[])
        .iter()
        .map(|change| change.raw_bytes().to_vec())
        .collect();
    peer.execute(&rename("A big order")).unwrap();
    receive(&mut replica, &rows(&mut peer));
    replica.open(doc());
    replica.load(doc(), &old).unwrap();
    assert_eq!(subjects(&replica), ["A big order"]);
    // Nor does a row that comes after the copy is in memory.
    receive(&mut replica, &rows(&mut peer));
    assert_eq!(subjects(&replica), ["A big order"]);
}

#[test]
fn a_row_follows_its_document_before_the_server_says_so() {
    let mut replica = replica();
    let mut peer = teammate("An order");
    receive(&mut replica, &rows(&mut peer));
    replica.open(doc());
    replica.load(doc(), &[]).unwrap();
    peer.execute(&rename("A big order")).unwrap();
    receive(&mut replica, &changes(&mut peer));
    assert_eq!(subjects(&replica), ["A big order"]);
    replica.apply(rename("Ours"), support::at(9)).unwrap();
    receive(&mut replica, &rows(&mut peer));
    assert_eq!(subjects(&replica), ["Ours"]);
}

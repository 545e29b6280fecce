//! What a replica works out for a person from rows and from what is in memory.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod contacts;
mod engagement;
mod notices;
mod routes;
mod search;
#[path = "../support/mod.rs"]
mod support;

use serde_bytes::ByteArray;
use support::{Counter, Peer, actor, ana, at, ben, cleo, contact, conversation, service};
use threadline_core::command::{
    Command, ContactCommand, ContactDraft, ConversationCommand, WorkspaceCommand,
};
use threadline_core::document::Document;
use threadline_core::id::{ContactId, ConversationId, DocumentId};
use threadline_core::model::{Channel, Identity, Member, RowEntry};
use threadline_core::replica::{Effect, Replica, Saved};
use threadline_core::sync::frame::{Rows, ServerFrame, Welcome};
use uuid::Uuid;

/// Another contact than that of all tests.
fn other() -> ContactId {
    ContactId(Uuid::from_u128(0xc1))
}

fn email(address: &str) -> Identity {
    Identity {
        channel: Channel::Email,
        address: address.to_owned(),
    }
}

/// What a contact's document holds that was made so.
fn contact_of(id: ContactId, draft: ContactDraft) -> Peer {
    let mut peer = Peer::new(7, ben(), id.into());
    let command = ContactCommand::CreateContact { draft };
    give(
        &mut peer,
        &Command::Contact {
            contact: id,
            command,
        },
    );
    peer
}

/// Dora, whom somebody saved.
fn dora() -> ContactDraft {
    ContactDraft {
        name: "Dora Lind".to_owned(),
        saved: true,
        company: "Tea & Co".to_owned(),
        email: "dora@example.com".to_owned(),
        phone: "+351 900 000 001".to_owned(),
        identities: vec![email("dora@example.com")],
        ..ContactDraft::default()
    }
}

/// A peer with an empty conversation; what it does is not this replica's work.
fn thread(id: ConversationId, member: Member) -> Peer {
    Peer::new(8, member, id.into())
}

fn give(peer: &mut Peer, command: &Command) {
    peer.execute(command).unwrap();
}

fn say(peer: &mut Peer, command: ConversationCommand) {
    let DocumentId::Conversation(conversation) = peer.document.id() else {
        panic!("not a conversation");
    };
    give(
        peer,
        &Command::Conversation {
            conversation,
            command,
        },
    );
}

fn start(contact: ContactId, ordinal: u32) -> ConversationCommand {
    ConversationCommand::StartConversation {
        contact,
        ordinal,
        subject: format!("Subject {ordinal}"),
    }
}

/// A replica of Ana's, an admin here, with the first rows of these documents.
fn replica(documents: &mut [&mut Peer]) -> Replica {
    let mut replica = Replica::new("acme".parse().unwrap(), actor(1), Box::new(Counter::new(1)));
    replica.restore(Saved::default());
    replica.connected("token".to_owned());
    let member = Member {
        id: ana().id,
        ..cleo()
    };
    let welcome = ServerFrame::Welcome(Welcome {
        session: 1,
        members: vec![member.clone(), ben()],
        member,
        epoch: "e1".to_owned(),
        now: at(0),
    });
    replica.receive(&welcome.encode(), at(0)).unwrap();
    replica.load(DocumentId::Workspace, &[]).unwrap();
    let peers = documents.iter_mut();
    let rows = peers.map(|peer| row(&mut peer.document)).collect();
    bring(&mut replica, rows);
    replica
}

fn row(document: &mut Document) -> RowEntry {
    let heads = document.heads();
    RowEntry {
        doc: document.id(),
        seq: 1,
        heads: heads.iter().map(|head| ByteArray::new(head.0)).collect(),
        row: document.row().unwrap(),
    }
}

/// The server's rows arrive; returns what the member is told of.
fn bring(replica: &mut Replica, rows: Vec<RowEntry>) -> Vec<threadline_core::replica::Notice> {
    replica.take_effects();
    let frame = ServerFrame::Rows(Rows {
        rows,
        cursor: 1,
        complete: true,
    });
    replica.receive(&frame.encode(), at(0)).unwrap();
    told(replica)
}

/// What the effects say the member is to be told of.
fn told(replica: &mut Replica) -> Vec<threadline_core::replica::Notice> {
    let effects = replica.take_effects().into_iter();
    effects
        .filter_map(|effect| match effect {
            Effect::Notify { notice } => Some(notice),
            _ => None,
        })
        .collect()
}

/// Brings a whole document into memory.
fn load(replica: &mut Replica, peer: &mut Peer) {
    let changes = peer.document.changes_since(&[]);
    let raw: Vec<Vec<u8>> = changes.iter().map(|it| it.raw_bytes().to_vec()).collect();
    replica.open(peer.document.id());
    replica.load(peer.document.id(), &raw).unwrap();
}

fn rule(replica: &mut Replica, command: WorkspaceCommand) {
    replica.apply(Command::Workspace(command), at(0)).unwrap();
}

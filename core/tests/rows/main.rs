//! Lists that a replica answers from rows alone: the inbox, tasks, the log,
//! contacts, the calendar and the board.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

#[path = "../support/mod.rs"]
mod support;

mod inbox;
mod kept;
mod pages;
mod people;

use serde_bytes::ByteArray;
use support::{Counter, Peer, actor, ana, at, ben, cleo};
use threadline_core::command::{Command, ContactCommand, ConversationCommand};
use threadline_core::id::{ContactId, ConversationId};
use threadline_core::model::{Member, RowEntry};
use threadline_core::replica::{Replica, Saved};
use threadline_core::sync::frame::{Rows, ServerFrame, Welcome};
use uuid::Uuid;

/// A contact by number.
fn contact(number: u8) -> ContactId {
    ContactId(Uuid::from_u128(u128::from(number)))
}

/// The first conversation with a contact.
fn conversation(number: u8) -> ConversationId {
    ConversationId::of_contact(contact(number), 0)
}

/// Writes one document after the other and keeps their rows.
#[derive(Default)]
struct Books(Vec<RowEntry>);

impl Books {
    /// A conversation with contact `number`, in which members do these things.
    /// Its clock begins at `number` times 1,000 seconds.
    fn conversation(
        &mut self,
        number: u8,
        subject: &str,
        steps: Vec<(Member, ConversationCommand)>,
    ) {
        let start = ConversationCommand::StartConversation {
            contact: contact(number),
            ordinal: 0,
            subject: subject.to_owned(),
        };
        let begin = vec![(cleo(), start)];
        self.begun(number, [begin, steps].concat());
    }

    /// As [`Books::conversation`], begun by the first step.
    fn begun(&mut self, number: u8, steps: Vec<(Member, ConversationCommand)>) {
        let id = conversation(number);
        let mut peer = Peer::new(number, cleo(), id.into());
        peer.clock = i64::from(number) * 1_000;
        for (member, command) in steps {
            peer.member = member;
            let conversation = id;
            let command = Command::Conversation {
                conversation,
                command,
            };
            peer.execute(&command).unwrap();
        }
        self.keep(peer);
    }

    /// The card of contact `number`.
    fn card(&mut self, number: u8, commands: Vec<ContactCommand>) {
        let id = contact(number);
        let mut peer = Peer::new(number, cleo(), id.into());
        for command in commands {
            let contact = id;
            peer.execute(&Command::Contact { contact, command })
                .unwrap();
        }
        self.keep(peer);
    }

    fn keep(&mut self, mut peer: Peer) {
        let heads = peer.document.heads();
        self.0.push(RowEntry {
            doc: peer.document.id(),
            seq: self.0.len() as u64 + 1,
            heads: heads.iter().map(|head| ByteArray::new(head.0)).collect(),
            row: peer.document.row().unwrap(),
        });
    }

    /// A replica of `member` that got the rows, and no document.
    fn replica_of(self, member: Member) -> Replica {
        let ids = Box::new(Counter::new(1));
        let mut replica = Replica::new("acme".parse().unwrap(), actor(99), ids);
        replica.restore(Saved::default());
        replica.connected("token".to_owned());
        let cursor = self.0.len() as u64;
        for frame in [
            ServerFrame::Welcome(Welcome {
                session: 1,
                member,
                members: vec![ana(), ben()],
                epoch: "e1".to_owned(),
                now: at(0),
            }),
            ServerFrame::Rows(Rows {
                rows: self.0,
                cursor,
                complete: true,
            }),
        ] {
            replica.receive(&frame.encode(), at(0)).unwrap();
        }
        assert!(replica.header(conversation(1)).is_none());
        replica
    }
}

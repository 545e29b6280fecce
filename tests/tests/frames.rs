//! The frames of `/sync`: what is written is read again, the bytes of version 1
//! do not change, and no bytes at all make a reader panic.

#![expect(clippy::unwrap_used, reason = "in a test, what cannot be is a failure")]

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_bytes::ByteBuf;
use threadline_core::error::{Code, Refusal};
use threadline_core::id::{
    AppointmentId, ContactId, ConversationId, DocumentId, NoteId, OpportunityId, TaskId, TopicId,
};
use threadline_core::limits;
use threadline_core::model::{
    Answer, AppointmentMark, AppointmentStatus, Attendee, Availability, Channel, ContactRow,
    ContactStatus, ConversationRow, ConversationStatus, Direction, Identity, ItemKind, LastItem,
    Member, Money, OpportunityMark, OpportunityStatus, Priority, Role, Row, RowEntry, StageRef,
    TaskChannel, TaskMark, TaskStatus, TopicMark, TopicOrigin, TopicStatus, WorkspaceRow,
};
use threadline_core::sync::frame::{
    Ack, Bye, Changes, ClientFrame, Close, Hash, Hello, Members, Nack, Open, Presence, Present,
    Push, Refresh, Rows, ServerFrame, Welcome, Whereabouts,
};
use threadline_core::time::{Due, TimeSpan, Timestamp};
use uuid::Uuid;

fn uuid(n: u128) -> Uuid {
    Uuid::from_u128(0x0192_0000_0000_7000_8000_0000_0000_0000 + n)
}

fn conversation() -> ConversationId {
    ConversationId(uuid(1))
}

fn doc() -> DocumentId {
    conversation().into()
}

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis)
}

fn hash(byte: u8) -> Hash {
    Hash::new([byte; 32])
}

fn whereabouts() -> Whereabouts {
    Whereabouts {
        note: Some(NoteId(uuid(2))),
        anchor: Some("4@aa".to_owned()),
        head: Some("5@aa".to_owned()),
        typing: true,
    }
}

fn member() -> Member {
    Member {
        id: "ana@shop".parse().unwrap(),
        name: "Ana".to_owned(),
        role: Role::Admin,
        teams: vec!["support".parse().unwrap()],
        availability: Availability::Away,
        channels: Some(vec![Channel::Sms]),
        active: false,
    }
}

/// Rows with everything set, and with nothing.
fn rows() -> Vec<RowEntry> {
    let full = ConversationRow {
        id: conversation(),
        contact: Some(ContactId(uuid(3))),
        subject: "Lamp 😀".to_owned(),
        status: ConversationStatus::Closed,
        owner: Some("ana@shop".parse().unwrap()),
        team: Some("support".parse().unwrap()),
        priority: Priority::Critical,
        tags: vec!["vip".to_owned()],
        channel: Some(Channel::Email),
        last: Some(LastItem {
            kind: ItemKind::Interaction,
            direction: Some(Direction::In),
            by: Some("ben".parse().unwrap()),
            text: "Where is it?".to_owned(),
            at: at(7),
        }),
        at: at(8_640_000_000_000_000),
        inbound: vec![at(7), at(-3)],
        read: BTreeMap::from([("ana@shop".parse().unwrap(), at(5))]),
        tasks: vec![TaskMark {
            id: TaskId(uuid(4)),
            title: "Call".to_owned(),
            assignee: Some("team:support".parse().unwrap()),
            status: TaskStatus::InProgress,
            priority: Priority::Low,
            task_type: "follow_up".to_owned(),
            channel: Some(TaskChannel::Whatsapp),
            due: Some(Due {
                at: at(9),
                zone: "Europe/Lisbon".to_owned(),
                day: Some("2026-09-21".to_owned()),
            }),
            at: at(2),
            conflicted: true,
        }],
        ordinal: 3,
        identity: Some(Identity {
            channel: Channel::Sms,
            address: "+351210000000".to_owned(),
        }),
        snoozed_until: Some(at(12)),
        starred: vec!["ben".parse().unwrap()],
        mentions: BTreeMap::from([("ben".parse().unwrap(), at(6))]),
        awaiting: Some(at(7)),
        important: true,
        spam: true,
        stuck: 2,
        topics: vec![TopicMark {
            id: TopicId(uuid(5)),
            subject: "Delivery".to_owned(),
            purpose: "issue".to_owned(),
            status: TopicStatus::Closed,
            origin: TopicOrigin::Ticket,
            owner: Some("ana@shop".parse().unwrap()),
            start: at(1),
            end: Some(at(4)),
            summary: "Sent again".to_owned(),
        }],
        appointments: vec![AppointmentMark {
            id: AppointmentId(uuid(6)),
            title: "Visit".to_owned(),
            when: TimeSpan {
                start: at(20),
                end: at(30),
                zone: "Europe/Lisbon".to_owned(),
            },
            status: AppointmentStatus::NoShow,
            organiser: "ben".parse().unwrap(),
            attendees: vec![Attendee {
                who: "email:kim@mail.example".parse().unwrap(),
                answer: Answer::Tentative,
            }],
            place: "The shop".to_owned(),
            link: "https://meet.example/1".to_owned(),
        }],
        conflicted: true,
    };
    let empty = ConversationRow {
        contact: None,
        owner: None,
        team: None,
        channel: None,
        last: None,
        tags: Vec::new(),
        inbound: Vec::new(),
        read: BTreeMap::new(),
        tasks: Vec::new(),
        identity: None,
        snoozed_until: None,
        starred: Vec::new(),
        mentions: BTreeMap::new(),
        awaiting: None,
        topics: Vec::new(),
        appointments: Vec::new(),
        ..full.clone()
    };
    let contact = ContactRow {
        id: ContactId(uuid(3)),
        name: "Rui".to_owned(),
        company: String::new(),
        contact_type: "partner".to_owned(),
        status: ContactStatus::Dnd,
        saved: true,
        email: "rui@mail.example".to_owned(),
        phone: String::new(),
        identities: vec![Identity {
            channel: Channel::Email,
            address: "rui@mail.example".to_owned(),
        }],
        tags: vec!["vip".to_owned()],
        merged_into: Some(ContactId(uuid(7))),
        opportunities: vec![OpportunityMark {
            id: OpportunityId(uuid(8)),
            title: "A hundred lamps".to_owned(),
            stage: StageRef {
                pipeline: "sales".parse().unwrap(),
                stage: "offer".parse().unwrap(),
            },
            value: Money {
                amount: 129_900,
                currency: "EUR".to_owned(),
            },
            status: OpportunityStatus::Won,
            owner: Some("ben".parse().unwrap()),
            expected: "2026-10-01".to_owned(),
        }],
        conflicted: true,
    };
    let entry = |doc: DocumentId, row: Row| RowEntry {
        doc,
        seq: u64::MAX >> 11,
        heads: vec![hash(1), hash(2)],
        row,
    };
    vec![
        entry(doc(), Row::Conversation(full)),
        entry(doc(), Row::Conversation(empty)),
        entry(ContactId(uuid(3)).into(), Row::Contact(contact)),
        entry(DocumentId::Workspace, Row::Workspace(WorkspaceRow {})),
    ]
}

fn refusal() -> Refusal {
    Refusal::new(Code::TooLong, "Too long.").on("subject")
}

fn client_frames() -> Vec<ClientFrame> {
    vec![
        ClientFrame::Hello(Hello {
            token: "a.b.c".to_owned(),
            epoch: "e".to_owned(),
            cursor: 12,
        }),
        ClientFrame::Push(Push {
            doc: doc(),
            changes: vec![ByteBuf::from(vec![0x85, 0x6f]), ByteBuf::new()],
        }),
        ClientFrame::Open(Open {
            doc: ContactId(uuid(3)).into(),
            have: vec![hash(1)],
        }),
        ClientFrame::Close(Close { doc: doc() }),
        ClientFrame::Presence(Present {
            conversation: conversation(),
            here: Some(whereabouts()),
        }),
        ClientFrame::Presence(Present {
            conversation: conversation(),
            here: Some(Whereabouts::default()),
        }),
        ClientFrame::Presence(Present {
            conversation: conversation(),
            here: None,
        }),
        ClientFrame::Token(Refresh {
            token: "d.e.f".to_owned(),
        }),
    ]
}

fn server_frames() -> Vec<ServerFrame> {
    let mut all = vec![
        ServerFrame::Welcome(Welcome {
            session: 3,
            member: member(),
            members: vec![member()],
            epoch: "e".to_owned(),
            now: at(1),
        }),
        ServerFrame::Changes(Changes {
            doc: doc(),
            changes: vec![ByteBuf::from(vec![1, 2, 3])],
            heads: vec![hash(9)],
            seq: 4,
            complete: true,
        }),
        ServerFrame::Ack(Ack {
            doc: doc(),
            hashes: vec![hash(1), hash(2)],
        }),
        ServerFrame::Nack(Nack {
            doc: doc(),
            hash: hash(1),
            refusal: refusal(),
        }),
        ServerFrame::Rows(Rows {
            rows: rows(),
            cursor: 4,
            complete: false,
        }),
        ServerFrame::Members(Members {
            members: vec![member()],
        }),
        ServerFrame::Presence(Presence {
            session: 3,
            member: "ana@shop".parse().unwrap(),
            conversation: conversation(),
            here: Some(whereabouts()),
        }),
        ServerFrame::Presence(Presence {
            session: 3,
            member: "ana@shop".parse().unwrap(),
            conversation: conversation(),
            here: None,
        }),
        ServerFrame::Bye(Bye {
            refusal: refusal(),
            retry_after: Some(500),
        }),
        ServerFrame::Bye(Bye {
            refusal: Refusal::new(Code::BadToken, ""),
            retry_after: None,
        }),
    ];
    let of_code = |code: &Code| ServerFrame::Error(Refusal::new(*code, "Because."));
    all.extend(Code::ALL.iter().map(of_code));
    all
}

#[test]
fn every_frame_is_read_as_it_was_written() {
    for frame in client_frames() {
        assert_eq!(ClientFrame::decode(&frame.encode()), Ok(frame));
    }
    for frame in server_frames() {
        assert_eq!(ServerFrame::decode(&frame.encode()), Ok(frame));
    }
}

#[test]
fn the_bytes_of_version_1_stay_as_they_are() {
    let hello = ClientFrame::Hello(Hello {
        token: "t".to_owned(),
        epoch: String::new(),
        cursor: 1,
    });
    let expected = b"\x83\x01\x65hello\xa3\x65token\x61t\x65epoch\x60\x66cursor\x01";
    assert_eq!(hello.encode(), expected);
    let ack = ServerFrame::Ack(Ack {
        doc: doc(),
        hashes: vec![hash(7)],
    });
    let mut expected = b"\x83\x01\x63ack\xa2\x63doc\x78\x31".to_vec();
    expected.extend_from_slice(b"conversation:01920000-0000-7000-8000-000000000001");
    expected.extend_from_slice(b"\x66hashes\x81\x58\x20");
    expected.extend_from_slice(&[7; 32]);
    assert_eq!(ack.encode(), expected);
}

#[test]
fn a_frame_cut_short_or_with_more_behind_it_is_refused() {
    for frame in client_frames() {
        let mut bytes = frame.encode();
        for end in 0..bytes.len() {
            assert!(ClientFrame::decode(&bytes[..end]).is_err());
        }
        bytes.push(0);
        let refusal = ClientFrame::decode(&bytes).unwrap_err();
        assert_eq!(refusal.code, Code::BadFrame);
    }
    for frame in server_frames() {
        let bytes = frame.encode();
        for end in 0..bytes.len() {
            assert!(ServerFrame::decode(&bytes[..end]).is_err());
        }
    }
}

#[test]
fn frames_of_another_time_get_a_typed_answer() {
    let encode = |version: u8, kind: &str| minicbor_serde::to_vec((version, kind, ())).unwrap();
    let long = "x".repeat(10_000);
    let table = [
        (encode(2, "hello"), Code::UnknownVersion),
        (encode(1, "dance"), Code::UnknownType),
        (encode(1, &long), Code::UnknownType),
        (encode(1, "hello"), Code::BadFrame),
        (vec![], Code::BadFrame),
        (b"GET / HTTP/1.1".to_vec(), Code::BadFrame),
        (vec![0x80; limits::FRAME_BYTES + 1], Code::FrameTooLarge),
    ];
    for (bytes, code) in table {
        let refusal = ClientFrame::decode(&bytes).unwrap_err();
        assert_eq!(refusal.code, code);
        assert!(
            refusal.text.len() < 200,
            "the answer does not echo at length"
        );
    }
    // What only clients send, a client does not know.
    let refusal = ServerFrame::decode(&client_frames()[0].encode()).unwrap_err();
    assert_eq!(refusal.code, Code::UnknownType);
}

proptest! {
    #[test]
    fn garbage_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = ClientFrame::decode(&bytes);
        let _ = ServerFrame::decode(&bytes);
    }

    /// Bent frames get past the head, so they reach the readers of bodies; a
    /// claimed length of gigabytes must not be believed either.
    #[test]
    fn bent_frames_never_panic(
        which in any::<prop::sample::Index>(),
        bends in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let mut all: Vec<Vec<u8>> = client_frames().iter().map(ClientFrame::encode).collect();
        all.extend(server_frames().iter().map(ServerFrame::encode));
        let mut bytes = all.swap_remove(which.index(all.len()));
        for (place, byte) in bends {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        let _ = ClientFrame::decode(&bytes);
        let _ = ServerFrame::decode(&bytes);
    }

    #[test]
    fn any_text_and_time_survives(token in ".*", cursor in 0..1_u64 << 53, millis in any::<i64>()) {
        let hello = ClientFrame::Hello(Hello { token: token.clone(), epoch: token, cursor });
        prop_assert_eq!(ClientFrame::decode(&hello.encode()), Ok(hello));
        let welcome = ServerFrame::Welcome(Welcome {
            session: cursor,
            member: member(),
            members: Vec::new(),
            epoch: String::new(),
            now: at(millis),
        });
        prop_assert_eq!(ServerFrame::decode(&welcome.encode()), Ok(welcome));
    }
}

//! Frames and messages that are not what this protocol has.

use serde_bytes::ByteArray;
use threadline_core::error::Code;
use threadline_core::id::{ContactId, ConversationId, DocumentId, NoteId};
use threadline_core::limits;
use threadline_core::model::Role;
use threadline_core::sync::frame::{
    ClientFrame, Hello, Open, Present, Push, Refresh, ServerFrame, Whereabouts,
};
use threadline_tests::client::Client;
use threadline_tests::server::{SECRET, WORKSPACE, claims, sign, token};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use uuid::Uuid;

use crate::stage::{Stage, Toll, answer, message};

/// `[1, kind` and what follows.
fn begun(kind: &str, rest: &[u8]) -> Message {
    let mut bytes = vec![0x83, 1, 0x60 | u8::try_from(kind.len()).unwrap()];
    bytes.extend_from_slice(kind.as_bytes());
    bytes.extend_from_slice(rest);
    Message::binary(bytes)
}

#[tokio::test]
async fn what_is_no_frame_is_refused_and_the_session_goes_on() {
    let mut stage = Stage::set().await;
    let most = limits::FRAME_BYTES;
    let text_of_2_60 = &[0x7b, 0x10, 0, 0, 0, 0, 0, 0, 0];
    let bytes_of_2_60 = &[0xa1, 0x61, b'x', 0x5b, 0x10, 0, 0, 0, 0, 0, 0, 0];
    let list_of_2_60 = &[
        0xa2, 0x63, b'd', b'o', b'c', 0x69, b'w', b'o', b'r', b'k', b's', b'p', b'a', b'c', b'e',
        0x67, b'c', b'h', b'a', b'n', b'g', b'e', b's', 0x9b, 0x10, 0, 0, 0, 0, 0, 0, 0,
    ];
    for (name, message) in [
        ("a text message", Message::text("hello")),
        ("nothing", Message::binary(Vec::new())),
        ("noise", Message::binary(vec![0xff; 4_096])),
        ("a MiB of zeros", Message::binary(vec![0; most])),
        (
            "a million lists in each other",
            Message::binary(vec![0x81; most]),
        ),
        (
            "a million maps in each other",
            Message::binary(vec![0xa1; most]),
        ),
        (
            "a million tags in each other",
            Message::binary(vec![0xc1; most]),
        ),
        (
            "a million lists without an end",
            Message::binary(vec![0x9f; most]),
        ),
        (
            "a type of 2^60 characters",
            Message::binary([&[0x83, 1], &text_of_2_60[..]].concat()),
        ),
        ("a body of 2^60 bytes", begun("open", bytes_of_2_60)),
        ("2^60 changes", begun("push", list_of_2_60)),
        ("a body that is none", begun("open", &[0xa0])),
        ("lists in a body", begun("push", &vec![0x81; most - 16])),
    ] {
        assert_eq!(
            stage.say(name, message).await,
            (Code::BadFrame, false),
            "{name}"
        );
    }
    let unknown = stage
        .say("a frame of no known type", begun("sing", &[0xa0]))
        .await;
    assert_eq!(unknown, (Code::UnknownType, false));
    stage.unharmed().await;
}

#[tokio::test]
async fn what_this_server_does_not_speak_ends_the_session() {
    let mut stage = Stage::set().await;
    let version = Message::binary(b"\x83\x02\x64open\xa0".to_vec());
    for (name, message, expect) in [
        ("another version", version, Code::UnknownVersion),
        (
            "a byte more than a frame may have",
            Message::binary(vec![0; limits::FRAME_BYTES + 1]),
            Code::FrameTooLarge,
        ),
        (
            "16 MiB in one frame",
            Message::binary(vec![0; 16 * limits::FRAME_BYTES]),
            Code::FrameTooLarge,
        ),
    ] {
        assert_eq!(stage.say(name, message).await, (expect, true), "{name}");
        stage.return_of_mallory().await;
    }
    stage.unharmed().await;
}

#[tokio::test]
async fn frames_out_of_turn_or_beyond_a_limit_are_refused() {
    let mut stage = Stage::set().await;
    let doc = stage.doc();
    let DocumentId::Conversation(conversation) = doc else {
        panic!("the document is a conversation");
    };
    let hello = Hello {
        token: token(WORKSPACE, "mallory", Role::Agent),
        epoch: String::new(),
        cursor: 0,
    };
    let too_many = Push {
        doc,
        changes: vec![Vec::new().into(); limits::PUSH_CHANGES + 1],
    };
    let elsewhere = Present {
        conversation: ConversationId(Uuid::from_u128(5)),
        here: None,
    };
    let chatty = Present {
        conversation,
        here: Some(Whereabouts {
            note: Some(NoteId(Uuid::from_u128(5))),
            anchor: Some("x".repeat(limits::PRESENCE_BYTES)),
            head: None,
            typing: true,
        }),
    };
    for (name, frame, expect) in [
        (
            "a second hello",
            ClientFrame::Hello(hello),
            Code::UnexpectedFrame,
        ),
        (
            "257 changes at once",
            ClientFrame::Push(too_many),
            Code::TooLong,
        ),
        (
            "presence where one is not",
            ClientFrame::Presence(elsewhere),
            Code::NotLoaded,
        ),
        (
            "presence that tells a novel",
            ClientFrame::Presence(chatty),
            Code::TooLong,
        ),
    ] {
        let answer = stage.say(name, message(&frame)).await;
        assert_eq!(answer, (expect, false), "{name}");
    }
    // 30,000 heads that nobody knows are ignored, quickly.
    let heads = (0..30_000_u32).map(|number| {
        let mut hash = [0; 32];
        hash[..4].copy_from_slice(&number.to_be_bytes());
        ByteArray::new(hash)
    });
    let open = Open {
        doc,
        have: heads.collect(),
    };
    let toll = Toll::begin(&stage.server);
    stage.mallory.send(&ClientFrame::Open(open)).await;
    let opened = stage.mallory.until(|frame| match frame {
        ServerFrame::Changes(changes) if changes.complete => Some(()),
        _ => None,
    });
    tokio::join!(opened, stage.victims.work());
    toll.end(&stage.server, "30,000 unknown heads", toll.elapsed());

    // More documents at once than a session may follow.
    for number in 0..limits::OPEN_DOCUMENTS as u128 {
        let doc = ContactId(Uuid::from_u128(number)).into();
        let open = Open {
            doc,
            have: Vec::new(),
        };
        stage.mallory.send(&ClientFrame::Open(open)).await;
    }
    let (refused, ()) = tokio::join!(answer(&mut stage.mallory), stage.victims.work());
    assert_eq!(refused, (Code::RateLimited, false));
    stage.unharmed().await;
}

#[tokio::test]
async fn a_session_stays_who_it_is() {
    let mut stage = Stage::set().await;
    let mut expired = claims(WORKSPACE, "mallory", Role::Agent);
    expired.exp = 1_600_000_000;
    let foreign = token("another", "mallory", Role::Admin);
    for (name, token, expect) in [
        ("no token", String::new(), (Code::BadToken, false)),
        (
            "a token whose time is over",
            sign(&expired, SECRET),
            (Code::TokenExpired, false),
        ),
        (
            "another's token",
            token(WORKSPACE, "ana", Role::Agent),
            (Code::BadToken, true),
        ),
        (
            "a token of another workspace",
            foreign,
            (Code::BadToken, false),
        ),
    ] {
        let refresh = message(&ClientFrame::Token(Refresh { token }));
        let (code, ended) = stage.say(name, refresh).await;
        assert_eq!(code, expect.0, "{name}");
        assert!(ended || !expect.1, "{name}");
        stage.return_of_mallory().await;
    }
    stage.unharmed().await;
}

/// A TCP connection that has become a WebSocket, without a library in between.
async fn upgraded(stage: &Stage) -> TcpStream {
    let address = stage.server.address();
    let mut socket = TcpStream::connect(address).await.unwrap();
    let request = format!(
        "GET /sync HTTP/1.1\r\nHost: {address}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
         Sec-WebSocket-Protocol: threadline.v1\r\n\r\n"
    );
    socket.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    while !answer.ends_with(b"\r\n\r\n") {
        answer.push(socket.read_u8().await.unwrap());
    }
    assert!(answer.starts_with(b"HTTP/1.1 101"));
    socket
}

/// Frames (RFC 6455 §5.2) that end the connection and nothing else.
#[tokio::test]
async fn messages_that_break_the_websocket_protocol_end_their_own_connection() {
    let mut stage = Stage::set().await;
    for (name, bytes) in [
        ("a frame without a mask", vec![0x82, 0x01, 0x00]),
        ("reserved bits", vec![0xf2, 0x81, 1, 2, 3, 4, 0]),
        ("an unknown opcode", vec![0x8f, 0x81, 1, 2, 3, 4, 0]),
        ("a continuation of nothing", vec![0x80, 0x81, 1, 2, 3, 4, 0]),
        (
            "a frame of 2^63 bytes",
            vec![
                0x82, 0xff, 0x7f, 255, 255, 255, 255, 255, 255, 255, 1, 2, 3, 4,
            ],
        ),
    ] {
        let toll = Toll::begin(&stage.server);
        let mut socket = upgraded(&stage).await;
        socket.write_all(&bytes).await.unwrap();
        let mut rest = Vec::new();
        let (ended, ()) = tokio::join!(socket.read_to_end(&mut rest), stage.victims.work());
        // Closed in order, or cut.
        drop(ended);
        toll.end(&stage.server, name, toll.elapsed());
    }
    stage.unharmed().await;
}

#[tokio::test]
async fn slow_and_silent_sockets_hold_nobody_up() {
    let mut stage = Stage::set().await;
    let toll = Toll::begin(&stage.server);
    let mut sockets = Vec::new();
    for number in 0..150_u32 {
        let mut socket = upgraded(&stage).await;
        match number % 3 {
            // Says nothing.
            0 => {}
            // Announces a MiB, and sends a byte of it.
            1 => {
                let header = [0x82, 0xff, 0, 0, 0, 0, 0, 0x10, 0, 0, 1, 2, 3, 4, 0];
                socket.write_all(&header).await.unwrap();
            }
            // Begins a message in pieces and never ends it.
            _ => {
                socket
                    .write_all(&[0x02, 0x81, 1, 2, 3, 4, 0])
                    .await
                    .unwrap();
                for _ in 0..63 {
                    let piece = [0x00, 0x81, 1, 2, 3, 4, 0];
                    socket.write_all(&piece).await.unwrap();
                }
            }
        }
        sockets.push(socket);
    }
    for _ in 0..20 {
        stage.victims.work().await;
    }
    toll.end(&stage.server, "150 slow sockets", toll.elapsed() / 20);
    drop(sockets);
    stage.unharmed().await;
}

#[tokio::test]
async fn who_does_not_read_is_not_waited_for() {
    let mut stage = Stage::set().await;
    let doc = stage.doc();
    let mut deaf = Vec::new();
    for number in 0..4 {
        let mut client = Client::agent(&stage.server, &format!("deaf-{number}")).await;
        client.open(doc, &[]).await;
        deaf.push(client);
    }
    let toll = Toll::begin(&stage.server);
    for _ in 0..60 {
        stage.victims.write(&"x".repeat(100_000)).await;
    }
    toll.end(
        &stage.server,
        "four who do not read 6 MB",
        toll.elapsed() / 60,
    );
    drop(deaf);
    stage.unharmed().await;
}

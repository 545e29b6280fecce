//! Frames that are not what they should be get a typed answer, and take
//! nobody else's connection down.

#![expect(
    clippy::unwrap_used,
    reason = "what fails here fails the test that asked for it"
)]

use threadline_core::error::Code;
use threadline_core::limits::FRAME_BYTES;
use threadline_core::sync::frame::ServerFrame;
use threadline_tests::client::{Client, Incoming};
use threadline_tests::pen::Pen;
use threadline_tests::server::Server;
use tokio_tungstenite::tungstenite::Message;

/// `[version, type, {}]` in CBOR.
fn frame(version: u8, kind: &str) -> Message {
    let mut bytes = vec![0x83, version, 0x60 | u8::try_from(kind.len()).unwrap()];
    bytes.extend_from_slice(kind.as_bytes());
    bytes.push(0xa0);
    Message::binary(bytes)
}

async fn refusal(client: &mut Client) -> Code {
    let refusal = client.until(|frame| match frame {
        ServerFrame::Error(refusal) => Some(refusal),
        ServerFrame::Bye(bye) => Some(bye.refusal),
        _ => None,
    });
    refusal.await.code
}

#[tokio::test]
async fn a_bad_frame_is_answered_and_the_session_goes_on() {
    let server = Server::start();
    let mut ana = Client::agent(&server, "ana").await;
    for (message, expect) in [
        (Message::text("hello"), Code::BadFrame),
        (Message::binary(vec![]), Code::BadFrame),
        (Message::binary(vec![0xff; 64]), Code::BadFrame),
        (
            Message::binary(b"{\"type\":\"hello\"}".to_vec()),
            Code::BadFrame,
        ),
        (frame(1, "open"), Code::BadFrame),
        (frame(1, "sing"), Code::UnknownType),
    ] {
        ana.send_message(message.clone()).await.unwrap();
        assert_eq!(refusal(&mut ana).await, expect, "{message:?}");
    }
    let mut pen = Pen::new("ana", "kim@mail.example", 1);
    let change = pen.start();
    ana.push_and_wait(pen.doc(), &[change]).await;
}

#[tokio::test]
async fn another_version_ends_the_session_with_a_code() {
    let server = Server::start();
    let mut ana = Client::agent(&server, "ana").await;
    ana.send_message(frame(2, "open")).await.unwrap();
    assert_eq!(refusal(&mut ana).await, Code::UnknownVersion);
}

#[tokio::test]
async fn a_first_frame_that_is_not_hello_ends_the_connection_with_a_code() {
    let server = Server::start();
    for (message, expect) in [
        (Message::text("hello"), Code::BadFrame),
        (Message::binary(vec![0xff; 64]), Code::BadFrame),
        (frame(1, "hello"), Code::BadFrame),
        (frame(9, "hello"), Code::UnknownVersion),
    ] {
        let mut client = Client::dial(&server, None).await.unwrap();
        client.send_message(message.clone()).await.unwrap();
        let Incoming::Frame(ServerFrame::Bye(bye)) = client.next().await else {
            panic!("{message:?} was accepted");
        };
        assert_eq!(bye.refusal.code, expect, "{message:?}");
        assert!(
            matches!(client.next().await, Incoming::Closed(Some(_))),
            "{message:?}"
        );
    }
}

#[tokio::test]
async fn a_frame_beyond_the_limit_ends_its_own_session_only() {
    let server = Server::start();
    let mut ben = Client::agent(&server, "ben").await;

    let mut ana = Client::agent(&server, "ana").await;
    ana.send_message(Message::binary(vec![0; FRAME_BYTES + 1]))
        .await
        .unwrap();
    assert_eq!(refusal(&mut ana).await, Code::FrameTooLarge);

    // Far beyond it the server does not even read on: the client may find the
    // connection gone before it has sent everything.
    let mut ana = Client::agent(&server, "ana").await;
    let _ = ana
        .send_message(Message::binary(vec![0; 16 * FRAME_BYTES]))
        .await;
    loop {
        match ana.next().await {
            Incoming::Frame(ServerFrame::Bye(bye)) => {
                assert_eq!(bye.refusal.code, Code::FrameTooLarge);
            }
            Incoming::Frame(_) => {}
            Incoming::Closed(_) => break,
        }
    }

    let mut pen = Pen::new("ben", "kim@mail.example", 1);
    let change = pen.start();
    ben.push_and_wait(pen.doc(), &[change]).await;
}

//! Frames of both directions: whatever is read is written again as the same.

use threadline_core::error::{Code, Refusal};
use threadline_core::id::{ConversationId, DocumentId, NoteId};
use threadline_core::model::Role;
use threadline_core::sync::frame::{
    Ack, Bye, Changes, ClientFrame, Close, Hello, Open, Present, Push, Refresh, ServerFrame,
    Whereabouts,
};
use threadline_tests::pen::Pen;
use threadline_tests::server::{WORKSPACE, token};
use uuid::Uuid;

use crate::engine::fuzz;

fn seeds() -> Vec<Vec<u8>> {
    let mut pen = Pen::new("ana", "kim@mail.example", 1);
    let change = pen.start();
    let doc = pen.doc();
    let conversation = ConversationId(Uuid::from_u128(5));
    let hash = [7; 32].into();
    let client = [
        ClientFrame::Hello(Hello {
            token: token(WORKSPACE, "ana", Role::Agent),
            epoch: "e".to_owned(),
            cursor: 7,
        }),
        ClientFrame::Push(Push {
            doc,
            changes: vec![change.clone().into(), Vec::new().into()],
        }),
        ClientFrame::Open(Open {
            doc: DocumentId::Workspace,
            have: vec![hash],
        }),
        ClientFrame::Close(Close { doc }),
        ClientFrame::Presence(Present {
            conversation,
            here: Some(Whereabouts {
                note: Some(NoteId(Uuid::from_u128(6))),
                anchor: Some("4@aa".to_owned()),
                head: None,
                typing: true,
            }),
        }),
        ClientFrame::Token(Refresh {
            token: "a.b.c".to_owned(),
        }),
    ];
    let server = [
        ServerFrame::Changes(Changes {
            doc,
            changes: vec![change.into()],
            heads: vec![hash],
            seq: 9,
            complete: true,
        }),
        ServerFrame::Ack(Ack {
            doc,
            hashes: vec![hash],
        }),
        ServerFrame::Bye(Bye {
            refusal: Refusal::new(Code::GoingAway, "Later."),
            retry_after: Some(5),
        }),
    ];
    let client = client.iter().map(ClientFrame::encode);
    client
        .chain(server.iter().map(ServerFrame::encode))
        .collect()
}

#[test]
fn frame() {
    fuzz("frame", seeds(), |bytes| {
        let client = ClientFrame::decode(bytes);
        if let Ok(frame) = &client {
            assert_eq!(ClientFrame::decode(&frame.encode()).as_ref(), Ok(frame));
        }
        let server = ServerFrame::decode(bytes);
        if let Ok(frame) = &server {
            assert_eq!(ServerFrame::decode(&frame.encode()).as_ref(), Ok(frame));
        }
        // Of what was read only its kind counts, or every text would be news.
        let client = client.map(|frame| std::mem::discriminant(&frame));
        let server = server.map(|frame| std::mem::discriminant(&frame));
        let code = |refusal: Refusal| refusal.code.as_str();
        // And how long it is, roughly, so that inputs grow and shrink.
        let length = bytes.len().checked_ilog2();
        (client.map_err(code), server.map_err(code), length)
    });
}

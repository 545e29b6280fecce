//! Too much of what is allowed.

use threadline_core::error::Code;
use threadline_core::limits;
use threadline_core::sync::frame::{ClientFrame, Push};
use tokio_tungstenite::tungstenite::Message;

use crate::stage::{Stage, Toll, answer, message};

/// Sends a message again and again while the victims work, and reads nothing;
/// then what the answers end with.
async fn flood(stage: &mut Stage, name: &str, flood: &Message, times: usize) -> Code {
    let toll = Toll::begin(&stage.server);
    let sender = async {
        for _ in 0..times {
            // The server closes when it has had enough.
            if stage.mallory.send_message(flood.clone()).await.is_err() {
                break;
            }
        }
        loop {
            if let (code, true) = answer(&mut stage.mallory).await {
                return code;
            }
        }
    };
    let victims = async {
        for _ in 0..5 {
            stage.victims.work().await;
        }
        toll.elapsed() / 5
    };
    let (code, time) = tokio::join!(sender, victims);
    toll.end(&stage.server, name, time);
    code
}

#[tokio::test]
async fn a_flood_ends_the_session_it_comes_from() {
    let mut stage = Stage::set().await;
    let doc = stage.doc();
    let noise = Message::binary(vec![0xff; 64]);
    let push = ClientFrame::Push(Push {
        doc,
        changes: vec![vec![0xff; 64].into(); limits::PUSH_CHANGES],
    });
    let bursts = limits::PUSH_BURST as usize;
    for (name, message, times) in [
        ("a flood of noise", noise, 4 * bursts),
        (
            "a flood of bad changes",
            message(&push),
            4 * bursts / limits::PUSH_CHANGES,
        ),
        ("a flood of empty pushes", message(&empty(doc)), 4 * bursts),
    ] {
        let code = flood(&mut stage, name, &message, times).await;
        // She reads nothing, so that her own answers may be too many first.
        let codes = [Code::RateLimited, Code::Resync];
        assert!(codes.contains(&code), "{name}: {code}");
        stage.return_of_mallory().await;
    }
    stage.unharmed().await;
}

fn empty(doc: threadline_core::id::DocumentId) -> ClientFrame {
    ClientFrame::Push(Push {
        doc,
        changes: Vec::new(),
    })
}

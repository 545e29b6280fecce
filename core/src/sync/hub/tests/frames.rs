//! Frames as tests write and read them.

use super::*;

pub(super) fn hello(token: &str, epoch: &str, cursor: u64) -> ClientFrame {
    ClientFrame::Hello(Hello {
        token: token.to_owned(),
        epoch: epoch.to_owned(),
        cursor,
    })
}

pub(super) fn push(changes: &[&ByteBuf]) -> ClientFrame {
    ClientFrame::Push(Push {
        doc: doc(),
        changes: changes.iter().map(|change| (*change).clone()).collect(),
    })
}

pub(super) fn open(have: Vec<Hash>) -> ClientFrame {
    ClientFrame::Open(Open { doc: doc(), have })
}

pub(super) fn hash(change: &ByteBuf) -> Hash {
    guard::hash(change).into()
}

pub(super) fn acked(frames: &[ServerFrame]) -> Vec<Hash> {
    let of = |frame: &ServerFrame| match frame {
        ServerFrame::Ack(ack) => ack.hashes.clone(),
        _ => Vec::new(),
    };
    frames.iter().flat_map(of).collect()
}

pub(super) fn nacked(frames: &[ServerFrame]) -> Vec<(Hash, Code)> {
    let of = |frame: &ServerFrame| match frame {
        ServerFrame::Nack(nack) => Some((nack.hash, nack.refusal.code)),
        _ => None,
    };
    frames.iter().filter_map(of).collect()
}

pub(super) fn changes(frames: &[ServerFrame]) -> Vec<Changes> {
    let of = |frame: &ServerFrame| match frame {
        ServerFrame::Changes(changes) => Some(changes.clone()),
        _ => None,
    };
    frames.iter().filter_map(of).collect()
}

pub(super) fn rows(frames: &[ServerFrame]) -> Vec<Rows> {
    let of = |frame: &ServerFrame| match frame {
        ServerFrame::Rows(rows) => Some(rows.clone()),
        _ => None,
    };
    frames.iter().filter_map(of).collect()
}

pub(super) fn errors(frames: &[ServerFrame]) -> Vec<Code> {
    let of = |frame: &ServerFrame| match frame {
        ServerFrame::Error(refusal) => Some(refusal.code),
        ServerFrame::Bye(bye) => Some(bye.refusal.code),
        _ => None,
    };
    frames.iter().filter_map(of).collect()
}

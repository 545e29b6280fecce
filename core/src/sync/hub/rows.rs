//! The rows: first what moved since the client's cursor, page by page, then
//! every commit's as it comes.

use super::port::{Output, SessionId};
use super::session::{Feed, Stage};
use super::{Hub, send};
use crate::limits;
use crate::model::RowEntry;
use crate::sync::frame::{Hello, Rows, ServerFrame, cbor};

impl Hub {
    /// Asks for the first page. A cursor of another epoch counts nothing.
    pub(super) fn begin_rows(&mut self, session: SessionId, hello: &Hello, out: &mut Vec<Output>) {
        if self.live(session).is_none_or(|live| live.feed == Feed::Off) {
            return;
        }
        let known = hello.epoch == self.epoch && hello.cursor <= self.seq;
        let after = if known { hello.cursor } else { 0 };
        read(session, after, out);
    }

    /// Sends a page and asks for the next, if there is one.
    pub(super) fn rows_read(
        &mut self,
        session: SessionId,
        rows: Vec<RowEntry>,
        cursor: u64,
        complete: bool,
        out: &mut Vec<Output>,
    ) {
        let Some(live) = self.live(session) else {
            return;
        };
        let moved = live.feed == Feed::Reading { moved: true };
        live.feed = if complete && !moved {
            Feed::Following
        } else {
            Feed::Reading { moved: false }
        };
        if live.feed != Feed::Following {
            read(session, cursor, out);
        }
        for frame in frames(rows, cursor, complete) {
            send(out, session, &frame);
        }
    }

    /// Tells every session what a commit moved.
    pub(super) fn rows_moved(&mut self, rows: Vec<RowEntry>, out: &mut Vec<Output>) {
        let frames: Vec<Vec<u8>> = frames(rows, self.seq, true)
            .iter()
            .map(ServerFrame::encode)
            .collect();
        for (session, stage) in &mut self.sessions {
            let Stage::Live(live) = stage else { continue };
            match live.feed {
                Feed::Following => out.extend(frames.iter().map(|frame| Output::Send {
                    session: *session,
                    frame: frame.clone(),
                })),
                Feed::Reading { .. } => live.feed = Feed::Reading { moved: true },
                Feed::Off => {}
            }
        }
    }
}

fn read(session: SessionId, after: u64, out: &mut Vec<Output>) {
    out.push(Output::ReadRows {
        session,
        after,
        limit: limits::ROWS_PAGE,
    });
}

/// Rows in sequence order as frames within the limit: halved until they fit.
fn frames(rows: Vec<RowEntry>, cursor: u64, complete: bool) -> Vec<ServerFrame> {
    let mut rows = rows;
    let half = rows.len() / 2;
    let size = |rows: &Vec<RowEntry>| cbor(rows).len();
    if half == 0 || size(&rows) <= limits::FRAME_BYTES * 3 / 4 {
        return vec![ServerFrame::Rows(Rows {
            rows,
            cursor,
            complete,
        })];
    }
    let rest = rows.split_off(half);
    let between = rows.last().map_or(cursor, |row| row.seq);
    let mut all = frames(rows, between, false);
    all.extend(frames(rest, cursor, complete));
    all
}

//! The rows: first what moved since the client's cursor, page by page, then
//! every commit's as it comes.

use super::port::{Output, SessionId};
use super::session::{Feed, Stage};
use super::{Hub, send};
use crate::limits;
use crate::model::RowEntry;
use crate::sync::frame::{Hello, Rows, ServerFrame, cbor};

impl Hub {
    /// Asks for the first page. A cursor of another epoch counts nothing, one
    /// that is ahead of this server makes it look into the log.
    pub(super) fn begin_rows(&mut self, session: SessionId, hello: &Hello, out: &mut Vec<Output>) {
        if self.live(session).is_none_or(|live| live.feed == Feed::Off) {
            return;
        }
        let known = hello.epoch == self.epoch;
        let cursor = if known { hello.cursor } else { 0 };
        let ahead = cursor > self.seq;
        if let Some(live) = self.live(session).filter(|_| ahead) {
            live.feed = Feed::Ahead;
            live.cursor = cursor;
            self.heard = self.heard.max(cursor);
        } else {
            read(session, cursor, out);
        }
    }

    /// The log is read to its end: a cursor that is still ahead counts nothing.
    pub(super) fn begin_ahead(&mut self, out: &mut Vec<Output>) {
        for (session, stage) in &mut self.sessions {
            let Stage::Live(live) = stage else { continue };
            if live.feed == Feed::Ahead {
                live.feed = Feed::Reading { moved: false };
                if live.cursor > self.seq {
                    live.cursor = 0;
                }
                read(*session, live.cursor, out);
            }
        }
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
        live.cursor = cursor;
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

    /// Tells every session what moved up to `cursor`.
    pub(super) fn rows_moved(&mut self, rows: &[RowEntry], cursor: u64, out: &mut Vec<Output>) {
        let encode = |rows: Vec<RowEntry>| -> Vec<Vec<u8>> {
            let frames = frames(rows, cursor, true);
            frames.iter().map(ServerFrame::encode).collect()
        };
        let for_all = encode(rows.to_vec());
        for (session, stage) in &mut self.sessions {
            let Stage::Live(live) = stage else { continue };
            match live.feed {
                // It has read further from storage than this server from the log.
                Feed::Following if live.cursor >= cursor => continue,
                Feed::Following => {}
                Feed::Reading { .. } => {
                    live.feed = Feed::Reading { moved: true };
                    continue;
                }
                Feed::Ahead | Feed::Off => continue,
            }
            // An older row must not follow a newer one.
            let newer = |row: &&RowEntry| row.seq > live.cursor;
            let own = rows.iter().filter(newer);
            let frames = match own.clone().count() == rows.len() {
                true => &for_all,
                false => &encode(own.cloned().collect()),
            };
            live.cursor = cursor;
            out.extend(frames.iter().map(|frame| Output::Send {
                session: *session,
                frame: frame.clone(),
            }));
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

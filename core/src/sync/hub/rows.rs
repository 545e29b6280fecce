//! The rows: first what moved since the client's cursor, page by page, then
//! every commit's as they come.

use std::collections::BTreeMap;

use bytes::Bytes;

use super::port::{Output, SessionId};
use super::session::{Feed, Stage};
use super::{Hub, send};
use crate::id::DocumentId;
use crate::limits;
use crate::model::RowEntry;
use crate::sync::frame::{Hello, Rows, ServerFrame, cbor};
use crate::time::Timestamp;

/// What moved and was not told yet.
#[derive(Default)]
pub(super) struct Telling {
    /// Each document's newest row.
    rows: BTreeMap<DocumentId, RowEntry>,
    /// Up to where.
    cursor: Option<u64>,
    /// Not before this moment.
    after: Timestamp,
}

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
            self.ahead = true;
        } else {
            read(session, cursor, out);
        }
    }

    /// The log is read to its end: a cursor that is still ahead counts nothing.
    pub(super) fn begin_ahead(&mut self, out: &mut Vec<Output>) {
        if !std::mem::take(&mut self.ahead) {
            return;
        }
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

    /// Notes what moved up to `cursor`, to be told soon.
    pub(super) fn rows_moved(&mut self, rows: &[RowEntry], cursor: u64) {
        for stage in self.sessions.values_mut() {
            if let Stage::Live(live) = stage
                && matches!(live.feed, Feed::Reading { .. })
            {
                live.feed = Feed::Reading { moved: true };
            }
        }
        let rows = rows.iter().map(|row| (row.doc, row.clone()));
        self.telling.rows.extend(rows);
        self.telling.cursor = Some(cursor);
    }

    /// Tells every session what moved, unless that was done a moment ago: what
    /// everybody is told costs the more the more they are, so in a workspace of
    /// thousands a list follows a moment later, with the first input or tick
    /// after the pause.
    pub(super) fn tell_rows(&mut self, now: Timestamp, out: &mut Vec<Output>) {
        let after = self.telling.after;
        // A clock that was set back must not stop the lists.
        let due = after <= now || after > now.plus_millis(limits::ROWS_PACE_MOST_MS);
        let Some(cursor) = self.telling.cursor.filter(|_| due) else {
            return;
        };
        let telling = std::mem::take(&mut self.telling);
        let mut rows: Vec<RowEntry> = telling.rows.into_values().collect();
        self.telling.after = now.plus_millis(pace(self.sessions.len(), rows.len()));
        rows.sort_unstable_by_key(|row| row.seq);
        let encode = |rows: Vec<RowEntry>| -> Vec<Bytes> {
            let frames = frames(rows, cursor, true);
            frames.iter().map(|frame| frame.encode().into()).collect()
        };
        let for_all = encode(rows.clone());
        for (session, stage) in &mut self.sessions {
            let Stage::Live(live) = stage else { continue };
            // What is being read has it, or is read again; or it was read
            // further from storage than this server has come in the log.
            if live.feed != Feed::Following || live.cursor >= cursor {
                continue;
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

/// How long to wait after so many sessions were told so many rows, in milliseconds.
fn pace(sessions: usize, rows: usize) -> i64 {
    let [sessions, rows] = [sessions, rows].map(|it| i64::try_from(it).unwrap_or(i64::MAX));
    let each = rows
        .saturating_mul(limits::ROW_PACE_US)
        .saturating_add(limits::ROWS_PACE_US);
    let pause = sessions.saturating_mul(each) / 1_000;
    pause.min(limits::ROWS_PACE_MOST_MS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pause_grows_with_the_crowd_and_what_it_is_told_to_a_bound() {
        assert_eq!(pace(20, 1), 1, "a team of twenty waits a millisecond");
        assert_eq!(pace(2_000, 1), 102);
        assert_eq!(pace(2_000, 1_000), 2_100);
        assert_eq!(pace(20_000, 10_000), limits::ROWS_PACE_MOST_MS);
        assert_eq!(pace(usize::MAX, usize::MAX), limits::ROWS_PACE_MOST_MS);
    }
}

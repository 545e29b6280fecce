//! What other servers write: the log is read on from where this hub stands,
//! and given to documents, followers and rows as if it had come here.
//!
//! The log is never read while a batch is on its way, nor the other way round.
//! A batch that was appended behind entries of others waits until those are
//! read, so that no client's cursor ever passes a row it was not given.

use std::collections::BTreeMap;

use super::documents::{Slot, contained};
use super::port::{LogPage, Logged, Output};
use super::storing::{Fate, News};
use super::{Hub, Reading};
use crate::error::Refusal;
use crate::id::DocumentId;
use crate::limits;
use crate::model::RowEntry;

impl Hub {
    /// Whether somebody was heard of who has written more than was told here.
    pub(super) fn is_late(&self) -> bool {
        self.heard > self.seq || self.ahead
    }

    /// Starts to read where there is a reason to and nothing in the way.
    pub(super) fn catch_up(&mut self, out: &mut Vec<Output>) {
        let (after, limit) = match self.storing.as_ref().map(|storing| &storing.fate) {
            None if self.is_late() || !self.lacking.is_empty() => (self.seq, limits::LOG_PAGE),
            Some(Fate::Placed { first }) => {
                let gap = usize::try_from(first.saturating_sub(self.seq + 1));
                (
                    self.seq,
                    gap.map_or(limits::LOG_PAGE, |gap| gap.min(limits::LOG_PAGE)),
                )
            }
            Some(Fate::Doubted { read }) => (read.cursor, limits::LOG_PAGE),
            None | Some(Fate::Sent) => return,
        };
        if self.reading == Reading::No {
            self.reading = Reading::Yes;
            // What is heard of from now on may not be in the page.
            self.heard = 0;
            out.push(Output::ReadLog { after, limit });
        }
    }

    /// A stretch of the log has come, or storage could not read it.
    pub(super) fn log_read(&mut self, read: Result<LogPage, Refusal>, out: &mut Vec<Output>) {
        match read {
            Ok(page) => {
                self.reading = Reading::No;
                self.take_page(page, out);
            }
            Err(_) => {
                self.reading = Reading::Failed;
                self.heard = self.heard.max(self.seq + 1);
                self.give_up_doubted(out);
            }
        }
    }

    fn take_page(&mut self, page: LogPage, out: &mut Vec<Output>) {
        let complete = page.complete;
        self.heard = self.heard.max(page.cursor + u64::from(!complete));
        let (mut page, first) = match &mut self.storing {
            Some(storing) => match storing.look_into(page) {
                Some(found) => found,
                None => return,
            },
            None => (page, None),
        };
        if let Some(first) = first {
            cut(&mut page, first);
        }
        self.apply(page, out);
        self.finish(out);
        if complete {
            self.turn = true;
            self.do_again();
            self.give_up_doubted(out);
            self.begin_ahead(out);
        }
    }

    /// Gives what others wrote to everybody here.
    fn apply(&mut self, page: LogPage, out: &mut Vec<Output>) {
        let LogPage {
            entries,
            rows,
            cursor,
            ..
        } = page;
        let mut documents: BTreeMap<DocumentId, Vec<Logged>> = BTreeMap::new();
        for logged in entries {
            documents.entry(logged.doc).or_default().push(logged);
        }
        let moved: BTreeMap<DocumentId, &RowEntry> =
            rows.iter().map(|row| (row.doc, row)).collect();
        for (doc, changes) in documents {
            self.learn(doc, &changes);
            // Without a row the rest of the document's changes is still to come.
            let row = moved.get(&doc);
            let news = News {
                doc,
                heads: row.map(|row| row.heads.clone()).unwrap_or_default(),
                complete: row.is_some(),
                changes: changes.into_iter().map(|logged| (None, logged)).collect(),
            };
            self.spread(&news, out);
        }
        self.seq = self.seq.max(cursor);
        self.rows_moved(&rows, cursor);
    }

    /// Brings a document in memory up to what the log says.
    pub(super) fn learn(&mut self, doc: DocumentId, logged: &[Logged]) {
        match self.documents.get_mut(&doc) {
            Some(Slot::Held(held)) => {
                if contained(|| held.take(logged)).flatten().is_err() {
                    // Whether it can be loaded is seen when it is wanted again.
                    self.documents.remove(&doc);
                }
                if doc == DocumentId::Workspace {
                    self.read_rules();
                }
            }
            Some(Slot::Loading(meanwhile)) => meanwhile.extend_from_slice(logged),
            None => {}
        }
    }
}

/// Leaves of a page what lies before a sequence number.
fn cut(page: &mut LogPage, first: u64) {
    page.entries.retain(|logged| logged.seq < first);
    page.rows.retain(|row| row.seq < first);
    page.cursor = page.cursor.min(first.saturating_sub(1));
}

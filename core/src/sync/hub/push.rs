//! From pushes and commands to a batch in storage, and from there to acks and
//! to everybody who follows the document.

use std::collections::{BTreeSet, VecDeque};

use automerge::ChangeHash;
use bytes::Bytes;
use serde_bytes::ByteBuf;

use super::documents::{Slot, contained};
use super::port::{AppendError, Appended, Batch, LogPage, Logged, Output, SessionId};
use super::storing::{Fate, News, Storing};
use super::work::{Pen, Work, round};
use super::{Hub, send};
use crate::error::{Code, Refusal};
use crate::id::DocumentId;
use crate::limits;
use crate::sync::frame::{Changes, Hash, ServerFrame};
use crate::time::Timestamp;

impl Hub {
    /// Answers those who wait for a document. Everything in memory is durable
    /// now: this runs before the round's changes are applied.
    pub(super) fn answer_opens(&mut self, now: Timestamp, out: &mut Vec<Output>) {
        let mut opens = Vec::new();
        self.work.retain(|doc, queue| {
            if matches!(self.documents.get(doc), Some(Slot::Held(_))) {
                let (these, rest): (VecDeque<Work>, _) = std::mem::take(queue)
                    .into_iter()
                    .partition(|work| matches!(work, Work::Open { .. }));
                *queue = rest;
                opens.extend(these.into_iter().map(|open| (*doc, open)));
            }
            !queue.is_empty()
        });
        for (doc, open) in opens {
            let Work::Open { session, have } = &open else {
                continue;
            };
            // It may have been closed again before it was here.
            if !self
                .live(*session)
                .is_some_and(|live| live.open.contains(&doc))
            {
                continue;
            }
            let Some(Slot::Held(held)) = self.documents.get_mut(&doc) else {
                self.enqueue(doc, open);
                continue;
            };
            held.used = now;
            let have: Vec<ChangeHash> = have.iter().copied().map(ChangeHash).collect();
            let answer = contained(|| {
                let missing = held.document.changes_since(&have);
                let changes = missing.iter().map(|change| change.raw_bytes().to_vec());
                frames(doc, changes, &held.heads(), held.seq, true)
            });
            match answer {
                Ok(frames) => {
                    for frame in frames {
                        send(out, *session, &frame);
                    }
                    self.followers.entry(doc).or_default().insert(*session);
                    if let DocumentId::Conversation(conversation) = doc {
                        self.introduce(*session, conversation, out);
                    }
                }
                Err(_) => {
                    self.documents.remove(&doc);
                    let refusal = Refusal::new(Code::Unavailable, "The document must be reloaded.");
                    open.refuse(doc, &refusal, out);
                }
            }
        }
    }

    /// Checks and applies what waits, and sends it to storage as one batch.
    pub(super) fn commit(&mut self, now: Timestamp, out: &mut Vec<Output>) {
        if !self.rules_known() {
            return;
        }
        let mut storing = Storing::new(self.batches + 1);
        let mut batch = Batch {
            id: storing.id,
            ..Batch::default()
        };
        for (doc, works) in self.take_work() {
            let Some(Slot::Held(held)) = self.documents.get_mut(&doc) else {
                continue;
            };
            held.used = now;
            let mut pen = Pen {
                now,
                server: &self.server,
                actor: &self.actor,
                rules: &self.rules,
                ids: &mut *self.ids,
            };
            let round = contained(|| round(doc, held, &mut pen, &works));
            match round.and_then(|round| round) {
                Ok(mut round) => {
                    let lacking = std::mem::take(&mut round.lacking);
                    storing.add(doc, held, round, &mut batch);
                    let works = self.let_wait(doc, works, &lacking);
                    storing.documents.push((doc, works));
                    if doc == DocumentId::Workspace {
                        self.read_rules();
                    }
                }
                Err(refusal) => match works.as_slice() {
                    [work] => {
                        work.refuse(doc, &refusal, out);
                        self.documents.remove(&doc);
                    }
                    _ => self.set_apart(doc, works),
                },
            }
        }
        if batch.entries.is_empty() {
            out.append(&mut storing.replies);
            return;
        }
        self.batches += 1;
        batch.rows.clone_from(&storing.rows);
        out.push(Output::Store(batch));
        self.storing = Some(storing);
    }

    /// What can be done now: everything for the documents in memory, or a
    /// single suspect.
    fn take_work(&mut self) -> Vec<(DocumentId, Vec<Work>)> {
        let held = |doc: &DocumentId| matches!(self.documents.get(doc), Some(Slot::Held(_)));
        let suspect = self.suspects.keys().copied().find(held);
        if let Some(doc) = suspect {
            let one = self.work.get_mut(&doc).and_then(|queue| queue.pop_front());
            if self.work.get(&doc).is_none_or(|queue| queue.is_empty()) {
                self.work.remove(&doc);
            }
            match self.suspects.get_mut(&doc) {
                Some(left) if *left > 1 && self.work.contains_key(&doc) => *left -= 1,
                _ => {
                    self.suspects.remove(&doc);
                }
            }
            return vec![(doc, one.into_iter().collect())];
        }
        let ready: Vec<DocumentId> = self.work.keys().copied().filter(held).collect();
        ready
            .into_iter()
            .filter_map(|doc| Some((doc, self.work.remove(&doc)?.into())))
            .collect()
    }

    /// Forgets a document that broke under its work, and lets each work show
    /// alone whether it was the one.
    fn set_apart(&mut self, doc: DocumentId, works: Vec<Work>) {
        *self.suspects.entry(doc).or_default() += works.len();
        self.put_back(doc, works);
    }

    /// Forgets a document, and does its works again before all others.
    fn put_back(&mut self, doc: DocumentId, works: Vec<Work>) {
        self.documents.remove(&doc);
        self.wait_anew(doc);
        if works.is_empty() {
            return;
        }
        let queue = self.work.entry(doc).or_default();
        for work in works.into_iter().rev() {
            queue.push_front(work);
        }
    }

    /// Storage answered.
    pub(super) fn stored(
        &mut self,
        batch: u64,
        result: Result<Appended, AppendError>,
        out: &mut Vec<Output>,
    ) {
        let cursor = self.seq;
        let Some(storing) = self.storing.as_mut().filter(|storing| storing.id == batch) else {
            return;
        };
        match result {
            Ok(Appended { first }) => {
                storing.fate = Fate::Placed { first };
                self.finish(out);
            }
            Err(AppendError::Refused(_)) => {
                let read = LogPage {
                    cursor,
                    ..LogPage::default()
                };
                storing.fate = Fate::Doubted { read };
            }
            Err(AppendError::Moved) if self.conflicts < limits::CONFLICTS => {
                self.conflicts += 1;
                self.heard = self.heard.max(self.seq + 1);
                let storing = self.storing.take();
                for (doc, works) in storing.into_iter().flat_map(|storing| storing.documents) {
                    self.put_back(doc, works);
                }
            }
            Err(AppendError::Moved) => self.not_stored(out),
            Err(error) => self.leave_out(&error, out),
        }
    }

    /// Tells of a batch that is durable, once everything before it was told.
    pub(super) fn finish(&mut self, out: &mut Vec<Output>) {
        let before = match self.storing.as_ref().map(|storing| &storing.fate) {
            Some(Fate::Placed { first }) if *first <= self.seq + 1 => first.saturating_sub(1),
            _ => return,
        };
        let Some(mut storing) = self.storing.take() else {
            return;
        };
        self.conflicts = 0;
        storing.place_after(before);
        self.seq = before + storing.len() as u64;
        out.append(&mut storing.replies);
        for news in &storing.news {
            match (self.documents.get_mut(&news.doc), news.changes.last()) {
                (Some(Slot::Held(held)), Some((_, last))) => held.seq = last.seq,
                // It was dropped meanwhile, and is read again.
                _ => {
                    let logged: Vec<Logged> =
                        news.changes.iter().map(|(_, it)| it.clone()).collect();
                    self.learn(news.doc, &logged);
                }
            }
            self.spread(news, out);
        }
        self.rows_moved(&storing.rows, self.seq);
        self.do_again();
    }

    /// Takes a doubted batch for lost: the log does not have it, or cannot be read.
    pub(super) fn give_up_doubted(&mut self, out: &mut Vec<Output>) {
        let fate = self.storing.as_ref().map(|storing| &storing.fate);
        if matches!(fate, Some(Fate::Doubted { .. })) {
            self.not_stored(out);
        }
    }

    /// Refuses what storage will not take of a batch, and does the others again,
    /// together as they were.
    fn leave_out(&mut self, error: &AppendError, out: &mut Vec<Output>) {
        let strangers = match (error, &self.storing) {
            (AppendError::Foreign { actors }, Some(storing)) => storing.brought(actors),
            _ => BTreeSet::new(),
        };
        let to_blame = |doc: DocumentId, work: &Work| match error {
            AppendError::Foreign { .. } => work.is_pushed_by(doc, &strangers),
            AppendError::Full { documents } => {
                documents.contains(&doc) && matches!(work, Work::Push { .. })
            }
            AppendError::Moved | AppendError::Refused(_) => false,
        };
        let all = self.storing.iter().flat_map(|storing| &storing.documents);
        let mut works = all.flat_map(|(doc, works)| works.iter().map(|work| (*doc, work)));
        // With nothing less to store, storage would only say the same again.
        if !works.any(|(doc, work)| to_blame(doc, work)) {
            return self.not_stored(out);
        }
        let storing = self.storing.take();
        for (doc, works) in storing.into_iter().flat_map(|storing| storing.documents) {
            let (refused, rest): (Vec<Work>, Vec<Work>) =
                works.into_iter().partition(|work| to_blame(doc, work));
            let refusal = Refusal::from(error.clone());
            for work in refused {
                work.refuse(doc, &refusal, out);
            }
            self.put_back(doc, rest);
        }
    }

    /// Storage took nothing of a batch, and cannot take it now.
    fn not_stored(&mut self, out: &mut Vec<Output>) {
        let Some(Storing { documents, .. }) = self.storing.take() else {
            return;
        };
        self.conflicts = 0;
        let text = "Storage cannot take changes now.";
        let unavailable = Refusal::new(Code::Unavailable, text);
        for (doc, works) in documents {
            self.documents.remove(&doc);
            for work in works {
                work.refuse(doc, &unavailable, out);
            }
        }
    }

    /// Sends a document's new changes to its followers, to nobody their own.
    pub(super) fn spread(&self, news: &News, out: &mut Vec<Output>) {
        let Some(followers) = self.followers.get(&news.doc) else {
            return;
        };
        let Some((_, last)) = news.changes.last() else {
            return;
        };
        let frames_for = |session: Option<SessionId>| -> Vec<Bytes> {
            let changes = news
                .changes
                .iter()
                .filter(|(origin, _)| origin.is_none() || *origin != session)
                .map(|(_, logged)| logged.bytes.clone());
            frames(news.doc, changes, &news.heads, last.seq, news.complete)
                .iter()
                .map(|frame| frame.encode().into())
                .collect()
        };
        let everything = frames_for(None);
        for session in followers {
            let pushed = |(origin, _): &(Option<SessionId>, Logged)| *origin == Some(*session);
            let frames = if news.changes.iter().any(pushed) {
                &frames_for(Some(*session))
            } else {
                &everything
            };
            out.extend(frames.iter().map(|frame| Output::Send {
                session: *session,
                frame: frame.clone(),
            }));
        }
    }
}

/// Changes as frames within the limit; at least one, so that `complete` is
/// always said. The last one says it where `complete` holds after all of them.
fn frames(
    doc: DocumentId,
    changes: impl IntoIterator<Item = Vec<u8>>,
    heads: &[Hash],
    seq: u64,
    complete: bool,
) -> Vec<ServerFrame> {
    let mut pages: Vec<Vec<ByteBuf>> = vec![Vec::new()];
    let mut size = 0;
    for change in changes {
        if size > 0 && size + change.len() > limits::FRAME_BYTES * 3 / 4 {
            pages.push(Vec::new());
            size = 0;
        }
        size += change.len();
        if let Some(page) = pages.last_mut() {
            page.push(ByteBuf::from(change));
        }
    }
    let last = pages.len() - 1;
    pages
        .into_iter()
        .enumerate()
        .map(|(index, changes)| {
            ServerFrame::Changes(Changes {
                doc,
                changes,
                heads: heads.to_vec(),
                seq,
                complete: complete && index == last,
            })
        })
        .collect()
}

//! A batch between being made and being told of.

use std::collections::BTreeSet;

use automerge::ActorId;

use super::documents::Held;
use super::port::{Batch, Entry, LogPage, Logged, Output, SessionId};
use super::work::{Round, Work};
use crate::id::{DocumentId, MemberId};
use crate::model::RowEntry;
use crate::outgoing;
use crate::sync::frame::Hash;

/// A batch on its way to storage, and what is to be said when it arrived.
pub(super) struct Storing {
    pub(super) id: u64,
    pub(super) fate: Fate,
    /// Acks, nacks and results; said only when the batch is durable.
    pub(super) replies: Vec<Output>,
    pub(super) documents: Vec<(DocumentId, Vec<Work>)>,
    /// Numbered as in the batch.
    pub(super) news: Vec<News>,
    pub(super) rows: Vec<RowEntry>,
}

/// What became of a batch.
pub(super) enum Fate {
    /// Storage has not answered.
    Sent,
    /// It is durable. What lies before it in the log must be read first.
    Placed {
        /// The sequence number of its first entry.
        first: u64,
    },
    /// Storage said no, which may be the loss of a yes: the log knows.
    Doubted {
        /// What the log has beyond what was told here, as far as it is read.
        read: LogPage,
    },
}

/// What is new in one document.
pub(super) struct News {
    pub(super) doc: DocumentId,
    pub(super) heads: Vec<Hash>,
    /// Whether `changes` brings everything up to `heads`.
    pub(super) complete: bool,
    pub(super) changes: Vec<(Option<SessionId>, Logged)>,
}

impl Storing {
    /// An empty batch.
    pub(super) fn new(id: u64) -> Self {
        Self {
            id,
            fate: Fate::Sent,
            replies: Vec::new(),
            documents: Vec::new(),
            news: Vec::new(),
            rows: Vec::new(),
        }
    }

    /// How many changes there are in it.
    pub(super) fn len(&self) -> usize {
        self.news.iter().map(|news| news.changes.len()).sum()
    }

    /// Numbers a document's commits and notes what to say about them.
    pub(super) fn add(
        &mut self,
        doc: DocumentId,
        held: &mut Held,
        round: Round,
        batch: &mut Batch,
    ) {
        let executed = round.replies.iter().filter_map(|reply| match reply {
            Output::Executed {
                ticket,
                result: Ok(outcome),
            } => Some((*ticket, outcome.clone())),
            _ => None,
        });
        batch.executed.extend(executed);
        self.replies.extend(round.replies);
        if round.commits.is_empty() {
            return;
        }
        batch.known.push((doc, held.seq));
        let mut changes = Vec::with_capacity(round.commits.len());
        for commit in round.commits {
            let bytes = commit.change.raw_bytes().to_vec();
            held.bytes += bytes.len();
            let entry = Entry {
                seq: batch.entries.len() as u64 + 1,
                doc,
                hash: commit.change.hash().0,
                bytes,
                actor: commit.change.actor_id().clone(),
                member: commit.member,
                session: commit.session,
                received_at: commit.at,
            };
            changes.push((commit.session, Logged::from(&entry)));
            batch.entries.push(entry);
        }
        let texts = held.document.texts_touched(&round.dirty);
        batch
            .texts
            .extend(texts.into_iter().map(|text| (doc, text)));
        batch
            .outgoing
            .extend(outgoing::due(&held.document, &round.dirty));
        let heads = held.heads();
        if let Some(row) = held.document.row() {
            self.rows.push(RowEntry {
                doc,
                seq: batch.entries.len() as u64,
                heads: heads.clone(),
                row,
            });
        }
        self.news.push(News {
            doc,
            heads,
            complete: true,
            changes,
        });
    }

    /// Turns the batch's numbers into the workspace's.
    pub(super) fn place_after(&mut self, last: u64) {
        for (_, logged) in self.news.iter_mut().flat_map(|news| &mut news.changes) {
            logged.seq += last;
        }
        for row in &mut self.rows {
            row.seq += last;
        }
    }

    /// What of the log may be told while this batch waits, and where the batch
    /// begins in it. A doubted batch keeps what it has seen until it has seen
    /// everything, and is doubted no more where it was found.
    pub(super) fn look_into(&mut self, page: LogPage) -> Option<(LogPage, Option<u64>)> {
        let (page, first) = match &mut self.fate {
            Fate::Sent => (page, None),
            Fate::Placed { first } => (page, Some(*first)),
            Fate::Doubted { read } => {
                read.entries.extend(page.entries);
                read.rows.extend(page.rows);
                read.cursor = page.cursor;
                if !page.complete {
                    return None;
                }
                let read = std::mem::take(read);
                let first = self.find(&read.entries);
                if let Some(first) = first {
                    self.fate = Fate::Placed { first };
                }
                (read, first)
            }
        };
        Some((page, first))
    }

    /// Who brought what actors wrote in these members' names, and to which document.
    pub(super) fn brought(
        &self,
        actors: &BTreeSet<(ActorId, MemberId)>,
    ) -> BTreeSet<(DocumentId, SessionId, ActorId)> {
        let changes = self.news.iter().flat_map(|news| &news.changes);
        let named = changes.filter_map(|(session, logged)| {
            let Logged {
                doc, actor, member, ..
            } = logged;
            let named = actors.contains(&(actor.clone(), member.clone()));
            session
                .filter(|_| named)
                .map(|session| (*doc, session, actor.clone()))
        });
        named.collect()
    }

    /// Where the log has this batch, as a whole.
    fn find(&self, entries: &[Logged]) -> Option<u64> {
        let own = self.news.iter().flat_map(|news| &news.changes);
        let own: Vec<&Logged> = own.map(|(_, logged)| logged).collect();
        let same =
            |(logged, own): (&Logged, &&Logged)| logged.doc == own.doc && logged.bytes == own.bytes;
        let mut stretches = entries.windows(own.len());
        let whole = stretches.find(|stretch| stretch.iter().zip(&own).all(same))?;
        Some(whole[0].seq)
    }
}

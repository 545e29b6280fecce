//! From pushes and commands to a batch in storage, and from there to acks and
//! to everybody who follows the document.

use std::collections::VecDeque;

use automerge::{Change, ChangeHash};
use serde_bytes::ByteBuf;
use uuid::Uuid;

use super::documents::{Held, Slot, contained};
use super::port::{Batch, Entry, Output, SessionId};
use super::{ActorId, Hub, ack, nack, send};
use crate::command::{Command, Context};
use crate::document::actor_in;
use crate::error::{Code, Refusal};
use crate::guard::{Gate, Incoming};
use crate::id::{DocumentId, Ids, MemberId};
use crate::limits;
use crate::model::{Member, RowEntry};
use crate::sync::frame::{Changes, Hash, ServerFrame};
use crate::time::Timestamp;

/// Something to do with one document.
pub(super) enum Work {
    /// Send what a session lacks, and what comes from now on.
    Open {
        session: SessionId,
        have: Vec<[u8; 32]>,
    },
    /// Take in a member's changes.
    Push {
        session: SessionId,
        member: Member,
        changes: Vec<Incoming>,
        at: Timestamp,
    },
    /// Do what the server wants.
    Execute {
        ticket: u64,
        member: Member,
        command: Box<Command>,
        at: Timestamp,
    },
}

impl Work {
    /// Answers with a refusal instead of doing it.
    pub(super) fn refuse(&self, doc: DocumentId, refusal: &Refusal, out: &mut Vec<Output>) {
        match self {
            Work::Open { session, .. } => {
                let refusal = refusal.clone().on(doc.to_string());
                send(out, *session, &ServerFrame::Error(refusal));
            }
            Work::Push {
                session, changes, ..
            } => {
                for change in changes {
                    nack(out, *session, doc, change.hash(), refusal.clone());
                }
            }
            Work::Execute { ticket, .. } => out.push(Output::Executed {
                ticket: *ticket,
                result: Err(refusal.clone()),
            }),
        }
    }
}

/// A batch on its way to storage, and what is to be said when it arrived.
pub(super) struct Storing {
    id: u64,
    seq: u64,
    /// Acks, nacks and results; said only when the batch is durable.
    replies: Vec<Output>,
    documents: Vec<(DocumentId, Vec<Work>)>,
    news: Vec<News>,
    rows: Vec<RowEntry>,
}

/// What became of one document in a batch.
struct News {
    doc: DocumentId,
    seq: u64,
    heads: Vec<Hash>,
    changes: Vec<(Option<SessionId>, Vec<u8>)>,
}

/// What one document's work came to.
#[derive(Default)]
struct Round {
    replies: Vec<Output>,
    commits: Vec<Commit>,
}

/// A change that passed.
struct Commit {
    change: Change,
    member: MemberId,
    session: Option<SessionId>,
    at: Timestamp,
}

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
                frames(doc, changes, &held.heads(), held.seq)
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
        let mut storing = Storing {
            id: self.batches + 1,
            seq: self.seq,
            replies: Vec::new(),
            documents: Vec::new(),
            news: Vec::new(),
            rows: Vec::new(),
        };
        let mut entries = Vec::new();
        for (doc, works) in self.take_work() {
            let Some(Slot::Held(held)) = self.documents.get_mut(&doc) else {
                continue;
            };
            held.used = now;
            let (actor, ids) = (&self.actor, &mut *self.ids);
            let round = contained(|| round(doc, held, actor, ids, &works));
            match round.and_then(|round| round) {
                Ok(round) => {
                    storing.add(doc, held, round, &mut entries);
                    storing.documents.push((doc, works));
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
        if entries.is_empty() {
            out.append(&mut storing.replies);
            return;
        }
        self.batches += 1;
        out.push(Output::Store(Batch {
            id: storing.id,
            entries,
            rows: storing.rows.clone(),
        }));
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

    /// Forgets a document that broke under its work, or that storage refused,
    /// and lets each work show alone whether it was the one.
    fn set_apart(&mut self, doc: DocumentId, works: Vec<Work>) {
        self.documents.remove(&doc);
        *self.suspects.entry(doc).or_default() += works.len();
        let queue = self.work.entry(doc).or_default();
        for work in works.into_iter().rev() {
            queue.push_front(work);
        }
    }

    /// Storage answered.
    pub(super) fn stored(
        &mut self,
        batch: u64,
        result: Result<(), Refusal>,
        out: &mut Vec<Output>,
    ) {
        let Some(storing) = self.storing.take_if(|storing| storing.id == batch) else {
            return;
        };
        match result {
            Ok(()) => {
                self.seq = storing.seq;
                out.extend(storing.replies);
                for news in &storing.news {
                    self.spread(news, out);
                }
                self.rows_moved(storing.rows, out);
            }
            Err(refusal) => self.not_stored(storing.documents, &refusal, out),
        }
    }

    /// Storage took nothing of a batch.
    fn not_stored(
        &mut self,
        documents: Vec<(DocumentId, Vec<Work>)>,
        refusal: &Refusal,
        out: &mut Vec<Output>,
    ) {
        let works: usize = documents.iter().map(|(_, works)| works.len()).sum();
        let foreign = refusal.code == Code::ForeignActor;
        let text = "Storage cannot take changes now.";
        let unavailable = Refusal::new(Code::Unavailable, text);
        for (doc, works_here) in documents {
            if foreign && works > 1 {
                self.set_apart(doc, works_here);
                continue;
            }
            self.documents.remove(&doc);
            for work in &works_here {
                work.refuse(doc, if foreign { refusal } else { &unavailable }, out);
            }
        }
    }

    /// Sends a document's new changes to its followers, to nobody their own.
    fn spread(&self, news: &News, out: &mut Vec<Output>) {
        let Some(followers) = self.followers.get(&news.doc) else {
            return;
        };
        let frames_for = |session: Option<SessionId>| -> Vec<Vec<u8>> {
            let changes = news
                .changes
                .iter()
                .filter(|(origin, _)| origin.is_none() || *origin != session)
                .map(|(_, bytes)| bytes.clone());
            frames(news.doc, changes, &news.heads, news.seq)
                .iter()
                .map(ServerFrame::encode)
                .collect()
        };
        let everything = frames_for(None);
        for session in followers {
            let pushed = |(origin, _): &(Option<SessionId>, Vec<u8>)| *origin == Some(*session);
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

impl Storing {
    /// Numbers a document's commits and notes what to say about them.
    fn add(&mut self, doc: DocumentId, held: &mut Held, round: Round, entries: &mut Vec<Entry>) {
        self.replies.extend(round.replies);
        if round.commits.is_empty() {
            return;
        }
        let mut changes = Vec::with_capacity(round.commits.len());
        for commit in round.commits {
            self.seq += 1;
            let bytes = commit.change.raw_bytes().to_vec();
            held.bytes += bytes.len();
            changes.push((commit.session, bytes.clone()));
            entries.push(Entry {
                seq: self.seq,
                doc,
                hash: commit.change.hash().0,
                bytes,
                actor: commit.change.actor_id().clone(),
                member: commit.member,
                session: commit.session,
                received_at: commit.at,
            });
        }
        held.seq = self.seq;
        let heads = held.heads();
        self.rows.push(RowEntry {
            doc,
            seq: self.seq,
            heads: heads.clone(),
            row: held.document.row(),
        });
        self.news.push(News {
            doc,
            seq: self.seq,
            heads,
            changes,
        });
    }
}

/// Does one document's work in order; consecutive pushes as one batch, because
/// applying one change costs almost what applying many does.
fn round(
    doc: DocumentId,
    held: &mut Held,
    actor: &ActorId,
    ids: &mut dyn Ids,
    works: &[Work],
) -> Result<Round, Refusal> {
    let mut round = Round::default();
    let mut rest = works;
    while !rest.is_empty() {
        let pushes = rest
            .iter()
            .take_while(|work| matches!(work, Work::Push { .. }))
            .count();
        take_in(doc, held, &rest[..pushes], &mut round)?;
        rest = &rest[pushes..];
        if let [work, others @ ..] = rest {
            carry_out(doc, held, actor, ids, work, &mut round);
            rest = others;
        }
    }
    Ok(round)
}

fn take_in(
    doc: DocumentId,
    held: &mut Held,
    pushes: &[Work],
    round: &mut Round,
) -> Result<(), Refusal> {
    let mut gate = Gate::new(doc, held.document.automerge(), &held.actors);
    let mut bytes = held.bytes;
    let first = round.commits.len();
    for push in pushes {
        let Work::Push {
            session,
            member,
            changes,
            at,
        } = push
        else {
            continue;
        };
        let mut known = Vec::with_capacity(changes.len());
        for incoming in changes {
            if gate.has(incoming) {
                known.push(incoming.hash());
                continue;
            }
            let size = incoming.change().raw_bytes().len();
            let admitted = if bytes + size > limits::DOCUMENT_BYTES {
                let text = "The document has reached its largest size.";
                Err(Refusal::new(Code::DocumentTooLarge, text))
            } else {
                gate.admit(member, incoming)
            };
            match admitted {
                Ok(()) => {
                    bytes += size;
                    known.push(incoming.hash());
                    round.commits.push(Commit {
                        change: incoming.change().clone(),
                        member: member.id.clone(),
                        session: Some(*session),
                        at: *at,
                    });
                }
                Err(refusal) => {
                    nack(&mut round.replies, *session, doc, incoming.hash(), refusal);
                }
            }
        }
        ack(&mut round.replies, *session, doc, &known);
    }
    let commits = &round.commits[first..];
    if commits.is_empty() {
        return Ok(());
    }
    let changes = commits.iter().map(|commit| commit.change.clone()).collect();
    held.document.apply(changes)?;
    for commit in commits {
        held.actors.record(&commit.change, &commit.member);
    }
    Ok(())
}

fn carry_out(
    doc: DocumentId,
    held: &mut Held,
    actor: &ActorId,
    ids: &mut dyn Ids,
    work: &Work,
    round: &mut Round,
) {
    let Work::Execute {
        ticket,
        member,
        command,
        at,
    } = work
    else {
        return;
    };
    held.document
        .set_actor(actor_in(&actor_of(actor, &member.id), doc), &member.id);
    let mut ctx = Context {
        now: *at,
        member,
        ids,
    };
    let result = held.document.execute(&mut ctx, command).map(|executed| {
        if let Some(change) = executed.change {
            held.actors.record(&change, &member.id);
            round.commits.push(Commit {
                change,
                member: member.id.clone(),
                session: None,
                at: *at,
            });
        }
        executed.outcome
    });
    round.replies.push(Output::Executed {
        ticket: *ticket,
        result,
    });
}

/// The server's actor in a member's name: an actor belongs to one member.
fn actor_of(server: &ActorId, member: &MemberId) -> ActorId {
    let mut name = server.to_bytes().to_vec();
    name.extend_from_slice(member.as_str().as_bytes());
    ActorId::from(*Uuid::new_v5(&Uuid::NAMESPACE_OID, &name).as_bytes())
}

/// Changes as frames within the limit; at least one, so that `complete` is
/// always said.
fn frames(
    doc: DocumentId,
    changes: impl IntoIterator<Item = Vec<u8>>,
    heads: &[Hash],
    seq: u64,
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
                complete: index == last,
            })
        })
        .collect()
}

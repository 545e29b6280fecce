//! What sessions and the server ask for becomes work on documents.

use super::port::{Client, SessionId};
use super::work::Work;
use super::{Hub, Output, nack, send};
use crate::command::Command;
use crate::error::{Code, Refusal};
use crate::guard::{self, Naming, Rejected};
use crate::id::DocumentId;
use crate::limits;
use crate::model::Member;
use crate::sync::frame::{Open, Push, ServerFrame};
use crate::time::Timestamp;

impl Hub {
    /// A session follows a document no more.
    pub(super) fn close(&mut self, session: SessionId, doc: DocumentId, out: &mut Vec<Output>) {
        if let DocumentId::Conversation(conversation) = doc {
            self.absent(session, conversation, out);
        }
        if let Some(live) = self.live(session) {
            live.open.remove(&doc);
        }
        if let Some(followers) = self.followers.get_mut(&doc) {
            followers.remove(&session);
            if followers.is_empty() {
                self.followers.remove(&doc);
            }
        }
    }

    /// A session wants a document, and what comes for it from then on.
    pub(super) fn open(&mut self, session: SessionId, open: &Open, out: &mut Vec<Output>) {
        let Some(live) = self.live(session) else {
            return;
        };
        if live.open.len() >= limits::OPEN_DOCUMENTS && !live.open.contains(&open.doc) {
            let refusal = Refusal::new(Code::RateLimited, "Too many documents are open.")
                .on(open.doc.to_string());
            send(out, session, &ServerFrame::Error(refusal));
            return;
        }
        if !live.admits(open.doc) {
            let refusal = no_document().on(open.doc.to_string());
            send(out, session, &ServerFrame::Error(refusal));
            return;
        }
        live.open.insert(open.doc);
        let have = open.have.iter().map(|hash| hash.into_array()).collect();
        self.enqueue(open.doc, Work::Open { session, have });
    }

    /// A session brings changes: what is paid for and can be read becomes work.
    pub(super) fn push(
        &mut self,
        now: Timestamp,
        session: SessionId,
        push: &Push,
        out: &mut Vec<Output>,
    ) {
        let Some(live) = self.live(session) else {
            return;
        };
        let (member, naming) = (live.member.clone(), naming(live.client));
        let admitted = live.admits(push.doc);
        if push.changes.len() > limits::PUSH_CHANGES {
            let refusal = Refusal::new(Code::TooLong, "Too many changes in one push.");
            send(out, session, &ServerFrame::Error(refusal));
            return;
        }
        let refill = self.refill_until.is_some_and(|until| now < until);
        let mut changes = Vec::with_capacity(push.changes.len());
        // In a refill nothing is put off: what follows in the next frame builds on
        // it, and a program that hears so may take it for lost.
        let mut room = (!refill).then_some(limits::PUSH_OPS);
        for chunk in &push.changes {
            let change = guard::outline(chunk).and_then(|outline| {
                let ops = outline.ops.min(limits::CHANGE_OPS);
                // Nor does anything after it: that may build on it.
                room = room.and_then(|room| room.checked_sub(ops));
                if room.is_none() && !refill {
                    let refusal = Refusal::new(Code::RateLimited, "Too much for one push.");
                    let hash = outline.hash;
                    return Err(Rejected { hash, refusal });
                }
                self.pay_for_work(now, session, push.doc, ops);
                outline.read()
            });
            match change {
                Ok(change) if !admitted => {
                    nack(out, session, push.doc, change.hash(), no_document());
                }
                Ok(change) => changes.push(change),
                Err(rejected) => nack(out, session, push.doc, rejected.hash, rejected.refusal),
            }
        }
        if !admitted {
            return;
        }
        let work = Work::Push {
            session,
            member,
            naming,
            changes,
            at: now,
            refill,
            waited: false,
        };
        self.enqueue(push.doc, work);
    }

    /// The server's own command becomes work.
    pub(super) fn execute(
        &mut self,
        now: Timestamp,
        ticket: u64,
        member: Member,
        command: Command,
    ) {
        let doc = command.document();
        let work = Work::Execute {
            ticket,
            member,
            command: Box::new(command),
            at: now,
            waited: false,
        };
        self.enqueue(doc, work);
    }

    /// Adds a work behind what waits for its document.
    pub(super) fn enqueue(&mut self, doc: DocumentId, work: Work) {
        self.work.entry(doc).or_default().push_back(work);
    }
}

/// How a program's changes tell whose they are.
fn naming(client: Client) -> Naming {
    match client {
        Client::Native => Naming::Author,
        Client::Repo { .. } => Naming::Actor,
    }
}

fn no_document() -> Refusal {
    Refusal::new(Code::NotFound, "There is no such document.")
}

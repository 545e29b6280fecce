//! What there is to do with one document, and doing it in memory.

use std::collections::BTreeSet;

use automerge::Change;
use uuid::Uuid;

use super::documents::Held;
use super::lag::lacking;
use super::port::{Output, SessionId};
use super::{ActorId, ack, nack, send};
use crate::command::{Command, Context};
use crate::document::{Dirty, actor_in};
use crate::error::{Code, Refusal};
use crate::guard::{Gate, Incoming, Marks, Naming};
use crate::id::{DocumentId, Ids, MemberId};
use crate::limits;
use crate::model::{Member, WorkspaceView};
use crate::sync::frame::ServerFrame;
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
        naming: Naming,
        changes: Vec<Incoming>,
        at: Timestamp,
        /// Whether they may be others' changes, which storage has lost.
        refill: bool,
        /// See [`Work::has_waited`].
        waited: bool,
    },
    /// Do what the server wants.
    Execute {
        ticket: u64,
        member: Member,
        command: Box<Command>,
        at: Timestamp,
        /// See [`Work::has_waited`].
        waited: bool,
    },
}

impl Work {
    /// Whether it is a push to `doc` by one of these sessions with a change of
    /// the actor that is named beside it.
    pub(super) fn is_pushed_by(
        &self,
        doc: DocumentId,
        by: &BTreeSet<(DocumentId, SessionId, ActorId)>,
    ) -> bool {
        let Work::Push {
            session, changes, ..
        } = self
        else {
            return false;
        };
        let mut actors = changes.iter().map(|incoming| incoming.change().actor_id());
        actors.any(|actor| by.contains(&(doc, *session, actor.clone())))
    }

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

/// What one document's work came to.
#[derive(Default)]
pub(super) struct Round {
    pub(super) replies: Vec<Output>,
    pub(super) commits: Vec<Commit>,
    /// What the commits touched.
    pub(super) dirty: Dirty,
    /// Works that were not done, because what they need may only not be here
    /// yet: their places among all.
    pub(super) lacking: BTreeSet<usize>,
}

/// A change that passed.
pub(super) struct Commit {
    pub(super) change: Change,
    pub(super) member: MemberId,
    pub(super) session: Option<SessionId>,
    pub(super) at: Timestamp,
}

/// What the server itself writes with.
pub(super) struct Pen<'a> {
    pub(super) now: Timestamp,
    /// The member that stands for the server where no other is named.
    pub(super) server: &'a MemberId,
    pub(super) actor: &'a ActorId,
    pub(super) rules: &'a WorkspaceView,
    pub(super) ids: &'a mut dyn Ids,
}

/// Does one document's work in order; consecutive pushes as one batch, because
/// applying one change costs almost what applying many does.
pub(super) fn round(
    doc: DocumentId,
    held: &mut Held,
    pen: &mut Pen<'_>,
    works: &[Work],
) -> Result<Round, Refusal> {
    let mut round = Round::default();
    let mut done = 0;
    while done < works.len() {
        let pushes = works[done..]
            .iter()
            .take_while(|work| matches!(work, Work::Push { .. }))
            .count();
        let lacking = lacking(doc, &mut held.document, &works[done..done + pushes]);
        round
            .lacking
            .extend(lacking.iter().map(|place| done + place));
        let pushed = &works[done..done + pushes];
        take_in(doc, held, pen, pushed, &lacking, &mut round)?;
        done += pushes;
        if let Some(work) = works.get(done) {
            if !carry_out(doc, held, pen, work, &mut round) {
                round.lacking.insert(done);
            }
            done += 1;
        }
    }
    Ok(round)
}

/// Takes in pushes, but for those in the places of `lacking`.
fn take_in(
    doc: DocumentId,
    held: &mut Held,
    pen: &Pen<'_>,
    pushes: &[Work],
    lacking: &BTreeSet<usize>,
    round: &mut Round,
) -> Result<(), Refusal> {
    let mut applied = round.commits.len();
    let mut bytes = held.bytes;
    let mut gate = Gate::new(doc, held.document.automerge(), &held.actors);
    for (place, push) in pushes.iter().enumerate() {
        let Work::Push {
            session,
            member,
            naming,
            changes,
            at,
            refill,
            ..
        } = push
        else {
            continue;
        };
        if lacking.contains(&place) {
            continue;
        }
        let mut known = Vec::with_capacity(changes.len());
        for incoming in changes {
            if gate.is_full() {
                let marks = gate.into_marks();
                apply(held, round, applied, &marks)?;
                join_heads(doc, held, pen, round);
                applied = round.commits.len();
                gate = Gate::new(doc, held.document.automerge(), &held.actors);
            }
            if gate.has(incoming) {
                known.push(incoming.hash());
                continue;
            }
            let size = incoming.change().raw_bytes().len();
            let admitted = if bytes + size > limits::DOCUMENT_BYTES {
                let text = "The document has reached its largest size.";
                Err(Refusal::new(Code::DocumentTooLarge, text))
            } else {
                admit(&mut gate, member, *naming, incoming, *refill)
            };
            match admitted {
                Ok(author) => {
                    bytes += size;
                    known.push(incoming.hash());
                    round.commits.push(Commit {
                        change: incoming.change().clone(),
                        member: author,
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
    let marks = gate.into_marks();
    apply(held, round, applied, &marks)?;
    join_heads(doc, held, pen, round);
    Ok(())
}

/// Applies the commits of a round from one on, which passed the gate with these
/// marks.
fn apply(held: &mut Held, round: &mut Round, from: usize, marks: &Marks) -> Result<(), Refusal> {
    let commits = &round.commits[from..];
    if commits.is_empty() {
        return Ok(());
    }
    let changes = commits.iter().map(|commit| commit.change.clone()).collect();
    round.dirty.add(held.document.apply(changes)?);
    marks.check(held.document.automerge())?;
    for commit in commits {
        held.actors.record(&commit.change, &commit.member);
    }
    Ok(())
}

/// Joins the document's heads where they have become many ([`limits::HEADS`]).
fn join_heads(doc: DocumentId, held: &mut Held, pen: &Pen<'_>, round: &mut Round) {
    if held.heads().len() <= limits::HEADS {
        return;
    }
    let actor = actor_in(&actor_of(pen.actor, pen.server), doc);
    held.document.set_actor(actor, pen.server);
    let Some(change) = held.document.join_heads(pen.now) else {
        return;
    };
    held.actors.record(&change, pen.server);
    round.commits.push(Commit {
        change,
        member: pen.server.clone(),
        session: None,
        at: pen.now,
    });
}

/// Lets a change pass in the member's name; in a refill also in another's.
/// Returns whose it is.
fn admit(
    gate: &mut Gate<'_>,
    member: &Member,
    naming: Naming,
    incoming: &Incoming,
    refill: bool,
) -> Result<MemberId, Refusal> {
    if !refill {
        gate.admit(member, naming, incoming)?;
        return Ok(member.id.clone());
    }
    match gate.admit_again(member, naming, incoming) {
        Ok(()) => Ok(member.id.clone()),
        Err(refusal) => {
            let foreign = matches!(refusal.code, Code::ForeignActor | Code::ForeignAuthor);
            if foreign && member.role.writes() {
                gate.admit_as_author(incoming)
            } else {
                Err(refusal)
            }
        }
    }
}

/// Executes a command. False: it was refused, and is to be done again.
fn carry_out(
    doc: DocumentId,
    held: &mut Held,
    pen: &mut Pen<'_>,
    work: &Work,
    round: &mut Round,
) -> bool {
    let Work::Execute {
        ticket,
        member,
        command,
        at,
        ..
    } = work
    else {
        return true;
    };
    let room = check_room(held, pen, member, command, round);
    held.document
        .set_actor(actor_in(&actor_of(pen.actor, &member.id), doc), &member.id);
    let mut ctx = Context {
        now: *at,
        member,
        workspace: pen.rules,
        ids: &mut *pen.ids,
    };
    let executed = room.and_then(|()| held.document.execute(&mut ctx, command));
    let result = executed.map(|executed| {
        round.dirty.add(executed.dirty);
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
    if result.is_err() && !work.has_waited() {
        return false;
    }
    round.replies.push(Output::Executed {
        ticket: *ticket,
        result,
    });
    true
}

/// Refuses what a member asks for in a document that is full, or that nobody has
/// begun. The server's own commands bring what came from outside.
fn check_room(
    held: &Held,
    pen: &Pen<'_>,
    member: &Member,
    command: &Command,
    round: &Round,
) -> Result<(), Refusal> {
    if member.id == *pen.server {
        return Ok(());
    }
    let changes = round.commits.iter().map(|it| it.change.raw_bytes().len());
    let bytes = held.bytes + changes.sum::<usize>();
    if bytes == 0 && !command.begins() {
        return Err(Refusal::new(Code::NotFound, "There is no such document."));
    }
    if bytes + limits::CHANGE_BYTES > limits::DOCUMENT_BYTES {
        let text = "The document has reached its largest size.";
        return Err(Refusal::new(Code::DocumentTooLarge, text));
    }
    Ok(())
}

/// The server's actor in a member's name: an actor belongs to one member.
fn actor_of(server: &ActorId, member: &MemberId) -> ActorId {
    let mut name = server.to_bytes().to_vec();
    name.extend_from_slice(member.as_str().as_bytes());
    ActorId::from(*Uuid::new_v5(&Uuid::NAMESPACE_OID, &name).as_bytes())
}

//! Who may do what: tokens, the directory, revocations. This process changes
//! them at once and writes them behind; what others changed, the pulse tells.

use threadline_core::error::{Code, Refusal};
use threadline_core::model::{Member, Role};
use threadline_core::sync::hub::{Client, Grant, Input, Output, Pulse, SessionId};
use tokio::sync::oneshot;

use super::{Reply, Task};
use crate::clock;
use crate::directory::{Changed, Directory, Edit, Listed};
use crate::identity::{Claims, Revocation, Scope, bad_token};
use crate::store::{Done, unavailable};

/// What storage says of the team.
pub(in crate::workspace) struct Team {
    /// Of what moment it is, at the earliest.
    pulse: Pulse,
    /// The changes that this process had made by then, where all of them were written.
    edits: Option<u64>,
    listed: Vec<Listed>,
    revoked: Vec<Revocation>,
}

impl Task {
    /// Reads the team again where another process has changed it.
    pub(super) fn look_for_team(&mut self, pulse: Pulse) {
        if (pulse.team, pulse.revoked) == (self.pulse.team, self.pulse.revoked) {
            return;
        }
        let edits = (self.writing == 0).then_some(self.edits);
        self.read(
            move |store, id| {
                Ok(Team {
                    pulse,
                    edits,
                    listed: store.members(id)?,
                    revoked: store.revocations(id)?,
                })
            },
            // What cannot be read now is read with the next pulse.
            |team| team.map_or_else(|refusal| Reply::Pulse(Err(refusal)), Reply::Team),
        );
    }

    /// Takes in the team as storage has it, unless this process has changed it
    /// since it was read; the next pulse tells of both. What is revoked counts
    /// in any case: a member who keeps this process writing shall not stay for it.
    /// And what was revoked here stays so, even where storage could not keep it.
    pub(super) fn take_team(&mut self, team: Team) {
        let holds = team.edits == Some(self.edits);
        self.directory.send_modify(|directory| {
            let mut revoked = directory.revoked().clone();
            for revocation in &team.revoked {
                revoked.add(revocation);
            }
            if holds {
                *directory = Directory::new(team.listed, revoked);
            } else {
                *directory.revoked_mut() = revoked;
            }
        });
        self.end_revoked();
        if !holds {
            return;
        }
        self.pulse = team.pulse;
        let outputs = self.announce();
        self.carry_out(outputs);
    }

    /// Counts a change of the team that is being written; `told` hears of its end.
    fn writing(&mut self, told: impl FnOnce(Result<(), Refusal>) + Send + 'static) -> Done {
        self.edits += 1;
        self.writing += 1;
        let (replies, hint) = (self.replies.clone(), self.edited());
        Box::new(move |result: Result<(), Refusal>| {
            hint(&result);
            let kept = result.is_ok();
            told(result);
            // Nobody waits for it once the workspace has stopped.
            let _ = replies.send(Reply::Written { kept });
        })
    }

    /// What a session may do that shows a token, or that came with a ticket
    /// and shows none.
    pub(super) fn authenticate(
        &mut self,
        session: SessionId,
        token: &str,
    ) -> Result<Grant, Refusal> {
        let ticketed = token.is_empty() && self.ticketed.contains(&session);
        let admitted = self.claims.get(&session).filter(|_| ticketed);
        let free = self.app.free_documents;
        let (claims, client) = match admitted {
            Some(claims) => (claims.clone(), Client::Repo { free }),
            None => (self.app.keys.verify(token, clock::now())?, Client::Native),
        };
        let directory = self.directory.borrow();
        // A ticket may be older than the withdrawal of the key that its token was signed with.
        let withdrawn = !self.app.keys.know(&claims) || directory.revoked().covers(&claims);
        if claims.workspace != self.id || withdrawn || !claims.grants(Scope::Sync) {
            return Err(bad_token());
        }
        let grant = Grant {
            member: directory.known_as(&claims),
            expires: claims.expires(),
            client,
        };
        drop(directory);
        self.claims.insert(session, claims);
        Ok(grant)
    }

    /// Takes tokens back, and answers once storage knows, or cannot: then it is
    /// asked again until it does.
    pub(super) fn revoke(
        &mut self,
        by: &Claims,
        revocation: Revocation,
        answer: oneshot::Sender<Result<(), Refusal>>,
    ) {
        let admitted = self.directory.borrow().admit(by);
        if let Err(refusal) = admitted.and_then(|member| only_admins(&member)) {
            // The request may have been given up.
            let _ = answer.send(Err(refusal));
            return;
        }
        self.directory
            .send_modify(|directory| directory.revoked_mut().add(&revocation));
        self.end_revoked();
        self.keep(revocation, move |result| {
            // The request may have been given up; the revocation holds regardless.
            let _ = answer.send(result);
        });
    }

    /// Writes a revocation; `told` hears of its end.
    fn keep(
        &mut self,
        revocation: Revocation,
        told: impl FnOnce(Result<(), Refusal>) + Send + 'static,
    ) {
        let (replies, unkept) = (self.replies.clone(), revocation.clone());
        let done = self.writing(move |result| {
            if result.is_err() {
                // Nobody waits for it once the workspace has stopped.
                let _ = replies.send(Reply::Unkept(unkept));
            }
            told(result);
        });
        self.app.store.put_revocation(&self.id, revocation, done);
    }

    /// Writes once more what storage could not keep.
    pub(super) fn keep_again(&mut self) {
        for revocation in std::mem::take(&mut self.unkept) {
            self.keep(revocation, |_| {});
        }
    }

    /// Ends the sessions whose token counts no more: it was revoked, or the key
    /// that signed it was withdrawn.
    pub(super) fn end_revoked(&mut self) {
        let directory = self.directory.borrow();
        let over =
            |claims: &Claims| directory.revoked().covers(claims) || !self.app.keys.know(claims);
        let over: Vec<SessionId> = self
            .claims
            .iter()
            .filter(|(_, claims)| over(claims))
            .map(|(session, _)| *session)
            .collect();
        drop(directory);
        for session in over {
            self.claims.remove(&session);
            self.feed(Input::Revoked { session });
        }
    }

    /// In whose name a command is executed: the member's whom the claims name, who
    /// is on the list from then on, or the server's own.
    pub(super) fn acting(&mut self, by: Option<&Claims>) -> Result<Member, Refusal> {
        let Some(claims) = by else {
            return Ok(self.server.clone());
        };
        let member = self.directory.borrow().admit(claims)?;
        let outputs = self.enrol(&member)?;
        self.carry_out(outputs);
        Ok(member)
    }

    /// Adds the member to the directory, or brings it up to date.
    pub(super) fn enrol(&mut self, member: &Member) -> Result<Vec<Output>, Refusal> {
        let mut enrolled = Ok(None);
        self.directory.send_if_modified(|directory| {
            enrolled = directory.enrol(member);
            matches!(enrolled, Ok(Some(_)))
        });
        let Some(Changed { before, listed }) = enrolled? else {
            return Ok(Vec::new());
        };
        // Lost in a crash, it is written again with the member's next token.
        let done = self.writing(|result| {
            if result.is_err() {
                tracing::warn!("a member was not written to the directory");
            }
        });
        self.app.store.put_member(&self.id, before, listed, done);
        Ok(self.announce())
    }

    /// Changes the directory, and answers once storage has the change.
    pub(super) fn edit(
        &mut self,
        by: &Claims,
        edit: Edit,
        answer: oneshot::Sender<Result<Member, Refusal>>,
    ) {
        let mut edited = Err(unavailable());
        self.directory.send_if_modified(|directory| {
            edited = directory.edit(by, edit);
            edited.is_ok()
        });
        match edited {
            Ok(Changed { before, listed }) => {
                let member = listed.member.clone();
                let done = self.writing(move |result| {
                    // The request may have been given up; the change holds regardless.
                    let _ = answer.send(result.map(|()| member));
                });
                self.app.store.put_member(&self.id, before, listed, done);
                let outputs = self.announce();
                self.carry_out(outputs);
            }
            Err(refusal) => {
                // The request may have been given up.
                let _ = answer.send(Err(refusal));
            }
        }
    }

    /// Lets the hub know the team as it is now.
    fn announce(&mut self) -> Vec<Output> {
        let members = self.directory.borrow().members();
        self.hub.handle(clock::now(), Input::Directory { members })
    }
}

fn only_admins(member: &Member) -> Result<(), Refusal> {
    if member.role == Role::Admin {
        return Ok(());
    }
    let text = "Only an admin takes tokens back.";
    Err(Refusal::new(Code::Forbidden, text))
}

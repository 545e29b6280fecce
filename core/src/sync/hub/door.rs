//! Who may speak, when and how much: frames, tokens and the end of a session.

use super::pay::Broke;
use super::port::{Grant, Output, SessionId};
use super::session::{Live, Stage};
use super::{Hub, nack, send};
use crate::error::{Code, Refusal};
use crate::guard;
use crate::limits;
use crate::sync::frame::{Bye, ClientFrame, ServerFrame, Welcome};
use crate::time::Timestamp;

/// Milliseconds before a session that was cut for no fault of its own should
/// come back.
pub(super) const RETRY_MS: u64 = 1_000;

impl Hub {
    pub(super) fn frame(
        &mut self,
        now: Timestamp,
        session: SessionId,
        bytes: &[u8],
        out: &mut Vec<Output>,
    ) {
        if matches!(self.sessions.get(&session), None | Some(Stage::Ended)) {
            return;
        }
        let frame = match ClientFrame::decode(bytes) {
            Ok(frame) => frame,
            Err(refusal) => {
                let stranger = self.live(session).is_none();
                let hopeless = matches!(refusal.code, Code::FrameTooLarge | Code::UnknownVersion);
                if stranger || hopeless {
                    self.end(session, refusal, None, out);
                } else {
                    self.complain(now, session, refusal, out);
                }
                return;
            }
        };
        match self.sessions.get_mut(&session) {
            Some(Stage::Live(live)) => {
                if live.expires <= now {
                    self.expired(session, out);
                } else {
                    match self.pay(now, session, Some(&frame)) {
                        Ok(()) => self.live_frame(now, session, frame, bytes.len(), out),
                        Err(Broke::Session(wait)) => self.too_fast(session, wait, out),
                        Err(Broke::Shared) => busy(session, &frame, out),
                    }
                }
            }
            Some(stage) => match (stage, frame) {
                (stage @ Stage::Silent(_), ClientFrame::Hello(hello)) => {
                    let token = hello.token.clone();
                    *stage = Stage::Verifying(hello);
                    out.push(Output::Authenticate { session, token });
                }
                _ => {
                    let text = "The first frame is hello; wait for welcome after it.";
                    let refusal = Refusal::new(Code::UnexpectedFrame, text);
                    self.end(session, refusal, None, out);
                }
            },
            None => {}
        }
    }

    fn live_frame(
        &mut self,
        now: Timestamp,
        session: SessionId,
        frame: ClientFrame,
        size: usize,
        out: &mut Vec<Output>,
    ) {
        match frame {
            ClientFrame::Hello(_) => {
                let refusal = Refusal::new(Code::UnexpectedFrame, "The session has begun.");
                send(out, session, &ServerFrame::Error(refusal));
            }
            ClientFrame::Push(push) => self.push(now, session, &push, out),
            ClientFrame::Open(open) => self.open(session, &open, out),
            ClientFrame::Close(close) => self.close(session, close.doc, out),
            ClientFrame::Presence(_) if size > limits::PRESENCE_BYTES => {
                let refusal = Refusal::new(Code::TooLong, "The presence is too long.");
                send(out, session, &ServerFrame::Error(refusal));
            }
            ClientFrame::Presence(present) => self.present(session, present, out),
            ClientFrame::Token(refresh) => out.push(Output::Authenticate {
                session,
                token: refresh.token,
            }),
        }
    }

    /// Answers a frame that cannot be read. Those are paid for as well, or
    /// garbage would be the cheapest thing to send.
    fn complain(
        &mut self,
        now: Timestamp,
        session: SessionId,
        refusal: Refusal,
        out: &mut Vec<Output>,
    ) {
        match self.pay(now, session, None) {
            Err(Broke::Session(wait)) => self.too_fast(session, wait, out),
            Ok(()) | Err(Broke::Shared) => send(out, session, &ServerFrame::Error(refusal)),
        }
    }

    pub(super) fn authenticated(
        &mut self,
        now: Timestamp,
        session: SessionId,
        grant: Result<Grant, Refusal>,
        out: &mut Vec<Output>,
    ) {
        let Some(stage) = self.sessions.get_mut(&session) else {
            return;
        };
        match (&mut *stage, grant) {
            (Stage::Verifying(_) | Stage::Live(_), Ok(grant)) if !grant.member.active => {
                self.left_the_team(session, out);
            }
            (Stage::Verifying(_), Err(refusal)) => self.end(session, refusal, None, out),
            (Stage::Verifying(_), Ok(grant)) if grant.expires <= now => self.expired(session, out),
            (Stage::Verifying(hello), Ok(grant)) => {
                let hello = hello.clone();
                let welcome = ServerFrame::Welcome(Welcome {
                    session: session.0,
                    member: grant.member.clone(),
                    members: self.members.clone(),
                    epoch: self.epoch.clone(),
                    now,
                });
                *stage = Stage::Live(Box::new(Live::new(now, grant)));
                send(out, session, &welcome);
                self.begin_rows(session, &hello, out);
            }
            (Stage::Live(live), Ok(grant)) if grant.member.id == live.member.id => {
                live.member = grant.member;
                live.expires = grant.expires;
            }
            (Stage::Live(_), Ok(_)) => {
                let refusal = Refusal::new(Code::BadToken, "The token names another member.");
                self.end(session, refusal, None, out);
            }
            // The old token still stands; it ends by itself.
            (Stage::Live(_), Err(refusal)) => send(out, session, &ServerFrame::Error(refusal)),
            (Stage::Silent(_) | Stage::Ended, _) => {}
        }
    }

    pub(super) fn expired(&mut self, session: SessionId, out: &mut Vec<Output>) {
        let refusal = Refusal::new(Code::TokenExpired, "The token's time is over.");
        self.end(session, refusal, None, out);
    }

    /// Ends a session of a member who was taken off the team.
    pub(super) fn left_the_team(&mut self, session: SessionId, out: &mut Vec<Output>) {
        let refusal = Refusal::new(Code::BadToken, "The member has left the team.");
        self.end(session, refusal, None, out);
    }

    /// Ends a session whose token was taken back.
    pub(super) fn revoked(&mut self, session: SessionId, out: &mut Vec<Output>) {
        if self.live(session).is_some() {
            let refusal = Refusal::new(Code::BadToken, "The token was revoked.");
            self.end(session, refusal, None, out);
        }
    }

    fn too_fast(&mut self, session: SessionId, wait: u64, out: &mut Vec<Output>) {
        let refusal = Refusal::new(Code::RateLimited, "Too much in too little time.");
        self.end(session, refusal, Some(wait.max(RETRY_MS)), out);
    }

    /// The process is about to end: sends everybody away, each with a time to
    /// come back of their own.
    pub(super) fn going_away(&mut self, out: &mut Vec<Output>) {
        let here = |(session, stage): (&SessionId, &Stage)| {
            (!matches!(stage, Stage::Ended)).then_some(*session)
        };
        let sessions: Vec<SessionId> = self.sessions.iter().filter_map(here).collect();
        let spread = sessions.len() as u64 * limits::RETURN_MS;
        for session in sessions {
            let text = "The server is going away; come back soon.";
            let refusal = Refusal::new(Code::GoingAway, text);
            let after = RETRY_MS + self.chance(spread);
            self.end(session, refusal, Some(after), out);
        }
    }

    /// A number below `end` by chance; 0 where there is none.
    fn chance(&mut self, end: u64) -> u64 {
        // The low bits of an id are random in every version of UUID in use here.
        let bits = self.ids.next_id().as_u128() as u64;
        bits.checked_rem(end).unwrap_or_default()
    }

    /// Says `bye` and closes.
    pub(super) fn end(
        &mut self,
        session: SessionId,
        refusal: Refusal,
        retry_after: Option<u64>,
        out: &mut Vec<Output>,
    ) {
        self.leave(session, out);
        self.sessions.insert(session, Stage::Ended);
        let bye = Bye {
            refusal,
            retry_after,
        };
        send(out, session, &ServerFrame::Bye(bye));
        out.push(Output::Close { session });
    }
}

/// Puts off a frame because all sessions together asked for too much: whoever
/// comes next is not to blame, and asks again after a while.
fn busy(session: SessionId, frame: &ClientFrame, out: &mut Vec<Output>) {
    let refusal = Refusal::new(Code::RateLimited, "Too much is asked for at the same time.");
    match frame {
        ClientFrame::Push(push) => {
            for chunk in &push.changes {
                nack(out, session, push.doc, guard::hash(chunk), refusal.clone());
            }
        }
        ClientFrame::Open(open) => {
            let refusal = refusal.on(open.doc.to_string());
            send(out, session, &ServerFrame::Error(refusal));
        }
        // Presence is told again soon by itself; others are never put off.
        _ => {}
    }
}

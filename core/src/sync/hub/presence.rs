//! Who is where: told to those who have the conversation open, on this server
//! and on the others, and kept nowhere.

use std::collections::BTreeMap;

use bytes::Bytes;

use super::port::{Output, SessionId};
use super::session::Stage;
use super::{Hub, send};
use crate::error::{Code, Refusal};
use crate::id::{ConversationId, DocumentId};
use crate::limits;
use crate::sync::frame::{Presence, Present, ServerFrame, Whereabouts};
use crate::time::Timestamp;

/// Who is where on other servers. Nobody tells when a server is gone, so each
/// repeats what it has, and what is not repeated is forgotten.
#[derive(Default)]
pub(super) struct Elsewhere {
    present: BTreeMap<(u64, ConversationId), (Presence, Timestamp)>,
    /// Which share of those who are here was told again last.
    share: u64,
}

impl Hub {
    /// A member moved.
    pub(super) fn present(&mut self, session: SessionId, present: Present, out: &mut Vec<Output>) {
        let Present { conversation, here } = present;
        let Some(live) = self.live(session) else {
            return;
        };
        if !live.open.contains(&conversation.into()) {
            let refusal = Refusal::new(
                Code::NotLoaded,
                "Open the conversation before you are present in it.",
            );
            send(out, session, &ServerFrame::Error(refusal));
            return;
        }
        match &here {
            Some(here) => live.here.insert(conversation, here.clone()),
            None => live.here.remove(&conversation),
        };
        self.tell(session, conversation, here, out);
    }

    /// A member left a conversation.
    pub(super) fn absent(
        &mut self,
        session: SessionId,
        conversation: ConversationId,
        out: &mut Vec<Output>,
    ) {
        let was_here = self
            .live(session)
            .is_some_and(|live| live.here.remove(&conversation).is_some());
        if was_here {
            self.tell(session, conversation, None, out);
        }
    }

    /// Tells a session that just opened a conversation who is there.
    pub(super) fn introduce(
        &self,
        session: SessionId,
        conversation: ConversationId,
        out: &mut Vec<Output>,
    ) {
        for presence in self.all_here() {
            if presence.conversation == conversation && presence.session != session.0 {
                send(out, session, &ServerFrame::Presence(presence));
            }
        }
        for (presence, _) in self.elsewhere.present.values() {
            if presence.conversation == conversation {
                send(out, session, &ServerFrame::Presence(presence.clone()));
            }
        }
    }

    /// A member moved who is on another server.
    pub(super) fn present_elsewhere(
        &mut self,
        now: Timestamp,
        presence: Presence,
        out: &mut Vec<Output>,
    ) {
        self.pass_on(&presence, out);
        let place = (presence.session, presence.conversation);
        let present = &mut self.elsewhere.present;
        if presence.here.is_none() {
            present.remove(&place);
        } else if present.len() < limits::PRESENT_ELSEWHERE || present.contains_key(&place) {
            present.insert(place, (presence, now));
        }
    }

    /// Tells the other servers again who is here, a share with each tick, because
    /// what comes all at once is lost; and forgets those of whom they have not told
    /// for long.
    pub(super) fn keep_present(&mut self, now: Timestamp, out: &mut Vec<Output>) {
        let gone = self.elsewhere.present.extract_if(.., |_, (_, heard)| {
            heard.plus_millis(limits::PRESENT_MS) <= now
        });
        for (_, (mut presence, _)) in gone.collect::<Vec<_>>() {
            presence.here = None;
            self.pass_on(&presence, out);
        }
        let share = (self.elsewhere.share + 1) % limits::PRESENT_SHARES;
        self.elsewhere.share = share;
        let in_turn = |it: &Presence| it.session % limits::PRESENT_SHARES == share;
        out.extend(self.all_here().filter(in_turn).map(Output::Present));
    }

    /// Where the members are whose sessions are here.
    fn all_here(&self) -> impl Iterator<Item = Presence> {
        let live = self
            .sessions
            .iter()
            .filter_map(|(session, stage)| match stage {
                Stage::Live(live) => Some((session, live)),
                _ => None,
            });
        live.flat_map(|(session, live)| {
            live.here.iter().map(|(conversation, here)| Presence {
                session: session.0,
                member: live.member.id.clone(),
                conversation: *conversation,
                here: Some(here.clone()),
            })
        })
    }

    fn tell(
        &mut self,
        from: SessionId,
        conversation: ConversationId,
        here: Option<Whereabouts>,
        out: &mut Vec<Output>,
    ) {
        let Some(live) = self.live(from) else { return };
        let presence = Presence {
            session: from.0,
            member: live.member.id.clone(),
            conversation,
            here,
        };
        self.pass_on(&presence, out);
        out.push(Output::Present(presence));
    }

    /// Tells those who have the conversation open here.
    fn pass_on(&self, presence: &Presence, out: &mut Vec<Output>) {
        let doc = DocumentId::from(presence.conversation);
        let Some(followers) = self.followers.get(&doc) else {
            return;
        };
        let frame = Bytes::from(ServerFrame::Presence(presence.clone()).encode());
        for session in followers.iter().filter(|it| it.0 != presence.session) {
            out.push(Output::Send {
                session: *session,
                frame: frame.clone(),
            });
        }
    }
}

//! Who is where: told to those who have the conversation open, kept nowhere.

use super::port::{Output, SessionId};
use super::session::Stage;
use super::{Hub, send};
use crate::error::{Code, Refusal};
use crate::id::{ConversationId, DocumentId};
use crate::sync::frame::{Presence, Present, ServerFrame, Whereabouts};

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
        for (other, stage) in &self.sessions {
            let Stage::Live(live) = stage else { continue };
            let Some(here) = live.here.get(&conversation) else {
                continue;
            };
            if *other != session {
                let presence = Presence {
                    session: other.0,
                    member: live.member.id.clone(),
                    conversation,
                    here: Some(here.clone()),
                };
                send(out, session, &ServerFrame::Presence(presence));
            }
        }
    }

    fn tell(
        &mut self,
        from: SessionId,
        conversation: ConversationId,
        here: Option<Whereabouts>,
        out: &mut Vec<Output>,
    ) {
        let Some(live) = self.live(from) else { return };
        let presence = ServerFrame::Presence(Presence {
            session: from.0,
            member: live.member.id.clone(),
            conversation,
            here,
        });
        let frame = presence.encode();
        let doc = DocumentId::from(conversation);
        for (other, stage) in &self.sessions {
            let Stage::Live(live) = stage else { continue };
            if *other != from && live.open.contains(&doc) {
                out.push(Output::Send {
                    session: *other,
                    frame: frame.clone(),
                });
            }
        }
    }
}

//! Who else is where. Never in a document; forgotten when the link breaks.

use std::collections::BTreeMap;

use super::Replica;
use super::effect::{Effect, Person};
use crate::id::ConversationId;
use crate::sync::frame::{ClientFrame, Presence, Present, Whereabouts};

/// Teammates by conversation and session, and where we are ourselves.
#[derive(Debug, Default)]
pub(super) struct PresenceBoard {
    people: BTreeMap<ConversationId, BTreeMap<u64, Person>>,
    own: BTreeMap<ConversationId, Whereabouts>,
}

impl Replica {
    /// Tells teammates where we are; `None` when we leave.
    pub fn set_presence(&mut self, conversation: ConversationId, here: Option<Whereabouts>) {
        let before = match &here {
            Some(here) => self.presence.own.insert(conversation, here.clone()),
            None => self.presence.own.remove(&conversation),
        };
        if before != here {
            self.send_if_up(&ClientFrame::Presence(Present { conversation, here }));
        }
    }

    /// Teammates in a conversation.
    pub fn presence(&self, conversation: ConversationId) -> Vec<&Person> {
        self.presence
            .people
            .get(&conversation)
            .map(|people| people.values().collect())
            .unwrap_or_default()
    }

    /// Tells where we are again, after the link came back.
    pub(super) fn repeat_presence(&mut self) {
        let own: Vec<_> = self
            .presence
            .own
            .iter()
            .map(|(id, here)| (*id, here.clone()))
            .collect();
        for (conversation, here) in own {
            let here = Some(here);
            self.send_if_up(&ClientFrame::Presence(Present { conversation, here }));
        }
    }

    pub(super) fn on_presence(&mut self, presence: Presence) {
        let conversation = presence.conversation;
        let people = self.presence.people.entry(conversation).or_default();
        match presence.here {
            Some(here) => {
                let person = Person {
                    session: presence.session,
                    member: presence.member,
                    here,
                };
                people.insert(presence.session, person);
            }
            None => {
                people.remove(&presence.session);
            }
        }
        self.effects.push(Effect::Presence { conversation });
    }

    /// Everybody else is out of sight.
    pub(super) fn forget_presence(&mut self) {
        for conversation in std::mem::take(&mut self.presence.people).into_keys() {
            self.effects.push(Effect::Presence { conversation });
        }
    }
}

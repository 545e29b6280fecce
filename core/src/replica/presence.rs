//! Who else is where. Never in a document; forgotten when the link breaks.

use super::Replica;
use super::effect::{Effect, Person};
use crate::id::ConversationId;
use crate::sync::frame::{ClientFrame, Presence, Present, Whereabouts};

/// Teammates and where they are, in the order they came, and where we are
/// ourselves. Lists, because they are short.
#[derive(Debug, Default)]
pub(super) struct PresenceBoard {
    people: Vec<(ConversationId, Person)>,
    own: Vec<(ConversationId, Whereabouts)>,
}

impl Replica {
    /// Tells teammates where we are; `None` when we leave.
    pub fn set_presence(&mut self, conversation: ConversationId, here: Option<Whereabouts>) {
        let own = &mut self.presence.own;
        let place = own.iter().position(|(id, _)| *id == conversation);
        let before = place.map(|place| own.swap_remove(place).1);
        own.extend(here.clone().map(|here| (conversation, here)));
        if before != here {
            self.send_if_up(&ClientFrame::Presence(Present { conversation, here }));
        }
    }

    /// Teammates in a conversation.
    pub fn presence(&self, conversation: ConversationId) -> Vec<&Person> {
        self.presence
            .people
            .iter()
            .filter(|(id, _)| *id == conversation)
            .map(|(_, person)| person)
            .collect()
    }

    /// Tells where we are again, after the link came back.
    pub(super) fn repeat_presence(&mut self) {
        for (conversation, here) in self.presence.own.clone() {
            let here = Some(here);
            self.send_if_up(&ClientFrame::Presence(Present { conversation, here }));
        }
    }

    pub(super) fn on_presence(&mut self, presence: Presence) {
        let conversation = presence.conversation;
        let people = &mut self.presence.people;
        let place = people
            .iter()
            .position(|(id, person)| *id == conversation && person.session == presence.session);
        let person = presence.here.map(|here| Person {
            session: presence.session,
            member: presence.member,
            here,
        });
        match (place, person) {
            (Some(place), Some(person)) => people[place].1 = person,
            (Some(place), None) => drop(people.remove(place)),
            (None, person) => people.extend(person.map(|person| (conversation, person))),
        }
        self.effects.push(Effect::Presence { conversation });
    }

    /// Everybody else is out of sight.
    pub(super) fn forget_presence(&mut self) {
        let people = std::mem::take(&mut self.presence.people);
        let mut left: Vec<_> = people.into_iter().map(|(id, _)| id).collect();
        left.sort_unstable();
        left.dedup();
        for conversation in left {
            self.effects.push(Effect::Presence { conversation });
        }
    }
}

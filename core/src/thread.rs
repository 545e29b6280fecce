//! Threading: where a new interaction goes (spec §3, F3.1, F3.3). The browser
//! asks before it writes, the server's channels before they take something in;
//! both get the same answer from the same facts.

use serde::{Deserialize, Serialize};

use crate::id::{ContactId, ConversationId};
use crate::model::{ConversationStatus, Identity, Threading};
use crate::time::Timestamp;

/// A conversation that a contact or one of its aliases has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KnownThread {
    /// The conversation.
    pub conversation: ConversationId,
    /// Which of the contact's own conversations it is; `None` for an alias's and for one
    /// that began without a contact and was linked.
    pub ordinal: Option<u32>,
    /// Open or closed.
    pub status: ConversationStatus,
    /// When it last moved.
    pub at: Timestamp,
}

/// Who a new interaction is with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Party {
    /// The contact, after aliases were resolved; for an unknown address the one
    /// that the address derives ([`ContactId::of_identity`]).
    pub contact: ContactId,
    /// Whether a member saved it.
    pub saved: bool,
}

/// Where a new interaction goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// Into a conversation that has begun; it reopens where it is closed.
    Existing(ConversationId),
    /// Into the contact's conversation of this ordinal, which is to begin.
    Next(u32),
    /// Into a conversation of its own, which begins without a contact.
    Unlinked,
}

/// Decides where a new interaction with `party` goes, from the conversations
/// known of it. An open conversation comes before a closed one, and of several
/// the one that moved last.
pub fn target(policy: Threading, party: Party, known: &[KnownThread]) -> Target {
    if policy == Threading::Episodes && !party.saved {
        return Target::Unlinked;
    }
    let latest = known.iter().max_by_key(|thread| {
        let open = thread.status == ConversationStatus::Open;
        (open, thread.at, thread.conversation)
    });
    match latest {
        Some(thread)
            if policy == Threading::SingleThread || thread.status == ConversationStatus::Open =>
        {
            Target::Existing(thread.conversation)
        }
        _ => {
            let last = known.iter().filter_map(|thread| thread.ordinal).max();
            Target::Next(last.map_or(0, |ordinal| ordinal.saturating_add(1)))
        }
    }
}

/// The command that begins a conversation, but for its subject.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Start {
    /// With a contact.
    StartConversation {
        /// The contact.
        contact: ContactId,
        /// Which of its conversations, from 0.
        ordinal: u32,
    },
    /// With an address that nobody saved.
    StartUnlinked {
        /// The address.
        identity: Identity,
    },
}

/// Where a new message goes, ready to act on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", tsify(missing_as_null))]
pub struct Route {
    /// The conversation.
    pub conversation: ConversationId,
    /// How it begins; `None` where it has begun.
    pub start: Option<Start>,
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const SAVED: Party = Party {
        contact: ContactId(Uuid::from_u128(1)),
        saved: true,
    };

    fn known(ordinal: u32, open: bool, at: i64) -> KnownThread {
        KnownThread {
            conversation: ConversationId::of_contact(SAVED.contact, ordinal),
            ordinal: Some(ordinal),
            status: if open {
                ConversationStatus::Open
            } else {
                ConversationStatus::Closed
            },
            at: Timestamp::from_millis(at),
        }
    }

    #[test]
    fn a_contact_has_one_thread_or_the_next_episode() {
        use Threading::{Episodes, SingleThread};
        let first = ConversationId::of_contact(SAVED.contact, 0);
        let second = ConversationId::of_contact(SAVED.contact, 1);
        let table = [
            (SingleThread, vec![], Target::Next(0)),
            (Episodes, vec![], Target::Next(0)),
            (
                SingleThread,
                vec![known(0, true, 1)],
                Target::Existing(first),
            ),
            (Episodes, vec![known(0, true, 1)], Target::Existing(first)),
            // Closed: it reopens, or the next one begins.
            (
                SingleThread,
                vec![known(0, false, 1)],
                Target::Existing(first),
            ),
            (Episodes, vec![known(0, false, 1)], Target::Next(1)),
            // Open ones first, whatever moved later.
            (
                SingleThread,
                vec![known(0, true, 1), known(1, false, 9)],
                Target::Existing(first),
            ),
            (
                Episodes,
                vec![known(0, true, 1), known(1, false, 9)],
                Target::Existing(first),
            ),
            // Then what moved last.
            (
                SingleThread,
                vec![known(0, false, 1), known(1, false, 9)],
                Target::Existing(second),
            ),
            (
                Episodes,
                vec![known(1, false, 9), known(0, false, 1)],
                Target::Next(2),
            ),
        ];
        for (policy, known, expected) in table {
            let found = target(policy, SAVED, &known);
            assert_eq!(found, expected, "{policy:?} {known:?}");
        }
    }

    #[test]
    fn what_an_alias_began_counts_no_ordinal() {
        let alias = KnownThread {
            ordinal: None,
            ..known(4, false, 5)
        };
        assert_eq!(
            target(Threading::Episodes, SAVED, &[alias]),
            Target::Next(0)
        );
        assert_eq!(
            target(Threading::SingleThread, SAVED, &[alias]),
            Target::Existing(alias.conversation)
        );
    }

    #[test]
    fn an_unsaved_contact_gets_a_conversation_each_time_under_episodes_only() {
        let unsaved = Party {
            saved: false,
            ..SAVED
        };
        let open = known(0, true, 1);
        assert_eq!(
            target(Threading::Episodes, unsaved, &[open]),
            Target::Unlinked
        );
        assert_eq!(
            target(Threading::SingleThread, unsaved, &[open]),
            Target::Existing(open.conversation)
        );
    }
}

//! What both do to a conversation's place in the inbox.

use crate::support::commands::{identity, owner, receive, send};
use crate::support::{Peer, Peers, ana, at, ben, conversation, service};
use crate::{ana_and_ben, at_once, both, nothing, sides};
use threadline_core::command::ConversationCommand as C;
use threadline_core::id::{ContactId, InteractionId};
use threadline_core::model::MessageFlag;
use uuid::Uuid;

fn snooze(seconds: i64) -> C {
    C::SnoozeConversation { until: at(seconds) }
}

fn star(starred: bool) -> C {
    C::StarConversation { starred }
}

fn until(peer: &Peer) -> Option<i64> {
    let snoozed = peer.header().snoozed.as_ref();
    snoozed.map(|snoozed| (snoozed.until.as_millis() - at(0).as_millis()) / 1_000)
}

#[test]
fn of_two_snoozes_one_counts_and_both_are_in_the_history() {
    ana_and_ben(
        nothing,
        |ana, ()| {
            ana.ok(snooze(500));
        },
        |ben, ()| {
            ben.ok(snooze(900));
        },
        |all, ()| {
            let shown = until(all).unwrap();
            let by = all.header().snoozed.as_ref().unwrap().by.clone();
            let whole = [(500, ana().id), (900, ben().id)];
            assert!(whole.contains(&(shown, by)));
            all.ok(C::UnsnoozeConversation {});
            assert_eq!(until(all), None);
        },
    );
}

#[test]
fn a_message_that_the_snoozer_had_not_seen_ends_the_snooze() {
    at_once(
        conversation().into(),
        &[ana(), service()],
        |peers| {
            peers.of("service").ok(receive(1, 10, "Where is it?"));
        },
        |ana, ()| {
            ana.ok(snooze(500));
            assert_eq!(until(ana), Some(500));
        },
        |channel, ()| {
            channel.ok(receive(2, 5, "Sent earlier, arrived later."));
        },
        |all, ()| {
            assert_eq!(until(all), None);
            // Who has seen both may snooze again.
            all.ok(snooze(600));
            assert_eq!(until(all), Some(600));
        },
    );
}

#[test]
fn snoozing_wins_over_ending_the_snooze() {
    ana_and_ben(
        |peers| {
            peers.of("cleo").ok(snooze(500));
        },
        |ana, ()| {
            ana.ok(snooze(900));
        },
        |ben, ()| {
            ben.ok(C::UnsnoozeConversation {});
        },
        |all, ()| assert_eq!(until(all), Some(900)),
    );
}

#[test]
fn stars_are_everyones_own() {
    ana_and_ben(
        |peers| {
            peers.of("ben").ok(star(true));
        },
        |ana, ()| {
            ana.ok(star(true));
        },
        |ben, ()| {
            ben.ok(star(false));
        },
        |all, ()| assert_eq!(all.header().starred, [ana().id]),
    );
}

#[test]
fn of_one_members_two_read_markers_the_furthest_wins() {
    for (one, other) in [(20, 40), (40, 20)] {
        at_once(
            conversation().into(),
            // The same person on two devices.
            &[ana(), ana()],
            nothing,
            |laptop, ()| {
                laptop.ok(C::MarkRead { up_to: at(one) });
            },
            |phone, ()| {
                phone.ok(C::MarkRead { up_to: at(other) });
            },
            |all, ()| assert_eq!(all.header().read[&ana().id], at(40)),
        );
    }
}

#[test]
fn a_message_marked_and_deleted_at_once_is_both_and_comes_back_marked() {
    let id = |message: &Uuid| InteractionId(*message);
    ana_and_ben(
        |peers| peers.of("service").made(receive(1, 10, "Where is it?")),
        |ana, message| {
            ana.ok(C::SetMessageFlag {
                interaction: id(message),
                flag: MessageFlag::Important,
                on: true,
            });
        },
        |ben, message| {
            ben.ok(C::DeleteMessage {
                interaction: id(message),
            });
        },
        |all, message| {
            let shown = all.message(*message);
            assert!(shown.important);
            assert_eq!(shown.deleted.as_ref().unwrap().by, ben().id);
            assert_eq!(shown.text, "");
            all.ok(C::RestoreMessage {
                interaction: id(message),
            });
            let shown = all.message(*message);
            assert!(shown.important && shown.deleted.is_none());
            assert_eq!(shown.text, "Where is it?");
        },
    );
}

#[test]
fn a_reply_written_beside_another_is_held_for_its_author() {
    ana_and_ben(
        |peers| {
            peers.of("service").ok(receive(1, 10, "Where is it?"));
        },
        |ana, ()| {
            ana.ok(send("It left today."));
        },
        |ben, ()| {
            ben.ok(send("It leaves tomorrow."));
        },
        |all, ()| {
            let held: Vec<&str> = all.view().held().map(|it| it.text.as_str()).collect();
            assert_eq!(held.len(), 2);
            assert!(held.contains(&"It left today.") && held.contains(&"It leaves tomorrow."));
        },
    );
}

fn contact(number: u128) -> ContactId {
    ContactId(Uuid::from_u128(number))
}

fn link(number: u128) -> C {
    C::LinkConversation {
        contact: contact(number),
    }
}

fn unlinked(peers: &mut Peers) {
    peers.of("cleo").ok(C::StartUnlinked {
        identity: identity("dora@example.com"),
        subject: "An order".to_owned(),
    });
}

#[test]
fn an_unlinked_conversation_linked_to_two_contacts_is_a_conflict_that_either_settles() {
    for settled in [7, 8] {
        at_once(
            conversation().into(),
            &[ana(), ben()],
            unlinked,
            |ana, ()| {
                ana.ok(link(7));
            },
            |ben, ()| {
                ben.ok(link(8));
            },
            |all, ()| {
                let names = [contact(7), contact(8)].map(|id| id.to_string());
                let expected = both((&names[0], "ana"), (&names[1], "ben"));
                assert_eq!(sides(&all.header().conflicts, "link"), expected);
                all.ok(link(settled));
                assert_eq!(all.header().conflicts, []);
                assert_eq!(all.header().contact, Some(contact(settled)));
            },
        );
    }
}

#[test]
fn a_conversation_unlinked_and_handed_over_at_once_is_both() {
    at_once(
        conversation().into(),
        &[ana(), ben()],
        |peers| {
            unlinked(peers);
            peers.of("cleo").ok(link(7));
        },
        |ana, ()| {
            ana.ok(C::UnlinkConversation {});
        },
        |ben, ()| {
            ben.ok(owner("ben"));
        },
        |all, ()| {
            assert_eq!(all.header().contact, None);
            let address = all.header().identity.as_ref().unwrap().address.as_str();
            assert_eq!(address, "dora@example.com");
            assert_eq!(all.header().owner, Some(ben().id));
        },
    );
}

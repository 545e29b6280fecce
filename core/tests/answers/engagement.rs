//! How a contact and the team are in touch.

use threadline_core::model::{Call, CallOutcome, Direction};
use threadline_core::replica::{Engagement, EngagementLevel};
use threadline_core::time::Timestamp;

use super::support::commands::{receive, send};
use super::*;

const DAY: i64 = 86_400;

/// Messages of a conversation: when, and whether they came in.
fn talk(id: ConversationId, contact: ContactId, messages: &[(i64, bool)]) -> Peer {
    let mut peer = thread(id, service());
    say(&mut peer, start(contact, 0));
    for (number, (seconds, inbound)) in (1..).zip(messages) {
        // The command's own tick is what a message out is stamped with.
        peer.clock = seconds - 1;
        peer.member = if *inbound { service() } else { ben() };
        let command = if *inbound {
            receive(number, *seconds, "Hello")
        } else {
            send("Hello")
        };
        say(&mut peer, command);
    }
    peer
}

fn engagement(messages: &[(i64, bool)], now: Timestamp) -> Engagement {
    let mut person = contact_of(contact(), dora());
    let mut first = talk(conversation(), contact(), messages);
    let mut replica = replica(&mut [&mut person, &mut first]);
    load(&mut replica, &mut first);
    replica.engagement(contact(), now)
}

#[test]
fn the_level_follows_how_lately_and_how_often_the_contact_wrote() {
    let now = 100 * DAY;
    let table = [
        (vec![], EngagementLevel::None),
        // What the team writes does not count.
        (vec![(99 * DAY, false)], EngagementLevel::None),
        (vec![(60 * DAY, true)], EngagementLevel::Low),
        (vec![(80 * DAY, true)], EngagementLevel::Medium),
        (
            vec![(98 * DAY, true), (99 * DAY, true)],
            EngagementLevel::Medium,
        ),
        (
            vec![(75 * DAY, true), (80 * DAY, true), (90 * DAY, true)],
            EngagementLevel::Medium,
        ),
        (
            vec![(75 * DAY, true), (80 * DAY, true), (94 * DAY, true)],
            EngagementLevel::High,
        ),
    ];
    for (messages, level) in table {
        assert_eq!(engagement(&messages, at(now)).level, level, "{messages:?}");
    }
}

#[test]
fn the_first_answer_is_what_the_contact_waited_for() {
    let answered = |messages: &[(i64, bool)]| engagement(messages, at(DAY)).first_response;
    assert_eq!(answered(&[]), None);
    assert_eq!(answered(&[(100, true)]), None);
    assert_eq!(answered(&[(100, false), (200, true)]), None);
    // From the first of two messages to the first of two answers.
    let twice = [(100, true), (110, true), (160, false), (200, false)];
    assert_eq!(answered(&twice), Some(60_000));
    // Three answers of 60, 10 and 300 seconds, and one message unanswered.
    let thrice = [
        (100, true),
        (160, false),
        (200, true),
        (210, false),
        (300, true),
        (600, false),
        (700, true),
    ];
    assert_eq!(answered(&thrice), Some(60_000));
}

#[test]
fn counts_are_by_direction_and_week_and_calls_wait_for_no_answer() {
    let mut person = contact_of(contact(), dora());
    let now = at(100 * DAY);
    let mut first = talk(
        conversation(),
        contact(),
        &[
            (DAY, true),
            (86 * DAY, true),
            (93 * DAY, false),
            (94 * DAY, false),
        ],
    );
    let draft = threadline_core::command::CallDraft {
        direction: Direction::In,
        at: Some(at(99 * DAY)),
        number: String::new(),
        call: Call {
            outcome: CallOutcome::Answered,
            duration: 60,
            recording: String::new(),
        },
        text: String::new(),
    };
    first.member = ben();
    first.clock = 99 * DAY;
    say(&mut first, ConversationCommand::LogCall { draft });
    let mut replica = replica(&mut [&mut person, &mut first]);
    // Of a row only what came in is known.
    let of_row = replica.engagement(contact(), now);
    assert_eq!(
        (of_row.inbound, of_row.outbound, of_row.complete),
        (2, 0, false)
    );
    load(&mut replica, &mut first);
    let found = replica.engagement(contact(), now);
    assert_eq!((found.inbound, found.outbound, found.calls), (3, 2, 1));
    assert_eq!(found.last_at, Some(at(99 * DAY)));
    assert!(found.complete);
    assert_eq!(found.first_response, Some(92 * DAY * 1000));
    let weeks: Vec<(u32, u32)> = found
        .weeks
        .iter()
        .map(|it| (it.inbound, it.outbound))
        .collect();
    // The day of the first message is more than twelve weeks ago; the end of a
    // week belongs to it.
    let mut expected = vec![(0, 0); 12];
    expected[9] = (1, 0);
    expected[10] = (0, 1);
    expected[11] = (1, 1);
    assert_eq!(weeks, expected);
    assert_eq!(found.weeks[11].from, at(93 * DAY));
    assert_eq!(
        replica.engagement(other(), now).level,
        EngagementLevel::None
    );
}

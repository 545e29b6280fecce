//! What a document accepts, the guard accepts: a command whose change would be
//! too large is refused and changes nothing.

use crate::refusals::refuses;
use crate::support::commands::{address, send, start, task_draft, words};
use crate::support::{Peer, ana, conversation, to_conversation};
use threadline_core::command::{ConversationCommand as C, TaskDraft};
use threadline_core::error::Code;
use threadline_core::model::{Address, Channel};
use threadline_core::{guard, limits};

fn peer() -> Peer {
    let mut peer = Peer::new(1, ana(), conversation().into());
    peer.ok(start("An order"));
    peer
}

/// The command passes, and so does its change.
fn passes(peer: &mut Peer, command: C) {
    let executed = peer.execute(&to_conversation(command)).unwrap();
    let change = executed.change.unwrap();
    guard::read(change.raw_bytes()).unwrap();
}

fn task(description: String) -> C {
    C::CreateTask {
        draft: TaskDraft {
            description,
            ..task_draft("Call")
        },
    }
}

#[test]
fn a_text_of_more_letters_than_a_change_holds_is_refused_and_leaves_nothing_behind() {
    let mut peer = peer();
    let long = task("x".repeat(limits::CHANGE_OPS));
    refuses(&mut peer, &to_conversation(long), Code::ChangeTooLarge, "");
    // At once and later: nothing of it is in the next change.
    passes(&mut peer, task("x".repeat(limits::CHANGE_OPS - 100)));
    passes(&mut peer, task("Short".to_owned()));
    assert_eq!(peer.document.view(), &peer.document.rebuilt());
}

#[test]
fn the_first_command_of_all_leaves_nothing_behind_either() {
    let mut peer = Peer::new(1, ana(), conversation().into());
    peer.ok(start("An order"));
    let mut other = Peer::new(2, ana(), conversation().into());
    other.pull(&mut peer);
    let long = C::AddNote {
        parent: None,
        spans: vec![words(&"x".repeat(limits::PROSE_UNITS))],
        message: None,
    };
    refuses(&mut other, &to_conversation(long), Code::ChangeTooLarge, "");
    passes(&mut other, send("Hello"));
}

#[test]
fn the_longest_bodies_pass_in_any_script() {
    let mut peer = peer();
    for letter in ["x", "ß", "語", "😀"] {
        let by_units = limits::BODY_UNITS / letter.encode_utf16().count();
        let most = by_units.min(limits::BODY_BYTES / letter.len());
        passes(&mut peer, send(&letter.repeat(most)));
        let more = to_conversation(send(&letter.repeat(most + 1)));
        refuses(&mut peer, &more, Code::TooLong, "text");
    }
}

#[test]
fn a_long_body_to_very_many_is_refused_at_once() {
    let mut peer = peer();
    let crowd = |length: usize| C::SendMessage {
        channel: Channel::Email,
        to: (0..limits::ADDRESSES)
            .map(|_| Address {
                name: "語".repeat(length),
                ..address("dora")
            })
            .collect(),
        subject: String::new(),
        text: "x".repeat(limits::BODY_UNITS),
        in_reply_to: None,
        attachments: Vec::new(),
    };
    passes(&mut peer, crowd(100));
    let more = to_conversation(crowd(limits::LINE_UNITS));
    refuses(&mut peer, &more, Code::ChangeTooLarge, "");
}

//! Mail that leaves: what is due, and what it goes on from.

use crate::record;
use crate::support::commands::{receive, send};
use crate::support::{Peer, Peers, ana, ben, service};
use threadline_core::command::{Command, ConversationCommand as C, DeliveryFact};
use threadline_core::id::InteractionId;
use threadline_core::model::{Attachment, Channel, MessageFlag};
use threadline_core::outgoing::{due, is_stale, may_have_left, outgoing};
use uuid::Uuid;

/// The mails that are due among what a command touches.
fn touches(peer: &mut Peer, command: C) -> Vec<Uuid> {
    let command = crate::support::to_conversation(command);
    let done = peer.execute(&command).unwrap();
    let due = due(&peer.document, &done.dirty);
    due.into_iter().map(|(_, message)| message.0).collect()
}

fn is_due(peer: &Peer, message: Uuid) -> bool {
    outgoing(peer.view(), InteractionId(message)).is_some()
}

fn of(message: Uuid) -> InteractionId {
    InteractionId(message)
}

#[test]
fn a_mail_is_due_from_its_writing_until_it_is_sent_or_taken_back() {
    let mut peers = Peers::in_conversation([ana(), service()]);
    let desk = peers.of("ana");
    assert_eq!(touches(desk, send("On its way.")).len(), 1);
    let texting = C::SendMessage {
        channel: Channel::Sms,
        to: vec![crate::support::commands::address("dora")],
        subject: String::new(),
        text: "On its way.".to_owned(),
        in_reply_to: None,
        attachments: Vec::<Attachment>::new(),
    };
    assert!(touches(desk, texting).is_empty(), "another channel");
    let note = crate::support::commands::add_note("Do not tell them");
    assert!(touches(desk, note).is_empty());

    let [sent, failed, withdrawn, deleted] = ["a", "b", "c", "d"].map(|text| desk.made(send(text)));
    for message in [sent, failed, withdrawn, deleted] {
        assert!(is_due(desk, message));
    }
    let interaction = of(withdrawn);
    assert!(touches(desk, C::WithdrawMessage { interaction }).is_empty());
    let interaction = of(deleted);
    assert!(touches(desk, C::DeleteMessage { interaction }).is_empty());
    peers.exchange();
    let server = peers.of("service");
    assert!(touches(server, record(sent, DeliveryFact::Sent)).is_empty());
    assert!(touches(server, record(failed, crate::failed())).is_empty());
    for message in [sent, failed, withdrawn, deleted] {
        assert!(!is_due(server, message));
    }
    peers.exchange();
    let desk = peers.of("ana");
    let interaction = of(deleted);
    assert_eq!(
        touches(desk, C::RestoreMessage { interaction }),
        [deleted],
        "it was not sent meanwhile"
    );
    let flag = MessageFlag::Important;
    let again = C::SetMessageFlag {
        interaction: of(sent),
        flag,
        on: true,
    };
    assert!(touches(desk, again).is_empty(), "it is sent once");
}

#[test]
fn a_mail_that_was_overtaken_is_due_when_its_author_lets_it_go() {
    let mut peers = Peers::in_conversation([ana(), ben(), service()]);
    let reply = peers.of("ana").made(send("Tomorrow."));
    peers.of("ben").ok(send("Today."));
    peers.exchange();
    assert!(!is_due(peers.of("service"), reply));
    let interaction = of(reply);
    let desk = peers.of("ana");
    assert_eq!(touches(desk, C::ConfirmMessage { interaction }), [reply]);
    peers.exchange();
    assert!(is_due(peers.of("service"), reply));
}

#[test]
fn a_mail_names_what_it_goes_on_from_the_oldest_first() {
    let mut peers = Peers::in_conversation([ana(), service()]);
    let asked = peers.of("service").made(receive(1, 10, "Where is it?"));
    peers.exchange();
    let answer = |to: Uuid, subject: &str| C::SendMessage {
        channel: Channel::Email,
        to: vec![crate::support::commands::address("dora")],
        subject: subject.to_owned(),
        text: "On its way.".to_owned(),
        in_reply_to: Some(of(to)),
        attachments: Vec::new(),
    };
    let desk = peers.of("ana");
    let first = desk.made(answer(asked, "Re: An order"));
    let second = desk.made(answer(first, ""));
    let named = desk.header().subject.clone();
    let mail = outgoing(desk.view(), of(second)).unwrap();
    assert_eq!(mail.subject, named, "the conversation's, for want of one");
    let thread: Vec<Uuid> = mail.thread.iter().map(|mail| mail.id.0).collect();
    assert_eq!(thread, [asked, first]);
    let mail = outgoing(desk.view(), of(first)).unwrap();
    assert_eq!(mail.subject, "Re: An order");
    assert_eq!(mail.thread.len(), 1);
    let other = Command::Conversation {
        conversation: crate::support::conversation(),
        command: send("By the way"),
    };
    let fresh = desk.execute(&other).unwrap().outcome.created.unwrap();
    assert!(outgoing(desk.view(), of(fresh)).unwrap().thread.is_empty());
}

#[test]
fn what_is_old_does_not_leave_by_itself() {
    let mut peers = Peers::in_conversation([ana()]);
    let desk = peers.of("ana");
    let message = desk.made(send("On its way."));
    let message = desk.message(message);
    let written = message.at;
    let week = threadline_core::limits::STALE_MAIL_MS;
    assert!(!is_stale(message, written.plus_millis(week)));
    assert!(is_stale(message, written.plus_millis(week + 1)));
    assert!(!may_have_left(message, None));
    assert!(!may_have_left(message, Some(written)));
    assert!(may_have_left(message, Some(written.plus_millis(1))));
}

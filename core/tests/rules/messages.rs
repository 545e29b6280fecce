//! Messages and calls: who may send what, what is held, marked, taken back.

use crate::refusals::refuses;
use crate::support::commands::{address, call_draft, receive, send};
use crate::support::{Peer, Peers, ana, at, ben, cleo, conversation, service, to_conversation};
use crate::{change, flag, record, scene, told};
use threadline_core::command::{CallDraft, ConversationCommand as C, DeliveryFact, PolicyField};
use threadline_core::error::Code;
use threadline_core::id::InteractionId;
use threadline_core::limits;
use threadline_core::model::{
    Attachment, Call, CallOutcome, Channel, DeliveryStatus, Direction, MessageFlag, ReadPolicy, Row,
};
use uuid::Uuid;

fn send_on(channel: Channel, attachments: Vec<Attachment>) -> C {
    C::SendMessage {
        channel,
        to: vec![address("dora")],
        subject: String::new(),
        text: "Hello".to_owned(),
        in_reply_to: None,
        attachments,
    }
}

fn file() -> Attachment {
    Attachment {
        blob: "ab".repeat(32),
        name: "photo.jpg".to_owned(),
        media_type: "image/jpeg".to_owned(),
        size: 12,
    }
}

fn confirm(message: Uuid) -> C {
    C::ConfirmMessage {
        interaction: InteractionId(message),
    }
}

fn withdraw(message: Uuid) -> C {
    C::WithdrawMessage {
        interaction: InteractionId(message),
    }
}

fn delete(message: Uuid) -> C {
    C::DeleteMessage {
        interaction: InteractionId(message),
    }
}

fn restore(message: Uuid) -> C {
    C::RestoreMessage {
        interaction: InteractionId(message),
    }
}

fn log(draft: CallDraft) -> C {
    C::LogCall { draft }
}

#[test]
fn an_interaction_begins_only_on_channels_its_member_qualifies_for() {
    let mut scene = scene();
    let ana = scene.peers.of("ana");
    ana.member.channels = Some(vec![Channel::Email]);
    for command in [
        send_on(Channel::Sms, Vec::new()),
        send_on(Channel::Whatsapp, Vec::new()),
        log(call_draft(Direction::Out)),
    ] {
        let code = Code::ChannelNotQualified;
        refuses(ana, &to_conversation(command), code, "channel");
    }
    ana.ok(send_on(Channel::Email, Vec::new()));
    ana.member.channels = Some(Vec::new());
    let email = to_conversation(send_on(Channel::Email, Vec::new()));
    refuses(ana, &email, Code::ChannelNotQualified, "channel");
}

#[test]
fn refusals_of_files_and_calls() {
    let mut scene = scene();
    let ana = scene.peers.of("ana");
    let long = "x".repeat(limits::LINE_UNITS + 1);
    let email = |files| send_on(Channel::Email, files);
    let call = |direction| CallDraft {
        ..call_draft(direction)
    };
    let lasting = |duration, recording: &str| CallDraft {
        call: Call {
            outcome: CallOutcome::Answered,
            duration,
            recording: recording.to_owned(),
        },
        ..call(Direction::In)
    };
    for (command, code, field) in [
        (send_on(Channel::Call, Vec::new()), Code::Invalid, "channel"),
        (
            email(vec![file(); limits::ATTACHMENTS + 1]),
            Code::TooLong,
            "attachments",
        ),
        (
            email(vec![Attachment {
                blob: "../etc/passwd".to_owned(),
                ..file()
            }]),
            Code::Invalid,
            "attachments",
        ),
        (
            email(vec![Attachment {
                name: String::new(),
                ..file()
            }]),
            Code::Invalid,
            "attachments",
        ),
        (
            email(vec![Attachment {
                size: limits::BLOB_BYTES + 1,
                ..file()
            }]),
            Code::TooLong,
            "attachments",
        ),
        (
            log(lasting(limits::CALL_SECONDS + 1, "")),
            Code::Invalid,
            "duration",
        ),
        (
            log(lasting(1, "javascript:alert(1)")),
            Code::Invalid,
            "recording",
        ),
        (
            log(lasting(1, "https://a b.example")),
            Code::Invalid,
            "recording",
        ),
        (
            log(CallDraft {
                at: Some(at(99_999)),
                ..call(Direction::In)
            }),
            Code::Invalid,
            "at",
        ),
        (
            log(CallDraft {
                number: long,
                ..call(Direction::In)
            }),
            Code::TooLong,
            "number",
        ),
        (
            log(CallDraft {
                text: "x".repeat(limits::BODY_UNITS + 1),
                ..call(Direction::In)
            }),
            Code::TooLong,
            "text",
        ),
    ] {
        refuses(ana, &to_conversation(command), code, field);
    }
}

#[test]
fn refusals_of_marks_deletions_and_held_messages() {
    let mut scene = scene();
    let (coming, out, note) = (scene.message_in, scene.message_out, scene.note);
    scene.peers.of("cleo").ok(delete(coming));
    scene.peers.exchange();
    for (who, command, code) in [
        ("ana", flag(note, MessageFlag::Spam, true), Code::NotFound),
        ("ana", flag(out, MessageFlag::Spam, true), Code::WrongState),
        ("ana", delete(note), Code::NotFound),
        ("ana", delete(coming), Code::WrongState),
        ("ana", restore(note), Code::NotFound),
        ("ana", restore(out), Code::WrongState),
        ("ana", confirm(note), Code::NotFound),
        ("ana", confirm(out), Code::Forbidden),
        ("ana", withdraw(note), Code::NotFound),
        ("ana", withdraw(out), Code::Forbidden),
        ("cleo", withdraw(coming), Code::WrongState),
    ] {
        let command = to_conversation(command);
        refuses(scene.peers.of(who), &command, code, "interaction");
    }
    let cleo = scene.peers.of("cleo");
    cleo.ok(confirm(out));
    let again = to_conversation(confirm(out));
    refuses(cleo, &again, Code::WrongState, "interaction");
    cleo.ok(withdraw(out));
    let again = to_conversation(withdraw(out));
    refuses(cleo, &again, Code::WrongState, "interaction");
    let waiting = scene.waiting;
    scene.peers.exchange();
    let server = scene.peers.of("service");
    server.ok(record(waiting, DeliveryFact::Sent));
    scene.peers.exchange();
    let late = to_conversation(withdraw(waiting));
    let cleo = scene.peers.of("cleo");
    refuses(cleo, &late, Code::WrongState, "interaction");
}

#[test]
fn a_reply_is_held_when_something_came_that_its_author_had_not_seen() {
    let mut peers = Peers::in_conversation([cleo(), ana(), ben(), service()]);
    peers.of("service").ok(receive(1, 10, "Where is it?"));
    peers.exchange();
    let reply = peers.of("ana").made(send("On its way."));
    // What its author writes besides holds nothing.
    let second = peers.of("ana").made(send("By bike."));
    peers.exchange();
    let held = |peers: &mut Peers, id| peers.of("service").message(id).held;
    assert!(!held(&mut peers, reply) && !held(&mut peers, second));

    peers.of("service").ok(receive(2, 20, "I cancelled it!"));
    peers.exchange();
    assert!(held(&mut peers, reply) && held(&mut peers, second));
    let Some(Row::Conversation(row)) = peers.of("ana").document.row() else {
        panic!("a conversation's row")
    };
    assert_eq!(row.stuck, 2);

    // Confirmed by whom it belongs to, until something else comes.
    peers.of("ana").ok(confirm(reply));
    peers.of("ana").ok(withdraw(second));
    peers.exchange();
    assert!(!held(&mut peers, reply) && !held(&mut peers, second));
    assert!(peers.of("ben").message(second).withdrawn.is_some());
    peers.of("ben").ok(send("Me too."));
    peers.exchange();
    assert!(held(&mut peers, reply));
    // What was sent is not held any more.
    peers.of("service").ok(record(reply, DeliveryFact::Sent));
    peers.exchange();
    assert!(!held(&mut peers, reply));
    assert_eq!(
        peers.of("ana").message(reply).status,
        Some(DeliveryStatus::Sent)
    );
}

#[test]
fn a_deleted_message_leaves_a_tombstone_and_keeps_its_text_for_who_restores_it() {
    let mut scene = scene();
    let coming = scene.message_in;
    let ana = scene.peers.of("ana");
    ana.ok(delete(coming));
    let shown = ana.message(coming);
    assert_eq!(shown.text, "");
    assert_eq!(shown.deleted.as_ref().unwrap().by.as_str(), "ana");
    ana.ok(restore(coming));
    assert_eq!(ana.message(coming).text, "Where is it?");
    assert_eq!(ana.message(coming).deleted, None);
}

#[test]
fn marks_tell_old_and_new() {
    let mut scene = scene();
    let coming = scene.message_in;
    let ana = scene.peers.of("ana");
    let important = told(ana, flag(coming, MessageFlag::Important, true));
    assert_eq!(important, change("important", "false", "true"));
    let spam = told(ana, flag(coming, MessageFlag::Spam, true));
    assert_eq!(spam, change("spam", "false", "true"));
    let wanted = told(ana, flag(coming, MessageFlag::Spam, false));
    assert_eq!(wanted, change("spam", "true", "false"));
    assert!(ana.message(coming).important && !ana.message(coming).spam);
}

#[test]
fn a_call_says_who_called_and_is_no_news_to_the_team() {
    let mut scene = scene();
    let ana = scene.peers.of("ana");
    let inbound = ana.view().inbound_count();
    let draft = CallDraft {
        at: Some(at(1)),
        ..call_draft(Direction::In)
    };
    let id = ana.made(log(draft));
    let call = ana.message(id);
    assert_eq!(
        (call.channel, call.direction),
        (Channel::Call, Direction::In)
    );
    assert_eq!((call.at, call.status), (at(1), None));
    assert_eq!(call.call.as_ref().unwrap().outcome, CallOutcome::Answered);
    assert_eq!(ana.view().inbound_count(), inbound);
}

fn read_by(peer: &Peer) -> Option<i64> {
    let read = peer.header().read.get(&peer.member.id);
    read.map(|read| (read.as_millis() - at(0).as_millis()) / 1_000)
}

#[test]
fn the_read_policy_says_when_a_conversation_is_read() {
    for policy in [ReadPolicy::OnOpen, ReadPolicy::OnReply] {
        let mut scene = scene();
        let mut admin = Peer::new(9, cleo(), threadline_core::id::DocumentId::Workspace);
        if policy == ReadPolicy::OnReply {
            let set = PolicyField::ReadPolicy(policy);
            admin.ok(crate::support::commands::policy(set));
        }
        let ana = scene.peers.of("ana");
        ana.rules = admin.settings().clone();
        let opened = to_conversation(C::OpenConversation {});
        let wrote = ana.execute(&opened).unwrap().change.is_some();
        assert_eq!(wrote, policy == ReadPolicy::OnOpen);
        if policy == ReadPolicy::OnOpen {
            assert_eq!(read_by(ana), Some(10));
            // Nothing new: nothing to write.
            assert!(ana.execute(&opened).unwrap().change.is_none());
        } else {
            assert_eq!(read_by(ana), None);
            ana.ok(send("On its way."));
            assert_eq!(read_by(ana), Some(10));
        }
        assert_eq!(ana.document.id(), conversation().into());
    }
}

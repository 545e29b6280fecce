//! Who may speak, when, and how much.

use super::*;
use crate::sync::frame::cbor;

#[test]
fn hello_is_answered_by_welcome_and_rows() {
    let mut rig = Rig::new();
    rig.join(ANA, "ana", Role::Agent);
    let heard = rig.heard(ANA);
    let [ServerFrame::Welcome(welcome), ServerFrame::Rows(rows)] = heard.as_slice() else {
        panic!("{heard:?}");
    };
    assert_eq!(welcome.member.id.as_str(), "ana");
    assert_eq!(welcome.members.len(), 2);
    assert_eq!(welcome.epoch, "epoch");
    assert!(rows.complete);
}

#[test]
fn whoever_speaks_before_hello_is_sent_away() {
    let mut rig = Rig::new();
    rig.input(Input::Connected { session: ANA });
    rig.frame(ANA, &open(Vec::new()));
    assert_eq!(errors(&rig.heard(ANA)), [Code::UnexpectedFrame]);
    assert_eq!(rig.closed, [ANA]);
}

#[test]
fn a_second_hello_is_an_error_and_the_session_goes_on() {
    let mut rig = Rig::with_both();
    rig.heard(ANA);
    rig.frame(ANA, &hello("ana:Agent", "", 0));
    assert_eq!(errors(&rig.heard(ANA)), [Code::UnexpectedFrame]);
    rig.frame(ANA, &open(Vec::new()));
    assert_eq!(changes(&rig.heard(ANA)).len(), 1);
}

#[test]
fn a_bad_token_reveals_nothing() {
    let mut rig = Rig::new();
    rig.input(Input::Connected { session: ANA });
    rig.frame(ANA, &hello("forged", "", 0));
    let heard = rig.heard(ANA);
    assert_eq!(heard.len(), 1);
    assert_eq!(errors(&heard), [Code::BadToken]);
    assert_eq!(rig.closed, [ANA]);
}

#[test]
fn frames_that_cannot_be_read_get_a_typed_answer() {
    let mut rig = Rig::with_both();
    let encode = |version: u8, kind: &str| cbor(&(version, kind, ()));
    let table = [
        (vec![0xff, 0x00], Code::BadFrame, false),
        (encode(1, "dance"), Code::UnknownType, false),
        (encode(1, "push"), Code::BadFrame, false),
        (encode(9, "push"), Code::UnknownVersion, true),
    ];
    for (bytes, code, closes) in table {
        rig.heard(ANA);
        rig.input(Input::Frame {
            session: ANA,
            bytes,
        });
        assert_eq!(errors(&rig.heard(ANA)), [code]);
        assert_eq!(!rig.closed.is_empty(), closes, "{code}");
    }
    let bytes = vec![0; limits::FRAME_BYTES + 1];
    rig.input(Input::Frame {
        session: BEN,
        bytes,
    });
    assert_eq!(errors(&rig.heard(BEN)), [Code::FrameTooLarge]);
    assert_eq!(rig.closed, [ANA, BEN]);
}

#[test]
fn an_expired_token_ends_the_session_and_a_refreshed_one_does_not() {
    let mut rig = Rig::with_both();
    rig.now = at(40_000);
    let token = "ana:Agent".to_owned();
    rig.frame(ANA, &ClientFrame::Token(Refresh { token }));
    rig.now = at(70_000);
    rig.input(Input::Tick);
    assert_eq!(rig.closed, [BEN]);
    assert!(errors(&rig.heard(BEN)).contains(&Code::TokenExpired));
}

#[test]
fn a_token_of_somebody_else_ends_the_session() {
    let mut rig = Rig::with_both();
    let token = "ben:Agent".to_owned();
    rig.frame(ANA, &ClientFrame::Token(Refresh { token }));
    assert!(errors(&rig.heard(ANA)).contains(&Code::BadToken));
    assert_eq!(rig.closed, [ANA]);
}

#[test]
fn a_connection_that_says_nothing_is_closed() {
    let mut rig = Rig::new();
    rig.input(Input::Connected { session: ANA });
    rig.now = rig.now.plus_millis(limits::HELLO_MS);
    rig.input(Input::Tick);
    assert_eq!(rig.closed, [ANA]);
}

#[test]
fn too_many_frames_end_in_bye_with_a_time_to_come_back() {
    let mut rig = Rig::with_both();
    for _ in 0..limits::PUSH_BURST {
        rig.frame(ANA, &open(Vec::new()));
        if !rig.closed.is_empty() {
            break;
        }
    }
    rig.frame(ANA, &open(Vec::new()));
    let heard = rig.heard(ANA);
    let Some(ServerFrame::Bye(bye)) = heard.last() else {
        panic!("no bye");
    };
    assert_eq!(bye.refusal.code, Code::RateLimited);
    assert!(bye.retry_after.is_some());
}

#[test]
fn many_clients_together_cannot_drown_a_document_nor_others_by_it() {
    let mut rig = Rig::new();
    let garbage = |doc| {
        let changes = vec![ByteBuf::from(vec![0]); limits::PUSH_CHANGES];
        ClientFrame::Push(Push { doc, changes })
    };
    let pushes = limits::DOCUMENT_BURST as usize / limits::PUSH_CHANGES;
    for push in 0..pushes {
        // Each stays well below what one session may send.
        let session = SessionId(10 + push as u64);
        rig.join(session, "ana", Role::Agent);
        rig.frame(session, &garbage(doc()));
    }
    assert_eq!(rig.closed, [], "so much is allowed");
    rig.join(ANA, "ana", Role::Agent);
    rig.join(BEN, "ben", Role::Agent);
    // Who comes next is put off, and not sent away for what others did.
    let mut desk = Desk::new("ana", 1);
    let first = desk.make(start());
    let before = vec![ByteBuf::from(vec![0]); limits::PUSH_CHANGES - 1];
    let changes = [before, vec![first.clone()]].concat();
    rig.heard(ANA);
    let doc = doc();
    rig.frame(ANA, &ClientFrame::Push(Push { doc, changes }));
    let nacked = nacked(&rig.heard(ANA));
    assert_eq!(nacked.len(), limits::PUSH_CHANGES);
    assert_eq!(nacked.last(), Some(&(hash(&first), Code::RateLimited)));
    let elsewhere = ConversationId::of_contact(ContactId(Uuid::nil()), 1);
    rig.frame(BEN, &garbage(elsewhere.into()));
    let late = |frame: &ServerFrame| matches!(frame, ServerFrame::Nack(nack) if nack.refusal.code == Code::RateLimited);
    assert!(
        !rig.heard(BEN).iter().any(late),
        "other documents are not concerned"
    );
    assert_eq!(rig.closed, []);
    rig.now = rig.now.plus_millis(1_000);
    rig.frame(ANA, &push(&[&first]));
    assert_eq!(acked(&rig.heard(ANA)), [hash(&first)]);
}

/// A change of 5,000 equal operations, which take a few bytes.
fn dense(key: &str) -> ByteBuf {
    use automerge::transaction::Transactable;
    let mut doc = automerge::AutoCommit::new();
    for _ in 0..5_000 {
        let object = automerge::ObjType::Map;
        doc.put_object(automerge::ROOT, key, object).unwrap();
    }
    doc.commit();
    let change = doc.get_last_local_change().unwrap();
    assert_eq!(change.len(), 5_000);
    ByteBuf::from(change.raw_bytes())
}

#[test]
fn operations_are_paid_for_and_not_only_changes() {
    let mut rig = Rig::with_both();
    let change = dense("a");
    // No price is paid for what is refused but the work of reading it.
    let mut frames = 0;
    while rig.closed.is_empty() {
        rig.frame(ANA, &push(&[&change]));
        frames += 1;
    }
    assert_eq!(rig.closed, [ANA]);
    assert_eq!(frames, limits::PUSH_BURST.div_ceil(101) + 1);
}

#[test]
fn what_holds_too_much_for_one_push_is_put_off_unread() {
    let mut rig = Rig::with_both();
    let all = ["a", "b", "c", "d", "e"].map(dense);
    let small = Desk::new("ana", 1).make(start());
    let [a, b, c, d, e] = &all;
    rig.frame(ANA, &push(&[a, b, c, d, e, &small]));
    let nacked = nacked(&rig.heard(ANA));
    let of = |code: Code| nacked.iter().filter(move |(_, it)| *it == code);
    let later: Vec<Hash> = of(Code::RateLimited).map(|(hash, _)| *hash).collect();
    assert_eq!(later, [hash(e), hash(&small)]);
    assert_eq!(nacked.len(), 6, "the others are refused for what they are");
    let all_that = limits::DOCUMENT_BURST - 6 - 4 * 100;
    let left = rig.hub.shared.document(rig.now, doc()).left(rig.now);
    assert_eq!(left, all_that, "whoever else writes there pays too");
    // It comes again by itself, and is read.
    rig.frame(ANA, &push(&[&small]));
    assert_eq!(acked(&rig.heard(ANA)), [hash(&small)]);
}

#[test]
fn who_is_sent_away_together_comes_back_one_by_one() {
    let mut rig = Rig::new();
    for session in 1..=1_000 {
        rig.join(SessionId(session), "ana", Role::Agent);
    }
    rig.sent.clear();
    rig.input(Input::GoingAway);
    let mut returns = Vec::new();
    for (_, frame) in &rig.sent {
        let ServerFrame::Bye(bye) = frame else {
            panic!("{frame:?}");
        };
        assert_eq!(bye.refusal.code, Code::GoingAway);
        returns.push(bye.retry_after.unwrap());
    }
    assert_eq!(rig.closed.len(), 1_000);
    assert_eq!(returns.len(), 1_000);
    // At most a few in any tenth of a second, and all within some seconds.
    returns.sort_unstable();
    assert!(returns.windows(120).all(|some| some[119] - some[0] >= 100));
    assert!(returns.last() <= Some(&3_000));
}

#[test]
fn documents_open_at_once_are_bounded() {
    let mut rig = Rig::with_both();
    for ordinal in 0..=u32::try_from(limits::OPEN_DOCUMENTS).unwrap() {
        let id = ConversationId::of_contact(ContactId(Uuid::nil()), ordinal);
        let have = Vec::new();
        rig.frame(
            ANA,
            &ClientFrame::Open(Open {
                doc: id.into(),
                have,
            }),
        );
    }
    assert_eq!(errors(&rig.heard(ANA)), [Code::RateLimited]);
    assert!(rig.closed.is_empty());
}

/// The directory with Ana's entry changed.
fn directory(change: impl FnOnce(&mut Member)) -> Input {
    let mut ana = member("ana", Role::Agent);
    change(&mut ana);
    Input::Directory {
        members: vec![ana, member("ben", Role::Agent)],
    }
}

#[test]
fn everybody_hears_once_that_the_team_changed() {
    let mut rig = Rig::with_both();
    rig.heard(ANA);
    rig.heard(BEN);
    rig.input(directory(|ana| ana.availability = Availability::Busy));
    for session in [ANA, BEN] {
        let heard = rig.heard(session);
        let [ServerFrame::Members(team)] = heard.as_slice() else {
            panic!("{heard:?}");
        };
        assert_eq!(team.members[0].availability, Availability::Busy);
    }
    rig.input(directory(|ana| ana.availability = Availability::Busy));
    assert!(rig.heard(BEN).is_empty(), "nothing changed");
}

#[test]
fn a_lowered_role_holds_for_the_next_push() {
    let mut rig = Rig::with_both();
    let mut desk = Desk::new("ana", 1);
    let first = desk.make(start());
    rig.frame(ANA, &push(&[&first]));
    rig.heard(ANA);
    rig.input(directory(|ana| ana.role = Role::Viewer));
    let second = desk.make(subject("Never"));
    rig.frame(ANA, &push(&[&second]));
    let heard = rig.heard(ANA);
    assert_eq!(nacked(&heard), [(hash(&second), Code::Forbidden)]);
}

#[test]
fn who_left_the_team_is_sent_away_and_not_let_in() {
    let mut rig = Rig::with_both();
    rig.input(directory(|ana| ana.active = false));
    assert!(errors(&rig.heard(ANA)).contains(&Code::BadToken));
    assert_eq!(rig.closed, [ANA]);
    let frames = rig.heard(BEN);
    let told = |frame: &ServerFrame| matches!(frame, ServerFrame::Members(_));
    assert!(frames.iter().any(told), "the others are told");

    let mut left = member("ana", Role::Agent);
    left.active = false;
    let expires = rig.now.plus_millis(60_000);
    let back = SessionId(3);
    let grant = Ok(Grant {
        member: left,
        expires,
        client: Client::Native,
    });
    rig.input(Input::Connected { session: back });
    rig.hub.handle(
        rig.now,
        Input::Frame {
            session: back,
            bytes: hello("ana:Agent", "", 0).encode(),
        },
    );
    rig.input(Input::Authenticated {
        session: back,
        grant,
    });
    assert_eq!(errors(&rig.heard(back)), [Code::BadToken]);
}

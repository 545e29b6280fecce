//! Who is where, on this server and on others.

use super::*;

/// A session of another server.
const ELSEWHERE: SessionId = SessionId(1 << 50);

fn typing() -> Option<Whereabouts> {
    Some(Whereabouts {
        typing: true,
        ..Whereabouts::default()
    })
}

fn present(here: Option<Whereabouts>) -> ClientFrame {
    ClientFrame::Presence(Present {
        conversation: conversation(),
        here,
    })
}

/// What another server tells of Cleo.
fn cleo(here: Option<Whereabouts>) -> Input {
    Input::Present(Presence {
        session: ELSEWHERE.0,
        member: "cleo".parse().unwrap(),
        conversation: conversation(),
        here,
    })
}

/// Whose presences a session was told, and whether they are there.
fn told(frames: &[ServerFrame]) -> Vec<(SessionId, bool)> {
    let of = |frame: &ServerFrame| match frame {
        ServerFrame::Presence(it) => Some((SessionId(it.session), it.here.is_some())),
        _ => None,
    };
    frames.iter().filter_map(of).collect()
}

#[test]
fn presence_reaches_those_who_have_the_conversation_open() {
    let mut rig = Rig::with_both();
    rig.frame(ANA, &present(typing()));
    assert_eq!(errors(&rig.heard(ANA)), [Code::NotLoaded]);

    rig.frame(ANA, &open(Vec::new()));
    rig.frame(ANA, &present(typing()));
    rig.heard(BEN);
    // Who comes later is told, and told again when the other leaves.
    rig.frame(BEN, &open(Vec::new()));
    assert_eq!(told(&rig.heard(BEN)), [(ANA, true)]);
    rig.input(Input::Disconnected { session: ANA });
    assert_eq!(told(&rig.heard(BEN)), [(ANA, false)]);
}

#[test]
fn a_presence_ends_with_the_closed_conversation() {
    let mut rig = Rig::with_both();
    rig.frame(ANA, &open(Vec::new()));
    rig.frame(BEN, &open(Vec::new()));
    rig.frame(ANA, &present(typing()));
    rig.heard(BEN);
    rig.frame(ANA, &ClientFrame::Close(Close { doc: doc() }));
    assert_eq!(told(&rig.heard(BEN)), [(ANA, false)]);
}

#[test]
fn who_is_on_another_server_is_seen_here_until_that_server_tells_no_more() {
    let mut rig = Rig::with_both();
    rig.frame(ANA, &open(Vec::new()));
    rig.heard(ANA);
    rig.input(cleo(typing()));
    assert_eq!(told(&rig.heard(ANA)), [(ELSEWHERE, true)]);
    rig.frame(BEN, &open(Vec::new()));
    assert_eq!(
        told(&rig.heard(BEN)),
        [(ELSEWHERE, true)],
        "who comes later"
    );
    rig.input(cleo(None));
    assert_eq!(told(&rig.heard(ANA)), [(ELSEWHERE, false)]);

    rig.input(cleo(typing()));
    rig.now = rig.now.plus_millis(limits::PRESENT_MS - 1);
    rig.input(cleo(typing()));
    rig.now = rig.now.plus_millis(limits::PRESENT_MS - 1);
    rig.heard(ANA);
    rig.input(Input::Tick);
    assert_eq!(told(&rig.heard(ANA)), [], "it told again");
    rig.now = rig.now.plus_millis(1);
    rig.input(Input::Tick);
    assert_eq!(told(&rig.heard(ANA)), [(ELSEWHERE, false)]);
    rig.frame(BEN, &ClientFrame::Close(Close { doc: doc() }));
    rig.heard(BEN);
    rig.frame(BEN, &open(Vec::new()));
    assert_eq!(told(&rig.heard(BEN)), []);
}

#[test]
fn the_other_servers_are_told_who_is_here_and_told_again() {
    let mut rig = Rig::with_both();
    rig.frame(ANA, &open(Vec::new()));
    rig.frame(ANA, &present(typing()));
    let here = Presence {
        session: ANA.0,
        member: "ana".parse().unwrap(),
        conversation: conversation(),
        here: typing(),
    };
    assert_eq!(rig.told, std::slice::from_ref(&here));
    rig.input(cleo(typing()));
    assert_eq!(rig.told.len(), 1, "nobody tells on what others told");
    rig.told.clear();
    for _ in 0..limits::PRESENT_SHARES {
        rig.input(Input::Tick);
    }
    assert_eq!(rig.told, [here]);
    rig.told.clear();
    rig.input(Input::Disconnected { session: ANA });
    assert!(matches!(rig.told.as_slice(), [it] if it.here.is_none()));
}

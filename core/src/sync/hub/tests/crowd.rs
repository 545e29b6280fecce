//! A workspace of many sessions: what moves is told to all of them at once, and
//! what moves right after that together.

use super::*;

/// So many that telling them takes a while.
const CROWD: u64 = 200;

/// The cursors of the rows that a session was told, with how many there were.
fn told(rig: &mut Rig, session: SessionId) -> Vec<(u64, usize)> {
    let told = rows(&rig.heard(session)).into_iter();
    told.map(|rows| (rows.cursor, rows.rows.len())).collect()
}

#[test]
fn what_moves_soon_after_a_telling_is_told_with_what_follows() {
    let mut rig = Rig::with_both();
    let crowd = (10..10 + CROWD).map(SessionId);
    for session in crowd.clone() {
        rig.join(session, "ben", Role::Agent);
    }
    rig.sent.clear();
    let mut ana = Desk::new("ana", 1);

    let first = ana.make(start());
    rig.frame(ANA, &push(&[&first]));
    for session in crowd.clone() {
        assert_eq!(told(&mut rig, session), [(1, 1)], "at once");
    }
    rig.heard(ANA);

    for name in ["Lamp", "Table"] {
        let change = ana.make(subject(name));
        rig.frame(ANA, &push(&[&change]));
        let heard = rig.heard(ANA);
        assert_eq!(acked(&heard), [hash(&change)], "an ack waits for nobody");
    }
    // Who comes now reads it from storage, and is not told again.
    let late = SessionId(3);
    rig.join(late, "ben", Role::Agent);
    assert_eq!(told(&mut rig, late), [(3, 1)]);
    for session in crowd.clone() {
        assert_eq!(told(&mut rig, session), []);
    }

    rig.now = rig.now.plus_millis(1_000);
    rig.input(Input::Tick);
    for session in crowd {
        assert_eq!(told(&mut rig, session), [(3, 1)], "the newest row alone");
    }
    assert_eq!(told(&mut rig, late), []);
}

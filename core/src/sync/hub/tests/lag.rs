//! A server that has not heard of what others stored takes nobody's work for
//! wrong because of that.

use super::*;

/// Ana began the conversation here and went on with it on another server, of
/// which this one has not heard.
fn behind() -> (Rig, Desk) {
    let mut rig = Rig::with_both();
    let mut ana = Desk::new("ana", 1);
    let first = ana.make(start());
    rig.frame(ANA, &push(&[&first]));
    rig.elsewhere(&mut ana, subject("Lamp"));
    rig.heard(ANA);
    rig.heard(BEN);
    (rig, ana)
}

/// A change that builds on another which nobody has stored.
fn orphan(mut ana: Desk) -> ByteBuf {
    ana.make(subject("Sofa"));
    ana.make(subject("Shelf"))
}

#[test]
fn a_change_that_builds_on_another_servers_is_taken() {
    let (mut rig, mut ana) = behind();
    let third = ana.make(subject("Chair"));
    rig.frame(ANA, &push(&[&third]));
    let heard = rig.heard(ANA);
    assert_eq!(
        (acked(&heard), nacked(&heard)),
        (vec![hash(&third)], vec![])
    );
    assert_eq!(rig.log.len(), 3);
}

#[test]
fn so_is_what_comes_with_it_and_what_builds_on_it() {
    let (mut rig, mut ana) = behind();
    // The same member's other window, which knows of neither.
    let other = Desk::new("ana", 3).make(start());
    let third = ana.make(subject("Chair"));
    let fourth = ana.make(subject("Sofa"));
    let bens = Desk::new("ben", 2).make(start());
    let [both, next, alone] = [
        (ANA, push(&[&other, &third])),
        (ANA, push(&[&fourth])),
        (BEN, push(&[&bens])),
    ]
    .map(|(session, frame)| {
        let bytes = frame.encode();
        Input::Frame { session, bytes }
    });
    rig.inputs(vec![both, next, alone]);
    let heard = rig.heard(ANA);
    let mine = [&other, &third, &fourth].map(hash);
    assert_eq!((acked(&heard), nacked(&heard)), (mine.to_vec(), vec![]));
    assert_eq!(acked(&rig.heard(BEN)), [hash(&bens)]);
    assert_eq!(rig.log.len(), 6, "each is stored once");
}

#[test]
fn what_waits_follows_what_is_made_anew_before_it() {
    let (mut rig, mut ana) = behind();
    let bens = Desk::new("ben", 2).make(start());
    let change = automerge::Change::from_bytes(bens.to_vec()).unwrap();
    ana.document.apply(vec![change]).unwrap();
    // It builds on both, of which one is in the batch that comes too late.
    let third = ana.make(subject("Chair"));
    let frames = [(BEN, push(&[&bens])), (ANA, push(&[&third]))];
    let inputs = frames.map(|(session, frame)| Input::Frame {
        session,
        bytes: frame.encode(),
    });
    rig.inputs(inputs.to_vec());
    assert_eq!(acked(&rig.heard(BEN)), [hash(&bens)]);
    let heard = rig.heard(ANA);
    assert_eq!(
        (acked(&heard), nacked(&heard)),
        (vec![hash(&third)], vec![])
    );
}

#[test]
fn what_a_member_stored_elsewhere_while_they_might_is_acknowledged() {
    let (mut rig, mut ana) = behind();
    rig.input(Input::Moved { seq: 2 });
    let third = rig.elsewhere(&mut ana, subject("Chair"));
    // Her role was lowered, and the answer of the other server was lost.
    let again = SessionId(3);
    rig.join(again, "ana", Role::Viewer);
    rig.heard(again);
    rig.frame(again, &push(&[&third]));
    let heard = rig.heard(again);
    assert_eq!(
        (acked(&heard), nacked(&heard)),
        (vec![hash(&third)], vec![])
    );
    let fourth = ana.make(subject("Sofa"));
    rig.frame(again, &push(&[&fourth]));
    assert_eq!(
        nacked(&rig.heard(again)),
        [(hash(&fourth), Code::Forbidden)]
    );
}

#[test]
fn what_is_nowhere_is_refused_once_the_log_was_read() {
    let (mut rig, ana) = behind();
    let orphan = orphan(ana);
    rig.log_back = Some(Vec::new());
    rig.frame(ANA, &push(&[&orphan]));
    assert!(nacked(&rig.heard(ANA)).is_empty(), "it may be in the log");
    assert_eq!(rig.hub.stats().work, 1);
    rig.release_log();
    let refused = [(hash(&orphan), Code::MissingDependency)];
    assert_eq!(nacked(&rig.heard(ANA)), refused);

    // A batch that found its place says as much as a look into the log.
    rig.log_back = Some(Vec::new());
    let good = Desk::new("ben", 2).make(start());
    let pushed = |session, change| Input::Frame {
        session,
        bytes: push(&[change]).encode(),
    };
    rig.inputs(vec![pushed(ANA, &orphan), pushed(BEN, &good)]);
    assert_eq!(acked(&rig.heard(BEN)), [hash(&good)]);
    assert_eq!(nacked(&rig.heard(ANA)), refused);
    assert_eq!(rig.log_back, Some(Vec::new()), "nothing was read");
}

#[test]
fn while_the_log_cannot_be_read_nothing_is_refused_for_it() {
    let (mut rig, mut ana) = behind();
    let third = ana.make(subject("Chair"));
    rig.log_fails = true;
    rig.frame(ANA, &push(&[&third]));
    rig.input(Input::Tick);
    assert!(rig.heard(ANA).is_empty());
    rig.log_fails = false;
    rig.input(Input::Tick);
    assert_eq!(acked(&rig.heard(ANA)), [hash(&third)]);
}

/// Whoever asks the API twice may ask two servers.
#[test]
fn a_command_is_not_refused_for_what_is_only_not_heard_of() {
    let mut rig = Rig::with_both();
    let execute = |ticket: u64, command: ConversationCommand| Input::Execute {
        ticket,
        member: member("cleo", Role::Admin),
        command: Command::Conversation {
            conversation: conversation(),
            command,
        },
    };
    // Somebody looks at the conversation before there is one.
    rig.frame(BEN, &open(Vec::new()));
    rig.elsewhere(&mut Desk::new("ana", 1), start());
    rig.input(execute(1, subject("Lamp")));
    assert!(matches!(rig.results.as_slice(), [(1, Ok(_))]));
    rig.input(execute(2, start()));
    let (_, refused) = rig.results.last().unwrap();
    assert_eq!(refused.as_ref().unwrap_err().code, Code::WrongState);
}

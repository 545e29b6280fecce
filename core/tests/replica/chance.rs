//! Random work with random refusals: every command is on the server or
//! visibly refused, and the guard takes everything that was rewritten.

use automerge::Change;
use proptest::prelude::*;
use threadline_core::error::Code;
use threadline_core::model::ItemKind;

use crate::support::draw::{Draw, draw};
use crate::support::{Peer, ben};
use crate::{Desk, at, begun, doc};

/// A step of a random story.
#[derive(Clone, Debug)]
enum Step {
    /// Ana gives a command.
    Act(Draw),
    /// Ana types in a note.
    Type { pick: usize, place: usize },
    /// Ben's change comes from the server.
    News(Draw),
    /// The server takes some of what was pushed.
    Take(usize),
    /// The server refuses one of the changes that were pushed.
    Refuse(usize),
    /// Ana's tab is closed and another one takes over.
    Restart,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        6 => draw().prop_map(Step::Act),
        4 => any::<(usize, usize)>().prop_map(|(pick, place)| Step::Type { pick, place }),
        2 => draw().prop_map(Step::News),
        1 => any::<usize>().prop_map(Step::Take),
        3 => any::<usize>().prop_map(Step::Refuse),
        1 => Just(Step::Restart),
    ];
    prop::collection::vec(step, 1..40)
}

/// Ana types a letter in one of the notes that are there.
fn type_somewhere(desk: &mut Desk, pick: usize, place: usize) {
    let view = desk.document().conversation().unwrap();
    let notes: Vec<_> = view
        .of_kind(ItemKind::Note)
        .map(|item| threadline_core::document::place(item).1)
        .collect();
    let note = notes[pick % notes.len()];
    let deleted = match view.item(ItemKind::Note, note) {
        Some(threadline_core::model::Item::Note(note)) => note.deleted.is_some(),
        _ => true,
    };
    if !deleted {
        let units = desk.text(note).encode_utf16().count();
        let place = place % (units + 1);
        desk.type_in(note, u32::try_from(place).unwrap(), "x");
    }
}

fn run(steps: Vec<Step>) {
    let (mut desk, mut server, _) = begun();
    let mut colleague = Peer::new(0xbb, ben(), doc());
    // Accepted here, and confirmed or refused since.
    let (mut given, mut settled) = (0, 0);
    for (number, step) in (2..).zip(steps) {
        let before = desk.replica.waiting().len();
        match step {
            Step::Act(draw) => {
                let command = draw.command(desk.document());
                desk.clock += 1;
                // Refused here: not given at all.
                let _ = desk.replica.apply(command, at(desk.clock));
                desk.work();
                given += desk.replica.waiting().len() - before;
            }
            Step::Type { pick, place } => {
                type_somewhere(&mut desk, pick, place);
                given += desk.replica.waiting().len() - before;
            }
            Step::News(draw) => {
                let news = server.document.changes_since(&colleague.document.heads());
                colleague.document.apply(news).unwrap();
                let command = draw.command(&colleague.document);
                if let Ok(executed) = colleague.execute(&command) {
                    if let Some(change) = executed.change {
                        server.actors.record(&change, &ben().id);
                        server.document.apply(vec![change]).unwrap();
                    }
                    server.send_news(&mut desk);
                }
            }
            Step::Take(count) if !desk.pushed.is_empty() => {
                let count = count % desk.pushed.len() + 1;
                let taken: Vec<Vec<u8>> = desk.pushed.drain(..count).collect();
                let hashes = server.take(&taken);
                settled += hashes.len();
                desk.ack(hashes);
            }
            Step::Refuse(pick) if !desk.pushed.is_empty() => {
                let bytes = desk.pushed[pick % desk.pushed.len()].clone();
                let known = desk.refused().len();
                desk.nack(Change::from_bytes(bytes).unwrap().hash(), Code::Forbidden);
                desk.forget_removed();
                settled += desk.refused().len() - known;
            }
            Step::Restart => {
                desk = Desk::new(number, desk.storage);
                let orphans = desk.storage.saved.outbox.clone();
                desk.replica.adopt(orphans);
                desk.connect();
            }
            Step::Take(_) | Step::Refuse(_) => {}
        }
        let rebuilt = desk.document().rebuilt();
        assert_eq!(desk.document().view(), &rebuilt);
        assert_eq!(given, settled + desk.replica.waiting().len());
    }
    server.settle(&mut desk);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_dropped_and_nothing_wrong_is_sent(steps in steps()) {
        run(steps);
    }
}

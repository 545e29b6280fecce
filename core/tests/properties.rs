//! Whatever members do, in whatever order and batches it arrives: the same
//! document, the same view, and a view that follows patches is the view that a
//! fresh look gives, at every moment of the past too. And the guard says the
//! same of it however it is batched, and yes to all that one member does.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod support;

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use support::draw::{CONTACT_KINDS, CONVERSATION_KINDS, Draw, WORKSPACE_KINDS, draw, field};
use support::flows::flows;
use support::{Peer, Peers, actor, admin, ana, changes, cleo, contact, conversation, service};
use threadline_core::command::{Command, WorkspaceCommand};
use threadline_core::document::{Document, View};
use threadline_core::guard::{self, Actors, Gate};
use threadline_core::id::DocumentId;

/// A step of a random history.
#[derive(Clone, Debug)]
enum Step {
    /// A peer gives a command.
    Act { peer: usize, draw: Draw },
    /// A peer gets some of the changes made so far, in this order, perhaps
    /// again, perhaps before what they depend on.
    Deliver { peer: usize, picks: Vec<usize> },
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let act = (0..4_usize, draw()).prop_map(|(peer, draw)| Step::Act { peer, draw });
    let deliver = (0..4_usize, prop::collection::vec(any::<usize>(), 1..12))
        .prop_map(|(peer, picks)| Step::Deliver { peer, picks });
    prop::collection::vec(prop_oneof![3 => act, 1 => deliver], 1..60)
}

/// Runs a history; returns the peers at its end and every change made.
fn run(id: DocumentId, steps: &[Step]) -> (Peers, Vec<Vec<u8>>) {
    // Two more admins than usual, so that settings too are made at once.
    let mut peers = Peers::new(id, [admin("ana"), admin("ben"), cleo(), service()]);
    let mut settings = Peer::new(9, cleo(), DocumentId::Workspace);
    settings.ok(WorkspaceCommand::PutField { field: field() });
    for flow in flows() {
        settings.ok(flow);
    }
    for peer in &mut peers.0 {
        peer.rules = settings.settings().clone();
    }
    let mut made: Vec<Vec<u8>> = Vec::new();
    for step in steps {
        let peer = match step {
            Step::Act { peer, draw } => {
                let peer = &mut peers.0[*peer];
                let (heads, view) = (peer.document.heads(), peer.document.view().clone());
                match peer.execute(&draw.command(&peer.document)) {
                    Ok(executed) => {
                        made.extend(executed.change.map(|mut it| it.bytes().into_owned()));
                    }
                    Err(_) => {
                        assert_eq!(peer.document.heads(), heads);
                        assert_eq!(peer.document.view(), &view);
                    }
                }
                peer
            }
            Step::Deliver { peer, picks } => {
                let peer = &mut peers.0[*peer];
                if !made.is_empty() {
                    let batch: Vec<Vec<u8>> = picks
                        .iter()
                        .map(|pick| made[pick % made.len()].clone())
                        .collect();
                    peer.document.apply(changes(&batch)).unwrap();
                }
                peer
            }
        };
        assert_eq!(peer.document.view(), &peer.document.rebuilt());
    }
    (peers, made)
}

/// The changes in the order of their hashes, which has nothing to do with the
/// order in which they were made.
fn shuffled(made: &[Vec<u8>]) -> Vec<Vec<u8>> {
    changes(made)
        .into_iter()
        .map(|change| (change.hash(), change.raw_bytes().to_vec()))
        .collect::<BTreeMap<_, _>>()
        .into_values()
        .collect()
}

fn load(id: DocumentId, chunks: &[Vec<u8>]) -> Document {
    Document::load(id, actor(9), &ana().id, chunks).unwrap()
}

/// The messages and numbers of the changes that the guard lets pass when they
/// come in batches of so many, dependencies first.
fn admitted(id: DocumentId, made: &[Vec<u8>], batch: usize) -> Vec<(usize, String)> {
    let mut document = Document::begin(id, actor(9), &ana().id).unwrap();
    let mut actors = Actors::of(document.automerge(), &BTreeMap::new());
    let mut all = Vec::new();
    let numbered: Vec<(usize, &Vec<u8>)> = made.iter().enumerate().collect();
    for some in numbered.chunks(batch) {
        let mut gate = Gate::new(id, document.automerge(), &actors);
        let mut passed = Vec::new();
        for (number, bytes) in some {
            let incoming = guard::read(bytes).unwrap();
            if let Ok(author) = gate.admit_as_author(&incoming) {
                let change = incoming.change().clone();
                let name = change.message().unwrap_or_default().to_owned();
                all.push((*number, name));
                passed.push((change, author));
            }
        }
        for (change, author) in &passed {
            actors.record(change, author);
        }
        let passed = passed.into_iter().map(|(change, _)| change);
        document.apply(passed.collect()).unwrap();
    }
    all
}

/// Whatever one member does passes, all at once and one by one.
fn check_guard(id: DocumentId, draws: Vec<Draw>) {
    let act = |draw| Step::Act { peer: 0, draw };
    let steps: Vec<Step> = draws.into_iter().map(act).collect();
    let (_, made) = run(id, &steps);
    for batch in [1, made.len().max(1)] {
        let passed = admitted(id, &made, batch);
        assert_eq!(passed.len(), made.len(), "{passed:?}");
    }
}

fn check(id: DocumentId, steps: &[Step], batch: usize) {
    let (mut peers, made) = run(id, steps);
    // What two do apart may not go together, but never because of the batch.
    assert_eq!(admitted(id, &made, batch), admitted(id, &made, 1));

    let mut all = shuffled(&made);
    for peer in &mut peers.0 {
        for some in all.chunks(batch) {
            peer.document.apply(changes(some)).unwrap();
            assert_eq!(peer.document.view(), &peer.document.rebuilt());
        }
        // The next peer gets them the other way round.
        all.reverse();
    }
    peers.assert_equal();

    let document = &mut peers.0[0].document;
    for moment in document.moments() {
        let past = document.view_at(&moment.hash).unwrap();
        assert_eq!(past, document.rebuilt_at(&moment.hash).unwrap());
    }

    let view: View = peers.0[0].document.view().clone();
    let heads = peers.0[0].document.heads();
    let saved = peers.0[0].document.save();
    let half = &all[..all.len() / 2];
    for (how, chunks) in [
        ("from a snapshot", vec![saved.clone()]),
        ("from changes in any order", all.clone()),
        (
            "from a snapshot and changes",
            [half, &[saved], &all].concat(),
        ),
    ] {
        let mut again = load(id, &chunks);
        assert_eq!(again.view(), &view, "{how}");
        assert_eq!(again.heads(), heads, "{how}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn conversations_agree_in_any_order(steps in steps(), batch in 1..9_usize) {
        check(conversation().into(), &steps, batch);
    }

    #[test]
    fn contacts_agree_in_any_order(steps in steps(), batch in 1..9_usize) {
        check(contact().into(), &steps, batch);
    }

    #[test]
    fn settings_agree_in_any_order(steps in steps(), batch in 1..9_usize) {
        check(DocumentId::Workspace, &steps, batch);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn whatever_one_member_does_passes_the_guard(draws in prop::collection::vec(draw(), 1..40)) {
        for id in [conversation().into(), contact().into(), DocumentId::Workspace] {
            check_guard(id, draws.clone());
        }
    }
}

#[test]
fn every_kind_of_command_is_drawn() {
    let peer = Peer::new(1, ana(), conversation().into());
    let draw = |kind| Draw {
        kind,
        pick: 0,
        number: 1,
        text: "a".to_owned(),
    };
    let names: BTreeSet<&str> = (0..CONVERSATION_KINDS)
        .map(|kind| support::to_conversation(draw(kind).conversation(&peer.document)).name())
        .chain((0..CONTACT_KINDS).map(|kind| {
            let command = draw(kind).contact(&peer.document);
            support::to_contact(command).name()
        }))
        .chain(
            (0..WORKSPACE_KINDS)
                .map(|kind| Command::Workspace(draw(kind).workspace(&peer.document)).name()),
        )
        .collect();
    let kinds = CONVERSATION_KINDS + CONTACT_KINDS + WORKSPACE_KINDS;
    assert_eq!(names.len(), kinds);
}

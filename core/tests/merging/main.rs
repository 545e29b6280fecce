//! What two people at once get: one test for every merge rule of the product.
//! Each is told twice, with either side's changes winning Automerge's tie, and
//! read by two readers that get the sides in different order.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

#[path = "../support/mod.rs"]
mod support;

mod appointments;
mod contacts;
mod fields;
mod inbox;
mod things;
mod workspace;

use support::commands;
use support::{Peer, Peers, ana, ben, cleo, conversation, service, vera};
use threadline_core::id::DocumentId;
use threadline_core::model::{Conflict, Member};

/// Begins with what `base` makes, lets two members do one thing each at the
/// same time, and checks what everybody gets.
fn at_once<T>(
    id: DocumentId,
    sides: &[Member; 2],
    base: impl Fn(&mut Peers) -> T,
    one: impl Fn(&mut Peer, &T),
    other: impl Fn(&mut Peer, &T),
    check: impl Fn(&mut Peer, &T),
) {
    for swap in [false, true] {
        let mut order = sides.clone();
        if swap {
            order.reverse();
        }
        let [first, second] = order;
        let mut peers = Peers::new(id, [first, second, cleo(), vera(), service()]);
        let (left, right) = if swap { (1, 0) } else { (0, 1) };
        let made = base(&mut peers);
        peers.exchange();

        one(&mut peers.0[left], &made);
        other(&mut peers.0[right], &made);
        let theirs = [0, 1].map(|side| peers.0[side].document.changes_since(&[]));
        for (reader, order) in [(2, [0, 1]), (3, [1, 0])] {
            for side in order {
                let changes = theirs[side].clone();
                peers.0[reader].document.apply(changes).unwrap();
            }
        }
        peers.exchange();
        // An admin's copy, so that the check may go on to settle things.
        check(&mut peers.0[2], &made);
    }
}

/// As [`at_once`], for Ana and Ben in a conversation.
fn ana_and_ben<T>(
    base: impl Fn(&mut Peers) -> T,
    ana_does: impl Fn(&mut Peer, &T),
    ben_does: impl Fn(&mut Peer, &T),
    check: impl Fn(&mut Peer, &T),
) {
    let begin = |peers: &mut Peers| {
        peers.of("cleo").ok(commands::start("An order"));
        peers.exchange();
        base(peers)
    };
    at_once(
        conversation().into(),
        &[ana(), ben()],
        begin,
        ana_does,
        ben_does,
        check,
    );
}

fn nothing(_: &mut Peers) {}

/// The values of a field's conflict with the people who set them, sorted.
fn sides(conflicts: &[Conflict], field: &str) -> Vec<(String, String)> {
    let mut sides: Vec<(String, String)> = conflicts
        .iter()
        .filter(|conflict| conflict.field == field)
        .flat_map(|conflict| &conflict.values)
        .map(|value| {
            let by = value.by.as_ref().map(ToString::to_string);
            (value.value.clone(), by.unwrap_or_default())
        })
        .collect();
    sides.sort();
    sides
}

fn both(one: (&str, &str), other: (&str, &str)) -> Vec<(String, String)> {
    [one, other]
        .map(|(value, by)| (value.to_owned(), by.to_owned()))
        .to_vec()
}

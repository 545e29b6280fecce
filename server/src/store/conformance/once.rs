//! Commands that are done once.

use threadline_core::command::Outcome;
use threadline_core::id::WorkspaceId;
use threadline_core::sync::hub::Batch;
use threadline_core::time::Timestamp;
use uuid::Uuid;

use super::{Database, batch, doc, entry, put, workspace};
use crate::limits;
use crate::store::{Once, Turn, wait};

/// Ana's request with a body and a ticket, at a moment.
fn once(key: &str, body: u8, ticket: u64, at: i64) -> Once {
    Once {
        member: "ana".parse().unwrap(),
        key: key.to_owned(),
        request: [body; 32],
        ticket,
        at: Timestamp::from_millis(at),
    }
}

fn made(number: u128) -> Outcome {
    Outcome {
        created: Some(Uuid::from_u128(number)),
        ..Outcome::default()
    }
}

pub(super) fn what_a_command_did_is_kept_with_its_change(database: &dyn Database) {
    let store = database.open();
    let claim = |once| store.claim(&workspace(), once).unwrap();
    let ticket = u64::MAX;
    assert_eq!(claim(once("a", 1, ticket, 0)), Turn::Yours);
    assert_eq!(claim(once("a", 1, 2, 1)), Turn::UnderWay);
    assert_eq!(claim(once("a", 9, 3, 1)), Turn::Other);

    let executed = |known, document| Batch {
        known: vec![(doc(1), known)],
        executed: vec![(ticket, made(7))],
        ..batch(vec![entry(1, document, "ana")])
    };
    put(&*store, batch(vec![entry(1, doc(1), "ben")])).unwrap();
    assert!(
        put(&*store, executed(0, doc(1))).is_err(),
        "from an old copy"
    );
    assert_eq!(claim(once("a", 1, 4, 2)), Turn::UnderWay);
    put(&*store, executed(1, doc(2))).unwrap();
    assert_eq!(claim(once("a", 1, 5, 3)), Turn::Done(made(7)));
    assert_eq!(claim(once("a", 9, 6, 3)), Turn::Other);

    // What was noted with its change stays, whatever its process says later.
    for outcome in [None, Some(made(8))] {
        wait(|done| store.settle(&workspace(), ticket, outcome, done)).unwrap();
        assert_eq!(claim(once("a", 1, 7, 4)), Turn::Done(made(7)));
    }

    // Keys are a member's own, and a workspace's.
    let bens = Once {
        member: "ben".parse().unwrap(),
        ..once("a", 1, 8, 5)
    };
    assert_eq!(claim(bens), Turn::Yours);
    let another: WorkspaceId = "another".parse().unwrap();
    let elsewhere = store.claim(&another, once("a", 1, 9, 5)).unwrap();
    assert_eq!(elsewhere, Turn::Yours);
}

pub(super) fn a_key_is_free_after_a_refusal_a_crash_and_a_day(database: &dyn Database) {
    let store = database.open();
    let claim = |once| store.claim(&workspace(), once).unwrap();
    let settle = |ticket, outcome| {
        wait(|done| store.settle(&workspace(), ticket, outcome, done)).unwrap();
    };
    // Refused: it did nothing.
    assert_eq!(claim(once("a", 1, 1, 0)), Turn::Yours);
    settle(1, None);
    assert_eq!(claim(once("a", 2, 2, 1)), Turn::Yours);
    // It wrote nothing, and did what was asked all the same.
    settle(2, Some(made(1)));
    assert_eq!(claim(once("a", 2, 3, 2)), Turn::Done(made(1)));

    // A crash: whoever had it notes nothing any more.
    assert_eq!(claim(once("b", 1, 4, 0)), Turn::Yours);
    assert_eq!(
        claim(once("b", 1, 5, limits::UNDER_WAY_MS - 1)),
        Turn::UnderWay
    );
    assert_eq!(claim(once("b", 1, 6, limits::UNDER_WAY_MS)), Turn::Yours);
    settle(4, Some(made(2)));
    assert_eq!(claim(once("b", 1, 7, limits::UNDER_WAY_MS)), Turn::UnderWay);

    let next_day = 1 + limits::IDEMPOTENCY_MS;
    assert_eq!(claim(once("a", 3, 8, next_day)), Turn::Yours);
}

//! Mails that wait to be sent.

use threadline_core::command::DeliveryFact;
use threadline_core::id::{ConversationId, InteractionId, WorkspaceId};
use threadline_core::limits::TAKE_BACK_MS;
use threadline_core::sync::hub::{AppendError, Batch, Entry};
use threadline_core::time::Timestamp;
use uuid::Uuid;

use super::{Database, batch, entry, put, put_into, workspace};
use crate::store::{Claim, Erasure, Mark, Stage, Store};

const CONVERSATION: ConversationId = ConversationId(Uuid::from_u128(1));
/// When [`entry`] is received, in milliseconds.
const CAME: i64 = 1_000;
/// When such a mail may leave.
const DUE: i64 = CAME + TAKE_BACK_MS;

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis)
}

/// The change `seq` of the log, which touches these mails.
fn touching(seq: u64, mails: &[u128]) -> Batch {
    let mails = mails
        .iter()
        .map(|mail| InteractionId(Uuid::from_u128(*mail)));
    let change = Entry {
        seq: 1,
        ..entry(seq, CONVERSATION.into(), "ana")
    };
    Batch {
        entries: vec![change],
        outgoing: mails.map(|mail| (CONVERSATION, mail)).collect(),
        ..Batch::default()
    }
}

/// Claims up to ten mails at a moment, for a second.
fn claim(store: &dyn Store, now: i64) -> Vec<Claim> {
    let claims = store.claim_mail(&workspace(), at(now), at(now + 1_000), 10);
    let mut claims = claims.unwrap();
    claims.sort_by_key(|claim| claim.interaction);
    claims
}

fn numbers(claims: &[Claim]) -> Vec<u128> {
    claims
        .iter()
        .map(|claim| claim.interaction.0.as_u128())
        .collect()
}

pub(super) fn a_mail_waits_from_the_change_that_brought_it(database: &dyn Database) {
    let store = database.open();
    put(&*store, touching(1, &[7, 8, 7])).unwrap();
    let store = {
        drop(store);
        database.open()
    };
    let due = |now| store.mail_due(at(now)).unwrap();
    assert_eq!(due(DUE - 1), [], "its author may take it back");
    assert_eq!(due(DUE), [workspace()]);
    assert_eq!(claim(&*store, DUE - 1), []);
    let claims = claim(&*store, DUE);
    assert_eq!(numbers(&claims), [7, 8]);
    let expect = Claim {
        interaction: InteractionId(Uuid::from_u128(7)),
        conversation: CONVERSATION,
        attempt: 1,
        touched: 1,
        since: at(CAME),
        stage: Stage::Waiting,
    };
    assert_eq!(claims[0], expect);

    // A batch that is not taken brings no mail.
    let old = Batch {
        known: vec![(CONVERSATION.into(), 0)],
        ..touching(2, &[9])
    };
    assert_eq!(put(&*store, old), Err(AppendError::Moved));
    assert_eq!(claim(&*store, DUE), []);

    let other: WorkspaceId = "larkspur.2".parse().unwrap();
    put_into(&*store, &other, touching(1, &[7])).unwrap();
    assert_eq!(
        due(DUE),
        std::slice::from_ref(&other),
        "the same mail is another there"
    );
    let claims = store.claim_mail(&other, at(DUE), at(DUE + 1), 10).unwrap();
    assert_eq!(numbers(&claims), [7]);
}

pub(super) fn a_mail_is_one_processes_until_its_claim_is_over(database: &dyn Database) {
    let store = database.open();
    put(&*store, touching(1, &[7])).unwrap();
    let mark = |claim: &Claim, mark| store.mark_mail(&workspace(), claim, mark).unwrap();
    let first = claim(&*store, DUE).remove(0);
    assert_eq!(claim(&*store, DUE + 999), []);
    let until = at(DUE + 5_000);
    assert!(mark(&first, Mark::Keep { until }));
    assert_eq!(claim(&*store, DUE + 1_000), []);

    let second = claim(&*store, DUE + 5_000).remove(0);
    assert_eq!((second.attempt, &second.stage), (2, &Stage::Waiting));
    for lost in [
        Mark::Keep { until },
        Mark::Later { at: at(0) },
        Mark::Sending,
        Mark::Settled(DeliveryFact::Sent),
        Mark::Over,
        Mark::Gone,
    ] {
        assert!(!mark(&first, lost.clone()), "{lost:?}");
    }

    assert!(mark(&second, Mark::Sending));
    let third = claim(&*store, DUE + 6_000).remove(0);
    assert_eq!(third.stage, Stage::Sending, "it may have been sent");
    let later = at(DUE + 9_000);
    assert!(mark(&third, Mark::Later { at: later }), "it was not");
    assert_eq!(claim(&*store, DUE + 8_999), []);
    let fourth = claim(&*store, DUE + 9_000).remove(0);
    assert_eq!(fourth.stage, Stage::Waiting);
    assert!(mark(&fourth, Mark::Settled(DeliveryFact::Sent)));
    let fifth = claim(&*store, DUE + 10_000).remove(0);
    assert_eq!(fifth.stage, Stage::Settled(DeliveryFact::Sent));
    assert!(mark(&fifth, Mark::Over));
    let long_after = DUE + 1_000_000;
    assert_eq!(claim(&*store, long_after), []);
    put(&*store, touching(2, &[7])).unwrap();
    assert_eq!(claim(&*store, long_after), [], "once for all");
    assert_eq!(store.mail_due(at(long_after)).unwrap(), []);
}

pub(super) fn a_mail_that_is_not_due_is_forgotten_unless_it_was_touched(database: &dyn Database) {
    let store = database.open();
    put(&*store, touching(1, &[7])).unwrap();
    let first = claim(&*store, DUE).remove(0);
    // Its author lets it go while somebody still reads that it is held.
    put(&*store, touching(2, &[7])).unwrap();
    assert!(store.mark_mail(&workspace(), &first, Mark::Gone).unwrap());
    let second = claim(&*store, DUE).remove(0);
    assert_eq!(second.touched, 2);
    assert!(store.mark_mail(&workspace(), &second, Mark::Gone).unwrap());
    assert_eq!(claim(&*store, DUE + 1_000_000), []);
    put(&*store, touching(3, &[7])).unwrap();
    assert_eq!(numbers(&claim(&*store, DUE)), [7], "it waits anew");
}

pub(super) fn no_mail_leaves_an_erased_conversation(database: &dyn Database) {
    let store = database.open();
    put(&*store, touching(1, &[7])).unwrap();
    let erasure = Erasure {
        documents: vec![CONVERSATION.into()],
        blobs: Vec::new(),
        batch: batch(vec![entry(1, super::doc(7), "threadline")]),
        at: at(2_000),
    };
    let mut plan = |_| Ok(erasure.clone());
    store.erase(&workspace(), &mut plan).unwrap();
    assert_eq!(store.mail_due(at(DUE)).unwrap(), []);
    assert_eq!(claim(&*store, DUE), []);
}

//! What a device keeps: the member's working set first.

use crate::support::commands::owner;
use crate::support::{ana, at, cleo};
use crate::{Books, contact, conversation};
use threadline_core::command::ConversationCommand as C;
use threadline_core::id::DocumentId;
use threadline_core::replica::{KeptDocument, Replica, Spare, SpareQuery};

/// Ana's device. Of five closed or open conversations she owns one, starred
/// one, one is open, and two are nobody's any more.
fn replica() -> Replica {
    let mut books = Books::default();
    let close = || (cleo(), C::CloseConversation { topic: None });
    books.conversation(1, "Mine", vec![(cleo(), owner("ana")), close()]);
    books.conversation(
        2,
        "Starred",
        vec![(ana(), C::StarConversation { starred: true }), close()],
    );
    books.conversation(3, "Over", vec![close()]);
    books.conversation(4, "Open", vec![]);
    books.conversation(5, "Over, too", vec![close()]);
    books.replica_of(ana())
}

fn with_contacts(numbers: &[u8]) -> Vec<DocumentId> {
    let both = |number: &u8| [conversation(*number).into(), contact(*number).into()];
    numbers.iter().flat_map(both).collect()
}

/// Ten bytes of each, used in this order.
fn stored(docs: &[DocumentId]) -> Vec<KeptDocument> {
    let kept = |(used, doc): (i64, &DocumentId)| KeptDocument {
        doc: *doc,
        bytes: 10,
        last_used: at(used),
    };
    (0..).zip(docs).map(kept).collect()
}

#[test]
fn what_is_theirs_is_fetched_before_the_rest_of_what_is_worked_on() {
    let replica = replica();
    assert_eq!(replica.ahead(9), with_contacts(&[2, 1, 4]));
    assert_eq!(replica.ahead(2), with_contacts(&[2, 1]));
}

#[test]
fn what_is_over_goes_first_and_what_is_needed_never() {
    let replica = replica();
    let docs = with_contacts(&[1, 2, 3, 4, 5]);
    let query = SpareQuery {
        stored: stored(&docs),
        budget: Some(80),
        needed: vec![conversation(3).into()],
    };
    let expected = Spare {
        documents: vec![contact(3).into(), conversation(5).into(), contact(5).into()],
        room: true,
    };
    assert_eq!(replica.spare(query.clone()), expected);

    let roomy = SpareQuery {
        budget: Some(100),
        ..query.clone()
    };
    assert!(replica.spare(roomy).documents.is_empty());

    // Not even the working set fits: it goes by its last use, and nothing is fetched ahead.
    let narrow = SpareQuery {
        budget: Some(40),
        ..query
    };
    let spare = replica.spare(narrow);
    assert_eq!(spare.documents[3..], with_contacts(&[1, 2]));
    assert!(!spare.room);
}

#[test]
fn rows_of_what_is_over_may_go_the_oldest_first() {
    let over = [3, 5].map(|number| conversation(number).into());
    assert_eq!(replica().spare_rows(), over);
}

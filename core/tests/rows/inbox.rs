//! The inbox: filters, lists that narrow, words, orders, counts.

use crate::support::commands::{add_tag, inbound, owner, send};
use crate::support::{ana, at, ben, cleo, service};
use crate::{Books, contact, conversation};
use threadline_core::command::{ContactCommand, ContactDraft, ConversationCommand as C};
use threadline_core::id::InteractionId;
use threadline_core::model::{
    Channel, Identity, MarkValue, Member, MessageFlag, Priority, RowFilter, RowQuery, RowSort, Span,
};
use threadline_core::replica::Replica;

/// A message that came `seconds` into the conversation's own time.
fn came(number: u8, seconds: i64, text: &str) -> (Member, C) {
    let at = at(i64::from(number) * 1_000 + seconds);
    let message = Box::new(inbound(number, at, text));
    (service(), C::ReceiveMessage { message })
}

fn mention(name: &str) -> C {
    let marks = [(
        "__ext__threadline_mention".to_owned(),
        MarkValue::Text(name.to_owned()),
    )];
    C::AddNote {
        parent: None,
        message: None,
        spans: vec![Span::Text {
            value: "@somebody".to_owned(),
            marks: marks.into(),
        }],
    }
}

fn card(name: &str, contact_type: &str) -> ContactCommand {
    ContactCommand::CreateContact {
        draft: ContactDraft {
            name: name.to_owned(),
            contact_type: contact_type.to_owned(),
            company: format!("{name} & Co"),
            ..ContactDraft::default()
        },
    }
}

/// Seven conversations, one for each thing that a filter asks.
fn replica() -> Replica {
    let mut books = Books::default();
    books.conversation(
        1,
        "Mine",
        vec![came(1, 10, "Hello?"), (cleo(), owner("ana"))],
    );
    books.conversation(
        2,
        "Urgent",
        vec![
            (
                cleo(),
                C::SetConversationPriority {
                    priority: Priority::Critical,
                },
            ),
            (cleo(), add_tag("vip")),
            (ana(), C::StarConversation { starred: true }),
            (ben(), C::StarConversation { starred: true }),
            (ben(), C::StarConversation { starred: false }),
        ],
    );
    let until = at(50_000);
    books.conversation(3, "Asleep", vec![(ben(), C::SnoozeConversation { until })]);
    books.conversation(
        4,
        "Done",
        vec![
            (ben(), owner("ana")),
            (ben(), C::CloseConversation { topic: None }),
        ],
    );
    let unwanted = InteractionId(inbound(5, at(0), "").id.0);
    books.conversation(
        5,
        "Lottery",
        vec![
            came(5, 10, "You won!"),
            (
                ben(),
                C::SetMessageFlag {
                    interaction: unwanted,
                    flag: MessageFlag::Spam,
                    on: true,
                },
            ),
        ],
    );
    books.begun(
        6,
        vec![
            (
                service(),
                C::StartUnlinked {
                    identity: Identity {
                        channel: Channel::Sms,
                        address: "+351912345678".to_owned(),
                    },
                    subject: "Stranger".to_owned(),
                },
            ),
            came(6, 10, "Who are you?"),
        ],
    );
    books.conversation(
        7,
        "Asked",
        vec![
            came(7, 1, "When?"),
            (ben(), send("Tomorrow.")),
            (ben(), owner("ben")),
            (ben(), mention("ana")),
            (ana(), C::MarkRead { up_to: at(7_001) }),
        ],
    );
    books.card(1, vec![card("José Ñandú", "customer")]);
    books.card(2, vec![card("Zoë Müller", "lead")]);
    books.card(7, vec![card("Straße", "lead")]);
    books.replica_of(ana())
}

fn ask(replica: &Replica, query: RowQuery) -> Vec<String> {
    let page = replica.rows(&RowQuery {
        now: at(40_000),
        limit: 100,
        ..query
    });
    assert_eq!(page.total as usize, page.rows.len());
    page.rows.into_iter().map(|row| row.row.subject).collect()
}

#[test]
fn every_filter_shows_its_conversations_and_counts_them() {
    let replica = replica();
    let counts = replica
        .rows(&RowQuery {
            now: at(40_000),
            ..RowQuery::default()
        })
        .counts;
    for (filter, subjects, count) in [
        (
            RowFilter::Open,
            vec!["Asked", "Stranger", "Urgent", "Mine"],
            counts.open,
        ),
        (RowFilter::Mine, vec!["Mine"], counts.mine),
        (
            RowFilter::Unassigned,
            vec!["Stranger", "Urgent"],
            counts.unassigned,
        ),
        (RowFilter::Unread, vec!["Stranger", "Mine"], counts.unread),
        (RowFilter::Mentioned, vec!["Asked"], counts.mentioned),
        (RowFilter::Starred, vec!["Urgent"], counts.starred),
        (RowFilter::Snoozed, vec!["Asleep"], counts.snoozed),
        (RowFilter::Closed, vec!["Done"], counts.closed),
        (RowFilter::Spam, vec!["Lottery"], counts.spam),
        (RowFilter::Unlinked, vec!["Stranger"], counts.unlinked),
    ] {
        let query = RowQuery {
            filter,
            ..RowQuery::default()
        };
        let mut shown = ask(&replica, query);
        assert_eq!(shown.len(), count as usize, "{filter:?}");
        let mut expected = subjects;
        shown.sort();
        expected.sort_unstable();
        assert_eq!(shown, expected, "{filter:?}");
    }
    assert_eq!(counts.all, 7);
}

#[test]
fn a_snooze_is_over_when_its_time_is() {
    let replica = replica();
    for (seconds, filter) in [(49_999, RowFilter::Snoozed), (50_000, RowFilter::Open)] {
        let page = replica.rows(&RowQuery {
            filter,
            search: "asleep".to_owned(),
            now: at(seconds),
            limit: 1,
            ..RowQuery::default()
        });
        assert_eq!(page.total, 1, "{filter:?}");
    }
}

#[test]
fn lists_narrow_what_a_filter_shows() {
    let replica = replica();
    let all = || RowQuery {
        filter: RowFilter::All,
        ..RowQuery::default()
    };
    for (query, subjects) in [
        (
            RowQuery {
                tags: vec!["vip".to_owned(), "press".to_owned()],
                ..all()
            },
            vec!["Urgent"],
        ),
        (
            RowQuery {
                priorities: vec![Priority::Critical, Priority::High],
                ..all()
            },
            vec!["Urgent"],
        ),
        (
            RowQuery {
                owners: vec![ana().id],
                ..all()
            },
            vec!["Done", "Mine"],
        ),
        (
            RowQuery {
                contact_types: vec!["lead".to_owned()],
                ..all()
            },
            vec!["Asked", "Urgent"],
        ),
        (
            RowQuery {
                contact: Some(contact(1)),
                ..all()
            },
            vec!["Mine"],
        ),
        (
            RowQuery {
                channels: vec![Channel::Email],
                owners: vec![ben().id],
                ..all()
            },
            vec!["Asked"],
        ),
        (
            RowQuery {
                channels: vec![Channel::Call],
                ..all()
            },
            vec![],
        ),
        (
            RowQuery {
                teams: vec!["support".parse().unwrap()],
                ..all()
            },
            vec![],
        ),
    ] {
        let shown = ask(&replica, query.clone());
        let mut sorted = shown.clone();
        sorted.sort();
        assert_eq!(sorted, subjects, "{query:?}");
    }
}

#[test]
fn words_are_found_whatever_their_case_and_accents() {
    let replica = replica();
    for (search, subjects) in [
        ("jose nandu", vec!["Mine"]),
        ("JOSÉ", vec!["Mine"]),
        // A combining accent is the same letter.
        ("jose\u{301}", vec!["Mine"]),
        ("muller", vec!["Urgent"]),
        ("zoë vip", vec!["Urgent"]),
        ("strasse", vec!["Asked"]),
        ("+351912", vec!["Stranger"]),
        ("won", vec!["Lottery"]),
        ("vip lottery", vec![]),
        (
            "  ",
            vec![
                "Mine", "Urgent", "Asleep", "Done", "Lottery", "Stranger", "Asked",
            ],
        ),
    ] {
        let mut shown = ask(
            &replica,
            RowQuery {
                filter: RowFilter::All,
                search: search.to_owned(),
                ..RowQuery::default()
            },
        );
        let mut subjects = subjects;
        shown.sort();
        subjects.sort_unstable();
        assert_eq!(shown, subjects, "{search}");
    }
}

#[test]
fn every_order_and_its_pages() {
    let replica = replica();
    let inbox = |sort| RowQuery {
        sort,
        ..RowQuery::default()
    };
    let newest = ask(&replica, inbox(RowSort::Newest));
    assert_eq!(newest, ["Asked", "Stranger", "Mine", "Urgent"]);
    let mut oldest = newest.clone();
    oldest.reverse();
    assert_eq!(ask(&replica, inbox(RowSort::Oldest)), oldest);
    // The longest unanswered first; who waits for nothing comes last.
    let waiting = ask(&replica, inbox(RowSort::Waiting));
    assert_eq!(waiting[..2], ["Mine", "Stranger"]);
    assert_eq!(ask(&replica, inbox(RowSort::Priority))[0], "Urgent");

    let page = replica.rows(&RowQuery {
        offset: 1,
        limit: 2,
        now: at(40_000),
        ..RowQuery::default()
    });
    let subjects: Vec<&str> = page
        .rows
        .iter()
        .map(|row| row.row.subject.as_str())
        .collect();
    assert_eq!(subjects, newest[1..3]);
    assert_eq!(page.total, 4);
}

#[test]
fn a_row_is_ready_to_draw() {
    let replica = replica();
    let page = replica.rows(&RowQuery {
        filter: RowFilter::All,
        search: "hello?".to_owned(),
        limit: 1,
        ..RowQuery::default()
    });
    let row = &page.rows[0];
    assert_eq!(row.row.id, conversation(1));
    assert_eq!(
        (
            row.name.as_str(),
            row.company.as_str(),
            row.contact_type.as_str()
        ),
        ("José Ñandú", "José Ñandú & Co", "customer")
    );
    assert_eq!((row.unread, row.mentioned, row.waiting), (1, false, false));
    assert_eq!(row.row.awaiting, Some(at(1_010)));
    let unlinked = replica.rows(&RowQuery {
        filter: RowFilter::Unlinked,
        limit: 1,
        ..RowQuery::default()
    });
    assert_eq!(unlinked.rows[0].name, "+351912345678");
}

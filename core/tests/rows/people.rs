//! Contacts, who may be the same person twice, aliases, and the board.

use crate::support::commands::{add_note, close_deal, create_deal, deal_draft, stage};
use crate::support::{ana, at, cleo};
use crate::{Books, contact, conversation};
use threadline_core::command::{ContactCommand as C, ContactDraft, ContactField, OpportunityDraft};
use threadline_core::model::{
    Channel, ContactStatus, Identity, Money, OpportunityStatus, RowFilter, RowQuery,
};
use threadline_core::replica::{BoardQuery, ContactQuery, ContactSort, Replica, TopicQuery};

fn card(name: &str, email: &str, phone: &str) -> C {
    C::CreateContact {
        draft: ContactDraft {
            name: name.to_owned(),
            email: email.to_owned(),
            phone: phone.to_owned(),
            saved: !email.is_empty(),
            contact_type: "customer".to_owned(),
            ..ContactDraft::default()
        },
    }
}

fn set(set: ContactField) -> C {
    C::SetContactField { set }
}

fn merge(into: u8) -> C {
    C::MergeContact {
        into: contact(into),
    }
}

fn names(replica: &Replica, query: ContactQuery) -> Vec<String> {
    let page = replica.contacts(&ContactQuery { limit: 50, ..query });
    assert_eq!(page.total as usize, page.contacts.len());
    page.contacts
        .into_iter()
        .map(|row| row.contact.name)
        .collect()
}

fn people() -> Books {
    let mut books = Books::default();
    books.card(
        1,
        vec![
            card("Émile Zola", "emile@example.com", ""),
            set(ContactField::Company("Rougon".to_owned())),
        ],
    );
    books.card(
        2,
        vec![
            card("bea", "", "+351 912 345 678"),
            C::AddContactTag {
                tag: "vip".to_owned(),
            },
        ],
    );
    books.card(
        3,
        vec![
            card("Carl", "carl@example.com", ""),
            set(ContactField::Status(ContactStatus::Archived)),
        ],
    );
    books.card(4, vec![card("E. Zola", "", ""), merge(1)]);
    books.card(
        5,
        vec![
            card("Dan", "dan@example.com", ""),
            set(ContactField::Type("lead".to_owned())),
            set(ContactField::Status(ContactStatus::Dnd)),
        ],
    );
    books.conversation(2, "Two", vec![(cleo(), add_note("Hello"))]);
    books.conversation(4, "Four", vec![(cleo(), add_note("Hello"))]);
    books
}

#[test]
fn contacts_are_narrowed_searched_and_sorted() {
    let replica = people().replica_of(ana());
    let any = ContactQuery::default;
    for (query, expected) in [
        // Aliases and archived contacts stay out, accents do not sort apart.
        (any(), vec!["bea", "Dan", "Émile Zola"]),
        (
            ContactQuery {
                statuses: vec![ContactStatus::Archived],
                ..any()
            },
            vec!["Carl"],
        ),
        (
            ContactQuery {
                types: vec!["lead".to_owned()],
                ..any()
            },
            vec!["Dan"],
        ),
        (
            ContactQuery {
                tags: vec!["vip".to_owned(), "press".to_owned()],
                ..any()
            },
            vec!["bea"],
        ),
        (
            ContactQuery {
                saved: Some(false),
                ..any()
            },
            vec!["bea"],
        ),
        (
            ContactQuery {
                search: "emile rougon".to_owned(),
                ..any()
            },
            vec!["Émile Zola"],
        ),
        (
            ContactQuery {
                search: "912 345".to_owned(),
                ..any()
            },
            vec!["bea"],
        ),
        (
            ContactQuery {
                sort: ContactSort::Recent,
                ..any()
            },
            vec!["Émile Zola", "bea", "Dan"],
        ),
    ] {
        assert_eq!(names(&replica, query.clone()), expected, "{query:?}");
    }
    let page = replica.contacts(&ContactQuery {
        search: "zola".to_owned(),
        limit: 1,
        ..any()
    });
    // The alias's conversation counts for whom it stands.
    let row = &page.contacts[0];
    assert_eq!((row.conversations, row.last_at), (1, Some(at(4_002))));
}

#[test]
fn duplicates_share_what_two_people_rarely_do() {
    let mut books = Books::default();
    let address = |address: &str| C::AddIdentity {
        identity: Identity {
            channel: Channel::Whatsapp,
            address: address.to_owned(),
        },
    };
    books.card(
        1,
        vec![
            card("Émile Zola", "Emile@Example.com", "+351 912 345 678"),
            address("351912"),
        ],
    );
    books.card(2, vec![card("A", "emile@example.COM", "")]);
    books.card(3, vec![card("B", "", "(351) 912-345-678")]);
    books.card(4, vec![card("C", "", ""), address("351912")]);
    books.card(5, vec![card("emile zola", "", "")]);
    books.card(6, vec![card("Nobody", "other@example.com", "912")]);
    books.card(7, vec![card("Émile Zola", "", ""), merge(1)]);
    let replica = books.replica_of(ana());
    let found: Vec<(u128, String)> = replica
        .duplicates(contact(1))
        .into_iter()
        .map(|it| (it.contact.id.0.as_u128(), it.reason))
        .collect();
    let expected = [(2, "email"), (3, "phone"), (4, "identity"), (5, "name")];
    let expected: Vec<(u128, String)> = expected
        .into_iter()
        .map(|(id, reason)| (id, reason.to_owned()))
        .collect();
    assert_eq!(found, expected);
    assert_eq!(replica.duplicates(contact(99)), []);
}

/// The names over the conversations of all contacts, and how many
/// conversations belong to contact 1.
fn resolved(merges: &[(u8, u8)]) -> (Vec<String>, u32) {
    let mut books = Books::default();
    for number in 1..=4 {
        let mut commands = vec![card(&format!("N{number}"), "", "")];
        let into = merges.iter().find(|(from, _)| *from == number);
        commands.extend(into.map(|(_, into)| merge(*into)));
        books.card(number, commands);
        books.conversation(number, "x", vec![(cleo(), add_note("Hello"))]);
    }
    let replica = books.replica_of(ana());
    let all = |contact| {
        replica.rows(&RowQuery {
            filter: RowFilter::All,
            contact,
            limit: 10,
            ..RowQuery::default()
        })
    };
    let mut rows = all(None).rows;
    rows.sort_by_key(|row| row.row.contact);
    let topics = replica.topics(&TopicQuery::default());
    assert_eq!(topics.total, 0);
    let names = rows.into_iter().map(|row| row.name).collect();
    (names, all(Some(contact(1))).total)
}

#[test]
fn aliases_are_followed_and_a_circle_of_merges_ends() {
    for (merges, expected, of_one) in [
        (vec![], ["N1", "N2", "N3", "N4"], 1),
        (vec![(2, 1)], ["N1", "N1", "N3", "N4"], 2),
        // A chain.
        (vec![(4, 3), (3, 2), (2, 1)], ["N1", "N1", "N1", "N1"], 4),
        // Two members merged two contacts into each other at once.
        (vec![(2, 3), (3, 2)], ["N1", "N2", "N2", "N4"], 1),
        (vec![(1, 2), (2, 3), (3, 1)], ["N1", "N1", "N1", "N4"], 3),
        // A tail that leads into a circle.
        (vec![(4, 3), (3, 2), (2, 3)], ["N1", "N2", "N2", "N2"], 1),
        // Into a contact that is not here (any more).
        (vec![(2, 99)], ["N1", "", "N3", "N4"], 1),
    ] {
        let (names, total) = resolved(&merges);
        assert_eq!(names, expected, "{merges:?}");
        assert_eq!(total, of_one, "{merges:?}");
    }
}

fn deal(title: &str, to: &str, amount: i64, currency: &str, owner: &str) -> C {
    C::CreateOpportunity {
        draft: OpportunityDraft {
            stage: stage(to),
            value: Money {
                amount,
                currency: currency.to_owned(),
            },
            owner: owner.parse().ok(),
            ..deal_draft(title)
        },
    }
}

#[test]
fn the_board_adds_up_each_stage_currency_by_currency() {
    let mut books = Books::default();
    books.card(
        1,
        vec![
            card("Émile", "", ""),
            deal("Lamps", "new", 100, "EUR", "ana"),
            deal("Chairs", "new", 250, "EUR", "ben"),
            deal("Export", "new", 70, "GBP", "ana"),
            deal("Desk", "offer", 500, "EUR", "ana"),
        ],
    );
    books.card(
        2,
        vec![card("Bea", "", ""), deal("Shelf", "new", 1, "EUR", "ana")],
    );
    let replica = books.replica_of(ana());
    let ask = |query: BoardQuery| {
        let board = replica.board(&query);
        let titles: Vec<String> = board.deals.into_iter().map(|it| it.deal.title).collect();
        let sums: Vec<_> = board
            .sums
            .into_iter()
            .map(|sum| {
                let values = sum.values.into_iter().map(|it| (it.amount, it.currency));
                (sum.stage.to_string(), sum.count, values.collect())
            })
            .collect();
        (titles, sums)
    };
    let board = || BoardQuery {
        pipeline: "sales".parse().unwrap(),
        status: OpportunityStatus::Open,
        owners: Vec::new(),
        search: String::new(),
    };
    let eur = |amount| (amount, "EUR".to_owned());
    let (titles, sums) = ask(board());
    assert_eq!(titles, ["Desk", "Chairs", "Lamps", "Export", "Shelf"]);
    let new = ("new".to_owned(), 4, vec![eur(351), (70, "GBP".to_owned())]);
    let offer = ("offer".to_owned(), 1, vec![eur(500)]);
    assert_eq!(sums, [new, offer]);

    let (titles, sums) = ask(BoardQuery {
        owners: vec![ana().id],
        search: "emile lam".to_owned(),
        ..board()
    });
    assert_eq!(titles, ["Lamps"]);
    assert_eq!(sums, [("new".to_owned(), 1, vec![eur(100)])]);
    let (titles, _) = ask(BoardQuery {
        pipeline: "repairs".parse().unwrap(),
        ..board()
    });
    assert_eq!(titles, Vec::<String>::new());
}

#[test]
fn what_was_won_leaves_the_board_for_the_list_of_what_was_won() {
    use threadline_core::command::Command;
    let mut peer = crate::support::Peer::new(1, cleo(), contact(1).into());
    let mut give = |command| {
        let contact = contact(1);
        let command = Command::Contact { contact, command };
        peer.execute(&command).unwrap().outcome.created
    };
    give(card("Émile", "", ""));
    let won = give(create_deal("Lamps")).unwrap();
    give(create_deal("Desk"));
    give(close_deal(won, true, ""));
    let mut books = Books::default();
    books.keep(peer);
    let replica = books.replica_of(ana());
    for (status, expected) in [
        (OpportunityStatus::Open, vec!["Desk"]),
        (OpportunityStatus::Won, vec!["Lamps"]),
        (OpportunityStatus::Lost, vec![]),
    ] {
        let board = replica.board(&BoardQuery {
            pipeline: "sales".parse().unwrap(),
            status,
            owners: Vec::new(),
            search: String::new(),
        });
        let titles: Vec<&str> = board
            .deals
            .iter()
            .map(|it| it.deal.title.as_str())
            .collect();
        assert_eq!(titles, expected, "{status:?}");
    }
    assert!(replica.header(conversation(1)).is_none());
}

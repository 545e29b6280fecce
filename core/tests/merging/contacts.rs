//! Contacts that both edit and merge, and their deals.

use crate::support::commands::{close_deal, create_contact, create_deal, euros, set_deal, stage};
use crate::support::{Peer, Peers, ana, ben, contact};
use crate::{at_once, both, sides};
use threadline_core::command::{
    ContactCommand as C, ContactDraft, CustomValue, FieldDraft, OpportunityField, WorkspaceCommand,
};
use threadline_core::id::{ContactId, OpportunityId};
use threadline_core::model::{FieldType, OpportunityStatus, WorkspaceView};
use uuid::Uuid;

/// Ana and Ben on a contact's card.
fn on_a_card<T>(
    base: impl Fn(&mut Peer) -> T,
    ana_does: impl Fn(&mut Peer, &T),
    ben_does: impl Fn(&mut Peer, &T),
    check: impl Fn(&mut Peer, &T),
) {
    let begin = |peers: &mut Peers| {
        for peer in &mut peers.0 {
            peer.rules = rules();
        }
        let cleo = peers.of("cleo");
        cleo.ok(create_contact("Dora"));
        base(cleo)
    };
    at_once(
        contact().into(),
        &[ana(), ben()],
        begin,
        ana_does,
        ben_does,
        check,
    );
}

/// A workspace with a custom field.
fn rules() -> WorkspaceView {
    let mut admin = Peer::new(
        9,
        crate::support::cleo(),
        threadline_core::id::DocumentId::Workspace,
    );
    admin.ok(WorkspaceCommand::PutField {
        field: FieldDraft {
            id: "size".parse().ok(),
            name: "Size".to_owned(),
            field_type: FieldType::Text,
            choices: Vec::new(),
            position: 0,
            archived: false,
        },
    });
    admin.settings().clone()
}

fn tag(tag: &str, add: bool) -> C {
    let tag = tag.to_owned();
    if add {
        C::AddContactTag { tag }
    } else {
        C::RemoveContactTag { tag }
    }
}

fn size(value: &str) -> C {
    C::SetCustomField {
        set: CustomValue {
            field: "size".parse().unwrap(),
            value: Some(value.to_owned()),
        },
    }
}

fn other(number: u128) -> ContactId {
    ContactId(Uuid::from_u128(number))
}

fn merge(number: u128) -> C {
    C::MergeContact {
        into: other(number),
    }
}

#[test]
fn adding_a_contacts_tag_wins_over_removing_it() {
    on_a_card(
        |_| (),
        |ana, ()| {
            ana.ok(tag("vip", false));
            ana.ok(tag("vip", true));
            ana.ok(tag("press", true));
        },
        |ben, ()| {
            ben.ok(tag("vip", false));
            ben.ok(tag("partner", true));
        },
        |all, ()| assert_eq!(all.contact().tags, ["partner", "press", "vip"]),
    );
}

#[test]
fn a_custom_field_set_by_both_is_a_conflict_until_it_is_set_again() {
    on_a_card(
        |_| (),
        |ana, ()| {
            ana.ok(size("small"));
        },
        |ben, ()| {
            ben.ok(size("large"));
        },
        |all, ()| {
            let expected = both(("large", "ben"), ("small", "ana"));
            assert_eq!(sides(&all.contact().conflicts, "fields/size"), expected);
            all.ok(size("small"));
            assert_eq!(all.contact().conflicts, []);
            assert_eq!(all.contact().fields["size"], "small");
        },
    );
}

#[test]
fn a_contact_merged_into_two_others_is_a_conflict_and_can_be_undone() {
    on_a_card(
        |_| (),
        |ana, ()| {
            ana.ok(merge(7));
        },
        |ben, ()| {
            ben.ok(merge(8));
        },
        |all, ()| {
            let names = [other(7), other(8)].map(|id| id.to_string());
            let expected = both((&names[0], "ana"), (&names[1], "ben"));
            assert_eq!(sides(&all.contact().conflicts, "mergedInto"), expected);
            all.ok(merge(8));
            assert_eq!(all.contact().conflicts, []);
            assert_eq!(all.contact().merged_into, Some(other(8)));
            all.ok(C::UnmergeContact {});
            assert_eq!(all.contact().merged_into, None);
            // An alias moves nothing: the card is as it was.
            assert_eq!(all.contact().name, "Dora");
            assert_eq!(all.contact().identities.len(), 1);
        },
    );
}

#[test]
fn a_merge_and_a_new_address_at_once_are_both_there() {
    on_a_card(
        |_| (),
        |ana, ()| {
            ana.ok(merge(7));
        },
        |ben, ()| {
            ben.ok(C::AddIdentity {
                identity: crate::commands::identity("d@example.org"),
            });
        },
        |all, ()| {
            assert_eq!(all.contact().merged_into, Some(other(7)));
            assert_eq!(all.contact().identities.len(), 2);
        },
    );
}

#[test]
fn deals_that_both_begin_survive() {
    on_a_card(
        |_| (),
        |ana, ()| {
            ana.ok(create_deal("Ten lamps"));
        },
        |ben, ()| {
            ben.ok(create_deal("A desk"));
        },
        |all, ()| assert_eq!(all.contact().opportunities.len(), 2),
    );
}

#[test]
fn a_property_of_a_deal_set_by_both_is_a_conflict_until_it_is_set_again() {
    use OpportunityField::{Expected, Owner, Stage, Title, Value};
    let text = |text: &str| text.to_owned();
    for (field, by_ana, by_ben, values) in [
        (
            "stage",
            Stage(stage("qualified")),
            Stage(stage("offer")),
            ["sales/qualified", "sales/offer"],
        ),
        (
            "value",
            Value(euros(20_000)),
            Value(euros(30_000)),
            ["20000 EUR", "30000 EUR"],
        ),
        (
            "title",
            Title(text("Lamps")),
            Title(text("Twelve lamps")),
            ["Lamps", "Twelve lamps"],
        ),
        (
            "owner",
            Owner(Some(ana().id)),
            Owner(Some(ben().id)),
            ["ana", "ben"],
        ),
        (
            "expected",
            Expected(text("2026-12-01")),
            Expected(text("2027-01-01")),
            ["2026-12-01", "2027-01-01"],
        ),
    ] {
        on_a_card(
            |cleo| cleo.made(create_deal("Ten lamps")),
            |ana, deal| {
                ana.ok(set_deal(*deal, by_ana.clone()));
            },
            |ben, deal| {
                ben.ok(set_deal(*deal, by_ben.clone()));
            },
            |all, deal| {
                let mut expected = both((values[0], "ana"), (values[1], "ben"));
                expected.sort();
                assert_eq!(sides(&all.deal(*deal).conflicts, field), expected);
                all.ok(set_deal(*deal, by_ben.clone()));
                assert_eq!(all.deal(*deal).conflicts, [], "{field}");
            },
        );
    }
}

#[test]
fn a_deal_won_and_lost_at_once_is_a_conflict_that_either_settles() {
    use OpportunityStatus::{Lost, Won};
    for (settled, won) in [(Won, true), (Lost, false)] {
        on_a_card(
            |cleo| cleo.made(create_deal("Ten lamps")),
            |ana, deal| {
                ana.ok(close_deal(*deal, true, ""));
            },
            |ben, deal| {
                ben.ok(close_deal(*deal, false, "price"));
            },
            |all, deal| {
                let expected = both(("lost", "ben"), ("won", "ana"));
                assert_eq!(sides(&all.deal(*deal).conflicts, "status"), expected);
                all.ok(close_deal(*deal, won, "price"));
                assert_eq!(all.deal(*deal).status, settled);
                assert_eq!(all.deal(*deal).conflicts, []);
            },
        );
    }
}

#[test]
fn adding_a_contact_to_a_deal_wins_over_removing_it() {
    let id = |deal: &Uuid| OpportunityId(*deal);
    let add = |deal: &Uuid, number| C::AddOpportunityContact {
        opportunity: id(deal),
        other: other(number),
    };
    let remove = |deal: &Uuid, number| C::RemoveOpportunityContact {
        opportunity: id(deal),
        other: other(number),
    };
    on_a_card(
        |cleo| {
            let deal = cleo.made(create_deal("Ten lamps"));
            cleo.ok(add(&deal, 1));
            deal
        },
        |ana, deal| {
            ana.ok(remove(deal, 1));
            ana.ok(add(deal, 1));
        },
        |ben, deal| {
            ben.ok(remove(deal, 1));
            ben.ok(add(deal, 2));
        },
        |all, deal| assert_eq!(all.deal(*deal).contacts, [other(1), other(2)]),
    );
}

#[test]
fn what_a_row_of_a_file_does_not_say_is_no_answer_to_what_another_says() {
    let import = |company: &str| C::ImportContact {
        draft: ContactDraft {
            name: "Dora".to_owned(),
            saved: true,
            company: company.to_owned(),
            ..ContactDraft::default()
        },
    };
    at_once(
        contact().into(),
        &[ana(), ben()],
        |_| (),
        |ana, ()| {
            ana.ok(import("Acme"));
        },
        |ben, ()| {
            ben.ok(import(""));
        },
        |all, ()| {
            let view = all.contact();
            assert_eq!((&*view.name, &*view.company), ("Dora", "Acme"));
            assert!(view.saved);
            assert_eq!(view.conflicts, []);
        },
    );
}

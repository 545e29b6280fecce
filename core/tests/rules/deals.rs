//! Opportunities: through a pipeline, won, lost, reopened.

use crate::contacts::card;
use crate::refusals::refuses;
use crate::support::commands::{
    choice_draft, close_deal, create_deal, deal_draft, euros, set_deal, stage,
};
use crate::support::{Given, Peer, ana, at, cleo, contact, to_contact, vera};
use crate::{change, told, walk};
use threadline_core::command::{
    ChoiceDraft, ContactCommand as C, OpportunityDraft, OpportunityField, PipelineDraft,
    WorkspaceCommand,
};
use threadline_core::error::Code;
use threadline_core::id::{ContactId, DocumentId, OpportunityId};
use threadline_core::limits;
use threadline_core::model::{Money, OpportunityStatus, StageRef};
use uuid::Uuid;

fn create(draft: OpportunityDraft) -> C {
    C::CreateOpportunity { draft }
}

fn reopen(deal: Uuid) -> C {
    C::ReopenOpportunity {
        opportunity: OpportunityId(deal),
    }
}

fn with(deal: Uuid, other: ContactId) -> C {
    C::AddOpportunityContact {
        opportunity: OpportunityId(deal),
        other,
    }
}

fn without(deal: Uuid, other: ContactId) -> C {
    C::RemoveOpportunityContact {
        opportunity: OpportunityId(deal),
        other,
    }
}

fn other(number: u128) -> ContactId {
    ContactId(Uuid::from_u128(number))
}

fn pounds(amount: i64, currency: &str) -> Money {
    Money {
        amount,
        currency: currency.to_owned(),
    }
}

#[test]
fn refusals_of_a_deal() {
    let mut ana = card(ana());
    let draft = || deal_draft("Ten lamps");
    let nowhere = StageRef {
        pipeline: "no_such".parse().unwrap(),
        ..stage("new")
    };
    let crowd = (0..=limits::ADDRESSES as u128).map(other).collect();
    for (draft, code, field) in [
        (deal_draft(""), Code::Invalid, "title"),
        (
            OpportunityDraft {
                stage: nowhere,
                ..draft()
            },
            Code::Invalid,
            "stage",
        ),
        (
            OpportunityDraft {
                stage: stage("no_such"),
                ..draft()
            },
            Code::Invalid,
            "stage",
        ),
        (
            OpportunityDraft {
                value: euros(-1),
                ..draft()
            },
            Code::Invalid,
            "value",
        ),
        (
            OpportunityDraft {
                value: euros(limits::MONEY + 1),
                ..draft()
            },
            Code::Invalid,
            "value",
        ),
        (
            OpportunityDraft {
                value: pounds(1, "pounds"),
                ..draft()
            },
            Code::Invalid,
            "value",
        ),
        (
            OpportunityDraft {
                value: pounds(1, "gbp"),
                ..draft()
            },
            Code::Invalid,
            "value",
        ),
        (
            OpportunityDraft {
                expected: "soon".to_owned(),
                ..draft()
            },
            Code::Invalid,
            "expected",
        ),
        (
            OpportunityDraft {
                contacts: crowd,
                ..draft()
            },
            Code::TooLong,
            "contacts",
        ),
    ] {
        refuses(&mut ana, &to_contact(create(draft)), code, field);
    }
    let nobody = Uuid::from_u128(1);
    for command in [
        set_deal(nobody, OpportunityField::Owner(None)),
        close_deal(nobody, true, ""),
        reopen(nobody),
        with(nobody, other(1)),
        without(nobody, other(1)),
    ] {
        let command = to_contact(command);
        refuses(&mut ana, &command, Code::NotFound, "opportunity");
    }
}

#[test]
fn a_deal_is_lost_for_a_reason_and_reopened_before_it_goes_on() {
    let mut ana = card(ana());
    let deal = ana.made(create_deal("Ten lamps"));
    let open = to_contact(reopen(deal));
    refuses(&mut ana, &open, Code::WrongState, "opportunity");
    for (reason, code) in [
        (" ".to_owned(), Code::Invalid),
        ("a\nb".to_owned(), Code::Invalid),
        ("x".repeat(limits::LINE_UNITS + 1), Code::TooLong),
    ] {
        let command = to_contact(close_deal(deal, false, &reason));
        refuses(&mut ana, &command, code, "reason");
    }
    let lost = told(&mut ana, close_deal(deal, false, "price"));
    assert_eq!(lost, change("status", "open", "lost"));
    let shown = ana.deal(deal);
    assert_eq!(
        (shown.status, shown.reason.as_str()),
        (OpportunityStatus::Lost, "price")
    );
    assert_eq!(shown.closed_at, Some(at(ana.clock)));
    for command in [
        close_deal(deal, true, ""),
        set_deal(deal, OpportunityField::Stage(stage("offer"))),
        with(deal, other(1)),
        without(deal, other(1)),
    ] {
        let command = to_contact(command);
        refuses(&mut ana, &command, Code::WrongState, "opportunity");
    }
    assert_eq!(
        told(&mut ana, reopen(deal)),
        change("status", "lost", "open")
    );
    let shown = ana.deal(deal);
    assert_eq!((shown.reason.as_str(), shown.closed_at), ("", None));
    // Winning takes no reason.
    ana.ok(close_deal(deal, true, ""));
    assert_eq!(ana.deal(deal).status, OpportunityStatus::Won);
}

#[test]
fn a_stage_that_was_archived_is_not_chosen_again() {
    let mut admin = Peer::new(9, cleo(), DocumentId::Workspace);
    let archived = ChoiceDraft {
        archived: true,
        ..choice_draft("offer", "")
    };
    admin.ok(WorkspaceCommand::PutPipeline {
        pipeline: PipelineDraft {
            id: "sales".parse().ok(),
            name: "Sales".to_owned(),
            currency: "GBP".to_owned(),
            position: 0,
            archived: false,
            stages: vec![archived, choice_draft("visit", "Visit")],
        },
    });
    let mut ana = card(ana());
    ana.rules = admin.settings().clone();
    let deal = ana.made(create_deal("Ten lamps"));
    ana.ok(set_deal(deal, OpportunityField::Stage(stage("visit"))));
    let gone = to_contact(set_deal(deal, OpportunityField::Stage(stage("offer"))));
    refuses(&mut ana, &gone, Code::Invalid, "stage");
    assert_eq!(ana.deal(deal).stage, stage("visit"));
}

#[test]
fn every_field_of_a_deal_tells_old_and_new() {
    let mut cleo = card(cleo());
    let deal = cleo.made(create_deal("Ten lamps"));
    let name = other(1).to_string();
    let set = |set| set_deal(deal, set);
    for (command, field, from, to) in [
        (
            set(OpportunityField::Title("Lamps".to_owned())),
            "title",
            "Ten lamps",
            "Lamps",
        ),
        (
            set(OpportunityField::Stage(stage("qualified"))),
            "stage",
            "sales/new",
            "sales/qualified",
        ),
        (
            set(OpportunityField::Value(pounds(500, "GBP"))),
            "value",
            "10000 EUR",
            "500 GBP",
        ),
        (
            set(OpportunityField::Expected("2026-12-24".to_owned())),
            "expected",
            "",
            "2026-12-24",
        ),
        (
            set(OpportunityField::Owner("ana".parse().ok())),
            "owner",
            "cleo",
            "ana",
        ),
        (set(OpportunityField::Owner(None)), "owner", "ana", ""),
        (with(deal, other(1)), "contacts", "", &name),
        (without(deal, other(1)), "contacts", &name, ""),
    ] {
        assert_eq!(told(&mut cleo, command), change(field, from, to));
    }
}

#[test]
fn every_command_to_a_deal_is_one_change_and_no_viewers() {
    let mut cleo = card(cleo());
    let deal = cleo.made(create_deal("Ten lamps"));
    let stays = cleo.document.changes_since(&[]);
    let commands = vec![
        (create_deal("A desk").command(), 1),
        (set_deal(deal, OpportunityField::Owner(None)).command(), 1),
        (with(deal, other(1)).command(), 1),
        (without(deal, other(1)).command(), 1),
        (close_deal(deal, true, "").command(), 1),
        (reopen(deal).command(), 1),
    ];
    let mut viewer = Peer::new(2, vera(), contact().into());
    viewer.document.apply(stays).unwrap();
    for (command, _) in &commands {
        refuses(&mut viewer, command, Code::Forbidden, "");
    }
    walk(&mut cleo, commands);
    // The card's own contact takes part anyway, and an equal value is no change.
    for command in [
        with(deal, contact()),
        set_deal(deal, OpportunityField::Owner(None)),
    ] {
        let executed = cleo.execute(&to_contact(command)).unwrap();
        assert!(executed.change.is_none());
    }
}

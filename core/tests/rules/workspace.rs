//! Settings: who makes them, what they may be, what they tell.

use crate::refusals::refuses;
use crate::support::commands::{
    choice_draft, join_team, leave_team, policy, put_choice, put_team, save_view, template_draft,
};
use crate::support::flows::{create, flow_draft, on_message, put};
use crate::support::{Given, Peer, ana, ben, cleo, service, vera};
use crate::{change, scene, set_status, told, walk};
use threadline_core::command::{
    ChoiceDraft, FieldDraft, PipelineDraft, PolicyField, TemplateDraft, ViewDraft,
    WorkspaceCommand as C,
};
use threadline_core::error::Code;
use threadline_core::id::{DocumentId, TemplateId};
use threadline_core::limits;
use threadline_core::model::{FieldType, Hours, ListKind, Member, TaskStatus, Threading};
use uuid::Uuid;

fn desk(member: Member) -> Peer {
    Peer::new(1, member, DocumentId::Workspace)
}

fn hours(day: u32, from: u32, to: u32) -> Hours {
    Hours { day, from, to }
}

fn field(id: &str, field_type: FieldType) -> FieldDraft {
    FieldDraft {
        id: id.parse().ok(),
        name: "Size".to_owned(),
        field_type,
        choices: Vec::new(),
        position: 1,
        archived: false,
    }
}

fn pipeline(id: &str, name: &str, currency: &str, stages: Vec<ChoiceDraft>) -> C {
    C::PutPipeline {
        pipeline: PipelineDraft {
            id: id.parse().ok(),
            name: name.to_owned(),
            currency: currency.to_owned(),
            position: 1,
            archived: false,
            stages,
        },
    }
}

fn template(template: TemplateDraft) -> C {
    C::PutTemplate { template }
}

fn remove_template(id: Uuid) -> C {
    C::RemoveTemplate {
        template: TemplateId(id),
    }
}

fn remove_view(view: &str) -> C {
    C::RemoveView {
        view: view.parse().unwrap(),
    }
}

/// One command of every kind but those of views, and how many words it writes.
fn settings() -> Vec<(C, usize)> {
    vec![
        (policy(PolicyField::Threading(Threading::Episodes)), 1),
        (
            put_choice(ListKind::Purposes, choice_draft("", "Complaint")),
            2,
        ),
        (put_team("sales", "Sales"), 1),
        (join_team("sales", "ana"), 1),
        (leave_team("sales", "ana"), 1),
        (
            C::PutField {
                field: field("size", FieldType::Text),
            },
            3,
        ),
        (
            pipeline("", "Repairs", "EUR", vec![choice_draft("", "In")]),
            5,
        ),
        (template(template_draft("Greeting")), 5),
        (put(flow_draft("Ask", on_message(), vec![create("Ask")])), 5),
    ]
}

#[test]
fn only_an_admin_changes_the_settings() {
    for member in [ana(), vera(), service()] {
        let mut peer = desk(member);
        for (command, _) in settings() {
            refuses(&mut peer, &command.command(), Code::Forbidden, "");
        }
        let gone = remove_template(Uuid::nil()).command();
        refuses(&mut peer, &gone, Code::Forbidden, "");
    }
    let view = save_view("", "Urgent", "{}").command();
    refuses(&mut desk(vera()), &view, Code::Forbidden, "");
}

#[test]
fn every_setting_is_one_change_with_an_activity_for_each_word() {
    let mut cleo = desk(cleo());
    let commands = settings().into_iter();
    walk(
        &mut cleo,
        commands.map(|(it, words)| (it.command(), words)).collect(),
    );
    let template = cleo.settings().templates[0].id.0;
    let flow = cleo.settings().flows[0].id;
    walk(
        &mut cleo,
        vec![
            (remove_template(template).command(), 5),
            (
                C::SwitchFlow {
                    flow,
                    active: false,
                }
                .command(),
                1,
            ),
            (C::RemoveFlow { flow }.command(), 5),
            (save_view("urgent", "Urgent", "{}").command(), 1),
            (remove_view("urgent").command(), 1),
        ],
    );
    assert_eq!(cleo.settings().templates, []);
    assert_eq!(cleo.settings().flows, []);
    assert_eq!(cleo.settings().views, []);
    // A second time there is nothing to write.
    for command in [put_team("sales", "Sales"), leave_team("sales", "ana")] {
        let executed = cleo.execute(&command.command()).unwrap();
        assert!(executed.change.is_none());
    }
}

#[test]
fn refusals_of_settings() {
    let mut cleo = desk(cleo());
    cleo.ok(C::PutField {
        field: field("size", FieldType::Text),
    });
    let long = || "x".repeat(limits::LINE_UNITS + 1);
    let zone = |zone: &str| policy(PolicyField::Zone(zone.to_owned()));
    let many = (0..=limits::HOURS as u32).map(|n| hours(1, n * 2, n * 2 + 1));
    let open = |hours: Vec<Hours>| policy(PolicyField::Hours(hours));
    let text = |text: &str| TemplateDraft {
        text: text.to_owned(),
        ..template_draft("Greeting")
    };
    let view = |name: &str, list: &str, query: &str| C::SaveView {
        view: ViewDraft {
            id: None,
            name: name.to_owned(),
            shared: false,
            list: list.to_owned(),
            query: query.to_owned(),
        },
    };
    let purpose = |id, name: &str| put_choice(ListKind::Purposes, choice_draft(id, name));
    let big = "x".repeat(limits::SCALAR_UNITS + 1);
    for (command, code, field) in [
        (zone(""), Code::Invalid, "zone"),
        (zone("Lisbon; drop"), Code::Invalid, "zone"),
        (open(vec![hours(0, 1, 2)]), Code::Invalid, "hours"),
        (open(vec![hours(8, 1, 2)]), Code::Invalid, "hours"),
        (open(vec![hours(1, 600, 600)]), Code::Invalid, "hours"),
        (open(vec![hours(1, 600, 1_441)]), Code::Invalid, "hours"),
        // Overlapping, in whatever order they are given.
        (
            open(vec![hours(1, 700, 900), hours(1, 600, 701)]),
            Code::Invalid,
            "hours",
        ),
        (open(many.collect()), Code::Invalid, "hours"),
        (purpose("", ""), Code::Invalid, "name"),
        (purpose("", &long()), Code::TooLong, "name"),
        // An unknown id is a new entry, and that needs a name.
        (purpose("no_such", ""), Code::Invalid, "name"),
        (put_team("sales", " "), Code::Invalid, "name"),
        (join_team("no_such", "ana"), Code::NotFound, "team"),
        (leave_team("no_such", "ana"), Code::NotFound, "team"),
        (pipeline("", "", "EUR", Vec::new()), Code::Invalid, "name"),
        (
            pipeline("sales", "", "euro", Vec::new()),
            Code::Invalid,
            "currency",
        ),
        (
            pipeline("sales", "", "EUR", vec![choice_draft("", "")]),
            Code::Invalid,
            "name",
        ),
        (template(template_draft("")), Code::Invalid, "name"),
        (template(text(" \n")), Code::Invalid, "text"),
        (template(text(&big)), Code::TooLong, "text"),
        (remove_template(Uuid::nil()), Code::NotFound, "template"),
        (view("", "inbox", ""), Code::Invalid, "name"),
        (view("Urgent", "no list", ""), Code::Invalid, "list"),
        (view("Urgent", "inbox", &big), Code::TooLong, "query"),
        (remove_view("no_such"), Code::NotFound, "view"),
    ] {
        refuses(&mut cleo, &command.command(), code, field);
    }
    let put = |field| C::PutField { field }.command();
    let retyped = put(field("size", FieldType::Number));
    refuses(&mut cleo, &retyped, Code::WrongState, "type");
    let nothing = put(field("", FieldType::Choice));
    refuses(&mut cleo, &nothing, Code::Invalid, "choices");
    let empty = put(FieldDraft {
        choices: vec![" ".to_owned()],
        ..field("", FieldType::Choice)
    });
    refuses(&mut cleo, &empty, Code::Invalid, "choices");
}

#[test]
fn settings_tell_old_and_new() {
    let mut cleo = desk(cleo());
    let zone = |zone: &str| policy(PolicyField::Zone(zone.to_owned()));
    assert_eq!(
        told(&mut cleo, zone("Europe/Lisbon")),
        change("policy/zone", "", "Europe/Lisbon")
    );
    assert_eq!(
        told(&mut cleo, zone("Europe/Berlin")),
        change("policy/zone", "Europe/Lisbon", "Europe/Berlin")
    );
    let open = policy(PolicyField::Hours(vec![
        hours(2, 540, 1_020),
        hours(1, 600, 720),
        hours(1, 540, 600),
    ]));
    assert_eq!(
        told(&mut cleo, open),
        change("policy/hours", "", "1 540-600,1 600-720,2 540-1020")
    );
    assert_eq!(cleo.settings().policies.hours.len(), 3);
    let renamed = ChoiceDraft {
        position: 0,
        ..choice_draft("enquiry", "Question")
    };
    let told_ = told(&mut cleo, put_choice(ListKind::Purposes, renamed));
    assert!(told_.contains(&change("purpose/enquiry/name", "", "Question")[0]));
}

#[test]
fn a_built_in_entry_is_renamed_archived_and_offered_again() {
    let mut cleo = desk(cleo());
    let put = |archived| {
        let choice = ChoiceDraft {
            archived,
            ..choice_draft("enquiry", "")
        };
        put_choice(ListKind::Purposes, choice)
    };
    let offers = |peer: &Peer| peer.settings().offers(ListKind::Purposes, "enquiry");
    assert!(offers(&cleo));
    cleo.ok(put(true));
    assert!(!offers(&cleo));
    cleo.ok(put(false));
    assert!(offers(&cleo));
    let entry = cleo.settings().purposes.last().unwrap();
    assert_eq!((entry.id.as_str(), entry.position), ("enquiry", 5));
}

#[test]
fn a_saved_view_belongs_to_who_saved_it() {
    let mut ana = desk(ana());
    ana.ok(save_view("urgent", "Urgent", "{}"));
    let mut other = Peer::new(2, ben(), DocumentId::Workspace);
    other.pull(&mut ana);
    let theirs = remove_view("urgent").command();
    refuses(&mut other, &theirs, Code::NotFound, "view");
    // The same id of somebody else is another view.
    other.ok(save_view("urgent", "Mine", "{}"));
    assert_eq!(other.settings().views.len(), 2);
    other.ok(remove_view("urgent"));
    assert_eq!(other.settings().views[0].owner.as_str(), "ana");
}

#[test]
fn who_belongs_to_a_team_by_the_workspaces_list_completes_its_tasks() {
    let mut scene = scene();
    let teams = scene.teams;
    let eva = scene.peers.of("eva");
    let done = crate::support::to_conversation(set_status(teams, TaskStatus::Done));
    refuses(eva, &done, Code::NotAssignee, "");
    let mut admin = desk(cleo());
    admin.ok(put_team("support", "Support"));
    admin.ok(join_team("support", "eva"));
    eva.rules = admin.settings().clone();
    eva.ok(crate::claim(teams));
    eva.ok(set_status(teams, TaskStatus::Done));
    // Busy, she takes none.
    let dan = scene.peers.of("dan");
    dan.rules = admin.settings().clone();
    refuses(dan, &done, Code::NotAssignee, "");
}

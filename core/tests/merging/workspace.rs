//! Settings that two admins make at the same time, and saved views.

use crate::support::admin;
use crate::support::commands::{
    choice_draft, join_team, leave_team, policy, put_choice, put_team, save_view, template_draft,
};
use crate::support::{Peer, Peers};
use crate::{at_once, both, sides};
use threadline_core::command::{ChoiceDraft, PolicyField, TemplateDraft, WorkspaceCommand as C};
use threadline_core::id::{DocumentId, TemplateId};
use threadline_core::model::{ListKind, ReadPolicy, Threading};

/// Ana and Ben as admins in the settings.
fn two_admins<T>(
    base: impl Fn(&mut Peer) -> T,
    ana_does: impl Fn(&mut Peer, &T),
    ben_does: impl Fn(&mut Peer, &T),
    check: impl Fn(&mut Peer, &T),
) {
    at_once(
        DocumentId::Workspace,
        &[admin("ana"), admin("ben")],
        |peers: &mut Peers| base(peers.of("cleo")),
        ana_does,
        ben_does,
        check,
    );
}

#[test]
fn adding_a_member_to_a_team_wins_over_removing_them() {
    two_admins(
        |cleo| {
            cleo.ok(put_team("sales", "Sales"));
            cleo.ok(join_team("sales", "dan"));
        },
        |ana, ()| {
            ana.ok(leave_team("sales", "dan"));
            ana.ok(join_team("sales", "dan"));
            ana.ok(join_team("sales", "ana"));
        },
        |ben, ()| {
            ben.ok(leave_team("sales", "dan"));
            ben.ok(join_team("sales", "ben"));
        },
        |all, ()| {
            let members = &all.settings().teams[0].members;
            let names: Vec<&str> = members.iter().map(|member| member.as_str()).collect();
            assert_eq!(names, ["ana", "ben", "dan"]);
        },
    );
}

#[test]
fn a_rule_set_by_two_admins_at_once_is_a_conflict_until_it_is_set_again() {
    for settled in ["Europe/Lisbon", "Europe/Berlin"] {
        let zone = |zone: &str| policy(PolicyField::Zone(zone.to_owned()));
        two_admins(
            |_| (),
            |ana, ()| {
                ana.ok(zone("Europe/Lisbon"));
            },
            |ben, ()| {
                ben.ok(zone("Europe/Berlin"));
            },
            |all, ()| {
                let expected = both(("Europe/Berlin", "ben"), ("Europe/Lisbon", "ana"));
                assert_eq!(sides(&all.settings().conflicts, "policy/zone"), expected);
                all.ok(zone(settled));
                assert_eq!(all.settings().conflicts, []);
                assert_eq!(all.settings().policies.zone, settled);
            },
        );
    }
}

#[test]
fn different_rules_set_by_two_admins_at_once_are_both_set() {
    two_admins(
        |_| (),
        |ana, ()| {
            ana.ok(policy(PolicyField::Threading(Threading::Episodes)));
        },
        |ben, ()| {
            ben.ok(policy(PolicyField::RequireTopicToClose(true)));
            ben.ok(policy(PolicyField::ReadPolicy(ReadPolicy::OnReply)));
        },
        |all, ()| {
            let policies = &all.settings().policies;
            assert_eq!(policies.threading, Threading::Episodes);
            assert!(policies.require_topic_to_close);
            assert_eq!(policies.read_policy, ReadPolicy::OnReply);
            assert_eq!(all.settings().conflicts, []);
        },
    );
}

#[test]
fn different_fields_of_one_entry_both_survive() {
    // Nobody wrote anything about the built-in entry before.
    two_admins(
        |_| (),
        |ana, ()| {
            ana.ok(put_choice(
                ListKind::Purposes,
                ChoiceDraft {
                    position: 0,
                    ..choice_draft("enquiry", "Question")
                },
            ));
        },
        |ben, ()| {
            ben.ok(put_choice(
                ListKind::Purposes,
                ChoiceDraft {
                    position: 0,
                    archived: true,
                    ..choice_draft("enquiry", "")
                },
            ));
        },
        |all, ()| {
            let choice = all.settings().purposes[0].clone();
            assert_eq!(choice.id.as_str(), "enquiry");
            assert_eq!((choice.name.as_str(), choice.archived), ("Question", true));
            assert_eq!(all.settings().conflicts, []);
        },
    );
}

#[test]
fn entries_that_two_admins_add_at_once_are_both_there() {
    let put = |name: &str| put_choice(ListKind::TaskTypes, choice_draft("", name));
    two_admins(
        |_| (),
        |ana, ()| {
            ana.ok(put("Visit"));
            ana.ok(put_team("sales", "Sales"));
        },
        |ben, ()| {
            ben.ok(put("Repair"));
            ben.ok(put_team("support", "Support"));
        },
        |all, ()| {
            let types = &all.settings().task_types;
            let names: Vec<&str> = types.iter().map(|it| it.name.as_str()).collect();
            assert_eq!(types.len(), 4);
            assert!(names.contains(&"Visit") && names.contains(&"Repair"));
            assert_eq!(all.settings().teams.len(), 2);
        },
    );
}

#[test]
fn a_template_written_and_removed_at_once_keeps_what_was_written() {
    let put = |id, text: &str| C::PutTemplate {
        template: TemplateDraft {
            id: Some(id),
            text: text.to_owned(),
            ..template_draft("Greeting")
        },
    };
    two_admins(
        |cleo| {
            let template = template_draft("Greeting");
            TemplateId(cleo.made(C::PutTemplate { template }))
        },
        |ana, id| {
            ana.ok(put(*id, "Good morning"));
        },
        |ben, id| {
            ben.ok(C::RemoveTemplate { template: *id });
        },
        |all, id| {
            // Writing wins over removing, word by word: the text that Ana wrote
            // is there, and what only Ben touched went with him.
            let template = &all.settings().templates[0];
            assert_eq!((template.id, template.text.as_str()), (*id, "Good morning"));
        },
    );
}

#[test]
fn saved_views_of_two_members_with_one_id_are_two() {
    two_admins(
        |_| (),
        |ana, ()| {
            ana.ok(save_view("mine", "Urgent", "{\"a\":1}"));
        },
        |ben, ()| {
            ben.ok(save_view("mine", "Waiting", "{\"b\":2}"));
        },
        |all, ()| {
            let views = &all.settings().views;
            let whole: Vec<(&str, &str, &str)> = views
                .iter()
                .map(|view| (view.owner.as_str(), view.name.as_str(), view.query.as_str()))
                .collect();
            assert_eq!(
                whole,
                [
                    ("ana", "Urgent", "{\"a\":1}"),
                    ("ben", "Waiting", "{\"b\":2}")
                ]
            );
        },
    );
}

#[test]
fn a_saved_view_written_on_two_devices_is_one_of_them_whole() {
    at_once(
        DocumentId::Workspace,
        &[admin("ana"), admin("ana")],
        |_: &mut Peers| (),
        |laptop, ()| {
            laptop.ok(save_view("mine", "Urgent", "{\"a\":1}"));
        },
        |phone, ()| {
            phone.ok(save_view("mine", "Waiting", "{\"b\":2}"));
        },
        |all, ()| {
            let [view] = all.settings().views.as_slice() else {
                panic!("one view")
            };
            let whole = (view.name.as_str(), view.query.as_str());
            assert!([("Urgent", "{\"a\":1}"), ("Waiting", "{\"b\":2}")].contains(&whole));
        },
    );
}

//! Fields that both set, and states that both move.

use crate::support::commands::{
    self, add_note, create_task, create_task_for, owner, receive, set_task,
};
use crate::support::{Peers, ana, at, ben, cleo, contact, conversation, service, to_contact, vera};
use crate::{ana_and_ben, at_once, both, nothing, sides};
use threadline_core::command::{ContactCommand, ContactField, ConversationCommand as C, TaskField};
use threadline_core::id::TaskId;
use threadline_core::model::{ConversationStatus, Priority, TaskStatus};
use uuid::Uuid;

fn set_status(task: &Uuid, status: TaskStatus) -> C {
    C::SetTaskStatus {
        task: TaskId(*task),
        status,
    }
}

#[test]
fn done_beats_another_status_and_comes_first_in_the_conflict() {
    for beaten in [TaskStatus::InProgress, TaskStatus::Cancelled] {
        ana_and_ben(
            |peers| peers.of("ana").made(create_task("Call")),
            |ana, task| {
                ana.ok(set_status(task, TaskStatus::Done));
            },
            |ben, task| {
                ben.ok(set_status(task, beaten));
            },
            |all, task| {
                let shown = all.task(*task);
                assert_eq!(shown.status, TaskStatus::Done);
                assert_eq!(shown.conflicts[0].field, "status");
                assert_eq!(shown.conflicts[0].values[0].value, "done");
                assert_eq!(shown.conflicts[0].values.len(), 2);
                // Setting what shows settles it.
                all.ok(set_status(task, TaskStatus::Done));
                assert_eq!(all.task(*task).conflicts, []);
                assert_eq!(all.task(*task).status, TaskStatus::Done);
            },
        );
    }
}

#[test]
fn a_later_reopening_beats_done() {
    ana_and_ben(
        |peers| peers.of("ana").made(create_task("Call")),
        |ana, task| {
            ana.ok(set_status(task, TaskStatus::Done));
        },
        |ben, task| {
            ben.ok(set_status(task, TaskStatus::InProgress));
        },
        |all, task| {
            all.ok(set_status(task, TaskStatus::ToDo));
            assert_eq!(all.task(*task).status, TaskStatus::ToDo);
            assert_eq!(all.task(*task).conflicts, []);
        },
    );
}

#[test]
fn a_message_the_closer_had_not_seen_beats_the_close() {
    at_once(
        conversation().into(),
        &[ana(), service()],
        |peers| {
            peers.of("service").ok(receive(1, 10, "Where is it?"));
        },
        |ana, ()| {
            ana.ok(C::CloseConversation { topic: None });
            assert_eq!(ana.header().status, ConversationStatus::Closed);
        },
        |channel, ()| {
            channel.ok(receive(2, 5, "Sent earlier, arrived later."));
        },
        |all, ()| {
            assert_eq!(all.header().status, ConversationStatus::Open);
            // Who has seen both may close it.
            all.ok(C::CloseConversation { topic: None });
            assert_eq!(all.header().status, ConversationStatus::Closed);
        },
    );
}

#[test]
fn a_seen_message_and_a_note_leave_a_conversation_closed() {
    at_once(
        conversation().into(),
        &[ana(), ben()],
        |peers| {
            peers.of("service").ok(receive(1, 10, "Thank you!"));
        },
        |ana, ()| {
            ana.ok(C::CloseConversation { topic: None });
        },
        |ben, ()| {
            ben.ok(add_note("All is well."));
        },
        |all, ()| {
            assert_eq!(all.header().status, ConversationStatus::Closed);
            let closed = all.header().closed.as_ref().unwrap();
            assert_eq!(closed.by, ana().id);
            assert_eq!(closed.last_seen, Some(commands::inbound(1, at(10), "").id));
        },
    );
}

#[test]
fn closed_and_reopened_at_once_is_a_conflict_that_either_settles() {
    for settle in [
        C::CloseConversation { topic: None },
        C::ReopenConversation {},
    ] {
        ana_and_ben(
            nothing,
            |ana, ()| {
                ana.ok(C::CloseConversation { topic: None });
            },
            |ben, ()| {
                ben.ok(C::CloseConversation { topic: None });
                ben.ok(C::ReopenConversation {});
            },
            |all, ()| {
                let expected = both(("closed", "ana"), ("open", "ben"));
                assert_eq!(sides(&all.header().conflicts, "status"), expected);
                all.ok(settle.clone());
                assert_eq!(all.header().conflicts, []);
                let closes = matches!(settle, C::CloseConversation { topic: None });
                assert_eq!(all.header().status == ConversationStatus::Closed, closes);
            },
        );
    }
}

#[test]
fn a_field_of_the_conversation_set_by_both_is_a_conflict_until_it_is_set_again() {
    let subject = |text: &str| C::SetConversationSubject {
        subject: text.to_owned(),
    };
    let priority = |priority| C::SetConversationPriority { priority };
    let team = |name: &str| C::SetTeam {
        team: name.parse().ok(),
    };
    for (field, by_ana, by_ben, values) in [
        ("owner", owner("ana"), owner("ben"), ["ana", "ben"]),
        ("owner", owner("ana"), owner(""), ["ana", ""]),
        ("team", team("sales"), team("support"), ["sales", "support"]),
        (
            "priority",
            priority(Priority::High),
            priority(Priority::Critical),
            ["high", "critical"],
        ),
        (
            "subject",
            subject("Parcel"),
            subject("Refund"),
            ["Parcel", "Refund"],
        ),
    ] {
        ana_and_ben(
            |peers| {
                peers.of("cleo").ok(owner("cleo"));
            },
            |ana, ()| {
                ana.ok(by_ana.clone());
            },
            |ben, ()| {
                ben.ok(by_ben.clone());
            },
            |all, ()| {
                let mut expected = both((values[0], "ana"), (values[1], "ben"));
                expected.sort();
                assert_eq!(sides(&all.header().conflicts, field), expected);
                // Either value settles it, the one that shows included.
                all.ok(by_ana.clone());
                assert_eq!(all.header().conflicts, [], "{field}");
            },
        );
    }
}

#[test]
fn a_property_of_a_task_set_by_both_is_a_conflict_until_it_is_set_again() {
    let assign = |who: &str| TaskField::Assignee(who.parse().ok());
    let due = |seconds| TaskField::Due(Some(commands::due(seconds)));
    for (field, by_ana, by_ben, values) in [
        (
            "assignee",
            assign("member:ana"),
            assign("team:support"),
            ["member:ana".to_owned(), "team:support".to_owned()],
        ),
        (
            "due",
            due(100),
            due(200),
            [100, 200].map(|seconds| commands::due(seconds).to_string()),
        ),
        (
            "title",
            TaskField::Title("Ring".to_owned()),
            TaskField::Title("Write".to_owned()),
            ["Ring".to_owned(), "Write".to_owned()],
        ),
    ] {
        ana_and_ben(
            |peers| peers.of("cleo").made(create_task("Call")),
            |ana, task| {
                ana.ok(set_task(*task, by_ana.clone()));
            },
            |ben, task| {
                ben.ok(set_task(*task, by_ben.clone()));
            },
            |all, task| {
                let expected = both((&values[0], "ana"), (&values[1], "ben"));
                assert_eq!(sides(&all.task(*task).conflicts, field), expected);
                all.ok(set_task(*task, by_ben.clone()));
                assert_eq!(all.task(*task).conflicts, [], "{field}");
            },
        );
    }
}

#[test]
fn a_task_claimed_by_both_names_both() {
    ana_and_ben(
        |peers| peers.of("cleo").made(create_task_for("team:support")),
        |ana, task| {
            ana.ok(C::ClaimTask {
                task: TaskId(*task),
            });
        },
        |ben, task| {
            ben.ok(C::ClaimTask {
                task: TaskId(*task),
            });
        },
        |all, task| {
            let expected = both(("member:ana", "ana"), ("member:ben", "ben"));
            assert_eq!(sides(&all.task(*task).conflicts, "assignee"), expected);
        },
    );
}

#[test]
fn a_third_value_of_a_conflict_shows_wherever_it_stands() {
    for order in [
        [0, 1, 2],
        [0, 2, 1],
        [1, 0, 2],
        [1, 2, 0],
        [2, 0, 1],
        [2, 1, 0],
    ] {
        let mut peers = Peers::in_conversation([ana(), ben(), cleo(), vera()]);
        let task = peers.0[0].made(create_task("Call"));
        peers.exchange();
        let mut sides = Vec::new();
        for side in 0..3 {
            let name = peers.0[side].member.id.to_string();
            peers.0[side].ok(set_task(task, TaskField::Title(name.clone())));
            peers.0[side].ok(owner(&name));
            sides.push(peers.0[side].document.changes_since(&[]));
        }
        for side in order {
            peers.0[3].document.apply(sides[side].clone()).unwrap();
        }
        assert_eq!(peers.0[3].task(task).conflicts[0].values.len(), 3);
        assert_eq!(peers.0[3].header().conflicts[0].values.len(), 3);
    }
}

#[test]
fn a_profile_field_set_by_both_is_a_conflict_until_it_is_set_again() {
    let set = |set| to_contact(ContactCommand::SetContactField { set });
    at_once(
        contact().into(),
        &[ana(), ben()],
        |peers| {
            let create = to_contact(commands::create_contact("Dora"));
            peers.of("ana").execute(&create).unwrap();
        },
        |ana, ()| {
            ana.execute(&set(ContactField::Company("Acme".to_owned())))
                .unwrap();
        },
        |ben, ()| {
            ben.execute(&set(ContactField::Company("Ajax".to_owned())))
                .unwrap();
        },
        |all, ()| {
            let conflicts = &all.document.contact().unwrap().conflicts;
            let expected = both(("Acme", "ana"), ("Ajax", "ben"));
            assert_eq!(sides(conflicts, "company"), expected);
            all.execute(&set(ContactField::Company("Acme".to_owned())))
                .unwrap();
            assert_eq!(all.document.contact().unwrap().conflicts, []);
        },
    );
}

//! The Tasks page, the log and the calendar.

use crate::support::commands::{appointment_draft, due, span, task_draft, topic_draft};
use crate::support::{ana, at, ben, cleo, dan, vera};
use crate::{Books, contact};
use threadline_core::command::{
    AppointmentDraft, ContactCommand, ContactDraft, ConversationCommand as C, TaskDraft, TopicDraft,
};
use threadline_core::model::{
    Assignee, Member, Priority, TaskChannel, TaskStatus, TopicOrigin, TopicStatus,
};
use threadline_core::replica::{
    CalendarQuery, Replica, TaskGroup, TaskPage, TaskQuery, TaskScope, TaskSort, TopicQuery,
};

fn task(title: &str, assignee: &str, due_at: Option<i64>, priority: Priority) -> (Member, C) {
    let draft = TaskDraft {
        assignee: assignee.parse::<Assignee>().ok(),
        due: due_at.map(due),
        priority,
        channel: title.starts_with("Call").then_some(TaskChannel::Call),
        ..task_draft(title)
    };
    (cleo(), C::CreateTask { draft })
}

fn topic(subject: &str, purpose: &str, origin: TopicOrigin, start: i64) -> (Member, C) {
    let draft = TopicDraft {
        purpose: purpose.to_owned(),
        origin,
        start: Some(at(start)),
        ..topic_draft(subject)
    };
    (
        ana(),
        C::CreateTopic {
            draft,
            follow_up: None,
        },
    )
}

fn meeting(title: &str, start: i64, organiser: &str, guest: &str) -> (Member, C) {
    let draft = AppointmentDraft {
        when: span(start, start + 100),
        organiser: organiser.parse().ok(),
        attendees: vec![guest.parse().unwrap()],
        ..appointment_draft(title)
    };
    (cleo(), C::BookAppointment { draft })
}

fn books() -> Books {
    use Priority::{Critical, High, Low, Medium};
    let mut books = Books::default();
    books.conversation(
        1,
        "One",
        vec![
            task("Call late", "member:ana", Some(50), Low),
            task("Call today", "member:ana", Some(150), Critical),
            task("Write this week", "team:support", Some(250), High),
            task("Write one day", "", Some(999), Medium),
            task("Whenever", "member:ben", None, Medium),
            topic("Parcel", "issue", TopicOrigin::Email, 100),
            topic("Praise", "feedback", TopicOrigin::Manual, 200),
            meeting("Demo", 300, "ana", "email:eva@example.com"),
        ],
    );
    books.conversation(
        2,
        "Two",
        vec![
            task("Sell", "team:sales", Some(120), Medium),
            topic("Offer", "enquiry", TopicOrigin::Ticket, 300),
            meeting("Visit", 100, "ben", "member:ana"),
            meeting("Alone", 500, "ben", "member:dan"),
        ],
    );
    let draft = ContactDraft {
        name: "Dóra".to_owned(),
        ..ContactDraft::default()
    };
    books.card(2, vec![ContactCommand::CreateContact { draft }]);
    books
}

fn ask(replica: &Replica, query: TaskQuery) -> TaskPage {
    replica.tasks(&TaskQuery {
        now: at(100),
        day_ends: at(200),
        week_ends: at(300),
        limit: 100,
        ..query
    })
}

fn titles(page: &TaskPage) -> Vec<&str> {
    page.tasks
        .iter()
        .map(|row| row.task.title.as_str())
        .collect()
}

#[test]
fn tasks_come_in_groups_by_when_they_are_due() {
    let replica = books().replica_of(ana());
    let all = TaskQuery {
        scope: TaskScope::All,
        ..TaskQuery::default()
    };
    let page = ask(&replica, all);
    let groups: Vec<(&str, TaskGroup)> = page
        .tasks
        .iter()
        .map(|row| (row.task.title.as_str(), row.group))
        .collect();
    assert_eq!(
        groups,
        [
            ("Call late", TaskGroup::Overdue),
            ("Sell", TaskGroup::Today),
            ("Call today", TaskGroup::Today),
            ("Write this week", TaskGroup::Week),
            ("Write one day", TaskGroup::Later),
            ("Whenever", TaskGroup::None),
        ]
    );
    assert_eq!(page.total, 6);
    let counts = page.counts;
    assert_eq!((counts.mine, counts.teams, counts.unassigned), (2, 1, 1));
    assert_eq!((counts.all, counts.overdue), (6, 1));
}

#[test]
fn tasks_of_each_scope_and_who_may_claim_them() {
    for (member, mine, teams, claimable) in [
        (ana(), vec!["Call late", "Call today"], true, true),
        // Away: sees the team's tasks and takes none.
        (dan(), vec![], true, false),
        (vera(), vec![], true, false),
        (ben(), vec!["Whenever"], true, true),
    ] {
        let replica = books().replica_of(member.clone());
        let scope = |scope| TaskQuery {
            scope,
            ..TaskQuery::default()
        };
        assert_eq!(titles(&ask(&replica, scope(TaskScope::Mine))), mine);
        for (scope, shown) in [
            (scope(TaskScope::Teams), "Write this week"),
            (scope(TaskScope::Unassigned), "Write one day"),
        ] {
            let page = ask(&replica, scope);
            assert_eq!(titles(&page), [shown]);
            assert!(teams);
            assert_eq!(page.tasks[0].claimable, claimable, "{}", member.id);
        }
        let all = ask(&replica, scope(TaskScope::All));
        // Nobody claims what is somebody's, or of another team.
        let others = all
            .tasks
            .iter()
            .filter(|row| ["Sell", "Whenever", "Call late"].contains(&row.task.title.as_str()));
        assert!(others.into_iter().all(|row| !row.claimable));
    }
}

#[test]
fn tasks_are_narrowed_sorted_and_searched() {
    let replica = books().replica_of(ana());
    let all = || TaskQuery {
        scope: TaskScope::All,
        ..TaskQuery::default()
    };
    for (query, expected) in [
        (
            TaskQuery {
                priorities: vec![Priority::Critical, Priority::High],
                ..all()
            },
            vec!["Call today", "Write this week"],
        ),
        (
            TaskQuery {
                channels: vec![TaskChannel::Call],
                ..all()
            },
            vec!["Call late", "Call today"],
        ),
        (
            TaskQuery {
                types: vec!["internal".to_owned()],
                ..all()
            },
            vec![],
        ),
        (
            TaskQuery {
                assignees: vec!["team:sales".parse().unwrap()],
                ..all()
            },
            vec!["Sell"],
        ),
        (
            TaskQuery {
                statuses: vec![TaskStatus::Done],
                ..all()
            },
            vec![],
        ),
        (
            TaskQuery {
                search: "dora".to_owned(),
                ..all()
            },
            vec!["Sell"],
        ),
        // Within a group the most urgent comes first.
        (
            TaskQuery {
                sort: TaskSort::Priority,
                search: "l".to_owned(),
                priorities: vec![Priority::Critical, Priority::Medium],
                assignees: vec!["team:sales".parse().unwrap(), "member:ana".parse().unwrap()],
                ..all()
            },
            vec!["Call today", "Sell"],
        ),
    ] {
        assert_eq!(titles(&ask(&replica, query.clone())), expected, "{query:?}");
    }
}

#[test]
fn the_log_is_narrowed_by_everything_it_says() {
    let replica = books().replica_of(ana());
    let ask = |query: TopicQuery| -> Vec<String> {
        let page = replica.topics(&TopicQuery { limit: 10, ..query });
        assert_eq!(page.total as usize, page.topics.len());
        page.topics
            .into_iter()
            .map(|row| row.topic.subject)
            .collect()
    };
    let any = TopicQuery::default;
    for (query, expected) in [
        (any(), vec!["Offer", "Praise", "Parcel"]),
        (
            TopicQuery {
                purposes: vec!["issue".to_owned(), "enquiry".to_owned()],
                ..any()
            },
            vec!["Offer", "Parcel"],
        ),
        (
            TopicQuery {
                origins: vec![TopicOrigin::Email, TopicOrigin::Manual],
                ..any()
            },
            vec!["Praise", "Parcel"],
        ),
        (
            TopicQuery {
                owners: vec![ben().id],
                ..any()
            },
            vec![],
        ),
        (
            TopicQuery {
                statuses: vec![TopicStatus::Closed],
                ..any()
            },
            vec![],
        ),
        (
            TopicQuery {
                from: Some(at(200)),
                to: Some(at(300)),
                ..any()
            },
            vec!["Praise"],
        ),
        (
            TopicQuery {
                contact: Some(contact(2)),
                ..any()
            },
            vec!["Offer"],
        ),
        (
            TopicQuery {
                search: "PARCEL sent".to_owned(),
                ..any()
            },
            vec!["Parcel"],
        ),
    ] {
        assert_eq!(ask(query.clone()), expected, "{query:?}");
    }
}

#[test]
fn the_calendar_shows_whose_appointments_and_due_tasks_are_asked_for() {
    let replica = books().replica_of(ana());
    let shown = |from, to, members: Vec<Member>| -> Vec<String> {
        let entries = replica.calendar(&CalendarQuery {
            from: at(from),
            to: at(to),
            members: members.into_iter().map(|member| member.id).collect(),
        });
        let title = |entry: &threadline_core::replica::CalendarEntry| {
            let appointment = entry.appointment.as_ref().map(|it| it.title.clone());
            let task = entry.task.as_ref().map(|it| it.title.clone());
            appointment.or(task).unwrap()
        };
        entries.iter().map(title).collect()
    };
    assert_eq!(
        shown(0, 10_000, vec![ana()]),
        ["Call late", "Visit", "Call today", "Demo"]
    );
    assert_eq!(shown(0, 10_000, vec![dan()]), ["Alone"]);
    // An appointment shows wherever a part of it lies in the stretch.
    assert_eq!(shown(380, 390, vec![]), ["Demo"]);
    assert_eq!(shown(401, 500, vec![]), Vec::<String>::new());
    assert_eq!(shown(500, 501, vec![]), ["Alone"]);
    assert_eq!(shown(0, 10_000, vec![]).len(), 8);
}

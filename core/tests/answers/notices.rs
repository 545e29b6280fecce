//! What a member wants to know of, and what they are told of once.

use std::collections::BTreeMap;

use threadline_core::command::{AppointmentDraft, TaskDraft};
use threadline_core::id::TaskId;
use threadline_core::model::{Assignee, Guest, MarkValue, Marks, Span, TaskStatus};
use threadline_core::replica::{Notice, NoticeKind};
use threadline_core::time::{Due, TimeSpan};

use super::support::commands::{receive, task_draft};
use super::*;

const HOUR: i64 = 3_600;

fn kinds(notices: &[Notice]) -> Vec<NoticeKind> {
    notices.iter().map(|it| it.kind).collect()
}

/// A conversation that Ana owns, by Ben.
fn owned() -> Peer {
    let mut peer = thread(conversation(), ben());
    say(&mut peer, start(contact(), 0));
    let owner = Some(ana().id);
    say(&mut peer, ConversationCommand::SetOwner { owner });
    peer
}

fn writes(peer: &mut Peer, number: u8, seconds: i64) {
    let agent = std::mem::replace(&mut peer.member, service());
    say(peer, receive(number, seconds, "Where is it?"));
    peer.member = agent;
}

fn mention() -> ConversationCommand {
    let marks: Marks = BTreeMap::from([(
        "__ext__threadline_mention".to_owned(),
        MarkValue::Text("ana".to_owned()),
    )]);
    ConversationCommand::AddNote {
        parent: None,
        message: None,
        spans: vec![Span::Text {
            value: "@Ana".to_owned(),
            marks,
        }],
    }
}

fn task(due: Option<i64>) -> ConversationCommand {
    let draft = TaskDraft {
        assignee: Some(Assignee::Member(ana().id)),
        due: due.map(|seconds| Due {
            at: at(seconds),
            zone: "UTC".to_owned(),
            day: None,
        }),
        ..task_draft("Call")
    };
    ConversationCommand::CreateTask { draft }
}

fn meeting(start: i64, end: i64, who: &Member) -> ConversationCommand {
    let draft = AppointmentDraft {
        title: "Meet".to_owned(),
        when: TimeSpan {
            start: at(start),
            end: at(end),
            zone: "UTC".to_owned(),
        },
        organiser: Some(ben().id),
        attendees: vec![Guest::Member(who.id.clone())],
        place: String::new(),
        link: String::new(),
        agenda: String::new(),
    };
    ConversationCommand::BookAppointment { draft }
}

#[test]
fn the_list_has_what_concerns_the_member_now() {
    let mut person = contact_of(contact(), dora());
    let now = 100 * HOUR;
    // What is asked of the conversation, and what the list has of it.
    let table: Vec<(&str, Vec<ConversationCommand>, Vec<NoticeKind>)> = vec![
        ("nothing", vec![], vec![]),
        ("mention", vec![mention()], vec![NoticeKind::Mention]),
        ("no date", vec![task(None)], vec![NoticeKind::Assigned]),
        (
            "later",
            vec![task(Some(now + 25 * HOUR))],
            vec![NoticeKind::Assigned],
        ),
        (
            "soon",
            vec![task(Some(now + 23 * HOUR))],
            vec![NoticeKind::DueSoon],
        ),
        ("over", vec![task(Some(now - 1))], vec![NoticeKind::Overdue]),
        (
            "somebody's task",
            vec![ConversationCommand::CreateTask {
                draft: task_draft("Call"),
            }],
            vec![],
        ),
        (
            "meeting",
            vec![meeting(now + HOUR / 2, now + 2 * HOUR, &ana())],
            vec![NoticeKind::Appointment],
        ),
        (
            "meeting that goes on",
            vec![meeting(now - HOUR, now + HOUR, &ana())],
            vec![NoticeKind::Appointment],
        ),
        (
            "later meeting",
            vec![meeting(now + 2 * HOUR, now + 3 * HOUR, &ana())],
            vec![],
        ),
        (
            "meeting that is over",
            vec![meeting(now - HOUR, now, &ana())],
            vec![],
        ),
        (
            "others' meeting",
            vec![meeting(now + 1, now + HOUR, &ben())],
            vec![],
        ),
        (
            "snoozed",
            vec![ConversationCommand::SnoozeConversation { until: at(now + 1) }],
            vec![],
        ),
        (
            "back",
            vec![ConversationCommand::SnoozeConversation { until: at(now - 1) }],
            vec![NoticeKind::Unsnoozed],
        ),
    ];
    for (name, commands, expected) in table {
        let mut peer = owned();
        for command in commands {
            say(&mut peer, command);
        }
        let replica = replica(&mut [&mut person, &mut peer]);
        let found = replica.notifications(at(now));
        assert_eq!(kinds(&found), expected, "{name}");
        for notice in &found {
            assert_eq!(notice.conversation, conversation());
            assert_eq!(notice.name, "Dora Lind");
        }
    }
}

#[test]
fn what_was_read_begun_or_done_is_no_news() {
    let mut peer = owned();
    writes(&mut peer, 1, 50);
    peer.clock = 60;
    say(&mut peer, mention());
    peer.clock = 70;
    peer.ok(task(None));
    let now = at(HOUR);
    let all = [NoticeKind::Assigned, NoticeKind::Mention, NoticeKind::Reply];
    assert_eq!(kinds(&replica(&mut [&mut peer]).notifications(now)), all);
    peer.member = ana();
    say(&mut peer, ConversationCommand::MarkRead { up_to: at(61) });
    let rest = replica(&mut [&mut peer]).notifications(now);
    assert_eq!(kinds(&rest), [NoticeKind::Assigned]);
    let task = TaskId(rest[0].id.unwrap());
    let status = TaskStatus::InProgress;
    say(
        &mut peer,
        ConversationCommand::SetTaskStatus { task, status },
    );
    assert_eq!(replica(&mut [&mut peer]).notifications(now), []);
}

#[test]
fn a_member_is_told_once_of_what_somebody_else_brought() {
    let mut person = contact_of(contact(), dora());
    let mut peer = owned();
    writes(&mut peer, 1, 50);
    // The first rows ever are no news.
    let mut replica = replica(&mut [&mut person]);
    let first = bring(&mut replica, vec![row(&mut peer.document)]);
    assert_eq!(kinds(&first), [NoticeKind::Reply]);
    assert_eq!(first[0].text, "Where is it?");
    assert_eq!(bring(&mut replica, vec![row(&mut peer.document)]), []);
    writes(&mut peer, 2, 60);
    assert_eq!(
        kinds(&bring(&mut replica, vec![row(&mut peer.document)])),
        [NoticeKind::Reply]
    );
    peer.clock = 70;
    say(&mut peer, mention());
    say(&mut peer, task(None));
    let news = bring(&mut replica, vec![row(&mut peer.document)]);
    assert_eq!(kinds(&news), [NoticeKind::Mention, NoticeKind::Assigned]);
    say(
        &mut peer,
        ConversationCommand::AddTag {
            tag: "late".to_owned(),
        },
    );
    assert_eq!(bring(&mut replica, vec![row(&mut peer.document)]), []);
}

#[test]
fn the_first_rows_ever_are_no_news() {
    let mut peer = owned();
    writes(&mut peer, 1, 50);
    let mut replica = replica(&mut [&mut peer]);
    assert_eq!(told(&mut replica), []);
    assert_eq!(kinds(&replica.notifications(at(60))), [NoticeKind::Reply]);
}

#[test]
fn changes_of_an_open_document_tell_once_and_ones_own_never() {
    use threadline_core::sync::frame::Changes;
    let mut peer = owned();
    let mut replica = replica(&mut [&mut peer]);
    load(&mut replica, &mut peer);
    let have = peer.document.heads();
    writes(&mut peer, 1, 50);
    let changes = peer.document.changes_since(&have);
    let frame = ServerFrame::Changes(Changes {
        doc: conversation().into(),
        changes: changes
            .iter()
            .map(|it| it.raw_bytes().to_vec().into())
            .collect(),
        heads: Vec::new(),
        seq: 2,
        complete: true,
    });
    replica.take_effects();
    replica.receive(&frame.encode(), at(51)).unwrap();
    assert_eq!(kinds(&told(&mut replica)), [NoticeKind::Reply]);
    assert_eq!(bring(&mut replica, vec![row(&mut peer.document)]), []);
    // Her own task is no news to her.
    let command = Command::Conversation {
        conversation: conversation(),
        command: task(None),
    };
    replica.apply(command, at(52)).unwrap();
    assert_eq!(told(&mut replica), []);
}

//! Topics: their fields, what follows from them, and what they are logged from.

use crate::refusals::refuses;
use crate::support::commands::{choice_draft, put_choice, task_draft, topic_draft, words};
use crate::support::{Peer, at, cleo, to_conversation};
use crate::{change, log, scene, set_topic, told};
use threadline_core::command::{
    ChoiceDraft, ConversationCommand as C, TaskDraft, TopicDraft, TopicField,
};
use threadline_core::error::Code;
use threadline_core::id::{DocumentId, InteractionId, TaskId};
use threadline_core::limits;
use threadline_core::model::{ItemKind, ListKind, TaskStatus, TopicOrigin, TopicStatus};

#[test]
fn refusals_of_a_topics_fields() {
    use TopicField::{End, FirstMessage, LastMessage, Purpose, Reference, Start, Subject, Summary};
    let mut scene = scene();
    let (topic, note) = (scene.topic, scene.note);
    let (first, last) = (
        InteractionId(scene.message_in),
        InteractionId(scene.message_out),
    );
    let long = || "x".repeat(limits::LINE_UNITS + 1);
    let ana = scene.peers.of("ana");
    ana.ok(set_topic(topic, Start(at(50))));
    ana.ok(set_topic(topic, End(Some(at(60)))));
    // The message in is of second 10, the one out of second 2.
    ana.ok(set_topic(topic, FirstMessage(Some(first))));
    for (id, set, code, field) in [
        (note, Subject("x".to_owned()), Code::NotFound, "topic"),
        (topic, Subject(" ".to_owned()), Code::Invalid, "subject"),
        (topic, Subject(long()), Code::TooLong, "subject"),
        (
            topic,
            Purpose("no_such".to_owned()),
            Code::Invalid,
            "purpose",
        ),
        (
            topic,
            Summary("x".repeat(limits::PROSE_UNITS + 1)),
            Code::TooLong,
            "summary",
        ),
        (topic, Start(at(61)), Code::Invalid, "end"),
        (topic, End(Some(at(49))), Code::Invalid, "end"),
        (topic, LastMessage(Some(last)), Code::Invalid, "lastMessage"),
        (
            topic,
            FirstMessage(Some(InteractionId(note))),
            Code::NotFound,
            "firstMessage",
        ),
        (
            topic,
            LastMessage(Some(InteractionId(note))),
            Code::NotFound,
            "lastMessage",
        ),
        (topic, Reference(long()), Code::TooLong, "reference"),
    ] {
        refuses(ana, &to_conversation(set_topic(id, set)), code, field);
    }
}

#[test]
fn every_field_of_a_topic_tells_old_and_new() {
    use TopicField::{End, FirstMessage, LastMessage, Owner, Purpose, Reference, Start, Subject};
    let mut scene = scene();
    let topic = scene.topic;
    let message = InteractionId(scene.message_in);
    let (text, millis) = (message.to_string(), |seconds| {
        at(seconds).as_millis().to_string()
    });
    let cleo = scene.peers.of("cleo");
    let start = cleo.topic(topic).start.as_millis().to_string();
    for (set, field, from, to) in [
        (
            Subject("Parcel".to_owned()),
            "subject",
            "Lost parcel",
            "Parcel",
        ),
        (
            Purpose("feedback".to_owned()),
            "purpose",
            "issue",
            "feedback",
        ),
        (Owner("ana".parse().ok()), "owner", "cleo", "ana"),
        (Owner(None), "owner", "ana", ""),
        (Start(at(50)), "start", &start, &millis(50)),
        (End(Some(at(60))), "end", "", &millis(60)),
        (End(None), "end", &millis(60), ""),
        (FirstMessage(Some(message)), "firstMessage", "", &text),
        (LastMessage(Some(message)), "lastMessage", "", &text),
        (LastMessage(None), "lastMessage", &text, ""),
        (Reference("T-1".to_owned()), "reference", "", "T-1"),
        // Of a text the history has every letter; the trail says that it changed.
        (TopicField::Summary("Found.".to_owned()), "summary", "", ""),
    ] {
        assert_eq!(told(cleo, set_topic(topic, set)), change(field, from, to));
    }
    let shown = cleo.topic(topic);
    assert_eq!(
        (shown.subject.as_str(), shown.summary.as_str()),
        ("Parcel", "Found.")
    );
    assert_eq!((shown.first_message, shown.end), (Some(message), None));
    let closed = C::SetTopicStatus {
        topic: shown.id,
        status: TopicStatus::Closed,
    };
    assert_eq!(told(cleo, closed), change("status", "open", "closed"));
}

#[test]
fn a_choice_that_was_archived_is_kept_but_not_chosen_again() {
    let mut admin = Peer::new(9, cleo(), DocumentId::Workspace);
    for (list, id) in [
        (ListKind::Purposes, "issue"),
        (ListKind::TaskTypes, "internal"),
        (ListKind::ContactTypes, "lead"),
    ] {
        let choice = ChoiceDraft {
            archived: true,
            ..choice_draft(id, "")
        };
        admin.ok(put_choice(list, choice));
    }
    let mut scene = scene();
    let topic = scene.topic;
    let ana = scene.peers.of("ana");
    ana.rules = admin.settings().clone();
    assert_eq!(ana.topic(topic).purpose, "issue");
    let again = log(topic_draft("Another"));
    refuses(ana, &to_conversation(again), Code::Invalid, "purpose");
    let task = C::CreateTask {
        draft: TaskDraft {
            task_type: "internal".to_owned(),
            ..task_draft("Call")
        },
    };
    refuses(ana, &to_conversation(task), Code::Invalid, "taskType");
    // What names it stays as it is, and its other fields are set.
    let set = TopicField::Subject("Parcel".to_owned());
    ana.ok(set_topic(topic, set));
    assert_eq!(ana.topic(topic).purpose, "issue");
}

#[test]
fn only_an_automation_logs_as_a_flow_and_only_a_task_as_a_task() {
    let mut scene = scene();
    let from = |origin| {
        log(TopicDraft {
            origin,
            reference: "T-1".to_owned(),
            ..topic_draft("Lost parcel")
        })
    };
    for (who, origin) in [
        ("ana", TopicOrigin::Flow),
        ("cleo", TopicOrigin::Flow),
        ("ana", TopicOrigin::Task),
        ("service", TopicOrigin::Task),
    ] {
        let command = to_conversation(from(origin));
        refuses(scene.peers.of(who), &command, Code::Invalid, "origin");
    }
    for (who, origin) in [
        ("ana", TopicOrigin::Manual),
        ("ana", TopicOrigin::Email),
        ("ana", TopicOrigin::Ticket),
        ("service", TopicOrigin::Flow),
    ] {
        let peer = scene.peers.of(who);
        let id = peer.made(from(origin));
        let topic = peer.topic(id);
        assert_eq!((topic.origin, topic.reference.as_str()), (origin, "T-1"));
    }
}

#[test]
fn a_topic_and_the_task_that_follows_are_one_change() {
    let mut scene = scene();
    let ana = scene.peers.of("ana");
    let follow_up = TaskDraft {
        assignee: Some("member:ben".parse().unwrap()),
        ..task_draft("Call again")
    };
    let command = |follow_up| {
        to_conversation(C::CreateTopic {
            draft: topic_draft("Lost parcel"),
            follow_up: Some(follow_up),
        })
    };
    // Neither is written where one of them is refused.
    refuses(ana, &command(task_draft("")), Code::Invalid, "title");
    let executed = ana.execute(&command(follow_up)).unwrap();
    let (topic, task) = (
        executed.outcome.topic.unwrap(),
        executed.outcome.task.unwrap(),
    );
    let changes = ana.document.changes_since(&[]);
    assert_eq!(
        executed.change.unwrap().hash(),
        changes.last().unwrap().hash()
    );
    assert_eq!(ana.topic(topic.0).subject, "Lost parcel");
    assert_eq!(ana.task(task.0).assignee, "member:ben".parse().ok());
}

#[test]
fn a_task_is_finished_with_a_topic_a_note_and_what_follows_in_one_change() {
    let mut scene = scene();
    let free = scene.free;
    let ana = scene.peers.of("ana");
    let notes = ana.view().of_kind(ItemKind::Note).count();
    let executed = ana
        .execute(&to_conversation(C::FinishTask {
            task: TaskId(free),
            outcome: Some(topic_draft("Reached her")),
            note: vec![words("She was glad.")],
            follow_up: Some(task_draft("Send the papers")),
        }))
        .unwrap();
    assert_eq!(ana.document.heads(), [executed.change.unwrap().hash()]);
    assert_eq!(ana.task(free).status, TaskStatus::Done);
    assert_eq!(ana.task(free).topic, executed.outcome.topic);
    assert_eq!(ana.view().of_kind(ItemKind::Note).count(), notes + 1);
    let next = executed.outcome.task.unwrap();
    assert_eq!(ana.task(next.0).title, "Send the papers");
    let note = executed.outcome.created.unwrap();
    assert_eq!(ana.text(note), "She was glad.");
    // And none of it where a part is refused.
    let bens = scene.bens;
    let command = to_conversation(C::FinishTask {
        task: TaskId(bens),
        outcome: None,
        note: Vec::new(),
        follow_up: Some(task_draft("")),
    });
    let cleo = scene.peers.of("cleo");
    refuses(cleo, &command, Code::Invalid, "title");
}

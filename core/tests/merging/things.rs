//! Things that both add, and texts that both type in.

use crate::support::commands::{
    self, add_note, add_tag, create_task, remove_tag, send, set_task, splice, type_in, words,
};
use crate::support::{ana, at, ben, contact, conversation, service};
use crate::{ana_and_ben, at_once, nothing};
use threadline_core::command::{ConversationCommand as C, DeliveryFact, TaskField};
use threadline_core::id::{InteractionId, NoteId, TaskId, TopicId};
use threadline_core::model::{DeliveryStatus, Failure, Item, ItemKind, TaskStatus};
use uuid::Uuid;

#[test]
fn what_both_add_survives() {
    ana_and_ben(
        nothing,
        |ana, ()| {
            ana.ok(send("I look into it."));
            ana.ok(create_task("Call the carrier"));
            ana.ok(C::CreateTopic {
                draft: commands::topic_draft("Lost parcel"),
                follow_up: None,
            });
        },
        |ben, ()| {
            ben.ok(add_note("Dora called twice."));
            ben.ok(create_task("Refund"));
        },
        |all, ()| {
            let count = |kind| all.view().of_kind(kind).count();
            assert_eq!(count(ItemKind::Interaction), 1);
            assert_eq!(count(ItemKind::Note), 1);
            assert_eq!(count(ItemKind::Task), 2);
            assert_eq!(count(ItemKind::Topic), 1);
        },
    );
}

#[test]
fn typing_of_both_in_a_note_survives() {
    ana_and_ben(
        |peers| peers.of("ana").made(add_note("middle")),
        |ana, note| {
            ana.ok(type_in(*note, 0, "before "));
        },
        |ben, note| {
            ben.ok(type_in(*note, 6, " after"));
        },
        |all, note| assert_eq!(all.text(*note), "before middle after"),
    );
}

#[test]
fn typing_of_both_in_a_description_survives() {
    let describe = |task: Uuid, text: &str| set_task(task, TaskField::Description(text.to_owned()));
    ana_and_ben(
        |peers| {
            let task = peers.of("ana").made(create_task("Call"));
            peers.of("ana").ok(describe(task, "in the morning"));
            task
        },
        |ana, task| {
            ana.ok(describe(*task, "early in the morning"));
        },
        |ben, task| {
            ben.ok(describe(*task, "in the morning, not on Monday"));
        },
        |all, task| {
            let text = &all.task(*task).description;
            assert_eq!(text, "early in the morning, not on Monday");
        },
    );
}

#[test]
fn adding_a_tag_beats_removing_it() {
    ana_and_ben(
        |peers| {
            peers.of("ana").ok(add_tag("vip"));
        },
        |ana, ()| {
            ana.ok(remove_tag("vip"));
        },
        |ben, ()| {
            ben.ok(remove_tag("vip"));
            ben.ok(add_tag("vip"));
        },
        |all, ()| assert_eq!(all.header().tags, ["vip"]),
    );
}

#[test]
fn tags_of_both_survive() {
    ana_and_ben(
        nothing,
        |ana, ()| {
            ana.ok(add_tag("vip"));
            ana.ok(add_tag("late"));
        },
        |ben, ()| {
            ben.ok(add_tag("vip"));
        },
        |all, ()| {
            assert_eq!(all.header().tags, ["late", "vip"]);
            assert_eq!(all.header().conflicts, []);
        },
    );
}

#[test]
fn the_furthest_read_marker_wins() {
    let read = |seconds| C::MarkRead { up_to: at(seconds) };
    // Two tabs of the same member.
    at_once(
        conversation().into(),
        &[ana(), ana()],
        nothing,
        |tab, ()| {
            tab.ok(read(50));
        },
        |tab, ()| {
            tab.ok(read(20));
        },
        |all, ()| assert_eq!(all.header().read[&ana().id], at(50)),
    );
}

#[test]
fn delivery_facts_only_grow() {
    let record = |message: &Uuid, fact| C::RecordDelivery {
        interaction: InteractionId(*message),
        fact,
    };
    let failed = || {
        DeliveryFact::Failed(Failure {
            code: "timeout".to_owned(),
            text: "No answer.".to_owned(),
        })
    };
    at_once(
        conversation().into(),
        &[service(), service()],
        |peers| peers.of("cleo").made(send("On its way.")),
        |worker, message| {
            worker.ok(record(message, DeliveryFact::Sent));
            worker.ok(record(message, failed()));
        },
        |worker, message| {
            worker.ok(record(message, DeliveryFact::Delivered));
        },
        |all, message| {
            let Some(Item::Interaction(it)) = all.view().item(ItemKind::Interaction, *message)
            else {
                panic!("the message is gone")
            };
            assert_eq!(it.status, Some(DeliveryStatus::Delivered));
            assert_eq!(it.failure, None);
        },
    );
}

#[test]
fn the_same_conversation_begun_by_both_is_one() {
    at_once(
        conversation().into(),
        &[ana(), ben()],
        nothing,
        |ana, ()| {
            ana.ok(commands::start("An order"));
            ana.ok(add_note("from Ana"));
        },
        |ben, ()| {
            ben.ok(commands::start("An order"));
            ben.ok(add_note("from Ben"));
        },
        |all, ()| {
            assert_eq!(all.header().contact, Some(contact()));
            assert_eq!(all.header().conflicts, []);
            assert_eq!(all.view().of_kind(ItemKind::Note).count(), 2);
        },
    );
}

#[test]
fn a_deleted_note_hides_its_text_and_comes_back_with_what_was_typed() {
    ana_and_ben(
        |peers| peers.of("ana").made(add_note("Call back")),
        |ana, note| {
            ana.ok(C::DeleteNote {
                note: NoteId(*note),
            });
        },
        |ben, note| {
            ben.ok(C::EditNote {
                note: NoteId(*note),
                edits: vec![splice(9, 0, " today")],
            });
        },
        |all, note| {
            assert_eq!(all.note(*note).spans, []);
            assert_eq!(all.note(*note).deleted.as_ref().unwrap().by, ana().id);
            all.ok(C::RestoreNote {
                note: NoteId(*note),
            });
            assert_eq!(all.note(*note).spans, [words("Call back today")]);
            assert_eq!(all.note(*note).deleted, None);
        },
    );
}

#[test]
fn a_task_finished_by_both_keeps_both_logs() {
    let finish = |task: &Uuid, subject: &str| C::FinishTask {
        task: TaskId(*task),
        outcome: Some(commands::topic_draft(subject)),
        note: Vec::new(),
        follow_up: None,
    };
    ana_and_ben(
        |peers| peers.of("cleo").made(create_task("Call")),
        |ana, task| {
            ana.ok(finish(task, "Reached her"));
        },
        |ben, task| {
            ben.ok(finish(task, "Left a message"));
        },
        |all, task| {
            assert_eq!(all.task(*task).status, TaskStatus::Done);
            let topics: Vec<TopicId> = all
                .view()
                .of_kind(ItemKind::Topic)
                .map(|item| match item {
                    Item::Topic(topic) => {
                        assert_eq!(topic.task, Some(TaskId(*task)));
                        topic.id
                    }
                    other => panic!("not a topic: {other:?}"),
                })
                .collect();
            assert_eq!(topics.len(), 2);
            assert!(
                all.task(*task)
                    .topic
                    .is_some_and(|topic| topics.contains(&topic))
            );
        },
    );
}

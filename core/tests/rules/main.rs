//! What every command does, and everything it refuses: by whom, with which
//! code, on which field.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

#[path = "../support/mod.rs"]
mod support;

mod effects;
mod refusals;

use support::commands::{
    add_note, add_tag, create_task, create_task_for, owner, receive, remove_tag, send, set_task,
    topic_draft, type_in,
};
use support::{Peers, ana, at, ben, cleo, dan, eva, service, vera};
use threadline_core::command::{ConversationCommand as C, DeliveryFact, TaskField, TopicDraft};
use threadline_core::id::{InteractionId, NoteId, TaskId, TopicId};
use threadline_core::model::{Failure, Priority, TaskStatus, TextEdit, TopicStatus};
use uuid::Uuid;

/// A conversation with one of everything, and everybody in it.
struct Scene {
    peers: Peers,
    message_in: Uuid,
    message_out: Uuid,
    note: Uuid,
    deleted: Uuid,
    free: Uuid,
    teams: Uuid,
    bens: Uuid,
    done: Uuid,
    topic: Uuid,
}

fn scene() -> Scene {
    let everyone = [cleo(), ana(), ben(), dan(), eva(), vera(), service()];
    let mut peers = Peers::in_conversation(everyone);
    let message_in = peers.of("service").made(receive(1, 10, "Where is it?"));
    let cleo = peers.of("cleo");
    let message_out = cleo.made(send("On its way."));
    let note = cleo.made(add_note("Call back"));
    let deleted = cleo.made(add_note("Wrong thread"));
    cleo.ok(C::DeleteNote {
        note: NoteId(deleted),
    });
    let free = cleo.made(create_task("Call"));
    let teams = cleo.made(create_task_for("team:support"));
    let bens = cleo.made(create_task_for("member:ben"));
    let done = cleo.made(create_task("Pack"));
    cleo.ok(set_status(done, TaskStatus::Done));
    let topic = cleo.made(C::CreateTopic {
        draft: topic_draft("Lost parcel"),
        follow_up: None,
    });
    peers.exchange();
    Scene {
        peers,
        message_in,
        message_out,
        note,
        deleted,
        free,
        teams,
        bens,
        done,
        topic,
    }
}

fn set_status(task: Uuid, status: TaskStatus) -> C {
    C::SetTaskStatus {
        task: TaskId(task),
        status,
    }
}

fn claim(task: Uuid) -> C {
    C::ClaimTask { task: TaskId(task) }
}

fn finish(task: Uuid, outcome: Option<TopicDraft>) -> C {
    C::FinishTask {
        task: TaskId(task),
        outcome,
        note: Vec::new(),
        follow_up: None,
    }
}

fn record(message: Uuid, fact: DeliveryFact) -> C {
    C::RecordDelivery {
        interaction: InteractionId(message),
        fact,
    }
}

fn edit(note: Uuid, edit: TextEdit) -> C {
    C::EditNote {
        note: NoteId(note),
        edits: vec![edit],
    }
}

fn log(draft: TopicDraft) -> C {
    C::CreateTopic {
        draft,
        follow_up: None,
    }
}

fn failed() -> DeliveryFact {
    DeliveryFact::Failed(Failure {
        code: "550".to_owned(),
        text: "No such mailbox.".to_owned(),
    })
}

/// One command of every kind that the scene's admin or service may give.
fn one_of_each(scene: &Scene) -> Vec<(&'static str, C)> {
    vec![
        ("cleo", C::CloseConversation { topic: None }),
        ("cleo", C::ReopenConversation {}),
        ("cleo", owner("ana")),
        (
            "cleo",
            C::SetTeam {
                team: "support".parse().ok(),
            },
        ),
        (
            "cleo",
            C::SetConversationPriority {
                priority: Priority::High,
            },
        ),
        (
            "cleo",
            C::SetConversationSubject {
                subject: "Parcel".to_owned(),
            },
        ),
        ("cleo", add_tag("vip")),
        ("cleo", remove_tag("vip")),
        ("cleo", C::MarkRead { up_to: at(99) }),
        ("cleo", send("Sorry.")),
        ("service", receive(2, 20, "Thanks")),
        ("service", record(scene.message_out, DeliveryFact::Sent)),
        ("cleo", add_note("Dora called")),
        ("cleo", type_in(scene.note, 0, "! ")),
        (
            "cleo",
            C::DeleteNote {
                note: NoteId(scene.note),
            },
        ),
        (
            "cleo",
            C::RestoreNote {
                note: NoteId(scene.deleted),
            },
        ),
        ("cleo", create_task("Refund")),
        (
            "cleo",
            set_task(scene.free, TaskField::Title("Ring".to_owned())),
        ),
        ("cleo", set_status(scene.bens, TaskStatus::InProgress)),
        ("cleo", claim(scene.free)),
        (
            "cleo",
            finish(scene.teams, Some(topic_draft("Reached her"))),
        ),
        ("cleo", log(topic_draft("By hand"))),
        (
            "cleo",
            C::SetTopicStatus {
                topic: TopicId(scene.topic),
                status: TopicStatus::Closed,
            },
        ),
    ]
}

//! What every command does, and everything it refuses: by whom, with which
//! code, on which field.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

#[path = "../support/mod.rs"]
mod support;

mod appointments;
mod contacts;
mod deals;
mod effects;
mod flow_bounds;
mod flow_settings;
mod flows;
mod messages;
mod outgoing;
mod refusals;
mod sizes;
mod states;
mod topics;
mod workspace;

use support::commands::{
    add_attendee, add_note, add_tag, appointment_draft, book, create_task, create_task_for,
    log_call, owner, receive, remove_attendee, remove_tag, send, set_appointment, set_task,
    topic_draft, type_in,
};
use support::{Given, Peer, Peers, ana, at, ben, cleo, dan, eva, service, vera};
use threadline_core::command::{
    AppointmentDraft, AppointmentField, ConversationCommand as C, DeliveryFact, TaskField,
    TopicDraft, TopicField,
};
use threadline_core::id::{AppointmentId, InteractionId, NoteId, TaskId, TopicId};
use threadline_core::model::{
    Activity, Answer, AppointmentStatus, Direction, Failure, Item, ItemKind, MessageFlag, Priority,
    TaskStatus, TextEdit, TopicStatus,
};
use uuid::Uuid;

/// A conversation with one of everything, and everybody in it.
struct Scene {
    peers: Peers,
    message_in: Uuid,
    message_out: Uuid,
    waiting: Uuid,
    note: Uuid,
    deleted: Uuid,
    free: Uuid,
    teams: Uuid,
    bens: Uuid,
    done: Uuid,
    topic: Uuid,
    demo: Uuid,
}

fn scene() -> Scene {
    let everyone = [cleo(), ana(), ben(), dan(), eva(), vera(), service()];
    let mut peers = Peers::in_conversation(everyone);
    let message_in = peers.of("service").made(receive(1, 10, "Where is it?"));
    let cleo = peers.of("cleo");
    let message_out = cleo.made(send("On its way."));
    let waiting = cleo.made(send("Wait."));
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
    let demo = cleo.made(C::BookAppointment {
        draft: AppointmentDraft {
            attendees: vec!["email:eva@example.com".parse().unwrap()],
            ..appointment_draft("Demo")
        },
    });
    peers.exchange();
    Scene {
        peers,
        message_in,
        message_out,
        waiting,
        note,
        deleted,
        free,
        teams,
        bens,
        done,
        topic,
        demo,
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

/// What a command in a conversation wrote into the audit trail: whose, what and
/// about which field, old and new.
fn told(peer: &mut Peer, command: impl Given) -> Vec<(String, String, String)> {
    let known: Vec<Activity> = trail(peer);
    peer.ok(command);
    trail(peer)
        .into_iter()
        .filter(|activity| !known.contains(activity))
        .filter_map(|activity| activity.change)
        .map(|change| (change.field, change.from, change.to))
        .collect()
}

/// The audit trail of whatever document the peer has.
fn trail(peer: &Peer) -> Vec<Activity> {
    let document = &peer.document;
    if let Some(view) = document.conversation() {
        let activities = view.of_kind(ItemKind::Activity);
        return activities
            .filter_map(|item| match item {
                Item::Activity(activity) => Some(activity.clone()),
                _ => None,
            })
            .collect();
    }
    match (document.contact(), document.workspace()) {
        (Some(contact), _) => contact.activities.clone(),
        (_, Some(workspace)) => workspace.activities.clone(),
        _ => Vec::new(),
    }
}

/// A field with its old and new value, as [`told`] gives them.
fn change(field: &str, from: &str, to: &str) -> Vec<(String, String, String)> {
    vec![(field.to_owned(), from.to_owned(), to.to_owned())]
}

/// Gives commands one after the other: each is one change named like it, and
/// leaves so many activities of its author.
fn walk(peer: &mut Peer, commands: Vec<(threadline_core::command::Command, usize)>) {
    for (command, activities) in commands {
        let before = trail(peer).len();
        let change = peer.execute(&command).unwrap().change.expect("a change");
        assert_eq!(change.message(), Some(command.name()));
        assert_eq!(peer.document.heads(), [change.hash()]);
        assert_eq!(trail(peer).len() - before, activities, "{command:?}");
        let mine = trail(peer).iter().all(|it| it.by == peer.member.id);
        assert!(mine, "{command:?}");
    }
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
        ("cleo", C::OpenConversation {}),
        ("cleo", C::MarkRead { up_to: at(99) }),
        ("cleo", C::SnoozeConversation { until: at(9_999) }),
        ("cleo", C::UnsnoozeConversation {}),
        ("cleo", C::StarConversation { starred: true }),
        (
            "cleo",
            C::ConfirmMessage {
                interaction: InteractionId(scene.message_out),
            },
        ),
        (
            "cleo",
            C::WithdrawMessage {
                interaction: InteractionId(scene.waiting),
            },
        ),
        ("cleo", flag(scene.message_in, MessageFlag::Important, true)),
        (
            "cleo",
            C::DeleteMessage {
                interaction: InteractionId(scene.message_in),
            },
        ),
        (
            "cleo",
            C::RestoreMessage {
                interaction: InteractionId(scene.message_in),
            },
        ),
        ("cleo", log_call(Direction::Out)),
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
        (
            "cleo",
            set_topic(scene.topic, TopicField::Reference("T-1".to_owned())),
        ),
        ("cleo", book("Visit")),
        (
            "cleo",
            set_appointment(scene.demo, AppointmentField::Place("Here".to_owned())),
        ),
        ("cleo", add_attendee(scene.demo, "member:ana")),
        ("cleo", answer(scene.demo, "member:ana", Answer::Accepted)),
        ("cleo", remove_attendee(scene.demo, "email:eva@example.com")),
        ("cleo", set_held(scene.demo, AppointmentStatus::Completed)),
    ]
}

fn flag(message: Uuid, flag: MessageFlag, on: bool) -> C {
    C::SetMessageFlag {
        interaction: InteractionId(message),
        flag,
        on,
    }
}

fn set_topic(topic: Uuid, set: TopicField) -> C {
    C::SetTopicField {
        topic: TopicId(topic),
        set,
    }
}

fn answer(appointment: Uuid, who: &str, answer: Answer) -> C {
    C::AnswerAppointment {
        appointment: AppointmentId(appointment),
        who: who.parse().unwrap(),
        answer,
    }
}

fn set_held(appointment: Uuid, status: AppointmentStatus) -> C {
    C::SetAppointmentStatus {
        appointment: AppointmentId(appointment),
        status,
    }
}

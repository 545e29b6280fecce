//! Flows: what sets them off, what they do, and what they never do twice.

use crate::refusals::refuses;
use crate::support::commands::{add_tag, create_task, receive, remove_tag, topic_draft};
use crate::support::flows::{create, flow_draft, on_message, plan, put, run, tag};
use crate::support::{
    Given, Peer, Peers, ana, cleo, contact, conversation, service, to_conversation,
};
use crate::{log, set_status};
use automerge::Change;
use threadline_core::command::{ConversationCommand as C, FlowDraft};
use threadline_core::error::Code;
use threadline_core::flow::Happened;
use threadline_core::id::{ActivityId, DocumentId, FlowId, InteractionId};
use threadline_core::limits;
use threadline_core::model::{
    Activity, Assignee, ConversationStatus, FlowAction, FlowCondition, FlowEvent, FlowRun,
    FlowTest, FlowTrigger, Item, ItemKind, Priority, Task, TaskPlan, TaskStatus, Topic,
    TopicOrigin, TopicPlan, WorkspaceView,
};
use uuid::Uuid;

/// A workspace with these flows; they are in their order.
fn rules(flows: impl IntoIterator<Item = FlowDraft>) -> WorkspaceView {
    let mut cleo = Peer::new(9, cleo(), DocumentId::Workspace);
    for (flow, number) in flows.into_iter().zip(1..) {
        cleo.ok(put(FlowDraft {
            id: Some(flow_id(number)),
            ..flow
        }));
    }
    cleo.settings().clone()
}

pub(crate) fn flow_id(number: u128) -> FlowId {
    FlowId(Uuid::from_u128(number))
}

/// The conversation with an agent, an admin and the server, who know these flows.
pub(crate) fn desk(flows: impl IntoIterator<Item = FlowDraft>) -> Peers {
    let rules = rules(flows);
    let mut peers = Peers::in_conversation([ana(), cleo(), service()]);
    for peer in &mut peers.0 {
        peer.rules = rules.clone();
    }
    peers
}

/// A member gives a command; then the server runs every flow that waits for what it
/// did, and for what those flows did, as the hub would. Returns how many ran.
pub(crate) fn happens(peers: &mut Peers, who: &str, command: impl Given) -> usize {
    let change = give(peers.of(who), &command.command()).expect("a change");
    peers.exchange();
    let mut changes = vec![(change, who == "service")];
    let mut ran = 0;
    while let Some((change, by_service)) = changes.pop() {
        let service = peers.of("service");
        for happened in Happened::in_change(&change, by_service) {
            for flow in service.rules.flows.clone() {
                if happened.may_set_off(&flow) {
                    let command = C::RunFlow {
                        flow: flow.id,
                        event: happened.event,
                        step: happened.steps + 1,
                        offsets: Vec::new(),
                    };
                    let made = give(service, &command.command());
                    ran += usize::from(made.is_some());
                    changes.extend(made.map(|change| (change, true)));
                }
            }
        }
    }
    peers.exchange();
    ran
}

pub(crate) fn give(peer: &mut Peer, command: &threadline_core::command::Command) -> Option<Change> {
    peer.execute(command).unwrap().change
}

pub(crate) fn tasks(peer: &Peer) -> Vec<&Task> {
    let tasks = peer.view().of_kind(ItemKind::Task);
    tasks
        .filter_map(|item| match item {
            Item::Task(task) => Some(task),
            _ => None,
        })
        .collect()
}

fn topics(peer: &Peer) -> Vec<&Topic> {
    let topics = peer.view().of_kind(ItemKind::Topic);
    topics
        .filter_map(|item| match item {
            Item::Topic(topic) => Some(topic),
            _ => None,
        })
        .collect()
}

/// The runs that the trail tells of, each with the flow's name.
pub(crate) fn runs(peer: &Peer) -> Vec<(String, FlowRun)> {
    let activities = peer.view().of_kind(ItemKind::Activity);
    activities
        .filter_map(|item| match item {
            Item::Activity(Activity { action, change, .. }) if action == "run_flow" => {
                let change = change.as_ref().unwrap();
                Some((change.from.clone(), change.to.parse().unwrap()))
            }
            _ => None,
        })
        .collect()
}

#[test]
fn a_customers_message_makes_a_task_filled_in_from_it() {
    let task = TaskPlan {
        description: "{{message.text}}".to_owned(),
        priority: "high".to_owned(),
        assignee: "member:{{conversation.owner}}".to_owned(),
        ..plan("Answer {{sender.name}} about {{message.text}} {{nothing}}")
    };
    let mut peers = desk([flow_draft(
        "Follow up",
        on_message(),
        vec![FlowAction::CreateTask { task }],
    )]);
    assert_eq!(
        happens(&mut peers, "service", receive(1, 10, "Where\nis it?")),
        1
    );
    let server = peers.of("service");
    let task = tasks(server)[0];
    assert!(
        task.title.ends_with("about Where is it? {{nothing}}"),
        "{}",
        task.title
    );
    assert!(!task.title.contains('\n'));
    assert_eq!(task.description, "Where\nis it?");
    assert_eq!((task.priority, &task.assignee), (Priority::High, &None));
    assert!(task.due.as_ref().unwrap().day.is_some());
    assert_eq!(task.by.as_str(), "service");
    let (told, run) = runs(server).remove(0);
    assert_eq!((told.as_str(), run.flow), ("Follow up", flow_id(1)));
    assert_eq!((run.step, run.stopped.as_str()), (1, ""));

    // The next one is for whoever owns it now.
    peers.of("ana").ok(C::SetOwner {
        owner: "ana".parse().ok(),
    });
    peers.exchange();
    happens(&mut peers, "service", receive(2, 20, "Hello?"));
    let anas = Some(Assignee::Member("ana".parse().unwrap()));
    assert!(
        tasks(peers.of("ana"))
            .iter()
            .any(|task| task.assignee == anas)
    );
}

fn message(number: u64) -> Uuid {
    Uuid::from_u64_pair(0xe, number)
}

pub(crate) fn came(number: u64) -> FlowEvent {
    FlowEvent::Interaction(InteractionId(message(number)))
}

#[test]
fn a_flow_runs_once_for_one_thing_however_often_and_wherever_it_is_run() {
    let flow = || flow_draft("Follow up", on_message(), vec![create("Call"), tag("new")]);
    let mut peers = Peers::in_conversation([service(), ana(), service()]);
    for peer in &mut peers.0 {
        peer.rules = rules([flow()]);
    }
    peers.0[0].ok(receive(1, 10, "Where is it?"));
    peers.exchange();
    // Two servers that have not heard of each other.
    for server in [0, 2] {
        peers.0[server].ok(run(flow_id(1), came(1)));
        let again = run(flow_id(1), came(1)).command();
        let change = give(&mut peers.0[server], &again);
        assert!(change.is_none(), "the second time there is nothing to do");
    }
    peers.exchange();
    assert_eq!(tasks(&peers.0[1]).len(), 1);
    assert_eq!(runs(&peers.0[1]).len(), 1);
    for server in [0, 2] {
        assert!(give(&mut peers.0[server], &run(flow_id(1), came(1)).command()).is_none());
    }
    // Another message is another run.
    happens_at_first(&mut peers);
    assert_eq!(tasks(&peers.0[1]).len(), 2);
}

fn happens_at_first(peers: &mut Peers) {
    peers.0[0].ok(receive(2, 20, "Hello?"));
    peers.0[0].ok(run(flow_id(1), came(2)));
    peers.exchange();
}

#[test]
fn every_trigger_sets_off_what_waits_for_it_and_nothing_else() {
    let triggers = [
        on_message(),
        FlowTrigger::FirstMessage {},
        FlowTrigger::ConversationClosed {},
        FlowTrigger::ConversationReopened {},
        FlowTrigger::TopicLogged {
            purpose: Some("issue".to_owned()),
        },
        FlowTrigger::TaskDone {
            task_type: Some("follow_up".to_owned()),
        },
        FlowTrigger::TagAdded {
            tag: Some("vip".to_owned()),
        },
    ];
    let names = [
        "message", "first", "closed", "reopened", "topic", "done", "tag",
    ];
    let note = || {
        vec![FlowAction::AddNote {
            text: "So.".to_owned(),
        }]
    };
    let flows = names.iter().zip(triggers);
    let mut peers = desk(flows.map(|(name, trigger)| flow_draft(name, trigger, note())));
    let mut story = |who: &str, command: C| -> Vec<String> {
        let known = runs(peers.of("ana"));
        happens(&mut peers, who, command);
        let mut new = runs(peers.of("ana"));
        new.retain(|run| !known.contains(run));
        let mut names: Vec<String> = new.into_iter().map(|(name, _)| name).collect();
        names.sort();
        names
    };
    let topic = |purpose: &str| {
        log(threadline_core::command::TopicDraft {
            purpose: purpose.to_owned(),
            ..topic_draft("Lost parcel")
        })
    };
    assert_eq!(
        story("service", receive(1, 10, "Where?")),
        ["first", "message"]
    );
    assert_eq!(story("service", receive(2, 20, "Hello?")), ["message"]);
    assert_eq!(story("ana", add_tag("vip")), ["tag"]);
    assert_eq!(story("ana", add_tag("other")), [""; 0]);
    assert_eq!(story("ana", remove_tag("vip")), [""; 0]);
    assert_eq!(story("ana", topic("issue")), ["topic"]);
    assert_eq!(story("ana", topic("feedback")), [""; 0]);
    assert_eq!(
        story("ana", C::CloseConversation { topic: None }),
        ["closed"]
    );
    assert_eq!(story("ana", C::ReopenConversation {}), ["reopened"]);
    assert_eq!(
        story("ana", C::CloseConversation { topic: None }),
        ["closed"]
    );
    // A message that the closer had not seen reopens as well, once.
    assert_eq!(
        story("service", receive(3, 30, "Still?")),
        ["message", "reopened"]
    );
    assert_eq!(story("service", receive(4, 40, "Well?")), ["message"]);
    let task = peers.of("ana").made(create_task("Call"));
    let mut story = |command: C| happens(&mut peers, "ana", command);
    assert_eq!(story(set_status(task, TaskStatus::InProgress)), 0);
    assert_eq!(story(set_status(task, TaskStatus::Done)), 1);
}

#[test]
fn all_conditions_must_hold_when_it_runs() {
    let value = |name: &str, test, text: &str| FlowCondition::Value {
        name: name.to_owned(),
        test,
        text: text.to_owned(),
    };
    let tagged = |present| FlowCondition::Tag {
        tag: "vip".to_owned(),
        present,
    };
    let table = [
        (vec![], true),
        (
            vec![value("message.text", FlowTest::Contains, "WHERE")],
            true,
        ),
        (
            vec![value("message.text", FlowTest::Contains, "when")],
            false,
        ),
        (vec![value("message.channel", FlowTest::Is, "email")], true),
        (
            vec![value("message.channel", FlowTest::IsNot, "email")],
            false,
        ),
        (vec![value("conversation.owner", FlowTest::Is, "")], true),
        (vec![value("no.such", FlowTest::Is, "")], true),
        (vec![tagged(true)], false),
        (vec![tagged(false)], true),
        (vec![tagged(false), value("tag", FlowTest::Is, "x")], false),
    ];
    for (conditions, runs) in table {
        let mut peers = desk([FlowDraft {
            conditions: conditions.clone(),
            ..flow_draft("Flow", on_message(), vec![create("Call")])
        }]);
        let ran = happens(&mut peers, "service", receive(1, 10, "Where is it?"));
        assert_eq!(ran, usize::from(runs), "{conditions:?}");
    }
}

#[test]
fn a_flow_that_is_off_when_the_server_hears_of_it_does_not_run() {
    let on = flow_draft(
        "Flow",
        FlowTrigger::ConversationClosed {},
        vec![tag("done")],
    );
    let off = FlowDraft {
        active: false,
        ..on.clone()
    };
    // Ana closes offline while it is on, and comes back when it is off.
    let mut peers = desk([on.clone()]);
    let close = C::CloseConversation { topic: None }.command();
    let change = give(peers.of("ana"), &close).unwrap();
    let event = Happened::in_change(&change, false)[0].event;
    peers.exchange();
    let server = peers.of("service");
    server.rules = rules([off]);
    assert!(give(server, &run(flow_id(1), event).command()).is_none());
    // And the other way round.
    server.rules = rules([on]);
    assert!(give(server, &run(flow_id(1), event).command()).is_some());
}

#[test]
fn what_is_refused_leaves_nothing_but_the_reason() {
    let actions = vec![create("Call"), tag("new"), FlowAction::Close {}];
    let mut peers = desk([flow_draft("Flow", on_message(), actions)]);
    for peer in &mut peers.0 {
        peer.rules.policies.require_topic_to_close = true;
    }
    assert_eq!(happens(&mut peers, "service", receive(1, 10, "Where?")), 1);
    let ana = peers.of("ana");
    assert_eq!((tasks(ana).len(), ana.header().tags.len()), (0, 0));
    assert_eq!(ana.header().status, ConversationStatus::Open);
    let (_, run) = runs(ana).remove(0);
    let refusal = run.refusal().unwrap();
    assert_eq!(refusal.code, Code::TopicRequired);
    assert_eq!(refusal.to_string(), run.stopped);
    // Once: it does not try for ever.
    let again = crate::support::flows::run(flow_id(1), came(1)).command();
    assert!(give(peers.of("service"), &again).is_none());

    // The same with what it needs before; each action sees the ones before it.
    let topic = FlowAction::LogTopic {
        topic: TopicPlan {
            subject: "{{message.subject}}".to_owned(),
            purpose: "issue".to_owned(),
            summary: "{{message.text}}".to_owned(),
        },
    };
    let actions = vec![topic, FlowAction::Close {}];
    let mut peers = desk([flow_draft("Flow", on_message(), actions)]);
    for peer in &mut peers.0 {
        peer.rules.policies.require_topic_to_close = true;
    }
    happens(&mut peers, "service", receive(1, 10, "Where?"));
    let ana = peers.of("ana");
    assert_eq!(ana.header().status, ConversationStatus::Closed);
    assert_eq!(runs(ana)[0].1.refusal(), None);
    let topic = topics(ana)[0];
    assert_eq!(
        (topic.origin, topic.summary.as_str()),
        (TopicOrigin::Flow, "Where?")
    );
}

#[test]
fn flows_that_set_each_other_off_end() {
    let on = |tag: &str| FlowTrigger::TagAdded {
        tag: Some(tag.to_owned()),
    };
    let off = |tag: &str| FlowAction::RemoveTag {
        tag: tag.to_owned(),
    };
    let mut peers = desk([
        flow_draft("A", on("a"), vec![off("c"), tag("b")]),
        flow_draft("B", on("b"), vec![off("a"), tag("c")]),
        flow_draft("C", on("c"), vec![off("b"), tag("a")]),
    ]);
    let ran = happens(&mut peers, "ana", add_tag("a"));
    assert_eq!(ran, limits::FLOW_STEPS as usize + 1);
    let mut runs = runs(peers.of("ana"));
    runs.sort_by_key(|(_, run)| run.step);
    let (_, last) = runs.pop().unwrap();
    assert!(
        last.stopped.starts_with("wrong_state: "),
        "{}",
        last.stopped
    );
    assert!(runs.iter().all(|(_, run)| run.stopped.is_empty()));
}

#[test]
fn a_conversation_has_its_fill_of_flows_within_an_hour() {
    let mut peers = desk([flow_draft("Flow", on_message(), vec![create("Call")])]);
    let server = peers.of("service");
    for number in 1..=limits::FLOW_RUNS as u8 + 5 {
        server.ok(receive(number, i64::from(number), "Again"));
        server.ok(run(flow_id(1), came(u64::from(number))));
    }
    assert_eq!(tasks(server).len(), limits::FLOW_RUNS);
    let stopped = runs(server)
        .into_iter()
        .filter(|(_, run)| !run.stopped.is_empty());
    let stopped: Vec<_> = stopped.map(|(_, run)| run.stopped).collect();
    assert_eq!(stopped.len(), 1, "{stopped:?}");
    assert!(stopped[0].starts_with("rate_limited: "));
    // After the hour it goes on.
    server.clock += limits::FLOW_RUNS_MS / 1_000;
    server.ok(receive(200, 200, "Again"));
    server.ok(run(flow_id(1), came(200)));
    assert_eq!(tasks(server).len(), limits::FLOW_RUNS + 1);
}

#[test]
fn what_machines_do_sets_nothing_off_but_what_they_bring_in() {
    let flows = [
        flow_draft(
            "Tag",
            FlowTrigger::TagAdded { tag: None },
            vec![create("Call")],
        ),
        flow_draft("Message", on_message(), vec![create("Answer")]),
    ];
    let mut peers = desk(flows);
    assert_eq!(happens(&mut peers, "service", add_tag("vip")), 0);
    assert_eq!(happens(&mut peers, "ana", add_tag("new")), 1);
    assert_eq!(happens(&mut peers, "service", receive(1, 10, "Hello")), 1);
    // A run names what ran before it, which nobody but the server can write.
    let change = give(peers.of("service"), &run(flow_id(2), came(1)).command());
    assert!(change.is_none());
}

#[test]
fn only_the_server_runs_flows() {
    let mut peers = desk([flow_draft("Flow", on_message(), vec![create("Call")])]);
    peers.of("service").ok(receive(1, 10, "Where?"));
    peers.exchange();
    let command = to_conversation(run(flow_id(1), came(1)));
    for member in ["ana", "cleo"] {
        refuses(peers.of(member), &command, Code::Forbidden, "");
    }
    // What did not happen here, and a flow that is not there, are nothing.
    let nothing = [
        run(flow_id(1), came(9)),
        run(flow_id(9), came(1)),
        run(flow_id(1), FlowEvent::Activity(ActivityId(Uuid::nil()))),
    ];
    for command in nothing {
        assert!(give(peers.of("service"), &command.command()).is_none());
    }
    let mut other = Peer::new(1, service(), contact().into());
    let wrong = to_conversation(run(flow_id(1), came(1)));
    refuses(&mut other, &wrong, Code::NotFound, "");
    assert_eq!(DocumentId::from(conversation()), wrong.document());
}

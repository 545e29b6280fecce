//! Flows on servers: what happened is run once, whoever hears of it, whatever ends
//! in between.

use super::*;
use crate::command::{FlowDraft, InboundMessage, TopicDraft};
use crate::id::{FlowId, InteractionId};
use crate::model::{
    Address, Channel, DueIn, FlowAction, FlowTrigger, Item, ItemKind, Task, TaskPlan,
};
use crate::schedule::{DueUnit, ZoneOffset, Zones};

/// An hour ahead of UTC, everywhere.
pub(super) struct Ahead;

impl Zones for Ahead {
    fn offsets(&self, _: &str, now: Timestamp) -> Vec<ZoneOffset> {
        vec![ZoneOffset {
            from: now,
            offset: 60,
        }]
    }
}

pub(super) fn server() -> Member {
    member("server", Role::Service)
}

impl Rig {
    /// The same, with flows that have run for the log up to `done`.
    pub(super) fn with_flows(mut self, done: u64) -> Self {
        self.hub.run_flows(server(), done, Box::new(Ahead));
        self
    }

    /// A server's own command, and everything that follows from it.
    pub(super) fn give(&mut self, member: Member, command: Command) {
        self.input(Input::Execute {
            ticket: 1,
            member,
            command,
        });
    }

    /// Switches on a flow that plans a task for each message, and begins a conversation.
    pub(super) fn prepare(&mut self) {
        self.give(member("cleo", Role::Admin), put(true));
        self.give(member("ana", Role::Agent), to(start()));
    }

    /// A customer's message comes in, and everything that follows from it.
    pub(super) fn mail(&mut self, number: u128) {
        self.give(server(), to(receive(number)));
    }

    /// The tasks as storage has them.
    pub(super) fn tasks(&self) -> Vec<Task> {
        let stored = self.load(doc()).unwrap();
        let actor = ActorId::from([9; 16]);
        let document = stored.document(doc(), actor, &server().id).unwrap();
        let view = document.conversation().unwrap();
        let tasks = view.of_kind(ItemKind::Task).filter_map(|item| match item {
            Item::Task(task) => Some(task.clone()),
            _ => None,
        });
        tasks.collect()
    }

    pub(super) fn done(&self) -> u64 {
        self.hub.flows_done().unwrap()
    }
}

pub(super) fn to(command: ConversationCommand) -> Command {
    Command::Conversation {
        conversation: conversation(),
        command,
    }
}

pub(super) fn receive(number: u128) -> ConversationCommand {
    let address = |address: &str| Address {
        name: String::new(),
        address: address.to_owned(),
    };
    ConversationCommand::ReceiveMessage {
        message: Box::new(InboundMessage {
            id: InteractionId(Uuid::from_u128(number)),
            channel: Channel::Email,
            at: at(2_000),
            from: address("dora@example.com"),
            to: vec![address("shop@example.com")],
            cc: Vec::new(),
            subject: "Late".to_owned(),
            text: "Where is it?".to_owned(),
            html: None,
            visible: None,
            in_reply_to: None,
            external_id: None,
            attachments: Vec::new(),
            raw: None,
        }),
    }
}

fn put(active: bool) -> Command {
    Command::Workspace(WorkspaceCommand::PutFlow {
        flow: FlowDraft {
            id: Some(FlowId(Uuid::from_u128(7))),
            name: "Follow up".to_owned(),
            active,
            trigger: FlowTrigger::MessageReceived { channel: None },
            conditions: Vec::new(),
            actions: vec![FlowAction::CreateTask {
                task: TaskPlan {
                    title: "Answer: {{message.subject}}".to_owned(),
                    description: String::new(),
                    channel: None,
                    task_type: "follow_up".to_owned(),
                    priority: String::new(),
                    assignee: "member:ana".to_owned(),
                    due: Some(DueIn {
                        amount: 1,
                        unit: DueUnit::Days,
                    }),
                },
            }],
        },
    })
}

#[test]
fn a_message_sets_off_what_waits_for_it() {
    let mut rig = Rig::new().with_flows(0);
    rig.prepare();
    rig.mail(1);
    let tasks = rig.tasks();
    assert_eq!(tasks.len(), 1);
    assert_eq!(tasks[0].title, "Answer: Late");
    let due = tasks[0].due.clone().unwrap();
    // The end of the second of January 1970, an hour ahead of UTC.
    assert_eq!(due.at, at(2 * 86_400_000 - 3_600_000 - 1));
    // All that happened is done with, what the flow did too.
    assert_eq!(rig.done(), rig.log.len() as u64);
    assert!(!rig.hub.flows_wait());
    // The process hears of no command that is not its own.
    assert_eq!(rig.failed, [""; 0]);
    assert!(rig.results.iter().all(|(ticket, _)| *ticket == 1));
    // A repeat of the same message is nothing new.
    rig.mail(1);
    rig.mail(2);
    assert_eq!(rig.tasks().len(), 2);
}

#[test]
fn what_a_session_pushes_sets_flows_off_once() {
    let mut rig = Rig::with_both().with_flows(0);
    let flow = FlowDraft {
        id: None,
        name: "Log".to_owned(),
        active: true,
        trigger: FlowTrigger::TopicLogged { purpose: None },
        conditions: Vec::new(),
        actions: vec![FlowAction::AddTag {
            tag: "logged".to_owned(),
        }],
    };
    let put = Command::Workspace(WorkspaceCommand::PutFlow { flow });
    rig.give(member("cleo", Role::Admin), put);
    let mut ana = Desk::new("ana", 1);
    let begun = ana.make(start());
    let topic = ana.make(ConversationCommand::CreateTopic {
        draft: TopicDraft {
            subject: "Late".to_owned(),
            purpose: "issue".to_owned(),
            summary: String::new(),
            status: crate::model::TopicStatus::Open,
            start: None,
            end: None,
            first_message: None,
            last_message: None,
            owner: None,
            origin: crate::model::TopicOrigin::Manual,
            reference: String::new(),
        },
        follow_up: None,
    });
    for _ in 0..2 {
        rig.frame(ANA, &push(&[&begun, &topic]));
    }
    // Begun, logged, tagged by the flow, and the flow itself.
    assert_eq!(rig.log.len(), 4);
    assert_eq!(rig.done(), 4);
}

#[test]
fn a_server_that_begins_again_runs_what_was_left_and_nothing_twice() {
    let mut before = Rig::new();
    before.prepare();
    // It ends before flows have heard of the message.
    before.mail(1);
    let mut after = before.on_same_storage();
    after.hub = hub_at(after.log.len() as u64);
    after.hub.run_flows(server(), 2, Box::new(Ahead));
    assert!(after.hub.flows_wait());
    after.input(Input::Tick);
    assert_eq!(after.tasks().len(), 1);
    // The place where it had got to was not kept either.
    let mut again = after.on_same_storage();
    again.hub = hub_at(again.log.len() as u64);
    again.hub.run_flows(server(), 0, Box::new(Ahead));
    again.input(Input::Tick);
    assert_eq!(again.done(), again.log.len() as u64);
    assert_eq!(again.log.len(), after.log.len(), "nothing is written");
}

/// A hub that begins with so long a log.
pub(super) fn hub_at(seq: u64) -> Hub {
    let server = "server".parse().unwrap();
    let actor = ActorId::from([201; 16]);
    let ids = Box::new(Counter(1 << 101));
    Hub::new("epoch".to_owned(), seq, Vec::new(), server, actor, ids)
}

#[test]
fn two_servers_make_one_task() {
    let mut first = Rig::new().with_flows(0);
    first.prepare();
    let mut second = first.on_same_storage();
    second.hub = hub_at(second.log.len() as u64);
    second.hub.run_flows(server(), 0, Box::new(Ahead));
    // The second takes the message in; the first ran its flow before it could.
    second.held_back = Some(Vec::new());
    second.mail(1);
    second.release();
    first.log = second.log.clone();
    first.rows = second.rows.clone();
    first.input(Input::Moved {
        seq: first.log.len() as u64,
    });
    assert_eq!(first.tasks().len(), 1);
    second.log = first.log.clone();
    second.rows = first.rows.clone();
    second.input(Input::Moved {
        seq: second.log.len() as u64,
    });
    assert_eq!(second.tasks().len(), 1);
    assert_eq!(second.log.len(), first.log.len());
    assert_eq!((first.done(), second.done()), (4, 4));
}

#[test]
fn a_flow_runs_by_what_holds_on_the_server_when_it_hears() {
    let mut rig = Rig::new().with_flows(0);
    rig.prepare();
    rig.give(member("cleo", Role::Admin), put(false));
    rig.mail(1);
    rig.give(member("cleo", Role::Admin), put(true));
    assert_eq!(
        rig.tasks(),
        [],
        "what happens while it is off never sets it off"
    );
    rig.mail(2);
    assert_eq!(rig.tasks().len(), 1);
}

#[test]
fn what_storage_refuses_is_run_later() {
    let mut rig = Rig::new().with_flows(0);
    rig.prepare();
    let refusal = || Some(Refusal::new(Code::Unavailable, "Full."));
    rig.held_back = Some(Vec::new());
    rig.mail(1);
    // The message is stored; what the flow makes of it is not.
    let mail = rig.held_back.take().unwrap().remove(0);
    let stored = rig.store(mail);
    rig.fail_with = refusal();
    rig.inputs(stored.into_iter().collect());
    assert_eq!(rig.tasks(), []);
    assert!(rig.done() < 3, "it is not done");
    rig.input(Input::Tick);
    assert_eq!(rig.tasks().len(), 1);
    assert_eq!(rig.done(), 4);
}

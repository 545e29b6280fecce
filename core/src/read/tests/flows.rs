//! Flows, which are read from what is stored as well.

use super::*;

fn actions() -> Vec<FlowAction> {
    vec![
        FlowAction::CreateTask {
            task: TaskPlan {
                title: "t".to_owned(),
                description: "d".to_owned(),
                channel: Some(TaskChannel::Call),
                task_type: "follow_up".to_owned(),
                priority: "high".to_owned(),
                assignee: "member:ben".to_owned(),
                due: Some(DueIn {
                    amount: 2,
                    unit: DueUnit::BusinessDays,
                }),
            },
        },
        FlowAction::LogTopic {
            topic: TopicPlan {
                subject: "s".to_owned(),
                purpose: "issue".to_owned(),
                summary: "m".to_owned(),
            },
        },
        FlowAction::AddNote {
            text: "n".to_owned(),
        },
        FlowAction::AddTag {
            tag: "vip".to_owned(),
        },
        FlowAction::RemoveTag {
            tag: "vip".to_owned(),
        },
        FlowAction::SetOwner { owner: Some(ana()) },
        FlowAction::SetTeam { team: None },
        FlowAction::SetPriority {
            priority: Priority::High,
        },
        FlowAction::Close {},
        FlowAction::Reopen {},
    ]
}

#[test]
fn flows_read_as_serde_writes_them() {
    let word = || Some("issue".to_owned());
    let triggers = [
        FlowTrigger::MessageReceived {
            channel: Some(Channel::Email),
        },
        FlowTrigger::MessageReceived { channel: None },
        FlowTrigger::FirstMessage {},
        FlowTrigger::ConversationClosed {},
        FlowTrigger::ConversationReopened {},
        FlowTrigger::TopicLogged { purpose: word() },
        FlowTrigger::TaskDone { task_type: word() },
        FlowTrigger::TagAdded { tag: word() },
    ];
    for trigger in triggers {
        agrees(&WorkspaceCommand::PutFlow {
            flow: FlowDraft {
                id: Some(FlowId(uuid(9))),
                name: "Ask".to_owned(),
                active: true,
                trigger,
                conditions: vec![
                    FlowCondition::Value {
                        name: "message.text".to_owned(),
                        test: FlowTest::IsNot,
                        text: "t".to_owned(),
                    },
                    FlowCondition::Tag {
                        tag: "vip".to_owned(),
                        present: false,
                    },
                ],
                actions: actions(),
            },
        });
    }
    let flow = FlowId(uuid(9));
    agrees(&WorkspaceCommand::SwitchFlow {
        flow,
        active: false,
    });
    agrees(&WorkspaceCommand::RemoveFlow { flow });
}

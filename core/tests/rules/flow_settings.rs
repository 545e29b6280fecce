//! Flows as settings: what one may be, and how admins edit them.

use crate::refusals::refuses;
use crate::support::commands::{choice_draft, policy, put_choice};
use crate::support::flows::{create, flow_draft, on_message, plan, put, tag};
use crate::support::{Given, Peer, Peers, admin, cleo};
use threadline_core::command::{FlowDraft, PolicyField, WorkspaceCommand};
use threadline_core::error::Code;
use threadline_core::id::{DocumentId, FlowId};
use threadline_core::limits;
use threadline_core::model::{FlowAction, FlowCondition, FlowTrigger, ListKind, TaskPlan};
use uuid::Uuid;

fn flow_id(number: u128) -> FlowId {
    FlowId(Uuid::from_u128(number))
}

#[test]
fn refusals_of_flows() {
    let mut cleo = Peer::new(1, cleo(), DocumentId::Workspace);
    cleo.ok(put_choice(
        ListKind::Purposes,
        choice_draft("issue", "Issue"),
    ));
    let flow = || flow_draft("Flow", on_message(), vec![create("Call")]);
    let with = |action: FlowAction| flow_draft("Flow", on_message(), vec![action]);
    let task = |task: TaskPlan| with(FlowAction::CreateTask { task });
    let many = vec![create("x"); limits::FLOW_ACTIONS + 1];
    let condition = FlowCondition::Tag {
        tag: "x".to_owned(),
        present: true,
    };
    let purpose = FlowTrigger::TopicLogged {
        purpose: Some("no_such".to_owned()),
    };
    for (flow, code, field) in [
        (
            flow_draft(" ", on_message(), vec![tag("x")]),
            Code::Invalid,
            "name",
        ),
        (
            flow_draft("Flow", on_message(), vec![]),
            Code::Invalid,
            "actions",
        ),
        (
            flow_draft("Flow", on_message(), many),
            Code::TooLong,
            "actions",
        ),
        (
            flow_draft("Flow", purpose, vec![tag("x")]),
            Code::Invalid,
            "trigger",
        ),
        (
            FlowDraft {
                conditions: vec![condition; limits::FLOW_CONDITIONS + 1],
                ..flow()
            },
            Code::TooLong,
            "conditions",
        ),
        (task(plan("")), Code::Invalid, "actions/0/title"),
        (
            task(TaskPlan {
                task_type: "no_such".to_owned(),
                ..plan("Call")
            }),
            Code::Invalid,
            "actions/0/taskType",
        ),
        (
            task(TaskPlan {
                priority: "soon".to_owned(),
                ..plan("Call")
            }),
            Code::Invalid,
            "actions/0/priority",
        ),
        (
            task(TaskPlan {
                assignee: "ana".to_owned(),
                ..plan("Call")
            }),
            Code::Invalid,
            "actions/0/assignee",
        ),
        (with(tag("")), Code::Invalid, "actions/0/tag"),
        (
            flow_draft(
                "Flow",
                on_message(),
                vec![FlowAction::Close {}, FlowAction::Reopen {}],
            ),
            Code::Invalid,
            "actions/1",
        ),
        (
            with(FlowAction::AddNote {
                text: "x".repeat(limits::SCALAR_UNITS),
            }),
            Code::TooLong,
            "actions",
        ),
    ] {
        refuses(&mut cleo, &put(flow).command(), code, field);
    }
    let gone = WorkspaceCommand::RemoveFlow { flow: flow_id(9) };
    refuses(&mut cleo, &gone.command(), Code::NotFound, "flow");
    let switch = WorkspaceCommand::SwitchFlow {
        flow: flow_id(9),
        active: true,
    };
    refuses(&mut cleo, &switch.command(), Code::NotFound, "flow");
    for number in 0..limits::FLOWS {
        cleo.ok(put(flow_draft(
            &number.to_string(),
            on_message(),
            vec![tag("x")],
        )));
    }
    refuses(&mut cleo, &put(flow()).command(), Code::TooLong, "flow");
}

#[test]
fn a_flow_that_one_admin_removes_and_another_edits_is_gone() {
    let mut admins = Peers::new(DocumentId::Workspace, [cleo(), admin("ben")]);
    let flow = flow_draft("Flow", on_message(), vec![tag("x")]);
    let id = FlowId(admins.0[0].made(put(flow.clone())));
    admins.exchange();
    admins.0[0].ok(WorkspaceCommand::RemoveFlow { flow: id });
    admins.0[1].ok(put(FlowDraft {
        id: Some(id),
        actions: vec![tag("y")],
        ..flow
    }));
    admins.exchange();
    assert_eq!(admins.0[1].settings().flows, []);
    assert_eq!(admins.0[1].settings().problems, []);
    // Settings of another kind go on as they are.
    admins.0[0].ok(policy(PolicyField::RequireTopicToClose(true)));
}

//! Flows as tests write them, and random ones.

use threadline_core::command::{ConversationCommand, FlowDraft, WorkspaceCommand};
use threadline_core::document::Document;
use threadline_core::id::{ActivityId, FlowId, InteractionId};
use threadline_core::model::{
    DueIn, FlowAction, FlowCondition, FlowEvent, FlowTest, FlowTrigger, ItemKind, Priority,
    TaskPlan, TopicPlan,
};
use threadline_core::schedule::DueUnit;
use uuid::Uuid;

use super::draw::Draw;

/// An active flow without conditions.
pub(crate) fn flow_draft(name: &str, trigger: FlowTrigger, actions: Vec<FlowAction>) -> FlowDraft {
    FlowDraft {
        id: None,
        name: name.to_owned(),
        active: true,
        trigger,
        conditions: Vec::new(),
        actions,
    }
}

/// A follow-up in two business days.
pub(crate) fn plan(title: &str) -> TaskPlan {
    TaskPlan {
        title: title.to_owned(),
        description: String::new(),
        channel: None,
        task_type: "follow_up".to_owned(),
        priority: String::new(),
        assignee: String::new(),
        due: Some(DueIn {
            amount: 2,
            unit: DueUnit::BusinessDays,
        }),
    }
}

/// Plans that task.
pub(crate) fn create(title: &str) -> FlowAction {
    FlowAction::CreateTask { task: plan(title) }
}

/// Adds a tag.
pub(crate) fn tag(tag: &str) -> FlowAction {
    FlowAction::AddTag {
        tag: tag.to_owned(),
    }
}

/// Any message that comes in.
pub(crate) fn on_message() -> FlowTrigger {
    FlowTrigger::MessageReceived { channel: None }
}

/// Runs a flow because of what people did.
pub(crate) fn run(flow: FlowId, event: FlowEvent) -> ConversationCommand {
    ConversationCommand::RunFlow {
        flow,
        event,
        step: 1,
        offsets: Vec::new(),
    }
}

/// Writes a flow.
pub(crate) fn put(flow: FlowDraft) -> WorkspaceCommand {
    WorkspaceCommand::PutFlow { flow }
}

/// Ids of the flows that draws are about.
fn drawn(number: usize) -> FlowId {
    FlowId(Uuid::from_u128(0xf0 + number as u128 % 4))
}

/// Those flows, one for each of a few triggers, to be put into the workspace in which
/// members draw.
pub(crate) fn flows() -> impl Iterator<Item = WorkspaceCommand> {
    let triggers = [
        on_message(),
        FlowTrigger::ConversationReopened {},
        FlowTrigger::TagAdded { tag: None },
        FlowTrigger::TopicLogged { purpose: None },
    ];
    let actions = vec![
        create("Ask {{sender.first_name}} about {{message.text}} {{tag}}"),
        tag("flow"),
        FlowAction::AddNote {
            text: "{{message.text}}\n{{nothing}}".to_owned(),
        },
        FlowAction::LogTopic {
            topic: TopicPlan {
                subject: "{{topic.subject}}".to_owned(),
                purpose: "issue".to_owned(),
                summary: "{{message.text}}".to_owned(),
            },
        },
        FlowAction::SetPriority {
            priority: Priority::High,
        },
        FlowAction::Close {},
    ];
    let flow = move |(number, trigger)| {
        put(FlowDraft {
            id: Some(drawn(number)),
            ..flow_draft("A flow", trigger, actions.clone())
        })
    };
    triggers.into_iter().enumerate().map(flow)
}

impl Draw {
    /// The run of a flow for something in the conversation.
    pub(super) fn run(&self, document: &Document) -> ConversationCommand {
        let event = if self.flips() {
            FlowEvent::Interaction(InteractionId(self.id(document, ItemKind::Interaction)))
        } else {
            FlowEvent::Activity(ActivityId(self.id(document, ItemKind::Activity)))
        };
        ConversationCommand::RunFlow {
            flow: drawn(usize::from(self.number)),
            event,
            step: u32::from(self.number % 5),
            offsets: Vec::new(),
        }
    }

    /// A command about a flow.
    pub(super) fn flow(&self, kind: usize) -> WorkspaceCommand {
        let flow = drawn(self.pick);
        match kind {
            0 => put(FlowDraft {
                id: Some(flow),
                conditions: vec![FlowCondition::Value {
                    name: "message.text".to_owned(),
                    test: FlowTest::Contains,
                    text: self.text.clone(),
                }],
                ..flow_draft(&self.line(), on_message(), vec![create(&self.line())])
            }),
            1 => WorkspaceCommand::SwitchFlow {
                flow,
                active: self.flips(),
            },
            _ => WorkspaceCommand::RemoveFlow { flow },
        }
    }
}

//! What happened in a conversation, read from the change that says so. Nothing
//! else is asked: a server that reads the log later finds the same.

use std::collections::HashMap;
use std::sync::LazyLock;

use automerge::legacy::{Key, ObjectId, OpId, OpType};
use automerge::{AutoCommit, Change, ObjId, ObjType, ROOT, ReadDoc, ScalarValue};
use uuid::Uuid;

use crate::document::genesis;
use crate::erasure;
use crate::id::{ActivityId, ConversationId, DocumentId, InteractionId};
use crate::limits;
use crate::model::{Flow, FlowEvent, FlowRun, FlowTrigger};

/// Something that happened, and may set flows off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Happened {
    /// What.
    pub event: FlowEvent,
    /// How many flows ran one after the other for it; 0 where people and
    /// customers did it themselves.
    pub steps: u32,
    /// The activity's action, or `in` for a message that came in.
    word: String,
}

/// The containers that every conversation begins with: in all of them they are the
/// same objects.
struct Containers {
    interactions: OpId,
    activities: OpId,
    state: OpId,
}

static CONTAINERS: LazyLock<Option<Containers>> = LazyLock::new(|| {
    let id = DocumentId::Conversation(ConversationId(Uuid::nil()));
    let doc = AutoCommit::load(&genesis::versions(id).concat()).ok()?;
    let container = |name: &str| match doc.get(ROOT, name) {
        Ok(Some((_, ObjId::Id(counter, actor, _)))) => Some(OpId::new(counter, &actor)),
        _ => None,
    };
    Some(Containers {
        interactions: container("interactions")?,
        activities: container("activities")?,
        state: container("state")?,
    })
});

impl Happened {
    /// What a conversation's change says has happened. Of what the service does
    /// (`by_service`), only messages that came in and what flows did count: the
    /// other calls of machines never set a flow off, so no machine can go round in
    /// circles with one. Only the first [`limits::FLOW_EVENTS`] of a change count.
    pub fn in_change(change: &Change, by_service: bool) -> Vec<Self> {
        let containers = CONTAINERS.as_ref();
        // A document that was written anew for an erasure tells what was long told. The
        // server writes it; of anybody else the word means nothing.
        let told_before = by_service && erasure::rewrites(change.message());
        let Some(containers) = containers.filter(|_| !told_before) else {
            return Vec::new();
        };
        let mut entries: HashMap<OpId, Self> = HashMap::new();
        let mut order = Vec::new();
        let mut steps = None;
        let ids = (change.start_op().get()..).map(|counter| OpId::new(counter, change.actor_id()));
        for (id, op) in ids.zip(change.decode().operations) {
            let (ObjectId::Id(obj), Key::Map(key)) = (&op.obj, &op.key) else {
                continue;
            };
            match &op.action {
                OpType::Make(ObjType::Map) => {
                    let Ok(uuid) = Uuid::parse_str(key) else {
                        continue;
                    };
                    let event = if *obj == containers.interactions {
                        FlowEvent::Interaction(InteractionId(uuid))
                    } else if *obj == containers.activities {
                        FlowEvent::Activity(ActivityId(uuid))
                    } else {
                        continue;
                    };
                    let entry = Self {
                        event,
                        steps: 0,
                        word: String::new(),
                    };
                    entries.insert(id.clone(), entry);
                    order.push(id);
                }
                OpType::Put(ScalarValue::Str(text)) => {
                    if let Some(entry) = entries.get_mut(obj) {
                        if matches!(key.as_str(), "action" | "direction") {
                            text.as_str().clone_into(&mut entry.word);
                        }
                    } else if *obj == containers.state && key == "flow" {
                        let run = text.parse::<FlowRun>();
                        steps = Some(run.map_or(u32::MAX - 1, |run| run.step));
                    }
                }
                _ => {}
            }
        }
        let happened = order.into_iter().filter_map(|id| entries.remove(&id));
        let counts = |it: &Self| !by_service || steps.is_some() || it.word == "in";
        happened
            .filter(counts)
            .take(limits::FLOW_EVENTS)
            .map(|it| Self {
                steps: steps.unwrap_or(0),
                ..it
            })
            .collect()
    }

    /// Whether a flow may be waiting for this. What else its trigger asks for is
    /// seen when it runs.
    pub fn may_set_off(&self, flow: &Flow) -> bool {
        let words: &[&str] = match &flow.trigger {
            FlowTrigger::MessageReceived { .. } | FlowTrigger::FirstMessage {} => &["in"],
            FlowTrigger::ConversationClosed {} => &["close_conversation"],
            FlowTrigger::ConversationReopened {} => &["reopen_conversation", "in"],
            FlowTrigger::TopicLogged { .. } => &["create_topic"],
            FlowTrigger::TaskDone { .. } => &["set_task_status"],
            FlowTrigger::TagAdded { .. } => &["add_tag"],
        };
        flow.active && words.contains(&self.word.as_str())
    }
}

//! What a flow sees when it runs: what happened, and the conversation around it.

use crate::document::{ConversationView, place, word_of};
use crate::id::{ActivityId, FlowId, MemberId};
use crate::model::{
    Activity, Address, Direction, FlowCondition, FlowEvent, FlowTest, FlowTrigger, Interaction,
    Item, ItemKind, Subject, Task, TaskStatus, Topic,
};
use crate::template::{self, first_name};
use crate::time::Timestamp;

/// Something that happened in a conversation, told in full.
pub(crate) struct Story<'a> {
    view: &'a ConversationView,
    /// What makes it the same again, whoever tells it.
    happened: String,
    /// The message it is about; of something else, the last that came in.
    message: Option<&'a Interaction>,
    topic: Option<&'a Topic>,
    task: Option<&'a Task>,
    tag: &'a str,
}

impl<'a> Story<'a> {
    /// The story that a trigger waits for; `None` where this event is not one.
    /// `overruled` is the close that something unseen overrules, where one does.
    pub(crate) fn of(
        view: &'a ConversationView,
        trigger: &FlowTrigger,
        event: FlowEvent,
        overruled: Option<(MemberId, Timestamp)>,
    ) -> Option<Self> {
        let mut story = Self {
            view,
            happened: String::new(),
            message: view.newest_first().find_map(inbound),
            topic: None,
            task: None,
            tag: "",
        };
        match event {
            FlowEvent::Interaction(id) => {
                let item = view.item(ItemKind::Interaction, id.0)?;
                let message = inbound(item)?;
                story.message = Some(message);
                story.happened = match trigger {
                    FlowTrigger::MessageReceived { channel } => channel
                        .is_none_or(|channel| channel == message.channel)
                        .then(|| id.to_string())?,
                    // Of two messages that come first somewhere, one flow is made.
                    FlowTrigger::FirstMessage {} => (view.tally().first_inbound()
                        == Some(&place(item)))
                    .then(|| "first".to_owned())?,
                    FlowTrigger::ConversationReopened {} => {
                        let (by, at) = overruled?;
                        format!("reopened {by} {}", at.as_millis())
                    }
                    _ => return None,
                };
            }
            FlowEvent::Activity(id) => {
                let Item::Activity(activity) = view.item(ItemKind::Activity, id.0)? else {
                    return None;
                };
                story.happened = id.to_string();
                if !story.tells(trigger, activity) {
                    return None;
                }
            }
        }
        Some(story)
    }

    /// Whether an activity is what a trigger waits for; takes in what it is about.
    fn tells(&mut self, trigger: &FlowTrigger, activity: &'a Activity) -> bool {
        let subject = activity.subject.as_ref();
        let item = subject.and_then(|Subject { kind, id }| self.view.item(*kind, *id));
        let to = activity.change.as_ref().map_or("", |change| &change.to);
        match (trigger, activity.action.as_str(), item) {
            (FlowTrigger::ConversationClosed {}, "close_conversation", _)
            | (FlowTrigger::ConversationReopened {}, "reopen_conversation", _) => true,
            (FlowTrigger::TopicLogged { purpose }, "create_topic", Some(Item::Topic(topic))) => {
                self.topic = Some(topic);
                fits(purpose.as_deref(), &topic.purpose)
            }
            (FlowTrigger::TaskDone { task_type }, "set_task_status", Some(Item::Task(task))) => {
                self.task = Some(task);
                to == word_of(&TaskStatus::Done) && fits(task_type.as_deref(), &task.task_type)
            }
            (FlowTrigger::TagAdded { tag }, "add_tag", _) => {
                self.tag = to;
                fits(tag.as_deref(), to)
            }
            _ => false,
        }
    }

    /// The run of a flow for this.
    pub(crate) fn run(&self, flow: FlowId) -> ActivityId {
        ActivityId::of_run(flow, self.view.header.id, &self.happened)
    }

    /// Whether all conditions hold.
    pub(crate) fn meets(&self, conditions: &[FlowCondition]) -> bool {
        conditions.iter().all(|condition| match condition {
            FlowCondition::Value { name, test, text } => {
                let value = self.value(name).unwrap_or_default().to_lowercase();
                let text = text.to_lowercase();
                match test {
                    FlowTest::Is => value == text,
                    FlowTest::IsNot => value != text,
                    FlowTest::Contains => value.contains(&text),
                }
            }
            FlowCondition::Tag { tag, present } => self.view.header.tags.contains(tag) == *present,
        })
    }

    /// A text with its placeholders filled in; those without a value stay.
    pub(crate) fn fill(&self, text: &str) -> String {
        template::render(text, |name| self.value(name)).text
    }

    /// A word that decides something, with its placeholders filled in; nothing where
    /// one has no value, or one that a customer wrote.
    pub(crate) fn word(&self, text: &str) -> Option<String> {
        let value = |name: &str| self.value(name).filter(|_| !is_by_customer(name));
        let rendered = template::render(text, value);
        let word = rendered.text.trim();
        (rendered.missing.is_empty() && !word.is_empty()).then(|| word.to_owned())
    }

    /// What a placeholder stands for.
    fn value(&self, name: &str) -> Option<String> {
        let header = &self.view.header;
        let sender = || self.message?.from.as_ref();
        Some(match name {
            "conversation.subject" => header.subject.clone(),
            "conversation.status" => word_of(&header.status),
            "conversation.owner" => header.owner.as_ref()?.to_string(),
            "conversation.team" => header.team.as_ref()?.to_string(),
            "conversation.priority" => word_of(&header.priority),
            "sender.name" => sender()?.name.clone(),
            "sender.first_name" => first_name(&sender()?.name),
            "sender.address" => sender().map(|Address { address, .. }| address.clone())?,
            "message.text" => written(self.message?),
            "message.subject" => self.message?.subject.clone(),
            "message.channel" => word_of(&self.message?.channel),
            "topic.subject" => self.topic?.subject.clone(),
            "topic.purpose" => self.topic?.purpose.clone(),
            "topic.summary" => self.topic?.summary.clone(),
            "task.title" => self.task?.title.clone(),
            "task.type" => self.task?.task_type.clone(),
            "tag" => self.tag.to_owned(),
            _ => return None,
        })
    }
}

/// Whether a placeholder stands for what a customer wrote.
pub(crate) fn is_by_customer(name: &str) -> bool {
    let subjects = ["message.subject", "conversation.subject"];
    name.starts_with("sender.") || name == "message.text" || subjects.contains(&name)
}

/// Whether what is asked for, if anything is, is what there is.
fn fits(asked: Option<&str>, there: &str) -> bool {
    asked.is_none_or(|asked| asked == there)
}

/// A message that came in by itself and stands.
fn inbound(item: &Item) -> Option<&Interaction> {
    match item {
        Item::Interaction(it) => {
            let came = it.direction == Direction::In && it.by.is_none();
            (came && it.deleted.is_none()).then_some(it)
        }
        _ => None,
    }
}

/// What a message's sender wrote, without quotes and signature.
fn written(message: &Interaction) -> String {
    let units = message.visible.map_or(usize::MAX, |units| units as usize);
    beginning(&message.text, units).trim().to_owned()
}

/// As much of a text as fits, in UTF-16 units.
pub(crate) fn beginning(text: &str, units: usize) -> &str {
    let mut count = 0;
    let end = text.char_indices().find(|(_, c)| {
        count += c.len_utf16();
        count > units
    });
    end.map_or(text, |(end, _)| &text[..end])
}

//! Flows: what one may be, and one run of it.

use std::collections::{BTreeMap, BTreeSet};

use super::{ConversationCommand, FlowDraft, Outcome, TaskDraft, TopicDraft, check};
use crate::document::{ConversationView, Writer, place, word};
use crate::error::{Code, Refusal};
use crate::flow::{Story, beginning, is_by_customer};
use crate::id::{ActivityId, FlowId, MemberId, RunIds};
use crate::limits;
use crate::model::{
    Activity, Assignee, Block, ConversationStatus, DueIn, Flow, FlowAction, FlowCondition,
    FlowEvent, FlowRun, FlowTrigger, Item, ItemKind, ListKind, Priority, Role, Span, TaskPlan,
    TopicOrigin, TopicPlan, TopicStatus, WorkspaceView,
};
use crate::schedule::{DueAsk, ZoneOffset};
use crate::template;
use crate::time::Timestamp;

/// Refuses a flow that could never run as it is written.
pub(super) fn check_draft(workspace: &WorkspaceView, draft: &FlowDraft) -> Result<(), Refusal> {
    if let FlowTrigger::TopicLogged {
        purpose: Some(purpose),
    } = &draft.trigger
    {
        check::choice(workspace, ListKind::Purposes, purpose, "trigger")?;
    }
    if let FlowTrigger::TaskDone {
        task_type: Some(task_type),
    } = &draft.trigger
    {
        check::choice(workspace, ListKind::TaskTypes, task_type, "trigger")?;
    }
    if draft.conditions.len() > limits::FLOW_CONDITIONS {
        let text = "There are too many conditions.";
        return Err(Refusal::new(Code::TooLong, text).on("conditions"));
    }
    if draft.actions.len() > limits::FLOW_ACTIONS {
        let text = "There are too many actions.";
        return Err(Refusal::new(Code::TooLong, text).on("actions"));
    }
    if draft.actions.is_empty() {
        return Err(Refusal::new(Code::Invalid, "A flow does something.").on("actions"));
    }
    for (at, condition) in draft.conditions.iter().enumerate() {
        match condition {
            FlowCondition::Value { name, .. } => check::line(name, "name"),
            FlowCondition::Tag { tag, .. } => check::line(tag, "tag"),
        }
        .map_err(|it| it.within(&format!("conditions/{at}")))?;
    }
    let mut set = BTreeSet::new();
    for (at, action) in draft.actions.iter().enumerate() {
        let part = format!("actions/{at}");
        check_action(workspace, action).map_err(|refusal| refusal.within(&part))?;
        if target(action).is_some_and(|target| !set.insert(target)) {
            let text = "A flow sets everything once at most.";
            return Err(Refusal::new(Code::Invalid, text).on(part));
        }
    }
    Ok(())
}

/// What an action sets, by a name of its own; nothing for what it makes. A run is one
/// change, and the audit trail tells of each place only what becomes of it.
fn target(action: &FlowAction) -> Option<(&'static str, &str)> {
    match action {
        FlowAction::AddTag { tag } | FlowAction::RemoveTag { tag } => Some(("tag", tag.trim())),
        FlowAction::SetOwner { .. } => Some(("owner", "")),
        FlowAction::SetTeam { .. } => Some(("team", "")),
        FlowAction::SetPriority { .. } => Some(("priority", "")),
        FlowAction::Close {} | FlowAction::Reopen {} => Some(("status", "")),
        FlowAction::CreateTask { .. }
        | FlowAction::LogTopic { .. }
        | FlowAction::AddNote { .. } => None,
    }
}

fn check_action(workspace: &WorkspaceView, action: &FlowAction) -> Result<(), Refusal> {
    match action {
        FlowAction::CreateTask { task } => {
            check::line(&task.title, "title")?;
            check::choice(workspace, ListKind::TaskTypes, &task.task_type, "taskType")?;
            own_words(&task.priority).map_err(|it| it.on("priority"))?;
            own_words(&task.assignee).map_err(|it| it.on("assignee"))?;
            // What has a placeholder is known when it is filled in.
            let is_fixed = |text: &str| !text.is_empty() && !text.contains("{{");
            if is_fixed(&task.priority) {
                word::<Priority>(&task.priority).ok_or_else(|| {
                    Refusal::new(Code::Invalid, "This is no priority.").on("priority")
                })?;
            }
            if is_fixed(&task.assignee) {
                let assignee = task.assignee.parse::<Assignee>();
                assignee.map_err(|it| it.on("assignee"))?;
            }
        }
        FlowAction::LogTopic { topic } => {
            check::line(&topic.subject, "subject")?;
            check::choice(workspace, ListKind::Purposes, &topic.purpose, "purpose")?;
        }
        FlowAction::AddNote { text } if text.trim().is_empty() => {
            return Err(Refusal::new(Code::Invalid, "This must not be empty.").on("text"));
        }
        FlowAction::AddTag { tag } | FlowAction::RemoveTag { tag } => {
            check::line(tag, "tag")?;
        }
        FlowAction::AddNote { .. }
        | FlowAction::SetOwner { .. }
        | FlowAction::SetTeam { .. }
        | FlowAction::SetPriority { .. }
        | FlowAction::Close {}
        | FlowAction::Reopen {} => {}
    }
    Ok(())
}

/// Refuses placeholders for what customers write, where it decides something.
fn own_words(text: &str) -> Result<(), Refusal> {
    let names = template::render(text, |_| None).missing;
    if names.iter().any(|name| is_by_customer(name)) {
        let text = "What a customer writes must not decide this.";
        return Err(Refusal::new(Code::Invalid, text));
    }
    Ok(())
}

/// Runs a flow, where it is on now, waits for this event and was not run for it
/// before. Its actions are one change with the activity that tells of the run. Where
/// one is refused, none is done, and the activity says why.
pub(super) fn run(
    w: &mut Writer<'_, '_>,
    flow: FlowId,
    event: FlowEvent,
    step: u32,
    offsets: &[ZoneOffset],
) -> Result<Outcome, Refusal> {
    w.require(Role::Service, "Only the server runs flows.")?;
    let view = w.conversation()?;
    let Some(flow) = w.workspace().flow(flow).filter(|flow| flow.active) else {
        return Ok(Outcome::default());
    };
    let Some(story) = Story::of(view, &flow.trigger, event, w.overruled_close()) else {
        return Ok(Outcome::default());
    };
    let run = story.run(flow.id);
    let has_run = view.item(ItemKind::Activity, run.0).is_some_and(is_run);
    if has_run || !story.meets(&flow.conditions) {
        return Ok(Outcome::default());
    }
    // The run that is one too many tells so for all that follow within the hour.
    let runs = runs_since(view, flow.id, w.now().plus_millis(-limits::FLOW_RUNS_MS));
    if runs > limits::FLOW_RUNS {
        return Ok(Outcome::default());
    }
    let told = |stopped: String| FlowRun {
        flow: flow.id,
        run,
        step,
        stopped,
    };
    let done = if runs == limits::FLOW_RUNS {
        let text = "The flow ran too often in this conversation within an hour.";
        Err(Refusal::new(Code::RateLimited, text))
    } else if step > limits::FLOW_STEPS {
        let text = "Too many flows set each other off.";
        Err(Refusal::new(Code::WrongState, text))
    } else {
        act_all(w, flow, &Told::of(flow, &story, offsets), run)
            .and_then(|()| record(w, flow, &told(String::new())))
            .and_then(|made| w.check_size("run_flow").map(|()| made))
    };
    done.or_else(|refusal| {
        w.start_over();
        record(w, flow, &told(refusal.to_string()))
    })
}

/// What a run's actions fill in.
struct Told<'a> {
    story: &'a Story<'a>,
    offsets: &'a [ZoneOffset],
    /// How long each text may become: a customer who writes much must not make a
    /// change that nobody takes.
    units: usize,
}

impl<'a> Told<'a> {
    fn of(flow: &Flow, story: &'a Story<'a>, offsets: &'a [ZoneOffset]) -> Self {
        let texts = flow.actions.iter().filter(|action| match action {
            FlowAction::CreateTask { task } => !task.description.is_empty(),
            FlowAction::LogTopic { topic } => !topic.summary.is_empty(),
            action => matches!(action, FlowAction::AddNote { .. }),
        });
        let share = limits::FLOW_TEXTS_UNITS / texts.count().max(1);
        Self {
            story,
            offsets,
            units: share.min(limits::FLOW_TEXT_UNITS),
        }
    }

    /// A text filled in, as much of it as fits.
    fn text(&self, text: &str) -> String {
        cut(&self.story.fill(text), self.units)
    }
}

/// Does a flow's actions in their order.
fn act_all(
    w: &mut Writer<'_, '_>,
    flow: &Flow,
    told: &Told<'_>,
    run: ActivityId,
) -> Result<(), Refusal> {
    let mut ids = RunIds::new(run);
    let mut actions = flow.actions.iter();
    actions.try_for_each(|action| w.step(&mut ids, |w| act(w, action, told)).map(drop))
}

/// Whether an item tells of a run. Anybody can work out a run's id, but only the
/// server tells of one.
fn is_run(item: &Item) -> bool {
    matches!(item, Item::Activity(Activity { action, .. }) if action == "run_flow")
}

/// Runs of a flow in this conversation since a moment.
fn runs_since(view: &ConversationView, flow: FlowId, since: Timestamp) -> usize {
    let flow = flow.to_string();
    let is_its = |item: &&Item| match item {
        Item::Activity(Activity { change, .. }) => change
            .as_ref()
            .is_some_and(|change| change.to.starts_with(&flow)),
        _ => false,
    };
    view.newest_first()
        .take_while(|item| place(item).0 > since)
        .filter(|item| is_run(item))
        .filter(is_its)
        .count()
}

/// Writes what a run came to.
fn record(w: &mut Writer<'_, '_>, flow: &Flow, run: &FlowRun) -> Result<Outcome, Refusal> {
    let state = w.root("state")?;
    let to = run.to_string();
    w.put(&state, "flow", to.as_str())?;
    let told = Some(("flow", flow.name.clone(), to));
    w.log_as(run.run.0, "run_flow", None, told)?;
    Ok(Outcome::made(run.run.0))
}

/// Does one action, by the command that a member would give.
fn act(w: &mut Writer<'_, '_>, action: &FlowAction, told: &Told<'_>) -> Result<Outcome, Refusal> {
    let header = &w.conversation()?.header;
    let command = match action {
        FlowAction::CreateTask { task } => ConversationCommand::CreateTask {
            draft: task_draft(w, task, told)?,
        },
        FlowAction::LogTopic { topic } => ConversationCommand::CreateTopic {
            draft: topic_draft(topic, told, owner(w)?),
            follow_up: None,
        },
        FlowAction::AddNote { text } => ConversationCommand::AddNote {
            parent: None,
            message: None,
            spans: paragraphs(&told.story.fill(text), told.units),
        },
        FlowAction::AddTag { tag } => ConversationCommand::AddTag { tag: tag.clone() },
        FlowAction::RemoveTag { tag } => ConversationCommand::RemoveTag { tag: tag.clone() },
        FlowAction::SetOwner { owner } => ConversationCommand::SetOwner {
            owner: owner.clone(),
        },
        FlowAction::SetTeam { team } => ConversationCommand::SetTeam { team: team.clone() },
        FlowAction::SetPriority { priority } => ConversationCommand::SetConversationPriority {
            priority: *priority,
        },
        FlowAction::Close {} if header.status == ConversationStatus::Open => {
            ConversationCommand::CloseConversation { topic: None }
        }
        FlowAction::Reopen {} if header.status == ConversationStatus::Closed => {
            ConversationCommand::ReopenConversation {}
        }
        FlowAction::Close {} | FlowAction::Reopen {} => return Ok(Outcome::default()),
    };
    command.execute(w)
}

fn task_draft(w: &Writer<'_, '_>, plan: &TaskPlan, told: &Told<'_>) -> Result<TaskDraft, Refusal> {
    let due = |due: DueIn| {
        let ask = DueAsk {
            now: w.now(),
            amount: due.amount,
            unit: due.unit,
            offsets: told.offsets.to_vec(),
        };
        ask.due(&w.workspace().policies)
    };
    let priority = told.story.word(&plan.priority);
    let assignee = told.story.word(&plan.assignee);
    Ok(TaskDraft {
        title: line(&told.story.fill(&plan.title)),
        description: told.text(&plan.description),
        channel: plan.channel,
        task_type: plan.task_type.clone(),
        priority: priority.and_then(|it| word(&it)).unwrap_or_default(),
        assignee: assignee.and_then(|it| it.parse().ok()),
        due: plan.due.map(due),
    })
}

/// The owner as the actions before have set it.
fn owner(w: &Writer<'_, '_>) -> Result<Option<MemberId>, Refusal> {
    let owner = w.text(&w.root("state")?, "owner");
    Ok(owner.and_then(|owner| owner.parse().ok()))
}

fn topic_draft(plan: &TopicPlan, told: &Told<'_>, owner: Option<MemberId>) -> TopicDraft {
    TopicDraft {
        subject: line(&told.story.fill(&plan.subject)),
        purpose: plan.purpose.clone(),
        summary: told.text(&plan.summary),
        status: TopicStatus::default(),
        start: None,
        end: None,
        first_message: None,
        last_message: None,
        owner,
        origin: TopicOrigin::Flow,
        reference: String::new(),
    }
}

/// A text as one line, as much of it as fits: what a customer wrote stands in it.
fn line(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    cut(&words.join(" "), limits::LINE_UNITS)
}

/// A text of at most so many UTF-16 units; where more was, an ellipsis ends it.
fn cut(text: &str, units: usize) -> String {
    let whole = beginning(text, units);
    if whole.len() == text.len() {
        return text.to_owned();
    }
    let rest = units.saturating_sub('…'.len_utf16());
    format!("{}…", beginning(text, rest).trim_end())
}

/// A paragraph for each line that says something, as many as fit: every one brings
/// its marker along.
fn paragraphs(text: &str, mut units: usize) -> Vec<Span> {
    let mut spans = Vec::new();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let Some(room) = units.checked_sub(limits::FLOW_PARAGRAPH_UNITS + 1) else {
            break;
        };
        let marker = Block {
            block_type: "paragraph".to_owned(),
            parents: Vec::new(),
            attrs: BTreeMap::new(),
            is_embed: false,
        };
        let value = cut(line, room + 1);
        units = room.saturating_sub(value.encode_utf16().count());
        spans.push(Span::Block { value: marker });
        spans.push(Span::Text {
            value,
            marks: BTreeMap::new(),
        });
    }
    spans
}

//! Flows: what one may be, and one run of it.

use std::collections::{BTreeMap, BTreeSet};

use super::{ConversationCommand, FlowDraft, Outcome, TaskDraft, TopicDraft, check};
use crate::document::{Writer, place, word};
use crate::error::{Code, Refusal};
use crate::flow::{Story, beginning};
use crate::id::{FlowId, MemberId, RunIds};
use crate::limits;
use crate::model::{
    Activity, Assignee, Block, ConversationStatus, DueIn, Flow, FlowAction, FlowCondition,
    FlowEvent, FlowRun, FlowTrigger, Item, ItemKind, ListKind, Priority, Role, Span, TaskPlan,
    TopicOrigin, TopicPlan, TopicStatus, WorkspaceView,
};
use crate::schedule::{DueAsk, ZoneOffset};
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
            // What has a placeholder is known when it is filled in.
            let is_fixed = |text: &str| !text.is_empty() && !text.contains("{{");
            if is_fixed(&task.priority) {
                priority(&task.priority)?;
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
    let has_run = view.item(ItemKind::Activity, run.0).is_some();
    let runs = runs_since(w, w.now().plus_millis(-limits::FLOW_RUNS_MS));
    // The run that is one too many tells so for all that follow within the hour.
    if has_run || !story.meets(&flow.conditions) || runs > limits::FLOW_RUNS {
        return Ok(Outcome::default());
    }
    let done = if runs == limits::FLOW_RUNS {
        let text = "Too many flows ran in this conversation within an hour.";
        Err(Refusal::new(Code::RateLimited, text))
    } else if step > limits::FLOW_STEPS {
        let text = "Too many flows set each other off.";
        Err(Refusal::new(Code::WrongState, text))
    } else {
        let mut ids = RunIds::new(run);
        let mut actions = flow.actions.iter();
        actions.try_for_each(|action| {
            w.step(&mut ids, |w| act(w, action, &story, offsets))
                .map(drop)
        })
    };
    if done.is_err() {
        w.start_over();
    }
    let stopped = done.map_or_else(|refusal| refusal.to_string(), |()| String::new());
    record(
        w,
        flow,
        &FlowRun {
            flow: flow.id,
            run,
            step,
            stopped,
        },
    )
}

/// Runs of flows in this conversation since a moment.
fn runs_since(w: &Writer<'_, '_>, since: Timestamp) -> usize {
    let Ok(view) = w.conversation() else { return 0 };
    let is_run = |item: &&Item| matches!(item, Item::Activity(Activity { action, .. }) if action == "run_flow");
    view.newest_first()
        .take_while(|item| place(item).0 > since)
        .filter(is_run)
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
fn act(
    w: &mut Writer<'_, '_>,
    action: &FlowAction,
    story: &Story<'_>,
    offsets: &[ZoneOffset],
) -> Result<Outcome, Refusal> {
    let header = &w.conversation()?.header;
    let command = match action {
        FlowAction::CreateTask { task } => ConversationCommand::CreateTask {
            draft: task_draft(w, task, story, offsets)?,
        },
        FlowAction::LogTopic { topic } => ConversationCommand::CreateTopic {
            draft: topic_draft(topic, story, header.owner.clone()),
            follow_up: None,
        },
        FlowAction::AddNote { text } => ConversationCommand::AddNote {
            parent: None,
            message: None,
            spans: paragraphs(&story.fill(text)),
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

fn task_draft(
    w: &Writer<'_, '_>,
    plan: &TaskPlan,
    story: &Story<'_>,
    offsets: &[ZoneOffset],
) -> Result<TaskDraft, Refusal> {
    let due = |due: DueIn| {
        let ask = DueAsk {
            now: w.now(),
            amount: due.amount,
            unit: due.unit,
            offsets: offsets.to_vec(),
        };
        ask.due(&w.workspace().policies)
    };
    let description = story.fill(&plan.description);
    let assignee = story.word(&plan.assignee);
    Ok(TaskDraft {
        title: line(&story.fill(&plan.title)),
        description: beginning(&description, limits::PROSE_UNITS).to_owned(),
        channel: plan.channel,
        task_type: plan.task_type.clone(),
        priority: match story.word(&plan.priority) {
            Some(text) => priority(&text)?,
            None => Priority::default(),
        },
        assignee: assignee.map(|text| text.parse()).transpose()?,
        due: plan.due.map(due),
    })
}

fn topic_draft(plan: &TopicPlan, story: &Story<'_>, owner: Option<MemberId>) -> TopicDraft {
    let summary = story.fill(&plan.summary);
    TopicDraft {
        subject: line(&story.fill(&plan.subject)),
        purpose: plan.purpose.clone(),
        summary: beginning(&summary, limits::PROSE_UNITS).to_owned(),
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

fn priority(text: &str) -> Result<Priority, Refusal> {
    word(text).ok_or_else(|| Refusal::new(Code::Invalid, "This is no priority.").on("priority"))
}

/// A text as one line, as much of it as fits: what a customer wrote stands in it.
fn line(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    beginning(&words.join(" "), limits::LINE_UNITS).to_owned()
}

/// A paragraph for each line, as much of the text as fits into a note.
fn paragraphs(text: &str) -> Vec<Span> {
    // Every line brings a marker along, which counts as well.
    let text = beginning(text, limits::PROSE_UNITS / 2);
    let paragraph = |line: &str| {
        let marker = Block {
            block_type: "paragraph".to_owned(),
            parents: Vec::new(),
            attrs: BTreeMap::new(),
            is_embed: false,
        };
        let words = (!line.is_empty()).then(|| Span::Text {
            value: line.to_owned(),
            marks: BTreeMap::new(),
        });
        std::iter::once(Span::Block { value: marker }).chain(words)
    };
    text.lines().flat_map(paragraph).collect()
}

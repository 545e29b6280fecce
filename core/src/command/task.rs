//! Tasks: planned activities, unfinished until done (spec S1).

use uuid::Uuid;

use super::topic::{self, Source};
use super::{Outcome, TaskDraft, TaskField, TopicDraft, check, note};
use crate::document::{FieldChange, Writer};
use crate::error::{Code, Refusal};
use crate::id::{TaskId, TeamId, TopicId};
use crate::limits;
use crate::model::{
    Assignee, Item, ItemKind, ListKind, Member, Role, Span, Task, TaskStatus, WorkspaceView,
};

fn task<'a>(w: &Writer<'a, '_>, id: TaskId) -> Result<&'a Task, Refusal> {
    match w.conversation()?.item(ItemKind::Task, id.0) {
        Some(Item::Task(task)) => Ok(task),
        _ => Err(Refusal::new(Code::NotFound, "There is no such task.").on("task")),
    }
}

/// Who may complete a task: the assignee, an available member of the assigned
/// team, an admin; anyone while it is unassigned (spec §4).
fn may_complete(task: &Task, member: &Member, workspace: &WorkspaceView) -> bool {
    member.role == Role::Admin
        || match &task.assignee {
            None => true,
            Some(Assignee::Member(id)) => *id == member.id,
            Some(Assignee::Team(team)) => takes_for(team, member, workspace),
        }
}

/// Whether a member takes a team's tasks now: belongs to it by the workspace's
/// lists or by the host's token, and is available.
fn takes_for(team: &TeamId, member: &Member, workspace: &WorkspaceView) -> bool {
    let belongs = member.teams.contains(team) || workspace.is_in_team(&member.id, team);
    belongs && member.is_available()
}

pub(super) fn create(w: &mut Writer<'_, '_>, draft: &TaskDraft) -> Result<Outcome, Refusal> {
    Ok(Outcome::made(write(w, draft)?))
}

/// Writes the task that follows from something, where one does.
pub(super) fn follow_up(
    w: &mut Writer<'_, '_>,
    draft: Option<&TaskDraft>,
) -> Result<Option<TaskId>, Refusal> {
    draft.map(|draft| write(w, draft).map(TaskId)).transpose()
}

/// Writes a new task with its activity and returns its id.
fn write(w: &mut Writer<'_, '_>, draft: &TaskDraft) -> Result<Uuid, Refusal> {
    let title = check::line(&draft.title, "title")?;
    check::within(&draft.description, limits::PROSE_UNITS, "description")?;
    let task_type = check::choice(
        w.workspace(),
        ListKind::TaskTypes,
        &draft.task_type,
        "taskType",
    )?;
    if let Some(due) = &draft.due {
        due.check()?;
    }
    let id = w.new_id();
    let entry = w.begin_entry(ItemKind::Task, id)?;
    w.put(&entry, "title", title)?;
    w.put_text(&entry, "description", &draft.description)?;
    w.put_option(&entry, "channel", draft.channel.as_ref().map(Writer::word))?;
    w.put(&entry, "taskType", task_type)?;
    w.put_word(&entry, "priority", &draft.priority)?;
    w.put_option(
        &entry,
        "assignee",
        draft.assignee.as_ref().map(ToString::to_string),
    )?;
    w.put_option(&entry, "due", draft.due.as_ref().map(ToString::to_string))?;
    w.put_word(&entry, "status", &TaskStatus::ToDo)?;
    w.log("create_task", Some((ItemKind::Task, id)), None)?;
    Ok(id)
}

pub(super) fn set_field(
    w: &mut Writer<'_, '_>,
    id: TaskId,
    set: &TaskField,
) -> Result<Outcome, Refusal> {
    let old = task(w, id)?;
    let entry = w.entry(ItemKind::Task, id.0)?;
    let (field, from, to) = match set {
        TaskField::Title(title) => (
            "title",
            old.title.clone(),
            Some(check::line(title, "title")?),
        ),
        TaskField::Description(text) => {
            check::within(text, limits::PROSE_UNITS, "description")?;
            if old.description != *text {
                w.update_text(&entry, "description", text)?;
                w.log(
                    "set_task_field",
                    Some((ItemKind::Task, id.0)),
                    Some(("description", String::new(), String::new())),
                )?;
            }
            return Ok(Outcome::default());
        }
        TaskField::Channel(channel) => (
            "channel",
            text_of(old.channel.as_ref().map(Writer::word)),
            channel.as_ref().map(Writer::word),
        ),
        TaskField::TaskType(word) => (
            "taskType",
            old.task_type.clone(),
            Some(check::choice(
                w.workspace(),
                ListKind::TaskTypes,
                word,
                "taskType",
            )?),
        ),
        TaskField::Priority(priority) => (
            "priority",
            Writer::word(&old.priority),
            Some(Writer::word(priority)),
        ),
        TaskField::Assignee(assignee) => (
            "assignee",
            text_of(old.assignee.as_ref().map(ToString::to_string)),
            assignee.as_ref().map(ToString::to_string),
        ),
        TaskField::Due(due) => {
            if let Some(due) = due {
                due.check()?;
            }
            (
                "due",
                text_of(old.due.as_ref().map(ToString::to_string)),
                due.as_ref().map(ToString::to_string),
            )
        }
    };
    put_field(w, old, "set_task_field", field, from, to)
}

fn text_of(value: Option<String>) -> String {
    value.unwrap_or_default()
}

/// Writes one field and its activity; nothing where it is equal and undisputed.
fn put_field(
    w: &mut Writer<'_, '_>,
    old: &Task,
    action: &str,
    field: &str,
    from: String,
    to: Option<String>,
) -> Result<Outcome, Refusal> {
    let entry = w.entry(ItemKind::Task, old.id.0)?;
    w.set_field(FieldChange {
        entry: &entry,
        action,
        subject: Some((ItemKind::Task, old.id.0)),
        field,
        from,
        to,
        disputed: old.conflicts.iter().any(|conflict| conflict.field == field),
    })?;
    Ok(Outcome::default())
}

pub(super) fn set_status(
    w: &mut Writer<'_, '_>,
    id: TaskId,
    status: TaskStatus,
) -> Result<Outcome, Refusal> {
    let old = task(w, id)?;
    let disputed = old
        .conflicts
        .iter()
        .any(|conflict| conflict.field == "status");
    let allowed = match (old.status, status) {
        (from, to) if from == to => {
            return if disputed {
                put_status(w, old, status)
            } else {
                Ok(Outcome::default())
            };
        }
        (TaskStatus::ToDo | TaskStatus::InProgress, _) => true,
        // A finished task goes back to the start, not into the middle.
        (TaskStatus::Done | TaskStatus::Cancelled, to) => to == TaskStatus::ToDo || disputed,
    };
    if !allowed {
        let text = "A finished task is reopened before anything else.";
        return Err(Refusal::new(Code::WrongState, text).on("status"));
    }
    if status == TaskStatus::Done && !may_complete(old, w.member(), w.workspace()) {
        return Err(not_assignee());
    }
    put_status(w, old, status)
}

fn not_assignee() -> Refusal {
    Refusal::new(
        Code::NotAssignee,
        "Only the assignee, their team or an admin completes this task.",
    )
}

fn put_status(w: &mut Writer<'_, '_>, old: &Task, status: TaskStatus) -> Result<Outcome, Refusal> {
    let (from, to) = (Writer::word(&old.status), Writer::word(&status));
    put_field(w, old, "set_task_status", "status", from, Some(to))
}

pub(super) fn claim(w: &mut Writer<'_, '_>, id: TaskId) -> Result<Outcome, Refusal> {
    let old = task(w, id)?;
    if old.status.is_final() {
        return Err(Refusal::new(Code::WrongState, "The task is finished.").on("task"));
    }
    let claimable = match &old.assignee {
        None => true,
        Some(Assignee::Team(team)) => takes_for(team, w.member(), w.workspace()),
        Some(Assignee::Member(member)) => *member == w.member().id,
    };
    if !claimable {
        return Err(Refusal::new(
            Code::NotAssignee,
            "Only an available member of the team claims this task.",
        ));
    }
    let mine = Assignee::Member(w.me()).to_string();
    let from = text_of(old.assignee.as_ref().map(ToString::to_string));
    put_field(w, old, "claim_task", "assignee", from, Some(mine))
}

pub(super) fn finish(
    w: &mut Writer<'_, '_>,
    id: TaskId,
    outcome: Option<&TopicDraft>,
    spans: &[Span],
    next: Option<&TaskDraft>,
) -> Result<Outcome, Refusal> {
    let old = task(w, id)?;
    if old.status.is_final() {
        return Err(Refusal::new(Code::WrongState, "The task is finished.").on("task"));
    }
    if !may_complete(old, w.member(), w.workspace()) {
        return Err(not_assignee());
    }
    let mut done = Outcome::default();
    if let Some(draft) = outcome {
        let topic = topic::write(w, draft, Source::Task(id))?;
        let entry = w.entry(ItemKind::Task, id.0)?;
        w.put(&entry, "topic", topic.to_string())?;
        done.topic = Some(TopicId(topic));
    }
    if !spans.is_empty() {
        done.created = note::add(w, None, None, spans)?.created;
    }
    done.task = follow_up(w, next)?;
    put_status(w, old, TaskStatus::Done)?;
    Ok(done)
}

//! The Tasks page (spec F0.1, F1.7).

use serde::{Deserialize, Serialize};

use super::{RowIndex, Words, admits, admits_some, page};
use crate::id::{ContactId, ConversationId, TeamId};
use crate::model::{Assignee, Member, Priority, TaskChannel, TaskMark, TaskStatus, WorkspaceView};
use crate::time::Timestamp;

/// Whose tasks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "snake_case")]
pub enum TaskScope {
    /// The member's.
    #[default]
    Mine,
    /// Those of the member's teams.
    Teams,
    /// Nobody's.
    Unassigned,
    /// All.
    All,
}

/// The order of a list of tasks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "snake_case")]
pub enum TaskSort {
    /// The earliest due first, those without a date last.
    #[default]
    Due,
    /// The most urgent first.
    Priority,
    /// The newest first.
    Newest,
}

/// When a task is due, as seen from a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "snake_case")]
pub enum TaskGroup {
    /// The time is over.
    Overdue,
    /// Until the end of the day.
    Today,
    /// Until the end of the week.
    Week,
    /// Later.
    Later,
    /// At no time in particular.
    None,
    /// Done or cancelled.
    Finished,
}

/// A question to the list of tasks. A list that is empty lets all pass.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct TaskQuery {
    /// Whose.
    pub scope: TaskScope,
    /// Statuses; with none, the unfinished.
    pub statuses: Vec<TaskStatus>,
    /// Priorities.
    pub priorities: Vec<Priority>,
    /// Task types.
    pub types: Vec<String>,
    /// Channels.
    pub channels: Vec<TaskChannel>,
    /// Assignees.
    pub assignees: Vec<Assignee>,
    /// When they are due.
    pub groups: Vec<TaskGroup>,
    /// Words to find in title and contact.
    pub search: String,
    /// The order within each group.
    pub sort: TaskSort,
    /// The present moment.
    pub now: Timestamp,
    /// The end of the member's day.
    pub day_ends: Timestamp,
    /// The end of the member's week.
    pub week_ends: Timestamp,
    /// Tasks to skip.
    pub offset: u32,
    /// Tasks to return at most.
    pub limit: u32,
}

/// A task ready to draw.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct TaskRow {
    /// The task.
    #[serde(flatten)]
    pub task: TaskMark,
    /// Its conversation.
    pub conversation: ConversationId,
    /// The conversation's contact.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub contact: Option<ContactId>,
    /// The contact's name.
    pub name: String,
    /// When it is due.
    pub group: TaskGroup,
    /// Whether the member may claim it now.
    pub claimable: bool,
}

/// How many unfinished tasks each scope has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "snake_case")]
pub struct TaskCounts {
    /// The member's.
    pub mine: u32,
    /// Of the member's teams.
    pub teams: u32,
    /// Nobody's.
    pub unassigned: u32,
    /// All.
    pub all: u32,
    /// The member's whose time is over.
    pub overdue: u32,
}

/// How many tasks that match are in each group.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "snake_case")]
pub struct TaskGroups {
    /// The time is over.
    pub overdue: u32,
    /// Until the end of the day.
    pub today: u32,
    /// Until the end of the week.
    pub week: u32,
    /// Later.
    pub later: u32,
    /// At no time in particular.
    pub none: u32,
    /// Done or cancelled.
    pub finished: u32,
}

/// The answer to a [`TaskQuery`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct TaskPage {
    /// The page's tasks, group by group.
    pub tasks: Vec<TaskRow>,
    /// Tasks that match, over all pages.
    pub total: u32,
    /// Tasks of each scope, whatever else the query asks.
    pub counts: TaskCounts,
    /// Tasks that match in each group, over all pages, whichever groups the query asks for.
    pub groups: TaskGroups,
}

impl RowIndex {
    /// Answers a question to the list of tasks for a member.
    pub(in crate::replica) fn tasks(
        &self,
        query: &TaskQuery,
        member: Option<&Member>,
        rules: &WorkspaceView,
    ) -> TaskPage {
        let words = Words::of(&query.search);
        let mut counts = TaskCounts::default();
        let mut groups = TaskGroups::default();
        let mut found = Vec::new();
        for row in self.conversations() {
            for task in &row.tasks {
                let scopes = Scopes::of(task, member, rules);
                let group = query.group(task);
                if !task.status.is_final() {
                    counts.add(&scopes, group);
                }
                if !scopes.matches(query.scope) || !query.narrows(task) {
                    continue;
                }
                let name = self.name(row);
                if !words.are_in([task.title.as_str(), &name]) {
                    continue;
                }
                groups.add(group);
                if admits(&query.groups, &group) {
                    found.push(TaskRow {
                        claimable: !task.status.is_final()
                            && !scopes.mine
                            && (scopes.unassigned || scopes.teams)
                            && member.is_some_and(|it| it.role.writes() && it.is_available()),
                        task: task.clone(),
                        conversation: row.id,
                        contact: row.contact,
                        name,
                        group,
                    });
                }
            }
        }
        found.sort_by_key(|row| {
            let due = row
                .task
                .due
                .as_ref()
                .map_or(i64::MAX, |due| due.at.as_millis());
            let urgent = 3 - row.task.priority as i64;
            let newest = -row.task.at.as_millis();
            let order = match query.sort {
                TaskSort::Due => (due, urgent),
                TaskSort::Priority => (urgent, due),
                TaskSort::Newest => (newest, due),
            };
            (row.group, order, row.task.id)
        });
        let (tasks, total) = page(found, query.offset, query.limit);
        TaskPage {
            tasks,
            total,
            counts,
            groups,
        }
    }
}

impl TaskQuery {
    fn group(&self, task: &TaskMark) -> TaskGroup {
        if task.status.is_final() {
            return TaskGroup::Finished;
        }
        match &task.due {
            None => TaskGroup::None,
            Some(due) if due.at < self.now => TaskGroup::Overdue,
            Some(due) if due.at < self.day_ends => TaskGroup::Today,
            Some(due) if due.at < self.week_ends => TaskGroup::Week,
            Some(_) => TaskGroup::Later,
        }
    }

    fn narrows(&self, task: &TaskMark) -> bool {
        let status = if self.statuses.is_empty() {
            !task.status.is_final()
        } else {
            self.statuses.contains(&task.status)
        };
        status
            && admits(&self.priorities, &task.priority)
            && admits(&self.types, &task.task_type)
            && admits_some(&self.channels, task.channel.as_ref())
            && admits_some(&self.assignees, task.assignee.as_ref())
    }
}

/// Whose a task is, as a member sees it.
struct Scopes {
    mine: bool,
    teams: bool,
    unassigned: bool,
}

impl Scopes {
    fn of(task: &TaskMark, member: Option<&Member>, rules: &WorkspaceView) -> Self {
        let belongs = |team: &TeamId| {
            member.is_some_and(|it| it.teams.contains(team) || rules.is_in_team(&it.id, team))
        };
        Self {
            mine: matches!(&task.assignee, Some(Assignee::Member(id)) if member.is_some_and(|it| it.id == *id)),
            teams: matches!(&task.assignee, Some(Assignee::Team(team)) if belongs(team)),
            unassigned: task.assignee.is_none(),
        }
    }

    fn matches(&self, scope: TaskScope) -> bool {
        match scope {
            TaskScope::Mine => self.mine,
            TaskScope::Teams => self.teams,
            TaskScope::Unassigned => self.unassigned,
            TaskScope::All => true,
        }
    }
}

impl TaskGroups {
    fn add(&mut self, group: TaskGroup) {
        let count = match group {
            TaskGroup::Overdue => &mut self.overdue,
            TaskGroup::Today => &mut self.today,
            TaskGroup::Week => &mut self.week,
            TaskGroup::Later => &mut self.later,
            TaskGroup::None => &mut self.none,
            TaskGroup::Finished => &mut self.finished,
        };
        *count += 1;
    }
}

impl TaskCounts {
    fn add(&mut self, scopes: &Scopes, group: TaskGroup) {
        self.mine += u32::from(scopes.mine);
        self.teams += u32::from(scopes.teams);
        self.unassigned += u32::from(scopes.unassigned);
        self.all += 1;
        self.overdue += u32::from(scopes.mine && group == TaskGroup::Overdue);
    }
}

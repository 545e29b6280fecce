//! What a member wants to know of: a list from the rows, and an effect for what
//! a remote change newly brought.

use std::cmp::Reverse;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Replica;
use super::effect::Effect;
use super::rows::RowIndex;
use crate::id::{ContactId, ConversationId, MemberId};
use crate::model::{
    AppointmentMark, AppointmentStatus, Assignee, ConversationRow, ConversationStatus, Direction,
    Guest, ItemKind, Row, TaskMark,
};
use crate::time::Timestamp;

const HOUR: i64 = 3_600_000;
/// A task is due soon when it is due within this.
const SOON: i64 = 24 * HOUR;
/// How long the list tells that a snooze has ended.
const ENDED: i64 = 24 * HOUR;

/// Why a member wants to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "snake_case")]
pub enum NoticeKind {
    /// A note mentions the member since they last read.
    Mention,
    /// A task is the member's and was not begun.
    Assigned,
    /// The time of a task of the member's is over.
    Overdue,
    /// A task of the member's is due within a day.
    DueSoon,
    /// Something unread came into a conversation the member owns.
    Reply,
    /// A conversation the member owns came back into the inbox within the last day.
    Unsnoozed,
    /// An appointment of the member's begins within an hour, or goes on.
    Appointment,
}

/// Something a member wants to know of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", tsify(missing_as_null))]
pub struct Notice {
    /// Why.
    pub kind: NoticeKind,
    /// Where.
    pub conversation: ConversationId,
    /// The conversation's contact.
    pub contact: Option<ContactId>,
    /// The task or appointment, where it is about one.
    #[cfg_attr(feature = "typescript", tsify(type = "string | null"))]
    pub id: Option<Uuid>,
    /// When it happened, is due or begins.
    pub at: Timestamp,
    /// The contact's name, or the address of an unlinked conversation.
    pub name: String,
    /// What it is about, in a line; empty where only the conversation says it.
    pub text: String,
}

impl Replica {
    /// All that the member wants to know of now, the latest first.
    pub fn notifications(&self, now: Timestamp) -> Vec<Notice> {
        let Some(member) = &self.member else {
            return Vec::new();
        };
        let me = &member.id;
        let mut notices: Vec<Notice> = Vec::new();
        for row in self.rows.conversations() {
            let about = About {
                rows: &self.rows,
                row,
                me,
            };
            notices.extend(about.mention());
            notices.extend(about.reply());
            notices.extend(about.unsnoozed(now));
            notices.extend(row.tasks.iter().filter_map(|task| about.task(task, now)));
            let appointments = row.appointments.iter();
            notices.extend(appointments.filter_map(|it| about.appointment(it, now)));
        }
        notices.sort_by_key(|it| (Reverse(it.at), it.kind, it.conversation, it.id));
        notices
    }

    /// Tells of what a row brings that the row before did not have. For rows
    /// that somebody else moved, before they take their place.
    pub(super) fn notify(&mut self, new: &Row) {
        let (Row::Conversation(new), Some(member)) = (new, &self.member) else {
            return;
        };
        let old = match self.rows.get(new.id.into()).map(|stored| &stored.row) {
            Some(Row::Conversation(old)) => Some(old),
            _ => None,
        };
        let about = |row| About {
            rows: &self.rows,
            row,
            me: &member.id,
        };
        let (old, after) = (old.map(about), about(new));
        let newer = |old: Option<Notice>, new: Option<Notice>| {
            new.filter(|new| old.is_none_or(|old| new.at > old.at))
        };
        let mention = newer(old.as_ref().and_then(About::mention), after.mention());
        let reply = newer(old.as_ref().and_then(About::reply), after.reply());
        let had = |task: &TaskMark| {
            let mut tasks = old.iter().flat_map(|old| old.row.tasks.iter());
            tasks.any(|one| one.id == task.id && after.is_mine(one))
        };
        let tasks = new.tasks.iter().filter(|task| !had(task));
        let notices: Vec<Notice> = mention
            .into_iter()
            .chain(reply)
            .chain(tasks.filter_map(|task| after.assigned(task)))
            .collect();
        let effects = notices.into_iter().map(|notice| Effect::Notify { notice });
        self.effects.extend(effects);
    }
}

/// A row as a member sees it.
struct About<'a> {
    rows: &'a RowIndex,
    row: &'a ConversationRow,
    me: &'a MemberId,
}

impl About<'_> {
    fn notice(&self, kind: NoticeKind, id: Option<Uuid>, at: Timestamp, text: &str) -> Notice {
        Notice {
            kind,
            conversation: self.row.id,
            contact: self.row.contact,
            id,
            at,
            name: self.rows.name(self.row),
            text: text.to_owned(),
        }
    }

    fn is_unread(&self, at: Timestamp) -> bool {
        self.row.read.get(self.me).is_none_or(|read| *read < at)
    }

    fn owns(&self) -> bool {
        self.row.owner.as_ref() == Some(self.me)
    }

    fn mention(&self) -> Option<Notice> {
        let at = *self.row.mentions.get(self.me)?;
        let last = self
            .row
            .last
            .iter()
            .find(|last| last.kind == ItemKind::Note);
        let text = last.map_or("", |last| &last.text);
        self.is_unread(at)
            .then(|| self.notice(NoticeKind::Mention, None, at, text))
    }

    fn reply(&self) -> Option<Notice> {
        let at = *self.row.inbound.first()?;
        let last = self.row.last.iter();
        let mut last = last.filter(|last| last.direction == Some(Direction::In));
        let text = last.next().map_or("", |last| &last.text);
        (self.owns() && !self.row.spam && self.is_unread(at))
            .then(|| self.notice(NoticeKind::Reply, None, at, text))
    }

    fn unsnoozed(&self, now: Timestamp) -> Option<Notice> {
        let until = self.row.snoozed_until?;
        let ended = until <= now && until > now.plus_millis(-ENDED);
        let open = self.row.status == ConversationStatus::Open;
        (ended && open && self.owns())
            .then(|| self.notice(NoticeKind::Unsnoozed, None, until, &self.row.subject))
    }

    /// Whether a task is the member's and unfinished.
    fn is_mine(&self, task: &TaskMark) -> bool {
        let mine = matches!(&task.assignee, Some(Assignee::Member(id)) if id == self.me);
        mine && !task.status.is_final()
    }

    fn assigned(&self, task: &TaskMark) -> Option<Notice> {
        self.is_mine(task)
            .then(|| self.notice(NoticeKind::Assigned, Some(task.id.0), task.at, &task.title))
    }

    fn task(&self, task: &TaskMark, now: Timestamp) -> Option<Notice> {
        let due = task.due.as_ref().map(|due| due.at);
        let kind = match due {
            Some(due) if due < now => NoticeKind::Overdue,
            Some(due) if due <= now.plus_millis(SOON) => NoticeKind::DueSoon,
            _ => {
                return self
                    .assigned(task)
                    .filter(|_| task.status == Default::default());
            }
        };
        self.is_mine(task)
            .then(|| self.notice(kind, Some(task.id.0), due.unwrap_or(task.at), &task.title))
    }

    fn appointment(&self, it: &AppointmentMark, now: Timestamp) -> Option<Notice> {
        let comes = |guest: &Guest| matches!(guest, Guest::Member(id) if id == self.me);
        let mine = it.organiser == *self.me || it.attendees.iter().any(|one| comes(&one.who));
        let soon = it.when.start <= now.plus_millis(HOUR) && it.when.end > now;
        (mine && soon && it.status == AppointmentStatus::Scheduled).then(|| {
            self.notice(
                NoticeKind::Appointment,
                Some(it.id.0),
                it.when.start,
                &it.title,
            )
        })
    }
}

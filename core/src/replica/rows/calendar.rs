//! The calendar: appointments and due tasks of a stretch of time (spec F2.7).

use serde::{Deserialize, Serialize};

use super::{RowIndex, admits};
use crate::id::{ContactId, ConversationId, MemberId};
use crate::model::{AppointmentMark, Assignee, Guest, TaskMark};
use crate::time::Timestamp;

/// A question to the calendar.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct CalendarQuery {
    /// The first moment.
    pub from: Timestamp,
    /// The first moment that is too late.
    pub to: Timestamp,
    /// Members who hold or attend; with none, all.
    pub members: Vec<MemberId>,
}

/// Something in the calendar: an appointment, or a task that is due.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct CalendarEntry {
    /// When it begins; for a task, when it is due.
    pub start: Timestamp,
    /// When it ends; for a task, when it is due.
    pub end: Timestamp,
    /// Its conversation.
    pub conversation: ConversationId,
    /// The conversation's contact.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub contact: Option<ContactId>,
    /// The contact's name.
    pub name: String,
    /// The appointment, if it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub appointment: Option<AppointmentMark>,
    /// The task, if it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub task: Option<TaskMark>,
}

impl RowIndex {
    /// What the calendar shows, in the order of time.
    pub(in crate::replica) fn calendar(&self, query: &CalendarQuery) -> Vec<CalendarEntry> {
        let mut entries = Vec::new();
        for row in self.conversations() {
            let entry = |start, end| CalendarEntry {
                start,
                end,
                conversation: row.id,
                contact: row.contact,
                name: self.name(row),
                appointment: None,
                task: None,
            };
            for it in row.appointments.iter().filter(|it| query.has(it)) {
                entries.push(CalendarEntry {
                    appointment: Some(it.clone()),
                    ..entry(it.when.start, it.when.end)
                });
            }
            for task in &row.tasks {
                let Some(due) = &task.due else { continue };
                let assignee = match &task.assignee {
                    Some(Assignee::Member(member)) => query.names(member),
                    _ => query.members.is_empty(),
                };
                if assignee && (query.from..query.to).contains(&due.at) {
                    entries.push(CalendarEntry {
                        task: Some(task.clone()),
                        ..entry(due.at, due.at)
                    });
                }
            }
        }
        entries.sort_by_key(|entry| (entry.start, entry.end, entry.conversation));
        entries
    }
}

impl CalendarQuery {
    fn names(&self, member: &MemberId) -> bool {
        admits(&self.members, member)
    }

    fn has(&self, it: &AppointmentMark) -> bool {
        let attends = it.attendees.iter().any(|attendee| match &attendee.who {
            Guest::Member(member) => self.names(member),
            _ => false,
        });
        it.when.start < self.to
            && it.when.end >= self.from
            && (self.names(&it.organiser) || attends)
    }
}

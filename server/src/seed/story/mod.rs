//! Sample conversations as the commands that make them.

mod exchange;

use std::collections::HashMap;

use threadline_core::command::{Command, ConversationCommand, TaskDraft, TopicDraft};
use threadline_core::document::Document;
use threadline_core::id::{ConversationId, InteractionId, MemberId, NoteId, TaskId, WorkspaceId};
use threadline_core::model::{Assignee, Channel, Role, TaskStatus};
use threadline_core::time::{Due, Timestamp};

use super::files::{self, Assigned, Entry, Status, What};
use super::scribe::Scribe;
use super::{Known, SeedError, notes};

/// Where the sample shop is.
const ZONE: &str = "Europe/Amsterdam";
const MINUTE_MS: i64 = 60_000;

/// Writes a conversation.
pub(super) fn conversation(
    scribe: &mut Scribe,
    workspace: &WorkspaceId,
    (contact, person): Known<'_>,
    said: &files::Conversation,
) -> Result<(), SeedError> {
    let id = ConversationId::of_contact(contact, 0);
    let doc = scribe.begin(id.into())?;
    let begun = said
        .entries
        .first()
        .map_or(scribe.now, |entry| time(scribe, entry));
    let mut story = Story {
        scribe,
        doc,
        id,
        workspace,
        person,
        said,
        last_in: None,
        last_out: None,
        notes: HashMap::new(),
        tasks: HashMap::new(),
    };
    let server = story.scribe.server.id.clone();
    let subject = said.subject.clone();
    story.give(
        &server,
        begun,
        ConversationCommand::StartConversation {
            contact,
            ordinal: 0,
            subject,
        },
    )?;
    let mut end = begun;
    for (index, entry) in said.entries.iter().enumerate() {
        end = time(story.scribe, entry);
        story.entry(index, entry, end)?;
        if index == 0 {
            story.state(end)?;
        }
    }
    story.settle(end)?;
    story.scribe.list(&mut story.doc);
    Ok(())
}

fn time(scribe: &Scribe, entry: &Entry) -> Timestamp {
    scribe.now.plus_millis(-entry.minutes_ago * MINUTE_MS)
}

/// A conversation while it is being told.
struct Story<'a> {
    scribe: &'a mut Scribe,
    doc: Document,
    id: ConversationId,
    workspace: &'a WorkspaceId,
    person: &'a files::Contact,
    said: &'a files::Conversation,
    last_in: Option<InteractionId>,
    last_out: Option<InteractionId>,
    notes: HashMap<&'a str, NoteId>,
    tasks: HashMap<&'a str, Planned>,
}

/// A task that was planned, and where it shall stand in the end.
struct Planned {
    id: TaskId,
    status: TaskStatus,
    /// Who finishes it.
    hands: MemberId,
    finished: bool,
}

impl<'a> Story<'a> {
    fn give(
        &mut self,
        by: &MemberId,
        at: Timestamp,
        command: ConversationCommand,
    ) -> Result<threadline_core::command::Outcome, SeedError> {
        let command = Command::Conversation {
            conversation: self.id,
            command,
        };
        self.scribe.execute(&mut self.doc, by, at, &command)
    }

    fn entry(&mut self, index: usize, entry: &'a Entry, at: Timestamp) -> Result<(), SeedError> {
        match &entry.what {
            What::MessageIn {
                channel,
                text,
                html,
                flag,
            } => {
                let channel = channel.unwrap_or(Channel::Email);
                self.message_in(index, at, channel, text, html.as_deref())?;
                match (flag, self.last_in) {
                    (Some(flag), Some(interaction)) => self.flag(at, interaction, *flag),
                    _ => Ok(()),
                }
            }
            What::MessageOut {
                by,
                channel,
                text,
                status,
                reason,
            } => {
                let channel = channel.unwrap_or(Channel::Email);
                self.message_out(at, by, channel, text, *status, reason)
            }
            What::Note {
                by,
                key,
                blocks,
                reply_to,
            } => {
                let parent = match reply_to {
                    Some(key) => Some(
                        *self
                            .notes
                            .get(key.as_str())
                            .ok_or_else(|| missing("note", key))?,
                    ),
                    None => None,
                };
                let spans = notes::spans(blocks);
                let note = self.give(
                    by,
                    at,
                    ConversationCommand::AddNote {
                        parent,
                        spans,
                        message: None,
                    },
                )?;
                self.notes
                    .insert(key, NoteId(note.created.unwrap_or_default()));
                Ok(())
            }
            What::Task {
                by, key, status, ..
            } => self.task(at, by, key, *status, entry),
            What::Topic { by, from_task, .. } => self.topic(at, by, from_task.as_deref(), entry),
            What::Call { by, draft } => {
                let draft = draft.clone();
                self.give(by, at, ConversationCommand::LogCall { draft })?;
                Ok(())
            }
            What::Appointment(meeting) => self.appointment(at, meeting),
        }
    }

    fn task(
        &mut self,
        at: Timestamp,
        by: &MemberId,
        key: &'a str,
        status: TaskStatus,
        entry: &Entry,
    ) -> Result<(), SeedError> {
        let What::Task {
            title,
            description,
            task_type,
            channel,
            priority,
            assignee,
            due_in_minutes,
            ..
        } = &entry.what
        else {
            return Ok(());
        };
        let draft = TaskDraft {
            title: title.clone(),
            description: description.clone(),
            channel: *channel,
            task_type: task_type.clone(),
            priority: *priority,
            assignee: assignee.as_ref().map(|assigned| match assigned {
                Assigned::Member(id) => Assignee::Member(id.clone()),
                Assigned::Team(id) => Assignee::Team(id.clone()),
            }),
            due: due_in_minutes.map(|minutes| Due {
                at: self.scribe.now.plus_millis(minutes * MINUTE_MS),
                zone: ZONE.to_owned(),
                day: None,
            }),
        };
        let hands = self.hands(by, assignee.as_ref())?;
        let made = self.give(by, at, ConversationCommand::CreateTask { draft })?;
        let task = Planned {
            id: TaskId(made.created.unwrap_or_default()),
            status,
            hands,
            finished: false,
        };
        if status == TaskStatus::InProgress {
            let command = ConversationCommand::SetTaskStatus {
                task: task.id,
                status,
            };
            self.give(&task.hands, at.plus_millis(MINUTE_MS), command)?;
        }
        self.tasks.insert(key, task);
        Ok(())
    }

    /// Who works on a task: its assignee; of a team the one who planned it, if
    /// they may, else an admin.
    fn hands(&self, by: &MemberId, assignee: Option<&Assigned>) -> Result<MemberId, SeedError> {
        let planner = self.scribe.member(by)?;
        Ok(match assignee {
            Some(Assigned::Member(id)) => id.clone(),
            Some(Assigned::Team(team))
                if !(planner.is_available() && planner.teams.contains(team)) =>
            {
                self.scribe.admin()?
            }
            _ => by.clone(),
        })
    }

    fn topic(
        &mut self,
        at: Timestamp,
        by: &MemberId,
        from_task: Option<&str>,
        entry: &Entry,
    ) -> Result<(), SeedError> {
        let What::Topic {
            subject,
            purpose,
            summary,
            status,
            origin,
            reference,
            ..
        } = &entry.what
        else {
            return Ok(());
        };
        let draft = TopicDraft {
            subject: subject.clone(),
            purpose: purpose.clone(),
            summary: summary.clone(),
            status: *status,
            start: None,
            end: None,
            first_message: None,
            last_message: None,
            owner: None,
            origin: *origin,
            reference: reference.clone(),
        };
        let Some(key) = from_task else {
            self.give(
                by,
                at,
                ConversationCommand::CreateTopic {
                    draft,
                    follow_up: None,
                },
            )?;
            return Ok(());
        };
        let task = self
            .tasks
            .get_mut(key)
            .ok_or_else(|| missing("task", key))?;
        task.finished = true;
        let (task, hands) = (task.id, task.hands.clone());
        let by = if self.scribe.member(by)?.role == Role::Admin {
            by.clone()
        } else {
            hands
        };
        self.give(
            &by,
            at,
            ConversationCommand::FinishTask {
                task,
                outcome: Some(draft),
                note: Vec::new(),
                follow_up: None,
            },
        )?;
        Ok(())
    }

    /// Owner, priority and tags, as the first reader sets them.
    fn state(&mut self, begun: Timestamp) -> Result<(), SeedError> {
        let at = begun.plus_millis(MINUTE_MS).min(self.scribe.now);
        let by = self.owner()?;
        if let Some(team) = &self.said.team {
            let team = Some(team.clone());
            self.give(&by, at, ConversationCommand::SetTeam { team })?;
        }
        if let Some(owner) = &self.said.owner {
            let owner = Some(owner.clone());
            self.give(&by, at, ConversationCommand::SetOwner { owner })?;
        }
        if let Some(priority) = self.said.priority {
            self.give(
                &by,
                at,
                ConversationCommand::SetConversationPriority { priority },
            )?;
        }
        for tag in &self.said.tags {
            let tag = tag.clone();
            self.give(&by, at, ConversationCommand::AddTag { tag })?;
        }
        Ok(())
    }

    /// What stands at the end: tasks without a topic, what was read, closed or not.
    fn settle(&mut self, end: Timestamp) -> Result<(), SeedError> {
        let at = end.plus_millis(MINUTE_MS).min(self.scribe.now);
        let open = self
            .tasks
            .values()
            .filter(|task| task.status.is_final() && !task.finished);
        let mut open: Vec<_> = open
            .map(|task| (task.id, task.status, task.hands.clone()))
            .collect();
        open.sort_by_key(|(id, ..)| *id);
        for (task, status, by) in open {
            self.give(&by, at, ConversationCommand::SetTaskStatus { task, status })?;
        }
        if self.said.status == Status::Closed {
            let by = self.owner()?;
            self.give(
                &by,
                at,
                ConversationCommand::CloseConversation { topic: None },
            )?;
        }
        for member in &self.said.read_by {
            self.give(member, at, ConversationCommand::MarkRead { up_to: end })?;
        }
        for member in &self.said.starred_by {
            let starred = true;
            self.give(
                member,
                at,
                ConversationCommand::StarConversation { starred },
            )?;
        }
        if let Some(minutes) = self.said.snoozed_minutes {
            let until = self.scribe.now.plus_millis(minutes * MINUTE_MS);
            let by = self.owner()?;
            self.give(&by, at, ConversationCommand::SnoozeConversation { until })?;
        }
        Ok(())
    }

    /// Who looks after the conversation.
    fn owner(&self) -> Result<MemberId, SeedError> {
        match &self.said.owner {
            Some(owner) => Ok(owner.clone()),
            None => self.scribe.admin(),
        }
    }
}

fn missing(kind: &str, key: &str) -> SeedError {
    SeedError::Content(format!("no {kind} “{key}”"))
}

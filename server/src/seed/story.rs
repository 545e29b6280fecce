//! Sample contacts and conversations as the commands that make them.

use std::collections::HashMap;

use threadline_core::command::{
    Command, ContactCommand, ContactDraft, ContactField, ConversationCommand, DeliveryFact,
    InboundMessage, TaskDraft, TopicDraft,
};
use threadline_core::document::Document;
use threadline_core::id::{
    ContactId, ConversationId, InteractionId, MemberId, NoteId, TaskId, WorkspaceId,
};
use threadline_core::model::{
    Address, Assignee, Channel, ContactStatus, Failure, Identity, Role, TaskStatus, TopicOrigin,
};
use threadline_core::time::{Due, Timestamp};

use super::files::{self, Assigned, Delivery, Entry, Status, What};
use super::scribe::Scribe;
use super::{Known, SeedError, notes};
use crate::mail;

/// The sample shop's mailbox.
const MAILBOX: &str = "hello@foldwell.example";
/// Where the sample shop is.
const ZONE: &str = "Europe/Amsterdam";
const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 24 * 60 * MINUTE_MS;

/// Writes a contact, first met three months ago.
pub(super) fn contact(
    scribe: &mut Scribe,
    workspace: &WorkspaceId,
    said: &files::Contact,
) -> Result<ContactId, SeedError> {
    let id = ContactId::of_identity(workspace, "email", &said.email);
    let by = scribe.server.id.clone();
    let at = scribe.now.plus_millis(-90 * DAY_MS);
    let draft = ContactDraft {
        name: said.name.clone(),
        saved: said.saved,
        contact_type: said.contact_type.clone(),
        email: said.email.clone(),
        phone: said.phone.clone(),
        company: said.company.clone(),
        identities: vec![Identity {
            channel: Channel::Email,
            address: said.email.clone(),
        }],
        tags: said.tags.clone(),
    };
    let mut doc = scribe.begin(id.into())?;
    let command = |command| Command::Contact {
        contact: id,
        command,
    };
    scribe.execute(
        &mut doc,
        &by,
        at,
        &command(ContactCommand::CreateContact { draft }),
    )?;
    if said.status != ContactStatus::Active {
        let set = ContactField::Status(said.status);
        scribe.execute(
            &mut doc,
            &by,
            at,
            &command(ContactCommand::SetContactField { set }),
        )?;
    }
    scribe.list(&mut doc);
    Ok(id)
}

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
            What::MessageIn { text, html } => self.message_in(index, at, text, html.as_deref()),
            What::MessageOut {
                by,
                text,
                status,
                reason,
            } => self.message_out(at, by, text, *status, reason),
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
        }
    }

    fn message_in(
        &mut self,
        index: usize,
        at: Timestamp,
        text: &str,
        html: Option<&str>,
    ) -> Result<(), SeedError> {
        let external = format!("{}.{index}@sample.invalid", self.said.key);
        let message = InboundMessage {
            id: InteractionId::of_external(self.workspace, "email", &external),
            channel: Channel::Email,
            at,
            from: self.address(),
            to: vec![Address {
                name: String::new(),
                address: MAILBOX.to_owned(),
            }],
            cc: Vec::new(),
            subject: self.said.subject.clone(),
            text: text.to_owned(),
            html: html.and_then(mail::sanitise),
            visible: mail::visible(text),
            in_reply_to: self.last_out,
            external_id: Some(external),
            attachments: Vec::new(),
            raw: None,
        };
        self.last_in = Some(message.id);
        let server = self.scribe.server.id.clone();
        let message = Box::new(message);
        self.give(&server, at, ConversationCommand::ReceiveMessage { message })?;
        Ok(())
    }

    fn message_out(
        &mut self,
        at: Timestamp,
        by: &MemberId,
        text: &str,
        status: Delivery,
        reason: &str,
    ) -> Result<(), SeedError> {
        let reply = if self.last_in.is_some() { "Re: " } else { "" };
        let command = ConversationCommand::SendMessage {
            channel: Channel::Email,
            to: vec![self.address()],
            subject: format!("{reply}{}", self.said.subject),
            text: text.to_owned(),
            in_reply_to: self.last_in,
            attachments: Vec::new(),
        };
        let sent = self.give(by, at, command)?;
        let interaction = InteractionId(sent.created.unwrap_or_default());
        self.last_out = Some(interaction);
        let failed = || {
            DeliveryFact::Failed(Failure {
                code: reason.split(' ').next().unwrap_or_default().to_owned(),
                text: reason.to_owned(),
            })
        };
        let facts = match status {
            Delivery::Failed => vec![DeliveryFact::Sent, failed()],
            Delivery::Delivered => vec![DeliveryFact::Sent, DeliveryFact::Delivered],
            Delivery::Read => vec![
                DeliveryFact::Sent,
                DeliveryFact::Delivered,
                DeliveryFact::Read,
            ],
        };
        let server = self.scribe.server.id.clone();
        for (fact, seconds) in facts.into_iter().zip([2, 5, 40]) {
            let command = ConversationCommand::RecordDelivery { interaction, fact };
            self.give(&server, at.plus_millis(seconds * 1_000), command)?;
        }
        Ok(())
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
            origin: TopicOrigin::Manual,
            reference: String::new(),
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
        let by = match &self.said.owner {
            Some(owner) => owner.clone(),
            None => self.scribe.admin()?,
        };
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
            let by = match &self.said.owner {
                Some(owner) => owner.clone(),
                None => self.scribe.admin()?,
            };
            self.give(
                &by,
                at,
                ConversationCommand::CloseConversation { topic: None },
            )?;
        }
        for member in &self.said.read_by {
            self.give(member, at, ConversationCommand::MarkRead { up_to: end })?;
        }
        Ok(())
    }

    fn address(&self) -> Address {
        Address {
            name: self.person.name.clone(),
            address: self.person.email.clone(),
        }
    }
}

fn missing(kind: &str, key: &str) -> SeedError {
    SeedError::Content(format!("no {kind} “{key}”"))
}

//! The sample content as it lies in `server/demo/`; see its README for the
//! rules the files keep.

use std::collections::BTreeMap;

use rust_embed::Embed;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use threadline_core::command::{CallDraft, OpportunityDraft, WorkspaceCommand};
use threadline_core::id::{ChoiceId, MemberId, TeamId, WorkspaceId};
use threadline_core::model::{
    AppointmentStatus, Availability, Channel, ContactStatus, Guest, Member, MessageFlag, Priority,
    Role, TaskChannel, TaskStatus, TopicOrigin, TopicStatus,
};

use super::SeedError;

#[derive(Embed)]
#[folder = "demo"]
struct Files;

/// Everything there is.
pub(super) struct Content {
    /// The workspace.
    pub(super) id: WorkspaceId,
    /// The team.
    pub(super) members: Vec<Member>,
    /// Their teams.
    pub(super) teams: Vec<Team>,
    /// Policies, lists, fields, pipelines, templates and views, as the first admin set them.
    pub(super) settings: Vec<WorkspaceCommand>,
    /// Who writes to it.
    pub(super) contacts: Vec<Contact>,
    /// What was exchanged.
    pub(super) conversations: Vec<Conversation>,
}

#[derive(Deserialize)]
struct Workspace {
    key: WorkspaceId,
    members: Vec<Person>,
    teams: Vec<Team>,
    settings: Vec<WorkspaceCommand>,
}

#[derive(Deserialize)]
struct Person {
    key: MemberId,
    name: String,
    role: Role,
    availability: Availability,
}

/// A team.
#[derive(Deserialize)]
pub(super) struct Team {
    pub(super) key: TeamId,
    pub(super) name: String,
    pub(super) members: Vec<MemberId>,
}

/// A contact.
#[derive(Deserialize)]
pub(super) struct Contact {
    pub(super) key: String,
    pub(super) name: String,
    pub(super) email: String,
    #[serde(default)]
    pub(super) phone: String,
    #[serde(default)]
    pub(super) company: String,
    #[serde(rename = "type")]
    pub(super) contact_type: String,
    pub(super) status: ContactStatus,
    pub(super) saved: bool,
    pub(super) tags: Vec<String>,
    /// Custom fields by id.
    #[serde(default)]
    pub(super) fields: BTreeMap<ChoiceId, String>,
    #[serde(default)]
    pub(super) opportunities: Vec<Deal>,
}

/// A deal of a contact.
#[derive(Deserialize)]
pub(super) struct Deal {
    pub(super) by: MemberId,
    pub(super) days_ago: i64,
    pub(super) draft: OpportunityDraft,
    /// The stages it went through afterwards, a few days apart.
    #[serde(default)]
    pub(super) then: Vec<ChoiceId>,
    pub(super) end: Option<DealEnd>,
}

/// How a deal ended.
#[derive(Deserialize)]
pub(super) struct DealEnd {
    pub(super) won: bool,
    pub(super) reason: String,
}

/// Open or closed.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Status {
    Open,
    Closed,
}

/// A conversation.
#[derive(Deserialize)]
pub(super) struct Conversation {
    pub(super) key: String,
    pub(super) contact: String,
    pub(super) subject: String,
    pub(super) status: Status,
    #[serde(default)]
    pub(super) owner: Option<MemberId>,
    #[serde(default)]
    pub(super) priority: Option<Priority>,
    #[serde(default)]
    pub(super) tags: Vec<String>,
    pub(super) team: Option<TeamId>,
    #[serde(default)]
    pub(super) read_by: Vec<MemberId>,
    #[serde(default)]
    pub(super) starred_by: Vec<MemberId>,
    /// Snoozed by its owner until so many minutes from now.
    pub(super) snoozed_minutes: Option<i64>,
    pub(super) entries: Vec<Entry>,
}

/// One thing in a conversation.
#[derive(Deserialize)]
pub(super) struct Entry {
    /// Minutes before the workspace is filled.
    pub(super) minutes_ago: i64,
    #[serde(flatten)]
    pub(super) what: What,
}

/// How far a sample message got.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Delivery {
    Delivered,
    Read,
    Failed,
}

/// What kind of thing, and what it says.
#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum What {
    MessageIn {
        channel: Option<Channel>,
        text: String,
        html: Option<String>,
        flag: Option<MessageFlag>,
    },
    MessageOut {
        by: MemberId,
        channel: Option<Channel>,
        text: String,
        status: Delivery,
        #[serde(default)]
        reason: String,
    },
    Note {
        by: MemberId,
        key: String,
        blocks: Vec<Block>,
        reply_to: Option<String>,
    },
    Task {
        by: MemberId,
        key: String,
        title: String,
        #[serde(default)]
        description: String,
        task_type: String,
        channel: Option<TaskChannel>,
        #[serde(default)]
        priority: Priority,
        assignee: Option<Assigned>,
        due_in_minutes: Option<i64>,
        status: TaskStatus,
    },
    Topic {
        by: MemberId,
        subject: String,
        purpose: String,
        summary: String,
        status: TopicStatus,
        from_task: Option<String>,
        #[serde(default)]
        origin: TopicOrigin,
        #[serde(default)]
        reference: String,
    },
    Call {
        by: MemberId,
        draft: CallDraft,
    },
    Appointment(Box<Meeting>),
}

/// An appointment.
#[derive(Deserialize)]
pub(super) struct Meeting {
    pub(super) by: MemberId,
    pub(super) title: String,
    /// Minutes from the moment the workspace is filled; negative for what was.
    pub(super) in_minutes: i64,
    pub(super) minutes: i64,
    #[serde(default)]
    pub(super) attendees: Vec<Guest>,
    #[serde(default)]
    pub(super) place: String,
    #[serde(default)]
    pub(super) link: String,
    #[serde(default)]
    pub(super) agenda: String,
    #[serde(default)]
    pub(super) notes: String,
    #[serde(default)]
    pub(super) status: AppointmentStatus,
}

/// Whom a task is for.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Assigned {
    Member(MemberId),
    Team(TeamId),
}

/// A block of a note.
#[derive(Deserialize)]
pub(super) struct Block {
    #[serde(rename = "type")]
    pub(super) block_type: String,
    pub(super) level: Option<i64>,
    pub(super) text: String,
    #[serde(default)]
    pub(super) marks: Vec<Mark>,
}

/// Formatting of `start..end` of its block, in UTF-16 units.
#[derive(Deserialize)]
pub(super) struct Mark {
    #[serde(rename = "type")]
    pub(super) name: String,
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) href: Option<String>,
    /// Whom a mention names.
    pub(super) member: Option<MemberId>,
}

/// Reads everything.
pub(super) fn read() -> Result<Content, SeedError> {
    let workspace: Workspace = parse("workspace.json")?;
    let teams_of = |member: &MemberId| {
        let teams = workspace
            .teams
            .iter()
            .filter(|team| team.members.contains(member));
        teams.map(|team| team.key.clone()).collect()
    };
    let members = workspace.members.iter().map(|person| Member {
        teams: teams_of(&person.key),
        availability: person.availability,
        ..Member::new(person.key.clone(), person.name.clone(), person.role)
    });
    Ok(Content {
        members: members.collect(),
        contacts: parse_all("contacts/")?,
        conversations: parse_all("conversations/")?,
        id: workspace.key,
        teams: workspace.teams,
        settings: workspace.settings,
    })
}

/// The arrays of all files in a folder, one after the other.
fn parse_all<T: DeserializeOwned>(folder: &str) -> Result<Vec<T>, SeedError> {
    let mut names: Vec<_> = Files::iter()
        .filter(|name| name.starts_with(folder))
        .collect();
    names.sort();
    let mut all = Vec::new();
    for name in names {
        all.append(&mut parse::<Vec<T>>(&name)?);
    }
    Ok(all)
}

fn parse<T: DeserializeOwned>(name: &str) -> Result<T, SeedError> {
    let file = Files::get(name).ok_or_else(|| SeedError::Content(format!("{name} is missing")))?;
    serde_json::from_slice(&file.data)
        .map_err(|error| SeedError::Content(format!("{name}: {error}")))
}

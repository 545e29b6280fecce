use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::conversation::{Conflict, Problem};
use super::{Activity, Channel, Flow};
use crate::id::{ChoiceId, FlowId, MemberId, TeamId, TemplateId};

/// What a new interaction with a contact does after the conversation was
/// completed (spec §3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "snake_case")]
pub enum Threading {
    /// It reopens: one thread per contact.
    #[default]
    SingleThread,
    /// The next conversation begins.
    Episodes,
}

/// When a conversation counts as read (spec §3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "snake_case")]
pub enum ReadPolicy {
    /// As soon as it was looked at.
    #[default]
    OnOpen,
    /// Only when it was answered.
    OnReply,
}

/// A stretch of business hours on one day of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Hours {
    /// Day of the week, 1 for Monday to 7 for Sunday (ISO 8601).
    pub day: u32,
    /// Minutes after midnight at which it begins.
    pub from: u32,
    /// Minutes after midnight at which it ends; more than `from`, at most 1440.
    pub to: u32,
}

/// The rules a workspace chose (spec §3).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct Policies {
    /// One thread per contact, or episodes.
    pub threading: Threading,
    /// Whether a conversation needs a topic before it is closed.
    pub require_topic_to_close: bool,
    /// When a conversation counts as read.
    pub read_policy: ReadPolicy,
    /// IANA zone of the business hours.
    pub zone: String,
    /// Business hours, sorted.
    pub hours: Vec<Hours>,
}

impl Default for Policies {
    /// Monday to Friday from nine to five.
    fn default() -> Self {
        let workday = |day| Hours {
            day,
            from: 9 * 60,
            to: 17 * 60,
        };
        Self {
            threading: Threading::default(),
            require_topic_to_close: false,
            read_policy: ReadPolicy::default(),
            zone: "UTC".to_owned(),
            hours: (1..=5).map(workday).collect(),
        }
    }
}

/// The lists of words that a workspace edits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "snake_case")]
pub enum ListKind {
    /// What topics are about (spec F4.1).
    Purposes,
    /// Kinds of tasks (spec F1.1).
    TaskTypes,
    /// Kinds of contacts.
    ContactTypes,
    /// Tags that are offered; others may be typed.
    Tags,
    /// Why opportunities are lost.
    LostReasons,
}

/// An entry of one of the workspace's lists.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct Choice {
    /// The id, which is what documents name.
    pub id: ChoiceId,
    /// The name; empty for a built-in entry that nobody renamed.
    pub name: String,
    /// Its place in the list; entries of one place are sorted by id.
    pub position: i64,
    /// No longer offered; what names it keeps it.
    pub archived: bool,
}

/// A named group of members (spec §1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct Team {
    /// The id.
    pub id: TeamId,
    /// The name; empty where only the host's tokens know the team.
    pub name: String,
    /// No longer offered.
    pub archived: bool,
    /// Who belongs to it.
    pub members: BTreeSet<MemberId>,
}

/// What a custom field holds (spec F2.5).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "snake_case")]
pub enum FieldType {
    /// A line of text.
    #[default]
    Text,
    /// A decimal number (`-12.5`).
    Number,
    /// A calendar day (`YYYY-MM-DD`).
    Date,
    /// One of the field's choices.
    Choice,
    /// `true` or `false`.
    Checkbox,
    /// An `http` or `https` address.
    Url,
}

/// A custom field of the workspace's contacts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct FieldDefinition {
    /// The id, which is the key in a contact's fields.
    pub id: ChoiceId,
    /// The name.
    pub name: String,
    /// What it holds.
    #[serde(rename = "type")]
    pub field_type: FieldType,
    /// The words of a choice field, in order.
    pub choices: Vec<String>,
    /// Its place among the fields.
    pub position: i64,
    /// No longer offered; values stay.
    pub archived: bool,
}

/// A way of opportunities through stages (spec F2.8).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct Pipeline {
    /// The id.
    pub id: ChoiceId,
    /// The name; empty for the built-in one that nobody renamed.
    pub name: String,
    /// Currency of new opportunities (ISO 4217).
    pub currency: String,
    /// Its place among the pipelines.
    pub position: i64,
    /// No longer offered.
    pub archived: bool,
    /// Its stages, in order.
    pub stages: Vec<Choice>,
}

/// A canned reply (spec F2.13). `{{contact.first_name}}` and the like are
/// filled in when it is used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct Template {
    /// The id.
    pub id: TemplateId,
    /// The name it is found by.
    pub name: String,
    /// The channel it is for; `None` for all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub channel: Option<Channel>,
    /// Its language (BCP 47); empty where it does not matter.
    pub language: String,
    /// The subject, for channels that have one.
    pub subject: String,
    /// The text.
    pub text: String,
}

/// A saved filter of the inbox or of another list (spec F2.11).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct SavedView {
    /// The id, for the commands of its owner.
    pub id: ChoiceId,
    /// Whose it is.
    pub owner: MemberId,
    /// The name.
    pub name: String,
    /// Whether the others see it too.
    pub shared: bool,
    /// The list it is a filter of (`inbox`, `tasks`, `log`, `contacts`).
    pub list: String,
    /// The query, as the client that saved it wrote it.
    pub query: String,
}

/// All that a workspace's own document says. Where nobody chose anything,
/// sensible start values stand (spec §3).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct WorkspaceView {
    /// The rules.
    pub policies: Policies,
    /// What topics are about.
    pub purposes: Vec<Choice>,
    /// Kinds of tasks.
    pub task_types: Vec<Choice>,
    /// Kinds of contacts.
    pub contact_types: Vec<Choice>,
    /// Tags that are offered.
    pub tags: Vec<Choice>,
    /// Why opportunities are lost.
    pub lost_reasons: Vec<Choice>,
    /// Teams.
    pub teams: Vec<Team>,
    /// Custom fields of contacts.
    pub fields: Vec<FieldDefinition>,
    /// Pipelines.
    pub pipelines: Vec<Pipeline>,
    /// Canned replies, by name.
    pub templates: Vec<Template>,
    /// Saved views of all members, by name.
    pub views: Vec<SavedView>,
    /// Automations, by name.
    pub flows: Vec<Flow>,
    /// The audit trail of the settings, the newest 200, newest first.
    pub activities: Vec<Activity>,
    /// Settings that two admins made at once and nobody settled.
    pub conflicts: Vec<Conflict>,
    /// What could not be read.
    pub problems: Vec<Problem>,
}

impl WorkspaceView {
    /// The entries of a list.
    pub fn list(&self, kind: ListKind) -> &[Choice] {
        match kind {
            ListKind::Purposes => &self.purposes,
            ListKind::TaskTypes => &self.task_types,
            ListKind::ContactTypes => &self.contact_types,
            ListKind::Tags => &self.tags,
            ListKind::LostReasons => &self.lost_reasons,
        }
    }

    /// Whether `id` is an entry of a list that is offered.
    pub fn offers(&self, kind: ListKind, id: &str) -> bool {
        self.list(kind)
            .iter()
            .any(|choice| choice.id.as_str() == id && !choice.archived)
    }

    /// Whether a member belongs to a team by the workspace's own lists.
    pub fn is_in_team(&self, member: &MemberId, team: &TeamId) -> bool {
        self.teams
            .iter()
            .any(|one| one.id == *team && one.members.contains(member))
    }

    /// A flow.
    pub fn flow(&self, id: FlowId) -> Option<&Flow> {
        self.flows.iter().find(|flow| flow.id == id)
    }

    /// A pipeline.
    pub fn pipeline(&self, id: &ChoiceId) -> Option<&Pipeline> {
        self.pipelines.iter().find(|pipeline| pipeline.id == *id)
    }
}

//! What commands bring along: the properties of new things, and single
//! properties to set.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::id::{ChoiceId, ContactId, FlowId, InteractionId, MemberId, TeamId, TemplateId};
use crate::model::{
    Assignee, Call, Channel, ContactStatus, Direction, FieldType, FlowAction, FlowCondition,
    FlowTrigger, Guest, Hours, Identity, Money, Priority, ReadPolicy, StageRef, TaskChannel,
    Threading, TopicOrigin, TopicStatus,
};
use crate::time::{Due, TimeSpan, Timestamp};

/// A new topic's properties (spec F4.1), also what a finished task is logged as (F0.2).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "typescript", tsify(missing_as_null))]
pub struct TopicDraft {
    /// A short title.
    pub subject: String,
    /// One of the workspace's purposes.
    pub purpose: String,
    /// What happened.
    pub summary: String,
    /// Open or closed; a finished task's outcome is closed.
    #[serde(default)]
    pub status: TopicStatus,
    /// When it began; the first message's time, or now.
    #[serde(default)]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub start: Option<Timestamp>,
    /// When it ended.
    #[serde(default)]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub end: Option<Timestamp>,
    /// The message that began it.
    #[serde(default)]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub first_message: Option<InteractionId>,
    /// The message that concluded it.
    #[serde(default)]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub last_message: Option<InteractionId>,
    /// Who owns it; the acting member where nobody is named.
    #[serde(default)]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub owner: Option<MemberId>,
    /// What it is logged from: `manual`, `email`, `ticket` or, by an automation, `flow`.
    #[serde(default)]
    pub origin: TopicOrigin,
    /// A ticket's number or address elsewhere.
    #[serde(default)]
    pub reference: String,
}

/// One property of a topic to set (spec F4.1).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(tag = "field", content = "value", rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", tsify(missing_as_null))]
pub enum TopicField {
    /// The subject.
    Subject(String),
    /// The purpose.
    Purpose(String),
    /// The summary, as a whole.
    Summary(String),
    /// The owner.
    Owner(Option<MemberId>),
    /// When the discussion began.
    Start(Timestamp),
    /// When it ended.
    End(Option<Timestamp>),
    /// The message that began it.
    FirstMessage(Option<InteractionId>),
    /// The message that concluded it.
    LastMessage(Option<InteractionId>),
    /// What it was logged from elsewhere.
    Reference(String),
}

/// A new task's properties (spec F1.1).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "typescript", tsify(missing_as_null))]
pub struct TaskDraft {
    /// What is to be done, in a line.
    pub title: String,
    /// At length.
    #[serde(default)]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub description: String,
    /// The medium.
    #[serde(default)]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub channel: Option<TaskChannel>,
    /// `follow_up`, `internal` or another of the workspace's types.
    pub task_type: String,
    /// How urgent it is.
    pub priority: Priority,
    /// Who it is for.
    #[serde(default)]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub assignee: Option<Assignee>,
    /// When it is due.
    #[serde(default)]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub due: Option<Due>,
}

/// One property of a task to set; `null` clears it where it may be empty.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(tag = "field", content = "value", rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", tsify(missing_as_null))]
pub enum TaskField {
    /// The title.
    Title(String),
    /// The description, as a whole.
    Description(String),
    /// The medium.
    Channel(Option<TaskChannel>),
    /// The type.
    TaskType(String),
    /// The priority.
    Priority(Priority),
    /// The assignee.
    Assignee(Option<Assignee>),
    /// The due date.
    Due(Option<Due>),
}

/// A new contact's profile.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct ContactDraft {
    /// The name.
    pub name: String,
    /// Whether a member saves it.
    pub saved: bool,
    /// `lead`, `customer`, `partner`, `other`; empty for `other`.
    #[serde(rename = "type")]
    pub contact_type: String,
    /// E-mail.
    pub email: String,
    /// Phone.
    pub phone: String,
    /// Company.
    pub company: String,
    /// Addresses on channels.
    pub identities: Vec<Identity>,
    /// Tags.
    pub tags: Vec<String>,
    /// Values of the workspace's custom fields, as their types write them.
    #[cfg_attr(feature = "typescript", tsify(type = "Record<ChoiceId, string>"))]
    pub fields: BTreeMap<ChoiceId, String>,
}

/// One field of a contact to set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(tag = "field", content = "value", rename_all = "camelCase")]
pub enum ContactField {
    /// The name.
    Name(String),
    /// Saved or not.
    Saved(bool),
    /// The type.
    Type(String),
    /// The status.
    Status(ContactStatus),
    /// The e-mail.
    Email(String),
    /// The phone.
    Phone(String),
    /// The company.
    Company(String),
}

/// A value for one of the workspace's custom fields.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "typescript", tsify(missing_as_null))]
pub struct CustomValue {
    /// The field.
    pub field: ChoiceId,
    /// Its value, as its type writes it; `None` clears it.
    pub value: Option<String>,
}

/// A call that a member logs by hand (spec F3.2).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "typescript", tsify(missing_as_null))]
pub struct CallDraft {
    /// Who called.
    pub direction: Direction,
    /// When it began; now where not given.
    #[serde(default)]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub at: Option<Timestamp>,
    /// The number; empty where it does not matter.
    #[serde(default)]
    pub number: String,
    /// Outcome, duration and recording.
    pub call: Call,
    /// What was talked about, in a few words.
    #[serde(default)]
    pub text: String,
}

/// A new appointment's properties (spec F2.7).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "typescript", tsify(missing_as_null))]
pub struct AppointmentDraft {
    /// What it is about, in a line.
    pub title: String,
    /// When it takes place.
    pub when: TimeSpan,
    /// The member who holds it; the acting member where nobody is named.
    #[serde(default)]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub organiser: Option<MemberId>,
    /// Who is asked to come.
    #[serde(default)]
    pub attendees: Vec<Guest>,
    /// Where.
    #[serde(default)]
    pub place: String,
    /// Address of the video call (`https`).
    #[serde(default)]
    pub link: String,
    /// What is to be talked about.
    #[serde(default)]
    pub agenda: String,
}

/// One property of an appointment to set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(tag = "field", content = "value", rename_all = "camelCase")]
pub enum AppointmentField {
    /// The title.
    Title(String),
    /// The time: this is rescheduling.
    When(TimeSpan),
    /// The organiser.
    Organiser(MemberId),
    /// The place.
    Place(String),
    /// The address of the video call.
    Link(String),
    /// The agenda, as a whole.
    Agenda(String),
    /// The meeting notes, as a whole.
    Notes(String),
}

/// A new opportunity's properties (spec F2.8).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "typescript", tsify(missing_as_null))]
pub struct OpportunityDraft {
    /// What it is, in a line.
    pub title: String,
    /// Pipeline and stage.
    pub stage: StageRef,
    /// What it is worth.
    pub value: Money,
    /// The day it is expected to be won (`YYYY-MM-DD`); empty where unknown.
    #[serde(default)]
    pub expected: String,
    /// The owner; the acting member where nobody is named.
    #[serde(default)]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub owner: Option<MemberId>,
    /// Other contacts that take part.
    #[serde(default)]
    pub contacts: Vec<ContactId>,
}

/// One property of an opportunity to set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(tag = "field", content = "value", rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", tsify(missing_as_null))]
pub enum OpportunityField {
    /// The title.
    Title(String),
    /// Pipeline and stage.
    Stage(StageRef),
    /// The value.
    Value(Money),
    /// The day it is expected to be won; empty for unknown.
    Expected(String),
    /// The owner.
    Owner(Option<MemberId>),
}

/// One of the workspace's rules to set (spec §3).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(tag = "field", content = "value", rename_all = "camelCase")]
pub enum PolicyField {
    /// One thread per contact, or episodes.
    Threading(Threading),
    /// Whether a conversation needs a topic before it is closed.
    RequireTopicToClose(bool),
    /// When a conversation counts as read.
    ReadPolicy(ReadPolicy),
    /// Zone of the business hours.
    Zone(String),
    /// Business hours.
    Hours(Vec<Hours>),
}

/// An entry of a list, or a pipeline's stage, to write.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "typescript", tsify(missing_as_null))]
pub struct ChoiceDraft {
    /// The entry to change; `None` for a new one.
    #[serde(default)]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub id: Option<ChoiceId>,
    /// Its name; a built-in entry may have none.
    pub name: String,
    /// Its place in the list.
    pub position: i64,
    /// No longer offered.
    #[serde(default)]
    pub archived: bool,
}

/// A team to write.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "typescript", tsify(missing_as_null))]
pub struct TeamDraft {
    /// The team to change; `None` for a new one.
    #[serde(default)]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub id: Option<TeamId>,
    /// Its name.
    pub name: String,
    /// No longer offered.
    #[serde(default)]
    pub archived: bool,
}

/// A custom field to write. Its type never changes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "typescript", tsify(missing_as_null))]
pub struct FieldDraft {
    /// The field to change; `None` for a new one.
    #[serde(default)]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub id: Option<ChoiceId>,
    /// Its name.
    pub name: String,
    /// What it holds.
    #[serde(rename = "type")]
    pub field_type: FieldType,
    /// The words of a choice field.
    #[serde(default)]
    pub choices: Vec<String>,
    /// Its place among the fields.
    pub position: i64,
    /// No longer offered.
    #[serde(default)]
    pub archived: bool,
}

/// A pipeline to write.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "typescript", tsify(missing_as_null))]
pub struct PipelineDraft {
    /// The pipeline to change; `None` for a new one.
    #[serde(default)]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub id: Option<ChoiceId>,
    /// Its name.
    pub name: String,
    /// Currency of new opportunities (ISO 4217).
    pub currency: String,
    /// Its place among the pipelines.
    pub position: i64,
    /// No longer offered.
    #[serde(default)]
    pub archived: bool,
    /// Stages to write; those not named stay as they are.
    #[serde(default)]
    pub stages: Vec<ChoiceDraft>,
}

/// A template to write.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "typescript", tsify(missing_as_null))]
pub struct TemplateDraft {
    /// The template to change; `None` for a new one.
    #[serde(default)]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub id: Option<TemplateId>,
    /// The name it is found by.
    pub name: String,
    /// The channel it is for; `None` for all.
    #[serde(default)]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub channel: Option<Channel>,
    /// Its language (BCP 47).
    #[serde(default)]
    pub language: String,
    /// The subject.
    #[serde(default)]
    pub subject: String,
    /// The text.
    pub text: String,
}

/// A flow to write, as a whole.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "typescript", tsify(missing_as_null))]
pub struct FlowDraft {
    /// The flow to change; `None` for a new one.
    #[serde(default)]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub id: Option<FlowId>,
    /// The name.
    pub name: String,
    /// Whether it runs.
    #[serde(default)]
    pub active: bool,
    /// What sets it off.
    pub trigger: FlowTrigger,
    /// All of them must hold.
    #[serde(default)]
    pub conditions: Vec<FlowCondition>,
    /// What it does, in order.
    pub actions: Vec<FlowAction>,
}

/// A saved view to write; it belongs to the acting member.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "typescript", tsify(missing_as_null))]
pub struct ViewDraft {
    /// The view to change; `None` for a new one.
    #[serde(default)]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub id: Option<ChoiceId>,
    /// Its name.
    pub name: String,
    /// Whether the others see it too.
    #[serde(default)]
    pub shared: bool,
    /// The list it is a filter of.
    pub list: String,
    /// The query, as this client will read it again.
    pub query: String,
}

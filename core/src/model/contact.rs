use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::conversation::{Conflict, Problem};
use super::interaction::Channel;
use super::{Activity, Opportunity};
use crate::id::ContactId;
use crate::time::Timestamp;

/// Whether a contact is written to and listed (spec §4).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "snake_case")]
pub enum ContactStatus {
    /// Listed and written to.
    #[default]
    Active,
    /// Hidden from lists.
    Archived,
    /// Do not disturb: outbound interactions are refused.
    Dnd,
}

/// One address of a contact on a channel.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Identity {
    /// The channel.
    pub channel: Channel,
    /// E-mail in lower case, phone in E.164.
    pub address: String,
}

/// A person who writes to the team.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct ContactView {
    /// The id.
    pub id: ContactId,
    /// The name; empty while only an address is known.
    pub name: String,
    /// Whether a member saved it, as opposed to a channel having met it.
    pub saved: bool,
    /// One of the workspace's contact types (`lead`, `customer`, `partner`, `other`).
    #[serde(rename = "type")]
    pub contact_type: String,
    /// Active, archived or do-not-disturb.
    pub status: ContactStatus,
    /// E-mail shown in the profile; empty where unknown.
    pub email: String,
    /// Phone shown in the profile; empty where unknown.
    pub phone: String,
    /// Company; empty where unknown.
    pub company: String,
    /// Addresses, sorted.
    pub identities: Vec<Identity>,
    /// Tags, sorted.
    pub tags: Vec<String>,
    /// The workspace's custom fields, as text.
    #[cfg_attr(feature = "typescript", tsify(type = "Record<string, string>"))]
    pub fields: BTreeMap<String, String>,
    /// The contact this one is an alias of, after a merge that can be undone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub merged_into: Option<ContactId>,
    /// Deals, by id.
    pub opportunities: Vec<Opportunity>,
    /// The audit trail, newest first.
    pub activities: Vec<Activity>,
    /// When the document was first written.
    pub created_at: Timestamp,
    /// Fields that two members set at once and nobody settled.
    pub conflicts: Vec<Conflict>,
    /// What could not be read, and was left out or replaced by a default.
    pub problems: Vec<Problem>,
}

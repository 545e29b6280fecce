use serde::{Deserialize, Serialize};

use super::conversation::Conflict;
use crate::id::{ChoiceId, ContactId, MemberId, OpportunityId};
use crate::time::Timestamp;

/// Whether a deal is still to be made (spec F2.8).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "snake_case")]
pub enum OpportunityStatus {
    /// In its pipeline.
    #[default]
    Open,
    /// Made.
    Won,
    /// Not made.
    Lost,
}

/// A stage of a pipeline. Stored as one value (`sales/offer`), so that two
/// members who move a deal at once never mix their pipelines.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct StageRef {
    /// The pipeline.
    pub pipeline: ChoiceId,
    /// Its stage.
    pub stage: ChoiceId,
}

/// An amount of money. Stored as one value (`129900 EUR`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Money {
    /// In the currency's smallest unit (cents); 0 to 10^15.
    #[cfg_attr(feature = "typescript", tsify(type = "number"))]
    pub amount: i64,
    /// ISO 4217, three capital letters.
    pub currency: String,
}

/// A deal of a contact in a pipeline (spec F2.8).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct Opportunity {
    /// The id.
    pub id: OpportunityId,
    /// Who began it.
    pub by: MemberId,
    /// When it was begun.
    pub at: Timestamp,
    /// What it is, in a line.
    pub title: String,
    /// How far it is.
    pub stage: StageRef,
    /// What it is worth.
    pub value: Money,
    /// Open, won or lost.
    pub status: OpportunityStatus,
    /// Why it was won or lost; empty while it is open.
    pub reason: String,
    /// When it was won or lost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub closed_at: Option<Timestamp>,
    /// The day it is expected to be won (`YYYY-MM-DD`); empty where unknown.
    pub expected: String,
    /// The member who owns it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub owner: Option<MemberId>,
    /// Other contacts that take part, sorted.
    pub contacts: Vec<ContactId>,
    /// Fields that several members set at once and nobody settled.
    pub conflicts: Vec<Conflict>,
}

use serde::{Deserialize, Serialize};

use crate::id::{MemberId, TeamId};

/// What a member may do (spec §6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Writes everything a member may write, and the settings.
    Admin,
    /// Writes conversations, contacts, tasks and topics.
    Agent,
    /// Reads.
    Viewer,
    /// The server and its channels: inbound interactions and delivery facts.
    Service,
}

impl Role {
    /// Whether this role may change conversations and contacts at all.
    pub fn writes(self) -> bool {
        !matches!(self, Role::Viewer)
    }
}

/// A person on the team, as the server's directory lists them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct Member {
    /// The id, as the host's tokens name them.
    pub id: MemberId,
    /// The name shown to teammates.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// The teams they belong to.
    #[serde(default)]
    pub teams: Vec<TeamId>,
    /// Whether they take team tasks now; server-held.
    #[serde(default = "yes")]
    pub available: bool,
}

fn yes() -> bool {
    true
}

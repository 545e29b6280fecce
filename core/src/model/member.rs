use serde::{Deserialize, Serialize};

use crate::id::{MemberId, TeamId};
use crate::model::Channel;

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

/// Whether a member takes work now (spec §1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "snake_case")]
pub enum Availability {
    /// Takes tasks of their teams.
    #[default]
    Available,
    /// At work, with their hands full.
    Busy,
    /// Not at work.
    Away,
}

/// A person on the team, as the server's directory lists them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[cfg_attr(feature = "typescript", tsify(missing_as_null))]
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
    /// Whether they take work now; they say so themselves.
    #[serde(default)]
    pub availability: Availability,
    /// The channels they may start interactions on (F3.4); `None` for all.
    #[serde(default)]
    pub channels: Option<Vec<Channel>>,
    /// Whether they are on the team still. Who is not keeps their name in the
    /// directory, because documents name them, but no session.
    #[serde(default = "yes")]
    pub active: bool,
}

fn yes() -> bool {
    true
}

impl Member {
    /// An available member without teams who qualifies for every channel.
    pub fn new(id: MemberId, name: impl Into<String>, role: Role) -> Self {
        Self {
            id,
            name: name.into(),
            role,
            teams: Vec::new(),
            availability: Availability::Available,
            channels: None,
            active: true,
        }
    }

    /// Whether they take tasks of their teams now.
    pub fn is_available(&self) -> bool {
        self.active && self.availability == Availability::Available
    }

    /// Whether they may start an interaction on this channel (F3.4).
    pub fn qualifies(&self, channel: Channel) -> bool {
        self.channels
            .as_ref()
            .is_none_or(|channels| channels.contains(&channel))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_qualifies_for_all_channels_until_some_are_named() {
        let mut ana = Member::new("ana".parse().unwrap(), "Ana", Role::Agent);
        assert!(ana.qualifies(Channel::Call));
        ana.channels = Some(vec![Channel::Email]);
        assert!(ana.qualifies(Channel::Email));
        assert!(!ana.qualifies(Channel::Call));
        ana.channels = Some(Vec::new());
        assert!(!ana.qualifies(Channel::Email));
    }

    #[test]
    fn only_who_is_available_and_active_takes_tasks() {
        let mut ana = Member::new("ana".parse().unwrap(), "Ana", Role::Agent);
        assert!(ana.is_available());
        ana.availability = Availability::Busy;
        assert!(!ana.is_available());
        ana.availability = Availability::Available;
        ana.active = false;
        assert!(!ana.is_available());
    }
}

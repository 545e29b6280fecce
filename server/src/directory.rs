//! The team of one workspace. Who is on it, the host's tokens say; from the
//! moment an admin sets a member here, the directory does, and tokens only
//! prove who somebody is; as long as they are not revoked.

use serde::Deserialize;
use threadline_core::error::{Code, Refusal};
use threadline_core::id::{MemberId, TeamId};
use threadline_core::model::{Availability, Channel, Member, Role};

use crate::identity::{Claims, Revoked, bad_token};
use crate::limits;

/// A member as storage keeps them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Listed {
    /// The member.
    pub(crate) member: Member,
    /// Whether an admin has set name, role and teams, so that tokens no longer do.
    pub(crate) managed: bool,
}

/// A member as this process knew them, and as they are from now on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Changed {
    /// `None` where they are new.
    pub(crate) before: Option<Listed>,
    /// What storage has to keep.
    pub(crate) listed: Listed,
}

/// What an admin sets of a member, all of it at once.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Profile {
    /// The name shown to teammates.
    name: String,
    /// Admin, agent or viewer: services are named by tokens only.
    role: Role,
    #[serde(default)]
    teams: Vec<TeamId>,
    /// `null` for all.
    #[serde(default)]
    channels: Option<Vec<Channel>>,
    #[serde(default = "yes")]
    active: bool,
}

fn yes() -> bool {
    true
}

/// A change of the directory.
#[derive(Debug)]
pub(crate) enum Edit {
    /// An admin sets a member, or adds one.
    Put {
        /// The member.
        id: MemberId,
        /// What they are from now on.
        profile: Profile,
    },
    /// A member says whether they take work.
    Availability(Availability),
}

/// Everyone on the team, and those who left it; and which tokens prove nothing
/// any more.
pub(crate) struct Directory {
    listed: Vec<Listed>,
    revoked: Revoked,
}

impl Directory {
    /// The team as storage has it.
    pub(crate) fn new(mut listed: Vec<Listed>, revoked: Revoked) -> Self {
        listed.sort_by(|a, b| a.member.id.cmp(&b.member.id));
        Self { listed, revoked }
    }

    /// What is revoked.
    pub(crate) fn revoked(&self) -> &Revoked {
        &self.revoked
    }

    /// The same, to revoke more.
    pub(crate) fn revoked_mut(&mut self) -> &mut Revoked {
        &mut self.revoked
    }

    /// Everyone, as clients see them.
    pub(crate) fn members(&self) -> Vec<Member> {
        self.listed
            .iter()
            .map(|listed| listed.member.clone())
            .collect()
    }

    /// The member a token names, as they are known here.
    pub(crate) fn known_as(&self, claims: &Claims) -> Member {
        let mut member = claims.member();
        let Some(Listed {
            member: known,
            managed,
        }) = self.find(&member.id)
        else {
            return member;
        };
        if *managed {
            return known.clone();
        }
        if claims.teams.is_none() {
            member.teams.clone_from(&known.teams);
        }
        if claims.name.is_none() {
            member.name.clone_from(&known.name);
        }
        Member {
            availability: known.availability,
            channels: known.channels.clone(),
            active: known.active,
            ..member
        }
    }

    /// The same, where the member is on the team and the token not revoked:
    /// what a request may act as.
    pub(crate) fn admit(&self, claims: &Claims) -> Result<Member, Refusal> {
        let member = self.known_as(claims);
        let admitted = member.active && !self.revoked.covers(claims);
        admitted.then_some(member).ok_or_else(bad_token)
    }

    /// Takes in a member as their token describes them; `None` where nothing is new.
    pub(crate) fn enrol(&mut self, member: &Member) -> Result<Option<Changed>, Refusal> {
        match self.find(&member.id) {
            Some(listed) if listed.member == *member => Ok(None),
            known => {
                let managed = known.is_some_and(|listed| listed.managed);
                let member = member.clone();
                self.set(Listed { member, managed }).map(Some)
            }
        }
    }

    /// Makes a change in the name of whom the claims name. Refused with
    /// `bad_token` to who left the team, with `forbidden` where it takes an
    /// admin, and with the field concerned where a value does not pass.
    pub(crate) fn edit(&mut self, by: &Claims, edit: Edit) -> Result<Changed, Refusal> {
        let member = self.admit(by)?;
        match edit {
            Edit::Put { id, profile } => self.put(&member, id, profile),
            Edit::Availability(availability) => {
                let managed = self.find(&member.id).is_some_and(|listed| listed.managed);
                let member = Member {
                    availability,
                    ..member
                };
                self.set(Listed { member, managed })
            }
        }
    }

    fn put(&mut self, by: &Member, id: MemberId, profile: Profile) -> Result<Changed, Refusal> {
        if by.role != Role::Admin {
            let text = "Only an admin edits the team.";
            return Err(Refusal::new(Code::Forbidden, text));
        }
        profile.check()?;
        if by.id == id && (profile.role != Role::Admin || !profile.active) {
            // Or a workspace could end up with nobody to let anybody in again.
            let text = "Another admin must take this away from you.";
            return Err(Refusal::new(Code::WrongState, text).on("role"));
        }
        let known = self.find(&id).map(|listed| listed.member.availability);
        let Profile {
            name,
            role,
            teams,
            channels,
            active,
        } = profile;
        let member = Member {
            teams,
            channels,
            active,
            availability: known.unwrap_or_default(),
            ..Member::new(id, name, role)
        };
        self.set(Listed {
            member,
            managed: true,
        })
    }

    fn find(&self, id: &MemberId) -> Option<&Listed> {
        self.listed.iter().find(|listed| listed.member.id == *id)
    }

    fn set(&mut self, new: Listed) -> Result<Changed, Refusal> {
        // In one order everywhere, so that the same team read again is no news.
        let id = |listed: &Listed| listed.member.id.cmp(&new.member.id);
        let before = match self.listed.binary_search_by(id) {
            Ok(place) => Some(std::mem::replace(&mut self.listed[place], new.clone())),
            Err(place) if self.listed.len() < limits::MEMBERS => {
                self.listed.insert(place, new.clone());
                None
            }
            Err(_) => {
                let text = "The workspace has its largest number of members.";
                return Err(Refusal::new(Code::TooLong, text).on("members"));
            }
        };
        Ok(Changed {
            before,
            listed: new,
        })
    }
}

impl Profile {
    fn check(&self) -> Result<(), Refusal> {
        let units = self.name.encode_utf16().count();
        if self.name.trim().is_empty() || units > limits::MEMBER_NAME_UNITS {
            let text = format!("A name has 1 to {} characters.", limits::MEMBER_NAME_UNITS);
            return Err(Refusal::new(Code::Invalid, text).on("name"));
        }
        if self.role == Role::Service {
            let text = "A member is an admin, an agent or a viewer.";
            return Err(Refusal::new(Code::Invalid, text).on("role"));
        }
        if self.teams.len() > limits::MEMBER_TEAMS {
            return Err(Refusal::new(Code::TooLong, "Too many teams.").on("teams"));
        }
        Ok(())
    }
}

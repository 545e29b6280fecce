use std::fmt;

use serde::{Deserialize, Serialize};

use super::conversation::Conflict;
use crate::error::Refusal;
use crate::id::{AppointmentId, ContactId, MemberId};
use crate::time::{TimeSpan, Timestamp};

/// Where an appointment stands (spec F2.7).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "snake_case")]
pub enum AppointmentStatus {
    /// Will take place.
    #[default]
    Scheduled,
    /// Took place.
    Completed,
    /// Will not take place.
    Cancelled,
    /// The contact did not come.
    NoShow,
}

/// What an attendee answered (RFC 5545 `PARTSTAT`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// Nothing yet.
    #[default]
    NeedsAction,
    /// Comes.
    Accepted,
    /// Does not come.
    Declined,
    /// Perhaps.
    Tentative,
}

/// Who is asked to come: `member:ana`, `contact:<uuid>` or `email:ana@example.com`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(try_from = "String", into = "String")]
#[cfg_attr(
    feature = "typescript",
    tsify(type = "`member:${string}` | `contact:${string}` | `email:${string}`")
)]
pub enum Guest {
    /// A teammate.
    Member(MemberId),
    /// A contact.
    Contact(ContactId),
    /// Somebody else, by e-mail.
    Email(String),
}

impl fmt::Display for Guest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Guest::Member(id) => write!(f, "member:{id}"),
            Guest::Contact(id) => write!(f, "contact:{id}"),
            Guest::Email(address) => write!(f, "email:{address}"),
        }
    }
}

impl std::str::FromStr for Guest {
    type Err = Refusal;
    fn from_str(text: &str) -> Result<Self, Refusal> {
        let unknown = || {
            Refusal::new(
                crate::error::Code::Invalid,
                "An attendee is member:…, contact:… or email:….",
            )
            .on("attendee")
        };
        match text.split_once(':').ok_or_else(unknown)? {
            ("member", id) => Ok(Guest::Member(id.parse()?)),
            ("contact", id) => Ok(Guest::Contact(id.parse()?)),
            ("email", address)
                if address.len() <= 254
                    && address.contains('@')
                    && !address.contains(char::is_whitespace) =>
            {
                Ok(Guest::Email(address.to_lowercase()))
            }
            _ => Err(unknown()),
        }
    }
}

impl TryFrom<String> for Guest {
    type Error = Refusal;
    fn try_from(text: String) -> Result<Self, Refusal> {
        text.parse()
    }
}

impl From<Guest> for String {
    fn from(guest: Guest) -> String {
        guest.to_string()
    }
}

/// Somebody who is asked to come, and the answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct Attendee {
    /// Who.
    pub who: Guest,
    /// The answer.
    pub answer: Answer,
}

/// A scheduled meeting (spec F2.7).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct Appointment {
    /// The id.
    pub id: AppointmentId,
    /// Who booked it.
    pub by: MemberId,
    /// When it was booked.
    pub at: Timestamp,
    /// What it is about, in a line.
    pub title: String,
    /// When it takes place.
    pub when: TimeSpan,
    /// The member who holds it.
    pub organiser: MemberId,
    /// Who is asked to come, sorted.
    pub attendees: Vec<Attendee>,
    /// Where; empty where it has no place.
    pub place: String,
    /// Address of the video call (`https`); empty where there is none.
    pub link: String,
    /// What is to be talked about; plain text that several people may edit.
    pub agenda: String,
    /// What was talked about; plain text that several people may edit.
    pub notes: String,
    /// Where it stands.
    pub status: AppointmentStatus,
    /// Fields that several members set at once and nobody settled.
    pub conflicts: Vec<Conflict>,
}

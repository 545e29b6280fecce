//! What a token says (JWT, RFC 7519).

use serde::{Deserialize, Serialize};
use threadline_core::error::{Code, Refusal};
use threadline_core::id::{MemberId, TeamId, WorkspaceId};
use threadline_core::model::{Member, Role};
use threadline_core::time::Timestamp;

use crate::limits;

/// What a token says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// Who signed it.
    pub iss: String,
    /// Whom it is for, where the server asks for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aud: Option<Audience>,
    /// The member.
    pub sub: MemberId,
    /// Seconds since 1970 after which it is worth nothing.
    pub exp: u64,
    /// Seconds since 1970 before which it is worth nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nbf: Option<u64>,
    /// Seconds since 1970 when it was signed. One that says so is good again
    /// after its member's earlier tokens were revoked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub iat: Option<u64>,
    /// The token's own id, by which it can be revoked.
    pub jti: String,
    /// The only workspace it opens.
    pub workspace: WorkspaceId,
    /// What the member may do.
    pub role: Role,
    /// The name shown to teammates; the member's id where it is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The member's teams; where it is missing, those known so far.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub teams: Option<Vec<TeamId>>,
    /// What the token is good for of what the role allows, in words with spaces
    /// between them: `read`, `write`, `channels`, `admin`, `sync`. All of it where
    /// it is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// The published key that verified it; `None` for the shared secret. Not a
    /// claim: whoever verifies the token says so, never the token.
    #[serde(skip)]
    pub signed_with: Option<SignedWith>,
}

/// A published key, as it is known again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedWith {
    /// Its name in the header of what it signs.
    pub kid: String,
    /// Its thumbprint (RFC 7638), for another one may come under its name. `None`
    /// where the program noted the name only, as those before this one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thumbprint: Option<String>,
}

/// One audience or several (RFC 7519 §4.1.3).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Audience {
    /// A single one.
    One(String),
    /// Any of several.
    Several(Vec<String>),
}

impl Claims {
    /// The moment after which the token is worth nothing.
    pub fn expires(&self) -> Timestamp {
        from_seconds(self.exp)
    }

    /// The member as the token describes them.
    pub fn member(&self) -> Member {
        let name = self.name.as_deref().unwrap_or(self.sub.as_str());
        let name: String = name.chars().take(limits::MEMBER_NAME_UNITS).collect();
        let teams = self.teams.iter().flatten().take(limits::MEMBER_TEAMS);
        Member {
            teams: teams.cloned().collect(),
            ..Member::new(self.sub.clone(), name, self.role)
        }
    }

    /// Whether the token may be shown at this moment, by what it says itself.
    /// The refusal tells expired from bad, because only the first is cured by
    /// asking the host for the next one.
    pub(super) fn check(&self, now: Timestamp, longest_life: u64) -> Result<(), Refusal> {
        let seconds = |count: u64| i64::try_from(count.saturating_mul(1_000)).unwrap_or(i64::MAX);
        let id = self.jti.len();
        let too_early = self.nbf.is_some_and(|from| {
            from_seconds(from) > now.plus_millis(seconds(limits::CLOCK_SKEW_SECONDS))
        });
        // From now and, where it says so, from its signing: one that lives longer
        // than is allowed shall not count in the end, when its revocation is forgotten.
        let longest = longest_life.saturating_add(limits::CLOCK_SKEW_SECONDS);
        let whole_life = self.iat.map_or(0, |iat| self.exp.saturating_sub(iat));
        let too_long = self.expires() > now.plus_millis(seconds(longest)) || whole_life > longest;
        if id == 0 || id > limits::TOKEN_ID_BYTES || too_early || too_long {
            tracing::debug!(too_early, too_long, "a token's claims were refused");
            return Err(bad_token());
        }
        if self.expires() <= now {
            let text = "The token's time is over.";
            return Err(Refusal::new(Code::TokenExpired, text));
        }
        Ok(())
    }
}

/// A moment in a token (`NumericDate`, RFC 7519 §2).
pub(super) fn from_seconds(seconds: u64) -> Timestamp {
    let millis = i64::try_from(seconds.saturating_mul(1_000)).unwrap_or(i64::MAX);
    Timestamp::from_millis(millis)
}

/// The one answer to every token that does not fit.
pub(crate) fn bad_token() -> Refusal {
    Refusal::new(Code::BadToken, "The token is not valid here.")
}

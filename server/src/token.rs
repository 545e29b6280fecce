//! Tokens: JWTs (RFC 7519) signed with HS256 by the host's back end, which
//! shares the secret with this server.

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
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
    pub aud: Option<String>,
    /// The member.
    pub sub: MemberId,
    /// Seconds since 1970 after which it is worth nothing.
    pub exp: u64,
    /// The token's own id.
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
}

impl Claims {
    /// The moment after which the token is worth nothing.
    pub fn expires(&self) -> Timestamp {
        let millis = i64::try_from(self.exp.saturating_mul(1_000)).unwrap_or(i64::MAX);
        Timestamp::from_millis(millis)
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
}

/// What tokens must name besides a good signature.
#[derive(Clone, Debug, Default)]
pub struct Expected {
    /// The issuer; any where it is missing.
    pub issuer: Option<String>,
    /// The audience; none where it is missing.
    pub audience: Option<String>,
}

/// The secret, ready to sign and to verify.
pub struct Keys {
    sign: EncodingKey,
    verify: DecodingKey,
    validation: Validation,
}

impl Keys {
    /// Keys from a secret.
    pub fn new(secret: &[u8], expected: &Expected) -> Self {
        // One algorithm per key: a token that names another one is refused.
        let mut validation = Validation::new(Algorithm::HS256);
        validation.leeway = 0;
        // The caller hands in the time; see `verify`.
        validation.validate_exp = false;
        validation.set_required_spec_claims(&["exp", "iss", "sub"]);
        if let Some(issuer) = &expected.issuer {
            validation.set_issuer(&[issuer]);
        }
        if let Some(audience) = &expected.audience {
            validation.set_audience(&[audience]);
            validation.required_spec_claims.insert("aud".to_owned());
        }
        Self {
            sign: EncodingKey::from_secret(secret),
            verify: DecodingKey::from_secret(secret),
            validation,
        }
    }

    /// Signs a token.
    pub fn sign(&self, claims: &Claims) -> Result<String, jsonwebtoken::errors::Error> {
        jsonwebtoken::encode(&Header::new(Algorithm::HS256), claims, &self.sign)
    }

    /// Reads a token. The refusal tells expired from bad, and nothing else.
    pub fn verify(&self, token: &str, now: Timestamp) -> Result<Claims, Refusal> {
        let claims = jsonwebtoken::decode::<Claims>(token, &self.verify, &self.validation)
            .map_err(|_| bad_token())?
            .claims;
        if claims.expires() <= now {
            return Err(Refusal::new(
                Code::TokenExpired,
                "The token's time is over.",
            ));
        }
        Ok(claims)
    }
}

/// The one answer to every token that does not fit.
pub(crate) fn bad_token() -> Refusal {
    Refusal::new(Code::BadToken, "The token is not valid here.")
}

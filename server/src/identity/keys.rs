//! The keys that tokens are verified with: the secret shared with the host's
//! back end, the one before it while both are in use, and the public keys the
//! host publishes in a file. Each key has one algorithm: a token that names
//! another one for it is refused.

use std::path::PathBuf;

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use threadline_core::error::Refusal;
use threadline_core::time::Timestamp;
use tokio::sync::watch;

use super::claims::{Claims, SignedWith, bad_token};
use super::jwks::{JwksError, Published};
use crate::limits;

/// What tokens must name besides a good signature.
#[derive(Clone, Debug)]
pub struct Expected {
    /// The issuer; any where it is missing.
    pub issuer: Option<String>,
    /// The audience; none where it is missing.
    pub audience: Option<String>,
    /// How far ahead `exp` may be, in seconds: what cannot be taken back
    /// everywhere at once shall end soon by itself.
    pub longest_life: u64,
}

impl Default for Expected {
    fn default() -> Self {
        Self {
            issuer: None,
            audience: None,
            longest_life: limits::TOKEN_LIFE_SECONDS,
        }
    }
}

/// Everything that tokens are signed and verified with.
pub struct Keys {
    expected: Expected,
    sign: Option<EncodingKey>,
    /// The secret, then the one before it.
    secrets: Vec<Verifier>,
    published: Option<Published>,
    changes: watch::Sender<()>,
}

impl Keys {
    /// Keys that accept nothing yet.
    pub fn none(expected: Expected) -> Self {
        Self {
            expected,
            sign: None,
            secrets: Vec::new(),
            published: None,
            changes: watch::Sender::new(()),
        }
    }

    /// Keys from a secret, to sign and to verify with.
    pub fn new(secret: &[u8], expected: &Expected) -> Self {
        let mut keys = Self::none(expected.clone()).and_secret(secret);
        keys.sign = Some(EncodingKey::from_secret(secret));
        keys
    }

    /// The same, which also accept what another secret signed.
    #[must_use]
    pub(crate) fn and_secret(mut self, secret: &[u8]) -> Self {
        let key = DecodingKey::from_secret(secret);
        let verifier = Verifier::new(Algorithm::HS256, key, None, &self.expected);
        self.secrets.push(verifier);
        self
    }

    /// The same, which also accept what the keys in a file verify.
    pub(crate) fn and_published(mut self, file: PathBuf) -> Result<Self, JwksError> {
        self.published = Some(Published::open(file, self.expected.clone())?);
        Ok(self)
    }

    /// Signs a token with the secret.
    pub fn sign(&self, claims: &Claims) -> Result<String, jsonwebtoken::errors::Error> {
        let secret = self
            .sign
            .as_ref()
            .ok_or(jsonwebtoken::errors::ErrorKind::InvalidKeyFormat)?;
        jsonwebtoken::encode(&Header::new(Algorithm::HS256), claims, secret)
    }

    /// Reads a token. The refusal tells expired from bad, and nothing else.
    pub fn verify(&self, token: &str, now: Timestamp) -> Result<Claims, Refusal> {
        let claims = self.read(token).ok_or_else(bad_token)?;
        claims.check(now, self.expected.longest_life)?;
        Ok(claims)
    }

    /// How far ahead a token may end, in seconds.
    pub(crate) fn longest_life(&self) -> u64 {
        self.expected.longest_life
    }

    /// Whether there is a file of published keys.
    pub(super) fn are_published(&self) -> bool {
        self.published.is_some()
    }

    /// Reads the published keys again; whether others count from now on. What
    /// cannot be used changes nothing.
    pub(super) fn reload(&self) -> Result<bool, JwksError> {
        let changed = match &self.published {
            Some(published) => published.reload()?,
            None => false,
        };
        if changed {
            self.changes.send_replace(());
        }
        Ok(changed)
    }

    /// Tells whenever other published keys count.
    pub(crate) fn changes(&self) -> watch::Receiver<()> {
        self.changes.subscribe()
    }

    /// Whether the key that verified a token is still in use, and no other in
    /// its place.
    pub(crate) fn know(&self, claims: &Claims) -> bool {
        claims.signed_with.as_ref().is_none_or(|signed_with| {
            let current = self.published.as_ref().map(Published::current);
            let key = current.as_ref().and_then(|keys| keys.get(&signed_with.kid));
            key.is_some_and(|key| key.thumbprint == signed_with.thumbprint)
        })
    }

    /// Finds out which key a token was verified with where only its name was
    /// noted: the one that has the name now.
    pub(super) fn complete(&self, claims: &mut Claims) {
        let Some(signed_with) = &mut claims.signed_with else {
            return;
        };
        if signed_with.thumbprint.is_none() {
            let current = self.published.as_ref().map(Published::current);
            let key = current.as_ref().and_then(|keys| keys.get(&signed_with.kid));
            signed_with.thumbprint = key.and_then(|key| key.thumbprint.clone());
        }
    }

    /// What a well-signed token says.
    fn read(&self, token: &str) -> Option<Claims> {
        if token.len() > limits::TOKEN_BYTES {
            return None;
        }
        let header = jsonwebtoken::decode_header(token).ok()?;
        // What must be understood (RFC 7515 §4.1.11) is not understood here.
        if header.crit.is_some() {
            return None;
        }
        let Some(kid) = header.kid else {
            return self.secrets.iter().find_map(|secret| secret.read(token));
        };
        let current = self.published.as_ref()?.current();
        let key = current.get(&kid)?;
        let thumbprint = key.thumbprint.clone();
        Some(Claims {
            signed_with: Some(SignedWith { kid, thumbprint }),
            ..key.read(token)?
        })
    }
}

/// A key with its one algorithm.
pub(super) struct Verifier {
    key: DecodingKey,
    /// A published key's (RFC 7638).
    thumbprint: Option<String>,
    validation: Validation,
}

impl Verifier {
    /// A key for tokens that name this algorithm.
    pub(super) fn new(
        algorithm: Algorithm,
        key: DecodingKey,
        thumbprint: Option<String>,
        expected: &Expected,
    ) -> Self {
        let mut validation = Validation::new(algorithm);
        validation.leeway = 0;
        // The caller hands in the time; see `Claims::check`.
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
            key,
            thumbprint,
            validation,
        }
    }

    /// What the token says, where this key signed it. Why it does not fit is
    /// not passed on: the library's words repeat what the token holds.
    fn read(&self, token: &str) -> Option<Claims> {
        let decoded = jsonwebtoken::decode(token, &self.key, &self.validation);
        Some(decoded.ok()?.claims)
    }
}

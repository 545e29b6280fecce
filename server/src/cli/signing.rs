//! The flags about keys and tokens.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::config::{self, ConfigError};
use crate::identity::{Expected, Keys};
use crate::limits;

/// How tokens are signed, and what all of them must say.
#[derive(Args)]
pub(super) struct Signing {
    /// The secret shared with the host's back end; without it and without --jwks one is made and kept in the data folder.
    #[arg(long, env = "THREADLINE_SECRET", hide_env_values = true)]
    pub(super) secret: Option<String>,
    /// The only issuer (`iss`) whose tokens are accepted, and that `token` writes.
    #[arg(long, env = "THREADLINE_ISSUER")]
    pub(super) issuer: Option<String>,
    /// The audience (`aud`) tokens must name.
    #[arg(long, env = "THREADLINE_AUDIENCE")]
    pub(super) audience: Option<String>,
    /// The longest a token may still live when it is shown, in seconds.
    #[arg(long, env = "THREADLINE_MAX_TOKEN_LIFE", default_value_t = limits::TOKEN_LIFE_SECONDS)]
    pub(super) max_token_life: u64,
}

/// What else verifies them.
#[derive(Args)]
pub(super) struct Verifying {
    /// The secret before `--secret`, accepted beside it while hosts change over.
    #[arg(long, env = "THREADLINE_PREVIOUS_SECRET", hide_env_values = true)]
    previous_secret: Option<String>,
    /// A file with the host's public keys (JWK Set; Ed25519 or P-256), read again when it changes.
    #[arg(long, env = "THREADLINE_JWKS")]
    jwks: Option<PathBuf>,
}

impl Signing {
    /// What tokens must say.
    pub(super) fn expected(&self) -> Expected {
        Expected {
            issuer: self.issuer.clone(),
            audience: self.audience.clone(),
            longest_life: self.max_token_life,
        }
    }

    /// The keys of the secret alone.
    pub(super) fn keys(&self, data: Option<&Path>) -> Result<Keys, ConfigError> {
        let secret = config::secret(self.secret.as_deref(), data)?;
        Ok(Keys::new(&secret, &self.expected()))
    }
}

impl Verifying {
    /// Everything that tokens are verified with.
    pub(super) fn keys(&self, signing: &Signing, data: Option<&Path>) -> Result<Keys, ConfigError> {
        // Who publishes keys does not expect another secret to open the door.
        let mut keys = if self.jwks.is_some() && signing.secret.is_none() {
            Keys::none(signing.expected())
        } else {
            signing.keys(data)?
        };
        if let Some(previous) = &self.previous_secret {
            match &signing.secret {
                None => return Err(ConfigError::OnlyPrevious),
                Some(secret) if secret == previous => return Err(ConfigError::SameSecret),
                Some(_) => {}
            }
            keys = keys.and_secret(&config::secret(Some(previous), data)?);
        }
        match &self.jwks {
            Some(file) => Ok(keys.and_published(file.clone())?),
            None => Ok(keys),
        }
    }
}

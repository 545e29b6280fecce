//! The secret that tokens are signed with, as several subcommands ask for it.

use std::path::Path;

use clap::Args;

use crate::config;
use crate::token::{Expected, Keys};

/// How tokens are signed.
#[derive(Args)]
pub(super) struct Signing {
    /// The secret shared with the host's back end; by default one is made and kept in the data folder.
    #[arg(long, env = "THREADLINE_SECRET", hide_env_values = true)]
    pub(super) secret: Option<String>,
    /// The only issuer (`iss`) whose tokens are accepted, and that `token` writes.
    #[arg(long, env = "THREADLINE_ISSUER")]
    pub(super) issuer: Option<String>,
    /// The audience (`aud`) tokens must name.
    #[arg(long, env = "THREADLINE_AUDIENCE")]
    pub(super) audience: Option<String>,
}

impl Signing {
    /// The keys that the flags name, or those kept in the data folder.
    pub(super) fn keys(&self, data: &Path) -> Result<Keys, config::ConfigError> {
        let expected = Expected {
            issuer: self.issuer.clone(),
            audience: self.audience.clone(),
        };
        Ok(Keys::new(
            &config::secret(self.secret.as_deref(), data)?,
            &expected,
        ))
    }
}

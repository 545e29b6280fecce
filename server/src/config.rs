//! What the flags become: checked values, or a refusal to start.

use std::fs::OpenOptions;
use std::io::{Read, Write};
use std::path::Path;

use threadline_core::id::WorkspaceId;

use crate::clock;
use crate::identity::JwksError;
use crate::limits;
use crate::mail::RelayError;

/// Why the server does not start.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConfigError {
    /// Too easy to guess.
    #[error("the secret must have at least {} bytes", limits::SECRET_BYTES)]
    ShortSecret,
    /// Rotation needs a secret to rotate to.
    #[error("--previous-secret is for the time after a new --secret: give both")]
    OnlyPrevious,
    /// Rotation to the same secret is none.
    #[error("--secret and --previous-secret are the same: leave --previous-secret out")]
    SameSecret,
    /// A workspace's list can only narrow the server's.
    #[error(
        "{1} is listed for the workspace {0} alone: list it with --allow-origin too, or it connects nowhere"
    )]
    UnlistedOrigin(WorkspaceId, String),
    /// A limit that lets nothing through.
    #[error("{0} is 0: nobody could connect; leave it out for the usual number")]
    NobodyConnects(&'static str),
    /// What metrics tell is not for members.
    #[error("--metrics-listen and --listen are the same: metrics need an address of their own")]
    SameAddress,
    /// Public keys that cannot be used.
    #[error(transparent)]
    Jwks(#[from] JwksError),
    /// A relay that cannot be used.
    #[error(transparent)]
    Relay(#[from] RelayError),
    /// Servers that share a database must agree on who signs.
    #[error("servers on a shared database need --secret or --jwks, the same for all of them")]
    NoSecret,
    /// The secret's file cannot be read or made.
    #[error("the secret's file cannot be used: {0}")]
    SecretFile(#[from] std::io::Error),
    /// No random source.
    #[error("the operating system gives no random bytes: {0}")]
    Random(#[from] getrandom::Error),
}

/// The signing secret: the one given, else the one kept in the data folder,
/// where there is one; it is made at the first start and readable by its owner only.
pub(crate) fn secret(given: Option<&str>, data: Option<&Path>) -> Result<Vec<u8>, ConfigError> {
    let secret = match given {
        Some(given) => given.as_bytes().to_vec(),
        None => kept_secret(data.ok_or(ConfigError::NoSecret)?)?,
    };
    if secret.len() < limits::SECRET_BYTES {
        return Err(ConfigError::ShortSecret);
    }
    Ok(secret)
}

fn kept_secret(data: &Path) -> Result<Vec<u8>, ConfigError> {
    std::fs::create_dir_all(data)?;
    let path = data.join("secret");
    let mut new = OpenOptions::new();
    new.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut new, 0o600);
    match new.open(&path) {
        Ok(mut file) => {
            let secret = hex::encode(clock::random::<32>()?);
            file.write_all(secret.as_bytes())?;
            file.sync_all()?;
            Ok(secret.into_bytes())
        }
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            let mut text = String::new();
            std::fs::File::open(&path)?.read_to_string(&mut text)?;
            Ok(text.trim().as_bytes().to_vec())
        }
        Err(error) => Err(error.into()),
    }
}

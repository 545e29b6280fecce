//! The flags about who may connect, and how much.

use axum::http::HeaderValue;
use clap::Args;
use threadline_core::id::WorkspaceId;

use crate::admission::Limits;
use crate::config::ConfigError;
use crate::limits;
use crate::origin::{self, Origins};

/// Which pages may connect, and how much may come from one place.
#[derive(Args)]
pub(super) struct Admitting {
    /// A web page's origin that may connect, such as https://shop.example; may be repeated.
    #[arg(long, env = "THREADLINE_ALLOW_ORIGIN", value_delimiter = ',', value_parser = origin::parse)]
    allow_origin: Vec<HeaderValue>,
    /// One of these origins for one workspace, such as acme=https://shop.example; a workspace that has any admits only those; may be repeated.
    #[arg(long, env = "THREADLINE_WORKSPACE_ORIGIN", value_delimiter = ',', value_parser = of_workspace)]
    workspace_origin: Vec<(WorkspaceId, HeaderValue)>,
    /// How many proxies of yours stand before the server, each appending to X-Forwarded-For.
    #[arg(long, env = "THREADLINE_PROXIES", default_value_t = 0)]
    proxies: usize,
    /// Open sockets in one workspace on this process.
    #[arg(long, env = "THREADLINE_SOCKETS_PER_WORKSPACE", default_value_t = limits::SOCKETS_PER_WORKSPACE)]
    sockets_per_workspace: usize,
    /// Open sockets from one address; the machine itself is not counted.
    #[arg(long, env = "THREADLINE_SOCKETS_PER_ADDRESS", default_value_t = limits::SOCKETS_PER_ADDRESS)]
    sockets_per_address: usize,
    /// HTTP requests per second with one token, ten seconds' worth at once; 0 for no limit.
    #[arg(long, env = "THREADLINE_REQUESTS_PER_TOKEN", default_value_t = limits::REQUESTS_PER_TOKEN)]
    requests_per_token: u32,
    /// The same from one address; the machine itself is not counted.
    #[arg(long, env = "THREADLINE_REQUESTS_PER_ADDRESS", default_value_t = limits::REQUESTS_PER_ADDRESS)]
    requests_per_address: u32,
}

impl Admitting {
    /// The lists of pages; refused where they contradict each other.
    pub(super) fn origins(&self) -> Result<Origins, ConfigError> {
        let mut origins = Origins::new(self.allow_origin.clone());
        for (workspace, origin) in &self.workspace_origin {
            if !origins.lists(origin) {
                let origin = origin.to_str().unwrap_or_default().to_owned();
                return Err(ConfigError::UnlistedOrigin(workspace.clone(), origin));
            }
            origins.narrow(workspace.clone(), origin.clone());
        }
        Ok(origins)
    }

    /// The numbers.
    pub(super) fn limits(&self) -> Result<Limits, ConfigError> {
        for (flag, value) in [
            ("--sockets-per-workspace", self.sockets_per_workspace),
            ("--sockets-per-address", self.sockets_per_address),
        ] {
            if value == 0 {
                return Err(ConfigError::NobodyConnects(flag));
            }
        }
        Ok(Limits {
            proxies: self.proxies,
            sockets_per_workspace: self.sockets_per_workspace,
            sockets_per_address: self.sockets_per_address,
            requests_per_token: self.requests_per_token,
            requests_per_address: self.requests_per_address,
        })
    }
}

/// `WORKSPACE=ORIGIN`.
fn of_workspace(text: &str) -> Result<(WorkspaceId, HeaderValue), String> {
    let (workspace, origin) = text
        .split_once('=')
        .ok_or("it is a workspace, =, and an origin: acme=https://shop.example")?;
    let workspace = workspace
        .parse()
        .map_err(|_| "before the = stands a workspace's id".to_owned())?;
    Ok((workspace, origin::parse(origin)?))
}

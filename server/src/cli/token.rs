//! `threadline token`.

use clap::Args;
use threadline_core::id::{MemberId, WorkspaceId};
use threadline_core::model::Role;

use super::Failure;
use super::signing::Signing;
use super::storage::Storage;
use crate::identity::{Audience, Claims};
use crate::{clock, limits};

#[derive(Args)]
pub(super) struct Token {
    #[command(flatten)]
    storage: Storage,
    /// The workspace it opens.
    #[arg(long)]
    workspace: WorkspaceId,
    /// The member's id.
    #[arg(long)]
    member: MemberId,
    /// What the member may do: admin, agent, viewer or service.
    #[arg(long, value_parser = role)]
    role: Role,
    /// The name shown to teammates.
    #[arg(long)]
    name: Option<String>,
    /// What it is good for of what the role allows, as in "read write": of read,
    /// write, channels, admin and sync; all of it unless it is given.
    #[arg(long)]
    scope: Option<String>,
    /// Seconds until it expires.
    #[arg(long, default_value_t = limits::TOKEN_SECONDS)]
    ttl: u64,
    #[command(flatten)]
    signing: Signing,
}

fn role(text: &str) -> Result<Role, String> {
    serde_json::from_value(text.into())
        .map_err(|_| "a role is admin, agent, viewer or service".to_owned())
}

/// Prints a token.
pub(super) fn run(args: &Token) -> Result<(), Failure> {
    let longest = args.signing.max_token_life;
    if args.ttl > longest {
        let text = format!(
            "no server takes a token that lives longer than {longest} seconds (--max-token-life)"
        );
        return Err(text.into());
    }
    let seconds = u64::try_from(clock::now().as_millis() / 1_000)?;
    let claims = Claims {
        iss: args
            .signing
            .issuer
            .clone()
            .unwrap_or_else(|| "threadline".to_owned()),
        aud: args.signing.audience.clone().map(Audience::One),
        sub: args.member.clone(),
        exp: seconds.saturating_add(args.ttl),
        nbf: None,
        iat: Some(seconds),
        jti: hex::encode(clock::random::<16>()?),
        workspace: args.workspace.clone(),
        role: args.role,
        name: args.name.clone(),
        teams: None,
        scope: args.scope.clone(),
        signed_with: None,
    };
    println!(
        "{}",
        args.signing.keys(args.storage.folder())?.sign(&claims)?
    );
    Ok(())
}

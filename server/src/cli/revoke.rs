//! `threadline revoke`.

use clap::Args;
use threadline_core::id::{MemberId, WorkspaceId};

use super::Failure;
use super::storage::Storage;
use crate::identity::{Revocation, Target};
use crate::{clock, limits};

#[derive(Args)]
pub(super) struct Revoke {
    #[command(flatten)]
    storage: Storage,
    /// The workspace that the tokens open.
    #[arg(long)]
    workspace: WorkspaceId,
    #[command(flatten)]
    what: What,
    /// The servers' --max-token-life, in seconds: so long the revocation is kept.
    #[arg(long, env = "THREADLINE_MAX_TOKEN_LIFE", default_value_t = limits::TOKEN_LIFE_SECONDS)]
    max_token_life: u64,
}

/// One token, or all of one member.
#[derive(Args)]
#[group(required = true, multiple = false)]
struct What {
    /// The id (`jti`) of the token to take back.
    #[arg(long)]
    jti: Option<String>,
    /// The member all of whose tokens are taken back; those that say (`iat`) that they were signed later are good.
    #[arg(long)]
    member: Option<MemberId>,
}

/// Takes tokens back.
pub(super) fn run(args: &Revoke) -> Result<(), Failure> {
    let jti = args.what.jti.clone().map(Target::Jti);
    let member = args.what.member.clone().map(Target::Member);
    let target = jti.or(member).ok_or("name a --jti or a --member")?;
    let revocation = Revocation::new(target, clock::now(), args.max_token_life);
    args.storage.revoke(&args.workspace, revocation)
}

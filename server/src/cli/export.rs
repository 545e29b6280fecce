//! `threadline export`.

use std::fs::File;
use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use threadline_core::id::{ConversationId, WorkspaceId};

use super::Failure;
use super::storage::Storage;
use crate::bundle::{self, Scope};

#[derive(Args)]
pub(super) struct Export {
    #[command(flatten)]
    storage: Storage,
    /// The workspace.
    #[arg(long)]
    workspace: WorkspaceId,
    /// Only this conversation, with its contact.
    #[arg(long)]
    conversation: Option<ConversationId>,
    /// Leaves attachments and raw mails out.
    #[arg(long)]
    without_blobs: bool,
    /// The file to write; it must not exist.
    #[arg(long)]
    out: PathBuf,
}

/// Writes the bundle.
pub(super) fn run(args: &Export) -> Result<(), Failure> {
    let store = args.storage.open()?;
    let listed = store.open(&args.workspace)?.members.into_iter();
    let members: Vec<_> = listed.map(|listed| listed.member).collect();
    let mut file = File::create_new(&args.out)?;
    let scope = Scope {
        conversation: args.conversation,
        blobs: !args.without_blobs,
    };
    let write = |piece: Vec<u8>| -> Result<(), Failure> { Ok(file.write_all(&piece)?) };
    let written = bundle::export(&*store, &args.workspace, &members, scope, write);
    if let Err(error) = written.and_then(|()| Ok(file.sync_all()?)) {
        // Half a bundle is of no use to anybody.
        std::fs::remove_file(&args.out)?;
        return Err(error);
    }
    Ok(())
}

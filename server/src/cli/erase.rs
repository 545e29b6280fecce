//! `threadline erase`.

use clap::Args;
use threadline_core::id::{ContactId, WorkspaceId};

use super::Failure;
use super::storage::Storage;
use crate::{erasure, summary};

#[derive(Args)]
pub(super) struct Erase {
    #[command(flatten)]
    storage: Storage,
    /// The workspace.
    #[arg(long)]
    workspace: WorkspaceId,
    /// The contact; those that were merged into it go too.
    #[arg(long)]
    contact: ContactId,
}

/// Erases the person, and says what that came to.
pub(super) fn run(args: &Erase) -> Result<(), Failure> {
    let store = args.storage.open()?;
    summary::refresh(&*store)?;
    let erased = erasure::erase(&*store, &args.workspace, args.contact)?;
    drop(store);
    // Told first: it is done, whether the rest succeeds or not.
    print!("{erased}");
    args.storage.sweep()
}

//! `threadline erase`.

use clap::Args;
use threadline_core::error::Code;
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

/// Erases the person, and says what that came to. Where that was done before,
/// what was deleted is swept out again: the first time it may not have come so far.
pub(super) fn run(args: &Erase) -> Result<(), Failure> {
    let store = args.storage.open()?;
    summary::refresh(&*store)?;
    let erased = erasure::erase(&*store, &args.workspace, args.contact);
    drop(store);
    // Told first: it is done, whether the rest succeeds or not.
    match erased {
        Ok(erased) => print!("{erased}"),
        Err(refusal) if refusal.code == Code::Erased => {
            println!("erased before; what was deleted is swept out of the database again");
        }
        Err(refusal) => return Err(refusal.into()),
    }
    args.storage.sweep()
}

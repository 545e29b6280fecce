//! `threadline erase`.

use std::path::PathBuf;

use clap::Args;
use threadline_core::id::{ContactId, WorkspaceId};

use super::Failure;
use crate::store::{self, Sqlite};
use crate::{erasure, summary};

#[derive(Args)]
pub(super) struct Erase {
    /// Folder of the database; no server may be running on it.
    #[arg(long, env = "THREADLINE_DATA", default_value = "data")]
    data: PathBuf,
    /// The workspace.
    #[arg(long)]
    workspace: WorkspaceId,
    /// The contact; those that were merged into it go too.
    #[arg(long)]
    contact: ContactId,
}

/// Erases the person, and says what that came to.
pub(super) fn run(args: &Erase) -> Result<(), Failure> {
    let store = Sqlite::open(&args.data)?;
    summary::refresh(&store)?;
    let erased = erasure::erase(&store, &args.workspace, args.contact)?;
    drop(store);
    store::vacuum(&args.data)?;
    print!("{erased}");
    Ok(())
}

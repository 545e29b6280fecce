//! `threadline import`.

use std::path::PathBuf;

use clap::Args;
use threadline_core::bundle::Bundle;
use threadline_core::id::WorkspaceId;

use super::Failure;
use super::storage::Storage;
use crate::{bundle, summary};

#[derive(Args)]
pub(super) struct Import {
    #[command(flatten)]
    storage: Storage,
    /// The workspace to take it into.
    #[arg(long)]
    workspace: WorkspaceId,
    /// The file to read.
    file: PathBuf,
}

/// Takes the bundle in.
pub(super) fn run(args: &Import) -> Result<(), Failure> {
    let size = std::fs::metadata(&args.file)?.len();
    if size > threadline_core::limits::BUNDLE_BYTES as u64 {
        return Err("the file is too large for a bundle".into());
    }
    let bundle = Bundle::decode(&std::fs::read(&args.file)?)?;
    let store = args.storage.open()?;
    summary::refresh(&*store)?;
    let report = bundle::import(&*store, &args.workspace, bundle).map_err(|refusal| {
        let place = refusal.field.as_deref().unwrap_or("the whole");
        format!("nothing was taken in, because of {place}: {refusal}")
    })?;
    println!(
        "new: {} changes in {} documents, {} members",
        report.changes, report.documents, report.members
    );
    Ok(())
}

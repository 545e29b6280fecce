//! `threadline backup`.

use std::path::PathBuf;

use clap::Args;

use super::Failure;
use crate::{clock, store};

#[derive(Args)]
pub(super) struct Backup {
    /// Folder of the database; a server may be running on it.
    #[arg(long, env = "THREADLINE_DATA", default_value = "data")]
    data: PathBuf,
    /// The file to write; it must not exist.
    #[arg(long)]
    out: PathBuf,
    /// Days after which you will have deleted the file. An erasure names it
    /// until then; without this, for good.
    #[arg(long)]
    keep_days: Option<u32>,
}

/// Writes the backup.
pub(super) fn run(args: &Backup) -> Result<(), Failure> {
    let kept_until = args
        .keep_days
        .map(|days| clock::now().plus_millis(clock::days(days)));
    store::backup(&args.data, &args.out, kept_until)?;
    Ok(())
}

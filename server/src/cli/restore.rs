//! `threadline restore`.

use std::path::PathBuf;

use clap::Args;

use super::Failure;
use crate::{clock, limits, store};

#[derive(Args)]
pub(super) struct Restore {
    /// Folder for the database, created where it is missing; it must hold none.
    #[arg(long, env = "THREADLINE_DATA", default_value = "data")]
    data: PathBuf,
    /// Days in which clients bring back what others wrote after the backup.
    /// Afterwards everybody brings back only their own.
    #[arg(long, default_value_t = limits::REFILL_DAYS)]
    refill_days: u32,
    /// The backup.
    file: PathBuf,
}

/// Makes a folder of a backup, and checks it.
pub(super) fn run(args: &Restore) -> Result<(), Failure> {
    let refill_until = clock::now().plus_millis(clock::days(args.refill_days));
    let verified = store::restore(&args.file, &args.data, refill_until)?;
    println!("{verified}");
    Ok(())
}

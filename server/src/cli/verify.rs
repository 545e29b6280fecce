//! `threadline verify`.

use std::path::PathBuf;

use clap::Args;

use super::Failure;
use crate::store::Sqlite;
use crate::verify::verify;

#[derive(Args)]
pub(super) struct Verify {
    /// Folder of the database; a server may be running on it.
    #[arg(long, env = "THREADLINE_DATA", default_value = "data")]
    data: PathBuf,
}

/// Compares everything; fails with the first difference.
pub(super) fn run(args: &Verify) -> Result<(), Failure> {
    let verified = verify(&Sqlite::look(&args.data)?)?;
    println!("{verified}");
    Ok(())
}

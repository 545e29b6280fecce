//! `threadline verify`.

use clap::Args;

use super::Failure;
use super::storage::Storage;
use crate::verify::verify;

#[derive(Args)]
pub(super) struct Verify {
    #[command(flatten)]
    storage: Storage,
}

/// Compares everything; fails with the first difference.
pub(super) fn run(args: &Verify) -> Result<(), Failure> {
    let verified = verify(&*args.storage.look()?)?;
    println!("{verified}");
    Ok(())
}

//! What an operator does: the program's other subcommands, as processes.

use std::ffi::OsStr;
use std::path::Path;
use std::process::Command;

use crate::server::binary;

/// Runs a subcommand to its end: what it printed, or what it complained of.
pub fn threadline<A: AsRef<OsStr>>(args: impl IntoIterator<Item = A>) -> Result<String, String> {
    let output = Command::new(binary())
        .args(args)
        .env("THREADLINE_LOG", "warn")
        .output()
        .expect("the program runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("it prints text");
    if output.status.success() {
        Ok(text(output.stdout))
    } else {
        Err(text(output.stderr))
    }
}

/// `threadline verify` on a folder: its report, or the first difference.
pub fn verify(data: &Path) -> Result<String, String> {
    threadline(["verify".as_ref(), "--data".as_ref(), data.as_os_str()])
}

//! The `threadline` program.

use std::process::ExitCode;

fn main() -> ExitCode {
    threadline_server::cli::main()
}

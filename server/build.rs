//! Makes sure that the folder with the built widget exists, so that the server also
//! compiles on a checkout where nobody has built the widget yet, and that the server
//! is compiled anew when the embedded files change.

use std::{fs, io};

fn main() -> io::Result<()> {
    fs::create_dir_all("../wasm/dist")?;
    println!("cargo::rerun-if-changed=../wasm/dist");
    println!("cargo::rerun-if-changed=../web-demo");
    Ok(())
}

//! Turns the compiled `threadline-wasm` into the module the npm package imports.
//!
//! The generator is a dependency, not an installed tool: it then comes from the same
//! lock file as the `wasm-bindgen` it must match exactly, and a clean clone needs
//! nothing but cargo.
//!
//! Reads  `TARGET/wasm32-unknown-unknown/wasm/threadline_wasm.wasm`, where `TARGET` is
//!        `CARGO_TARGET_DIR` or `target/` of the workspace.
//! Writes `wasm/pkg/threadline.js`, `threadline.d.ts` and `threadline_bg.wasm`.

mod pack;

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use wasm_bindgen_cli_support::Bindgen;

fn main() -> Result<()> {
    let package = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let input = target_directory(&package).join("wasm32-unknown-unknown/wasm/threadline_wasm.wasm");
    let output = package.join("pkg");

    Bindgen::new()
        .input_path(&input)
        .out_name("threadline")
        .web(true)?
        .typescript(true)
        // The module finds its wasm beside itself; a host may still pass an address or bytes.
        .omit_default_module_path(false)
        .generate(&output)
        .with_context(|| {
            format!(
                "no bindings from {}; build it first: \
                 cargo build -p threadline-wasm --target wasm32-unknown-unknown --profile wasm",
                input.display()
            )
        })?;

    let module = output.join("threadline_bg.wasm");
    fs::write(&module, pack::pack(&fs::read(&module)?)?)?;
    Ok(())
}

/// Where cargo puts what it builds, by the rule cargo itself follows.
fn target_directory(package: &Path) -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| package.join("../target"), PathBuf::from)
}

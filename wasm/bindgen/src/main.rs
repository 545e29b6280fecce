//! Runs the binding generator.
fn main() {}

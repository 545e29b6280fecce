//! The Threadline server.
fn main() {}

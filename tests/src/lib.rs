//! What spans the parts.

pub mod client;
pub mod pen;
pub mod server;

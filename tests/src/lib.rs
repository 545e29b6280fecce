//! What spans the parts.

#![expect(
    clippy::expect_used,
    reason = "what fails here fails the test that asked for it"
)]

pub mod api;
pub mod client;
pub mod mailbox;
pub mod pen;
pub mod roles;
pub mod server;

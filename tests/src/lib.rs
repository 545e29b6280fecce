//! What spans the parts.

#![expect(
    clippy::expect_used,
    reason = "what fails here fails the test that asked for it"
)]

pub mod api;
pub mod client;
pub mod desk;
pub mod mailbox;
pub mod operator;
pub mod pen;
pub mod server;

//! What spans the parts.

#![expect(
    clippy::expect_used,
    reason = "what fails here fails the test that asked for it"
)]

pub mod api;
pub mod client;
pub mod desk;
#[cfg(target_os = "linux")]
pub mod disk;
pub mod ledger;
pub mod mailbox;
pub mod operator;
pub mod pen;
pub mod roles;
pub mod server;

//! What spans the parts.

#![expect(
    clippy::expect_used,
    reason = "what fails here fails the test that asked for it"
)]

pub mod agent;
pub mod api;
#[path = "../../server/src/bus/service.rs"]
pub mod bus;
pub mod client;
#[path = "../../server/src/store/postgres/cluster.rs"]
pub mod cluster;
pub mod desk;
#[cfg(target_os = "linux")]
pub mod disk;
pub mod doors;
pub mod ledger;
pub mod mailbox;
pub mod operator;
pub mod pen;
pub mod proxy;
pub mod relay;
pub mod repo;
pub mod roles;
pub mod server;
pub mod tap;

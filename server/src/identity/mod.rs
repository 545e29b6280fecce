//! Who may act: what tokens say, the keys that sign them, what was taken back
//! before its time, and tickets for those who cannot send a token in a frame.
//!
//! [`Keys::verify`] is the one door for tokens, the workspace's directory the
//! one place that knows who is on the team and what was revoked.

mod claims;
mod follow;
mod jwks;
mod keys;
mod revocation;
mod scope;
#[cfg(test)]
mod tests;
pub(crate) mod tickets;

pub(crate) use claims::bad_token;
pub use claims::{Audience, Claims, SignedWith};
pub(crate) use follow::follow;
pub(crate) use jwks::JwksError;
pub use keys::{Expected, Keys};
pub(crate) use revocation::{Revocation, Revoked, Target};
pub(crate) use scope::Scope;
pub(crate) use tickets::Ticket;

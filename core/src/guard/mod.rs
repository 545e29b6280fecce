//! The server's ingest guard: every byte of a change is hostile until it was
//! here. Reading order: [`chunk`](self) takes bytes apart without trusting a
//! length in them, the causal checks tie a change to what is known, the shape
//! checks hold every operation against the schema and the member's role, and
//! what the change does against what it tells the audit trail.
//!
//! Automerge itself checks little of this: an operation that names a
//! predecessor under another key deletes it, one that names an element of
//! another text is lost, and a change that is lost in one replica makes it
//! panic in another. Clients never run the guard; they trust the server.

mod actors;
mod causal;
mod chunk;
mod gate;
mod marks;
mod owed;
mod place;
mod puts;
mod scan;
mod shape;
mod slots;
#[cfg(test)]
mod tests;
mod trail;

use std::panic::{AssertUnwindSafe, catch_unwind};

pub use actors::Actors;
pub(crate) use causal::author_footer;
pub use causal::{Naming, author};
pub use chunk::{Incoming, Outline, Rejected, hash, outline, read};
pub(crate) use chunk::{check_size, push_unsigned};
pub use gate::Gate;
pub use marks::Marks;
pub(crate) use scan::Reader;

/// Runs something that must not take more down than itself when it panics.
/// What it may have changed half must be dropped by the caller.
pub fn contained<T>(work: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(work)).ok()
}

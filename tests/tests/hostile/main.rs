//! A hostile client against the real server process (architecture §5): an
//! insider with a good token, or a stranger without one, sends whatever could
//! break a document, a session, the process or a teammate's client. Everything
//! is refused with its code, and meanwhile two victims on the same document go
//! on working.
//!
//! What it cost the server is printed (`-- --nocapture`); the budget of
//! architecture §8 is asserted with a wide margin only, because this is not the
//! release build and the machine does other things.

#![expect(
    clippy::unwrap_used,
    reason = "what fails here fails the test that asked for it"
)]

mod changes;
mod chunks;
mod floods;
mod forge;
mod frames;
mod stage;
mod tokens;

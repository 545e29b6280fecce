//! What sets flows off, and what they see when they run. Running one is a command
//! ([`ConversationCommand::RunFlow`]); whoever runs it gives the server's time.
//!
//! [`ConversationCommand::RunFlow`]: crate::command::ConversationCommand::RunFlow

mod happened;
mod story;

pub use happened::Happened;

pub(crate) use story::{Story, beginning, is_by_customer};

//! Threadline's domain core.
//!
//! The same code decides in the browser, on the server and in tests. It does
//! no IO, reads no clock, draws no random number and has no async: time, ids
//! and the acting member come in as parameters, effects go out as data.
//!
//! In reading order: [`id`], [`time`], [`error`] and [`limits`] are the words;
//! [`model`] is what views show; [`command`] is what can be asked; [`document`] reads
//! and writes Automerge; [`thread`], [`schedule`] and [`template`] are rules that
//! need no document, [`outgoing`] one that says what is to be sent; [`flow`] is what sets
//! automations off; [`contacts`] reads and writes files of contacts; [`replica`] is a
//! member's copy of it all; [`guard`]
//! is what a change from outside has to pass; [`sync`] is how two parties stay
//! equal; [`read`] takes in what JavaScript gives; [`bundle`] is
//! a workspace in a file.

pub mod bundle;
pub mod command;
pub mod contacts;
pub mod document;
pub mod erasure;
pub mod error;
pub mod flow;
pub mod guard;
pub mod id;
pub mod limits;
pub mod model;
pub mod outgoing;
pub mod read;
pub mod replica;
pub mod schedule;
pub mod sync;
pub mod template;
pub mod thread;
pub mod time;

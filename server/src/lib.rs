//! Threadline's server: sockets, storage and channels around the core.
//!
//! In reading order: [`cli`] is what an operator can ask; `config` what the
//! answers become; `app` what all requests share; `router` every address there
//! is. `sync` carries frames between a socket and its `workspace`, which runs
//! the core's hub; `directory` is the
//! team; `store` keeps what the hub decided, and
//! `summary` keeps lists and search in step with the program, `verify` tells
//! whether all of it is still what was written;
//! `bundle` takes a workspace out and in as a file, `erasure` a person out for good. `mail` is a channel, `api` the rest
//! of what is asked over HTTP.
//!
//! Invariants: the server decides nothing that the core can decide; nothing is
//! acknowledged before it is durable; logs hold no message, name, address or token.

pub mod cli;
pub mod identity;
pub mod mail;

mod admission;
mod api;
mod app;
mod assets;
mod bundle;
mod bus;
mod clock;
mod config;
mod demo;
mod directory;
mod erasure;
mod lifecycle;
mod limits;
mod metrics;
mod origin;
mod problem;
mod repo;
mod router;
mod seed;
mod store;
mod summary;
mod sync;
mod verify;
mod workspace;
mod zones;

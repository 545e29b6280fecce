//! The session between a client and the server: frames, and a sans-IO state
//! machine for either end; and the buckets that bound what comes.

pub mod bucket;
pub mod frame;
pub mod hub;
mod price;
pub mod repo;

//! The session between a client and the server: frames, and a sans-IO state
//! machine for either end.

pub mod frame;
pub mod hub;
pub mod repo;

//! Threadline core.

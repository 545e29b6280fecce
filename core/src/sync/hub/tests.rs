//! Two sessions, an in-memory store, and everything that may go wrong.

//! The guard against changes that are wrong in one way each.

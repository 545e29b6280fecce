//! What spans the parts.

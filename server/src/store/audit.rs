//! The audit chain: each row's digest covers the row and the digest before it,
//! so that no row can be changed, removed or slipped in without breaking every
//! later one. The last digest is kept with the workspace.

use sha2::{Digest, Sha256};
use threadline_core::id::DocumentId;
use threadline_core::sync::hub::Entry;

/// The digest of the row for `entry`, after a row with the digest `previous`
/// (empty for the first).
pub(super) fn digest(previous: &[u8], entry: &Entry) -> [u8; 32] {
    let mut sha = Sha256::new();
    let doc = DocumentId::to_string(&entry.doc);
    // Fields of varying length are preceded by it, so that none can run into the next.
    for field in [previous, doc.as_bytes(), entry.member.as_str().as_bytes()] {
        sha.update((field.len() as u64).to_be_bytes());
        sha.update(field);
    }
    sha.update(entry.seq.to_be_bytes());
    sha.update(entry.hash);
    sha.update(entry.session.map_or(0, |session| session.0).to_be_bytes());
    sha.update(entry.received_at.as_millis().to_be_bytes());
    sha.finalize().into()
}

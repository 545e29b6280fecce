//! The audit chain: each row's digest covers the row and the digest before it,
//! so that no row can be changed, removed or slipped in without breaking every
//! later one. The last digest is kept with the workspace.

use sha2::{Digest, Sha256};
use threadline_core::sync::hub::SessionId;
use threadline_core::time::Timestamp;

/// What an audit row says; everything the digest covers.
pub(super) struct Record<'a> {
    /// The document's name, `kind:uuid`.
    pub(super) doc: &'a str,
    /// Who made the change.
    pub(super) member: &'a str,
    /// Place in the workspace's sequence.
    pub(super) seq: u64,
    /// The change's hash.
    pub(super) hash: &'a [u8],
    /// The session that brought it; `None`: the server itself.
    pub(super) session: Option<SessionId>,
    /// When it arrived.
    pub(super) received_at: Timestamp,
}

/// The digest of a row after one with the digest `previous` (empty for the first).
pub(super) fn digest(previous: &[u8], record: &Record<'_>) -> [u8; 32] {
    let mut sha = Sha256::new();
    // Fields of varying length are preceded by it, so that none can run into the next.
    for field in [previous, record.doc.as_bytes(), record.member.as_bytes()] {
        sha.update((field.len() as u64).to_be_bytes());
        sha.update(field);
    }
    sha.update(record.seq.to_be_bytes());
    sha.update(record.hash);
    sha.update(record.session.map_or(0, |session| session.0).to_be_bytes());
    sha.update(record.received_at.as_millis().to_be_bytes());
    sha.finalize().into()
}

//! The edge: the only place of the server that reads the clock and draws ids.

use std::time::{SystemTime, UNIX_EPOCH};

use threadline_core::id::Ids;
use threadline_core::time::Timestamp;
use uuid::Uuid;

/// The present moment.
#[expect(
    clippy::disallowed_methods,
    reason = "the server's one reading of the clock; everything else is handed the time"
)]
pub(crate) fn now() -> Timestamp {
    // A clock set before 1970 reads as 1970.
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// Days in milliseconds.
pub(crate) fn days(count: u32) -> i64 {
    i64::from(count) * 86_400_000
}

/// Ids in time order (UUIDv7, RFC 9562 §5.7).
pub(crate) struct RandomIds;

impl Ids for RandomIds {
    #[expect(
        clippy::disallowed_methods,
        reason = "the server's one source of ids; everything else is handed this"
    )]
    fn next_id(&mut self) -> Uuid {
        Uuid::now_v7()
    }
}

/// `N` bytes that nobody can guess.
///
/// Fails only where the operating system has no random source.
pub(crate) fn random<const N: usize>() -> Result<[u8; N], getrandom::Error> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)?;
    Ok(bytes)
}

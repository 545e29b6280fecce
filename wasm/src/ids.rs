//! Ids for the core: random UUIDv7. This is the edge, so here the clock is
//! read and chance is drawn.

use threadline_core::id::Ids;
use uuid::Uuid;

/// Draws ids from the browser's clock and random source.
pub(crate) struct BrowserIds;

impl Ids for BrowserIds {
    fn next_id(&mut self) -> Uuid {
        let mut random = [0_u8; 10];
        #[expect(
            clippy::expect_used,
            reason = "a browser without a random source can not make ids at all"
        )]
        getrandom::fill(&mut random).expect("the browser has a random source");
        // Milliseconds since 1970 are a positive whole number below 2^53.
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "the present is a whole number of milliseconds after 1970"
        )]
        let millis = js_sys::Date::now() as u64;
        uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
    }
}

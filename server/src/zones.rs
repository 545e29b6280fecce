//! The database of time zones, which the core does not have.

use jiff::Timestamp as Moment;
use jiff::tz::TimeZoneDatabase;
use threadline_core::schedule::{ZoneOffset, Zones};
use threadline_core::time::Timestamp;

/// Offsets that are looked up: of a zone that changes its clocks twice a year, for
/// five years.
const OFFSETS: usize = 10;

/// The database that comes with the program: it is the same on every server, whatever
/// the system has.
pub(crate) struct Database(TimeZoneDatabase);

impl Database {
    pub(crate) fn new() -> Self {
        Self(TimeZoneDatabase::bundled())
    }
}

impl Zones for Database {
    fn offsets(&self, zone: &str, now: Timestamp) -> Vec<ZoneOffset> {
        let (Ok(zone), Ok(moment)) = (self.0.get(zone), Moment::from_millisecond(now.as_millis()))
        else {
            return Vec::new();
        };
        let minutes = |seconds: i32| i64::from(seconds) / 60;
        let first = ZoneOffset {
            from: now,
            offset: minutes(zone.to_offset(moment).seconds()),
        };
        let later = zone.following(moment).take(OFFSETS);
        let later = later.map(|change| ZoneOffset {
            from: Timestamp::from_millis(change.timestamp().as_millisecond()),
            offset: minutes(change.offset().seconds()),
        });
        std::iter::once(first).chain(later).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zone_says_when_its_clocks_change() {
        // 2026-03-20T00:00:00Z; summer time begins on the 29th.
        let now = Timestamp::from_millis(1_773_964_800_000);
        let offsets = Database::new().offsets("Europe/Lisbon", now);
        assert_eq!(
            offsets[0],
            ZoneOffset {
                from: now,
                offset: 0
            }
        );
        let summer = ZoneOffset {
            from: Timestamp::from_millis(1_774_746_000_000),
            offset: 60,
        };
        assert_eq!(offsets[1], summer);
        assert_eq!(offsets.len(), OFFSETS + 1);
        assert_eq!(Database::new().offsets("UTC", now).len(), 1);
        assert_eq!(Database::new().offsets("No/Such", now), []);
    }
}

//! Time is a parameter. These types only carry and compare it.

use std::fmt;

use chrono::{DateTime, Datelike, NaiveDate, Timelike};
use serde::{Deserialize, Serialize};

use crate::error::{Code, Refusal};

/// Milliseconds since 1970-01-01T00:00:00Z. Kept within ±2^53 so that it is
/// the same number in JavaScript.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(transparent)]
pub struct Timestamp(#[cfg_attr(feature = "typescript", tsify(type = "number"))] i64);

impl Timestamp {
    const MAX: i64 = 8_640_000_000_000_000;

    /// A timestamp; values outside what a JavaScript `Date` holds are clamped.
    pub fn from_millis(millis: i64) -> Self {
        Self(millis.clamp(-Self::MAX, Self::MAX))
    }

    /// Milliseconds since the epoch.
    pub fn as_millis(self) -> i64 {
        self.0
    }

    /// The moment `millis` later.
    #[must_use]
    pub fn plus_millis(self, millis: i64) -> Self {
        Self::from_millis(self.0.saturating_add(millis))
    }
}

/// When a task is due: a moment, or a whole day in a zone.
///
/// Stored as one string (RFC 9557: `2026-11-30T22:59:59.999Z[Europe/Lisbon]`,
/// a whole day with the suffix `[_all-day=2026-11-30]`), so that two members who set it
/// at once never get one's day with the other's zone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Due {
    /// The moment after which it is overdue; for a whole day, its end in `zone`.
    pub at: Timestamp,
    /// IANA zone name in which the person chose it.
    pub zone: String,
    /// The calendar day (`YYYY-MM-DD`) when only a day was chosen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub day: Option<String>,
}

impl Due {
    /// Checks zone and day.
    pub fn check(&self) -> Result<(), Refusal> {
        check_zone(&self.zone, "due")?;
        match &self.day {
            Some(day) if read_day(day).is_none() => {
                Err(Refusal::new(Code::Invalid, "This is not a day of the calendar.").on("due"))
            }
            _ => Ok(()),
        }
    }

    /// Reads the stored form; `None` where it is not one.
    pub fn parse(text: &str) -> Option<Self> {
        let (instant, rest) = text.split_once('[')?;
        let at = read_instant(instant)?;
        let (zone, rest) = rest.split_once(']')?;
        let day = rest
            .strip_prefix("[_all-day=")
            .and_then(|rest| rest.strip_suffix(']'))
            .map(str::to_owned);
        let due = Self {
            at: Timestamp::from_millis(at),
            zone: zone.to_owned(),
            day,
        };
        due.check().ok()?;
        Some(due)
    }
}

impl fmt::Display for Due {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_instant(f, self.at)?;
        write!(f, "[{}]", self.zone)?;
        match &self.day {
            Some(day) => write!(f, "[_all-day={day}]"),
            None => Ok(()),
        }
    }
}

/// From when to when something takes place, and the zone in which a person
/// chose it. Stored as one string (`2026-11-30T10:00:00.000Z/2026-11-30T11:00:00.000Z[Europe/Lisbon]`),
/// so that two members who move it at once never mix their times.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TimeSpan {
    /// When it begins.
    pub start: Timestamp,
    /// When it ends; not before `start`.
    pub end: Timestamp,
    /// IANA zone name.
    pub zone: String,
}

impl TimeSpan {
    /// Checks the order of the moments and the zone.
    pub fn check(&self) -> Result<(), Refusal> {
        if self.end < self.start {
            return Err(Refusal::new(Code::Invalid, "The end is not before the start.").on("end"));
        }
        check_zone(&self.zone, "zone")
    }

    /// Reads the stored form; `None` where it is not one.
    pub fn parse(text: &str) -> Option<Self> {
        let (start, rest) = text.split_once('/')?;
        let (end, rest) = rest.split_once('[')?;
        let span = Self {
            start: Timestamp::from_millis(read_instant(start)?),
            end: Timestamp::from_millis(read_instant(end)?),
            zone: rest.strip_suffix(']')?.to_owned(),
        };
        span.check().ok()?;
        Some(span)
    }
}

impl fmt::Display for TimeSpan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_instant(f, self.start)?;
        f.write_str("/")?;
        write_instant(f, self.end)?;
        write!(f, "[{}]", self.zone)
    }
}

/// Checks that a text can be the name of an IANA zone.
pub(crate) fn check_zone(zone: &str, field: &str) -> Result<(), Refusal> {
    let fits = !zone.is_empty()
        && zone.len() <= 64
        && zone
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"/_+-".contains(&b));
    if fits {
        Ok(())
    } else {
        Err(Refusal::new(Code::Invalid, "This is not a time zone.").on(field))
    }
}

// Read and written by hand: the calendar's own reader and writer take every
// form there is, at 10 KB of the module that a browser downloads.

fn write_instant(f: &mut fmt::Formatter<'_>, at: Timestamp) -> fmt::Result {
    let at = DateTime::from_timestamp_millis(at.0).unwrap_or_default();
    let (year, month, day) = (at.year(), at.month(), at.day());
    let (hour, minute, second) = (at.hour(), at.minute(), at.second());
    let millis = at.timestamp_subsec_millis();
    write!(
        f,
        "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{millis:03}Z"
    )
}

/// `YYYY-MM-DD`, where the calendar has that day.
pub(crate) fn read_day(text: &str) -> Option<NaiveDate> {
    let mut parts = text.splitn(3, '-');
    let year = number(parts.next()?, 4)?;
    let month = number(parts.next()?, 2)?;
    let day = number(parts.next()?, 2)?;
    NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)
}

/// `YYYY-MM-DDThh:mm:ss.sssZ` in milliseconds since the epoch.
fn read_instant(text: &str) -> Option<i64> {
    let (day, time) = text.strip_suffix('Z')?.split_once('T')?;
    let (time, millis) = time.split_once('.')?;
    let mut parts = time.splitn(3, ':');
    let hour = number(parts.next()?, 2)?;
    let minute = number(parts.next()?, 2)?;
    let second = number(parts.next()?, 2)?;
    let at = read_day(day)?.and_hms_milli_opt(hour, minute, second, number(millis, 3)?)?;
    Some(at.and_utc().timestamp_millis())
}

/// A number of exactly so many digits.
fn number(text: &str, digits: usize) -> Option<u32> {
    let fits = text.len() == digits && text.bytes().all(|b| b.is_ascii_digit());
    fits.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn due(millis: i64, day: Option<&str>) -> Due {
        Due {
            at: Timestamp::from_millis(millis),
            zone: "Europe/Lisbon".to_owned(),
            day: day.map(str::to_owned),
        }
    }

    #[test]
    fn a_due_date_reads_back_as_it_was_written() {
        let table = [
            (due(0, None), "1970-01-01T00:00:00.000Z[Europe/Lisbon]"),
            (due(-1, None), "1969-12-31T23:59:59.999Z[Europe/Lisbon]"),
            (
                due(1_709_251_199_999, Some("2024-02-29")),
                "2024-02-29T23:59:59.999Z[Europe/Lisbon][_all-day=2024-02-29]",
            ),
        ];
        for (due, text) in table {
            assert_eq!(due.to_string(), text);
            assert_eq!(Due::parse(text), Some(due));
        }
    }

    #[test]
    fn what_is_no_date_is_not_read() {
        let table = [
            "2026-02-29T00:00:00.000Z[UTC]",
            "2026-01-01T24:00:00.000Z[UTC]",
            "2026-01-01T00:00:00.000[UTC]",
            "2026-01-01T00:00:00Z[UTC]",
            "2026-1-01T00:00:00.000Z[UTC]",
            "+026-01-01T00:00:00.000Z[UTC]",
            "2026-01-01T00:00:00.000Z",
            "2026-01-01T00:00:00.000Z[no zone]",
            "2026-01-01T00:00:00.000Z[UTC][_all-day=2026-13-01]",
        ];
        for text in table {
            assert_eq!(Due::parse(text), None, "{text}");
        }
    }
}

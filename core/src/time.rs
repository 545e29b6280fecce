//! Time is a parameter. These types only carry and compare it.

use std::fmt;

use chrono::{DateTime, NaiveDate, SecondsFormat};
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
        let zone_fits = !self.zone.is_empty()
            && self.zone.len() <= 64
            && self
                .zone
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"/_+-".contains(&b));
        if !zone_fits {
            return Err(Refusal::new(Code::Invalid, "This is not a time zone.").on("due"));
        }
        match &self.day {
            Some(day) if NaiveDate::parse_from_str(day, "%Y-%m-%d").is_err() => {
                Err(Refusal::new(Code::Invalid, "This is not a day of the calendar.").on("due"))
            }
            _ => Ok(()),
        }
    }

    /// Reads the stored form; `None` where it is not one.
    pub fn parse(text: &str) -> Option<Self> {
        let (instant, rest) = text.split_once('[')?;
        let at = DateTime::parse_from_rfc3339(instant)
            .ok()?
            .timestamp_millis();
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
        let instant = DateTime::from_timestamp_millis(self.at.0)
            .unwrap_or_default()
            .to_rfc3339_opts(SecondsFormat::Millis, true);
        write!(f, "{instant}[{}]", self.zone)?;
        match &self.day {
            Some(day) => write!(f, "[_all-day={day}]"),
            None => Ok(()),
        }
    }
}

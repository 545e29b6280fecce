//! Due dates relative to a moment: "in 2 business days" (spec F1.4).
//!
//! The core has no database of time zones. Whoever asks gives the zone's offsets
//! around the moment; a browser has them from `Intl`, the server from its own.

use chrono::{DateTime, Datelike};
use serde::{Deserialize, Serialize};

use crate::model::{Hours, Policies};
use crate::time::{Due, Timestamp};

const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;
/// The most of any unit; a longer way is cut to it.
const MOST: u32 = 10_000;

/// Days that are looked at for business hours.
const HORIZON: i64 = 100_000;

/// What a relative due date counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "snake_case")]
pub enum DueUnit {
    /// Minutes.
    Minutes,
    /// Hours of 60 minutes.
    Hours,
    /// Days of the calendar; due at the end of the last.
    Days,
    /// Days with business hours, not counting today; due at the end of the last.
    BusinessDays,
    /// Hours while business is open.
    BusinessHours,
}

/// How far a zone is from UTC, from a moment on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ZoneOffset {
    /// The moment.
    pub from: Timestamp,
    /// Minutes that local clocks are ahead of UTC; negative behind.
    #[cfg_attr(feature = "typescript", tsify(type = "number"))]
    pub offset: i64,
}

/// Where a zone's offsets come from. The process around the core implements it;
/// the core has no database of zones.
pub trait Zones {
    /// The offsets of an IANA zone from a moment on, in the order of time; none
    /// where the zone is unknown.
    fn offsets(&self, zone: &str, now: Timestamp) -> Vec<ZoneOffset>;
}

/// A question for a relative due date.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DueAsk {
    /// The moment it is relative to.
    pub now: Timestamp,
    /// How many units, at most 10,000.
    pub amount: u32,
    /// The unit.
    pub unit: DueUnit,
    /// The offsets of the workspace's zone in the order of time. The first also holds
    /// before it began; with none, local time is UTC.
    pub offsets: Vec<ZoneOffset>,
}

impl DueAsk {
    /// The due date by the workspace's hours and zone. Where it has no business
    /// hours, business days are days and business hours are hours.
    pub fn due(&self, policies: &Policies) -> Due {
        let hours: Vec<Hours> = policies.hours.iter().copied().filter(is_real).collect();
        let amount = i64::from(self.amount.min(MOST));
        let clock = Clock(&self.offsets);
        let (at, day) = match self.unit {
            DueUnit::Minutes => (self.now.plus_millis(amount * MINUTE), None),
            DueUnit::BusinessHours if !hours.is_empty() => (
                clock.business_time(self.now, amount * 60 * MINUTE, &hours),
                None,
            ),
            DueUnit::Hours | DueUnit::BusinessHours => {
                (self.now.plus_millis(amount * 60 * MINUTE), None)
            }
            DueUnit::BusinessDays if !hours.is_empty() => {
                let day = business_day(clock.day(self.now), amount, &hours);
                (clock.end_of(day), Some(day))
            }
            DueUnit::Days | DueUnit::BusinessDays => {
                let day = clock.day(self.now) + amount;
                (clock.end_of(day), Some(day))
            }
        };
        Due {
            at,
            zone: policies.zone.clone(),
            day: day.map(name_of),
        }
    }
}

/// Whether a stretch is on a day of the week and not empty; a merged document
/// may say anything.
fn is_real(open: &Hours) -> bool {
    (1..=7).contains(&open.day) && open.from < open.to
}

/// The `amount`-th day after `day` with business hours. None at all is today,
/// or the next such day where today has none.
fn business_day(day: i64, amount: i64, hours: &[Hours]) -> i64 {
    let mut day = day;
    let mut left = amount;
    loop {
        if left == 0 && hours.iter().any(|open| open.day == weekday(day)) {
            return day;
        }
        day += 1;
        if left > 0 && hours.iter().any(|open| open.day == weekday(day)) {
            left -= 1;
        }
    }
}

/// Day of the week of a day counted from 1970-01-01, 1 for Monday.
fn weekday(day: i64) -> u32 {
    // The first was a Thursday.
    u32::try_from((day + 3).rem_euclid(7)).unwrap_or(0) + 1
}

/// `YYYY-MM-DD` of a day counted from 1970-01-01.
fn name_of(day: i64) -> String {
    let date = DateTime::from_timestamp_millis(day * DAY).unwrap_or_default();
    format!("{:04}-{:02}-{:02}", date.year(), date.month(), date.day())
}

/// The clocks of a zone.
struct Clock<'a>(&'a [ZoneOffset]);

impl Clock<'_> {
    /// Milliseconds that local clocks are ahead of UTC at a moment.
    fn offset(&self, at: Timestamp) -> i64 {
        let now = self.0.iter().rev().find(|zone| zone.from <= at);
        now.or(self.0.first())
            .map_or(0, |zone| zone.offset * MINUTE)
    }

    /// The local day at a moment, counted from 1970-01-01.
    fn day(&self, at: Timestamp) -> i64 {
        (at.as_millis() + self.offset(at)).div_euclid(DAY)
    }

    /// When clocks show `minute` of a day. Of a time that comes twice the first
    /// is meant; a time that is left out is as far behind the change as it would be.
    fn moment(&self, day: i64, minute: i64) -> Timestamp {
        let local = day * DAY + minute * MINUTE;
        let by = |zone: &ZoneOffset| Timestamp::from_millis(local - zone.offset * MINUTE);
        let shown = |at: &Timestamp| at.as_millis() + self.offset(*at) == local;
        let left_out = || {
            let before = Timestamp::from_millis(local - DAY);
            Timestamp::from_millis(local - self.offset(before))
        };
        self.0
            .iter()
            .map(by)
            .filter(shown)
            .min()
            .unwrap_or_else(left_out)
    }

    /// The last moment of a day.
    fn end_of(&self, day: i64) -> Timestamp {
        self.moment(day + 1, 0).plus_millis(-1)
    }

    /// The moment at which `left` milliseconds of business hours are over; the
    /// last of them where they reach beyond the horizon.
    fn business_time(&self, now: Timestamp, left: i64, hours: &[Hours]) -> Timestamp {
        let mut left = left;
        let mut at = now;
        let first = self.day(now);
        for day in first..first + HORIZON {
            for open in hours.iter().filter(|open| open.day == weekday(day)) {
                let end = self.moment(day, i64::from(open.to));
                let start = self.moment(day, i64::from(open.from)).max(at);
                let length = end.as_millis() - start.as_millis();
                // What is over, or was counted with the stretch before.
                if length <= 0 {
                    continue;
                }
                if left <= length {
                    return start.plus_millis(left);
                }
                left -= length;
                at = end;
            }
        }
        at
    }
}

#[cfg(test)]
#[path = "schedule/tests.rs"]
mod tests;

//! How fast a peer may go. Who is too fast waits; nobody is cut off for it.

use crate::time::Timestamp;

/// So much at once, and so much a second after that.
#[derive(Debug)]
pub(super) struct Pace {
    burst: i64,
    per_second: i64,
    /// In thousandths, so that it fills by milliseconds; below zero where more
    /// was used than there was.
    left: i64,
    at: Timestamp,
}

impl Pace {
    pub(super) fn new(now: Timestamp, burst: usize, per_second: usize) -> Self {
        let burst = i64::try_from(burst).unwrap_or(i64::MAX / 1_000) * 1_000;
        Self {
            burst,
            per_second: i64::try_from(per_second).unwrap_or(i64::MAX),
            left: burst,
            at: now,
        }
    }

    /// How many units are left.
    pub(super) fn left(&mut self, now: Timestamp) -> usize {
        // A clock that was set back fills nothing and takes nothing away.
        let passed = now.as_millis().saturating_sub(self.at.as_millis()).max(0);
        let gained = passed.saturating_mul(self.per_second);
        self.left = self.left.saturating_add(gained).min(self.burst);
        self.at = now;
        usize::try_from(self.left / 1_000).unwrap_or(0)
    }

    /// Uses units, whether there are so many or not.
    pub(super) fn spend(&mut self, units: usize) {
        let units = i64::try_from(units).unwrap_or(i64::MAX);
        self.left = self.left.saturating_sub(units.saturating_mul(1_000));
    }

    /// Milliseconds until there is a unit again.
    pub(super) fn wait(&mut self, now: Timestamp) -> u64 {
        match self.left(now) {
            0 => (1_000 - self.left)
                .unsigned_abs()
                .div_ceil(self.per_second.unsigned_abs()),
            _ => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_overspent_is_waited_for() {
        let at = Timestamp::from_millis;
        let mut pace = Pace::new(at(0), 10, 100);
        assert_eq!((pace.left(at(0)), pace.wait(at(0))), (10, 0));
        pace.spend(30);
        assert_eq!(pace.wait(at(0)), 210);
        assert_eq!(pace.left(at(209)), 0);
        assert_eq!(pace.left(at(210)), 1);
        assert_eq!(pace.left(at(60_000)), 10, "never more than the burst");
    }
}

//! Token buckets: how much may come at once, and how much as time goes on.

use crate::time::Timestamp;

/// How much is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// At once, after a pause.
    pub burst: u32,
    /// For good; at least 1.
    pub per_second: u32,
}

/// A token bucket that counts thousandths, so that it fills by milliseconds.
#[derive(Clone, Debug)]
pub struct Bucket {
    rate: Rate,
    thousandths: u64,
    at: Timestamp,
}

impl Bucket {
    /// A bucket nothing was taken from.
    pub fn full(rate: Rate, now: Timestamp) -> Self {
        Self {
            rate,
            thousandths: u64::from(rate.burst) * 1_000,
            at: now,
        }
    }

    /// Takes `count` out, or nothing; `Err` holds the milliseconds until they
    /// will be there.
    pub fn take(&mut self, now: Timestamp, count: u64) -> Result<(), u64> {
        self.fill(now);
        let price = count.saturating_mul(1_000);
        if price <= self.thousandths {
            self.thousandths -= price;
            return Ok(());
        }
        Err((price - self.thousandths).div_ceil(u64::from(self.rate.per_second.max(1))))
    }

    /// What can be taken out.
    pub fn left(&self) -> u32 {
        u32::try_from(self.thousandths / 1_000).unwrap_or(u32::MAX)
    }

    /// Whether it is as if nothing had ever been taken out.
    pub fn is_full(&mut self, now: Timestamp) -> bool {
        self.fill(now);
        self.thousandths == u64::from(self.rate.burst) * 1_000
    }

    fn fill(&mut self, now: Timestamp) {
        // A clock that was set back fills nothing and takes nothing away.
        let passed = now.as_millis().saturating_sub(self.at.as_millis()).max(0);
        let gained = passed
            .unsigned_abs()
            .saturating_mul(u64::from(self.rate.per_second));
        let most = u64::from(self.rate.burst) * 1_000;
        self.thousandths = self.thousandths.saturating_add(gained).min(most);
        self.at = now;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_says_when_it_can_pay_again() {
        let at = Timestamp::from_millis;
        let rate = Rate {
            burst: 100,
            per_second: 20,
        };
        let mut bucket = Bucket::full(rate, at(0));
        assert_eq!(bucket.take(at(0), 100), Ok(()));
        assert_eq!(bucket.take(at(0), 10), Err(500));
        assert_eq!(bucket.left(), 0);
        assert_eq!(bucket.take(at(500), 10), Ok(()));
        assert!(bucket.take(at(500), 1).is_err());
        assert_eq!(
            bucket.take(at(0), 1),
            Err(50),
            "time does not run backwards"
        );
        assert!(!bucket.is_full(at(4_000)));
        assert!(bucket.is_full(at(6_000)));
    }
}

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
    /// Below zero where more was spent than there was.
    thousandths: i64,
    at: Timestamp,
}

impl Bucket {
    /// A bucket nothing was taken from.
    pub fn full(rate: Rate, now: Timestamp) -> Self {
        Self {
            rate,
            thousandths: i64::from(rate.burst) * 1_000,
            at: now,
        }
    }

    /// Takes `count` out, or nothing; `Err` holds the milliseconds until they
    /// will be there.
    pub fn take(&mut self, now: Timestamp, count: u64) -> Result<(), u64> {
        match self.wait(now, count) {
            0 => {
                self.spend(count);
                Ok(())
            }
            wait => Err(wait),
        }
    }

    /// Takes `count` out, whether there are so many or not: for what is known
    /// to have cost more only once it is done.
    pub fn spend(&mut self, count: u64) {
        self.thousandths = self.thousandths.saturating_sub(thousandths(count));
    }

    /// Milliseconds until `count` are there; 0 where they are.
    pub fn wait(&mut self, now: Timestamp, count: u64) -> u64 {
        self.fill(now);
        let lacks = thousandths(count).saturating_sub(self.thousandths).max(0);
        let per_second = u64::from(self.rate.per_second.max(1));
        lacks.unsigned_abs().div_ceil(per_second)
    }

    /// What can be taken out.
    pub fn left(&mut self, now: Timestamp) -> u32 {
        self.fill(now);
        u32::try_from(self.thousandths.max(0) / 1_000).unwrap_or(u32::MAX)
    }

    /// Whether it is as if nothing had ever been taken out.
    pub fn is_full(&mut self, now: Timestamp) -> bool {
        self.fill(now);
        self.thousandths == i64::from(self.rate.burst) * 1_000
    }

    fn fill(&mut self, now: Timestamp) {
        // A clock that was set back fills nothing and takes nothing away.
        let passed = now.as_millis().saturating_sub(self.at.as_millis()).max(0);
        let gained = passed.saturating_mul(i64::from(self.rate.per_second));
        let most = i64::from(self.rate.burst) * 1_000;
        self.thousandths = self.thousandths.saturating_add(gained).min(most);
        self.at = now;
    }
}

fn thousandths(count: u64) -> i64 {
    i64::try_from(count)
        .unwrap_or(i64::MAX)
        .saturating_mul(1_000)
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
        assert_eq!(bucket.left(at(0)), 0);
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

    #[test]
    fn what_was_overspent_is_waited_for() {
        let at = Timestamp::from_millis;
        let rate = Rate {
            burst: 10,
            per_second: 100,
        };
        let mut bucket = Bucket::full(rate, at(0));
        assert_eq!((bucket.left(at(0)), bucket.wait(at(0), 1)), (10, 0));
        bucket.spend(30);
        assert_eq!(bucket.wait(at(0), 1), 210);
        assert_eq!(bucket.left(at(209)), 0);
        assert_eq!(bucket.left(at(210)), 1);
        assert_eq!(bucket.left(at(60_000)), 10, "never more than the burst");
    }
}

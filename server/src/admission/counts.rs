//! How many of something each place has open.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

type Table<K> = Arc<Mutex<HashMap<K, usize>>>;

/// Counts with one upper bound.
pub(super) struct Counts<K> {
    most: usize,
    open: Table<K>,
}

/// One of them, for as long as it is held.
pub(crate) struct Place<K: Eq + Hash> {
    key: K,
    open: Table<K>,
}

impl<K: Clone + Eq + Hash> Counts<K> {
    pub(super) fn new(most: usize) -> Self {
        Self {
            most,
            open: Table::default(),
        }
    }

    /// One more; `None` where the key has as many as it may.
    pub(super) fn take(&self, key: K) -> Option<Place<K>> {
        let mut open = locked(&self.open);
        let count = open.entry(key.clone()).or_default();
        if *count >= self.most {
            return None;
        }
        *count += 1;
        drop(open);
        Some(Place {
            key,
            open: Arc::clone(&self.open),
        })
    }
}

impl<K: Eq + Hash> Drop for Place<K> {
    fn drop(&mut self) {
        let mut open = locked(&self.open);
        if let Some(count) = open.get_mut(&self.key) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.key);
            }
        }
    }
}

/// Nothing panics while it holds the lock, and a count would still be one.
fn locked<K>(open: &Table<K>) -> MutexGuard<'_, HashMap<K, usize>> {
    open.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_free_again_when_it_is_dropped() {
        let counts = Counts::new(2);
        let (first, second) = (counts.take("a"), counts.take("a"));
        assert!(first.is_some() && second.is_some());
        assert!(counts.take("a").is_none(), "two are open");
        assert!(counts.take("b").is_some(), "others have their own");
        drop(first);
        assert!(counts.take("a").is_some());
        drop(second);
        assert!(locked(&counts.open).is_empty(), "nothing is left behind");
    }
}

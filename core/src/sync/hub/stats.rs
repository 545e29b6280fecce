//! What a hub has at this moment, for those who watch over it.

use super::Hub;
use super::documents::Slot;

/// How much of everything.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Connections, those that have not said who they are included.
    pub sessions: usize,
    /// Documents in memory.
    pub documents: usize,
    /// Documents that do not load and are set aside.
    pub quarantined: usize,
    /// Pushes, opens and commands that wait for a document, for storage or for
    /// what it has of others.
    pub work: usize,
}

impl Hub {
    /// What there is now.
    pub fn stats(&self) -> Stats {
        let held = |slot: &&Slot| matches!(slot, Slot::Held(_));
        Stats {
            sessions: self.sessions.len(),
            documents: self.documents.values().filter(held).count(),
            quarantined: self.quarantine.len(),
            work: self.lacking.len() + self.work.values().map(|queue| queue.len()).sum::<usize>(),
        }
    }
}

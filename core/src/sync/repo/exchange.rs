//! One document between a peer of automerge-repo and the hub: Automerge's sync
//! protocol outside, changes one by one inside. What the peer brings waits
//! here until the hub has it durable; only then does it count as ours, so that
//! what our messages say we have is never lost.

use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};

use automerge::ChangeHash;

use super::Hash;
use super::codec::{Draft, Have, Message, filter_of};
use super::graph::Graph;
use crate::error::{Code, Refusal};
use crate::guard::Outline;
use crate::limits;

/// The state of one document's sync with one peer.
#[derive(Debug, Default)]
pub(super) struct Exchange {
    /// What the hub has.
    graph: Graph,
    /// What the peer brought and the hub does not have yet.
    held: HashMap<Hash, Held>,
    held_bytes: usize,
    /// Changes that wait for another: by that one.
    blocked: HashMap<Hash, Vec<Hash>>,
    /// Changes whose dependencies the hub has or is getting.
    ready: VecDeque<Hash>,
    /// Changes on their way to the hub.
    pushed: HashSet<Hash>,
    /// What both sides have, as far as the last message told.
    shared: Vec<Hash>,
    /// The heads in our last message; `None` before the first.
    last_sent: Option<Vec<Hash>>,
    theirs: Option<Theirs>,
    /// Changes sent since the peer last forgot.
    sent: HashSet<Hash>,
    /// Whether the peer has not answered our last message.
    in_flight: bool,
    /// Changes looked at since this was last asked: what the peer costs us.
    examined: usize,
}

/// A change of the peer's.
#[derive(Debug)]
struct Held {
    change: Outline,
    /// How many of its dependencies neither the hub has nor is getting.
    lacks: usize,
}

/// What a change that waits takes, in bytes: a dependency is kept in it, and as
/// what it waits for, with what a map needs for that.
fn cost(change: &Outline) -> usize {
    const DEPENDENCY: usize = 160;
    change.bytes.len() + change.deps.len() * DEPENDENCY
}

/// What the peer's last message said.
#[derive(Debug)]
struct Theirs {
    heads: Vec<Hash>,
    have: Vec<Have>,
    need: Vec<Hash>,
}

impl Exchange {
    /// Whether there is no such document yet, neither here nor at the peer.
    pub(super) fn is_empty(&self) -> bool {
        self.graph.is_empty() && self.held.is_empty()
    }

    /// What is kept of the document, in bytes, roughly.
    pub(super) fn size(&self) -> usize {
        self.graph.size() + self.held_bytes
    }

    /// Whether the hub still has to answer.
    pub(super) fn awaits_hub(&self) -> bool {
        !self.pushed.is_empty()
    }

    /// Whether there are changes to push.
    pub(super) fn has_ready(&self) -> bool {
        !self.ready.is_empty()
    }

    /// How many changes were looked at since this was last asked.
    pub(super) fn take_examined(&mut self) -> usize {
        std::mem::take(&mut self.examined)
    }

    /// Takes in a change that the hub has. `false` where it cannot be: what it
    /// depends on did not come.
    #[must_use]
    pub(super) fn add(&mut self, change: Outline) -> bool {
        let hash = change.hash;
        if !self.graph.add(change) {
            return false;
        }
        if let Some(held) = self.held.remove(&hash) {
            self.held_bytes -= cost(&held.change);
        }
        self.release(&hash);
        true
    }

    /// The hub has these changes of the peer's.
    #[must_use]
    pub(super) fn acked(&mut self, hashes: impl Iterator<Item = Hash>) -> bool {
        let mut whole = true;
        for hash in hashes {
            self.pushed.remove(&hash);
            if let Some(held) = self.held.remove(&hash) {
                self.held_bytes -= cost(&held.change);
                whole &= self.graph.add(held.change);
            }
        }
        self.meet();
        whole
    }

    /// All that came with the hub's last frame is in.
    pub(super) fn settled(&mut self) {
        self.meet();
    }

    /// Takes in the peer's message.
    pub(super) fn hear(&mut self, message: Message) -> Result<(), Refusal> {
        let Message {
            heads,
            need,
            have,
            reset,
            changes,
        } = message;
        self.in_flight = false;
        let nothing_new = changes.is_empty() && heads == self.graph.heads();
        for change in changes {
            self.hold(change)?;
        }
        if heads.is_empty() || reset {
            self.sent.clear();
        }
        if let Some(last) = &mut self.last_sent {
            if heads.is_empty() {
                last.clear();
            } else if nothing_new {
                last.clone_from(&heads);
            }
        }
        self.theirs = Some(Theirs { heads, have, need });
        self.meet();
        Ok(())
    }

    fn hold(&mut self, change: Outline) -> Result<(), Refusal> {
        let hash = change.hash;
        if self.graph.has(&hash) || self.held.contains_key(&hash) {
            return Ok(());
        }
        self.held_bytes += cost(&change);
        if self.held_bytes > limits::REPO_WAITING_BYTES || self.held.len() >= limits::REPO_CHANGES {
            let text = "Too many changes wait for others.";
            return Err(Refusal::new(Code::ChangeTooLarge, text));
        }
        let mut lacks = 0;
        for dep in &change.deps {
            if !self.graph.has(dep) && !self.pushed.contains(dep) {
                lacks += 1;
                self.blocked.entry(*dep).or_default().push(hash);
            }
        }
        if lacks == 0 {
            self.ready.push_back(hash);
        }
        self.held.insert(hash, Held { change, lacks });
        Ok(())
    }

    /// What waits for a change waits no longer.
    fn release(&mut self, hash: &Hash) {
        for child in self.blocked.remove(hash).into_iter().flatten() {
            if let Some(held) = self.held.get_mut(&child) {
                held.lacks -= 1;
                if held.lacks == 0 {
                    self.ready.push_back(child);
                }
            }
        }
    }

    /// The next change for the hub, if it is at most so many bytes long.
    pub(super) fn next(&mut self, most: usize) -> Option<Outline> {
        while let Some(hash) = self.ready.front().copied() {
            let Some(held) = self.held.get(&hash) else {
                // The hub had it from elsewhere meanwhile.
                self.ready.pop_front();
                continue;
            };
            if held.change.bytes.len() > most {
                return None;
            }
            let change = held.change.clone();
            self.ready.pop_front();
            self.pushed.insert(hash);
            self.release(&hash);
            return Some(change);
        }
        None
    }

    /// Works out from the peer's heads what both sides have.
    fn meet(&mut self) {
        let Some(theirs) = &self.theirs else { return };
        let (known, unknown): (Vec<Hash>, Vec<Hash>) =
            theirs.heads.iter().partition(|head| self.graph.has(head));
        if unknown.is_empty() {
            self.shared = known;
        } else if !known.is_empty() {
            let all: BTreeSet<Hash> = self.shared.iter().chain(&known).copied().collect();
            self.shared = all.into_iter().collect();
        }
        if !self.sent.is_empty() {
            let lacking: HashSet<Hash> = self.graph.since(&self.shared).into_iter().collect();
            self.examined += lacking.len();
            self.sent.retain(|hash| lacking.contains(hash));
        }
    }

    /// What to ask for by name: what the peer's changes wait for, and heads of
    /// the peer's that nothing here leads to.
    fn lacking(&self, theirs: &Theirs) -> Vec<Hash> {
        let deps = self.blocked.keys();
        let wanted: BTreeSet<Hash> = deps
            .chain(&theirs.heads)
            .filter(|hash| !self.graph.has(hash) && !self.held.contains_key(*hash))
            .copied()
            .collect();
        wanted.into_iter().take(limits::REPO_HASHES).collect()
    }

    /// The next message to the peer; `None` while there is nothing to say. We
    /// never begin, and while the hub is busy with the peer's changes an
    /// answer would only say that it is.
    pub(super) fn say(&mut self) -> Option<Vec<u8>> {
        let theirs = self.theirs.as_ref()?;
        let heads = self.graph.heads();
        let is_known = |base: &Have| base.last_sync.iter().all(|head| self.graph.has(head));
        if !theirs.have.first().is_none_or(is_known) {
            // The peer counts on what was here before a restore: it shall begin anew.
            let draft = Draft {
                heads: &heads,
                need: &[],
                have: &[Have::default()],
                changes: Vec::new(),
            };
            let message = draft.encode();
            self.last_sent = Some(heads);
            return Some(message);
        }
        let need = self.lacking(theirs);
        let (changes, examined) = self.to_send(theirs);
        self.examined += examined;
        if self.last_sent.as_ref() == Some(&heads)
            && (self.in_flight || theirs.heads == heads && changes.is_empty())
        {
            return None;
        }
        let mut have = Vec::new();
        if need.iter().all(|hash| theirs.heads.contains(hash)) {
            let since = self.graph.since(&self.shared);
            self.examined += since.len();
            have.push(Have {
                last_sync: self.shared.clone(),
                filter: filter_of(&since),
            });
        }
        let draft = Draft {
            heads: &heads,
            need: &need,
            have: &have,
            changes: changes
                .iter()
                .filter_map(|hash| self.graph.bytes(hash))
                .collect(),
        };
        let message = draft.encode();
        self.sent.extend(changes);
        self.last_sent = Some(heads);
        self.in_flight = true;
        Some(message)
    }

    /// The changes that the peer lacks, as far as one message takes them, and
    /// how many were looked at.
    fn to_send(&self, theirs: &Theirs) -> (Vec<Hash>, usize) {
        let named = theirs.need.iter().filter(|hash| self.graph.has(hash));
        let mut chosen: Vec<Hash> = Vec::new();
        let mut examined = theirs.need.len();
        if !theirs.have.is_empty() {
            let bases = theirs.have.iter().flat_map(|have| &have.last_sync);
            let bases: Vec<Hash> = bases.copied().collect();
            let since = self.graph.since(&bases);
            examined += since.len() * theirs.have.len();
            let has = |hash: &Hash| {
                let hash = ChangeHash(*hash);
                theirs
                    .have
                    .iter()
                    .any(|have| have.filter.contains_hash(&hash))
            };
            chosen = self.graph.with_dependents(&since, has);
        }
        let already: HashSet<Hash> = chosen.iter().copied().collect();
        let mut room = limits::REPO_MESSAGE_BYTES / 2;
        let list = named
            .filter(|hash| !already.contains(*hash))
            .chain(&chosen)
            .filter(|hash| !self.sent.contains(*hash))
            .take_while(|hash| {
                let size = self.graph.bytes(hash).map_or(0, <[u8]>::len);
                let fits = size <= room;
                room = room.saturating_sub(size);
                fits
            });
        (list.copied().collect(), examined)
    }
}

//! What sync needs to know of a document: its changes, how they hang together,
//! and their bytes. What the changes do is of no interest to it, so nothing of
//! Automerge runs here, and taking a change in costs what copying it does.

use std::collections::{BTreeSet, HashMap};

use super::Hash;
use crate::guard::Outline;

/// A document's changes, each after those it depends on.
#[derive(Debug, Default)]
pub(super) struct Graph {
    nodes: Vec<Node>,
    places: HashMap<Hash, usize>,
    heads: BTreeSet<Hash>,
    size: usize,
}

#[derive(Debug)]
struct Node {
    hash: Hash,
    deps: Vec<usize>,
    bytes: Vec<u8>,
    /// Whether all nodes before this one are among its ancestors. Nearly every
    /// change is made by somebody who has everything, so a search that goes
    /// back from the newest change soon meets one of these.
    covers: bool,
}

impl Graph {
    /// The heads, sorted.
    pub(super) fn heads(&self) -> Vec<Hash> {
        self.heads.iter().copied().collect()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    pub(super) fn has(&self, hash: &Hash) -> bool {
        self.places.contains_key(hash)
    }

    /// All changes together, in bytes.
    pub(super) fn size(&self) -> usize {
        self.size
    }

    /// A change's bytes.
    pub(super) fn bytes(&self, hash: &Hash) -> Option<&[u8]> {
        let place = self.places.get(hash)?;
        Some(&self.nodes[*place].bytes)
    }

    /// Takes a change in. `false` where it lacks a dependency.
    #[must_use]
    pub(super) fn add(&mut self, change: Outline) -> bool {
        if self.has(&change.hash) {
            return true;
        }
        let deps = change.deps.iter().map(|dep| self.places.get(dep).copied());
        let Some(deps) = deps.collect::<Option<Vec<usize>>>() else {
            return false;
        };
        for dep in &change.deps {
            self.heads.remove(dep);
        }
        self.heads.insert(change.hash);
        self.places.insert(change.hash, self.nodes.len());
        self.size += change.bytes.len();
        self.nodes.push(Node {
            hash: change.hash,
            deps,
            bytes: change.bytes,
            covers: self.heads.len() == 1,
        });
        true
    }

    /// The changes that a holder of `heads` lacks, dependencies first. Unknown
    /// heads count nothing.
    pub(super) fn since(&self, heads: &[Hash]) -> Vec<Hash> {
        let known = heads.iter().filter_map(|head| self.places.get(head));
        let mut had: BTreeSet<usize> = known.copied().collect();
        let mut lacking = Vec::new();
        for (place, node) in self.nodes.iter().enumerate().rev() {
            if !had.remove(&place) {
                lacking.push(node.hash);
                continue;
            }
            if node.covers {
                break;
            }
            had.extend(&node.deps);
        }
        lacking.reverse();
        lacking
    }

    /// Of `all`, in their order, those that are not in `without`, and all of
    /// `all` that depend on one of them.
    pub(super) fn with_dependents(
        &self,
        all: &[Hash],
        without: impl Fn(&Hash) -> bool,
    ) -> Vec<Hash> {
        let mut chosen = BTreeSet::new();
        let mut list = Vec::new();
        for hash in all {
            let Some(place) = self.places.get(hash) else {
                continue;
            };
            let depends = |node: &Node| node.deps.iter().any(|dep| chosen.contains(dep));
            if depends(&self.nodes[*place]) || !without(hash) {
                chosen.insert(*place);
                list.push(*hash);
            }
        }
        list
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A graph of changes 1, 2, 3 …, each with its dependencies.
    fn graph(deps: &[&[u8]]) -> Graph {
        let mut graph = Graph::default();
        for (number, deps) in (1..).zip(deps) {
            assert!(graph.add(change(number, deps)));
        }
        graph
    }

    fn change(number: u8, deps: &[u8]) -> Outline {
        Outline {
            hash: [number; 32],
            deps: deps.iter().map(|dep| [*dep; 32]).collect(),
            ops: 0,
            bytes: vec![number],
        }
    }

    fn numbers(hashes: &[Hash]) -> Vec<u8> {
        hashes.iter().map(|hash| hash[0]).collect()
    }

    #[test]
    fn a_change_follows_its_dependencies() {
        let mut graph = graph(&[&[], &[1]]);
        assert!(!graph.add(change(9, &[3])));
        assert!(!graph.has(&[9; 32]));
        assert_eq!(numbers(&graph.heads()), [2]);
        assert!(graph.add(change(3, &[1])));
        assert_eq!(numbers(&graph.heads()), [2, 3]);
    }

    #[test]
    fn what_is_lacking_is_what_no_head_leads_to() {
        // 1 ← 2 ← 4 ← 6, and beside them 1 ← 3 ← 5 ← 6 ← 7.
        let graph = graph(&[&[], &[1], &[1], &[2], &[3], &[4, 5], &[6]]);
        for (heads, lacking) in [
            (&[][..], &[1, 2, 3, 4, 5, 6, 7][..]),
            (&[1], &[2, 3, 4, 5, 6, 7]),
            (&[4], &[3, 5, 6, 7]),
            (&[4, 3], &[5, 6, 7]),
            (&[6], &[7]),
            (&[7], &[]),
            (&[6, 2], &[7]),
            (&[99], &[1, 2, 3, 4, 5, 6, 7]),
        ] {
            let heads: Vec<Hash> = heads.iter().map(|head| [*head; 32]).collect();
            assert_eq!(numbers(&graph.since(&heads)), lacking, "{heads:?}");
        }
    }

    #[test]
    fn two_beginnings_are_both_lacking() {
        let graph = graph(&[&[], &[], &[1, 2]]);
        assert_eq!(numbers(&graph.since(&[[1; 32]])), [2, 3]);
        assert_eq!(numbers(&graph.since(&[[3; 32]])), [0_u8; 0]);
    }

    #[test]
    fn who_lacks_a_change_lacks_what_depends_on_it() {
        let graph = graph(&[&[], &[1], &[2], &[1]]);
        let all = graph.since(&[]);
        // A filter that holds 3 by mistake: who has no 2 cannot have it.
        let has = |hash: &Hash| [1, 3, 4].contains(&hash[0]);
        assert_eq!(numbers(&graph.with_dependents(&all, has)), [2, 3]);
    }
}

//! Automerge's sync messages, read without trust: every count is held against
//! the bytes that are there before anything is made of it, and a Bloom filter
//! must have the library's own parameters. Automerge's own reader can be made
//! to panic by ten bytes.
//!
//! A message is: 0x42; heads; need; have, each the heads of the last sync and
//! a filter of what came after; changes as chunks; flags, where the sender has
//! any. Of what newer senders add only a lost state is of interest here: we
//! show no flags, so nobody sends us messages of the second version, which
//! hold whole documents.

use automerge::ChangeHash;
use automerge::sync::BloomFilter;

use super::Hash;
use crate::error::{Code, Refusal};
use crate::guard::{self, Outline, Reader, push_unsigned};
use crate::limits;

/// The first byte of a message of the first version.
const VERSION_1: u8 = 0x42;
/// Bits that a filter has for each entry.
const BITS_PER_ENTRY: u64 = 10;
/// Bits that are set for each entry.
const PROBES: u64 = 7;
/// In the last byte of the flags: the sender has forgotten what it ignored.
const RESET: u8 = 0x81;

/// A sync message.
#[derive(Debug, Default)]
pub(super) struct Message {
    /// What the sender has.
    pub(super) heads: Vec<Hash>,
    /// Changes that it asks for by name.
    pub(super) need: Vec<Hash>,
    /// What it has, in other words.
    pub(super) have: Vec<Have>,
    /// Whether it has forgotten what it was sent.
    pub(super) reset: bool,
    /// Changes.
    pub(super) changes: Vec<Outline>,
}

/// What one side has beyond the last sync.
#[derive(Debug, Default)]
pub(super) struct Have {
    /// The heads of the last sync.
    pub(super) last_sync: Vec<Hash>,
    /// Changes since.
    pub(super) filter: BloomFilter,
}

/// Reads a message. `bad_frame` where it is none, or a change's own refusal.
pub(super) fn read(bytes: &[u8]) -> Result<Message, Refusal> {
    let mut reader = Reader::new(bytes);
    if reader.byte() != Some(VERSION_1) {
        return Err(malformed());
    }
    let heads = hashes(&mut reader)?;
    let need = hashes(&mut reader)?;
    let mut have = Vec::new();
    for _ in 0..count(&mut reader, limits::REPO_HAVES)? {
        let last_sync = hashes(&mut reader)?;
        let filter = filter(prefixed(&mut reader)?)?;
        have.push(Have { last_sync, filter });
    }
    let mut changes = Vec::new();
    let mut inflated = 0;
    for _ in 0..count(&mut reader, limits::REPO_CHANGES)? {
        let chunk = prefixed(&mut reader)?;
        let change = guard::outline(chunk).map_err(|rejected| rejected.refusal)?;
        inflated += change.bytes.len();
        if inflated > limits::REPO_WAITING_BYTES {
            let text = "The message holds too much.";
            return Err(Refusal::new(Code::ChangeTooLarge, text));
        }
        changes.push(change);
    }
    let reset = match reader.rest() {
        [] => false,
        rest => rest.last().is_some_and(|flags| flags & RESET == RESET),
    };
    Ok(Message {
        heads,
        need,
        have,
        reset,
        changes,
    })
}

fn count(reader: &mut Reader<'_>, most: usize) -> Result<usize, Refusal> {
    let count = reader.unsigned().ok_or_else(malformed)?;
    let count = usize::try_from(count).ok().filter(|count| *count <= most);
    count.ok_or_else(malformed)
}

fn prefixed<'a>(reader: &mut Reader<'a>) -> Result<&'a [u8], Refusal> {
    let length = reader.unsigned().ok_or_else(malformed)?;
    let length = usize::try_from(length).map_err(|_| malformed())?;
    reader.take(length).ok_or_else(malformed)
}

fn hashes(reader: &mut Reader<'_>) -> Result<Vec<Hash>, Refusal> {
    let count = count(reader, limits::REPO_HASHES)?;
    let bytes = reader
        .take(count * size_of::<Hash>())
        .ok_or_else(malformed)?;
    Ok(bytes.as_chunks().0.to_vec())
}

/// A filter is its number of entries, bits for each, probes, and the bits; one
/// without entries has no bytes at all.
fn filter(bytes: &[u8]) -> Result<BloomFilter, Refusal> {
    if bytes.is_empty() {
        return Ok(BloomFilter::default());
    }
    let mut reader = Reader::new(bytes);
    let mut number = || reader.unsigned().ok_or_else(malformed);
    let (entries, bits, probes) = (number()?, number()?, number()?);
    let fits = (1..=u64::from(u32::MAX / 8)).contains(&entries)
        && (bits, probes) == (BITS_PER_ENTRY, PROBES)
        && reader.rest().len() as u64 == (entries * BITS_PER_ENTRY).div_ceil(8);
    if !fits {
        return Err(malformed());
    }
    BloomFilter::try_from(bytes).map_err(|_| malformed())
}

fn malformed() -> Refusal {
    let text = "The sync message is not one of Automerge's first version.";
    Refusal::new(Code::BadFrame, text)
}

/// What is written of a message.
pub(super) struct Draft<'a> {
    pub(super) heads: &'a [Hash],
    pub(super) need: &'a [Hash],
    pub(super) have: &'a [Have],
    pub(super) changes: Vec<&'a [u8]>,
}

impl Draft<'_> {
    pub(super) fn encode(&self) -> Vec<u8> {
        let size: usize = self.changes.iter().map(|change| change.len() + 5).sum();
        let mut out = Vec::with_capacity(size + 256);
        out.push(VERSION_1);
        push_hashes(&mut out, self.heads);
        push_hashes(&mut out, self.need);
        push_unsigned(&mut out, self.have.len() as u64);
        for have in self.have {
            push_hashes(&mut out, &have.last_sync);
            push_prefixed(&mut out, &have.filter.to_bytes());
        }
        push_unsigned(&mut out, self.changes.len() as u64);
        for change in &self.changes {
            push_prefixed(&mut out, change);
        }
        out
    }
}

/// A filter of changes.
pub(super) fn filter_of(hashes: &[Hash]) -> BloomFilter {
    BloomFilter::from_hashes(hashes.iter().map(|hash| ChangeHash(*hash)))
}

fn push_hashes(out: &mut Vec<u8>, hashes: &[Hash]) {
    push_unsigned(out, hashes.len() as u64);
    out.extend(hashes.iter().flatten());
}

fn push_prefixed(out: &mut Vec<u8>, bytes: &[u8]) {
    push_unsigned(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

#[cfg(test)]
mod tests {
    use automerge::sync::{self, SyncDoc};
    use automerge::transaction::Transactable;
    use automerge::{AutoCommit, ROOT};
    use proptest::prelude::*;

    use super::*;

    /// What Automerge says first about a document of three changes.
    fn first_message() -> (Vec<u8>, AutoCommit) {
        let mut doc = AutoCommit::new();
        for number in 0..3 {
            doc.put(ROOT, "number", number).unwrap();
            doc.commit();
        }
        let mut state = sync::State::new();
        let message = doc.sync().generate_sync_message(&mut state).unwrap();
        (message.encode(), doc)
    }

    #[test]
    fn what_automerge_writes_is_read() {
        let (bytes, mut doc) = first_message();
        let message = read(&bytes).unwrap();
        let heads: Vec<Hash> = doc.get_heads().iter().map(|head| head.0).collect();
        assert_eq!(message.heads, heads);
        let filter = &message.have[0].filter;
        assert!(filter.contains_hash(&ChangeHash(heads[0])));
        assert!(message.changes.is_empty() && !message.reset);
    }

    #[test]
    fn what_is_written_automerge_reads() {
        let mut doc = AutoCommit::new();
        doc.put(ROOT, "a", 1).unwrap();
        let change = doc.get_changes(&[]).remove(0);
        let have = [Have {
            last_sync: vec![[1; 32]],
            filter: filter_of(&[[2; 32]]),
        }];
        let draft = Draft {
            heads: &[change.hash().0],
            need: &[[3; 32]],
            have: &have,
            changes: vec![change.raw_bytes()],
        };
        let message = sync::Message::decode(&draft.encode()).unwrap();
        assert_eq!(message.heads, [change.hash()]);
        assert_eq!(message.need, [ChangeHash([3; 32])]);
        assert_eq!(message.have[0].bloom, have[0].filter);
        assert_eq!(message.changes.iter().next(), Some(change.raw_bytes()));
        assert_eq!(message.flags, None, "or whole documents would come");
    }

    #[test]
    fn no_message_cut_short_is_read() {
        let (bytes, _) = first_message();
        // The flags at the end may be missing: older senders have none.
        let flags = 3;
        for end in 0..bytes.len() - flags {
            assert!(read(&bytes[..end]).is_err(), "{end} bytes");
        }
    }

    #[test]
    fn a_count_is_not_believed() {
        const HUGE: [u8; 9] = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f];
        for before in [&[][..], &[0], &[0, 0], &[0, 0, 0]] {
            let bytes = [&[VERSION_1][..], before, &HUGE].concat();
            assert!(read(&bytes).is_err(), "{before:?}");
        }
    }

    #[test]
    fn a_filter_has_the_parameters_of_the_library() {
        let good = filter_of(&[[7; 32], [8; 32]]).to_bytes();
        assert!(filter(&good).is_ok());
        for (place, value) in [(0, 0), (0, 3), (1, 0), (1, 11), (2, 0), (2, 100)] {
            let mut bad = good.clone();
            bad[place] = value;
            assert!(filter(&bad).is_err(), "byte {place} is {value}");
        }
        assert!(filter(&[1, 0, 1]).is_err(), "the ten bytes that panic");
    }

    proptest! {
        #[test]
        fn nothing_makes_the_reader_panic(
            changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
            cut in any::<prop::sample::Index>(),
        ) {
            let mut doc = AutoCommit::new();
            doc.put(ROOT, "a", "a value that is long enough for two bytes of length").unwrap();
            let change = doc.get_changes(&[]).remove(0);
            let have = [Have { last_sync: vec![[1; 32]], filter: filter_of(&[[2; 32]]) }];
            let draft = Draft {
                heads: &[change.hash().0],
                need: &[[3; 32]],
                have: &have,
                changes: vec![change.raw_bytes()],
            };
            let mut bytes = draft.encode();
            for (place, value) in &changes {
                let place = place.index(bytes.len());
                bytes[place] = *value;
            }
            if !changes.is_empty() {
                bytes.truncate(cut.index(bytes.len()) + 1);
            }
            let read = read(&bytes);
            prop_assert!(!changes.is_empty() || read.is_ok());
        }
    }

    #[test]
    fn a_document_in_a_message_is_refused() {
        let (_, mut doc) = first_message();
        let saved = doc.save();
        let draft = Draft {
            heads: &[],
            need: &[],
            have: &[],
            changes: vec![&saved],
        };
        let mut bytes = draft.encode();
        assert_eq!(read(&bytes).unwrap_err().code, Code::BadChange);
        bytes[0] = 0x43;
        assert_eq!(read(&bytes).unwrap_err().code, Code::BadFrame);
    }
}

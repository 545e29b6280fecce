//! From bytes to a change: size, kind, checksum, limits, canonical form.

use std::io::Read;

use automerge::Change;
use automerge::legacy::Op;
use flate2::bufread::DeflateDecoder;
use sha2::{Digest, Sha256};

use super::contained;
use super::scan::{Counts, Reader};
use crate::error::{Code, Refusal};
use crate::limits;

const MAGIC: [u8; 4] = [0x85, 0x6f, 0x4a, 0x83];
const CHANGE: u8 = 1;
const COMPRESSED: u8 = 2;
/// Magic and checksum, before what the checksum is of.
const UNHASHED: usize = 8;

/// A change that is whole, within the limits and in canonical form.
#[derive(Clone, Debug)]
pub struct Incoming {
    change: Change,
    ops: Vec<Op>,
}

impl Incoming {
    /// The change.
    pub fn change(&self) -> &Change {
        &self.change
    }

    /// Its hash.
    pub fn hash(&self) -> [u8; 32] {
        self.change.hash().0
    }

    pub(super) fn ops(&self) -> &[Op] {
        &self.ops
    }
}

/// A chunk that did not become a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejected {
    /// The change's hash as far as one can be told, else the SHA-256 of the chunk.
    pub hash: [u8; 32],
    /// Why.
    pub refusal: Refusal,
}

/// What a change's header tells: enough to find its place among others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outline {
    /// The change's hash.
    pub hash: [u8; 32],
    /// The changes it depends on.
    pub deps: Vec<[u8; 32]>,
    /// The change as an uncompressed chunk.
    pub bytes: Vec<u8>,
    /// How many operations it claims to hold, or that they replace, whichever are
    /// more; 0 where that cannot be told.
    pub ops: usize,
}

impl Outline {
    /// Reads the rest, which takes as long as there are operations.
    pub fn read(self) -> Result<Incoming, Rejected> {
        let Self { hash, bytes, .. } = self;
        decoded(&bytes).map_err(|refusal| Rejected { hash, refusal })
    }
}

/// Reads the header of a chunk from outside and leaves its operations alone.
/// What passes is no change yet: that is for [`read`] to say.
pub fn outline(chunk: &[u8]) -> Result<Outline, Rejected> {
    let bytes = inflated(chunk).map_err(|refusal| Rejected {
        hash: hash(chunk),
        refusal,
    })?;
    let hash = sha256(&bytes[UNHASHED..]);
    let refused = |refusal| Rejected { hash, refusal };
    if bytes[MAGIC.len()..UNHASHED] != hash[..4] {
        return Err(refused(bad("The checksum is wrong.")));
    }
    let deps = dependencies(&bytes).ok_or_else(|| refused(truncated()))?;
    if deps.len() > limits::CHANGE_DEPS {
        return Err(refused(holds_too_much()));
    }
    Ok(Outline {
        hash,
        deps: deps.to_vec(),
        ops: claimed_ops(&bytes),
        bytes,
    })
}

fn claimed_ops(plain: &[u8]) -> usize {
    let counts = Counts::of(plain).unwrap_or_default();
    usize::try_from(counts.ops.max(counts.preds)).unwrap_or(usize::MAX)
}

fn dependencies(plain: &[u8]) -> Option<&[[u8; 32]]> {
    let mut reader = Reader::new(plain.get(UNHASHED + 1..)?);
    reader.unsigned()?;
    let count = usize::try_from(reader.unsigned()?).ok()?;
    Some(reader.take(count.checked_mul(32)?)?.as_chunks().0)
}

/// The hash of an uncompressed change chunk; of anything else, the SHA-256 of
/// its bytes.
pub fn hash(chunk: &[u8]) -> [u8; 32] {
    match chunk.get(UNHASHED) {
        Some(&CHANGE) if chunk.starts_with(&MAGIC) => sha256(&chunk[UNHASHED..]),
        _ => sha256(chunk),
    }
}

/// Reads one chunk from outside.
pub fn read(chunk: &[u8]) -> Result<Incoming, Rejected> {
    outline(chunk)?.read()
}

/// Refuses a change made here that would be refused for its size elsewhere.
pub(crate) fn check_size(change: &Change) -> Result<(), Refusal> {
    let plain = change.raw_bytes();
    check_length(plain)?;
    check_counts(&Counts::of(plain).ok_or_else(truncated)?)
}

/// The chunk as an uncompressed change chunk.
fn inflated(chunk: &[u8]) -> Result<Vec<u8>, Refusal> {
    check_length(chunk)?;
    let mut reader = Reader::new(chunk);
    if reader.take(MAGIC.len()) != Some(&MAGIC) {
        return Err(bad("This is not an Automerge chunk."));
    }
    let checksum = reader.take(4).ok_or_else(truncated)?;
    let kind = reader.byte().ok_or_else(truncated)?;
    let length = reader.unsigned().ok_or_else(truncated)?;
    let data = reader.rest();
    if data.len() as u64 != length {
        return Err(bad("The chunk is not as long as it says."));
    }
    match kind {
        CHANGE => Ok(chunk.to_vec()),
        COMPRESSED => {
            let mut body = Vec::new();
            let cap = limits::CHANGE_BYTES as u64 + 1;
            DeflateDecoder::new(data)
                .take(cap)
                .read_to_end(&mut body)
                .map_err(|_| bad("The chunk does not inflate."))?;
            if body.len() > limits::CHANGE_BYTES {
                return Err(too_large("The change is too large when inflated."));
            }
            let mut plain = Vec::with_capacity(body.len() + 16);
            plain.extend_from_slice(&MAGIC);
            plain.extend_from_slice(checksum);
            plain.push(CHANGE);
            push_unsigned(&mut plain, body.len() as u64);
            plain.extend_from_slice(&body);
            Ok(plain)
        }
        _ => Err(bad("The chunk holds no change.")),
    }
}

fn decoded(plain: &[u8]) -> Result<Incoming, Refusal> {
    let counts = Counts::of(plain).ok_or_else(truncated)?;
    check_counts(&counts)?;
    let change = contained(|| Change::from_bytes(plain.to_vec()))
        .and_then(Result::ok)
        .ok_or_else(|| bad("The change does not decode."))?;
    // What decodes to the same operations from other bytes would get another
    // hash on the way out than it had on the way in.
    let (ops, again) = contained(|| {
        let expanded = change.decode();
        let ops = expanded.operations.clone();
        (ops, Change::from(expanded))
    })
    .ok_or_else(|| bad("The change does not decode."))?;
    if again.raw_bytes() != plain {
        let text = "The change is not in canonical form.";
        return Err(Refusal::new(Code::NotCanonical, text));
    }
    Ok(Incoming { change, ops })
}

fn check_length(chunk: &[u8]) -> Result<(), Refusal> {
    if chunk.len() > limits::CHANGE_BYTES {
        return Err(too_large("The change is too large."));
    }
    Ok(())
}

fn check_counts(counts: &Counts) -> Result<(), Refusal> {
    let fits = counts.deps <= limits::CHANGE_DEPS as u64
        && counts.actors <= limits::CHANGE_ACTORS as u64
        && counts.ops <= limits::CHANGE_OPS as u64
        && counts.preds <= limits::CHANGE_PREDS as u64;
    if fits { Ok(()) } else { Err(holds_too_much()) }
}

fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// Appends an unsigned LEB128 number.
pub(crate) fn push_unsigned(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

fn bad(text: &str) -> Refusal {
    Refusal::new(Code::BadChange, text)
}

fn truncated() -> Refusal {
    bad("The chunk ends too early.")
}

fn holds_too_much() -> Refusal {
    too_large("The change holds too much.")
}

fn too_large(text: &str) -> Refusal {
    Refusal::new(Code::ChangeTooLarge, text)
}

//! Makes bytes that no honest client makes.

use std::io::Write;

use automerge::{Change, ExpandedChange};
use flate2::Compression;
use flate2::write::DeflateEncoder;
use sha2::{Digest, Sha256};

/// What every chunk begins with.
const MAGIC: [u8; 4] = [0x85, 0x6f, 0x4a, 0x83];
/// A column's deflate bit.
pub(crate) const DEFLATED: u64 = 1 << 3;
/// Column 4, type integer: what each operation does.
pub(crate) const ACTION: u64 = 4 << 4 | 2;
/// Column 7, type group: how many predecessors each operation has.
pub(crate) const PREDECESSORS: u64 = 7 << 4;

pub(crate) fn leb(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// A chunk of any kind with the checksum of `body` as a change.
pub(crate) fn chunk(kind: u8, content: &[u8], body: &[u8]) -> Vec<u8> {
    let mut hashed = vec![1];
    leb(&mut hashed, body.len() as u64);
    hashed.extend_from_slice(body);
    let mut out = MAGIC.to_vec();
    out.extend_from_slice(&Sha256::digest(&hashed)[..4]);
    out.push(kind);
    leb(&mut out, content.len() as u64);
    out.extend_from_slice(content);
    out
}

/// A change's chunk around a body.
pub(crate) fn change_of(body: &[u8]) -> Vec<u8> {
    chunk(1, body, body)
}

/// A change's body with these columns: (specification, data).
pub(crate) fn body(columns: &[(u64, &[u8])]) -> Vec<u8> {
    let mut out = vec![0, 16];
    out.extend_from_slice(&[5; 16]);
    // Sequence 1, first operation 1, time 0, no message, no other actors.
    out.extend_from_slice(&[1, 1, 0, 0, 0]);
    out.push(columns.len() as u8);
    for (spec, data) in columns {
        leb(&mut out, *spec);
        leb(&mut out, data.len() as u64);
    }
    for (_, data) in columns {
        out.extend_from_slice(data);
    }
    out
}

/// Raw deflate (RFC 1951), as tight as it gets.
pub(crate) fn deflated(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// The change with something bent, and its checksum right again.
pub(crate) fn bent(change: &[u8], bend: impl FnOnce(&mut ExpandedChange)) -> Vec<u8> {
    let mut expanded = Change::try_from(change).unwrap().decode();
    bend(&mut expanded);
    Change::from(expanded).raw_bytes().to_vec()
}

/// The chunk with some bytes of its body changed, and its checksum right again.
pub(crate) fn scrambled(change: &[u8], seed: u64) -> Vec<u8> {
    let mut state = seed;
    let mut body = change[8..].to_vec();
    for _ in 0..=(next(&mut state) % 4) {
        let at = next(&mut state) as usize % body.len();
        body[at] = next(&mut state) as u8;
    }
    let mut out = MAGIC.to_vec();
    out.extend_from_slice(&Sha256::digest(&body)[..4]);
    out.extend_from_slice(&body);
    out
}

/// SplitMix64, so that a failure names the seed that repeats it.
pub(crate) fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

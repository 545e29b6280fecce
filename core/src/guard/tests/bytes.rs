//! Chunks that are no changes, claim too much, or are bent at random.

use std::io::Write;

use flate2::Compression;
use flate2::write::DeflateEncoder;

use super::*;
use crate::limits;

fn leb(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// A chunk of any kind around a body, with the checksum of that body as a
/// change.
fn chunk(kind: u8, content: &[u8], body: &[u8]) -> Vec<u8> {
    let mut hashed = vec![1];
    leb(&mut hashed, body.len() as u64);
    hashed.extend_from_slice(body);
    let mut plain = vec![0x85, 0x6f, 0x4a, 0x83, 0, 0, 0, 0];
    plain.extend_from_slice(&hashed);
    let checksum = hash(&plain);
    let mut out = vec![0x85, 0x6f, 0x4a, 0x83];
    out.extend_from_slice(&checksum[..4]);
    out.push(kind);
    leb(&mut out, content.len() as u64);
    out.extend_from_slice(content);
    out
}

/// A change's body with the given columns: (specification, data).
fn body(columns: &[(u64, &[u8])]) -> Vec<u8> {
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

fn change_of(body: &[u8]) -> Vec<u8> {
    chunk(1, body, body)
}

fn deflated(body: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(body).unwrap();
    encoder.finish().unwrap()
}

fn code(chunk: &[u8]) -> Code {
    read(chunk).unwrap_err().refusal.code
}

#[test]
fn only_changes_are_read() {
    let mut ana = Desk::new(member("ana", Role::Agent), 1);
    let (change, _) = ana.make(start());
    let honest = change.raw_bytes();
    assert_eq!(read(honest).unwrap().hash(), change.hash().0);
    assert_eq!(hash(honest), change.hash().0);

    assert_eq!(code(&[]), Code::BadChange);
    assert_eq!(code(b"not a chunk at all"), Code::BadChange);
    assert_eq!(code(&ana.document.save()), Code::BadChange);
    let mut bundle = honest.to_vec();
    bundle[8] = 3;
    assert_eq!(code(&bundle), Code::BadChange);
    let mut longer = honest.to_vec();
    longer.push(0);
    assert_eq!(code(&longer), Code::BadChange);
    for end in 0..honest.len() {
        assert_eq!(code(&honest[..end]), Code::BadChange);
    }
}

#[test]
fn a_compressed_change_is_the_same_change() {
    let mut ana = Desk::new(member("ana", Role::Agent), 1);
    ana.make(start());
    let (mut change, _) = ana.make(note(&"lamp ".repeat(200)));
    let compressed = change.bytes().into_owned();
    assert_eq!(compressed[8], 2);
    let incoming = read(&compressed).unwrap();
    assert_eq!(incoming.change().raw_bytes(), change.raw_bytes());
}

#[test]
fn what_inflates_without_end_is_too_large() {
    let bomb = vec![0; limits::CHANGE_BYTES * 100];
    let packed = deflated(&bomb);
    assert!(packed.len() < limits::CHANGE_BYTES);
    let claimed = chunk(2, &packed, &bomb);
    assert_eq!(code(&claimed), Code::ChangeTooLarge);
    assert_eq!(
        code(&vec![0; limits::CHANGE_BYTES + 1]),
        Code::ChangeTooLarge
    );
}

#[test]
fn runs_that_claim_more_than_the_limits_are_never_decoded() {
    let action = (4 << 4) | 2;
    let predecessors = 7 << 4;
    // 2^55 times the value 1, in nine bytes.
    let many: &[u8] = &[0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01, 0x01];
    // Once the value 2^55.
    let heavy: &[u8] = &[0x7f, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01];
    assert_eq!(
        code(&change_of(&body(&[(action, many)]))),
        Code::ChangeTooLarge
    );
    let columns = [(action, [0x7f, 1].as_slice()), (predecessors, heavy)];
    assert_eq!(code(&change_of(&body(&columns))), Code::ChangeTooLarge);
    let packed = deflated(&body(&columns));
    let claimed = chunk(2, &packed, &body(&columns));
    assert_eq!(code(&claimed), Code::ChangeTooLarge);
}

#[test]
fn too_many_dependencies_are_too_large() {
    let mut ana = Desk::new(member("ana", Role::Agent), 1);
    let (change, _) = ana.make(start());
    let mut expanded = change.decode();
    expanded.deps = (0..=limits::CHANGE_DEPS)
        .map(|n| ChangeHash([u8::try_from(n).unwrap(); 32]))
        .collect();
    let change = Change::from(expanded);
    assert_eq!(code(change.raw_bytes()), Code::ChangeTooLarge);
}

#[test]
fn the_same_operations_in_other_bytes_are_not_canonical() {
    // A column nobody knows: decoding leaves it out.
    let unknown = change_of(&body(&[((20 << 4) | 2, &[0x02, 0x01])]));
    assert_eq!(code(&unknown), Code::NotCanonical);
}

/// A small generator, so that a failure names the seed that repeats it.
fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[test]
fn whatever_passes_can_be_applied_and_comes_out_again_as_it_went_in() {
    let mut ana = Desk::new(member("ana", Role::Agent), 1);
    let first = ana.make(start()).0;
    let (noted, id) = ana.make(note("One two three"));
    let third = ana.make(splice(id.unwrap(), 4, 3, "2")).0;
    let honest = [first, noted, third];
    let mut passed = 0;
    for seed in 0..1_000_u64 {
        let mut state = seed;
        let turn = (next(&mut state) % 3) as usize;
        let mut body = honest[turn].raw_bytes()[8..].to_vec();
        for _ in 0..=(next(&mut state) % 3) {
            let at = (next(&mut state) as usize) % body.len();
            body[at] = next(&mut state) as u8;
        }
        let mut bent = vec![0x85, 0x6f, 0x4a, 0x83, 0, 0, 0, 0];
        bent.extend_from_slice(&body);
        let checksum = hash(&bent);
        bent[4..8].copy_from_slice(&checksum[..4]);
        let mut server = Server::new();
        server.take(&ana.member, &honest[..turn]).unwrap();
        let Ok(incoming) = read(&bent) else { continue };
        if server
            .take(&ana.member, &[incoming.change().clone()])
            .is_err()
        {
            continue;
        }
        passed += 1;
        let out = server.document.changes_since(&[]);
        let hashes: Vec<ChangeHash> = out.iter().map(Change::hash).collect();
        assert!(hashes.contains(&incoming.change().hash()), "seed {seed}");
        let again = Document::load(
            doc(),
            ActorId::from([201; 16]),
            &ana.member.id,
            [server.document.save()],
        );
        assert_eq!(
            again.unwrap().heads(),
            server.document.heads(),
            "seed {seed}"
        );
    }
    assert!(passed > 0, "bending a character of a text does no harm");
}

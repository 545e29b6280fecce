//! The fuzzer: picks an input, bends it, looks at the answer.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Inputs that are kept, beyond those the target begins with.
const KEPT: usize = 4_096;
/// The largest input, in bytes.
const LARGEST: usize = 64 << 10;
/// What one input may take: the budget of architecture §8 is 100 ms for a MiB in
/// the release build, and this is neither that nor an idle machine.
const SLOWEST: Duration = Duration::from_secs(20);

/// Feeds a target until the time is up. The target's answer is what tells an
/// input from others: a code, what was found, how far it came.
pub(crate) fn fuzz<A: Hash>(name: &str, seeds: Vec<Vec<u8>>, mut target: impl FnMut(&[u8]) -> A) {
    let seconds = number("FUZZ_SECONDS").unwrap_or(10);
    let seed = number("FUZZ_SEED").unwrap_or(1);
    println!("{name}: FUZZ_SEED={seed}");
    let mut corpus = seeds;
    corpus.extend(kept(name));
    let mut answers = HashSet::new();
    let mut try_one = |input: &[u8], answers: &mut HashSet<u64>| {
        let began = now();
        let answer = catch_unwind(AssertUnwindSafe(|| target(input)));
        let answer = answer.unwrap_or_else(|panic| {
            let path = write(&artifacts(), name, input);
            eprintln!("{name} fails on {}", path.display());
            resume_unwind(panic)
        });
        let took = now() - began;
        assert!(
            took < SLOWEST,
            "{name} took {took:?} for {} bytes",
            input.len()
        );
        let mut hasher = DefaultHasher::new();
        answer.hash(&mut hasher);
        answers.insert(hasher.finish())
    };
    for input in &corpus {
        try_one(input, &mut answers);
    }
    let (first, known) = (corpus.len(), answers.len());
    let end = now() + Duration::from_secs(seconds);
    let mut dice = Dice(seed);
    let mut tried = 0_u64;
    while now() < end {
        for _ in 0..64 {
            let input = bent(&corpus, &mut dice);
            tried += 1;
            if try_one(&input, &mut answers) && corpus.len() < first + KEPT {
                if std::env::var_os("FUZZ_KEEP").is_some() && input.len() <= 2_048 {
                    write(&folder(name), name, &input);
                }
                corpus.push(input);
            }
        }
    }
    println!(
        "{name}: {tried} inputs, {} answers ({known} from {first} seeds)",
        answers.len()
    );
    assert!(tried > 0);
}

/// What the environment says, if it says a number.
fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok()?.parse().ok()
}

#[expect(
    clippy::disallowed_methods,
    reason = "a fuzzer runs for a time, not a number of inputs"
)]
fn now() -> Instant {
    Instant::now()
}

/// Where a target's corpus is kept.
fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("corpus")
        .join(name)
}

fn artifacts() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("artifacts/fuzz")
}

/// The corpus in the repository.
fn kept(name: &str) -> Vec<Vec<u8>> {
    let Ok(files) = std::fs::read_dir(folder(name)) else {
        return Vec::new();
    };
    let mut paths: Vec<PathBuf> = files.map(|file| file.unwrap().path()).collect();
    paths.sort();
    paths
        .iter()
        .map(|path| std::fs::read(path).unwrap())
        .collect()
}

fn write(folder: &Path, name: &str, input: &[u8]) -> PathBuf {
    let mut hasher = DefaultHasher::new();
    input.hash(&mut hasher);
    std::fs::create_dir_all(folder).unwrap();
    let path = folder.join(format!("{name}-{:016x}", hasher.finish()));
    std::fs::write(&path, input).unwrap();
    path
}

/// SplitMix64.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, most: usize) -> usize {
        (self.next() % most.max(1) as u64) as usize
    }
}

/// Bytes on which readers of numbers and lengths stumble.
const EDGES: [u8; 8] = [0x00, 0x01, 0x7f, 0x80, 0x81, 0xc0, 0xfe, 0xff];

/// One of the inputs with a few things changed.
fn bent(corpus: &[Vec<u8>], dice: &mut Dice) -> Vec<u8> {
    let mut input = corpus[dice.below(corpus.len())].clone();
    for _ in 0..=dice.below(4) {
        let at = dice.below(input.len());
        let some = dice.below(32) + 1;
        match dice.below(9) {
            0 if !input.is_empty() => input[at] ^= 1 << dice.below(8),
            1 if !input.is_empty() => input[at] = EDGES[dice.below(EDGES.len())],
            2 if !input.is_empty() => input[at] = dice.next() as u8,
            3 => input.insert(at, EDGES[dice.below(EDGES.len())]),
            4 if !input.is_empty() => {
                input.drain(at..(at + some).min(input.len()));
            }
            5 if !input.is_empty() => {
                let copy = input[at..(at + some).min(input.len())].to_vec();
                let to = dice.below(input.len());
                input.splice(to..to, copy);
            }
            6 => {
                let other = &corpus[dice.below(corpus.len())];
                let from = dice.below(other.len());
                let piece = &other[from..(from + 4 * some).min(other.len())];
                input.splice(at..at, piece.iter().copied());
            }
            7 => input.truncate(at),
            8 if !input.is_empty() => input[at] = input[at].wrapping_add(1),
            _ => input.push(dice.next() as u8),
        }
    }
    input.truncate(LARGEST);
    input
}

//! Counts what a change claims to hold before anything is decoded. Its columns
//! are run-length encoded: four bytes can claim 2^60 operations, or one
//! operation with 2^60 predecessors, and the decoder would make them all.

/// Reads bytes one after the other; `None` where they end or make no sense.
pub(crate) struct Reader<'a> {
    bytes: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes }
    }

    pub(crate) fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.bytes.split_at_checked(count)?;
        self.bytes = rest;
        Some(taken)
    }

    pub(crate) fn byte(&mut self) -> Option<u8> {
        self.take(1).map(|bytes| bytes[0])
    }

    pub(crate) fn rest(&mut self) -> &'a [u8] {
        std::mem::take(&mut self.bytes)
    }

    /// An unsigned LEB128 number of at most 64 bits.
    pub(crate) fn unsigned(&mut self) -> Option<u64> {
        let mut value = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let part = u64::from(byte & 0x7f);
            if shift == 63 && part > 1 {
                return None;
            }
            value |= part << shift;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }

    /// A signed LEB128 number of at most 64 bits.
    fn signed(&mut self) -> Option<i64> {
        let mut value = 0_i64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= i64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                let negative = byte & 0x40 != 0;
                if negative && shift + 7 < 64 {
                    value |= -1_i64 << (shift + 7);
                }
                return Some(value);
            }
        }
        None
    }

    fn skip(&mut self, count: u64) -> Option<()> {
        self.take(usize::try_from(count).ok()?).map(|_| ())
    }

    fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }
}

/// What a change claims to hold.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) deps: u64,
    pub(super) actors: u64,
    pub(super) ops: u64,
    pub(super) preds: u64,
}

/// Column 4, type integer: one action each operation.
const ACTION: u64 = 4 << 4 | 2;
/// Column 7, type group: how many predecessors each operation has.
const PREDECESSORS: u64 = 7 << 4;

impl Counts {
    /// Counts in an uncompressed change chunk, whose layout is: header; deps;
    /// actor; seq; start; time; message; other actors; column list; columns.
    pub(super) fn of(chunk: &[u8]) -> Option<Self> {
        let mut counts = Counts::default();
        let mut reader = Reader::new(chunk);
        reader.skip(9)?;
        reader.unsigned()?;
        counts.deps = reader.unsigned()?;
        reader.skip(counts.deps.checked_mul(32)?)?;
        let actor = reader.unsigned()?;
        reader.skip(actor)?;
        reader.unsigned()?;
        reader.unsigned()?;
        reader.signed()?;
        let message = reader.unsigned()?;
        reader.skip(message)?;
        let others = reader.unsigned()?;
        for _ in 0..others {
            let actor = reader.unsigned()?;
            reader.skip(actor)?;
        }
        counts.actors = others.checked_add(1)?;
        let mut columns = Vec::new();
        for _ in 0..reader.unsigned()? {
            columns.push((reader.unsigned()?, reader.unsigned()?));
        }
        for (column, length) in columns {
            let data = reader.take(usize::try_from(length).ok()?)?;
            match column {
                ACTION => counts.ops = counts.ops.saturating_add(sum(data, |_| 1)?),
                PREDECESSORS => counts.preds = counts.preds.saturating_add(sum(data, |n| n)?),
                _ => {}
            }
        }
        Some(counts)
    }
}

/// Adds up a run-length encoded column of unsigned numbers: a positive count
/// and one value, a negative count and as many values, or zero and a count of
/// nulls.
fn sum(column: &[u8], weight: impl Fn(u64) -> u64) -> Option<u64> {
    let mut reader = Reader::new(column);
    let mut total = 0_u64;
    while !reader.is_empty() {
        let count = reader.signed()?;
        match count {
            1.. => {
                let each = weight(reader.unsigned()?);
                total = total.saturating_add(each.saturating_mul(count.unsigned_abs()));
            }
            0 => total = total.saturating_add(reader.unsigned()?),
            _ => {
                // A literal run cannot be longer than the bytes that are left.
                for _ in 0..count.unsigned_abs() {
                    total = total.saturating_add(weight(reader.unsigned()?));
                }
            }
        }
    }
    Some(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_counts_as_often_as_it_claims() {
        // 2^40 times the value 1, in seven bytes.
        let run = [0x80, 0x80, 0x80, 0x80, 0x80, 0x20, 0x01];
        assert_eq!(sum(&run, |_| 1), Some(1 << 40));
        // Three literal values: 5, 6, 7.
        assert_eq!(sum(&[0x7d, 5, 6, 7], |n| n), Some(18));
        // Two nulls.
        assert_eq!(sum(&[0x00, 2], |_| 1), Some(2));
        assert_eq!(sum(&[0x7d, 5], |n| n), None);
        assert_eq!(sum(&[0x80], |n| n), None);
    }

    #[test]
    fn the_counts_of_a_change_are_its_own() {
        use automerge::transaction::Transactable;
        use automerge::{AutoCommit, ROOT};
        let mut doc = AutoCommit::new().with_actor(automerge::ActorId::from([1_u8; 16]));
        doc.put(ROOT, "a", 1).unwrap();
        doc.commit();
        doc.put(ROOT, "a", 2).unwrap();
        doc.put(ROOT, "b", "text").unwrap();
        doc.commit();
        let change = doc.get_last_local_change().unwrap();
        let counts = Counts::of(change.raw_bytes()).unwrap();
        let expected = Counts {
            deps: 1,
            actors: 1,
            ops: 2,
            preds: 1,
        };
        assert_eq!(counts, expected);
    }
}

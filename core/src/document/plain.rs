//! Plain texts that several people edit, made equal to what somebody saved.

use automerge::transaction::Transactable;
use automerge::{AutoCommit, AutomergeError, ObjId, ReadDoc};

/// Two texts up to which all differences are looked for, as the product of their
/// sizes in bytes: looking takes that long where nothing is equal.
const COMPARED: usize = 4_000_000;

/// Makes a text equal to another, by its differences; of long ones only what is
/// between their equal ends is replaced.
pub(super) fn update(
    doc: &mut AutoCommit,
    text: &ObjId,
    wanted: &str,
) -> Result<(), AutomergeError> {
    let current = doc.text(text)?;
    if current.len().saturating_mul(wanted.len()) <= COMPARED {
        return doc.update_text(text, wanted);
    }
    let pairs = current.chars().zip(wanted.chars());
    let start: usize = equal(pairs);
    let (old, new) = (&current[start..], &wanted[start..]);
    let end = equal(old.chars().rev().zip(new.chars().rev()));
    let (old, new) = (&old[..old.len() - end], &new[..new.len() - end]);
    let units = |text: &str| text.encode_utf16().count();
    let at = units(&current[..start]);
    doc.splice_text(text, at, units(old).cast_signed(), new)
}

/// How many bytes of two texts are equal, from where the pairs begin.
fn equal(pairs: impl Iterator<Item = (char, char)>) -> usize {
    let same = pairs.take_while(|(old, new)| old == new);
    same.map(|(letter, _)| letter.len_utf8()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use automerge::{ObjType, ROOT};

    #[test]
    fn a_long_text_becomes_another_whatever_they_share() {
        let long = |letter: char| letter.to_string().repeat(60_000);
        for (old, new) in [
            (long('a'), long('語')),
            (long('😀'), long('😁')),
            (long('a'), format!("{}b{}", long('a'), long('a'))),
            (format!("{}b", long('a')), long('a')),
            (long('a'), String::new()),
            ("one two".to_owned(), "one and two".to_owned()),
        ] {
            let mut doc = AutoCommit::new();
            let text = doc.put_object(ROOT, "text", ObjType::Text).unwrap();
            doc.splice_text(&text, 0, 0, &old).unwrap();
            update(&mut doc, &text, &new).unwrap();
            assert_eq!(doc.text(&text).unwrap(), new);
        }
    }
}

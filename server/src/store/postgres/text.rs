//! Text that PostgreSQL takes: it may not hold U+0000, and what is indexed as
//! a key has at most 2,704 bytes (a third of a page).

use std::borrow::Cow;

use sha2::{Digest, Sha256};

/// The longest key that is kept as it is, in bytes.
const KEY_BYTES: usize = 512;

/// A text to be kept, in which nothing can stand for U+0000.
pub(super) fn storable(text: &str) -> Cow<'_, str> {
    if text.contains('\0') {
        Cow::Owned(text.replace('\0', "\u{fffd}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// A text to be looked for. A very long one is known by its hash.
pub(super) fn key(text: &str) -> Cow<'_, str> {
    if text.len() > KEY_BYTES {
        Cow::Owned(format!("sha256 {}", hex::encode(Sha256::digest(text))))
    } else {
        storable(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_can_be_a_key() {
        assert_eq!(key("kim@mail.example"), "kim@mail.example");
        assert_eq!(key("a\0b"), "a\u{fffd}b");
        let long = "a".repeat(100_000);
        assert!(key(&long).len() < KEY_BYTES);
        assert_ne!(key(&long), key(&long[1..]));
    }
}

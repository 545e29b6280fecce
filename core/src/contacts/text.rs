//! From bytes to text: UTF-8, UTF-16 as Outlook writes it, and Windows-1252 for
//! each line that is neither, so that one wrong byte spoils no other line.

/// What Windows-1252 has where Latin 1 has control characters, 0x80 to 0x9f; what
/// it has not stays a control character (WHATWG Encoding).
const WINDOWS_1252: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}',
    '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

/// The text of a file, without its byte order mark.
pub(super) fn decode(bytes: &[u8]) -> String {
    match bytes {
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        _ => bytes
            .split_inclusive(|byte| *byte == b'\n')
            .map(legacy)
            .collect(),
    }
}

/// UTF-8, or Windows-1252 where it is not UTF-8.
pub(super) fn legacy(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().map(|byte| windows_1252(*byte)).collect(),
    }
}

fn windows_1252(byte: u8) -> char {
    match byte {
        0x80..=0x9f => WINDOWS_1252[usize::from(byte - 0x80)],
        _ => char::from(byte),
    }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let (pairs, _) = bytes.as_chunks::<2>();
    let units = pairs.iter().map(|pair| unit(*pair));
    char::decode_utf16(units)
        .map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_read_in_what_they_are_written_in() {
        let utf16 = |text: &str, bytes: fn(u16) -> [u8; 2]| -> Vec<u8> {
            "\u{feff}"
                .encode_utf16()
                .chain(text.encode_utf16())
                .flat_map(bytes)
                .collect()
        };
        for (bytes, text) in [
            (b"Jos\xc3\xa9".to_vec(), "José"),
            (b"\xef\xbb\xbfJos\xc3\xa9".to_vec(), "José"),
            (b"Jos\xe9 \x80 5".to_vec(), "José € 5"),
            (
                b"Jos\xc3\xa9\nJos\xe9\nZo\xc3\xab".to_vec(),
                "José\nJosé\nZoë",
            ),
            (
                b"\xef\xbb\xbfJos\xc3\xa9\nZo\xeb".to_vec(),
                "José\nZo\u{fffd}",
            ),
            (utf16("José 🙂", u16::to_le_bytes), "José 🙂"),
            (utf16("José 🙂", u16::to_be_bytes), "José 🙂"),
            (Vec::new(), ""),
        ] {
            assert_eq!(decode(&bytes), text);
        }
    }
}

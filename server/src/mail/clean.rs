//! Strings from outside, made fit for a document: without control characters
//! and within the core's limits.

/// The beginning of a text, at most `units` UTF-16 code units long.
pub(super) fn clip(text: &str, units: usize) -> &str {
    let mut used = 0;
    let end = text.char_indices().find(|(_, c)| {
        used += c.len_utf16();
        used > units
    });
    end.map_or(text, |(at, _)| &text[..at])
}

/// A text of several lines, at most `bytes` of UTF-8 long: LF between them, no
/// other control character but tabs.
pub(super) fn block(text: &str, bytes: usize) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let kept: String = text
        .chars()
        .filter(|c| !c.is_control() || matches!(c, '\n' | '\t'))
        .collect();
    let kept = kept.trim_end();
    kept[..kept.floor_char_boundary(bytes)].to_owned()
}

/// A single line of at most `units` UTF-16 code units: any run of white space becomes one space.
pub(super) fn line(text: &str, units: usize) -> String {
    let words = text.split(|c: char| c.is_whitespace() || c.is_control());
    let line = words
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ");
    clip(&line, units).trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_cut_between_characters_and_counted_in_utf16() {
        for (text, units, expect) in [
            ("abc", 2, "ab"),
            ("a😀b", 2, "a"),
            ("a😀b", 3, "a😀"),
            ("", 5, ""),
            ("äöü", 9, "äöü"),
        ] {
            assert_eq!(clip(text, units), expect);
        }
    }

    #[test]
    fn control_characters_do_not_pass() {
        assert_eq!(block("a\r\nb\rc\0\u{1b}[1m\td\n\n", 99), "a\nb\nc[1m\td");
        assert_eq!(line(" a\r\n\tb\u{7}  c ", 99), "a b c");
    }
}

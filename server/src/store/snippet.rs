//! Between what a person types, what an index takes, and what a browser shows.

/// Stands before a match in a snippet; control characters are in no word.
pub(super) const MATCH_BEGINS: char = '\u{2}';
/// Stands after it.
pub(super) const MATCH_ENDS: char = '\u{3}';

/// Words around a match.
pub(super) const SNIPPET_WORDS: u16 = 24;
/// Words of a search that count; the rest is ignored.
const WORDS: usize = 16;
/// Letters that make a beginning: fewer would match half of everything. Scripts
/// with other letters than ours write whole words with one or two.
const BEGINNING: usize = 3;

/// What was typed, in its words.
pub(super) struct Typed<'a> {
    /// Each with a letter or digit; at least one.
    pub(super) words: Vec<&'a str>,
    /// Whether the last one may be the beginning of a word.
    pub(super) goes_on: bool,
}

impl<'a> Typed<'a> {
    /// The words that count. `None` where there is none.
    pub(super) fn read(typed: &'a str) -> Option<Self> {
        let words = typed
            .split(|c: char| c.is_whitespace() || c.is_control())
            .filter(|word| word.chars().any(char::is_alphanumeric))
            .take(WORDS);
        let words: Vec<&str> = words.collect();
        let last = words.last()?;
        let goes_on = !last.is_ascii() || last.len() >= BEGINNING;
        Some(Self { words, goes_on })
    }
}

/// An FTS5 expression that finds texts with all the words, the last of which
/// may go on where it is long enough. Every word is a quoted string, in which nothing has a meaning
/// but the quote itself. `None` where there is no word.
pub(super) fn expression(typed: &str) -> Option<String> {
    let Typed { words, goes_on } = Typed::read(typed)?;
    let quoted = words
        .iter()
        .map(|word| format!("\"{}\"", word.replace('"', "\"\"")));
    let all = quoted.collect::<Vec<_>>().join(" AND ");
    Some(if goes_on { all + " *" } else { all })
}

/// A snippet on one line, and where its matches stand in UTF-16 code units.
pub(super) fn plain(marked: &str) -> (String, Vec<(u32, u32)>) {
    let mut text = String::with_capacity(marked.len());
    let mut matches = Vec::new();
    let mut units = 0;
    let mut begun = None;
    for c in marked.trim().chars() {
        match c {
            MATCH_BEGINS => begun = Some(units),
            MATCH_ENDS => matches.extend(begun.take().map(|begin| (begin, units))),
            c => {
                let blank = c.is_whitespace() || c.is_control();
                if blank && text.ends_with(' ') {
                    continue;
                }
                let c = if blank { ' ' } else { c };
                text.push(c);
                units += if c.len_utf16() == 2 { 2 } else { 1 };
            }
        }
    }
    (text, matches)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_lose_their_syntax() {
        for (typed, expected) in [
            ("tea", Some("\"tea\" *")),
            ("te", Some("\"te\"")),
            ("té", Some("\"té\" *")),
            ("green  tea", Some("\"green\" AND \"tea\" *")),
            ("NOT tea OR", Some("\"NOT\" AND \"tea\" AND \"OR\"")),
            ("say \"hi\"", Some("\"say\" AND \"\"\"hi\"\"\" *")),
            ("text:x*", Some("\"text:x*\" *")),
            ("a\0b", Some("\"a\" AND \"b\"")),
            ("kim@mail.example", Some("\"kim@mail.example\" *")),
            ("", None),
            ("\" * ( ^", None),
        ] {
            assert_eq!(expression(typed).as_deref(), expected, "{typed:?}");
        }
    }

    #[test]
    fn a_snippet_is_one_line_and_counts_as_javascript_does() {
        for (marked, text, matches) in [
            ("a \u{2}b\u{3} c", "a b c", vec![(2, 3)]),
            (
                "\n\u{2}a\u{3}\r\n\t\u{2}b\u{3}",
                "a b",
                vec![(0, 1), (2, 3)],
            ),
            ("😀 \u{2}é\u{3}", "😀 é", vec![(3, 4)]),
            ("\u{3}none", "none", vec![]),
        ] {
            assert_eq!(plain(marked), (text.to_owned(), matches), "{marked:?}");
        }
    }
}

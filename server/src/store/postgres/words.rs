//! Words as the index has them: without case and accents, whatever script, as
//! SQLite's tokenizer (`unicode61 remove_diacritics 2`) makes them, so that
//! both stores find the same. PostgreSQL's own parser would keep addresses in
//! one piece and read letters as the system's locale does.

use std::ops::Range;

use threadline_core::id::WorkspaceId;
use threadline_core::model::TextKind;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::text::storable;
use crate::store::snippet::{MATCH_BEGINS, MATCH_ENDS, SNIPPET_WORDS, Typed};

/// The longest word that is told apart from others, in characters; the index
/// takes 2,046 bytes.
const WORD_CHARS: usize = 120;
/// Words of one text in the index, in bytes; it takes 1 MiB.
const VECTOR_BYTES: usize = 512 << 10;
/// Words shown before the first match.
const BEFORE: usize = 4;

/// A word of a text.
struct Word {
    folded: String,
    /// Where it stands, in bytes.
    place: Range<usize>,
}

/// The words of a text, in order. A word of accents alone (U+0345 counts as a
/// letter) is none: the index takes no empty word.
fn words(text: &str) -> impl Iterator<Item = Word> {
    let mut from = 0;
    let all = std::iter::from_fn(move || {
        let rest = &text[from..];
        let begin = from + rest.find(char::is_alphanumeric)?;
        let length = text[begin..]
            .find(|c: char| !c.is_alphanumeric() && !is_combining_mark(c))
            .unwrap_or(text.len() - begin);
        let place = begin..begin + length;
        from = place.end;
        Some(Word {
            folded: fold(&text[place.clone()]),
            place,
        })
    });
    all.filter(|word| !word.folded.is_empty())
}

fn fold(word: &str) -> String {
    let accent = |c: &char| ('\u{300}'..='\u{36f}').contains(c);
    let lower = word.chars().flat_map(char::to_lowercase);
    lower
        .nfd()
        .filter(|c| !accent(c))
        .take(WORD_CHARS)
        .collect()
}

/// A word that all texts of a workspace have, or all of a kind in it: so the
/// index itself tells the workspaces apart. No text has such a word.
fn scope(workspace: &WorkspaceId, kind: Option<TextKind>) -> String {
    format!("'={workspace}={}'", kind.map_or("", TextKind::as_str))
}

/// What the index has of a text (a `tsvector`).
pub(super) fn vector(workspace: &WorkspaceId, kind: TextKind, text: &str) -> String {
    let mut vector = format!(
        "{} {}",
        scope(workspace, None),
        scope(workspace, Some(kind))
    );
    for (n, word) in words(text).enumerate() {
        if vector.len() > VECTOR_BYTES {
            break;
        }
        // Letters and digits only: nothing to be quoted.
        vector.push_str(&format!(" '{}':{}", word.folded, n + 1));
    }
    vector
}

/// What is looked for: phrases of words, of which the very last may go on.
pub(super) struct Sought {
    phrases: Vec<Vec<String>>,
    goes_on: bool,
}

impl Sought {
    /// What a person typed. `None` where there is no word in it.
    pub(super) fn new(typed: &str) -> Option<Self> {
        let Typed {
            words: parts,
            goes_on,
        } = Typed::read(typed)?;
        // What is written together, such as an address, stands together.
        let phrase = |part: &str| words(part).map(|word| word.folded).collect::<Vec<_>>();
        let phrases: Vec<_> = parts.into_iter().map(phrase).collect();
        let phrases: Vec<_> = phrases.into_iter().filter(|it| !it.is_empty()).collect();
        (!phrases.is_empty()).then_some(Self { phrases, goes_on })
    }

    /// The index's expression for it (a `tsquery`).
    pub(super) fn expression(&self, workspace: &WorkspaceId, kind: Option<TextKind>) -> String {
        let mut parts = vec![scope(workspace, kind)];
        for phrase in &self.phrases {
            let words: Vec<String> = phrase.iter().map(|word| format!("'{word}'")).collect();
            parts.push(words.join(" <-> "));
        }
        let all = parts.join(" & ");
        if self.goes_on { all + ":*" } else { all }
    }

    /// The words around the first match, all matches in it marked.
    pub(super) fn snippet(&self, text: &str) -> String {
        let text = storable(text);
        let words: Vec<Word> = words(&text).collect();
        let mut matches: Vec<Range<usize>> = Vec::new();
        for n in 0..words.len() {
            let longest = self.phrases.iter().enumerate().filter_map(|(p, phrase)| {
                let last = self.goes_on && p + 1 == self.phrases.len();
                stands_at(&words[n..], phrase, last).then_some(phrase.len())
            });
            let longest = longest.max().unwrap_or(0);
            if longest > 0 && matches.last().is_none_or(|before| before.end <= n) {
                matches.push(n..n + longest);
            }
        }
        let first = matches.first().map_or(0, |first| first.start);
        let begin = first.saturating_sub(BEFORE);
        let end = words.len().min(begin + usize::from(SNIPPET_WORDS));
        let mut shown = String::new();
        let mut from = if begin == 0 {
            0
        } else {
            words[begin].place.start
        };
        if begin > 0 {
            shown.push('…');
        }
        for found in matches.iter().filter(|found| found.end <= end) {
            let (start, stop) = (
                words[found.start].place.start,
                words[found.end - 1].place.end,
            );
            shown.push_str(&text[from..start]);
            shown.push(MATCH_BEGINS);
            shown.push_str(&text[start..stop]);
            shown.push(MATCH_ENDS);
            from = stop;
        }
        if end < words.len() {
            shown.push_str(&text[from..words[end - 1].place.end]);
            shown.push('…');
        } else {
            shown.push_str(&text[from..]);
        }
        shown
    }
}

/// Whether words begin with a phrase, whose last one may go on.
fn stands_at(words: &[Word], phrase: &[String], goes_on: bool) -> bool {
    phrase.len() <= words.len()
        && phrase
            .iter()
            .zip(words)
            .enumerate()
            .all(|(n, (sought, word))| {
                word.folded == *sought
                    || goes_on && n + 1 == phrase.len() && word.folded.starts_with(sought.as_str())
            })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folded(text: &str) -> Vec<String> {
        words(text).map(|word| word.folded).collect()
    }

    #[test]
    fn words_are_those_of_any_script_without_case_and_accents() {
        for (text, expect) in [
            ("Grüner  Tee!", vec!["gruner", "tee"]),
            ("re\u{301}sume\u{301} ÉTÉ", vec!["resume", "ete"]),
            ("kim@mail.example", vec!["kim", "mail", "example"]),
            ("№ 0042/7", vec!["0042", "7"]),
            ("'); DROP--", vec!["drop"]),
            ("茶 чай शाय İ", vec!["茶", "чаи", "शाय", "i"]),
            ("\u{301} … 😀 \u{345}", vec![]),
        ] {
            assert_eq!(folded(text), expect, "{text:?}");
        }
    }

    #[test]
    fn the_expression_keeps_words_together_and_lets_the_last_go_on() {
        let workspace = "larkspur".parse().unwrap();
        let expression =
            |typed, kind| Sought::new(typed).map(|sought| sought.expression(&workspace, kind));
        assert_eq!(
            expression("Tea kim@mail.ex", None).unwrap(),
            "'=larkspur=' & 'tea' & 'kim' <-> 'mail' <-> 'ex':*"
        );
        assert_eq!(
            expression("te", Some(TextKind::Note)).unwrap(),
            "'=larkspur=note' & 'te'"
        );
        assert_eq!(expression("\" * (", None), None);
        assert_eq!(expression("\u{345}", None), None);
        assert_eq!(
            expression("\u{345} tea", None).unwrap(),
            "'=larkspur=' & 'tea':*"
        );
    }

    #[test]
    fn a_text_of_any_size_fits_into_the_index() {
        let workspace = "larkspur".parse().unwrap();
        let endless = "a".repeat(1 << 20);
        assert!(vector(&workspace, TextKind::Note, &endless).len() < 200);
        let many: String = (0..200_000).map(|n| format!("word{n} ")).collect();
        assert!(vector(&workspace, TextKind::Note, &many).len() < VECTOR_BYTES + 200);
    }

    #[test]
    fn a_snippet_shows_what_stands_around_the_first_match() {
        let sought = Sought::new("tea kim@ma").unwrap();
        let words: String = (0..40).map(|n| format!("w{n} ")).collect();
        for (text, expect) in [
            ("Some TEA.", "Some \u{2}TEA\u{3}.".to_owned()),
            ("no match", "no match".to_owned()),
            (
                "from kim@mail.example",
                "from \u{2}kim@mail\u{3}.example".to_owned(),
            ),
            (
                &format!("{words}tea, {words}"),
                format!(
                    "…w36 w37 w38 w39 \u{2}tea\u{3}, {}…",
                    (0..19)
                        .map(|n| format!("w{n}"))
                        .collect::<Vec<_>>()
                        .join(" ")
                ),
            ),
        ] {
            assert_eq!(sought.snippet(text), expect);
        }
    }
}

//! Lists in one value, with the escapes that vCard has (RFC 6350 §3.4).

/// The parts of a value between separators that have no backslash before them, unescaped.
pub(super) fn parts(value: &str, is_separator: impl Fn(char) -> bool) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        let c = match c {
            '\\' => match chars.next() {
                Some('n' | 'N') => '\n',
                Some(escaped) => escaped,
                None => '\\',
            },
            c if is_separator(c) => {
                parts.push(String::new());
                continue;
            }
            c => c,
        };
        if let Some(last) = parts.last_mut() {
            last.push(c);
        }
    }
    parts
}

/// The text of a value that is no list.
pub(super) fn unescape(value: &str) -> String {
    parts(value, |_| false).concat()
}

/// A text as a part of a value.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' => escaped.push_str("\\n"),
            '\r' => {}
            '\\' | ',' | ';' => escaped.extend(['\\', c]),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_escaped_is_one_part_and_itself_again() {
        let semicolon = |c| c == ';';
        assert_eq!(parts("a\\;b;c\\\\;\\n", semicolon), ["a;b", "c\\", "\n"]);
        assert_eq!(parts("a\\", semicolon), ["a\\"]);
        for text in ["", "a;b,c", "\\n", "one\ntwo", "\\"] {
            assert_eq!(unescape(&escape(text)), text);
        }
    }
}

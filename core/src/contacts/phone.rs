//! Phone numbers as far as they can be known without tables of all countries.

/// Digits that E.164 allows, and fewer than which no number of the world has.
const DIGITS: std::ops::RangeInclusive<usize> = 7..=15;

/// What stands before an extension, which E.164 does not have.
const EXTENSION: [char; 3] = ['x', '#', ';'];

/// Whether a number has an extension.
pub(super) fn is_extended(text: &str) -> bool {
    text.contains(EXTENSION)
}

/// A number that names its country (`+` or `00` at its beginning) in E.164. Of a
/// national one nobody can tell what it is without knowing where it was written.
pub(super) fn e164(text: &str) -> Option<String> {
    let text = text.split(EXTENSION).next().unwrap_or_default();
    let rest = text
        .trim()
        .strip_prefix('+')
        .or_else(|| text.trim().strip_prefix("00"))?;
    // `+44 (0)20 …`: the zero is for those who call from within the country.
    let digits: String = rest
        .replace("(0)", "")
        .chars()
        .filter(char::is_ascii_digit)
        .collect();
    let fits = DIGITS.contains(&digits.len()) && !digits.starts_with('0');
    fits.then(|| format!("+{digits}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_known_where_it_names_its_country() {
        for (text, number) in [
            ("+351 900 000 001", Some("+351900000001")),
            ("+44 (0)20 7946 0018", Some("+442079460018")),
            ("0049-30-901820", Some("+4930901820")),
            ("+1 212-555-0100 x12", Some("+12125550100")),
            ("+1-212-555-0100;ext=12", Some("+12125550100")),
            ("030 901820", None),
            ("+12", None),
            ("+0 123 456 789", None),
            ("+1234567890123456", None),
            ("", None),
        ] {
            assert_eq!(e164(text).as_deref(), number, "{text}");
        }
    }
}

//! Templates: canned replies whose placeholders are filled in (spec F2.13).

use serde::{Deserialize, Serialize};

/// A template with its placeholders filled in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct Rendered {
    /// The subject; empty where the template has none.
    pub subject: String,
    /// The text.
    pub text: String,
    /// Placeholders without a value, each once, in their order. They stand in
    /// the text as they were, so that nobody sends a gap without seeing it.
    pub missing: Vec<String>,
}

/// Fills in `{{name}}` by what `value` has under that name. An empty value is a
/// missing one. Values are taken as they are: a placeholder in one stays text.
pub fn render(text: &str, value: impl Fn(&str) -> Option<String>) -> Rendered {
    let mut rendered = Rendered::default();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        rendered.text.push_str(before);
        let Some((inner, behind)) = after.split_once("}}") else {
            // It never ends, so it is no placeholder.
            rest = &rest[before.len()..];
            break;
        };
        let name = inner.trim();
        match value(name).filter(|value| !value.is_empty()) {
            Some(value) => rendered.text.push_str(&value),
            None => {
                rendered.text.push_str("{{");
                rendered.text.push_str(inner);
                rendered.text.push_str("}}");
                if !rendered.missing.iter().any(|one| one == name) {
                    rendered.missing.push(name.to_owned());
                }
            }
        }
        rest = behind;
    }
    rendered.text.push_str(rest);
    rendered
}

/// The first of a person's names.
pub fn first_name(name: &str) -> String {
    name.split_whitespace()
        .next()
        .unwrap_or_default()
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(text: &str) -> (String, Vec<String>) {
        let rendered = render(text, |name| match name {
            "contact.first_name" => Some("Dora".to_owned()),
            "contact.company" => Some(String::new()),
            "trick" => Some("{{contact.first_name}} $1 \\0".to_owned()),
            _ => None,
        });
        (rendered.text, rendered.missing)
    }

    #[test]
    fn placeholders_are_filled_in_and_what_is_missing_stays_visible() {
        let table: [(&str, &str, &[&str]); 9] = [
            ("", "", &[]),
            ("Hello", "Hello", &[]),
            ("Hi {{contact.first_name}}!", "Hi Dora!", &[]),
            (
                "{{ contact.first_name }}{{contact.first_name}}",
                "DoraDora",
                &[],
            ),
            (
                "At {{contact.company}}",
                "At {{contact.company}}",
                &["contact.company"],
            ),
            (
                "{{nope}} {{ nope }} {{}}",
                "{{nope}} {{ nope }} {{}}",
                &["nope", ""],
            ),
            // Values are not looked into.
            ("{{trick}}", "{{contact.first_name}} $1 \\0", &[]),
            ("a {{b", "a {{b", &[]),
            (
                "{{a {{contact.first_name}}",
                "{{a {{contact.first_name}}",
                &["a {{contact.first_name"],
            ),
        ];
        for (text, expected, missing) in table {
            assert_eq!(
                filled(text),
                (
                    expected.to_owned(),
                    missing.iter().map(|it| (*it).to_owned()).collect()
                ),
                "{text}"
            );
        }
    }

    #[test]
    fn the_first_name_is_the_first_word() {
        assert_eq!(first_name("Dora  Lind"), "Dora");
        assert_eq!(first_name("  "), "");
    }
}

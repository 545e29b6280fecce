//! Checks that commands share: lengths, and words of the workspace's lists.

use crate::error::{Code, Refusal};
use crate::limits;

/// A required line of text, trimmed.
pub(crate) fn line(text: &str, field: &str) -> Result<String, Refusal> {
    let text = optional_line(text, field)?;
    if text.is_empty() {
        return Err(Refusal::new(Code::Invalid, "This must not be empty.").on(field));
    }
    Ok(text)
}

/// A line of text that may be empty, trimmed.
pub(crate) fn optional_line(text: &str, field: &str) -> Result<String, Refusal> {
    within(text, limits::LINE_UNITS, field)?;
    if text.chars().any(|c| c == '\n' || c == '\r') {
        return Err(Refusal::new(Code::Invalid, "This must be one line.").on(field));
    }
    Ok(text.trim().to_owned())
}

/// A text of at most so many UTF-16 units.
pub(crate) fn within(text: &str, units: usize, field: &str) -> Result<(), Refusal> {
    if text.encode_utf16().count() > units {
        let words = format!("This has more than {units} characters.");
        return Err(Refusal::new(Code::TooLong, words).on(field));
    }
    Ok(())
}

/// A word of a list that the workspace edits: a purpose, a task type.
pub(crate) fn list_word(text: &str, field: &str) -> Result<String, Refusal> {
    let fits = !text.is_empty()
        && text.len() <= 64
        && text
            .chars()
            .all(|c| c.is_alphanumeric() || c == '_' || c == '-');
    if fits {
        Ok(text.to_owned())
    } else {
        Err(Refusal::new(Code::Invalid, "This is not one of the choices.").on(field))
    }
}

//! Checks that commands share: lengths, and words of the workspace's lists.

use crate::error::{Code, Refusal};
use crate::limits;
use crate::model::{Channel, Identity, ListKind, WorkspaceView};

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

/// An entry of one of the workspace's lists that is offered.
pub(crate) fn choice(
    workspace: &WorkspaceView,
    list: ListKind,
    text: &str,
    field: &str,
) -> Result<String, Refusal> {
    if workspace.offers(list, text) {
        Ok(text.to_owned())
    } else {
        Err(Refusal::new(Code::Invalid, "This is not one of the choices.").on(field))
    }
}

/// Three capital letters (ISO 4217).
pub(crate) fn currency(text: &str, field: &str) -> Result<(), Refusal> {
    if text.len() == 3 && text.bytes().all(|b| b.is_ascii_uppercase()) {
        Ok(())
    } else {
        Err(Refusal::new(Code::Invalid, "A currency has three capital letters.").on(field))
    }
}

/// A calendar day (`YYYY-MM-DD`), or nothing.
pub(crate) fn optional_day(text: &str, field: &str) -> Result<String, Refusal> {
    if text.is_empty() || crate::time::read_day(text).is_some() {
        Ok(text.to_owned())
    } else {
        Err(Refusal::new(Code::Invalid, "This is not a day of the calendar.").on(field))
    }
}

/// An address that a browser may open, or nothing: `https` or `http` only, so
/// that no `javascript:` is ever stored.
pub(crate) fn optional_url(text: &str, field: &str) -> Result<String, Refusal> {
    let text = text.trim();
    within(text, limits::SCALAR_UNITS, field)?;
    let lower = text.to_ascii_lowercase();
    let host = ["https://", "http://"]
        .iter()
        .find_map(|scheme| lower.strip_prefix(scheme));
    let fits = host.is_some_and(|host| !host.is_empty() && !host.starts_with('/'))
        && !text.contains(|c: char| c.is_whitespace() || c.is_control());
    if text.is_empty() || fits {
        Ok(text.to_owned())
    } else {
        Err(Refusal::new(Code::Invalid, "This is not a web address.").on(field))
    }
}

/// An end that is not before its start.
pub(crate) fn not_before(
    end: Option<crate::time::Timestamp>,
    start: crate::time::Timestamp,
) -> Result<(), Refusal> {
    if end.is_some_and(|end| end < start) {
        return Err(Refusal::new(Code::Invalid, "The end is not before the start.").on("end"));
    }
    Ok(())
}

/// An e-mail address as far as a form can tell: something, `@`, something.
pub(crate) fn email(text: &str, field: &str) -> Result<String, Refusal> {
    let text = optional_line(text, field)?;
    let fits = text.split_once('@').is_some_and(|(name, host)| {
        !name.is_empty() && !host.is_empty() && !host.contains('@') && !text.contains(' ')
    });
    if text.is_empty() || fits {
        Ok(text)
    } else {
        Err(Refusal::new(Code::Invalid, "This is not an e-mail address.").on(field))
    }
}

/// A phone number as people write it: at least three digits, and nothing but
/// what stands between digits.
pub(crate) fn phone(text: &str, field: &str) -> Result<String, Refusal> {
    let text = optional_line(text, field)?;
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let fits = digits >= 3
        && text
            .chars()
            .all(|c| c.is_ascii_digit() || "+-() ./#*x\u{a0}".contains(c));
    if text.is_empty() || fits {
        Ok(text)
    } else {
        Err(Refusal::new(Code::Invalid, "This is not a phone number.").on(field))
    }
}

/// An address of a contact, as it is stored: e-mail in lower case, so that the
/// same address is the same key.
pub(crate) fn identity(identity: &Identity, field: &str) -> Result<Identity, Refusal> {
    let address = line(&identity.address, field)?;
    let address = match identity.channel {
        Channel::Email => email(&address, field)?.to_lowercase(),
        _ => address,
    };
    Ok(Identity {
        channel: identity.channel,
        address,
    })
}

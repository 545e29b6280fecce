//! From the values of a file to a contact's profile.

use super::headings::{self, Meaning};
use super::lines::parts;
use super::phone::{self, e164};
use super::vcard::NAMELESS;
use super::{ContactFile, Entry, ImportReason, ImportRemark, Record, Sheet};
use crate::command::{ContactDraft, check, contact};
use crate::error::{Code, Refusal};
use crate::limits;
use crate::model::{Channel, FieldType, Identity, ListKind, WorkspaceView};

/// Headings that mean nothing, of which at most so many are told.
const IGNORED: usize = 100;
/// An e-mail address, in characters (RFC 5321 §4.5.3.1).
const EMAIL_CHARS: usize = 320;

/// Reads the values of a file.
pub(super) fn file(sheet: &Sheet<'_>, workspace: &WorkspaceView) -> Result<ContactFile, Refusal> {
    let means = |heading: &String| headings::meaning(heading, &workspace.fields);
    let meanings: Vec<Option<Meaning>> = sheet.headings.iter().map(means).collect();
    let tells_who = |meaning: &Option<Meaning>| {
        use Meaning::{Email, Name, PartOfName, Phone, Whatsapp};
        matches!(
            meaning,
            Some(Name | PartOfName(_) | Email | Phone | Whatsapp)
        )
    };
    if !meanings.iter().any(tells_who) {
        let text = "Nothing in the file says which of it are names or addresses.";
        return Err(Refusal::new(Code::Invalid, text).on("file"));
    }
    let unknown = sheet.headings.iter().zip(&meanings);
    let ignored = unknown
        .filter(|(heading, meaning)| meaning.is_none() && !headings::is_silent(heading))
        .map(|(heading, _)| heading.clone());
    let entry = |record: &Record<'_>| {
        Reading {
            sheet,
            workspace,
            names: Default::default(),
            emails: Vec::new(),
            phones: Vec::new(),
            entry: Entry {
                line: record.line,
                source: record.source.to_owned(),
                uid: String::new(),
                draft: ContactDraft {
                    saved: true,
                    ..ContactDraft::default()
                },
                remarks: Vec::new(),
                refused: record.fault.map(ImportReason::remark),
            },
        }
        .read(record, &meanings)
    };
    Ok(ContactFile {
        head: sheet.head.to_owned(),
        entries: sheet.records.iter().map(entry).collect(),
        ignored: ignored.take(IGNORED).collect(),
    })
}

/// A row that is being read.
struct Reading<'a> {
    sheet: &'a Sheet<'a>,
    workspace: &'a WorkspaceView,
    /// The whole name, then its parts.
    names: [String; 4],
    emails: Vec<String>,
    phones: Vec<String>,
    entry: Entry,
}

impl Reading<'_> {
    fn read(mut self, record: &Record<'_>, meanings: &[Option<Meaning>]) -> Entry {
        for (place, value) in &record.values {
            if let Some(meaning) = meanings.get(*place).and_then(Option::as_ref) {
                self.take(meaning, value.trim(), *place);
            }
        }
        self.name();
        self.addresses();
        let draft = &self.entry.draft;
        let is_reached = !draft.identities.is_empty() || !draft.phone.is_empty();
        // Who has no address but a wrong one is not told from others by the name alone.
        let wrong = self.entry.remarks.iter().find(|remark| {
            use ImportReason::{BadEmail, BadPhone, TooLong};
            matches!(remark.reason, BadEmail | BadPhone | TooLong)
        });
        if !is_reached && self.entry.refused.is_none() {
            self.entry.refused = match wrong {
                Some(wrong) => Some(wrong.clone()),
                None => draft.name.is_empty().then(|| ImportReason::Nobody.remark()),
            };
        }
        self.entry
    }

    fn take(&mut self, meaning: &Meaning, value: &str, place: usize) {
        if value.is_empty() {
            return;
        }
        if value.len() > limits::CONTACT_FILE_VALUE_BYTES {
            return self.remark(ImportReason::TooLong, place);
        }
        match meaning {
            Meaning::Uid => value.clone_into(&mut self.entry.uid),
            Meaning::Name => {
                let name = self.line(value, place);
                let first = std::mem::take(&mut self.names[0]);
                self.names[0] = self.first(first, name, place);
            }
            Meaning::PartOfName(part) => {
                if let Some(name) = self.names.get_mut(part + 1) {
                    value.clone_into(name);
                }
            }
            Meaning::Email => {
                for one in list(value, &[',', ';', '\n']) {
                    self.email(&one, place);
                }
            }
            Meaning::Phone => {
                for one in numbers(value) {
                    self.phone(&one, place);
                }
            }
            Meaning::Whatsapp => {
                for one in numbers(value) {
                    match e164(&one) {
                        Some(number) => self.identity(Channel::Whatsapp, number),
                        None => self.remark(ImportReason::BadPhone, place),
                    }
                }
            }
            Meaning::Company => {
                let company = self.line(value, place);
                let first = std::mem::take(&mut self.entry.draft.company);
                self.entry.draft.company = self.first(first, company, place);
            }
            Meaning::Type => self.contact_type(value, place),
            Meaning::Tags => self.tags(value, place),
            Meaning::Custom(id) => {
                let fields = &self.workspace.fields;
                let Some(field) = fields.iter().find(|field| field.id == *id) else {
                    return;
                };
                let value = as_written(field.field_type, &field.choices, value);
                match contact::check_value(field, &value) {
                    Ok(value) => {
                        let first = self.entry.draft.fields.remove(id).unwrap_or_default();
                        let value = self.first(first, value, place);
                        self.entry.draft.fields.insert(id.clone(), value);
                    }
                    Err(_) => self.remark(ImportReason::BadValue, place),
                }
            }
        }
    }

    /// A value on one line, or nothing and a remark where it is too long.
    fn line(&mut self, value: &str, place: usize) -> String {
        let line = value.split_whitespace().collect::<Vec<_>>().join(" ");
        if check::within(&line, limits::LINE_UNITS, "").is_ok() {
            return line;
        }
        self.remark(ImportReason::TooLong, place);
        String::new()
    }

    /// The first value of what there is one of; that another is left out is said.
    fn first(&mut self, first: String, value: String, place: usize) -> String {
        if first.is_empty() {
            return value;
        }
        if !value.is_empty() && value != first {
            self.remark(ImportReason::TooMany, place);
        }
        first
    }

    fn email(&mut self, text: &str, place: usize) {
        let text = text.strip_prefix("mailto:").unwrap_or(text);
        match check::email(text, "") {
            Ok(email) if email.chars().count() <= EMAIL_CHARS => self.emails.push(email),
            _ => self.remark(ImportReason::BadEmail, place),
        }
    }

    fn phone(&mut self, text: &str, place: usize) {
        let number = match text.strip_prefix("tel:") {
            // What follows a number in a URI is an extension or where it is used (RFC 3966).
            Some(uri) => uri.split(';').next().unwrap_or_default(),
            None => text,
        };
        match check::phone(number, "") {
            Ok(number) => self.phones.push(number),
            Err(_) => self.remark(ImportReason::BadPhone, place),
        }
    }

    fn contact_type(&mut self, value: &str, place: usize) {
        let types = self.workspace.list(ListKind::ContactTypes);
        let is_called = |name: &str| name.to_lowercase() == value.to_lowercase();
        let offered = types.iter().filter(|choice| !choice.archived);
        let mut called = offered.filter(|it| is_called(it.id.as_str()) || is_called(&it.name));
        match called.next() {
            Some(choice) => choice
                .id
                .as_str()
                .clone_into(&mut self.entry.draft.contact_type),
            None => self.remark(ImportReason::UnknownType, place),
        }
    }

    fn tags(&mut self, value: &str, place: usize) {
        for tag in list(value, &[',', ';']) {
            // Google's groups that everybody is in.
            if tag.starts_with("* ") {
                continue;
            }
            let tag = self.line(&tag, place);
            let tags = &mut self.entry.draft.tags;
            if tag.is_empty() || tags.contains(&tag) {
                continue;
            }
            if tags.len() < limits::TAGS {
                tags.push(tag);
            } else {
                return self.remark(ImportReason::TooMany, place);
            }
        }
    }

    fn name(&mut self) {
        let whole = std::mem::take(&mut self.names[0]);
        let parts = self.names[1..].iter().filter(|part| !part.is_empty());
        let joined = parts.cloned().collect::<Vec<_>>().join(" ");
        let joined = joined.split_whitespace().collect::<Vec<_>>().join(" ");
        let name = if whole.is_empty() { joined } else { whole };
        // Where a name must be, people without one have their address there.
        let number = e164(&name);
        let whatsapp = self.entry.draft.identities.iter().map(|it| &it.address);
        let mut addresses = self.emails.iter().chain(&self.phones).chain(whatsapp);
        let is_address = addresses
            .any(|it| it.eq_ignore_ascii_case(&name) || (number.is_some() && number == e164(it)));
        let is_name = name != NAMELESS && !is_address;
        if !is_name {
            return;
        }
        if check::within(&name, limits::LINE_UNITS, "").is_ok() {
            self.entry.draft.name = name;
        } else {
            // Its parts are in columns of their own, of which none alone is too long.
            self.note(ImportReason::TooLong.remark());
        }
    }

    fn addresses(&mut self) {
        let (emails, phones) = (
            std::mem::take(&mut self.emails),
            std::mem::take(&mut self.phones),
        );
        self.entry.draft.email = emails.first().cloned().unwrap_or_default();
        let shown = phones.first().cloned().unwrap_or_default();
        self.entry.draft.phone = match e164(&shown) {
            Some(number) if !phone::is_extended(&shown) => number,
            _ => shown,
        };
        for email in emails {
            self.identity(Channel::Email, email.to_lowercase());
        }
        for (place, phone) in phones.into_iter().enumerate() {
            match e164(&phone) {
                Some(number) => self.identity(Channel::Sms, number),
                // The first one is in the profile at least.
                None if place == 0 => {}
                None => self.note(ImportReason::NoCountry.remark()),
            }
        }
    }

    fn identity(&mut self, channel: Channel, address: String) {
        let identity = Identity { channel, address };
        let identities = &mut self.entry.draft.identities;
        if identities.contains(&identity) {
            return;
        }
        if identities.len() < limits::ADDRESSES {
            identities.push(identity);
        } else {
            self.note(ImportReason::TooMany.remark());
        }
    }

    fn remark(&mut self, reason: ImportReason, place: usize) {
        let heading = self.sheet.headings.get(place).cloned();
        self.note(ImportRemark {
            heading,
            ..reason.remark()
        });
    }

    fn note(&mut self, remark: ImportRemark) {
        if !self.entry.remarks.contains(&remark) {
            self.entry.remarks.push(remark);
        }
    }
}

/// The values of a list; Google writes `:::` between them.
fn list(value: &str, separators: &[char]) -> Vec<String> {
    let parts = parts(&value.replace(":::", ";"), |c| separators.contains(&c));
    let trimmed = parts.iter().map(|part| part.trim().to_owned());
    trimmed.filter(|part| !part.is_empty()).collect()
}

/// The phone numbers of a value, in which a comma may come before an extension.
fn numbers(value: &str) -> Vec<String> {
    if value.starts_with("tel:") {
        vec![value.to_owned()]
    } else {
        list(value, &[';', '\n'])
    }
}

/// A custom field's value as its type writes it, where people write it otherwise.
fn as_written(field_type: FieldType, choices: &[String], value: &str) -> String {
    let lower = value.to_lowercase();
    match field_type {
        FieldType::Checkbox => match lower.as_str() {
            "1" | "x" | "y" | "yes" | "on" => "true".to_owned(),
            "0" | "n" | "no" | "off" => "false".to_owned(),
            _ => lower,
        },
        FieldType::Choice => choices
            .iter()
            .find(|choice| choice.to_lowercase() == lower)
            .map_or_else(|| value.to_owned(), Clone::clone),
        _ => value.to_owned(),
    }
}

//! Contacts as files: vCard (RFC 2426, RFC 6350) and CSV (RFC 4180), in and out.
//!
//! Both are read into the same thing: rows of values under headings. What the
//! headings mean is decided in one place ([`headings`]), so both know the same
//! fields. A file comes from outside: reading it always ends, and what is left
//! out of it is said, with its reason.

mod csv;
mod draft;
mod headings;
mod lines;
mod phone;
mod profile;
mod text;
mod vcard;

use serde::{Deserialize, Serialize};

pub(crate) use profile::{lacking, of_row, of_view, shows};

use crate::command::ContactDraft;
use crate::error::{Code, Refusal};
use crate::id::ContactId;
use crate::limits;
use crate::model::WorkspaceView;

/// What a file of contacts is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "snake_case")]
pub enum ContactFormat {
    /// CSV (RFC 4180) with headings, UTF-8.
    Csv,
    /// vCard 4.0 (RFC 6350).
    Vcard,
}

/// Why something of a file is not taken in as it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "snake_case")]
pub enum ImportReason {
    /// The row has more or fewer values than the file has headings.
    Ragged,
    /// The card or a quote in the row does not end, or a line cannot be read.
    Unreadable,
    /// There is neither a name nor an address.
    Nobody,
    /// This is not an e-mail address.
    BadEmail,
    /// This is not a phone number.
    BadPhone,
    /// The value is not of the custom field's type.
    BadValue,
    /// The workspace has no such type of contact.
    UnknownType,
    /// The value is longer than the limit.
    TooLong,
    /// Only a number with its country can be a further address.
    NoCountry,
    /// There are more tags or addresses than a contact may have, more values than are
    /// read of one, or a second one of what a contact has once.
    TooMany,
    /// An earlier row is about the same contact.
    Repeated,
    /// The address is somebody else's.
    Taken,
    /// The contact here has something else, which stays.
    Differs,
}

/// Something of a row that is not taken in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", tsify(missing_as_null))]
pub struct ImportRemark {
    /// Why.
    pub reason: ImportReason,
    /// The heading concerned, as the file has it; `None` for the whole row.
    pub heading: Option<String>,
    /// The line of the earlier row that is about the same contact or has the address.
    pub line: Option<u32>,
    /// Who else has the address, or what it is that stays here.
    pub stays: Option<String>,
}

/// A contact of a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The line it begins on, from 1.
    pub line: u32,
    /// Its text in the file.
    pub source: String,
    /// What the file calls it by, which no other contact of its maker has; may be empty.
    pub uid: String,
    /// What it says; what could not be taken is left out.
    pub draft: ContactDraft,
    /// What could not be taken, and why.
    pub remarks: Vec<ImportRemark>,
    /// Why none of it is taken.
    pub refused: Option<ImportRemark>,
}

/// A file of contacts, read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ContactFile {
    /// The line of headings; empty in vCard.
    pub head: String,
    /// Its contacts, in order.
    pub entries: Vec<Entry>,
    /// Headings that mean nothing here, so that nothing was taken from under them.
    pub ignored: Vec<String>,
}

impl ImportReason {
    pub(crate) fn remark(self) -> ImportRemark {
        ImportRemark {
            reason: self,
            heading: None,
            line: None,
            stays: None,
        }
    }
}

/// Reads a file of contacts in whichever of the formats it is. Refused is only a
/// file as a whole: `too_long` above a limit, `invalid` without a heading that is known.
pub fn read(bytes: &[u8], workspace: &WorkspaceView) -> Result<ContactFile, Refusal> {
    if bytes.len() > limits::CONTACT_FILE_BYTES {
        return Err(Refusal::new(Code::TooLong, "The file is too large.").on("file"));
    }
    let text = text::decode(bytes);
    let sheet = if vcard::is(&text) {
        vcard::read(&text)
    } else {
        csv::read(&text)
    };
    if sheet.headings.len() > limits::CONTACT_FILE_VALUES {
        let most = limits::CONTACT_FILE_VALUES;
        let text = format!("The file has more than {most} headings.");
        return Err(Refusal::new(Code::TooLong, text).on("file"));
    }
    if sheet.records.len() > limits::CONTACT_FILE_ROWS {
        let most = limits::CONTACT_FILE_ROWS;
        let text = format!("The file has more than {most} contacts.");
        return Err(Refusal::new(Code::TooLong, text).on("file"));
    }
    draft::file(&sheet, workspace)
}

/// The beginning of a file in a format: the headings, or nothing.
pub fn head(format: ContactFormat, workspace: &WorkspaceView) -> String {
    match format {
        ContactFormat::Csv => csv::head(workspace),
        ContactFormat::Vcard => String::new(),
    }
}

/// A contact as a part of a file that begins with [`head`].
pub fn write(
    format: ContactFormat,
    workspace: &WorkspaceView,
    id: ContactId,
    draft: &ContactDraft,
) -> String {
    match format {
        ContactFormat::Csv => csv::row(workspace, id, draft),
        ContactFormat::Vcard => vcard::card(id, draft),
    }
}

/// What stands in a file: values under headings.
#[derive(Debug, Default)]
struct Sheet<'t> {
    head: &'t str,
    /// Headings, as the file has them.
    headings: Vec<String>,
    records: Vec<Record<'t>>,
}

/// A contact of a file as it stands there.
#[derive(Debug, Default)]
struct Record<'t> {
    line: u32,
    source: &'t str,
    /// Values, each with the place of its heading.
    values: Vec<(usize, String)>,
    fault: Option<ImportReason>,
}

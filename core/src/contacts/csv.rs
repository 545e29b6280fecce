//! CSV (RFC 4180) with headings: commas, semicolons or tabs between values.

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};

use super::lines::escape;
use super::phone::e164;
use super::{ImportReason, Record, Sheet, headings};
use crate::command::ContactDraft;
use crate::id::ContactId;
use crate::limits;
use crate::model::{Channel, WorkspaceView};

/// The headings that every file of ours has.
const HEADINGS: &[&str] = &[
    "UID",
    "Name",
    "Email",
    "Other emails",
    "Phone",
    "Other phones",
    "WhatsApp",
    "Company",
    "Type",
    "Tags",
];

/// Reads a file: its first line has the headings.
pub(super) fn read(text: &str) -> Sheet<'_> {
    let mut rows = Rows::of(text);
    let Some(head) = rows.next() else {
        return Sheet::default();
    };
    let width = head.values.len();
    let record = |row: Row<'_>| {
        // Many programs end a row with empty values.
        let is_ragged = row.values.len() < width
            || row.values.len() > limits::CONTACT_FILE_VALUES
            || row.values.iter().skip(width).any(|value| !value.is_empty());
        let fault = if is_torn(row.source) {
            Some(ImportReason::Unreadable)
        } else {
            is_ragged.then_some(ImportReason::Ragged)
        };
        let values = row.values.into_iter().take(width).map(|it| rearm(&it));
        (
            values
                .enumerate()
                .filter(|(_, value)| !value.is_empty())
                .collect::<Vec<_>>(),
            fault,
        )
    };
    let mut records = Vec::new();
    for row in rows {
        let (line, source) = (row.line, row.source);
        let (values, fault) = record(row);
        // A line of separators alone is what a spreadsheet has below its last row.
        if !values.is_empty() || fault.is_some() {
            records.push(Record {
                line,
                source,
                values,
                fault,
            });
        }
        if records.len() > limits::CONTACT_FILE_ROWS {
            break;
        }
    }
    Sheet {
        head: head.source,
        headings: head.values,
        records,
    }
}

/// The line of headings, after the mark by which Excel knows UTF-8.
pub(super) fn head(workspace: &WorkspaceView) -> String {
    let fields = offered(workspace).map(|field| headings::of_field(field, &workspace.fields));
    let names = HEADINGS.iter().map(|it| (*it).to_owned()).chain(fields);
    format!("\u{feff}{}", line(names))
}

/// A contact's line.
pub(super) fn row(workspace: &WorkspaceView, id: ContactId, draft: &ContactDraft) -> String {
    let on = |channels: &[Channel], shown: &str| -> String {
        let all = draft.identities.iter();
        let others: Vec<String> = all
            .filter(|it| channels.contains(&it.channel) && !it.address.eq_ignore_ascii_case(shown))
            .map(|it| escape(&it.address))
            .collect();
        others.join("; ")
    };
    let shown_phone = e164(&draft.phone).unwrap_or_default();
    let tags: Vec<String> = draft.tags.iter().map(|tag| escape(tag)).collect();
    let own = [
        id.to_string(),
        draft.name.clone(),
        escape(&draft.email),
        on(&[Channel::Email], &draft.email),
        draft.phone.clone(),
        on(&[Channel::Sms, Channel::Call], &shown_phone),
        on(&[Channel::Whatsapp], ""),
        draft.company.clone(),
        draft.contact_type.clone(),
        tags.join("; "),
    ];
    let customs =
        offered(workspace).map(|field| draft.fields.get(&field.id).cloned().unwrap_or_default());
    line(own.into_iter().chain(customs))
}

fn offered(workspace: &WorkspaceView) -> impl Iterator<Item = &crate::model::FieldDefinition> {
    workspace.fields.iter().filter(|field| !field.archived)
}

fn line(values: impl Iterator<Item = String>) -> String {
    let cells: Vec<String> = values.map(|value| quote(&disarm(value))).collect();
    format!("{}\r\n", cells.join(","))
}

fn quote(value: &str) -> String {
    if value.contains([',', ';', '\t', '"', '\r', '\n']) {
        format!("\"{}\"", value.replace('"', "\"\""))
    } else {
        value.to_owned()
    }
}

/// A value that no spreadsheet takes for a formula (OWASP, CSV injection). Numbers
/// of phones stay, as there is nothing in them that calculates.
fn disarm(value: String) -> String {
    let of_number = |c: char| c.is_ascii_digit() || "+-() ./;".contains(c);
    let is_number = value.starts_with('+') && value.chars().all(of_number);
    if begins_formula(value.trim_start_matches('\'')) && !is_number {
        format!("'{value}")
    } else {
        value
    }
}

/// What [`disarm`] was given.
fn rearm(value: &str) -> String {
    let value = value.trim_matches(' ');
    match value.strip_prefix('\'') {
        Some(rest) if begins_formula(rest.trim_start_matches('\'')) => rest.to_owned(),
        _ => value.to_owned(),
    }
}

fn begins_formula(value: &str) -> bool {
    value.starts_with(['=', '+', '-', '@', '\t', '\r'])
}

/// A row of a file as it stands there.
struct Row<'t> {
    line: u32,
    source: &'t str,
    values: Vec<String>,
}

/// The rows of a file.
struct Rows<'t> {
    reader: Reader,
    text: &'t str,
    line: u32,
}

impl<'t> Rows<'t> {
    fn of(text: &'t str) -> Self {
        // Excel says in a line before the headings what separates values.
        let first = first_line(text);
        let said = first.strip_prefix("sep=");
        let text = said.map_or(text, |_| &text[first.len()..]);
        let separator = said.and_then(|said| said.bytes().next());
        let separator = separator.unwrap_or_else(|| separator_of(text));
        Self {
            reader: ReaderBuilder::new().delimiter(separator).build(),
            text,
            line: 1,
        }
    }
}

impl<'t> Iterator for Rows<'t> {
    type Item = Row<'t>;

    fn next(&mut self) -> Option<Row<'t>> {
        let text = self.text.trim_start_matches(['\r', '\n']);
        let skipped = &self.text[..self.text.len() - text.len()];
        self.line += lines_in(skipped);
        let (values, read) = record(&mut self.reader, text.as_bytes())?;
        // The reader leaves the second half of a line's end to the next record.
        let is_half = text.get(read.saturating_sub(1)..=read) == Some("\r\n");
        let source = text.get(..read + usize::from(is_half)).unwrap_or(text);
        let row = Row {
            line: self.line,
            source: source.trim_end_matches(['\r', '\n']),
            values,
        };
        self.line += lines_in(source);
        self.text = &text[source.len()..];
        Some(row)
    }
}

/// The next record of the input, and how much of it that is.
fn record(reader: &mut Reader, input: &[u8]) -> Option<(Vec<String>, usize)> {
    let (mut read, mut written, mut ended) = (0, 0, 0);
    let (mut output, mut ends) = (vec![0; 256], vec![0; 16]);
    loop {
        let (result, taken, put, marked) =
            reader.read_record(&input[read..], &mut output[written..], &mut ends[ended..]);
        (read, written, ended) = (read + taken, written + put, ended + marked);
        match result {
            // An empty rest of the input is its end, which the reader is told by it.
            ReadRecordResult::InputEmpty => {}
            ReadRecordResult::OutputFull => output.resize(output.len() * 2, 0),
            ReadRecordResult::OutputEndsFull => ends.resize(ends.len() * 2, 0),
            ReadRecordResult::Record => break,
            ReadRecordResult::End => return None,
        }
    }
    let starts = std::iter::once(0).chain(ends.iter().copied());
    let values = starts
        // One more, by which it is seen that there are too many.
        .zip(&ends[..ended.min(limits::CONTACT_FILE_VALUES + 1)])
        .map(|(start, end)| {
            let value = output.get(start..*end).unwrap_or_default();
            String::from_utf8_lossy(value).into_owned()
        });
    Some((values.collect(), read))
}

/// What stands most often between the headings.
fn separator_of(text: &str) -> u8 {
    let head = first_line(text.trim_start());
    let count = |separator: u8| head.bytes().filter(|byte| *byte == separator).count();
    // Of several that stand as often the last one is taken.
    [b'\t', b';', b',']
        .into_iter()
        .max_by_key(|it| count(*it))
        .unwrap_or(b',')
}

/// Whether a quote that nobody closed has made one row of several.
fn is_torn(source: &str) -> bool {
    let quotes = source.bytes().filter(|byte| *byte == b'"').count();
    source.contains(['\r', '\n']) && quotes % 2 == 1
}

/// Where lines end with a carriage return alone, there too.
fn first_line(text: &str) -> &str {
    text.split(['\r', '\n']).next().unwrap_or_default()
}

fn lines_in(text: &str) -> u32 {
    let ends = text.bytes().filter(|byte| matches!(byte, b'\r' | b'\n'));
    let count = ends.count() - text.matches("\r\n").count();
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_found_whatever_stands_between_them() {
        for text in [
            "Name,Email\nAna,a@x",
            "Name;Email\r\nAna;a@x\r\n",
            "sep=;\r\nName;Email\r\nAna;a@x",
            "\r\n\r\nName\tEmail\nAna\ta@x\n\n;;\n",
            "\"Name\",\"Email\"\n\"Ana\",\"a@x\",,\n,\n",
        ] {
            let sheet = read(text);
            assert_eq!(sheet.headings, ["Name", "Email"], "{text}");
            let values = &sheet.records[0].values;
            let ana = [(0, "Ana".to_owned()), (1, "a@x".to_owned())];
            assert_eq!(values[..], ana, "{text}");
        }
    }

    #[test]
    fn a_row_knows_its_line_and_its_text() {
        let sheet = read("Name,Note\n\nAna,\"two\nlines \"\"\"\nBen,b,c\nCleo\n");
        let rows: Vec<_> = sheet
            .records
            .iter()
            .map(|it| (it.line, it.source, it.fault))
            .collect();
        let ragged = Some(ImportReason::Ragged);
        assert_eq!(
            rows,
            [
                (3, "Ana,\"two\nlines \"\"\"", None),
                (5, "Ben,b,c", ragged),
                (6, "Cleo", ragged)
            ]
        );
        assert_eq!(sheet.records[0].values[1].1, "two\nlines \"");
        for end in ["\n", "\r\n", "\r"] {
            let text = ["sep=;", "Name;Email", "Ana;a@x", "", "Ben;b@x"].join(end);
            let lines = |it: Sheet<'_>| it.records.iter().map(|it| it.line).collect::<Vec<_>>();
            assert_eq!(lines(read(&text)), [3, 5], "{end:?}");
        }
    }

    #[test]
    fn rows_that_a_quote_has_swallowed_are_not_lost_silently() {
        for (text, swallowed) in [
            (
                "Name,Note\nAna,\"oops\nBen,hi\nCleo,\n",
                "Ana,\"oops\nBen,hi\nCleo,",
            ),
            (
                "Name,Note\nAna,\"oops\nBen,\"hi\"\n",
                "Ana,\"oops\nBen,\"hi\"",
            ),
        ] {
            let sheet = read(text);
            let rows: Vec<_> = sheet
                .records
                .iter()
                .map(|it| (it.source, it.fault))
                .collect();
            assert_eq!(rows, [(swallowed, Some(ImportReason::Unreadable))]);
        }
        // Of one row alone nothing is lost by it.
        let sheet = read("Name,Note\nAna,5\" of rain\nBen,\"hi");
        assert!(sheet.records.iter().all(|it| it.fault.is_none()));
        assert_eq!(sheet.records.len(), 2);
    }

    #[test]
    fn no_value_is_a_formula_and_each_is_itself_again() {
        for (value, written) in [
            ("=1+2", "'=1+2"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("-2+3", "'-2+3"),
            ("+351 (900)-1", "+351 (900)-1"),
            ("+351; +49", "+351; +49"),
            ("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"),
            ("'=1", "''=1"),
            ("'tis", "'tis"),
            ("Ana", "Ana"),
        ] {
            let disarmed = disarm(value.to_owned());
            assert_eq!(disarmed, written);
            assert_eq!(rearm(&disarmed), value);
        }
    }
}

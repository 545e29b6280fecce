//! vCard: 3.0 (RFC 2426) and 4.0 (RFC 6350) are read, and of 2.1 what old phones
//! write; 4.0 is written. Of more than a hundred properties a contact here has
//! seven, so this reads lines and leaves the rest alone.

use std::collections::BTreeMap;

use super::lines::{escape, parts, unescape};
use super::phone::e164;
use super::text::legacy;
use super::{ImportReason, Record, Sheet, headings};
use crate::command::ContactDraft;
use crate::id::ContactId;
use crate::limits;
use crate::model::Channel;

/// Octets of a line, after which it is folded (RFC 6350 §3.2).
const FOLD: usize = 75;

/// The name of a card of somebody without name and address.
pub(super) const NAMELESS: &str = "?";
/// The property with the type of contact, and those with custom fields.
const TYPE: &str = "X-THREADLINE-TYPE";
const FIELD: &str = "X-THREADLINE-FIELD";
/// The parameter that says which field.
const FIELD_ID: &str = "X-ID=";

/// Whether a text is a file of cards.
pub(super) fn is(text: &str) -> bool {
    let first = text.trim_start().lines().next().unwrap_or_default();
    first.trim_end().eq_ignore_ascii_case("BEGIN:VCARD")
}

/// Reads a file of cards.
pub(super) fn read(text: &str) -> Sheet<'_> {
    let mut sheet = Sheet::default();
    let mut places = BTreeMap::new();
    let mut card: Option<Card> = None;
    for line in Lines::of(text) {
        let Some(property) = Property::of(&line.text) else {
            if let Some(card) = card.as_mut().filter(|_| !line.text.trim().is_empty()) {
                card.fault = Some(ImportReason::Unreadable);
            }
            continue;
        };
        match (property.name.as_str(), property.value.trim()) {
            ("BEGIN", value) if value.eq_ignore_ascii_case("VCARD") => {
                // A card that did not end before the next one began.
                sheet.end(card.take(), text, line.start, false);
                card = Some(Card::begins(&line));
            }
            ("END", value) if value.eq_ignore_ascii_case("VCARD") => {
                sheet.end(card.take(), text, line.end, true);
            }
            _ => {
                if let Some(card) = &mut card {
                    card.take(&property, &mut places);
                }
            }
        }
        if sheet.records.len() > limits::CONTACT_FILE_ROWS {
            return sheet;
        }
    }
    sheet.end(card, text, text.len(), false);
    sheet.headings = vec![String::new(); places.len()];
    for (heading, place) in places {
        sheet.headings[place] = heading;
    }
    sheet
}

impl<'t> Sheet<'t> {
    fn end(&mut self, card: Option<Card>, text: &'t str, end: usize, is_whole: bool) {
        let Some(card) = card else {
            return;
        };
        let fault = card.fault;
        self.records.push(Record {
            line: card.line,
            source: text.get(card.start..end).unwrap_or_default().trim_end(),
            values: card.values,
            fault: fault.or((!is_whole).then_some(ImportReason::Unreadable)),
        });
    }
}

/// A card that has begun.
struct Card {
    line: u32,
    start: usize,
    values: Vec<(usize, String)>,
    fault: Option<ImportReason>,
}

impl Card {
    fn begins(line: &Line) -> Self {
        Self {
            line: line.number,
            start: line.start,
            values: Vec::new(),
            fault: None,
        }
    }

    /// Takes in a property, whose headings get their places.
    fn take(&mut self, property: &Property, places: &mut BTreeMap<String, usize>) {
        for (heading, value) in property.values() {
            let next = places.len();
            let is_known = next < limits::CONTACT_FILE_VALUES || places.contains_key(&heading);
            if is_known && self.values.len() < limits::CONTACT_FILE_VALUES {
                let place = *places.entry(heading).or_insert(next);
                self.values.push((place, value));
            } else {
                self.fault = Some(ImportReason::TooMany);
            }
        }
    }
}

/// A property of a card: `group.NAME;PARAMETER=…:value`.
struct Property {
    name: String,
    parameters: Vec<String>,
    value: String,
}

impl Property {
    fn of(line: &str) -> Option<Self> {
        let mut is_quoted = false;
        let colon = line.find(|c| {
            is_quoted ^= c == '"';
            c == ':' && !is_quoted
        })?;
        let (head, value) = (&line[..colon], &line[colon + 1..]);
        let mut parts = head.split(';');
        let name = parts.next()?.rsplit('.').next()?.trim();
        if name.is_empty() {
            return None;
        }
        let parameters: Vec<String> = parts.map(|it| it.trim().replace('"', "")).collect();
        let value = if is_quoted_printable(head) {
            decode_quoted_printable(value)
        } else {
            value.to_owned()
        };
        Some(Self {
            name: name.to_ascii_uppercase(),
            parameters,
            value,
        })
    }

    /// What it says, under the headings that tell what that is.
    fn values(&self) -> Vec<(String, String)> {
        let value = self.value.trim();
        let under = |heading: &str, value: String| vec![(heading.to_owned(), value)];
        let of_parts = || parts(value, |c| c == ';');
        match self.name.as_str() {
            "N" => {
                // Family, given and additional names.
                let names = of_parts().into_iter();
                let named = ["Last name", "First name", "Middle name"].iter().zip(names);
                named
                    .map(|(heading, it)| ((*heading).to_owned(), it))
                    .collect()
            }
            "ORG" => {
                // The company, and units of it, for which a contact has no place.
                let all = of_parts().into_iter().filter(|it| !it.trim().is_empty());
                let headings = std::iter::once("ORG").chain(std::iter::repeat("ORG unit"));
                let named = headings.zip(all);
                named
                    .map(|(heading, it)| (heading.to_owned(), it))
                    .collect()
            }
            "ADR" => {
                let filled = of_parts().into_iter().filter(|it| !it.trim().is_empty());
                under("ADR", filled.collect::<Vec<_>>().join(", "))
            }
            // Lists, which are taken apart with those of other files.
            "CATEGORIES" | "EMAIL" | "TEL" => under(&self.name, value.to_owned()),
            "IMPP" => match value.strip_prefix("whatsapp:") {
                Some(number) => under("WhatsApp", number.to_owned()),
                None => under("IMPP", value.to_owned()),
            },
            "BDAY" => under("BDAY", day(value)),
            TYPE => under("Type", unescape(value)),
            FIELD => {
                let mut ids = self.parameters.iter();
                let id = ids
                    .find_map(|it| it.strip_prefix(FIELD_ID))
                    .unwrap_or_default();
                under(&format!("{}{id}", headings::FIELD), unescape(value))
            }
            name => under(name, unescape(value)),
        }
    }
}

/// `1996-04-15` for `19960415` and for a moment of that day.
fn day(value: &str) -> String {
    let date = value.split('T').next().unwrap_or_default();
    if date.len() == 8 && date.bytes().all(|byte| byte.is_ascii_digit()) {
        format!("{}-{}-{}", &date[..4], &date[4..6], &date[6..])
    } else {
        date.to_owned()
    }
}

fn is_quoted_printable(head: &str) -> bool {
    let parameters = head.split(';').skip(1);
    let mut values = parameters.map(|it| it.rsplit('=').next().unwrap_or_default().trim());
    values.any(|it| it.eq_ignore_ascii_case("QUOTED-PRINTABLE"))
}

/// Quoted-printable (RFC 2045 §6.7) of vCard 2.1, on one line.
fn decode_quoted_printable(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('=') {
        bytes.extend(before.bytes());
        let code = after
            .get(..2)
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match code {
            Some(byte) => bytes.push(byte),
            None => bytes.push(b'='),
        }
        rest = if code.is_some() { &after[2..] } else { after };
    }
    bytes.extend(rest.bytes());
    legacy(&bytes)
}

/// A line that is unfolded.
struct Line {
    number: u32,
    /// Where it begins and ends in the text.
    start: usize,
    end: usize,
    text: String,
}

/// The unfolded lines of a text.
struct Lines<'t> {
    lines: std::iter::Peekable<std::str::SplitInclusive<'t, char>>,
    number: u32,
    at: usize,
}

impl<'t> Lines<'t> {
    fn of(text: &'t str) -> Self {
        Self {
            lines: text.split_inclusive('\n').peekable(),
            number: 1,
            at: 0,
        }
    }

    fn take(&mut self) -> Option<&'t str> {
        let line = self.lines.next()?;
        self.at += line.len();
        self.number = self.number.saturating_add(1);
        Some(line.trim_end_matches(['\r', '\n']))
    }
}

impl Iterator for Lines<'_> {
    type Item = Line;

    fn next(&mut self) -> Option<Line> {
        let (number, start) = (self.number, self.at);
        let mut text = self.take()?.to_owned();
        let head = text.split(':').next().unwrap_or_default();
        let is_quoted_printable = is_quoted_printable(head);
        loop {
            let is_folded = self
                .lines
                .peek()
                .is_some_and(|it| it.starts_with([' ', '\t']));
            let is_soft = is_quoted_printable && text.ends_with('=');
            if is_soft {
                text.pop();
            } else if !is_folded {
                break;
            }
            let Some(more) = self.take() else {
                break;
            };
            text.push_str(if is_folded { &more[1..] } else { more });
        }
        Some(Line {
            number,
            start,
            end: self.at,
            text,
        })
    }
}

/// A contact as a card.
pub(super) fn card(id: ContactId, draft: &ContactDraft) -> String {
    let mut card = String::new();
    let mut put = |head: &str, value: &str| {
        if !value.is_empty() {
            fold(&format!("{head}:{value}"), &mut card);
        }
    };
    put("BEGIN", "VCARD");
    put("VERSION", "4.0");
    put("UID", &format!("urn:uuid:{id}"));
    let known = [&draft.name, &draft.email, &draft.phone];
    let addresses = draft.identities.iter().map(|it| &it.address);
    let mut names = known.into_iter().chain(addresses);
    let name = names.find(|it| !it.is_empty()).cloned().unwrap_or_default();
    // Every card must have a name.
    put(
        "FN",
        &escape(if name.is_empty() { NAMELESS } else { &name }),
    );
    put("EMAIL;PREF=1", &escape(&draft.email));
    let shown_phone = e164(&draft.phone).unwrap_or_default();
    put("TEL;PREF=1", &escape(&draft.phone));
    for identity in &draft.identities {
        let address = &identity.address;
        match identity.channel {
            Channel::Email if address.eq_ignore_ascii_case(&draft.email) => {}
            Channel::Email => put("EMAIL", &escape(address)),
            Channel::Sms | Channel::Call if *address == shown_phone => {}
            Channel::Sms | Channel::Call => put("TEL", &escape(address)),
            Channel::Whatsapp => put("IMPP", &escape(&format!("whatsapp:{address}"))),
            // A visitor's id is none outside.
            Channel::Webchat => {}
        }
    }
    put("ORG", &escape(&draft.company));
    let tags: Vec<String> = draft.tags.iter().map(|tag| escape(tag)).collect();
    put("CATEGORIES", &tags.join(","));
    put(TYPE, &escape(&draft.contact_type));
    for (field, value) in &draft.fields {
        put(&format!("{FIELD};{FIELD_ID}{field}"), &escape(value));
    }
    put("END", "VCARD");
    card
}

/// Appends a line, folded.
fn fold(line: &str, card: &mut String) {
    let mut room = FOLD;
    for c in line.chars() {
        if c.len_utf8() > room {
            card.push_str("\r\n ");
            room = FOLD - 1;
        }
        card.push(c);
        room -= c.len_utf8();
    }
    card.push_str("\r\n");
}

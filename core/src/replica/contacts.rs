//! Files of contacts: what one would change here, and the contacts as a file.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Replica;
use super::routes::own_name;
use crate::command::ContactDraft;
use crate::contacts::{
    self, ContactFormat, Entry, ImportReason, ImportRemark, lacking, of_row, of_view, shows,
};
use crate::document::word_of;
use crate::error::Refusal;
use crate::id::ContactId;
use crate::model::{Channel, Identity};
use crate::time::Timestamp;

/// What taking in a row of a file does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "snake_case")]
pub enum ImportVerdict {
    /// It makes a contact.
    New,
    /// It gives a contact what that lacks.
    Fill,
    /// Nothing: the contact has all of it.
    Known,
    /// Nothing: it cannot be taken in.
    Refused,
}

/// A row of a file of contacts, and what taking it in does.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", tsify(missing_as_null))]
pub struct ImportRow {
    /// The line it begins on, from 1.
    pub line: u32,
    /// The name or the address to show.
    pub name: String,
    /// What taking it in does.
    pub verdict: ImportVerdict,
    /// The contact it is about: with `import_contact` and the draft it is taken in.
    pub contact: ContactId,
    /// What the row says.
    pub draft: ContactDraft,
    /// Fields of the draft that the contact lacks, where it is there.
    pub gains: Vec<String>,
    /// Whether it is to be asked again when the contact is in memory: only then
    /// is it known what custom fields it has.
    pub unsure: bool,
    /// What of it cannot be taken in, and why.
    pub remarks: Vec<ImportRemark>,
    /// Its text in the file, unless all of it is known: what is not taken in can be
    /// put into a file of its own.
    pub source: Option<String>,
}

/// What taking in a file of contacts does.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct ImportPlan {
    /// The file's line of headings, to go before refused rows in a file of their own.
    pub head: String,
    /// Its rows, in order.
    pub rows: Vec<ImportRow>,
    /// Headings that mean nothing here, so that nothing is taken from under them.
    pub ignored: Vec<String>,
}

impl Replica {
    /// What taking in a file of contacts would do now. Nothing is written.
    pub fn plan_import(&self, bytes: &[u8]) -> Result<ImportPlan, Refusal> {
        let file = contacts::read(bytes, &self.rules)?;
        let mut planning = Planning {
            replica: self,
            holders: self.holders(),
            seen: BTreeMap::new(),
            rows: BTreeMap::new(),
        };
        let rows = file
            .entries
            .into_iter()
            .map(|it| planning.row(it))
            .collect();
        Ok(ImportPlan {
            head: file.head,
            rows,
            ignored: file.ignored,
        })
    }

    /// Contacts as a file; of one that is not in memory without its custom fields.
    /// Files of one format may be put together, where only the first has its `head`.
    pub fn export_contacts(&self, format: ContactFormat, ids: &[ContactId], head: bool) -> String {
        let mut file = if head {
            contacts::head(format, &self.rules)
        } else {
            String::new()
        };
        for id in ids {
            if let Some((known, _)) = self.known(*id) {
                file.push_str(&contacts::write(format, &self.rules, *id, &known));
            }
        }
        file
    }

    /// The fields of a draft that a contact lacks, as far as it is known here, where
    /// it is: of one that is not in memory nobody knows the custom fields.
    pub fn gains(&self, contact: ContactId, draft: &ContactDraft) -> Option<Vec<String>> {
        let (known, _) = self.known(contact)?;
        Some(named(&lacking(draft, &known)))
    }

    /// What is known of a contact, and whether that is all.
    fn known(&self, id: ContactId) -> Option<(ContactDraft, bool)> {
        let view = self.contact(id);
        if let Some(view) = view.filter(|view| view.created_at != Timestamp::default()) {
            return Some((of_view(view), true));
        }
        let row = self.rows.contact(Some(id))?;
        Some((of_row(row, own_name(row).unwrap_or_default()), false))
    }

    /// Who has which address. Of several the first that somebody saved counts.
    fn holders(&self) -> BTreeMap<String, ContactId> {
        let mut holders = BTreeMap::new();
        let by = |saved| self.rows.contacts().filter(move |row| row.saved == saved);
        for row in by(true).chain(by(false)) {
            let contact = self.rows.resolve(row.id);
            let profile = [(Channel::Email, &row.email), (Channel::Sms, &row.phone)];
            let shown = profile.map(|(channel, address)| key(channel, address));
            let held = row.identities.iter().map(|it| key(it.channel, &it.address));
            for key in shown.into_iter().chain(held).flatten() {
                holders.entry(key).or_insert(contact);
            }
        }
        holders
    }
}

/// What tells an address from others: of a phone its digits.
fn key(channel: Channel, address: &str) -> Option<String> {
    match channel {
        Channel::Email => (!address.is_empty()).then(|| address.to_lowercase()),
        Channel::Sms | Channel::Whatsapp | Channel::Call => {
            let digits: String = address.chars().filter(char::is_ascii_digit).collect();
            (digits.len() >= 6).then_some(digits)
        }
        Channel::Webchat => None,
    }
}

/// A file that is being compared with what is here.
struct Planning<'a> {
    replica: &'a Replica,
    /// Who has which address, here and by the rows before.
    holders: BTreeMap<String, ContactId>,
    /// Contacts that rows before are about, and the lines of these.
    seen: BTreeMap<ContactId, u32>,
    /// The same by what the file calls them.
    rows: BTreeMap<String, ContactId>,
}

impl Planning<'_> {
    fn row(&mut self, entry: Entry) -> ImportRow {
        let ours = self.ours(&entry.uid);
        let contact = ours.unwrap_or_else(|| self.contact(&entry));
        let mut row = ImportRow {
            line: entry.line,
            name: name_of(&entry.draft),
            verdict: ImportVerdict::Refused,
            contact,
            draft: entry.draft,
            gains: Vec::new(),
            unsure: false,
            remarks: entry.remarks,
            source: Some(entry.source),
        };
        let known = self.replica.known(contact);
        let repeated = self.seen.get(&contact).map(|line| ImportRemark {
            line: Some(*line),
            ..ImportReason::Repeated.remark()
        });
        let another = || {
            let (known, _) = known.as_ref().filter(|_| ours.is_none())?;
            is_another(&row.draft, known).then(|| taken(Some(name_of(known)), None))
        };
        if let Some(refused) = entry.refused.or(repeated).or_else(another) {
            row.remarks.retain(|remark| *remark != refused);
            row.remarks.insert(0, refused);
            return row;
        }
        // A file of ours has people whom nobody saved, and saves none of them.
        row.draft.saved = ours.is_none();
        self.seen.insert(contact, row.line);
        self.rows.insert(entry.uid, contact);
        // An address that somebody else has stays theirs.
        let identities = std::mem::take(&mut row.draft.identities);
        for identity in identities {
            let key = key(identity.channel, &identity.address);
            let holder = key.map_or(contact, |key| *self.holders.entry(key).or_insert(contact));
            if holder == contact {
                row.draft.identities.push(identity);
            } else if !known
                .as_ref()
                .is_some_and(|(it, _)| shows(&it.email, &it.phone, &identity))
            {
                let holder_name = self.replica.known(holder).map(|(it, _)| name_of(&it));
                row.remarks.push(taken(holder_name, self.seen.get(&holder)));
            }
        }
        match known {
            None => row.verdict = ImportVerdict::New,
            Some((known, is_whole)) => {
                row.remarks.extend(differing(&row.draft, &known));
                let lacking = lacking(&row.draft, &known);
                row.unsure = !is_whole && !lacking.fields.is_empty();
                row.gains = named(&lacking);
                row.verdict = if row.gains.is_empty() {
                    row.source = None;
                    ImportVerdict::Known
                } else {
                    ImportVerdict::Fill
                };
            }
        }
        row
    }

    /// The contact here that a file calls by its id, as our own do.
    fn ours(&self, uid: &str) -> Option<ContactId> {
        let rows = &self.replica.rows;
        let uid = uid.strip_prefix("urn:uuid:").unwrap_or(uid);
        let id = uid.parse().ok()?;
        rows.contact(Some(id)).map(|_| rows.resolve(id))
    }

    /// Whom any other row is about: the contact that a row before calls the same,
    /// that has the address, or that every machine would make of this row.
    fn contact(&self, entry: &Entry) -> ContactId {
        let uid = entry.uid.as_str();
        if let Some(id) = self.rows.get(uid).filter(|_| !uid.is_empty()) {
            return *id;
        }
        let addresses = telling(&entry.draft);
        let mut keys = addresses
            .iter()
            .filter_map(|it| key(it.channel, &it.address));
        if let Some(holder) = keys.find_map(|key| self.holders.get(&key)) {
            return *holder;
        }
        let workspace = &self.replica.workspace;
        let derived = match addresses.first() {
            Some(it) => ContactId::of_identity(workspace, &word_of(&it.channel), &it.address),
            None if uid.is_empty() => {
                let draft = &entry.draft;
                ContactId::of_file(workspace, &format!("{}\n{}", draft.name, draft.company))
            }
            None => ContactId::of_file(workspace, uid),
        };
        self.replica.rows.resolve(derived)
    }
}

/// That somebody else has an address: who is here, or an earlier row is about.
fn taken(stays: Option<String>, line: Option<&u32>) -> ImportRemark {
    ImportRemark {
        stays,
        line: line.copied(),
        ..ImportReason::Taken.remark()
    }
}

/// Whether a row that was found by a number alone is about another person than the
/// one who has it and whom somebody saved: those who work together share a number.
fn is_another(draft: &ContactDraft, known: &ContactDraft) -> bool {
    let is_mail = |it: &Identity| it.channel == Channel::Email;
    let is_named = !draft.name.is_empty() && !known.name.is_empty();
    known.saved
        && is_named
        && !draft.identities.iter().any(is_mail)
        && !is_same(&draft.name, &known.name)
}

/// What a contact has and a row says otherwise.
fn differing(draft: &ContactDraft, known: &ContactDraft) -> Vec<ImportRemark> {
    let shown = |draft: &ContactDraft| {
        let name = draft.name.clone();
        [
            name,
            draft.company.clone(),
            draft.email.clone(),
            draft.phone.clone(),
        ]
    };
    let pairs = shown(draft).into_iter().zip(shown(known));
    let both = pairs.filter(|(said, stays)| !said.is_empty() && !stays.is_empty());
    let differs = both.filter(|(said, stays)| !is_same(said, stays));
    let remark = |(_, stays)| ImportRemark {
        stays: Some(stays),
        ..ImportReason::Differs.remark()
    };
    differs.map(remark).collect()
}

/// Whether two values are the same, however they are written.
fn is_same(one: &str, other: &str) -> bool {
    let letters = |text: &str| -> String {
        let letters = text.chars().filter(|c| c.is_alphanumeric() || *c == '@');
        letters.flat_map(char::to_lowercase).collect()
    };
    letters(one) == letters(other)
}

/// The addresses that tell a person from others: mail before numbers, because
/// those who work together share a number.
fn telling(draft: &ContactDraft) -> Vec<Identity> {
    let is_mail = |identity: &&Identity| identity.channel == Channel::Email;
    let mails: Vec<Identity> = draft.identities.iter().filter(is_mail).cloned().collect();
    if !mails.is_empty() {
        return mails;
    }
    let national = Identity {
        channel: Channel::Sms,
        address: draft.phone.clone(),
    };
    let national = (!draft.phone.is_empty()).then_some(national);
    let mut numbers: Vec<Identity> = draft.identities.clone();
    numbers.extend(national.filter(|it| !draft.identities.contains(it)));
    numbers
}

fn name_of(draft: &ContactDraft) -> String {
    let shown = [&draft.name, &draft.email, &draft.phone, &draft.company];
    let shown = shown.into_iter().find(|text| !text.is_empty()).cloned();
    let address = || draft.identities.first().map(|it| it.address.clone());
    shown.or_else(address).unwrap_or_default()
}

/// The fields of a draft that say anything.
fn named(draft: &ContactDraft) -> Vec<String> {
    let fields = [
        ("saved", draft.saved),
        ("name", !draft.name.is_empty()),
        ("type", !draft.contact_type.is_empty()),
        ("email", !draft.email.is_empty()),
        ("phone", !draft.phone.is_empty()),
        ("company", !draft.company.is_empty()),
        ("identities", !draft.identities.is_empty()),
        ("tags", !draft.tags.is_empty()),
        ("fields", !draft.fields.is_empty()),
    ];
    let said = fields.into_iter().filter(|(_, is_said)| *is_said);
    said.map(|(name, _)| name.to_owned()).collect()
}

//! Files as programs write them, what is said of the bad rows in them, and that
//! nothing a file holds does harm.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

use proptest::collection::vec;
use proptest::prelude::*;
use threadline_core::command::ContactDraft;
use threadline_core::contacts::{
    ContactFormat, Entry, ImportReason, ImportRemark, head, read, write,
};
use threadline_core::error::Code;
use threadline_core::id::ContactId;
use threadline_core::limits;
use threadline_core::model::{Channel, FieldDefinition, FieldType, Identity, WorkspaceView};
use uuid::Uuid;

/// A workspace with a field of every type that is read otherwise than it is written.
fn workspace() -> WorkspaceView {
    let field = |id: &str, name: &str, field_type| FieldDefinition {
        id: id.parse().unwrap(),
        name: name.to_owned(),
        field_type,
        choices: vec!["Gold".to_owned(), "Silver".to_owned()],
        position: 0,
        archived: id == "old",
    };
    WorkspaceView {
        fields: vec![
            field("plan", "Plan", FieldType::Choice),
            field("news", "Newsletter", FieldType::Checkbox),
            field("born", "Birthday", FieldType::Date),
            // Named like something that every contact has.
            field("second", "E-mail", FieldType::Text),
            field("old", "Fax", FieldType::Text),
        ],
        ..WorkspaceView::default()
    }
}

fn entries(text: &str) -> Vec<Entry> {
    read(text.as_bytes(), &workspace()).unwrap().entries
}

fn one(text: &str) -> Entry {
    let mut entries = entries(text);
    assert_eq!(entries.len(), 1, "{text}");
    entries.remove(0)
}

fn on(channel: Channel, address: &str) -> Identity {
    Identity {
        channel,
        address: address.to_owned(),
    }
}

fn ana() -> ContactDraft {
    ContactDraft {
        name: "Ana Duarte".to_owned(),
        saved: true,
        email: "Ana@example.com".to_owned(),
        phone: "+351900000001".to_owned(),
        company: "Tea & Co".to_owned(),
        identities: vec![
            on(Channel::Email, "ana@example.com"),
            on(Channel::Sms, "+351900000001"),
        ],
        ..ContactDraft::default()
    }
}

#[test]
fn the_same_person_is_read_from_every_program() {
    for text in [
        // Google.
        "First Name,Middle Name,Last Name,Organization Name,E-mail 1 - Label,E-mail 1 - Value,Phone 1 - Value,Labels\n\
         Ana,,Duarte,Tea & Co,* Work,Ana@example.com,+351 900 000 001,* myContacts\n",
        // Outlook, in German Excel.
        "Vorname;Nachname;Firma;E-Mail-Adresse;Mobile Phone\r\nAna;Duarte;Tea & Co;Ana@example.com;00351 900000001\r\n",
        // vCard 4.0, 3.0 with groups, and 2.1.
        "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Ana Duarte\r\nN:Duarte;Ana;;;\r\nEMAIL;TYPE=work:Ana@exam\r\n ple.com\r\n\
         TEL;VALUE=uri;TYPE=\"voice,cell\":tel:+351-900-000-001;ext=3\r\nORG:Tea & Co;Sales\r\nEND:VCARD\r\n",
        "begin:vcard\nversion:3.0\nN:Duarte;Ana\nitem1.EMAIL;type=INTERNET:Ana@example.com\n\
         item1.X-ABLabel:x\nTEL:+351 900 000 001\nORG:Tea & Co\nPHOTO;ENCODING=b:AAAA\n BBBB\nend:vcard",
        "BEGIN:VCARD\nVERSION:2.1\nN;ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-8:=44uarte;=\nAna\n\
         EMAIL;INTERNET:Ana@example.com\nTEL;CELL:+351900000001\nORG:Tea & Co\nEND:VCARD\n",
    ] {
        let entry = one(text);
        assert_eq!(entry.draft, ana(), "{text}");
        assert_eq!((entry.remarks, entry.refused), (vec![], None), "{text}");
    }
}

#[test]
fn every_row_that_is_not_taken_says_why() {
    use ImportReason::*;
    let text = "Name,Email,Phone,Type\n\
        Ana,not an address,,\n\
        ,,,lead\n\
        Ben,ben@example.com,12,lead\n\
        Cleo,cleo@example.com\n\
        Dora,dora@example.com,,friend\n\
        ,,call me,\n";
    let said: Vec<_> = entries(text)
        .into_iter()
        .map(|entry| {
            let remark = |it: ImportRemark| (it.reason, it.heading.unwrap_or_default());
            let remarks: Vec<_> = entry.remarks.into_iter().map(remark).collect();
            (entry.line, entry.refused.map(remark), remarks)
        })
        .collect();
    let because = |reason, heading: &str| (reason, heading.to_owned());
    let (email, phone) = (because(BadEmail, "Email"), because(BadPhone, "Phone"));
    assert_eq!(
        said,
        [
            (2, Some(email.clone()), vec![email]),
            (3, Some(because(Nobody, "")), vec![]),
            (4, None, vec![phone.clone()]),
            (5, Some(because(Ragged, "")), vec![]),
            (6, None, vec![because(UnknownType, "Type")]),
            (7, Some(phone.clone()), vec![phone]),
        ]
    );
    let card = "BEGIN:VCARD\nFN:Ana\nBEGIN:VCARD\nFN:Ben\nEND:VCARD\nBEGIN:VCARD\nFN:Cleo\nno line\nEND:VCARD";
    let said: Vec<_> = entries(card)
        .into_iter()
        .map(|entry| (entry.line, entry.draft.name, entry.refused))
        .collect();
    let unreadable = Some(ImportRemark {
        reason: Unreadable,
        heading: None,
        line: None,
        stays: None,
    });
    assert_eq!(
        said,
        [
            (1, "Ana".to_owned(), unreadable.clone()),
            (3, "Ben".to_owned(), None),
            (6, "Cleo".to_owned(), unreadable)
        ]
    );
}

#[test]
fn what_a_contact_has_once_is_the_first_and_the_other_is_said() {
    let entry = one("Name,Business Name,Display name,Company,Phone,Plan,PLAN\n\
         Ana,Acme,Ana D.,Acme Inc,+1 212-555-0100 x12,gold,silver\n");
    let draft = &entry.draft;
    assert_eq!((&*draft.name, &*draft.company), ("Ana", "Acme"));
    assert_eq!(draft.phone, "+1 212-555-0100 x12", "with its extension");
    assert_eq!(draft.identities, [on(Channel::Sms, "+12125550100")]);
    assert_eq!(draft.fields.values().next().unwrap(), "Gold");
    let said = entry.remarks.iter();
    let said: Vec<_> = said
        .map(|it| (it.reason, it.heading.as_deref().unwrap()))
        .collect();
    let heading = |it| (ImportReason::TooMany, it);
    assert_eq!(said, ["Display name", "Company", "PLAN"].map(heading));
    let half = "x".repeat(limits::LINE_UNITS / 2 + 1);
    let long = one(&format!("First name,Last name,Email\n{half},{half},a@x\n"));
    assert_eq!(
        long.remarks,
        [ImportRemark {
            reason: ImportReason::TooLong,
            heading: None,
            line: None,
            stays: None,
        }]
    );
    let card = "BEGIN:VCARD\nFN:Ana\nORG:Acme;Sales\nEND:VCARD";
    let file = read(card.as_bytes(), &workspace()).unwrap();
    assert_eq!(file.entries[0].draft.company, "Acme");
    assert_eq!(file.ignored, ["ORG unit"]);
}

#[test]
fn custom_fields_are_found_by_name_and_read_by_type() {
    let entry =
        one("Name;PLAN;newsletter;Birthday;E-mail;Fax;Shoe size\nAna;gold;Yes;1985-02-30;a@x;1;38");
    let fields: Vec<(&str, &str)> = entry
        .draft
        .fields
        .iter()
        .map(|(id, value)| (id.as_str(), value.as_str()))
        .collect();
    assert_eq!(fields, [("news", "true"), ("plan", "Gold")]);
    assert_eq!(
        entry.draft.email, "a@x",
        "what all contacts have comes first"
    );
    assert_eq!(entry.remarks[0].reason, ImportReason::BadValue);
    assert_eq!(entry.remarks[0].heading.as_deref(), Some("Birthday"));
    let file = read(
        b"Name;Fax;Shoe size;E-mail 1 - Type\nAna;1;38;x",
        &workspace(),
    )
    .unwrap();
    assert_eq!(file.ignored, ["Fax", "Shoe size"]);
    let card = one("BEGIN:VCARD\nFN:Ana\nBDAY:19850412\nEND:VCARD");
    let born = card.draft.fields.into_values().next();
    assert_eq!(born.as_deref(), Some("1985-04-12"));
}

#[test]
fn what_is_no_file_of_contacts_is_refused_as_a_whole() {
    for text in ["", "Colour,Size\nred,4\n", "BEGIN:VCARD\nEND:VCARD"] {
        let refusal = read(text.as_bytes(), &workspace()).unwrap_err();
        assert_eq!(
            (refusal.code, refusal.field.as_deref()),
            (Code::Invalid, Some("file"))
        );
    }
    let rows = format!("Name\n{}", "x\n".repeat(limits::CONTACT_FILE_ROWS + 1));
    let large = vec![b'x'; limits::CONTACT_FILE_BYTES + 1];
    for bytes in [rows.as_bytes(), &large] {
        let refusal = read(bytes, &workspace()).unwrap_err();
        assert_eq!(refusal.code, Code::TooLong);
    }
}

#[test]
fn a_file_that_is_made_to_be_endless_is_left_early() {
    let most = limits::CONTACT_FILE_BYTES;
    let wide = format!("Name{}\nAna\n", ",".repeat(most - 16));
    let long = format!("Name,Email\nAna,ana@x\nBen,{}\n", "a,".repeat(1 << 20));
    let card = format!(
        "BEGIN:VCARD\nFN:Ana\n{}END:VCARD",
        "EMAIL:a@x\n".repeat(1 << 20)
    );
    let refusal = read(wide.as_bytes(), &workspace()).unwrap_err();
    assert_eq!(refusal.code, Code::TooLong);
    // What is beyond the values that are read is not left out silently.
    let refused = |entry: &Entry| entry.refused.as_ref().map(|it| it.reason);
    let wide = one(&format!("Name\nAna{}\n", ",".repeat(1 << 20)));
    assert_eq!(refused(&wide), Some(ImportReason::Ragged));
    assert_eq!(refused(&one(&card)), Some(ImportReason::TooMany));
    assert_eq!(one(&card).draft.identities.len(), 1);
    let quoted = long.replace("Ben,", "Ben,\"").replace("a,\n", "a\"\n");
    let entries = entries(&quoted);
    assert_eq!(entries[0].refused, None);
    let why = entries[1].refused.as_ref().map(|it| it.reason);
    assert_eq!(why, Some(ImportReason::TooLong));
    let short = "a\n".repeat(most / 2 - 8);
    let refusal = read(format!("Name\n{short}").as_bytes(), &workspace()).unwrap_err();
    assert_eq!(refusal.code, Code::TooLong);
}

/// Text with all that separates, escapes, quotes and calculates.
fn line() -> impl Strategy<Value = String> {
    "[=+@'\"\\\\,;a-zé🙂-]( ?[=+@'\"\\\\,;a-zé🙂-]){0,40}"
}

fn draft() -> impl Strategy<Value = ContactDraft> {
    let number = || (1_000_000_u64..999_999_999).prop_map(|number| format!("+351{number}"));
    let address = || "[a-z+=-]{1,9}@[a-z]{1,9}";
    let numbers = || vec((0..2_usize, number()), 0..3);
    (
        line(),
        line(),
        vec(address(), 0..3),
        numbers(),
        vec(line(), 0..3),
        line(),
    )
        .prop_map(|(name, company, emails, numbers, tags, second)| {
            let mails = emails.iter().map(|it| on(Channel::Email, it));
            let channels = [Channel::Sms, Channel::Whatsapp];
            let numbers = numbers.iter().map(|(at, it)| on(channels[*at], it));
            let mut identities: Vec<Identity> = mails.chain(numbers).collect();
            identities.sort();
            identities.dedup();
            let phone = identities.iter().find(|it| it.channel == Channel::Sms);
            let mut unique: Vec<String> = Vec::new();
            for tag in tags {
                if !unique.contains(&tag) {
                    unique.push(tag);
                }
            }
            ContactDraft {
                name,
                saved: true,
                contact_type: "lead".to_owned(),
                email: emails.first().cloned().unwrap_or_default(),
                phone: phone.map(|it| it.address.clone()).unwrap_or_default(),
                company,
                identities,
                tags: unique,
                fields: [
                    ("plan".parse().unwrap(), "Gold".to_owned()),
                    ("second".parse().unwrap(), second),
                ]
                .into(),
            }
        })
}

fn format() -> impl Strategy<Value = ContactFormat> {
    prop_oneof![Just(ContactFormat::Csv), Just(ContactFormat::Vcard)]
}

proptest! {
    #[test]
    fn what_is_written_is_read_again(drafts in vec(draft(), 1..4), format in format()) {
        let workspace = workspace();
        let mut file = head(format, &workspace);
        let id = |place: usize| ContactId(Uuid::from_u128(place as u128 + 1));
        for (place, draft) in drafts.iter().enumerate() {
            file.push_str(&write(format, &workspace, id(place), draft));
        }
        for line in file.lines() {
            prop_assert!(format == ContactFormat::Csv || line.len() <= 75);
        }
        let read = read(file.as_bytes(), &workspace).unwrap();
        prop_assert_eq!(&read.ignored, &Vec::<String>::new());
        prop_assert_eq!(read.entries.len(), drafts.len());
        for (place, (mut entry, draft)) in read.entries.into_iter().zip(drafts).enumerate() {
            entry.draft.identities.sort();
            prop_assert_eq!(entry.draft, draft);
            prop_assert_eq!(entry.remarks, vec![]);
            prop_assert!(entry.uid.ends_with(&id(place).to_string()));
        }
    }

    #[test]
    fn no_cell_of_ours_begins_a_formula(draft in draft()) {
        let id = ContactId(Uuid::nil());
        let row = write(ContactFormat::Csv, &workspace(), id, &draft);
        let (mut output, mut ends) = (vec![0; row.len()], [0; 32]);
        let (.., count) = csv_core::Reader::new().read_record(row.as_bytes(), &mut output, &mut ends);
        let starts = std::iter::once(0).chain(ends);
        for (start, end) in starts.zip(&ends[..count]) {
            let cell = std::str::from_utf8(&output[start..*end]).unwrap();
            let is_number = cell.bytes().all(|byte| b"+0123456789; ".contains(&byte));
            prop_assert!(is_number || !cell.starts_with(['=', '+', '-', '@']), "{}", cell);
        }
    }

    #[test]
    fn whatever_a_file_holds_it_is_read_to_its_end(
        bytes in vec(any::<u8>(), 0..400),
        lines in vec("(BEGIN|END|N|FN|ADR|BDAY|TEL;QUOTED-PRINTABLE|EMAIL|ORG|X-THREADLINE-FIELD;X-ID=plan)?[:;=,]?(VCARD|[\\PC\n\"]{0,9})", 0..30),
    ) {
        for file in [
            bytes,
            format!("Name,Email;Phone\tTags\n{}", lines.join("\n")).into_bytes(),
            format!("BEGIN:VCARD\n{}", lines.join("\n")).into_bytes(),
        ] {
            if let Ok(read) = read(&file, &workspace()) {
                // Nothing disappears: what is not taken in says why.
                for entry in read.entries {
                    let draft = entry.draft;
                    let is_somebody = !draft.name.is_empty() || !draft.phone.is_empty()
                        || !draft.identities.is_empty();
                    prop_assert!(is_somebody || entry.refused.is_some());
                }
            }
        }
    }
}

//! What a file of contacts would change, and the contacts as a file.

use threadline_core::command::FieldDraft;
use threadline_core::contacts::{ContactFormat, ImportReason, ImportRemark};
use threadline_core::model::FieldType;
use threadline_core::replica::{ImportPlan, ImportVerdict};

use super::*;

const FILE: &str = "Name,Email,Phone,Company,Plan\n\
    Dora Lind,DORA@example.com,,Other Co,\n\
    Ben Ode,ben@example.com,+351 900 000 002,,gold\n\
    Ben Again,BEN@example.com,,,\n\
    Cy,,+351 900-000-003,,\n\
    No Body,nobody at all,,,\n\
    Eve,,,,\n";

fn plan(replica: &Replica, file: &str) -> ImportPlan {
    replica.plan_import(file.as_bytes()).unwrap()
}

/// What becomes of each row, and what the contact gains by it.
fn verdicts(plan: &ImportPlan) -> Vec<(ImportVerdict, String)> {
    plan.rows
        .iter()
        .map(|row| (row.verdict, row.gains.join(" ")))
        .collect()
}

/// Takes in all that a plan has.
fn import(replica: &mut Replica, plan: &ImportPlan) {
    for row in &plan.rows {
        if matches!(row.verdict, ImportVerdict::Refused | ImportVerdict::Known) {
            continue;
        }
        if !replica.open(row.contact.into()) {
            replica.load(row.contact.into(), &[]).unwrap();
        }
        let command = Command::Contact {
            contact: row.contact,
            command: ContactCommand::ImportContact {
                draft: row.draft.clone(),
            },
        };
        replica.apply(command, at(5)).unwrap();
    }
}

fn with_a_field(replica: &mut Replica) {
    let field = FieldDraft {
        id: "plan".parse().ok(),
        name: "Plan".to_owned(),
        field_type: FieldType::Text,
        choices: Vec::new(),
        position: 0,
        archived: false,
    };
    rule(replica, WorkspaceCommand::PutField { field });
}

#[test]
fn a_file_makes_who_is_new_and_a_second_time_nothing() {
    let mut known = contact_of(contact(), dora());
    let mut replica = replica(&mut [&mut known]);
    with_a_field(&mut replica);
    let first = plan(&replica, FILE);
    use ImportVerdict::{Known, New, Refused};
    let nothing = |verdict| (verdict, String::new());
    assert_eq!(
        verdicts(&first),
        [Known, New, Refused, New, Refused, New].map(nothing)
    );
    assert_eq!(first.rows[0].contact, contact());
    assert_eq!(
        first.rows[1].contact,
        ContactId::of_identity(replica.workspace(), "email", "ben@example.com")
    );
    let repeated = &first.rows[2];
    assert_eq!(repeated.remarks[0].reason, ImportReason::Repeated);
    assert_eq!(repeated.remarks[0].line, Some(3));
    assert_eq!(
        repeated.source.as_deref(),
        Some("Ben Again,BEN@example.com,,,")
    );
    assert_eq!(first.rows[4].remarks[0].reason, ImportReason::BadEmail);

    import(&mut replica, &first);
    let second = plan(&replica, FILE);
    assert_eq!(
        verdicts(&second),
        [Known, Known, Refused, Known, Refused, Known].map(nothing)
    );
    assert_eq!(
        replica.contact(first.rows[1].contact).unwrap().fields["plan"],
        "gold"
    );
}

#[test]
fn a_number_that_two_people_share_is_an_address_of_the_first() {
    let mut replica = replica(&mut []);
    let file = "Name,Email,Phone\nAna,ana@x,+351 900 000 009\nBen,ben@x,+351 900 000 009\n";
    let plan = plan(&replica, file);
    let numbers = plan.rows.iter().map(|row| {
        let mut channels = row.draft.identities.iter().map(|it| it.channel);
        (
            channels.any(|it| it == Channel::Sms),
            row.draft.phone.clone(),
        )
    });
    let number = "+351900000009".to_owned();
    let numbers: Vec<_> = numbers.collect();
    assert_eq!(numbers, [(true, number.clone()), (false, number)]);
    import(&mut replica, &plan);
    let again = verdicts(&super::contacts::plan(&replica, file));
    assert!(
        again
            .iter()
            .all(|(verdict, _)| *verdict == ImportVerdict::Known)
    );
}

#[test]
fn who_is_known_gets_what_they_lack_and_keeps_what_they_have() {
    let met = ContactDraft {
        saved: false,
        phone: String::new(),
        company: String::new(),
        ..dora()
    };
    let mut known = contact_of(contact(), met);
    let mut replica = replica(&mut [&mut known]);
    with_a_field(&mut replica);
    let file = "Name,Email,Company,Plan\nTheodora,dora@example.com,Acme,gold\n";
    let first = plan(&replica, file);
    let gains = "saved company fields".to_owned();
    assert_eq!(verdicts(&first), [(ImportVerdict::Fill, gains)]);
    assert!(
        first.rows[0].unsure,
        "the row does not say what fields there are"
    );
    let row = &first.rows[0];
    let gains = |replica: &Replica| replica.gains(contact(), &row.draft).unwrap().join(" ");
    assert_eq!(gains(&replica), "saved company fields");
    assert_eq!(replica.gains(other(), &row.draft), None, "nobody here");
    load(&mut replica, &mut known);
    assert!(!plan(&replica, file).rows[0].unsure);
    import(&mut replica, &first);
    assert_eq!(gains(&replica), "", "it has all of it by now");
    let view = replica.contact(contact()).unwrap();
    assert_eq!((&*view.name, &*view.company), ("Dora Lind", "Acme"));
    assert_eq!(verdicts(&plan(&replica, file))[0].0, ImportVerdict::Known);
}

#[test]
fn what_somebody_else_has_is_left_out_and_said() {
    let mut dora = contact_of(contact(), dora());
    let mut replica = replica(&mut [&mut dora]);
    // Another Dora by her mail, of whom the number is known as somebody else's.
    let file = "Name,Email,Phone\n\
        Dora,d@prado.example,+351 900 000 001\n\
        Ines,ines@prado.example,+351 900 000 004\n\
        Noor,noor@prado.example,+351 900 000 004\n\
        Theodora,dora@example.com,\n\
        Ben,,+351 900 000 001\n";
    let first = plan(&replica, file);
    let said: Vec<_> = first
        .rows
        .iter()
        .map(|row| {
            let remarks = row.remarks.iter();
            let told =
                |it: &ImportRemark| (it.reason, it.line, it.stays.clone().unwrap_or_default());
            (row.verdict, remarks.map(told).collect::<Vec<_>>())
        })
        .collect();
    use ImportReason::{Differs, Repeated, Taken};
    use ImportVerdict::{Known, New, Refused};
    let hers = || "Dora Lind".to_owned();
    assert_eq!(
        said,
        [
            (New, vec![(Taken, None, hers())]),
            (New, vec![]),
            (New, vec![(Taken, Some(3), String::new())]),
            (Known, vec![(Differs, None, hers())]),
            (Refused, vec![(Repeated, Some(5), String::new())]),
        ]
    );
    // A number alone does not make one of two people who are called otherwise.
    let file = "Name,Phone\nBen,+351 900 000 001\n";
    let alone = &plan(&replica, file).rows[0];
    assert_eq!((alone.verdict, alone.remarks[0].reason), (Refused, Taken));
    assert_eq!(alone.source.as_deref(), Some("Ben,+351 900 000 001"));
    let same = plan(&replica, "Name,Phone\ndora  lind,+351900000001\n");
    assert_eq!(
        (same.rows[0].verdict, &*same.rows[0].remarks),
        (ImportVerdict::Known, &[][..])
    );
    import(&mut replica, &first);
    assert_eq!(
        replica
            .contact(first.rows[0].contact)
            .unwrap()
            .identities
            .len(),
        1
    );
}

#[test]
fn a_type_that_somebody_chose_stays() {
    let of_type = |word: &str| ContactDraft {
        saved: false,
        contact_type: word.to_owned(),
        ..dora()
    };
    for (word, gains) in [("", "saved type"), ("partner", "saved")] {
        let replica = replica(&mut [&mut contact_of(contact(), of_type(word))]);
        let plan = plan(&replica, "Email,Type\ndora@example.com,lead\n");
        assert_eq!(plan.rows[0].gains.join(" "), gains);
    }
}

#[test]
fn what_is_exported_adds_nothing_to_where_it_comes_from() {
    let nameless = ContactDraft {
        phone: "+351 (900) 000-003".to_owned(),
        ..ContactDraft::default()
    };
    let only_named = ContactDraft {
        name: "=Nobody".to_owned(),
        saved: true,
        ..ContactDraft::default()
    };
    let third = ContactId(Uuid::from_u128(0xc2));
    let mut documents = [
        contact_of(contact(), dora()),
        contact_of(other(), nameless),
        contact_of(third, only_named),
    ];
    let [one, two, three] = &mut documents;
    let mut replica = replica(&mut [&mut *one, &mut *two, &mut *three]);
    load(&mut replica, two);
    for format in [ContactFormat::Csv, ContactFormat::Vcard] {
        let ids = [contact(), other(), third];
        let file = replica.export_contacts(format, &ids, true);
        let plan = plan(&replica, &file);
        let known = (ImportVerdict::Known, String::new());
        assert_eq!(verdicts(&plan), vec![known; 3], "{file}");
        let contacts: Vec<ContactId> = plan.rows.iter().map(|row| row.contact).collect();
        assert_eq!(contacts, ids);
        let parts: String = ids
            .iter()
            .enumerate()
            .map(|(at, id)| replica.export_contacts(format, &[*id], at == 0))
            .collect();
        assert_eq!(parts, file);
    }
}

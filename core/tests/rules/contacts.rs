//! Contacts: addresses, tags, custom fields, merging.

use crate::refusals::refuses;
use crate::support::commands::{create_contact, identity};
use crate::support::{Given, Peer, ana, cleo, contact, to_contact, vera};
use crate::{change, told, walk};
use threadline_core::command::{
    ContactCommand as C, ContactDraft, ContactField, CustomValue, FieldDraft, WorkspaceCommand,
};
use threadline_core::error::Code;
use threadline_core::id::{ContactId, DocumentId};
use threadline_core::limits;
use threadline_core::model::{Channel, ContactStatus, FieldType, Identity, Member, WorkspaceView};
use uuid::Uuid;

/// A member with Dora's card, in a workspace with a field of every type.
pub(super) fn card(member: Member) -> Peer {
    let mut peer = Peer::new(1, cleo(), contact().into());
    peer.ok(create_contact("Dora"));
    peer.rules = rules();
    peer.member = member;
    peer
}

fn rules() -> WorkspaceView {
    let mut admin = Peer::new(9, cleo(), DocumentId::Workspace);
    for (id, field_type) in [
        ("text", FieldType::Text),
        ("number", FieldType::Number),
        ("date", FieldType::Date),
        ("choice", FieldType::Choice),
        ("checkbox", FieldType::Checkbox),
        ("url", FieldType::Url),
        ("old", FieldType::Text),
    ] {
        admin.ok(WorkspaceCommand::PutField {
            field: FieldDraft {
                id: id.parse().ok(),
                name: id.to_owned(),
                field_type,
                choices: vec!["red".to_owned(), "blue".to_owned()],
                position: 0,
                archived: id == "old",
            },
        });
    }
    admin.settings().clone()
}

fn custom(field: &str, value: Option<&str>) -> C {
    C::SetCustomField {
        set: CustomValue {
            field: field.parse().unwrap(),
            value: value.map(str::to_owned),
        },
    }
}

fn add(channel: Channel, address: &str) -> C {
    let address = address.to_owned();
    C::AddIdentity {
        identity: Identity { channel, address },
    }
}

fn add_tag(tag: &str) -> C {
    C::AddContactTag {
        tag: tag.to_owned(),
    }
}

fn remove_tag(tag: &str) -> C {
    C::RemoveContactTag {
        tag: tag.to_owned(),
    }
}

fn merge(into: ContactId) -> C {
    C::MergeContact { into }
}

fn other() -> ContactId {
    ContactId(Uuid::from_u128(7))
}

#[test]
fn refusals_of_addresses_and_tags() {
    let mut ana = card(ana());
    let long = "x".repeat(limits::LINE_UNITS + 1);
    for (command, code, field) in [
        (add(Channel::Email, "nobody"), Code::Invalid, "identity"),
        (add(Channel::Email, "a@b@c"), Code::Invalid, "identity"),
        (
            add(Channel::Email, "a b@example.com"),
            Code::Invalid,
            "identity",
        ),
        (add(Channel::Sms, " "), Code::Invalid, "identity"),
        (add(Channel::Whatsapp, &long), Code::TooLong, "identity"),
        (add_tag(" "), Code::Invalid, "tag"),
        (add_tag(&long), Code::TooLong, "tag"),
        (remove_tag("two\nlines"), Code::Invalid, "tag"),
    ] {
        refuses(&mut ana, &to_contact(command), code, field);
    }
    for number in 1..limits::TAGS {
        ana.ok(add_tag(&format!("tag {number}")));
    }
    let one_more = to_contact(add_tag("one more"));
    refuses(&mut ana, &one_more, Code::TooLong, "tag");
}

#[test]
fn refusals_of_e_mail_and_phone() {
    let mut ana = card(ana());
    let set = |set| to_contact(C::SetContactField { set });
    for email in ["dora", "@example.com", "dora@", "d@a@b", "d o@example.com"] {
        let command = set(ContactField::Email(email.to_owned()));
        refuses(&mut ana, &command, Code::Invalid, "email");
    }
    for phone in ["12", "call me", "+351 91x2 <b>", "javascript:1234"] {
        let command = set(ContactField::Phone(phone.to_owned()));
        refuses(&mut ana, &command, Code::Invalid, "phone");
    }
    for accepted in [
        ContactField::Email("dora.díaz@exämple.com".to_owned()),
        ContactField::Phone("+351 (91) 234-56.78 x9".to_owned()),
        ContactField::Email(String::new()),
        ContactField::Phone(String::new()),
    ] {
        assert!(ana.execute(&set(accepted)).is_ok());
    }
    let mut fresh = Peer::new(1, crate::support::ana(), contact().into());
    for (draft, field) in [
        (
            ContactDraft {
                email: "dora".to_owned(),
                ..ContactDraft::default()
            },
            "email",
        ),
        (
            ContactDraft {
                phone: "dora".to_owned(),
                ..ContactDraft::default()
            },
            "phone",
        ),
        (
            ContactDraft {
                tags: vec![String::new()],
                ..ContactDraft::default()
            },
            "tags",
        ),
    ] {
        let command = to_contact(C::CreateContact { draft });
        refuses(&mut fresh, &command, Code::Invalid, field);
    }
}

#[test]
fn custom_fields_hold_what_their_type_says() {
    let mut ana = card(ana());
    for (field, good, bad) in [
        ("text", vec!["anything", "<b>"], vec![]),
        (
            "number",
            vec!["12", "-12.5", "0.0"],
            vec!["12,5", "1e9", "-", ".5", "5.", "twelve", "1.2.3"],
        ),
        ("date", vec!["2026-02-28"], vec!["2026-02-30", "28.2.2026"]),
        ("choice", vec!["red", "blue"], vec!["green", "Red"]),
        ("checkbox", vec!["true", "false"], vec!["yes", "1"]),
        (
            "url",
            vec!["https://example.com/a?b", "http://example.com"],
            vec![
                "example.com",
                "javascript:alert(1)",
                "https://",
                "https:///x",
            ],
        ),
    ] {
        for value in bad {
            let command = to_contact(custom(field, Some(value)));
            refuses(&mut ana, &command, Code::Invalid, "value");
        }
        for value in good {
            ana.ok(custom(field, Some(value)));
            assert_eq!(ana.contact().fields[field], value);
        }
    }
    let long = "x".repeat(limits::SCALAR_UNITS + 1);
    let command = to_contact(custom("text", Some(&long)));
    refuses(&mut ana, &command, Code::TooLong, "value");
    let command = to_contact(custom("no_such", Some("x")));
    refuses(&mut ana, &command, Code::NotFound, "field");
    let command = to_contact(custom("old", Some("x")));
    refuses(&mut ana, &command, Code::WrongState, "field");

    let cleared = told(&mut ana, custom("text", None));
    assert_eq!(cleared, change("fields/text", "<b>", ""));
    assert!(!ana.contact().fields.contains_key("text"));
    let empty = told(&mut ana, custom("number", Some("  ")));
    assert_eq!(empty, change("fields/number", "0.0", ""));
}

#[test]
fn a_contact_is_no_alias_of_itself_and_only_an_alias_is_undone() {
    let mut ana = card(ana());
    let itself = to_contact(merge(contact()));
    refuses(&mut ana, &itself, Code::Invalid, "into");
    let undo = to_contact(C::UnmergeContact {});
    refuses(&mut ana, &undo, Code::WrongState, "");
    let name = other().to_string();
    assert_eq!(
        told(&mut ana, merge(other())),
        change("mergedInto", "", &name)
    );
    let undone = told(&mut ana, C::UnmergeContact {});
    assert_eq!(undone, change("mergedInto", &name, ""));
}

#[test]
fn every_field_of_a_contact_tells_old_and_new() {
    let mut ana = card(ana());
    let set = |set| C::SetContactField { set };
    let text = |text: &str| text.to_owned();
    for (command, field, from, to) in [
        (
            set(ContactField::Name(text("Dora D."))),
            "name",
            "Dora",
            "Dora D.",
        ),
        (set(ContactField::Saved(true)), "saved", "false", "true"),
        (
            set(ContactField::Type(text("lead"))),
            "type",
            "other",
            "lead",
        ),
        (
            set(ContactField::Status(ContactStatus::Dnd)),
            "status",
            "active",
            "dnd",
        ),
        (
            set(ContactField::Email(text("d@example.org"))),
            "email",
            "dora@example.com",
            "d@example.org",
        ),
        (
            set(ContactField::Phone(text("+351 91"))),
            "phone",
            "",
            "+351 91",
        ),
        (
            set(ContactField::Company(text("Acme"))),
            "company",
            "",
            "Acme",
        ),
        (
            add(Channel::Email, " D@Example.org "),
            "identities",
            "",
            "email:d@example.org",
        ),
        (
            C::RemoveIdentity {
                identity: identity("D@example.org"),
            },
            "identities",
            "email:d@example.org",
            "",
        ),
        (add_tag("press"), "tags", "", "press"),
        (remove_tag("press"), "tags", "press", ""),
        (custom("choice", Some("red")), "fields/choice", "", "red"),
        (
            custom("choice", Some("blue")),
            "fields/choice",
            "red",
            "blue",
        ),
    ] {
        assert_eq!(told(&mut ana, command), change(field, from, to));
    }
}

#[test]
fn every_command_to_a_contact_is_one_change_and_no_viewers() {
    let commands = || {
        let set = ContactField::Company("Acme".to_owned());
        vec![
            (C::SetContactField { set }.command(), 1),
            (add(Channel::Sms, "+351912345678").command(), 1),
            (
                C::RemoveIdentity {
                    identity: identity("dora@example.com"),
                }
                .command(),
                1,
            ),
            (add_tag("press").command(), 1),
            (remove_tag("press").command(), 1),
            (custom("text", Some("x")).command(), 1),
            (merge(other()).command(), 1),
            (C::UnmergeContact {}.command(), 1),
        ]
    };
    let mut viewer = card(vera());
    for (command, _) in commands() {
        refuses(&mut viewer, &command, Code::Forbidden, "");
    }
    let mut cleo = card(cleo());
    walk(&mut cleo, commands());
    // A second time there is nothing to write.
    for command in [
        add_tag("vip"),
        remove_tag("gone"),
        custom("text", Some("x")),
    ] {
        let executed = cleo.execute(&to_contact(command)).unwrap();
        assert!(executed.change.is_none());
    }
}

/// A profile as a file has it, which the card here lacks all of but the name.
fn imported() -> ContactDraft {
    let address = |channel, address: &str| Identity {
        channel,
        address: address.to_owned(),
    };
    ContactDraft {
        name: "Theodora".to_owned(),
        saved: true,
        contact_type: "customer".to_owned(),
        phone: "+351 91".to_owned(),
        company: "Acme".to_owned(),
        identities: vec![
            address(Channel::Email, "Dora@example.com"),
            address(Channel::Sms, "+351912345678"),
        ],
        tags: vec!["fair".to_owned(), "fair".to_owned()],
        fields: [("text".parse().unwrap(), "blue".to_owned())].into(),
        ..ContactDraft::default()
    }
}

#[test]
fn an_import_gives_what_is_lacking_and_nothing_twice() {
    let mut cleo = card(cleo());
    let import = || to_contact(C::ImportContact { draft: imported() });
    let (before, trail) = (cleo.contact().clone(), cleo.contact().activities.len());
    walk(&mut cleo, vec![(import(), 7)]);
    let after = cleo.contact();
    assert_eq!(after.activities.len(), trail + 7);
    assert_eq!((&after.name, &after.email), (&before.name, &before.email));
    assert!(after.saved);
    assert_eq!(after.contact_type, "customer");
    assert_eq!((&*after.phone, &*after.company), ("+351 91", "Acme"));
    assert_eq!(after.identities.len(), before.identities.len() + 1);
    assert_eq!(after.fields["text"], "blue");

    cleo.ok(custom("text", Some("green")));
    assert!(cleo.execute(&import()).unwrap().change.is_none());
    assert_eq!(cleo.contact().fields["text"], "green");
}

#[test]
fn an_import_of_somebody_new_is_one_change() {
    let mut ana = Peer::new(1, ana(), contact().into());
    ana.rules = rules();
    let import = |draft| to_contact(C::ImportContact { draft });
    let wrong = ContactDraft {
        fields: [("number".parse().unwrap(), "many".to_owned())].into(),
        ..imported()
    };
    refuses(&mut ana, &import(wrong), Code::Invalid, "fields");
    walk(&mut ana, vec![(import(imported()), 2)]);
    assert_eq!(ana.contact().name, "Theodora");
    assert_eq!(ana.contact().fields["text"], "blue");
    let mut vera = Peer::new(2, vera(), contact().into());
    refuses(&mut vera, &import(imported()), Code::Forbidden, "");
}

//! Where a message goes, and what a template says there.

use threadline_core::command::{ContactField, CustomValue, PolicyField, TemplateDraft};
use threadline_core::error::Code;
use threadline_core::id::TemplateId;
use threadline_core::model::{Hours, Threading};
use threadline_core::schedule::{DueAsk, DueUnit};
use threadline_core::thread::{Route, Start};

use super::*;

fn episodes(replica: &mut Replica) {
    let set = PolicyField::Threading(Threading::Episodes);
    rule(replica, WorkspaceCommand::SetPolicy { set });
}

fn begun(conversation: ConversationId) -> Route {
    Route {
        conversation,
        start: None,
    }
}

fn begins(contact: ContactId, ordinal: u32) -> Route {
    Route {
        conversation: ConversationId::of_contact(contact, ordinal),
        start: Some(Start::StartConversation { contact, ordinal }),
    }
}

#[test]
fn a_message_goes_where_the_policy_says() {
    let mut person = contact_of(contact(), dora());
    let mut first = thread(conversation(), ben());
    say(&mut first, start(contact(), 0));
    let mut replica = replica(&mut [&mut person]);
    assert_eq!(replica.route(contact()), begins(contact(), 0));
    bring(&mut replica, vec![row(&mut first.document)]);
    assert_eq!(replica.route(contact()), begun(conversation()));
    let address = email("DORA@example.com");
    assert_eq!(replica.route_to(address), begun(conversation()));
    say(
        &mut first,
        ConversationCommand::CloseConversation { topic: None },
    );
    bring(&mut replica, vec![row(&mut first.document)]);
    assert_eq!(replica.route(contact()), begun(conversation()));
    episodes(&mut replica);
    assert_eq!(replica.route(contact()), begins(contact(), 1));
    // What comes out can be acted on.
    let route = replica.route(contact());
    replica.open(route.conversation.into());
    replica.load(route.conversation.into(), &[]).unwrap();
    let command = Command::Conversation {
        conversation: route.conversation,
        command: start(contact(), 1),
    };
    replica.apply(command, at(1)).unwrap();
    assert_eq!(replica.route(contact()), begun(route.conversation));
}

#[test]
fn an_unsaved_person_gets_a_conversation_of_their_own_under_episodes() {
    let unsaved = ContactDraft {
        saved: false,
        ..dora()
    };
    let mut person = contact_of(contact(), unsaved);
    let mut replica = replica(&mut [&mut person]);
    assert_eq!(replica.route(contact()), begins(contact(), 0));
    // One thread for an address nobody knows: the contact it derives.
    let address = email("new@example.com");
    let derived = ContactId::of_identity(replica.workspace(), "email", "new@example.com");
    assert_eq!(replica.route_to(address.clone()), begins(derived, 0));
    episodes(&mut replica);
    let (one, two) = (replica.route(contact()), replica.route(contact()));
    let of_dora = Start::StartUnlinked {
        identity: email("dora@example.com"),
    };
    assert_eq!(one.start, Some(of_dora));
    assert_ne!(one.conversation, two.conversation);
    let of_address = Start::StartUnlinked {
        identity: address.clone(),
    };
    assert_eq!(replica.route_to(address).start, Some(of_address));
}

#[test]
fn a_merged_contact_shares_the_thread_of_the_one_that_stays() {
    let mut stays = contact_of(contact(), dora());
    let mut alias = contact_of(other(), ContactDraft::default());
    let merge = ContactCommand::MergeContact { into: contact() };
    give(
        &mut alias,
        &Command::Contact {
            contact: other(),
            command: merge,
        },
    );
    let id = ConversationId::of_contact(other(), 0);
    let mut of_alias = thread(id, ben());
    say(&mut of_alias, start(other(), 0));
    let mut replica = replica(&mut [&mut stays, &mut alias, &mut of_alias]);
    assert_eq!(replica.route(contact()), begun(id));
    assert_eq!(replica.route(other()), begun(id));
}

#[test]
fn saving_a_contact_offers_its_unlinked_conversations() {
    let mut person = contact_of(contact(), dora());
    let identities = [
        (1, email("dora@example.com"), true),
        (2, email("else@example.com"), false),
        (
            3,
            Identity {
                channel: Channel::Whatsapp,
                address: "+351900000001".to_owned(),
            },
            true,
        ),
    ];
    let mut expected = Vec::new();
    let mut threads = Vec::new();
    for (number, identity, offered) in identities {
        let id = ConversationId(Uuid::from_u128(number));
        let mut peer = thread(id, ben());
        let subject = String::new();
        say(
            &mut peer,
            ConversationCommand::StartUnlinked { identity, subject },
        );
        if offered {
            expected.insert(0, id);
        }
        threads.push(peer);
    }
    let mut replica = replica(&mut [&mut person]);
    bring(
        &mut replica,
        threads
            .iter_mut()
            .map(|peer| row(&mut peer.document))
            .collect(),
    );
    let offered = |replica: &Replica| -> Vec<ConversationId> {
        replica
            .unlinked_of(contact())
            .iter()
            .map(|it| it.id)
            .collect()
    };
    assert_eq!(offered(&replica), expected);
    let link = ConversationCommand::LinkConversation { contact: contact() };
    say(&mut threads[0], link);
    bring(&mut replica, vec![row(&mut threads[0].document)]);
    assert_eq!(offered(&replica), expected[..1]);
    assert_eq!(replica.unlinked_of(other()), []);
}

#[test]
fn a_template_speaks_of_contact_member_and_conversation() {
    let mut person = contact_of(contact(), dora());
    let mut first = thread(conversation(), ben());
    say(&mut first, start(contact(), 0));
    let mut replica = replica(&mut [&mut person, &mut first]);
    let text = "Hi {{contact.first_name}} of {{contact.company}} <{{contact.email}}>, \
                {{fields.size}} {{contact.shoe}} {{conversation.subject}}. {{member.name}}";
    let template = TemplateDraft {
        id: None,
        name: "Hello".to_owned(),
        channel: None,
        language: String::new(),
        subject: "For {{contact.name}} {{contact.shoe}}".to_owned(),
        text: text.to_owned(),
    };
    rule(&mut replica, WorkspaceCommand::PutTemplate { template });
    let id = replica.rules().templates[0].id;
    let rendered = replica.render_template(conversation(), id).unwrap();
    assert_eq!(rendered.subject, "For Dora Lind {{contact.shoe}}");
    assert_eq!(
        rendered.text,
        "Hi Dora of Tea & Co <dora@example.com>, {{fields.size}} {{contact.shoe}} Subject 0. cleo"
    );
    assert_eq!(rendered.missing, ["contact.shoe", "fields.size"]);
    let none = replica.render_template(conversation(), TemplateId(Uuid::nil()));
    assert_eq!(none.unwrap_err().code, Code::NotFound);
}

#[test]
fn custom_fields_and_names_are_missing_until_somebody_fills_them_in() {
    let nameless = ContactDraft {
        name: String::new(),
        ..dora()
    };
    let mut person = contact_of(contact(), nameless);
    let mut first = thread(conversation(), ben());
    say(&mut first, start(contact(), 0));
    let mut replica = replica(&mut [&mut person, &mut first]);
    let missing = |replica: &Replica| {
        let text = "{{contact.name}} {{fields.size}}";
        replica.render_text(conversation(), text).missing
    };
    assert_eq!(missing(&replica), ["contact.name", "fields.size"]);
    load(&mut replica, &mut person);
    let field = threadline_core::command::FieldDraft {
        id: Some("size".parse().unwrap()),
        name: "Size".to_owned(),
        field_type: Default::default(),
        choices: Vec::new(),
        position: 0,
        archived: false,
    };
    rule(&mut replica, WorkspaceCommand::PutField { field });
    let field = "size".parse().unwrap();
    for command in [
        ContactCommand::SetContactField {
            set: ContactField::Name("Dora".to_owned()),
        },
        ContactCommand::SetCustomField {
            set: CustomValue {
                field,
                value: Some("39".to_owned()),
            },
        },
    ] {
        let command = Command::Contact {
            contact: contact(),
            command,
        };
        replica.apply(command, at(2)).unwrap();
    }
    assert_eq!(missing(&replica), Vec::<String>::new());
}

#[test]
fn a_relative_due_date_follows_the_workspaces_hours() {
    let mut replica = replica(&mut []);
    let ask = DueAsk {
        // A Friday, 2026-11-20T10:00Z.
        now: threadline_core::time::Timestamp::from_millis(1_795_168_800_000),
        amount: 2,
        unit: DueUnit::BusinessDays,
        offsets: Vec::new(),
    };
    let day = |replica: &Replica| replica.relative_due(&ask).day;
    assert_eq!(day(&replica).as_deref(), Some("2026-11-24"));
    let sunday = Hours {
        day: 7,
        from: 600,
        to: 720,
    };
    let set = PolicyField::Hours(vec![sunday]);
    rule(&mut replica, WorkspaceCommand::SetPolicy { set });
    assert_eq!(day(&replica).as_deref(), Some("2026-11-29"));
}

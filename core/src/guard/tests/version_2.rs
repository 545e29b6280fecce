//! What our own clients make since version 2 passes: appointments, calls,
//! marks, deals, settings, saved views.

use automerge::Change;

use super::*;
use crate::command::*;
use crate::model::*;
use crate::time::TimeSpan;

type C = ConversationCommand;

fn when(start: i64) -> TimeSpan {
    TimeSpan {
        start: Timestamp::from_millis(start),
        end: Timestamp::from_millis(start + 1_000),
        zone: "Europe/Lisbon".to_owned(),
    }
}

pub(super) fn book() -> C {
    C::BookAppointment {
        draft: AppointmentDraft {
            title: "Demo".to_owned(),
            when: when(9_000),
            organiser: None,
            attendees: vec!["email:eva@example.com".parse().unwrap()],
            place: "Lisbon".to_owned(),
            link: "https://meet.example.com/1".to_owned(),
            agenda: "The price".to_owned(),
        },
    }
}

pub(super) fn call(direction: Direction) -> C {
    C::LogCall {
        draft: CallDraft {
            direction,
            at: None,
            number: "+351912345678".to_owned(),
            call: Call {
                outcome: CallOutcome::Voicemail,
                duration: 12,
                recording: "https://calls.example.com/1".to_owned(),
            },
            text: "Left a word".to_owned(),
        },
    }
}

pub(super) fn send() -> C {
    C::SendMessage {
        channel: Channel::Email,
        to: vec![Address {
            name: "Rui".to_owned(),
            address: "rui@example.com".to_owned(),
        }],
        subject: "Your lamp".to_owned(),
        text: "It has shipped.".to_owned(),
        in_reply_to: None,
        attachments: vec![Attachment {
            blob: "ab".repeat(32),
            name: "photo.jpg".to_owned(),
            media_type: "image/jpeg".to_owned(),
            size: 12,
        }],
    }
}

fn topic() -> TopicDraft {
    TopicDraft {
        subject: "Lamp".to_owned(),
        purpose: "enquiry".to_owned(),
        summary: "Wants a lamp.".to_owned(),
        status: TopicStatus::Closed,
        start: None,
        end: None,
        first_message: None,
        last_message: None,
        owner: None,
        origin: TopicOrigin::Ticket,
        reference: "T-1".to_owned(),
    }
}

fn task() -> TaskDraft {
    TaskDraft {
        title: "Call back".to_owned(),
        description: String::new(),
        channel: None,
        task_type: "follow_up".to_owned(),
        priority: Priority::Medium,
        assignee: None,
        due: None,
    }
}

/// A message of the contact, from the service.
pub(super) fn receive() -> C {
    C::ReceiveMessage {
        message: Box::new(InboundMessage {
            id: crate::id::InteractionId(Uuid::from_u128(77)),
            channel: Channel::Email,
            at: Timestamp::from_millis(4_000),
            from: Address {
                name: "Rui".to_owned(),
                address: "rui@example.com".to_owned(),
            },
            to: Vec::new(),
            cc: Vec::new(),
            subject: "Where?".to_owned(),
            text: "Where is it?".to_owned(),
            html: None,
            visible: None,
            in_reply_to: None,
            external_id: None,
            attachments: Vec::new(),
            raw: None,
        }),
    }
}

/// Everything of version 2 that an agent does in a conversation. `coming` is
/// the service's message, which arrives in the middle.
fn in_a_conversation(desk: &mut Desk, coming: &Change) -> Vec<Change> {
    let mut all = Vec::new();
    let mut make = |desk: &mut Desk, command: C| {
        let (change, created) = desk.make(command);
        all.push(change);
        created.unwrap_or_default()
    };
    let message = crate::id::InteractionId;
    let sent = message(make(desk, send()));
    desk.take(coming);
    let coming = message(Uuid::from_u128(77));
    make(desk, C::OpenConversation {});
    make(desk, C::ConfirmMessage { interaction: sent });
    make(desk, C::WithdrawMessage { interaction: sent });
    make(desk, call(Direction::In));
    make(desk, call(Direction::Out));
    for flag in [MessageFlag::Important, MessageFlag::Spam] {
        for on in [true, false] {
            let interaction = coming;
            make(
                desk,
                C::SetMessageFlag {
                    interaction,
                    flag,
                    on,
                },
            );
        }
    }
    for interaction in [coming, sent] {
        make(desk, C::DeleteMessage { interaction });
        make(desk, C::RestoreMessage { interaction });
    }
    for starred in [true, false] {
        make(desk, C::StarConversation { starred });
    }
    for until in [50_000, 60_000] {
        let until = Timestamp::from_millis(until);
        make(desk, C::SnoozeConversation { until });
    }
    make(desk, C::UnsnoozeConversation {});
    make(
        desk,
        C::AddNote {
            parent: None,
            message: Some(coming),
            spans: spans("For Ben"),
        },
    );
    let logged = crate::id::TopicId(make(
        desk,
        C::CreateTopic {
            draft: topic(),
            follow_up: Some(task()),
        },
    ));
    for set in [
        TopicField::Subject("Lamps".to_owned()),
        TopicField::Purpose("issue".to_owned()),
        TopicField::Summary("Wants two.".to_owned()),
        TopicField::Owner(None),
        TopicField::Start(Timestamp::from_millis(1)),
        TopicField::End(Some(Timestamp::from_millis(2))),
        TopicField::End(None),
        TopicField::FirstMessage(Some(coming)),
        TopicField::LastMessage(Some(coming)),
        TopicField::FirstMessage(None),
        TopicField::Reference(String::new()),
    ] {
        make(desk, C::SetTopicField { topic: logged, set });
    }
    let booked = crate::id::AppointmentId(make(desk, book()));
    for set in [
        AppointmentField::Title("Visit".to_owned()),
        AppointmentField::When(when(20_000)),
        AppointmentField::Organiser("ben".parse().unwrap()),
        AppointmentField::Place(String::new()),
        AppointmentField::Link(String::new()),
        AppointmentField::Agenda("Two lamps".to_owned()),
        AppointmentField::Notes("Agreed".to_owned()),
    ] {
        let appointment = booked;
        make(desk, C::SetAppointmentField { appointment, set });
    }
    let appointment = booked;
    let who: Guest = "member:ben".parse().unwrap();
    make(
        desk,
        C::AddAttendee {
            appointment,
            who: who.clone(),
        },
    );
    make(
        desk,
        C::AnswerAppointment {
            appointment,
            who: who.clone(),
            answer: Answer::Accepted,
        },
    );
    make(desk, C::RemoveAttendee { appointment, who });
    for status in [
        AppointmentStatus::NoShow,
        AppointmentStatus::Scheduled,
        AppointmentStatus::Completed,
    ] {
        make(
            desk,
            C::SetAppointmentStatus {
                appointment,
                status,
            },
        );
    }
    let planned = crate::id::TaskId(make(desk, C::CreateTask { draft: task() }));
    make(
        desk,
        C::FinishTask {
            task: planned,
            outcome: Some(topic_of_a_task()),
            note: spans("She was glad."),
            follow_up: Some(task()),
        },
    );
    make(
        desk,
        C::CloseConversation {
            topic: Some(topic()),
        },
    );
    all
}

fn topic_of_a_task() -> TopicDraft {
    TopicDraft {
        origin: TopicOrigin::Manual,
        ..topic()
    }
}

#[test]
fn everything_an_agent_does_in_a_conversation_passes() {
    let mut service = Desk::new(member("mail", Role::Service), 9);
    let (begun, _) = service.make(start());
    let (coming, _) = service.make(receive());
    let mut ana = Desk::new(member("ana", Role::Agent), 1);
    ana.take(&begun);
    let all = in_a_conversation(&mut ana, &coming);
    for together in [true, false] {
        let mut server = Server::new();
        let first = [begun.clone(), coming.clone()];
        server.take(&service.member, &first).unwrap();
        if together {
            assert_eq!(server.take(&ana.member, &all), Ok(()));
        } else {
            for change in &all {
                let taken = server.take(&ana.member, std::slice::from_ref(change));
                assert_eq!(taken, Ok(()), "{:?}", change.message());
            }
        }
        assert_eq!(server.document.view(), ana.document.view());
    }
}

#[test]
fn an_unlinked_conversation_passes() {
    let mut ana = Desk::new(member("ana", Role::Agent), 1);
    let identity = Identity {
        channel: Channel::Sms,
        address: "+351912345678".to_owned(),
    };
    let subject = String::new();
    let link = |number| C::LinkConversation {
        contact: ContactId(Uuid::from_u128(number)),
    };
    let all = [
        ana.make(C::StartUnlinked { identity, subject }).0,
        ana.make(link(7)).0,
        ana.make(link(8)).0,
        ana.make(C::UnlinkConversation {}).0,
    ];
    let mut server = Server::new();
    assert_eq!(server.take(&ana.member, &all), Ok(()));
    assert_eq!(server.document.view(), ana.document.view());
}

/// Everything an agent does on a contact's card.
fn on_a_card(desk: &mut Desk) -> Vec<Change> {
    type C = ContactCommand;
    let mut all = Vec::new();
    let mut make = |desk: &mut Desk, command: C| {
        let (change, created) = desk.on_card(command);
        all.push(change);
        created.unwrap_or_default()
    };
    let identity = |address: &str| Identity {
        channel: Channel::Email,
        address: address.to_owned(),
    };
    let draft = ContactDraft {
        name: "Rui".to_owned(),
        identities: vec![identity("rui@example.com")],
        tags: vec!["vip".to_owned()],
        ..ContactDraft::default()
    };
    make(desk, C::CreateContact { draft });
    for set in [
        ContactField::Name("Rui R.".to_owned()),
        ContactField::Saved(true),
        ContactField::Type("lead".to_owned()),
        ContactField::Status(ContactStatus::Dnd),
        ContactField::Email("rui@example.org".to_owned()),
        ContactField::Phone("+351 912".to_owned()),
        ContactField::Company("Acme".to_owned()),
    ] {
        make(desk, C::SetContactField { set });
    }
    let other = identity("rui@example.org");
    make(
        desk,
        C::AddIdentity {
            identity: other.clone(),
        },
    );
    make(desk, C::RemoveIdentity { identity: other });
    for tag in ["press", "vip"] {
        let tag = tag.to_owned();
        if tag == "press" {
            make(desk, C::AddContactTag { tag });
        } else {
            make(desk, C::RemoveContactTag { tag });
        }
    }
    for value in [Some("large".to_owned()), None] {
        let field = "size".parse().unwrap();
        let set = CustomValue { field, value };
        make(desk, C::SetCustomField { set });
    }
    let into = ContactId(Uuid::from_u128(7));
    make(desk, C::MergeContact { into });
    make(desk, C::UnmergeContact {});
    let stage = |stage: &str| StageRef {
        pipeline: "sales".parse().unwrap(),
        stage: stage.parse().unwrap(),
    };
    let value = Money {
        amount: 100,
        currency: "EUR".to_owned(),
    };
    let opportunity = crate::id::OpportunityId(make(
        desk,
        C::CreateOpportunity {
            draft: OpportunityDraft {
                title: "Ten lamps".to_owned(),
                stage: stage("new"),
                value: value.clone(),
                expected: String::new(),
                owner: None,
                contacts: vec![into],
            },
        },
    ));
    for set in [
        OpportunityField::Title("Lamps".to_owned()),
        OpportunityField::Stage(stage("offer")),
        OpportunityField::Value(Money {
            amount: 200,
            ..value
        }),
        OpportunityField::Expected("2026-12-24".to_owned()),
        OpportunityField::Owner(None),
    ] {
        make(desk, C::SetOpportunityField { opportunity, set });
    }
    let other = into;
    make(desk, C::RemoveOpportunityContact { opportunity, other });
    make(desk, C::AddOpportunityContact { opportunity, other });
    let reason = "price".to_owned();
    make(
        desk,
        C::CloseOpportunity {
            opportunity,
            won: false,
            reason,
        },
    );
    make(desk, C::ReopenOpportunity { opportunity });
    all
}

#[test]
fn everything_an_agent_does_on_a_card_passes() {
    let doc = DocumentId::from(ContactId(Uuid::nil()));
    let mut ana = Desk::with(doc, member("ana", Role::Agent), 1);
    let mut admin = Desk::with(DocumentId::Workspace, member("cleo", Role::Admin), 3);
    admin.in_settings(super::roles::size());
    ana.rules = admin.document.workspace().unwrap().clone();
    let all = on_a_card(&mut ana);
    let mut together = Server::of(doc);
    assert_eq!(together.take(&ana.member, &all), Ok(()));
    assert_eq!(together.document.view(), ana.document.view());
    let mut alone = Server::of(doc);
    for change in &all {
        let taken = alone.take(&ana.member, std::slice::from_ref(change));
        assert_eq!(taken, Ok(()), "{:?}", change.message());
    }
}

#[test]
fn everything_an_admin_sets_passes_and_everybodys_own_views() {
    let mut cleo = Desk::with(DocumentId::Workspace, member("cleo", Role::Admin), 1);
    let mut all: Vec<Change> = Vec::new();
    for command in super::roles::settings() {
        all.push(cleo.in_settings(command).0);
    }
    let template = cleo.document.workspace().unwrap().templates[0].id;
    let last = WorkspaceCommand::RemoveTemplate { template };
    all.push(cleo.in_settings(last).0);
    let mut server = Server::of(DocumentId::Workspace);
    assert_eq!(server.take(&cleo.member, &all), Ok(()));
    assert_eq!(server.document.view(), cleo.document.view());

    for role in [Role::Agent, Role::Admin] {
        let mut ana = Desk::with(DocumentId::Workspace, member("ana", role), 2);
        let view = "urgent".parse().unwrap();
        let views = [
            ana.in_settings(super::roles::save_view("urgent")).0,
            ana.in_settings(super::roles::save_view("urgent")).0,
            ana.in_settings(WorkspaceCommand::RemoveView { view }).0,
        ];
        let mut server = Server::of(DocumentId::Workspace);
        assert_eq!(server.take(&ana.member, &views), Ok(()));
    }
}

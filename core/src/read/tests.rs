//! What the small reader reads is what serde writes and would read.

use std::fmt::Debug;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::*;
use crate::command::*;
use crate::id::*;
use crate::model::*;
use crate::replica::{KeptDocument, PendingEntry, Refused, Saved, SpareQuery, StoredRow};
use crate::schedule::{DueAsk, DueUnit, ZoneOffset};
use crate::sync::frame::Whereabouts;
use crate::time::{Due, TimeSpan, Timestamp};

mod commands;
mod flows;

fn uuid(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis)
}

fn ana() -> MemberId {
    "ana".parse().unwrap()
}

fn agrees<T: Read + Serialize + DeserializeOwned + PartialEq + Debug>(value: &T) {
    let tree = Value::serialized(value).unwrap();
    assert_eq!(&tree.deserialized::<T>().unwrap(), value, "serde");
    assert_eq!(&T::read(tree).unwrap(), value);
}

fn span(text: &str) -> Span {
    Span::Text {
        value: text.to_owned(),
        marks: BTreeMap::from([
            ("strong".to_owned(), MarkValue::Bool(true)),
            ("link".to_owned(), MarkValue::Text("{}".to_owned())),
            ("size".to_owned(), MarkValue::Int(-3)),
            ("em".to_owned(), MarkValue::Null),
        ]),
    }
}

fn block() -> Span {
    Span::Block {
        value: Block {
            block_type: "heading".to_owned(),
            parents: vec!["blockquote".to_owned()],
            attrs: BTreeMap::from([("level".to_owned(), MarkValue::Int(2))]),
            is_embed: true,
        },
    }
}

fn topic() -> TopicDraft {
    TopicDraft {
        subject: "s".to_owned(),
        purpose: "p".to_owned(),
        summary: "y".to_owned(),
        status: TopicStatus::Closed,
        start: Some(at(1)),
        end: None,
        first_message: Some(InteractionId(uuid(1))),
        last_message: None,
        owner: None,
        origin: TopicOrigin::Manual,
        reference: String::new(),
    }
}

fn task() -> TaskDraft {
    TaskDraft {
        title: "t".to_owned(),
        description: "d".to_owned(),
        channel: Some(TaskChannel::Whatsapp),
        task_type: "follow_up".to_owned(),
        priority: Priority::Critical,
        assignee: Some(Assignee::Team("support".parse().unwrap())),
        due: Some(Due {
            at: at(5),
            zone: "UTC".to_owned(),
            day: Some("2026-01-01".to_owned()),
        }),
    }
}

fn identity() -> Identity {
    Identity {
        channel: Channel::Sms,
        address: "+351911111111".to_owned(),
    }
}

fn due() -> Due {
    Due {
        at: at(4),
        zone: "UTC".to_owned(),
        day: None,
    }
}

fn when() -> TimeSpan {
    TimeSpan {
        start: at(4),
        end: at(5),
        zone: "UTC".to_owned(),
    }
}

fn stage() -> StageRef {
    StageRef {
        pipeline: "sales".parse().unwrap(),
        stage: "offer".parse().unwrap(),
    }
}

fn money() -> Money {
    Money {
        amount: 129_900,
        currency: "EUR".to_owned(),
    }
}

#[test]
fn every_command_a_browser_gives_reads_back() {
    for command in commands::commands() {
        agrees(&command);
    }
}

#[test]
fn what_storage_keeps_reads_back() {
    agrees(&Saved::default());
    let doc = DocumentId::Conversation(ConversationId(uuid(8)));
    let command = commands::commands().remove(0);
    let member = Member {
        id: ana(),
        name: "Ana".to_owned(),
        role: Role::Service,
        teams: vec!["support".parse().unwrap()],
        availability: Availability::Busy,
        channels: Some(vec![Channel::Email, Channel::Call]),
        active: false,
    };
    let row = ConversationRow {
        id: ConversationId(uuid(8)),
        contact: None,
        ordinal: 2,
        identity: Some(identity()),
        subject: "s".to_owned(),
        status: ConversationStatus::Closed,
        snoozed_until: Some(at(9)),
        starred: vec![ana()],
        owner: Some(ana()),
        team: None,
        priority: Priority::Medium,
        tags: vec!["t".to_owned()],
        channel: Some(Channel::Call),
        last: Some(LastItem {
            kind: ItemKind::Note,
            direction: Some(Direction::In),
            by: None,
            text: "t".to_owned(),
            at: at(1),
        }),
        at: at(2),
        inbound: vec![at(1)],
        read: BTreeMap::from([(ana(), at(3))]),
        mentions: BTreeMap::from([(ana(), at(4))]),
        awaiting: Some(at(2)),
        important: true,
        spam: true,
        stuck: 1,
        tasks: vec![TaskMark {
            id: TaskId(uuid(5)),
            title: "t".to_owned(),
            status: TaskStatus::InProgress,
            priority: Priority::High,
            task_type: "internal".to_owned(),
            channel: Some(TaskChannel::Call),
            assignee: None,
            due: Some(due()),
            at: at(4),
            conflicted: true,
        }],
        topics: vec![TopicMark {
            id: TopicId(uuid(6)),
            subject: "s".to_owned(),
            purpose: "issue".to_owned(),
            status: TopicStatus::Closed,
            origin: TopicOrigin::Ticket,
            owner: Some(ana()),
            start: at(1),
            end: Some(at(2)),
            summary: "s".to_owned(),
        }],
        appointments: vec![AppointmentMark {
            id: AppointmentId(uuid(7)),
            title: "t".to_owned(),
            when: when(),
            status: AppointmentStatus::NoShow,
            organiser: ana(),
            attendees: vec![Attendee {
                who: Guest::Email("a@example.com".to_owned()),
                answer: Answer::Tentative,
            }],
            place: "p".to_owned(),
            link: "https://example.com".to_owned(),
        }],
        conflicted: true,
    };
    let contact = ContactRow {
        id: ContactId(uuid(9)),
        name: "n".to_owned(),
        company: "c".to_owned(),
        contact_type: "lead".to_owned(),
        status: ContactStatus::Active,
        saved: true,
        email: "n@example.com".to_owned(),
        phone: "+351 1".to_owned(),
        identities: vec![identity()],
        tags: vec!["t".to_owned()],
        merged_into: Some(ContactId(uuid(10))),
        opportunities: vec![OpportunityMark {
            id: OpportunityId(uuid(11)),
            title: "t".to_owned(),
            stage: stage(),
            value: money(),
            status: OpportunityStatus::Won,
            owner: None,
            expected: "2026-12-01".to_owned(),
        }],
        conflicted: true,
    };
    let stored = |row| StoredRow {
        doc,
        seq: 3,
        heads: vec!["ab".to_owned()],
        row,
    };
    agrees(&Saved {
        epoch: "e".to_owned(),
        cursor: 7,
        member: Some(member.clone()),
        members: vec![member],
        rows: vec![
            stored(Row::Conversation(row)),
            stored(Row::Workspace(WorkspaceRow {})),
            stored(Row::Contact(contact)),
        ],
        outbox: vec![PendingEntry {
            hash: "h".to_owned(),
            doc,
            actor: "a".to_owned(),
            at: at(1),
            command: command.clone(),
            order: 2,
        }],
        refused: vec![Refused {
            id: "i".to_owned(),
            doc,
            at: at(1),
            command,
            refusal: Refusal::new(Code::ContactDnd, "No.").on("to"),
        }],
    });
    agrees(&SpareQuery {
        stored: vec![KeptDocument {
            doc: DocumentId::Workspace,
            bytes: 1 << 33,
            last_used: Timestamp::from_millis(1),
        }],
        budget: Some(7),
        needed: vec![DocumentId::Workspace],
    });
    agrees(&DueAsk {
        now: at(1),
        amount: 2,
        unit: DueUnit::BusinessHours,
        offsets: vec![ZoneOffset {
            from: at(0),
            offset: -60,
        }],
    });
    agrees(&Whereabouts {
        note: Some(NoteId(uuid(3))),
        anchor: Some("1@a".to_owned()),
        head: None,
        typing: true,
    });
}

fn object(fields: &[(&str, Value)]) -> Value {
    let field = |(name, value): &(&str, Value)| (Value::from(*name), value.clone());
    Value::Map(fields.iter().map(field).collect())
}

#[test]
fn what_does_not_fit_is_refused_by_the_name_of_its_field() {
    let id = Value::from(uuid(9).to_string());
    let command = |kind: &str, rest: (&str, Value)| {
        Command::read(object(&[
            ("contact", id.clone()),
            ("type", Value::from(kind)),
            rest,
        ]))
    };
    let unknown = object(&[("name", Value::from("n")), ("age", Value::from(3))]);
    let number = object(&[("field", Value::from("name")), ("value", Value::from(3))]);
    let table = [
        (Command::read(Value::Null), None),
        (Command::read(object(&[])), Some("type")),
        (
            Command::read(object(&[("contact", id.clone())])),
            Some("type"),
        ),
        (command("dance", ("draft", Value::Null)), Some("type")),
        (
            command("create_contact", ("other", Value::Null)),
            Some("draft"),
        ),
        (command("create_contact", ("draft", unknown)), Some("age")),
        (command("set_contact_field", ("set", number)), Some("value")),
    ];
    for (result, field) in table {
        let refusal = result.unwrap_err();
        assert_eq!(
            (refusal.code, refusal.field.as_deref()),
            (Code::Invalid, field)
        );
    }
}

#[test]
fn what_may_be_left_out_has_its_default() {
    let query = RowQuery::read(object(&[("limit", Value::from(5))])).unwrap();
    let expected = RowQuery {
        limit: 5,
        ..RowQuery::default()
    };
    assert_eq!(query, expected);
    let fields = [
        ("id", Value::from("ana")),
        ("name", Value::from("Ana")),
        ("role", Value::from("agent")),
    ];
    let expected = Member::new(ana(), "Ana", Role::Agent);
    assert_eq!(Member::read(object(&fields)).unwrap(), expected);
    // As it was kept before members could be busy.
    for (available, availability) in [(true, Availability::Available), (false, Availability::Away)]
    {
        let mut fields = fields.to_vec();
        fields.push(("available", Value::from(available)));
        let member = Member::read(object(&fields)).unwrap();
        assert_eq!(member.availability, availability);
    }
    assert!(RowQuery::read(object(&[])).is_err());
}

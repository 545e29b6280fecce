//! A beginning excuses what goes along with it from the trail, and there is
//! one: nobody who knows of it begins the same again.

use super::told::at;
use super::version_2::book;
use super::*;
use crate::command::{AppointmentField, ContactDraft, ContactField};
use crate::id::AppointmentId;
use crate::model::{Answer, ContactStatus};
use crate::time::TimeSpan;

type C = ConversationCommand;

/// The same operations, telling of a beginning: what an activity says of a
/// field is the last thing its change writes.
fn as_beginning(ops: &mut Vec<Op>, action: &str) {
    at(ops, "action").action = put(action);
    ops.truncate(ops.len() - 3);
}

/// The operation of a change that put something under `key`, with its id.
fn op_at(change: &Change, key: &str) -> (OpId, Op) {
    let found = (change.start_op().get()..)
        .zip(change.decode().operations)
        .find(|(_, op)| op.key == Key::Map(key.into()));
    let (counter, op) = found.unwrap();
    (OpId::new(counter, change.actor_id()), op)
}

fn set_status(status: ContactStatus) -> ContactCommand {
    let set = ContactField::Status(status);
    ContactCommand::SetContactField { set }
}

fn create() -> ContactCommand {
    let draft = ContactDraft {
        name: "Rui".to_owned(),
        ..ContactDraft::default()
    };
    ContactCommand::CreateContact { draft }
}

#[test]
fn an_old_contact_is_not_made_again() {
    let doc = DocumentId::from(ContactId(Uuid::nil()));
    let mut ana = Desk::with(doc, member("ana", Role::Agent), 1);
    let mut ben = Desk::with(doc, member("ben", Role::Agent), 2);
    let (made, _) = ana.on_card(create());
    ben.take(&made);
    let mut server = Server::of(doc);
    server.take(&ana.member, &[made]).unwrap();

    let (set, _) = ben.on_card(set_status(ContactStatus::Dnd));
    let again = remade(&set, |it| {
        as_beginning(&mut it.operations, "create_contact");
        let moment = Op {
            key: Key::Map("at".into()),
            action: OpType::Put(ScalarValue::Int(6_000)),
            pred: Vec::new().into(),
            ..at(&mut it.operations, "status").clone()
        };
        it.operations.push(moment);
    });
    let refused = server.refusal(&ben.member, &again).unwrap_err();
    assert_eq!(refused.code, Code::Forbidden);
    assert_eq!(refused.field.as_deref(), Some("at"));
    assert_eq!(server.take(&ben.member, &[set]), Ok(()));
}

#[test]
fn what_was_set_before_a_contact_was_made_may_change_with_it() {
    let doc = DocumentId::from(ContactId(Uuid::nil()));
    let mut ana = Desk::with(doc, member("ana", Role::Agent), 1);
    let all = [
        ana.on_card(set_status(ContactStatus::Dnd)).0,
        ana.on_card(create()).0,
    ];
    assert_eq!(Server::of(doc).take(&ana.member, &all), Ok(()));
}

#[test]
fn an_old_conversation_is_not_begun_again_to_close_it() {
    let mut ben = Desk::new(member("ben", Role::Agent), 1);
    let (begun, _) = ben.make(start());
    let mut server = Server::new();
    let (set, _) = ben.make(subject("Lamp"));
    let closed = remade(&set, |it| {
        as_beginning(&mut it.operations, "start_conversation");
        let (status, _) = op_at(&begun, "status");
        let op = at(&mut it.operations, "subject");
        op.key = Key::Map("status".into());
        op.action = put("closed");
        op.pred = vec![status].into();
        let (contact, same) = op_at(&begun, "contact");
        it.operations.push(Op {
            pred: vec![contact].into(),
            ..same
        });
    });
    server.take(&ben.member, &[begun]).unwrap();
    let verdict = server.take(&ben.member, &[closed]);
    assert_eq!(verdict, Err(Code::SchemaViolation));
}

#[test]
fn a_conversation_begins_open() {
    let mut ben = Desk::new(member("ben", Role::Agent), 1);
    let (begun, _) = ben.make(start());
    let closed = remade(&begun, |it| {
        at(&mut it.operations, "status").action = put("closed");
    });
    let refused = Server::new().refusal(&ben.member, &closed).unwrap_err();
    assert_eq!(refused.field.as_deref(), Some("state/status"));
}

#[test]
fn who_moves_an_appointment_answers_for_nobody() {
    let mut ben = Desk::new(member("ben", Role::Agent), 1);
    let (begun, _) = ben.make(start());
    let (booked, id) = ben.make(book());
    let appointment = AppointmentId(id.unwrap());
    let who = "email:eva@example.com".parse().unwrap();
    let (answered, _) = ben.make(C::AnswerAppointment {
        appointment,
        who,
        answer: Answer::Accepted,
    });
    let set = AppointmentField::When(TimeSpan {
        start: Timestamp::from_millis(20_000),
        end: Timestamp::from_millis(21_000),
        zone: "Europe/Lisbon".to_owned(),
    });
    let (moved, _) = ben.make(C::SetAppointmentField { appointment, set });
    let mut server = Server::new();
    let before = [begun, booked, answered];
    server.take(&ben.member, &before).unwrap();
    let declined = remade(&moved, |it| {
        at(&mut it.operations, "email:eva@example.com").action = put("declined");
    });
    let refused = server.refusal(&ben.member, &declined).unwrap_err();
    assert_eq!(refused.code, Code::SchemaViolation);
    assert_eq!(server.take(&ben.member, &[moved]), Ok(()));
}

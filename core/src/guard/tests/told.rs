//! What a change does and what it tells the audit trail are one: neither goes
//! without the other.

use automerge::Change;

use super::version_2::{book, send};
use super::*;
use crate::command::*;
use crate::model::*;

type C = ConversationCommand;

/// What the guard says to Ben's next command once its change was bent, in a
/// conversation that began with `before`.
fn verdict(
    before: impl FnOnce(&mut Desk) -> Vec<Change>,
    command: impl FnOnce(&Desk) -> C,
    bend: impl FnOnce(&mut Vec<Op>),
) -> Result<(), Refusal> {
    let mut ben = Desk::new(member("ben", Role::Agent), 1);
    let mut all = vec![ben.make(start()).0];
    all.extend(before(&mut ben));
    let mut server = Server::new();
    server.take(&ben.member, &all).unwrap();
    let command = command(&ben);
    let (change, _) = ben.make(command);
    let bent = remade(&change, |it| bend(&mut it.operations));
    server.refusal(&ben.member, &bent)
}

fn nothing(_: &mut Desk) -> Vec<Change> {
    Vec::new()
}

fn owner(_: &Desk) -> C {
    let owner = Some("ana".parse().unwrap());
    C::SetOwner { owner }
}

/// The operation that puts something under `key`.
pub(super) fn at<'a>(ops: &'a mut [Op], key: &str) -> &'a mut Op {
    let here = |op: &&mut Op| op.key == Key::Map(key.into());
    ops.iter_mut().find(here).unwrap()
}

/// Everything but the operations of the new activity.
pub(super) fn silence(ops: &mut Vec<Op>) {
    let action = at(ops, "action").obj.clone();
    // The activity's own map is made just before its first field.
    let first = ops.iter().position(|op| op.obj == action).unwrap();
    ops.truncate(first - 1);
}

fn violation(field: &str) -> Result<(), (Code, Option<String>)> {
    Err((Code::SchemaViolation, Some(field.to_owned())))
}

fn told(verdict: Result<(), Refusal>) -> Result<(), (Code, Option<String>)> {
    verdict.map_err(|refusal| (refusal.code, refusal.field))
}

#[test]
fn a_tracked_field_does_not_change_in_silence() {
    let plain = verdict(nothing, owner, |_| {});
    assert_eq!(plain, Ok(()));
    let silent = verdict(nothing, owner, silence);
    assert_eq!(told(silent), violation("state/owner"));
    let tag = |_: &Desk| C::AddTag {
        tag: "vip".to_owned(),
    };
    assert_eq!(told(verdict(nothing, tag, silence)), violation("tags/vip"));
    let removed = |_: &Desk| C::RemoveTag {
        tag: "vip".to_owned(),
    };
    let tagged = |ben: &mut Desk| vec![ben.make(tag(ben)).0];
    assert_eq!(verdict(tagged, removed, |_| {}), Ok(()));
    assert_eq!(
        told(verdict(tagged, removed, silence)),
        violation("tags/vip")
    );
}

#[test]
fn nothing_is_made_edited_or_taken_back_in_silence() {
    let path = |refused: Result<(), Refusal>| {
        let refusal = refused.unwrap_err();
        assert_eq!(refusal.code, Code::SchemaViolation);
        refusal.field.unwrap()
    };
    let booked = path(verdict(nothing, |_| book(), silence));
    assert!(booked.starts_with("appointments/"), "{booked}");
    let noted = path(verdict(nothing, |_| note("One"), silence));
    assert!(noted.starts_with("notes/"), "{noted}");

    // Texts too are tracked, though nobody compares them.
    let planned = |ben: &mut Desk| vec![ben.make(C::CreateTask { draft: task() }).0];
    let described = |ben: &Desk| {
        let view = ben.document.conversation().unwrap();
        let Some(Item::Task(task)) = view.of_kind(ItemKind::Task).next() else {
            panic!("the task is there");
        };
        C::SetTaskField {
            task: task.id,
            set: TaskField::Description("Both lamps".to_owned()),
        }
    };
    assert_eq!(verdict(planned, described, |_| {}), Ok(()));
    let described = path(verdict(planned, described, silence));
    assert!(described.ends_with("/description"), "{described}");

    let sent = |ben: &mut Desk| vec![ben.make(send()).0];
    let withdrawn = path(verdict(sent, withdraw, silence));
    assert!(withdrawn.ends_with("/withdrawn"), "{withdrawn}");
}

fn task() -> TaskDraft {
    TaskDraft {
        title: "Call back".to_owned(),
        description: "About the lamp".to_owned(),
        channel: None,
        task_type: "follow_up".to_owned(),
        priority: Priority::Medium,
        assignee: None,
        due: None,
    }
}

fn message_of(desk: &Desk) -> crate::id::InteractionId {
    let view = desk.document.conversation().unwrap();
    match view.of_kind(ItemKind::Interaction).next() {
        Some(Item::Interaction(it)) => it.id,
        _ => panic!("the message is there"),
    }
}

fn withdraw(desk: &Desk) -> C {
    C::WithdrawMessage {
        interaction: message_of(desk),
    }
}

#[test]
fn what_is_told_is_what_was_done() {
    type Bend = fn(&mut Vec<Op>);
    let table: [(&str, Bend); 5] = [
        ("another value", |ops| at(ops, "to").action = put("cleo")),
        ("another field", |ops| at(ops, "field").action = put("team")),
        ("another action", |ops| {
            at(ops, "action").action = put("set_team");
        }),
        ("a subject it is not about", |ops| {
            let to = at(ops, "to");
            to.key = Key::Map("subjectKind".into());
            to.action = put("task");
        }),
        ("a made-up action", |ops| {
            at(ops, "action").action = put("gave_a_raise");
        }),
    ];
    for (name, bend) in table {
        let refused = verdict(nothing, owner, bend).unwrap_err();
        assert_eq!(refused.code, Code::SchemaViolation, "{name}");
    }
}

#[test]
fn what_was_not_done_is_not_told() {
    // The owner stays as it is, and only the entry is written.
    let refused = verdict(nothing, owner, |ops| {
        let own = at(ops, "owner").obj.clone();
        ops.retain(|op| op.obj != own);
        // Whoever leaves operations out counts the rest anew.
        renumber(ops, 1);
    });
    let refusal = refused.unwrap_err();
    assert_eq!(refusal.code, Code::SchemaViolation);
    assert!(refusal.field.unwrap().starts_with("activities/"));
}

/// The ids of what was made by later operations, once `missing` operations before
/// them are gone.
fn renumber(ops: &mut [Op], missing: u64) {
    for op in ops {
        if let ObjectId::Id(id) = &op.obj
            && id.actor() == &ActorId::from([1; 16])
        {
            op.obj = ObjectId::Id(OpId::new(id.counter() - missing, id.actor()));
        }
    }
}

#[test]
fn a_reply_is_held_confirmed_and_taken_back_by_its_author() {
    let verdict = |who: Member, command: fn(&Desk) -> C| {
        let mut service = Desk::new(member("mail", Role::Service), 9);
        let mut ben = Desk::new(member("ben", Role::Agent), 1);
        let (begun, _) = ben.make(start());
        let (sent, _) = ben.make(send());
        service.take(&begun);
        let (coming, _) = service.make(super::version_2::receive());
        let mut server = Server::new();
        server
            .take(&ben.member, &[begun.clone(), sent.clone()])
            .unwrap();
        server
            .take(&service.member, std::slice::from_ref(&coming))
            .unwrap();
        // The client of whoever does it thinks that it is Ben's or an admin's.
        let mut other = Desk::new(
            Member {
                role: Role::Admin,
                id: ben.member.id.clone(),
                ..who.clone()
            },
            2,
        );
        for change in [&begun, &sent, &coming] {
            other.take(change);
        }
        let command = command(&other);
        other.document.set_actor(ActorId::from([2; 16]), &who.id);
        other.member.id = who.id.clone();
        let ben_says = other.document.conversation().unwrap();
        assert!(ben_says.of_kind(ItemKind::Interaction).count() > 0);
        let (change, _) = match &command {
            // Only its author's client confirms, so another one pretends.
            C::ConfirmMessage { .. } if who.id != ben.member.id => pretend(&mut other, &command),
            _ => other.make(command),
        };
        server.take(&who, &[change])
    };
    fn pretend(desk: &mut Desk, command: &C) -> (Change, Option<Uuid>) {
        let me = desk.member.id.clone();
        desk.member.id = "ben".parse().unwrap();
        let made = desk.make(command.clone());
        desk.member.id = me.clone();
        let signed = remade(&made.0, |it| {
            for op in &mut it.operations {
                if op.key == Key::Map("by".into()) {
                    op.action = put(me.as_str());
                }
            }
        });
        (signed, made.1)
    }
    fn confirm(desk: &Desk) -> C {
        let view = desk.document.conversation().unwrap();
        let sent = view
            .of_kind(ItemKind::Interaction)
            .find_map(|item| match item {
                Item::Interaction(it) if it.by.is_some() => Some(it.id),
                _ => None,
            });
        C::ConfirmMessage {
            interaction: sent.unwrap(),
        }
    }
    fn take_back(desk: &Desk) -> C {
        match confirm(desk) {
            C::ConfirmMessage { interaction } => C::WithdrawMessage { interaction },
            other => other,
        }
    }
    let (ben, ana, cleo) = (
        member("ben", Role::Agent),
        member("ana", Role::Agent),
        member("cleo", Role::Admin),
    );
    assert_eq!(verdict(ben.clone(), confirm), Ok(()));
    assert_eq!(verdict(ana.clone(), confirm), Err(Code::Forbidden));
    assert_eq!(verdict(cleo.clone(), confirm), Err(Code::Forbidden));
    assert_eq!(verdict(ben, take_back), Ok(()));
    assert_eq!(verdict(ana, take_back), Err(Code::Forbidden));
    assert_eq!(verdict(cleo, take_back), Ok(()));
}

#[test]
fn when_something_began_stays_as_it_is() {
    let refused = verdict(nothing, owner, |ops| {
        let op = at(ops, "owner");
        op.key = Key::Map("at".into());
        op.action = OpType::Put(ScalarValue::Int(1));
    });
    // The state has no such key; where it is, it is not put again.
    assert_eq!(refused.unwrap_err().code, Code::SchemaViolation);
    let mut ben = Desk::new(member("ben", Role::Agent), 1);
    let (begun, _) = ben.make(start());
    let began = (begun.start_op().get()..)
        .zip(begun.decode().operations)
        .find(|(_, op)| op.key == Key::Map("at".into()))
        .map(|(counter, op)| (OpId::new(counter, begun.actor_id()), op.obj));
    let (id, about) = began.unwrap();
    let mut server = Server::new();
    server.take(&ben.member, &[begun]).unwrap();
    let (owned, _) = ben.make(owner(&ben));
    let moved = remade(&owned, |it| {
        let op = at(&mut it.operations, "owner");
        op.obj = about;
        op.key = Key::Map("at".into());
        op.pred = vec![id].into();
        op.action = OpType::Put(ScalarValue::Int(1));
    });
    assert_eq!(server.take(&ben.member, &[moved]), Err(Code::Forbidden));
}

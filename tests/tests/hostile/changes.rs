//! Changes that Automerge would take, from somebody who may not make them.

use std::num::NonZeroU64;

use automerge::legacy::{Key, ObjectId, Op, OpId, OpType};
use automerge::{ActorId, Change, ChangeHash, ExpandedChange, ObjType, ScalarValue};
use threadline_core::command::ConversationCommand;
use threadline_core::error::Code;
use threadline_core::id::{ContactId, DocumentId, InteractionId};
use threadline_core::model::{Item, ItemKind, Role};
use threadline_core::sync::frame::{ClientFrame, Push, ServerFrame};
use threadline_tests::client::Client;
use threadline_tests::pen::Pen;
use threadline_tests::server::{WORKSPACE, token};
use uuid::Uuid;

use crate::forge::bent;
use crate::stage::{Stage, Toll};

fn subject() -> ConversationCommand {
    ConversationCommand::SetConversationSubject {
        subject: "Mallory was here".to_owned(),
    }
}

fn put(text: &str) -> OpType {
    OpType::Put(ScalarValue::Str(text.into()))
}

/// Mallory's honest change of the subject, bent.
fn forged(stage: &mut Stage, bend: impl FnOnce(&mut ExpandedChange)) -> Vec<u8> {
    let honest = stage.pen().write(subject());
    bent(&honest, bend)
}

/// The operation that first put something under a key.
fn found(history: &[Vec<u8>], key: &str) -> (OpId, Op) {
    let found = history.iter().find_map(|bytes| {
        let change = Change::try_from(bytes.as_slice()).unwrap();
        let ops = change.decode().operations;
        (change.start_op().get()..)
            .zip(ops)
            .find(|(_, op)| op.key == Key::Map(key.into()))
            .map(|(counter, op)| (OpId::new(counter, change.actor_id()), op))
    });
    found.unwrap()
}

#[tokio::test]
async fn nobody_writes_in_anothers_name() {
    let mut stage = Stage::set().await;
    let doc = stage.doc();
    let of_ana = Change::try_from(stage.history()[0].as_slice()).unwrap();
    let actor = of_ana.actor_id().clone();
    let as_ana = forged(&mut stage, |it| {
        it.actor_id = actor;
        it.seq = 9;
    });
    let signed = forged(&mut stage, |it| it.extra_bytes = b"\x01\x03ana".to_vec());
    let unsigned = forged(&mut stage, |it| it.extra_bytes.clear());
    let nobody = forged(&mut stage, |it| it.actor_id = ActorId::from([0_u8; 16]));
    let short = forged(&mut stage, |it| it.actor_id = ActorId::from([1_u8; 3]));
    let lie = {
        let honest = stage.pen().note("Ana said so.");
        bent(&honest, |it| {
            let by = |op: &&mut Op| op.key == Key::Map("by".into());
            it.operations.iter_mut().find(by).unwrap().action = put("ana");
        })
    };
    for (name, change, expect) in [
        ("the actor of another member", as_ana, Code::ForeignActor),
        ("the author of another member", signed, Code::ForeignAuthor),
        ("no author", unsigned, Code::ForeignAuthor),
        ("the actor of the first change", nobody, Code::ForeignActor),
        ("an actor of three bytes", short, Code::BadChange),
        ("a note that says Ana wrote it", lie, Code::Forbidden),
    ] {
        assert_eq!(stage.push(name, doc, &change).await, expect, "{name}");
    }
    stage.unharmed().await;
}

#[tokio::test]
async fn changes_come_in_their_order_and_with_what_they_build_on() {
    let mut stage = Stage::set().await;
    let doc = stage.doc();
    let gap = forged(&mut stage, |it| it.seq = 5);
    let huge = forged(&mut stage, |it| it.seq = u64::from(u32::MAX));
    let high = forged(&mut stage, |it| {
        it.start_op = NonZeroU64::new(1 << 20).unwrap();
    });
    let low = forged(&mut stage, |it| it.start_op = NonZeroU64::MIN);
    let orphan = forged(&mut stage, |it| it.deps = vec![ChangeHash([7; 32])]);
    let rootless = forged(&mut stage, |it| it.deps.clear());
    let half = forged(&mut stage, |it| it.deps.push(ChangeHash([7; 32])));
    for (name, change, expect) in [
        ("a sequence number too high", gap, Code::BadSequence),
        ("a huge sequence number", huge, Code::BadSequence),
        ("a huge first operation", high, Code::BadStartOp),
        ("a first operation that was used", low, Code::BadStartOp),
        ("an orphan", orphan, Code::MissingDependency),
        ("a change without a past", rootless, Code::MissingDependency),
        ("a past half made up", half, Code::MissingDependency),
    ] {
        assert_eq!(stage.push(name, doc, &change).await, expect, "{name}");
    }

    // What is honest passes once; the same number again is something else.
    let mut pen = stage.pen();
    let honest = pen.write(subject());
    stage
        .mallory
        .push_and_wait(doc, std::slice::from_ref(&honest))
        .await;
    let replayed = bent(&honest, |it| it.message = Some("another".to_owned()));
    let code = stage.push("a replayed number", doc, &replayed).await;
    assert_eq!(code, Code::BadSequence);
    // The very same bytes are known and answered, and nothing is doubled.
    stage.mallory.push_and_wait(doc, &[honest]).await;

    // A chain that hangs on nothing is refused from its beginning to its end.
    let mut pen = stage.pen();
    pen.write(subject());
    let chain: Vec<_> = (0..255).map(|n| pen.note(&format!("{n}")).into()).collect();
    let links = chain.len();
    let toll = Toll::begin(&stage.server);
    let push = Push {
        doc,
        changes: chain,
    };
    stage.mallory.send(&ClientFrame::Push(push)).await;
    let mut refused = 0;
    let refusals = stage.mallory.until(|frame| {
        if let ServerFrame::Nack(nack) = frame {
            assert_eq!(nack.refusal.code, Code::MissingDependency);
            refused += 1;
        }
        (refused == links).then_some(())
    });
    tokio::join!(refusals, stage.victims.work());
    toll.end(&stage.server, "a chain of 255 orphans", toll.elapsed());
}

#[tokio::test]
async fn a_change_goes_to_the_document_it_was_made_for() {
    let mut stage = Stage::set().await;
    let honest = stage.pen().write(subject());
    for doc in [
        DocumentId::Workspace,
        DocumentId::from(ContactId(Uuid::from_u128(7))),
    ] {
        let code = stage
            .push("a change for another document", doc, &honest)
            .await;
        assert_eq!(code, Code::MissingDependency, "{doc}");
    }
    stage.unharmed().await;
}

#[tokio::test]
async fn nobody_writes_what_the_schema_or_their_role_does_not_have() {
    let mut stage = Stage::set().await;
    let doc = stage.doc();
    let history = stage.history().to_vec();
    let under = |key: &str| ObjectId::Id(found(&history, key).0);
    let facts = under("facts");
    let (text, _) = found(&history, "text");
    type Bend<'a> = Box<dyn FnOnce(&mut ExpandedChange) + 'a>;
    let first = |bend: Box<dyn FnOnce(&mut Op)>| -> Bend<'_> {
        Box::new(move |it| bend(&mut it.operations[0]))
    };
    let attacks: Vec<(&str, Bend<'_>, Code)> = vec![
        (
            "a key that the schema does not have",
            first(Box::new(|op| {
                op.key = Key::Map("backdoor".into());
                op.pred = Vec::new().into();
            })),
            Code::SchemaViolation,
        ),
        (
            "a map where a line is",
            first(Box::new(|op| op.action = OpType::Make(ObjType::Map))),
            Code::SchemaViolation,
        ),
        (
            "a counter",
            first(Box::new(|op| op.action = OpType::Increment(1))),
            Code::SchemaViolation,
        ),
        (
            "a line of 100,000 characters",
            first(Box::new(|op| op.action = put(&"x".repeat(100_000)))),
            Code::SchemaViolation,
        ),
        (
            "the root itself",
            first(Box::new(|op| {
                op.obj = ObjectId::Root;
                op.key = Key::Map("notes".into());
                op.pred = Vec::new().into();
                op.action = OpType::Make(ObjType::Map);
            })),
            Code::Forbidden,
        ),
        (
            "a predecessor in another object",
            first(Box::new(move |op| op.pred = vec![text].into())),
            Code::SchemaViolation,
        ),
        (
            "a delivery that only the server knows of",
            first(Box::new(move |op| {
                op.obj = facts;
                op.key = Key::Map("sentAt".into());
                op.pred = Vec::new().into();
                op.action = OpType::Put(ScalarValue::Int(1));
            })),
            Code::Forbidden,
        ),
        (
            "a change of the subject that is not told",
            Box::new(|it| it.operations.truncate(1)),
            Code::SchemaViolation,
        ),
        (
            "a change of the subject that is told wrongly",
            Box::new(|it| {
                let to = |op: &&mut Op| op.key == Key::Map("to".into());
                it.operations.iter_mut().find(to).unwrap().action = put("Hello");
            }),
            Code::SchemaViolation,
        ),
    ];
    for (name, bend, expect) in attacks {
        let change = forged(&mut stage, bend);
        assert_eq!(stage.push(name, doc, &change).await, expect, "{name}");
    }
    stage.unharmed().await;
}

#[tokio::test]
async fn nobody_takes_back_what_another_wrote() {
    let mut stage = Stage::set().await;
    let doc = stage.doc();
    let mut pen = stage.pen_of("ana");
    let view = pen.document.conversation().unwrap();
    let Some(Item::Interaction(sent)) = view.of_kind(ItemKind::Interaction).next() else {
        panic!("Ana has sent a message");
    };
    let interaction: InteractionId = sent.id;
    let by_ana = pen.write(ConversationCommand::WithdrawMessage { interaction });
    let change = bent(&by_ana, |it| {
        it.extra_bytes = b"\x01\x07mallory".to_vec();
        for op in &mut it.operations {
            if op.key == Key::Map("by".into()) {
                op.action = put("mallory");
            }
        }
    });
    let code = stage.push("another's reply taken back", doc, &change).await;
    assert_eq!(code, Code::Forbidden);
    stage.unharmed().await;
}

#[tokio::test]
async fn a_viewer_changes_nothing_and_an_agent_no_settings() {
    let mut stage = Stage::set().await;
    let doc = stage.doc();
    let viewer = token(WORKSPACE, "vic", Role::Viewer);
    let (viewer, _) = Client::with_token(&stage.server, &viewer).await;
    let agent = std::mem::replace(&mut stage.mallory, viewer);
    let honest = stage.pen_of("vic").note("May I?");
    let code = stage.push("a note of a viewer", doc, &honest).await;
    assert_eq!(code, Code::Forbidden);

    stage.mallory = agent;
    let setting = setting();
    let code = stage
        .push("an agent's settings", DocumentId::Workspace, &setting)
        .await;
    assert_eq!(code, Code::Forbidden);
    stage.unharmed().await;
}

/// A change of the settings, by a client that takes Mallory for an admin.
fn setting() -> Vec<u8> {
    use threadline_core::command::{Command, PolicyField, WorkspaceCommand};
    let set = PolicyField::RequireTopicToClose(true);
    let command = Command::Workspace(WorkspaceCommand::SetPolicy { set });
    Pen::elsewhere("mallory", DocumentId::Workspace, Role::Admin, 77).give(&command)
}

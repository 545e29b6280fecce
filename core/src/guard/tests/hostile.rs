//! An honest change, wrong in one way each.

use super::*;

/// A conversation with a note and a task text, known to everybody.
struct Scene {
    server: Server,
    ana: Desk,
    note: Uuid,
    /// All changes so far, the first one included.
    history: Vec<Change>,
}

fn scene() -> Scene {
    let mut server = Server::new();
    let mut ana = Desk::new(member("ana", Role::Agent), 1);
    let (begun, _) = ana.make(start());
    let (noted, note_id) = ana.make(note("One two"));
    let (other, _) = ana.make(note("Three"));
    let changes = [begun, noted, other];
    server.take(&ana.member, &changes).unwrap();
    let mut history = genesis::changes(doc()).unwrap();
    history.extend(changes);
    Scene {
        server,
        ana,
        note: note_id.unwrap(),
        history,
    }
}

impl Scene {
    /// The operation that put something under `key` last, with its id.
    fn put(&self, key: &str) -> (OpId, Op) {
        let found = self.history.iter().rev().find_map(|change| {
            let start = change.start_op().get();
            let ops = change.decode().operations;
            (start..).zip(ops).find_map(|(counter, op)| {
                let here = op.key == Key::Map(key.into());
                here.then(|| (OpId::new(counter, change.actor_id()), op))
            })
        });
        found.unwrap()
    }

    /// The object under a key.
    fn object(&self, key: &str) -> ObjectId {
        ObjectId::Id(self.put(key).0)
    }

    /// The first element of the latest note's text.
    fn element(&self) -> (OpId, ObjectId) {
        let change = self.history.last().unwrap();
        let ops = change.decode().operations;
        let found = (change.start_op().get()..)
            .zip(ops)
            .find(|(_, op)| op.insert)
            .map(|(counter, op)| (OpId::new(counter, change.actor_id()), op.obj));
        found.unwrap()
    }
}

/// What the guard says to Ana's next change after `mutate`.
fn verdict(
    make: impl FnOnce(&Scene) -> ConversationCommand,
    mutate: impl FnOnce(&Scene, &mut ExpandedChange),
) -> Result<(), Code> {
    let mut scene = scene();
    let command = make(&scene);
    let (change, _) = scene.ana.make(command);
    let change = remade(&change, |expanded| mutate(&scene, expanded));
    let ana = scene.ana.member.clone();
    scene.server.take(&ana, &[change])
}

#[test]
fn the_scene_itself_is_honest() {
    assert_eq!(verdict(|_| subject("Lamp"), |_, _| {}), Ok(()));
    let edit = |scene: &Scene| splice(scene.note, 2, 1, "n");
    assert_eq!(verdict(edit, |_, _| {}), Ok(()));
}

#[test]
fn a_change_is_its_actors_next_and_knows_what_it_builds_on() {
    type Mutation = fn(&Scene, &mut ExpandedChange);
    let table: [(&str, Mutation, Code); 8] = [
        ("a gap", |_, it| it.seq += 1, Code::BadSequence),
        ("a repeat", |_, it| it.seq -= 1, Code::BadSequence),
        (
            "an unknown dependency",
            |_, it| it.deps.push(ChangeHash([7; 32])),
            Code::MissingDependency,
        ),
        (
            "no dependency",
            |_, it| it.deps.clear(),
            Code::MissingDependency,
        ),
        (
            "its own last change forgotten",
            |scene, it| it.deps = vec![scene.history[0].hash()],
            Code::MissingDependency,
        ),
        (
            "a counter that leaps",
            |_, it| it.start_op = it.start_op.saturating_add(1),
            Code::BadStartOp,
        ),
        (
            "a counter that was used",
            |_, it| it.start_op = std::num::NonZeroU64::MIN,
            Code::BadStartOp,
        ),
        (
            "an author in a later change",
            |_, it| it.extra_bytes = vec![1, 3, b'a', b'n', b'a'],
            Code::ForeignAuthor,
        ),
    ];
    for (name, mutate, code) in table {
        assert_eq!(verdict(|_| subject("Lamp"), mutate), Err(code), "{name}");
    }
}

#[test]
fn an_actor_belongs_to_one_member_and_names_them() {
    let mut scene = scene();
    let (change, _) = scene.ana.make(subject("Lamp"));
    let ben = member("ben", Role::Agent);
    let stolen = scene.server.take(&ben, std::slice::from_ref(&change));
    assert_eq!(stolen, Err(Code::ForeignActor));

    for footer in [
        vec![],
        vec![1, 3, b'a', b'n', b'a'],
        vec![1, 3, b'b', b'e', b'n', 0],
    ] {
        let mut desk = Desk::new(ben.clone(), 2);
        let (first, _) = desk.make(start());
        let first = remade(&first, |it| it.extra_bytes = footer);
        let mut server = Server::new();
        assert_eq!(server.take(&ben, &[first]), Err(Code::ForeignAuthor));
    }

    // The actor of the first change is nobody.
    let mut desk = Desk::new(ben.clone(), 0);
    let (first, _) = desk.make(start());
    let mut server = Server::new();
    assert_eq!(server.take(&ben, &[first]), Err(Code::ForeignActor));
}

#[test]
fn values_are_what_the_schema_has() {
    type Mutation = fn(&Scene, &mut Op);
    let table: [(&str, Mutation, Code); 9] = [
        (
            "an unknown key",
            |_, op| {
                op.key = Key::Map("colour".into());
                op.pred = Vec::new().into();
            },
            Code::SchemaViolation,
        ),
        (
            "the root",
            |_, op| {
                op.obj = ObjectId::Root;
                op.key = Key::Map("state".into());
                op.pred = Vec::new().into();
            },
            Code::SchemaViolation,
        ),
        (
            "a number for a line",
            |_, op| op.action = OpType::Put(ScalarValue::Int(1)),
            Code::SchemaViolation,
        ),
        (
            "a counter",
            |_, op| op.action = OpType::Increment(1),
            Code::SchemaViolation,
        ),
        (
            "a map for a line",
            |_, op| op.action = OpType::Make(ObjType::Map),
            Code::SchemaViolation,
        ),
        (
            "a line beyond its limit",
            |_, op| op.action = put(&"x".repeat(crate::limits::LINE_UNITS + 1)),
            Code::SchemaViolation,
        ),
        (
            "an unknown word",
            |scene, op| {
                op.key = Key::Map("status".into());
                op.pred = vec![scene.put("status").0].into();
                op.action = put("burning");
            },
            Code::SchemaViolation,
        ),
        (
            "a deletion of what stays",
            |_, op| op.action = OpType::Delete,
            Code::SchemaViolation,
        ),
        (
            "another member's read marker",
            |scene, op| {
                op.obj = scene.object("read");
                op.key = Key::Map("ben".into());
                op.pred = Vec::new().into();
                op.action = OpType::Put(ScalarValue::Int(5));
            },
            Code::Forbidden,
        ),
    ];
    for (name, mutate, code) in table {
        let verdict = verdict(
            |_| subject("Lamp"),
            |scene, it| mutate(scene, &mut it.operations[0]),
        );
        assert_eq!(verdict, Err(code), "{name}");
    }
}

#[test]
fn references_are_to_what_is_there() {
    type Mutation = fn(&Scene, &mut Op);
    let table: [(&str, Mutation); 7] = [
        ("a predecessor under another key", |scene, op| {
            op.pred = vec![scene.put("status").0].into();
        }),
        ("a predecessor that never was", |scene, op| {
            op.pred = vec![OpId::new(900, scene.put("status").0.actor())].into();
        }),
        ("a predecessor in another object", |scene, op| {
            op.pred = vec![scene.put("by").0].into();
        }),
        ("an object that never was", |scene, op| {
            op.obj = ObjectId::Id(OpId::new(900, scene.put("status").0.actor()));
        }),
        ("an object that is a value", |scene, op| {
            op.obj = ObjectId::Id(scene.put("by").0);
        }),
        ("a deletion of nothing", |scene, op| {
            op.obj = scene.object("tags");
            op.key = Key::Map("lamps".into());
            op.action = OpType::Delete;
            op.pred = Vec::new().into();
        }),
        ("an insertion into a map", |_, op| op.insert = true),
    ];
    for (name, mutate) in table {
        let verdict = verdict(
            |_| subject("Lamp"),
            |scene, it| mutate(scene, &mut it.operations[0]),
        );
        assert_eq!(verdict, Err(Code::SchemaViolation), "{name}");
    }
}

#[test]
fn things_say_who_made_them_and_are_never_replaced() {
    let on = |key: &'static str, mutate: fn(&Scene, &mut Op)| {
        verdict(
            |_| note("Four"),
            |scene, it| {
                let op = it
                    .operations
                    .iter_mut()
                    .find(|op| op.key == Key::Map(key.into()));
                mutate(scene, op.unwrap());
            },
        )
    };
    let lie = on("by", |_, op| op.action = put("ben"));
    assert_eq!(lie, Err(Code::Forbidden));
    // The field is left out: what was `by` sets the time a second time.
    let silence = on("by", |_, op| {
        op.key = Key::Map("parent".into());
        op.action = put("nobody");
    });
    assert_eq!(silence, Err(Code::SchemaViolation));

    let scene_note = |scene: &Scene| Key::Map(scene.note.to_string().into());
    let replaced = verdict(
        |_| note("Four"),
        |scene, it| it.operations[0].key = scene_note(scene),
    );
    assert_eq!(replaced, Err(Code::SchemaViolation));
    let not_an_id = verdict(
        |_| note("Four"),
        |_, it| it.operations[0].key = Key::Map("four".into()),
    );
    assert_eq!(not_an_id, Err(Code::SchemaViolation));

    // Somebody else's note is taken over after the fact.
    let taken_over = verdict(
        |_| subject("Lamp"),
        |scene, it| {
            let (id, by) = scene.put("by");
            let op = &mut it.operations[0];
            op.obj = by.obj;
            op.key = Key::Map("by".into());
            op.pred = vec![id].into();
            op.action = put("ana");
        },
    );
    assert_eq!(taken_over, Err(Code::Forbidden));
}

#[test]
fn texts_hold_characters_of_their_own() {
    type Mutation = fn(&Scene, &mut Op);
    let table: [(&str, Mutation); 6] = [
        ("after an element of another text", |scene, op| {
            op.key = Key::Seq(ElementId::Id(scene.element().0));
        }),
        ("after what never was", |scene, op| {
            let actor = scene.element().0.actor().clone();
            op.key = Key::Seq(ElementId::Id(OpId::new(900, &actor)));
        }),
        ("a book in one element", |_, op| {
            op.action = put("a whole book");
        }),
        ("a table in a text", |_, op| {
            op.action = OpType::Make(ObjType::Table);
        }),
        ("an unknown mark", |_, op| {
            op.action = OpType::MarkBegin(automerge::legacy::MarkData {
                name: "blink".into(),
                value: ScalarValue::Boolean(true),
                expand: false,
            });
        }),
        ("a key of a map", |_, op| {
            op.key = Key::Map("x".into());
            op.insert = false;
        }),
    ];
    for (name, mutate) in table {
        let verdict = verdict(
            |scene| splice(scene.note, 2, 0, "n"),
            |scene, it| {
                let op = it.operations.iter_mut().find(|op| op.insert);
                mutate(scene, op.unwrap());
            },
        );
        assert_eq!(verdict, Err(Code::SchemaViolation), "{name}");
    }
    let elsewhere = verdict(
        |scene| splice(scene.note, 2, 1, ""),
        |scene, it| {
            let (element, _) = scene.element();
            let op = &mut it.operations[0];
            op.key = Key::Seq(ElementId::Id(element.clone()));
            op.pred = vec![element].into();
        },
    );
    assert_eq!(elsewhere, Err(Code::SchemaViolation));
}

#[test]
fn nobody_refers_to_what_they_had_not_seen() {
    let mut scene = scene();
    let ben = member("ben", Role::Agent);
    let mut desk = Desk::new(ben.clone(), 2);
    for change in &scene.history[1..] {
        desk.take(change);
    }
    // Ben edits what Ana typed meanwhile, but claims not to have seen it. A
    // client that gets his change before hers would panic.
    let (typed, _) = scene.ana.make(splice(scene.note, 2, 0, "xyz"));
    let ana = scene.ana.member.clone();
    scene
        .server
        .take(&ana, std::slice::from_ref(&typed))
        .unwrap();
    desk.take(&typed);
    let (edited, _) = desk.make(splice(scene.note, 3, 1, ""));
    let before = scene.history.last().unwrap().hash();
    let claimed = remade(&edited, |it| it.deps = vec![before]);
    let verdict = scene.server.take(&ben, &[claimed]);
    assert_eq!(verdict, Err(Code::SchemaViolation));
    assert_eq!(scene.server.take(&ben, &[edited]), Ok(()));
}

#[test]
fn viewers_change_nothing() {
    let viewer = member("vic", Role::Viewer);
    let mut desk = Desk::new(member("vic", Role::Agent), 3);
    let (change, _) = desk.make(start());
    let mut server = Server::new();
    assert_eq!(server.take(&viewer, &[change]), Err(Code::Forbidden));
}

fn read_up_to(moment: i64) -> ConversationCommand {
    ConversationCommand::MarkRead {
        up_to: Timestamp::from_millis(moment),
    }
}

#[test]
fn what_may_not_be_taken_away_stays_whatever_came_just_before() {
    let Scene {
        mut server,
        mut ana,
        history,
        ..
    } = scene();
    let me = ana.member.clone();
    let (first, _) = ana.make(read_up_to(1));
    server.take(&me, std::slice::from_ref(&first)).unwrap();

    // A value goes in the change that puts it over another one, …
    let (second, _) = ana.make(read_up_to(2));
    let and_gone = remade(&second, |it| {
        let mut op = it.operations[0].clone();
        op.action = OpType::Delete;
        op.pred = vec![OpId::new(it.start_op.get(), &it.actor_id)].into();
        it.operations.push(op);
    });
    assert_eq!(server.take(&me, &[and_gone]), Err(Code::SchemaViolation));
    // … in the next one of the same batch, …
    let mut desks = [5, 6].map(|actor| Desk::new(me.clone(), actor));
    for change in history.iter().chain([&first, &second]) {
        desks.iter_mut().for_each(|desk| desk.take(change));
    }
    let gone = remade(&ana.make(read_up_to(3)).0, |it| {
        it.operations[0].action = OpType::Delete;
    });
    let both = server.take(&me, &[second, gone]);
    assert_eq!(both, Err(Code::SchemaViolation));
    // … or each of two values in a change of its own.
    let [one, other] = &mut desks;
    let (ones, others) = (one.make(read_up_to(4)).0, other.make(read_up_to(5)).0);
    one.take(&others);
    other.take(&ones);
    server.take(&me, &[ones, others]).unwrap();
    let mut nth = 0;
    let gone = desks.map(|mut desk| {
        let gone = remade(&desk.make(read_up_to(6)).0, |it| {
            it.operations[0].action = OpType::Delete;
            let pred = it.operations[0].pred.iter().nth(nth).unwrap().clone();
            it.operations[0].pred = vec![pred].into();
        });
        nth += 1;
        gone
    });
    assert_eq!(server.take(&me, &gone), Err(Code::SchemaViolation));
}

//! A mark is two operations, which Automerge pairs on trust: its clients always
//! write both, in order, and a document in which they are not cannot be loaded.

use automerge::marks::{ExpandMark, Mark};
use automerge::transaction::Transactable;
use automerge::{AutoCommit, Automerge, ObjId, ROOT, ReadDoc};

use super::free::{take, written};
use super::*;

/// A conversation with two notes, and the texts of both.
struct Notes {
    server: Server,
    member: Member,
    first: ObjId,
    second: ObjId,
}

fn notes() -> Notes {
    let mut server = Server::new();
    let mut ana = Desk::new(member("ana", Role::Agent), 1);
    let (begun, _) = ana.make(start());
    let (one, first) = ana.make(note("One two three"));
    let (other, second) = ana.make(note("Four"));
    server.take(&ana.member, &[begun, one, other]).unwrap();
    let doc = server.document.automerge();
    let [first, second] = [first, second].map(|id| {
        let (_, notes) = doc.get(ROOT, "notes").unwrap().unwrap();
        let (_, note) = doc.get(notes, id.unwrap().to_string()).unwrap().unwrap();
        doc.get(note, "text").unwrap().unwrap().1
    });
    Notes {
        server,
        member: ana.member,
        first,
        second,
    }
}

impl Notes {
    /// Another program that has all of it.
    fn program(&mut self, actor: u8) -> AutoCommit {
        let doc = self.server.document.automerge();
        let mut program = AutoCommit::load(&doc.save()).unwrap();
        program.set_actor(ActorId::from([actor; 16]));
        program
    }

    fn take(&mut self, change: &Change) -> Result<(), Code> {
        take(&mut self.server, &self.member, change)
    }

    fn loads(&mut self) -> bool {
        Automerge::load(&self.server.document.automerge().save()).is_ok()
    }
}

fn strong(doc: &mut AutoCommit, text: &ObjId, start: usize, end: usize, expand: ExpandMark) {
    let mark = Mark::new("strong".to_owned(), true, start, end);
    doc.mark(text, mark, expand).unwrap();
}

#[test]
fn a_mark_begins_and_ends_in_one_text_of_one_change() {
    type Mutation = fn(&Notes, &mut Vec<Op>);
    let table: [(&str, Mutation); 7] = [
        ("no end", |_, ops| ops.truncate(1)),
        ("no beginning", |_, ops| drop(ops.remove(0))),
        ("two beginnings", |_, ops| ops[1] = ops[0].clone()),
        ("an end and then a beginning", |_, ops| ops.swap(0, 1)),
        ("a letter between", |_, ops| {
            let letter = Op {
                action: put("x"),
                ..ops[0].clone()
            };
            ops.insert(1, letter);
        }),
        ("an end in another text", |notes, ops| {
            let ObjId::Id(counter, actor, _) = &notes.second else {
                panic!("a text is no root");
            };
            ops[1].obj = ObjectId::Id(OpId::new(*counter, actor));
            ops[1].key = Key::Seq(ElementId::Head);
        }),
        ("a further end", |_, ops| ops.push(ops[1].clone())),
    ];
    for (name, mutate) in table {
        let mut notes = notes();
        let mut program = notes.program(2);
        strong(&mut program, &notes.first, 2, 5, ExpandMark::After);
        let marked = written(&mut program);
        let torn = remade(&marked, |it| mutate(&notes, &mut it.operations));
        assert_eq!(notes.take(&torn), Err(Code::SchemaViolation), "{name}");
        assert_eq!(notes.take(&marked), Ok(()), "nothing of it stayed");
    }
}

#[test]
fn a_mark_does_not_end_before_it_begins() {
    type Mutation = fn(&mut [Op]);
    let table: [(&str, Mutation); 3] = [
        ("at the head", |ops| ops[1].key = Key::Seq(ElementId::Head)),
        ("at the same letter", |ops| ops[1].key = ops[0].key.clone()),
        ("at an earlier letter", |ops| {
            let [begin, end] = [ops[1].key.clone(), ops[0].key.clone()];
            (ops[0].key, ops[1].key) = (begin, end);
        }),
    ];
    for (name, mutate) in table {
        // Also where all the letters are gone, and nothing visible is between.
        for is_emptied in [false, true] {
            let mut notes = notes();
            let mut program = notes.program(2);
            strong(&mut program, &notes.first, 2, 5, ExpandMark::After);
            let marked = written(&mut program);
            if is_emptied {
                let mut other = notes.program(3);
                other.splice_text(&notes.first, 0, 14, "").unwrap();
                assert_eq!(notes.take(&written(&mut other)), Ok(()));
            }
            let torn = remade(&marked, |it| mutate(&mut it.operations));
            let verdict = notes.take(&torn);
            assert_eq!(verdict, Err(Code::SchemaViolation), "{name} {is_emptied}");
            assert!(!notes.loads(), "{name}: why it must not pass");
        }
    }
}

#[test]
fn a_mark_passes_wherever_its_letters_have_gone() {
    for is_deleted_first in [false, true] {
        let mut notes = notes();
        let (mut anas, mut bens) = (notes.program(2), notes.program(3));
        strong(&mut anas, &notes.first, 2, 5, ExpandMark::None);
        strong(&mut anas, &notes.first, 0, 14, ExpandMark::Before);
        bens.splice_text(&notes.first, 1, 13, "").unwrap();
        let mut both = [written(&mut anas), written(&mut bens)];
        if is_deleted_first {
            both.reverse();
        }
        for change in &both {
            assert_eq!(notes.take(change), Ok(()), "{is_deleted_first}");
        }
        // What is emptied is marked again, and at once emptied again.
        let mut program = notes.program(4);
        strong(&mut program, &notes.first, 1, 1, ExpandMark::Both);
        program.splice_text(&notes.first, 1, 0, "New").unwrap();
        strong(&mut program, &notes.first, 1, 3, ExpandMark::After);
        program.splice_text(&notes.first, 1, 3, "").unwrap();
        assert_eq!(notes.take(&written(&mut program)), Ok(()));
        assert!(notes.loads());
    }
}

#[test]
fn whatever_two_programs_mark_and_write_at_the_same_time_passes() {
    // Numbers of a linear congruential generator (Knuth's MMIX).
    let mut state = 7_u64;
    let mut below = |most: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005);
        state = state.wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % most
    };
    let mut notes = notes();
    let text = notes.first.clone();
    let mut programs = [notes.program(2), notes.program(3)];
    for round in 0..40 {
        for program in &mut programs {
            for _ in 0..=below(4) {
                let length = program.length(&text);
                let start = below(length + 1);
                let end = start + below(length + 1 - start);
                let expand = [
                    ExpandMark::None,
                    ExpandMark::Before,
                    ExpandMark::After,
                    ExpandMark::Both,
                ][below(4)];
                match below(4) {
                    0 => strong(program, &text, start, end, expand),
                    1 => program.unmark(&text, "strong", start, end, expand).unwrap(),
                    2 => {
                        let gone = isize::try_from(end - start).unwrap();
                        program.splice_text(&text, start, gone, "").unwrap();
                    }
                    _ => program.splice_text(&text, start, 0, "ab").unwrap(),
                }
            }
        }
        for program in &mut programs {
            if program.pending_ops() > 0 {
                let change = written(program);
                assert_eq!(notes.take(&change), Ok(()), "round {round}");
            }
        }
        let [one, other] = &mut programs;
        one.merge(other).unwrap();
        other.merge(one).unwrap();
    }
    assert!(notes.loads());
}

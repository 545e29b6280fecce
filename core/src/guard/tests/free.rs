//! Free documents, which have no schema, and actors whose changes name no
//! author: both come with programs that know nothing of us.

use automerge::transaction::Transactable;
use automerge::{AutoCommit, ROOT, ReadDoc};

use super::*;
use crate::limits;

const FREE: DocumentId = DocumentId::Free(Uuid::from_u128(7));

/// Lets the server take a change that its actor alone tells whose it is.
pub(super) fn take(server: &mut Server, member: &Member, change: &Change) -> Result<(), Code> {
    let incoming = read(change.raw_bytes()).map_err(|rejected| rejected.refusal.code)?;
    let mut gate = Gate::new(
        server.document.id(),
        server.document.automerge(),
        &server.actors,
    );
    gate.admit(member, Naming::Actor, &incoming)
        .map_err(|refusal| refusal.code)?;
    let marks = gate.into_marks();
    server.document.apply(vec![change.clone()]).unwrap();
    server.actors.record(change, &member.id);
    let marks = marks.check(server.document.automerge());
    marks.map_err(|refusal| refusal.code)
}

/// Another program's document, empty.
fn program(actor: u8) -> AutoCommit {
    AutoCommit::new().with_actor(ActorId::from([actor; 16]))
}

pub(super) fn written(doc: &mut AutoCommit) -> Change {
    doc.commit();
    doc.get_last_local_change().unwrap()
}

#[test]
fn a_free_document_holds_what_its_writers_put_in() {
    let (ana, ben) = (member("ana", Role::Agent), member("ben", Role::Agent));
    let mut server = Server::of(FREE);
    let mut anas = program(1);
    let list = anas.put_object(ROOT, "list", ObjType::List).unwrap();
    for number in 0..3 {
        anas.insert(&list, number, 1.5).unwrap();
    }
    anas.put(ROOT, "count", ScalarValue::counter(1)).unwrap();
    let text = anas.put_object(ROOT, "text", ObjType::Text).unwrap();
    anas.splice_text(&text, 0, 0, "Anything").unwrap();
    let begun = written(&mut anas);
    assert_eq!(take(&mut server, &ana, &begun), Ok(()));

    let mut bens = anas.fork().with_actor(ActorId::from([2; 16]));
    bens.increment(ROOT, "count", 2).unwrap();
    bens.put(&list, 1, "instead").unwrap();
    bens.delete(&list, 0).unwrap();
    bens.splice_text(&text, 0, 3, "No").unwrap();
    bens.put_object(&list, 0, ObjType::Map).unwrap();
    let changed = written(&mut bens);
    assert_eq!(take(&mut server, &ben, &changed), Ok(()));
    bens.put(ROOT, "count", "no counter any more").unwrap();
    bens.delete(ROOT, "list").unwrap();
    assert_eq!(take(&mut server, &ben, &written(&mut bens)), Ok(()));

    // Somebody who never saw any of it begins the same document.
    let mut coras = program(3);
    coras.put(ROOT, "cora", true).unwrap();
    assert_eq!(take(&mut server, &ana, &written(&mut coras)), Ok(()));
    let doc = server.document.automerge();
    assert!(doc.get(ROOT, "cora").unwrap().is_some());
}

#[test]
fn an_actor_belongs_to_who_brought_its_first_change() {
    let (ana, ben) = (member("ana", Role::Agent), member("ben", Role::Agent));
    let vera = member("vera", Role::Viewer);
    let mut server = Server::of(FREE);
    let mut program = program(1);
    program.put(ROOT, "one", 1).unwrap();
    let first = written(&mut program);
    assert_eq!(take(&mut server, &vera, &first), Err(Code::Forbidden));
    assert_eq!(
        server.take(&ana, std::slice::from_ref(&first)),
        Err(Code::ForeignAuthor)
    );
    assert_eq!(take(&mut server, &ana, &first), Ok(()));
    program.put(ROOT, "two", 2).unwrap();
    let second = written(&mut program);
    assert_eq!(take(&mut server, &ben, &second), Err(Code::ForeignActor));
    assert_eq!(take(&mut server, &ana, &second), Ok(()));
    let again = remade(&second, |change| change.message = Some("again".to_owned()));
    assert_eq!(take(&mut server, &ana, &again), Err(Code::BadSequence));
}

#[test]
fn another_program_writes_in_a_note_and_not_beside_the_schema() {
    let mut server = Server::new();
    let mut ana = Desk::new(member("ana", Role::Agent), 1);
    let (begun, _) = ana.make(start());
    let (noted, id) = ana.make(note("One"));
    server.take(&ana.member, &[begun, noted]).unwrap();
    let ben = member("ben", Role::Agent);
    let mut bens = AutoCommit::load(&server.document.save()).unwrap();
    bens.set_actor(ActorId::from([2; 16]));
    let (_, notes) = bens.get(ROOT, "notes").unwrap().unwrap();
    let (_, here) = bens.get(&notes, id.unwrap().to_string()).unwrap().unwrap();
    let (_, text) = bens.get(&here, "text").unwrap().unwrap();
    bens.splice_text(&text, 1, 0, "Ben’s. ").unwrap();
    let typed = written(&mut bens);
    assert_eq!(typed.extra_bytes(), [0_u8; 0], "it names nobody");
    assert_eq!(take(&mut server, &ben, &typed), Ok(()));
    bens.put(ROOT, "own", 1).unwrap();
    let beside = written(&mut bens);
    assert_eq!(take(&mut server, &ben, &beside), Err(Code::SchemaViolation));

    // In another's name it may not write either.
    let (other, _) = ana.make(note("Two"));
    assert_eq!(
        take(&mut server, &ana.member, &other),
        Ok(()),
        "her own name"
    );
    let mut cora = Desk::new(member("cora", Role::Agent), 4);
    let (begun, _) = cora.make(start());
    assert_eq!(take(&mut server, &ben, &begun), Err(Code::ForeignAuthor));
}

#[test]
fn references_in_a_free_document_are_held_to_what_is_there() {
    let ana = member("ana", Role::Agent);
    let mut server = Server::of(FREE);
    let mut program = program(1);
    let list = program.put_object(ROOT, "list", ObjType::List).unwrap();
    program.insert(&list, 0, 1).unwrap();
    program.put(ROOT, "key", 1).unwrap();
    let begun = written(&mut program);
    take(&mut server, &ana, &begun).unwrap();
    program.put(ROOT, "key", 2).unwrap();
    let honest = written(&mut program);
    let mut refused = |mutate: &dyn Fn(&mut Op)| {
        let change = remade(&honest, |change| mutate(&mut change.operations[0]));
        take(&mut server, &ana, &change)
    };
    let under_another_key = |op: &mut Op| op.key = Key::Map("list".into());
    assert_eq!(refused(&under_another_key), Err(Code::SchemaViolation));
    let list = ObjectId::Id(OpId::new(1, begun.actor_id()));
    let key_of_a_list = |op: &mut Op| op.obj = list.clone();
    assert_eq!(refused(&key_of_a_list), Err(Code::SchemaViolation));
    assert_eq!(refused(&|_| ()), Ok(()));
}

#[test]
fn objects_of_a_free_document_nest_so_deep_and_no_deeper() {
    let ana = member("ana", Role::Agent);
    let mut server = Server::of(FREE);
    let mut program = program(1);
    let mut here = ROOT;
    for _ in 0..limits::FREE_DEPTH / 2 {
        here = program.put_object(&here, "in", ObjType::Map).unwrap();
    }
    assert_eq!(take(&mut server, &ana, &written(&mut program)), Ok(()));
    for _ in 0..limits::FREE_DEPTH / 2 {
        here = program.put_object(&here, "in", ObjType::Map).unwrap();
    }
    assert_eq!(take(&mut server, &ana, &written(&mut program)), Ok(()));
    program.put_object(&here, "in", ObjType::Map).unwrap();
    let deeper = written(&mut program);
    assert_eq!(take(&mut server, &ana, &deeper), Err(Code::SchemaViolation));
}

#[test]
fn marks_in_a_free_document_are_whole_and_in_texts() {
    use automerge::marks::{ExpandMark, Mark};
    let ana = member("ana", Role::Agent);
    let marked = |mutate: &dyn Fn(&mut Vec<Op>)| {
        let mut server = Server::of(FREE);
        let mut program = program(1);
        let list = program.put_object(ROOT, "list", ObjType::List).unwrap();
        program.insert(&list, 0, 1).unwrap();
        let text = program.put_object(ROOT, "text", ObjType::Text).unwrap();
        program.splice_text(&text, 0, 0, "Anything").unwrap();
        let begun = written(&mut program);
        take(&mut server, &ana, &begun).unwrap();
        let mark = Mark::new("large".to_owned(), 7, 2, 4);
        program.mark(&text, mark, ExpandMark::Both).unwrap();
        let marked = remade(&written(&mut program), |it| mutate(&mut it.operations));
        take(&mut server, &ana, &marked)
    };
    assert_eq!(marked(&|_| ()), Ok(()));
    assert_eq!(marked(&|ops| ops.truncate(1)), Err(Code::SchemaViolation));
    let list = ObjectId::Id(OpId::new(1, &ActorId::from([1; 16])));
    let in_the_list = marked(&|ops| {
        for op in ops {
            op.obj = list.clone();
            op.key = Key::Seq(ElementId::Head);
        }
    });
    assert_eq!(in_the_list, Err(Code::SchemaViolation));
}

//! Changes against a living document: whatever the guard lets pass can be
//! applied, comes out as it went in, and loads again.

use std::collections::BTreeMap;

use automerge::{ActorId, Change};
use sha2::{Digest, Sha256};
use threadline_core::document::Document;
use threadline_core::guard::{self, Actors, Gate, Marks, Naming};
use threadline_core::id::DocumentId;
use threadline_core::model::Member;
use threadline_tests::roles::{Scene, conversation, members};

use crate::engine::fuzz;

/// A change chunk without its checksum, which nothing bent would have right.
const UNHASHED: usize = 8;

/// The scene before its last changes, and those as inputs.
fn scene() -> (Scene, Vec<(Member, Change)>, Vec<Vec<u8>>) {
    let mut scene = conversation();
    let read = |(member, bytes): &(Member, Vec<u8>)| {
        (member.clone(), Change::try_from(bytes.as_slice()).unwrap())
    };
    let all: Vec<_> = scene.history.iter().map(read).collect();
    let later = scene.history.split_off(scene.history.len() - 12);
    let seeds = later.iter().map(|(_, bytes)| bytes[UNHASHED..].to_vec());
    let seeds = seeds.collect();
    (scene, all, seeds)
}

#[test]
fn change() {
    let (scene, all, seeds) = scene();
    let id = scene.document.id();
    let [ana, ..] = members();
    // A document for every stage of the scene's end: each input is next somewhere.
    let first = scene.history.len();
    let mut stages: Vec<(Vec<u8>, Document, Actors)> = Vec::new();
    for until in first..=all.len() {
        let mut document = Document::begin(id, ActorId::from([200; 16]), &ana.id).unwrap();
        let mut actors = Actors::of(document.automerge(), &BTreeMap::new());
        let known = &all[..until];
        let changes = known.iter().map(|(_, change)| change.clone()).collect();
        document.apply(changes).unwrap();
        for (member, change) in known {
            actors.record(change, &member.id);
        }
        stages.push((document.save(), document, actors));
    }
    fuzz("change", seeds, |bytes| {
        let mut chunk = vec![0x85, 0x6f, 0x4a, 0x83];
        chunk.extend_from_slice(&Sha256::digest(bytes)[..4]);
        chunk.extend_from_slice(bytes);
        let incoming = match guard::read(&chunk) {
            Ok(incoming) => incoming,
            Err(rejected) => return (rejected.refusal.code.as_str(), rejected.refusal.text, None),
        };
        let mut verdicts = (String::new(), None);
        for (saved, document, actors) in &mut stages {
            let mut gate = Gate::new(id, document.automerge(), actors);
            match gate.admit(&ana, Naming::Author, &incoming) {
                Ok(()) => {
                    if !passed(id, saved, &incoming, &gate.into_marks()) {
                        verdicts = ("passed until it was applied".to_owned(), None);
                        break;
                    }
                    verdicts = (
                        "passed".to_owned(),
                        incoming.change().message().map(str::to_owned),
                    );
                    break;
                }
                Err(refusal) => {
                    // Ids in a path would make every input news.
                    let field = refusal.field.unwrap_or_default();
                    let last = field.rsplit('/').next().unwrap_or_default().to_owned();
                    verdicts = (refusal.text, Some(last));
                }
            }
        }
        ("read", verdicts.0, verdicts.1)
    });
}

/// What passed is in the document, which loads with it; unless its marks show to
/// be torn there.
fn passed(id: DocumentId, saved: &[u8], incoming: &guard::Incoming, marks: &Marks) -> bool {
    let [ana, ..] = members();
    let actor = ActorId::from([201; 16]);
    let mut copy = Document::load(id, actor.clone(), &ana.id, [saved]).unwrap();
    copy.apply(vec![incoming.change().clone()]).unwrap();
    assert!(copy.has(&incoming.change().hash()), "the change is lost");
    if marks.check(copy.automerge()).is_err() {
        return false;
    }
    let mut again = Document::load(id, actor, &ana.id, [copy.save()]).unwrap();
    assert_eq!(again.heads(), copy.heads());
    assert_eq!(again.view(), copy.view());
    true
}

//! Who may do what: the role table over every path of every document, through
//! the guard itself.

#![expect(
    clippy::unwrap_used,
    reason = "what fails here fails the test that asked for it"
)]

use std::collections::BTreeMap;

use automerge::{ActorId, Change};
use threadline_core::document::Document;
use threadline_core::error::Code;
use threadline_core::guard::{self, Actors, Gate, Naming};
use threadline_core::model::Member;
use threadline_tests::roles::{Scene, Transport, try_all};

/// The guard without anything around it.
struct Bare(Option<(Document, Actors)>);

impl Transport for Bare {
    async fn seed(&mut self, scene: &Scene) {
        let id = scene.document.id();
        let server = "server".parse().unwrap();
        let mut document = Document::begin(id, ActorId::from([200; 16]), &server).unwrap();
        let mut actors = Actors::of(document.automerge(), &BTreeMap::new());
        let read = |(member, bytes): &(Member, Vec<u8>)| {
            (
                Change::try_from(bytes.as_slice()).unwrap(),
                member.id.clone(),
            )
        };
        let history: Vec<_> = scene.history.iter().map(read).collect();
        let changes = history.iter().map(|(change, _)| change.clone());
        document.apply(changes.collect()).unwrap();
        for (change, member) in &history {
            actors.record(change, member);
        }
        self.0 = Some((document, actors));
    }

    async fn push(&mut self, member: &Member, change: &[u8]) -> Result<(), Code> {
        let (document, actors) = self.0.as_mut().unwrap();
        let id = document.id();
        let mut gate = Gate::new(id, document.automerge(), actors);
        let incoming = guard::read(change).unwrap();
        gate.admit(member, Naming::Author, &incoming)
            .map_err(|refusal| refusal.code)
    }
}

#[tokio::test]
async fn the_guard_holds_the_table() {
    let judged = Box::pin(try_all(&mut Bare(None))).await;
    println!("{judged} changes judged");
    assert!(judged > 1_500, "{judged} is not the whole table");
}

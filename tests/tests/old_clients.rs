//! A client of the first release, which has never heard of the second version
//! of a document's beginning: it goes on reading and writing.

#![expect(
    clippy::unwrap_used,
    reason = "what fails here fails the test that asked for it"
)]

use automerge::transaction::{CommitOptions, Transactable};
use automerge::{ActorId, Author, AutoCommit, Change, ObjType, ROOT, ReadDoc};
use threadline_core::document::genesis;
use threadline_tests::client::Client;
use threadline_tests::pen::Pen;
use threadline_tests::server::Server;

/// A copy as the first release begins one, in Ben's hands.
fn first_release(first: &[u8]) -> AutoCommit {
    let mut doc = AutoCommit::load(first).unwrap();
    doc.set_author(Some(Author::from(b"ben".to_vec())));
    doc.set_actor(ActorId::from([7; 16]));
    doc
}

#[tokio::test]
async fn a_copy_begun_on_the_first_version_still_syncs() {
    let server = Server::start();
    let mut ana = Client::agent(&server, "ana").await;
    let mut ben = Client::agent(&server, "ben").await;
    let mut pen = Pen::new("ana", "kim@mail.example", 1);
    let doc = pen.doc();
    let [first, second] = genesis::versions(doc) else {
        panic!("there is a further version: tell here how a client of the first takes it");
    };
    let mut old = first_release(first);

    // It is sent what its own beginning lacks.
    ana.push_and_wait(doc, &[pen.start(), pen.note("new to Ben")])
        .await;
    let have: Vec<[u8; 32]> = old.get_heads().into_iter().map(|head| head.0).collect();
    let sent = ben.fetch(doc, &have).await;
    assert!(sent.iter().any(|change| change == second));
    let changes = sent
        .into_iter()
        .map(|change| Change::from_bytes(change).unwrap());
    old.apply_changes(changes.collect::<Vec<_>>()).unwrap();
    let notes = old.get(ROOT, "notes").unwrap().unwrap().1;
    assert_eq!(old.length(&notes), 1);
    let heads: Vec<[u8; 32]> = old.get_heads().into_iter().map(|head| head.0).collect();
    assert_eq!(heads, pen.heads(), "nothing waits for what never comes");

    // What it writes on the first beginning alone fits in beside the rest.
    let mut offline = first_release(first);
    let (kind, read) = offline.get(ROOT, "read").unwrap().unwrap();
    assert_eq!(kind.to_objtype(), Some(ObjType::Map));
    offline.put(&read, "ben", 1_790_000_000_000_i64).unwrap();
    offline.commit_with(CommitOptions::default().with_message("mark_read"));
    let change = offline
        .get_last_local_change()
        .unwrap()
        .raw_bytes()
        .to_vec();
    ben.push_and_wait(doc, std::slice::from_ref(&change)).await;
    let heads = pen.heads();
    pen.receive(&ana.fetch(doc, &heads).await);
    assert!(pen.heads().len() > 1);
    let view = pen.document.conversation().unwrap();
    assert!(
        view.header
            .read
            .keys()
            .any(|member| member.as_str() == "ben")
    );
}

//! A bundle gives back what went in, and nothing that was tampered with.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod support;

use std::collections::BTreeMap;

use automerge::transaction::Transactable;
use automerge::{ActorId, AutoCommit, ROOT, ReadDoc};
use serde_bytes::{ByteArray, ByteBuf};
use support::commands::{
    add_note, book, close_deal, create_contact, create_deal, create_task, owner, receive, send,
    type_in,
};
use support::{Peer, Peers, actor, ana, at, ben, conversation, service};
use threadline_core::bundle::{Arrival, Bundle, BundledBlob, BundledDocument, Writer};
use threadline_core::command::{Command, ConversationCommand};
use threadline_core::document::Document;
use threadline_core::erasure::{NewIds, without_person};
use threadline_core::error::{Code, Refusal};
use threadline_core::guard::{self, Actors, Gate, Naming};
use threadline_core::id::{ContactId, ConversationId, DocumentId};
use uuid::Uuid;

/// A conversation that three have written, the server among them.
fn history() -> Peer {
    let mut peers = Peers::in_conversation([ana(), ben(), service()]);
    peers.of("service").ok(receive(1, 1, "Where is my order?"));
    let note = peers.of("ana").made(add_note("A raspberry"));
    peers.exchange();
    peers.of("ana").ok(type_in(note, 0, "Not "));
    peers.of("ben").ok(type_in(note, 2, "red "));
    peers.of("ben").made(create_task("Call back"));
    peers.exchange();
    peers.of("ana").made(send("On its way"));
    peers.0.remove(0)
}

fn bundled(peer: &mut Peer) -> BundledDocument {
    let changes = peer.document.changes_since(&[]);
    let raw = changes
        .iter()
        .map(|change| ByteBuf::from(change.raw_bytes()));
    BundledDocument {
        doc: peer.document.id(),
        changes: raw.collect(),
        actors: Vec::new(),
    }
}

fn write(documents: &[BundledDocument], blobs: &[BundledBlob]) -> Vec<u8> {
    let workspace = "larkspur".parse().unwrap();
    let (mut writer, mut bytes) = Writer::begin(&workspace, &[ana(), ben()]);
    for document in documents {
        bytes.extend(writer.document(document));
    }
    for blob in blobs {
        bytes.extend(writer.blob(blob));
    }
    bytes.extend(writer.end());
    bytes
}

fn empty() -> Document {
    Document::begin(conversation().into(), actor(99), &ana().id).unwrap()
}

fn check(changes: &[ByteBuf]) -> Result<Arrival, Refusal> {
    Arrival::check(empty(), &BTreeMap::new(), changes)
}

/// The bytes of `name`, and what their SHA-256 says.
fn blob(sha256: &str) -> BundledBlob {
    let digit = |at: usize| u8::from_str_radix(&sha256[at..at + 2], 16).unwrap();
    let hash: Vec<u8> = (0..64).step_by(2).map(digit).collect();
    BundledBlob {
        sha256: ByteArray::new(hash.try_into().unwrap()),
        bytes: ByteBuf::from(*b"abc"),
    }
}

/// The SHA-256 of `abc` (FIPS 180-2, appendix B.1).
const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

#[test]
fn what_went_in_comes_out() {
    let mut peer = history();
    let document = bundled(&mut peer);
    for (documents, blobs) in [
        (vec![document.clone()], vec![blob(ABC)]),
        (vec![document.clone()], vec![]),
        (vec![], vec![]),
    ] {
        let bundle = Bundle::decode(&write(&documents, &blobs)).unwrap();
        assert_eq!(bundle.workspace.as_str(), "larkspur");
        assert_eq!(bundle.members, [ana(), ben()]);
        assert_eq!((bundle.documents, bundle.blobs), (documents, blobs));
    }
    let arrival = check(&document.changes).unwrap();
    assert_eq!(arrival.document.view(), peer.document.view());
    assert_eq!(arrival.new.len(), document.changes.len());
}

#[test]
fn what_another_program_wrote_comes_along_with_whose_it_is() {
    let mut peer = history();
    let mut program = AutoCommit::load(&peer.document.save()).unwrap();
    program.set_actor(actor(77));
    let (_, notes) = program.get(ROOT, "notes").unwrap().unwrap();
    let note = program.keys(&notes).next().unwrap();
    let (_, note) = program.get(&notes, note).unwrap().unwrap();
    let (_, text) = program.get(&note, "text").unwrap().unwrap();
    program
        .splice_text(&text, 1, 0, "From elsewhere. ")
        .unwrap();
    let change = program.get_last_local_change().unwrap();

    let changes = bundled(&mut peer).changes.into_iter();
    let mut changes: Vec<Vec<u8>> = changes.map(ByteBuf::into_vec).collect();
    changes.push(change.raw_bytes().to_vec());
    let mut bound = vec![(actor(77), ben().id)];
    bound.push((peer.document.actor().clone(), ana().id));
    let document = BundledDocument::new(peer.document.id(), changes, bound);
    let named: Vec<_> = document
        .actors
        .iter()
        .map(|(actor, _)| actor.to_vec())
        .collect();
    assert_eq!(named, [actor(77).to_bytes()], "the others name themselves");

    let nameless = check(&document.changes).unwrap_err();
    assert_eq!(nameless.code, Code::ForeignAuthor);
    let read = Bundle::decode(&write(&[document], &[]))
        .unwrap()
        .documents
        .remove(0);
    let told = read.actors.into_iter();
    let told = told.map(|(actor, member)| (ActorId::from(actor.into_vec()), member));
    let arrival = Arrival::check(empty(), &told.collect(), &read.changes).unwrap();
    let (last, author) = arrival.new.last().unwrap();
    assert_eq!((last.hash(), author), (change.hash(), &ben().id));
}

/// What is left of a document once its contact was erased.
fn without_contact(document: &mut Document) -> Document {
    let new = ContactId(Uuid::from_u128(7));
    let ids = NewIds::from([
        (support::contact().0, new.0),
        (conversation().0, ConversationId::of_contact(new, 0).0),
    ]);
    let server = "server".parse().unwrap();
    without_person(document, &ids, actor(50), &server, at(5_000)).unwrap()
}

/// A conversation of many entries, by several people and with their own marks,
/// as it is once its contact was erased.
fn erased() -> Document {
    let mut peer = history();
    for number in 0..120 {
        peer.made(add_note(&format!("Note {number}")));
    }
    let up_to = at(5_000);
    peer.ok(ConversationCommand::MarkRead { up_to });
    peer.ok(book("A visit"));
    peer.ok(owner("ben"));
    without_contact(&mut peer.document)
}

/// The same of a contact with deals.
fn erased_contact() -> Document {
    let mut peer = Peer::new(1, ana(), support::contact().into());
    peer.ok(create_contact("Rui"));
    let deal = peer.made(create_deal("Ten lamps"));
    peer.ok(close_deal(deal, true, ""));
    without_contact(&mut peer.document)
}

fn raw(document: &mut Document) -> Vec<ByteBuf> {
    let changes = document.changes_since(&[]);
    let raw = changes.iter().map(|change| change.raw_bytes());
    raw.map(ByteBuf::from).collect()
}

#[test]
fn what_is_left_of_who_was_erased_is_taken_in_elsewhere() {
    for mut rest in [erased(), erased_contact()] {
        let changes = raw(&mut rest);
        let elsewhere = Document::begin(rest.id(), actor(99), &ana().id).unwrap();
        let arrival = Arrival::check(elsewhere, &BTreeMap::new(), &changes).unwrap();
        assert_eq!(arrival.document.view(), rest.view());
        let authors = arrival.new.iter().map(|(_, author)| author.as_str());
        assert!(authors.eq(vec!["server"; changes.len()]));
        // Others had done what it says, and more than one change has room for.
        if let Some(view) = rest.conversation() {
            assert_eq!(view.header.owner, Some(ben().id));
            assert!(changes.len() > 1);
        }
    }
}

#[test]
fn what_was_written_since_somebody_was_erased_is_taken_in_too() {
    let mut rest = erased();
    let mut since = Peer::new(2, ben(), rest.id());
    since.document.apply(rest.changes_since(&[])).unwrap();
    let DocumentId::Conversation(conversation) = rest.id() else {
        panic!("a conversation is left");
    };
    let command = Command::Conversation {
        conversation,
        command: ConversationCommand::SetOwner { owner: None },
    };
    since.execute(&command).unwrap();
    let changes = raw(&mut since.document);
    let elsewhere = Document::begin(rest.id(), actor(99), &ana().id).unwrap();
    let arrival = Arrival::check(elsewhere, &BTreeMap::new(), &changes).unwrap();
    assert_eq!(arrival.document.view(), since.document.view());
    let (_, last) = arrival.new.last().unwrap();
    assert_eq!(*last, ben().id);
}

#[test]
fn nobody_writes_in_the_name_of_others_by_saying_that_it_was_an_erasure() {
    let mut rest = erased();
    let mut elsewhere = Document::begin(rest.id(), actor(99), &ana().id).unwrap();
    let actors = Actors::of(elsewhere.automerge(), &BTreeMap::new());
    let mut gate = Gate::new(rest.id(), elsewhere.automerge(), &actors);
    let first = guard::read(&raw(&mut rest)[0]).unwrap();
    let mut server = service();
    server.id = "server".parse().unwrap();
    let refusal = gate.admit(&server, Naming::Author, &first).unwrap_err();
    assert!(matches!(
        refusal.code,
        Code::Forbidden | Code::SchemaViolation
    ));
}

#[test]
fn only_what_is_missing_is_new() {
    let mut peer = history();
    let before = bundled(&mut peer);
    let begun = check(&before.changes[..3]).unwrap();
    let mut bound = BTreeMap::new();
    for (change, author) in &begun.new {
        bound.insert(change.actor_id().clone(), author.clone());
    }
    let more = Arrival::check(begun.document, &bound, &before.changes).unwrap();
    assert_eq!(more.new.len(), before.changes.len() - 3);
    assert_eq!(more.document.view(), peer.document.view());
}

#[test]
fn history_that_was_tampered_with_is_refused_where_it_was() {
    let mut peer = history();
    let whole = bundled(&mut peer).changes;
    let field = |changes: &[ByteBuf]| {
        let refusal = check(changes).unwrap_err();
        assert!(refusal.field.unwrap().starts_with("conversation:"));
        refusal.code
    };
    let mut gap = whole.clone();
    gap.remove(1);
    assert_eq!(field(&gap), Code::MissingDependency);
    let mut swapped = whole.clone();
    swapped.reverse();
    assert_eq!(field(&swapped), Code::ForeignAuthor, "not its first change");
    for at in (0..whole[2].len()).step_by(7) {
        let mut changed = whole.clone();
        changed[2][at] ^= 1;
        field(&changed);
    }
    // An actor who belongs to somebody else where it is taken in.
    let bound = BTreeMap::from([(actor(1), ben().id)]);
    let refusal = Arrival::check(empty(), &bound, &whole).unwrap_err();
    assert_eq!(refusal.code, Code::ForeignAuthor);
}

#[test]
fn no_bytes_but_a_bundle_are_read() {
    let whole = write(&[bundled(&mut history())], &[blob(ABC)]);
    let code = |bytes: &[u8]| Bundle::decode(bytes).unwrap_err().code;
    for end in (0..whole.len()).step_by(13) {
        assert_eq!(code(&whole[..end]), Code::Invalid);
    }
    let mut longer = whole.clone();
    longer.push(0);
    assert_eq!(code(&longer), Code::Invalid);
    let version = whole
        .windows(8)
        .position(|it| it == b"\x67version")
        .unwrap()
        + 8;
    let mut newer = whole.clone();
    newer[version] = 9;
    assert_eq!(code(&newer), Code::UnknownVersion);
    let document = bundled(&mut history());
    let twice = write(&[document.clone(), document], &[]);
    assert_eq!(code(&twice), Code::Invalid);
    let other = write(&[], &[blob(&ABC.replace('b', "c"))]);
    assert_eq!(code(&other), Code::Invalid);
    for at in (0..whole.len()).step_by(11) {
        for flip in [1, 0x80] {
            let mut changed = whole.clone();
            changed[at] ^= flip;
            // Whatever it is now: an answer, never a panic.
            if let Ok(bundle) = Bundle::decode(&changed) {
                for document in bundle.documents {
                    let begun = Document::begin(document.doc, actor(99), &ana().id).unwrap();
                    let _ = Arrival::check(begun, &BTreeMap::new(), &document.changes);
                }
            }
        }
    }
}

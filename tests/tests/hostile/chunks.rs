//! Chunks that are no changes, or claim to be more than they are.

use automerge::transaction::Transactable;
use automerge::{ActorId, AutoCommit, ChangeHash, ROOT};
use threadline_core::error::Code;
use threadline_core::limits;
use threadline_core::sync::frame::{ClientFrame, Push, ServerFrame};
use threadline_tests::client::Client;
use threadline_tests::pen::Pen;

use crate::forge::{
    ACTION, DEFLATED, PREDECESSORS, bent, body, change_of, chunk, deflated, scrambled,
};
use crate::stage::{CONTACT, Stage, Toll};

/// 2^55 times the value 1, in ten bytes.
const MANY: &[u8] = &[0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01, 0x01];
/// Once the value 2^55.
const HEAVY: &[u8] = &[0x7f, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01];

/// A change of so many operations.
fn long(ops: usize) -> Vec<u8> {
    let mut doc = AutoCommit::new().with_actor(ActorId::from([7_u8; 16]));
    for number in 0..ops {
        doc.put(ROOT, format!("{number}"), true).unwrap();
    }
    doc.commit();
    doc.get_last_local_change().unwrap().raw_bytes().to_vec()
}

/// A change whose one value is so many bytes long.
fn wide(bytes: usize) -> Vec<u8> {
    let mut doc = AutoCommit::new().with_actor(ActorId::from([7_u8; 16]));
    doc.put(ROOT, "wide", vec![7_u8; bytes]).unwrap();
    doc.commit();
    doc.get_last_local_change().unwrap().raw_bytes().to_vec()
}

#[tokio::test]
async fn what_is_no_change_is_refused() {
    let mut stage = Stage::set().await;
    let doc = stage.doc();
    let honest = stage.pen().note("An honest note.");
    let of_kind = |kind: u8| {
        let mut chunk = honest.clone();
        chunk[8] = kind;
        chunk
    };
    let (document_kind, bundle_kind, unknown_kind) = (of_kind(0), of_kind(3), of_kind(9));
    let whole = stage.victims.pen.document.save();
    let mut checksum = honest.clone();
    checksum[5] ^= 1;
    let mut longer = honest.clone();
    longer.push(0);
    let two = [honest.as_slice(), &honest].concat();
    for (name, chunk) in [
        ("nothing", Vec::new()),
        ("noise", vec![0xff; 4_096]),
        ("a magic number and no more", honest[..4].to_vec()),
        ("half a change", honest[..honest.len() / 2].to_vec()),
        ("a whole document", whole),
        ("a change that says it is a document", document_kind),
        ("a change that says it is a bundle", bundle_kind),
        ("a chunk of no known kind", unknown_kind),
        ("a wrong checksum", checksum),
        ("a byte behind the end", longer),
        ("two changes in one", two),
    ] {
        let code = stage.push(name, doc, &chunk).await;
        assert_eq!(code, Code::BadChange, "{name}");
    }
    stage.unharmed().await;
}

#[tokio::test]
async fn what_is_larger_inside_than_outside_is_refused_before_it_is_unpacked() {
    let mut stage = Stage::set().await;
    let doc = stage.doc();
    let zeros = vec![0; limits::CHANGE_BYTES * 200];
    let bomb = deflated(&zeros);
    assert!(bomb.len() < limits::CHANGE_BYTES, "the bomb is small");
    let runs = body(&[(ACTION, MANY)]);
    let heavy = body(&[(ACTION, &[0x7f, 1]), (PREDECESSORS, HEAVY)]);
    let honest = stage.pen().note("An honest note.");
    let many_deps = bent(&honest, |change| {
        let all = 0..=limits::CHANGE_DEPS;
        change.deps = all
            .map(|number| ChangeHash([u8::try_from(number).unwrap(); 32]))
            .collect();
    });
    for (name, chunk) in [
        ("50 MiB of zeros, deflated", chunk(2, &bomb, &zeros)),
        ("2^55 operations in ten bytes", change_of(&runs)),
        ("the same, deflated", chunk(2, &deflated(&runs), &runs)),
        ("one operation with 2^55 predecessors", change_of(&heavy)),
        ("10,001 operations", long(limits::CHANGE_OPS + 1)),
        ("257 KiB", wide(limits::CHANGE_BYTES + 1_024)),
        ("nearly a MiB", wide((1 << 20) - 4_096)),
        ("65 dependencies", many_deps),
    ] {
        let code = stage.push(name, doc, &chunk).await;
        assert_eq!(code, Code::ChangeTooLarge, "{name}");
    }
    stage.unharmed().await;
}

#[tokio::test]
async fn what_is_not_as_automerge_writes_it_is_refused() {
    let mut stage = Stage::set().await;
    let doc = stage.doc();
    let ones = deflated(&[0x7f, 1]);
    let packed = body(&[(ACTION | DEFLATED, &ones)]);
    let column_bomb = deflated(&vec![0; limits::CHANGE_BYTES * 200]);
    let packed_bomb = body(&[(ACTION | DEFLATED, &column_bomb)]);
    let unknown = body(&[(20 << 4 | 2, &[0x02, 0x01])]);
    for (name, chunk) in [
        ("a deflated column", change_of(&packed)),
        ("a column that inflates to 50 MiB", change_of(&packed_bomb)),
        ("a column nobody knows", change_of(&unknown)),
        ("no columns at all", change_of(&body(&[]))),
    ] {
        let code = stage.push(name, doc, &chunk).await;
        let codes = [Code::BadChange, Code::NotCanonical, Code::MissingDependency];
        assert!(codes.contains(&code), "{name}: {code}");
    }
    stage.unharmed().await;
}

/// Bytes bent at random have their checksum right, so they reach the decoder,
/// where this version of Automerge panics on some of them.
#[tokio::test]
async fn poison_takes_nobody_down() {
    let mut stage = Stage::set().await;
    let doc = stage.doc();
    let honest = stage.pen().note("An honest note with some text in it.");
    let toll = Toll::begin(&stage.server);
    for round in 0..20_u64 {
        let seeds = round * 50..(round + 1) * 50;
        let chunks = seeds.map(|seed| scrambled(&honest, seed).into());
        let push = Push {
            doc,
            changes: chunks.collect(),
        };
        stage.mallory.send(&ClientFrame::Push(push)).await;
        let mut answered = 0;
        let answers = stage.mallory.until(|frame| {
            answered += match frame {
                ServerFrame::Nack(_) => 1,
                ServerFrame::Ack(ack) => ack.hashes.len(),
                ServerFrame::Bye(bye) => panic!("the session ended: {}", bye.refusal),
                _ => 0,
            };
            (answered == 50).then_some(())
        });
        tokio::join!(answers, stage.victims.work());
    }
    toll.end(&stage.server, "1,000 bent changes", toll.elapsed() / 1_000);
    // What still was an honest note in other words has become one.
    let mut cleo = Client::agent(&stage.server, "cleo").await;
    let mut copy = Pen::new("cleo", CONTACT, 9_999);
    copy.receive(&cleo.fetch(doc, &[]).await);
    let view = copy.document.conversation().unwrap();
    assert_eq!(view.header.subject, "Hello");
    assert_eq!(view.header.problems, []);
}

//! Documents that do not load: refused, tried again, and served once mended.

use super::*;

/// Ana's first two changes are stored, and then the log is damaged.
fn damaged() -> (Rig, Desk) {
    let mut rig = Rig::with_both();
    let mut ana = Desk::new("ana", 1);
    let first = ana.make(start());
    let second = ana.make(subject("Lamp"));
    rig.frame(ANA, &push(&[&first, &second]));
    rig.damaged.insert(doc());
    rig.hub.documents.clear();
    rig.heard(ANA);
    rig.heard(BEN);
    (rig, ana)
}

fn tick_after(rig: &mut Rig, millis: i64) {
    rig.now = rig.now.plus_millis(millis);
    rig.input(Input::Tick);
}

/// The seconds since `begun` at which the conversation was to be loaded.
fn loads_since(rig: &Rig, begun: Timestamp) -> Vec<i64> {
    let loads = rig.loads.iter().filter(|(it, _)| *it == doc());
    let seconds = |(_, at): &(DocumentId, Timestamp)| (at.as_millis() - begun.as_millis()) / 1_000;
    loads.map(seconds).collect()
}

#[test]
fn a_damaged_document_is_set_aside_and_the_others_served() {
    let (mut rig, _) = damaged();
    rig.frame(BEN, &open(Vec::new()));
    assert_eq!(rig.quarantined, [doc()]);
    assert_eq!(errors(&rig.heard(BEN)), [Code::Quarantined]);
    let change = Desk::new("ben", 2).make(start());
    rig.frame(BEN, &push(&[&change]));
    assert_eq!(
        nacked(&rig.heard(BEN)),
        [(hash(&change), Code::Quarantined)]
    );
    let other = ConversationId::of_contact(ContactId(Uuid::nil()), 1);
    let have = Vec::new();
    rig.frame(
        BEN,
        &ClientFrame::Open(Open {
            doc: other.into(),
            have,
        }),
    );
    assert_eq!(changes(&rig.heard(BEN)).len(), 1);
}

#[test]
fn a_mended_document_comes_by_itself_to_who_has_asked() {
    let (mut rig, ana) = damaged();
    rig.frame(BEN, &open(Vec::new()));
    assert_eq!(errors(&rig.heard(BEN)), [Code::Quarantined]);
    tick_after(&mut rig, limits::QUARANTINE_MS);
    assert!(rig.heard(BEN).is_empty(), "it was refused once");
    rig.damaged.clear();
    tick_after(&mut rig, limits::QUARANTINE_MS);
    assert!(rig.mended.is_empty(), "the second pause is longer");
    let mut ben = Desk::new("ben", 2);
    let early = ben.make(start());
    rig.frame(BEN, &push(&[&early]));
    assert_eq!(nacked(&rig.heard(BEN)), [(hash(&early), Code::Quarantined)]);

    tick_after(&mut rig, limits::QUARANTINE_MS);
    assert_eq!(rig.mended, [doc()]);
    assert_eq!(rig.hub.stats().quarantined, 0);
    let [all] = changes(&rig.heard(BEN)).try_into().unwrap();
    let mut ben = Desk::new("ben", 3);
    ben.take(&all);
    assert_eq!(ben.document.view(), ana.document.view());
    assert!(
        changes(&rig.heard(ANA)).is_empty(),
        "she has not opened it here"
    );
    let change = ben.make(subject("Chair"));
    rig.frame(BEN, &push(&[&change]));
    assert_eq!(acked(&rig.heard(BEN)), [hash(&change)]);
    assert_eq!(rig.quarantined, [doc()], "operators are told once");
}

#[test]
fn who_asks_while_it_is_tried_again_is_answered_once() {
    let (mut rig, _) = damaged();
    rig.frame(BEN, &open(Vec::new()));
    rig.heard(BEN);
    rig.damaged.clear();
    rig.load_back = true;
    tick_after(&mut rig, limits::QUARANTINE_MS);
    rig.frame(BEN, &open(Vec::new()));
    assert!(rig.heard(BEN).is_empty(), "it may load this time");
    let stored = Ok(rig.load(doc()));
    rig.input(Input::Loaded { doc: doc(), stored });
    assert_eq!(changes(&rig.heard(BEN)).len(), 1);
}

#[test]
fn it_is_tried_again_after_ever_longer_pauses() {
    let (mut rig, _) = damaged();
    rig.frame(BEN, &open(Vec::new()));
    rig.loads.clear();
    let begun = rig.now;
    for _ in 0..1_200 {
        tick_after(&mut rig, 1_000);
    }
    let tried = loads_since(&rig, begun);
    assert_eq!(tried, [2, 6, 14, 30, 62, 126, 254, 510, 810, 1_110]);
    assert_eq!(rig.quarantined, [doc()]);
}

#[test]
fn damage_that_storage_finds_is_set_aside_and_an_outage_is_not() {
    let (mut rig, _) = damaged();
    rig.load_back = true;
    rig.loads.clear();
    for (code, quarantined) in [(Code::Unavailable, 0), (Code::Quarantined, 1)] {
        rig.frame(BEN, &open(Vec::new()));
        let stored = Err(Refusal::new(code, "No."));
        rig.input(Input::Loaded { doc: doc(), stored });
        assert_eq!(errors(&rig.heard(BEN)), [code]);
        assert_eq!(rig.hub.stats().quarantined, quarantined);
    }
    rig.frame(BEN, &open(Vec::new()));
    assert_eq!(errors(&rig.heard(BEN)), [Code::Quarantined]);
    let loads = loads_since(&rig, rig.now);
    assert_eq!(loads.len(), 2, "what is set aside is not read each time");
}

/// An outage says nothing about a document: it stays set aside, and is tried
/// again as soon as storage may answer.
#[test]
fn an_outage_while_it_is_tried_again_changes_nothing() {
    let (mut rig, _) = damaged();
    rig.frame(BEN, &open(Vec::new()));
    rig.load_back = true;
    tick_after(&mut rig, limits::QUARANTINE_MS);
    let stored = Err(Refusal::new(Code::Unavailable, "No."));
    rig.input(Input::Loaded { doc: doc(), stored });
    assert_eq!(rig.hub.stats().quarantined, 1);
    assert!(rig.mended.is_empty());
    rig.load_back = false;
    rig.damaged.clear();
    tick_after(&mut rig, 1_000);
    assert_eq!(rig.mended, [doc()]);
}

/// The rules are in the workspace's own document. Without it the start values
/// count, also while it is tried again, and nobody waits.
#[test]
fn without_the_workspaces_own_document_everybody_goes_on() {
    let mut rig = Rig::with_both();
    for (ticket, required) in [(1, true), (2, false)] {
        let set = PolicyField::RequireTopicToClose(required);
        rig.input(Input::Execute {
            ticket,
            member: member("cleo", Role::Admin),
            command: Command::Workspace(WorkspaceCommand::SetPolicy { set }),
        });
    }
    rig.damaged.insert(DocumentId::Workspace);
    rig.hub.documents.clear();
    let mut ana = Desk::new("ana", 1);
    let first = ana.make(start());
    rig.frame(ANA, &push(&[&first]));
    assert_eq!(rig.quarantined, [DocumentId::Workspace]);
    assert_eq!(acked(&rig.heard(ANA)), [hash(&first)]);

    rig.load_back = true;
    tick_after(&mut rig, limits::QUARANTINE_MS);
    assert_eq!(rig.loads.last().unwrap().0, DocumentId::Workspace);
    let second = ana.make(subject("Lamp"));
    rig.frame(ANA, &push(&[&second]));
    assert_eq!(acked(&rig.heard(ANA)), [hash(&second)]);
}

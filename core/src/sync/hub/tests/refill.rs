//! After a restore members bring back what storage has lost.

use automerge::transaction::Transactable;
use automerge::{AutoCommit, ROOT, ReadDoc, ScalarValue};

use super::*;
use crate::command::{ContactCommand, ContactField};
use crate::document::{commit, genesis, set_actor};

#[test]
fn what_a_program_of_the_first_version_did_in_silence_is_brought_back() {
    let contact = ContactId(Uuid::nil());
    let doc = DocumentId::from(contact);
    let ana = member("ana", Role::Agent).id;
    let mut old = genesis::of_first_version(doc, ActorId::from([1; 16]), &ana);
    let mut put = |key: &str, value: ScalarValue| {
        let (_, profile) = old.get(ROOT, "profile").unwrap().unwrap();
        old.put(&profile, key, value).unwrap();
        old.commit();
        ByteBuf::from(old.get_last_local_change().unwrap().raw_bytes())
    };
    let made = put("at", 4_000.into());
    let lost = put("name", "Rui".into());
    let push = |change: &ByteBuf| {
        let changes = vec![change.clone()];
        ClientFrame::Push(Push { doc, changes })
    };

    // The backup has the contact and what was told of it since.
    let mut rig = Rig::with_both();
    rig.frame(ANA, &push(&made));
    let set = ContactField::Email("rui@example.com".to_owned());
    rig.input(Input::Execute {
        ticket: 1,
        member: member("ben", Role::Agent),
        command: Command::Contact {
            contact,
            command: ContactCommand::SetContactField { set },
        },
    });
    assert_eq!(rig.log.len(), 2);
    rig.heard(ANA);
    rig.frame(ANA, &push(&lost));
    let refused = nacked(&rig.heard(ANA));
    assert_eq!(refused, [(hash(&lost), Code::SchemaViolation)]);
    rig.hub.refill_until(rig.now.plus_millis(1_000));
    rig.frame(ANA, &push(&lost));
    assert_eq!(acked(&rig.heard(ANA)), [hash(&lost)]);
}

#[test]
fn the_word_of_an_erasure_gives_nobody_anything_in_what_others_wrote() {
    for at_once in [false, true] {
        let mut rig = Rig::with_both();
        let mut ben = Desk::new("ben", 2);
        let begun = ben.make(start());
        // What Cleo is said to have written, and the trail does not tell.
        let mut forged = AutoCommit::load(&ben.document.save()).unwrap();
        let cleo = "cleo".parse().unwrap();
        set_actor(&mut forged, ActorId::from([3; 16]), &cleo);
        let (_, state) = forged.get(ROOT, "state").unwrap().unwrap();
        forged.put(&state, "subject", "Lamp").unwrap();
        let forged = commit(&mut forged, "erase", at(5_000)).unwrap();
        let forged = ByteBuf::from(forged.raw_bytes());

        if !at_once {
            rig.frame(BEN, &push(&[&begun]));
        }
        rig.hub.refill_until(rig.now.plus_millis(1_000));
        rig.frame(ANA, &push(&[&begun, &forged]));
        let heard = rig.heard(ANA);
        assert_eq!(acked(&heard), [hash(&begun)]);
        let refused = [(hash(&forged), Code::SchemaViolation)];
        assert_eq!(nacked(&heard), refused, "at once: {at_once}");
    }
}

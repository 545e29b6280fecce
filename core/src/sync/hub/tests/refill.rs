//! After a restore members bring back what storage has lost.

use automerge::transaction::Transactable;
use automerge::{ROOT, ReadDoc, ScalarValue};

use super::*;
use crate::command::{ContactCommand, ContactField};
use crate::document::genesis;

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

//! What the hub refuses, for good or for now.

use super::*;

#[test]
fn a_refused_change_ends_the_sync_of_its_document() {
    let (mut hub, mut ana) = (Hub::default(), Peer::new("ana"));
    ana.write("forbidden");
    while ana.pushed.is_empty() {
        ana.speak("ana", &hub);
    }
    let refusal = Refusal::new(Code::Forbidden, "Viewers change nothing.");
    let nack = ServerFrame::Nack(Nack {
        doc: DOC,
        hash: guard::hash(&ana.pushed[0]).into(),
        refusal,
    });
    ana.pushed.clear();
    ana.frame(nack, &hub);
    assert!(ana.errors[0].starts_with("forbidden on the-document"));
    ana.write("more");
    settle(&mut [("ana", &mut ana)], &mut hub);
    assert!(hub.log.is_empty() && !ana.closed);
    assert!(ana.errors[1].starts_with("depends_on_refused"));
}

#[test]
fn what_may_pass_later_ends_the_connection() {
    let (hub, mut ana) = (Hub::default(), Peer::new("ana"));
    ana.write("mine");
    while ana.pushed.is_empty() {
        ana.speak("ana", &hub);
    }
    let hash = guard::hash(&ana.pushed[0]).into();
    for code in [Code::Unavailable, Code::RateLimited, Code::Quarantined] {
        let refusal = Refusal::new(code, "Not now.");
        let doc = DOC;
        ana.closed = false;
        ana.frame(ServerFrame::Nack(Nack { doc, hash, refusal }), &hub);
        assert!(ana.closed, "{code}");
    }
}

#[test]
fn a_document_that_was_set_aside_is_missing_until_it_is_mended() {
    let mut hub = Hub {
        set_aside: true,
        ..Hub::default()
    };
    let mut ana = Peer::new("ana");
    ana.write("mine");
    settle(&mut [("ana", &mut ana)], &mut hub);
    assert!(ana.errors[0].starts_with("quarantined on the-document"));
    assert_eq!((ana.unavailable, ana.closed), (1, false));

    // The hub gives it to who has asked, and what waited goes on.
    hub.set_aside = false;
    ana.frame(hub.changes(&[]), &hub);
    settle(&mut [("ana", &mut ana)], &mut hub);
    assert_eq!((hub.log.len(), ana.errors.len()), (1, 1));
}

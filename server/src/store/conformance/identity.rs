//! Tickets and revocations.

use threadline_core::id::WorkspaceId;
use threadline_core::time::Timestamp;

use super::{Database, workspace};
use crate::identity::{Claims, Revocation, SignedWith, Target, Ticket};
use crate::store::wait;

pub(super) fn a_ticket_is_taken_once_and_only_in_its_workspace(database: &dyn Database) {
    let store = database.open();
    let claims: Claims = serde_json::from_value(serde_json::json!({
        "iss": "shop", "sub": "ana", "exp": 9, "jti": "1", "workspace": "larkspur",
        "role": "agent",
    }))
    .unwrap();
    let spring = SignedWith {
        kid: "spring".to_owned(),
        thumbprint: Some("of spring".to_owned()),
    };
    let ticket = |number: u8, expires: i64| Ticket {
        digest: [number; 32],
        // One in the name of a published key, the others of the secret.
        claims: Claims {
            signed_with: (number == 1).then(|| spring.clone()),
            ..claims.clone()
        },
        expires: Timestamp::from_millis(expires),
    };
    let put = |ticket, now| {
        let now = Timestamp::from_millis(now);
        wait(|done| store.put_ticket(&workspace(), ticket, now, done)).unwrap();
    };
    let take = |workspace: &WorkspaceId, number| store.take_ticket(workspace, &[number; 32]);
    put(ticket(1, 1_000), 0);
    put(ticket(2, 2_000), 0);
    let another: WorkspaceId = "another".parse().unwrap();
    assert_eq!(take(&another, 1).unwrap(), None);
    assert_eq!(take(&workspace(), 9).unwrap(), None);
    assert_eq!(take(&workspace(), 1).unwrap(), Some(ticket(1, 1_000)));
    assert_eq!(take(&workspace(), 1).unwrap(), None, "it was single-use");
    assert_eq!(take(&workspace(), 2).unwrap(), Some(ticket(2, 2_000)));
    put(ticket(2, 2_000), 0);
    put(ticket(3, 9_000), 2_000);
    assert_eq!(take(&workspace(), 2).unwrap(), None, "its time was over");
}

pub(super) fn a_revocation_is_kept_until_its_time_is_over(database: &dyn Database) {
    let store = database.open();
    let at = |seconds: i64| Timestamp::from_millis(seconds * 1_000);
    let jti = Revocation::new(Target::Jti("7".to_owned()), at(0), 60);
    let ben = Revocation::new(Target::Member("ben".parse().unwrap()), at(30), 60);
    let again = Revocation::new(Target::Jti("7".to_owned()), at(60), 60);
    let late = Revocation::new(Target::Jti("7".to_owned()), at(50), 60);
    for (revocation, kept) in [
        (jti.clone(), vec![jti.clone()]),
        (ben.clone(), vec![jti, ben.clone()]),
        (again.clone(), vec![again.clone(), ben.clone()]),
        // Whoever could not keep it at first tries again, and comes too late.
        (late, vec![again, ben]),
    ] {
        wait(|done| store.put_revocation(&workspace(), revocation, done)).unwrap();
        assert_eq!(store.revocations(&workspace()).unwrap(), kept);
    }
    let another: WorkspaceId = "another".parse().unwrap();
    assert_eq!(store.revocations(&another).unwrap(), []);
}

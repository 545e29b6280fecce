//! Tokens: none that was not signed is taken.

use threadline_core::model::Role;
use threadline_core::time::Timestamp;
use threadline_server::identity::{Expected, Keys};
use threadline_tests::server::{SECRET, WORKSPACE, claims, sign};

use crate::engine::fuzz;

#[test]
fn token() {
    let keys = Keys::new(SECRET.as_bytes(), &Expected::default());
    let good = claims(WORKSPACE, "ana", Role::Agent);
    let now = Timestamp::from_millis(i64::try_from(good.exp).unwrap() * 1_000 - 60_000);
    let mut expired = good.clone();
    expired.exp -= 3_600;
    let mut admin = good.clone();
    admin.role = Role::Admin;
    let signed = [&good, &expired].map(|claims| sign(claims, SECRET));
    let foreign = sign(&admin, "another secret of thirty-two bytes or more");
    let seeds = signed.iter().chain([&foreign]);
    let seeds = seeds.map(|token| token.clone().into_bytes()).collect();
    assert!(keys.verify(&signed[0], now).is_ok(), "the good one is good");
    fuzz("token", seeds, |bytes| {
        let token = String::from_utf8_lossy(bytes);
        let verdict = keys.verify(&token, now);
        if let Ok(claims) = &verdict {
            // Base64 may spell the last bits of a signature in several ways.
            assert_eq!(claims.role, Role::Agent, "{token}");
            assert_eq!(claims.sub, good.sub, "{token}");
            assert_eq!(claims.exp, good.exp, "{token}");
        }
        let dots = bytes.iter().filter(|byte| **byte == b'.').count();
        let length = bytes.len().checked_ilog2();
        (
            verdict.map(|_| ()).map_err(|it| it.code.as_str()),
            dots.min(4),
            length,
        )
    });
}

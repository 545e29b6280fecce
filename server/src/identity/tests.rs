//! Which tokens pass, and which do not.

use std::path::PathBuf;

use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};
use tempfile::TempDir;
use threadline_core::error::Code;
use threadline_core::time::Timestamp;

use super::{Claims, Expected, JwksError, Keys, Revocation, Revoked, Target, Ticket};

/// The moment at which everything here happens, in seconds.
const NOW: u64 = 1_800_000_000;
const SECRET: &[u8] = b"the secret that counts, of thirty-two bytes";
const BEFORE: &[u8] = b"the secret of before, of thirty-two bytes too";
/// Made with `openssl genpkey` for these tests: PKCS #8, and the public part.
const ED25519: &str = "302e020100300506032b6570042204202b5b6595709509774674e22a91b415c9776578f2b9dd548391a35f04cea38775";
const ED25519_X: &str = "nNDskFMowaKnIkwiHpw6t4zXKJ_44ENKEr-eo-nUnF4";
const P256: &str = "308187020100301306072a8648ce3d020106082a8648ce3d030107046d306b0201010420e334ccf21e502902a1fad805c3c317f1190087f1b361b78146d2ab0b1543ab0da14403420004fdc4ace79adfcea575fdfe8f610b35d57967b5ad8ed1e2d66691bdc64ab6f1905b737a9c993b32d4af421491938e677cbe83eb8b4bad8e28d639fdf061b96d7b";
const P256_X: &str = "_cSs55rfzqV1_f6PYQs11Xlnta2O0eLWZpG9xkq28ZA";
const P256_Y: &str = "W3N6nJk7MtSvQhSRk45nfL6D64tLrY4o1jn98GG5bXs";

fn now() -> Timestamp {
    Timestamp::from_millis(i64::try_from(NOW).unwrap() * 1_000)
}

fn ed25519() -> EncodingKey {
    EncodingKey::from_ed_der(&hex::decode(ED25519).unwrap())
}

fn p256() -> EncodingKey {
    EncodingKey::from_ec_der(&hex::decode(P256).unwrap())
}

fn edwards(kid: &str) -> Value {
    json!({ "kty": "OKP", "crv": "Ed25519", "kid": kid, "x": ED25519_X })
}

fn curve(kid: &str) -> Value {
    json!({ "kty": "EC", "crv": "P-256", "kid": kid, "x": P256_X, "y": P256_Y })
}

/// What a good token says.
fn claims() -> Value {
    json!({
        "iss": "shop", "sub": "ana", "exp": NOW + 60, "jti": "1", "workspace": "larkspur",
        "role": "agent",
    })
}

/// A token with these claims, whose header is changed by `edit`.
fn token(
    key: &EncodingKey,
    algorithm: Algorithm,
    claims: &Value,
    edit: impl Fn(&mut Header),
) -> String {
    let mut header = Header::new(algorithm);
    edit(&mut header);
    jsonwebtoken::encode(&header, claims, key).unwrap()
}

fn hs256(claims: &Value) -> String {
    token(
        &EncodingKey::from_secret(SECRET),
        Algorithm::HS256,
        claims,
        |_| {},
    )
}

fn named(kid: &str) -> impl Fn(&mut Header) {
    move |header| header.kid = Some(kid.to_owned())
}

/// A file of published keys.
fn published(folder: &TempDir, keys: &[Value]) -> PathBuf {
    let file = folder.path().join("jwks.json");
    std::fs::write(&file, json!({ "keys": keys }).to_string()).unwrap();
    file
}

/// `Ok` with the key that verified it, or the code of the refusal.
fn verified(keys: &Keys, token: &str) -> Result<Option<String>, Code> {
    let claims = keys.verify(token, now());
    claims
        .map(|claims| claims.signed_with.map(|key| key.kid))
        .map_err(|refusal| refusal.code)
}

#[test]
fn each_key_verifies_its_own_algorithm_and_nothing_else() {
    let folder = TempDir::new().unwrap();
    let file = published(&folder, &[edwards("ed"), curve("ec")]);
    let keys = Keys::new(SECRET, &Expected::default())
        .and_secret(BEFORE)
        .and_published(file)
        .unwrap();
    let (secret, before) = (
        EncodingKey::from_secret(SECRET),
        EncodingKey::from_secret(BEFORE),
    );
    // The oldest trick: the public key, which everybody knows, as a secret.
    let public = EncodingKey::from_secret(ED25519_X.as_bytes());
    let good = claims();
    let plain = |_: &mut Header| {};
    let critical = |header: &mut Header| header.crit = Some(vec!["exp".to_owned()]);
    let (ed, ec) = (Ok(Some("ed".to_owned())), Ok(Some("ec".to_owned())));
    let refused = Err(Code::BadToken);
    for (what, token, expect) in [
        (
            "the secret",
            token(&secret, Algorithm::HS256, &good, plain),
            Ok(None),
        ),
        (
            "the secret before",
            token(&before, Algorithm::HS256, &good, plain),
            Ok(None),
        ),
        (
            "Ed25519",
            token(&ed25519(), Algorithm::EdDSA, &good, named("ed")),
            ed,
        ),
        (
            "P-256",
            token(&p256(), Algorithm::ES256, &good, named("ec")),
            ec,
        ),
        (
            "another hash",
            token(&secret, Algorithm::HS512, &good, plain),
            refused.clone(),
        ),
        (
            "unknown kid",
            token(&ed25519(), Algorithm::EdDSA, &good, named("x")),
            refused.clone(),
        ),
        (
            "no kid",
            token(&ed25519(), Algorithm::EdDSA, &good, plain),
            refused.clone(),
        ),
        (
            "the kid of another",
            token(&ed25519(), Algorithm::EdDSA, &good, named("ec")),
            refused.clone(),
        ),
        (
            "a public key as secret",
            token(&public, Algorithm::HS256, &good, named("ed")),
            refused.clone(),
        ),
        (
            "a secret with a name",
            token(&secret, Algorithm::HS256, &good, named("ed")),
            refused.clone(),
        ),
        (
            "critical",
            token(&secret, Algorithm::HS256, &good, critical),
            refused,
        ),
    ] {
        assert_eq!(verified(&keys, &token), expect, "{what}");
    }
}

#[test]
fn a_token_says_all_it_must_and_does_not_live_too_long() {
    let keys = Keys::new(SECRET, &Expected::default());
    let with = |key: &str, value: Value| {
        let mut claims = claims();
        claims[key] = value;
        claims
    };
    let day = 86_400;
    for (what, claims, expect) in [
        ("good", claims(), Ok(None)),
        (
            "a key's name it made up",
            with("kid", json!("ed")),
            Ok(None),
        ),
        (
            "a thumbprint of another shape",
            with("thumbprint", json!(7)),
            Ok(None),
        ),
        ("ends in a day", with("exp", json!(NOW + day)), Ok(None)),
        (
            "lives too long",
            with("exp", json!(NOW + day + 120)),
            Err(Code::BadToken),
        ),
        ("is over", with("exp", json!(NOW)), Err(Code::TokenExpired)),
        (
            "begins now by a fast clock",
            with("nbf", json!(NOW + 30)),
            Ok(None),
        ),
        (
            "begins later",
            with("nbf", json!(NOW + 120)),
            Err(Code::BadToken),
        ),
        (
            "without an issuer",
            with("iss", Value::Null),
            Err(Code::BadToken),
        ),
        (
            "without a member",
            with("sub", Value::Null),
            Err(Code::BadToken),
        ),
        (
            "without an end",
            with("exp", Value::Null),
            Err(Code::BadToken),
        ),
        (
            "without an id",
            with("jti", Value::Null),
            Err(Code::BadToken),
        ),
        (
            "with an empty id",
            with("jti", json!("")),
            Err(Code::BadToken),
        ),
        (
            "with an endless id",
            with("jti", json!("x".repeat(129))),
            Err(Code::BadToken),
        ),
        (
            "without a workspace",
            with("workspace", Value::Null),
            Err(Code::BadToken),
        ),
        (
            "for somebody else",
            with("aud", json!("another")),
            Err(Code::BadToken),
        ),
    ] {
        assert_eq!(verified(&keys, &hs256(&claims)), expect, "{what}");
    }

    let strict = Expected {
        issuer: Some("shop".to_owned()),
        audience: Some("inbox".to_owned()),
        ..Expected::default()
    };
    let keys = Keys::new(SECRET, &strict);
    for (what, aud, iss, expect) in [
        ("one of several", json!(["shop", "inbox"]), "shop", Ok(None)),
        ("the only one", json!("inbox"), "shop", Ok(None)),
        ("for nobody", Value::Null, "shop", Err(Code::BadToken)),
        ("for others", json!(["shop"]), "shop", Err(Code::BadToken)),
        (
            "by somebody else",
            json!("inbox"),
            "thief",
            Err(Code::BadToken),
        ),
    ] {
        let mut claims = with("aud", aud);
        claims["iss"] = json!(iss);
        assert_eq!(verified(&keys, &hs256(&claims)), expect, "{what}");
    }
}

#[test]
fn published_keys_rotate_while_the_server_runs() {
    let folder = TempDir::new().unwrap();
    let file = published(&folder, &[edwards("old")]);
    let keys = Keys::none(Expected::default()).and_published(file).unwrap();
    let old = token(&ed25519(), Algorithm::EdDSA, &claims(), named("old"));
    let new = token(&p256(), Algorithm::ES256, &claims(), named("new"));
    let admitted = keys.verify(&old, now()).unwrap();
    assert_eq!(verified(&keys, &new), Err(Code::BadToken));

    published(&folder, &[edwards("old"), curve("new")]);
    assert!(keys.reload().unwrap(), "both are in use for a while");
    assert!(!keys.reload().unwrap(), "nothing changed since");
    assert!(verified(&keys, &old).is_ok() && verified(&keys, &new).is_ok());

    published(&folder, &[edwards("")]);
    assert!(keys.reload().is_err(), "an accident is no rotation");
    assert!(keys.know(&admitted) && verified(&keys, &old).is_ok());

    published(&folder, &[curve("new")]);
    assert!(keys.reload().unwrap());
    assert_eq!(verified(&keys, &old), Err(Code::BadToken));
    assert!(!keys.know(&admitted), "who came by the old key has to go");

    published(&folder, &[]);
    assert!(keys.reload().unwrap(), "the only key was withdrawn");
    assert_eq!(verified(&keys, &new), Err(Code::BadToken));
}

#[test]
fn a_new_key_under_an_old_name_takes_the_place_of_the_old_one() {
    let folder = TempDir::new().unwrap();
    let file = published(&folder, &[edwards("host")]);
    let keys = Keys::none(Expected::default()).and_published(file).unwrap();
    let old = token(&ed25519(), Algorithm::EdDSA, &claims(), named("host"));
    let new = token(&p256(), Algorithm::ES256, &claims(), named("host"));
    let admitted = keys.verify(&old, now()).unwrap();
    assert!(keys.know(&admitted));
    // As a program kept it that did not note thumbprints.
    let mut kept = claims();
    kept["kid"] = json!("host");
    let mut kept = Ticket::kept(&kept.to_string()).unwrap();
    keys.complete(&mut kept);
    assert_eq!(kept.signed_with, admitted.signed_with);

    published(&folder, &[curve("host")]);
    assert!(keys.reload().unwrap());
    for admitted in [&admitted, &kept] {
        assert!(!keys.know(admitted), "who came by the old key has to go");
    }
    assert_eq!(verified(&keys, &old), Err(Code::BadToken));
    let admitted = keys.verify(&new, now()).unwrap();
    assert!(keys.know(&admitted));
}

#[test]
fn a_key_file_that_contradicts_itself_is_refused() {
    let folder = TempDir::new().unwrap();
    let open = |keys: &[Value]| {
        let file = published(&folder, keys);
        Keys::none(Expected::default())
            .and_published(file)
            .map(|_| ())
    };
    let with = |mut key: Value, name: &str, value: &str| {
        key[name] = json!(value);
        key
    };
    assert!(matches!(open(&[]), Err(JwksError::Empty)));
    assert!(matches!(open(&[edwards("")]), Err(JwksError::Empty)));
    let short = with(edwards("a"), "x", "AAAA");
    assert!(matches!(open(&[short]), Err(JwksError::Empty)));
    let other_use = with(edwards("a"), "use", "enc");
    assert!(matches!(open(&[other_use]), Err(JwksError::Empty)));
    let other_algorithm = with(curve("a"), "alg", "ES384");
    assert!(matches!(open(&[other_algorithm]), Err(JwksError::Empty)));
    let private = with(edwards("a"), "d", "secret");
    assert!(matches!(open(&[private]), Err(JwksError::Private(_))));
    let shared = json!({ "kty": "oct", "kid": "a", "k": "secret" });
    assert!(matches!(open(&[shared]), Err(JwksError::Private(_))));
    let twice = [edwards("a"), curve("a")];
    assert!(matches!(open(&twice), Err(JwksError::Twice(_))));
    // Keys for others may lie beside ours.
    let rsa = json!({ "kty": "RSA", "kid": "b", "n": "AQAB", "e": "AQAB" });
    assert!(open(&[rsa, edwards("a")]).is_ok());
}

#[test]
fn what_is_revoked_covers_the_tokens_of_before() {
    let token = |jti: &str, member: &str, iat: Option<u64>| -> Claims {
        let mut token = claims();
        token["jti"] = json!(jti);
        token["sub"] = json!(member);
        token["iat"] = json!(iat);
        serde_json::from_value(token).unwrap()
    };
    let targets = [
        Target::Jti("stolen".to_owned()),
        Target::Member("ben".parse().unwrap()),
    ];
    let revoked: Revoked = targets
        .into_iter()
        .map(|target| Revocation::new(target, now(), 60))
        .collect();
    for (jti, member, iat, covered) in [
        ("stolen", "ana", None, true),
        ("stolen", "ana", Some(NOW + 1), true),
        ("1", "ana", None, false),
        ("1", "ben", None, true),
        ("1", "ben", Some(NOW - 1), true),
        ("1", "ben", Some(NOW), true),
        ("1", "ben", Some(NOW + 1), false),
    ] {
        assert_eq!(
            revoked.covers(&token(jti, member, iat)),
            covered,
            "{jti} of {member}, {iat:?}"
        );
    }
}

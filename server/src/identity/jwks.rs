//! Public keys that the host publishes as a JWK Set (RFC 7517): Ed25519 for
//! EdDSA (RFC 8037) and P-256 for ES256 (RFC 7518 §6.2). The file may change
//! while the server runs; what it says last counts.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use jsonwebtoken::jwk::{
    AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, PublicKeyUse, ThumbprintHash,
};
use jsonwebtoken::{Algorithm, DecodingKey};
use serde::Deserialize;
use serde_json::Value;

use super::keys::{Expected, Verifier};
use crate::limits;

/// Why a key file cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum JwksError {
    /// The operating system's reason.
    #[error("the file of public keys cannot be read: {0}")]
    File(#[from] std::io::Error),
    /// Not the expected shape.
    #[error("the file of public keys is no JWK Set (RFC 7517): it needs {{\"keys\": […]}}")]
    Shape,
    /// Larger than any set of public keys.
    #[error("the file of public keys is larger than {} bytes", limits::JWKS_BYTES)]
    Large,
    /// A private or shared key lies where public ones belong.
    #[error(
        "the file of public keys holds a private or shared one (kid {0}); give out public keys only"
    )]
    Private(String),
    /// Two keys of one name.
    #[error("the file of public keys has two keys with the kid {0}")]
    Twice(String),
    /// Nothing in it can verify anything.
    #[error(
        "the file of public keys has none that can be used: each needs a kid, and to be Ed25519 or P-256"
    )]
    Empty,
}

/// The keys by their `kid`.
type Set = BTreeMap<String, Verifier>;

/// A key file, and what it said when it was last read with success.
pub(super) struct Published {
    file: PathBuf,
    expected: Expected,
    current: RwLock<(Vec<u8>, Arc<Set>)>,
}

impl Published {
    /// Reads the file for the first time.
    pub(super) fn open(file: PathBuf, expected: Expected) -> Result<Self, JwksError> {
        let bytes = read(&file)?;
        let set = Arc::new(parse(&bytes, &expected)?);
        if set.is_empty() {
            return Err(JwksError::Empty);
        }
        let current = RwLock::new((bytes, set));
        Ok(Self {
            file,
            expected,
            current,
        })
    }

    /// The keys that count now.
    pub(super) fn current(&self) -> Arc<Set> {
        let current = self.current.read();
        // Nothing panics while it holds the lock; and the keys would still be whole.
        let current = current.unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&current.1)
    }

    /// Reads the file again; whether other keys count from now on. What cannot
    /// be read changes nothing: the keys before go on counting. A whole set
    /// without a key does: its only one was withdrawn.
    pub(super) fn reload(&self) -> Result<bool, JwksError> {
        let bytes = read(&self.file)?;
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        if current.0 == bytes {
            return Ok(false);
        }
        let set = parse(&bytes, &self.expected)?;
        *current = (bytes, Arc::new(set));
        Ok(true)
    }
}

fn read(file: &Path) -> Result<Vec<u8>, JwksError> {
    if std::fs::metadata(file)?.len() > limits::JWKS_BYTES {
        return Err(JwksError::Large);
    }
    Ok(std::fs::read(file)?)
}

#[derive(Deserialize)]
struct Listed {
    keys: Vec<Value>,
}

/// Every key that can be used. Others are left out (RFC 7517 §5), for a host
/// may publish them for somebody else; but where only they are left, it is more
/// likely by accident.
fn parse(bytes: &[u8], expected: &Expected) -> Result<Set, JwksError> {
    let listed: Listed = serde_json::from_slice(bytes).map_err(|_| JwksError::Shape)?;
    let mut set = Set::new();
    let given = listed.keys.len();
    for key in listed.keys {
        let kid = key["kid"].as_str().unwrap_or_default().to_owned();
        if key.get("d").is_some() || key.get("k").is_some() {
            return Err(JwksError::Private(kid));
        }
        let usable = serde_json::from_value(key)
            .ok()
            .and_then(|key| usable(&key));
        let Some((algorithm, decoding, thumbprint)) = usable.filter(|_| !kid.is_empty()) else {
            tracing::warn!("a published key cannot be used here and is left out");
            continue;
        };
        let verifier = Verifier::new(algorithm, decoding, Some(thumbprint), expected);
        if set.insert(kid.clone(), verifier).is_some() {
            return Err(JwksError::Twice(kid));
        }
    }
    if set.is_empty() && given > 0 {
        return Err(JwksError::Empty);
    }
    Ok(set)
}

/// The bytes of an Ed25519 key (RFC 8032 §5.1.5).
const ED25519_BYTES: usize = 32;
/// Those of an uncompressed point on P-256 (SEC 1 §2.3.3).
const P256_BYTES: usize = 65;

/// The key with its one algorithm and its thumbprint.
fn usable(key: &Jwk) -> Option<(Algorithm, DecodingKey, String)> {
    let (algorithm, named, length) = match &key.algorithm {
        AlgorithmParameters::OctetKeyPair(pair) if pair.curve == EllipticCurve::Ed25519 => {
            (Algorithm::EdDSA, KeyAlgorithm::EdDSA, ED25519_BYTES)
        }
        AlgorithmParameters::EllipticCurve(curve) if curve.curve == EllipticCurve::P256 => {
            (Algorithm::ES256, KeyAlgorithm::ES256, P256_BYTES)
        }
        _ => return None,
    };
    let common = &key.common;
    let fits = common.key_algorithm.is_none_or(|own| own == named)
        && common
            .public_key_use
            .as_ref()
            .is_none_or(|own| *own == PublicKeyUse::Signature);
    let decoding = DecodingKey::from_jwk(key).ok()?;
    // The library panics over a short key when it is first used.
    let whole = decoding.try_get_as_bytes().ok()?.len() == length;
    let thumbprint = key.thumbprint(ThumbprintHash::SHA256).ok()?;
    (fits && whole).then_some((algorithm, decoding, thumbprint))
}

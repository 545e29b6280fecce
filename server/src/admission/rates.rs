//! How often may be asked over HTTP: a token bucket for each address, and one
//! for each token, so that one busy integration leaves its neighbours room.
//! The buckets are the core's, which also bound what sessions send.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};
use threadline_core::error::{Code, Refusal};
use threadline_core::sync::bucket::{Bucket, Rate};
use threadline_core::time::Timestamp;
use tokio::time::Instant;

use super::Peer;
use crate::app::App;
use crate::problem::Problem;
use crate::{clock, limits};

/// A token by the beginning of its SHA-256. It need not be a good one: what is
/// invented is bounded by the address.
pub(super) type TokenKey = [u8; 16];

/// Buckets of one policy.
pub(super) struct Rates<K> {
    name: &'static str,
    rate: Rate,
    buckets: Mutex<HashMap<K, Bucket>>,
}

/// What one request did to a bucket.
struct Paid {
    name: &'static str,
    rate: Rate,
    /// Requests left.
    left: u32,
    /// Milliseconds to wait, where this one is too many.
    wait: Option<u64>,
}

impl<K: Eq + Hash> Rates<K> {
    pub(super) fn new(name: &'static str, rate: Rate) -> Self {
        Self {
            name,
            rate,
            buckets: Mutex::default(),
        }
    }

    /// One more request; `None` where nobody counts.
    fn pay(&self, key: K, now: Timestamp) -> Option<Paid> {
        if self.rate.per_second == 0 {
            return None;
        }
        // Nothing panics while it holds the lock, and a bucket would still be one.
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= limits::RATE_KEYS && !buckets.contains_key(&key) {
            // A full bucket is as good as none.
            buckets.retain(|_, bucket| !bucket.is_full(now));
            if buckets.len() >= limits::RATE_KEYS {
                buckets.clear();
            }
        }
        let bucket = buckets
            .entry(key)
            .or_insert_with(|| Bucket::full(self.rate, now));
        let wait = bucket.take(now, 1).err();
        Some(Paid {
            name: self.name,
            rate: self.rate,
            left: bucket.left(now),
            wait,
        })
    }
}

impl Paid {
    /// Tells the client where it stands (draft-ietf-httpapi-ratelimit-headers).
    fn tell(&self, headers: &mut HeaderMap) {
        let (name, quota) = (self.name, self.rate.burst);
        let window = quota.div_ceil(self.rate.per_second);
        let until_full = (quota - self.left).div_ceil(self.rate.per_second);
        let policy = format!("\"{name}\";q={quota};w={window}");
        let state = format!("\"{name}\";r={};t={until_full}", self.left);
        for (header, value) in [("ratelimit-policy", policy), ("ratelimit", state)] {
            if let Ok(value) = HeaderValue::try_from(value) {
                headers.insert(HeaderName::from_static(header), value);
            }
        }
    }
}

/// Lets a request through that address and token can pay for.
pub(crate) async fn limit(
    State(app): State<Arc<App>>,
    peer: Peer,
    request: Request,
    next: Next,
) -> Response {
    let (admission, now, begun) = (&app.admission, clock::now(), Instant::now());
    let headers = request.headers();
    let address = admission.address(peer, headers);
    let by_address = address.and_then(|address| admission.callers.pay(address, now));
    let token = headers.get(header::AUTHORIZATION).map(token_key);
    let too_many = |paid: &Option<Paid>| paid.as_ref().is_some_and(|paid| paid.wait.is_some());
    // An address that asks too much does not use up its members' tokens.
    let by_token = token
        .filter(|_| !too_many(&by_address))
        .and_then(|token| admission.tokens.pay(token, now));
    let tightest = [by_address, by_token]
        .into_iter()
        .flatten()
        .min_by_key(|paid| paid.wait.map_or(paid.left, |_| 0));
    let wait = tightest.as_ref().and_then(|paid| paid.wait);
    let mut response = match wait {
        None => next.run(request).await,
        Some(wait) => too_fast(wait),
    };
    if let Some(paid) = tightest {
        paid.tell(response.headers_mut());
    }
    if let Some(code) = response.extensions().get::<Code>() {
        app.metrics.refused(*code);
    }
    let status = response.status().as_u16();
    app.metrics.answered(status, begun.elapsed());
    response
}

fn token_key(authorization: &HeaderValue) -> TokenKey {
    let mut key = TokenKey::default();
    key.copy_from_slice(&Sha256::digest(authorization)[..16]);
    key
}

fn too_fast(wait: u64) -> Response {
    let refusal = Refusal::new(Code::RateLimited, "Too many requests in too little time.");
    let mut response = Problem::from(refusal).into_response();
    response
        .headers_mut()
        .insert(header::RETRY_AFTER, wait.div_ceil(1_000).into());
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    #[test]
    fn each_key_pays_for_itself_and_hears_where_it_stands() {
        let rate = Rate {
            burst: 20,
            per_second: 2,
        };
        let rates = Rates::new("token", rate);
        for left in (0..20).rev() {
            let paid = rates.pay("ana", at(0)).unwrap();
            assert_eq!((paid.left, paid.wait), (left, None));
        }
        let paid = rates.pay("ana", at(0)).unwrap();
        assert_eq!(paid.wait, Some(500));
        let mut headers = HeaderMap::new();
        paid.tell(&mut headers);
        assert_eq!(headers["ratelimit-policy"], "\"token\";q=20;w=10");
        assert_eq!(headers["ratelimit"], "\"token\";r=0;t=10");
        assert_eq!(rates.pay("ben", at(0)).unwrap().wait, None);
        assert_eq!(rates.pay("ana", at(500)).unwrap().wait, None);
    }

    #[test]
    fn strangers_do_not_fill_the_memory() {
        let rate = Rate {
            burst: 10,
            per_second: 1,
        };
        let rates = Rates::new("address", rate);
        for key in 0..=limits::RATE_KEYS {
            rates.pay(key, at(0));
        }
        assert!(rates.buckets.lock().unwrap().len() <= limits::RATE_KEYS);
    }
}

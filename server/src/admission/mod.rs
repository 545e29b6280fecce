//! How much may come from one place: sockets from one address and into one
//! workspace, requests with one token and from one address. What frames may
//! cost inside a session, the core's hub decides.

mod address;
mod counts;
mod rates;

use axum::http::HeaderMap;
use threadline_core::error::{Code, Refusal};
use threadline_core::id::WorkspaceId;
use threadline_core::sync::bucket::Rate;

pub(crate) use address::{Address, Peer};
pub(crate) use counts::Place;
pub(crate) use rates::limit;

use counts::Counts;
use rates::{Rates, TokenKey};

use crate::limits;

/// The numbers that an operator may set.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// Proxies of the operator's own before this server; each one appends to
    /// `X-Forwarded-For`.
    pub(crate) proxies: usize,
    /// Open sockets in one workspace.
    pub(crate) sockets_per_workspace: usize,
    /// Open sockets from one address.
    pub(crate) sockets_per_address: usize,
    /// Requests per second with one token; a burst is ten seconds' worth.
    pub(crate) requests_per_token: u32,
    /// The same from one address.
    pub(crate) requests_per_address: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            proxies: 0,
            sockets_per_workspace: limits::SOCKETS_PER_WORKSPACE,
            sockets_per_address: limits::SOCKETS_PER_ADDRESS,
            requests_per_token: limits::REQUESTS_PER_TOKEN,
            requests_per_address: limits::REQUESTS_PER_ADDRESS,
        }
    }
}

/// Who has how much at this moment.
pub(crate) struct Admission {
    limits: Limits,
    addresses: Counts<Address>,
    workspaces: Counts<WorkspaceId>,
    tokens: Rates<TokenKey>,
    callers: Rates<Address>,
}

impl Admission {
    /// Nobody has anything yet.
    pub(crate) fn new(limits: Limits) -> Self {
        let ten_seconds = |per_second: u32| Rate {
            burst: per_second.saturating_mul(10),
            per_second,
        };
        Self {
            limits,
            addresses: Counts::new(limits.sockets_per_address),
            workspaces: Counts::new(limits.sockets_per_workspace),
            tokens: Rates::new("token", ten_seconds(limits.requests_per_token)),
            callers: Rates::new("address", ten_seconds(limits.requests_per_address)),
        }
    }

    /// Where a request comes from, as far as it is to be counted.
    pub(crate) fn address(&self, peer: Peer, headers: &HeaderMap) -> Option<Address> {
        Address::of(peer, headers, self.limits.proxies)
    }

    /// One more socket from an address; refused where it has too many. It
    /// counts until the place is dropped.
    pub(crate) fn connect(
        &self,
        address: Option<Address>,
    ) -> Result<Option<Place<Address>>, Refusal> {
        let Some(address) = address else {
            return Ok(None);
        };
        let place = self.addresses.take(address);
        place.map(Some).ok_or_else(|| full("this address"))
    }

    /// One more socket in a workspace; the same.
    pub(crate) fn enter(&self, workspace: &WorkspaceId) -> Result<Place<WorkspaceId>, Refusal> {
        let place = self.workspaces.take(workspace.clone());
        place.ok_or_else(|| full("this workspace"))
    }
}

fn full(whose: &str) -> Refusal {
    let text = format!("Too many connections of {whose} are open; come back later.");
    Refusal::new(Code::RateLimited, text)
}

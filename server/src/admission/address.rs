//! Where a request comes from.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use axum::extract::ConnectInfo;
use axum::http::HeaderMap;

/// The other end of the connection a request came over.
pub(crate) type Peer = ConnectInfo<SocketAddr>;

/// A client's address; of IPv6 the first 64 bits, which one household has
/// (RFC 6177).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Address(IpAddr);

impl Address {
    /// The client behind so many proxies of the operator's own, each of which
    /// appends to `X-Forwarded-For` whom it heard; what stands before their
    /// entries, anybody may have written. `None` for this machine itself: what
    /// runs here is the operator's.
    pub(super) fn of(peer: Peer, headers: &HeaderMap, proxies: usize) -> Option<Self> {
        let forwarded = || {
            let lines = headers.get_all("x-forwarded-for");
            let lines: Vec<&str> = lines.iter().filter_map(|line| line.to_str().ok()).collect();
            let mut entries = lines.iter().rev().flat_map(|line| line.rsplit(','));
            entries.nth(proxies - 1)?.trim().parse::<IpAddr>().ok()
        };
        let behind = (proxies > 0).then(forwarded).flatten();
        let address = behind.unwrap_or(peer.0.ip()).to_canonical();
        (!address.is_loopback()).then_some(Self(prefix(address)))
    }
}

fn prefix(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(long) => Ipv6Addr::from_bits(long.to_bits() >> 64 << 64).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(peer: &str, forwarded: &[&str], proxies: usize) -> Option<String> {
        let mut headers = HeaderMap::new();
        for line in forwarded {
            headers.append("x-forwarded-for", line.parse().unwrap());
        }
        let peer = ConnectInfo(SocketAddr::new(peer.parse().unwrap(), 1));
        Address::of(peer, &headers, proxies).map(|address| address.0.to_string())
    }

    #[test]
    fn a_client_is_who_the_operators_own_proxies_heard() {
        let some = |text: &str| Some(text.to_owned());
        for (peer, forwarded, proxies, expect) in [
            ("198.51.100.7", &[][..], 0, some("198.51.100.7")),
            ("198.51.100.7", &["203.0.113.1"], 0, some("198.51.100.7")),
            ("127.0.0.1", &[], 0, None),
            ("127.0.0.1", &["203.0.113.1"], 1, some("203.0.113.1")),
            (
                "127.0.0.1",
                &["6.6.6.6, 203.0.113.1"],
                1,
                some("203.0.113.1"),
            ),
            (
                "127.0.0.1",
                &["6.6.6.6", "203.0.113.1"],
                1,
                some("203.0.113.1"),
            ),
            (
                "10.0.0.1",
                &["6.6.6.6, 203.0.113.1, 10.0.0.2"],
                2,
                some("203.0.113.1"),
            ),
            ("10.0.0.1", &["nonsense"], 1, some("10.0.0.1")),
            ("10.0.0.1", &["203.0.113.1"], 2, some("10.0.0.1")),
            ("2001:db8:1:2:3::4", &[], 0, some("2001:db8:1:2::")),
            ("::ffff:198.51.100.7", &[], 0, some("198.51.100.7")),
        ] {
            let found = address(peer, forwarded, proxies);
            assert_eq!(found, expect, "{peer} {forwarded:?} behind {proxies}");
        }
    }
}

//! Which web pages may connect: an exact list, narrowed for the workspaces that
//! have one of their own, and always pages that this server serves itself. Programs outside a browser send no `Origin` and are
//! held by their token alone.

use std::collections::BTreeMap;

use axum::http::{HeaderMap, HeaderValue, header};
use threadline_core::id::WorkspaceId;

/// The pages that may connect.
#[derive(Clone, Debug, Default)]
pub(crate) struct Origins {
    listed: Vec<HeaderValue>,
    narrowed: BTreeMap<WorkspaceId, Vec<HeaderValue>>,
}

/// An origin as browsers write it (RFC 6454 §6.2): scheme, host, port where
/// it is not the scheme's own.
pub(crate) fn parse(text: &str) -> Result<HeaderValue, String> {
    let host = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"));
    let exact = host.is_some_and(|host| {
        !host.is_empty()
            && !host.contains(['/', '*', '?', '#', '@', ' '])
            && host == host.to_ascii_lowercase()
    });
    let value = HeaderValue::from_str(text).ok().filter(|_| exact);
    value.ok_or_else(|| "an origin is https://host or https://host:port, without a path".to_owned())
}

impl Origins {
    /// The list of allowed origins.
    pub(crate) fn new(allowed: Vec<HeaderValue>) -> Self {
        Self {
            listed: allowed,
            narrowed: BTreeMap::new(),
        }
    }

    /// Admits a listed origin to a workspace, and from now on to that workspace
    /// only such.
    pub(crate) fn narrow(&mut self, workspace: WorkspaceId, origin: HeaderValue) {
        self.narrowed.entry(workspace).or_default().push(origin);
    }

    /// The list, as browsers write it.
    pub(crate) fn all(&self) -> impl Iterator<Item = &str> {
        self.listed.iter().filter_map(|origin| origin.to_str().ok())
    }

    /// Whether this origin is on the list.
    pub(crate) fn lists(&self, origin: &HeaderValue) -> bool {
        self.listed.contains(origin)
    }

    /// Whether a request with these headers comes from a page that may connect.
    pub(crate) fn admits(&self, headers: &HeaderMap) -> bool {
        let Some(origin) = headers.get(header::ORIGIN) else {
            return true;
        };
        self.lists(origin) || is_same(origin, headers.get(header::HOST))
    }

    /// The same for one workspace.
    pub(crate) fn admits_to(&self, workspace: &WorkspaceId, headers: &HeaderMap) -> bool {
        let Some(origin) = headers.get(header::ORIGIN) else {
            return true;
        };
        let listed = self.narrowed.get(workspace).unwrap_or(&self.listed);
        listed.contains(origin) || is_same(origin, headers.get(header::HOST))
    }
}

/// Whether the page came from the very host it now talks to. The scheme may
/// differ: behind a proxy that ends TLS the server does not see it.
fn is_same(origin: &HeaderValue, host: Option<&HeaderValue>) -> bool {
    let host_of = |origin: &str| {
        let rest = origin
            .strip_prefix("https://")
            .or_else(|| origin.strip_prefix("http://"))?;
        Some(rest.to_owned())
    };
    match (origin.to_str().ok().and_then(host_of), host) {
        (Some(origin), Some(host)) => host.to_str().is_ok_and(|host| host == origin),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admits(allowed: &[&str], origin: Option<&str>, host: &str) -> bool {
        let allowed = allowed.iter().map(|o| parse(o).unwrap()).collect();
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, host.parse().unwrap());
        if let Some(origin) = origin {
            headers.insert(header::ORIGIN, origin.parse().unwrap());
        }
        Origins::new(allowed).admits(&headers)
    }

    #[test]
    fn only_listed_and_own_pages_connect() {
        let shop = "https://shop.example";
        for (allowed, origin, host, expect) in [
            (&[][..], None, "tl.example", true),
            (&[], Some("https://tl.example"), "tl.example", true),
            (&[], Some("http://tl.example:8787"), "tl.example:8787", true),
            (&[], Some(shop), "tl.example", false),
            (&[shop], Some(shop), "tl.example", true),
            (&[shop], Some("http://shop.example"), "tl.example", false),
            (
                &[shop],
                Some("https://shop.example:444"),
                "tl.example",
                false,
            ),
            (
                &[shop],
                Some("https://evil.shop.example"),
                "tl.example",
                false,
            ),
            (
                &[shop],
                Some("https://shop.example.evil"),
                "tl.example",
                false,
            ),
            (&[], Some("https://tl.example.evil"), "tl.example", false),
            (&[], Some("null"), "tl.example", false),
        ] {
            assert_eq!(
                admits(allowed, origin, host),
                expect,
                "{origin:?} at {host}, {allowed:?} listed"
            );
        }
    }

    #[test]
    fn a_workspace_with_a_list_admits_nobody_else() {
        let (shop, other) = ("https://shop.example", "https://other.example");
        let mut origins = Origins::new(vec![parse(shop).unwrap(), parse(other).unwrap()]);
        origins.narrow("acme".parse().unwrap(), parse(shop).unwrap());
        for (workspace, origin, expect) in [
            ("acme", shop, true),
            ("acme", other, false),
            ("acme", "https://tl.example", true),
            ("larkspur", other, true),
            ("larkspur", "https://evil.example", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, "tl.example".parse().unwrap());
            headers.insert(header::ORIGIN, origin.parse().unwrap());
            let admitted = origins.admits_to(&workspace.parse().unwrap(), &headers);
            assert_eq!(admitted, expect, "{origin} to {workspace}");
        }
    }

    #[test]
    fn an_origin_is_exact() {
        for text in [
            "*",
            "https://*.example",
            "shop.example",
            "https://shop.example/",
            "https://Shop.example",
            "https://",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}

//! Where the database is, and how safe the way there has to be.

use std::sync::Arc;

use postgres::Config;
use postgres::config::{Host, SslMode};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::limits;

/// Why an address cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AddressError {
    /// Not an address of PostgreSQL.
    #[error("a database's address is postgres://user@host/database")]
    Scheme,
    /// The library's reason.
    #[error("the database's address cannot be read: {0}")]
    Syntax(postgres::Error),
    /// A protection that may be given up silently, or that is none.
    #[error("sslmode is disable, require or verify-full; the last two are the same here")]
    Mode,
    /// The named certificates are of no use.
    #[error("the certificates in sslrootcert cannot be used: {0}")]
    Roots(String),
    /// The library's reason.
    #[error("TLS cannot be used: {0}")]
    Tls(#[from] rustls::Error),
}

/// A database's address (PostgreSQL 15 documentation §34.1.1.2), read.
pub(super) struct Address {
    pub(super) config: Config,
    pub(super) tls: MakeRustlsConnect,
}

impl Address {
    /// Reads an address. `sslmode=require` and `verify-full` both mean TLS to a
    /// server whose certificate is good for its name, by the system's roots or
    /// those in the file `sslrootcert`.
    pub(super) fn parse(url: &str) -> Result<Self, AddressError> {
        if !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
            return Err(AddressError::Scheme);
        }
        // Both are ours: the library knows neither `verify-full` nor roots.
        let (base, query) = url.split_once('?').unwrap_or((url, ""));
        let (mut mode, mut roots, mut others) = (None, None, Vec::new());
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            match pair.split_once('=') {
                Some(("sslmode", value)) => mode = Some(value),
                Some(("sslrootcert", value)) => roots = Some(value),
                _ => others.push(pair),
            }
        }
        let mode = match mode {
            None | Some("disable") => SslMode::Disable,
            Some("require" | "verify-full") => SslMode::Require,
            Some(_) => return Err(AddressError::Mode),
        };
        let rest = format!("{base}?{}", others.join("&"));
        let mut config: Config = rest.parse().map_err(AddressError::Syntax)?;
        config
            .ssl_mode(mode)
            .application_name("threadline")
            .connect_timeout(limits::DATABASE_CONNECT)
            // What the other side does not acknowledge is noticed, not waited for.
            .tcp_user_timeout(limits::DATABASE_SILENCE)
            .keepalives_idle(limits::DATABASE_SILENCE / 2);
        if mode == SslMode::Disable && leaves_the_machine(&config) {
            tracing::warn!("the way to the database is not encrypted: see sslmode");
        }
        Ok(Self {
            config,
            tls: tls(roots)?,
        })
    }
}

fn leaves_the_machine(config: &Config) -> bool {
    config.get_hosts().iter().any(|host| match host {
        Host::Tcp(name) => !["localhost", "127.0.0.1", "::1"].contains(&name.as_str()),
        #[cfg(unix)]
        Host::Unix(_) => false,
    })
}

fn tls(roots: Option<&str>) -> Result<MakeRustlsConnect, AddressError> {
    let mut store = RootCertStore::empty();
    match roots {
        Some(path) => {
            let unusable = |error: &dyn std::error::Error| AddressError::Roots(error.to_string());
            let found = CertificateDer::pem_file_iter(path).map_err(|error| unusable(&error))?;
            for certificate in found {
                let certificate = certificate.map_err(|error| unusable(&error))?;
                store.add(certificate).map_err(|error| unusable(&error))?;
            }
        }
        // A root of the system that cannot be read is one less to trust.
        None => {
            store.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        }
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(store)
        .with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_protects_counts_as_protection() {
        for (url, expect) in [
            ("postgres://u@h/d", Ok(SslMode::Disable)),
            ("postgresql://u@h/d?sslmode=disable", Ok(SslMode::Disable)),
            ("postgres://u@h/d?sslmode=require", Ok(SslMode::Require)),
            ("postgres://u@h/d?sslmode=verify-full", Ok(SslMode::Require)),
            ("postgres://u@h/d?sslmode=prefer", Err("sslmode is")),
            ("postgres://u@h/d?sslmode=verify-ca", Err("sslmode is")),
            ("mysql://u@h/d", Err("postgres://")),
            ("postgres://u@h/d?unheard_of=1", Err("cannot be read")),
            (
                "postgres://u@h/d?sslmode=require&sslrootcert=missing.pem",
                Err("sslrootcert"),
            ),
        ] {
            match (Address::parse(url), expect) {
                (Ok(address), Ok(mode)) => assert_eq!(address.config.get_ssl_mode(), mode, "{url}"),
                (Err(error), Err(said)) => {
                    assert!(error.to_string().contains(said), "{url}: {error}");
                }
                (Ok(_), Err(_)) => panic!("{url} was taken"),
                (Err(error), Ok(_)) => panic!("{url}: {error}"),
            }
        }
    }

    #[test]
    fn further_options_are_the_librarys() {
        let url = "postgres://u@h/d?sslmode=disable&options=-csearch_path%3Dthreadline";
        let address = Address::parse(url).unwrap();
        let options = address.config.get_options();
        assert_eq!(options, Some("-csearch_path=threadline"));
    }
}

//! The mail server that takes our mails (RFC 5321, RFC 6409), and what it says.
//!
//! Whatever goes wrong before the mail's last line is known not to have been
//! sent. After that only the relay's answer tells: where it does not come,
//! nobody knows, and there is nothing in SMTP by which one could ask.

use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use lettre::address::Envelope;
use lettre::transport::smtp;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension, MailParameter};
use percent_encoding::percent_decode_str;
use threadline_core::model::Failure;
use tokio::time::{Instant, timeout};
use url::Url;

use crate::limits;
use crate::mail::clean;

/// Why an address is none of a relay.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RelayError {
    /// Not the address of a mail server.
    #[error("a mail server's address is smtps://user:password@host:465 or smtp://host:587")]
    Address,
    /// A protection that is none.
    #[error("after smtp://host?tls= comes required, which is meant without it, or none")]
    Tls,
    /// The library's reason.
    #[error("TLS cannot be used: {0}")]
    Unusable(#[from] smtp::Error),
}

/// How the way there is protected.
enum Protection {
    /// From the first byte (RFC 8314).
    Tls(TlsParameters),
    /// By STARTTLS, or nothing is said at all.
    StartTls(TlsParameters),
    /// Not at all: for a relay on the same machine.
    None,
}

/// A relay.
pub(crate) struct Relay {
    host: String,
    port: u16,
    protection: Protection,
    credentials: Option<Credentials>,
    hello: ClientId,
    /// Connections on which a mail was sent a moment ago.
    idle: Mutex<Vec<(AsyncSmtpConnection, Instant)>>,
}

/// Why the relay did not take a mail.
pub(super) enum Refused {
    /// It will not take it; for a person.
    ForGood(Failure),
    /// Not now.
    ForNow {
        /// For the log, which tells nothing of what the relay wrote.
        why: String,
        /// Whether that was its answer, or there was none.
        answered: bool,
    },
    /// Nobody knows whether it did.
    Unknown,
}

impl Relay {
    /// Reads a relay's address. `domain` is whose mails they are: by it we
    /// introduce ourselves.
    pub(crate) fn parse(address: &str, domain: &str) -> Result<Self, RelayError> {
        let url = Url::parse(address).map_err(|_| RelayError::Address)?;
        let host = url.host_str().ok_or(RelayError::Address)?;
        let host = host.trim_matches(['[', ']']).to_owned();
        let tls = || TlsParameters::new(host.clone());
        let (protection, port) = match (url.scheme(), url.query()) {
            ("smtps", None) => (Protection::Tls(tls()?), smtp::SUBMISSIONS_PORT),
            ("smtp", None | Some("tls=required")) => {
                (Protection::StartTls(tls()?), smtp::SUBMISSION_PORT)
            }
            ("smtp", Some("tls=none")) => (Protection::None, smtp::SUBMISSION_PORT),
            ("smtp" | "smtps", Some(_)) => return Err(RelayError::Tls),
            _ => return Err(RelayError::Address),
        };
        let plain = |text: &str| -> Result<String, RelayError> {
            let text = percent_decode_str(text).decode_utf8();
            Ok(text.map_err(|_| RelayError::Address)?.into_owned())
        };
        let credentials = match url.password() {
            Some(password) => Some(Credentials::new(plain(url.username())?, plain(password)?)),
            None if url.username().is_empty() => None,
            None => return Err(RelayError::Address),
        };
        Ok(Self {
            port: url.port().unwrap_or(port),
            host,
            protection,
            credentials,
            hello: ClientId::Domain(domain.to_owned()),
            idle: Mutex::default(),
        })
    }

    /// Offers a mail up to the point where the relay wants to have it.
    pub(super) async fn offer(&self, envelope: &Envelope) -> Result<Offered<'_>, Refused> {
        if let Some(connection) = self.idle() {
            match self.introduce(connection, envelope).await {
                // Closed meanwhile, by the relay's own clock.
                Err(Refused::ForNow {
                    answered: false, ..
                }) => {}
                offered => return offered,
            }
        }
        let fresh = within(limits::MAIL_CONNECT, self.connect()).await?;
        self.introduce(fresh, envelope).await
    }

    async fn introduce(
        &self,
        mut connection: AsyncSmtpConnection,
        envelope: &Envelope,
    ) -> Result<Offered<'_>, Refused> {
        let mut addresses = envelope.from().into_iter().chain(envelope.to());
        let international = addresses.any(|address| !address.to_string().is_ascii());
        if international
            && !connection
                .server_info()
                .supports_feature(Extension::SmtpUtfEight)
        {
            return Err(Refused::ForGood(Failure {
                code: "smtputf8".to_owned(),
                text: "The mail server takes no addresses with letters beyond ASCII.".to_owned(),
            }));
        }
        let parameters = international.then_some(MailParameter::SmtpUtfEight);
        let from = Mail::new(envelope.from().cloned(), parameters.into_iter().collect());
        let told = async {
            connection.command(from).await?;
            for to in envelope.to() {
                connection
                    .command(Rcpt::new(to.clone(), Vec::new()))
                    .await?;
            }
            connection.command(Data).await
        };
        within(limits::MAIL_ANSWER, async {
            told.await.map_err(|error| refused(&error))
        })
        .await?;
        Ok(Offered {
            relay: self,
            connection,
        })
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, Refused> {
        let connect = async {
            let tls = match &self.protection {
                Protection::Tls(tls) => Some(tls.clone()),
                Protection::StartTls(_) | Protection::None => None,
            };
            let server = (self.host.as_str(), self.port);
            let patience = Some(limits::MAIL_CONNECT);
            let mut connection =
                AsyncSmtpConnection::connect_tokio1(server, patience, &self.hello, tls, None)
                    .await?;
            if let Protection::StartTls(tls) = &self.protection {
                connection.starttls(tls.clone(), &self.hello).await?;
            }
            if let Some(credentials) = &self.credentials {
                let ways = [Mechanism::Plain, Mechanism::Login];
                connection.auth(&ways, credentials).await?;
            }
            Ok(connection)
        };
        // Even a refusal for good is about us here, and not about the mail.
        connect.await.map_err(|error: smtp::Error| Refused::ForNow {
            why: format!("no session: {}", Said(&error)),
            answered: error.status().is_some(),
        })
    }

    fn idle(&self) -> Option<AsyncSmtpConnection> {
        // Nothing panics while it holds the lock.
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.retain(|(_, since)| since.elapsed() < limits::MAIL_IDLE);
        idle.pop().map(|(connection, _)| connection)
    }

    fn keep(&self, connection: AsyncSmtpConnection) {
        // Nothing panics while it holds the lock.
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.push((connection, Instant::now()));
    }
}

/// A relay that waits for a mail.
pub(super) struct Offered<'a> {
    relay: &'a Relay,
    connection: AsyncSmtpConnection,
}

impl Offered<'_> {
    /// Hands the mail over.
    pub(super) async fn send(mut self, mail: &[u8]) -> Result<(), Refused> {
        match timeout(limits::MAIL_HANDOVER, self.connection.message(mail)).await {
            Ok(Ok(_)) => {
                self.relay.keep(self.connection);
                Ok(())
            }
            Ok(Err(error)) if error.status().is_some() => Err(refused(&error)),
            Ok(Err(_)) | Err(_) => Err(Refused::Unknown),
        }
    }
}

/// What an error means before the mail's last line, and one of the relay's own
/// after it.
fn refused(error: &smtp::Error) -> Refused {
    if !error.is_permanent() {
        return Refused::ForNow {
            why: Said(error).to_string(),
            answered: error.status().is_some(),
        };
    }
    let code = error.status().map(|code| code.to_string());
    let said = std::error::Error::source(error).map(ToString::to_string);
    let said = clean::line(&said.unwrap_or_default(), limits::MAIL_REASON_UNITS);
    Refused::ForGood(Failure {
        code: code.unwrap_or_default(),
        text: format!("The mail server refused it: {said}"),
    })
}

async fn within<T>(
    time: Duration,
    work: impl Future<Output = Result<T, Refused>>,
) -> Result<T, Refused> {
    let slow = Refused::ForNow {
        why: "no answer in time".to_owned(),
        answered: false,
    };
    timeout(time, work).await.unwrap_or(Err(slow))
}

/// What may go to the log: the kind of an error and the relay's number. Its
/// words may quote addresses.
struct Said<'a>(&'a smtp::Error);

impl fmt::Display for Said<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.status() {
            Some(code) => write!(f, "{code}"),
            None if self.0.is_tls() => f.write_str("TLS failed"),
            None if self.0.is_client() => f.write_str("it lacks what is asked of it"),
            None if self.0.is_timeout() => f.write_str("no answer in time"),
            None => f.write_str("the connection failed"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_says_how_the_way_is_protected() {
        for (address, expect) in [
            ("smtps://u:p%40ss@mail.example", Ok(("tls", 465, true))),
            ("smtps://mail.example:2465", Ok(("tls", 2465, false))),
            ("smtp://u:p@mail.example", Ok(("starttls", 587, true))),
            (
                "smtp://mail.example?tls=required",
                Ok(("starttls", 587, false)),
            ),
            ("smtp://127.0.0.1:25?tls=none", Ok(("none", 25, false))),
            ("smtp://mail.example?tls=opportunistic", Err("tls=")),
            ("smtps://mail.example?tls=none", Err("tls=")),
            ("smtp://user@mail.example", Err("smtps://")),
            ("https://mail.example", Err("smtps://")),
            ("mail.example:25", Err("smtps://")),
        ] {
            let relay = Relay::parse(address, "shop.example");
            match (relay, expect) {
                (Ok(relay), Ok(expect)) => {
                    let protection = match relay.protection {
                        Protection::Tls(_) => "tls",
                        Protection::StartTls(_) => "starttls",
                        Protection::None => "none",
                    };
                    let read = (protection, relay.port, relay.credentials.is_some());
                    assert_eq!(read, expect, "{address}");
                }
                (Err(error), Err(said)) => {
                    assert!(error.to_string().contains(said), "{address}: {error}");
                }
                (Ok(_), Err(_)) => panic!("{address} was taken"),
                (Err(error), Ok(_)) => panic!("{address}: {error}"),
            }
        }
    }
}

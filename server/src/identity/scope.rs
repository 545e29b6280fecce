//! What a token is good for, as its `scope` says (RFC 8693 §4.2): words with
//! spaces between them. It takes away from what the role allows and adds nothing;
//! a token that says nothing of it is good for all that the role allows.

use super::Claims;

/// One thing a token may be good for. Words that are none of these are meant for
/// somebody else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    /// Seeing what is there.
    Read,
    /// Commands, attachments, and one's own availability.
    Write,
    /// Bringing what a channel received.
    Channels,
    /// The team, revocations and bundles.
    Admin,
    /// Connections that sync: they read and write by themselves.
    Sync,
}

impl Scope {
    /// Its word in a token.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Scope::Read => "read",
            Scope::Write => "write",
            Scope::Channels => "channels",
            Scope::Admin => "admin",
            Scope::Sync => "sync",
        }
    }
}

impl Claims {
    /// Whether the token is good for this.
    pub(crate) fn grants(&self, scope: Scope) -> bool {
        let Some(granted) = &self.scope else {
            return true;
        };
        granted.split(' ').any(|word| word == scope.word())
    }
}

//! Refusals: what a command, a frame or a change gets when it may not pass.
//! A refusal changes nothing (spec §7).

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident = $code:literal,)*) => {
        /// Stable codes. A code never changes its meaning; the table is a
        /// snapshot test, because clients of every age read it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
        pub enum Code {
            $($(#[$doc])* #[serde(rename = $code)] $variant,)*
        }

        impl Code {
            /// Every code, in the order of the table.
            pub const ALL: &[Code] = &[$(Code::$variant,)*];

            /// The code as it is written on the wire and in logs.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Code::$variant => $code,)*
                }
            }
        }
    };
}

codes! {
    /// A value has the wrong shape or range.
    Invalid = "invalid",
    /// An id does not parse.
    InvalidId = "invalid_id",
    /// A text or list is beyond its limit.
    TooLong = "too_long",
    /// The thing does not exist, or may not be seen: both look the same.
    NotFound = "not_found",
    /// The role does not allow it.
    Forbidden = "forbidden",
    /// Only the assignee, their team or an admin may do this.
    NotAssignee = "not_assignee",
    /// The state does not allow it (closing what is closed).
    WrongState = "wrong_state",
    /// The workspace wants a topic before a conversation is closed.
    TopicRequired = "topic_required",
    /// The contact does not want to be written to.
    ContactDnd = "contact_dnd",
    /// The contact has no address on this channel.
    NoAddress = "no_address",
    /// The document is not loaded on this replica.
    NotLoaded = "not_loaded",
    /// A frame is larger than the limit.
    FrameTooLarge = "frame_too_large",
    /// A frame is not CBOR of the expected shape.
    BadFrame = "bad_frame",
    /// A frame of a type this side does not know.
    UnknownType = "unknown_type",
    /// A protocol version this side does not speak.
    UnknownVersion = "unknown_version",
    /// The first frame was not `hello`, or `hello` came twice.
    UnexpectedFrame = "unexpected_frame",
    /// No token, or one that does not verify.
    BadToken = "bad_token",
    /// The token's time is over.
    TokenExpired = "token_expired",
    /// Too much in too little time.
    RateLimited = "rate_limited",
    /// A chunk is not a change, or does not decode.
    BadChange = "bad_change",
    /// A change is larger than the limits.
    ChangeTooLarge = "change_too_large",
    /// The change's actor belongs to another member.
    ForeignActor = "foreign_actor",
    /// The change's author is not the session's member.
    ForeignAuthor = "foreign_author",
    /// The change's sequence number is not the actor's next.
    BadSequence = "bad_sequence",
    /// A dependency is unknown here, or was refused.
    MissingDependency = "missing_dependency",
    /// The change's operation counter leaps ahead.
    BadStartOp = "bad_start_op",
    /// The change is not in canonical form.
    NotCanonical = "not_canonical",
    /// The change touches a path that the schema does not have.
    SchemaViolation = "schema_violation",
    /// The document would grow beyond its limit.
    DocumentTooLarge = "document_too_large",
    /// The document cannot be loaded and is set aside.
    Quarantined = "quarantined",
    /// The change depended on one that was refused.
    DependsOnRefused = "depends_on_refused",
    /// Storage could not take the change; try again.
    Unavailable = "unavailable",
    /// The receiver was too slow; reconnect and resync.
    Resync = "resync",
    /// The server is going away; reconnect.
    GoingAway = "going_away",
    /// The workspace's room is used up: for attachments, or for documents.
    QuotaExceeded = "quota_exceeded",
    /// The member does not qualify for the channel.
    ChannelNotQualified = "channel_not_qualified",
    /// The person whom the document was about was erased.
    Erased = "erased",
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Why something was refused: a stable code, a sentence for a person, and the
/// field concerned where there is one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[error("{code}: {text}")]
pub struct Refusal {
    /// The stable code.
    pub code: Code,
    /// A sentence for a person.
    pub text: String,
    /// The field concerned, by its name in the command.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub field: Option<String>,
}

impl Refusal {
    /// A refusal that concerns no single field.
    pub fn new(code: Code, text: impl Into<String>) -> Self {
        Self {
            code,
            text: text.into(),
            field: None,
        }
    }

    /// The same refusal, naming the field concerned.
    #[must_use]
    pub fn on(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }

    /// The same refusal, in a part of what was asked for: what was on `title` is on
    /// `actions/0/title`.
    #[must_use]
    pub fn within(mut self, part: &str) -> Self {
        let field = self.field.map(|field| format!("{part}/{field}"));
        self.field = Some(field.unwrap_or_else(|| part.to_owned()));
        self
    }
}

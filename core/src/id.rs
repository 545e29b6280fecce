//! Identifiers. An id is never a bare string: each kind has its own type, in
//! Rust here and as a tagged type in TypeScript.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::error::{Code, Refusal};

/// Where new ids come from. The edge implements it (random UUIDv7 in
/// production, a counter in tests); the core never draws an id itself.
pub trait Ids {
    /// The next id; never the same twice.
    fn next_id(&mut self) -> Uuid;
}

/// Ids in order, for tests: those after the number it holds.
#[cfg(test)]
pub(crate) struct Counter(pub(crate) u128);

#[cfg(test)]
impl Ids for Counter {
    fn next_id(&mut self) -> Uuid {
        self.0 += 1;
        Uuid::from_u128(self.0)
    }
}

macro_rules! uuid_id {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
        #[serde(transparent)]
        pub struct $name(
            #[serde(with = "uuid::serde::hyphenated")]
            #[cfg_attr(feature = "typescript", tsify(type = "string"))]
            pub Uuid,
        );

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = Refusal;
            fn from_str(text: &str) -> Result<Self, Refusal> {
                Uuid::parse_str(text)
                    .map($name)
                    .map_err(|_| Refusal::new(Code::InvalidId, "This is not an id.").on("id"))
            }
        }
    )*};
}

uuid_id! {
    /// A person who writes to the team.
    ContactId;
    /// Everything exchanged with one contact over a period.
    ConversationId;
    /// One message or call.
    InteractionId;
    /// A private note of the team.
    NoteId;
    /// A planned activity.
    TaskId;
    /// A logged discussion.
    TopicId;
    /// A scheduled meeting.
    AppointmentId;
    /// A deal of a contact in a pipeline.
    OpportunityId;
    /// A canned reply.
    TemplateId;
    /// An automation.
    FlowId;
    /// One entry of the audit trail.
    ActivityId;
}

macro_rules! name_id {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        /// At most 64 bytes of `A-Z a-z 0-9 . _ @ -`.
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(
            #[cfg_attr(feature = "typescript", tsify(type = "string"))]
            String,
        );

        impl $name {
            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = Refusal;
            fn try_from(text: String) -> Result<Self, Refusal> {
                let fits = !text.is_empty()
                    && text.len() <= 64
                    && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"._@-".contains(&b));
                if fits {
                    Ok($name(text))
                } else {
                    Err(Refusal::new(Code::InvalidId, "An id has 1 to 64 letters, digits or . _ @ -").on("id"))
                }
            }
        }

        impl FromStr for $name {
            type Err = Refusal;
            fn from_str(text: &str) -> Result<Self, Refusal> {
                $name::try_from(text.to_owned())
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

name_id! {
    /// One customer organisation: the tenant boundary.
    WorkspaceId;
    /// A person on the team, as the host's token names them (`sub`).
    MemberId;
    /// A named group of members.
    TeamId;
    /// An entry of one of the workspace's lists: a purpose, a task type, a tag,
    /// a custom field, a pipeline or one of its stages.
    ChoiceId;
}

/// Namespace of all ids that Threadline derives (UUIDv5, RFC 9562 §5.5).
const DERIVED: Uuid = Uuid::from_u128(0x7d0f_9c1e_52a4_5f0e_9b1d_2c6f_8a41_e370);

impl ContactId {
    /// The contact that a channel address stands for while nobody has saved
    /// it: two machines that meet the same address make the same contact.
    /// `address` is normalised by the channel (e-mail: lower case).
    pub fn of_identity(workspace: &WorkspaceId, channel: &str, address: &str) -> Self {
        let name = format!("contact\n{workspace}\n{channel}\n{address}");
        Self(Uuid::new_v5(&DERIVED, name.as_bytes()))
    }

    /// The contact without an address that a file of contacts calls by `uid`:
    /// taking the file in twice makes one contact.
    pub fn of_file(workspace: &WorkspaceId, uid: &str) -> Self {
        let name = format!("contact\n{workspace}\nfile\n{uid}");
        Self(Uuid::new_v5(&DERIVED, name.as_bytes()))
    }
}

impl InteractionId {
    /// The message that a channel knows by `external_id`: taking it in twice
    /// makes one message.
    pub fn of_external(workspace: &WorkspaceId, channel: &str, external_id: &str) -> Self {
        let name = format!("interaction\n{workspace}\n{channel}\n{external_id}");
        Self(Uuid::new_v5(&DERIVED, name.as_bytes()))
    }
}

impl ActivityId {
    /// The run of a flow in a conversation for something that happened there:
    /// whoever runs it, and however often, it is the same run.
    pub fn of_run(flow: FlowId, conversation: ConversationId, happened: &str) -> Self {
        let name = format!("flow\n{flow}\n{conversation}\n{happened}");
        Self(Uuid::new_v5(&DERIVED, name.as_bytes()))
    }
}

/// The ids of what a run of a flow makes, in their order: run again, it makes
/// the same.
pub struct RunIds {
    run: ActivityId,
    next: u32,
}

impl RunIds {
    /// The ids of a run.
    pub fn new(run: ActivityId) -> Self {
        Self { run, next: 0 }
    }
}

impl Ids for RunIds {
    fn next_id(&mut self) -> Uuid {
        self.next += 1;
        Uuid::new_v5(&self.run.0, &self.next.to_be_bytes())
    }
}

impl WorkspaceId {
    /// The UUID under which the workspace's own document goes where documents
    /// are named by UUIDs alone.
    pub fn document(&self) -> Uuid {
        let name = format!("workspace\n{self}");
        Uuid::new_v5(&DERIVED, name.as_bytes())
    }
}

impl ConversationId {
    /// The unlinked conversation that an interaction with an unsaved contact
    /// makes (spec F3.3): taking it in twice makes one conversation.
    pub fn of_interaction(interaction: InteractionId) -> Self {
        let name = format!("conversation\n{interaction}");
        Self(Uuid::new_v5(&DERIVED, name.as_bytes()))
    }

    /// The `ordinal`-th conversation with a contact. Derived, so that two
    /// members who start it offline meet in one document (spec §5).
    pub fn of_contact(contact: ContactId, ordinal: u32) -> Self {
        let name = format!("conversation\n{contact}\n{ordinal}");
        Self(Uuid::new_v5(&DERIVED, name.as_bytes()))
    }
}

/// One document of a workspace: its kind and id, written `kind:uuid`. The
/// workspace's own document is the only one of its kind, written `workspace`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(try_from = "String", into = "String")]
#[cfg_attr(
    feature = "typescript",
    tsify(type = "`contact:${string}` | `conversation:${string}` | 'workspace'")
)]
pub enum DocumentId {
    /// A contact's document.
    Contact(ContactId),
    /// A conversation's document.
    Conversation(ConversationId),
    /// The workspace's policies, lists, teams, templates and saved views.
    Workspace,
    /// A document of a member's own, brought by another Automerge program:
    /// without schema, row or text, and only where the workspace admits them.
    Free(Uuid),
}

impl fmt::Display for DocumentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DocumentId::Contact(id) => write!(f, "contact:{id}"),
            DocumentId::Conversation(id) => write!(f, "conversation:{id}"),
            DocumentId::Workspace => f.write_str("workspace"),
            DocumentId::Free(id) => write!(f, "free:{id}"),
        }
    }
}

impl FromStr for DocumentId {
    type Err = Refusal;
    fn from_str(text: &str) -> Result<Self, Refusal> {
        let no_id = || Refusal::new(Code::InvalidId, "This is not a document's id.").on("doc");
        match text.split_once(':') {
            Some(("contact", id)) => Ok(DocumentId::Contact(id.parse()?)),
            Some(("conversation", id)) => Ok(DocumentId::Conversation(id.parse()?)),
            Some(("free", id)) => Uuid::parse_str(id)
                .map(DocumentId::Free)
                .map_err(|_| no_id()),
            None if text == "workspace" => Ok(DocumentId::Workspace),
            _ => Err(no_id()),
        }
    }
}

impl TryFrom<String> for DocumentId {
    type Error = Refusal;
    fn try_from(text: String) -> Result<Self, Refusal> {
        text.parse()
    }
}

impl From<DocumentId> for String {
    fn from(id: DocumentId) -> String {
        id.to_string()
    }
}

impl From<ConversationId> for DocumentId {
    fn from(id: ConversationId) -> Self {
        DocumentId::Conversation(id)
    }
}

impl From<ContactId> for DocumentId {
    fn from(id: ContactId) -> Self {
        DocumentId::Contact(id)
    }
}

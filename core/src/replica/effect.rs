//! What a replica wants done, as data, and what storage gives back to it.

use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

use super::notices::Notice;
use crate::command::Command;
use crate::error::Refusal;
use crate::id::{ConversationId, DocumentId};
use crate::model::{ContactView, ConversationHeader, Item, Member, Row};
use crate::sync::frame::Whereabouts;
use crate::time::Timestamp;

/// One change as storage keeps it, under its hash in lower-case hex.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct Chunk {
    /// The change's hash.
    pub hash: String,
    /// The raw change.
    #[cfg_attr(feature = "typescript", tsify(type = "Uint8Array"))]
    pub bytes: ByteBuf,
}

/// A command whose change the server has not confirmed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct PendingEntry {
    /// Hash of its change; the chunk of the same hash holds the bytes.
    pub hash: String,
    /// The document.
    pub doc: DocumentId,
    /// The tab session that made it.
    pub actor: String,
    /// When.
    pub at: Timestamp,
    /// The command.
    pub command: Command,
    /// Its place among the entries of its tab session.
    #[cfg_attr(feature = "typescript", tsify(type = "number"))]
    pub order: u32,
}

/// A command that waits for the server's confirmation, for showing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct Waiting {
    /// Hash of its change.
    pub hash: String,
    /// The document.
    pub doc: DocumentId,
    /// When it was given.
    pub at: Timestamp,
    /// The command.
    pub command: Command,
}

/// A command that the server refused, kept until its author settles it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct Refused {
    /// Hash of the refused change.
    pub id: String,
    /// The document.
    pub doc: DocumentId,
    /// When the command was given.
    pub at: Timestamp,
    /// The command.
    pub command: Command,
    /// Why it was refused.
    pub refusal: Refusal,
}

/// A row as storage keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct StoredRow {
    /// The document.
    pub doc: DocumentId,
    /// The sequence number of its last confirmed change.
    #[cfg_attr(feature = "typescript", tsify(type = "number"))]
    pub seq: u64,
    /// The server's heads of the document, in lower-case hex.
    pub heads: Vec<String>,
    /// The summary.
    pub row: Row,
}

/// All that storage kept of a replica but the chunks.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase", default)]
pub struct Saved {
    /// The database epoch of the rows; empty at the very first time.
    pub epoch: String,
    /// The last sequence number of the rows.
    #[cfg_attr(feature = "typescript", tsify(type = "number"))]
    pub cursor: u64,
    /// Who this replica works for.
    #[cfg_attr(feature = "typescript", tsify(optional))]
    pub member: Option<Member>,
    /// Everyone on the team.
    pub members: Vec<Member>,
    /// The rows.
    pub rows: Vec<StoredRow>,
    /// Commands the server has not confirmed, of every tab session.
    pub outbox: Vec<PendingEntry>,
    /// Commands the server refused.
    pub refused: Vec<Refused>,
}

/// A teammate in a conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct Person {
    /// Their session.
    #[cfg_attr(feature = "typescript", tsify(type = "number"))]
    pub session: u64,
    /// The member.
    pub member: crate::id::MemberId,
    /// What they do there.
    pub here: Whereabouts,
}

/// How far this replica is from the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "snake_case")]
pub enum SyncPhase {
    /// Connected, nothing waits.
    Synced,
    /// Connected, something is under way.
    Syncing,
    /// Not connected.
    Offline,
}

/// How far this replica is from the server, in numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct SyncState {
    /// In a word.
    pub state: SyncPhase,
    /// Unconfirmed commands.
    pub waiting: u32,
    /// Refused commands that nobody settled.
    pub refused: u32,
}

/// Something to do outside the core. In order.
#[cfg_attr(
    not(target_arch = "wasm32"),
    expect(clippy::large_enum_variant, reason = "effects live for one call")
)]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(tsify::Tsify))]
#[serde(
    tag = "type",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
#[cfg_attr(feature = "typescript", tsify(missing_as_null))]
pub enum Effect {
    /// Send a frame to the server.
    Send {
        /// The frame.
        #[cfg_attr(feature = "typescript", tsify(type = "Uint8Array"))]
        frame: ByteBuf,
    },
    /// The server ended the session: close, and come back as told.
    Disconnect {
        /// Why.
        refusal: Refusal,
        /// Milliseconds to wait at least; `null` where the server names none.
        #[cfg_attr(feature = "typescript", tsify(type = "number | null"))]
        retry_after: Option<u64>,
        /// Whether it is the token that the server does not take: come back
        /// with another one, and not with this.
        wants_token: bool,
    },
    /// Keep chunks, and entries of the outbox, in one transaction.
    Store {
        /// The document.
        doc: DocumentId,
        /// Its new chunks.
        chunks: Vec<Chunk>,
        /// New entries of the outbox.
        pending: Vec<PendingEntry>,
        /// Whether they were made here, so that other tabs want to hear of them.
        local: bool,
    },
    /// Keep a snapshot in place of the chunks that were loaded last, and of no
    /// others.
    Compact {
        /// The document.
        doc: DocumentId,
        /// The snapshot.
        #[cfg_attr(feature = "typescript", tsify(type = "Uint8Array"))]
        bytes: ByteBuf,
    },
    /// The server confirmed: drop the entries from the outbox.
    Acked {
        /// The document.
        doc: DocumentId,
        /// The changes' hashes.
        hashes: Vec<String>,
    },
    /// Refused or rewritten: drop chunks and entries, tell other tabs.
    Remove {
        /// The document.
        doc: DocumentId,
        /// The changes' hashes.
        hashes: Vec<String>,
    },
    /// Keep rows and the cursor.
    Rows {
        /// The rows that moved.
        rows: Vec<StoredRow>,
        /// The cursor.
        #[cfg_attr(feature = "typescript", tsify(type = "number"))]
        cursor: u64,
        /// Its epoch.
        epoch: String,
    },
    /// Forget documents, rows and chunks: they were erased, or a server that was
    /// restored does not have them and nor does anything here.
    Forget {
        /// The documents.
        docs: Vec<DocumentId>,
    },
    /// Keep who we are.
    Session {
        /// The member.
        member: Member,
        /// Everyone on the team.
        members: Vec<Member>,
        /// The database's epoch.
        epoch: String,
    },
    /// Read a document's chunks and answer with `load`.
    Load {
        /// The document.
        doc: DocumentId,
    },
    /// The document is here with all that the server has.
    Complete {
        /// The document.
        doc: DocumentId,
    },
    /// A view changed.
    Changed {
        /// The document.
        doc: DocumentId,
        /// Items that are new or different.
        items: Vec<Item>,
        /// The header, if it may differ.
        header: Option<ConversationHeader>,
        /// The contact, if this is one.
        contact: Option<ContactView>,
        /// Whether to forget what was shown and read the view again.
        reset: bool,
    },
    /// Somebody else brought what the member wants to know of.
    Notify {
        /// What.
        notice: Notice,
    },
    /// The list changed.
    RowsChanged,
    /// Somebody came, moved or left.
    Presence {
        /// Where.
        conversation: ConversationId,
    },
    /// A command was refused: keep it and show it.
    Refused {
        /// The command and the reason.
        refused: Refused,
    },
    /// A refused command was settled: forget it.
    Discarded {
        /// Its id.
        id: String,
    },
    /// The sync state changed.
    SyncState,
}

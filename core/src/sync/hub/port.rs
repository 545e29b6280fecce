//! What goes into the hub and what comes out: the whole of its contract with
//! the process around it.

use std::collections::{BTreeMap, BTreeSet};

use automerge::ActorId;
use bytes::Bytes;

use crate::command::{Command, CommandResult, Outcome};
use crate::error::{Code, Refusal};
use crate::id::{ConversationId, DocumentId, InteractionId, MemberId};
use crate::model::{Member, RowEntry, TextEntry};
use crate::sync::frame::Presence;
use crate::time::Timestamp;

/// A connection, numbered by the process around the hub; never used twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionId(pub u64);

/// What a verified token allows. The process verifies the token; the hub
/// watches the clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// Who the token names, as the directory knows them.
    pub member: Member,
    /// The token's `exp`.
    pub expires: Timestamp,
    /// What the member's program is.
    pub client: Client,
}

/// What kind of program a session serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Client {
    /// Ours: it names its member as the author in its changes, and follows the
    /// rows.
    Native,
    /// One of automerge-repo, behind the adapter: it names nobody, so an actor
    /// is bound to its member by its first change alone; and it knows no rows.
    Repo {
        /// Whether it may have free documents.
        free: bool,
    },
}

/// A document as storage has it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StoredDocument {
    /// Its raw changes, in any order.
    pub changes: Vec<Vec<u8>>,
    /// The workspace's sequence number of the document's last change.
    pub seq: u64,
    /// Which member each actor of this document belongs to.
    pub actors: Vec<(ActorId, MemberId)>,
}

/// What happened.
#[allow(clippy::large_enum_variant, reason = "an input lives for one call")]
#[derive(Clone, Debug)]
pub enum Input {
    /// A socket was opened.
    Connected {
        /// Its session.
        session: SessionId,
    },
    /// A binary message arrived.
    Frame {
        /// From whom.
        session: SessionId,
        /// The message.
        bytes: Vec<u8>,
    },
    /// The socket is gone. Also sent after [`Output::Close`].
    Disconnected {
        /// Its session.
        session: SessionId,
    },
    /// The answer to [`Output::Authenticate`].
    Authenticated {
        /// Whose token it was.
        session: SessionId,
        /// What the token allows, or why it does not pass.
        grant: Result<Grant, Refusal>,
    },
    /// A session's token counts no more.
    Revoked {
        /// Whose token it was.
        session: SessionId,
    },
    /// The answer to [`Output::Load`].
    Loaded {
        /// The document.
        doc: DocumentId,
        /// What storage has; `None` where it has nothing.
        stored: Result<Option<StoredDocument>, Refusal>,
    },
    /// The answer to [`Output::Store`].
    Stored {
        /// The batch's id.
        batch: u64,
        /// `Ok` only when every entry would survive a power cut.
        result: Result<Appended, AppendError>,
    },
    /// The log may have gone on: somebody said so, or storage was asked. May
    /// come late, twice, in any order or never; what counts is the log.
    Moved {
        /// The sequence number that was heard of.
        seq: u64,
    },
    /// The answer to [`Output::ReadLog`].
    LogRead(Result<LogPage, Refusal>),
    /// The answer to [`Output::ReadPast`].
    PastRead(Result<LogPage, Refusal>),
    /// The answer to [`Output::ReadRows`].
    RowsRead {
        /// For whom.
        session: SessionId,
        /// The page, in sequence order.
        rows: Vec<RowEntry>,
        /// The sequence number up to which the session now has every row.
        cursor: u64,
        /// Whether there was nothing behind the page.
        complete: bool,
    },
    /// The server's own command: a channel's, a timer's, the API's.
    Execute {
        /// Names the answer.
        ticket: u64,
        /// In whose name.
        member: Member,
        /// What.
        command: Command,
    },
    /// A member moved whose session is another server's. May come late, twice, in
    /// any order or never.
    Present(Presence),
    /// The team changed.
    Directory {
        /// Everyone on it.
        members: Vec<Member>,
    },
    /// About a second went by.
    Tick,
    /// The process is about to end.
    GoingAway,
}

/// What is to be done, in this order.
#[derive(Clone, Debug)]
pub enum Output {
    /// Send a binary message.
    Send {
        /// To whom.
        session: SessionId,
        /// The message; those who get the same share its bytes.
        frame: Bytes,
    },
    /// Close the socket once everything before was sent.
    Close {
        /// Whose.
        session: SessionId,
    },
    /// Verify a token; answer with [`Input::Authenticated`].
    Authenticate {
        /// Whose it is.
        session: SessionId,
        /// The token as it came.
        token: String,
    },
    /// Read a document; answer with [`Input::Loaded`].
    Load {
        /// The document.
        doc: DocumentId,
    },
    /// Write in one transaction; answer with [`Input::Stored`] once durable.
    /// There is never more than one on its way.
    Store(Batch),
    /// Read the log in sequence order; answer with [`Input::LogRead`]. There
    /// is never more than one on its way.
    ReadLog {
        /// Entries with a greater sequence number than this.
        after: u64,
        /// At most this many.
        limit: usize,
    },
    /// Read the log where it was told here before, for flows; answer with
    /// [`Input::PastRead`]. There is never more than one on its way.
    ReadPast {
        /// Entries with a greater sequence number than this.
        after: u64,
        /// At most this many.
        limit: usize,
    },
    /// Read rows in sequence order; answer with [`Input::RowsRead`].
    ReadRows {
        /// For whom.
        session: SessionId,
        /// Rows with a greater sequence number than this.
        after: u64,
        /// At most this many.
        limit: usize,
    },
    /// The answer to [`Input::Execute`]: what it did is durable.
    Executed {
        /// The ticket of the command.
        ticket: u64,
        /// What it did, or why it was refused.
        result: CommandResult,
    },
    /// Tell the other servers where a member is; nothing depends on that they hear.
    Present(Presence),
    /// A document does not load. It is refused from now on, the others are not.
    /// It is tried again from time to time.
    Quarantined {
        /// The document.
        doc: DocumentId,
        /// What the loader said; for operators, not for clients.
        text: String,
    },
    /// A flow could not run in a document, and will not: the document takes nothing
    /// more, is damaged, or is there no more.
    FlowFailed {
        /// The document.
        doc: DocumentId,
        /// Why; for operators, not for clients.
        text: String,
    },
    /// A document that was set aside has loaded, and is served again.
    Mended {
        /// The document.
        doc: DocumentId,
    },
}

/// What must become durable together. Sequence numbers in it are relative:
/// the first entry has 1. Which they are in the workspace, storage says when
/// it has appended them ([`Batch::place_after`]).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Batch {
    /// Names the answer.
    pub id: u64,
    /// The changes, numbered 1, 2, 3 …
    pub entries: Vec<Entry>,
    /// One row for each document touched, as it is after the last entry.
    pub rows: Vec<RowEntry>,
    /// Searchable texts that may differ now, for an index; an empty one is to
    /// be forgotten.
    pub texts: Vec<(DocumentId, TextEntry)>,
    /// Mails that the batch touched and that are due to be sent, each by its
    /// conversation. Storage keeps each of them once, however often it is named.
    pub outgoing: Vec<(ConversationId, InteractionId)>,
    /// For documents of the batch, the workspace's sequence number of the last
    /// change that whoever made the batch knew of; 0 for none. Where storage
    /// has a later one, the batch was made from an old copy and is not taken.
    pub known: Vec<(DocumentId, u64)>,
    /// The commands whose changes these are, by their tickets, with what they
    /// did: so that what was promised to be done once is noted as done with it.
    pub executed: Vec<(u64, Outcome)>,
}

impl Batch {
    /// Turns the relative numbers into the workspace's, which go on after `last`.
    pub fn place_after(&mut self, last: u64) {
        for entry in &mut self.entries {
            entry.seq += last;
        }
        for row in &mut self.rows {
            row.seq += last;
        }
    }

    /// The actors that belong to others than those in whose names they wrote
    /// here; see [`AppendError::Foreign`]. An actor belongs to its member in
    /// `owners`, which is what storage knows, or else to that of its first entry.
    pub fn foreign(&self, owners: &BTreeMap<ActorId, MemberId>) -> BTreeSet<(ActorId, MemberId)> {
        let mut new: BTreeMap<&ActorId, &MemberId> = BTreeMap::new();
        let mut foreign = BTreeSet::new();
        for Entry { actor, member, .. } in &self.entries {
            let owner = owners.get(actor);
            let owner = owner.unwrap_or_else(|| new.entry(actor).or_insert(member));
            if owner != member {
                foreign.insert((actor.clone(), member.clone()));
            }
        }
        foreign
    }
}

/// One line of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Place in the batch, and once that is placed in the workspace's sequence.
    pub seq: u64,
    /// The document.
    pub doc: DocumentId,
    /// The change's hash.
    pub hash: [u8; 32],
    /// The change as an uncompressed Automerge chunk.
    pub bytes: Vec<u8>,
    /// The change's actor. New ones are bound to `member`, workspace-wide.
    pub actor: ActorId,
    /// Who made it.
    pub member: MemberId,
    /// The session that brought it; `None` for the server's own commands.
    pub session: Option<SessionId>,
    /// When it arrived.
    pub received_at: Timestamp,
}

/// A batch was appended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Appended {
    /// The workspace's sequence number of its first entry; the others follow
    /// without a gap.
    pub first: u64,
}

/// Why a batch was not appended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AppendError {
    /// A document of the batch has a later change than [`Batch::known`] says.
    /// Nothing was stored.
    Moved,
    /// Actors of the batch belong to other members of the workspace than those
    /// in whose names they wrote. Nothing was stored.
    Foreign {
        /// All of them, each with the member whose it is not: its owner may have
        /// written in the same batch, and did nothing wrong.
        actors: BTreeSet<(ActorId, MemberId)>,
    },
    /// There is no room for new documents that sessions brought. Nothing was
    /// stored.
    Full {
        /// Those that found none; for the others of the batch there is room.
        documents: BTreeSet<DocumentId>,
    },
    /// Storage failed. All of the batch may have been stored all the same, or
    /// nothing: a commit whose answer was lost is a failure too.
    Refused(Refusal),
}

impl From<AppendError> for Refusal {
    fn from(error: AppendError) -> Self {
        match error {
            AppendError::Moved => Refusal::new(
                Code::Unavailable,
                "Somebody else has written meanwhile; try again.",
            ),
            AppendError::Foreign { .. } => Refusal::new(
                Code::ForeignActor,
                "The change's actor belongs to another member.",
            ),
            AppendError::Full { .. } => Refusal::new(
                Code::QuotaExceeded,
                "The workspace has its largest number of documents.",
            ),
            AppendError::Refused(refusal) => refusal,
        }
    }
}

/// A line of the log as storage gives it back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logged {
    /// Place in the workspace's sequence.
    pub seq: u64,
    /// The document.
    pub doc: DocumentId,
    /// The change as an uncompressed Automerge chunk.
    pub bytes: Vec<u8>,
    /// The change's actor.
    pub actor: ActorId,
    /// Whose actor it is.
    pub member: MemberId,
}

impl From<&Entry> for Logged {
    /// The entry as it is read back, its number as it stands.
    fn from(entry: &Entry) -> Self {
        Self {
            seq: entry.seq,
            doc: entry.doc,
            bytes: entry.bytes.clone(),
            actor: entry.actor.clone(),
            member: entry.member.clone(),
        }
    }
}

/// A stretch of the log, read at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogPage {
    /// The entries, in sequence order.
    pub entries: Vec<Logged>,
    /// The rows whose sequence number lies in the stretch. The row of a
    /// document that has moved on since is in the page of its last change.
    pub rows: Vec<RowEntry>,
    /// The sequence number up to which the page tells everything: the last
    /// entry's, or the workspace's last one where the page is complete.
    pub cursor: u64,
    /// Whether there was nothing behind the page.
    pub complete: bool,
}

/// What tells whether anything has happened in a workspace; one cheap read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pulse {
    /// The sequence number of the last change.
    pub seq: u64,
    /// Counts the changes of the directory of members.
    pub team: u64,
    /// Counts the revocations of tokens and members.
    pub revoked: u64,
    /// Counts the erasures of people: after one, what a hub has in memory is
    /// not what is stored, and it must begin anew.
    pub erasures: u64,
}

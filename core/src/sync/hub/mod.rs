//! The server's end of the session, for one workspace. Sans-IO: inputs go in,
//! outputs come out, and the process around it owns sockets, tokens and
//! storage.

mod port;

pub use automerge::ActorId;
pub use port::{Batch, Entry, Grant, Input, Output, SessionId, StoredDocument};

use crate::id::{Ids, WorkspaceId};
use crate::model::Member;
use crate::time::Timestamp;

/// One workspace's sessions and documents.
pub struct Hub {
    workspace: WorkspaceId,
    epoch: String,
    seq: u64,
    members: Vec<Member>,
    actor: ActorId,
    ids: Box<dyn Ids + Send>,
}

impl Hub {
    /// A hub without sessions. `seq` is the workspace's last sequence number,
    /// `actor` a fresh random one for the server's own commands.
    pub fn new(
        workspace: WorkspaceId,
        epoch: String,
        seq: u64,
        members: Vec<Member>,
        actor: ActorId,
        ids: Box<dyn Ids + Send>,
    ) -> Self {
        Self {
            workspace,
            epoch,
            seq,
            members,
            actor,
            ids,
        }
    }

    /// Takes one input. Work on documents waits for [`Hub::flush`].
    pub fn handle(&mut self, now: Timestamp, input: Input) -> Vec<Output> {
        let _ = (now, input);
        Vec::new()
    }

    /// Does the work that gathered: call it once after each round of inputs.
    /// What came for one document is checked, applied and stored together.
    pub fn flush(&mut self, now: Timestamp) -> Vec<Output> {
        let _ = now;
        Vec::new()
    }
}

//! One task per workspace runs the core's hub: inputs from sockets and
//! channels in, frames and storage out. Everything it decides, the core decides.

mod lookout;
mod task;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use threadline_core::command::{Command, Outcome};
use threadline_core::error::Refusal;
use threadline_core::id::{DocumentId, MemberId, WorkspaceId};
use threadline_core::model::{Member, Role};
use threadline_core::sync::hub::{ActorId, Hub, Pulse, SessionId};
use threadline_core::sync::repo::Ephemeral;
use tokio::sync::{broadcast, mpsc, oneshot, watch};

use crate::app::App;
use crate::clock::{self, RandomIds};
use crate::directory::{Directory, Edit};
use crate::identity::{Claims, Revocation};
use crate::limits;
use crate::store::{Opened, unavailable};
use crate::sync::Outbox;
use crate::zones;

use task::Task;

/// What comes to a workspace from outside.
enum Message {
    /// A socket whose token is for this workspace; its first frame follows.
    Connect {
        session: SessionId,
        outbox: Outbox,
        /// What it was admitted with already, where that was not a token.
        claims: Option<Claims>,
    },
    Frame {
        session: SessionId,
        bytes: Vec<u8>,
    },
    Disconnect {
        session: SessionId,
    },
    Execute {
        /// In whose name; the server's own where nobody is named.
        by: Option<Claims>,
        /// Its number in the store, where it is to be done once.
        ticket: Option<u64>,
        command: Box<Command>,
        answer: oneshot::Sender<Result<Outcome, Refusal>>,
    },
    /// A member edits the team.
    Edit {
        by: Claims,
        edit: Edit,
        answer: oneshot::Sender<Result<Member, Refusal>>,
    },
    /// An admin takes tokens back.
    Revoke {
        by: Claims,
        revocation: Revocation,
        answer: oneshot::Sender<Result<(), Refusal>>,
    },
}

/// A handle to a running workspace.
#[derive(Clone)]
pub(crate) struct Workspace {
    messages: mpsc::Sender<Message>,
    directory: watch::Receiver<Directory>,
    gossip: broadcast::Sender<Gossip>,
    epoch: Arc<str>,
}

/// What a client of automerge-repo says to the other readers of a document.
#[derive(Clone)]
pub(crate) struct Gossip {
    /// The session it came from.
    pub(crate) from: SessionId,
    /// The document.
    pub(crate) doc: DocumentId,
    /// What it says.
    pub(crate) word: Arc<Ephemeral>,
}

impl Workspace {
    /// Whether the task behind it still takes messages.
    pub(crate) fn is_running(&self) -> bool {
        !self.messages.is_closed()
    }

    /// Changes when the database is restored, and when a person is erased.
    pub(crate) fn epoch(&self) -> &str {
        &self.epoch
    }

    /// Whether nobody else has one.
    pub(crate) fn is_last_handle(&self) -> bool {
        self.messages.strong_count() == 1
    }

    /// Brings a socket in. Its frames follow, the first one being `hello`.
    pub(crate) async fn connect(&self, session: SessionId, outbox: Outbox) -> Result<(), Refusal> {
        self.send(Message::Connect {
            session,
            outbox,
            claims: None,
        })
        .await
    }

    /// The same for who came with a ticket, whose claims stand for the token:
    /// the `hello` has an empty one.
    pub(crate) async fn connect_as(
        &self,
        session: SessionId,
        outbox: Outbox,
        claims: Claims,
    ) -> Result<(), Refusal> {
        self.send(Message::Connect {
            session,
            outbox,
            claims: Some(claims),
        })
        .await
    }

    /// Where ephemeral messages pass between sessions of this process.
    pub(crate) fn gossip(&self) -> &broadcast::Sender<Gossip> {
        &self.gossip
    }

    /// Hands over a frame; waits while the workspace has its hands full.
    pub(crate) async fn frame(&self, session: SessionId, bytes: Vec<u8>) -> Result<(), Refusal> {
        self.send(Message::Frame { session, bytes }).await
    }

    /// Tells that a socket is gone.
    pub(crate) async fn disconnect(&self, session: SessionId) {
        // A workspace that has stopped has forgotten the session already.
        let _ = self.send(Message::Disconnect { session }).await;
    }

    /// Executes a command as the server. Answered when it is durable.
    pub(crate) async fn execute(&self, command: Command) -> Result<Outcome, Refusal> {
        self.order(None, None, command).await
    }

    /// Executes a command in the name of whom the claims name. What it did is kept
    /// with its change where `ticket` is that of a [`crate::store::Once`].
    pub(crate) async fn execute_as(
        &self,
        by: Claims,
        ticket: Option<u64>,
        command: Command,
    ) -> Result<Outcome, Refusal> {
        self.order(Some(by), ticket, command).await
    }

    async fn order(
        &self,
        by: Option<Claims>,
        ticket: Option<u64>,
        command: Command,
    ) -> Result<Outcome, Refusal> {
        let (answer, outcome) = oneshot::channel();
        self.send(Message::Execute {
            by,
            ticket,
            command: Box::new(command),
            answer,
        })
        .await?;
        outcome.await.map_err(|_| unavailable())?
    }

    /// The member a token names, where they are on the team.
    pub(crate) fn admit(&self, claims: &Claims) -> Result<Member, Refusal> {
        self.directory.borrow().admit(claims)
    }

    /// Everyone who is or was on the team.
    pub(crate) fn members(&self) -> Vec<Member> {
        self.directory.borrow().members()
    }

    /// Changes the team in the name of whom the claims name. It holds at once;
    /// answered when it is durable. After `unavailable` what storage has
    /// counts again soon.
    pub(crate) async fn edit(&self, by: Claims, edit: Edit) -> Result<Member, Refusal> {
        let (answer, member) = oneshot::channel();
        self.send(Message::Edit { by, edit, answer }).await?;
        member.await.map_err(|_| unavailable())?
    }

    /// Takes tokens back in the name of whom the claims name, on this process at
    /// once and on every other one soon; answered when it is durable. After
    /// `unavailable` it holds here all the same, and will be durable once storage
    /// can keep it.
    pub(crate) async fn revoke(&self, by: Claims, revocation: Revocation) -> Result<(), Refusal> {
        let (answer, revoked) = oneshot::channel();
        self.send(Message::Revoke {
            by,
            revocation,
            answer,
        })
        .await?;
        revoked.await.map_err(|_| unavailable())?
    }

    async fn send(&self, message: Message) -> Result<(), Refusal> {
        self.messages.send(message).await.map_err(|_| unavailable())
    }
}

/// Opens a workspace and starts its task.
pub(crate) async fn start(app: Arc<App>, id: WorkspaceId) -> Result<Workspace, Refusal> {
    let (opened, revoked) = blocking({
        let (store, id) = (Arc::clone(&app.store), id.clone());
        move || Ok((store.open(&id)?, store.revocations(&id)?))
    })
    .await?;
    let actor = clock::random::<16>().map_err(|error| {
        tracing::error!(%error, "no random bytes for an actor");
        unavailable()
    })?;
    let (messages, inbox) = mpsc::channel(limits::WORKSPACE_QUEUE);
    let (replies, answers) = mpsc::unbounded_channel();
    let Opened {
        epoch,
        seq,
        members,
        refill_until,
        erasures,
        flows,
    } = opened;
    let server = server_member()?;
    let directory = Directory::new(members, revoked.into_iter().collect());
    let told = Arc::from(epoch.as_str());
    let mut hub = Hub::new(
        epoch,
        seq,
        directory.members(),
        server.id.clone(),
        ActorId::from(actor),
        Box::new(RandomIds),
    );
    if let Some(until) = refill_until {
        hub.refill_until(until);
    }
    let zones = Box::new(zones::Database::new());
    hub.run_flows(server.clone(), flows, zones);
    let (publish, directory) = watch::channel(directory);
    let pulse = Pulse {
        erasures,
        ..Pulse::default()
    };
    let task = Task::new(Arc::clone(&app), id, hub, server, pulse, publish, replies);
    app.tasks.spawn(task.run(inbox, answers));
    Ok(Workspace {
        messages,
        directory,
        gossip: broadcast::Sender::new(limits::GOSSIP),
        epoch: told,
    })
}

/// In whose name the server writes what channels bring.
pub(crate) fn server_member() -> Result<Member, Refusal> {
    let id: MemberId = "threadline".parse()?;
    let name = id.as_str().to_owned();
    Ok(Member::new(id, name, Role::Service))
}

/// Runs what waits for the disk where it keeps nobody else waiting.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Refusal> + Send + 'static,
) -> Result<T, Refusal> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|error| {
            tracing::error!(%error, "reading from storage panicked");
            Err(unavailable())
        })
}

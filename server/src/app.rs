//! What all requests share.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use threadline_core::error::Refusal;
use threadline_core::id::WorkspaceId;
use threadline_core::sync::hub::SessionId;
use tokio::sync::{Mutex, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::admission::Admission;
use crate::bus::Bus;
use crate::demo::Demo;
use crate::identity::Keys;
use crate::limits;
use crate::mail::Mailing;
use crate::metrics::Metrics;
use crate::origin::Origins;
use crate::store::{Store, unavailable};
use crate::workspace::{self, Workspace};

/// What a server is started with; see the fields of [`App`].
pub(crate) struct Setup {
    pub(crate) keys: Keys,
    pub(crate) origins: Origins,
    pub(crate) admission: Admission,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) bus: Arc<dyn Bus>,
    pub(crate) blob_quota: u64,
    pub(crate) max_documents: u64,
    pub(crate) free_documents: bool,
    pub(crate) mailing: Option<Mailing>,
    pub(crate) demo: Option<Demo>,
    pub(crate) idle_workspace: Duration,
    /// The number of the first session; the next ones follow.
    pub(crate) first_session: SessionId,
}

#[cfg(test)]
impl Setup {
    /// A server with a database in a folder, for tests.
    pub(crate) fn on(folder: &std::path::Path) -> Self {
        Self {
            keys: Keys::none(crate::identity::Expected::default()),
            origins: Origins::default(),
            admission: Admission::new(crate::admission::Limits::default()),
            store: Arc::new(crate::store::Sqlite::open(folder).unwrap()),
            bus: Arc::new(crate::bus::Alone),
            blob_quota: u64::MAX,
            max_documents: u64::MAX,
            free_documents: false,
            mailing: None,
            demo: None,
            idle_workspace: limits::IDLE_WORKSPACE,
            first_session: SessionId(1),
        }
    }
}

/// One server.
pub(crate) struct App {
    /// Signs and verifies tokens.
    pub(crate) keys: Keys,
    /// Which web pages may connect.
    pub(crate) origins: Origins,
    /// Where everything is kept.
    pub(crate) store: Arc<dyn Store>,
    /// The way to other servers on the same store.
    pub(crate) bus: Arc<dyn Bus>,
    /// How much may come from one place.
    pub(crate) admission: Admission,
    /// What the server counts about itself.
    pub(crate) metrics: Metrics,
    /// Bytes of blobs that members of a workspace may upload together.
    pub(crate) blob_quota: u64,
    /// Documents to which members may bring a workspace.
    pub(crate) max_documents: u64,
    /// Whether clients of automerge-repo may bring documents of their own.
    pub(crate) free_documents: bool,
    /// Turns for uploads, which hold their bytes in memory.
    pub(crate) uploads: Semaphore,
    /// Turns for views, which hold their documents in memory.
    pub(crate) views: Arc<Semaphore>,
    /// By whom mails leave; where there is nobody, they stay queued.
    pub(crate) mailing: Option<Arc<Mailing>>,
    /// The sample workspace, where this server shows one.
    pub(crate) demo: Option<Demo>,
    /// How long a workspace that nobody needs goes on running.
    pub(crate) idle_workspace: Duration,
    /// Cancelled when the server begins to go away.
    pub(crate) stopping: CancellationToken,
    /// Sockets and workspaces that a shutdown waits for.
    pub(crate) tasks: TaskTracker,
    workspaces: std::sync::Mutex<HashMap<WorkspaceId, Arc<Mutex<Option<Workspace>>>>>,
    sessions: AtomicU64,
}

impl App {
    /// A server that nobody has connected to yet.
    pub(crate) fn new(setup: Setup) -> Arc<Self> {
        Arc::new(Self {
            keys: setup.keys,
            origins: setup.origins,
            admission: setup.admission,
            metrics: Metrics::new(),
            store: setup.store,
            bus: setup.bus,
            blob_quota: setup.blob_quota,
            max_documents: setup.max_documents,
            free_documents: setup.free_documents,
            uploads: Semaphore::new(limits::UPLOADS),
            views: Arc::new(Semaphore::new(limits::VIEWS)),
            mailing: setup.mailing.map(Arc::new),
            demo: setup.demo,
            idle_workspace: setup.idle_workspace,
            stopping: CancellationToken::new(),
            tasks: TaskTracker::new(),
            workspaces: std::sync::Mutex::default(),
            sessions: AtomicU64::new(setup.first_session.0),
        })
    }

    /// A number that no other session of this process has, and by chance none
    /// of another process on the same store.
    pub(crate) fn next_session(&self) -> SessionId {
        SessionId(self.sessions.fetch_add(1, Ordering::Relaxed))
    }

    /// The workspace, running; started where it is not.
    pub(crate) async fn workspace(
        self: &Arc<Self>,
        id: &WorkspaceId,
    ) -> Result<Workspace, Refusal> {
        let place = {
            let workspaces = self.workspaces.lock();
            // Nothing panics while it holds the lock.
            let mut workspaces = workspaces.unwrap_or_else(PoisonError::into_inner);
            Arc::clone(workspaces.entry(id.clone()).or_default())
        };
        // Held while it starts, so that it is never started twice; who wants
        // another one does not wait for storage's answer to this.
        let mut place = place.lock().await;
        if let Some(running) = place.as_ref().filter(|it| it.is_running()) {
            return Ok(running.clone());
        }
        if self.stopping.is_cancelled() {
            return Err(unavailable());
        }
        let workspace = workspace::start(Arc::clone(self), id.clone()).await?;
        *place = Some(workspace.clone());
        Ok(workspace)
    }

    /// Lets go of a running workspace, unless somebody has a handle to it or is
    /// about to get one; whether it did. Nothing comes to it from then on: who
    /// asks for it next has one started anew.
    pub(crate) fn let_go(&self, id: &WorkspaceId) -> bool {
        let workspaces = self.workspaces.lock();
        // Nothing panics while it holds the lock.
        let mut workspaces = workspaces.unwrap_or_else(PoisonError::into_inner);
        // Who is about to get a handle has the place.
        let place = workspaces.get_mut(id).and_then(Arc::get_mut);
        let running = place.and_then(|place| place.get_mut().as_ref());
        let unused = running.is_some_and(Workspace::is_last_handle);
        if unused {
            workspaces.remove(id);
        }
        unused
    }
}

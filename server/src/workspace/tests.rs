//! How long a workspace runs.

use std::sync::Arc;
use std::time::Duration;

use tempfile::TempDir;
use threadline_core::id::WorkspaceId;
use threadline_core::sync::hub::SessionId;

use crate::admission::{Admission, Limits};
use crate::app::{App, Setup};
use crate::bus::Alone;
use crate::identity::{Expected, Keys};
use crate::origin::Origins;
use crate::store::Sqlite;
use crate::sync::Outbox;

/// A server on which a workspace ends as soon as nobody needs it.
fn hasty(folder: &TempDir) -> Arc<App> {
    App::new(Setup {
        keys: Keys::none(Expected::default()),
        origins: Origins::default(),
        admission: Admission::new(Limits::default()),
        store: Arc::new(Sqlite::open(folder.path()).unwrap()),
        bus: Arc::new(Alone),
        blob_quota: 0,
        max_documents: 1,
        free_documents: false,
        demo: None,
        idle_workspace: Duration::ZERO,
        first_session: SessionId(1),
    })
}

/// Waits until so many workspaces are running.
async fn until_running(app: &App, count: usize) {
    let line = format!("threadline_workspaces {count}");
    let running = async {
        while !app.metrics.text().unwrap().lines().any(|it| it == line) {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let running = tokio::time::timeout(Duration::from_secs(20), running).await;
    assert!(running.is_ok(), "never {count} of them");
}

#[tokio::test]
async fn a_workspace_runs_as_long_as_somebody_needs_it() {
    let folder = TempDir::new().unwrap();
    let app = hasty(&folder);
    let [larkspur, marigold] = ["larkspur", "marigold"].map(|id| id.parse::<WorkspaceId>().unwrap());
    let needed = app.workspace(&larkspur).await.unwrap();
    let (session, (outbox, _queue)) = (app.next_session(), Outbox::new());
    needed.connect(session, outbox).await.unwrap();
    drop(app.workspace(&marigold).await.unwrap());
    until_running(&app, 1).await;
    assert!(needed.is_running(), "it is the one with a socket");

    // A socket that is about to come in has no session yet.
    needed.disconnect(session).await;
    assert!(!app.let_go(&larkspur));
    let (session, (outbox, _queue)) = (app.next_session(), Outbox::new());
    needed.connect(session, outbox).await.unwrap();
    needed.disconnect(session).await;

    drop(needed);
    until_running(&app, 0).await;
    let again = app.workspace(&larkspur).await.unwrap();
    assert!(again.is_running());
    until_running(&app, 1).await;
}

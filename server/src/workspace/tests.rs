//! How long a workspace runs.

use std::time::Duration;

use tempfile::TempDir;
use threadline_core::id::WorkspaceId;

use crate::app::{App, Setup};
use crate::sync::Outbox;

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
    let app = App::new(Setup {
        idle_workspace: Duration::ZERO,
        ..Setup::on(folder.path())
    });
    let [larkspur, marigold] =
        ["larkspur", "marigold"].map(|id| id.parse::<WorkspaceId>().unwrap());
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

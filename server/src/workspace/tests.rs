//! How long a workspace runs, and what must not be forgotten with it.

use std::time::Duration;

use tempfile::TempDir;
use threadline_core::command::{Command, ViewDraft, WorkspaceCommand};
use threadline_core::error::Code;
use threadline_core::id::WorkspaceId;

use crate::app::{App, Setup};
use crate::clock;
use crate::identity::{Claims, Revocation, Target};
use crate::store::{Once, Turn};
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

#[tokio::test]
async fn a_revocation_that_storage_could_not_keep_outlives_the_workspace() {
    let folder = TempDir::new().unwrap();
    let app = App::new(Setup {
        idle_workspace: Duration::ZERO,
        ..Setup::on(folder.path())
    });
    let larkspur: WorkspaceId = "larkspur".parse().unwrap();
    let workspace = app.workspace(&larkspur).await.unwrap();
    let database = rusqlite::Connection::open(folder.path().join("threadline.db")).unwrap();
    database
        .execute_batch(
            "CREATE TRIGGER fails BEFORE INSERT ON revocations
             BEGIN SELECT RAISE(ABORT, 'it is full'); END",
        )
        .unwrap();
    let cleo: Claims = serde_json::from_value(serde_json::json!({
        "iss": "shop", "sub": "cleo", "exp": 4_000_000_000_u64, "jti": "1",
        "workspace": "larkspur", "role": "admin",
    }))
    .unwrap();
    let stolen = Target::Jti("stolen".to_owned());
    let revocation = Revocation::new(stolen, clock::now(), 3_600);
    let revoked = workspace.revoke(cleo, revocation.clone()).await;
    assert_eq!(
        revoked.map_err(|refusal| refusal.code),
        Err(Code::Unavailable)
    );
    // Nobody needs it from now on, and yet it has something to do.
    drop(workspace);
    database.execute_batch("DROP TRIGGER fails").unwrap();
    until_running(&app, 0).await;
    assert_eq!(app.store.revocations(&larkspur).unwrap(), [revocation]);
}

#[tokio::test]
async fn what_a_command_did_is_kept_before_anybody_hears_of_it() {
    let folder = TempDir::new().unwrap();
    let app = App::new(Setup::on(folder.path()));
    let larkspur: WorkspaceId = "larkspur".parse().unwrap();
    let workspace = app.workspace(&larkspur).await.unwrap();
    let bot: Claims = serde_json::from_value(serde_json::json!({
        "iss": "shop", "sub": "bot", "exp": 4_000_000_000_u64, "jti": "1",
        "workspace": "larkspur", "role": "service",
    }))
    .unwrap();
    let claim = |ticket| {
        let once = Once {
            member: bot.sub.clone(),
            key: "order-17".to_owned(),
            request: [1; 32],
            ticket,
            at: clock::now(),
        };
        app.store.claim(&larkspur, once).unwrap()
    };
    assert_eq!(claim(7), Turn::Yours);
    let command = Command::Workspace(WorkspaceCommand::SaveView {
        view: ViewDraft {
            id: None,
            name: "Mine".to_owned(),
            shared: false,
            list: "inbox".to_owned(),
            query: "{}".to_owned(),
        },
    });
    let done = workspace.execute_as(bot.clone(), Some(7), command).await;
    // Nobody has noted it, as after a crash: it came with the change.
    assert_eq!(claim(8), Turn::Done(done.unwrap()));
}

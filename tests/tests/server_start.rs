//! Starting: what the binary carries, what the sample workspace holds, and
//! what it refuses to start with.

#![expect(
    clippy::unwrap_used,
    reason = "what fails here fails the test that asked for it"
)]

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use reqwest::StatusCode;
use serde_json::Value;
use tempfile::TempDir;
use threadline_core::model::{Role, Row};
use threadline_core::sync::frame::ServerFrame;
use threadline_tests::client::Client;
use threadline_tests::server::{SECRET, Server, WORKSPACE, binary, token};

/// `threadline demo` on a free port, ended with the test.
struct Demo {
    process: Child,
    links: Vec<String>,
}

impl Demo {
    fn start(data: &TempDir) -> Self {
        let mut process = Command::new(binary())
            .args(["demo", "--listen", "127.0.0.1:0", "--data"])
            .arg(data.path())
            .env("THREADLINE_LOG", "warn")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let output = BufReader::new(process.stdout.take().unwrap());
        let links = output.lines().take(2).map(Result::unwrap).collect();
        Self { process, links }
    }

    fn url(&self, path: &str) -> String {
        let origin = self.links[0].split("/?").next().unwrap();
        format!("{origin}{path}")
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Conversations and contacts that a member of the sample workspace is sent.
async fn sample(demo: &Demo) -> (usize, usize, u64) {
    let pass: Value = reqwest::get(demo.url("/demo/token?as=ben"))
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(pass["member"], "ben");
    let endpoint = pass["endpoint"].as_str().unwrap();
    let mut client = Client::dial_url(endpoint, None).await.unwrap();
    client.hello(pass["token"].as_str().unwrap()).await;
    let (mut conversations, mut contacts) = (0, 0);
    let cursor = client.until(|frame| {
        let ServerFrame::Rows(rows) = frame else {
            return None;
        };
        for row in &rows.rows {
            match row.row {
                Row::Conversation(_) => conversations += 1,
                Row::Contact(_) => contacts += 1,
                Row::Workspace(_) => {}
            }
        }
        rows.complete.then_some(rows.cursor)
    });
    let cursor = cursor.await;
    (conversations, contacts, cursor)
}

#[tokio::test]
async fn the_demo_fills_its_workspace_once() {
    let data = TempDir::new().unwrap();
    let demo = Demo::start(&data);
    assert!(
        demo.links[0].ends_with("/?as=ana") && demo.links[1].ends_with("/?as=ben"),
        "{:?}",
        demo.links
    );
    let first = sample(&demo).await;
    assert!(first.0 >= 40, "{} conversations", first.0);
    assert!(first.1 >= 40, "{} contacts", first.1);
    drop(demo);
    let demo = Demo::start(&data);
    assert_eq!(sample(&demo).await, first);
    let nobody = reqwest::get(demo.url("/demo/token?as=nobody"))
        .await
        .unwrap();
    assert_eq!(nobody.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_demos_page_comes_with_its_policy_and_is_sent_once() {
    let data = TempDir::new().unwrap();
    let demo = Demo::start(&data);
    let http = reqwest::Client::new();
    let page = http.get(demo.url("/?as=ana")).send().await.unwrap();
    assert_eq!(page.headers()["content-type"], "text/html; charset=utf-8");
    let policy = page.headers()["content-security-policy"].to_str().unwrap();
    assert!(
        policy.starts_with("default-src 'none'; script-src 'self'"),
        "{policy}"
    );
    let tag = page.headers()["etag"].clone();
    let again = http
        .get(demo.url("/"))
        .header("if-none-match", tag)
        .send()
        .await
        .unwrap();
    assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
    for (path, expect) in [
        ("/app.js", StatusCode::OK),
        ("/README.md", StatusCode::NOT_FOUND),
        ("/../Cargo.toml", StatusCode::NOT_FOUND),
        ("/%2e%2e/Cargo.toml", StatusCode::NOT_FOUND),
        ("/threadline/..%2f..%2fpackage.json", StatusCode::NOT_FOUND),
        ("/nothing", StatusCode::NOT_FOUND),
    ] {
        assert_eq!(
            http.get(demo.url(path)).send().await.unwrap().status(),
            expect,
            "{path}"
        );
    }
}

#[tokio::test]
async fn serve_has_neither_the_demos_page_nor_its_tokens() {
    let server = Server::start();
    for (path, expect) in [
        ("/healthz", StatusCode::OK),
        ("/", StatusCode::NOT_FOUND),
        ("/demo/token?as=ana", StatusCode::NOT_FOUND),
    ] {
        assert_eq!(
            reqwest::get(server.url(path)).await.unwrap().status(),
            expect,
            "{path}"
        );
    }
}

#[tokio::test]
async fn the_token_command_makes_tokens_this_server_accepts() {
    let server = Server::start();
    let output = Command::new(binary())
        .args([
            "token",
            "--secret",
            SECRET,
            "--workspace",
            WORKSPACE,
            "--member",
            "ana",
        ])
        .args(["--role", "agent", "--name", "Ana Duarte"])
        .output()
        .unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    let (_, welcome) = Client::with_token(&server, printed.trim()).await;
    assert_eq!(welcome.member.name, "Ana Duarte");
    assert_eq!(welcome.member.role, Role::Agent);

    // A later token without a name leaves the name that is known.
    let (_, welcome) = Client::with_token(&server, &token(WORKSPACE, "ana", Role::Agent)).await;
    assert_eq!(welcome.member.name, "Ana Duarte");
}

#[test]
fn contradictions_refuse_to_start() {
    let data = TempDir::new().unwrap();
    let other = "another secret of thirty-two bytes or more";
    let missing = data.path().join("no such file");
    let missing = missing.to_str().unwrap();
    let elsewhere = "acme=https://shop.example";
    let address = "127.0.0.1:8799";
    for (args, complaint) in [
        (&["--secret", "too short"][..], "32 bytes"),
        (&["--allow-origin", "https://*.example"], "an origin is"),
        (&["--listen", "nowhere"], "invalid"),
        (&["--previous-secret", other], "give both"),
        (
            &["--secret", other, "--previous-secret", other],
            "are the same",
        ),
        (&["--jwks", missing], "public keys cannot be read"),
        (
            &["--workspace-origin", elsewhere],
            "list it with --allow-origin too",
        ),
        (
            &["--listen", address, "--metrics-listen", address],
            "an address of their own",
        ),
        (&["--sockets-per-address", "0"], "nobody could connect"),
    ] {
        let output = Command::new(binary())
            .arg("serve")
            .arg("--data")
            .arg(data.path())
            .args(args)
            .output()
            .unwrap();
        assert!(!output.status.success(), "{args:?}");
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.contains(complaint), "{args:?}: {said}");
    }
}

#[test]
fn what_contradicts_a_shared_database_refuses_to_start() {
    let database = "postgres://threadline@127.0.0.1:1/threadline";
    let weak = format!("{database}?sslmode=prefer");
    for (args, complaint) in [
        (vec!["--database", database, "--data", "data"], "--data"),
        (vec!["--bus", "nats://127.0.0.1:1"], "--database"),
        (vec!["--database", database], "--secret or --jwks"),
        (
            vec!["--database", &weak, "--secret", SECRET],
            "sslmode is disable, require or verify-full",
        ),
        (
            vec!["--database", "mysql://127.0.0.1", "--secret", SECRET],
            "postgres://",
        ),
        (
            vec!["--database", database, "--secret", SECRET],
            "the database cannot be opened",
        ),
    ] {
        let output = Command::new(binary())
            .arg("serve")
            .args(&args)
            .output()
            .unwrap();
        assert!(!output.status.success(), "{args:?}");
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.contains(complaint), "{args:?}: {said}");
    }
}

#[cfg(unix)]
#[test]
fn the_secret_is_made_once_and_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let data = TempDir::new().unwrap();
    let make = || {
        let mut command = Command::new(binary());
        command.args([
            "token",
            "--workspace",
            WORKSPACE,
            "--member",
            "ana",
            "--role",
            "agent",
            "--data",
        ]);
        assert!(command.arg(data.path()).output().unwrap().status.success());
        std::fs::read(data.path().join("secret")).unwrap()
    };
    let secret = make();
    assert!(secret.len() >= 32);
    assert_eq!(make(), secret);
    let mode = std::fs::metadata(data.path().join("secret"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
}

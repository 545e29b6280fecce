//! What open connections cost: the memory and processor time of those that are
//! idle, and how long everybody is away when the server restarts under them.

use std::time::{Duration, Instant};

use threadline_core::sync::frame::ServerFrame;
use threadline_tests::client::{Client, Incoming};
use threadline_tests::server::Server;
use tokio::task::JoinSet;

use crate::process;
use crate::report;

/// Sockets whose opening has a bar of its own.
const FIRST: usize = 1_000;
/// Sockets that are then held open and silent.
const IDLE: usize = 10_000;
/// How long their silence is watched.
const WATCHED: Duration = Duration::from_secs(5);
/// Clients under which the server restarts.
const RESTARTED: usize = 5_000;
/// Connections that are being opened at one time: a listen queue is short.
const OPENING: usize = 100;

/// Measures and prints.
pub(crate) async fn run() {
    idle().await;
    restart().await;
}

async fn idle() {
    report::heading("Idle connections");
    let server = Server::start();
    drop(Client::agent(&server, "ana").await);
    let before = process::memory(server.pid());
    let start = Instant::now();
    let mut clients = open(&server, FIRST).await;
    report::figure(
        "1,000 connections open within",
        start.elapsed().as_secs_f64(),
        "s",
        "at most 2",
    );
    clients.extend(open(&server, IDLE - FIRST).await);
    let each = process::memory(server.pid()).saturating_sub(before) as f64 / IDLE as f64;
    report::figure(
        "memory of each of 10,000",
        each / 1_024.0,
        "KiB",
        "at most 50",
    );
    let spent = process::cpu(server.pid());
    tokio::time::sleep(WATCHED).await;
    let busy = (process::cpu(server.pid()) - spent).as_secs_f64() / WATCHED.as_secs_f64();
    report::figure("processor time while idle", busy * 100.0, "%", "none");
}

async fn restart() {
    report::heading("A restart under 5,000 clients");
    let mut server = Server::start();
    let clients = open(&server, RESTARTED).await;
    let start = Instant::now();
    server.stop();
    server.restart();
    let mut returning = JoinSet::new();
    let address = server.address();
    for client in clients {
        returning.spawn(async move {
            let wait = goodbye(client).await;
            tokio::time::sleep(wait).await;
            while !synced(&format!("ws://{address}/sync")).await {
                tokio::time::sleep(wait).await;
            }
            start.elapsed().as_secs_f64()
        });
    }
    let mut back: Vec<f64> = returning.join_all().await;
    back.sort_by(f64::total_cmp);
    let at = |share| report::percentile(&back, share);
    report::figure("half of them synced again within", at(0.5), "s", "");
    report::figure("all of them within", at(1.0), "s", "at most 30");
}

/// Opens sessions, a few at a time.
async fn open(server: &Server, count: usize) -> Vec<Client> {
    let mut clients = Vec::with_capacity(count);
    while clients.len() < count {
        let round = OPENING.min(count - clients.len());
        clients.extend(
            futures_util::future::join_all((0..round).map(|_| Client::agent(server, "ana"))).await,
        );
    }
    clients
}

/// Reads until the server is gone, and returns how long it asks one to wait.
async fn goodbye(mut client: Client) -> Duration {
    let mut wait = Duration::from_secs(1);
    while let Incoming::Frame(frame) = client.next().await {
        if let ServerFrame::Bye(bye) = frame {
            wait = Duration::from_millis(bye.retry_after.unwrap_or(1_000));
        }
    }
    wait
}

/// Whether a session opens and gets the rows it asks for.
async fn synced(url: &str) -> bool {
    let Ok(mut client) = Client::dial_url(url, None).await else {
        return false;
    };
    client.hello(&Client::agents_token("ana")).await;
    loop {
        match client.next().await {
            Incoming::Frame(ServerFrame::Rows(rows)) if rows.complete => return true,
            Incoming::Frame(ServerFrame::Bye(_)) | Incoming::Closed(_) => return false,
            Incoming::Frame(_) => {}
        }
    }
}

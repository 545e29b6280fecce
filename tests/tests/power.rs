//! The power goes at random moments while clients push: whatever was not
//! flushed is gone, and what was acknowledged is there.

#![cfg(target_os = "linux")]

use threadline_tests::disk::Disk;
use threadline_tests::ledger::{self, Ledger};
use threadline_tests::operator::verify;
use threadline_tests::server::Server;

async fn lose_power(args: &[&str], cuts: u64) -> (Ledger, Result<String, String>) {
    let disk = Disk::new();
    let mut server = Server::start_under(args, |data| {
        let mut variables = disk.variables(data);
        variables.push(("THREADLINE_ALLOW_LOSS", "yes".into()));
        variables
    });
    let ledger = ledger::keep(&mut server, cuts, |server| disk.cut_power(server)).await;
    (ledger, verify(server.data()))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_with_the_power() {
    let (ledger, verified) = lose_power(&[], ledger::kills(10)).await;
    assert_eq!(ledger.lost, 0);
    assert!(ledger.is_telling(), "too few changes to say anything");
    assert!(verified.is_ok(), "{verified:?}");
}

/// The same must not pass where a commit does not wait for the disk, or it
/// would show nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_does_not_wait_for_the_disk_is_found_out() {
    let (ledger, _) = lose_power(&["--synchronous", "normal"], 3).await;
    assert!(ledger.lost > 0, "{ledger:?}");
}

//! SIGKILL at random moments while clients push: what was acknowledged is
//! there afterwards, every time. `KILLS=300` asks for as many.

use threadline_tests::ledger;
use threadline_tests::operator::verify;
use threadline_tests::server::Server;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_by_sigkill() {
    let mut server = Server::start();
    let ledger = ledger::keep(&mut server, ledger::kills(25), |server| {
        server.kill();
        server.restart();
    })
    .await;
    assert_eq!(ledger.lost, 0);
    assert!(ledger.is_telling(), "too few changes to say anything");
    let verified = verify(server.data());
    assert!(verified.is_ok(), "{verified:?}");
}

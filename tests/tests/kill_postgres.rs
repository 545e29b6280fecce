//! The ledger of kills on PostgreSQL: of servers, and of the database under
//! them. `KILLS=300` asks for as many.

use threadline_tests::cluster::Cluster;
use threadline_tests::ledger;
use threadline_tests::server::Server;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_when_a_server_is_killed() {
    let cluster = Cluster::start();
    let mut server = Server::shared(&cluster.database(), &[]);
    let ledger = ledger::keep(&mut server, ledger::kills(12), |server| {
        server.kill();
        server.restart();
    })
    .await;
    assert_eq!(ledger.lost, 0);
    assert!(ledger.acknowledged as u64 > ledger.ends, "too few to tell");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_when_the_database_is_killed() {
    let mut cluster = Cluster::start();
    let mut server = Server::shared(&cluster.database(), &[]);
    let ledger = ledger::keep(&mut server, ledger::kills(5), |server| {
        cluster.stop_immediately();
        cluster.start_again();
        // Whoever still pushes shall know that the round is over.
        server.kill();
        server.restart();
    })
    .await;
    assert_eq!(ledger.lost, 0);
    assert!(ledger.acknowledged as u64 > ledger.ends, "too few to tell");
}

//! Several server processes on one PostgreSQL and one NATS: any of them serves
//! any document, and none of them is needed.

use std::collections::HashSet;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::json;
use threadline_core::error::Code;
use threadline_core::id::DocumentId;
use threadline_core::model::Role;
use threadline_core::sync::frame::{ClientFrame, Presence, Present, ServerFrame, Whereabouts};
use threadline_tests::agent::Agent;
use threadline_tests::api::Api;
use threadline_tests::bus::Service;
use threadline_tests::client::{Client, Incoming};
use threadline_tests::cluster::Cluster;
use threadline_tests::operator::threadline;
use threadline_tests::pen::{Pen, hash};
use threadline_tests::proxy::Proxy;
use threadline_tests::server::{SECRET, Server, WORKSPACE, claims, sign};
use tokio::sync::watch;

/// How long a test waits for what must come.
const DEADLINE: Duration = Duration::from_secs(60);
/// Changes of each agent that are acknowledged before the next thing happens.
const STEP: usize = 10;

/// Waits on a condition.
async fn until(what: &str, mut happened: impl AsyncFnMut() -> bool) {
    let waiting = async {
        while !happened().await {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let waited = tokio::time::timeout(DEADLINE, waiting).await;
    assert!(waited.is_ok(), "{what}: it does not happen");
}

/// Waits until each agent was promised so many more changes than before.
async fn step(what: &str, counts: &[Arc<AtomicUsize>]) {
    let now = || counts.iter().map(|count| count.load(Ordering::Relaxed));
    let before: Vec<usize> = now().collect();
    let all = async || now().zip(&before).all(|(now, before)| now >= before + STEP);
    until(what, all).await;
}

/// The hashes that a server has of a document.
async fn stored(server: &Server, doc: DocumentId) -> HashSet<[u8; 32]> {
    let mut auditor = Client::agent(server, "auditor").await;
    let changes = auditor.fetch(doc, &[]).await;
    let hashes: HashSet<_> = changes.iter().map(|change| hash(change)).collect();
    assert_eq!(hashes.len(), changes.len(), "no change comes twice");
    hashes
}

fn address(url: &str, port: u16, proxy: &Proxy) -> String {
    url.replace(&format!(":{port}"), &format!(":{}", proxy.port()))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clients_go_on_while_servers_come_and_go_and_all_are_equal_afterwards() {
    let cluster = Cluster::start();
    let bus = Service::start();
    let database = cluster.database();
    let (to_database, to_bus) = (Proxy::to(cluster.port()), Proxy::to(bus.port()));
    let start = || Server::shared(&database, &["--bus", &bus.url()]);
    let mut one = start();
    let two = start();
    let cut_off = Server::shared(
        &address(&database, cluster.port(), &to_database),
        &["--bus", &address(&bus.url(), bus.port(), &to_bus)],
    );

    // One document that everybody writes, begun by the first.
    let mut begun = Pen::new("ana", "kim@mail.example", 1);
    let start_of_it = begun.start();
    let mut ana = Client::agent(&one, "ana").await;
    ana.push_and_wait(begun.doc(), std::slice::from_ref(&start_of_it))
        .await;
    let doc = begun.doc();
    let mut agents = vec![Agent::new("ana", begun, 11)];
    for (number, member) in (2..).zip(["ben", "cleo", "dora", "eli"]) {
        let mut copy = Pen::new(member, "kim@mail.example", number);
        copy.receive(std::slice::from_ref(&start_of_it));
        agents.push(Agent::new(member, copy, number + 10));
    }
    let addresses = |servers: &[&Server]| -> Vec<SocketAddr> {
        servers.iter().map(|server| server.address()).collect()
    };
    let (known, servers) = watch::channel(addresses(&[&one, &two, &cut_off]));
    let (stop, stopped) = watch::channel(false);
    let counts: Vec<_> = agents
        .iter()
        .map(|agent| Arc::clone(&agent.count))
        .collect();
    let working: Vec<_> = agents
        .into_iter()
        .enumerate()
        .map(|(n, agent)| tokio::spawn(agent.work(servers.clone(), n, stopped.clone())))
        .collect();

    step("all are there", &counts).await;
    one.kill();
    step("one is killed", &counts).await;
    to_bus.cut();
    step("one hears nothing", &counts).await;
    to_database.cut();
    step("one has no database", &counts).await;
    let added = start();
    one.restart();
    known.send_replace(addresses(&[&one, &two, &cut_off, &added]));
    step("one is added, and one is back", &counts).await;
    to_database.mend();
    to_bus.mend();
    step("all are there again", &counts).await;
    stop.send_replace(true);

    let mut promised = HashSet::new();
    let mut documents = vec![doc];
    for agent in working {
        let agent = agent.await.unwrap();
        promised.extend(agent.acknowledged);
        documents.push(agent.own.doc());
    }
    for server in [&one, &two, &cut_off, &added] {
        until("a server has everything", async || {
            let mut has = HashSet::new();
            for doc in &documents {
                has.extend(stored(server, *doc).await);
            }
            promised.is_subset(&has)
        })
        .await;
    }
    let name = database.rsplit('/').next().unwrap();
    let kept = cluster.sql(
        name,
        "SELECT count(*) = max(seq) AND count(DISTINCT hash) = count(*) FROM audit",
    );
    assert_eq!(kept, "t", "numbered without a gap, and nothing twice");
    println!("{} changes acknowledged, 0 lost", promised.len());
}

/// How long a change takes from a client of one server to one of another.
async fn journey(from: &mut Client, to: &mut Client, pen: &mut Pen) -> Duration {
    let change = pen.note("on its way");
    #[expect(clippy::disallowed_methods, reason = "a test of how long it takes")]
    let begun = Instant::now();
    from.push(pen.doc(), std::slice::from_ref(&change)).await;
    to.until(|frame| match frame {
        ServerFrame::Changes(changes) => {
            let mut came = changes.changes.iter();
            came.any(|bytes| ***bytes == *change).then_some(())
        }
        _ => None,
    })
    .await;
    begun.elapsed()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_reaches_followers_elsewhere_at_once_and_without_the_bus_soon() {
    let cluster = Cluster::start();
    let mut bus = Service::start();
    let database = cluster.database();
    let start = || Server::shared(&database, &["--bus", &bus.url()]);
    let (one, two) = (start(), start());
    let mut ana = Client::agent(&one, "ana").await;
    let mut ben = Client::agent(&two, "ben").await;
    let mut pen = Pen::new("ana", "kim@mail.example", 1);
    let begun = pen.start();
    ana.push_and_wait(pen.doc(), &[begun]).await;
    ben.open(pen.doc(), &[]).await;
    ben.until(|frame| matches!(frame, ServerFrame::Changes(_)).then_some(()))
        .await;

    let mut journeys = Vec::new();
    for _ in 0..15 {
        journeys.push(journey(&mut ana, &mut ben, &mut pen).await);
    }
    journeys.sort();
    println!("with the bus: {journeys:?}");
    bus.kill();
    let mut without = Vec::new();
    for _ in 0..15 {
        without.push(journey(&mut ana, &mut ben, &mut pen).await);
    }
    without.sort();
    println!("without it: {without:?}");
    // Servers that only ask, once a second, take half a second more often than not.
    assert!(
        journeys[7] * 2 < without[7],
        "with {journeys:?}, without {without:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_present_on_one_server_is_seen_on_another() {
    let cluster = Cluster::start();
    let bus = Service::start();
    let database = cluster.database();
    let start = || Server::shared(&database, &["--bus", &bus.url()]);
    let (one, two) = (start(), start());
    let mut ana = Client::agent(&one, "ana").await;
    let mut ben = Client::agent(&two, "ben").await;
    let mut pen = Pen::new("ana", "kim@mail.example", 1);
    let begun = pen.start();
    ana.push_and_wait(pen.doc(), &[begun]).await;
    for client in [&mut ana, &mut ben] {
        client.open(pen.doc(), &[]).await;
        client
            .until(|frame| matches!(frame, ServerFrame::Changes(_)).then_some(()))
            .await;
    }
    let DocumentId::Conversation(conversation) = pen.doc() else {
        panic!("a pen writes a conversation");
    };
    // She types on, because the first that is told may be lost.
    let typing = async {
        loop {
            let here = Some(Whereabouts {
                typing: true,
                ..Whereabouts::default()
            });
            let present = Present { conversation, here };
            ana.send(&ClientFrame::Presence(present)).await;
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    let seen = |there: bool| {
        move |frame| match frame {
            ServerFrame::Presence(Presence { member, here, .. }) => {
                (member.as_str() == "ana" && here.is_some() == there).then_some(())
            }
            _ => None,
        }
    };
    tokio::select! {
        () = ben.until(seen(true)) => {}
        () = typing => {}
    }
    drop(ana);
    ben.until(seen(false)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_an_admin_decides_on_one_server_holds_on_all() {
    let cluster = Cluster::start();
    let database = cluster.database();
    // Without a bus: what servers find out by asking is enough.
    let (one, two) = (
        Server::shared(&database, &[]),
        Server::shared(&database, &[]),
    );
    let mut ana = Client::agent(&two, "ana").await;
    let mut ben = Client::agent(&two, "ben").await;
    let admin = Api::new(&one, "cleo", Role::Admin);

    let profile = json!({ "name": "Ana", "role": "agent", "active": false });
    let (status, answer) = admin.put("/members/ana", &profile).await;
    assert_eq!(status, 200, "{answer}");
    let revoked = admin
        .request(Method::POST, "/revocations")
        .json(&json!({ "member": "ben" }));
    assert_eq!(revoked.send().await.unwrap().status(), 201);
    for client in [&mut ana, &mut ben] {
        let sent_away = async { while let Incoming::Frame(_) = client.next().await {} };
        let in_time = tokio::time::timeout(Duration::from_secs(5), sent_away).await;
        assert!(in_time.is_ok(), "within five seconds");
    }
}

/// A session with a token of its own, and the token's id.
async fn session(server: &Server, member: &str, jti: &str) -> (Client, String) {
    let mut claims = claims(WORKSPACE, member, Role::Agent);
    claims.jti = jti.to_owned();
    let token = sign(&claims, SECRET);
    (Client::with_token(server, &token).await.0, token)
}

/// Waits for the end of a session whose token was taken back.
async fn is_sent_away(client: &mut Client, how: &str) {
    #[expect(clippy::disallowed_methods, reason = "a test of how long it takes")]
    let begun = Instant::now();
    let farewell = client.until(|frame| match frame {
        ServerFrame::Bye(bye) => Some(bye.refusal.code),
        _ => None,
    });
    let code = tokio::time::timeout(Duration::from_secs(5), farewell).await;
    assert_eq!(code, Ok(Code::BadToken), "{how}, within five seconds");
    println!("{how}: {:?}", begun.elapsed());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_taken_back_on_one_server_closes_its_socket_on_another() {
    let cluster = Cluster::start();
    let bus = Service::start();
    let database = cluster.database();
    let to_bus = Proxy::to(bus.port());
    let one = Server::shared(&database, &["--bus", &bus.url()]);
    let behind_proxy = address(&bus.url(), bus.port(), &to_bus);
    let two = Server::shared(&database, &["--bus", &behind_proxy]);
    let admin = Api::new(&one, "cleo", Role::Admin);
    let revoke = async |jti: &str| {
        let request = admin.request(Method::POST, "/revocations");
        let answer = request.json(&json!({ "jti": jti })).send().await;
        assert_eq!(answer.unwrap().status(), 201);
    };
    let (mut untouched, _) = session(&two, "ben", "untouched").await;

    let (mut ana, _) = session(&two, "ana", "first").await;
    revoke("first").await;
    is_sent_away(&mut ana, "with the bus").await;

    to_bus.cut();
    let (mut ana, token) = session(&two, "ana", "second").await;
    revoke("second").await;
    is_sent_away(&mut ana, "cut off from the bus").await;
    let mut again = Client::dial(&two, None).await.unwrap();
    again.hello(&token).await;
    is_sent_away(&mut again, "with the same token").await;

    // By an operator, who needs neither a server nor the bus.
    let (mut at_one, _) = session(&one, "ana", "third").await;
    let (mut at_two, _) = session(&two, "ana", "third").await;
    let revoke = ["revoke", "--database", &database, "--workspace"];
    let nowhere = threadline(revoke.iter().chain(&["nowhere", "--jti", "third"]));
    assert!(nowhere.unwrap_err().contains("no such workspace"));
    threadline(revoke.iter().chain(&[WORKSPACE, "--jti", "third"])).unwrap();
    is_sent_away(&mut at_one, "by an operator").await;
    is_sent_away(&mut at_two, "by an operator, cut off from the bus").await;

    let mut pen = Pen::new("ben", "kim@mail.example", 1);
    let change = pen.start();
    untouched.push_and_wait(pen.doc(), &[change]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sessions_of_two_servers_are_told_apart_in_the_audit() {
    let cluster = Cluster::start();
    let database = cluster.database();
    let mut expect = Vec::new();
    let mut numbers = HashSet::new();
    for (number, member) in [(1, "ana"), (2, "ben")] {
        // The first session of each.
        let server = Server::shared(&database, &[]);
        let token = Client::agents_token(member);
        let (mut client, welcome) = Client::with_token(&server, &token).await;
        assert!(welcome.session < 1 << 53, "a browser reads it exactly");
        numbers.insert(welcome.session);
        let mut pen = Pen::new(member, &format!("{member}@mail.example"), number);
        let change = pen.start();
        client.push_and_wait(pen.doc(), &[change]).await;
        expect.push(format!("{member}|{}", welcome.session));
    }
    assert_eq!(numbers.len(), 2);
    let name = database.rsplit('/').next().unwrap();
    let audit = cluster.sql(name, "SELECT member, session FROM audit ORDER BY seq");
    assert_eq!(audit, expect.join("\n"));
}

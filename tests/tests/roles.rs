//! Who may do what: the role table over every path of every document, through
//! the guard itself and through both doors by which changes come.

#![expect(
    clippy::unwrap_used,
    reason = "what fails here fails the test that asked for it"
)]

use std::collections::{BTreeMap, HashMap};

use automerge::{ActorId, Change};
use futures_util::future::join_all;
use threadline_core::document::Document;
use threadline_core::error::Code;
use threadline_core::guard::{self, Actors, Gate, Naming};
use threadline_core::model::Member;
use threadline_core::sync::frame::ServerFrame;
use threadline_tests::client::Client;
use threadline_tests::pen::hash;
use threadline_tests::repo::{self, Peer};
use threadline_tests::roles::{Attempt, Scene, Transport, members, try_all};
use threadline_tests::server::{Server, token};

/// The guard without anything around it.
struct Bare;

impl Transport for Bare {
    async fn judge(&mut self, scene: &Scene, attempts: &[Attempt]) -> Vec<Result<(), Code>> {
        let id = scene.document.id();
        let server = "server".parse().unwrap();
        let mut document = Document::begin(id, ActorId::from([200; 16]), &server).unwrap();
        let mut actors = Actors::of(document.automerge(), &BTreeMap::new());
        let read = |(member, bytes): &(Member, Vec<u8>)| {
            (
                Change::try_from(bytes.as_slice()).unwrap(),
                member.id.clone(),
            )
        };
        let history: Vec<_> = scene.history.iter().map(read).collect();
        let changes = history.iter().map(|(change, _)| change.clone());
        document.apply(changes.collect()).unwrap();
        for (change, member) in &history {
            actors.record(change, member);
        }
        let judge = |Attempt { member, change }: &Attempt| {
            let mut gate = Gate::new(id, document.automerge(), &actors);
            let incoming = guard::read(change).unwrap();
            let verdict = gate.admit(member, Naming::Author, &incoming);
            verdict.map_err(|refusal| refusal.code)
        };
        attempts.iter().map(judge).collect()
    }
}

#[tokio::test]
async fn the_guard_holds_the_table() {
    let judged = Box::pin(try_all(&mut Bare)).await;
    println!("{judged} changes judged");
    assert!(judged > 2_700, "{judged} is not the whole table");
}

/// A real server, on which each scene is played in a workspace of its own: a
/// workspace has one workspace document.
struct Stage {
    server: Server,
    played: usize,
}

impl Stage {
    fn new() -> Self {
        let server = Server::start();
        Self { server, played: 0 }
    }

    /// A fresh workspace with a scene's document, and a session for each member
    /// in the order of [`members`].
    async fn set(&mut self, scene: &Scene) -> (String, Vec<Client>) {
        self.played += 1;
        let workspace = format!("scene-{}", self.played);
        let mut sessions = Vec::new();
        for member in members() {
            let token = token(&workspace, member.id.as_str(), member.role);
            sessions.push(Client::with_token(&self.server, &token).await.0);
        }
        let doc = scene.document.id();
        let turns = scene.history.chunk_by(|(a, _), (b, _)| a.id == b.id);
        for turn in turns {
            let whose = members().iter().position(|it| it.id == turn[0].0.id);
            let changes: Vec<Vec<u8>> = turn.iter().map(|(_, bytes)| bytes.clone()).collect();
            sessions[whose.unwrap()].push_and_wait(doc, &changes).await;
        }
        (workspace, sessions)
    }
}

/// What a member tries, one after the other.
fn of<'a>(member: &Member, attempts: &'a [Attempt]) -> impl Iterator<Item = &'a Attempt> {
    attempts.iter().filter(move |it| it.member.id == member.id)
}

/// Verdicts by change, in the order of the attempts.
fn in_order(
    attempts: &[Attempt],
    verdicts: &HashMap<[u8; 32], Result<(), Code>>,
) -> Vec<Result<(), Code>> {
    let verdict = |it: &Attempt| verdicts[&hash(&it.change)];
    attempts.iter().map(verdict).collect()
}

/// Sessions of `/sync`, each of which pushes all that its member tries at once.
struct Sync(Stage);

impl Transport for Sync {
    async fn judge(&mut self, scene: &Scene, attempts: &[Attempt]) -> Vec<Result<(), Code>> {
        let (_, mut sessions) = self.0.set(scene).await;
        let doc = scene.document.id();
        for (member, session) in members().iter().zip(&mut sessions) {
            let changes: Vec<_> = of(member, attempts).map(|it| it.change.clone()).collect();
            session.push(doc, &changes).await;
        }
        let mut verdicts = HashMap::new();
        for (member, session) in members().iter().zip(&mut sessions) {
            let mut missing = of(member, attempts).count();
            session
                .until(|frame| {
                    let before = verdicts.len();
                    match frame {
                        ServerFrame::Ack(ack) => {
                            let acked = ack.hashes.iter().map(|hash| (hash.into_array(), Ok(())));
                            verdicts.extend(acked);
                        }
                        ServerFrame::Nack(nack) => {
                            let code = nack.refusal.code;
                            verdicts.insert(nack.hash.into_array(), Err(code));
                        }
                        _ => {}
                    }
                    missing -= verdicts.len() - before;
                    (missing == 0).then_some(())
                })
                .await;
        }
        in_order(attempts, &verdicts)
    }
}

#[tokio::test]
async fn sync_holds_the_table() {
    let judged = Box::pin(try_all(&mut Sync(Stage::new()))).await;
    assert!(judged > 2_700, "{judged} is not the whole table");
}

/// Connections to `/automerge-repo`, one for each member; a new one after each
/// refusal, which ends the sync of the document on the old one.
struct Repo(Stage);

impl Transport for Repo {
    async fn judge(&mut self, scene: &Scene, attempts: &[Attempt]) -> Vec<Result<(), Code>> {
        let (workspace, _) = self.0.set(scene).await;
        let (at, workspace) = (self.0.server.address(), workspace.as_str());
        let name = repo::name(workspace, scene.document.id());
        let name = name.as_str();
        let all = members().map(async |member| {
            let token = token(workspace, member.id.as_str(), member.role);
            let (mut peer, mut verdicts) = (None, Vec::new());
            for attempt in of(&member, attempts) {
                let mut connected = match peer.take() {
                    Some(connected) => connected,
                    None => {
                        let ticket = repo::ticket(at, workspace, &token).await.unwrap();
                        Peer::join(at, &ticket, member.id.as_str()).await.unwrap()
                    }
                };
                let verdict = connected.bring(name, &attempt.change).await;
                peer = verdict.is_ok().then_some(connected);
                verdicts.push((hash(&attempt.change), verdict));
            }
            verdicts
        });
        let verdicts = join_all(all).await.into_iter().flatten().collect();
        in_order(attempts, &verdicts)
    }

    /// Each takes a ticket, a connection and a handshake.
    fn refuses_cheaply(&self) -> bool {
        false
    }
}

#[tokio::test]
async fn automerge_repo_holds_the_table() {
    let judged = Box::pin(try_all(&mut Repo(Stage::new()))).await;
    assert!(judged > 800, "{judged} is not all that is allowed");
}

//! Who may do what: the role table over every path of every document, through
//! the guard itself and through the real server's `/sync`.

#![expect(
    clippy::unwrap_used,
    reason = "what fails here fails the test that asked for it"
)]

use std::collections::BTreeMap;

use automerge::{ActorId, Change};
use threadline_core::document::Document;
use threadline_core::error::Code;
use threadline_core::guard::{self, Actors, Gate};
use threadline_core::id::{ContactId, ConversationId, DocumentId};
use threadline_core::model::Member;
use threadline_core::sync::frame::ServerFrame;
use threadline_tests::client::Client;
use threadline_tests::roles::{Scene, Transport, members, try_all};
use threadline_tests::server::{Server, WORKSPACE, token};
use uuid::Uuid;

/// The guard without anything around it.
struct Bare(Option<(Document, Actors)>);

impl Transport for Bare {
    async fn seed(&mut self, scene: &Scene) {
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
        self.0 = Some((document, actors));
    }

    async fn push(&mut self, member: &Member, change: &[u8]) -> Result<(), Code> {
        let (document, actors) = self.0.as_mut().unwrap();
        let id = document.id();
        let mut gate = Gate::new(id, document.automerge(), actors);
        let incoming = guard::read(change).unwrap();
        gate.admit(member, &incoming)
            .map_err(|refusal| refusal.code)
    }
}

#[tokio::test]
async fn the_guard_holds_the_table() {
    let judged = try_all(&mut Bare(None)).await;
    println!("{judged} changes judged");
    assert!(judged > 1_500, "{judged} is not the whole table");
}

/// Sessions of a real server. A workspace has one workspace document, so each
/// scene with one gets a workspace of its own.
struct Sync {
    server: Server,
    sessions: BTreeMap<String, Vec<(Member, Client)>>,
    workspace: String,
    doc: DocumentId,
    seeded: u128,
}

impl Sync {
    fn session(&mut self, member: &Member) -> &mut Client {
        let all = self.sessions.get_mut(&self.workspace).unwrap();
        let mine = all.iter_mut().find(|(it, _)| it.id == member.id);
        &mut mine.unwrap().1
    }
}

impl Transport for Sync {
    async fn seed(&mut self, scene: &Scene) {
        self.seeded += 1;
        let id = Uuid::from_u128(self.seeded);
        self.workspace = WORKSPACE.to_owned();
        self.doc = match scene.document.id() {
            DocumentId::Conversation(_) => ConversationId(id).into(),
            DocumentId::Contact(_) => ContactId(id).into(),
            other => {
                self.workspace = format!("of-its-own-{}", self.seeded);
                other
            }
        };
        if !self.sessions.contains_key(&self.workspace) {
            let mut all = Vec::new();
            for member in members() {
                let token = token(&self.workspace, member.id.as_str(), member.role);
                all.push((member, Client::with_token(&self.server, &token).await.0));
            }
            self.sessions.insert(self.workspace.clone(), all);
        }
        let doc = self.doc;
        for run in scene
            .history
            .chunk_by(|(one, _), (next, _)| one.id == next.id)
        {
            let changes: Vec<Vec<u8>> = run.iter().map(|(_, bytes)| bytes.clone()).collect();
            self.session(&run[0].0).push_and_wait(doc, &changes).await;
        }
    }

    async fn push(&mut self, member: &Member, change: &[u8]) -> Result<(), Code> {
        let doc = self.doc;
        let session = self.session(member);
        session.push(doc, &[change.to_vec()]).await;
        let verdict = session.until(|frame| match frame {
            ServerFrame::Ack(_) => Some(Ok(())),
            ServerFrame::Nack(nack) => Some(Err(nack.refusal.code)),
            _ => None,
        });
        verdict.await
    }
}

#[tokio::test]
async fn the_server_holds_the_table() {
    let mut sync = Sync {
        server: Server::start(),
        sessions: BTreeMap::new(),
        workspace: String::new(),
        doc: DocumentId::Workspace,
        seeded: 0,
    };
    let judged = try_all(&mut sync).await;
    assert!(judged > 1_500, "{judged} is not the whole table");
}

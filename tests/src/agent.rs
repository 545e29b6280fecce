//! A member's program that goes on whatever happens to the servers: what was
//! not acknowledged is offered again, to the next one if need be.

use std::collections::HashSet;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use threadline_core::error::Code;
use threadline_core::id::DocumentId;
use threadline_core::model::Role;
use threadline_core::sync::frame::{ClientFrame, Hello, Push, ServerFrame};
use tokio::sync::watch;
use tokio_tungstenite::tungstenite::Message;

use crate::client::{Client, Incoming};
use crate::pen::{Pen, hash};
use crate::server::{WORKSPACE, token};

/// Changes under way at once.
const UNDER_WAY: usize = 4;
/// Pause before the next server is tried.
const PAUSE: Duration = Duration::from_millis(50);

/// A member with a document that others write as well, and one of their own.
pub struct Agent {
    /// Who it is.
    pub member: String,
    /// The document that all share.
    pub shared: Pen,
    /// The document of nobody else.
    pub own: Pen,
    /// Hashes of the changes that are durable, as servers said.
    pub acknowledged: HashSet<[u8; 32]>,
    /// How many they are, for who waits for it.
    pub count: Arc<AtomicUsize>,
    pending: Vec<(DocumentId, Vec<u8>)>,
    written: usize,
}

/// Why a session ended.
enum End {
    /// All is acknowledged, and no more was to be written.
    Done,
    /// The server is of no use at the moment.
    Elsewhere,
}

impl Agent {
    /// A member who has `shared` already and begins a document of their own.
    pub fn new(member: &str, shared: Pen, number: u64) -> Self {
        let mut own = Pen::new(member, &format!("{member}@mail.example"), number);
        let begun = vec![(own.doc(), own.start())];
        Self {
            member: member.to_owned(),
            shared,
            own,
            acknowledged: HashSet::new(),
            count: Arc::default(),
            pending: begun,
            written: 0,
        }
    }

    /// Writes by way of the servers, beginning with one of them, until told to
    /// stop, and then until all is acknowledged.
    pub async fn work(
        mut self,
        mut servers: watch::Receiver<Vec<SocketAddr>>,
        first: usize,
        stop: watch::Receiver<bool>,
    ) -> Self {
        for attempt in first.. {
            let address = {
                let known = servers.borrow_and_update();
                known[attempt % known.len()]
            };
            if let Some(client) = self.enter(address).await
                && let End::Done = self.session(client, &stop).await
            {
                break;
            }
            tokio::time::sleep(PAUSE).await;
        }
        self
    }

    /// A session with a server, where it lets anybody in.
    async fn enter(&self, address: SocketAddr) -> Option<Client> {
        let url = format!("ws://{address}/sync");
        let mut client = Client::dial_url(&url, None).await.ok()?;
        let hello = Hello {
            token: token(WORKSPACE, &self.member, Role::Agent),
            epoch: String::new(),
            cursor: 0,
        };
        let hello = Message::binary(ClientFrame::Hello(hello).encode());
        client.send_message(hello).await.ok()?;
        loop {
            match client.next().await {
                Incoming::Frame(ServerFrame::Welcome(_)) => return Some(client),
                Incoming::Frame(_) => {}
                Incoming::Closed(_) => return None,
            }
        }
    }

    async fn session(&mut self, mut client: Client, stop: &watch::Receiver<bool>) -> End {
        // What another server has already is acknowledged by this one as well.
        for (doc, change) in self.pending.clone() {
            if !push(&mut client, doc, change).await {
                return End::Elsewhere;
            }
        }
        loop {
            while self.pending.len() < UNDER_WAY && !*stop.borrow() {
                let (doc, change) = self.write();
                if !push(&mut client, doc, change).await {
                    return End::Elsewhere;
                }
            }
            if self.pending.is_empty() {
                return End::Done;
            }
            match client.next().await {
                Incoming::Frame(ServerFrame::Ack(ack)) => self.promised(ack.hashes.iter()),
                Incoming::Frame(ServerFrame::Nack(nack)) => match nack.refusal.code {
                    Code::Unavailable => return End::Elsewhere,
                    _ => panic!("{} is refused: {}", self.member, nack.refusal),
                },
                Incoming::Frame(_) => {}
                Incoming::Closed(_) => return End::Elsewhere,
            }
        }
    }

    /// A note, in turns in the one document and in the other.
    fn write(&mut self) -> (DocumentId, Vec<u8>) {
        self.written += 1;
        let text = format!("{}'s note {}", self.member, self.written);
        let pen = match self.written % 2 {
            0 => &mut self.own,
            _ => &mut self.shared,
        };
        let change = (pen.doc(), pen.note(&text));
        self.pending.push(change.clone());
        change
    }

    fn promised<'a, H: std::ops::Deref<Target = [u8; 32]> + 'a>(
        &mut self,
        hashes: impl Iterator<Item = &'a H>,
    ) {
        self.acknowledged.extend(hashes.map(|hash| **hash));
        let acknowledged = &self.acknowledged;
        self.pending
            .retain(|(_, change)| !acknowledged.contains(&hash(change)));
        self.count.store(acknowledged.len(), Ordering::Relaxed);
    }
}

async fn push(client: &mut Client, doc: DocumentId, change: Vec<u8>) -> bool {
    let frame = ClientFrame::Push(Push {
        doc,
        changes: vec![change.into()],
    });
    let message = Message::binary(frame.encode());
    client.send_message(message).await.is_ok()
}

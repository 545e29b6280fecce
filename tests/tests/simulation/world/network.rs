//! The network: connections that keep order, take their time and break.

use threadline_core::error::{Code, Refusal};
use threadline_core::guard;
use threadline_core::sync::frame::{ClientFrame, Nack, ServerFrame};
use threadline_core::sync::hub::{Input, SessionId};
use threadline_core::time::Timestamp;

use super::{Event, Refusing, World};
use crate::client;

/// A connection.
pub(super) struct Link {
    client: usize,
    server: usize,
    up: bool,
    to_server: Timestamp,
    to_client: Timestamp,
}

impl World {
    /// Breaks a connection: what is on its way is lost, both ends find out
    /// later, and the browser stays in the dark so long.
    pub(super) fn cut(&mut self, link: u64, dark: i64) {
        let Some(open) = self.links.get_mut(&link) else {
            return;
        };
        if !std::mem::take(&mut open.up) {
            return;
        }
        let at_server = self.rng.millis(0, 3_000);
        self.after(at_server, Event::GoneAtServer(link));
        let at_client = self.rng.millis(0, 500) + dark;
        self.after(at_client, Event::GoneAtClient(link));
    }

    pub(super) fn connect(&mut self, index: usize) {
        if self.clients[index].connection.is_some() {
            return;
        }
        // Any server will do; one that is down does not answer.
        let server = self.rng.below(self.servers.len());
        if !self.servers[server].up {
            let wait = self.rng.millis(20, 800);
            return self.after(wait, Event::Connect(index));
        }
        self.count += 1;
        let link = self.count;
        self.links.insert(
            link,
            Link {
                client: index,
                server,
                up: true,
                to_server: self.now,
                to_client: self.now,
            },
        );
        let session = SessionId(link);
        self.serve(server, vec![Input::Connected { session }]);
        let client = &mut self.clients[index];
        client.connection = Some(link);
        client.replica.connected(client.name.clone());
        self.settle(index);
    }

    /// The connections of one server.
    pub(super) fn links_to(&self, server: usize) -> Vec<u64> {
        let links = self.links.iter();
        let links = links.filter(|(_, link)| link.server == server);
        links.map(|(number, _)| *number).collect()
    }

    /// A server notices that a connection is gone. Which one it was is known
    /// even where the browser has given it up.
    pub(super) fn gone_at_server(&mut self, link: u64) {
        let session = SessionId(link);
        for server in 0..self.servers.len() {
            self.serve(server, vec![Input::Disconnected { session }]);
        }
    }

    /// The browser's socket is closed.
    pub(super) fn gone(&mut self, link: u64) {
        let Some(index) = self.links.remove(&link).map(|link| link.client) else {
            return;
        };
        if self.clients[index].connection != Some(link) {
            return;
        }
        self.clients[index].connection = None;
        self.clients[index].complete.clear();
        self.clients[index].replica.disconnected();
        self.settle(index);
        let wait = self.rng.millis(20, 800);
        self.after(wait, Event::Connect(index));
    }

    /// Puts what a browser sends on its way, in order.
    pub(super) fn carry_from(&mut self, index: usize, wire: Vec<client::Wire>) {
        let Some(number) = self.clients[index].connection else {
            return;
        };
        for wire in wire {
            match wire {
                client::Wire::Send(frame) => {
                    let delay = self.delay();
                    let Some(link) = self.links.get_mut(&number).filter(|link| link.up) else {
                        continue;
                    };
                    link.to_server = link.to_server.max(self.now.plus_millis(delay));
                    let at = link.to_server;
                    self.at(at, Event::ToServer(number, frame));
                }
                client::Wire::Disconnect => self.cut(number, 0),
            }
        }
    }

    fn delay(&mut self) -> i64 {
        if self.healthy {
            return 5;
        }
        self.rng.millis(1, 120)
    }

    pub(super) fn at_server(&mut self, number: u64, frame: Vec<u8>) {
        let Some(link) = self.links.get(&number).filter(|link| link.up) else {
            return;
        };
        let server = link.server;
        let bytes = match self.scenario.refusing {
            Refusing::Some => self.judge(number, frame),
            _ => frame,
        };
        let session = SessionId(number);
        self.serve(server, vec![Input::Frame { session, bytes }]);
    }

    /// Refuses some changes at random, always the same ones.
    fn judge(&mut self, number: u64, frame: Vec<u8>) -> Vec<u8> {
        let Ok(ClientFrame::Push(mut push)) = ClientFrame::decode(&frame) else {
            return frame;
        };
        let mut passed = Vec::new();
        for chunk in push.changes {
            let hash = guard::read(&chunk).expect("browsers push changes").hash();
            let rng = &mut self.rng;
            if !*self.judged.entry(hash).or_insert_with(|| rng.chance(6)) {
                passed.push(chunk);
                continue;
            }
            self.refused.insert(hash);
            let nack = ServerFrame::Nack(Nack {
                doc: push.doc,
                hash: hash.into(),
                refusal: Refusal::new(Code::Invalid, "Not this one."),
            });
            self.carry_to(SessionId(number), nack.encode());
        }
        push.changes = passed;
        ClientFrame::Push(push).encode()
    }

    pub(super) fn at_client(&mut self, number: u64, frame: &[u8]) {
        let Some(index) = self
            .links
            .get(&number)
            .filter(|link| link.up)
            .map(|link| link.client)
        else {
            return;
        };
        if self.clients[index].connection == Some(number) {
            let wire = self.clients[index].receive(frame, self.now);
            self.carry_from(index, wire);
        }
    }

    /// A server closes a connection, behind what it sent on it.
    pub(super) fn hang_up(&mut self, session: SessionId) {
        let at = self.links.get(&session.0).map(|link| link.to_client);
        self.at(at.unwrap_or(self.now), Event::GoneAtClient(session.0));
        self.after(1, Event::GoneAtServer(session.0));
    }

    pub(super) fn carry_to(&mut self, session: SessionId, frame: Vec<u8>) {
        let delay = self.delay();
        let Some(link) = self.links.get_mut(&session.0).filter(|link| link.up) else {
            return;
        };
        link.to_client = link.to_client.max(self.now.plus_millis(delay));
        let at = link.to_client;
        self.at(at, Event::ToClient(session.0, frame));
    }
}

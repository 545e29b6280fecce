//! The simulated world: a clock, a network that fails, browsers and a server.

mod network;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

use threadline_core::id::{DocumentId, WorkspaceId};
use threadline_core::model::Role;
use threadline_core::replica::SyncPhase;
use threadline_core::sync::hub::{Input, SessionId};
use threadline_core::time::Timestamp;

use self::network::Link;
use crate::client::Client;
use crate::commands;
use crate::rng::Rng;
use crate::server::{Job, Server, member};

/// What the server refuses, beside what the guard does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusing {
    /// Nothing.
    Nothing,
    /// Some changes, at random, whenever they come.
    Some,
    /// Everything of one member, from a moment on.
    Viewer,
}

/// How long members work and the network fails, in milliseconds.
const WORK_MS: i64 = 12_000;
/// How long everything may take to come to rest after that.
const REST_MS: i64 = 600_000;

enum Event {
    /// A member does something.
    Act(usize),
    /// A browser's timer.
    Tick(usize),
    /// A browser connects.
    Connect(usize),
    ToServer(u64, Vec<u8>),
    ToClient(u64, Vec<u8>),
    /// The server notices that a connection is gone.
    GoneAtServer(u64),
    /// The browser notices.
    GoneAtClient(u64),
    /// The server's process has finished something, if it still lives.
    Done(u64, Job),
    ServerTick,
    Mail,
    Fault,
    Downgrade,
}

impl Event {
    /// Whether it comes again and again by itself.
    fn is_timer(&self) -> bool {
        matches!(self, Event::Tick(_) | Event::ServerTick)
    }
}

/// One run.
pub(crate) struct World {
    pub(crate) clients: Vec<Client>,
    pub(crate) server: Server,
    /// What was refused on the way, by hash.
    pub(crate) refused: BTreeSet<[u8; 32]>,
    workspace: WorkspaceId,
    refusing: Refusing,
    rng: Rng,
    now: Timestamp,
    /// Whether the network, the processes and the disks behave now.
    healthy: bool,
    events: BTreeMap<u64, Event>,
    queue: BinaryHeap<Reverse<(Timestamp, u64)>>,
    count: u64,
    links: BTreeMap<u64, Link>,
    judged: BTreeMap<[u8; 32], bool>,
}

impl World {
    pub(crate) fn new(seed: u64, refusing: Refusing) -> Self {
        let mut rng = Rng::new(seed);
        let workspace: WorkspaceId = "shop".parse().expect("a workspace's id");
        let names = ["ana", "ben", "cleo", "dora", "emil"];
        let count = 2 + rng.below(4);
        let role = |index: usize| if index == 1 { Role::Admin } else { Role::Agent };
        let members = names[..count].iter().enumerate();
        let members = members
            .map(|(index, name)| member(name, role(index)))
            .collect();
        let clients = names[..count]
            .iter()
            .map(|name| Client::new(name, &workspace, &mut rng))
            .collect();
        let mut world = Self {
            clients,
            server: Server::new(members, &mut rng),
            refused: BTreeSet::new(),
            workspace,
            refusing,
            rng,
            now: Timestamp::from_millis(1_790_000_000_000),
            healthy: false,
            events: BTreeMap::new(),
            queue: BinaryHeap::new(),
            count: 0,
            links: BTreeMap::new(),
            judged: BTreeMap::new(),
        };
        for index in 0..count {
            world.after(0, Event::Connect(index));
            world.after(200, Event::Act(index));
            world.after(500, Event::Tick(index));
        }
        world.after(1_000, Event::ServerTick);
        world.after(700, Event::Mail);
        world.after(1_500, Event::Fault);
        if refusing == Refusing::Viewer {
            world.after(WORK_MS / 2, Event::Downgrade);
        }
        world
    }

    /// Everything that can be known in the workspace.
    pub(crate) fn documents(&self) -> Vec<DocumentId> {
        let contacts = commands::contacts(&self.workspace).into_iter();
        let conversations = commands::conversations(&self.workspace).into_iter();
        contacts
            .map(DocumentId::from)
            .chain(conversations.map(|(_, _, id)| id.into()))
            .chain([DocumentId::Workspace])
            .collect()
    }

    /// Lets members work while things fail, then lets everything come to rest
    /// with every document open everywhere.
    pub(crate) fn run(&mut self) {
        let end = self.now.plus_millis(WORK_MS);
        while self.now < end {
            self.step();
        }
        self.healthy = true;
        for index in 0..self.clients.len() {
            self.clients[index].replica.commit(self.now);
            self.settle(index);
        }
        self.rest("while at work");
        for doc in self.documents() {
            for index in 0..self.clients.len() {
                let wire = self.clients[index].want(doc);
                self.carry_from(index, wire);
            }
        }
        self.rest("with everything open");
    }

    fn rest(&mut self, what: &str) {
        let end = self.now.plus_millis(REST_MS);
        while !self.is_at_rest() {
            assert!(self.now < end, "no rest {what}: {}", self.why());
            self.step();
        }
    }

    fn is_at_rest(&self) -> bool {
        self.events.values().all(Event::is_timer)
            && self.clients.iter().all(|client| {
                client.replica.sync_state().state == SyncPhase::Synced
                    && client.open.is_subset(&client.complete)
            })
    }

    fn why(&self) -> String {
        let of = |client: &Client| {
            format!(
                "{} {:?} {:?} refused {:?} not here {:?}",
                client.name,
                client.replica.sync_state(),
                client.replica.waiting().first(),
                client.replica.refused().first(),
                client.open.difference(&client.complete).next()
            )
        };
        let all: Vec<String> = self.clients.iter().map(of).collect();
        all.join("; ")
    }

    fn after(&mut self, millis: i64, event: Event) {
        self.at(self.now.plus_millis(millis), event);
    }

    fn at(&mut self, at: Timestamp, event: Event) {
        self.count += 1;
        self.events.insert(self.count, event);
        self.queue.push(Reverse((at, self.count)));
    }

    fn step(&mut self) {
        let Some(Reverse((at, number))) = self.queue.pop() else {
            unreachable!("the timers never end");
        };
        let Some(event) = self.events.remove(&number) else {
            return;
        };
        self.now = at;
        match event {
            Event::Act(index) => self.act(index),
            Event::Tick(index) => {
                self.clients[index].replica.commit(self.now);
                self.clients[index].replica.tick(self.now);
                self.settle(index);
                self.after(500, Event::Tick(index));
            }
            Event::Connect(index) => self.connect(index),
            Event::ToServer(link, frame) => self.at_server(link, frame),
            Event::ToClient(link, frame) => self.at_client(link, &frame),
            Event::GoneAtServer(link) => {
                let session = SessionId(link);
                self.serve(vec![Input::Disconnected { session }]);
            }
            Event::GoneAtClient(link) => self.gone(link),
            Event::Done(life, job) => {
                if life == self.server.life {
                    let input = self
                        .server
                        .finish(self.now, &mut self.rng, job, self.healthy);
                    self.serve(vec![input]);
                }
            }
            Event::ServerTick => {
                self.serve(vec![Input::Tick]);
                self.after(1_000, Event::ServerTick);
            }
            Event::Mail if !self.healthy => {
                let all = commands::conversations(&self.workspace);
                let place = all[self.rng.below(all.len())];
                let inputs = self.server.receive_mail(self.now, &mut self.rng, place);
                self.serve(inputs);
                let wait = self.rng.millis(500, 4_000);
                self.after(wait, Event::Mail);
            }
            Event::Fault if !self.healthy => self.fault(),
            Event::Downgrade => {
                self.server.members[0].role = Role::Viewer;
                let members = self.server.members.clone();
                self.serve(vec![Input::Directory { members }]);
            }
            Event::Mail | Event::Fault => {}
        }
    }

    /// A member does something, unless all is to come to rest.
    fn act(&mut self, index: usize) {
        if self.healthy {
            return;
        }
        let now = self.now;
        let rng = &mut self.rng;
        let client = &mut self.clients[index];
        let conversations = commands::conversations(&self.workspace);
        let place = conversations[rng.below(conversations.len())];
        let wire = if rng.chance(8) {
            let wire = client.want(DocumentId::Workspace);
            let _ = client.replica.apply(commands::to_workspace(rng), now);
            wire
        } else if rng.chance(20) {
            let contact = place.0;
            let wire = client.want(contact.into());
            // What is refused here changed nothing, which is all right.
            let _ = client
                .replica
                .apply(commands::to_contact(rng, contact), now);
            wire
        } else {
            let wire = client.want(place.2.into());
            let notes = commands::notes(&client.replica, place.2);
            if let (Some(note), true) = (rng.pick(&notes).copied(), rng.chance(30)) {
                for _ in 0..=rng.below(3) {
                    let length = length(client, place.2, note);
                    let edits = commands::edits(rng, length);
                    let _ = client.replica.edit(place.2, note, edits, now);
                }
            } else {
                let command = commands::to_conversation(rng, &client.replica, now, place);
                let _ = client.replica.apply(command, now);
            }
            wire
        };
        self.carry_from(index, wire);
        if self.rng.chance(2) {
            self.clients[index].forget_effects();
            self.restart_client(index);
        } else {
            self.settle(index);
        }
        let wait = self.rng.millis(50, 900);
        self.after(wait, Event::Act(index));
    }

    /// Something breaks.
    fn fault(&mut self) {
        let index = self.rng.below(self.clients.len());
        match self.rng.below(10) {
            0 => self.restart_server(),
            1 | 2 => self.restart_client(index),
            3 => {
                // A partition: nobody reaches the server for a while.
                let links: Vec<u64> = self.links.keys().copied().collect();
                for link in links {
                    self.cut(link, 3_000);
                }
            }
            _ => {
                if let Some(link) = self.clients[index].connection {
                    let dark = self.rng.millis(0, 4_000);
                    self.cut(link, dark);
                }
            }
        }
        let wait = self.rng.millis(300, 2_500);
        self.after(wait, Event::Fault);
    }

    fn restart_client(&mut self, index: usize) {
        if let Some(link) = self.clients[index].connection {
            self.cut(link, 0);
        }
        let wire = self.clients[index].restart(&mut self.rng);
        self.carry_from(index, wire);
        let wait = self.rng.millis(10, 1_000);
        self.after(wait, Event::Connect(index));
    }

    fn restart_server(&mut self) {
        let life = self.server.life;
        // What was being written is on the disk, or it is not.
        let numbers: Vec<u64> = self.events.keys().copied().collect();
        for number in numbers {
            match self.events.remove(&number) {
                Some(Event::Done(of, Job::Store(batch))) if of == life => {
                    if self.rng.chance(50) {
                        self.server.store(batch);
                    }
                }
                Some(Event::GoneAtServer(_)) | None => {}
                Some(event) => {
                    self.events.insert(number, event);
                }
            }
        }
        let links: Vec<u64> = self.links.keys().copied().collect();
        for link in links {
            self.cut(link, 0);
        }
        let gone = |event: &Event| matches!(event, Event::GoneAtServer(_));
        self.events.retain(|_, event| !gone(event));
        self.server.restart(&mut self.rng);
    }

    fn settle(&mut self, index: usize) {
        let wire = self.clients[index].settle();
        self.carry_from(index, wire);
    }
}

fn length(
    client: &Client,
    conversation: threadline_core::id::ConversationId,
    note: threadline_core::id::NoteId,
) -> u32 {
    let spans = client.replica.spans(conversation, note).unwrap_or_default();
    commands::note_length(&spans)
}

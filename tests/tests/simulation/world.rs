//! The simulated world: a clock, a network that fails, browsers and servers.

mod bus;
mod network;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

use threadline_core::id::{ContactId, ConversationId, DocumentId, WorkspaceId};
use threadline_core::model::Role;
use threadline_core::replica::SyncPhase;
use threadline_core::sync::hub::Input;
use threadline_core::time::Timestamp;

use self::network::Link;
use crate::client::Client;
use crate::commands;
use crate::disk::Disk;
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

/// What one run is like.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scenario {
    pub(crate) refusing: Refusing,
    pub(crate) servers: usize,
    /// From the first to the second number.
    pub(crate) clients: (usize, usize),
    /// How many conversations they work in: the fewer, the more they meet.
    pub(crate) conversations: usize,
    /// How long members work while the network fails, in milliseconds.
    pub(crate) work_ms: i64,
    /// The longest a member waits before the next command, in milliseconds.
    pub(crate) pause_ms: i64,
}

/// How long everything may take to come to rest after that.
const REST_MS: i64 = 600_000;
/// How long nothing may happen but timers before that is rest: servers ask the
/// database within this time what the bus has lost.
const QUIET_MS: i64 = 2_500;

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
    /// A server's process has finished something, if that life still lasts.
    Done(usize, u64, Job),
    ServerTick(usize),
    /// A server that died returns.
    Return(usize),
    /// A server hears on the bus that the log has come to a sequence number.
    Hint(usize, u64),
    Mail,
    Fault,
    Downgrade,
}

impl Event {
    /// Whether it comes again and again by itself.
    fn is_timer(&self) -> bool {
        matches!(self, Event::Tick(_) | Event::ServerTick(_))
    }
}

/// One run.
pub(crate) struct World {
    pub(crate) clients: Vec<Client>,
    pub(crate) servers: Vec<Server>,
    pub(crate) disk: Disk,
    /// What was refused on the way, by hash.
    pub(crate) refused: BTreeSet<[u8; 32]>,
    workspace: WorkspaceId,
    scenario: Scenario,
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
    pub(crate) fn new(seed: u64, scenario: Scenario) -> Self {
        let mut rng = Rng::new(seed);
        let workspace: WorkspaceId = "shop".parse().expect("a workspace's id");
        let names = ["ana", "ben", "cleo", "dora", "emil"];
        let (least, most) = scenario.clients;
        let count = least + rng.below(most - least + 1);
        let role = |index: usize| if index == 1 { Role::Admin } else { Role::Agent };
        let members = names[..count].iter().enumerate();
        let disk = Disk::new(
            members
                .map(|(index, name)| member(name, role(index)))
                .collect(),
        );
        let clients = names[..count]
            .iter()
            .map(|name| Client::new(name, &workspace, &mut rng))
            .collect();
        let mut world = Self {
            clients,
            servers: (0..scenario.servers)
                .map(|_| Server::new(&disk, &mut rng))
                .collect(),
            disk,
            refused: BTreeSet::new(),
            workspace,
            scenario,
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
        for server in 0..scenario.servers {
            world.after(1_000, Event::ServerTick(server));
        }
        world.after(700, Event::Mail);
        world.after(scenario.work_ms / 8, Event::Fault);
        if scenario.refusing == Refusing::Viewer {
            world.after(scenario.work_ms / 2, Event::Downgrade);
        }
        world
    }

    /// Everything that can be known in the workspace.
    pub(crate) fn documents(&self) -> Vec<DocumentId> {
        let places = self.places();
        let documents = places
            .iter()
            .flat_map(|(contact, _, id)| [(*contact).into(), (*id).into()]);
        let documents: BTreeSet<DocumentId> = documents.chain([DocumentId::Workspace]).collect();
        documents.into_iter().collect()
    }

    /// The conversations that are worked in, with their contacts.
    fn places(&self) -> Vec<(ContactId, u32, ConversationId)> {
        let mut all = commands::conversations(&self.workspace);
        all.truncate(self.scenario.conversations);
        all
    }

    /// Lets members work while things fail, then lets everything come to rest
    /// with every document open everywhere.
    pub(crate) fn run(&mut self) {
        let end = self.now.plus_millis(self.scenario.work_ms);
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
        let mut quiet = self.now;
        while self.now < quiet.plus_millis(QUIET_MS) {
            assert!(self.now < end, "no rest {what}: {}", self.why());
            if !self.is_at_rest() {
                quiet = self.now;
            }
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
            Event::GoneAtServer(link) => self.gone_at_server(link),
            Event::GoneAtClient(link) => self.gone(link),
            Event::Done(server, life, job) => self.done(server, life, job),
            Event::ServerTick(server) => {
                let seq = self.disk.seq();
                self.serve(server, vec![Input::Moved { seq }, Input::Tick]);
                self.after(1_000, Event::ServerTick(server));
            }
            Event::Return(server) => {
                self.servers[server].return_to(&self.disk, &mut self.rng);
            }
            Event::Hint(server, seq) => self.serve(server, vec![Input::Moved { seq }]),
            Event::Mail if !self.healthy => {
                let all = self.places();
                let place = all[self.rng.below(all.len())];
                let server = self.rng.below(self.servers.len());
                let inputs = self.servers[server].receive_mail(self.now, &mut self.rng, place);
                self.serve(server, inputs);
                let wait = self.rng.millis(500, 4_000);
                self.after(wait, Event::Mail);
            }
            Event::Fault if !self.healthy => self.fault(),
            Event::Downgrade => {
                self.disk.members[0].role = Role::Viewer;
                for server in 0..self.servers.len() {
                    let members = self.disk.members.clone();
                    self.serve(server, vec![Input::Directory { members }]);
                }
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
        let conversations = self.places();
        let rng = &mut self.rng;
        let client = &mut self.clients[index];
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
        let pause = self.scenario.pause_ms;
        let wait = self.rng.millis(pause / 18, pause);
        self.after(wait, Event::Act(index));
    }

    /// Something breaks.
    fn fault(&mut self) {
        let index = self.rng.below(self.clients.len());
        match self.rng.below(10) {
            0 => self.kill_server(),
            1 | 2 => self.restart_client(index),
            3 => {
                // A partition: nobody reaches the server for a while.
                let links: Vec<u64> = self.links.keys().copied().collect();
                for link in links {
                    self.cut(link, self.scenario.work_ms / 4);
                }
            }
            _ => {
                if let Some(link) = self.clients[index].connection {
                    let dark = self.rng.millis(0, self.scenario.work_ms / 3);
                    self.cut(link, dark);
                }
            }
        }
        let work = self.scenario.work_ms;
        let wait = self.rng.millis(work / 40, work / 5);
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

    fn kill_server(&mut self) {
        let server = self.rng.below(self.servers.len());
        if !self.servers[server].up {
            return;
        }
        let life = self.servers[server].life;
        // What was being written is on the disk, or it is not.
        let numbers: Vec<u64> = self.events.keys().copied().collect();
        for number in numbers {
            match self.events.remove(&number) {
                Some(Event::Done(at, of, Job::Store(batch))) if (at, of) == (server, life) => {
                    let written = self.rng.chance(50);
                    // Where it does not fit, nobody is there to be told.
                    let _ = written.then(|| self.disk.append(batch));
                }
                Some(event) => {
                    self.events.insert(number, event);
                }
                None => {}
            }
        }
        for link in self.links_to(server) {
            self.cut(link, 0);
        }
        self.servers[server].die();
        let wait = self.rng.millis(0, self.scenario.work_ms / 6);
        self.after(wait, Event::Return(server));
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

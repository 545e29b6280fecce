//! The process around a hub: it dies and returns, and its storage is slow.

use std::collections::{BTreeMap, BTreeSet};

use threadline_core::command::{Command, ConversationCommand, InboundMessage};
use threadline_core::error::{Code, Refusal};
use threadline_core::id::{ContactId, ConversationId, DocumentId, InteractionId};
use threadline_core::model::{Address, Channel, Member, Role};
use threadline_core::sync::hub::{
    ActorId, AppendError, Batch, Client, Grant, Hub, Input, Output, SessionId,
};
use threadline_core::time::Timestamp;

use crate::disk::Disk;
use crate::rng::Rng;

/// What takes the process a while.
pub(crate) enum Job {
    Verify(SessionId, String),
    Load(DocumentId),
    Store(Batch),
    ReadLog(u64, usize),
    ReadRows(SessionId, u64, usize),
    /// It is finished; the answer is on its way.
    Answered(Box<Input>),
}

/// What the process does to the network.
pub(crate) enum Wire {
    Send(SessionId, Vec<u8>),
    Close(SessionId),
}

/// A server.
pub(crate) struct Server {
    /// Messages whose receipt was confirmed.
    pub(crate) received: BTreeSet<(ConversationId, InteractionId)>,
    /// Counts the process's lives; answers to an earlier one are lost.
    pub(crate) life: u64,
    /// Whether the process runs.
    pub(crate) up: bool,
    hub: Hub,
    tickets: BTreeMap<u64, (ConversationId, InteractionId)>,
    next_ticket: u64,
}

impl Server {
    pub(crate) fn new(disk: &Disk, rng: &mut Rng) -> Self {
        Self {
            hub: hub(disk, rng),
            received: BTreeSet::new(),
            life: 0,
            up: true,
            tickets: BTreeMap::new(),
            next_ticket: 0,
        }
    }

    /// SIGKILL.
    pub(crate) fn die(&mut self) {
        self.life += 1;
        self.up = false;
        self.tickets.clear();
    }

    /// A new process on the same disk.
    pub(crate) fn return_to(&mut self, disk: &Disk, rng: &mut Rng) {
        self.up = true;
        self.hub = hub(disk, rng);
    }

    /// A message arrives by mail.
    pub(crate) fn receive_mail(
        &mut self,
        now: Timestamp,
        rng: &mut Rng,
        (contact, ordinal, conversation): (ContactId, u32, ConversationId),
    ) -> Vec<Input> {
        let address = |name: &str| Address {
            name: name.to_owned(),
            address: format!("{name}@example.com"),
        };
        let id = InteractionId(uuid::Uuid::from_bytes(rng.bytes()));
        let message = InboundMessage {
            id,
            channel: Channel::Email,
            at: now,
            from: address("rui"),
            to: vec![address("shop")],
            cc: Vec::new(),
            subject: "Where is it?".to_owned(),
            text: "Where is my lamp?".to_owned(),
            html: None,
            visible: None,
            in_reply_to: None,
            external_id: Some(format!("{id}@example.com")),
            attachments: Vec::new(),
            raw: None,
        };
        let start = ConversationCommand::StartConversation {
            contact,
            ordinal,
            subject: "Where is it?".to_owned(),
        };
        let receive = ConversationCommand::ReceiveMessage {
            message: Box::new(message),
        };
        self.next_ticket += 2;
        self.tickets.insert(self.next_ticket, (conversation, id));
        let service = member("server", Role::Service);
        let execute = |ticket: u64, command: ConversationCommand| Input::Execute {
            ticket,
            member: service.clone(),
            command: Command::Conversation {
                conversation,
                command,
            },
        };
        vec![
            execute(self.next_ticket - 1, start),
            execute(self.next_ticket, receive),
        ]
    }

    /// One round of the hub.
    pub(crate) fn round(&mut self, now: Timestamp, inputs: Vec<Input>) -> (Vec<Wire>, Vec<Job>) {
        let mut out = Vec::new();
        for input in inputs {
            out.extend(self.hub.handle(now, input));
        }
        out.extend(self.hub.flush(now));
        let (mut wire, mut jobs) = (Vec::new(), Vec::new());
        for output in out {
            match output {
                Output::Send { session, frame } => wire.push(Wire::Send(session, frame.into())),
                Output::Close { session } => wire.push(Wire::Close(session)),
                Output::Authenticate { session, token } => jobs.push(Job::Verify(session, token)),
                Output::Load { doc } => jobs.push(Job::Load(doc)),
                Output::Store(batch) => jobs.push(Job::Store(batch)),
                Output::ReadLog { after, limit } => jobs.push(Job::ReadLog(after, limit)),
                Output::ReadRows {
                    session,
                    after,
                    limit,
                } => jobs.push(Job::ReadRows(session, after, limit)),
                Output::Executed { ticket, result } => {
                    let receipt = self.tickets.remove(&ticket);
                    if let (Some(receipt), Ok(_)) = (receipt, result) {
                        self.received.insert(receipt);
                    }
                }
                Output::Quarantined { doc, text } => panic!("{doc} does not load: {text}"),
                Output::ReadPast { .. } | Output::FlowFailed { .. } => {
                    unreachable!("this server runs no flows")
                }
                // It is kept nowhere, so no two servers can differ by it.
                Output::Present(_) => {}
                Output::Mended { doc } => panic!("{doc} was never set aside"),
            }
        }
        (wire, jobs)
    }

    /// Finishes a job. Storage fails now and then.
    pub(crate) fn finish(
        &mut self,
        now: Timestamp,
        disk: &mut Disk,
        rng: &mut Rng,
        job: Job,
        healthy: bool,
    ) -> Input {
        let slow = || Refusal::new(Code::Unavailable, "The disk is slow.");
        match job {
            Job::Verify(session, token) => {
                let known = disk.members.iter().find(|it| it.id.as_str() == token);
                let grant = known
                    .map(|member| Grant {
                        member: member.clone(),
                        client: Client::Native,
                        expires: now.plus_millis(if healthy {
                            3_600_000
                        } else {
                            rng.millis(2_000, 60_000)
                        }),
                    })
                    .ok_or_else(|| Refusal::new(Code::BadToken, "Nobody of that name."));
                Input::Authenticated { session, grant }
            }
            Job::Load(doc) => Input::Loaded {
                doc,
                stored: Ok(disk.load(doc)),
            },
            Job::Store(batch) => {
                let id = batch.id;
                let result = if !healthy && rng.chance(3) {
                    // The answer is lost, and the batch perhaps as well.
                    if rng.chance(50) {
                        let _ = disk.append(batch);
                    }
                    Err(AppendError::Refused(slow()))
                } else {
                    disk.append(batch)
                };
                Input::Stored { batch: id, result }
            }
            Job::ReadLog(..) if !healthy && rng.chance(5) => Input::LogRead(Err(slow())),
            // Small pages, so that commits come between them.
            Job::ReadLog(after, limit) => {
                let limit = limit.min(3 + rng.below(40));
                Input::LogRead(Ok(disk.page(after, limit)))
            }
            Job::ReadRows(session, after, limit) => {
                let mut rows = disk.rows_between(after, disk.seq());
                let page = limit.min(2);
                let complete = rows.len() <= page;
                rows.truncate(page);
                let cursor = rows.last().map_or(after, |row| row.seq);
                Input::RowsRead {
                    session,
                    rows,
                    cursor,
                    complete,
                }
            }
            Job::Answered(input) => *input,
        }
    }
}

fn hub(disk: &Disk, rng: &mut Rng) -> Hub {
    Hub::new(
        "epoch".to_owned(),
        disk.seq(),
        disk.members.clone(),
        "server".parse().expect("a member's id"),
        ActorId::from(rng.bytes()),
        Box::new(rng.fork()),
    )
}

/// A member of the simulated team.
pub(crate) fn member(name: &str, role: Role) -> Member {
    Member {
        teams: "support".parse().into_iter().collect(),
        ..Member::new(name.parse().expect("a member's id"), name, role)
    }
}

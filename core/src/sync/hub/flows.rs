//! Flows follow the log: what happened in each change is found there, and the
//! flows that wait for it are run as commands of the server's own. How far that is
//! done, the process keeps; a server that begins again reads on from there. What two
//! servers run both, the second finds done.

use std::collections::BTreeMap;

use automerge::Change;

use super::documents::{Slot, contained};
use super::port::{LogPage, Logged, Output};
use super::{Hub, Reading, quarantine};
use crate::command::{Command, CommandResult, ConversationCommand};
use crate::error::{Code, Refusal};
use crate::flow::Happened;
use crate::id::DocumentId;
use crate::limits;
use crate::model::{Member, Role};
use crate::schedule::Zones;
use crate::time::Timestamp;

/// Tickets of the hub's own commands; those of the process around it are smaller.
const OWN: u64 = 1 << 63;

/// How far flows have followed the log.
pub(super) struct Flows {
    /// In whose name they run.
    member: Member,
    zones: Box<dyn Zones + Send>,
    /// The sequence number up to which what happened is known.
    seen: u64,
    reading: Reading,
    tickets: u64,
    /// The runs under way.
    running: BTreeMap<u64, Run>,
}

/// One run of a flow.
struct Run {
    /// Where the log has what it runs for.
    seq: u64,
    command: Command,
    /// Whether it could not be done just now, and is tried again with the next tick.
    again: bool,
    /// When it was to be done first.
    since: Timestamp,
}

impl Hub {
    /// From now on flows run, in the name of `member`, for all that the log has after
    /// `done`: see [`Hub::flows_done`].
    pub fn run_flows(&mut self, member: Member, done: u64, zones: Box<dyn Zones + Send>) {
        self.flows = Some(Flows {
            member,
            zones,
            seen: done,
            reading: Reading::No,
            tickets: OWN,
            running: BTreeMap::new(),
        });
    }

    /// The sequence number up to which every flow has run, durably. `None` where
    /// flows are not run here.
    pub fn flows_done(&self) -> Option<u64> {
        let flows = self.flows.as_ref()?;
        let first = flows.running.values().map(|run| run.seq).min();
        Some(first.map_or(flows.seen, |first| first - 1))
    }

    /// Asks for what has happened since, where somebody waits for it.
    pub(super) fn follow_flows(&mut self, out: &mut Vec<Output>) {
        let Some(flows) = &self.flows else { return };
        if flows.seen >= self.seq || flows.reading != Reading::No {
            return;
        }
        if !self.has_rules() {
            return;
        }
        let waited_for = self.rules.flows.iter().any(|flow| flow.active);
        let Some(flows) = &mut self.flows else { return };
        if !waited_for {
            flows.seen = self.seq;
        } else if flows.running.len() < limits::FLOWS_RUNNING {
            flows.reading = Reading::Yes;
            out.push(Output::ReadPast {
                after: flows.seen,
                limit: limits::LOG_PAGE,
            });
        }
    }

    /// Whether the rules are those of storage, and not the start values in place of
    /// a document that is set aside: flows wait until it is mended.
    fn has_rules(&self) -> bool {
        let rules = self.documents.get(&DocumentId::Workspace);
        matches!(rules, Some(Slot::Held(_)))
    }

    /// Whether something has happened that flows were not run for yet. While the rules
    /// are set aside nothing is waited for: whoever begins again reads on from there.
    pub fn flows_wait(&self) -> bool {
        let waits = |flows: &Flows| flows.seen < self.seq || !flows.running.is_empty();
        !self.quarantine.holds(DocumentId::Workspace) && self.flows.as_ref().is_some_and(waits)
    }

    /// A stretch of the log that was told here before has come again.
    pub(super) fn past_read(&mut self, now: Timestamp, read: Result<LogPage, Refusal>) {
        let Some(flows) = &mut self.flows else { return };
        let Ok(page) = read else {
            flows.reading = Reading::Failed;
            return;
        };
        flows.reading = Reading::No;
        let room = limits::FLOWS_RUNNING.saturating_sub(flows.running.len());
        // What was not told yet is asked for again when it was.
        let mut told = page.cursor.min(self.seq);
        let mut commands = Vec::new();
        for logged in page.entries.iter().filter(|logged| logged.seq <= told) {
            let runs = self.runs_for(now, logged);
            commands.extend(runs.into_iter().map(|command| (logged.seq, command)));
            if commands.len() >= room {
                // The rest is read again when these are done.
                told = logged.seq;
                break;
            }
        }
        let Some(flows) = &mut self.flows else { return };
        flows.seen = flows.seen.max(told);
        let mut tickets = Vec::new();
        for (seq, command) in commands {
            flows.tickets += 1;
            tickets.push((flows.tickets, command.clone()));
            let run = Run {
                seq,
                command,
                again: false,
                since: now,
            };
            flows.running.insert(flows.tickets, run);
        }
        for (ticket, command) in tickets {
            self.run_flow(now, ticket, command);
        }
    }

    /// The runs of flows that a line of the log asks for.
    fn runs_for(&self, now: Timestamp, logged: &Logged) -> Vec<Command> {
        let (Some(flows), DocumentId::Conversation(conversation)) = (&self.flows, logged.doc)
        else {
            return Vec::new();
        };
        let is_service =
            |member: &Member| member.id == logged.member && member.role == Role::Service;
        let by_service = logged.member == flows.member.id || self.members.iter().any(is_service);
        let oldest = now.plus_millis(-limits::FLOW_EVENT_MS);
        let happened = contained(|| {
            let change = Change::from_bytes(logged.bytes.clone()).ok()?;
            let made = Timestamp::from_millis(change.timestamp().saturating_mul(1_000));
            (made >= oldest).then(|| Happened::in_change(&change, by_service))
        });
        let happened = happened.ok().flatten().unwrap_or_default();
        if happened.is_empty() {
            return Vec::new();
        }
        let offsets = flows.zones.offsets(&self.rules.policies.zone, now);
        let run = |happened: &Happened| {
            let waiting = self.rules.flows.iter();
            let waiting = waiting.filter(|flow| happened.may_set_off(flow));
            let commands = waiting.map(|flow| Command::Conversation {
                conversation,
                command: ConversationCommand::RunFlow {
                    flow: flow.id,
                    event: happened.event,
                    step: happened.steps.saturating_add(1),
                    offsets: offsets.clone(),
                },
            });
            commands.collect::<Vec<_>>()
        };
        happened.iter().flat_map(run).collect()
    }

    fn run_flow(&mut self, now: Timestamp, ticket: u64, command: Command) {
        if let Some(member) = self.flows.as_ref().map(|flows| flows.member.clone()) {
            self.execute(now, ticket, member, command);
        }
    }

    /// Takes the answers to the hub's own commands out of what goes to the process.
    pub(super) fn settle_flows(&mut self, out: &mut Vec<Output>) {
        let Some(flows) = &mut self.flows else { return };
        let mut failed = Vec::new();
        out.retain(|output| match output {
            Output::Executed { ticket, result } if *ticket > OWN => {
                failed.extend(flows.settle(*ticket, result));
                false
            }
            _ => true,
        });
        out.extend(failed);
    }

    /// Tries again what could not be done. A document that is set aside loads again by
    /// itself; what waits for it too long is given up, so that others have their turn.
    pub(super) fn flows_again(&mut self, now: Timestamp, out: &mut Vec<Output>) {
        let rules = DocumentId::Workspace;
        if self.flows_wait() && !self.documents.contains_key(&rules) {
            self.load(rules, out);
        }
        let Some(flows) = &mut self.flows else { return };
        if flows.reading == Reading::Failed {
            flows.reading = Reading::No;
        }
        let mut again = Vec::new();
        flows.running.retain(|ticket, run| {
            let doc = run.command.document();
            if !run.again {
                return true;
            }
            if !self.quarantine.holds(doc) {
                run.again = false;
                again.push((*ticket, run.command.clone()));
            } else if run.since.plus_millis(limits::FLOW_WAIT_MS) <= now {
                let text = quarantine::refusal().to_string();
                out.push(Output::FlowFailed { doc, text });
                return false;
            }
            true
        });
        for (ticket, command) in again {
            self.run_flow(now, ticket, command);
        }
    }
}

impl Flows {
    /// A run was done, or could not be: now, or ever.
    fn settle(&mut self, ticket: u64, result: &CommandResult) -> Option<Output> {
        let run = self.running.get_mut(&ticket)?;
        match result {
            Err(Refusal {
                code: Code::Unavailable | Code::RateLimited | Code::Quarantined,
                ..
            }) => {
                run.again = true;
                None
            }
            Err(refusal) => {
                let doc = run.command.document();
                self.running.remove(&ticket);
                Some(Output::FlowFailed {
                    doc,
                    text: refusal.to_string(),
                })
            }
            Ok(_) => {
                self.running.remove(&ticket);
                None
            }
        }
    }
}

//! What flows do not run for, how many run at once, and what they wait for how long.

use automerge::transaction::Transactable;
use automerge::{AutoCommit, ObjType, ROOT, ReadDoc};

use super::flows::*;
use super::*;
use crate::command::FlowDraft;
use crate::document::{commit, set_actor};
use crate::id::{ActivityId, FlowId};
use crate::model::{FlowAction, FlowRun, FlowTrigger};

/// A flow that writes a note.
fn put(number: u128, trigger: FlowTrigger) -> Command {
    Command::Workspace(WorkspaceCommand::PutFlow {
        flow: FlowDraft {
            id: Some(FlowId(Uuid::from_u128(number))),
            name: "Tag".to_owned(),
            active: true,
            trigger,
            conditions: Vec::new(),
            actions: vec![FlowAction::AddNote {
                text: "So.".to_owned(),
            }],
        },
    })
}

impl Rig {
    /// Storage has a change of the server's service, which the guard never saw: after
    /// so many steps of flows it tells of tags.
    fn append_tags(&mut self, step: u32, tags: u128) {
        let stored = self.load(doc()).unwrap();
        let actor = ActorId::from([77; 16]);
        let service = server().id;
        let mut known = stored.document(doc(), actor.clone(), &service).unwrap();
        let mut copy = AutoCommit::load(&known.save()).unwrap();
        set_actor(&mut copy, actor.clone(), &service);
        let root = |copy: &AutoCommit, key: &str| copy.get(ROOT, key).unwrap().unwrap().1;
        let run = FlowRun {
            flow: FlowId(Uuid::nil()),
            run: ActivityId(Uuid::nil()),
            step,
            stopped: String::new(),
        };
        let (state, activities) = (root(&copy, "state"), root(&copy, "activities"));
        copy.put(&state, "flow", run.to_string()).unwrap();
        for tag in 1..=tags {
            let id = Uuid::from_u128(tag).to_string();
            let entry = copy.put_object(&activities, id, ObjType::Map).unwrap();
            let texts = [
                ("by", service.as_str()),
                ("action", "add_tag"),
                ("field", "tags"),
                ("from", ""),
                ("to", "vip"),
            ];
            for (key, text) in texts {
                copy.put(&entry, key, text).unwrap();
            }
            copy.put(&entry, "at", 1_000).unwrap();
        }
        let change = commit(&mut copy, "run_flow", self.now).unwrap();
        let batch = Batch {
            entries: vec![Entry {
                seq: 1,
                doc: doc(),
                hash: change.hash().0,
                bytes: change.raw_bytes().to_vec(),
                actor,
                member: service,
                session: None,
                received_at: self.now,
            }],
            ..Batch::default()
        };
        self.append(batch).unwrap();
    }

    /// Hears of what storage has.
    fn hears(&mut self) {
        let seq = self.log.len() as u64;
        self.input(Input::Moved { seq });
        self.input(Input::Tick);
    }
}

#[test]
fn a_restored_server_runs_flows_at_once_but_none_for_what_is_long_over() {
    let mut before = Rig::new();
    before.prepare();
    before.mail(1);
    let mut after = before.on_same_storage();
    after.now = before.now.plus_millis(limits::FLOW_EVENT_MS + 1);
    after.hub = hub_at(2);
    after.hub.run_flows(server(), 0, Box::new(Ahead));
    let month = 30 * limits::FLOW_EVENT_MS;
    after.hub.refill_until(after.now.plus_millis(month));
    // The old message comes back.
    after.hears();
    assert_eq!(after.tasks(), []);
    assert_eq!(after.done(), 3);
    assert!(!after.hub.flows_wait());
    after.mail(2);
    assert_eq!(after.tasks().len(), 1);
    // What is a day old is not too old.
    let mut other = before.on_same_storage();
    other.now = before.now.plus_millis(limits::FLOW_EVENT_MS);
    other.hub = hub_at(2);
    other.hub.run_flows(server(), 0, Box::new(Ahead));
    other.hears();
    assert_eq!(other.tasks().len(), 1);
}

#[test]
fn a_step_beyond_all_counting_ends_nothing_but_the_chain() {
    let mut rig = Rig::new().with_flows(0);
    let tagged = FlowTrigger::TagAdded { tag: None };
    rig.give(member("cleo", Role::Admin), put(7, tagged));
    rig.give(member("ana", Role::Agent), to(start()));
    rig.append_tags(u32::MAX, 1);
    rig.hears();
    // The run tells that it was one too many.
    assert_eq!((rig.done(), rig.log.len()), (4, 4));
    assert_eq!(rig.failed, [""; 0]);
    rig.mail(1);
    assert_eq!(rig.done(), 5);
}

#[test]
fn what_cannot_be_read_ends_nothing() {
    let mut rig = Rig::new().with_flows(0);
    rig.prepare();
    rig.mail(1);
    // Its operations are counted beyond what a number holds.
    let mut page = rig.read_log(2, 1);
    let mail = automerge::Change::from_bytes(page.entries[0].bytes.clone()).unwrap();
    let mut mail = mail.decode();
    mail.start_op = std::num::NonZeroU64::MAX;
    page.entries[0].bytes = automerge::Change::from(mail).raw_bytes().to_vec();
    rig.input(Input::PastRead(Ok(page)));
    rig.mail(2);
    assert_eq!(rig.tasks().len(), 2);
}

#[test]
fn one_change_sets_off_a_bounded_number_of_runs() {
    let mut rig = Rig::new().with_flows(0);
    let tagged = FlowTrigger::TagAdded { tag: None };
    rig.give(member("cleo", Role::Admin), put(7, tagged));
    rig.give(member("ana", Role::Agent), to(start()));
    rig.append_tags(1, 3 * limits::FLOW_EVENTS as u128);
    rig.hears();
    assert_eq!(rig.log.len(), 3 + limits::FLOW_EVENTS);
    assert_eq!(rig.done(), rig.log.len() as u64);
}

#[test]
fn of_a_page_only_so_many_runs_begin_at_once() {
    let mut rig = Rig::new();
    rig.prepare();
    let any = || FlowTrigger::MessageReceived { channel: None };
    for number in 1..limits::FLOWS as u128 {
        rig.give(member("cleo", Role::Admin), put(1_000 + number, any()));
    }
    let mails = limits::FLOWS_RUNNING / limits::FLOWS + 3;
    for number in 1..=mails as u128 {
        rig.mail(number);
    }
    // Nothing is done while the conversation is being loaded.
    rig.hub.run_flows(server(), 0, Box::new(Ahead));
    rig.hub.documents.remove(&doc());
    rig.load_back = true;
    rig.input(Input::Tick);
    let begun = rig.hub.work[&doc()].len();
    let most = limits::FLOWS_RUNNING..limits::FLOWS_RUNNING + limits::FLOWS;
    assert!(most.contains(&begun), "{begun}");
    assert!(rig.hub.flows_wait());
}

/// A message is stored, and then its conversation does not load.
fn damaged() -> Rig {
    let mut rig = Rig::new().with_flows(0);
    rig.prepare();
    rig.held_back = Some(Vec::new());
    rig.mail(1);
    let mail = rig.held_back.take().unwrap().remove(0);
    let stored = rig.store(mail);
    rig.hub.documents.remove(&doc());
    rig.damaged.insert(doc());
    rig.inputs(stored.into_iter().collect());
    assert_eq!(rig.quarantined, [doc()]);
    rig
}

#[test]
fn a_run_waits_until_its_conversation_is_mended() {
    let mut rig = damaged();
    assert!(rig.done() < 3 && rig.hub.flows_wait());
    rig.damaged.clear();
    rig.now = rig.now.plus_millis(limits::QUARANTINE_MS);
    rig.input(Input::Tick);
    rig.input(Input::Tick);
    assert_eq!(rig.tasks().len(), 1);
    assert_eq!(rig.done(), rig.log.len() as u64);
    assert_eq!(rig.failed, [""; 0]);
}

#[test]
fn a_run_does_not_wait_for_ever() {
    let mut rig = damaged();
    rig.now = rig.now.plus_millis(limits::FLOW_WAIT_MS - 1);
    rig.input(Input::Tick);
    assert!(rig.hub.flows_wait());
    rig.now = rig.now.plus_millis(1);
    rig.input(Input::Tick);
    assert_eq!(rig.failed.len(), 1);
    assert_eq!(rig.done(), 3);
    assert!(!rig.hub.flows_wait(), "the workspace may be let go");
}

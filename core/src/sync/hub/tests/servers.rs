//! Other servers write to the same storage.

use super::*;

/// The first change of another conversation, on another server.
fn begin_elsewhere(rig: &mut Rig, ordinal: u32) {
    let contact = ContactId(Uuid::nil());
    let doc = ConversationId::of_contact(contact, ordinal).into();
    let actor = 100 + u8::try_from(ordinal).unwrap();
    let begin = ConversationCommand::StartConversation {
        contact,
        ordinal,
        subject: "Elsewhere".to_owned(),
    };
    rig.elsewhere(&mut Desk::in_doc(doc, "ana", actor), begin);
}

fn require_topic(ticket: u64) -> Input {
    let set = PolicyField::RequireTopicToClose(true);
    Input::Execute {
        ticket,
        member: member("cleo", Role::Admin),
        command: Command::Workspace(WorkspaceCommand::SetPolicy { set }),
    }
}

fn cursors(frames: &[ServerFrame]) -> Vec<(Vec<u64>, u64)> {
    let of = |page: &Rows| (page.rows.iter().map(|row| row.seq).collect(), page.cursor);
    rows(frames).iter().map(of).collect()
}

#[test]
fn what_others_wrote_reaches_followers_rows_and_the_document() {
    let mut rig = Rig::with_both();
    rig.frame(BEN, &open(Vec::new()));
    rig.heard(BEN);
    let mut ana = Desk::new("ana", 1);
    rig.elsewhere(&mut ana, start());
    rig.elsewhere(&mut ana, subject("Lamp"));
    assert!(rig.heard(BEN).is_empty(), "nobody has said anything yet");
    rig.input(Input::Moved { seq: 2 });

    let heard = rig.heard(BEN);
    let [news] = changes(&heard).try_into().unwrap();
    let mut ben = Desk::new("ben", 2);
    ben.take(&news);
    assert_eq!(ben.document.view(), ana.document.view());
    assert_eq!((news.seq, news.complete), (2, true));
    assert_eq!(cursors(&heard), [(vec![2], 2)]);
    // What builds on it is taken without asking storage again.
    let change = ben.make(subject("Chair"));
    rig.frame(BEN, &push(&[&change]));
    assert_eq!(acked(&rig.heard(BEN)), [hash(&change)]);
    rig.input(Input::Moved { seq: 3 });
    rig.input(Input::Moved { seq: 2 });
    assert!(rig.heard(BEN).is_empty(), "nobody is told twice");
}

#[test]
fn a_hint_that_is_wrong_does_no_harm() {
    let mut rig = Rig::with_both();
    rig.heard(BEN);
    rig.input(Input::Moved { seq: u64::MAX });
    let first = Desk::new("ana", 1).make(start());
    rig.frame(ANA, &push(&[&first]));
    assert_eq!(acked(&rig.heard(ANA)), [hash(&first)]);
}

#[test]
fn no_cursor_passes_a_row_that_somebody_else_wrote_before() {
    let mut rig = Rig::with_both();
    rig.heard(BEN);
    begin_elsewhere(&mut rig, 7);
    rig.log_back = Some(Vec::new());
    let own = Desk::new("ana", 3).make(start());
    rig.frame(ANA, &push(&[&own]));
    assert!(
        acked(&rig.heard(ANA)).is_empty(),
        "the batch is durable, and what lies before it is not told"
    );
    rig.release_log();
    assert_eq!(acked(&rig.heard(ANA)), [hash(&own)]);
    assert_eq!(cursors(&rig.heard(BEN)), [(vec![1, 2], 2)]);
}

#[test]
fn a_batch_from_an_old_copy_is_made_anew() {
    let mut rig = Rig::with_both();
    let mut ana = Desk::new("ana", 1);
    let first = ana.make(start());
    rig.frame(ANA, &push(&[&first]));
    rig.frame(BEN, &open(Vec::new()));
    let mut ben = Desk::new("ben", 2);
    ben.take(changes(&rig.heard(BEN)).last().unwrap());
    let other = rig.elsewhere(&mut ben, subject("Chair"));

    let second = ana.make(subject("Lamp"));
    rig.frame(ANA, &push(&[&second]));
    assert_eq!(acked(&rig.heard(ANA)), [hash(&first), hash(&second)]);
    assert_eq!(rig.batches, 3, "the second was tried twice");
    let told = changes(&rig.heard(BEN));
    let told: Vec<Hash> = told.iter().flat_map(|it| &it.changes).map(hash).collect();
    assert_eq!(told, [hash(&other), hash(&second)]);
    assert_eq!(rig.log.len(), 3);
}

#[test]
fn a_change_that_another_server_has_stored_is_acked_and_not_stored_again() {
    let mut rig = Rig::with_both();
    rig.frame(ANA, &open(Vec::new()));
    rig.heard(ANA);
    let mut ana = Desk::new("ana", 1);
    let first = rig.elsewhere(&mut ana, start());
    let second = ana.make(subject("Lamp"));
    // The ack of the other server was lost, and the client came here.
    rig.frame(ANA, &push(&[&first, &second]));
    assert_eq!(acked(&rig.heard(ANA)), [hash(&first), hash(&second)]);
    assert_eq!(rig.log.len(), 2);
}

#[test]
fn who_is_slower_every_time_is_told_to_come_again() {
    let mut rig = Rig::with_both();
    let mut ben = Desk::new("ben", 2);
    let first = ben.make(start());
    rig.frame(BEN, &push(&[&first]));
    let mine = Desk::new("ana", 1).make(start());
    rig.faster = Some((ben, usize::MAX));
    rig.frame(ANA, &push(&[&mine]));
    assert_eq!(nacked(&rig.heard(ANA)), [(hash(&mine), Code::Unavailable)]);
    let (ben, _) = rig.faster.take().unwrap();
    // Somebody who is slower fifteen times only does not notice.
    rig.faster = Some((ben, 15));
    rig.frame(ANA, &push(&[&mine]));
    assert_eq!(acked(&rig.heard(ANA)), [hash(&mine)]);
}

#[test]
fn a_batch_whose_answer_was_lost_is_found_in_the_log() {
    let mut rig = Rig::with_both();
    rig.frame(BEN, &open(Vec::new()));
    rig.heard(BEN);
    begin_elsewhere(&mut rig, 7);
    rig.lose_answer = true;
    let first = Desk::new("ana", 1).make(start());
    let bytes = push(&[&first]).encode();
    let push = Input::Frame {
        session: ANA,
        bytes,
    };
    rig.inputs(vec![push, require_topic(1)]);
    let heard = rig.heard(ANA);
    assert_eq!(acked(&heard), [hash(&first)]);
    assert_eq!(nacked(&heard), []);
    assert!(matches!(rig.results.as_slice(), [(1, Ok(_))]));
    let heard = rig.heard(BEN);
    assert_eq!(changes(&heard).len(), 1);
    assert_eq!(cursors(&heard).last().unwrap().1, 3);
    assert_eq!(rig.log.len(), 3);
}

#[test]
fn a_client_that_knows_more_than_this_server_gets_what_it_lacks() {
    let mut rig = Rig::new();
    begin_elsewhere(&mut rig, 7);
    begin_elsewhere(&mut rig, 8);
    for (cursor, expect) in [(1, vec![2]), (2, vec![]), (9, vec![1, 2])] {
        let mut rig = rig.on_same_storage();
        rig.input(Input::Connected { session: BEN });
        rig.frame(BEN, &hello("ben:Agent", "epoch", cursor));
        let told = cursors(&rig.heard(BEN));
        assert_eq!(told, [(expect, 2)], "{cursor}");
    }
}

#[test]
fn such_a_client_is_served_although_this_server_comes_as_far_by_itself() {
    let mut rig = Rig::new();
    rig.join(ANA, "ana", Role::Agent);
    rig.held_back = Some(Vec::new());
    let first = Desk::new("ana", 1).make(start());
    rig.frame(ANA, &push(&[&first]));
    // What it knows was written elsewhere and is gone; ana's comes to its number.
    rig.input(Input::Connected { session: BEN });
    rig.frame(BEN, &hello("ben:Agent", "epoch", 1));
    assert!(cursors(&rig.heard(BEN)).is_empty(), "the log is not free");
    rig.release();
    assert_eq!(cursors(&rig.heard(BEN)).last(), Some(&(vec![], 1)));
}

#[test]
fn an_older_row_never_follows_a_newer_one() {
    let mut rig = Rig::new();
    let mut ana = Desk::new("ana", 1);
    rig.elsewhere(&mut ana, start());
    let early = rig.read_log(0, 9);
    rig.elsewhere(&mut ana, subject("Lamp"));
    rig.join(BEN, "ben", Role::Agent);
    assert_eq!(cursors(&rig.heard(BEN)), [(vec![2], 2)]);
    // The log was read before the rows, and its answer comes after theirs.
    rig.log_back = Some(Vec::new());
    rig.input(Input::Moved { seq: 1 });
    rig.log_back = None;
    rig.input(Input::LogRead(Ok(early)));
    assert_eq!(cursors(&rig.heard(BEN)), []);
}

#[test]
fn what_comes_while_a_document_loads_is_not_missed() {
    let mut rig = Rig::with_both();
    let mut ana = Desk::new("ana", 1);
    let first = ana.make(start());
    rig.frame(ANA, &push(&[&first]));
    rig.hub.documents.remove(&doc());
    rig.heard(BEN);
    let old = rig.load(doc());
    rig.load_back = true;
    rig.frame(BEN, &open(Vec::new()));
    rig.elsewhere(&mut ana, subject("Lamp"));
    rig.input(Input::Moved { seq: 2 });
    rig.load_back = false;
    rig.input(Input::Loaded {
        doc: doc(),
        stored: Ok(old),
    });
    let [all] = changes(&rig.heard(BEN)).try_into().unwrap();
    assert_eq!((all.changes.len(), all.seq), (2, 2));
}

#[test]
fn a_log_that_cannot_be_read_is_asked_again_with_the_next_tick() {
    let mut rig = Rig::with_both();
    rig.elsewhere(&mut Desk::new("ana", 1), start());
    rig.heard(BEN);
    rig.log_fails = true;
    rig.input(Input::Moved { seq: 1 });
    rig.log_fails = false;
    assert_eq!(cursors(&rig.heard(BEN)), []);
    rig.input(Input::Tick);
    assert_eq!(cursors(&rig.heard(BEN)), [(vec![1], 1)]);
}

#[test]
fn the_rules_of_another_server_count_here_too() {
    let mut rig = Rig::with_both();
    let start_here = Input::Execute {
        ticket: 1,
        member: member("cleo", Role::Admin),
        command: Command::Conversation {
            conversation: conversation(),
            command: start(),
        },
    };
    rig.input(start_here);
    let mut other = rig.on_same_storage();
    other.input(require_topic(2));
    rig.log = other.log;
    rig.rows = other.rows;
    rig.input(Input::Moved { seq: 2 });
    rig.input(Input::Execute {
        ticket: 3,
        member: member("cleo", Role::Admin),
        command: Command::Conversation {
            conversation: conversation(),
            command: ConversationCommand::CloseConversation { topic: None },
        },
    });
    let (_, result) = rig.results.last().unwrap();
    assert_eq!(result.as_ref().unwrap_err().code, Code::TopicRequired);
}

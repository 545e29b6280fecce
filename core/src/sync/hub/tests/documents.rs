//! Changes in, acks and changes out, and what happens when storage fails.

use super::*;

fn set_priority(priority: Priority) -> ConversationCommand {
    ConversationCommand::SetConversationPriority { priority }
}

/// As long as a message may be, of a text that cannot be packed.
fn long_message() -> ConversationCommand {
    let mut noise = String::new();
    let mut seed = 7_u64;
    while noise.len() < limits::BODY_UNITS {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        noise.push_str(&format!("{seed:x}"));
    }
    ConversationCommand::SendMessage {
        channel: crate::model::Channel::Email,
        to: vec![crate::model::Address {
            name: "Rui".to_owned(),
            address: "rui@example.com".to_owned(),
        }],
        subject: String::new(),
        text: noise.chars().take(limits::BODY_UNITS).collect(),
        in_reply_to: None,
        attachments: Vec::new(),
    }
}

#[test]
fn a_push_is_stored_acked_shown_to_followers_and_rowed() {
    let mut rig = Rig::with_both();
    let mut ana = Desk::new("ana", 1);
    let mut ben = Desk::new("ben", 2);
    rig.frame(BEN, &open(Vec::new()));
    rig.heard(BEN);
    rig.heard(ANA);
    let first = ana.make(start());
    let second = ana.make(subject("Lamp"));
    rig.frame(ANA, &push(&[&first, &second]));

    let heard = rig.heard(ANA);
    assert_eq!(acked(&heard), [hash(&first), hash(&second)]);
    assert!(changes(&heard).is_empty(), "nobody gets their own changes");
    let heard = rig.heard(BEN);
    let [news] = changes(&heard).try_into().unwrap();
    ben.take(&news);
    assert_eq!(ben.document.view(), ana.document.view());
    assert_eq!(news.seq, 2);
    assert!(news.complete);
    let [rows] = rows(&heard).try_into().unwrap();
    assert_eq!(rows.cursor, 2);
    let Row::Conversation(row) = &rows.rows[0].row else {
        panic!("a conversation's row");
    };
    assert_eq!(row.subject, "Lamp");
    assert_eq!(rig.log.len(), 2);
    assert_eq!(rig.log[0].session, Some(ANA));
}

#[test]
fn nothing_is_told_before_it_is_durable() {
    let mut rig = Rig::with_both();
    rig.frame(BEN, &open(Vec::new()));
    rig.heard(BEN);
    rig.heard(ANA);
    rig.held_back = Some(Vec::new());
    let first = Desk::new("ana", 1).make(start());
    rig.frame(ANA, &push(&[&first]));
    // Another open while the batch is on its way sees nothing of it either.
    rig.frame(BEN, &open(Vec::new()));
    assert!(rig.heard(ANA).is_empty());
    assert!(rig.heard(BEN).is_empty());
    rig.release();
    assert_eq!(acked(&rig.heard(ANA)), [hash(&first)]);
    assert!(!changes(&rig.heard(BEN)).is_empty());
}

#[test]
fn what_gathers_while_storage_works_is_stored_together() {
    let mut rig = Rig::with_both();
    let (mut ana, mut ben) = (Desk::new("ana", 1), Desk::new("ben", 2));
    rig.held_back = Some(Vec::new());
    let first = ana.make(start());
    rig.frame(ANA, &push(&[&first]));
    for priority in [Priority::Low, Priority::High, Priority::Critical] {
        let change = ana.make(set_priority(priority));
        rig.frame(ANA, &push(&[&change]));
    }
    let other = ben.make(start());
    rig.frame(BEN, &push(&[&other]));
    rig.release();
    assert_eq!(rig.log.len(), 5);
    assert_eq!(rig.batches, 2);
}

#[test]
fn a_repeated_push_is_acked_again_and_stored_once() {
    let mut rig = Rig::with_both();
    let first = Desk::new("ana", 1).make(start());
    rig.frame(ANA, &push(&[&first]));
    rig.frame(ANA, &push(&[&first, &first]));
    let once = hash(&first);
    assert_eq!(acked(&rig.heard(ANA)), [once, once, once]);
    assert_eq!(rig.log.len(), 1);
}

#[test]
fn one_bad_change_takes_only_what_builds_on_it() {
    let mut rig = Rig::with_both();
    let mut ana = Desk::new("ana", 1);
    let first = ana.make(start());
    let mut broken = ana.make(subject("Lamp"));
    let third = ana.make(subject("Chair"));
    let whole = broken.len();
    broken[whole - 1] ^= 1;
    let foreign = Desk::new("ben", 2).make(start());
    rig.frame(ANA, &push(&[&first, &broken, &third, &foreign]));
    let heard = rig.heard(ANA);
    assert_eq!(acked(&heard), [hash(&first)]);
    let expected = [
        (hash(&broken), Code::BadChange),
        (hash(&third), Code::MissingDependency),
        (hash(&foreign), Code::ForeignAuthor),
    ];
    assert_eq!(nacked(&heard), expected);
}

#[test]
fn a_bad_change_in_a_batch_of_many_takes_nobody_elses() {
    let mut rig = Rig::with_both();
    let (mut ana, mut ben) = (Desk::new("ana", 1), Desk::new("ben", 2));
    rig.held_back = Some(Vec::new());
    let first = ana.make(start());
    rig.frame(ANA, &push(&[&first]));
    // All of this waits for the first one, and then goes together.
    let mut broken = ana.make(subject("Lamp"));
    let whole = broken.len();
    broken[whole - 1] ^= 1;
    let child = ana.make(subject("Chair"));
    let own = ben.make(start());
    let next = ben.make(subject("Sofa"));
    rig.frame(ANA, &push(&[&broken]));
    rig.frame(BEN, &push(&[&own]));
    rig.frame(ANA, &push(&[&child]));
    rig.frame(BEN, &push(&[&next]));
    rig.release();
    let heard = rig.heard(ANA);
    assert_eq!(acked(&heard), [hash(&first)]);
    let expected = [
        (hash(&broken), Code::BadChange),
        (hash(&child), Code::MissingDependency),
    ];
    assert_eq!(nacked(&heard), expected);
    let heard = rig.heard(BEN);
    assert_eq!(acked(&heard), [hash(&own), hash(&next)]);
    assert_eq!(nacked(&heard), []);
    assert_eq!((rig.log.len(), rig.batches), (3, 2));
}

#[test]
fn viewers_read_and_do_not_write() {
    let mut rig = Rig::with_both();
    rig.join(SessionId(3), "vic", Role::Viewer);
    let change = Desk::new("vic", 3).make(start());
    rig.frame(SessionId(3), &push(&[&change]));
    let heard = rig.heard(SessionId(3));
    assert_eq!(nacked(&heard), [(hash(&change), Code::Forbidden)]);
    assert!(rig.log.is_empty());
}

#[test]
fn an_open_brings_what_is_missing_in_frames_within_the_limit() {
    let mut rig = Rig::with_both();
    let mut ana = Desk::new("ana", 1);
    let first = ana.make(start());
    rig.frame(ANA, &push(&[&first]));
    for _ in 0..8 {
        let message = ana.make(long_message());
        rig.frame(ANA, &push(&[&message]));
    }
    rig.heard(BEN);
    rig.frame(BEN, &open(vec![hash(&first), Hash::new([9; 32])]));
    let pages = changes(&rig.heard(BEN));
    assert!(pages.len() > 1);
    assert_eq!(
        pages.iter().map(|page| page.changes.len()).sum::<usize>(),
        8
    );
    for (index, page) in pages.iter().enumerate() {
        assert_eq!(page.complete, index + 1 == pages.len());
        assert!(ServerFrame::Changes(page.clone()).encode().len() <= limits::FRAME_BYTES);
    }
}

#[test]
fn a_document_that_nobody_has_begun_is_followed_from_its_beginning() {
    let mut rig = Rig::with_both();
    rig.frame(BEN, &open(Vec::new()));
    let [nothing] = changes(&rig.heard(BEN)).try_into().unwrap();
    assert!(nothing.complete && nothing.changes.is_empty());
    assert_eq!(nothing.seq, 0);
    let first = Desk::new("ana", 1).make(start());
    rig.frame(ANA, &push(&[&first]));
    assert_eq!(changes(&rig.heard(BEN)).len(), 1);
}

#[test]
fn a_failed_store_keeps_nothing_and_the_next_try_succeeds() {
    let mut rig = Rig::with_both();
    rig.frame(BEN, &open(Vec::new()));
    rig.heard(BEN);
    rig.fail_with = Some(Refusal::new(Code::Invalid, "disk full"));
    let first = Desk::new("ana", 1).make(start());
    rig.frame(ANA, &push(&[&first]));
    let heard = rig.heard(ANA);
    assert_eq!(nacked(&heard), [(hash(&first), Code::Unavailable)]);
    assert!(rig.heard(BEN).is_empty());
    rig.frame(ANA, &push(&[&first]));
    assert_eq!(acked(&rig.heard(ANA)), [hash(&first)]);
    assert_eq!(rig.log[0].seq, 1);
    assert_eq!(changes(&rig.heard(BEN)).len(), 1);
}

#[test]
fn the_servers_commands_are_changes_like_any_other() {
    let mut rig = Rig::with_both();
    rig.frame(BEN, &open(Vec::new()));
    rig.heard(BEN);
    let execute = |ticket: u64, name: &str, command: ConversationCommand| Input::Execute {
        ticket,
        member: member(name, Role::Service),
        command: Command::Conversation {
            conversation: conversation(),
            command,
        },
    };
    rig.inputs(vec![
        execute(1, "server", start()),
        execute(2, "ana", subject("Lamp")),
        execute(3, "server", subject("Chair")),
        execute(4, "ana", subject("Sofa")),
        execute(5, "ana", start()),
    ]);
    let mut ben = Desk::new("ben", 2);
    for news in changes(&rig.heard(BEN)) {
        ben.take(&news);
    }
    let header = &ben.document.conversation().unwrap().header;
    assert_eq!(header.subject, "Sofa");
    let results: Vec<bool> = rig
        .results
        .iter()
        .map(|(_, result)| result.is_ok())
        .collect();
    assert_eq!(results, [true, true, true, true, false]);
    let owners: BTreeSet<&str> = rig.log.iter().map(|entry| entry.member.as_str()).collect();
    assert_eq!(owners.into_iter().collect::<Vec<_>>(), ["ana", "server"]);
    // What the server wrote loads again, with every actor in its place.
    rig.hub.documents.clear();
    let change = ben.make(subject("Lamp again"));
    rig.frame(BEN, &push(&[&change]));
    assert_eq!(acked(&rig.heard(BEN)), [hash(&change)]);
}

#[test]
fn the_servers_commands_follow_the_workspaces_rules() {
    let mut rig = Rig::with_both();
    let to_conversation = |command: ConversationCommand| Command::Conversation {
        conversation: conversation(),
        command,
    };
    let require = |topic: bool| {
        let set = PolicyField::RequireTopicToClose(topic);
        Command::Workspace(WorkspaceCommand::SetPolicy { set })
    };
    let close = ConversationCommand::CloseConversation { topic: None };
    let mut codes = |commands: Vec<Command>| -> Vec<Option<Code>> {
        rig.results.clear();
        for command in commands {
            rig.input(Input::Execute {
                ticket: 1,
                member: member("cleo", Role::Admin),
                command,
            });
        }
        // The next time everything comes from storage.
        rig.hub.documents.clear();
        let code = |(_, result): &(u64, CommandResult)| result.as_ref().err().map(|it| it.code);
        rig.results.iter().map(code).collect()
    };
    let start = to_conversation(start());
    let close = to_conversation(close);
    assert_eq!(codes(vec![start, require(true)]), [None, None]);
    let refused = Some(Code::TopicRequired);
    assert_eq!(codes(vec![close.clone()]), [refused]);
    assert_eq!(
        codes(vec![close.clone(), require(false), close]),
        [refused, None, None]
    );
}

#[test]
fn a_cursor_brings_only_the_rows_that_moved() {
    let mut rig = Rig::with_both();
    let mut ana = Desk::new("ana", 1);
    let first = ana.make(start());
    rig.frame(ANA, &push(&[&first]));
    rig.input(Input::Disconnected { session: BEN });
    let again = |rig: &mut Rig, epoch: &str, cursor: u64| {
        rig.input(Input::Connected { session: BEN });
        rig.frame(BEN, &hello("ben:Agent", epoch, cursor));
        let all = rows(&rig.heard(BEN));
        rig.input(Input::Disconnected { session: BEN });
        let last = all.last().unwrap();
        assert!(last.complete);
        (
            all.iter().map(|page| page.rows.len()).sum::<usize>(),
            last.cursor,
        )
    };
    rig.heard(BEN);
    assert_eq!(again(&mut rig, "epoch", 0), (1, 1));
    assert_eq!(again(&mut rig, "epoch", 1), (0, 1));
    assert_eq!(again(&mut rig, "before the restore", 1), (1, 1));
    let second = ana.make(subject("Lamp"));
    rig.frame(ANA, &push(&[&second]));
    assert_eq!(again(&mut rig, "epoch", 1), (1, 2));
}

#[test]
fn idle_documents_leave_memory() {
    let mut rig = Rig::with_both();
    let first = Desk::new("ana", 1).make(start());
    rig.frame(ANA, &push(&[&first]));
    let held = |rig: &Rig| rig.hub.documents.contains_key(&doc());
    assert!(held(&rig));
    rig.frame(ANA, &open(Vec::new()));
    rig.now = rig.now.plus_millis(limits::IDLE_DOCUMENT_MS - 5_000);
    for session in [ANA, BEN] {
        let name = if session == ANA { "ana" } else { "ben" };
        let token = format!("{name}:Agent");
        rig.frame(session, &ClientFrame::Token(Refresh { token }));
    }
    rig.now = rig.now.plus_millis(6_000);
    rig.input(Input::Tick);
    assert!(held(&rig), "somebody follows it");
    rig.frame(ANA, &ClientFrame::Close(Close { doc: doc() }));
    rig.input(Input::Tick);
    assert!(!held(&rig));
    rig.frame(ANA, &open(Vec::new()));
    let all = changes(&rig.heard(ANA));
    assert_eq!(all.last().unwrap().changes.len(), 1);
}

#[test]
fn of_too_many_idle_documents_the_longest_idle_leave_memory() {
    let mut rig = Rig::with_both();
    let mut docs: Vec<DocumentId> = Vec::new();
    let mut bytes = 0;
    while bytes < 2 * limits::IDLE_BYTES {
        let contact = ContactId(Uuid::from_u128(docs.len() as u128));
        let doc = ConversationId::of_contact(contact, 0).into();
        let mut ana = Desk::in_doc(doc, "ana", docs.len() as u8 + 1);
        let begin = ConversationCommand::StartConversation {
            contact,
            ordinal: 0,
            subject: "Hello".to_owned(),
        };
        let changes = vec![ana.make(begin), ana.make(long_message())];
        bytes += changes.iter().map(|change| change.len()).sum::<usize>();
        rig.frame(ANA, &ClientFrame::Push(Push { doc, changes }));
        rig.now = rig.now.plus_millis(1);
        docs.push(doc);
    }
    let half = docs.len() / 2;
    rig.input(Input::Tick);
    let in_memory = rig.hub.documents.len();
    assert!(in_memory >= docs.len(), "they were used a moment ago");
    rig.now = rig.now.plus_millis(limits::IDLE_LEAST_MS);
    rig.input(Input::Tick);
    let held = |doc| rig.hub.documents.contains_key(doc);
    assert!(docs[..half].iter().all(|doc| !held(doc)));
    assert!(docs[half + half / 8..].iter().all(held));
}

#[test]
fn a_document_whose_batch_is_on_its_way_stays_in_memory() {
    let mut rig = Rig::with_both();
    let mut ana = Desk::new("ana", 1);
    let first = ana.make(start());
    rig.held_back = Some(Vec::new());
    rig.frame(ANA, &push(&[&first]));
    rig.now = rig.now.plus_millis(limits::IDLE_DOCUMENT_MS / 2);
    let token = "ana:Agent".to_owned();
    rig.frame(ANA, &ClientFrame::Token(Refresh { token }));
    rig.now = rig.now.plus_millis(limits::IDLE_DOCUMENT_MS / 2);
    rig.input(Input::Tick);
    // Were it loaded again now, the batch would be missing in it for good.
    let second = ana.make(subject("Lamp"));
    rig.frame(ANA, &push(&[&second]));
    rig.release();
    let heard = rig.heard(ANA);
    assert_eq!(nacked(&heard), []);
    assert_eq!(acked(&heard), [hash(&first), hash(&second)]);
}

#[test]
fn a_hub_says_when_what_comes_gathers() {
    let mut rig = Rig::with_both();
    assert!(!rig.hub.is_behind());
    rig.load_back = true;
    for _ in 0..=limits::QUEUED_WORK {
        assert!(!rig.hub.is_behind());
        rig.frame(ANA, &open(Vec::new()));
    }
    assert!(rig.hub.is_behind(), "the document is not here");

    let mut rig = Rig::with_both();
    rig.log_fails = true;
    rig.input(Input::Moved { seq: 1 });
    assert!(rig.hub.is_behind(), "the log could not be read");
    rig.log_fails = false;
    rig.input(Input::Tick);
    assert!(!rig.hub.is_behind());
}

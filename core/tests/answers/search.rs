//! Search over what a replica holds.

use threadline_core::model::TextKind;
use threadline_core::replica::Found;

use super::support::commands::{receive, task_draft, words};
use super::*;

fn kinds(found: &[Found]) -> Vec<TextKind> {
    found.iter().map(|it| it.hit.kind).collect()
}

/// A conversation with a message and a task that speak of tea.
fn talk() -> Peer {
    let mut peer = thread(conversation(), service());
    say(&mut peer, start(contact(), 0));
    peer.clock = 10;
    say(&mut peer, receive(1, 10, "Where is my Té?\nGreen té."));
    peer.member = ben();
    peer.clock = 20;
    let draft = task_draft("Send the tea");
    say(&mut peer, ConversationCommand::CreateTask { draft });
    peer.clock = 30;
    let note = ConversationCommand::AddNote {
        parent: None,
        message: None,
        spans: vec![words("No tea left")],
    };
    say(&mut peer, note);
    peer
}

#[test]
fn everything_in_memory_is_found_and_of_the_rest_what_rows_say() {
    let mut person = contact_of(contact(), dora());
    let mut first = talk();
    let mut replica = replica(&mut [&mut person, &mut first]);
    // The row has the task and its last line, which is the note's.
    assert_eq!(
        kinds(&replica.search("TEA", 10)),
        [TextKind::Contact, TextKind::Conversation, TextKind::Task]
    );
    load(&mut replica, &mut first);
    let found = replica.search("tea", 10);
    assert_eq!(
        kinds(&found),
        [TextKind::Contact, TextKind::Note, TextKind::Task]
    );
    for it in &found {
        assert_eq!(
            (it.hit.contact, it.name.as_str()),
            (Some(contact()), "Dora Lind")
        );
    }
    assert_eq!(found[1].hit.snippet, "No tea left");
    assert_eq!(found[1].hit.matches, [(3, 6)]);
    assert_eq!(found[1].hit.doc, conversation().into());
    assert_eq!(kinds(&replica.search("tea", 1)), [TextKind::Contact]);
}

#[test]
fn every_word_has_to_be_there_whatever_case_and_accents() {
    let mut first = talk();
    let mut replica = replica(&mut [&mut first]);
    load(&mut replica, &mut first);
    let found = replica.search("te GREEN", 10);
    assert_eq!(kinds(&found), [TextKind::Interaction]);
    assert!(found[0].hit.snippet.contains("Where is my Té? Green té."));
    assert_eq!(replica.search("green coffee", 10), []);
    assert_eq!(replica.search("  ", 10), []);
}

#[test]
fn an_alias_is_not_found_but_the_contact_that_stays() {
    let mut stays = contact_of(contact(), dora());
    let mut alias = contact_of(other(), dora());
    let command = ContactCommand::MergeContact { into: contact() };
    give(
        &mut alias,
        &Command::Contact {
            contact: other(),
            command,
        },
    );
    let replica = replica(&mut [&mut stays, &mut alias]);
    let found = replica.search("dora", 10);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].hit.id, contact().0);
}

//! Texts that are more than a change may hold: whatever is accepted here passes
//! the server's guard, as one change or as several.

use threadline_core::command::ConversationCommand as C;
use threadline_core::error::Code;
use threadline_core::id::NoteId;
use threadline_core::limits;
use threadline_core::model::{MarkValue, Span, TextEdit};
use uuid::Uuid;

use crate::support::commands::{block, plain, splice, words};
use crate::support::{conversation, to_conversation};
use crate::{Desk, at, begun};

/// A page as somebody copies it: paragraphs with a bold word and a link each.
fn page(paragraphs: usize) -> Vec<Span> {
    let marked = |value: String, name: &str, mark| Span::Text {
        value,
        marks: [(name.to_owned(), mark)].into(),
    };
    let paragraph = |number: usize| {
        let link = format!("{{\"href\":\"https://shop.example/{number:0>400}\"}}");
        [
            block("paragraph"),
            words(&format!("Item {number} is ")),
            marked("late".to_owned(), "strong", MarkValue::Bool(true)),
            words(", see "),
            marked("there".to_owned(), "link", MarkValue::Text(link)),
        ]
    };
    (0..paragraphs).flat_map(paragraph).collect()
}

/// Pastes into a note, as the editor does.
fn paste(desk: &mut Desk, note: Uuid, edits: Vec<TextEdit>) {
    desk.clock += 1;
    let (note, now) = (NoteId(note), at(desk.clock));
    desk.replica.edit(conversation(), note, edits, now).unwrap();
    desk.replica.commit(now);
    desk.work();
}

fn spans(desk: &Desk, note: Uuid) -> Vec<Span> {
    desk.replica.spans(conversation(), NoteId(note)).unwrap()
}

#[test]
fn a_long_line_that_is_pasted_passes_the_guard() {
    let (mut desk, mut server, note) = begun();
    for line in ["a".repeat(30_000), "😀".repeat(15_000)] {
        let before = desk.text(note);
        paste(&mut desk, note, vec![splice(3, 0, &line)]);
        assert_eq!(desk.text(note), format!("mid{line}{}", &before[3..]));
        assert!(desk.waiting().len() > 1, "it is more than one change");
        server.settle(&mut desk);
    }
}

#[test]
fn the_longest_text_of_all_passes_the_guard() {
    let (mut desk, mut server, note) = begun();
    let most = "x".repeat(limits::PROSE_UNITS);
    paste(&mut desk, note, vec![splice(0, 6, &most)]);
    assert_eq!(desk.text(note), most);
    server.settle(&mut desk);
}

#[test]
fn a_long_text_is_removed_at_once() {
    let (mut desk, mut server, note) = begun();
    paste(&mut desk, note, vec![splice(0, 0, &"x".repeat(5_200))]);
    server.settle(&mut desk);
    paste(&mut desk, note, vec![splice(0, 5_200, "")]);
    assert_eq!(desk.text(note), "middle");
    server.settle(&mut desk);
}

#[test]
fn a_page_that_is_pasted_passes_the_guard_with_its_marks_and_blocks() {
    let (mut desk, mut server, note) = begun();
    let spans = page(300);
    paste(
        &mut desk,
        note,
        vec![TextEdit::UpdateSpans {
            spans: spans.clone(),
        }],
    );
    assert_eq!(self::spans(&desk, note), spans);
    assert!(desk.waiting().len() > 1, "it is more than one change");
    server.settle(&mut desk);
}

#[test]
fn a_note_that_begins_with_a_page_is_one_note() {
    let (mut desk, mut server, _) = begun();
    let spans = page(300);
    let (note, _) = desk.made(C::AddNote {
        parent: None,
        spans: spans.clone(),
        message: None,
    });
    assert_eq!(self::spans(&desk, note), spans);
    assert_eq!(desk.waiting()[..2], ["add_note", "edit_note"]);
    server.settle(&mut desk);
}

/// Not every script has words between blanks, and not every letter is one char.
#[test]
fn a_text_in_any_script_passes_the_guard() {
    for letter in ["語", "ש", "ท", "क्षि", "e\u{301}", "🇵🇹"] {
        let (mut desk, mut server, note) = begun();
        let chars = letter.chars().count();
        for count in [6_000, 20_000] {
            let text = words(&letter.repeat(count / chars));
            let spans = vec![block("paragraph"), text.clone(), block("paragraph"), text];
            let edit = TextEdit::UpdateSpans {
                spans: spans.clone(),
            };
            paste(&mut desk, note, vec![edit]);
            server.settle(&mut desk);
            assert_eq!(self::spans(&desk, note), spans);
            let (new, _) = desk.made(C::AddNote {
                parent: None,
                spans: spans.clone(),
                message: None,
            });
            assert_eq!(self::spans(&desk, new), spans);
            server.settle(&mut desk);
        }
    }
}

#[test]
fn an_older_text_comes_back_however_long_it_is() {
    let (mut desk, mut server, note) = begun();
    paste(&mut desk, note, vec![splice(0, 6, &"old ".repeat(800))]);
    let old = spans(&desk, note);
    paste(&mut desk, note, vec![splice(0, 3_200, &"new ".repeat(800))]);
    server.settle(&mut desk);
    desk.give(C::EditNote {
        note: NoteId(note),
        edits: vec![TextEdit::UpdateSpans { spans: old.clone() }],
    });
    assert_eq!(plain(&spans(&desk, note)), plain(&old));
    server.settle(&mut desk);
}

#[test]
fn typing_goes_on_around_what_was_pasted() {
    let (mut desk, mut server, note) = begun();
    let now = at(desk.clock);
    let pasted = "a".repeat(12_000);
    for edit in [
        splice(6, 0, " "),
        splice(7, 0, &pasted),
        splice(12_007, 0, "!"),
    ] {
        desk.replica
            .edit(conversation(), NoteId(note), vec![edit], now)
            .unwrap();
    }
    desk.replica.commit(now);
    desk.work();
    assert_eq!(desk.text(note), format!("middle {pasted}!"));
    server.settle(&mut desk);
}

#[test]
fn a_paste_of_which_a_part_is_refused_is_refused_as_a_whole() {
    let (mut desk, mut server, note) = begun();
    let edits = vec![splice(0, 0, &"a".repeat(30_000)), splice(99_999, 1, "")];
    let now = at(desk.clock);
    let refused = desk.replica.edit(conversation(), NoteId(note), edits, now);
    assert_eq!(refused.unwrap_err().code, Code::Invalid);
    let long = C::AddNote {
        parent: None,
        spans: vec![words(&"a".repeat(limits::PROSE_UNITS + 1))],
        message: None,
    };
    let refused = desk.replica.apply(to_conversation(long), now);
    assert_eq!(refused.unwrap_err().code, Code::TooLong);
    desk.replica.commit(now);
    desk.work();
    assert_eq!(desk.text(note), "middle");
    server.settle(&mut desk);
}

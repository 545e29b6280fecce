//! Appointments: booked, moved, answered, held or not.

use crate::refusals::refuses;
use crate::support::at;
use crate::support::commands::{
    add_attendee, appointment_draft, remove_attendee, set_appointment, span,
};
use crate::support::to_conversation;
use crate::{answer, change, scene, set_held, told};
use threadline_core::command::{AppointmentDraft, AppointmentField, ConversationCommand as C};
use threadline_core::error::Code;
use threadline_core::limits;
use threadline_core::model::{Answer, AppointmentStatus, Guest};
use threadline_core::time::TimeSpan;

const EVA: &str = "email:eva@example.com";

fn book(draft: AppointmentDraft) -> C {
    C::BookAppointment { draft }
}

fn no_zone() -> TimeSpan {
    TimeSpan {
        zone: "Not a zone".to_owned(),
        ..span(1, 2)
    }
}

#[test]
fn refusals_of_a_booking() {
    let mut scene = scene();
    let ana = scene.peers.of("ana");
    let draft = || appointment_draft("Demo");
    let crowd: Vec<Guest> = (0..=limits::ATTENDEES)
        .map(|number| Guest::Email(format!("{number}@example.com")))
        .collect();
    for (draft, code, field) in [
        (appointment_draft(" "), Code::Invalid, "title"),
        (
            appointment_draft(&"x".repeat(limits::LINE_UNITS + 1)),
            Code::TooLong,
            "title",
        ),
        (
            AppointmentDraft {
                when: span(20, 10),
                ..draft()
            },
            Code::Invalid,
            "end",
        ),
        (
            AppointmentDraft {
                when: no_zone(),
                ..draft()
            },
            Code::Invalid,
            "zone",
        ),
        (
            AppointmentDraft {
                place: "two\nlines".to_owned(),
                ..draft()
            },
            Code::Invalid,
            "place",
        ),
        (
            AppointmentDraft {
                link: "javascript:alert(1)".to_owned(),
                ..draft()
            },
            Code::Invalid,
            "link",
        ),
        (
            AppointmentDraft {
                agenda: "x".repeat(limits::PROSE_UNITS + 1),
                ..draft()
            },
            Code::TooLong,
            "agenda",
        ),
        (
            AppointmentDraft {
                attendees: crowd,
                ..draft()
            },
            Code::TooLong,
            "attendees",
        ),
    ] {
        refuses(ana, &to_conversation(book(draft)), code, field);
    }
}

#[test]
fn refusals_of_an_appointments_fields() {
    use AppointmentField::{Agenda, Link, Notes, Place, Title, When};
    let mut scene = scene();
    let (demo, note) = (scene.demo, scene.note);
    let ana = scene.peers.of("ana");
    let long = || "x".repeat(limits::PROSE_UNITS + 1);
    for (id, set, code, field) in [
        (note, Title("x".to_owned()), Code::NotFound, "appointment"),
        (demo, Title(String::new()), Code::Invalid, "title"),
        (demo, When(span(20, 10)), Code::Invalid, "end"),
        (demo, When(no_zone()), Code::Invalid, "zone"),
        (demo, Place("a\nb".to_owned()), Code::Invalid, "place"),
        (
            demo,
            Link("ftp://a.example".to_owned()),
            Code::Invalid,
            "link",
        ),
        (
            demo,
            Link(" JavaScript:x".to_owned()),
            Code::Invalid,
            "link",
        ),
        (demo, Agenda(long()), Code::TooLong, "agenda"),
        (demo, Notes(long()), Code::TooLong, "notes"),
    ] {
        refuses(ana, &to_conversation(set_appointment(id, set)), code, field);
    }
    for (command, code, field) in [
        (add_attendee(note, EVA), Code::NotFound, "appointment"),
        (remove_attendee(note, EVA), Code::NotFound, "appointment"),
        (
            answer(note, EVA, Answer::Accepted),
            Code::NotFound,
            "appointment",
        ),
        (
            answer(demo, "member:ana", Answer::Accepted),
            Code::NotFound,
            "who",
        ),
        (
            set_held(note, AppointmentStatus::Cancelled),
            Code::NotFound,
            "appointment",
        ),
    ] {
        refuses(ana, &to_conversation(command), code, field);
    }
    for number in 1..limits::ATTENDEES {
        ana.ok(add_attendee(demo, &format!("email:{number}@example.com")));
    }
    let one_more = add_attendee(demo, "member:ana");
    refuses(ana, &to_conversation(one_more), Code::TooLong, "who");
}

#[test]
fn who_is_asked_is_a_member_a_contact_or_an_address() {
    for text in [
        "ana",
        "member:",
        "member:two words",
        "contact:dora",
        "email:dora",
        "email:a b@example.com",
        "carrier:pigeon",
        "",
    ] {
        assert!(text.parse::<Guest>().is_err(), "{text}");
    }
    let guest: Guest = "email:Eva@Example.com".parse().unwrap();
    assert_eq!(guest.to_string(), EVA);
}

#[test]
fn what_is_not_scheduled_any_more_changes_only_when_it_is_again() {
    use AppointmentStatus::{Cancelled, Completed, NoShow, Scheduled};
    let mut scene = scene();
    let demo = scene.demo;
    let ana = scene.peers.of("ana");
    for status in [Completed, Cancelled, NoShow] {
        ana.ok(set_held(demo, status));
        for command in [
            set_appointment(demo, AppointmentField::Title("Visit".to_owned())),
            set_appointment(demo, AppointmentField::When(span(1, 2))),
            add_attendee(demo, "member:ana"),
            remove_attendee(demo, EVA),
            answer(demo, EVA, Answer::Declined),
        ] {
            let command = to_conversation(command);
            refuses(ana, &command, Code::WrongState, "appointment");
        }
        let other = if status == Completed {
            NoShow
        } else {
            Completed
        };
        let command = to_conversation(set_held(demo, other));
        refuses(ana, &command, Code::WrongState, "status");
        // Notes are written afterwards.
        let notes = AppointmentField::Notes(format!("{status:?}"));
        ana.ok(set_appointment(demo, notes));
        ana.ok(set_held(demo, Scheduled));
        assert_eq!(ana.appointment(demo).status, Scheduled);
    }
}

#[test]
fn every_field_of_an_appointment_tells_old_and_new() {
    use AppointmentField::{Agenda, Link, Notes, Organiser, Place, Title, When};
    let mut scene = scene();
    let demo = scene.demo;
    let cleo = scene.peers.of("cleo");
    let when = cleo.appointment(demo).when.to_string();
    let moved = span(9_000, 9_600);
    for (set, field, from, to) in [
        (Title("Visit".to_owned()), "title", "Demo", "Visit"),
        (
            When(moved.clone()),
            "when",
            when.as_str(),
            moved.to_string().as_str(),
        ),
        (
            Organiser("ana".parse().unwrap()),
            "organiser",
            "cleo",
            "ana",
        ),
        (Place("Lisbon".to_owned()), "place", "", "Lisbon"),
        (
            Link("https://meet.example.com/1".to_owned()),
            "link",
            "",
            "https://meet.example.com/1",
        ),
        (Agenda("The price".to_owned()), "agenda", "", ""),
        (Notes("Agreed".to_owned()), "notes", "", ""),
    ] {
        let told = told(cleo, set_appointment(demo, set));
        assert_eq!(told, change(field, from, to));
    }
    let asked = told(cleo, add_attendee(demo, "member:ben"));
    assert_eq!(asked, change("attendees", "", "member:ben"));
    let answered = told(cleo, answer(demo, EVA, Answer::Tentative));
    let (from, to) = (format!("{EVA} needs_action"), format!("{EVA} tentative"));
    assert_eq!(answered, change("answer", &from, &to));
    let off = told(cleo, remove_attendee(demo, EVA));
    assert_eq!(off, change("attendees", EVA, ""));
    let held = told(cleo, set_held(demo, AppointmentStatus::NoShow));
    assert_eq!(held, change("status", "scheduled", "no_show"));
    assert_eq!(cleo.appointment(demo).agenda, "The price");
    assert_eq!(cleo.appointment(demo).notes, "Agreed");
}

#[test]
fn an_appointment_that_moves_asks_everybody_again() {
    let mut scene = scene();
    let demo = scene.demo;
    let ana = scene.peers.of("ana");
    ana.ok(answer(demo, EVA, Answer::Accepted));
    // The same time is no move.
    let same = AppointmentField::When(ana.appointment(demo).when.clone());
    let command = to_conversation(set_appointment(demo, same));
    assert!(ana.execute(&command).unwrap().change.is_none());
    assert_eq!(ana.appointment(demo).attendees[0].answer, Answer::Accepted);
    ana.ok(set_appointment(demo, AppointmentField::When(span(50, 60))));
    let shown = ana.appointment(demo);
    assert_eq!(shown.attendees[0].answer, Answer::NeedsAction);
    assert_eq!((shown.when.start, shown.when.end), (at(50), at(60)));
}

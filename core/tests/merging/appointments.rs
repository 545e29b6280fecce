//! Appointments that both book, move, answer and write about.

use crate::support::commands::{
    add_attendee, appointment_draft, book, remove_attendee, set_appointment, span,
};
use crate::{ana_and_ben, both, nothing, sides};
use threadline_core::command::{AppointmentDraft, AppointmentField, ConversationCommand as C};
use threadline_core::id::AppointmentId;
use threadline_core::model::{Answer, AppointmentStatus, ItemKind};
use uuid::Uuid;

fn with_eva() -> C {
    C::BookAppointment {
        draft: AppointmentDraft {
            attendees: vec!["email:eva@example.com".parse().unwrap()],
            agenda: "The price".to_owned(),
            ..appointment_draft("Demo")
        },
    }
}

fn answer(id: Uuid, answer: Answer) -> C {
    C::AnswerAppointment {
        appointment: AppointmentId(id),
        who: "email:eva@example.com".parse().unwrap(),
        answer,
    }
}

fn set_status(id: Uuid, status: AppointmentStatus) -> C {
    C::SetAppointmentStatus {
        appointment: AppointmentId(id),
        status,
    }
}

#[test]
fn appointments_that_both_book_survive() {
    ana_and_ben(
        nothing,
        |ana, ()| {
            ana.ok(book("Demo"));
        },
        |ben, ()| {
            ben.ok(book("Handover"));
        },
        |all, ()| assert_eq!(all.view().of_kind(ItemKind::Appointment).count(), 2),
    );
}

#[test]
fn asking_an_attendee_wins_over_taking_them_off() {
    ana_and_ben(
        |peers| peers.of("cleo").made(with_eva()),
        |ana, id| {
            ana.ok(remove_attendee(*id, "email:eva@example.com"));
            ana.ok(add_attendee(*id, "email:eva@example.com"));
            ana.ok(add_attendee(*id, "member:ana"));
        },
        |ben, id| {
            ben.ok(remove_attendee(*id, "email:eva@example.com"));
            ben.ok(add_attendee(*id, "member:ben"));
        },
        |all, id| {
            let attendees = &all.appointment(*id).attendees;
            let names: Vec<String> = attendees.iter().map(|one| one.who.to_string()).collect();
            assert_eq!(names, ["email:eva@example.com", "member:ana", "member:ben"]);
        },
    );
}

#[test]
fn an_answer_keeps_an_attendee_whom_somebody_takes_off() {
    ana_and_ben(
        |peers| peers.of("cleo").made(with_eva()),
        |ana, id| {
            ana.ok(answer(*id, Answer::Accepted));
        },
        |ben, id| {
            ben.ok(remove_attendee(*id, "email:eva@example.com"));
        },
        |all, id| {
            let attendees = &all.appointment(*id).attendees;
            assert_eq!(attendees.len(), 1);
            assert_eq!(attendees[0].answer, Answer::Accepted);
        },
    );
}

#[test]
fn a_property_of_an_appointment_set_by_both_is_a_conflict_until_it_is_set_again() {
    use AppointmentField::{Link, Organiser, Place, Title, When};
    let text = |text: &str| text.to_owned();
    let when = |start| When(span(start, start + 600));
    let moved = |start| span(start, start + 600).to_string();
    for (field, by_ana, by_ben, values) in [
        (
            "title",
            Title(text("Demo 2")),
            Title(text("Visit")),
            [text("Demo 2"), text("Visit")],
        ),
        (
            "when",
            when(5_000),
            when(6_000),
            [moved(5_000), moved(6_000)],
        ),
        (
            "organiser",
            Organiser("ana".parse().unwrap()),
            Organiser("ben".parse().unwrap()),
            [text("ana"), text("ben")],
        ),
        (
            "place",
            Place(text("Here")),
            Place(text("There")),
            [text("Here"), text("There")],
        ),
        (
            "link",
            Link(text("https://a.example")),
            Link(text("https://b.example")),
            [text("https://a.example"), text("https://b.example")],
        ),
    ] {
        ana_and_ben(
            |peers| peers.of("cleo").made(book("Demo")),
            |ana, id| {
                ana.ok(set_appointment(*id, by_ana.clone()));
            },
            |ben, id| {
                ben.ok(set_appointment(*id, by_ben.clone()));
            },
            |all, id| {
                let expected = both((&values[0], "ana"), (&values[1], "ben"));
                assert_eq!(sides(&all.appointment(*id).conflicts, field), expected);
                all.ok(set_appointment(*id, by_ana.clone()));
                assert_eq!(all.appointment(*id).conflicts, [], "{field}");
            },
        );
    }
}

#[test]
fn an_appointment_completed_and_cancelled_at_once_is_a_conflict_that_either_settles() {
    use AppointmentStatus::{Cancelled, Completed};
    for settled in [Completed, Cancelled] {
        ana_and_ben(
            |peers| peers.of("cleo").made(book("Demo")),
            |ana, id| {
                ana.ok(set_status(*id, Completed));
            },
            |ben, id| {
                ben.ok(set_status(*id, Cancelled));
            },
            |all, id| {
                let expected = both(("cancelled", "ben"), ("completed", "ana"));
                assert_eq!(sides(&all.appointment(*id).conflicts, "status"), expected);
                all.ok(set_status(*id, settled));
                assert_eq!(all.appointment(*id).conflicts, []);
                assert_eq!(all.appointment(*id).status, settled);
            },
        );
    }
}

#[test]
fn what_both_write_about_a_meeting_survives() {
    ana_and_ben(
        |peers| peers.of("cleo").made(with_eva()),
        |ana, id| {
            let agenda = AppointmentField::Agenda("First: The price".to_owned());
            ana.ok(set_appointment(*id, agenda));
            let notes = AppointmentField::Notes("She agreed. ".to_owned());
            ana.ok(set_appointment(*id, notes));
        },
        |ben, id| {
            let agenda = AppointmentField::Agenda("The price, and when".to_owned());
            ben.ok(set_appointment(*id, agenda));
            let notes = AppointmentField::Notes("On Friday. ".to_owned());
            ben.ok(set_appointment(*id, notes));
        },
        |all, id| {
            let it = all.appointment(*id);
            assert_eq!(it.agenda, "First: The price, and when");
            let notes = ["She agreed. On Friday. ", "On Friday. She agreed. "];
            assert!(notes.contains(&it.notes.as_str()), "{}", it.notes);
            assert_eq!(it.conflicts, []);
        },
    );
}

//! What stays of a conversation, and what does not.

use super::*;
use crate::command::{
    AppointmentDraft, AppointmentField, Command, Context, ConversationCommand as C,
};
use crate::id::{AppointmentId, Counter};
use crate::model::{Member, Role, WorkspaceView};
use crate::time::TimeSpan;

fn now() -> Timestamp {
    Timestamp::from_millis(5_000)
}

/// Ana's copy of a conversation about a person.
struct Desk {
    document: Document,
    ana: Member,
    ids: Counter,
}

impl Desk {
    fn begin() -> Self {
        let ana = Member::new("ana".parse().unwrap(), "ana", Role::Agent);
        let id = ConversationId::of_contact(ContactId(Uuid::nil()), 0);
        let actor = ActorId::from([1; 16]);
        let mut desk = Self {
            document: Document::begin(id.into(), actor, &ana.id).unwrap(),
            ana,
            ids: Counter(0),
        };
        desk.give(C::StartConversation {
            contact: ContactId(Uuid::nil()),
            ordinal: 0,
            subject: "A lamp".to_owned(),
        });
        desk
    }

    fn give(&mut self, command: C) -> Option<Uuid> {
        let conversation = ConversationId::of_contact(ContactId(Uuid::nil()), 0);
        let mut ctx = Context {
            now: now(),
            member: &self.ana,
            ids: &mut self.ids,
            workspace: &WorkspaceView::default(),
        };
        let command = Command::Conversation {
            conversation,
            command,
        };
        let executed = self.document.execute(&mut ctx, &command).unwrap();
        executed.outcome.created
    }

    /// Everything that any string of the document without the person says.
    fn remains(mut self) -> String {
        let (actor, server) = (ActorId::from([2; 16]), "server".parse().unwrap());
        let ids = NewIds::new();
        let mut rest = without_person(&mut self.document, &ids, actor, &server, now()).unwrap();
        let changes = rest.changes_since(&[]);
        let decoded = changes
            .iter()
            .map(|change| format!("{:?}", change.decode()));
        decoded.collect()
    }
}

#[test]
fn the_place_of_an_appointment_goes_from_the_trail_too() {
    let mut desk = Desk::begin();
    let booked = desk.give(C::BookAppointment {
        draft: AppointmentDraft {
            title: "Demo".to_owned(),
            when: TimeSpan {
                start: now(),
                end: now().plus_millis(1_000),
                zone: "Europe/Lisbon".to_owned(),
            },
            organiser: None,
            attendees: vec![
                "email:eva@example.com".parse().unwrap(),
                "member:ben".parse().unwrap(),
            ],
            place: String::new(),
            link: "https://meet.example.com/anna-schmidt".to_owned(),
            agenda: String::new(),
        },
    });
    desk.give(C::SetAppointmentField {
        appointment: AppointmentId(booked.unwrap()),
        set: AppointmentField::Link("https://meet.example.com/anna-again".to_owned()),
    });
    let rest = desk.remains();
    assert!(!rest.contains("meet.example.com"));
    assert!(!rest.contains("eva@example.com"));
    assert!(rest.contains("set_appointment_field") && rest.contains("member:ben"));
}

#[test]
fn a_tag_goes_whatever_it_begins_with() {
    let mut desk = Desk::begin();
    let tag = "member: Anna Schmidt".to_owned();
    desk.give(C::AddTag { tag });
    assert!(!desk.remains().contains("Anna"));
}

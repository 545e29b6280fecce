//! Random commands of every kind.

use proptest::prelude::*;
use threadline_core::command::{
    AppointmentField, ChoiceDraft, Command, ContactCommand, ContactDraft, ContactField,
    ConversationCommand, CustomValue, DeliveryFact, FieldDraft, OpportunityField, PipelineDraft,
    PolicyField, TaskField, TemplateDraft, TopicField, WorkspaceCommand,
};
use threadline_core::document::Document;
use threadline_core::id::{
    AppointmentId, ContactId, DocumentId, InteractionId, NoteId, OpportunityId, TaskId, TemplateId,
    TopicId,
};
use threadline_core::model::{
    Answer, AppointmentStatus, ContactStatus, Direction, Expand, Failure, FieldType, Hours,
    ItemKind, ListKind, MarkValue, MessageFlag, Priority, Span, TaskChannel, TaskStatus, TextEdit,
    Threading, TopicStatus,
};
use uuid::Uuid;

use super::at;
use super::commands::{self, words};

/// How many kinds of command [`Draw::conversation`] draws from.
pub(crate) const CONVERSATION_KINDS: usize = 45;
/// How many kinds of command [`Draw::contact`] draws from.
pub(crate) const CONTACT_KINDS: usize = 15;
/// How many kinds of command [`Draw::workspace`] draws from.
pub(crate) const WORKSPACE_KINDS: usize = 14;

/// The custom field that draws are about.
const FIELD: &str = "size";

/// That field, to be put into the workspace in which members draw.
pub(crate) fn field() -> FieldDraft {
    FieldDraft {
        id: FIELD.parse().ok(),
        name: "Size".to_owned(),
        field_type: FieldType::Text,
        choices: Vec::new(),
        position: 0,
        archived: false,
    }
}

/// What a random command is made of.
#[derive(Clone, Debug)]
pub(crate) struct Draw {
    pub(crate) kind: usize,
    /// Which of the things that are there.
    pub(crate) pick: usize,
    pub(crate) number: u8,
    pub(crate) text: String,
}

/// Any command.
pub(crate) fn draw() -> impl Strategy<Value = Draw> {
    let text = prop_oneof![
        "[a-c]{1,4}",
        Just("é👩‍👩‍👧 ش".to_owned()),
        Just("e\u{301}🇵🇹".to_owned()),
        Just(String::new()),
    ];
    (any::<usize>(), any::<usize>(), any::<u8>(), text).prop_map(|(kind, pick, number, text)| {
        Draw {
            kind,
            pick,
            number,
            text,
        }
    })
}

impl Draw {
    pub(super) fn id(&self, document: &Document, kind: ItemKind) -> Uuid {
        let ids: Vec<Uuid> = document
            .conversation()
            .into_iter()
            .flat_map(|view| view.of_kind(kind))
            .map(|item| threadline_core::document::place(item).1)
            .collect();
        match ids.len() {
            // Nothing there yet: the command is refused, which changes nothing.
            0 => Uuid::nil(),
            count => ids[self.pick % count],
        }
    }

    fn name(&self) -> Option<String> {
        ["ana", "ben", "cleo", ""]
            .get(usize::from(self.number % 4))
            .filter(|name| !name.is_empty())
            .map(|name| (*name).to_owned())
    }

    pub(super) fn line(&self) -> String {
        format!("{}{}", self.text, self.number % 3)
    }

    fn priority(&self) -> Priority {
        [Priority::Low, Priority::High, Priority::Critical][usize::from(self.number % 3)]
    }

    fn spans(&self) -> Vec<Span> {
        let strong = [("strong".to_owned(), MarkValue::Bool(true))].into();
        vec![
            words("Hello "),
            Span::Text {
                value: self.line(),
                marks: strong,
            },
            commands::block("paragraph"),
            words(&self.text),
        ]
    }

    /// An edit of a note whose text has `length` positions; some are outside.
    fn edit(&self, length: u32) -> TextEdit {
        let start = u32::from(self.number) % (length + 1);
        let end = (start + 3).min(length + 1);
        match self.pick % 5 {
            0 => TextEdit::Mark {
                start,
                end,
                name: "em".to_owned(),
                value: MarkValue::Bool(true),
                expand: Expand::After,
            },
            1 => TextEdit::Unmark {
                start,
                end,
                name: "strong".to_owned(),
                expand: Expand::After,
            },
            2 => TextEdit::UpdateSpans {
                spans: self.spans(),
            },
            3 => commands::splice(start, end - start, &self.text),
            _ => commands::splice(start, 0, &self.text),
        }
    }

    fn task_field(&self) -> TaskField {
        match self.number % 7 {
            0 => TaskField::Title(self.line()),
            1 => TaskField::Description(self.text.clone()),
            2 => TaskField::Channel(Some(TaskChannel::Call)),
            3 => TaskField::TaskType("internal".to_owned()),
            4 => TaskField::Priority(self.priority()),
            5 => TaskField::Assignee(
                self.name()
                    .and_then(|name| format!("member:{name}").parse().ok()),
            ),
            _ => TaskField::Due(Some(commands::due(i64::from(self.number)))),
        }
    }

    fn fact(&self) -> DeliveryFact {
        match self.number % 4 {
            0 => DeliveryFact::Sent,
            1 => DeliveryFact::Delivered,
            2 => DeliveryFact::Read,
            _ => DeliveryFact::Failed(Failure {
                code: "550".to_owned(),
                text: "No such mailbox.".to_owned(),
            }),
        }
    }

    /// A command to a conversation, about what is there.
    pub(crate) fn conversation(&self, document: &Document) -> ConversationCommand {
        use ConversationCommand as C;
        let task = || TaskId(self.id(document, ItemKind::Task));
        let note = || NoteId(self.id(document, ItemKind::Note));
        match self.kind % CONVERSATION_KINDS {
            0 => commands::start(&self.line()),
            1 => C::CloseConversation { topic: None },
            2 => C::ReopenConversation {},
            3 => C::SetOwner {
                owner: self.name().and_then(|name| name.parse().ok()),
            },
            4 => C::SetTeam {
                team: self.name().and_then(|name| name.parse().ok()),
            },
            5 => C::SetConversationPriority {
                priority: self.priority(),
            },
            6 => C::SetConversationSubject {
                subject: self.line(),
            },
            7 => commands::add_tag(&self.line()),
            8 => commands::remove_tag(&self.line()),
            9 => C::MarkRead {
                up_to: at(i64::from(self.number)),
            },
            10 => commands::send(&self.line()),
            11 => commands::receive(self.number % 8, i64::from(self.number), &self.text),
            12 => C::RecordDelivery {
                interaction: InteractionId(self.id(document, ItemKind::Interaction)),
                fact: self.fact(),
            },
            13 => C::AddNote {
                parent: self.number.is_multiple_of(2).then(note),
                spans: self.spans(),
                message: None,
            },
            14 => {
                let note = note();
                let spans = document.spans(note).unwrap_or_default();
                let length = commands::plain(&spans).encode_utf16().count();
                C::EditNote {
                    note,
                    edits: vec![self.edit(u32::try_from(length).unwrap())],
                }
            }
            15 => C::DeleteNote { note: note() },
            16 => C::RestoreNote { note: note() },
            17 => commands::create_task(&self.line()),
            18 => C::SetTaskField {
                task: task(),
                set: self.task_field(),
            },
            19 => C::SetTaskStatus {
                task: task(),
                status: [
                    TaskStatus::ToDo,
                    TaskStatus::InProgress,
                    TaskStatus::Done,
                    TaskStatus::Cancelled,
                ][usize::from(self.number % 4)],
            },
            20 => C::ClaimTask { task: task() },
            21 => C::FinishTask {
                task: task(),
                outcome: self
                    .number
                    .is_multiple_of(2)
                    .then(|| commands::topic_draft(&self.line())),
                note: Vec::new(),
                follow_up: None,
            },
            22 => C::CreateTopic {
                draft: commands::topic_draft(&self.line()),
                follow_up: None,
            },
            23 => C::SetTopicStatus {
                topic: TopicId(self.id(document, ItemKind::Topic)),
                status: [TopicStatus::Open, TopicStatus::Closed][usize::from(self.number % 2)],
            },
            44 => self.run(document),
            kind => self.of_version_2(kind, document),
        }
    }

    /// Whether, by chance.
    pub(super) fn flips(&self) -> bool {
        self.number.is_multiple_of(2)
    }

    fn topic_field(&self, document: &Document) -> TopicField {
        let message = self
            .flips()
            .then(|| InteractionId(self.id(document, ItemKind::Interaction)));
        let moment = at(i64::from(self.number));
        match self.pick % 9 {
            0 => TopicField::Subject(self.line()),
            1 => {
                TopicField::Purpose(["issue", "feedback"][usize::from(self.number % 2)].to_owned())
            }
            2 => TopicField::Summary(self.text.clone()),
            3 => TopicField::Owner(self.name().and_then(|name| name.parse().ok())),
            4 => TopicField::Start(moment),
            5 => TopicField::End(self.flips().then_some(moment)),
            6 => TopicField::FirstMessage(message),
            7 => TopicField::LastMessage(message),
            _ => TopicField::Reference(self.line()),
        }
    }

    fn appointment_field(&self) -> AppointmentField {
        let start = i64::from(self.number);
        match self.pick % 7 {
            0 => AppointmentField::Title(self.line()),
            1 => AppointmentField::When(commands::span(start, start + 60)),
            2 => AppointmentField::Organiser(["ana", "ben"][self.pick % 2].parse().unwrap()),
            3 => AppointmentField::Place(self.line()),
            4 => AppointmentField::Link("https://meet.example.com/1".to_owned()),
            5 => AppointmentField::Agenda(self.text.clone()),
            _ => AppointmentField::Notes(self.text.clone()),
        }
    }

    /// A command that came with version 2.
    fn of_version_2(&self, kind: usize, document: &Document) -> ConversationCommand {
        use ConversationCommand as C;
        let interaction = InteractionId(self.id(document, ItemKind::Interaction));
        let appointment = AppointmentId(self.id(document, ItemKind::Appointment));
        let guest = ["member:ana", "email:eva@example.com"][usize::from(self.number % 2)];
        match kind {
            24 => C::OpenConversation {},
            25 => C::SnoozeConversation {
                until: at(10_000 + i64::from(self.number)),
            },
            26 => C::UnsnoozeConversation {},
            27 => C::StarConversation {
                starred: self.flips(),
            },
            28 => C::ConfirmMessage { interaction },
            29 => C::WithdrawMessage { interaction },
            30 => commands::log_call([Direction::In, Direction::Out][usize::from(self.number % 2)]),
            31 => C::SetMessageFlag {
                interaction,
                flag: [MessageFlag::Important, MessageFlag::Spam][self.pick % 2],
                on: self.flips(),
            },
            32 => C::DeleteMessage { interaction },
            33 => C::RestoreMessage { interaction },
            34 => C::SetTopicField {
                topic: TopicId(self.id(document, ItemKind::Topic)),
                set: self.topic_field(document),
            },
            35 => commands::book(&self.line()),
            36 => C::SetAppointmentField {
                appointment,
                set: self.appointment_field(),
            },
            37 => C::SetAppointmentStatus {
                appointment,
                status: [
                    AppointmentStatus::Scheduled,
                    AppointmentStatus::Completed,
                    AppointmentStatus::Cancelled,
                    AppointmentStatus::NoShow,
                ][usize::from(self.number % 4)],
            },
            38 => commands::add_attendee(appointment.0, guest),
            39 => commands::remove_attendee(appointment.0, guest),
            40 => C::AnswerAppointment {
                appointment,
                who: guest.parse().unwrap(),
                answer: [Answer::Accepted, Answer::Declined][self.pick % 2],
            },
            41 => C::StartUnlinked {
                identity: commands::identity("dora@example.com"),
                subject: self.line(),
            },
            42 => C::LinkConversation {
                contact: self.other(),
            },
            _ => C::UnlinkConversation {},
        }
    }

    fn other(&self) -> ContactId {
        ContactId(Uuid::from_u128(u128::from(self.number % 3)))
    }

    fn deal_field(&self) -> OpportunityField {
        match self.pick % 5 {
            0 => OpportunityField::Title(self.line()),
            1 => OpportunityField::Stage(commands::stage(["offer", "new"][self.pick % 2])),
            2 => OpportunityField::Value(commands::euros(i64::from(self.number))),
            3 => OpportunityField::Expected("2026-12-24".to_owned()),
            _ => OpportunityField::Owner(self.name().and_then(|name| name.parse().ok())),
        }
    }

    /// A command to a contact.
    pub(crate) fn contact(&self, document: &Document) -> ContactCommand {
        use ContactCommand as C;
        let deals = document.contact().map(|contact| &contact.opportunities);
        let deals = deals.filter(|deals| !deals.is_empty());
        let deal = deals.map_or(Uuid::nil(), |deals| deals[self.pick % deals.len()].id.0);
        let opportunity = OpportunityId(deal);
        let tag = self.line();
        match self.kind % CONTACT_KINDS {
            0 if self.flips() => commands::create_contact(&self.line()),
            0 => C::ImportContact {
                draft: ContactDraft {
                    name: self.line(),
                    saved: true,
                    phone: "+351 91".to_owned(),
                    identities: vec![commands::identity(&self.address())],
                    tags: vec![self.line()],
                    fields: [(FIELD.parse().unwrap(), self.line())].into(),
                    ..ContactDraft::default()
                },
            },
            1 => ContactCommand::SetContactField {
                set: match self.number % 7 {
                    0 => ContactField::Name(self.line()),
                    1 => ContactField::Saved(self.pick.is_multiple_of(2)),
                    2 => ContactField::Type(["lead", "customer"][self.pick % 2].to_owned()),
                    3 => ContactField::Status(
                        [ContactStatus::Archived, ContactStatus::Dnd][self.pick % 2],
                    ),
                    4 => ContactField::Email(self.address()),
                    5 => ContactField::Phone(format!("+351 {}", self.number)),
                    _ => ContactField::Company(self.line()),
                },
            },
            2 => C::AddIdentity {
                identity: commands::identity(&self.address()),
            },
            3 => C::RemoveIdentity {
                identity: commands::identity(&self.address()),
            },
            4 => C::AddContactTag { tag },
            5 => C::RemoveContactTag { tag },
            6 => C::SetCustomField {
                set: CustomValue {
                    field: FIELD.parse().unwrap(),
                    value: self.flips().then(|| self.line()),
                },
            },
            7 => C::MergeContact { into: self.other() },
            8 => C::UnmergeContact {},
            9 => commands::create_deal(&self.line()),
            10 => commands::set_deal(deal, self.deal_field()),
            11 => commands::close_deal(deal, self.flips(), &self.text),
            12 => C::ReopenOpportunity { opportunity },
            13 => C::AddOpportunityContact {
                opportunity,
                other: self.other(),
            },
            _ => C::RemoveOpportunityContact {
                opportunity,
                other: self.other(),
            },
        }
    }

    fn address(&self) -> String {
        format!("{}@example.com", self.number % 3)
    }

    /// A command to the workspace.
    pub(crate) fn workspace(&self, document: &Document) -> WorkspaceCommand {
        use WorkspaceCommand as C;
        let member = ["ana", "ben", "cleo"][self.pick % 3];
        let templates = document.workspace().map(|workspace| &workspace.templates);
        let template = templates
            .and_then(|templates| templates.get(self.pick % templates.len().max(1)))
            .map(|template| template.id);
        let choice = |id: &str| ChoiceDraft {
            position: i64::from(self.number % 3),
            archived: self.flips(),
            ..commands::choice_draft(id, &self.line())
        };
        match self.kind % WORKSPACE_KINDS {
            0 => commands::policy(match self.pick % 4 {
                0 => PolicyField::Threading(Threading::Episodes),
                1 => PolicyField::RequireTopicToClose(self.flips()),
                2 => PolicyField::Zone(["UTC", "Europe/Lisbon"][self.pick % 2].to_owned()),
                _ => PolicyField::Hours(vec![Hours {
                    day: 1 + u32::from(self.number % 7),
                    from: 540,
                    to: 1_020,
                }]),
            }),
            1 => commands::put_choice(ListKind::Purposes, choice(["issue", ""][self.pick % 2])),
            2 => commands::put_team(["sales", "support"][self.pick % 2], &self.line()),
            3 => commands::join_team("sales", member),
            4 => commands::leave_team("sales", member),
            5 => C::PutField {
                field: FieldDraft {
                    name: self.line(),
                    ..field()
                },
            },
            6 => C::PutPipeline {
                pipeline: PipelineDraft {
                    id: "sales".parse().ok(),
                    name: self.line(),
                    currency: "EUR".to_owned(),
                    position: 0,
                    archived: false,
                    stages: vec![choice("offer")],
                },
            },
            7 => C::PutTemplate {
                template: TemplateDraft {
                    id: template.filter(|_| self.flips()),
                    ..commands::template_draft(&self.line())
                },
            },
            8 => C::RemoveTemplate {
                template: template.unwrap_or(TemplateId(Uuid::nil())),
            },
            9 => commands::save_view(["a", "b"][self.pick % 2], &self.line(), "{}"),
            10 => C::RemoveView {
                view: ["a", "b"][self.pick % 2].parse().unwrap(),
            },
            kind => self.flow(kind - 11),
        }
    }

    /// A command to a document of its kind.
    pub(crate) fn command(&self, document: &Document) -> Command {
        match document.id() {
            DocumentId::Conversation(_) => super::to_conversation(self.conversation(document)),
            DocumentId::Contact(_) => super::to_contact(self.contact(document)),
            DocumentId::Workspace => Command::Workspace(self.workspace(document)),
            DocumentId::Free(_) => panic!("no command writes in a free document"),
        }
    }
}

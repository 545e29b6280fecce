//! Random commands of every kind.

use proptest::prelude::*;
use threadline_core::command::{
    Command, ContactCommand, ContactField, ConversationCommand, DeliveryFact, TaskField,
};
use threadline_core::document::Document;
use threadline_core::id::{DocumentId, InteractionId, NoteId, TaskId, TopicId};
use threadline_core::model::{
    ContactStatus, Expand, Failure, ItemKind, MarkValue, Priority, Span, TaskChannel, TaskStatus,
    TextEdit, TopicStatus,
};
use uuid::Uuid;

use super::at;
use super::commands::{self, words};

/// How many kinds of command [`Draw::conversation`] draws from.
pub(crate) const CONVERSATION_KINDS: usize = 24;
/// How many kinds of command [`Draw::contact`] draws from.
pub(crate) const CONTACT_KINDS: usize = 3;

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
    fn id(&self, document: &Document, kind: ItemKind) -> Uuid {
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

    fn line(&self) -> String {
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
            _ => C::SetTopicStatus {
                topic: TopicId(self.id(document, ItemKind::Topic)),
                status: [TopicStatus::Open, TopicStatus::Closed][usize::from(self.number % 2)],
            },
        }
    }

    /// A command to a contact.
    pub(crate) fn contact(&self) -> ContactCommand {
        match self.kind % CONTACT_KINDS {
            0 => commands::create_contact(&self.line()),
            1 => ContactCommand::SetContactField {
                set: match self.number % 7 {
                    0 => ContactField::Name(self.line()),
                    1 => ContactField::Saved(self.pick.is_multiple_of(2)),
                    2 => ContactField::Type(["lead", "customer"][self.pick % 2].to_owned()),
                    3 => ContactField::Status(
                        [ContactStatus::Archived, ContactStatus::Dnd][self.pick % 2],
                    ),
                    4 => ContactField::Email(self.line()),
                    5 => ContactField::Phone(self.line()),
                    _ => ContactField::Company(self.line()),
                },
            },
            _ => ContactCommand::AddIdentity {
                identity: commands::identity(&self.line()),
            },
        }
    }

    /// A command to a document of its kind.
    pub(crate) fn command(&self, document: &Document) -> Command {
        match document.id() {
            DocumentId::Conversation(_) => super::to_conversation(self.conversation(document)),
            DocumentId::Contact(_) => super::to_contact(self.contact()),
            DocumentId::Workspace => unreachable!("the draws are of the other documents"),
        }
    }
}

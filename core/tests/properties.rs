//! Whatever members do, in whatever order and batches it arrives: the same
//! document, the same view, and a view that follows patches is the view that a
//! fresh look gives.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod support;

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use support::commands::{self, words};
use support::{Peer, Peers, actor, ana, at, ben, changes, cleo, contact, conversation, service};
use threadline_core::command::{
    Command, ContactCommand, ContactField, ConversationCommand, DeliveryFact, TaskField,
};
use threadline_core::document::{Document, View};
use threadline_core::id::{DocumentId, InteractionId, NoteId, TaskId, TopicId};
use threadline_core::model::{
    ContactStatus, Expand, Failure, ItemKind, MarkValue, Priority, Span, TaskChannel, TaskStatus,
    TextEdit, TopicStatus,
};
use uuid::Uuid;

/// How many kinds of command [`Draw::conversation`] draws from.
const CONVERSATION_KINDS: usize = 24;
/// How many kinds of command [`Draw::contact`] draws from.
const CONTACT_KINDS: usize = 3;

/// What a random command is made of.
#[derive(Clone, Debug)]
struct Draw {
    kind: usize,
    /// Which of the things that are there.
    pick: usize,
    number: u8,
    text: String,
}

/// A step of a random history.
#[derive(Clone, Debug)]
enum Step {
    /// A peer gives a command.
    Act { peer: usize, draw: Draw },
    /// A peer gets some of the changes made so far, in this order, perhaps
    /// again, perhaps before what they depend on.
    Deliver { peer: usize, picks: Vec<usize> },
}

fn draw() -> impl Strategy<Value = Draw> {
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

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let act = (0..4_usize, draw()).prop_map(|(peer, draw)| Step::Act { peer, draw });
    let deliver = (0..4_usize, prop::collection::vec(any::<usize>(), 1..12))
        .prop_map(|(peer, picks)| Step::Deliver { peer, picks });
    prop::collection::vec(prop_oneof![3 => act, 1 => deliver], 1..60)
}

impl Draw {
    fn id(&self, peer: &Peer, kind: ItemKind) -> Uuid {
        let ids: Vec<Uuid> = peer
            .document
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

    fn conversation(&self, peer: &Peer) -> ConversationCommand {
        use ConversationCommand as C;
        let task = || TaskId(self.id(peer, ItemKind::Task));
        let note = || NoteId(self.id(peer, ItemKind::Note));
        match self.kind % CONVERSATION_KINDS {
            0 => commands::start(&self.line()),
            1 => C::CloseConversation {},
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
                interaction: InteractionId(self.id(peer, ItemKind::Interaction)),
                fact: self.fact(),
            },
            13 => C::AddNote {
                parent: self.number.is_multiple_of(2).then(note),
                spans: self.spans(),
            },
            14 => {
                let note = note();
                let spans = peer.document.spans(note).unwrap_or_default();
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
            },
            22 => C::CreateTopic {
                draft: commands::topic_draft(&self.line()),
            },
            _ => C::SetTopicStatus {
                topic: TopicId(self.id(peer, ItemKind::Topic)),
                status: [TopicStatus::Open, TopicStatus::Closed][usize::from(self.number % 2)],
            },
        }
    }

    fn contact(&self) -> ContactCommand {
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

    fn command(&self, peer: &Peer) -> Command {
        match peer.document.id() {
            DocumentId::Conversation(_) => support::to_conversation(self.conversation(peer)),
            DocumentId::Contact(_) => support::to_contact(self.contact()),
        }
    }
}

/// Runs a history; returns the peers at its end and every change made.
fn run(id: DocumentId, steps: &[Step]) -> (Peers, Vec<Vec<u8>>) {
    let mut peers = Peers::new(id, [ana(), ben(), cleo(), service()]);
    let mut made: Vec<Vec<u8>> = Vec::new();
    for step in steps {
        let peer = match step {
            Step::Act { peer, draw } => {
                let peer = &mut peers.0[*peer];
                let (heads, view) = (peer.document.heads(), peer.document.view().clone());
                match peer.execute(&draw.command(peer)) {
                    Ok(executed) => {
                        made.extend(executed.change.map(|mut it| it.bytes().into_owned()));
                    }
                    Err(_) => {
                        assert_eq!(peer.document.heads(), heads);
                        assert_eq!(peer.document.view(), &view);
                    }
                }
                peer
            }
            Step::Deliver { peer, picks } => {
                let peer = &mut peers.0[*peer];
                if !made.is_empty() {
                    let batch: Vec<Vec<u8>> = picks
                        .iter()
                        .map(|pick| made[pick % made.len()].clone())
                        .collect();
                    peer.document.apply(changes(&batch)).unwrap();
                }
                peer
            }
        };
        assert_eq!(peer.document.view(), &peer.document.rebuilt());
    }
    (peers, made)
}

/// The changes in the order of their hashes, which has nothing to do with the
/// order in which they were made.
fn shuffled(made: &[Vec<u8>]) -> Vec<Vec<u8>> {
    changes(made)
        .into_iter()
        .map(|change| (change.hash(), change.raw_bytes().to_vec()))
        .collect::<BTreeMap<_, _>>()
        .into_values()
        .collect()
}

fn load(id: DocumentId, chunks: &[Vec<u8>]) -> Document {
    Document::load(id, actor(9), &ana().id, chunks).unwrap()
}

fn check(id: DocumentId, steps: &[Step], batch: usize) {
    let (mut peers, made) = run(id, steps);
    let mut all = shuffled(&made);
    for peer in &mut peers.0 {
        for some in all.chunks(batch) {
            peer.document.apply(changes(some)).unwrap();
            assert_eq!(peer.document.view(), &peer.document.rebuilt());
        }
        // The next peer gets them the other way round.
        all.reverse();
    }
    peers.assert_equal();

    let view: View = peers.0[0].document.view().clone();
    let heads = peers.0[0].document.heads();
    let saved = peers.0[0].document.save();
    let half = &all[..all.len() / 2];
    for (how, chunks) in [
        ("from a snapshot", vec![saved.clone()]),
        ("from changes in any order", all.clone()),
        (
            "from a snapshot and changes",
            [half, &[saved], &all].concat(),
        ),
    ] {
        let mut again = load(id, &chunks);
        assert_eq!(again.view(), &view, "{how}");
        assert_eq!(again.heads(), heads, "{how}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn conversations_agree_in_any_order(steps in steps(), batch in 1..9_usize) {
        check(conversation().into(), &steps, batch);
    }

    #[test]
    fn contacts_agree_in_any_order(steps in steps(), batch in 1..9_usize) {
        check(contact().into(), &steps, batch);
    }
}

#[test]
fn every_kind_of_command_is_drawn() {
    let peer = Peer::new(1, ana(), conversation().into());
    let draw = |kind| Draw {
        kind,
        pick: 0,
        number: 1,
        text: "a".to_owned(),
    };
    let names: BTreeSet<&str> = (0..CONVERSATION_KINDS)
        .map(|kind| support::to_conversation(draw(kind).conversation(&peer)).name())
        .chain((0..CONTACT_KINDS).map(|kind| support::to_contact(draw(kind).contact()).name()))
        .collect();
    assert_eq!(names.len(), CONVERSATION_KINDS + CONTACT_KINDS);
}

//! Mail that leaves: which messages are due, and what goes with them (spec §4,
//! "Message out"). The server asks twice: when it stores what touched a message,
//! so that it is kept as due in the same transaction, and again before it sends.

use crate::document::{ConversationView, Dirty, Document};
use crate::id::{ConversationId, DocumentId, InteractionId};
use crate::limits;
use crate::model::{Channel, DeliveryStatus, Direction, Interaction, Item, ItemKind};
use crate::time::Timestamp;

/// A mail as it is to be sent.
#[derive(Clone, Debug, PartialEq)]
pub struct Outgoing<'a> {
    /// The message.
    pub message: &'a Interaction,
    /// Its subject, or where it has none the conversation's.
    pub subject: &'a str,
    /// The mails that it goes on from, the oldest first; the last is the one it answers.
    pub thread: Vec<&'a Interaction>,
}

/// The mails among what was touched that are due to be sent.
pub fn due(document: &Document, dirty: &Dirty) -> Vec<(ConversationId, InteractionId)> {
    let (DocumentId::Conversation(conversation), Some(view)) =
        (document.id(), document.conversation())
    else {
        return Vec::new();
    };
    let touched = dirty.items.iter();
    touched
        .filter(|(kind, _)| *kind == ItemKind::Interaction)
        .filter_map(|(_, id)| interaction(view, InteractionId(*id)))
        .filter(|message| is_due(message))
        .map(|message| (conversation, message.id))
        .collect()
}

/// A mail that is due still; `None` where it was sent, taken back or deleted,
/// or waits for its author (spec B2).
pub fn outgoing(view: &ConversationView, id: InteractionId) -> Option<Outgoing<'_>> {
    let message = interaction(view, id).filter(|message| is_due(message))?;
    let subject = match message.subject.as_str() {
        "" => view.header.subject.as_str(),
        subject => subject,
    };
    Some(Outgoing {
        message,
        subject,
        thread: thread(view, message),
    })
}

/// Whether a mail may have left already although nothing here says so: it was
/// written before the database was restored from a backup, and what the lost
/// one knew of it is lost with it.
pub fn may_have_left(message: &Interaction, restored: Option<Timestamp>) -> bool {
    restored.is_some_and(|restored| message.at < restored)
}

/// Whether a mail was written so long before it came that it does not leave by
/// itself: an answer that nobody waits for any more does more harm than good.
pub fn is_stale(message: &Interaction, came: Timestamp) -> bool {
    message.at.plus_millis(limits::STALE_MAIL_MS) < came
}

fn is_due(message: &Interaction) -> bool {
    message.channel == Channel::Email
        && message.direction == Direction::Out
        && message.status == Some(DeliveryStatus::Queued)
        && message.withdrawn.is_none()
        && message.deleted.is_none()
        && !message.held
}

/// What a message answers, what that answered, and so on. Hostile documents
/// may go round in a ring: the number bounds it.
fn thread<'a>(view: &'a ConversationView, message: &Interaction) -> Vec<&'a Interaction> {
    let mut thread = Vec::new();
    let mut answered = message.in_reply_to;
    while let Some(found) = answered.and_then(|id| interaction(view, id))
        && thread.len() < limits::THREAD_MAILS
    {
        answered = found.in_reply_to;
        if found.channel == Channel::Email {
            thread.push(found);
        }
    }
    thread.reverse();
    thread
}

/// A message of a conversation.
pub fn interaction(view: &ConversationView, id: InteractionId) -> Option<&Interaction> {
    match view.item(ItemKind::Interaction, id.0) {
        Some(Item::Interaction(message)) => Some(message),
        _ => None,
    }
}

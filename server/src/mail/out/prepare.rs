//! What a claimed mail becomes, read from storage at the last moment. It blocks.

use lettre::message::Mailbox;
use threadline_core::document::Document;
use threadline_core::error::{Code, Refusal};
use threadline_core::id::WorkspaceId;
use threadline_core::model::{
    Attachment, ContactStatus, ConversationHeader, DeliveryStatus, Failure, Interaction, Row,
};
use threadline_core::outgoing::{interaction, is_stale, may_have_left, outgoing};
use threadline_core::sync::hub::{ActorId, StoredDocument};

use super::UNKNOWN;
use super::letter::{self, Letter};
use crate::limits;
use crate::store::{BlobId, Claim, MailRecord, Store};
use crate::workspace::server_member;

/// What a mail becomes.
pub(super) enum Prepared {
    /// This, and what is to be remembered of it.
    Letter(Box<Letter>, MailRecord),
    /// Nothing, for a reason that its author is told.
    Never(Failure),
    /// Something of it is not here yet.
    NotYet,
    /// Nothing: it was taken back, deleted, erased or sent, or waits for its author.
    NotDue,
}

/// Asks the core whether the mail is due still, and writes it.
pub(super) fn prepare(
    store: &dyn Store,
    workspace: &WorkspaceId,
    claim: &Claim,
    from: &Mailbox,
) -> Result<Prepared, Refusal> {
    let document = match conversation(store, workspace, claim) {
        Ok(document) => document,
        Err(refusal) => {
            return match refusal.code {
                Code::Erased => Ok(Prepared::NotDue),
                Code::Quarantined => Ok(Prepared::NotYet),
                _ => Err(refusal),
            };
        }
    };
    let Some(view) = document.conversation() else {
        return Ok(Prepared::NotDue);
    };
    let Some(mail) = outgoing(view, claim.interaction) else {
        return Ok(Prepared::NotDue);
    };
    if may_have_left(mail.message, store.restored()) {
        let text = "The server was restored from a backup after this was written: \
                    it may have been sent or not. Ask before you send it again.";
        return Ok(never(UNKNOWN, text));
    }
    if is_stale(mail.message, claim.since) {
        let text = "It was written more than a week before it came here: \
                    write again if it still holds.";
        return Ok(never("stale", text));
    }
    let sizes = mail.message.attachments.iter().map(|file| file.size);
    let all = sizes.fold(0, u64::saturating_add);
    if all > limits::MAIL_BYTES as u64 {
        let text = "The files are larger than a mail may be.";
        return Ok(never("too_large", text));
    }
    if wants_no_mail(store, workspace, &view.header)? {
        let text = "The contact does not want to be written to.";
        return Ok(never(Code::ContactDnd.as_str(), text));
    }
    // Those who wrote without a network may bring the message before its files.
    let Some(files) = files(store, workspace, &mail.message.attachments)? else {
        return Ok(Prepared::NotYet);
    };
    Ok(match letter::write(&mail, from, claim.since, files) {
        Ok(letter) => {
            let record = record(&view.header, mail.message, from);
            Prepared::Letter(Box::new(letter), record)
        }
        Err(failure) => Prepared::Never(failure),
    })
}

fn never(code: &str, text: &str) -> Prepared {
    Prepared::Never(Failure {
        code: code.to_owned(),
        text: text.to_owned(),
    })
}

/// Whether the document does not say yet what became of a mail.
pub(super) fn is_queued(
    store: &dyn Store,
    workspace: &WorkspaceId,
    claim: &Claim,
) -> Result<bool, Refusal> {
    let document = match conversation(store, workspace, claim) {
        Err(refusal) if refusal.code == Code::Erased => return Ok(false),
        loaded => loaded?,
    };
    let message = document
        .conversation()
        .and_then(|view| interaction(view, claim.interaction));
    Ok(message.is_some_and(|message| message.status == Some(DeliveryStatus::Queued)))
}

/// The conversation as storage has it, which may be more than this process knows.
fn conversation(
    store: &dyn Store,
    workspace: &WorkspaceId,
    claim: &Claim,
) -> Result<Document, Refusal> {
    let id = claim.conversation.into();
    let stored: StoredDocument = store.load(workspace, id)?.unwrap_or_default();
    let actor = ActorId::from([0; 16]);
    Document::load(id, actor, &server_member()?.id, &stored.changes)
}

fn wants_no_mail(
    store: &dyn Store,
    workspace: &WorkspaceId,
    header: &ConversationHeader,
) -> Result<bool, Refusal> {
    let Some(contact) = header.contact else {
        return Ok(false);
    };
    let row = store.row(workspace, contact.into())?;
    Ok(matches!(row, Some(Row::Contact(row)) if row.status == ContactStatus::Dnd))
}

/// Whether the core would have the mail sent still.
pub(super) fn is_due(
    store: &dyn Store,
    workspace: &WorkspaceId,
    claim: &Claim,
) -> Result<bool, Refusal> {
    let document = conversation(store, workspace, claim)?;
    let view = document.conversation();
    Ok(view.is_some_and(|view| outgoing(view, claim.interaction).is_some()))
}

/// The bytes of a message's files; `None` while one of them is not here, or is
/// larger than its author says.
fn files(
    store: &dyn Store,
    workspace: &WorkspaceId,
    attachments: &[Attachment],
) -> Result<Option<Vec<Vec<u8>>>, Refusal> {
    let mut files = Vec::with_capacity(attachments.len());
    for file in attachments {
        let mut blob = BlobId::default();
        let named = hex::decode_to_slice(&file.blob, &mut blob).is_ok();
        match store.blob(workspace, &blob)? {
            Some(bytes) if named && bytes.len() as u64 <= file.size => files.push(bytes),
            _ => return Ok(None),
        }
    }
    Ok(Some(files))
}

/// By which the answer finds its way into the conversation.
fn record(header: &ConversationHeader, message: &Interaction, from: &Mailbox) -> MailRecord {
    let to = message.to.iter().map(|to| to.address.as_str());
    let parties = to.chain([from.email.as_ref()]);
    MailRecord {
        message_id: letter::message_id(message.id, from),
        contact: header.contact,
        conversation: header.id,
        interaction: message.id,
        parties: parties.map(str::to_lowercase).collect(),
    }
}

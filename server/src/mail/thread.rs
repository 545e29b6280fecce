//! Which conversation a mail belongs to.

use threadline_core::error::Refusal;
use threadline_core::id::{ContactId, ConversationId, InteractionId, WorkspaceId};

use super::parse::Mail;
use crate::store::Store;

/// The channel's name in derived ids.
pub(super) const CHANNEL: &str = "email";

/// Where a mail goes.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// The conversation's contact.
    pub(super) contact: ContactId,
    /// The conversation.
    pub(super) conversation: ConversationId,
    /// The message it answers.
    pub(super) in_reply_to: Option<InteractionId>,
}

/// The conversation of the newest known message it answers, if the sender
/// takes part there: a Message-ID alone lets nobody in, as it may be guessed
/// or forwarded, and a subject even less. Else the sender's own conversation.
pub(super) fn place(
    store: &dyn Store,
    workspace: &WorkspaceId,
    mail: &Mail,
) -> Result<Place, Refusal> {
    for id in &mail.references {
        match store.saved_mail(workspace, id, &mail.from.address)? {
            Some(saved) if saved.takes_part => {
                return Ok(Place {
                    contact: saved.contact,
                    conversation: saved.conversation,
                    in_reply_to: Some(saved.interaction),
                });
            }
            _ => {}
        }
    }
    let contact = ContactId::of_identity(workspace, CHANNEL, &mail.from.address);
    Ok(Place {
        contact,
        conversation: ConversationId::of_contact(contact, 0),
        in_reply_to: None,
    })
}

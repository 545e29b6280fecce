//! Which conversation a mail belongs to. The core decides; here are the facts.

use std::collections::BTreeSet;

use threadline_core::document::{Document, View};
use threadline_core::error::{Code, Refusal};
use threadline_core::id::{ContactId, ConversationId, DocumentId, Ids, InteractionId, WorkspaceId};
use threadline_core::model::{Channel, ContactRow, ConversationStatus, Identity, Row, Threading};
use threadline_core::sync::hub::ActorId;
use threadline_core::thread::{KnownThread, Party, Start, Target, target};

use super::parse::Mail;
use crate::clock::RandomIds;
use crate::store::Store;
use crate::workspace::server_member;

/// The channel's name in derived ids.
pub(super) const CHANNEL: &str = "email";
/// How many merges lead from an alias to its contact, at most: a ring must end.
const MERGES: usize = 16;

/// Where a mail goes.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// The conversation's contact; `None` for an unlinked one.
    pub(super) contact: Option<ContactId>,
    /// The conversation.
    pub(super) conversation: ConversationId,
    /// How it begins; `None` where it has begun.
    pub(super) start: Option<Start>,
    /// The message it answers.
    pub(super) in_reply_to: Option<InteractionId>,
}

/// The conversation of the newest known message it answers, if the sender
/// takes part there and it is not over: a Message-ID alone lets nobody in, as
/// it may be guessed or forwarded, and a subject even less. Else where the
/// workspace's policy wants it.
pub(super) fn place(
    store: &dyn Store,
    workspace: &WorkspaceId,
    mail: &Mail,
    interaction: InteractionId,
) -> Result<Place, Refusal> {
    let policy = policy(store, workspace)?;
    for id in &mail.references {
        match store.saved_mail(workspace, id, &mail.from.address)? {
            Some(saved) if saved.takes_part => {
                if policy == Threading::SingleThread
                    || is_open(store, workspace, saved.conversation)?
                {
                    return Ok(Place {
                        contact: saved.contact,
                        conversation: saved.conversation,
                        start: None,
                        in_reply_to: Some(saved.interaction),
                    });
                }
                break;
            }
            _ => {}
        }
    }
    let identity = Identity {
        channel: Channel::Email,
        address: mail.from.address.clone(),
    };
    let party = party(store, workspace, &identity)?;
    let known = known(store, workspace, party.contact)?;
    let place = |contact, conversation, start| Place {
        contact,
        conversation,
        start,
        in_reply_to: None,
    };
    let contact = party.contact;
    Ok(match target(policy, party, &known) {
        Target::Existing(conversation) => place(Some(contact), conversation, None),
        Target::Next(ordinal) => {
            let start = Start::StartConversation { contact, ordinal };
            let conversation = ConversationId::of_contact(contact, ordinal);
            place(Some(contact), conversation, Some(start))
        }
        Target::Unlinked => {
            let conversation = ConversationId::of_interaction(interaction);
            place(None, conversation, Some(Start::StartUnlinked { identity }))
        }
    })
}

fn policy(store: &dyn Store, workspace: &WorkspaceId) -> Result<Threading, Refusal> {
    let stored = store
        .load(workspace, DocumentId::Workspace)?
        .unwrap_or_default();
    let server = server_member()?.id;
    let actor = ActorId::from([0; 16]);
    let document = Document::load(DocumentId::Workspace, actor, &server, &stored.changes)?;
    Ok(match document.view() {
        View::Workspace(view) => view.policies.threading,
        View::Conversation(_) | View::Contact(_) | View::Free => Threading::default(),
    })
}

fn is_open(
    store: &dyn Store,
    workspace: &WorkspaceId,
    conversation: ConversationId,
) -> Result<bool, Refusal> {
    let row = store.row(workspace, conversation.into())?;
    Ok(matches!(row, Some(Row::Conversation(row)) if row.status == ConversationStatus::Open))
}

/// Who is behind an address: a saved contact before one that a channel met,
/// and what an alias stands for instead of the alias.
fn party(
    store: &dyn Store,
    workspace: &WorkspaceId,
    identity: &Identity,
) -> Result<Party, Refusal> {
    let mut found: Vec<ContactRow> = store.contacts_at(workspace, identity)?;
    found.sort_by_key(|contact| !contact.saved);
    let Some(mut contact) = found.into_iter().next() else {
        let derived = ContactId::of_identity(workspace, CHANNEL, &identity.address);
        // Who was erased and writes again is somebody new.
        let contact = match store.load(workspace, derived.into()) {
            Err(refusal) if refusal.code == Code::Erased => ContactId(RandomIds.next_id()),
            _ => derived,
        };
        return Ok(Party {
            contact,
            saved: false,
        });
    };
    for _ in 0..MERGES {
        let Some(into) = contact.merged_into else {
            break;
        };
        match store.row(workspace, into.into())? {
            Some(Row::Contact(row)) => contact = row,
            _ => break,
        }
    }
    Ok(Party {
        contact: contact.id,
        saved: contact.saved,
    })
}

/// The conversations of a contact and of its aliases.
fn known(
    store: &dyn Store,
    workspace: &WorkspaceId,
    contact: ContactId,
) -> Result<Vec<KnownThread>, Refusal> {
    let mut names = BTreeSet::from([contact]);
    let mut look = vec![contact];
    while let Some(name) = look.pop() {
        for alias in store.aliases(workspace, name)? {
            if names.insert(alias) {
                look.push(alias);
            }
        }
    }
    let mut known = Vec::new();
    for name in names {
        for row in store.conversations(workspace, name)? {
            let own = row.id == ConversationId::of_contact(contact, row.ordinal);
            known.push(KnownThread {
                conversation: row.id,
                ordinal: own.then_some(row.ordinal),
                status: row.status,
                at: row.at,
            });
        }
    }
    Ok(known)
}

//! `POST /v1/workspaces/{workspace}/channels/email/inbound`: one raw mail in
//! the body (`message/rfc822`). Answered once it is durable; the sender of
//! the request may repeat it until then, and after.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Request, State};
use serde::Serialize;
use sha2::{Digest, Sha256};
use threadline_core::command::{
    Command, ContactCommand, ContactDraft, ConversationCommand, InboundMessage, Outcome,
};
use threadline_core::error::{Code, Refusal};
use threadline_core::id::{ContactId, ConversationId, InteractionId, WorkspaceId};
use threadline_core::model::{
    Address, Attachment, Channel, ConversationHeader, Identity, Interaction, Role,
};
use threadline_core::thread::Start;

use super::parse::{self, Mail};
use super::thread::{self, CHANNEL, Place};
use super::trim;
use crate::api::{self, Caller};
use crate::app::App;
use crate::clock;
use crate::identity::Scope;
use crate::problem::Problem;
use crate::store::{BlobId, MailRecord, SavedMail, Store, durable};
use crate::workspace::{Workspace, blocking};

/// Where the mail went.
#[derive(Serialize)]
pub(crate) struct Accepted {
    /// `None` where nobody saved the sender and each mail begins a conversation.
    contact: Option<ContactId>,
    conversation: ConversationId,
    interaction: InteractionId,
    /// Whether it had been taken in before; nothing was changed then.
    duplicate: bool,
}

/// The route. Whoever calls it needs a token with the role `service`.
pub(crate) async fn inbound(
    State(app): State<Arc<App>>,
    Path(workspace): Path<String>,
    request: Request,
) -> Result<Json<Accepted>, Problem> {
    let caller = api::bearer(&app, request.headers(), &workspace, Scope::Channels).await?;
    if caller.member.role != Role::Service {
        return Err(Problem::unauthorized());
    }
    let raw = api::body(request).await?;
    Ok(Json(take_in(&app, caller, raw).await?))
}

async fn take_in(app: &Arc<App>, caller: Caller, raw: Bytes) -> Result<Accepted, Refusal> {
    let Caller { id, workspace, .. } = caller;
    let (prepared, known) = blocking({
        let (store, id) = (Arc::clone(&app.store), id.clone());
        move || prepare(store.as_ref(), &id, &raw)
    })
    .await?;
    let Prepared {
        mail,
        place,
        message,
        blobs,
    } = prepared;
    if let Some(known) = known {
        return Ok(Accepted {
            contact: known.contact,
            conversation: known.conversation,
            interaction: known.interaction,
            duplicate: true,
        });
    }
    // In this order, so that whatever is written refers to what is there. Every
    // step may be repeated: after a crash the same request completes the rest.
    let accepted = Accepted {
        contact: place.contact,
        conversation: place.conversation,
        interaction: message.id,
        duplicate: false,
    };
    // A customer's mail is taken whatever the quota; members' uploads are not.
    durable(|done| app.store.put_blobs(&id, blobs, None, done)).await?;
    if let Some(start) = &place.start {
        begin(&workspace, &mail, place.conversation, start).await?;
    }
    let message = Box::new(message);
    let conversation = place.conversation;
    let command = ConversationCommand::ReceiveMessage { message };
    workspace
        .execute(Command::Conversation {
            conversation,
            command,
        })
        .await?;
    let record = MailRecord {
        parties: parties(&mail.from, &mail.to, &mail.cc),
        message_id: mail.message_id,
        contact: place.contact,
        conversation,
        interaction: accepted.interaction,
    };
    durable(|done| app.store.put_mail(&id, record, done)).await?;
    Ok(accepted)
}

struct Prepared {
    mail: Mail,
    place: Place,
    message: InboundMessage,
    blobs: Vec<(BlobId, Vec<u8>)>,
}

/// Everything that can be done before something is written; and what the mail
/// became when it came before.
fn prepare(
    store: &dyn Store,
    workspace: &WorkspaceId,
    raw: &[u8],
) -> Result<(Prepared, Option<SavedMail>), Refusal> {
    let mut mail = parse::parse(raw, clock::now());
    let mut known = store.saved_mail(workspace, &mail.message_id, &mail.from.address)?;
    if known.is_some_and(|known| !known.takes_part) {
        // Somebody else's id, by accident or to keep this mail out: it gets its own.
        mail.message_id = parse::made_id(raw);
        known = store.saved_mail(workspace, &mail.message_id, &mail.from.address)?;
    }
    let interaction = InteractionId::of_external(workspace, CHANNEL, &mail.message_id);
    let place = thread::place(store, workspace, &mail, interaction)?;
    let raw_id = hash(raw);
    let mut blobs = vec![(raw_id, raw.to_vec())];
    let attachments = mail.files.drain(..).map(|file| {
        let blob = hash(&file.bytes);
        let attachment = Attachment {
            blob: hex::encode(blob),
            name: file.name,
            media_type: file.media_type,
            size: file.bytes.len() as u64,
        };
        blobs.push((blob, file.bytes));
        attachment
    });
    let message = InboundMessage {
        id: interaction,
        channel: Channel::Email,
        at: mail.at,
        attachments: attachments.collect(),
        from: mail.from.clone(),
        to: mail.to.clone(),
        cc: mail.cc.clone(),
        subject: mail.subject.clone(),
        visible: trim::visible(&mail.text),
        text: std::mem::take(&mut mail.text),
        html: mail.html.take(),
        in_reply_to: place.in_reply_to,
        external_id: Some(mail.message_id.clone()),
        raw: Some(hex::encode(raw_id)),
    };
    Ok((
        Prepared {
            mail,
            place,
            message,
            blobs,
        },
        known,
    ))
}

/// Makes the sender's contact and conversation where they are new.
async fn begin(
    workspace: &Workspace,
    mail: &Mail,
    conversation: ConversationId,
    start: &Start,
) -> Result<(), Refusal> {
    let subject = mail.subject.clone();
    let command = match start {
        Start::StartConversation { contact, ordinal } => {
            meet(workspace, mail, *contact).await?;
            ConversationCommand::StartConversation {
                contact: *contact,
                ordinal: *ordinal,
                subject,
            }
        }
        Start::StartUnlinked { identity } => ConversationCommand::StartUnlinked {
            identity: identity.clone(),
            subject,
        },
    };
    if_new(
        workspace
            .execute(Command::Conversation {
                conversation,
                command,
            })
            .await,
    )
}

async fn meet(workspace: &Workspace, mail: &Mail, contact: ContactId) -> Result<(), Refusal> {
    let address = mail.from.address.clone();
    let draft = ContactDraft {
        name: mail.from.name.clone(),
        email: address.clone(),
        identities: vec![Identity {
            channel: Channel::Email,
            address,
        }],
        ..ContactDraft::default()
    };
    let command = ContactCommand::CreateContact { draft };
    if_new(
        workspace
            .execute(Command::Contact { contact, command })
            .await,
    )
}

/// What exists already is what was wanted.
fn if_new(result: Result<Outcome, Refusal>) -> Result<(), Refusal> {
    match result {
        Err(refusal) if refusal.code != Code::WrongState => Err(refusal),
        _ => Ok(()),
    }
}

/// Sender and recipients: whoever of them answers takes part.
fn parties(from: &Address, to: &[Address], cc: &[Address]) -> Vec<String> {
    let all = std::iter::once(from).chain(to).chain(cc);
    all.map(|party| party.address.to_lowercase()).collect()
}

/// What is remembered of a mail that came as a message of a bundle; `None`
/// where the message is no mail from outside.
pub(crate) fn record(header: &ConversationHeader, message: &Interaction) -> Option<MailRecord> {
    let mail = message.channel == Channel::Email;
    let from = message.from.as_ref().filter(|_| mail)?;
    Some(MailRecord {
        message_id: message.external_id.clone()?,
        contact: header.contact,
        conversation: header.id,
        interaction: message.id,
        parties: parties(from, &message.to, &message.cc),
    })
}

fn hash(bytes: &[u8]) -> BlobId {
    Sha256::digest(bytes).into()
}

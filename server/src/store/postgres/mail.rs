//! Which mail became which message, and who takes part in which conversation.

use threadline_core::id::DocumentId;

use super::failure::Failure;
use super::session::Session;
use super::text::key;
use crate::store::{MailRecord, SavedMail};

/// What the mail with this Message-ID became; `None` where it is unknown.
pub(super) fn find(
    session: &mut Session<'_>,
    workspace: &str,
    message_id: &str,
    address: &str,
) -> Result<Option<SavedMail>, Failure> {
    let found = session.first(
        "SELECT contact, conversation, interaction, EXISTS (
           SELECT 1 FROM mail_parties AS p
           WHERE p.workspace = m.workspace AND p.conversation = m.conversation AND p.address = $3
         )
         FROM mail_ids AS m WHERE m.workspace = $1 AND m.message_id = $2",
        &[&workspace, &key(message_id), &key(address)],
    )?;
    let Some(row) = found else {
        return Ok(None);
    };
    let contact: Option<&str> = row.try_get(0)?;
    Ok(Some(SavedMail {
        contact: contact.and_then(|contact| contact.parse().ok()),
        conversation: row.try_get::<_, &str>(1)?.parse()?,
        interaction: row.try_get::<_, &str>(2)?.parse()?,
        takes_part: row.try_get(3)?,
    }))
}

/// Remembers a mail; the first that came with a Message-ID keeps it. See
/// [`crate::store::Store::put_mail`].
pub(super) fn put(
    session: &mut Session<'_>,
    workspace: &str,
    record: &MailRecord,
) -> Result<(), Failure> {
    let erased = session.first(
        "SELECT 1 FROM documents WHERE workspace = $1 AND name = $2 AND erased IS NOT NULL",
        &[
            &workspace,
            &DocumentId::from(record.conversation).to_string(),
        ],
    )?;
    if erased.is_some() {
        return Ok(());
    }
    let conversation = record.conversation.to_string();
    session.execute(
        "INSERT INTO mail_ids (workspace, message_id, contact, conversation, interaction)
         VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
        &[
            &workspace,
            &key(&record.message_id),
            &record.contact.map(|contact| contact.to_string()),
            &conversation,
            &record.interaction.to_string(),
        ],
    )?;
    let parties: Vec<_> = record.parties.iter().map(|party| key(party)).collect();
    session.execute(
        "INSERT INTO mail_parties (workspace, conversation, address)
         SELECT $1, $2, unnest($3::text[]) ON CONFLICT DO NOTHING",
        &[&workspace, &conversation, &parties],
    )?;
    Ok(())
}

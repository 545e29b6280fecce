//! Which mail became which message, and who takes part in which conversation.

use rusqlite::{Connection, OptionalExtension};
use threadline_core::id::{ContactId, ConversationId, InteractionId, WorkspaceId};

use super::erasure::is_erased;
use super::writer::Failure;

/// What a mail became.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SavedMail {
    /// The conversation's contact at that time; `None` for an unlinked one.
    pub(crate) contact: Option<ContactId>,
    /// The conversation.
    pub(crate) conversation: ConversationId,
    /// The message.
    pub(crate) interaction: InteractionId,
    /// Whether the address asked about takes part in the conversation.
    pub(crate) takes_part: bool,
}

/// What to remember of a mail.
pub(crate) struct MailRecord {
    /// Message-ID without angle brackets.
    pub(crate) message_id: String,
    /// The conversation's contact; `None` for an unlinked one.
    pub(crate) contact: Option<ContactId>,
    /// The conversation.
    pub(crate) conversation: ConversationId,
    /// The message.
    pub(crate) interaction: InteractionId,
    /// Sender and recipients, in lower case.
    pub(crate) parties: Vec<String>,
}

/// What the mail with this Message-ID became; `None` where it is unknown.
pub(super) fn find(
    connection: &Connection,
    workspace: &WorkspaceId,
    message_id: &str,
    address: &str,
) -> Result<Option<SavedMail>, Failure> {
    let found = connection
        .prepare_cached(
            "SELECT contact, conversation, interaction, EXISTS (
               SELECT 1 FROM mail_parties AS p
               WHERE p.workspace = m.workspace AND p.conversation = m.conversation AND p.address = ?3
             )
             FROM mail_ids AS m
             WHERE m.workspace = (SELECT id FROM workspaces WHERE name = ?1) AND m.message_id = ?2",
        )?
        .query_row((workspace.as_str(), message_id, address), |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get::<_, String>(2)?, row.get(3)?))
        })
        .optional()?;
    let Some((contact, conversation, interaction, takes_part)) = found else {
        return Ok(None);
    };
    Ok(Some(SavedMail {
        contact: contact.parse().ok(),
        conversation: conversation.parse()?,
        interaction: interaction.parse()?,
        takes_part,
    }))
}

/// Remembers a mail; the first that came with a Message-ID keeps it. See
/// [`super::Store::put_mail`].
pub(super) fn put(
    connection: &Connection,
    workspace: i64,
    record: &MailRecord,
) -> Result<(), Failure> {
    if is_erased(connection, workspace, record.conversation.into())? {
        return Ok(());
    }
    let conversation = record.conversation.to_string();
    connection
        .prepare_cached("INSERT OR IGNORE INTO mail_ids VALUES (?1, ?2, ?3, ?4, ?5)")?
        .execute((
            workspace,
            &record.message_id,
            record.contact.map(|it| it.to_string()).unwrap_or_default(),
            &conversation,
            record.interaction.to_string(),
        ))?;
    let mut statement =
        connection.prepare_cached("INSERT OR IGNORE INTO mail_parties VALUES (?1, ?2, ?3)")?;
    for address in &record.parties {
        statement.execute((workspace, &conversation, address))?;
    }
    Ok(())
}

//! Who is behind an address, and what conversations they have. The indexes are
//! named, because SQLite would rather read all rows of the workspace.

use rusqlite::Connection;
use rusqlite::types::ToSql;
use serde_json::Value;
use threadline_core::error::Refusal;
use threadline_core::id::{ContactId, WorkspaceId};
use threadline_core::model::{ContactRow, ConversationRow, Identity, Row};

use super::unavailable;
use super::writer::Failure;

/// A channel's word, as addresses are stored with it.
pub(super) fn word(identity: &Identity) -> Result<String, Refusal> {
    match serde_json::to_value(identity.channel) {
        Ok(Value::String(word)) => Ok(word),
        _ => Err(unavailable()),
    }
}

/// Notes a contact's addresses, in place of those it had.
pub(super) fn put_addresses(
    connection: &Connection,
    workspace: i64,
    document: i64,
    row: &Row,
) -> Result<(), Failure> {
    let Row::Contact(contact) = row else {
        return Ok(());
    };
    connection
        .prepare_cached("DELETE FROM addresses WHERE document = ?1")?
        .execute([document])?;
    let mut statement =
        connection.prepare_cached("INSERT OR IGNORE INTO addresses VALUES (?1, ?2, ?3, ?4)")?;
    for identity in &contact.identities {
        let address = identity.address.to_lowercase();
        statement.execute((workspace, word(identity)?, address, document))?;
    }
    Ok(())
}

/// See [`super::Store::contacts_at`].
pub(super) fn contacts_at(
    connection: &Connection,
    workspace: &WorkspaceId,
    identity: &Identity,
) -> Result<Vec<ContactRow>, Failure> {
    let rows = read(
        connection,
        "SELECT rows.row FROM addresses JOIN rows ON rows.document = addresses.document
         WHERE addresses.workspace = (SELECT id FROM workspaces WHERE name = ?1)
           AND addresses.channel = ?2 AND addresses.address = ?3 ORDER BY rows.document",
        &[
            &workspace.as_str(),
            &word(identity)?,
            &identity.address.to_lowercase(),
        ],
    )?;
    Ok(rows.into_iter().filter_map(Row::into_contact).collect())
}

/// See [`super::Store::aliases`].
pub(super) fn aliases(
    connection: &Connection,
    workspace: &WorkspaceId,
    of: ContactId,
) -> Result<Vec<ContactId>, Failure> {
    let rows = read(
        connection,
        "SELECT row FROM rows INDEXED BY rows_of_aliases
         WHERE workspace = (SELECT id FROM workspaces WHERE name = ?1)
           AND iif(json_valid(row), row ->> '$.value.mergedInto', NULL) = ?2",
        &[&workspace.as_str(), &of.to_string()],
    )?;
    let contacts = rows.into_iter().filter_map(Row::into_contact);
    Ok(contacts.map(|contact| contact.id).collect())
}

/// See [`super::Store::conversations`].
pub(super) fn conversations(
    connection: &Connection,
    workspace: &WorkspaceId,
    of: ContactId,
) -> Result<Vec<ConversationRow>, Failure> {
    let rows = read(
        connection,
        "SELECT row FROM rows INDEXED BY rows_of_contact
         WHERE workspace = (SELECT id FROM workspaces WHERE name = ?1)
           AND iif(json_valid(row), row ->> '$.value.contact', NULL) = ?2",
        &[&workspace.as_str(), &of.to_string()],
    )?;
    Ok(rows
        .into_iter()
        .filter_map(Row::into_conversation)
        .collect())
}

/// The rows that a query finds, without those that cannot be read.
fn read(
    connection: &Connection,
    query: &str,
    parameters: &[&dyn ToSql],
) -> Result<Vec<Row>, Failure> {
    let mut statement = connection.prepare_cached(query)?;
    let texts = statement.query_map(parameters, |row| row.get::<_, String>(0))?;
    let mut rows = Vec::new();
    for text in texts {
        rows.extend(serde_json::from_str::<Row>(&text?).ok());
    }
    Ok(rows)
}

//! Rows, and what is looked for in them: who is behind an address, and what
//! conversations they have.

use std::collections::BTreeMap;

use threadline_core::id::{ContactId, DocumentId};
use threadline_core::model::{ContactRow, ConversationRow, Identity, Row, RowEntry};

use super::documents::Keys;
use super::failure::Failure;
use super::session::Session;
use super::text::key;
use crate::store::moves::parse_row;
use crate::store::threads::word;
use crate::store::{RowPage, unavailable};

/// Adds or replaces rows.
pub(super) fn put(
    session: &mut Session<'_>,
    workspace: &str,
    rows: &[RowEntry],
    keys: &Keys,
) -> Result<(), Failure> {
    // A statement may touch a row once: the last one of each document counts.
    let rows: BTreeMap<i64, &RowEntry> = rows.iter().map(|row| (keys[&row.doc], row)).collect();
    if rows.is_empty() {
        return Ok(());
    }
    let (mut documents, mut seqs, mut heads) = (Vec::new(), Vec::new(), Vec::new());
    let (mut texts, mut contacts, mut merged) = (Vec::new(), Vec::new(), Vec::new());
    for (document, entry) in &rows {
        documents.push(*document);
        seqs.push(entry.seq.cast_signed());
        heads.push(
            entry
                .heads
                .iter()
                .flat_map(|head| **head)
                .collect::<Vec<u8>>(),
        );
        texts.push(serde_json::to_string(&entry.row).map_err(|_| unavailable())?);
        let (contact, merged_into) = match &entry.row {
            Row::Conversation(row) => (row.contact, None),
            Row::Contact(row) => (None, row.merged_into),
            Row::Workspace(_) => (None, None),
        };
        contacts.push(contact.map(|contact| contact.to_string()));
        merged.push(merged_into.map(|contact| contact.to_string()));
    }
    session.execute(
        "INSERT INTO rows (workspace, document, seq, heads, row, contact, merged_into)
         SELECT $1, * FROM unnest($2::bigint[], $3::bigint[], $4::bytea[], $5::text[],
                                  $6::text[], $7::text[])
         ON CONFLICT (document) DO UPDATE SET seq = excluded.seq, heads = excluded.heads,
           row = excluded.row, contact = excluded.contact, merged_into = excluded.merged_into",
        &[
            &workspace, &documents, &seqs, &heads, &texts, &contacts, &merged,
        ],
    )?;
    put_addresses(session, workspace, &rows)
}

/// Notes contacts' addresses, in place of those they had.
fn put_addresses(
    session: &mut Session<'_>,
    workspace: &str,
    rows: &BTreeMap<i64, &RowEntry>,
) -> Result<(), Failure> {
    let (mut contacts, mut documents) = (Vec::new(), Vec::new());
    let (mut channels, mut addresses) = (Vec::new(), Vec::new());
    for (document, entry) in rows {
        let Row::Contact(contact) = &entry.row else {
            continue;
        };
        contacts.push(*document);
        for identity in &contact.identities {
            documents.push(*document);
            channels.push(word(identity)?);
            addresses.push(key(&identity.address).to_lowercase());
        }
    }
    if contacts.is_empty() {
        return Ok(());
    }
    session.execute(
        "DELETE FROM addresses WHERE document = ANY($1)",
        &[&contacts],
    )?;
    session.execute(
        "INSERT INTO addresses (workspace, document, channel, address)
         SELECT $1, * FROM unnest($2::bigint[], $3::text[], $4::text[]) ON CONFLICT DO NOTHING",
        &[&workspace, &documents, &channels, &addresses],
    )?;
    Ok(())
}

/// A document's row; see [`crate::store::Store::row`].
pub(super) fn find(
    session: &mut Session<'_>,
    workspace: &str,
    doc: DocumentId,
) -> Result<Option<Row>, Failure> {
    let rows = read(session.all(
        "SELECT rows.row FROM rows JOIN documents ON documents.id = rows.document
         WHERE documents.workspace = $1 AND documents.name = $2",
        &[&workspace, &doc.to_string()],
    )?)?;
    Ok(rows.into_iter().next())
}

/// Rows that moved; see [`crate::store::Store::rows`].
pub(super) fn page(
    session: &mut Session<'_>,
    workspace: &str,
    after: u64,
    limit: usize,
) -> Result<RowPage, Failure> {
    let (rows, last, seen) = select(session, workspace, after, u64::MAX >> 1, limit)?;
    Ok(RowPage {
        rows,
        cursor: last.unwrap_or(after),
        complete: seen < limit,
    })
}

/// The rows with a sequence number after the first and not after the second.
pub(super) fn between(
    session: &mut Session<'_>,
    workspace: &str,
    after: u64,
    until: u64,
) -> Result<Vec<RowEntry>, Failure> {
    Ok(select(session, workspace, after, until, usize::MAX)?.0)
}

/// Rows that can be read, the sequence number of the last one that was looked
/// at, and how many were.
fn select(
    session: &mut Session<'_>,
    workspace: &str,
    after: u64,
    until: u64,
    limit: usize,
) -> Result<(Vec<RowEntry>, Option<u64>, usize), Failure> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let found = session.all(
        "SELECT documents.name, rows.seq, rows.heads, rows.row
         FROM rows JOIN documents ON documents.id = rows.document
         WHERE rows.workspace = $1 AND rows.seq > $2 AND rows.seq <= $3
         ORDER BY rows.seq LIMIT $4",
        &[
            &workspace,
            &after.cast_signed(),
            &until.cast_signed(),
            &limit,
        ],
    )?;
    let (seen, mut last, mut rows) = (found.len(), None, Vec::new());
    for row in found {
        let name: &str = row.try_get(0)?;
        let seq = row.try_get::<_, i64>(1)?.cast_unsigned();
        last = Some(seq);
        match parse_row(name, seq, row.try_get(2)?, row.try_get(3)?) {
            Some(entry) => rows.push(entry),
            // The list goes on without it; the row is written anew with the document's next change.
            None => tracing::error!(doc = name, "a row cannot be read"),
        }
    }
    Ok((rows, last, seen))
}

/// See [`crate::store::Store::contacts_at`].
pub(super) fn contacts_at(
    session: &mut Session<'_>,
    workspace: &str,
    identity: &Identity,
) -> Result<Vec<ContactRow>, Failure> {
    let address = key(&identity.address).to_lowercase();
    let rows = read(session.all(
        "SELECT rows.row FROM addresses JOIN rows ON rows.document = addresses.document
         WHERE addresses.workspace = $1 AND addresses.channel = $2 AND addresses.address = $3
         ORDER BY rows.document",
        &[&workspace, &word(identity)?, &address],
    )?)?;
    Ok(rows.into_iter().filter_map(Row::into_contact).collect())
}

/// See [`crate::store::Store::aliases`].
pub(super) fn aliases(
    session: &mut Session<'_>,
    workspace: &str,
    of: ContactId,
) -> Result<Vec<ContactId>, Failure> {
    let rows = read(session.all(
        "SELECT row FROM rows WHERE workspace = $1 AND merged_into = $2 ORDER BY document",
        &[&workspace, &of.to_string()],
    )?)?;
    let contacts = rows.into_iter().filter_map(Row::into_contact);
    Ok(contacts.map(|contact| contact.id).collect())
}

/// See [`crate::store::Store::conversations`].
pub(super) fn conversations(
    session: &mut Session<'_>,
    workspace: &str,
    of: ContactId,
) -> Result<Vec<ConversationRow>, Failure> {
    let rows = read(session.all(
        "SELECT row FROM rows WHERE workspace = $1 AND contact = $2 ORDER BY document",
        &[&workspace, &of.to_string()],
    )?)?;
    Ok(rows
        .into_iter()
        .filter_map(Row::into_conversation)
        .collect())
}

/// The rows that were found, without those that cannot be read.
fn read(found: Vec<postgres::Row>) -> Result<Vec<Row>, Failure> {
    let mut rows = Vec::with_capacity(found.len());
    for row in found {
        rows.extend(serde_json::from_str::<Row>(row.try_get(0)?).ok());
    }
    Ok(rows)
}

//! The searchable texts and the index of their words (SQLite FTS5).

use std::hash::{BuildHasher, RandomState};

use rusqlite::{Connection, OptionalExtension};
use threadline_core::document::SUMMARY_VERSION;
use threadline_core::id::{DocumentId, WorkspaceId};
use threadline_core::model::{RowEntry, SearchHit, TextEntry, TextKind};
use threadline_core::time::Timestamp;
use uuid::Uuid;

use super::log::{document_key, put_rows};
use super::snippet::{self, MATCH_BEGINS, MATCH_ENDS, SNIPPET_WORDS};
use super::writer::Failure;

/// Bits of a text's id that tell texts of one millisecond apart.
const SPREAD_BITS: u32 = 20;
/// All of them.
const SPREAD: u64 = (1 << SPREAD_BITS) - 1;
/// Ids that are tried of a millisecond before it counts as crowded: that of a
/// hundred thousand texts has a free one among them in all but 10^-16 of cases.
const DRAWS: u64 = 16;
/// The last millisecond that fits into an id: the year 2248.
const LAST_MS: i64 = (1 << (63 - SPREAD_BITS)) - 1;

/// What to look for.
#[derive(Clone, Debug)]
pub(crate) struct Search {
    /// What a person typed.
    pub(crate) words: String,
    /// The only kind to find; all where it is missing.
    pub(crate) kind: Option<TextKind>,
    /// At most this many.
    pub(crate) limit: usize,
}

/// Puts texts into the index, or takes them out where they are empty.
pub(super) fn put(
    connection: &Connection,
    workspace: i64,
    texts: &[(DocumentId, TextEntry)],
) -> Result<(), Failure> {
    let mut document = None;
    for (doc, entry) in texts {
        let key = match document {
            Some((known, key)) if known == *doc => key,
            _ => document_key(connection, workspace, *doc)?,
        };
        document = Some((*doc, key));
        put_one(connection, workspace, key, entry)?;
    }
    Ok(())
}

fn put_one(
    connection: &Connection,
    workspace: i64,
    document: i64,
    entry: &TextEntry,
) -> Result<(), Failure> {
    let kind = entry.kind.as_str();
    let item = entry.id.as_bytes();
    let known = connection
        .prepare_cached(
            "SELECT id, text = ?4 FROM texts WHERE document = ?1 AND kind = ?2 AND item = ?3",
        )?
        .query_row((document, kind, item, &entry.text), |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, bool>(1)?))
        })
        .optional()?;
    match known {
        Some((_, true)) => {}
        None if entry.text.is_empty() => {}
        Some((id, false)) if entry.text.is_empty() => {
            connection
                .prepare_cached("DELETE FROM texts WHERE id = ?1")?
                .execute([id])?;
        }
        Some((id, false)) => {
            connection
                .prepare_cached("UPDATE texts SET text = ?2 WHERE id = ?1")?
                .execute((id, &entry.text))?;
        }
        None => {
            let at = entry.at.as_millis();
            let id = free_id(connection, at, entry.id)?;
            let scope = format!(
                "{} {}",
                scope(workspace, None),
                scope(workspace, Some(entry.kind))
            );
            connection
                .prepare_cached("INSERT INTO texts VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")?
                .execute((id, document, kind, item, at, &scope, &entry.text))?;
            connection
                .prepare_cached("INSERT INTO words (rowid, scope, text) VALUES (?1, ?2, ?3)")?
                .execute((id, &scope, &entry.text))?;
        }
    }
    Ok(())
}

/// An id that nothing has, of the text's millisecond or, where that is crowded,
/// of one soon after. The first is the item's own, so that texts of one moment
/// keep their order; the others are drawn, because whoever writes a text chooses
/// its time and id, and could make every next one look for its place for longer.
fn free_id(connection: &Connection, at: i64, item: Uuid) -> rusqlite::Result<i64> {
    let chance = RandomState::new();
    let mut taken = connection.prepare_cached("SELECT 1 FROM texts WHERE id = ?1")?;
    let mut spread = item.as_u128() as u64 & SPREAD;
    let mut draws: u64 = 0;
    let mut at = at.clamp(0, LAST_MS);
    loop {
        let id = at << SPREAD_BITS | spread.cast_signed();
        if !taken.exists([id])? {
            return Ok(id);
        }
        draws += 1;
        spread = chance.hash_one(draws) & SPREAD;
        if draws.is_multiple_of(DRAWS) {
            at = (at + 1) % (LAST_MS + 1);
        }
    }
}

/// One word that all texts of a workspace have, or all of a kind in it. The
/// tokenizer keeps it whole.
fn scope(workspace: i64, kind: Option<TextKind>) -> String {
    format!("w{workspace}{}", kind.map_or("", TextKind::as_str))
}

/// Replaces row and texts of a document; see [`super::Store::put_summary`].
pub(super) fn replace(
    connection: &Connection,
    workspace: i64,
    row: RowEntry,
    texts: &[TextEntry],
) -> Result<(), Failure> {
    let document = document_key(connection, workspace, row.doc)?;
    let last: i64 = connection
        .prepare_cached("SELECT coalesce(max(seq), 0) FROM changes WHERE document = ?1")?
        .query_row([document], |row| row.get(0))?;
    if last.cast_unsigned() != row.seq {
        return Ok(());
    }
    put_rows(connection, workspace, &[row])?;
    connection
        .prepare_cached("DELETE FROM texts WHERE document = ?1")?
        .execute([document])?;
    for entry in texts {
        put_one(connection, workspace, document, entry)?;
    }
    connection
        .prepare_cached("UPDATE documents SET summary = ?2 WHERE id = ?1")?
        .execute((document, SUMMARY_VERSION))?;
    Ok(())
}

/// A document whose row and texts another version of the program computed.
pub(crate) struct Stale {
    /// Its key in this file.
    pub(crate) key: i64,
    /// Its workspace.
    pub(crate) workspace: WorkspaceId,
    /// The document.
    pub(crate) doc: DocumentId,
}

/// See [`super::Store::stale`].
pub(super) fn stale(
    connection: &Connection,
    after: i64,
    limit: usize,
) -> Result<Vec<Stale>, Failure> {
    let mut statement = connection.prepare_cached(
        "SELECT documents.id, workspaces.name, documents.name
         FROM documents JOIN workspaces ON workspaces.id = documents.workspace
         WHERE documents.summary <> ?1 AND documents.id > ?2
           AND documents.id NOT IN (SELECT document FROM erased)
         ORDER BY documents.id LIMIT ?3",
    )?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let found = statement.query_map((SUMMARY_VERSION, after, limit), |row| {
        Ok((
            row.get::<_, i64>(0)?,
            row.get::<_, String>(1)?,
            row.get::<_, String>(2)?,
        ))
    })?;
    let mut stale = Vec::new();
    for found in found {
        let (key, workspace, doc) = found?;
        stale.push(Stale {
            key,
            workspace: workspace.parse()?,
            doc: doc.parse()?,
        });
    }
    Ok(stale)
}

/// What was found, the newest first; see [`super::Store::search`].
pub(super) fn find(
    connection: &Connection,
    workspace: &WorkspaceId,
    search: &Search,
) -> Result<Vec<SearchHit>, Failure> {
    let key: Option<i64> = connection
        .prepare_cached("SELECT id FROM workspaces WHERE name = ?1")?
        .query_row([workspace.as_str()], |row| row.get(0))
        .optional()?;
    let (Some(key), Some(words)) = (key, snippet::expression(&search.words)) else {
        return Ok(Vec::new());
    };
    let scope = scope(key, search.kind);
    let mut statement = connection.prepare_cached(
        "SELECT documents.name, texts.kind, texts.item, texts.at, rows.row ->> '$.value.contact',
                snippet(words, 1, ?3, ?4, '…', ?5)
         FROM words
           JOIN texts ON texts.id = words.rowid
           JOIN documents ON documents.id = texts.document
           LEFT JOIN rows ON rows.document = documents.id
         WHERE words MATCH ?1 ORDER BY words.rowid DESC LIMIT ?2",
    )?;
    let limit = i64::try_from(search.limit).unwrap_or(i64::MAX);
    let expression = format!("scope : \"{scope}\" AND text : ({words})");
    let found = statement.query_map(
        (
            expression,
            limit,
            MATCH_BEGINS.to_string(),
            MATCH_ENDS.to_string(),
            SNIPPET_WORDS,
        ),
        |row| {
            Ok((
                row.get::<_, String>(0)?,
                row.get::<_, String>(1)?,
                row.get::<_, [u8; 16]>(2)?,
                row.get::<_, i64>(3)?,
                row.get::<_, Option<String>>(4)?,
                row.get::<_, String>(5)?,
            ))
        },
    )?;
    let mut hits = Vec::new();
    for found in found {
        let (doc, kind, item, at, contact, marked) = found?;
        let doc = doc.parse()?;
        let kind = TextKind::ALL
            .into_iter()
            .find(|known| known.as_str() == kind);
        // Written by a later program.
        let Some(kind) = kind else { continue };
        let contact = match doc {
            DocumentId::Contact(contact) => Some(contact),
            DocumentId::Conversation(_) => contact.and_then(|contact| contact.parse().ok()),
            DocumentId::Workspace | DocumentId::Free(_) => None,
        };
        let (snippet, matches) = snippet::plain(&marked);
        hits.push(SearchHit {
            doc,
            contact,
            kind,
            id: Uuid::from_bytes(item),
            at: Timestamp::from_millis(at),
            snippet,
            matches,
        });
    }
    Ok(hits)
}

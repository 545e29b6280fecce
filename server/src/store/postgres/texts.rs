//! The searchable texts and the index of their words.

use std::collections::BTreeMap;

use threadline_core::document::SUMMARY_VERSION;
use threadline_core::id::{DocumentId, WorkspaceId};
use threadline_core::model::{RowEntry, SearchHit, TextEntry, TextKind};
use threadline_core::time::Timestamp;
use uuid::Uuid;

use super::documents::Keys;
use super::failure::Failure;
use super::session::Session;
use super::text::storable;
use super::words::{Sought, vector};
use super::{documents, rows};
use crate::store::{Search, snippet};

/// Puts texts into the index, or takes them out where they are empty.
pub(super) fn put(
    session: &mut Session<'_>,
    workspace: &str,
    texts: &[(DocumentId, TextEntry)],
    keys: &Keys,
) -> Result<(), Failure> {
    // A statement may touch a text once: the last state of each counts.
    let texts: BTreeMap<(i64, &str, Uuid), &TextEntry> = texts
        .iter()
        .map(|(doc, entry)| ((keys[doc], entry.kind.as_str(), entry.id), entry))
        .collect();
    if texts.is_empty() {
        return Ok(());
    }
    let name: WorkspaceId = workspace.parse()?;
    let (mut documents, mut kinds, mut items) = (Vec::new(), Vec::new(), Vec::new());
    let (mut at, mut stored, mut vectors) = (Vec::new(), Vec::new(), Vec::new());
    for ((document, kind, item), entry) in texts {
        documents.push(document);
        kinds.push(kind);
        items.push(item);
        at.push(entry.at.as_millis());
        stored.push(storable(&entry.text));
        vectors.push(vector(&name, entry.kind, &entry.text));
    }
    session.execute(
        "DELETE FROM texts USING unnest($1::bigint[], $2::text[], $3::uuid[], $4::text[])
           AS new (document, kind, item, text)
         WHERE texts.document = new.document AND texts.kind = new.kind
           AND texts.item = new.item AND texts.text <> new.text",
        &[&documents, &kinds, &items, &stored],
    )?;
    session.execute(
        "WITH new AS (
           SELECT * FROM unnest($2::bigint[], $3::text[], $4::uuid[], $5::bigint[], $6::text[],
                                $7::text[]) AS new (document, kind, item, at, text, lexemes)
         ), added AS (
           INSERT INTO texts (workspace, document, kind, item, at, text)
           SELECT $1, document, kind, item, at, text FROM new WHERE text <> ''
           ON CONFLICT DO NOTHING RETURNING id, document, kind, item
         )
         INSERT INTO words (text, workspace, lexemes)
         SELECT added.id, $1, new.lexemes::tsvector FROM added JOIN new USING (document, kind, item)",
        &[&workspace, &documents, &kinds, &items, &at, &stored, &vectors],
    )?;
    Ok(())
}

/// Replaces row and texts of a document; see [`crate::store::Store::put_summary`].
pub(super) fn replace(
    session: &mut Session<'_>,
    workspace: &str,
    row: &RowEntry,
    texts: &[TextEntry],
) -> Result<(), Failure> {
    let keys = documents::keys(session, workspace, [row.doc].into_iter())?;
    let document = keys[&row.doc];
    let last = session.one("SELECT seq FROM documents WHERE id = $1", &[&document])?;
    if last.try_get::<_, i64>(0)?.cast_unsigned() != row.seq {
        return Ok(());
    }
    rows::put(session, workspace, std::slice::from_ref(row), &keys)?;
    session.execute("DELETE FROM texts WHERE document = $1", &[&document])?;
    let texts: Vec<_> = texts.iter().map(|text| (row.doc, text.clone())).collect();
    put(session, workspace, &texts, &keys)?;
    session.execute(
        "UPDATE documents SET summary = $2 WHERE id = $1",
        &[&document, &SUMMARY_VERSION],
    )?;
    Ok(())
}

/// What was found, the newest first; see [`crate::store::Store::search`].
pub(super) fn find(
    session: &mut Session<'_>,
    workspace: &WorkspaceId,
    search: &Search,
) -> Result<Vec<SearchHit>, Failure> {
    let Some(sought) = Sought::new(&search.words) else {
        return Ok(Vec::new());
    };
    // The table's policy looks for it.
    session.set(
        "threadline.search",
        &sought.expression(workspace, search.kind),
    )?;
    let limit = i64::try_from(search.limit).unwrap_or(i64::MAX);
    let found = session.all(
        "SELECT documents.name, texts.kind, texts.item, texts.at, rows.contact, texts.text
         FROM words
           JOIN texts ON texts.id = words.text
           JOIN documents ON documents.id = texts.document
           LEFT JOIN rows ON rows.document = documents.id
         ORDER BY texts.at DESC, texts.id DESC LIMIT $1",
        &[&limit],
    )?;
    let mut hits = Vec::with_capacity(found.len());
    for row in found {
        let doc = row.try_get::<_, &str>(0)?.parse()?;
        let kind: &str = row.try_get(1)?;
        let kind = TextKind::ALL
            .into_iter()
            .find(|known| known.as_str() == kind);
        // Written by a later program.
        let Some(kind) = kind else { continue };
        let contact: Option<&str> = row.try_get(4)?;
        let contact = match doc {
            DocumentId::Contact(contact) => Some(contact),
            DocumentId::Conversation(_) => contact.and_then(|contact| contact.parse().ok()),
            DocumentId::Workspace | DocumentId::Free(_) => None,
        };
        let (snippet, matches) = snippet::plain(&sought.snippet(row.try_get(5)?));
        hits.push(SearchHit {
            doc,
            contact,
            kind,
            id: row.try_get(2)?,
            at: Timestamp::from_millis(row.try_get(3)?),
            snippet,
            matches,
        });
    }
    Ok(hits)
}

//! Documents by their keys in the database.

use std::collections::{BTreeMap, BTreeSet};

use threadline_core::document::SUMMARY_VERSION;
use threadline_core::id::{DocumentId, WorkspaceId};
use threadline_core::sync::hub::Entry;

use super::failure::Failure;
use super::session::Session;
use crate::store::Stale;

/// The key of each document that a write touches.
pub(super) type Keys = BTreeMap<DocumentId, i64>;

/// Which of some documents are there.
pub(super) fn known(
    session: &mut Session<'_>,
    workspace: &str,
    documents: &BTreeSet<DocumentId>,
) -> Result<BTreeSet<DocumentId>, Failure> {
    let names: Vec<String> = documents.iter().map(DocumentId::to_string).collect();
    let known = session.all(
        "SELECT name FROM documents WHERE workspace = $1 AND name = ANY($2)",
        &[&workspace, &names],
    )?;
    let mut found = BTreeSet::new();
    for row in known {
        found.insert(row.try_get::<_, &str>(0)?.parse()?);
    }
    Ok(found)
}

/// Documents' keys; those that are new are added. The workspace's row is locked.
pub(super) fn keys(
    session: &mut Session<'_>,
    workspace: &str,
    documents: impl Iterator<Item = DocumentId>,
) -> Result<Keys, Failure> {
    let mut missing: BTreeSet<DocumentId> = documents.collect();
    let mut keys = Keys::new();
    let names: Vec<String> = missing.iter().map(DocumentId::to_string).collect();
    let known = session.all(
        "SELECT name, id FROM documents WHERE workspace = $1 AND name = ANY($2)",
        &[&workspace, &names],
    )?;
    for row in known {
        let doc = row.try_get::<_, &str>(0)?.parse()?;
        missing.remove(&doc);
        keys.insert(doc, row.try_get(1)?);
    }
    if !missing.is_empty() {
        let names: Vec<String> = missing.iter().map(DocumentId::to_string).collect();
        let added = session.all(
            "INSERT INTO documents (workspace, name, summary) SELECT $1, unnest($2::text[]), $3
             RETURNING name, id",
            &[&workspace, &names, &SUMMARY_VERSION],
        )?;
        session.execute(
            "UPDATE workspaces SET documents = documents + cardinality($2::text[])
             WHERE workspace = $1",
            &[&workspace, &names],
        )?;
        for row in added {
            keys.insert(row.try_get::<_, &str>(0)?.parse()?, row.try_get(1)?);
        }
    }
    Ok(keys)
}

/// For each document, the sequence number that was given and the one that is stored.
pub(super) fn last_changes(
    session: &mut Session<'_>,
    workspace: &str,
    known: &[(DocumentId, u64)],
) -> Result<Vec<(u64, u64)>, Failure> {
    let names: Vec<String> = known.iter().map(|(doc, _)| doc.to_string()).collect();
    let seqs: Vec<i64> = known.iter().map(|(_, seq)| seq.cast_signed()).collect();
    let found = session.all(
        "SELECT known.seq, documents.seq
         FROM unnest($2::text[], $3::bigint[]) AS known (name, seq) JOIN documents USING (name)
         WHERE documents.workspace = $1",
        &[&workspace, &names, &seqs],
    )?;
    let mut pairs = Vec::with_capacity(found.len());
    for row in found {
        let (known, stored): (i64, i64) = (row.try_get(0)?, row.try_get(1)?);
        pairs.push((known.cast_unsigned(), stored.cast_unsigned()));
    }
    Ok(pairs)
}

/// Notes the last change of each document that has new ones.
pub(super) fn moved(
    session: &mut Session<'_>,
    entries: &[Entry],
    documents: &[i64],
) -> Result<(), Failure> {
    let last: BTreeMap<i64, i64> = documents
        .iter()
        .zip(entries)
        .map(|(document, entry)| (*document, entry.seq.cast_signed()))
        .collect();
    let (ids, seqs): (Vec<i64>, Vec<i64>) = last.into_iter().unzip();
    session.execute(
        "UPDATE documents SET seq = moved.seq
         FROM unnest($1::bigint[], $2::bigint[]) AS moved (id, seq) WHERE documents.id = moved.id",
        &[&ids, &seqs],
    )?;
    Ok(())
}

/// Every document that has a log, the oldest first.
pub(super) fn all(session: &mut Session<'_>, workspace: &str) -> Result<Vec<DocumentId>, Failure> {
    let found = session.all(
        "SELECT name FROM documents WHERE workspace = $1 AND erased IS NULL ORDER BY id",
        &[&workspace],
    )?;
    let mut documents = Vec::with_capacity(found.len());
    for row in found {
        documents.push(row.try_get::<_, &str>(0)?.parse()?);
    }
    Ok(documents)
}

/// See [`crate::store::Store::stale`].
pub(super) fn stale(
    session: &mut Session<'_>,
    after: i64,
    limit: usize,
) -> Result<Vec<Stale>, Failure> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let found = session.all(
        "SELECT id, workspace, name FROM documents
         WHERE summary <> $1 AND id > $2 AND erased IS NULL ORDER BY id LIMIT $3",
        &[&SUMMARY_VERSION, &after, &limit],
    )?;
    let mut stale = Vec::with_capacity(found.len());
    for row in found {
        let workspace: WorkspaceId = row.try_get::<_, &str>(1)?.parse()?;
        stale.push(Stale {
            key: row.try_get(0)?,
            workspace,
            doc: row.try_get::<_, &str>(2)?.parse()?,
        });
    }
    Ok(stale)
}

//! The log's statements: changes, actors, audit and rows.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use rusqlite::{Connection, ErrorCode, OptionalExtension};
use threadline_core::document::SUMMARY_VERSION;
use threadline_core::error::{Code, Refusal};
use threadline_core::id::{DocumentId, MemberId, WorkspaceId};
use threadline_core::model::{Row, RowEntry};
use threadline_core::sync::hub::{ActorId, AppendError, Appended, Batch, Entry, StoredDocument};

use super::threads::put_addresses;
use super::writer::Failure;
use super::{audit, erasure, unavailable, without_room};

/// The workspace's key in this file; 0, which none has, where it is unknown.
pub(super) fn known_key(connection: &Connection, workspace: &WorkspaceId) -> rusqlite::Result<i64> {
    let known = connection
        .prepare_cached("SELECT id FROM workspaces WHERE name = ?1")?
        .query_row([workspace.as_str()], |row| row.get(0))
        .optional()?;
    Ok(known.unwrap_or_default())
}

/// The workspace's key in this file; a new one where it is unknown.
pub(super) fn workspace_key(
    connection: &Connection,
    workspace: &WorkspaceId,
) -> rusqlite::Result<i64> {
    match known_key(connection, workspace)? {
        0 => connection
            .prepare_cached("INSERT INTO workspaces (name) VALUES (?1) RETURNING id")?
            .query_row([workspace.as_str()], |row| row.get(0)),
        key => Ok(key),
    }
}

/// The sequence number of the workspace's last change; 0 where it is unknown.
pub(super) fn last_seq(connection: &Connection, workspace: i64) -> rusqlite::Result<u64> {
    let last = connection
        .prepare_cached("SELECT seq FROM workspaces WHERE id = ?1")?
        .query_row([workspace], |row| row.get::<_, i64>(0))
        .optional()?;
    Ok(last.unwrap_or_default().cast_unsigned())
}

/// Appends a batch; see [`super::Store::append`]. What may not be appended is
/// known before anything is written.
pub(super) fn append(
    connection: &Connection,
    workspace: i64,
    batch: &mut Batch,
    quota: Option<u64>,
) -> Result<Result<Appended, AppendError>, Failure> {
    if has_moved(connection, workspace, &batch.known)? {
        return Ok(Err(AppendError::Moved));
    }
    let (last, mut digest, before) = connection
        .prepare_cached("SELECT seq, digest, documents FROM workspaces WHERE id = ?1")?
        .query_row([workspace], |row| {
            Ok((
                row.get::<_, i64>(0)?.cast_unsigned(),
                row.get::<_, Vec<u8>>(1)?,
                row.get::<_, i64>(2)?.cast_unsigned(),
            ))
        })?;
    batch.place_after(last);
    let (mut actors, owners) = known_actors(connection, workspace, &batch.entries)?;
    let foreign = batch.foreign(&owners);
    if !foreign.is_empty() {
        return Ok(Err(AppendError::Foreign { actors: foreign }));
    }
    let known = |docs: &_| known_documents(connection, workspace, docs);
    let full = without_room(batch, before, quota, known)?;
    if !full.is_empty() {
        return Ok(Err(AppendError::Full { documents: full }));
    }
    let mut seq = last;
    let mut documents = HashMap::new();
    let mut change = connection.prepare_cached("INSERT INTO changes VALUES (?1, ?2, ?3, ?4)")?;
    let mut row =
        connection.prepare_cached("INSERT INTO audit VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")?;
    for entry in &batch.entries {
        seq += 1;
        if entry.seq != seq {
            let text = "The entries of a batch are numbered from 1.";
            return Err(Refusal::new(Code::Invalid, text).into());
        }
        let document = key_of(&mut documents, entry.doc, |doc| {
            document_key(connection, workspace, *doc)
        })?;
        let actor = key_of(&mut actors, &entry.actor, |_| {
            bind_actor(connection, workspace, entry)
        })?;
        change.execute((document, seq.cast_signed(), actor, &entry.bytes))?;
        let record = audit::Record {
            doc: &entry.doc.to_string(),
            member: entry.member.as_str(),
            seq,
            hash: &entry.hash,
            session: entry.session,
            received_at: entry.received_at,
        };
        digest = audit::digest(&digest, &record).to_vec();
        row.execute((
            workspace,
            seq.cast_signed(),
            document,
            entry.hash,
            entry.member.as_str(),
            entry.session.map(|session| session.0.cast_signed()),
            entry.received_at.as_millis(),
            &digest,
        ))?;
    }
    let mut moved = connection.prepare_cached("UPDATE documents SET seq = ?2 WHERE id = ?1")?;
    for (doc, key) in documents {
        let own = batch.entries.iter().rev().find(|entry| entry.doc == doc);
        moved.execute((key, own.map(|entry| entry.seq.cast_signed())))?;
    }
    put_rows(connection, workspace, &batch.rows)?;
    connection
        .prepare_cached("UPDATE workspaces SET seq = ?2, digest = ?3 WHERE id = ?1")?
        .execute((workspace, seq.cast_signed(), digest))?;
    Ok(Ok(Appended { first: last + 1 }))
}

/// Whether a document has a later change than its batch knew of.
fn has_moved(
    connection: &Connection,
    workspace: i64,
    known: &[(DocumentId, u64)],
) -> rusqlite::Result<bool> {
    let mut statement = connection.prepare_cached(
        "SELECT 1 FROM documents WHERE workspace = ?1 AND name = ?2 AND seq > ?3",
    )?;
    for (doc, seq) in known {
        if statement.exists((workspace, doc.to_string(), seq.cast_signed()))? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// A key looked up at most once a batch.
fn key_of<K: std::hash::Hash + Eq + Copy>(
    known: &mut HashMap<K, i64>,
    name: K,
    find: impl FnOnce(&K) -> Result<i64, Failure>,
) -> Result<i64, Failure> {
    if let Some(key) = known.get(&name) {
        return Ok(*key);
    }
    let key = find(&name)?;
    known.insert(name, key);
    Ok(key)
}

/// A document's key; a new one where it is unknown.
pub(super) fn document_key(
    connection: &Connection,
    workspace: i64,
    doc: DocumentId,
) -> Result<i64, Failure> {
    let name = doc.to_string();
    let known = connection
        .prepare_cached("SELECT id FROM documents WHERE workspace = ?1 AND name = ?2")?
        .query_row((workspace, &name), |row| row.get(0))
        .optional()?;
    if let Some(key) = known {
        return Ok(key);
    }
    connection
        .prepare_cached("UPDATE workspaces SET documents = documents + 1 WHERE id = ?1")?
        .execute([workspace])?;
    let key = connection
        .prepare_cached(
            "INSERT INTO documents (workspace, name, summary) VALUES (?1, ?2, ?3) RETURNING id",
        )?
        .query_row((workspace, &name, SUMMARY_VERSION), |row| row.get(0))?;
    Ok(key)
}

/// Which of some documents are known.
fn known_documents(
    connection: &Connection,
    workspace: i64,
    documents: &BTreeSet<DocumentId>,
) -> rusqlite::Result<BTreeSet<DocumentId>> {
    let mut statement =
        connection.prepare_cached("SELECT 1 FROM documents WHERE workspace = ?1 AND name = ?2")?;
    let mut known = BTreeSet::new();
    for doc in documents {
        if statement.exists((workspace, doc.to_string()))? {
            known.insert(*doc);
        }
    }
    Ok(known)
}

/// Keys of actors in this file, and whose they are.
type Actors<'a> = (HashMap<&'a ActorId, i64>, BTreeMap<ActorId, MemberId>);

/// Those actors that are known: each belongs to the member of its first change.
fn known_actors<'a>(
    connection: &Connection,
    workspace: i64,
    entries: &'a [Entry],
) -> Result<Actors<'a>, Failure> {
    let mut statement = connection
        .prepare_cached("SELECT id, member FROM actors WHERE workspace = ?1 AND actor = ?2")?;
    let (mut keys, mut owners) = (HashMap::new(), BTreeMap::new());
    let actors: BTreeSet<&ActorId> = entries.iter().map(|entry| &entry.actor).collect();
    for actor in actors {
        let known = statement
            .query_row((workspace, actor.to_bytes()), |row| {
                Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?))
            })
            .optional()?;
        if let Some((key, member)) = known {
            keys.insert(actor, key);
            owners.insert(actor.clone(), member.parse()?);
        }
    }
    Ok((keys, owners))
}

/// Binds a new actor to its member.
fn bind_actor(connection: &Connection, workspace: i64, entry: &Entry) -> Result<i64, Failure> {
    let key = connection
        .prepare_cached(
            "INSERT INTO actors (workspace, actor, member) VALUES (?1, ?2, ?3) RETURNING id",
        )?
        .query_row(
            (workspace, entry.actor.to_bytes(), entry.member.as_str()),
            |row| row.get(0),
        )?;
    Ok(key)
}

/// Adds or replaces rows.
pub(super) fn put_rows(
    connection: &Connection,
    workspace: i64,
    rows: &[RowEntry],
) -> Result<(), Failure> {
    let mut statement =
        connection.prepare_cached("INSERT OR REPLACE INTO rows VALUES (?1, ?2, ?3, ?4, ?5)")?;
    for entry in rows {
        let document = document_key(connection, workspace, entry.doc)?;
        let heads: Vec<u8> = entry
            .heads
            .iter()
            .flat_map(|head| head.iter().copied())
            .collect();
        let row = serde_json::to_string(&entry.row).map_err(|_| unavailable())?;
        statement.execute((workspace, document, entry.seq.cast_signed(), heads, row))?;
        put_addresses(connection, workspace, document, &entry.row)?;
    }
    Ok(())
}

/// A document's row; see [`super::Store::row`].
pub(super) fn row(
    connection: &Connection,
    workspace: &WorkspaceId,
    doc: DocumentId,
) -> Result<Option<Row>, Failure> {
    let text: Option<String> = connection
        .prepare_cached(
            "SELECT rows.row FROM rows JOIN documents ON documents.id = rows.document
             WHERE documents.name = ?2
               AND documents.workspace = (SELECT id FROM workspaces WHERE name = ?1)",
        )?
        .query_row((workspace.as_str(), doc.to_string()), |row| row.get(0))
        .optional()?;
    Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
}

/// Every document that has a log, the oldest first.
pub(super) fn documents(
    connection: &Connection,
    workspace: &WorkspaceId,
) -> Result<Vec<DocumentId>, Failure> {
    let mut statement = connection.prepare_cached(
        "SELECT name FROM documents
         WHERE workspace = (SELECT id FROM workspaces WHERE name = ?1)
           AND id NOT IN (SELECT document FROM erased) ORDER BY id",
    )?;
    let names = statement.query_map([workspace.as_str()], |row| row.get::<_, String>(0))?;
    let mut documents = Vec::new();
    for name in names {
        documents.push(name?.parse()?);
    }
    Ok(documents)
}

/// A document's log; see [`super::Store::load`].
pub(super) fn load(
    connection: &Connection,
    workspace: &WorkspaceId,
    doc: DocumentId,
) -> Result<Option<StoredDocument>, Failure> {
    let document = connection
        .prepare_cached(
            "SELECT id, id IN (SELECT document FROM erased) FROM documents WHERE name = ?2
             AND workspace = (SELECT id FROM workspaces WHERE name = ?1)",
        )?
        .query_row((workspace.as_str(), doc.to_string()), |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, bool>(1)?))
        })
        .optional()?;
    match document {
        None => Ok(None),
        Some((_, true)) => Err(erasure::refusal().into()),
        Some((document, false)) => read_log(connection, document).map(Some).map_err(|error| {
            if is_damage(&error) {
                tracing::error!(%error, %doc, "a document's log is damaged");
                Failure::Refused(Refusal::new(
                    Code::Quarantined,
                    "The document's log is damaged.",
                ))
            } else {
                Failure::Database(error)
            }
        }),
    }
}

fn read_log(connection: &Connection, document: i64) -> rusqlite::Result<StoredDocument> {
    // One transaction: the log and its actors must be of the same moment.
    let snapshot = connection.unchecked_transaction()?;
    let log: Vec<(i64, Vec<u8>)> = snapshot
        .prepare_cached("SELECT seq, bytes FROM changes WHERE document = ?1 ORDER BY seq")?
        .query_map([document], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_, _>>()?;
    let actors: Vec<(Vec<u8>, String)> = snapshot
        .prepare_cached(
            "SELECT actor, member FROM actors WHERE id IN (SELECT actor FROM changes WHERE document = ?1)",
        )?
        .query_map([document], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_, _>>()?;
    Ok(StoredDocument {
        seq: log.last().map_or(0, |(seq, _)| seq.cast_unsigned()),
        changes: log.into_iter().map(|(_, bytes)| bytes).collect(),
        // A member's name that does not parse cannot have been written by us.
        actors: actors
            .into_iter()
            .filter_map(|(actor, member)| Some((ActorId::from(actor), member.parse().ok()?)))
            .collect(),
    })
}

/// Whether an error tells of the bytes on the disk, rather than of the moment.
fn is_damage(error: &rusqlite::Error) -> bool {
    match error {
        rusqlite::Error::FromSqlConversionFailure(..) | rusqlite::Error::InvalidColumnType(..) => {
            true
        }
        other => matches!(
            other.sqlite_error_code(),
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase | ErrorCode::TypeMismatch)
        ),
    }
}

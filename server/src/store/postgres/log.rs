//! The log's statements: changes, actors and audit.

use std::collections::{BTreeMap, BTreeSet};

use threadline_core::error::{Code, Refusal};
use threadline_core::id::DocumentId;
use threadline_core::sync::hub::{
    ActorId, AppendError, Appended, Batch, Entry, LogPage, Logged, Pulse, StoredDocument,
};

use super::failure::{Failure, quarantined};
use super::session::Session;
use super::{documents, once, outbox, rows, texts};
use crate::store::{audit, erasure, unavailable, without_room};

/// Appends a batch; see [`crate::store::Store::append`]. The workspace's row is locked.
pub(super) fn append(
    session: &mut Session<'_>,
    workspace: &str,
    mut batch: Batch,
    quota: Option<u64>,
) -> Result<Appended, Failure> {
    let last = session.one(
        "SELECT seq, digest, documents FROM workspaces WHERE workspace = $1",
        &[&workspace],
    )?;
    let (seq, digest): (i64, Vec<u8>) = (last.try_get(0)?, last.try_get(1)?);
    let before: i64 = last.try_get(2)?;
    let seq = seq.cast_unsigned();
    if (1..).zip(&batch.entries).any(|(n, entry)| entry.seq != n) {
        let text = "The entries of a batch are numbered from 1.";
        return Err(Refusal::new(Code::Invalid, text).into());
    }
    batch.place_after(seq);
    let moved = documents::last_changes(session, workspace, &batch.known)?;
    if moved.iter().any(|(known, stored)| stored > known) {
        return Err(AppendError::Moved.into());
    }
    let known = |docs: &_| documents::known(session, workspace, docs);
    let full = without_room(&batch, before.cast_unsigned(), quota, known)?;
    if !full.is_empty() {
        return Err(AppendError::Full { documents: full }.into());
    }
    let touched = batch.entries.iter().map(|entry| entry.doc);
    let touched = touched.chain(batch.rows.iter().map(|row| row.doc));
    let touched = touched.chain(batch.texts.iter().map(|(doc, _)| *doc));
    let keys = documents::keys(session, workspace, touched)?;
    let documents: Vec<i64> = batch.entries.iter().map(|entry| keys[&entry.doc]).collect();
    put_changes(session, workspace, &batch, &documents)?;
    let digest = put_audit(session, workspace, digest, &batch.entries, &documents)?;
    documents::moved(session, &batch.entries, &documents)?;
    rows::put(session, workspace, &batch.rows, &keys)?;
    texts::put(session, workspace, &batch.texts, &keys)?;
    once::executed(session, workspace, &batch.executed)?;
    outbox::put(session, workspace, &batch)?;
    let count = u64::try_from(batch.entries.len()).map_err(|_| unavailable())?;
    session.execute(
        "UPDATE workspaces SET seq = $2, digest = $3 WHERE workspace = $1",
        &[&workspace, &(seq + count).cast_signed(), &digest],
    )?;
    Ok(Appended { first: seq + 1 })
}

fn put_changes(
    session: &mut Session<'_>,
    workspace: &str,
    batch: &Batch,
    documents: &[i64],
) -> Result<(), Failure> {
    let actors = actor_keys(session, workspace, batch)?;
    let entries = &batch.entries;
    let seqs: Vec<i64> = entries.iter().map(|it| it.seq.cast_signed()).collect();
    let bytes: Vec<&[u8]> = entries.iter().map(|it| it.bytes.as_slice()).collect();
    session.execute(
        "INSERT INTO changes (workspace, seq, document, actor, bytes)
         SELECT $1, * FROM unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::bytea[])",
        &[&workspace, &seqs, &documents, &actors, &bytes],
    )?;
    Ok(())
}

/// Binds actors to their members at their first change, and holds them to
/// that. Gives each entry's actor's key.
fn actor_keys(
    session: &mut Session<'_>,
    workspace: &str,
    batch: &Batch,
) -> Result<Vec<i64>, Failure> {
    let actors: BTreeSet<&ActorId> = batch.entries.iter().map(|entry| &entry.actor).collect();
    let actors: Vec<&[u8]> = actors.iter().map(|actor| actor.to_bytes()).collect();
    let known = session.all(
        "SELECT actor, id, member FROM actors WHERE workspace = $1 AND actor = ANY($2)",
        &[&workspace, &actors],
    )?;
    let (mut keys, mut owners) = (BTreeMap::new(), BTreeMap::new());
    for row in known {
        let actor = ActorId::from(row.try_get::<_, &[u8]>(0)?);
        owners.insert(actor.clone(), row.try_get::<_, &str>(2)?.parse()?);
        keys.insert(actor, row.try_get(1)?);
    }
    let foreign = batch.foreign(&owners);
    if !foreign.is_empty() {
        return Err(AppendError::Foreign { actors: foreign }.into());
    }
    let new = batch.entries.iter();
    let new = new.filter(|entry| !keys.contains_key(&entry.actor));
    let new: BTreeMap<&[u8], &str> = new
        .map(|entry| (entry.actor.to_bytes(), entry.member.as_str()))
        .collect();
    if !new.is_empty() {
        let (actors, members): (Vec<&[u8]>, Vec<&str>) = new.into_iter().unzip();
        let added = session.all(
            "INSERT INTO actors (workspace, actor, member)
             SELECT $1, * FROM unnest($2::bytea[], $3::text[]) RETURNING actor, id",
            &[&workspace, &actors, &members],
        )?;
        for row in added {
            let actor = ActorId::from(row.try_get::<_, &[u8]>(0)?);
            keys.insert(actor, row.try_get(1)?);
        }
    }
    let of_entry = |entry: &Entry| keys.get(&entry.actor).copied();
    let found: Option<Vec<i64>> = batch.entries.iter().map(of_entry).collect();
    found.ok_or_else(|| unavailable().into())
}

/// Goes on with the chain; gives its last digest.
fn put_audit(
    session: &mut Session<'_>,
    workspace: &str,
    mut digest: Vec<u8>,
    entries: &[Entry],
    documents: &[i64],
) -> Result<Vec<u8>, Failure> {
    let mut digests = Vec::with_capacity(entries.len());
    for entry in entries {
        let record = audit::Record {
            doc: &entry.doc.to_string(),
            member: entry.member.as_str(),
            seq: entry.seq,
            hash: &entry.hash,
            session: entry.session,
            received_at: entry.received_at,
        };
        digest = audit::digest(&digest, &record).to_vec();
        digests.push(digest.clone());
    }
    let seqs: Vec<i64> = entries.iter().map(|it| it.seq.cast_signed()).collect();
    let hashes: Vec<&[u8]> = entries.iter().map(|it| it.hash.as_slice()).collect();
    let members: Vec<&str> = entries.iter().map(|it| it.member.as_str()).collect();
    let sessions: Vec<Option<i64>> = entries
        .iter()
        .map(|it| it.session.map(|session| session.0.cast_signed()))
        .collect();
    let received: Vec<i64> = entries
        .iter()
        .map(|it| it.received_at.as_millis())
        .collect();
    session.execute(
        "INSERT INTO audit (workspace, seq, document, hash, member, session, received_at, digest)
         SELECT $1, * FROM unnest($2::bigint[], $3::bigint[], $4::bytea[], $5::text[],
                                  $6::bigint[], $7::bigint[], $8::bytea[])",
        &[
            &workspace, &seqs, &documents, &hashes, &members, &sessions, &received, &digests,
        ],
    )?;
    Ok(digest)
}

/// A document's log; see [`crate::store::Store::load`].
pub(super) fn load(
    session: &mut Session<'_>,
    workspace: &str,
    doc: DocumentId,
) -> Result<Option<StoredDocument>, Failure> {
    let document = session.first(
        "SELECT id, seq, erased IS NOT NULL FROM documents WHERE workspace = $1 AND name = $2",
        &[&workspace, &doc.to_string()],
    )?;
    let Some(document) = document else {
        return Ok(None);
    };
    if document.try_get(2)? {
        return Err(erasure::refusal().into());
    }
    let read = read_log(session, document.try_get(0)?, document.try_get(1)?);
    read.map(Some).map_err(|failure| {
        if failure.is_damage() {
            tracing::error!(%doc, "a document's log is damaged");
            quarantined()
        } else {
            failure
        }
    })
}

fn read_log(session: &mut Session<'_>, document: i64, seq: i64) -> Result<StoredDocument, Failure> {
    let log = session.all(
        "SELECT bytes FROM changes WHERE document = $1 ORDER BY seq",
        &[&document],
    )?;
    let actors = session.all(
        "SELECT actor, member FROM actors
         WHERE id IN (SELECT actor FROM changes WHERE document = $1) ORDER BY id",
        &[&document],
    )?;
    let mut stored = StoredDocument {
        seq: seq.cast_unsigned(),
        ..StoredDocument::default()
    };
    for row in log {
        stored.changes.push(row.try_get(0)?);
    }
    for row in actors {
        let actor: Vec<u8> = row.try_get(0)?;
        // A member's name that does not parse cannot have been written by us.
        if let Ok(member) = row.try_get::<_, &str>(1)?.parse() {
            stored.actors.push((ActorId::from(actor), member));
        }
    }
    Ok(stored)
}

/// A stretch of the log; see [`crate::store::Store::log`].
pub(super) fn page(
    session: &mut Session<'_>,
    workspace: &str,
    after: u64,
    limit: usize,
) -> Result<LogPage, Failure> {
    let most = i64::try_from(limit).unwrap_or(i64::MAX);
    let found = session.all(
        "SELECT changes.seq, documents.name, changes.bytes, actors.actor, actors.member
         FROM changes
           JOIN documents ON documents.id = changes.document
           JOIN actors ON actors.id = changes.actor
         WHERE changes.workspace = $1 AND changes.seq > $2 ORDER BY changes.seq LIMIT $3",
        &[&workspace, &after.cast_signed(), &most],
    )?;
    let mut page = LogPage {
        complete: found.len() < limit,
        ..LogPage::default()
    };
    for row in found {
        page.entries.push(Logged {
            seq: row.try_get::<_, i64>(0)?.cast_unsigned(),
            doc: row.try_get::<_, &str>(1)?.parse()?,
            bytes: row.try_get(2)?,
            actor: ActorId::from(row.try_get::<_, Vec<u8>>(3)?),
            member: row.try_get::<_, &str>(4)?.parse()?,
        });
    }
    page.cursor = match page.entries.last() {
        Some(last) if !page.complete => last.seq,
        _ => pulse(session, workspace)?.seq.max(after),
    };
    page.rows = rows::between(session, workspace, after, page.cursor)?;
    Ok(page)
}

/// Whether anything has happened; see [`crate::store::Store::pulse`].
pub(super) fn pulse(session: &mut Session<'_>, workspace: &str) -> Result<Pulse, Failure> {
    let row = session.first(
        "SELECT seq, team, revoked, erasures FROM workspaces WHERE workspace = $1",
        &[&workspace],
    )?;
    let Some(row) = row else {
        return Ok(Pulse::default());
    };
    Ok(Pulse {
        seq: row.try_get::<_, i64>(0)?.cast_unsigned(),
        team: row.try_get::<_, i64>(1)?.cast_unsigned(),
        revoked: row.try_get::<_, i64>(2)?.cast_unsigned(),
        erasures: row.try_get::<_, i64>(3)?.cast_unsigned(),
    })
}

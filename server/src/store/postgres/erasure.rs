//! Takes documents out of the database, and refuses them for ever.

use postgres::Client;

use super::failure::Failure;
use super::session::Session;
use super::{blobs, documents, log};
use crate::store::{Erased, Erasure};

/// Lets the statements of a transaction take their time, as no others may: there
/// can be very much of a person, and whoever erases sits by. Who says nothing
/// has no more time than others: an eraser that hangs shall not keep its
/// workspace; see [`still_here`].
pub(super) fn take_time(session: &mut Session<'_>) -> Result<(), Failure> {
    session.set("statement_timeout", "0")
}

/// Tells the database that the transaction goes on.
pub(super) fn still_here(session: &mut Session<'_>) -> Result<(), Failure> {
    session.all("SELECT 1", &[])?;
    Ok(())
}

/// Removes and writes; see [`crate::store::Store::erase`]. The workspace's row
/// is locked.
pub(super) fn erase(
    session: &mut Session<'_>,
    workspace: &str,
    erasure: Erasure,
) -> Result<Erased, Failure> {
    let keys = documents::keys(session, workspace, erasure.documents.iter().copied())?;
    let keys: Vec<i64> = keys.into_values().collect();
    let ids = erasure.ids();
    let changes = session.execute("DELETE FROM changes WHERE document = ANY($1)", &[&keys])?;
    // Their words go with them.
    let texts = session.execute("DELETE FROM texts WHERE document = ANY($1)", &[&keys])?;
    session.execute("DELETE FROM rows WHERE document = ANY($1)", &[&keys])?;
    session.execute("DELETE FROM addresses WHERE document = ANY($1)", &[&keys])?;
    let mails = session.execute(
        "DELETE FROM mail_ids
         WHERE workspace = $1 AND (conversation = ANY($2) OR contact = ANY($2))",
        &[&workspace, &ids],
    )?;
    session.execute(
        "DELETE FROM mail_parties WHERE workspace = $1 AND conversation = ANY($2)",
        &[&workspace, &ids],
    )?;
    session.execute(
        "DELETE FROM outbox WHERE workspace = $1 AND conversation = ANY($2)",
        &[&workspace, &ids],
    )?;
    let blobs = blobs::remove(session, workspace, &erasure.blobs)?;
    log::append(session, workspace, erasure.batch, None)?;
    // Whoever has an old copy in memory finds that the document has moved on.
    session.execute(
        "UPDATE documents SET erased = $3, seq = workspaces.seq
         FROM workspaces WHERE workspaces.workspace = $1 AND documents.id = ANY($2)",
        &[&workspace, &keys, &erasure.at.as_millis()],
    )?;
    session.execute(
        "UPDATE workspaces SET erasures = erasures + 1,
           documents = documents - cardinality($2::bigint[]) WHERE workspace = $1",
        &[&workspace, &keys],
    )?;
    Ok(Erased {
        documents: keys.len(),
        changes,
        texts,
        blobs,
        mails,
        backups: None,
    })
}

/// Frees the room of what was deleted, and makes the index of words anew, which
/// keeps every word that it ever had. Servers go on meanwhile.
pub(super) fn sweep(client: &mut Client) -> Result<(), postgres::Error> {
    client.batch_execute("SET statement_timeout = 0; SET lock_timeout = 0")?;
    // One statement at a time: neither goes into a transaction with another.
    client.batch_execute(
        "VACUUM changes, rows, addresses, texts, words, blobs, mail_ids, mail_parties, outbox",
    )?;
    client.batch_execute("REINDEX INDEX CONCURRENTLY words_by_lexeme")
}

//! Brings the database to this program's schema.

use std::cmp::Ordering;

use postgres::Client;

use super::OpenError;
use super::session::ALL;

/// What brings a database from each version to the next, beginning with none.
/// A script that was released stays as it is.
const MIGRATIONS: [&str; 5] = [
    include_str!("schema/1.sql"),
    include_str!("schema/2.sql"),
    include_str!("schema/3.sql"),
    include_str!("schema/4.sql"),
    include_str!("schema/5.sql"),
];
/// The version this program knows.
pub(super) const SCHEMA_VERSION: i32 = MIGRATIONS.len() as i32;
/// The database's lock for migrations: "thread" in ASCII.
const LOCK: i64 = 0x0074_6872_6561_6400;
/// The oldest PostgreSQL this was tried with.
const SERVER_VERSION: i32 = 15;

/// Checks the database and the role, and applies what is missing, all or
/// nothing. Of processes that start at once, one does it.
pub(super) fn migrate(client: &mut Client) -> Result<(), OpenError> {
    suits(client)?;
    let mut transaction = client.transaction()?;
    // Another process may be at it for longer than a statement usually takes.
    transaction.batch_execute("SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0")?;
    transaction.execute("SELECT pg_advisory_xact_lock($1)", &[&LOCK])?;
    transaction.execute(
        "SELECT set_config('threadline.workspace', $1, true)",
        &[&ALL],
    )?;
    transaction.batch_execute(
        "CREATE TABLE IF NOT EXISTS migrations (
           version integer PRIMARY KEY,
           applied timestamptz NOT NULL DEFAULT now()
         )",
    )?;
    let version: i32 = transaction
        .query_one("SELECT coalesce(max(version), 0) FROM migrations", &[])?
        .try_get(0)?;
    let missing = usize::try_from(version)
        .ok()
        .and_then(|version| MIGRATIONS.get(version..))
        .ok_or(OpenError::Newer(version))?;
    for (script, version) in missing.iter().zip(version + 1..) {
        transaction.batch_execute(script)?;
        transaction.execute("INSERT INTO migrations (version) VALUES ($1)", &[&version])?;
    }
    if version == 0 {
        let epoch = hex::encode(crate::clock::random::<16>()?);
        transaction.execute("INSERT INTO meta VALUES ('epoch', $1)", &[&epoch])?;
    }
    transaction.commit()?;
    Ok(())
}

/// Whether database and role are as this program needs them, and up to date.
pub(super) fn check(client: &mut Client) -> Result<(), OpenError> {
    suits(client)?;
    let version: i32 = client
        .query_one("SELECT coalesce(max(version), 0) FROM migrations", &[])?
        .try_get(0)?;
    match version.cmp(&SCHEMA_VERSION) {
        Ordering::Less => Err(OpenError::Older(version)),
        Ordering::Equal => Ok(()),
        Ordering::Greater => Err(OpenError::Newer(version)),
    }
}

/// What no migration can mend.
fn suits(client: &mut Client) -> Result<(), OpenError> {
    let found = client.query_one(
        "SELECT current_setting('server_version_num')::integer / 10000,
                current_setting('server_encoding'),
                current_setting('fsync')::boolean,
                rolsuper OR rolbypassrls, rolname::text
         FROM pg_roles WHERE rolname = current_user",
        &[],
    )?;
    let version: i32 = found.try_get(0)?;
    if version < SERVER_VERSION {
        return Err(OpenError::Old(version));
    }
    let encoding: String = found.try_get(1)?;
    if encoding != "UTF8" {
        return Err(OpenError::Encoding(encoding));
    }
    if !found.try_get::<_, bool>(2)? {
        tracing::warn!("the database runs with fsync off: a power cut loses what was acknowledged");
    }
    // Such a role sees every workspace whatever the policies say.
    if found.try_get(3)? {
        return Err(OpenError::Bypass(found.try_get(4)?));
    }
    Ok(())
}

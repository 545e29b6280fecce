//! From each version of the file to the next.

use rusqlite::{Connection, TransactionBehavior};

use super::sqlite::OpenError;

/// What brings a file from each version to the next, beginning with none. The
/// version is in the file's `user_version`. A script that was released stays
/// as it is.
const SCRIPTS: [&str; 6] = [
    include_str!("schema/1.sql"),
    include_str!("schema/2.sql"),
    include_str!("schema/3.sql"),
    include_str!("schema/4.sql"),
    include_str!("schema/5.sql"),
    include_str!("schema/6.sql"),
];
/// The version this program knows.
pub(super) const SCHEMA_VERSION: i64 = SCRIPTS.len() as i64;

/// Refuses a file of any other version than this program's.
pub(super) fn check(connection: &Connection) -> Result<(), OpenError> {
    match version(connection)? {
        SCHEMA_VERSION => Ok(()),
        newer if newer > SCHEMA_VERSION => Err(OpenError::Newer(newer)),
        older => Err(OpenError::Older(older)),
    }
}

/// Brings the file to this program's schema, all or nothing.
pub(super) fn run(connection: &mut Connection) -> Result<(), OpenError> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let version = version(&transaction)?;
    let Some(missing) = usize::try_from(version)
        .ok()
        .and_then(|version| SCRIPTS.get(version..))
    else {
        return Err(OpenError::Newer(version));
    };
    for script in missing {
        transaction.execute_batch(script)?;
    }
    if version == 0 {
        let epoch = hex::encode(crate::clock::random::<16>()?);
        transaction.execute("INSERT INTO meta VALUES ('epoch', ?1)", [epoch])?;
    }
    transaction.pragma_update(None, "user_version", SCHEMA_VERSION)?;
    transaction.commit()?;
    Ok(())
}

fn version(connection: &Connection) -> rusqlite::Result<i64> {
    connection.pragma_query_value(None, "user_version", |row| row.get(0))
}

//! From each version of the file to the next.

use std::path::Path;

use rusqlite::{Connection, TransactionBehavior};

use super::backup;
use super::sqlite::OpenError;

/// What brings a file from each version to the next, beginning with none. The
/// version is in the file's `user_version`. A script that was released stays
/// as it is.
const SCRIPTS: [&str; 13] = [
    include_str!("schema/1.sql"),
    include_str!("schema/2.sql"),
    include_str!("schema/3.sql"),
    include_str!("schema/4.sql"),
    include_str!("schema/5.sql"),
    include_str!("schema/6.sql"),
    include_str!("schema/7.sql"),
    include_str!("schema/8.sql"),
    include_str!("schema/9.sql"),
    include_str!("schema/10.sql"),
    include_str!("schema/11.sql"),
    include_str!("schema/12.sql"),
    include_str!("schema/13.sql"),
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

/// Brings the file at `path` to this program's schema, all or nothing. As it
/// was, it stays beside it under its version's name (`threadline.db.v4`), so that the
/// program before this one can be gone back to.
pub(super) fn run(connection: &mut Connection, path: &Path) -> Result<(), OpenError> {
    let before = version(connection)?;
    if (1..SCHEMA_VERSION).contains(&before) {
        let copy = path.with_added_extension(format!("v{before}"));
        backup::write(connection, &copy).map_err(|error| OpenError::Copy(error.to_string()))?;
        tracing::info!(copy = %copy.display(), "a copy of the older database is kept");
    }
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

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;
    use crate::store::{Sqlite, Store};

    #[test]
    fn a_file_of_any_version_is_brought_up_to_date_and_kept_as_it_was() {
        for (version, scripts) in (1..).zip((1..SCRIPTS.len()).map(|end| &SCRIPTS[..end])) {
            let folder = TempDir::new().unwrap();
            let path = folder.path().join("threadline.db");
            let database = Connection::open(&path).unwrap();
            database.pragma_update(None, "journal_mode", "WAL").unwrap();
            for script in scripts {
                database.execute_batch(script).unwrap();
            }
            let content = "INSERT INTO meta VALUES ('epoch', 'old');
                INSERT INTO workspaces (id, name) VALUES (1, 'larkspur');
                INSERT INTO blobs VALUES (1, x'00', x'010203');";
            database.execute_batch(content).unwrap();
            database
                .pragma_update(None, "user_version", version)
                .unwrap();
            drop(database);

            let store = Sqlite::open(folder.path()).unwrap();
            let opened = store.open(&"larkspur".parse().unwrap()).unwrap();
            assert_eq!((opened.epoch.as_str(), opened.seq), ("old", 0));
            drop(store);
            let said = |path: &Path| -> (i64, i64) {
                let database = Connection::open(path).unwrap();
                let blobs = "SELECT count(*) FROM blobs WHERE bytes = x'010203'";
                let blobs = database.query_row(blobs, [], |row| row.get(0)).unwrap();
                (super::version(&database).unwrap(), blobs)
            };
            assert_eq!(said(&path), (SCHEMA_VERSION, 1));
            let copy = folder.path().join(format!("threadline.db.v{version}"));
            assert_eq!(said(&copy), (version, 1));

            // It is made again where the program was gone back from.
            std::fs::copy(&copy, &path).unwrap();
            drop(Sqlite::open(folder.path()).unwrap());
            assert_eq!(said(&path), (SCHEMA_VERSION, 1));
        }
    }

    #[test]
    fn a_new_file_leaves_no_copy() {
        let folder = TempDir::new().unwrap();
        drop(Sqlite::open(folder.path()).unwrap());
        drop(Sqlite::open(folder.path()).unwrap());
        let entries = std::fs::read_dir(folder.path()).unwrap();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        assert_eq!(names, ["lock", "threadline.db"]);
    }
}

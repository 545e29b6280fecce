//! What only the embedded store has to keep to: its file and its folder.

use rusqlite::Connection;
use tempfile::TempDir;
use threadline_core::error::Code;
use threadline_core::id::WorkspaceId;
use threadline_core::model::{Availability, Member, Role};

use super::sqlite::OpenError;
use super::{Sqlite, Store, wait};
use crate::directory::Listed;

fn workspace() -> WorkspaceId {
    "larkspur".parse().unwrap()
}

#[test]
fn one_folder_has_one_server_and_no_newer_schema() {
    let folder = TempDir::new().unwrap();
    let store = Sqlite::open(folder.path()).unwrap();
    assert!(matches!(
        Sqlite::open(folder.path()),
        Err(OpenError::Locked)
    ));
    drop(store);
    let database = Connection::open(folder.path().join("threadline.db")).unwrap();
    database.pragma_update(None, "user_version", 99).unwrap();
    drop(database);
    assert!(matches!(
        Sqlite::open(folder.path()),
        Err(OpenError::Newer(99))
    ));
}

#[test]
fn a_file_of_the_first_version_is_brought_up_to_date() {
    let folder = TempDir::new().unwrap();
    let database = Connection::open(folder.path().join("threadline.db")).unwrap();
    let first = include_str!("schema/1.sql");
    database.execute_batch(first).unwrap();
    database
        .execute_batch(
            r#"PRAGMA user_version = 1;
            INSERT INTO meta VALUES ('epoch', 'old');
            INSERT INTO workspaces (id, name) VALUES (1, 'larkspur');
            INSERT INTO blobs VALUES (1, x'00', x'010203');
            INSERT INTO members VALUES
              (1, 'ana', '{"id":"ana","name":"Ana","role":"agent","teams":["sales"],"available":true}'),
              (1, 'ben', '{"id":"ben","name":"Ben","role":"admin","teams":[],"available":false}');"#,
        )
        .unwrap();
    drop(database);
    let store = Sqlite::open(folder.path()).unwrap();
    let opened = store.open(&workspace()).unwrap();
    let ana = Member {
        teams: vec!["sales".parse().unwrap()],
        ..Member::new("ana".parse().unwrap(), "Ana", Role::Agent)
    };
    let ben = Member {
        availability: Availability::Away,
        ..Member::new("ben".parse().unwrap(), "Ben", Role::Admin)
    };
    let unmanaged = |member| Listed {
        member,
        managed: false,
    };
    assert_eq!(opened.epoch, "old");
    assert_eq!(opened.members, [unmanaged(ana), unmanaged(ben)]);
    let put = |bytes: &[u8], quota| {
        let blob = ([bytes.len() as u8; 32], bytes.to_vec());
        let kept = wait(|done| store.put_blobs(&workspace(), vec![blob], Some(quota), done));
        kept.map_err(|refusal| refusal.code)
    };
    assert_eq!(put(b"abcd", 6), Err(Code::QuotaExceeded), "3 are there");
    assert_eq!(put(b"abcd", 7), Ok(()));
}

//! What every store must keep to, tried on each of them.

mod erasure;
mod found;
mod identity;
mod kept;
mod log;
mod once;
mod outbox;

use std::sync::OnceLock;

use rusqlite::Connection;
use serde_bytes::ByteArray;
use tempfile::TempDir;
use threadline_core::error::{Code, Refusal};
use threadline_core::id::{ContactId, DocumentId, WorkspaceId};
use threadline_core::model::{ContactRow, ContactStatus, Row, RowEntry};
use threadline_core::sync::hub::{ActorId, AppendError, Appended, Batch, Entry, SessionId};
use threadline_core::time::Timestamp;
use uuid::Uuid;

use super::postgres::cluster::Cluster;
use super::{Postgres, Sqlite, Store};

/// A new, empty database of one kind.
pub(super) trait Database {
    /// The store on it; after the last one was dropped, what is kept is there.
    fn open(&self) -> Box<dyn Store>;
    /// Does something behind the store's back.
    fn execute(&self, statement: &str);
}

struct Embedded(TempDir);

impl Embedded {
    fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    fn connect(&self) -> Connection {
        Connection::open(self.0.path().join("threadline.db")).unwrap()
    }
}

impl Database for Embedded {
    fn open(&self) -> Box<dyn Store> {
        Box::new(Sqlite::open(self.0.path()).unwrap())
    }

    fn execute(&self, statement: &str) {
        self.connect().execute_batch(statement).unwrap();
    }
}

/// The cluster that all tests of this process use, each with databases of its own.
pub(super) fn cluster() -> &'static Cluster {
    static CLUSTER: OnceLock<Cluster> = OnceLock::new();
    CLUSTER.get_or_init(Cluster::start)
}

/// A database in the cluster, by its address.
pub(super) struct Shared(pub(super) String);

impl Shared {
    pub(super) fn new() -> Self {
        Self(cluster().database())
    }

    pub(super) fn name(&self) -> &str {
        self.0.rsplit('/').next().unwrap()
    }
}

impl Database for Shared {
    fn open(&self) -> Box<dyn Store> {
        Box::new(Postgres::open(&self.0).unwrap())
    }

    fn execute(&self, statement: &str) {
        cluster().sql(self.name(), statement);
    }
}

/// Tries each on a database of every kind.
macro_rules! on_every_store {
    ($($part:ident :: $test:ident,)*) => {
        mod sqlite {
            $(#[test]
            fn $test() {
                super::$part::$test(&super::Embedded::new());
            })*
        }

        mod postgres {
            $(#[test]
            fn $test() {
                super::$part::$test(&super::Shared::new());
            })*
        }
    };
}

on_every_store! {
    log::what_was_appended_is_there_after_opening_again,
    log::a_batch_is_numbered_from_one_and_placed_by_the_store,
    log::a_batch_made_from_an_old_copy_is_not_taken,
    log::the_log_is_read_in_stretches_with_the_rows_that_moved_in_them,
    log::the_pulse_tells_of_changes_and_of_the_team,
    log::an_actor_stays_with_its_first_member_in_all_documents,
    log::rows_come_in_sequence_each_document_once,
    log::the_audit_chain_covers_every_change,
    log::a_row_that_cannot_be_read_takes_no_other_with_it,
    kept::blobs_are_kept_once_and_counted,
    kept::members_bring_so_many_documents_and_the_server_more,
    kept::how_far_flows_have_run_only_grows,
    kept::a_mail_is_known_by_its_first_message,
    kept::no_text_is_too_strange_to_be_kept,
    log::a_member_is_replaced_only_by_who_knows_them,
    kept::workspaces_share_nothing,
    identity::a_ticket_is_taken_once_and_only_in_its_workspace,
    identity::a_revocation_is_kept_until_its_time_is_over,
    once::what_a_command_did_is_kept_with_its_change,
    once::a_key_is_free_after_a_refusal_a_crash_and_a_day,
    found::texts_are_found_by_their_words,
    found::a_text_is_found_as_it_is_now,
    found::texts_that_want_one_place_are_all_found,
    found::contacts_are_found_by_their_addresses_and_conversations_by_their_contact,
    found::a_summary_counts_only_while_the_log_stands_still,
    outbox::a_mail_waits_from_the_change_that_brought_it,
    outbox::a_mail_is_one_processes_until_its_claim_is_over,
    outbox::a_mail_that_is_not_due_is_forgotten_unless_it_was_touched,
    outbox::no_mail_leaves_an_erased_conversation,
    erasure::nothing_is_left_of_an_erased_document_but_its_name,
    erasure::an_erasure_begins_an_epoch_of_its_workspace,
    erasure::the_workspace_stands_still_while_an_erasure_is_planned,
    erasure::an_erased_document_takes_nothing_from_an_old_copy,
}

fn workspace() -> WorkspaceId {
    "larkspur".parse().unwrap()
}

fn doc(number: u128) -> DocumentId {
    ContactId(Uuid::from_u128(number)).into()
}

/// The change `seq` of the log, of `member`, whose actor is named after them.
pub(super) fn entry(seq: u64, doc: DocumentId, member: &str) -> Entry {
    Entry {
        seq,
        doc,
        hash: [u8::try_from(seq % 251).unwrap(); 32],
        bytes: format!("change {seq}").into_bytes(),
        actor: ActorId::from(member.as_bytes().to_vec()),
        member: member.parse().unwrap(),
        session: Some(SessionId(seq)),
        received_at: Timestamp::from_millis(1_000),
    }
}

fn row(seq: u64, doc: DocumentId) -> RowEntry {
    let DocumentId::Contact(id) = doc else {
        panic!("a contact's document");
    };
    RowEntry {
        doc,
        seq,
        heads: vec![ByteArray::new([7; 32]), ByteArray::new([8; 32])],
        row: Row::Contact(ContactRow {
            id,
            name: "Kim".to_owned(),
            company: String::new(),
            contact_type: "other".to_owned(),
            status: ContactStatus::Active,
            saved: true,
            email: String::new(),
            phone: String::new(),
            identities: Vec::new(),
            tags: Vec::new(),
            merged_into: None,
            opportunities: Vec::new(),
            conflicted: false,
        }),
    }
}

/// Entries and their rows, numbered as in a batch.
pub(super) fn batch(mut entries: Vec<Entry>) -> Batch {
    for (seq, entry) in (1..).zip(&mut entries) {
        entry.seq = seq;
    }
    let rows = entries.iter().map(|entry| row(entry.seq, entry.doc));
    Batch {
        id: 1,
        rows: rows.collect(),
        entries,
        ..Batch::default()
    }
}

/// Appends a batch to the log of a workspace.
pub(super) fn put_into(
    store: &dyn Store,
    workspace: &WorkspaceId,
    batch: Batch,
) -> Result<Appended, AppendError> {
    let (done, appended) = std::sync::mpsc::channel();
    let done = Box::new(move |result| done.send(result).unwrap());
    store.append(workspace, batch, None, done);
    appended.recv().unwrap()
}

fn put(store: &dyn Store, batch: Batch) -> Result<Appended, AppendError> {
    put_into(store, &workspace(), batch)
}

/// Appends entries to a log of which they are the continuation.
fn append(store: &dyn Store, entries: Vec<Entry>) -> Result<(), Code> {
    let first = entries[0].seq;
    match put(store, batch(entries)) {
        Ok(appended) => {
            assert_eq!(appended.first, first);
            Ok(())
        }
        Err(error) => Err(Refusal::from(error).code),
    }
}

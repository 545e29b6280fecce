//! Where everything is kept, as several subcommands ask for it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use threadline_core::id::WorkspaceId;

use super::Failure;
use crate::identity::Revocation;
use crate::store::{self, Postgres, Sqlite, Store, Synchronous};

/// The folder that is used where nothing is named.
const FOLDER: &str = "data";

/// Which database: one of its own in a folder, or a shared one.
#[derive(Args)]
pub(super) struct Storage {
    /// Folder for the database, created where it is missing; "data" unless another database is named.
    #[arg(long, env = "THREADLINE_DATA")]
    data: Option<PathBuf>,
    /// Address of a PostgreSQL database that several servers may share, such as
    /// postgres://threadline@db.example/threadline?sslmode=verify-full
    #[arg(
        long,
        env = "THREADLINE_DATABASE",
        hide_env_values = true,
        conflicts_with = "data"
    )]
    database: Option<String>,
}

impl Storage {
    /// Opens the database and brings it up to date.
    pub(super) fn open(&self) -> Result<Arc<dyn Store>, Failure> {
        self.open_with(Synchronous::Full)
    }

    /// The same, with commits that wait for the disk as they are told.
    pub(super) fn open_with(&self, synchronous: Synchronous) -> Result<Arc<dyn Store>, Failure> {
        Ok(match &self.database {
            Some(_) if synchronous != Synchronous::Full => {
                return Err("what a commit waits for, the shared database says itself".into());
            }
            Some(address) => Arc::new(Postgres::open(address)?),
            None => Arc::new(Sqlite::open_with(self.own(), synchronous)?),
        })
    }

    /// Opens the database for reading only, beside servers that use it.
    pub(super) fn look(&self) -> Result<Arc<dyn Store>, Failure> {
        Ok(match &self.database {
            Some(address) => Arc::new(Postgres::look(address)?),
            None => Arc::new(Sqlite::look(self.own())?),
        })
    }

    /// Keeps a revocation, beside servers that use the database.
    pub(super) fn revoke(
        &self,
        workspace: &WorkspaceId,
        revocation: Revocation,
    ) -> Result<(), Failure> {
        match &self.database {
            Some(address) => store::revoke_in(&Postgres::look(address)?, workspace, revocation)?,
            None => store::revoke_beside(self.own(), workspace, &revocation)?,
        }
        Ok(())
    }

    /// Leaves nothing of what was deleted in the database's files, as far as
    /// that can be done; a folder must not be in use.
    pub(super) fn sweep(&self) -> Result<(), Failure> {
        match &self.database {
            Some(address) => Postgres::sweep(address)?,
            None => store::vacuum(self.own())?,
        }
        Ok(())
    }

    /// The folder that is this process's own; none where the database is shared.
    pub(super) fn folder(&self) -> Option<&Path> {
        self.database.is_none().then(|| self.own())
    }

    fn own(&self) -> &Path {
        self.data.as_deref().unwrap_or(Path::new(FOLDER))
    }
}

//! One connection, and what is said over it: transactions, each in one
//! workspace, with statements that are prepared once.

use std::collections::HashMap;

use postgres::types::ToSql;
use postgres::{Client, IsolationLevel, Row, Statement, Transaction};

use super::failure::Failure;

/// Stands for every workspace at once, in maintenance. No workspace has this name.
pub(super) const ALL: &str = "*";

/// A connection to the database with the statements that it knows already.
pub(super) struct Connection {
    pub(super) client: Client,
    statements: HashMap<&'static str, Statement>,
}

impl Connection {
    /// Around a client that nothing was said over yet.
    pub(super) fn new(client: Client) -> Self {
        Self {
            client,
            statements: HashMap::new(),
        }
    }

    /// A transaction that reads everything as it is at one moment.
    pub(super) fn read(&mut self, workspace: &str) -> Result<Session<'_>, Failure> {
        let transaction = self
            .client
            .build_transaction()
            .isolation_level(IsolationLevel::RepeatableRead)
            .read_only(true)
            .start()?;
        let mut session = Session {
            transaction,
            statements: &mut self.statements,
        };
        session.enter(workspace)?;
        Ok(session)
    }

    /// A transaction that writes: each statement sees what is committed, so
    /// that what comes after a lock sees what the lock was waited for.
    pub(super) fn write(&mut self) -> Result<Session<'_>, Failure> {
        let transaction = self
            .client
            .build_transaction()
            .isolation_level(IsolationLevel::ReadCommitted)
            .read_only(false)
            .start()?;
        Ok(Session {
            transaction,
            statements: &mut self.statements,
        })
    }
}

/// A transaction, or a savepoint in one. Dropped, it is rolled back.
pub(super) struct Session<'a> {
    transaction: Transaction<'a>,
    statements: &'a mut HashMap<&'static str, Statement>,
}

impl Session<'_> {
    /// Names the workspace whose rows the transaction may see from here on.
    pub(super) fn enter(&mut self, workspace: &str) -> Result<(), Failure> {
        self.set("threadline.workspace", workspace)
    }

    /// Sets a variable of the transaction.
    pub(super) fn set(&mut self, name: &str, value: &str) -> Result<(), Failure> {
        self.all("SELECT set_config($1, $2, true)", &[&name, &value])?;
        Ok(())
    }

    /// All rows that a statement gives.
    pub(super) fn all(
        &mut self,
        statement: &'static str,
        parameters: &[&(dyn ToSql + Sync)],
    ) -> Result<Vec<Row>, Failure> {
        let prepared = self.prepared(statement)?;
        Ok(self.transaction.query(&prepared, parameters)?)
    }

    /// The row that a statement gives, where it gives one.
    pub(super) fn first(
        &mut self,
        statement: &'static str,
        parameters: &[&(dyn ToSql + Sync)],
    ) -> Result<Option<Row>, Failure> {
        let prepared = self.prepared(statement)?;
        Ok(self.transaction.query_opt(&prepared, parameters)?)
    }

    /// The row that a statement always gives.
    pub(super) fn one(
        &mut self,
        statement: &'static str,
        parameters: &[&(dyn ToSql + Sync)],
    ) -> Result<Row, Failure> {
        let prepared = self.prepared(statement)?;
        Ok(self.transaction.query_one(&prepared, parameters)?)
    }

    /// Does a statement; gives the number of rows it changed.
    pub(super) fn execute(
        &mut self,
        statement: &'static str,
        parameters: &[&(dyn ToSql + Sync)],
    ) -> Result<u64, Failure> {
        let prepared = self.prepared(statement)?;
        Ok(self.transaction.execute(&prepared, parameters)?)
    }

    /// A part that can be undone by itself.
    pub(super) fn savepoint(&mut self) -> Result<Session<'_>, Failure> {
        Ok(Session {
            transaction: self.transaction.transaction()?,
            statements: self.statements,
        })
    }

    /// Keeps what was done.
    pub(super) fn commit(self) -> Result<(), Failure> {
        Ok(self.transaction.commit()?)
    }

    /// Undoes what was done.
    pub(super) fn undo(self) -> Result<(), Failure> {
        Ok(self.transaction.rollback()?)
    }

    fn prepared(&mut self, statement: &'static str) -> Result<Statement, Failure> {
        if let Some(known) = self.statements.get(statement) {
            return Ok(known.clone());
        }
        let prepared = self.transaction.prepare(statement)?;
        self.statements.insert(statement, prepared.clone());
        Ok(prepared)
    }
}

//! Why a statement or a job did not do what it should.

use postgres::error::{Severity, SqlState};
use threadline_core::error::{Code, Refusal};
use threadline_core::sync::hub::AppendError;

use crate::store::unavailable;

/// Why a job could not be done.
#[derive(Debug)]
pub(super) enum Failure {
    /// A batch may not be appended.
    NotAppended(AppendError),
    /// It may not pass; the others of its round are not concerned.
    Refused(Refusal),
    /// The database failed, or is not there.
    Database(postgres::Error),
}

impl Failure {
    /// Whether the same work may well pass when it is done again: it was in
    /// the way of another transaction, or has waited for one in vain, and
    /// nothing of it was kept.
    pub(super) fn is_collision(&self) -> bool {
        let Failure::Database(error) = self else {
            return false;
        };
        let collided = error.code().is_some_and(|code| {
            *code == SqlState::T_R_SERIALIZATION_FAILURE || *code == SqlState::T_R_DEADLOCK_DETECTED
        });
        collided || self.is_locked()
    }

    /// Whether another transaction has kept locked what this one needs.
    pub(super) fn is_locked(&self) -> bool {
        let Failure::Database(error) = self else {
            return false;
        };
        error.code() == Some(&SqlState::LOCK_NOT_AVAILABLE)
    }

    /// Whether the connection is of no more use: it broke, or the database ended it.
    pub(super) fn is_lost(&self) -> bool {
        let Failure::Database(error) = self else {
            return false;
        };
        error.as_db_error().is_none_or(|told| {
            matches!(
                told.parsed_severity(),
                Some(Severity::Fatal | Severity::Panic)
            )
        })
    }

    /// Whether the database told of damaged bytes, rather than of the moment.
    pub(super) fn is_damage(&self) -> bool {
        let Failure::Database(error) = self else {
            return false;
        };
        error.code().is_some_and(|code| {
            *code == SqlState::DATA_CORRUPTED || *code == SqlState::INDEX_CORRUPTED
        })
    }

    /// What the caller hears.
    pub(super) fn refusal(self) -> Refusal {
        match self {
            Failure::Refused(refusal) => refusal,
            Failure::NotAppended(error) => error.into(),
            Failure::Database(_) => unavailable(),
        }
    }

    /// What hears who appends.
    pub(super) fn append_error(self) -> AppendError {
        match self {
            Failure::NotAppended(error) => error,
            other => AppendError::Refused(other.refusal()),
        }
    }
}

/// What is fit for the log. Of what the database says only its code and what it
/// is about: its sentences quote the values they are about, which are people's.
pub(super) fn reason(error: &postgres::Error) -> String {
    if let Some(told) = error.as_db_error() {
        let about = told.constraint().or(told.table()).unwrap_or_default();
        return format!("{} {about}", told.code().code());
    }
    // The library says little itself; what the system said is behind it.
    let source = std::error::Error::source(error);
    source.map_or_else(|| error.to_string(), |source| format!("{error}: {source}"))
}

/// A document whose bytes the disk has damaged.
pub(super) fn quarantined() -> Failure {
    Failure::Refused(Refusal::new(
        Code::Quarantined,
        "The document's log is damaged.",
    ))
}

impl From<postgres::Error> for Failure {
    fn from(error: postgres::Error) -> Self {
        Failure::Database(error)
    }
}

impl From<AppendError> for Failure {
    fn from(error: AppendError) -> Self {
        Failure::NotAppended(error)
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Failure::Refused(refusal)
    }
}

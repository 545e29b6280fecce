//! A folder belongs to one process at a time: two servers on one file would give
//! out the same sequence numbers.

use std::fs::{File, TryLockError};
use std::path::Path;

use super::sqlite::OpenError;

/// A folder that is taken, as long as this lives.
pub(super) struct Lock(File);

impl Lock {
    /// Takes a folder, unless it belongs to somebody.
    pub(super) fn take(folder: &Path) -> Result<Self, OpenError> {
        let file = File::create(folder.join("lock"))?;
        file.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => OpenError::Locked,
            TryLockError::Error(error) => OpenError::Folder(error),
        })?;
        Ok(Self(file))
    }
}

impl Drop for Lock {
    /// Gives the folder back in so many words: a program that is being started at
    /// this moment shares the open file until it runs, so to close it is not enough.
    fn drop(&mut self) {
        let _ = self.0.unlock();
    }
}

//! How durable a commit of the embedded store is.

/// What a commit waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Synchronous {
    /// Its bytes are on the disk, not in its cache.
    Full,
    /// Nothing: the power may take what was acknowledged. For tests that show
    /// what the other is good for.
    Normal,
}

impl Synchronous {
    /// SQLite's word for it.
    pub(super) fn word(self) -> &'static str {
        match self {
            Synchronous::Full => "FULL",
            Synchronous::Normal => "NORMAL",
        }
    }
}

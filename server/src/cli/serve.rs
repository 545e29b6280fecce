//! `threadline serve`.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;

use super::admission::Admitting;
use super::signing::{Signing, Verifying};
use super::{Failure, run_server};
use crate::admission::Admission;
use crate::app::App;
use crate::config::ConfigError;
use crate::store::{Sqlite, Store, Synchronous};
use crate::{limits, summary};

#[derive(Args)]
pub(super) struct Serve {
    /// Address and port.
    #[arg(long, env = "THREADLINE_LISTEN", default_value = "127.0.0.1:8787")]
    listen: SocketAddr,
    /// Folder for the database; created where it is missing.
    #[arg(long, env = "THREADLINE_DATA", default_value = "data")]
    data: PathBuf,
    /// Address and port for Prometheus, which asks for /metrics there; nowhere unless it is given.
    #[arg(long, env = "THREADLINE_METRICS_LISTEN")]
    metrics_listen: Option<SocketAddr>,
    /// MiB of attachments that the members of one workspace may upload together.
    #[arg(long, env = "THREADLINE_BLOB_QUOTA", default_value_t = limits::BLOB_QUOTA_MIB)]
    blob_quota: u64,
    /// Lets clients of automerge-repo bring documents of their own, which have no schema.
    #[arg(long, env = "THREADLINE_FREE_DOCUMENTS")]
    free_documents: bool,
    /// What a commit waits for; only for tests, see `THREADLINE_ALLOW_LOSS`.
    #[arg(long, value_enum, default_value = "full", hide = true)]
    synchronous: Synchronous,
    #[command(flatten)]
    signing: Signing,
    #[command(flatten)]
    verifying: Verifying,
    #[command(flatten)]
    admitting: Admitting,
}

/// The variable without which the server waits for the disk, whatever it is told.
const ALLOW_LOSS: &str = "THREADLINE_ALLOW_LOSS";

/// Runs the server.
pub(super) fn run(args: &Serve) -> Result<(), Failure> {
    if args.synchronous != Synchronous::Full && std::env::var_os(ALLOW_LOSS).is_none() {
        return Err(format!("to lose what was acknowledged, set {ALLOW_LOSS}").into());
    }
    let keys = args.verifying.keys(&args.signing, &args.data)?;
    let origins = args.admitting.origins()?;
    let admission = Admission::new(args.admitting.limits()?);
    if args.metrics_listen == Some(args.listen) {
        return Err(ConfigError::SameAddress.into());
    }
    let store: Arc<dyn Store> = Arc::new(Sqlite::open_with(&args.data, args.synchronous)?);
    summary::refresh(store.as_ref())?;
    let app = App::new(
        keys,
        origins,
        admission,
        store,
        mebibytes(args.blob_quota),
        args.free_documents,
        None,
    );
    run_server(app, args.listen, args.metrics_listen, |_| {})
}

/// In bytes.
pub(super) fn mebibytes(count: u64) -> u64 {
    count.saturating_mul(1 << 20)
}

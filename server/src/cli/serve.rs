//! `threadline serve`.

use std::net::SocketAddr;
use std::sync::Arc;

use clap::Args;

use super::admission::Admitting;
use super::mailing::Sending;
use super::signing::{Signing, Verifying};
use super::storage::Storage;
use super::{Failure, first_session, run_server, runtime};
use crate::admission::Admission;
use crate::app::{App, Setup};
use crate::bus::{Alone, Bus, Nats};
use crate::config::ConfigError;
use crate::store::Synchronous;
use crate::{limits, summary};

#[derive(Args)]
pub(super) struct Serve {
    /// Address and port.
    #[arg(long, env = "THREADLINE_LISTEN", default_value = "127.0.0.1:8787")]
    listen: SocketAddr,
    #[command(flatten)]
    storage: Storage,
    /// Address of a NATS server, by which servers on one database hear of each other at once, such
    /// as nats://bus.example:4222; without it they look every second.
    #[arg(
        long,
        env = "THREADLINE_BUS",
        hide_env_values = true,
        requires = "database"
    )]
    bus: Option<String>,
    /// Address and port for Prometheus, which asks for /metrics there; nowhere unless it is given.
    #[arg(long, env = "THREADLINE_METRICS_LISTEN")]
    metrics_listen: Option<SocketAddr>,
    /// MiB of attachments that the members of one workspace may upload together.
    #[arg(long, env = "THREADLINE_BLOB_QUOTA", default_value_t = limits::BLOB_QUOTA_MIB)]
    blob_quota: u64,
    /// Documents to which members may bring one workspace, contacts and conversations together.
    #[arg(long, env = "THREADLINE_MAX_DOCUMENTS", default_value_t = limits::MAX_DOCUMENTS, value_parser = clap::value_parser!(u64).range(1..))]
    max_documents: u64,
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
    #[command(flatten)]
    sending: Sending,
}

/// The variable without which the server waits for the disk, whatever it is told.
const ALLOW_LOSS: &str = "THREADLINE_ALLOW_LOSS";

/// Runs the server.
pub(super) fn run(args: &Serve) -> Result<(), Failure> {
    if args.synchronous != Synchronous::Full && std::env::var_os(ALLOW_LOSS).is_none() {
        return Err(format!("to lose what was acknowledged, set {ALLOW_LOSS}").into());
    }
    let keys = args.verifying.keys(&args.signing, args.storage.folder())?;
    let origins = args.admitting.origins()?;
    let admission = Admission::new(args.admitting.limits()?);
    if args.metrics_listen == Some(args.listen) {
        return Err(ConfigError::SameAddress.into());
    }
    let mailing = args.sending.mailing()?;
    let store = args.storage.open_with(args.synchronous)?;
    summary::refresh(store.as_ref())?;
    let runtime = runtime()?;
    let bus: Arc<dyn Bus> = match &args.bus {
        Some(address) => Arc::new(runtime.block_on(Nats::connect(address))?),
        None => Arc::new(Alone),
    };
    let app = App::new(Setup {
        keys,
        origins,
        admission,
        store,
        bus,
        blob_quota: mebibytes(args.blob_quota),
        max_documents: args.max_documents,
        free_documents: args.free_documents,
        mailing,
        demo: None,
        idle_workspace: limits::IDLE_WORKSPACE,
        first_session: first_session()?,
    });
    run_server(&runtime, app, args.listen, args.metrics_listen, |_| {})?;
    // Reads that a database still keeps waiting are nobody's any more.
    runtime.shutdown_background();
    Ok(())
}

/// In bytes.
pub(super) fn mebibytes(count: u64) -> u64 {
    count.saturating_mul(1 << 20)
}

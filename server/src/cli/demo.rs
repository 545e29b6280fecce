//! `threadline demo`.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;

use super::serve::mebibytes;
use super::{Failure, first_session, run_server, runtime};
use crate::admission::{Admission, Limits};
use crate::app::{App, Setup};
use crate::bus::Alone;
use crate::identity::{Expected, Keys};
use crate::origin::Origins;
use crate::store::{Sqlite, Store};
use crate::{config, demo, limits, summary};

#[derive(Args)]
pub(super) struct Demo {
    /// Address and port.
    #[arg(long, env = "THREADLINE_LISTEN", default_value = "127.0.0.1:8787")]
    listen: SocketAddr,
    /// Folder for the sample workspace; filled when it is empty.
    #[arg(long, env = "THREADLINE_DATA", default_value = "data/demo")]
    data: PathBuf,
}

/// Runs the server with the sample workspace.
pub(super) fn run(args: &Demo) -> Result<(), Failure> {
    let secret = config::secret(None, Some(&args.data))?;
    let store: Arc<dyn Store> = Arc::new(Sqlite::open(&args.data)?);
    summary::refresh(store.as_ref())?;
    let demo = demo::prepare(store.as_ref())?;
    let members = demo.shown_as();
    let keys = Keys::new(&secret, &Expected::default());
    let app = App::new(Setup {
        keys,
        origins: Origins::default(),
        admission: Admission::new(Limits::default()),
        store,
        bus: Arc::new(Alone),
        blob_quota: mebibytes(limits::BLOB_QUOTA_MIB),
        max_documents: limits::MAX_DOCUMENTS,
        free_documents: false,
        // Nobody in it is real.
        mailing: None,
        demo: Some(demo),
        idle_workspace: limits::IDLE_WORKSPACE,
        first_session: first_session()?,
    });
    run_server(&runtime()?, app, args.listen, None, move |address| {
        for member in members {
            println!("http://{address}/?as={member}");
        }
    })
}

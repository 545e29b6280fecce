//! Reads the published keys again when their file says something else: looked
//! at every few seconds, and at once on SIGHUP.

use std::sync::Arc;

use super::JwksError;
use crate::app::App;
use crate::limits;

/// Follows the file until the server stops.
pub(crate) async fn follow(app: Arc<App>) -> std::io::Result<()> {
    // Without a file there is nothing to do; but a server that ends on the
    // signal by which others reload would surprise.
    #[cfg(unix)]
    let mut hangup = {
        use tokio::signal::unix::{SignalKind, signal};
        signal(SignalKind::hangup())?
    };
    let mut said = String::new();
    loop {
        let asked = async {
            #[cfg(unix)]
            hangup.recv().await;
            #[cfg(not(unix))]
            std::future::pending::<()>().await;
        };
        tokio::select! {
            () = app.stopping.cancelled() => return Ok(()),
            () = tokio::time::sleep(limits::JWKS_POLL), if app.keys.are_published() => {}
            () = asked => {}
        }
        let reading = Arc::clone(&app);
        let read = tokio::task::spawn_blocking(move || reading.keys.reload()).await;
        match read.map_err(std::io::Error::other)? {
            Ok(changed) => {
                said.clear();
                if changed {
                    tracing::info!("other published keys count now");
                }
            }
            Err(error) => complain(&mut said, &error),
        }
    }
}

/// Says once, and not every few seconds, what is wrong with the file.
fn complain(said: &mut String, error: &JwksError) {
    let text = error.to_string();
    if *said != text {
        tracing::error!(error = text, "the published keys stay as they were");
        *said = text;
    }
}

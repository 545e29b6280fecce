//! Start and end of a server: it ends softly on SIGTERM and Ctrl-C, in this
//! order: nothing new is taken, what was taken is made durable and answered,
//! everybody is told, sockets are closed.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::serve::ListenerExt;
use tokio::net::TcpListener;

use crate::app::App;
use crate::{identity, limits, mail, metrics, router};

/// Serves until a signal comes, metrics on an address of their own. `ready` hears the address once it accepts.
pub(crate) async fn serve(
    app: Arc<App>,
    listen: SocketAddr,
    metrics: Option<SocketAddr>,
    ready: impl FnOnce(SocketAddr),
) -> std::io::Result<()> {
    let listener = TcpListener::bind(listen).await?;
    let address = listener.local_addr()?;
    // Small frames must not wait for each other (Nagle): 17 ms an answer become 4.
    let listener = listener.tap_io(|socket| {
        if let Err(error) = socket.set_nodelay(true) {
            tracing::debug!(%error, "TCP_NODELAY was refused");
        }
    });
    if let Some(metrics) = metrics {
        let listener = TcpListener::bind(metrics).await?;
        let serving = metrics::serve(Arc::clone(&app), listener);
        app.tasks.spawn(async {
            if let Err(error) = serving.await {
                tracing::error!(%error, "metrics are no longer served");
            }
        });
    }
    tracing::info!(%address, "serving");
    ready(address);
    let following = identity::follow(Arc::clone(&app));
    app.tasks.spawn(async {
        if let Err(error) = following.await {
            tracing::error!(%error, "changes of published keys go unnoticed");
        }
    });
    if let Some(mailing) = &app.mailing {
        let sending = mail::send(Arc::clone(&app), Arc::clone(mailing));
        app.tasks.spawn(sending);
    }
    let stopping = app.stopping.clone();
    let router = router::router(Arc::clone(&app));
    let router = router.into_make_service_with_connect_info::<SocketAddr>();
    let server = axum::serve(listener, router)
        .with_graceful_shutdown(async move { stopping.cancelled().await })
        .into_future();
    let mut server = tokio::spawn(server);
    tokio::select! {
        signal = signal() => signal?,
        ended = &mut server => return ended.map_err(std::io::Error::other)?,
    }
    tracing::info!("stopping");
    app.stopping.cancel();
    app.tasks.close();
    let ended = async {
        app.tasks.wait().await;
        // Requests that are still being answered.
        (&mut server).await
    };
    match tokio::time::timeout(limits::SHUTDOWN, ended).await {
        Ok(ended) => ended.map_err(std::io::Error::other)??,
        Err(_) => tracing::warn!("not everything ended in time"),
    }
    server.abort();
    tracing::info!("stopped");
    Ok(())
}

/// Waits for the signal to end.
async fn signal() -> std::io::Result<()> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate())?;
        tokio::select! {
            ended = tokio::signal::ctrl_c() => ended,
            _ = terminate.recv() => Ok(()),
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await
}

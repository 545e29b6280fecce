//! `/automerge-repo`: a WebSocket for clients of automerge-repo (its public
//! protocol, version 1). Here are sockets and tickets; what messages mean is
//! the business of the core's adapter, and inside each connection is an
//! ordinary session of the workspace.

mod connection;
mod name;

use std::sync::Arc;

use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade, close_code};
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt;
use serde::Deserialize;
use threadline_core::error::{Code, Refusal};
use threadline_core::id::WorkspaceId;
use threadline_core::limits::REPO_MESSAGE_BYTES;
use threadline_core::sync::frame::{Bye, ServerFrame};
use threadline_core::sync::repo::{Effect, Session};
use tokio::time::{sleep, timeout};

use crate::admission::{Address, Peer, Place};
use crate::app::App;
use crate::identity::tickets;
use crate::problem::Problem;
use crate::{api, clock, limits};

use connection::Connection;

/// The address's query.
#[derive(Deserialize)]
pub(crate) struct Admission {
    /// A ticket: a client of automerge-repo has no frame for a token, and in a
    /// browser no headers.
    #[serde(default)]
    ticket: String,
}

/// The route.
pub(crate) async fn connect(
    State(app): State<Arc<App>>,
    peer: Peer,
    Query(admission): Query<Admission>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    if !app.origins.admits(&headers) {
        return Problem::forbidden().into_response();
    }
    let address = app.admission.address(peer, &headers);
    let place = app.admission.connect(address);
    upgrade
        .read_buffer_size(limits::SOCKET_BUFFER_BYTES)
        .max_message_size(REPO_MESSAGE_BYTES)
        .max_frame_size(REPO_MESSAGE_BYTES)
        .on_upgrade(async move |socket| {
            let tasks = app.tasks.clone();
            // Tracked, so that a shutdown waits for the farewell.
            tasks
                .track_future(serve(app, admission.ticket, socket, place, headers))
                .await;
        })
}

async fn serve(
    app: Arc<App>,
    ticket: String,
    mut socket: WebSocket,
    place: Result<Option<Place<Address>>, Refusal>,
    headers: HeaderMap,
) {
    app.metrics.sockets.inc();
    // The place is held to the very end: a socket that is turned away is open
    // for a while yet.
    let entered = match &place {
        Ok(_) => enter(&app, &ticket, headers).await,
        Err(full) => Err(full.clone()),
    };
    match entered {
        Ok((connection, _place)) => connection.run(&mut socket).await,
        // In a message, not as the answer to the request: the JS client ends
        // the whole program where its socket does not open.
        Err(refusal) => {
            app.metrics.refused(refusal.code);
            turn_away(&mut socket, refusal).await;
        }
    }
    farewell(&mut socket).await;
    app.metrics.sockets.dec();
}

/// The connection of whom the ticket names, or else the bearer token, and the
/// place they take up in the workspace while they stay. The ticket comes first:
/// the header may be meant for a proxy on the way.
async fn enter(
    app: &Arc<App>,
    ticket: &str,
    headers: HeaderMap,
) -> Result<(Connection, Place<WorkspaceId>), Refusal> {
    let claims = match api::token_of(&headers) {
        Some(token) if ticket.is_empty() => app.keys.verify(token, clock::now())?,
        _ => tickets::take(app, ticket).await?,
    };
    if !app.origins.admits_to(&claims.workspace, &headers) {
        let text = "This origin is not allowed.";
        return Err(Refusal::new(Code::Forbidden, text));
    }
    let place = app.admission.enter(&claims.workspace)?;
    let workspace = app.workspace(&claims.workspace).await?;
    workspace.admit(&claims)?;
    let connection = Connection::begin(Arc::clone(app), workspace, claims).await?;
    Ok((connection, place))
}

/// Says why a socket is of no use.
async fn turn_away(socket: &mut WebSocket, refusal: Refusal) {
    let mut session = Session::new(clock::now(), "threadline".to_owned(), String::new());
    let bye = ServerFrame::Bye(Bye {
        refusal,
        retry_after: None,
    });
    for effect in session.frame(clock::now(), bye) {
        if let Effect::Send(message) = effect {
            // A peer that is gone or does not read needs no reason.
            let _ = timeout(
                limits::FAREWELL,
                socket.send(Message::Binary(message.into())),
            )
            .await;
        }
    }
}

/// Is quiet for a moment, and then closes.
async fn farewell(socket: &mut WebSocket) {
    let drain = async |socket: &mut WebSocket| while let Some(Ok(_)) = socket.next().await {};
    tokio::select! {
        () = sleep(limits::REPO_QUIET) => {}
        () = drain(socket) => {}
    }
    let frame = CloseFrame {
        code: close_code::NORMAL,
        reason: "".into(),
    };
    let _ = timeout(limits::FAREWELL, async {
        socket.send(Message::Close(Some(frame))).await?;
        drain(socket).await;
        Ok::<(), axum::Error>(())
    })
    .await;
}

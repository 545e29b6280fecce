//! A workspace as a file, over HTTP.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use futures_util::{StreamExt, stream};
use serde::Deserialize;
use threadline_core::error::{Code, Refusal};
use threadline_core::id::ConversationId;
use threadline_core::model::Role;
use tokio::sync::mpsc;

use super::bearer;
use crate::app::App;
use crate::bundle;
use crate::identity::Scope;
use crate::limits;
use crate::problem::Problem;
use crate::store::unavailable;

/// The query of `GET …/export`.
#[derive(Deserialize)]
pub(crate) struct Asked {
    conversation: Option<ConversationId>,
    #[serde(default = "yes")]
    blobs: bool,
}

fn yes() -> bool {
    true
}

/// `GET /v1/workspaces/{workspace}/export?conversation=…&blobs=…`, for admins:
/// a bundle of the workspace, or of one conversation with its contact;
/// `blobs=false` leaves attachments and raw mails out. An answer that breaks
/// off is no bundle, and reads as none.
pub(crate) async fn export(
    State(app): State<Arc<App>>,
    Path(workspace): Path<String>,
    headers: HeaderMap,
    query: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, Problem> {
    let caller = bearer(&app, &headers, &workspace, Scope::Admin).await?;
    if caller.member.role != Role::Admin {
        let text = "Only an admin takes the workspace along.";
        return Err(Refusal::new(Code::Forbidden, text).into());
    }
    let Query(Asked {
        conversation,
        blobs,
    }) = query
        .map_err(|rejection| Refusal::new(Code::Invalid, rejection.body_text()).on("query"))?;
    let scope = bundle::Scope {
        conversation,
        blobs,
    };
    let (pieces, mut ready) = mpsc::channel::<Result<Vec<u8>, Refusal>>(limits::EXPORT_PIECES);
    let (store, id, members) = (
        Arc::clone(&app.store),
        caller.id.clone(),
        caller.workspace.members(),
    );
    tokio::task::spawn_blocking(move || {
        let keep = |piece| pieces.blocking_send(Ok(piece)).map_err(|_| unavailable());
        if let Err(refusal) = bundle::export(store.as_ref(), &id, &members, scope, keep) {
            // Nobody reads any more, which is why it failed; or they are told.
            let _ = pieces.blocking_send(Err(refusal));
        }
    });
    // A refusal that comes first is still an answer of its own.
    let first = ready.recv().await.ok_or_else(unavailable)??;
    let rest = stream::unfold(ready, async |mut ready| Some((ready.recv().await?, ready)));
    let pieces = stream::iter([Ok(first)]).chain(rest);
    let name = format!("attachment; filename=\"{}.threadline\"", caller.id);
    let headers = [
        (header::CONTENT_TYPE, "application/cbor".to_owned()),
        (header::CONTENT_DISPOSITION, name),
    ];
    Ok((headers, Body::from_stream(pieces)).into_response())
}

//! Tickets for whoever cannot send a token in a frame, and taking tokens back.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, StatusCode};
use serde::Serialize;
use threadline_core::error::{Code, Refusal};
use threadline_core::time::Timestamp;

use super::{bearer, json};
use crate::app::App;
use crate::identity::{Revocation, Scope, Target, tickets};
use crate::problem::Problem;
use crate::{clock, limits};

/// The answer to `POST …/tickets`.
#[derive(Serialize)]
pub(crate) struct Issued {
    ticket: String,
    /// Milliseconds since 1970.
    expires: Timestamp,
}

/// `POST /v1/workspaces/{workspace}/tickets`, for every member: a ticket that
/// opens one connection in this member's name, once, within a minute.
pub(crate) async fn ticket(
    State(app): State<Arc<App>>,
    Path(workspace): Path<String>,
    headers: HeaderMap,
) -> Result<(StatusCode, Json<Issued>), Problem> {
    let caller = bearer(&app, &headers, &workspace, Scope::Sync).await?;
    let (ticket, expires) = tickets::issue(&app, caller.claims).await?;
    Ok((StatusCode::CREATED, Json(Issued { ticket, expires })))
}

/// The answer to `POST …/revocations`.
#[derive(Serialize)]
pub(crate) struct Taken {
    /// When it is forgotten, because every such token is over: milliseconds
    /// since 1970.
    until: Timestamp,
}

/// `POST /v1/workspaces/{workspace}/revocations`, for admins: takes back the
/// token `{"jti": …}`, or all tokens that `{"member": …}` has so far. Their
/// sockets are closed, here at once and on every other process within 5 s.
pub(crate) async fn revoke(
    State(app): State<Arc<App>>,
    Path(workspace): Path<String>,
    request: Request,
) -> Result<(StatusCode, Json<Taken>), Problem> {
    let caller = bearer(&app, request.headers(), &workspace, Scope::Admin).await?;
    let target: Target = json(request).await?;
    if let Target::Jti(jti) = &target
        && (jti.is_empty() || jti.len() > limits::TOKEN_ID_BYTES)
    {
        let text = format!("A token's id has 1 to {} bytes.", limits::TOKEN_ID_BYTES);
        return Err(Refusal::new(Code::Invalid, text).on("jti").into());
    }
    let revocation = Revocation::new(target, clock::now(), app.keys.longest_life());
    let until = revocation.until;
    caller.workspace.revoke(caller.claims, revocation).await?;
    Ok((StatusCode::CREATED, Json(Taken { until })))
}

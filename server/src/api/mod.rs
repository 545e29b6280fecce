//! The HTTP routes under `/v1`, and what they share.

pub(crate) mod blobs;
pub(crate) mod commands;
pub(crate) mod export;
pub(crate) mod identity;
pub(crate) mod members;
pub(crate) mod openapi;
pub(crate) mod rows;
pub(crate) mod search;
pub(crate) mod views;

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use serde::de::DeserializeOwned;
use threadline_core::error::{Code, Refusal};
use threadline_core::id::WorkspaceId;
use threadline_core::model::Member;

use crate::app::App;
use crate::identity::{Claims, Scope};
use crate::problem::Problem;
use crate::store::unavailable;
use crate::workspace::{Workspace, blocking};
use crate::{clock, limits};

/// Who asks for what.
pub(crate) struct Caller {
    /// The workspace of the token and of the path.
    pub(crate) id: WorkspaceId,
    /// The same, running.
    pub(crate) workspace: Workspace,
    /// The member, as the directory knows them.
    pub(crate) member: Member,
    /// What the token says.
    pub(crate) claims: Claims,
}

/// Whom the request's bearer token names, where it opens the
/// workspace named in the path and its member is on the team. Every other
/// request gets the same answer; but who is let in hears which scope a token lacks.
pub(crate) async fn bearer(
    app: &Arc<App>,
    headers: &HeaderMap,
    workspace: &str,
    scope: Scope,
) -> Result<Caller, Problem> {
    let token = token_of(headers);
    let claims = app
        .keys
        .verify(token.unwrap_or_default(), clock::now())
        .ok()
        .filter(|claims| claims.workspace.as_str() == workspace)
        .ok_or_else(Problem::unauthorized)?;
    if !app.origins.admits_to(&claims.workspace, headers) {
        return Err(Problem::forbidden());
    }
    let workspace = app.workspace(&claims.workspace).await?;
    let member = workspace
        .admit(&claims)
        .map_err(|_| Problem::unauthorized())?;
    if !claims.grants(scope) {
        return Err(Problem::insufficient_scope(scope));
    }
    Ok(Caller {
        id: claims.workspace.clone(),
        workspace,
        member,
        claims,
    })
}

/// The bearer token of a request (RFC 6750 §2.1).
pub(crate) fn token_of(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?;
    value.to_str().ok()?.strip_prefix("Bearer ")
}

/// The whole body, within the route's limit.
pub(crate) async fn body(request: Request) -> Result<Bytes, Problem> {
    Bytes::from_request(request, &())
        .await
        .map_err(|rejection| match rejection.status() {
            StatusCode::PAYLOAD_TOO_LARGE => Problem::too_large(),
            _ => Problem::incomplete(),
        })
}

/// The body as JSON (RFC 8259) of the expected shape.
async fn json<T: DeserializeOwned>(request: Request<Body>) -> Result<T, Problem> {
    Ok(json_of(&body(request).await?)?)
}

/// The same of bytes that are here. Nested deeper than 128 levels, nothing fits.
fn json_of<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Refusal> {
    serde_json::from_slice(bytes)
        // The reader's words name fields and kinds, never what they hold beyond a word.
        .map_err(|error| Refusal::new(Code::Invalid, format!("The body does not fit: {error}.")))
}

/// Every address under `/v1` that is none.
pub(crate) async fn nothing_here() -> Problem {
    Problem::not_found()
}

/// Every method that an address under `/v1` does not have.
pub(crate) async fn other_method() -> Problem {
    Problem::other_method()
}

/// `GET /healthz`: whether the process answers.
pub(crate) async fn healthz() -> &'static str {
    "ok"
}

/// `GET /readyz`: whether it should be sent work: storage answers, and it is
/// not on its way out.
pub(crate) async fn readyz(State(app): State<Arc<App>>) -> Result<&'static str, Problem> {
    if app.stopping.is_cancelled() {
        return Err(unavailable().into());
    }
    let store = Arc::clone(&app.store);
    // A small read that finds nothing.
    let read = blocking(move || store.stale(i64::MAX, 1));
    let read = tokio::time::timeout(limits::READY, read).await;
    read.map_err(|_| unavailable())??;
    Ok("ready")
}

//! What the HTTP routes under `/v1` share, and those that are a few lines.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use threadline_core::id::WorkspaceId;

use crate::app::App;
use crate::clock;
use crate::problem::Problem;
use crate::store::BlobId;
use crate::token::Claims;
use crate::workspace::blocking;

/// The claims of the request's bearer token (RFC 6750 §2.1), where it opens
/// the workspace named in the path. Every other request gets the same answer.
pub(crate) fn bearer(app: &App, headers: &HeaderMap, workspace: &str) -> Result<Claims, Problem> {
    let token = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok());
    let token = token
        .and_then(|value| value.strip_prefix("Bearer "))
        .unwrap_or_default();
    app.keys
        .verify(token, clock::now())
        .ok()
        .filter(|claims| claims.workspace.as_str() == workspace)
        .ok_or_else(Problem::unauthorized)
}

/// `GET /healthz`: whether the process answers.
pub(crate) async fn healthz() -> &'static str {
    "ok"
}

/// `GET /v1/workspaces/{workspace}/blobs/{sha256}`: an attachment or a raw
/// message, to members. Strangers wrote these bytes: they are handed out for
/// saving, never for showing.
pub(crate) async fn blob(
    State(app): State<Arc<App>>,
    Path((workspace, sha256)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let workspace: WorkspaceId = bearer(&app, &headers, &workspace)?.workspace;
    let mut id: BlobId = [0; 32];
    hex::decode_to_slice(&sha256, &mut id).map_err(|_| Problem::not_found())?;
    let store = Arc::clone(&app.store);
    let bytes = blocking(move || store.blob(&workspace, &id))
        .await?
        .ok_or_else(Problem::not_found)?;
    let mut response = bytes.into_response();
    for (name, value) in [
        (header::CONTENT_TYPE, "application/octet-stream"),
        (header::CONTENT_DISPOSITION, "attachment"),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; sandbox",
        ),
        // A blob's name is its content's hash: it never changes.
        (
            header::CACHE_CONTROL,
            "private, max-age=31536000, immutable",
        ),
    ] {
        response
            .headers_mut()
            .insert(name, HeaderValue::from_static(value));
    }
    Ok(response)
}

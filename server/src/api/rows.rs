//! Rows over HTTP: what has moved since a program last asked.

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use serde::{Deserialize, Serialize};
use threadline_core::error::{Code, Refusal};
use threadline_core::id::DocumentId;
use threadline_core::model::Row;

use super::bearer;
use crate::app::App;
use crate::identity::Scope;
use crate::limits;
use crate::problem::Problem;
use crate::workspace::blocking;

/// The query of `GET …/rows`.
#[derive(Deserialize)]
pub(crate) struct Asked {
    after: Option<String>,
    limit: Option<usize>,
}

/// A document that moved, as it is now.
#[derive(Serialize)]
struct Moved {
    doc: DocumentId,
    /// Its place in the workspace's sequence.
    seq: u64,
    row: Row,
}

/// The answer: each document that moved once, in the order of their last changes.
#[derive(Serialize)]
pub(crate) struct Page {
    rows: Vec<Moved>,
    /// What to ask after next.
    cursor: String,
    /// Whether there is nothing behind this page at the moment.
    complete: bool,
    /// Whether the cursor was of a time before a restore or an erasure: the page
    /// begins anew, and what was read before may not be there any more.
    reset: bool,
}

/// `GET /v1/workspaces/{workspace}/rows?after=…&limit=…`, for every member: the
/// rows that moved after a cursor, from the first one where none is given;
/// `limit` is 100 unless it is given, 1,000 at most.
pub(crate) async fn rows(
    State(app): State<Arc<App>>,
    Path(workspace): Path<String>,
    headers: HeaderMap,
    query: Result<Query<Asked>, QueryRejection>,
) -> Result<Json<Page>, Problem> {
    let caller = bearer(&app, &headers, &workspace, Scope::Read).await?;
    let Query(Asked { after, limit }) = query
        .map_err(|rejection| Refusal::new(Code::Invalid, rejection.body_text()).on("query"))?;
    let limit = limit.unwrap_or(limits::ROWS).clamp(1, limits::ROWS_MOST);
    let epoch = caller.workspace.epoch().to_owned();
    let cursor = after.as_deref().map(parse).transpose()?;
    let after = cursor.filter(|(known, _)| *known == epoch);
    let reset = cursor.is_some() && after.is_none();
    let after = after.map_or(0, |(_, seq)| seq);
    let store = Arc::clone(&app.store);
    let page = blocking(move || store.rows(&caller.id, after, limit)).await?;
    let moved = page.rows.into_iter().map(|entry| Moved {
        doc: entry.doc,
        seq: entry.seq,
        row: entry.row,
    });
    Ok(Json(Page {
        rows: moved.collect(),
        cursor: format!("{epoch}.{}", page.cursor),
        complete: page.complete,
        reset,
    }))
}

/// The epoch and the sequence number of a cursor.
fn parse(cursor: &str) -> Result<(&str, u64), Refusal> {
    // An epoch's name may hold a dot.
    let parts = cursor.rsplit_once('.');
    let parts = parts.and_then(|(epoch, seq)| Some((epoch, seq.parse().ok()?)));
    parts
        .filter(|(_, seq)| i64::try_from(*seq).is_ok())
        .ok_or_else(|| Refusal::new(Code::Invalid, "This is no cursor of an answer.").on("after"))
}

//! Search over everything a workspace holds.

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use serde::{Deserialize, Serialize};
use threadline_core::error::{Code, Refusal};
use threadline_core::model::{SearchHit, TextKind};

use super::bearer;
use crate::app::App;
use crate::identity::Scope;
use crate::limits;
use crate::problem::Problem;
use crate::store::Search;
use crate::workspace::blocking;

/// The query of `GET …/search`.
#[derive(Deserialize)]
pub(crate) struct Asked {
    q: String,
    kind: Option<TextKind>,
    limit: Option<usize>,
}

/// The answer: the newest first.
#[derive(Serialize)]
pub(crate) struct Found {
    hits: Vec<SearchHit>,
}

/// `GET /v1/workspaces/{workspace}/search?q=…&kind=…&limit=…`, for every
/// member: finds what has all the words, upper and lower case and accents
/// alike; the last word may be a beginning. `kind` names the only kind to
/// find, `limit` is 20 unless it is given, 100 at most.
pub(crate) async fn search(
    State(app): State<Arc<App>>,
    Path(workspace): Path<String>,
    headers: HeaderMap,
    query: Result<Query<Asked>, QueryRejection>,
) -> Result<Json<Found>, Problem> {
    let caller = bearer(&app, &headers, &workspace, Scope::Read).await?;
    let Query(Asked { q, kind, limit }) = query
        .map_err(|rejection| Refusal::new(Code::Invalid, rejection.body_text()).on("query"))?;
    if q.encode_utf16().count() > limits::SEARCH_UNITS {
        return Err(Refusal::new(Code::TooLong, "The search is too long.")
            .on("q")
            .into());
    }
    let limit = limit.unwrap_or(limits::SEARCH_HITS);
    let search = Search {
        words: q,
        kind,
        limit: limit.min(limits::SEARCH_HITS_MOST),
    };
    let store = Arc::clone(&app.store);
    let hits = blocking(move || store.search(&caller.id, &search)).await?;
    Ok(Json(Found { hits }))
}

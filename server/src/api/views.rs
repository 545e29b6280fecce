//! Views over HTTP: what a document says, as the widget would show it.

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use threadline_core::document::{Document, place};
use threadline_core::error::{Code, Refusal};
use threadline_core::guard;
use threadline_core::id::{ContactId, ConversationId, DocumentId};
use threadline_core::model::{ConversationHeader, Item};
use threadline_core::sync::hub::{ActorId, StoredDocument};
use threadline_core::time::Timestamp;
use uuid::Uuid;

use super::{Caller, bearer};
use crate::app::App;
use crate::identity::Scope;
use crate::limits;
use crate::problem::Problem;
use crate::store::unavailable;
use crate::workspace::{blocking, server_member};

/// The query of `GET …/conversations/{conversation}`.
#[derive(Deserialize)]
pub(crate) struct Asked {
    before: Option<String>,
    limit: Option<usize>,
}

/// A page of a conversation.
#[derive(Serialize)]
struct Thread<'a> {
    header: &'a ConversationHeader,
    /// Oldest first.
    items: Vec<&'a Item>,
    /// What to ask before next; `None` where the conversation begins here.
    before: Option<String>,
}

/// `GET /v1/workspaces/{workspace}/conversations/{conversation}?before=…&limit=…`,
/// for every member: the header and the newest items, or those before a place
/// that an answer named; 100 unless a limit is given, 500 at most.
pub(crate) async fn conversation(
    State(app): State<Arc<App>>,
    Path((workspace, id)): Path<(String, String)>,
    headers: HeaderMap,
    query: Result<Query<Asked>, QueryRejection>,
) -> Result<Json<Value>, Problem> {
    let caller = bearer(&app, &headers, &workspace, Scope::Read).await?;
    let Query(Asked { before, limit }) = query
        .map_err(|rejection| Refusal::new(Code::Invalid, rejection.body_text()).on("query"))?;
    let limit = limit.unwrap_or(limits::VIEW_ITEMS);
    let limit = limit.clamp(1, limits::VIEW_ITEMS_MOST);
    let before = before.as_deref().map(parse).transpose()?;
    let id: ConversationId = id.parse().map_err(|_| Problem::not_found())?;
    let found = read(&app, caller, id.into(), move |document| {
        let view = document.conversation()?;
        let mut items = view.page(before, limit + 1);
        let more = items.len() > limit;
        if more {
            items.remove(0);
        }
        let first = items.first().filter(|_| more);
        let thread = Thread {
            header: &view.header,
            before: first.map(|item| {
                let (at, id, _) = place(item);
                format!("{}.{id}", at.as_millis())
            }),
            items,
        };
        Some(serde_json::to_value(thread))
    });
    found.await
}

/// `GET /v1/workspaces/{workspace}/contacts/{contact}`, for every member.
pub(crate) async fn contact(
    State(app): State<Arc<App>>,
    Path((workspace, id)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Json<Value>, Problem> {
    let caller = bearer(&app, &headers, &workspace, Scope::Read).await?;
    let id: ContactId = id.parse().map_err(|_| Problem::not_found())?;
    read(&app, caller, id.into(), |document| {
        document.contact().map(serde_json::to_value)
    })
    .await
}

/// `GET /v1/workspaces/{workspace}/workspace`, for every member: the rules and
/// lists; the start values before anybody has set any.
pub(crate) async fn workspace(
    State(app): State<Arc<App>>,
    Path(workspace): Path<String>,
    headers: HeaderMap,
) -> Result<Json<Value>, Problem> {
    let caller = bearer(&app, &headers, &workspace, Scope::Read).await?;
    read(&app, caller, DocumentId::Workspace, |document| {
        document.workspace().map(serde_json::to_value)
    })
    .await
}

/// What a document says, as `view` takes it from it.
async fn read(
    app: &Arc<App>,
    caller: Caller,
    doc: DocumentId,
    view: impl FnOnce(&Document) -> Option<serde_json::Result<Value>> + Send + 'static,
) -> Result<Json<Value>, Problem> {
    let turn = Arc::clone(&app.views).acquire_owned().await;
    let turn = turn.map_err(|_| unavailable())?;
    let store = Arc::clone(&app.store);
    let read = move || {
        // Kept until the document is let go, also where nobody waits any more.
        let _turn = turn;
        let stored = match store.load(&caller.id, doc)? {
            None if doc == DocumentId::Workspace => Some(StoredDocument::default()),
            stored => stored,
        };
        let Some(stored) = stored else {
            return Ok(None);
        };
        let server = server_member()?.id;
        let document = guard::contained(|| stored.document(doc, ActorId::from([0; 16]), &server));
        let document = document
            .and_then(Result::ok)
            .ok_or_else(|| Refusal::new(Code::Quarantined, "The document cannot be read."))?;
        view(&document).transpose().map_err(|error| {
            tracing::error!(%doc, %error, "a view could not be written");
            unavailable()
        })
    };
    blocking(read)
        .await?
        .map(Json)
        .ok_or_else(Problem::not_found)
}

/// A place on the timeline, as an answer names it.
fn parse(place: &str) -> Result<(Timestamp, Uuid), Refusal> {
    let parts = place.split_once('.').and_then(|(at, id)| {
        let at = Timestamp::from_millis(at.parse().ok()?);
        Some((at, Uuid::parse_str(id).ok()?))
    });
    parts.ok_or_else(|| Refusal::new(Code::Invalid, "This is no place of an answer.").on("before"))
}

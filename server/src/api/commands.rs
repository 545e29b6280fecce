//! Commands over HTTP: what a member's program asks the core for.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Request, State};
use axum::http::HeaderMap;
use sha2::{Digest, Sha256};
use threadline_core::command::{Command, Outcome};
use threadline_core::error::{Code, Refusal};
use threadline_core::read::Read;

use super::{Caller, bearer, body, json_of};
use crate::app::App;
use crate::identity::Scope;
use crate::problem::Problem;
use crate::store::{Once, Turn, durable, unavailable};
use crate::workspace::blocking;
use crate::{clock, limits};

/// The header by which a request is known again
/// (draft-ietf-httpapi-idempotency-key-header).
const KEY: &str = "idempotency-key";

/// `POST /v1/workspaces/{workspace}/commands`, for members who write: executes
/// the command in the body in the caller's name, and answers with what it made
/// once that is durable.
///
/// With an `Idempotency-Key` it is done once: for a day the same request gets
/// the same answer, from every process and across crashes, because the answer is
/// kept in the transaction of the change. Another request with the key is
/// refused, and so is the same one while the first is under way (409). What was
/// refused did nothing, and its key is free again.
pub(crate) async fn execute(
    State(app): State<Arc<App>>,
    Path(workspace): Path<String>,
    request: Request,
) -> Result<Json<Outcome>, Problem> {
    let caller = bearer(&app, request.headers(), &workspace, Scope::Write).await?;
    if !caller.member.role.writes() {
        let text = "Viewers change nothing.";
        return Err(Refusal::new(Code::Forbidden, text).into());
    }
    let key = key_of(request.headers())?;
    let bytes = body(request).await?;
    let command = Command::read(json_of(&bytes)?)?;
    // Whoever asked may be gone before it is done; it ends properly all the same.
    let asked = app.tasks.spawn({
        let app = Arc::clone(&app);
        async move {
            match key {
                Some(key) => once(&app, caller, key, &bytes, command).await,
                None => Ok(caller
                    .workspace
                    .execute_as(caller.claims, None, command)
                    .await?),
            }
        }
    });
    let outcome = asked.await.map_err(|error| {
        tracing::error!(%error, "a command panicked");
        Problem::from(unavailable())
    })?;
    Ok(Json(outcome?))
}

/// Executes a command unless a request with this key has done so.
async fn once(
    app: &Arc<App>,
    caller: Caller,
    key: String,
    request: &Bytes,
    command: Command,
) -> Result<Outcome, Problem> {
    let random = clock::random::<8>().map_err(|error| {
        tracing::error!(%error, "no random bytes for a command's ticket");
        unavailable()
    })?;
    // The upper half is for the hub's own commands.
    let ticket = u64::from_le_bytes(random) >> 1;
    let once = Once {
        member: caller.member.id,
        key,
        request: Sha256::digest(request).into(),
        ticket,
        at: clock::now(),
    };
    let (store, id) = (Arc::clone(&app.store), caller.id.clone());
    match blocking(move || store.claim(&id, once)).await? {
        Turn::Yours => {}
        Turn::Done(outcome) => return Ok(outcome),
        Turn::UnderWay => return Err(Problem::under_way()),
        Turn::Other => {
            let text = "This key belongs to another request.";
            return Err(Refusal::new(Code::Invalid, text).on(KEY).into());
        }
    }
    let result = caller
        .workspace
        .execute_as(caller.claims, Some(ticket), command)
        .await;
    // What wrote nothing is noted only now.
    let outcome = result.as_ref().ok().cloned();
    let settled = durable(|done| app.store.settle(&caller.id, ticket, outcome, done)).await;
    if let Err(refusal) = settled {
        tracing::warn!(code = %refusal.code, "what became of a command was not noted");
    }
    Ok(result?)
}

/// The key, where there is one: a string as in structured fields (RFC 9651), or
/// without its quotes.
fn key_of(headers: &HeaderMap) -> Result<Option<String>, Refusal> {
    let Some(value) = headers.get(KEY) else {
        return Ok(None);
    };
    let key = value.to_str().unwrap_or_default().trim_matches('"');
    if key.is_empty() || key.len() > limits::IDEMPOTENCY_KEY_BYTES {
        let text = format!(
            "A key has 1 to {} ASCII characters.",
            limits::IDEMPOTENCY_KEY_BYTES
        );
        return Err(Refusal::new(Code::Invalid, text).on(KEY));
    }
    Ok(Some(key.to_owned()))
}

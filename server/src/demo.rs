//! The sample workspace as `threadline demo` shows it: filled once, with a
//! token for whoever asks. Never part of `serve`.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, header};
use serde::{Deserialize, Serialize};
use threadline_core::error::Refusal;
use threadline_core::id::{MemberId, WorkspaceId};
use threadline_core::model::Member;

use crate::app::App;
use crate::identity::Claims;
use crate::problem::Problem;
use crate::store::{Store, unavailable};
use crate::{clock, limits, seed};

/// The two agents whose links are printed.
const LINKS: usize = 2;

/// The sample workspace and the people in it.
pub(crate) struct Demo {
    workspace: WorkspaceId,
    members: Vec<Member>,
}

/// Fills the workspace where it is empty.
pub(crate) fn prepare(store: &dyn Store) -> Result<Demo, seed::SeedError> {
    let (workspace, members) = seed::fill(store, clock::now())?;
    Ok(Demo { workspace, members })
}

impl Demo {
    /// Whose links are printed.
    pub(crate) fn shown_as(&self) -> Vec<MemberId> {
        self.members
            .iter()
            .take(LINKS)
            .map(|member| member.id.clone())
            .collect()
    }
}

/// The query of `GET /demo/token`.
#[derive(Deserialize)]
pub(crate) struct As {
    /// Whom to be.
    r#as: String,
}

/// What the demo's page starts the widget with.
#[derive(Serialize)]
pub(crate) struct Pass {
    token: String,
    workspace: WorkspaceId,
    endpoint: String,
    member: MemberId,
    name: String,
}

/// `GET /demo/token?as=ana`: stands in for the host's back end, which would
/// know who is signed in.
pub(crate) async fn token(
    State(app): State<Arc<App>>,
    Query(As { r#as: key }): Query<As>,
    headers: HeaderMap,
) -> Result<Json<Pass>, Problem> {
    let demo = app.demo.as_ref().ok_or_else(Problem::not_found)?;
    let member = demo
        .members
        .iter()
        .find(|member| member.id.as_str() == key)
        .ok_or_else(Problem::not_found)?;
    let host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok())
        .ok_or_else(Problem::not_found)?;
    Ok(Json(Pass {
        token: sign(&app, demo, member)?,
        workspace: demo.workspace.clone(),
        endpoint: format!("ws://{host}/sync"),
        member: member.id.clone(),
        name: member.name.clone(),
    }))
}

fn sign(app: &App, demo: &Demo, member: &Member) -> Result<String, Refusal> {
    let jti = clock::random::<16>().map_err(|_| unavailable())?;
    let seconds = u64::try_from(clock::now().as_millis() / 1_000).map_err(|_| unavailable())?;
    let claims = Claims {
        iss: "threadline-demo".to_owned(),
        aud: None,
        sub: member.id.clone(),
        exp: seconds + limits::TOKEN_SECONDS,
        nbf: None,
        iat: Some(seconds),
        jti: hex::encode(jti),
        workspace: demo.workspace.clone(),
        role: member.role,
        name: Some(member.name.clone()),
        teams: Some(member.teams.clone()),
        scope: None,
        signed_with: None,
    };
    app.keys.sign(&claims).map_err(|error| {
        tracing::error!(%error, "a token could not be signed");
        unavailable()
    })
}

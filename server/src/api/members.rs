//! The team: read by everybody on it, edited by admins; each member says for
//! themselves whether they take work.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Request, State};
use axum::http::HeaderMap;
use serde::{Deserialize, Serialize};
use threadline_core::error::Refusal;
use threadline_core::id::MemberId;
use threadline_core::model::{Availability, Member};

use super::{bearer, json};
use crate::app::App;
use crate::directory::{Edit, Profile};
use crate::identity::Scope;
use crate::problem::Problem;

/// The answer to `GET …/members`.
#[derive(Serialize)]
pub(crate) struct Team {
    members: Vec<Member>,
}

/// `GET /v1/workspaces/{workspace}/members`: everyone who is or was on the team.
pub(crate) async fn list(
    State(app): State<Arc<App>>,
    Path(workspace): Path<String>,
    headers: HeaderMap,
) -> Result<Json<Team>, Problem> {
    let caller = bearer(&app, &headers, &workspace, Scope::Read).await?;
    Ok(Json(Team {
        members: caller.workspace.members(),
    }))
}

/// `PUT /v1/workspaces/{workspace}/members/{member}`, for admins: sets name,
/// role, teams, channels and whether they are on the team, or adds a member.
/// From then on these, and no longer the host's tokens, say what they may do.
pub(crate) async fn put(
    State(app): State<Arc<App>>,
    Path((workspace, id)): Path<(String, String)>,
    request: Request,
) -> Result<Json<Member>, Problem> {
    let caller = bearer(&app, request.headers(), &workspace, Scope::Admin).await?;
    let id: MemberId = id
        .parse()
        .map_err(|refusal: Refusal| Problem::from(refusal.on("member")))?;
    let profile: Profile = json(request).await?;
    let edit = Edit::Put { id, profile };
    Ok(Json(caller.workspace.edit(caller.claims, edit).await?))
}

/// The body of `PUT …/me/availability`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Said {
    availability: Availability,
}

/// `PUT /v1/workspaces/{workspace}/me/availability`.
pub(crate) async fn availability(
    State(app): State<Arc<App>>,
    Path(workspace): Path<String>,
    request: Request,
) -> Result<Json<Member>, Problem> {
    let caller = bearer(&app, request.headers(), &workspace, Scope::Write).await?;
    let Said { availability } = json(request).await?;
    let edit = Edit::Availability(availability);
    Ok(Json(caller.workspace.edit(caller.claims, edit).await?))
}

//! Every address of the server on one page.

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderName, Method, header};
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post, put};
use tower_http::compression::CompressionLayer;
use tower_http::cors::{AllowOrigin, CorsLayer};

use crate::api::{blobs, commands, export, identity, members, openapi, rows, search, views};
use crate::app::App;
use crate::{admission, api, assets, demo, limits, mail, repo, sync};

/// The server's routes.
pub(crate) fn router(app: Arc<App>) -> Router {
    let v1 = Router::new()
        .route("/openapi.json", get(openapi::describe))
        .route(
            "/workspaces/{workspace}/commands",
            post(commands::execute).layer(DefaultBodyLimit::max(limits::COMMAND_BYTES)),
        )
        .route("/workspaces/{workspace}/workspace", get(views::workspace))
        .route(
            "/workspaces/{workspace}/contacts/{contact}",
            get(views::contact),
        )
        .route(
            "/workspaces/{workspace}/conversations/{conversation}",
            get(views::conversation),
        )
        .route("/workspaces/{workspace}/rows", get(rows::rows))
        .route("/workspaces/{workspace}/members", get(members::list))
        .route(
            "/workspaces/{workspace}/members/{member}",
            put(members::put),
        )
        .route(
            "/workspaces/{workspace}/me/availability",
            put(members::availability),
        )
        .route("/workspaces/{workspace}/tickets", post(identity::ticket))
        .route(
            "/workspaces/{workspace}/revocations",
            post(identity::revoke),
        )
        .route("/workspaces/{workspace}/export", get(export::export))
        .route("/workspaces/{workspace}/search", get(search::search))
        .route(
            "/workspaces/{workspace}/blobs/{sha256}",
            get(blobs::get).head(blobs::head).put(blobs::put),
        )
        .route(
            "/workspaces/{workspace}/channels/email/inbound",
            post(mail::inbound).layer(DefaultBodyLimit::max(limits::MAIL_BYTES)),
        )
        .fallback(api::nothing_here)
        .method_not_allowed_fallback(api::other_method)
        .layer(from_fn_with_state(Arc::clone(&app), admission::limit))
        .layer(cors(Arc::clone(&app)));
    let router = Router::new()
        .route("/healthz", get(api::healthz))
        .route("/readyz", get(api::readyz))
        .route("/sync", get(sync::connect))
        .route("/automerge-repo", get(repo::connect))
        .route(
            "/threadline/{*path}",
            // The wasm is a third of its size on the wire.
            get(assets::widget).layer(CompressionLayer::new()),
        )
        .nest("/v1", v1);
    let router = match &app.demo {
        Some(_) => router
            .route("/demo/token", get(demo::token))
            .route("/", get(assets::shop_index))
            .route("/{*path}", get(assets::shop)),
        None => router,
    };
    router.with_state(app)
}

/// Lets listed pages do what their members may do.
fn cors(app: Arc<App>) -> CorsLayer {
    let listed = AllowOrigin::predicate(move |origin, _| app.origins.lists(origin));
    CorsLayer::new()
        .allow_origin(listed)
        .allow_methods([Method::GET, Method::HEAD, Method::POST, Method::PUT])
        .allow_headers([
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            HeaderName::from_static("idempotency-key"),
        ])
        .expose_headers([
            header::RETRY_AFTER,
            HeaderName::from_static("ratelimit"),
            HeaderName::from_static("ratelimit-policy"),
        ])
}

//! The files inside the binary: the widget, and the demo's page.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use rust_embed::{Embed, EmbeddedFile};

use crate::app::App;
use crate::origin::Origins;
use crate::problem::Problem;

/// The built widget, for any page to embed.
#[derive(Embed)]
#[folder = "../wasm/dist"]
struct Widget;

/// The shop whose back office embeds the widget.
#[derive(Embed)]
#[folder = "../web-demo"]
#[exclude = "*.md"]
struct Shop;

/// The same policy a careful shop would send; the page repeats it in its head.
const SHOP_POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
    img-src 'self' data: blob:; connect-src 'self' ws: wss:; font-src 'self'; frame-src 'self' blob: data:; \
    base-uri 'none'; form-action 'none'; worker-src 'self'";

/// The page that shows the widget inside an iframe.
const FRAME: &str = "embed.html";

/// `GET /threadline/{file}`.
pub(crate) async fn widget(
    State(app): State<Arc<App>>,
    Path(path): Path<String>,
    headers: HeaderMap,
) -> Response {
    let Some(file) = Widget::get(&path) else {
        return Problem::not_found().into_response();
    };
    let mut response = answer(&path, file, &headers);
    if path == FRAME
        && let Ok(policy) = HeaderValue::from_str(&frame_policy(&app.origins))
    {
        response
            .headers_mut()
            .insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    // Public code that pages of other origins load as a module.
    let sharing = [
        (header::ACCESS_CONTROL_ALLOW_ORIGIN.as_str(), "*"),
        ("cross-origin-resource-policy", "cross-origin"),
    ];
    for (name, value) in sharing {
        response
            .headers_mut()
            .insert(name, HeaderValue::from_static(value));
    }
    response
}

/// What the page for iframes may do: talk to this server, and be shown by the pages that may
/// connect. A page that is not listed can neither read what a member kept there nor draw over it.
fn frame_policy(origins: &Origins) -> String {
    let mut policy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
        img-src 'self' data: blob:; connect-src 'self'; font-src 'self'; base-uri 'none'; \
        form-action 'none'; frame-ancestors 'self'"
        .to_owned();
    for origin in origins.all() {
        policy.push(' ');
        policy.push_str(origin);
    }
    policy
}

/// `GET /` of the demo.
pub(crate) async fn shop_index(headers: HeaderMap) -> Response {
    shop(Path("index.html".to_owned()), headers).await
}

/// `GET /{file}` of the demo.
pub(crate) async fn shop(Path(path): Path<String>, headers: HeaderMap) -> Response {
    let Some(file) = Shop::get(&path) else {
        return Problem::not_found().into_response();
    };
    let mut response = answer(&path, file, &headers);
    response.headers_mut().insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(SHOP_POLICY),
    );
    response
}

/// The file, or 304 where the browser has this very version.
fn answer(path: &str, file: EmbeddedFile, request: &HeaderMap) -> Response {
    let tag = format!("\"{}\"", hex::encode(file.metadata.sha256_hash()));
    let has_it = request
        .get(header::IF_NONE_MATCH)
        .and_then(|tags| tags.to_str().ok())
        .is_some_and(|tags| {
            tags.split(',')
                .any(|known| known.trim().trim_start_matches("W/") == tag)
        });
    let mut response = if has_it {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        Response::new(Body::from(file.data.into_owned()))
    };
    let media_type = media_type(path, file.metadata.mimetype());
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_TYPE, media_type.as_str()),
        (header::ETAG, tag.as_str()),
        // Kept, but asked about every time: a new build shows at once.
        (header::CACHE_CONTROL, "no-cache"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ] {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    }
    response
}

/// The media type, with the charset that all our text has.
fn media_type(path: &str, guessed: &str) -> String {
    match path.rsplit_once('.') {
        Some((_, "js" | "mjs")) => "text/javascript; charset=utf-8".to_owned(),
        _ if guessed.starts_with("text/") => format!("{guessed}; charset=utf-8"),
        _ => guessed.to_owned(),
    }
}

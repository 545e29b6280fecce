//! Blobs: the bytes of attachments and of raw mails, named by their SHA-256.
//! What they are called and what they claim to be, documents say.

use std::sync::Arc;

use axum::body::{Body, BodyDataStream};
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt;
use sha2::{Digest, Sha256};
use threadline_core::error::{Code, Refusal};
use tokio::time::timeout;

use super::bearer;
use crate::app::App;
use crate::identity::Scope;
use crate::limits;
use crate::problem::Problem;
use crate::store::{BlobId, durable, unavailable};
use crate::workspace::blocking;

/// `GET …/blobs/{sha256}`, for members.
pub(crate) async fn get(
    State(app): State<Arc<App>>,
    Path((workspace, sha256)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let workspace = bearer(&app, &headers, &workspace, Scope::Read).await?.id;
    let id = parse(&sha256).ok_or_else(Problem::not_found)?;
    let store = Arc::clone(&app.store);
    let bytes = blocking(move || store.blob(&workspace, &id))
        .await?
        .ok_or_else(Problem::not_found)?;
    let mut response = harmless(&bytes);
    *response.body_mut() = Body::from(bytes);
    Ok(response)
}

/// `HEAD …/blobs/{sha256}`: whether it is there, and its length.
pub(crate) async fn head(
    State(app): State<Arc<App>>,
    Path((workspace, sha256)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let workspace = bearer(&app, &headers, &workspace, Scope::Read).await?.id;
    let id = parse(&sha256).ok_or_else(Problem::not_found)?;
    let store = Arc::clone(&app.store);
    let found = blocking(move || store.blob_head(&workspace, &id))
        .await?
        .ok_or_else(Problem::not_found)?;
    let mut response = harmless(&found.beginning);
    response
        .headers_mut()
        .insert(header::CONTENT_LENGTH, found.bytes.into());
    Ok(response)
}

/// `PUT …/blobs/{sha256}`, for members who write: keeps the body, which must
/// have the hash in the path. Putting it twice changes nothing.
pub(crate) async fn put(
    State(app): State<Arc<App>>,
    Path((workspace, sha256)): Path<(String, String)>,
    request: Request,
) -> Result<StatusCode, Problem> {
    let caller = bearer(&app, request.headers(), &workspace, Scope::Write).await?;
    if !caller.member.role.writes() {
        let text = "Viewers change nothing.";
        return Err(Refusal::new(Code::Forbidden, text).into());
    }
    let id = parse(&sha256).ok_or_else(other_hash)?;
    let announced = request.headers().get(header::CONTENT_LENGTH);
    let announced = announced.and_then(|length| length.to_str().ok()?.parse().ok());
    if announced.is_some_and(|bytes: usize| bytes > limits::BLOB_BYTES) {
        linger(request.into_body().into_data_stream()).await;
        return Err(Problem::too_large());
    }
    // Each upload takes memory while it lasts, so that only so many go on at once.
    let _turn = app.uploads.acquire().await.map_err(|_| unavailable())?;
    let bytes = timeout(limits::UPLOAD, receive(request.into_body(), &id))
        .await
        .map_err(|_| Problem::incomplete())??;
    let (store, quota) = (Arc::clone(&app.store), app.blob_quota);
    durable(|done| store.put_blobs(&caller.id, vec![(id, bytes)], Some(quota), done)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The body, where it is of this hash.
async fn receive(body: Body, id: &BlobId) -> Result<Vec<u8>, Problem> {
    let mut stream = body.into_data_stream();
    let mut hash = Sha256::new();
    let mut bytes = Vec::new();
    while let Some(piece) = stream.next().await {
        let piece = piece.map_err(|_| Problem::incomplete())?;
        if bytes.len() + piece.len() > limits::BLOB_BYTES {
            linger(stream).await;
            return Err(Problem::too_large());
        }
        hash.update(&piece);
        bytes.extend_from_slice(&piece);
    }
    if hash.finalize()[..] == id[..] {
        Ok(bytes)
    } else {
        Err(other_hash())
    }
}

/// Throws away what still comes, for a while: who finds the connection closed
/// while writing never reads the answer (RFC 9112 §9.6).
async fn linger(mut rest: BodyDataStream) {
    let mut bytes = 0;
    let _ = timeout(limits::LINGER, async {
        while let Some(Ok(piece)) = rest.next().await {
            bytes += piece.len();
            if bytes > limits::LINGER_BYTES {
                break;
            }
        }
    })
    .await;
}

fn parse(sha256: &str) -> Option<BlobId> {
    let mut id: BlobId = [0; 32];
    hex::decode_to_slice(sha256, &mut id).ok()?;
    Some(id)
}

fn other_hash() -> Problem {
    let text = "The path must end in the SHA-256 of the body, in hexadecimal.";
    Refusal::new(Code::Invalid, text).on("sha256").into()
}

/// An empty answer for a blob. Strangers wrote these bytes: they are handed
/// out for saving, never for showing as a page; only what begins like an image
/// that no browser runs anything of is said to be one.
fn harmless(beginning: &[u8]) -> Response {
    let media_type = image_type(beginning).unwrap_or("application/octet-stream");
    let mut response = ().into_response();
    for (name, value) in [
        (header::CONTENT_TYPE, media_type),
        (header::CONTENT_DISPOSITION, "attachment"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
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
    response
}

/// The type of an image by its first bytes (WHATWG MIME Sniffing §6.1). SVG is
/// not among them: it may hold scripts.
fn image_type(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some("image/png"),
        [0xff, 0xd8, 0xff, ..] => Some("image/jpeg"),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some("image/gif"),
        [
            b'R',
            b'I',
            b'F',
            b'F',
            _,
            _,
            _,
            _,
            b'W',
            b'E',
            b'B',
            b'P',
            b'V',
            b'P',
            ..,
        ] => Some("image/webp"),
        _ => None,
    }
}

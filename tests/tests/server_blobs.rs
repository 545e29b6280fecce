//! Attachments: kept once, given back as they came, never shown as a page.

#![expect(
    clippy::unwrap_used,
    reason = "what fails here fails the test that asked for it"
)]

use reqwest::{Method, Response};
use serde_json::Value;
use sha2::{Digest, Sha256};
use threadline_core::model::Role;
use threadline_tests::api::Api;
use threadline_tests::server::Server;

fn path(bytes: &[u8]) -> String {
    let hash: String = Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("/blobs/{hash}")
}

async fn ask(api: &Api<'_>, method: Method, path: &str) -> Response {
    api.request(method, path).send().await.unwrap()
}

async fn put(api: &Api<'_>, bytes: &[u8]) -> (u16, Value) {
    let response = api.put_bytes(&path(bytes), bytes.to_vec()).await;
    let status = response.status().as_u16();
    (status, response.json().await.unwrap_or_default())
}

#[tokio::test]
async fn a_blob_survives_and_comes_back_as_it_was() {
    let mut server = Server::start();
    let bytes: Vec<u8> = (0..300_000_u32).flat_map(u32::to_le_bytes).collect();
    let ana = Api::new(&server, "ana", Role::Agent);
    assert_eq!(put(&ana, &bytes).await.0, 204);
    assert_eq!(put(&ana, &bytes).await.0, 204, "twice is once");
    server.kill();
    server.restart();
    let vera = Api::new(&server, "vera", Role::Viewer);
    let head = ask(&vera, Method::HEAD, &path(&bytes)).await;
    assert_eq!(
        head.headers()["content-length"],
        bytes.len().to_string().as_str()
    );
    let got = ask(&vera, Method::GET, &path(&bytes)).await;
    assert_eq!(got.bytes().await.unwrap(), bytes);
}

#[tokio::test]
async fn only_harmless_images_are_said_to_be_what_they_are() {
    let server = Server::start();
    let ana = Api::new(&server, "ana", Role::Agent);
    let unknown = "application/octet-stream";
    for (bytes, media_type) in [
        (&b"\x89PNG\r\n\x1a\nrest"[..], "image/png"),
        (b"\xff\xd8\xff\xe0rest", "image/jpeg"),
        (b"GIF89arest", "image/gif"),
        (b"RIFF\x10\0\0\0WEBPVP8 rest", "image/webp"),
        (
            b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>",
            unknown,
        ),
        (b"<html><script>alert(1)</script>", unknown),
        (b"%PDF-1.7", unknown),
        (b"", unknown),
    ] {
        assert_eq!(put(&ana, bytes).await.0, 204);
        for method in [Method::GET, Method::HEAD] {
            let response = ask(&ana, method, &path(bytes)).await;
            let headers = response.headers();
            assert_eq!(headers["content-type"], media_type);
            assert_eq!(headers["content-disposition"], "attachment");
            assert_eq!(headers["x-content-type-options"], "nosniff");
            assert_eq!(
                headers["content-security-policy"],
                "default-src 'none'; sandbox"
            );
        }
    }
}

#[tokio::test]
async fn what_may_not_be_kept_is_refused_with_a_code() {
    let server = Server::start_with(&["--blob-quota", "1"]);
    let ana = Api::new(&server, "ana", Role::Agent);
    let vera = Api::new(&server, "vera", Role::Viewer);
    let small = b"An invoice.".to_vec();

    let (status, problem) = put(&vera, &small).await;
    assert_eq!((status, problem["code"].as_str()), (403, Some("forbidden")));
    let other = ana
        .put_bytes(&path(b"Something else."), small.clone())
        .await;
    assert_eq!(other.status(), 422);
    let nothing = ask(&ana, Method::GET, &path(&small)).await;
    assert_eq!(nothing.status(), 404, "nothing of it was kept");

    let large = vec![7; (25 << 20) + 1];
    assert_eq!(put(&ana, &large).await.0, 413);
    let half = vec![1; 600 << 10];
    assert_eq!(put(&ana, &half).await.0, 204);
    let (status, problem) = put(&ana, &vec![2; 600 << 10]).await;
    assert_eq!(
        (status, problem["code"].as_str()),
        (507, Some("quota_exceeded"))
    );
    assert_eq!(put(&ana, &half).await.0, 204, "what is there costs nothing");
    assert_eq!(put(&ana, &small).await.0, 204, "there is room for this");
}

#[tokio::test]
async fn a_listed_page_may_upload() {
    let server = Server::start_with(&["--allow-origin", "https://shop.example"]);
    let ana = Api::new(&server, "ana", Role::Agent);
    for (origin, allowed) in [
        ("https://shop.example", true),
        ("https://evil.example", false),
    ] {
        let asked = ana
            .request(Method::OPTIONS, &path(b""))
            .header("origin", origin)
            .header("access-control-request-method", "PUT")
            .header(
                "access-control-request-headers",
                "authorization,content-type",
            );
        let answer = asked.send().await.unwrap();
        let headers = answer.headers();
        let origin_allowed = headers.get("access-control-allow-origin").is_some();
        assert_eq!(origin_allowed, allowed, "{origin}");
        let methods = headers["access-control-allow-methods"].to_str().unwrap();
        assert!(methods.contains("PUT") && methods.contains("HEAD"));
    }
}

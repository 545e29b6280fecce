//! The HTTP API of a server, as one member's program uses it.

use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde_json::Value;
use threadline_core::model::Role;

use crate::server::{Server, WORKSPACE, token};

/// A member's program.
pub struct Api<'a> {
    /// For requests of one's own.
    pub http: reqwest::Client,
    server: &'a Server,
    token: String,
}

impl<'a> Api<'a> {
    /// In the name of a member of the usual workspace.
    pub fn new(server: &'a Server, member: &str, role: Role) -> Self {
        Self {
            http: reqwest::Client::new(),
            server,
            token: token(WORKSPACE, member, role),
        }
    }

    /// A request; `path` begins behind the workspace, with a slash.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let url = self
            .server
            .url(&format!("/v1/workspaces/{WORKSPACE}{path}"));
        self.http.request(method, url).bearer_auth(&self.token)
    }

    /// Asks for JSON.
    pub async fn get(&self, path: &str) -> (StatusCode, Value) {
        json(self.request(Method::GET, path)).await
    }

    /// Puts JSON.
    pub async fn put(&self, path: &str, body: &Value) -> (StatusCode, Value) {
        json(self.request(Method::PUT, path).json(body)).await
    }

    /// Puts bytes.
    pub async fn put_bytes(&self, path: &str, bytes: Vec<u8>) -> Response {
        let request = self.request(Method::PUT, path).body(bytes);
        request.send().await.expect("the server answers")
    }
}

async fn json(request: RequestBuilder) -> (StatusCode, Value) {
    let response = request.send().await.expect("the server answers");
    let status = response.status();
    let body = response.json().await.expect("the answer is JSON");
    (status, body)
}

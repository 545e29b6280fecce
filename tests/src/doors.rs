//! Every HTTP address under a workspace's, each with a request that would do:
//! what tests ask in the name of everybody.

use reqwest::{Client, Method, RequestBuilder};
use serde_json::json;
use sha2::{Digest, Sha256};

/// One door.
#[derive(Clone, Debug)]
pub struct Door {
    /// The route behind the workspace, as the router writes it.
    pub route: &'static str,
    /// The method.
    pub method: Method,
    /// What is asked for behind the workspace; begins with a slash.
    pub path: String,
    /// The body.
    pub body: String,
}

/// A blob that somebody may have put.
pub const KEPT: &str = "bytes that are there";
/// A blob that these doors bring.
pub const BROUGHT: &str = "bytes that come";

/// Every door.
pub fn doors() -> Vec<Door> {
    let door = |route, method, path: &str, body: String| Door {
        route,
        method,
        path: path.to_owned(),
        body,
    };
    let nothing = String::new;
    let profile = json!({ "name": "Dan", "role": "agent" }).to_string();
    let availability = json!({ "availability": "busy" }).to_string();
    let revocation = json!({ "member": "dan" }).to_string();
    let mail = "From: a@b.example\r\nMessage-ID: <1@b.example>\r\n\r\nHi".to_owned();
    let (inbound, blobs) = ("/channels/email/inbound", "/blobs/{sha256}");
    vec![
        door("/members", Method::GET, "/members", nothing()),
        door("/members/{member}", Method::PUT, "/members/dan", profile),
        door(
            "/me/availability",
            Method::PUT,
            "/me/availability",
            availability,
        ),
        door("/search", Method::GET, "/search?q=kim", nothing()),
        door(blobs, Method::GET, &blob(KEPT), nothing()),
        door(blobs, Method::HEAD, &blob(KEPT), nothing()),
        door(blobs, Method::PUT, &blob(BROUGHT), BROUGHT.to_owned()),
        door("/export", Method::GET, "/export", nothing()),
        door(inbound, Method::POST, inbound, mail),
        door("/tickets", Method::POST, "/tickets", nothing()),
        door("/revocations", Method::POST, "/revocations", revocation),
    ]
}

/// The path of a blob with these bytes.
pub fn blob(bytes: &str) -> String {
    format!("/blobs/{}", hex::encode(Sha256::digest(bytes)))
}

impl Door {
    /// The request to a workspace of the server at `origin` (`http://host:port`).
    pub fn ask(&self, origin: &str, workspace: &str, token: Option<&str>) -> RequestBuilder {
        let url = format!("{origin}/v1/workspaces/{workspace}{}", self.path);
        let request = Client::new().request(self.method.clone(), url);
        let request = request.body(self.body.clone());
        match token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }
}

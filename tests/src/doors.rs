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
    /// The scope that a token must have which names any.
    pub scope: &'static str,
}

/// A blob that somebody may have put.
pub const KEPT: &str = "bytes that are there";
/// A blob that these doors bring.
pub const BROUGHT: &str = "bytes that come";

/// Every door.
pub fn doors() -> Vec<Door> {
    let door = |scope, route, method, path: &str, body: String| Door {
        route,
        method,
        path: path.to_owned(),
        body,
        scope,
    };
    let nothing = String::new;
    let view = json!({ "name": "Mine", "list": "inbox", "query": "{}" });
    let command = json!({ "type": "save_view", "view": view }).to_string();
    let profile = json!({ "name": "Dan", "role": "agent" }).to_string();
    let availability = json!({ "availability": "busy" }).to_string();
    let revocation = json!({ "member": "dan" }).to_string();
    let mail = "From: a@b.example\r\nMessage-ID: <1@b.example>\r\n\r\nHi".to_owned();
    let (inbound, blobs) = ("/channels/email/inbound", "/blobs/{sha256}");
    let (conversation, contact) = ("/conversations/{conversation}", "/contacts/{contact}");
    let (dan, me) = ("/members/dan", "/me/availability");
    let (get, put, post) = (Method::GET, Method::PUT, Method::POST);
    let (head, brought) = (Method::HEAD, BROUGHT.to_owned());
    vec![
        door("write", "/commands", post.clone(), "/commands", command),
        door("read", "/workspace", get.clone(), "/workspace", nothing()),
        door("read", contact, get.clone(), "/contacts/none", nothing()),
        door(
            "read",
            conversation,
            get.clone(),
            "/conversations/none",
            nothing(),
        ),
        door("read", "/rows", get.clone(), "/rows", nothing()),
        door("read", "/members", get.clone(), "/members", nothing()),
        door("admin", "/members/{member}", put.clone(), dan, profile),
        door("write", me, put.clone(), me, availability),
        door("read", "/search", get.clone(), "/search?q=kim", nothing()),
        door("read", blobs, get.clone(), &blob(KEPT), nothing()),
        door("read", blobs, head, &blob(KEPT), nothing()),
        door("write", blobs, put, &blob(BROUGHT), brought),
        door("admin", "/export", get, "/export", nothing()),
        door("channels", inbound, post.clone(), inbound, mail),
        door("sync", "/tickets", post.clone(), "/tickets", nothing()),
        door("admin", "/revocations", post, "/revocations", revocation),
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

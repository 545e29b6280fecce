//! The inbound mail endpoint of a server, and a reader of what it made.

use serde::Deserialize;
use threadline_core::document::Document;
use threadline_core::id::{ContactId, ConversationId, InteractionId};
use threadline_core::model::{Interaction, Item, Role};
use threadline_core::sync::hub::ActorId;

use crate::client::Client;
use crate::server::{Server, WORKSPACE, token};

/// A server that takes in mail.
pub struct Mailbox {
    /// For requests of one's own.
    pub http: reqwest::Client,
    server: Server,
}

/// What the endpoint answered.
#[derive(Debug, PartialEq, Deserialize)]
pub struct Answer {
    /// The conversation's contact.
    pub contact: ContactId,
    /// The conversation.
    pub conversation: ConversationId,
    /// The message.
    pub interaction: InteractionId,
    /// Whether it had come before.
    pub duplicate: bool,
}

impl Mailbox {
    /// A server without mail.
    pub fn open() -> Self {
        Self::on(Server::start())
    }

    /// The same with a server of one's own.
    pub fn on(server: Server) -> Self {
        Self {
            http: reqwest::Client::new(),
            server,
        }
    }

    /// The server.
    pub fn server(&self) -> &Server {
        &self.server
    }

    /// The endpoint.
    pub fn url(&self) -> String {
        let path = format!("/v1/workspaces/{WORKSPACE}/channels/email/inbound");
        self.server.url(&path)
    }

    /// Posts a raw mail, which must be taken in.
    pub async fn post(&self, raw: impl Into<Vec<u8>>) -> Answer {
        let raw = raw.into();
        let shown = String::from_utf8_lossy(&raw[..raw.len().min(300)]).into_owned();
        let request = self.http.post(self.url()).body(raw);
        let request = request.header("content-type", "message/rfc822");
        let request = request.bearer_auth(token(WORKSPACE, "relay", Role::Service));
        let response = request.send().await.expect("the server answers");
        assert_eq!(response.status(), 200, "{shown}");
        response
            .json()
            .await
            .expect("the answer names what was made")
    }

    /// The message as the team's programs see it.
    pub async fn read(&self, answer: &Answer) -> Interaction {
        self.message(answer.conversation, answer.interaction).await
    }

    /// Any message.
    pub async fn message(&self, conversation: ConversationId, id: InteractionId) -> Interaction {
        // A session of its own: what was on its way to another is no answer to it.
        let mut reader = Client::agent(&self.server, "ana").await;
        let changes = reader.fetch(conversation.into(), &[]).await;
        let reader = "reader".parse().expect("a member's id");
        let actor = ActorId::from([9; 16]);
        let doc = Document::load(conversation.into(), actor, &reader, changes);
        let doc = doc.expect("the conversation loads");
        let view = doc.conversation().expect("it is a conversation");
        let message = view.newest_first().find_map(|item| match item {
            Item::Interaction(message) if message.id == id => Some(message.clone()),
            _ => None,
        });
        message.expect("the message is in the conversation")
    }

    /// Asks for a blob.
    pub async fn blob(&self, blob: &str, token: &str) -> reqwest::Response {
        let path = format!("/v1/workspaces/{WORKSPACE}/blobs/{blob}");
        let request = self.http.get(self.server.url(&path)).bearer_auth(token);
        request.send().await.expect("the server answers")
    }
}

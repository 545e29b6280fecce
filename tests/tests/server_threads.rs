//! Where mails go, by the workspace's policy and by who is behind an address.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "what fails here fails the test that asked for it"
)]

use automerge::ActorId;
use reqwest::Method;
use serde_json::{Value, json};
use threadline_core::command::{
    Command, ContactCommand, ContactDraft, Context, ConversationCommand, PolicyField,
    WorkspaceCommand,
};
use threadline_core::document::Document;
use threadline_core::id::{ContactId, ConversationId, DocumentId, Ids};
use threadline_core::model::{Channel, Identity, Member, Role, Threading, WorkspaceView};
use threadline_core::time::Timestamp;
use threadline_tests::api::Api;
use threadline_tests::client::Client;
use threadline_tests::server::{Server, WORKSPACE, token};
use uuid::Uuid;

struct Counter(u128);

impl Ids for Counter {
    fn next_id(&mut self) -> Uuid {
        self.0 += 1;
        Uuid::from_u128(self.0)
    }
}

/// An admin's program, and a mail relay beside it.
struct Desk {
    server: Server,
    client: Client,
    admin: Member,
    ids: Counter,
}

impl Desk {
    async fn new(threading: Threading) -> Self {
        let server = Server::start();
        let token = token(WORKSPACE, "cleo", Role::Admin);
        let (client, welcome) = Client::with_token(&server, &token).await;
        let mut desk = Self {
            server,
            client,
            admin: welcome.member,
            ids: Counter(0),
        };
        let set = PolicyField::Threading(threading);
        desk.give(Command::Workspace(WorkspaceCommand::SetPolicy { set }))
            .await;
        desk
    }

    /// Gives a command on the document as the server has it.
    async fn give(&mut self, command: Command) {
        let doc: DocumentId = command.document();
        let have = self.client.fetch(doc, &[]).await;
        let actor = ActorId::from(self.ids.next_id().into_bytes());
        let mut document = Document::load(doc, actor, &self.admin.id, have).unwrap();
        let mut context = Context {
            now: Timestamp::from_millis(1_790_000_000_000),
            member: &self.admin,
            workspace: &WorkspaceView::default(),
            ids: &mut self.ids,
        };
        let done = document.execute(&mut context, &command).unwrap();
        let change = done.change.expect("the command changes something");
        self.client
            .push_and_wait(doc, &[change.raw_bytes().to_vec()])
            .await;
    }

    async fn save(&mut self, id: u128, address: &str) -> ContactId {
        let contact = ContactId(Uuid::from_u128(id));
        let draft = ContactDraft {
            name: "Kim".to_owned(),
            saved: true,
            email: address.to_owned(),
            identities: vec![Identity {
                channel: Channel::Email,
                address: address.to_owned(),
            }],
            ..ContactDraft::default()
        };
        let command = ContactCommand::CreateContact { draft };
        self.give(Command::Contact { contact, command }).await;
        contact
    }

    async fn close(&mut self, answer: &Value) {
        let conversation = conversation(answer);
        let command = ConversationCommand::CloseConversation { topic: None };
        self.give(Command::Conversation {
            conversation,
            command,
        })
        .await;
    }

    /// A mail comes in; `answers` is the mail that it answers.
    async fn mail(&self, from: &str, id: &str, answers: Option<&str>) -> Value {
        let header = answers.map(|id| format!("In-Reply-To: <{id}@mail.example>\r\n"));
        let raw = format!(
            "From: Kim <{from}>\r\nTo: shop@larkspur.example\r\nSubject: Marmalade\r\n\
             Message-ID: <{id}@mail.example>\r\n{}\r\nWhere is it?\r\n",
            header.unwrap_or_default()
        );
        let relay = Api::new(&self.server, "relay", Role::Service);
        let request = relay
            .request(Method::POST, "/channels/email/inbound")
            .body(raw);
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), 200);
        answer.json().await.unwrap()
    }
}

fn conversation(answer: &Value) -> ConversationId {
    answer["conversation"].as_str().unwrap().parse().unwrap()
}

const KIM: &str = "kim@mail.example";

#[tokio::test]
async fn in_a_single_thread_all_mails_of_a_sender_meet_even_after_a_close() {
    let mut desk = Desk::new(Threading::SingleThread).await;
    let first = desk.mail(KIM, "1", None).await;
    desk.close(&first).await;
    let second = desk.mail(KIM, "2", None).await;
    assert_eq!(second["conversation"], first["conversation"]);
    assert_eq!(second["contact"], first["contact"]);
}

#[tokio::test]
async fn a_saved_contacts_mail_after_a_close_begins_the_next_episode() {
    let mut desk = Desk::new(Threading::Episodes).await;
    let contact = desk.save(0xc0, KIM).await;
    let first = desk.mail(KIM, "1", None).await;
    assert_eq!(conversation(&first), ConversationId::of_contact(contact, 0));
    let second = desk.mail(KIM, "2", None).await;
    assert_eq!(
        second["conversation"], first["conversation"],
        "it is open still"
    );
    desk.close(&first).await;
    let third = desk.mail(KIM, "3", Some("1")).await;
    assert_eq!(conversation(&third), ConversationId::of_contact(contact, 1));
    let fourth = desk.mail(KIM, "4", None).await;
    assert_eq!(fourth["conversation"], third["conversation"]);
    let again = desk.mail(KIM, "3", Some("1")).await;
    assert_eq!(
        (&again["duplicate"], &again["conversation"]),
        (&json!(true), &third["conversation"])
    );
}

#[tokio::test]
async fn under_episodes_who_is_not_saved_gets_a_conversation_for_each_mail() {
    let desk = Desk::new(Threading::Episodes).await;
    let first = desk.mail(KIM, "1", None).await;
    let second = desk.mail(KIM, "2", None).await;
    assert_eq!(first["contact"], Value::Null);
    assert_ne!(first["conversation"], second["conversation"]);
    let reply = desk.mail(KIM, "3", Some("1")).await;
    assert_eq!(
        reply["conversation"], first["conversation"],
        "an answer is no new interaction"
    );
    let again = desk.mail(KIM, "2", None).await;
    assert_eq!(again["duplicate"], json!(true));
}

#[tokio::test]
async fn an_alias_gets_the_conversation_of_its_contact() {
    let mut desk = Desk::new(Threading::SingleThread).await;
    let contact = desk.save(0xc0, KIM).await;
    let alias = desk.save(0xc1, "kim@work.example").await;
    let first = desk.mail(KIM, "1", None).await;
    let command = ContactCommand::MergeContact { into: contact };
    desk.give(Command::Contact {
        contact: alias,
        command,
    })
    .await;
    let second = desk.mail("kim@work.example", "2", None).await;
    assert_eq!(second["conversation"], first["conversation"]);
    assert_eq!(second["contact"], contact.to_string());
}

//! Documents in which every path of the schema that can exist does, most of it
//! made by Ana, an agent.

use automerge::{ActorId, Change};
use serde_json::{Value, json};
use threadline_core::command::{Command, Context};
use threadline_core::document::Document;
use threadline_core::id::{ContactId, ConversationId, DocumentId, Ids};
use threadline_core::model::{FieldDefinition, FieldType, Member, Role, WorkspaceView};
use threadline_core::time::Timestamp;
use uuid::Uuid;

/// Everybody who tries everything: the agent who made things, another agent,
/// an admin, a viewer and the service.
pub fn members() -> [Member; 5] {
    let member = |name: &str, role| Member::new(name.parse().expect("an id"), name, role);
    [
        member("ana", Role::Agent),
        member("ben", Role::Agent),
        member("cleo", Role::Admin),
        member("vic", Role::Viewer),
        member("mail", Role::Service),
    ]
}

/// A document with a history.
pub struct Scene {
    /// `conversation`, `contact` or `workspace`.
    pub kind: &'static str,
    /// The document as it is now.
    pub document: Document,
    /// How it came about: who, and the raw change.
    pub history: Vec<(Member, Vec<u8>)>,
    rules: WorkspaceView,
    ids: Counter,
}

struct Counter(u128);

impl Ids for Counter {
    fn next_id(&mut self) -> Uuid {
        self.0 += 1;
        Uuid::from_u128(self.0)
    }
}

impl Scene {
    fn begin(kind: &'static str, doc: DocumentId) -> Self {
        let [ana, ..] = members();
        let document = Document::begin(doc, ActorId::from([1; 16]), &ana.id);
        let mut rules = WorkspaceView::default();
        rules.fields.push(FieldDefinition {
            id: "size".parse().expect("an id"),
            name: "Size".to_owned(),
            field_type: FieldType::Text,
            choices: Vec::new(),
            position: 0,
            archived: false,
        });
        Self {
            kind,
            document: document.expect("a document begins"),
            history: Vec::new(),
            rules,
            ids: Counter(1_000),
        }
    }

    /// A member gives a command, as the API takes it; the id of what was made.
    fn by(&mut self, name: &str, mut command: Value) -> String {
        let doc = self.document.id();
        match doc {
            DocumentId::Conversation(id) => command["conversation"] = json!(id.to_string()),
            DocumentId::Contact(id) => command["contact"] = json!(id.to_string()),
            _ => {}
        }
        let command: Command = serde_json::from_value(command.clone())
            .unwrap_or_else(|error| panic!("{command}: {error}"));
        let number = members().iter().position(|it| it.id.as_str() == name);
        let number = number.expect("a member of the scene");
        let member = members()[number].clone();
        let actor = u8::try_from(number + 1).expect("there are five members");
        self.document
            .set_actor(ActorId::from([actor; 16]), &member.id);
        let mut context = Context {
            now: Timestamp::from_millis(5_000),
            member: &member,
            ids: &mut self.ids,
            workspace: &self.rules,
        };
        let done = self.document.execute(&mut context, &command);
        let done = done.unwrap_or_else(|refusal| panic!("{command:?}: {refusal}"));
        let change: Change = done.change.expect("the command changes something");
        self.history.push((member, change.raw_bytes().to_vec()));
        let made = done.outcome.created;
        made.map(|id| id.to_string()).unwrap_or_default()
    }
}

fn note(text: &str) -> Value {
    json!([
        {"type": "block", "value": {"type": "paragraph", "parents": [], "attrs": {}, "isEmbed": false}},
        {"type": "text", "value": text, "marks": {}},
    ])
}

fn task() -> Value {
    json!({
        "title": "Call back", "description": "About the lamp", "channel": "call",
        "taskType": "follow_up", "priority": "high", "assignee": "member:ana",
        "due": {"at": 900_000, "zone": "UTC"},
    })
}

fn topic(message: &str) -> Value {
    json!({
        "subject": "Lamp", "purpose": "enquiry", "summary": "Wants a lamp.", "status": "closed",
        "start": 1, "end": 4_000, "firstMessage": message, "lastMessage": message,
        "owner": "ana", "origin": "ticket", "reference": "T-1",
    })
}

/// A conversation.
pub fn conversation() -> Scene {
    let contact = ContactId(Uuid::from_u128(7));
    let id = ConversationId::of_contact(contact, 0);
    let mut it = Scene::begin("conversation", id.into());
    let blob = "ab".repeat(32);
    let file = json!([{"blob": blob, "name": "a.jpg", "mediaType": "image/jpeg", "size": 12}]);
    let kim = json!({"name": "Kim", "address": "kim@mail.example"});
    it.by(
        "ana",
        json!({"type": "start_conversation", "contact": contact.to_string(), "ordinal": 0, "subject": "Hello"}),
    );
    let came = Uuid::from_u128(77).to_string();
    it.by(
        "mail",
        json!({"type": "receive_message", "message": {
            "id": came, "channel": "email", "at": 4_000, "from": kim, "to": [kim], "cc": [kim],
            "subject": "Where?", "text": "Where is it?", "html": "<p>Where is it?</p>",
            "visible": 12, "externalId": "1@mail.example", "attachments": file, "raw": blob,
        }}),
    );
    let mut send = || {
        it.by(
            "ana",
            json!({"type": "send_message", "channel": "email", "to": [kim], "subject": "Lamp",
                "text": "On its way.", "inReplyTo": came, "attachments": file}),
        )
    };
    let (sent, withdrawn) = (send(), send());
    for fact in [
        json!({"fact": "sent"}),
        json!({"fact": "delivered"}),
        json!({"fact": "read"}),
        json!({"fact": "failed", "code": "550", "text": "No such mailbox"}),
    ] {
        it.by(
            "mail",
            json!({"type": "record_delivery", "interaction": sent, "fact": fact}),
        );
    }
    let call =
        json!({"outcome": "answered", "duration": 12, "recording": "https://calls.example/1"});
    for command in [
        json!({"type": "withdraw_message", "interaction": withdrawn}),
        json!({"type": "set_message_flag", "interaction": sent, "flag": "important", "on": true}),
        json!({"type": "set_message_flag", "interaction": came, "flag": "spam", "on": true}),
        json!({"type": "delete_message", "interaction": sent}),
        json!({"type": "log_call", "draft": {"direction": "in", "at": null, "number": "+351912345678",
            "call": call, "text": "Asked again"}}),
        json!({"type": "set_owner", "owner": "ana"}),
        json!({"type": "set_team", "team": "support"}),
        json!({"type": "set_conversation_priority", "priority": "high"}),
        json!({"type": "add_tag", "tag": "vip"}),
        json!({"type": "mark_read", "upTo": 4_000}),
        json!({"type": "star_conversation", "starred": true}),
        json!({"type": "snooze_conversation", "until": 90_000}),
        json!({"type": "book_appointment", "draft": {"title": "Demo",
            "when": {"start": 9_000, "end": 10_000, "zone": "UTC"}, "organiser": "ana",
            "attendees": ["email:kim@mail.example"], "place": "Lisbon",
            "link": "https://meet.example/1", "agenda": "The price"}}),
        json!({"type": "create_topic", "draft": topic(&came)}),
    ] {
        it.by("ana", command);
    }
    let first = it.by(
        "ana",
        json!({"type": "add_note", "message": came, "spans": note("One")}),
    );
    let reply = it.by(
        "ana",
        json!({"type": "add_note", "parent": first, "spans": note("Two")}),
    );
    let edit = json!([{"op": "splice", "at": 1, "delete": 0, "insert": "Number "}]);
    it.by(
        "ana",
        json!({"type": "edit_note", "note": reply, "edits": edit}),
    );
    it.by("ana", json!({"type": "delete_note", "note": reply}));
    let planned = it.by("ana", json!({"type": "create_task", "draft": task()}));
    let mut outcome = topic(&came);
    outcome["origin"] = json!("manual");
    it.by(
        "ana",
        json!({"type": "finish_task", "task": planned, "outcome": outcome}),
    );
    it.by("ana", json!({"type": "close_conversation"}));
    it
}

/// A contact.
pub fn contact() -> Scene {
    let mut it = Scene::begin("contact", ContactId(Uuid::from_u128(7)).into());
    let other = Uuid::from_u128(8).to_string();
    it.by(
        "ana",
        json!({"type": "create_contact", "draft": {"name": "Kim", "email": "kim@mail.example",
            "phone": "+351 912 345 678", "company": "Acme", "type": "lead",
            "saved": true, "tags": ["vip"],
            "identities": [{"channel": "email", "address": "kim@mail.example"}]}}),
    );
    it.by(
        "ana",
        json!({"type": "set_custom_field", "set": {"field": "size", "value": "large"}}),
    );
    it.by(
        "ana",
        json!({"type": "set_contact_field", "set": {"field": "status", "value": "archived"}}),
    );
    it.by("ana", json!({"type": "merge_contact", "into": other}));
    let deal = it.by(
        "ana",
        json!({"type": "create_opportunity", "draft": {"title": "Ten lamps",
            "stage": {"pipeline": "sales", "stage": "new"},
            "value": {"amount": 100, "currency": "EUR"}, "expected": "2026-12-24",
            "owner": "ana", "contacts": [other]}}),
    );
    it.by(
        "ana",
        json!({"type": "close_opportunity", "opportunity": deal, "won": false, "reason": "price"}),
    );
    it
}

/// The workspace.
pub fn workspace() -> Scene {
    let mut it = Scene::begin("workspace", DocumentId::Workspace);
    it.by(
        "cleo",
        json!({"type": "set_policy", "set": {"field": "requireTopicToClose", "value": true}}),
    );
    it.by(
        "ana",
        json!({"type": "save_view", "view": {"id": "urgent", "name": "Urgent", "shared": true,
            "list": "inbox", "query": "{}"}}),
    );
    it
}

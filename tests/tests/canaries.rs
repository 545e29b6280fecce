//! Nothing of a workspace leaves it. Two workspaces have a word of their own in
//! everything that they hold, some of it in documents of the same ids; whoever
//! asks by every way for all of both gets the words of their own workspace, which
//! shows that the search finds them, and not one of the other. Searched is every
//! byte that the server sends.

#![expect(
    clippy::unwrap_used,
    reason = "what fails here fails the test that asked for it"
)]

use std::collections::BTreeSet;
use std::io::Read;

use flate2::read::DeflateDecoder;
use jsonwebtoken::{EncodingKey, Header};
use reqwest::Method;
use serde_json::{Value, json};
use threadline_core::id::{ContactId, ConversationId, DocumentId};
use threadline_core::model::Role;
use threadline_core::sync::frame::{ClientFrame, Present, ServerFrame, Whereabouts};
use threadline_tests::client::{Client, Incoming};
use threadline_tests::doors::{Door, blob, doors};
use threadline_tests::pen::Pen;
use threadline_tests::repo::{self, Peer};
use threadline_tests::server::{SECRET, Server, claims, free_address, sign, token};
use threadline_tests::tap::Tap;
use uuid::Uuid;

const WORKSPACES: [&str; 2] = ["larkspur", "foxglove"];
/// Whose conversation has the same id in both.
const KIM: &str = "kim@mail.example";

/// What has a word in it: things in documents, …
const WRITTEN: [&str; 14] = [
    "subject",
    "note",
    "long",
    "live",
    "task",
    "topic",
    "message",
    "tag",
    "appointment",
    "alone",
    "mail",
    "person",
    "deal",
    "team",
];
/// … and things around them.
const AROUND: [&str; 4] = ["member", "presence", "whisper", "file"];

fn canary(workspace: &str, what: &str) -> String {
    format!("canary-{workspace}-{what}")
}

/// Things of a workspace whose word is in some bytes.
fn found(bytes: &[u8], workspace: &str) -> BTreeSet<&'static str> {
    let bytes = readable(bytes);
    let text = String::from_utf8_lossy(&bytes);
    let all = WRITTEN.into_iter().chain(AROUND);
    all.filter(|what| text.contains(&canary(workspace, what)))
        .collect()
}

/// The bytes, and after them what is compressed in them: a larger change is on
/// its way as it is stored.
fn readable(bytes: &[u8]) -> Vec<u8> {
    let mut all = bytes.to_vec();
    for (at, start) in bytes.windows(10).enumerate() {
        // A chunk's magic, four bytes of its hash, the type of a compressed change.
        if start.starts_with(&[0x85, 0x6f, 0x4a, 0x83]) && start[8] == 2 {
            let length = bytes[at + 9..].iter().take_while(|byte| **byte >= 0x80);
            let body = &bytes[at + 9 + length.count() + 1..];
            // What is no such thing after all ends with an error.
            let _ = DeflateDecoder::new(body).read_to_end(&mut all);
        }
    }
    all
}

/// A workspace at work.
struct Team {
    workspace: &'static str,
    docs: Vec<DocumentId>,
    /// A blob's and a raw mail's.
    blobs: [String; 2],
    ben: Client,
    pen: Pen,
}

impl Team {
    /// Fills a workspace; `number` tells its pens from those of the other.
    async fn begin(server: &Server, workspace: &'static str, number: u64) -> Self {
        let word = |what: &str| canary(workspace, what);
        let mut claimed = claims(workspace, "ben", Role::Agent);
        claimed.name = Some(word("member"));
        let bens = sign(&claimed, SECRET);
        let (mut ben, _) = Client::with_token(server, &bens).await;

        let mut pen = Pen::new("ben", KIM, number);
        let kim = json!([{"name": "Kim", "address": KIM}]);
        let mut changes = vec![pen.start(), pen.note(&word("note"))];
        changes.push(pen.note(&format!("{} {}", word("long"), "and so on ".repeat(100))));
        for it in [
            json!({"type": "set_conversation_subject", "subject": word("subject")}),
            json!({"type": "create_task", "draft": {"title": word("task"),
                "taskType": "follow_up", "priority": "high"}}),
            json!({"type": "create_topic", "draft": {"subject": word("topic"),
                "purpose": "enquiry", "summary": word("topic"), "origin": "manual"}}),
            json!({"type": "send_message", "channel": "email", "to": kim, "subject": "",
                "text": word("message")}),
            json!({"type": "add_tag", "tag": word("tag")}),
            json!({"type": "book_appointment", "draft": {"title": word("appointment"),
                "when": {"start": 9_000, "end": 10_000, "zone": "UTC"}}}),
        ] {
            changes.push(give(&mut pen, it));
        }
        ben.push_and_wait(pen.doc(), &changes).await;

        let mut alone = Pen::new("ben", &format!("lea@{workspace}.example"), number + 1);
        let changes = [alone.start(), alone.note(&word("alone"))];
        ben.push_and_wait(alone.doc(), &changes).await;

        let person = DocumentId::Contact(ContactId(Uuid::from_u128(9)));
        let mut contact = Pen::elsewhere("ben", person, Role::Agent, number + 2);
        let changes = [
            json!({"type": "create_contact", "draft": {"name": word("person")}}),
            json!({"type": "create_opportunity", "draft": {"title": word("deal"),
                "stage": {"pipeline": "sales", "stage": "new"},
                "value": {"amount": 100, "currency": "EUR"}}}),
        ]
        .map(|it| give(&mut contact, it));
        ben.push_and_wait(person, &changes).await;

        let cleos = token(workspace, "cleo", Role::Admin);
        let (mut cleo, _) = Client::with_token(server, &cleos).await;
        let settings = DocumentId::Workspace;
        let mut pen_of_cleo = Pen::elsewhere("cleo", settings, Role::Admin, number + 3);
        let team = json!({"type": "put_team", "team": {"name": word("team")}});
        let change = give(&mut pen_of_cleo, team);
        cleo.push_and_wait(settings, &[change]).await;

        let file = word("file");
        let put = door(Method::PUT, blob(&file), file.clone());
        let status = put
            .ask(&server.url(""), workspace, Some(&bens))
            .send()
            .await;
        assert_eq!(status.unwrap().status(), 204);
        let raw = format!(
            "From: {0} <mia@mail.example>\r\nMessage-ID: <{workspace}@mail.example>\r\n\
             Subject: {0}\r\n\r\n{0}\r\n",
            word("mail"),
        );
        let made = bring(&server.url(""), workspace, &raw).await;
        let made: Value = serde_json::from_str(&made).unwrap();
        let id = |what: &str| -> Uuid { made[what].as_str().unwrap().parse().unwrap() };
        Self {
            workspace,
            docs: vec![
                pen.doc(),
                alone.doc(),
                person,
                settings,
                ConversationId(id("conversation")).into(),
                ContactId(id("contact")).into(),
            ],
            blobs: [blob(&file), blob(&raw)],
            ben,
            pen,
        }
    }

    /// Somebody writes and moves about.
    async fn work(&mut self) {
        let doc = self.pen.doc();
        let note = self.pen.note(&canary(self.workspace, "live"));
        self.ben.push_and_wait(doc, &[note]).await;
        let DocumentId::Conversation(conversation) = doc else {
            panic!("it is a conversation");
        };
        self.ben.open(doc, &[]).await;
        let here = Some(Whereabouts {
            anchor: Some(canary(self.workspace, "presence")),
            ..Whereabouts::default()
        });
        let present = Present { conversation, here };
        self.ben.send(&ClientFrame::Presence(present)).await;
        // Answered after what came before it.
        self.ben.fetch(DocumentId::Workspace, &[]).await;
    }
}

/// The change that a command makes, named as the API names it.
fn give(pen: &mut Pen, mut command: Value) -> Vec<u8> {
    match pen.doc() {
        DocumentId::Conversation(id) => command["conversation"] = json!(id.to_string()),
        DocumentId::Contact(id) => command["contact"] = json!(id.to_string()),
        _ => {}
    }
    pen.give(&serde_json::from_value(command).unwrap())
}

fn door(method: Method, path: String, body: String) -> Door {
    Door {
        route: "",
        method,
        path,
        body,
        scope: "",
    }
}

/// A customer's mail comes in by the workspace's channel; what the channel is told.
async fn bring(origin: &str, workspace: &str, raw: &str) -> String {
    let inbound = "/channels/email/inbound".to_owned();
    let relays = token(workspace, "relay", Role::Service);
    let post = door(Method::POST, inbound, raw.to_owned());
    let answer = post.ask(origin, workspace, Some(&relays)).send().await;
    answer.unwrap().text().await.unwrap()
}

/// All that a session hears that opens every document of both workspaces, while
/// both are at work.
async fn by_sync(server: &Server, teams: &mut [Team; 2], token: &str) -> Vec<u8> {
    let tap = Tap::on(server.address());
    let url = format!("ws://{}/sync", tap.address());
    let mut spy = Client::dial_url(&url, None).await.unwrap();
    spy.hello(token).await;
    if !matches!(spy.next().await, Incoming::Frame(ServerFrame::Welcome(_))) {
        while let Incoming::Frame(_) = spy.next().await {}
        return tap.heard();
    }
    for doc in teams.iter().flat_map(|team| &team.docs) {
        spy.open(*doc, &[]).await;
    }
    for team in teams {
        team.work().await;
    }
    // The answer to this comes after all of that, and rows by themselves.
    let last = DocumentId::Contact(ContactId(Uuid::from_u128(404)));
    spy.open(last, &[]).await;
    let (mut rows, mut docs) = (false, false);
    spy.until(|frame| {
        match frame {
            ServerFrame::Rows(page) => rows |= page.complete,
            ServerFrame::Changes(changes) => docs |= changes.doc == last,
            _ => {}
        }
        (rows && docs).then_some(())
    })
    .await;
    tap.heard()
}

/// All that a client of automerge-repo hears that asks for every document of
/// both, while somebody says something in each; `own` is where it may be.
async fn by_repo(server: &Server, teams: &[Team; 2], token: &str, own: Option<&str>) -> Vec<u8> {
    let tap = Tap::on(server.address());
    let mut ticket = format!("{}.{}", WORKSPACES[0], "00".repeat(32));
    for team in teams {
        let issued = repo::ticket(tap.address(), team.workspace, token).await;
        ticket = issued.unwrap_or(ticket);
    }
    let Ok(mut spy) = Peer::join(tap.address(), &ticket, "spy").await else {
        return tap.heard();
    };
    let name = |team: &Team, doc: &DocumentId| repo::name(team.workspace, *doc);
    let names = teams
        .iter()
        .flat_map(|team| team.docs.iter().map(move |doc| name(team, doc)));
    // Two have the same name in both.
    for name in names.collect::<BTreeSet<_>>() {
        spy.ask(&name).await;
    }
    // In the spy's own workspace last: what went wrong has come before that.
    let (here, there): (Vec<_>, Vec<_>) =
        teams.iter().partition(|team| own == Some(team.workspace));
    for team in there.into_iter().chain(here) {
        let mias = sign(&claims(team.workspace, "mia", Role::Agent), SECRET);
        let ticket = repo::ticket(server.address(), team.workspace, &mias).await;
        let mia = Peer::join(server.address(), &ticket.unwrap(), "mia").await;
        let (mut mia, doc) = (mia.unwrap(), name(team, &team.docs[0]));
        assert!(mia.ask(&doc).await);
        mia.whisper(&doc, &canary(team.workspace, "whisper")).await;
        if own == Some(team.workspace) {
            spy.overhear(&canary(team.workspace, "whisper")).await;
        }
    }
    tap.heard()
}

/// All that HTTP answers at every door of both, and of none, to who asks for
/// everything of both.
async fn by_http(server: &Server, teams: &[Team; 2], token: Option<&str>) -> Vec<u8> {
    let tap = Tap::on(server.address());
    let origin = format!("http://{}", tap.address());
    let get = |path: String| door(Method::GET, path, String::new());
    let mut all = doors();
    all.push(get("/search?q=canary&limit=100".to_owned()));
    for team in teams {
        let search = format!("/search?q={}", canary(team.workspace, "note"));
        let conversations = team.docs.iter().filter_map(|doc| match doc {
            DocumentId::Conversation(id) => Some(format!("/export?conversation={id}")),
            _ => None,
        });
        let blobs = team.blobs.iter().cloned();
        all.extend(conversations.chain(blobs).chain([search]).map(get));
    }
    for workspace in WORKSPACES.into_iter().chain(["nowhere"]) {
        for door in &all {
            let answer = door.ask(&origin, workspace, token).send().await.unwrap();
            answer.bytes().await.unwrap();
        }
    }
    for path in [
        "/",
        "/healthz",
        "/readyz",
        "/metrics",
        "/sync",
        "/automerge-repo",
        "/demo/token",
        "/threadline/threadline.js",
        "/threadline/../threadline.db",
        "/v1/workspaces",
    ] {
        let answer = reqwest::get(format!("{origin}{path}")).await.unwrap();
        answer.bytes().await.unwrap();
    }
    tap.heard()
}

/// Somebody with a token, and the workspace that it opens.
type Spy = (String, String, Option<&'static str>);

/// Every role of both workspaces, under the name of somebody who is in both, and
/// those who may not come in at all.
fn spies() -> Vec<Spy> {
    let mut all = Vec::new();
    for workspace in WORKSPACES {
        for role in [Role::Viewer, Role::Agent, Role::Admin, Role::Service] {
            let who = format!("{role:?} of {workspace}");
            all.push((who, token(workspace, "vic", role), Some(workspace)));
        }
    }
    let good = claims(WORKSPACES[0], "ben", Role::Admin);
    let mut over = good.clone();
    over.exp = 1_600_000_000;
    let mut customer = serde_json::to_value(&good).unwrap();
    customer["role"] = json!("customer");
    let key = EncodingKey::from_secret(SECRET.as_bytes());
    let customer = jsonwebtoken::encode(&Header::default(), &customer, &key).unwrap();
    let forged = sign(&good, "another secret of thirty-two bytes or more");
    for (who, token) in [
        ("one without a token", String::new()),
        ("one with something else", "let-me-in".to_owned()),
        ("one whose time is over", sign(&over, SECRET)),
        ("a forger", forged),
        ("a customer", customer),
        ("one who left", token(WORKSPACES[0], "gus", Role::Admin)),
    ] {
        all.push((who.to_owned(), token, None));
    }
    all
}

#[tokio::test]
async fn no_word_of_a_workspace_is_heard_outside_it() {
    let metrics = free_address().to_string();
    let mut server = Server::start_talkative(&["--metrics-listen", &metrics, "--free-documents"]);
    let mut teams = [
        Box::pin(Team::begin(&server, WORKSPACES[0], 10)).await,
        Box::pin(Team::begin(&server, WORKSPACES[1], 20)).await,
    ];
    let left = json!({ "name": "Gus", "role": "agent", "active": false });
    let left = door(Method::PUT, "/members/gus".to_owned(), left.to_string());
    let cleos = token(WORKSPACES[0], "cleo", Role::Admin);
    let left = left.ask(&server.url(""), WORKSPACES[0], Some(&cleos));
    assert_eq!(left.send().await.unwrap().status(), 200);

    let of_sync: BTreeSet<_> = WRITTEN.into_iter().chain(["member", "presence"]).collect();
    let of_repo: BTreeSet<_> = WRITTEN.into_iter().chain(["whisper"]).collect();
    for (who, token, own) in spies() {
        let bearer = Some(token.as_str()).filter(|token| !token.is_empty());
        let sync = by_sync(&server, &mut teams, &token).await;
        let repo = by_repo(&server, &teams, &token, own).await;
        let http = by_http(&server, &teams, bearer).await;
        for workspace in WORKSPACES {
            let heard = [&sync, &repo, &http].map(|bytes| found(bytes, workspace));
            if own == Some(workspace) {
                assert_eq!(heard[0], of_sync, "{who}, by sync");
                assert_eq!(heard[1], of_repo, "{who}, by automerge-repo");
                for what in ["member", "file", "mail", "note", "long", "message", "alone"] {
                    assert!(heard[2].contains(what), "{who}, by HTTP: {what}");
                }
            } else {
                let nothing = [(); 3].map(|()| BTreeSet::new());
                assert_eq!(heard, nothing, "of {workspace}: {who}");
            }
        }
    }

    let metrics = reqwest::get(format!("http://{metrics}/metrics")).await;
    let metrics = metrics.unwrap().text().await.unwrap();
    drop(teams);
    server.stop();
    let said = server.said();
    assert!(metrics.contains("threadline_frames_total") && said.contains("a frame came"));
    for workspace in WORKSPACES {
        for text in [&said, &metrics] {
            assert_eq!(found(text.as_bytes(), workspace), BTreeSet::new());
        }
    }
}

/// Customers have no door of their own: what the channel is told that brings
/// their mail is all that could ever go back to them.
#[tokio::test]
async fn no_answer_to_a_customers_mail_has_a_word_of_the_team() {
    let server = Server::start();
    let [workspace, _] = WORKSPACES;
    let team = Box::pin(Team::begin(&server, workspace, 10)).await;
    let tap = Tap::on(server.address());
    let origin = format!("http://{}", tap.address());
    let reply = |id: &str| {
        format!(
            "From: Kim <{KIM}>\r\nMessage-ID: <{id}@mail.example>\r\n\
             In-Reply-To: <{workspace}@mail.example>\r\nSubject: Re: Hello\r\n\r\nAnd now?\r\n"
        )
    };
    let answer = bring(&origin, workspace, &reply("first")).await;
    let answer: Value = serde_json::from_str(&answer).unwrap();
    let DocumentId::Conversation(noted) = team.docs[0] else {
        panic!("the first is a conversation");
    };
    assert_eq!(answer["conversation"], json!(noted.to_string()));
    let (again, long) = (reply("first"), "x".repeat(100_000));
    for raw in ["", "From: Kim", "\r\n\r\n", &again, &long] {
        bring(&origin, workspace, raw).await;
    }
    assert_eq!(found(&tap.heard(), workspace), BTreeSet::new());
}

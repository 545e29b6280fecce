//! Nothing of a workspace leaves it: words that are nowhere else are written into
//! every kind of thing, and searched in every byte that anybody of another
//! workspace, or nobody at all, can get out of the server.

#![expect(
    clippy::unwrap_used,
    reason = "what fails here fails the test that asked for it"
)]

use reqwest::{Client as Http, StatusCode};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use threadline_core::command::Command;
use threadline_core::id::DocumentId;
use threadline_core::model::Role;
use threadline_core::sync::frame::{ClientFrame, Present, ServerFrame, Whereabouts};
use threadline_tests::api::Api;
use threadline_tests::client::{Client, Incoming};
use threadline_tests::pen::Pen;
use threadline_tests::server::{Server, WORKSPACE, token};

/// Where each word is written.
const CANARIES: [&str; 9] = [
    "canary-subject-5d1a",
    "canary-note-7f3a",
    "canary-task-91cc",
    "canary-topic-0be2",
    "canary-message-44d7",
    "canary-tag-3a90",
    "canary-contact-c8f1",
    "canary-setting-6e25",
    "canary-blob-b07d",
];

/// The canaries that are in some bytes.
fn found(bytes: &[u8]) -> Vec<&'static str> {
    let text = String::from_utf8_lossy(bytes);
    let all = CANARIES.into_iter();
    all.filter(|canary| text.contains(canary)).collect()
}

fn command(doc: DocumentId, mut command: Value) -> Command {
    match doc {
        DocumentId::Conversation(id) => command["conversation"] = json!(id.to_string()),
        DocumentId::Contact(id) => command["contact"] = json!(id.to_string()),
        _ => {}
    }
    serde_json::from_value(command).unwrap()
}

/// Writes every canary into the usual workspace. The documents they are in.
async fn write_all(server: &Server) -> Vec<DocumentId> {
    let [
        subject,
        note,
        task,
        topic,
        message,
        tag,
        contact,
        setting,
        blob,
    ] = CANARIES;
    let mut ana = Client::agent(server, "ana").await;
    let mut pen = Pen::new("ana", "kim@mail.example", 1);
    let doc = pen.doc();
    let mut changes = vec![pen.start(), pen.note(note)];
    for it in [
        json!({"type": "set_conversation_subject", "subject": subject}),
        json!({"type": "create_task", "draft": {"title": task, "description": task,
            "taskType": "follow_up", "priority": "high"}}),
        json!({"type": "create_topic", "draft": {"subject": topic, "purpose": "enquiry",
            "summary": topic, "origin": "manual"}}),
        json!({"type": "send_message", "channel": "email", "subject": "", "text": message,
            "to": [{"name": "Kim", "address": "kim@mail.example"}]}),
        json!({"type": "add_tag", "tag": tag}),
    ] {
        changes.push(pen.give(&command(doc, it)));
    }
    ana.push_and_wait(doc, &changes).await;

    let person = DocumentId::Contact(threadline_core::id::ContactId(uuid::Uuid::from_u128(9)));
    let mut pen = Pen::elsewhere("ana", person, Role::Agent, 2);
    let made = json!({"type": "create_contact", "draft": {"name": contact}});
    let made = pen.give(&command(person, made));
    ana.push_and_wait(person, &[made]).await;

    let admin = token(WORKSPACE, "cleo", Role::Admin);
    let (mut cleo, _) = Client::with_token(server, &admin).await;
    let mut pen = Pen::elsewhere("cleo", DocumentId::Workspace, Role::Admin, 3);
    let team = json!({"type": "put_team", "team": {"name": setting}});
    let set = pen.give(&command(DocumentId::Workspace, team));
    cleo.push_and_wait(DocumentId::Workspace, &[set]).await;

    let api = Api::new(server, "ana", Role::Agent);
    let put = api.put_bytes(&blob_path(), blob.as_bytes().to_vec()).await;
    assert!(put.status().is_success());
    vec![doc, person, DocumentId::Workspace]
}

fn blob_path() -> String {
    let digest = Sha256::digest(CANARIES[8].as_bytes());
    let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("/blobs/{hex}")
}

/// Everything a session gets for its token and for opening documents, while the
/// canaries' own workspace is at work.
async fn overheard(server: &Server, token: &str, docs: &[DocumentId]) -> Vec<u8> {
    let mut heard = Vec::new();
    let mut spy = Client::dial(server, None).await.unwrap();
    spy.hello(token).await;
    match spy.next().await {
        Incoming::Frame(welcome) => heard.extend(welcome.encode()),
        Incoming::Closed(reason) => panic!("the spy was not let in: {reason:?}"),
    }
    for doc in docs {
        spy.open(*doc, &[]).await;
    }
    // Somebody of the workspace writes and moves about meanwhile.
    let mut ben = Client::agent(server, "ben").await;
    let mut pen = Pen::new("ben", "kim@mail.example", 50);
    pen.receive(&ben.fetch(docs[0], &[]).await);
    ben.open(docs[0], &[]).await;
    let note = pen.note(CANARIES[1]);
    ben.push_and_wait(docs[0], &[note]).await;
    let DocumentId::Conversation(conversation) = docs[0] else {
        panic!("the first is a conversation");
    };
    let here = Whereabouts {
        anchor: Some(CANARIES[1].to_owned()),
        ..Whereabouts::default()
    };
    let present = Present {
        conversation,
        here: Some(here),
    };
    ben.send(&ClientFrame::Presence(present)).await;
    // The answer to an open of something else comes after all of that.
    let fence = DocumentId::Contact(threadline_core::id::ContactId(uuid::Uuid::from_u128(404)));
    spy.open(fence, &[]).await;
    loop {
        match spy.next().await {
            Incoming::Frame(frame) => {
                heard.extend(frame.encode());
                let ended = match frame {
                    ServerFrame::Changes(changes) => changes.doc == fence,
                    ServerFrame::Bye(_) => true,
                    _ => false,
                };
                if ended {
                    return heard;
                }
            }
            Incoming::Closed(_) => return heard,
        }
    }
}

/// What the server says to a request: status, headers and body.
async fn asked(http: &Http, url: &str, token: Option<&str>) -> (StatusCode, Vec<u8>) {
    let mut request = http.get(url);
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    let response = request.send().await.unwrap();
    let status = response.status();
    let mut bytes = format!("{:?}", response.headers()).into_bytes();
    bytes.extend(response.bytes().await.unwrap());
    (status, bytes)
}

#[tokio::test]
async fn no_word_of_a_workspace_is_heard_in_another() {
    let server = Server::start();
    let docs = write_all(&server).await;

    // The search finds what is there: a viewer of the workspace hears nearly all.
    let inside = token(WORKSPACE, "vic", Role::Viewer);
    let heard = overheard(&server, &inside, &docs).await;
    assert_eq!(found(&heard), CANARIES[..8], "all but the blob");

    for role in [Role::Viewer, Role::Agent, Role::Admin, Role::Service] {
        // Even under the name of a member of the other workspace.
        for name in ["spy", "ana"] {
            let outside = token("another", name, role);
            let heard = overheard(&server, &outside, &docs).await;
            assert_eq!(found(&heard), [""; 0], "{role:?} {name}");
            assert!(
                !heard.is_empty(),
                "the spy was let into a workspace of its own"
            );
        }
    }
}

#[tokio::test]
async fn no_address_tells_a_word_to_who_may_not_ask() {
    let server = Server::start();
    write_all(&server).await;
    let http = Http::new();
    let paths = [
        "/members".to_owned(),
        "/export".to_owned(),
        format!("/search?q={}", CANARIES[1]),
        format!("/search?q={}", CANARIES[4]),
        blob_path(),
    ];
    // With a token of the workspace they do tell, so this looks in the right place.
    let inside = token(WORKSPACE, "cleo", Role::Admin);
    let url = server.url(&format!("/v1/workspaces/{WORKSPACE}{}", paths[4]));
    let (status, bytes) = asked(&http, &url, Some(&inside)).await;
    assert_eq!((status, found(&bytes)), (StatusCode::OK, vec![CANARIES[8]]));

    let spy = token("another", "spy", Role::Admin);
    for path in &paths {
        for bearer in [None, Some(spy.as_str()), Some("let.me.in")] {
            let at = |workspace: &str| server.url(&format!("/v1/workspaces/{workspace}{path}"));
            let (refused, bytes) = asked(&http, &at(WORKSPACE), bearer).await;
            assert!(!refused.is_success(), "{path}");
            assert_eq!(found(&bytes), [""; 0], "{path}");
            // What is forbidden looks as what is not there.
            let (missing, _) = asked(&http, &at("nowhere"), bearer).await;
            assert_eq!(refused, missing, "{path}");
        }
        let own = server.url(&format!("/v1/workspaces/another{path}"));
        let (_, bytes) = asked(&http, &own, Some(&spy)).await;
        // A search repeats what was searched for; nothing else does.
        if !path.starts_with("/search") {
            assert_eq!(found(&bytes), [""; 0], "{path}");
        }
    }
    for public in [
        "/",
        "/healthz",
        "/readyz",
        "/metrics",
        "/sync",
        "/threadline/threadline.js",
        "/threadline/../threadline.sqlite",
        "/v1",
        "/v1/workspaces",
        "/automerge-repo",
    ] {
        let (_, bytes) = asked(&http, &server.url(public), None).await;
        assert_eq!(found(&bytes), [""; 0], "{public}");
    }
}

/// Who may write over HTTP: by role, with a good token of the workspace.
#[tokio::test]
async fn roles_hold_over_http_too() {
    let server = Server::start();
    let mail = "From: kim@mail.example\r\nSubject: Hello\r\n\r\nWhere is it?\r\n";
    for (role, member, inbound, blob, available) in [
        // role, puts a member, brings mail, puts a blob, says that they are away
        (Role::Admin, true, false, true, true),
        (Role::Agent, false, false, true, true),
        (Role::Viewer, false, false, false, true),
        (Role::Service, false, true, true, true),
    ] {
        let name = format!("{role:?}").to_lowercase();
        let api = Api::new(&server, &name, role);
        let dora = json!({"name": "Dora", "role": "agent"});
        let (status, _) = api.put("/members/dora", &dora).await;
        assert_eq!(
            status.is_success(),
            member,
            "{role:?} puts a member: {status}"
        );

        let request = api.request(reqwest::Method::POST, "/channels/email/inbound");
        let request = request.header("content-type", "message/rfc822").body(mail);
        let status = request.send().await.unwrap().status();
        assert_eq!(
            status.is_success(),
            inbound,
            "{role:?} brings mail: {status}"
        );

        let status = api
            .put_bytes(&blob_path(), CANARIES[8].into())
            .await
            .status();
        assert_eq!(status.is_success(), blob, "{role:?} puts a blob: {status}");

        let away = json!({"availability": "away"});
        let (status, _) = api.put("/me/availability", &away).await;
        assert_eq!(status.is_success(), available, "{role:?} is away: {status}");
    }
}

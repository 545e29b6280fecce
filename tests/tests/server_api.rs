//! The HTTP API for programs: commands that are done once, views, and rows since
//! a cursor; and what comes of requests that nobody should make.

#![expect(
    clippy::unwrap_used,
    reason = "what fails here fails the test that asked for it"
)]

use std::collections::BTreeSet;

use futures_util::future::join_all;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use threadline_core::id::{ContactId, ConversationId};
use threadline_core::model::{Role, Row};
use threadline_core::sync::frame::ServerFrame;
use threadline_tests::api::Api;
use threadline_tests::client::Client;
use threadline_tests::doors::doors;
use threadline_tests::server::{Server, WORKSPACE, token};

/// A word that only its own workspace may ever see.
const CANARY: &str = "quokka";

/// Gives a command, with a key where one is named.
async fn command(api: &Api<'_>, key: Option<&str>, command: &Value) -> (StatusCode, Value) {
    let request = api.request(Method::POST, "/commands").json(command);
    let request = match key {
        Some(key) => request.header("idempotency-key", key),
        None => request,
    };
    let response = request.send().await.unwrap();
    (response.status(), response.json().await.unwrap())
}

/// Gives a command that passes.
async fn done(api: &Api<'_>, order: Value) -> Value {
    let (status, outcome) = command(api, None, &order).await;
    assert_eq!(status, 200, "{outcome}");
    outcome
}

/// Kim, saved, and a conversation with her.
async fn conversation_with_kim(api: &Api<'_>) -> (ContactId, ConversationId) {
    let workspace = WORKSPACE.parse().unwrap();
    let kim = ContactId::of_identity(&workspace, "email", "kim@mail.example");
    let conversation = ConversationId::of_contact(kim, 0);
    let draft = json!({ "name": "Kim Novák", "saved": true });
    done(
        api,
        json!({ "type": "create_contact", "contact": kim, "draft": draft }),
    )
    .await;
    let subject = format!("About the {CANARY}");
    done(
        api,
        json!({
            "type": "start_conversation", "conversation": conversation,
            "contact": kim, "ordinal": 0, "subject": subject,
        }),
    )
    .await;
    (kim, conversation)
}

fn task(conversation: ConversationId, title: &str) -> Value {
    let draft = json!({ "title": title, "taskType": "follow_up", "priority": "high" });
    json!({ "type": "create_task", "conversation": conversation, "draft": draft })
}

/// The titles of the tasks in a conversation.
async fn tasks(api: &Api<'_>, conversation: ConversationId) -> Vec<String> {
    let (status, view) = api.get(&format!("/conversations/{conversation}")).await;
    assert_eq!(status, 200);
    let items = view["items"].as_array().unwrap().iter();
    let tasks = items.filter(|item| item["kind"] == "task");
    tasks
        .map(|task| task["value"]["title"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn a_service_plans_a_task_once_and_an_agents_list_shows_it() {
    let mut server = Server::start();
    let bot = Api::new(&server, "bot", Role::Service);
    let (_, conversation) = conversation_with_kim(&bot).await;
    let order = task(conversation, "Call Kim back");
    let (status, first) = command(&bot, Some("\"order-17\""), &order).await;
    assert_eq!(status, 200, "{first}");
    assert!(first["created"].is_string(), "{first}");
    for key in ["\"order-17\"", "order-17"] {
        assert_eq!(
            command(&bot, Some(key), &order).await,
            (status, first.clone())
        );
    }
    assert_eq!(tasks(&bot, conversation).await, ["Call Kim back"]);

    // Who writes is on the team's list, and an agent's rows have the task.
    let (mut ana, welcome) =
        Client::with_token(&server, &token(WORKSPACE, "ana", Role::Agent)).await;
    assert!(
        welcome
            .members
            .iter()
            .any(|member| member.id.as_str() == "bot")
    );
    let rows = ana.until(|frame| match frame {
        ServerFrame::Rows(rows) => Some(rows.rows),
        _ => None,
    });
    let planned = |row: &Row| match row {
        Row::Conversation(row) => row.tasks.iter().map(|task| task.title.clone()).collect(),
        _ => Vec::new(),
    };
    let planned: Vec<String> = rows.await.iter().flat_map(|it| planned(&it.row)).collect();
    assert_eq!(planned, ["Call Kim back"]);

    // The answer outlives the process.
    server.kill();
    server.restart();
    let bot = Api::new(&server, "bot", Role::Service);
    assert_eq!(
        command(&bot, Some("order-17"), &order).await,
        (status, first)
    );
    assert_eq!(tasks(&bot, conversation).await, ["Call Kim back"]);

    // The key is this request's for a day; another member's is another one.
    let (status, problem) = command(&bot, Some("order-17"), &task(conversation, "Other")).await;
    assert_eq!(
        (status.as_u16(), &problem["code"]),
        (422, &json!("invalid"))
    );
    let ana = Api::new(&server, "ana", Role::Agent);
    assert_eq!(command(&ana, Some("order-17"), &order).await.0, 200);
    assert_eq!(tasks(&bot, conversation).await.len(), 2);
}

#[tokio::test]
async fn the_same_request_many_times_at_once_is_done_once() {
    let server = Server::start();
    let bot = Api::new(&server, "bot", Role::Service);
    let (_, conversation) = conversation_with_kim(&bot).await;
    let order = task(conversation, "Call Kim back");
    let all = (0..20).map(|_| command(&bot, Some("now"), &order));
    let answers = join_all(all).await;
    let done = answers.iter().filter(|(status, _)| *status == 200);
    let done: Vec<&Value> = done.map(|(_, outcome)| outcome).collect();
    assert!(!done.is_empty());
    assert!(done.iter().all(|outcome| *outcome == done[0]), "{done:?}");
    let others = answers.iter().filter(|(status, _)| *status != 200);
    for (status, problem) in others {
        assert_eq!(*status, 409, "{problem}");
    }
    assert_eq!(tasks(&bot, conversation).await, ["Call Kim back"]);
}

#[tokio::test]
async fn what_is_refused_does_nothing_and_leaves_its_key_free() {
    let server = Server::start();
    let bot = Api::new(&server, "bot", Role::Service);
    let (_, conversation) = conversation_with_kim(&bot).await;
    let (status, problem) = command(&bot, Some("1"), &task(conversation, " ")).await;
    assert_eq!((status.as_u16(), &problem["field"]), (422, &json!("title")));
    let (status, _) = command(&bot, Some("1"), &task(conversation, "Call")).await;
    assert_eq!(status, 200);
    assert_eq!(tasks(&bot, conversation).await, ["Call"]);
}

#[tokio::test]
async fn a_program_follows_what_moves_page_by_page() {
    let server = Server::start();
    let bot = Api::new(&server, "bot", Role::Service);
    let (kim, conversation) = conversation_with_kim(&bot).await;
    let mut seen = Vec::new();
    let mut path = "/rows?limit=1".to_owned();
    let cursor = loop {
        let (status, page) = bot.get(&path).await;
        assert_eq!((status.as_u16(), &page["reset"]), (200, &json!(false)));
        let rows = page["rows"].as_array().unwrap().iter();
        seen.extend(rows.map(|row| row["doc"].as_str().unwrap().to_owned()));
        let cursor = page["cursor"].as_str().unwrap().to_owned();
        if page["complete"] == true {
            break cursor;
        }
        path = format!("/rows?limit=1&after={cursor}");
    };
    let docs = [
        format!("contact:{kim}"),
        format!("conversation:{conversation}"),
    ];
    assert_eq!(seen, docs);
    let (_, page) = bot.get(&format!("/rows?after={cursor}")).await;
    assert_eq!(page["rows"], json!([]));
    done(&bot, task(conversation, "Call")).await;
    let (_, page) = bot.get(&format!("/rows?after={cursor}")).await;
    assert_eq!(page["rows"][0]["doc"], docs[1].as_str());
    assert_eq!(page["rows"][0]["row"]["value"]["tasks"][0]["title"], "Call");

    // A cursor of another epoch: everything comes again, and the program hears why.
    let (_, page) = bot.get("/rows?after=before-the-restore.2").await;
    assert_eq!(page["reset"], true);
    assert_eq!(page["rows"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_conversation_is_read_from_its_end() {
    let server = Server::start();
    let bot = Api::new(&server, "bot", Role::Service);
    let (kim, conversation) = conversation_with_kim(&bot).await;
    for n in 0..3 {
        done(&bot, task(conversation, &format!("Task {n}"))).await;
    }
    let (_, whole) = bot.get(&format!("/conversations/{conversation}")).await;
    assert_eq!(whole["before"], Value::Null);
    let whole = whole["items"].as_array().unwrap().clone();
    assert_eq!(whole.len(), 7, "three tasks, and what was done");
    let mut read: Vec<Value> = Vec::new();
    let mut path = format!("/conversations/{conversation}?limit=3");
    loop {
        let (_, page) = bot.get(&path).await;
        let items = page["items"].as_array().unwrap().clone();
        read.splice(0..0, items);
        let Some(before) = page["before"].as_str() else {
            break;
        };
        path = format!("/conversations/{conversation}?limit=3&before={before}");
    }
    assert_eq!(read, whole);
    let (status, contact) = bot.get(&format!("/contacts/{kim}")).await;
    assert_eq!(
        (status.as_u16(), &contact["name"]),
        (200, &json!("Kim Novák"))
    );
    let (status, workspace) = bot.get("/workspace").await;
    assert_eq!(status, 200);
    assert!(workspace["taskTypes"].is_array(), "{workspace}");
}

#[tokio::test]
async fn nobody_gets_beyond_their_workspace_and_their_role() {
    let server = Server::start();
    let bot = Api::new(&server, "bot", Role::Service);
    let (kim, conversation) = conversation_with_kim(&bot).await;
    let order = task(conversation, "Call");

    let vera = Api::new(&server, "vera", Role::Viewer);
    let (status, problem) = command(&vera, None, &order).await;
    assert_eq!(
        (status.as_u16(), &problem["code"]),
        (403, &json!("forbidden"))
    );
    let policy = json!({ "field": "requireTopicToClose", "value": true });
    let policy = json!({ "type": "set_policy", "set": policy });
    let (status, problem) = command(&bot, None, &policy).await;
    assert_eq!(
        (status.as_u16(), &problem["code"]),
        (403, &json!("forbidden"))
    );
    assert_eq!(tasks(&vera, conversation).await.len(), 0);

    // A stranger reads of their own workspace what nobody has written there.
    let stranger = token("another", "mallory", Role::Admin);
    let paths = [
        format!("conversations/{conversation}"),
        format!("contacts/{kim}"),
        "workspace".to_owned(),
        "rows".to_owned(),
        format!("search?q={CANARY}"),
    ];
    for path in paths {
        for (workspace, admitted) in [(WORKSPACE, false), ("another", true)] {
            let url = server.url(&format!("/v1/workspaces/{workspace}/{path}"));
            let response = vera
                .http
                .get(url)
                .bearer_auth(&stranger)
                .send()
                .await
                .unwrap();
            assert_eq!(response.status() != 401, admitted, "{path} of {workspace}");
            let body = response.text().await.unwrap();
            assert!(
                !body.contains(CANARY) && !body.contains("Kim"),
                "{path}: {body}"
            );
        }
    }
    // A foreign conversation, one that is not there, and no name of one.
    let mut answers = Vec::new();
    for id in [conversation.to_string(), kim.to_string(), "none".to_owned()] {
        let url = server.url(&format!("/v1/workspaces/another/conversations/{id}"));
        let response = vera
            .http
            .get(url)
            .bearer_auth(&stranger)
            .send()
            .await
            .unwrap();
        answers.push((response.status().as_u16(), response.text().await.unwrap()));
    }
    assert_eq!(answers[0].0, 404);
    assert!(
        answers.iter().all(|answer| *answer == answers[0]),
        "{answers:?}"
    );
}

#[tokio::test]
async fn the_document_describes_every_door_and_nothing_else() {
    let server = Server::start();
    let response = reqwest::get(server.url("/v1/openapi.json")).await.unwrap();
    let document: Value = response.json().await.unwrap();
    assert_eq!(document["openapi"], "3.1.0");
    let mut described = BTreeSet::new();
    for (path, operations) in document["paths"].as_object().unwrap() {
        let Some(route) = path.strip_prefix("/workspaces/{workspace}") else {
            assert_eq!(path, "/openapi.json");
            continue;
        };
        let operations = operations.as_object().unwrap().iter();
        for (method, operation) in operations.filter(|(method, _)| *method != "parameters") {
            let scope = &operation["security"][0]["token"][0];
            described.insert(format!("{} {route} {scope}", method.to_uppercase()));
        }
    }
    let doors = doors().into_iter();
    let doors = doors.map(|door| format!("{} {} \"{}\"", door.method, door.route, door.scope));
    assert_eq!(described, doors.collect());
}

#[tokio::test]
async fn whatever_is_sent_is_answered_with_a_problem() {
    let server = Server::start();
    let bot = Api::new(&server, "bot", Role::Service);
    let (_, conversation) = conversation_with_kim(&bot).await;
    let deep = "[".repeat(100_000);
    let large =
        json!({ "type": "add_tag", "conversation": conversation, "tag": "x".repeat(600_000) });
    let brought = json!({
        "type": "receive_message", "conversation": conversation, "message": { "html": "<script>" },
    });
    for (body, status) in [
        ("", 422),
        ("null", 422),
        ("7", 422),
        ("[]", 422),
        ("{\"type\":7}", 422),
        ("{\"type\":\"create_task\",\"conversation\":\"none\"}", 422),
        ("{\"conversation\":1e999}", 422),
        ("{\"type\":\"\\ud800\"}", 422),
        (&deep, 422),
        (&large.to_string(), 413),
        // What only channels and the server say.
        (&brought.to_string(), 422),
    ] {
        let request = bot.request(Method::POST, "/commands").body(body.to_owned());
        let response = request.send().await.unwrap();
        let shown: String = body.chars().take(60).collect();
        assert_eq!(response.status(), status, "{shown}");
        assert_eq!(
            response.headers()["content-type"],
            "application/problem+json"
        );
        let problem: Value = response.json().await.unwrap();
        assert_eq!(problem["status"], status, "{shown}");
    }
    for key in ["", "\"\"", &"k".repeat(256), "k\u{e9}y"] {
        let (status, problem) = command(&bot, Some(key), &task(conversation, "Call")).await;
        assert_eq!(
            (status.as_u16(), &problem["field"]),
            (422, &json!("idempotency-key"))
        );
    }
    for (method, path, status) in [
        (Method::GET, "/rows?after=1", 422),
        (Method::GET, "/rows?after=a.-1", 422),
        (Method::GET, "/rows?after=a.18446744073709551615", 422),
        (Method::GET, "/rows?limit=-1", 422),
        (Method::GET, "/contacts/none", 404),
        (Method::GET, "/nothing", 404),
        (Method::DELETE, "/rows", 405),
    ] {
        let response = bot.request(method, path).send().await.unwrap();
        assert_eq!(response.status(), status, "{path}");
        let problem: Value = response.json().await.unwrap();
        assert_eq!(problem["status"], status, "{path}");
    }
    let before = format!("/conversations/{conversation}?before=soon");
    assert_eq!(bot.get(&before).await.0, 422);
    assert_eq!(tasks(&bot, conversation).await.len(), 0);
}

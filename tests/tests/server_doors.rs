//! What HTTP answers to whom. What is not there and what may not be seen look the
//! same, on every route: nobody can find out by asking who else is a customer here.

#![expect(
    clippy::unwrap_used,
    reason = "what fails here fails the test that asked for it"
)]

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;
use threadline_core::model::Role;
use threadline_core::sync::frame::ServerFrame;
use threadline_tests::api::Api;
use threadline_tests::client::{Client, Incoming};
use threadline_tests::doors::{BROUGHT, Door, KEPT, blob, doors};
use threadline_tests::pen::Pen;
use threadline_tests::server::{SECRET, Server, WORKSPACE, claims, sign, token};

/// An answer: everything of it that a stranger can compare.
#[derive(Debug, PartialEq)]
struct Answer {
    status: u16,
    headers: BTreeMap<String, String>,
    body: String,
}

async fn ask(server: &Server, door: &Door, workspace: &str, token: Option<&str>) -> Answer {
    let request = door.ask(&server.url(""), workspace, token);
    let answer = request.send().await.unwrap();
    // The time of day, and how much this very token has asked already, are no
    // secrets of the workspace.
    let own = ["date", "ratelimit", "ratelimit-policy"];
    let headers = answer.headers().iter();
    let headers = headers
        .filter(|(name, _)| !own.contains(&name.as_str()))
        .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()));
    Answer {
        status: answer.status().as_u16(),
        headers: headers.collect(),
        body: answer.text().await.unwrap(),
    }
}

#[test]
fn every_route_is_among_the_doors() {
    let router = include_str!("../../server/src/router.rs").split('"');
    let routes = router.filter_map(|text| text.strip_prefix("/workspaces/{workspace}"));
    let doors = doors().into_iter().map(|door| door.route);
    assert_eq!(routes.collect::<BTreeSet<_>>(), doors.collect());
}

/// What could have changed by a request: the team, the documents, a blob that
/// nobody has put, and whether Dan's token is still good.
async fn state(server: &Server) -> Vec<Answer> {
    let admin = token(WORKSPACE, "cleo", Role::Admin);
    let dans = token(WORKSPACE, "dan", Role::Agent);
    let mut door = doors().remove(0);
    let mut state = vec![ask(server, &door, WORKSPACE, Some(&dans)).await];
    for path in ["/members", "/export", &blob(BROUGHT)] {
        door.path = path.to_owned();
        state.push(ask(server, &door, WORKSPACE, Some(&admin)).await);
    }
    state
}

#[tokio::test]
async fn each_door_answers_each_role_as_documented() {
    // As the README of the server says: for every member, for members who write,
    // for admins, or with a token of the role `service`. Who may the least asks first.
    let roles = [Role::Viewer, Role::Agent, Role::Service, Role::Admin];
    let table = [
        ("POST /commands", [403, 200, 200, 200]),
        ("GET /workspace", [200, 200, 200, 200]),
        ("GET /contacts/{contact}", [404, 404, 404, 404]),
        ("GET /conversations/{conversation}", [404, 404, 404, 404]),
        ("GET /rows", [200, 200, 200, 200]),
        ("GET /members", [200, 200, 200, 200]),
        ("PUT /members/{member}", [403, 403, 403, 200]),
        ("PUT /me/availability", [200, 200, 200, 200]),
        ("GET /search", [200, 200, 200, 200]),
        ("GET /blobs/{sha256}", [200, 200, 200, 200]),
        ("HEAD /blobs/{sha256}", [200, 200, 200, 200]),
        ("PUT /blobs/{sha256}", [403, 204, 204, 204]),
        ("GET /export", [403, 403, 403, 200]),
        ("POST /channels/email/inbound", [401, 401, 200, 401]),
        ("POST /tickets", [201, 201, 201, 201]),
        ("POST /revocations", [403, 403, 403, 201]),
    ];
    let server = Server::start();
    let api = Api::new(&server, "cleo", Role::Admin);
    let kept = api.put_bytes(&blob(KEPT), KEPT.into()).await;
    assert_eq!(kept.status(), 204);
    assert_eq!(table.len(), doors().len());
    for (door, (name, row)) in doors().iter().zip(table) {
        assert_eq!(format!("{} {}", door.method, door.route), name);
        for (role, documented) in roles.into_iter().zip(row) {
            let before = state(&server).await;
            let token = token(WORKSPACE, &format!("{role:?}"), role);
            let answer = ask(&server, door, WORKSPACE, Some(&token)).await;
            assert_eq!(answer.status, documented, "{door:?} for {role:?}");
            if answer.status >= 400 {
                assert_eq!(state(&server).await, before, "{door:?} for {role:?}");
            }
        }
    }
}

#[tokio::test]
async fn a_token_opens_the_doors_of_its_scopes_and_no_other() {
    let server = Server::start();
    let scopes = ["read", "write", "channels", "admin", "sync", ""];
    for door in doors() {
        // The mail's door is for services alone, some others are for admins.
        let role = match door.scope {
            "channels" => Role::Service,
            _ => Role::Admin,
        };
        let scoped = |scope: &str| {
            let mut claims = claims(WORKSPACE, "program", role);
            claims.scope = Some(scope.to_owned());
            sign(&claims, SECRET)
        };
        for scope in scopes {
            let answer = ask(&server, &door, WORKSPACE, Some(&scoped(scope))).await;
            let problem = serde_json::from_str(&answer.body).unwrap_or(json!(null));
            let lacks = answer.status == 403 && problem["field"] == "scope";
            // There is no body to a HEAD.
            let lacks = lacks || (answer.status == 403 && answer.body.is_empty());
            assert_eq!(lacks, scope != door.scope, "{door:?} with {scope:?}");
        }
        // One of several, beside words that mean nothing here.
        let several = format!("openid {} readwrite", door.scope);
        let answer = ask(&server, &door, WORKSPACE, Some(&scoped(&several))).await;
        assert_ne!(answer.status, 403, "{door:?}");
    }
}

#[tokio::test]
async fn a_connection_takes_a_token_that_is_good_for_syncing() {
    let server = Server::start();
    for (scope, admitted) in [("read write admin channels", false), ("sync", true)] {
        let mut claims = claims(WORKSPACE, "program", Role::Agent);
        claims.scope = Some(scope.to_owned());
        let mut client = Client::dial(&server, None).await.unwrap();
        client.hello(&sign(&claims, SECRET)).await;
        let welcome = match client.next().await {
            Incoming::Frame(ServerFrame::Welcome(_)) => true,
            Incoming::Frame(ServerFrame::Bye(_)) => false,
            other => panic!("neither welcome nor bye: {other:?}"),
        };
        assert_eq!(welcome, admitted, "{scope}");
    }
}

#[tokio::test]
async fn missing_and_forbidden_workspaces_answer_alike_on_every_route() {
    let server = Server::start();
    let _here = Client::agent(&server, "ana").await;
    let admin = Api::new(&server, "cleo", Role::Admin);
    let gone = json!({ "name": "Gus", "role": "agent", "active": false });
    assert_eq!(admin.put("/members/gus", &gone).await.0.as_u16(), 200);

    let stranger = token("another", "mallory", Role::Admin);
    let left = token(WORKSPACE, "gus", Role::Admin);
    let mut over = claims(WORKSPACE, "ana", Role::Admin);
    over.exp = 1_600_000_000;
    let over = sign(&over, SECRET);
    for door in doors() {
        let expect = ask(&server, &door, "nowhere", None).await;
        assert_eq!(expect.status, 401, "{door:?}");
        for (whose, workspace, token) in [
            ("nobody's", WORKSPACE, None),
            ("a stranger's", WORKSPACE, Some(stranger.as_str())),
            ("a stranger's", "nowhere", Some(stranger.as_str())),
            ("a stranger's", "no%20id", Some(stranger.as_str())),
            ("one that is none", WORKSPACE, Some("let me in")),
            ("one that is over", WORKSPACE, Some(over.as_str())),
            ("that of who left", WORKSPACE, Some(left.as_str())),
        ] {
            let answer = ask(&server, &door, workspace, token).await;
            assert_eq!(answer, expect, "{door:?} of {workspace}, token: {whose}");
        }
    }
}

#[tokio::test]
async fn missing_and_foreign_things_answer_alike() {
    let server = Server::start();
    let mut ana = Client::agent(&server, "ana").await;
    let mut pen = Pen::new("ana", "kim@mail.example", 1);
    let first = pen.start();
    ana.push_and_wait(pen.doc(), &[first]).await;
    let api = Api::new(&server, "ana", Role::Agent);
    let kept = api.put_bytes(&blob(KEPT), KEPT.into()).await;
    assert_eq!(kept.status(), 204);

    // A blob that another workspace has, one that nobody has, and no name of one.
    let stranger = token("another", "mallory", Role::Admin);
    let blobs = |door: &Door| door.path == blob(KEPT);
    for mut door in doors().into_iter().filter(blobs) {
        let kept = std::mem::replace(&mut door.path, blob("nothing of the kind"));
        let expect = ask(&server, &door, "another", Some(&stranger)).await;
        assert_eq!(expect.status, 404);
        for path in [kept.as_str(), "/blobs/none"] {
            door.path = path.to_owned();
            let answer = ask(&server, &door, "another", Some(&stranger)).await;
            assert_eq!(answer, expect, "{door:?}");
        }
    }

    // A document that another workspace has, and one that nobody has.
    let (mut mallory, _) = Client::with_token(&server, &stranger).await;
    let mut answers = Vec::new();
    for doc in [pen.doc(), Pen::new("ana", "nobody@mail.example", 2).doc()] {
        mallory.open(doc, &[]).await;
        let answer = mallory.until(|frame| match frame {
            ServerFrame::Changes(changes) if changes.doc == doc => Some((
                changes.changes.len(),
                changes.heads.len(),
                changes.seq,
                changes.complete,
            )),
            _ => None,
        });
        answers.push(answer.await);
    }
    assert_eq!(answers[0], answers[1]);
}

#[tokio::test]
async fn a_workspace_with_its_own_pages_admits_no_other() {
    let (shop, other) = ("https://shop.example", "https://other.example");
    let narrowed = format!("{WORKSPACE}={shop}");
    let server = Server::start_with(&[
        "--allow-origin",
        shop,
        "--allow-origin",
        other,
        "--workspace-origin",
        &narrowed,
    ]);
    for (workspace, origin, admitted) in [
        (WORKSPACE, shop, true),
        (WORKSPACE, other, false),
        ("another", other, true),
    ] {
        let token = token(workspace, "ana", Role::Agent);
        let mut client = Client::dial(&server, Some(origin)).await.unwrap();
        client.hello(&token).await;
        let welcome = match client.next().await {
            Incoming::Frame(ServerFrame::Welcome(_)) => true,
            Incoming::Frame(ServerFrame::Bye(bye)) => {
                assert_eq!(bye.refusal.code.as_str(), "forbidden");
                assert_eq!(bye.retry_after, None);
                false
            }
            other => panic!("neither welcome nor bye: {other:?}"),
        };
        assert_eq!(welcome, admitted, "{origin} to {workspace}");
        let request = reqwest::Client::new()
            .get(server.url(&format!("/v1/workspaces/{workspace}/members")))
            .header("origin", origin)
            .bearer_auth(&token);
        let status = request.send().await.unwrap().status().as_u16();
        assert_eq!(
            status,
            if admitted { 200 } else { 403 },
            "{origin} to {workspace}"
        );
    }
}

//! The team over HTTP, and what it does to open sessions.

#![expect(
    clippy::expect_used,
    reason = "what fails here fails the test that asked for it"
)]

use serde_json::{Value, json};
use threadline_core::error::Code;
use threadline_core::model::{Availability, Channel, Member, Role};
use threadline_core::sync::frame::ServerFrame;
use threadline_tests::api::Api;
use threadline_tests::client::{Client, Incoming};
use threadline_tests::pen::Pen;
use threadline_tests::server::{Server, WORKSPACE, token};

/// The next news of the team.
async fn team(client: &mut Client) -> Vec<Member> {
    let news = client.until(|frame| match frame {
        ServerFrame::Members(team) => Some(team.members),
        _ => None,
    });
    news.await
}

fn find<'a>(members: &'a [Member], id: &str) -> &'a Member {
    let member = members.iter().find(|member| member.id.as_str() == id);
    member.expect("the member is listed")
}

#[tokio::test]
async fn a_member_says_that_they_are_busy_and_everybody_sees_it() {
    let mut server = Server::start();
    let mut ben = Client::agent(&server, "ben").await;
    let _ana = Client::agent(&server, "ana").await;
    assert!(find(&team(&mut ben).await, "ana").is_available());

    let api = Api::new(&server, "ana", Role::Agent);
    let busy = json!({ "availability": "busy" });
    let (status, member) = api.put("/me/availability", &busy).await;
    assert_eq!(
        (status.as_u16(), &member["availability"]),
        (200, &json!("busy"))
    );
    let members = team(&mut ben).await;
    assert_eq!(find(&members, "ana").availability, Availability::Busy);

    // It outlives the session, the process and the next token.
    server.kill();
    server.restart();
    let (_, welcome) = Client::with_token(&server, &token(WORKSPACE, "ana", Role::Agent)).await;
    assert_eq!(welcome.member.availability, Availability::Busy);
}

#[tokio::test]
async fn an_admin_sets_what_a_member_is_and_their_token_no_longer_does() {
    let server = Server::start();
    let mut ana = Client::agent(&server, "ana").await;
    let mut pen = Pen::new("ana", "kim@mail.example", 1);
    let first = pen.start();
    ana.push_and_wait(pen.doc(), &[first]).await;

    let api = Api::new(&server, "cleo", Role::Admin);
    let profile = json!({
        "name": "Ana Prado", "role": "viewer", "teams": ["sales"], "channels": ["email"],
    });
    let (status, member) = api.put("/members/ana", &profile).await;
    assert_eq!(status.as_u16(), 200);
    assert_eq!(member["active"], json!(true));
    let members = team(&mut ana).await;
    let known = find(&members, "ana");
    assert_eq!(
        (known.name.as_str(), known.role),
        ("Ana Prado", Role::Viewer)
    );
    assert!(known.qualifies(Channel::Email) && !known.qualifies(Channel::Call));

    // The open session's next push meets the new role.
    let second = pen.note("Never");
    ana.push(pen.doc(), &[second]).await;
    let refusal = ana.until(|frame| match frame {
        ServerFrame::Nack(nack) => Some(nack.refusal),
        _ => None,
    });
    assert_eq!(refusal.await.code, Code::Forbidden);

    // And so does the next session, although its token says agent.
    let (_, welcome) = Client::with_token(&server, &token(WORKSPACE, "ana", Role::Agent)).await;
    assert_eq!(welcome.member, *known);
    let (_, listed) = api.get("/members").await;
    let listed: Vec<Member> = serde_json::from_value(listed["members"].clone()).unwrap();
    assert_eq!(find(&listed, "ana"), known);
}

#[tokio::test]
async fn who_was_taken_off_the_team_is_sent_away_and_stays_out() {
    let server = Server::start();
    let mut ana = Client::agent(&server, "ana").await;
    let api = Api::new(&server, "cleo", Role::Admin);
    let gone = json!({ "name": "Ana", "role": "agent", "active": false });
    assert_eq!(api.put("/members/ana", &gone).await.0.as_u16(), 200);
    let bye = ana.until(|frame| match frame {
        ServerFrame::Bye(bye) => Some(bye),
        _ => None,
    });
    let bye = bye.await;
    assert_eq!((bye.refusal.code, bye.retry_after), (Code::BadToken, None));

    let mut again = Client::dial(&server, None).await.unwrap();
    again.hello(&token(WORKSPACE, "ana", Role::Agent)).await;
    let Incoming::Frame(ServerFrame::Bye(bye)) = again.next().await else {
        panic!("a member who left was let in");
    };
    assert_eq!(bye.refusal.code, Code::BadToken);
    let theirs = Api::new(&server, "ana", Role::Agent);
    assert_eq!(theirs.get("/members").await.0.as_u16(), 401);
}

#[tokio::test]
async fn what_does_not_pass_is_a_problem_with_its_field_and_changes_nothing() {
    let server = Server::start();
    let agent = Api::new(&server, "ana", Role::Agent);
    let admin = Api::new(&server, "cleo", Role::Admin);
    let good = json!({ "name": "Dan", "role": "agent" });
    let long = json!({ "name": "D".repeat(101), "role": "agent" });
    let service = json!({ "name": "Dan", "role": "service" });
    let channel = json!({ "name": "Dan", "role": "agent", "channels": ["pigeon"] });
    let unknown = json!({ "name": "Dan", "role": "agent", "salary": 1 });
    let lower = json!({ "name": "Cleo", "role": "agent" });
    let field = |name: &str| json!(name);
    for (api, path, body, status, code, on) in [
        (&agent, "/members/dan", &good, 403, "forbidden", Value::Null),
        (&admin, "/members/dan", &long, 422, "invalid", field("name")),
        (
            &admin,
            "/members/dan",
            &service,
            422,
            "invalid",
            field("role"),
        ),
        (
            &admin,
            "/members/dan",
            &channel,
            422,
            "invalid",
            Value::Null,
        ),
        (
            &admin,
            "/members/dan",
            &unknown,
            422,
            "invalid",
            Value::Null,
        ),
        (
            &admin,
            "/members/d%20n",
            &good,
            422,
            "invalid_id",
            field("member"),
        ),
        (
            &admin,
            "/members/cleo",
            &lower,
            422,
            "wrong_state",
            field("role"),
        ),
        (
            &agent,
            "/me/availability",
            &json!({}),
            422,
            "invalid",
            Value::Null,
        ),
    ] {
        let (answered, problem) = api.put(path, body).await;
        let got = (answered.as_u16(), &problem["code"], &problem["field"]);
        assert_eq!(got, (status, &json!(code), &on), "{path} {body}");
    }
    assert_eq!(admin.get("/members").await.1, json!({ "members": [] }));
}

//! Flows on real servers: a customer's mail comes in, and the follow-up is there,
//! once, whatever becomes of the server and however many there are.

#![expect(
    clippy::expect_used,
    reason = "what fails here fails the test that asked for it"
)]

use reqwest::Method;
use threadline_core::command::{Command, FlowDraft, WorkspaceCommand};
use threadline_core::document::Document;
use threadline_core::id::DocumentId;
use threadline_core::model::{
    Assignee, DueIn, FlowAction, FlowTrigger, Item, ItemKind, Role, Task, TaskPlan,
};
use threadline_core::schedule::DueUnit;
use threadline_core::sync::frame::ServerFrame;
use threadline_tests::api::Api;
use threadline_tests::bus::Service;
use threadline_tests::client::Client;
use threadline_tests::cluster::Cluster;
use threadline_tests::mailbox::Answer;
use threadline_tests::pen::Pen;
use threadline_tests::server::{Server, WORKSPACE, token};

/// For each mail, a task of Ana's that is due at the end of tomorrow.
fn follow_up() -> FlowDraft {
    FlowDraft {
        id: None,
        name: "Follow up".to_owned(),
        active: true,
        trigger: FlowTrigger::MessageReceived { channel: None },
        conditions: Vec::new(),
        actions: vec![FlowAction::CreateTask {
            task: TaskPlan {
                title: "Answer {{sender.first_name}}: {{message.subject}}".to_owned(),
                description: "{{message.text}}".to_owned(),
                channel: None,
                task_type: "follow_up".to_owned(),
                priority: "high".to_owned(),
                assignee: "member:ana".to_owned(),
                due: Some(DueIn {
                    amount: 1,
                    unit: DueUnit::Days,
                }),
            },
        }],
    }
}

/// An admin switches a flow on.
async fn switch_on(server: &Server, flow: FlowDraft) {
    let mut pen = Pen::elsewhere("cleo", DocumentId::Workspace, Role::Admin, 1);
    let change = pen.give(&Command::Workspace(WorkspaceCommand::PutFlow { flow }));
    let token = token(WORKSPACE, "cleo", Role::Admin);
    let (mut cleo, _) = Client::with_token(server, &token).await;
    cleo.push_and_wait(DocumentId::Workspace, &[change]).await;
}

async fn mail(server: &Server, number: u32) -> Answer {
    let raw = format!(
        "From: Kim Berg <kim@mail.example>\r\nTo: hello@shop.example\r\n\
         Message-ID: <{number}@mail.example>\r\nSubject: Parcel {number}\r\n\r\nWhere is it?\r\n"
    );
    let api = Api::new(server, "relay", Role::Service);
    let request = api.request(Method::POST, "/channels/email/inbound");
    let request = request.header("content-type", "message/rfc822").body(raw);
    let response = request.send().await.expect("the server answers");
    assert_eq!(response.status(), 200);
    response.json().await.expect("the answer is JSON")
}

/// Waits until a conversation has so many tasks on a server. Every run that its trail
/// tells of has made one of them.
async fn tasks(server: &Server, answer: &Answer, count: usize) -> Vec<Task> {
    let doc = answer.conversation.into();
    let mut reader = Pen::elsewhere("ben", doc, Role::Agent, 2);
    let mut client = Client::agent(server, "ben").await;
    client.open(doc, &[]).await;
    loop {
        let found = all(&reader.document, ItemKind::Task, |item| match item {
            Item::Task(task) => Some(task.clone()),
            _ => None,
        });
        if found.len() >= count {
            let runs = all(&reader.document, ItemKind::Activity, |item| match item {
                Item::Activity(activity) => (activity.action == "run_flow").then_some(()),
                _ => None,
            });
            assert_eq!((found.len(), runs.len()), (count, count));
            return found;
        }
        let changes = client.until(|frame| match frame {
            ServerFrame::Changes(changes) if changes.doc == doc => Some(changes.changes),
            _ => None,
        });
        let changes: Vec<Vec<u8>> = changes.await.into_iter().map(|it| it.into_vec()).collect();
        reader.receive(&changes);
    }
}

fn all<T>(document: &Document, kind: ItemKind, pick: impl Fn(&Item) -> Option<T>) -> Vec<T> {
    let view = document.conversation().expect("a conversation");
    view.of_kind(kind).filter_map(pick).collect()
}

#[tokio::test]
async fn a_customers_mail_makes_a_task_with_assignee_and_due_date() {
    let server = Server::start();
    switch_on(&server, follow_up()).await;
    let answer = mail(&server, 1).await;
    let task = tasks(&server, &answer, 1).await.remove(0);
    assert_eq!(task.title, "Answer Kim: Parcel 1");
    assert_eq!(task.description, "Where is it?");
    assert_eq!(task.assignee, "member:ana".parse::<Assignee>().ok());
    assert!(task.due.is_some_and(|due| due.day.is_some()));
    // The same mail again is nothing new, another one is.
    assert!(mail(&server, 1).await.duplicate);
    mail(&server, 2).await;
    tasks(&server, &answer, 2).await;
}

#[tokio::test]
async fn a_server_that_is_killed_after_a_mail_makes_the_task_when_it_is_back() {
    let mut server = Server::start();
    switch_on(&server, follow_up()).await;
    for number in 1..=5 {
        let answer = mail(&server, number).await;
        server.kill();
        server.restart();
        tasks(&server, &answer, number as usize).await;
    }
    // What had run before it ended does not run again.
    server.kill();
    server.restart();
    let answer = mail(&server, 6).await;
    tasks(&server, &answer, 6).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_servers_make_one_task_for_one_mail() {
    let cluster = Cluster::start();
    let bus = Service::start();
    let database = cluster.database();
    let start = || Server::shared(&database, &["--bus", &bus.url()]);
    let mut servers = [start(), start()];
    switch_on(&servers[0], follow_up()).await;
    // Both are at work in the workspace all the time.
    let _ana = Client::agent(&servers[0], "ana").await;
    let _eva = Client::agent(&servers[1], "eva").await;
    let mut last = None;
    for number in 1..=10_u32 {
        last = Some(mail(&servers[number as usize % 2], number).await);
    }
    let answer = last.expect("mails were taken in");
    for server in &servers {
        tasks(server, &answer, 10).await;
    }
    // One of them goes, comes back, and finds everything done.
    servers[1].kill();
    servers[1].restart();
    let answer = mail(&servers[1], 11).await;
    for server in &servers {
        tasks(server, &answer, 11).await;
    }
}

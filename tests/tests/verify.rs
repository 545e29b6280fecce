//! `threadline verify`: silent on what is whole, beside a running server too,
//! and precise on what somebody changed in the file.

use rusqlite::Connection;
use threadline_core::id::DocumentId;
use threadline_tests::client::Client;
use threadline_tests::operator::verify;
use threadline_tests::pen::Pen;
use threadline_tests::server::Server;

#[tokio::test]
async fn what_a_running_server_has_is_whole() {
    let server = Server::start();
    let mut client = Client::agent(&server, "ana").await;
    let mut pen = Pen::new("ana", "kim@mail.example", 1);
    client.push_and_wait(pen.doc(), &[pen.start()]).await;
    let data = server.data().to_owned();
    let verified = tokio::task::spawn_blocking(move || verify(&data));
    let mut pushed = 1;
    while !verified.is_finished() {
        let note = pen.note("meanwhile");
        client.push_and_wait(pen.doc(), &[note]).await;
        pushed += 1;
    }
    verified.await.unwrap().unwrap();
    let report = verify(server.data()).unwrap();
    assert_eq!(
        report,
        format!("whole: {pushed} changes in 1 documents of 1 workspaces\n")
    );
}

#[tokio::test]
async fn the_first_difference_is_named() {
    let mut server = Server::start();
    let mut client = Client::agent(&server, "ana").await;
    let mut kim = Pen::new("ana", "kim@mail.example", 1);
    let mut lee = Pen::new("ana", "lee@mail.example", 2);
    for pen in [&mut kim, &mut lee] {
        let changes = [pen.start(), pen.note("one"), pen.note("two")];
        client.push_and_wait(pen.doc(), &changes).await;
    }
    assert!(server.stop().success());
    let path = server.data().join("threadline.db");
    let whole = std::fs::read(&path).unwrap();
    verify(server.data()).unwrap();

    // One statement each, as a thief with the file would do it, and what is found.
    let of = |doc: DocumentId| format!("(SELECT id FROM documents WHERE name = '{doc}')");
    let (kim, lee) = (of(kim.doc()), of(lee.doc()));
    let damages = [
        (
            "UPDATE changes SET bytes = zeroblob(length(bytes)) WHERE seq = 2".to_owned(),
            "larkspur, change 2: its bytes",
        ),
        (
            "DELETE FROM changes WHERE seq = 6".to_owned(),
            "larkspur, change 6: the log of conversation:",
        ),
        (
            "DELETE FROM audit WHERE seq = 4".to_owned(),
            "larkspur, change 4: the next audit row is that of change 5",
        ),
        (
            "DELETE FROM audit WHERE seq = 6".to_owned(),
            "larkspur, change 5: the audit ends here, the log at change 6",
        ),
        (
            "UPDATE audit SET member = 'ben' WHERE seq = 3".to_owned(),
            "larkspur, change 3: the audit row's digest",
        ),
        (
            "UPDATE workspaces SET digest = x'00'".to_owned(),
            "larkspur, change 6: the chain does not end",
        ),
        (
            "UPDATE actors SET member = 'ben' WHERE id = 1".to_owned(),
            "larkspur, change 1: its actor is ben's, the audit names ana",
        ),
        (
            format!("INSERT INTO changes SELECT {lee}, 7, actor, bytes FROM changes WHERE seq = 2"),
            "larkspur, change 7: it is in the log of conversation:",
        ),
        (
            format!("UPDATE rows SET row = replace(row, 'Hello', 'Other') WHERE document = {kim}"),
            "its row is not what the document says",
        ),
        (
            format!("DELETE FROM rows WHERE document = {lee}"),
            "it has no row that can be read",
        ),
    ];
    for (statement, found) in damages {
        std::fs::write(&path, &whole).unwrap();
        let database = Connection::open(&path).unwrap();
        assert!(database.execute(&statement, []).unwrap() > 0, "{statement}");
        drop(database);
        let complaint = verify(server.data()).unwrap_err();
        assert!(complaint.contains(found), "{statement}: {complaint}");
    }
}

//! Mail of every kind posted to the inbound endpoint: none is lost, none gets
//! a 500, and what belongs together comes together.

use threadline_core::model::Role;
use threadline_tests::mailbox::{Answer, Mailbox};
use threadline_tests::server::{WORKSPACE, token};

fn mail(headers: &[&str], body: &str) -> String {
    format!("{}\r\n\r\n{body}", headers.join("\r\n"))
}

const KIM: &str = "From: Kim Berg <Kim@Mail.example>";
const TO: &str = "To: Shop <hello@shop.example>";

#[tokio::test]
async fn a_mail_becomes_a_contact_a_conversation_and_a_message() {
    let mailbox = Mailbox::open();
    let date = "Date: Tue, 3 Nov 2026 10:02:00 +0100";
    let raw = mail(
        &[
            "Message-ID: <one@mail.example>",
            KIM,
            TO,
            date,
            "Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=",
        ],
        "Hello,\r\n\r\nis it there?\r\n\r\n-- \r\nKim\r\n",
    );
    let answer = mailbox.post(raw).await;
    assert!(!answer.duplicate);
    let message = mailbox.read(&answer).await;
    let from = message.from.unwrap();
    assert_eq!(
        (from.name.as_str(), from.address.as_str()),
        ("Kim Berg", "kim@mail.example")
    );
    assert_eq!(message.to[0].address, "hello@shop.example");
    assert_eq!(message.subject, "Grüße");
    assert_eq!(message.at.as_millis(), 1_793_696_520_000);
    assert_eq!(message.text, "Hello,\n\nis it there?\n\n-- \nKim");
    assert_eq!(message.visible, Some("Hello,\n\nis it there?".len() as u32));
    assert_eq!(message.external_id.as_deref(), Some("one@mail.example"));
}

#[tokio::test]
async fn the_same_mail_twice_is_one_message() {
    let mailbox = Mailbox::open();
    let with_id = mail(&["Message-ID: <one@mail.example>", KIM], "Hello");
    let without_id = mail(&[KIM, "Subject: no id"], "Hello");
    for raw in [with_id, without_id] {
        let first = mailbox.post(raw.clone()).await;
        let again = mailbox.post(raw).await;
        assert!(!first.duplicate);
        assert_eq!(
            again,
            Answer {
                duplicate: true,
                ..first
            }
        );
    }
}

#[tokio::test]
async fn an_id_that_somebody_else_used_keeps_no_mail_out() {
    let mailbox = Mailbox::open();
    let first = mail(&["Message-ID: <one@mail.example>", KIM], "Hello");
    let first = mailbox.post(first).await;
    let other = mail(
        &["Message-ID: <one@mail.example>", "From: lee@mail.example"],
        "Hi",
    );
    let taken_in = mailbox.post(other.clone()).await;
    assert!(!taken_in.duplicate);
    assert_ne!(taken_in.conversation, first.conversation);
    assert_eq!(mailbox.read(&taken_in).await.text, "Hi");
    assert_eq!(
        mailbox.post(other).await,
        Answer {
            duplicate: true,
            ..taken_in
        }
    );
}

#[tokio::test]
async fn a_reply_joins_its_thread_only_from_somebody_in_it() {
    let mailbox = Mailbox::open();
    let first = mail(
        &[
            "Message-ID: <one@mail.example>",
            KIM,
            TO,
            "Cc: lee@mail.example",
        ],
        "Question",
    );
    let first = mailbox.post(first).await;

    let by_cc = mail(
        &[
            "Message-ID: <two@mail.example>",
            "From: lee@mail.example",
            "In-Reply-To: <one@mail.example>",
        ],
        "Also",
    );
    let by_cc = mailbox.post(by_cc).await;
    assert_eq!(
        by_cc.conversation, first.conversation,
        "who was copied takes part"
    );
    assert_eq!(
        mailbox.read(&by_cc).await.in_reply_to,
        Some(first.interaction)
    );

    // The newest reference that is known wins; unknown ones do not matter.
    let references = "References: <one@mail.example> <two@mail.example> <lost@mail.example>";
    let by_references = mail(
        &[
            "Message-ID: <three@mail.example>",
            "From: lee@mail.example",
            references,
        ],
        "And",
    );
    let by_references = mailbox.post(by_references).await;
    assert_eq!(by_references.conversation, first.conversation);
    assert_eq!(
        mailbox.read(&by_references).await.in_reply_to,
        Some(by_cc.interaction)
    );

    let stranger = mail(
        &[
            "From: mallory@evil.example",
            "In-Reply-To: <one@mail.example>",
            "Subject: Re: Question",
        ],
        "Me too",
    );
    let stranger = mailbox.post(stranger).await;
    assert_ne!(
        stranger.conversation, first.conversation,
        "an id alone lets nobody in"
    );
    assert_eq!(mailbox.read(&stranger).await.in_reply_to, None);

    // What is new goes on with the same contact.
    let later = mailbox
        .post(mail(
            &["Message-ID: <four@mail.example>", KIM],
            "Something else",
        ))
        .await;
    assert_eq!(
        (later.contact, later.conversation),
        (first.contact, first.conversation)
    );
}

#[tokio::test]
async fn html_is_made_harmless_and_readable() {
    let mailbox = Mailbox::open();
    let html = "<style>p{}</style><p onclick=\"x()\">One</p><script>alert(1)</script><p>Two <img src=x onerror=y></p>";
    let answer = mailbox
        .post(mail(&[KIM, "Content-Type: text/html"], html))
        .await;
    let message = mailbox.read(&answer).await;
    assert_eq!(message.text, "One\n\nTwo");
    let shown = message.html.unwrap();
    for forbidden in ["script", "onclick", "onerror", "style", "alert"] {
        assert!(!shown.contains(forbidden), "{forbidden} in {shown}");
    }
}

#[tokio::test]
async fn charsets_are_read_as_what_they_say_or_look_like() {
    let mailbox = Mailbox::open();
    for (charset, body, expect) in [
        (
            "text/plain; charset=utf-8",
            b"Gr\xc3\xbc\xc3\x9fe".as_slice(),
            "Grüße",
        ),
        ("text/plain; charset=iso-8859-1", b"Gr\xfc\xdfe", "Grüße"),
        ("text/plain; charset=windows-1252", b"\x80 5", "€ 5"),
        (
            "text/plain; charset=iso-2022-jp",
            b"\x1b$B$3$s$K$A$O\x1b(B",
            "こんにちは",
        ),
        (
            "text/plain; charset=koi8-r",
            b"\xf0\xd2\xc9\xd7\xc5\xd4",
            "Привет",
        ),
        ("text/plain; charset=x-never-heard-of", b"plain", "plain"),
        ("text/plain", b"Gr\xc3\xbc\xc3\x9fe", "Grüße"),
    ] {
        let mut raw = mail(&[KIM, &format!("Content-Type: {charset}")], "").into_bytes();
        raw.extend_from_slice(body);
        let answer = mailbox.post(raw).await;
        assert_eq!(mailbox.read(&answer).await.text, expect, "{charset}");
    }
}

#[tokio::test]
async fn senders_and_ids_are_found_where_they_are_not_written_as_they_should_be() {
    let mailbox = Mailbox::open();
    for (headers, expect) in [
        ("From: Kim Berg kim@mail.example", "kim@mail.example"),
        ("From  : Kim <kim@mail(work).  example>", "kim@mail.example"),
        (
            "From: Kim\r\nReply-To: KIM@mail.example",
            "kim@mail.example",
        ),
        (
            "From: Kim\r\nReturn-Path: <kim@mail.example>",
            "kim@mail.example",
        ),
        ("Sender: kim@mail.example", "kim@mail.example"),
        ("From: Kim", "unknown@sender.invalid"),
    ] {
        let answer = mailbox.post(mail(&[headers], "Hello")).await;
        let from = mailbox.read(&answer).await.from.unwrap();
        assert_eq!(from.address, expect, "{headers}");
    }
    let bare = mailbox
        .post(mail(&[KIM, "Message-ID: bare@mail.example"], "Hello"))
        .await;
    assert_eq!(
        mailbox.read(&bare).await.external_id.as_deref(),
        Some("bare@mail.example")
    );
    let latin = b"From: kim@mail.example\r\nSubject: Gr\xfc\xdfe\r\n\r\nHello".as_slice();
    let latin = mailbox.post(latin).await;
    assert_eq!(mailbox.read(&latin).await.subject, "Gr\u{fc}\u{df}e");
}

#[tokio::test]
async fn attachments_and_the_raw_mail_are_kept() {
    let mailbox = Mailbox::open();
    let raw = mail(
        &[
            KIM,
            "MIME-Version: 1.0",
            "Content-Type: multipart/mixed; boundary=cut",
        ],
        "--cut\r\nContent-Type: text/plain\r\n\r\nSee the file.\r\n\
         --cut\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename=\"../../plan.pdf\"\r\n\
         Content-Transfer-Encoding: base64\r\n\r\nAAECAwQF\r\n--cut--\r\n",
    );
    let answer = mailbox.post(raw.clone()).await;
    let message = mailbox.read(&answer).await;
    assert_eq!(message.text, "See the file.");
    let [file] = message.attachments.as_slice() else {
        panic!("one attachment, not {:?}", message.attachments);
    };
    assert_eq!(
        (file.name.as_str(), file.media_type.as_str(), file.size),
        ("plan.pdf", "application/pdf", 6)
    );

    let ana = token(WORKSPACE, "ana", Role::Agent);
    let bytes = mailbox.blob(&file.blob, &ana).await.bytes().await.unwrap();
    assert_eq!(bytes.as_ref(), [0, 1, 2, 3, 4, 5]);
    let raw_blob = message.raw.unwrap();
    assert_eq!(
        mailbox.blob(&raw_blob, &ana).await.bytes().await.unwrap(),
        raw
    );

    for stranger in ["", "garbage", &token("another", "ana", Role::Admin)] {
        assert_eq!(mailbox.blob(&raw_blob, stranger).await.status(), 401);
    }
    assert_eq!(mailbox.blob(&"0".repeat(64), &ana).await.status(), 404);
    assert_eq!(mailbox.blob("not-a-hash", &ana).await.status(), 404);
}

#[tokio::test]
async fn malformed_mail_is_taken_in_as_well_as_it_can_be() {
    let mailbox = Mailbox::open();
    let nested = (0..200)
        .map(|n| format!("Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n"))
        .collect::<String>();
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("empty", Vec::new()),
        ("line breaks only", b"\r\n\r\n\r\n".to_vec()),
        ("no header at all", b"just some words".to_vec()),
        ("binary", (0..=255).cycle().take(70_000).collect()),
        ("zeros", vec![0; 5_000]),
        ("no sender", mail(&[TO], "Hello").into()),
        (
            "a sender without an address",
            mail(&["From: Kim Berg"], "Hello").into(),
        ),
        (
            "a sender that is no address",
            mail(&["From: <<>>@,;:"], "Hello").into(),
        ),
        (
            "two senders",
            mail(&[KIM, "From: lee@mail.example"], "Hello").into(),
        ),
        (
            "a return path only",
            mail(&["Return-Path: <kim@mail.example>"], "Hello").into(),
        ),
        (
            "a broken date",
            mail(&[KIM, "Date: the day before yesterday"], "Hello").into(),
        ),
        (
            "a date in the far future",
            mail(&[KIM, "Date: Tue, 3 Nov 9999 10:02:00 +0100"], "Hello").into(),
        ),
        (
            "a broken subject",
            mail(&[KIM, "Subject: =?utf-8?b?////?= =?x?q?"], "Hello").into(),
        ),
        (
            "an endless subject",
            mail(
                &[KIM, &format!("Subject: {}", "ä".repeat(100_000))],
                "Hello",
            )
            .into(),
        ),
        (
            "an endless id",
            mail(
                &[KIM, &format!("Message-ID: <{}@x>", "i".repeat(100_000))],
                "Hello",
            )
            .into(),
        ),
        (
            "an endless text",
            mail(&[KIM], &"長い ".repeat(300_000)).into(),
        ),
        (
            "endless HTML",
            mail(&[KIM, "Content-Type: text/html"], &"<div>".repeat(50_000)).into(),
        ),
        (
            "many recipients",
            mail(
                &[
                    KIM,
                    &format!("To: {}", "Somebody <a@b.example>, ".repeat(5_000)),
                ],
                "Hello",
            )
            .into(),
        ),
        (
            "an open multipart",
            mail(
                &[KIM, "Content-Type: multipart/mixed; boundary=x"],
                "--x\r\n",
            )
            .into(),
        ),
        (
            "no boundary",
            mail(&[KIM, "Content-Type: multipart/mixed"], "Hello").into(),
        ),
        (
            "multiparts without end",
            format!("{KIM}\r\n{nested}").into_bytes(),
        ),
        (
            "broken base64",
            mail(&[KIM, "Content-Transfer-Encoding: base64"], "!!! ???").into(),
        ),
        (
            "control characters",
            mail(&[KIM, "Subject: a\u{1}b"], "\u{0}\u{1b}[2J\u{7}").into(),
        ),
    ];
    for (what, raw) in cases {
        let answer = mailbox.post(raw.clone()).await;
        let message = mailbox.read(&answer).await;
        let from = message
            .from
            .unwrap_or_else(|| panic!("{what}: nobody sent it"));
        assert!(from.address.contains('@'), "{what}: {from:?}");
        assert!(
            message.at.as_millis() < 4_000_000_000_000,
            "{what}: in the future"
        );
        let blob = mailbox
            .blob(&message.raw.unwrap(), &token(WORKSPACE, "ana", Role::Agent))
            .await;
        assert!(
            blob.bytes().await.unwrap() == raw,
            "{what}: the raw mail is not what came"
        );
    }
}

#[tokio::test]
async fn only_a_service_of_this_workspace_may_post() {
    let mailbox = Mailbox::open();
    let mut answers = Vec::new();
    for bearer in [
        None,
        Some("garbage".to_owned()),
        Some(token(WORKSPACE, "ana", Role::Admin)),
        Some(token("another", "relay", Role::Service)),
    ] {
        let mut request = mailbox.http.post(mailbox.url()).body(mail(&[KIM], "Hello"));
        if let Some(bearer) = bearer {
            request = request.bearer_auth(bearer);
        }
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 401);
        assert_eq!(
            response.headers()["content-type"],
            "application/problem+json"
        );
        answers.push(response.text().await.unwrap());
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "the answer tells nothing of the reason");
}

#[tokio::test]
async fn a_mail_beyond_the_limit_is_refused() {
    let mailbox = Mailbox::open();
    let request =
        mailbox
            .http
            .post(mailbox.url())
            .bearer_auth(token(WORKSPACE, "relay", Role::Service));
    let response = request
        .body(vec![b'x'; (25 << 20) + 1])
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 413);
}

/// `THREADLINE_MAIL_CORPUS=folder`: posts every file in it.
#[tokio::test]
async fn a_corpus_of_real_mail_is_taken_in() {
    let Some(folder) = std::env::var_os("THREADLINE_MAIL_CORPUS") else {
        println!("THREADLINE_MAIL_CORPUS names no folder; nothing was tried");
        return;
    };
    let mailbox = Mailbox::open();
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    let (mut blank, mut senderless) = (0, 0);
    for file in &files {
        let answer = mailbox.post(std::fs::read(file).unwrap()).await;
        let message = mailbox.read(&answer).await;
        let from = message.from.map(|from| from.address).unwrap_or_default();
        blank += usize::from(message.text.trim().is_empty());
        senderless += usize::from(from.ends_with(".invalid"));
        println!(
            "{}: {from} | {} | {:?}",
            file.file_name().unwrap().to_string_lossy(),
            message.subject,
            message.text.chars().take(60).collect::<String>(),
        );
    }
    println!(
        "{} mails, all taken in and read back; {blank} without text, {senderless} without sender",
        files.len()
    );
}

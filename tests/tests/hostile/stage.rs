//! A server, two victims on one conversation, and the hostile insider.

use std::time::{Duration, Instant};

use threadline_core::command::ConversationCommand;
use threadline_core::error::Code;
use threadline_core::id::DocumentId;
use threadline_core::model::{Address, Channel};
use threadline_core::sync::frame::{ClientFrame, ServerFrame};
use threadline_tests::client::{Client, Incoming};
use threadline_tests::pen::Pen;
use threadline_tests::server::Server;
use tokio_tungstenite::tungstenite::Message;

/// The contact whose conversation everything is about.
pub(crate) const CONTACT: &str = "kim@mail.example";
/// Far more than the budget of architecture §8 for input of at most 1 MiB, which
/// is 100 ms and 64 MiB: that is of the release build on an idle machine, this of
/// an unoptimised one beside other tests. What is quadratic takes longer yet.
const TIME: Duration = Duration::from_secs(20);
const MEMORY_KIB: u64 = 256 << 10;

/// Ana, who writes, and Ben, who follows.
pub(crate) struct Victims {
    ana: Client,
    ben: Client,
    pub(crate) pen: Pen,
}

impl Victims {
    /// Ana adds a note; it is durable and Ben has it.
    pub(crate) async fn work(&mut self) {
        let change = self.pen.note("We go on.");
        self.pass_on(change).await;
    }

    /// The same with a message of some length.
    pub(crate) async fn write(&mut self, text: &str) {
        let change = self.pen.write(send(text));
        self.pass_on(change).await;
    }

    async fn pass_on(&mut self, change: Vec<u8>) {
        self.ana
            .push_and_wait(self.pen.doc(), std::slice::from_ref(&change))
            .await;
        self.ben
            .until(|frame| match frame {
                ServerFrame::Changes(news) => {
                    let here = news.changes.iter().any(|it| it.as_slice() == change);
                    here.then_some(())
                }
                _ => None,
            })
            .await;
    }
}

/// Where an attack takes place.
pub(crate) struct Stage {
    pub(crate) server: Server,
    pub(crate) victims: Victims,
    /// A session of an agent of the same workspace, on the same document.
    pub(crate) mallory: Client,
    /// What the conversation began with.
    first: Vec<Vec<u8>>,
    pens: u64,
}

impl Stage {
    pub(crate) async fn set() -> Self {
        Self::set_with(&[]).await
    }

    pub(crate) async fn set_with(args: &[&str]) -> Self {
        let server = Server::start_with(args);
        let mut ana = Client::agent(&server, "ana").await;
        let mut ben = Client::agent(&server, "ben").await;
        let mut mallory = Client::agent(&server, "mallory").await;
        let mut pen = Pen::new("ana", CONTACT, 1);
        let first = vec![
            pen.start(),
            pen.note("The first note."),
            pen.write(send("It has shipped.")),
        ];
        ana.push_and_wait(pen.doc(), &first).await;
        for client in [&mut ana, &mut ben, &mut mallory] {
            client.open(pen.doc(), &[]).await;
        }
        Self {
            server,
            victims: Victims { ana, ben, pen },
            mallory,
            first,
            pens: 1,
        }
    }

    /// The document that everybody is on.
    pub(crate) fn doc(&self) -> DocumentId {
        self.victims.pen.doc()
    }

    /// A fresh copy in the hands of a member, whose next change is their actor's first.
    pub(crate) fn pen_of(&mut self, member: &str) -> Pen {
        self.pens += 1;
        let mut pen = Pen::new(member, CONTACT, self.pens);
        pen.receive(&self.first);
        pen
    }

    /// Mallory's fresh copy, to forge from.
    pub(crate) fn pen(&mut self) -> Pen {
        self.pen_of("mallory")
    }

    /// What Ana wrote first.
    pub(crate) fn history(&self) -> &[Vec<u8>] {
        &self.first
    }

    /// Mallory pushes one chunk while the victims work. What she is told, and
    /// what it cost.
    pub(crate) async fn push(&mut self, name: &str, doc: DocumentId, chunk: &[u8]) -> Code {
        let toll = Toll::begin(&self.server);
        self.mallory.push(doc, &[chunk.to_vec()]).await;
        let verdict = self.mallory.until(|frame| match frame {
            ServerFrame::Nack(nack) => Some(nack.refusal.code),
            ServerFrame::Ack(_) => panic!("{name} was taken"),
            ServerFrame::Bye(bye) => panic!("{name} ended the session: {}", bye.refusal),
            _ => None,
        });
        let answered = async { (verdict.await, toll.began.elapsed()) };
        let ((code, time), ()) = tokio::join!(answered, self.victims.work());
        toll.end(&self.server, name, time);
        code
    }

    /// Mallory sends one WebSocket message while the victims work; the code of
    /// the answer, and whether it ended her session.
    pub(crate) async fn say(&mut self, name: &str, message: Message) -> (Code, bool) {
        let toll = Toll::begin(&self.server);
        // Far too much is not even read, so that sending may fail half-way.
        let _ = self.mallory.send_message(message).await;
        let answered = async {
            let answer = answer(&mut self.mallory).await;
            (answer, toll.began.elapsed())
        };
        let ((answer, time), ()) = tokio::join!(answered, self.victims.work());
        toll.end(&self.server, name, time);
        answer
    }

    /// Mallory comes back after her session was ended.
    pub(crate) async fn return_of_mallory(&mut self) {
        self.mallory = Client::agent(&self.server, "mallory").await;
        let doc = self.doc();
        self.mallory.open(doc, &[]).await;
    }

    /// The victims' copy and the server's are the same, and so is a newcomer's.
    pub(crate) async fn unharmed(&mut self) {
        self.victims.work().await;
        let doc = self.doc();
        let mut cleo = Client::agent(&self.server, "cleo").await;
        let mut copy = Pen::new("cleo", CONTACT, 9_999);
        copy.receive(&cleo.fetch(doc, &[]).await);
        let shown = copy.document.conversation();
        assert_eq!(shown, self.victims.pen.document.conversation());
    }
}

/// A message to the contact.
pub(crate) fn send(text: &str) -> ConversationCommand {
    ConversationCommand::SendMessage {
        channel: Channel::Email,
        to: vec![Address {
            name: "Kim".to_owned(),
            address: CONTACT.to_owned(),
        }],
        subject: "Your lamp".to_owned(),
        text: text.to_owned(),
        in_reply_to: None,
        attachments: Vec::new(),
    }
}

/// The next refusal, and whether it ends the session. A connection that is cut
/// without a word counts as refused for its size.
pub(crate) async fn answer(client: &mut Client) -> (Code, bool) {
    loop {
        match client.next().await {
            Incoming::Frame(ServerFrame::Error(refusal)) => return (refusal.code, false),
            Incoming::Frame(ServerFrame::Bye(bye)) => return (bye.refusal.code, true),
            Incoming::Frame(_) => {}
            Incoming::Closed(_) => return (Code::FrameTooLarge, true),
        }
    }
}

/// A frame as a message.
pub(crate) fn message(frame: &ClientFrame) -> Message {
    Message::binary(frame.encode())
}

/// What an attack costs the server: time until the answer, and how far its
/// memory rose above what it held before.
pub(crate) struct Toll {
    began: Instant,
    resident: u64,
}

#[expect(
    clippy::disallowed_methods,
    reason = "a test measures what really passes"
)]
fn now() -> Instant {
    Instant::now()
}

impl Toll {
    pub(crate) fn begin(server: &Server) -> Self {
        let pid = server.pid();
        // Makes the kernel count the peak from now on (proc(5)).
        std::fs::write(format!("/proc/{pid}/clear_refs"), "5").unwrap();
        Self {
            began: now(),
            resident: memory(pid, "VmRSS:"),
        }
    }

    pub(crate) fn elapsed(&self) -> Duration {
        self.began.elapsed()
    }

    pub(crate) fn end(&self, server: &Server, name: &str, time: Duration) {
        let peak = memory(server.pid(), "VmHWM:");
        let rose = peak.saturating_sub(self.resident);
        println!("{:>7} KiB {:>6} ms  {name}", rose, time.as_millis());
        assert!(time < TIME, "{name} took {time:?}");
        assert!(rose < MEMORY_KIB, "{name} took {rose} KiB");
    }
}

/// One line of `/proc/pid/status`, in KiB.
fn memory(pid: u32, key: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(key));
    let number = line.and_then(|line| line.split_whitespace().next());
    number.unwrap().parse().unwrap()
}

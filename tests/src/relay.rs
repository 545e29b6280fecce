//! A mail server as a process (`relay/relay.mjs`), and what it was given.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::{Arc, Mutex};

use serde::Deserialize;

/// A relay that takes mails until it is dropped.
pub struct Relay {
    process: Child,
    port: u16,
    mails: Arc<Mutex<Vec<Mail>>>,
}

/// A mail that it was given whole.
#[derive(Clone, Debug, Deserialize)]
pub struct Mail {
    /// From whom, by the envelope.
    pub from: String,
    /// To whom, by the envelope.
    pub to: Vec<String>,
    /// Header and body.
    pub raw: String,
}

#[derive(Deserialize)]
struct Listening {
    port: u16,
}

impl Relay {
    /// Starts one. Panics where `npm ci` was not run in the folder of the tests.
    pub fn start() -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut process = Command::new("node")
            .arg(folder.join("relay/relay.mjs"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("node starts");
        let said = process.stdout.take().expect("it is piped");
        let mut said = BufReader::new(said);
        let mut line = String::new();
        said.read_line(&mut line).expect("the relay says its port");
        let Listening { port } =
            serde_json::from_str(&line).expect("the relay runs: npm --prefix tests ci");
        let mails = Arc::default();
        let taken = Arc::clone(&mails);
        std::thread::spawn(move || listen(said, &taken));
        Self {
            process,
            port,
            mails,
        }
    }

    /// The arguments of a server that sends by it.
    pub fn args(&self) -> [String; 4] {
        let address = format!("smtp://shop:p%40ss%20word@127.0.0.1:{}?tls=none", self.port);
        let from = "Larkspur Teas <hello@shop.example>";
        ["--smtp", &address, "--mail-from", from].map(str::to_owned)
    }

    /// What it was given so far.
    pub fn mails(&self) -> Vec<Mail> {
        self.mails.lock().expect("nobody panics here").clone()
    }
}

fn listen(said: BufReader<ChildStdout>, mails: &Mutex<Vec<Mail>>) {
    for line in said.lines() {
        // It ended, as every relay does.
        let Ok(line) = line else { break };
        let mail = serde_json::from_str(&line).expect("a line is a mail");
        mails.lock().expect("nobody panics here").push(mail);
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        // It may be gone already, which is just as well.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

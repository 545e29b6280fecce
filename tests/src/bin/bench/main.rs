//! What the server does in a second on this machine: the real release binary
//! as a process, clients over real sockets. Figures with their bars from the
//! budget beside them; `tests/bench/*.mjs` measure the browser's side.
//!
//! Arguments name the scenes to play, such as `fanout inbox`; without any, all are.

#![expect(clippy::expect_used, reason = "what fails here has nothing to measure")]
#![expect(clippy::disallowed_methods, reason = "a benchmark is about the clock")]

mod fanout;
mod inbox;
mod process;
mod report;
mod sockets;
mod throughput;

const SCENES: [&str; 4] = ["throughput", "fanout", "sockets", "inbox"];

#[tokio::main]
async fn main() {
    let named: Vec<String> = std::env::args().skip(1).collect();
    let unknown = named.iter().find(|name| !SCENES.contains(&name.as_str()));
    assert!(unknown.is_none(), "{unknown:?} is none of {SCENES:?}");
    let plays = |scene: &str| named.is_empty() || named.iter().any(|name| name == scene);
    println!("{}", report::machine());
    if plays("throughput") {
        throughput::run().await;
    }
    if plays("fanout") {
        fanout::run().await;
    }
    if plays("sockets") {
        sockets::run().await;
    }
    if plays("inbox") {
        inbox::run().await;
    }
}

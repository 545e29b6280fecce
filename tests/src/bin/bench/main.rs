//! What the server does in a second on this machine: the real release binary
//! as a process, clients over real sockets. Figures with their bars from the
//! budget beside them; `tests/bench/*.mjs` measure the browser's side.

#![expect(clippy::expect_used, reason = "what fails here has nothing to measure")]
#![expect(clippy::disallowed_methods, reason = "a benchmark is about the clock")]

mod fanout;
mod inbox;
mod process;
mod report;
mod sockets;
mod throughput;

#[tokio::main]
async fn main() {
    println!("{}", report::machine());
    throughput::run().await;
    fanout::run().await;
    sockets::run().await;
    inbox::run().await;
}

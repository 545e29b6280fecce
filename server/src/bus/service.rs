//! A NATS server for tests, on a port of its own.

use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// A NATS server that can go away and come back.
pub struct Service {
    process: Child,
    port: u16,
}

impl Service {
    /// Starts one. Panics, naming the package, where NATS is not installed.
    pub fn start() -> Self {
        let probe = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let port = probe.local_addr().expect("it is bound").port();
        drop(probe);
        Self {
            process: spawn(port),
            port,
        }
    }

    /// Its address.
    pub fn url(&self) -> String {
        format!("nats://127.0.0.1:{}", self.port)
    }

    /// Where it listens on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Ends it without a word.
    pub fn kill(&mut self) {
        // It may be gone already, which is just as well.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }

    /// Starts it again on the same port.
    pub fn start_again(&mut self) {
        self.process = spawn(self.port);
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        self.kill();
    }
}

/// `nats-server`, from `THREADLINE_NATS`, the path, or where Debian puts it.
fn program() -> PathBuf {
    let named = std::env::var_os("THREADLINE_NATS").map(PathBuf::from);
    let paths = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&paths).chain([PathBuf::from("/usr/sbin")]);
    let mut found = named
        .into_iter()
        .chain(folders.map(|folder| folder.join("nats-server")));
    found.find(|path| path.exists()).unwrap_or_else(|| {
        panic!("nats-server is missing: install nats-server, or name it in THREADLINE_NATS")
    })
}

fn spawn(port: u16) -> Child {
    let mut process = Command::new(program())
        .args(["-a", "127.0.0.1", "-p", &port.to_string()])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("nats-server starts");
    // A minute, as for every process that tests start.
    for _ in 0..6_000 {
        if TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok() {
            return process;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    // It may have ended by itself.
    let _ = process.kill();
    let _ = process.wait();
    panic!("nats-server does not listen");
}

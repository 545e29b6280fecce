//! The real server as a process: started, killed without warning, started again.

use std::fs::File;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tempfile::TempDir;
use threadline_core::id::{MemberId, WorkspaceId};
use threadline_core::model::Role;
use threadline_server::identity::{Claims, Expected, Keys};

/// The secret that every server here is started with.
pub const SECRET: &str = "a secret of the tests, thirty-two bytes and more";
/// The workspace that tests use unless they need two.
pub const WORKSPACE: &str = "larkspur";
/// How long a token of the tests lives, in seconds: it outlives every one.
const LIFE: u64 = 3_600;

/// The server's binary: `THREADLINE_BIN`, or what `cargo build` left in the
/// target folder this test was built into.
pub fn binary() -> PathBuf {
    if let Some(path) = std::env::var_os("THREADLINE_BIN") {
        return path.into();
    }
    // target/debug/deps/test-hash and target/debug/bench → target/debug/threadline
    let test = std::env::current_exe().expect("a test has a path");
    let mut folders = test.ancestors().skip(1);
    let folder = folders
        .find(|folder| !folder.ends_with("deps"))
        .expect("tests are built into a target folder");
    let binary = folder
        .join("threadline")
        .with_extension(std::env::consts::EXE_EXTENSION);
    assert!(
        binary.exists(),
        "{} is missing: cargo build -p threadline-server",
        binary.display()
    );
    binary
}

/// A server with a port and a data folder that outlive its process.
pub struct Server {
    process: Child,
    data: TempDir,
    address: SocketAddr,
    args: Vec<String>,
    variables: Vec<(&'static str, PathBuf)>,
    log: Log,
}

/// What a server says, and where to.
#[derive(Clone, Copy)]
enum Log {
    /// Warnings, into the output of the test.
    Warnings,
    /// Everything that can be asked for, into a file in the data folder.
    Everything,
}

impl Server {
    /// A server on an empty folder.
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    /// The same with further arguments of `serve`.
    pub fn start_with(args: &[&str]) -> Self {
        Self::launch(args, |_| Vec::new(), Log::Warnings)
    }

    /// The same with a log of everything; see [`Server::said`].
    pub fn start_talkative(args: &[&str]) -> Self {
        Self::launch(args, |_| Vec::new(), Log::Everything)
    }

    /// The same with variables, which may depend on the data folder.
    pub fn start_under(
        args: &[&str],
        variables: impl FnOnce(&Path) -> Vec<(&'static str, PathBuf)>,
    ) -> Self {
        Self::launch(args, variables, Log::Warnings)
    }

    fn launch(
        args: &[&str],
        variables: impl FnOnce(&Path) -> Vec<(&'static str, PathBuf)>,
        log: Log,
    ) -> Self {
        let data = TempDir::new().expect("a folder for the database");
        let folder = data.path().display().to_string();
        let variables = variables(data.path());
        Self::begin(data, &["--data", &folder], args, variables, log)
    }

    /// A server on a database that others may use as well.
    pub fn shared(database: &str, args: &[&str]) -> Self {
        let unused = TempDir::new().expect("a folder for nothing");
        Self::begin(
            unused,
            &["--database", database],
            args,
            Vec::new(),
            Log::Warnings,
        )
    }

    fn begin(
        data: TempDir,
        storage: &[&str],
        args: &[&str],
        variables: Vec<(&'static str, PathBuf)>,
        log: Log,
    ) -> Self {
        let address = free_address();
        let args = storage.iter().chain(args);
        let args: Vec<String> = args.map(|arg| (*arg).to_owned()).collect();
        let process = spawn(address, data.path(), &args, &variables, log);
        Self {
            process,
            data,
            address,
            args,
            variables,
            log,
        }
    }

    /// SIGKILL: the process gets no chance to write or to say goodbye.
    pub fn kill(&mut self) {
        self.process.kill().expect("the server runs");
        self.process.wait().expect("the server is ours");
    }

    /// SIGTERM, and how the process ended.
    pub fn stop(&mut self) -> ExitStatus {
        self.signal("TERM");
        self.process.wait().expect("the server is ours")
    }

    /// SIGHUP: asks it to read its files again.
    pub fn reload(&self) {
        self.signal("HUP");
    }

    fn signal(&self, name: &str) {
        let (signal, pid) = (format!("-{name}"), self.process.id().to_string());
        let sent = Command::new("kill").args([&signal, &pid]).status();
        assert!(sent.is_ok_and(|status| status.success()), "the server runs");
    }

    /// Starts the process again on the same port and data; the old one must be gone.
    pub fn restart(&mut self) {
        let (data, args) = (self.data.path(), &self.args);
        self.process = spawn(self.address, data, args, &self.variables, self.log);
    }

    /// The process's id, for asking the system about it.
    pub fn pid(&self) -> u32 {
        self.process.id()
    }

    /// The folder of the database.
    pub fn data(&self) -> &Path {
        self.data.path()
    }

    /// All that a talkative server has written so far.
    pub fn said(&self) -> String {
        std::fs::read_to_string(log_file(self.data.path())).expect("it was started talkative")
    }

    /// `127.0.0.1:port`.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// An address for HTTP; `path` begins with a slash.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may be gone already, which is just as well.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn spawn(
    address: SocketAddr,
    data: &Path,
    args: &[String],
    variables: &[(&str, PathBuf)],
    log: Log,
) -> Child {
    let mut command = Command::new(binary());
    match log {
        Log::Warnings => command.stdout(Stdio::null()).env("THREADLINE_LOG", "warn"),
        Log::Everything => {
            let mut file = File::options();
            let file = file.append(true).create(true).open(log_file(data));
            let file = file.expect("a file for the log");
            let again = file.try_clone().expect("a second handle");
            command
                .stderr(file)
                .stdout(again)
                .env("THREADLINE_LOG", "trace")
        }
    };
    let mut process = command
        .args([
            "serve",
            "--secret",
            SECRET,
            "--listen",
            &address.to_string(),
        ])
        .args(args)
        .envs(variables.iter().map(|(name, value)| (name, value)))
        .stdin(Stdio::null())
        .spawn()
        .expect("the server starts");
    // A minute: every test of a machine that is busy with others may start one.
    for _ in 0..6_000 {
        if TcpStream::connect(address).is_ok() {
            return process;
        }
        if let Ok(Some(status)) = process.try_wait() {
            panic!("the server ended while starting: {status}");
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("the server does not listen");
}

fn log_file(data: &Path) -> PathBuf {
    data.join("log")
}

/// An address that nobody listens on.
pub fn free_address() -> SocketAddr {
    let probe = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    probe.local_addr().expect("a bound socket has an address")
}

/// What a good token of a member of `workspace` says.
pub fn claims(workspace: &str, member: &str, role: Role) -> Claims {
    Claims {
        iss: "tests".to_owned(),
        aud: None,
        sub: member.parse::<MemberId>().expect("a member's id"),
        exp: seconds() + LIFE,
        nbf: None,
        iat: Some(seconds()),
        jti: format!("{workspace}-{member}"),
        workspace: workspace.parse::<WorkspaceId>().expect("a workspace's id"),
        role,
        name: None,
        teams: None,
        scope: None,
        signed_with: None,
    }
}

/// The present moment in seconds since 1970, as tokens count.
#[expect(
    clippy::disallowed_methods,
    reason = "tokens of the tests are signed for the server's real clock"
)]
pub fn seconds() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.expect("a clock after 1970").as_secs()
}

/// Signs claims with a secret.
pub fn sign(claims: &Claims, secret: &str) -> String {
    let keys = Keys::new(secret.as_bytes(), &Expected::default());
    keys.sign(claims).expect("claims can be signed")
}

/// A good token of a member of `workspace`.
pub fn token(workspace: &str, member: &str, role: Role) -> String {
    sign(&claims(workspace, member, role), SECRET)
}
